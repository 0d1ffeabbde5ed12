"""Views: where a tensor on another's memory comes from, and how it finds its history again when that one's changed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from minitorch.core import dtypes
from minitorch.core.graph import set_history
from minitorch.core.mode import mode
from minitorch.core.tensor import Tensor

Array = dtypes.Array
Steps = tuple[Callable[[Any], Any], ...]


def replay(steps: Steps, x: Any) -> Any:
    """The region of x that view operations lead to; x is an array or a Tensor of the base's shape."""
    for step in steps:
        x = step(x)
    return x


class View:
    """Where a view comes from: its base (never itself a view) and the operations that lead from there to it.

    When the base's history has changed, by an in-place write to it or to another view, the view's own history is the
    same operations on the base as it is now.
    """

    __slots__ = ("base", "edge", "fault", "layout", "steps", "version")

    def __init__(self, base: Tensor, steps: Steps, fault: str | None) -> None:
        self.base = base
        self.steps = steps
        self.layout = base.array.shape, base.array.strides  # what the steps were taken on
        self.edge = base._edge  # the base's history that the view's own history belongs to
        self.fault = fault  # why it must not be written to in place while gradients are recorded
        self.version = 0 if fault is None or base.is_inference() else base._counter[0]

    def refresh(self, t: Tensor) -> None:
        """Renews the history of ``t`` if its base's has changed."""
        base = self.base
        if self.fault is not None and base._requires_grad and mode.grad and base._counter[0] != self.version:
            raise RuntimeError(self.fault.replace("is being", "its base or another view of its base has been", 1))
        if self.edge is not base._edge:
            before = mode.grad, mode.inference
            mode.grad, mode.inference = True, False
            try:
                if self.layout != (base.array.shape, base.array.strides):
                    self._find_again(t)
                now = replay(self.steps, base)
            finally:
                mode.grad, mode.inference = before
            self.edge = base._edge
            set_history(t, now._edge, now._requires_grad)

    def _find_again(self, t: Tensor) -> None:
        """Another way to ``t`` from a base that was reshaped in place, by ``t_`` for one: by its place in memory."""
        window = self.base.as_strided(t.array.shape, t.stride(), t.storage_offset())
        assert window._view is not None
        self.steps = window._view.steps
        self.layout = self.base.array.shape, self.base.array.strides


NO_GRAD_VIEW = (
    "A view was created in no_grad mode and is being modified inplace with grad mode enabled. Given that this use "
    "case is ambiguous and error-prone, it is forbidden. You can clarify your code by moving both the view and the "
    "inplace either both inside the no_grad block (if you don't want the inplace to be tracked) or both outside (if "
    "you want the inplace to be tracked)."
)


INFERENCE_VIEW = (
    NO_GRAD_VIEW.replace("no_grad", "inference", 1)
    .replace("with grad mode enabled", "in normal mode")
    .replace("no_grad block", "inference_mode block")
)


def several_views(k: int, node_name: str) -> str:
    """Why result k of an operation with several views must not be written to."""
    return (
        f"Output {k} of {node_name} is a view and is being modified inplace. This view is the output of a function "
        "that returns multiple views. Such functions do not allow the output views to be modified inplace. You should "
        "replace the inplace operation by an out-of-place one."
    )


def shares_memory(view: Array, x: Array) -> bool:
    """Whether an operation on x gave a view of it: NumPy's views all point to the array that owns the memory."""
    return view is x or (view.base is not None and (view.base is x or view.base is x.base))
