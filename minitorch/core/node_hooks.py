"""The calls of a node's hooks during a backward pass: on its results, before it runs, and after it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from minitorch.core.graph import Gradient, Node, accumulating
from minitorch.core.tensor import Tensor, wrap
from minitorch.core.tensor_hooks import check_replacement, run_tensor_hooks


def run_result_hooks(node: Node, g: Any) -> Any:
    """Hooks on a node's results: of their tensors, then those that retain the gradient."""
    hooks = node.hooks
    assert hooks is not None
    single = len(node.meta) == 2
    grads = [g] if single else list(g)
    for number, tensor_hooks in hooks.tensor.items():
        if grads[number] is not None and tensor_hooks:
            grads[number] = run_tensor_hooks(tensor_hooks, grads[number])
    for number, reference in hooks.retained.items():
        t, one = reference(), grads[number]
        if t is not None and one is not None:
            new = one if isinstance(one, Tensor) else wrap(np.copy(one))
            with accumulating:
                t._grad = new if t._grad is None else t._grad + new
    return grads[0] if single else grads


def run_prehooks(node: Node, g: Any) -> Any:
    """The node's own hooks before it runs; a gradient that was asked for has been captured already."""
    hooks = node.hooks
    assert hooks is not None
    single = len(node.meta) == 2
    grads = [g] if single else list(g)
    for hook in list(hooks.before.values()):
        result = hook(_shown(grads))
        if result is not None:
            grads = _taken(result, grads, hook)
    return grads[0] if single else grads


def run_posthooks(node: Node, found: Sequence[Gradient | None], g: Any) -> Sequence[Gradient | None]:
    """Hooks that run after a node; what they return takes the place of its inputs' gradients."""
    hooks = node.hooks
    assert hooks is not None
    for hook in list(hooks.after.values()):
        result = hook(_shown(found), _shown([g] if len(node.meta) == 2 else g))
        if result is not None:
            found = _taken(result, found, hook)
    return found


def _shown(grads: Sequence[Gradient | None]) -> tuple[Tensor | None, ...]:
    """Gradients as hooks see them: Tensors."""
    return tuple(g if g is None or isinstance(g, Tensor) else wrap(g) for g in grads)


def _taken(result: Any, grads: Sequence[Gradient | None], hook: Callable[..., Any]) -> list[Gradient | None]:
    """What a hook returned, as the backward pass computes: arrays unless it is lifted."""
    name = getattr(hook, "__name__", repr(hook))
    if not isinstance(result, tuple):
        raise TypeError(f"expected tuple, but hook returned '{type(result).__name__}': one gradient or None each")
    if len(result) != len(grads):
        raise RuntimeError(
            f"hook '{name}' has returned an incorrect number of values (got {len(result)}, but expected {len(grads)})"
        )
    taken: list[Gradient | None] = []
    for new, old in zip(result, grads):
        if new is not None:
            check_replacement(name, new, old)
        taken.append(new if new is None or isinstance(old, Tensor) else new.array)
    return taken
