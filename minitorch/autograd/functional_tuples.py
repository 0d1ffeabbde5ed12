"""Tensors or tuples of them, as the functions of functional.py take and give them, and their strict mode's errors."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from minitorch.core.backward import grad
from minitorch.core.tensor import Tensor, wrap

Tensors = Tensor | tuple[Tensor, ...]
Function = Callable[..., Any]


class Several:
    """Tensors, and whether they were a tuple: results are given in the same form."""

    __slots__ = ("many", "values")

    def __init__(self, values: list[Any], many: bool) -> None:
        self.values = values
        self.many = many

    def like(self, values: Sequence[Any]) -> Any:
        """Other values in this form."""
        return tuple(values) if self.many else values[0]


def several(given: Any, name: str, where: str) -> Several:
    """A tensor or a tuple of them, taken apart."""
    many = isinstance(given, tuple)
    values = list(given) if many else [given]
    for i, t in enumerate(values):
        if not isinstance(t, Tensor):
            which = f"value at index {i}" if many else f"given {name}"
            raise TypeError(
                f"The {name} given to {where} must be either a Tensor or a tuple of Tensors but the {which} has type "
                f"{type(t).__name__}."
            )
    return Several(values, many)


def prepared(inputs: Any, create_graph: bool, where: str) -> Several:
    """The inputs as new tensors on the same memory: leaves, or with ``create_graph`` on the inputs' own graph."""
    given = several(inputs, "inputs", where)
    fresh = [t.view_as(t) if create_graph and t.requires_grad else t.detach().requires_grad_() for t in given.values]
    return Several(fresh, given.many)


def outputs_of(func: Function, xs: Several, strict: bool, where: str) -> Several:
    """What the function gives; in strict mode it must require grad."""
    outputs = several(func(*xs.values), "outputs of the user-provided function", where)
    for i, out in enumerate(outputs.values):
        if strict and not out.requires_grad:
            raise RuntimeError(
                f"Output {i} of the user-provided function does not require gradients. The outputs must be computed "
                "in a differentiable manner from the input when running in strict mode."
            )
    return outputs


def check_scalar(outputs: Several, where: str) -> None:
    """Raises unless there is one output of one element."""
    if outputs.many:
        raise RuntimeError(f"The function given to {where} should return a single Tensor")
    if outputs.values[0].array.size != 1:
        raise RuntimeError(
            f"The Tensor returned by the function given to {where} should contain a single element, but it has shape "
            f"{list(outputs.values[0].shape)}"
        )


def vector(v: Any, like: Several, where: str, which: str) -> Several:
    """The vector of a product, which must be as what it is multiplied with; ones for a single number."""
    if v is None:
        if len(like.values) != 1 or like.values[0].array.size != 1:
            who = "returns" if which == "outputs" else "is"
            what = "the user-provided function" if which == "outputs" else "the input to the user-provided function"
            raise RuntimeError(
                f"The vector v can only be None if {what} {who} a single Tensor with a single element: give v, as the "
                f"{which} are"
            )
        return Several([wrap(np.ones_like(like.values[0].array))], like.many)
    vs = several(v, "v", where)
    if len(vs.values) != len(like.values):
        if like.many:
            raise RuntimeError(
                f"v is a tuple of invalid length: should be {len(like.values)} but got {len(vs.values)}."
            )
        raise RuntimeError(f"The given v should contain a single Tensor, as the {which}, but got {len(vs.values)}.")
    for i, (a, b) in enumerate(zip(vs.values, like.values, strict=True)):
        if a.array.shape != b.array.shape:
            entry = f"Entry {i} in " if like.many else ""
            raise RuntimeError(f"{entry}v has invalid size: should be {b.shape} but got {a.shape}, as the {which} are.")
    return vs


def gradients(
    outputs: Several, xs: Several, vs: Several, create_graph: bool, batched: bool = False
) -> list[Tensor | None]:
    """The vector-Jacobian product, None where nothing depends on an input. ``batched``: one a row of the vectors."""
    live = [(out, v) for out, v in zip(outputs.values, vs.values, strict=True) if out.requires_grad]
    if not live:
        return [None] * len(xs.values)
    outs, seeds = [out for out, _ in live], [v for _, v in live]
    return list(
        grad(outs, xs.values, seeds, retain_graph=True, create_graph=create_graph, allow_unused=True,
             is_grads_batched=batched)
    )  # fmt: skip


def filled(
    found: Sequence[Tensor | None], xs: Sequence[Tensor], what: str, strict: bool, create_graph: bool
) -> list[Tensor]:
    """Zeros where nothing was found. Strict mode refuses them, and under ``create_graph`` what is constant."""
    for i, g in enumerate(found):
        if strict and g is None:
            raise RuntimeError(
                f"The {what} of the user-provided function is independent of input {i}. This is not allowed in strict "
                "mode."
            )
        if strict and create_graph and g is not None and not g.requires_grad:
            order = {"output": "jacobian", "jacobian": "hessian"}[what]
            raise RuntimeError(
                f"The {order} of the user-provided function is independent of input {i}. This is not allowed in strict "
                "mode when create_graph=True."
            )
    return [wrap(np.zeros_like(x.array)) if g is None else g for g, x in zip(found, xs, strict=True)]


def check_gradient(found: Sequence[Tensor | None], strict: bool) -> None:
    """Strict mode's errors for a gradient that is to be differentiated again."""
    for i, g in enumerate(found):
        if strict and g is None:
            raise RuntimeError(
                f"The output of the user-provided function is independent of input {i}. This is not allowed in strict "
                "mode."
            )
        if strict and g is not None and not g.requires_grad:
            raise RuntimeError(
                "While computing the hessian, found that the jacobian of the user-provided function with respect to "
                f"input {i} is independent of the input. This is not allowed in strict mode. You should ensure that "
                "your function is twice differentiable and that the jacobian depends on the inputs (this would be "
                "violated by a linear function for example)."
            )


def done(value: Any, create_graph: bool) -> Any:
    """Results as they are returned: without a graph unless one was asked for."""
    if isinstance(value, tuple):
        return tuple(done(v, create_graph) for v in value)
    return value if create_graph else value.detach()
