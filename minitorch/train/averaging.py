"""An exponential moving average of the weights, that is measured, kept and left in the model at the end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from minitorch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn
from minitorch.train.callbacks import Callback

if TYPE_CHECKING:
    from minitorch.train.loop import Trainer


class WeightAverage(Callback):
    """After every step ``average = decay * average + (1 - decay) * weights``; buffers of floats likewise.

    Validation and the best checkpoint are those of the average; the optimizer goes on with the weights themselves. It
    belongs before callbacks that restore weights at the end, as `EarlyStopping` does.

    >>> import minitorch
    >>> from minitorch import nn, optim
    >>> from minitorch.train import Trainer
    >>> model = nn.Linear(1, 1)
    >>> trainer = Trainer(
    ...     model, nn.MSELoss(), optim.SGD(model.parameters(), lr=0.1), epochs=3, callbacks=[WeightAverage(0.9)]
    ... )
    >>> _ = trainer.fit([(minitorch.ones(2, 1), minitorch.ones(2, 1))])
    """

    def __init__(self, decay: float = 0.999) -> None:
        self.decay = decay
        self.averaged: AveragedModel | None = None
        self.remembered: dict[str, Any] | None = None

    def on_fit_start(self, trainer: Trainer) -> None:
        average = get_ema_multi_avg_fn(self.decay)
        self.averaged = AveragedModel(trainer.model, multi_avg_fn=average, use_buffers=True)
        if self.remembered is not None:
            self.averaged.load_state_dict(self.remembered)
        trainer.judged = self.averaged.module

    def on_window_end(self, trainer: Trainer) -> None:
        if self.averaged is not None:
            self.averaged.update_parameters(trainer.model)

    def on_fit_end(self, trainer: Trainer) -> None:
        own = "module."
        weights = {k.removeprefix(own): v for k, v in self.state_dict()["average"].items() if k.startswith(own)}
        trainer.model.load_state_dict(weights)
        trainer.judged = trainer.model

    def state_dict(self) -> dict[str, Any]:
        return {"average": self.averaged.state_dict() if self.averaged is not None else self.remembered}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self.remembered = state["average"]
