"""The call of a tensor's hooks on its gradient, and what they may give back."""

from __future__ import annotations

from typing import Any

from minitorch.core import dtypes
from minitorch.core.hooks import Hooks
from minitorch.core.tensor import Tensor, wrap

Gradient = Any  # an ndarray in a plain backward pass, a Tensor under create_graph


def run_tensor_hooks(hooks: Hooks, g: Gradient) -> Gradient:
    """Passes a gradient through a tensor's hooks, which see Tensors."""
    lifted = isinstance(g, Tensor)
    t: Tensor = g if lifted else wrap(g)
    for hook in list(hooks.values()):
        result = hook(t)
        if result is None:
            continue
        check_replacement(getattr(hook, "__name__", repr(hook)), result, t)
        t = result
    return t if lifted else t.array


def check_replacement(hook: str, new: Any, old: Any) -> None:
    """Raises unless what a hook gave can stand for the gradient that it was given (or for none)."""
    if not isinstance(new, Tensor):
        raise TypeError(f"expected Variable, but hook returned '{type(new).__name__}': a Tensor or None is expected")
    if old is None:
        return
    if tuple(new.array.shape) != tuple(old.shape):
        raise RuntimeError(
            f"hook '{hook}' has changed the size of value: expected {list(old.shape)}, got {list(new.array.shape)}"
        )
    have, want = dtypes.of(new.array.dtype), old.dtype if isinstance(old, Tensor) else dtypes.of(old.dtype)
    if have is not want:
        raise RuntimeError(
            f"hook '{hook}' has changed the type of value (was torch.{want.alias}Tensor got torch.{have.alias}Tensor)"
        )
