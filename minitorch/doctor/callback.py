"""The doctor as a callback of the trainer."""

from __future__ import annotations

from typing import Any

from minitorch.doctor.doctor import Doctor
from minitorch.train.callbacks import Callback


class DoctorCallback(Callback):
    """Watches a training: ``Trainer(..., callbacks=[minitorch.doctor.DoctorCallback()])``.

    Takes the options of `Doctor`; the findings are those of ``doctor``. It is told of the trainer's model, optimizer
    and ``accumulate``.

    >>> import minitorch
    >>> from minitorch import nn, optim
    >>> from minitorch.train import Trainer
    >>> model, watch = nn.Linear(2, 1), DoctorCallback(show=False)
    >>> optimizer = optim.SGD(model.parameters(), lr=0.1)
    >>> trainer = Trainer(model, nn.MSELoss(), optimizer, epochs=2, callbacks=[watch])
    >>> _ = trainer.fit([(minitorch.ones(4, 2), minitorch.ones(4, 1))])
    >>> watch.doctor.findings
    []
    """

    def __init__(self, **options: Any) -> None:
        self.doctor = Doctor(**options)
        self.watching = False

    def on_fit_start(self, trainer: Any) -> None:
        doctor = self.doctor
        doctor.models, doctor.optimizers = doctor.models or [trainer.model], doctor.optimizers or [trainer.optimizer]
        doctor.accumulate = doctor.accumulate or trainer.accumulate
        doctor.__enter__()
        self.watching = True

    def on_fit_end(self, trainer: Any) -> None:
        self._leave(None)

    def on_failure(self, trainer: Any, error: BaseException) -> None:
        self._leave(error)

    def _leave(self, error: BaseException | None) -> None:
        if self.watching:
            self.watching = False
            where = None if error is None else error.__traceback__
            self.doctor.__exit__(None if error is None else type(error), error, where)
