"""Recurrent layers on top of each other, in one direction or both, with dropout between them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from minitorch.core.tensor import Tensor
from minitorch.nn.functional_dropout import dropout
from minitorch.ops.concatenation import cat, stack


def stacked(
    layer: Callable[..., Any],
    x: Tensor,
    states: Sequence[Tensor],
    weights: Sequence[Sequence[Tensor | None]],
    *,
    directions: int,
    sizes: tuple[int, ...] | None,
    p: float,
    training: bool,
) -> tuple[Tensor, list[Tensor]]:
    """The last layer's outputs, and all layers' last states.

    Args:
        layer: one direction of one layer, a row of ops/recurrent.py.
        x: (time, batch, features), or packed rows with their ``sizes``.
        states: each (layers * directions, batch, hidden); layer 0 forward, layer 0 backward, layer 1 forward, ...
        weights: of each layer and direction in that order.
        directions: 1, or 2: each layer runs forward and backward, and its outputs are both, side by side.
        sizes: how many sequences each step has, if packed.
        p: the probability with which an output that is passed on to the next layer is dropped.
        training: whether there is dropout at all.
    """
    last: list[Sequence[Tensor]] = []
    layers = len(weights) // directions
    for k in range(layers):
        outs = []
        for direction in range(directions):
            j = k * directions + direction
            out, *new = layer(x, *[s[j] for s in states], *weights[j], sizes=sizes, reverse=direction == 1)
            outs.append(out)
            last.append(new)
        x = outs[0] if directions == 1 else cat(outs, -1)
        if p and k < layers - 1:
            x = dropout(x, p, training)
    return x, [stack(new) for new in zip(*last, strict=True)]
