"""The sizes of gradients and parameters while training: all together at every step, one by one at every epoch."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from minitorch.train.callbacks import Callback

if TYPE_CHECKING:
    from minitorch.train.loop import Trainer


class Norms(Callback):
    """Adds ``grad_norm`` and ``param_norm`` to a step's figures, and those of each parameter to an epoch's.

    Norms are Euclidean; a parameter's are called ``grad_norm/NAME`` and ``param_norm/NAME``. The gradients are those of
    the step, clipped; a norm from before clipping, where ``clip_norm`` has measured it, stays. Those of an epoch are of
    its last step, and remembered, since a checkpoint has no gradients. It belongs before what writes figures down.
    """

    def __init__(self) -> None:
        self.last: dict[str, float] = {}

    def on_window_end(self, trainer: Trainer) -> None:
        named = list(trainer.model.named_parameters())
        grads = {f"grad_norm/{name}": _norm(p.grad.array) for name, p in named if p.grad is not None}
        params = {f"param_norm/{name}": _norm(p.array) for name, p in named}
        trainer.window_figures.setdefault("grad_norm", math.hypot(*grads.values()))
        trainer.window_figures["param_norm"] = math.hypot(*params.values())
        self.last = grads | params

    def on_epoch_end(self, trainer: Trainer) -> None:
        trainer.figures |= self.last

    def state_dict(self) -> dict[str, Any]:
        return {"last": self.last}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self.last = state["last"]


def _norm(array: Any) -> float:
    return math.sqrt(float(np.square(array, dtype=np.float64).sum()))
