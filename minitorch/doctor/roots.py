"""What a loss is made of, read from its graph: a constant factor, a mean or a sum, and how many things it is over."""

from __future__ import annotations

from typing import Any

import numpy as np

from minitorch.core.row_node import RowNode
from minitorch.doctor.record import LossCall, Origin, Root
from minitorch.doctor.site import NOWHERE

MOST_TERMS = 16  # how deep a sum of losses is read
_PASSING = {"Neg", "Squeeze", "Reshape", "Unsqueeze", "Clone", "ToCopy", "Alias", "View"}
_LABELLED = {"cross_entropy", "nll_loss"}


def describe(node: Any, seed: Any, depth: int = 0) -> Root:
    """The root that a backward pass starts from. Of several losses added up, the heaviest mean stands for them."""
    origin = origin_of(node)
    site = NOWHERE if origin is None else origin.site
    divisors: list[float] = []
    scale, terms = 1.0, 1
    while isinstance(node, RowNode):
        origin = origin_of(node)
        if origin is not None and origin.loss is not None:
            how, count = _measure(origin.loss)
            if how == "sum":
                how, scale, count = _averaged(scale, divisors, {count})
            return Root(site, scale, divisors, how, count, origin.loss, terms, seed)
        name = kind(node)
        factor = _constant(node) if name in ("Mul", "Div") else None
        if factor is not None:
            scale *= factor if name == "Mul" else 1 / factor
            divisors += [factor] if name == "Div" else [1 / factor] if factor else []
        elif name == "Add":
            edges = [edge for edge in node.edges if edge is not None]
            if len(edges) != 1:
                parts = [describe(edge[0], seed, depth + 1) for edge in edges] if depth < MOST_TERMS else []
                means = [part for part in parts if part.kind == "mean"]
                terms = sum(part.terms for part in parts)
                if not means:
                    return Root(site, scale, divisors, "other", None, None, terms or 2, seed)
                part = max(means, key=lambda m: abs(m.scale))
                return Root(
                    site, scale * part.scale, divisors + part.divisors, "mean", part.count, part.loss, terms, seed
                )
        elif name == "Mean":
            return Root(site, scale, divisors, "mean", _size(node), None, terms, seed)
        elif name == "Sum":
            shape = _summed(node)
            how, scale, count = _averaged(scale, divisors, {float(np.prod(shape)), float(shape[0])} if shape else set())
            return Root(site, scale, divisors, how, count, None, terms, seed)
        elif name not in _PASSING:
            break
        below = [edge for edge in node.edges if edge is not None]
        if len(below) != 1:
            break
        node = below[0][0]
    return Root(site, scale, divisors, "other", None, None, terms, seed)


def _averaged(scale: float, divisors: list[float], counts: Any) -> tuple[str, float, float | None]:
    """A sum that is divided by what it is over is a mean: its kind, factor and count then."""
    for k, d in enumerate(divisors):
        if d > 1 and d in counts:
            del divisors[k]
            return "mean", scale * d, d
    return "sum", scale, None


def _summed(node: RowNode) -> tuple[int, ...]:
    """The shape of what a sum is over."""
    edge = node.edges[0]
    meta = getattr(edge[0], "meta", None) if edge is not None else None
    return tuple(meta[2 * edge[1]]) if meta and edge is not None else ()


def origin_of(node: Any) -> Origin | None:
    """Where a node was made, if the doctor saw it."""
    return getattr(node, "origin", None)


def kind(node: RowNode) -> str:
    """The operation's name, ``Squeeze`` for each of its forms."""
    name: str = node.plan.row.name
    return name.split("Backward")[0]


def _constant(node: RowNode) -> float | None:
    """The untracked number that a product or quotient has on its other side."""
    if sum(node.plan.needs) != 1 or not node.saved:
        return None
    value = node.saved[0]
    if isinstance(value, (int, float, np.generic)) or (isinstance(value, np.ndarray) and value.size == 1):
        number = float(np.real(value))
        return number if kind(node) == "Mul" or (number and node.plan.needs[0]) else None
    return None


def _size(node: RowNode) -> float | None:
    """How many elements a mean is over."""
    if node.saved is None:
        return None
    shapes = [value for value in node.saved[::3] if isinstance(value, tuple)]
    if not shapes:
        return None
    return float(np.prod(shapes[0])) / max(1.0, float(np.prod(node.meta[0])))


def _measure(loss: LossCall) -> tuple[str, float | None]:
    """Whether a loss is a mean, and over how many things; what it was computed from is let go."""
    if loss.measure is None:
        loss.measure = _of_loss(loss)
        loss.input = loss.target = None
    return loss.measure


def _of_loss(loss: LossCall) -> tuple[str, float | None]:
    """Whether a call of a loss function gives a mean, and what it divides by; of a sum, how many rows it is over."""
    target, shape = loss.target, getattr(loss.target, "shape", None)
    how = "sum" if loss.reduction == "sum" else "mean"
    if shape is None:
        return how, None
    if loss.name in _LABELLED:
        labels = target.array
        if labels.dtype.kind == "f":
            return how, float(labels.size / labels.shape[1 if labels.ndim > 1 else 0])
        ignored = loss.arguments.get("ignore_index", -100)
        weight = loss.arguments.get("weight") if how == "mean" else None
        kept = labels[labels != ignored]
        return how, float(kept.size) if weight is None else float(weight.array[kept].sum(dtype=np.float64))
    if loss.reduction in ("batchmean", "sum"):
        return how, float(shape[0]) if len(shape) else 1.0
    return how, float(loss.input.array.size)
