"""Aliases: another place in the graph for a tensor; and the derivative of a definition, for which they are made."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from minitorch.core.engine import run
from minitorch.core.graph import Edge, Gradient, Meta, Node, next_order
from minitorch.core.mode import mode
from minitorch.core.tensor import Tensor, wrap


def differentiate(
    definition: Callable[..., Any],
    inputs: Sequence[Any],
    params: dict[str, Any],
    grads: Sequence[Gradient | None],
    needs: Sequence[bool],
) -> list[Gradient | None]:
    """The gradients of ``definition(*inputs)`` as Tensors with a graph: a fused kernel's derivative under create_graph.

    The definition is run again on the saved inputs, and only its own small graph is walked: the inputs' edges are the
    targets, and nothing beyond them runs.
    """
    before, mode.grad = mode.grad, True
    try:
        # Fresh aliases, so that an input used twice, or one that depends on another, is told apart.
        aliases = [alias(x) if need else x for x, need in zip(inputs, needs, strict=True)]
        results = definition(*aliases, **params)
        results = results if isinstance(results, (tuple, list)) else (results,)
        roots = [(t._edge, g) for t, g in zip(results, grads) if g is not None and t._edge is not None]
        targets: list[Any] = [t._edge for t, need in zip(aliases, needs, strict=True) if need]
        mode.grad = before
        captured = run(roots, keep_graph=True, lifted=True, targets=targets, accumulate=False, boundary=True)
    finally:
        mode.grad = before
    return [captured.get(t._edge) if need and t._edge else None for t, need in zip(aliases, needs, strict=True)]


class Alias(Node):
    """Stands for another place in the graph, or for none: passes a gradient on unchanged."""

    __slots__ = ()

    def __init__(self, edge: Edge | None, meta: Meta) -> None:
        self.edges = () if edge is None else (edge,)
        self.meta = meta
        self.hooks = None
        self.order = next_order()

    def name(self) -> str:
        return "AliasBackward0"

    def backward(self, g: Any, lifted: bool) -> Sequence[Gradient | None]:
        return (g,)


def alias(x: Tensor) -> Tensor:
    """A tensor on the same memory at a place of its own, from which gradients go on to that of x."""
    return placed_on(x, Alias(x._edge, (x.array.shape, x.array.dtype)))


def placed_on(x: Tensor, node: Node) -> Tensor:
    """A tensor on x's memory as the result of ``node``."""
    out = wrap(x.array)
    out._counter = x._counter
    out._edge = (node, 0)
    out._requires_grad = True
    return out
