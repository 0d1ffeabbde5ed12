"""The clearing of gradients, for optimizers and modules alike."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from minitorch.core.tensor import Tensor
from minitorch.core.watch import tell, watchers


def clear_gradients(owner: Any, parameters: Sequence[Tensor], set_to_none: bool) -> None:
    """Forgets the gradients of ``owner``'s parameters, or fills them with zeros if not ``set_to_none``."""
    if watchers:
        tell("zeroing", owner, parameters, set_to_none)
    for p in parameters:
        g = p.grad
        if g is None:
            continue
        if set_to_none:
            p._grad = None  # (the watchers know)
            continue
        if g.grad_fn is not None:
            g.detach_()
        else:
            g.requires_grad_(False)
        g.array[...] = 0
        g._bump()
