"""The module's functions that are rows of a table: ``minitorch.exp(x, out=y)`` with PyTorch's argument names.

A row takes its inputs by position alone and gives a new tensor. What stands here adds the names and ``out=``; methods and
operators go to the rows directly.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from minitorch.core.inplace import copy_
from minitorch.core.mode import mode
from minitorch.core.tensor import Tensor
from minitorch.ops import arithmetic, binary, pointwise


class Unary(Protocol):
    """A function of one tensor."""

    def __call__(self, input: Tensor, *, out: Tensor | None = None) -> Tensor: ...


class Binary(Protocol):
    """A function of two tensors, one of which may be a number."""

    def __call__(self, input: Any, other: Any, *, out: Tensor | None = None) -> Tensor: ...


def written(result: Tensor, out: Tensor) -> Tensor:
    """The result, written into ``out``, which takes its shape; as in PyTorch, nothing of that is recorded."""
    if result._requires_grad or (mode.grad and out._requires_grad):
        raise RuntimeError(
            "functions with out=... arguments don't support automatic differentiation, but one of the arguments requires grad."
        )
    if out.array.shape != result.array.shape:
        out.array = result.array.astype(out.array.dtype)
        out._counter[0] += 1
        return out
    return copy_(out, result)


def unary(row: Callable[..., Any], what: str) -> Unary:
    """The function ``(input, *, out=None)`` of a row."""

    def function(input: Tensor, *, out: Tensor | None = None) -> Tensor:
        result: Tensor = row(input)
        return result if out is None else written(result, out)

    function.__doc__ = what
    return function


def binary_(row: Callable[..., Any], what: str) -> Binary:
    """The function ``(input, other, *, out=None)`` of a row."""

    def function(input: Any, other: Any, *, out: Tensor | None = None) -> Tensor:
        result: Tensor = row(input, other)
        return result if out is None else written(result, out)

    function.__doc__ = what
    return function
