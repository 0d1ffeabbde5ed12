"""Arguments that many operations share: dims and shapes, in PyTorch's terms and with its errors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from minitorch.core import dtypes
from minitorch.core.tensor import Tensor

Dims = int | Sequence[int] | None


class layout:
    """How a tensor's elements lie in memory: minitorch has strided tensors only."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name

    def __repr__(self) -> str:
        return f"torch.{self.name}"


strided = layout("strided")


def check_strided(given: Any, function: str) -> None:
    """Refuses every layout but ``strided``."""
    if given is not None and given is not strided:
        raise ValueError(f"{function} is implemented for strided tensors only, got: {given}")


def dim_index(dim: Any, ndim: int) -> int:
    """A dim counted from the front; PyTorch lets a 0-d tensor have dims 0 and -1."""
    n = max(ndim, 1)
    try:
        i = dim.__index__()
    except AttributeError:
        raise TypeError(f"dim must be an int, not {type(dim).__name__}") from None
    if not -n <= i < n:
        raise IndexError(f"Dimension out of range (expected to be in range of [{-n}, {n - 1}], but got {i})")
    return int(i + n if i < 0 else i)


def axes(dim: Any, ndim: int) -> int | tuple[int, ...] | None:
    """NumPy's axis for PyTorch's dim: None, one, or several distinct ones. An empty list means all."""
    if dim is None:
        return None
    if isinstance(dim, (tuple, list)):
        if not dim:
            return None
        found = tuple(dim_index(d, ndim) for d in dim)
        if len(set(found)) != len(found):
            raise RuntimeError(f"dim {max(found, key=found.count)} appears multiple times in the list of dims")
        return () if ndim == 0 else found
    i = dim_index(dim, ndim)
    return () if ndim == 0 else i


def sizes(args: tuple[Any, ...], name: str = "size", keyword: Any = None) -> tuple[int, ...]:
    """Sizes given one by one, as one sequence, or by keyword."""
    if keyword is not None:
        args = (keyword,)
    if len(args) == 1 and not isinstance(args[0], (int, np.integer)) and not _is_int_tensor(args[0]):
        args = tuple(args[0])
    try:
        return tuple(int(n.__index__()) for n in args)
    except (AttributeError, TypeError):
        raise TypeError(f"{name}: expected ints or a sequence of ints, but got {args!r}") from None


def _is_int_tensor(x: Any) -> bool:
    return isinstance(x, Tensor) and x.array.ndim == 0


def expect_tensor(x: Any, function: str, name: str = "input") -> Tensor:
    """x, which must be a Tensor."""
    if not isinstance(x, Tensor):
        raise TypeError(f"{function}(): argument '{name}' (position 1) must be Tensor, not {type(x).__name__}")
    return x


def restore(g: Any, axis: Any, keepdims: bool) -> Any:
    """A reduced gradient with its reduced dims back as ones, ready to be spread up."""
    return g if keepdims or axis is None or axis == () else np.expand_dims(g, axis)


def in_dtype_of(x: Any, like: Any) -> Any:
    """A mask or a count as numbers of another array's dtype, or Tensor's: NumPy would make them float64."""
    return x.to(like.dtype) if isinstance(x, Tensor) else x.astype(like.dtype)


def count(shape: tuple[int, ...], axis: Any) -> int:
    """How many elements each result of a reduction is made of."""
    dims = range(len(shape)) if axis is None else (axis,) if isinstance(axis, int) else axis
    n = 1
    for d in dims:
        n *= shape[d]
    return n


def refuse(x: Any, kinds: str, function: str) -> None:
    """Raises for an array of a kind that a function does not take: "b" bools, "f" floats, "c" complex numbers."""
    dtype = x.dtype if isinstance(x, np.ndarray) else np.asarray(x).dtype
    if dtype.kind in kinds:
        alias = dtypes.of(dtype).alias
        raise NotImplementedError(
            f"\"{function}_cpu\" not implemented for '{alias}': {function} does not take such numbers"
        )


def unsupported(function: str, *args: Any) -> NotImplementedError:
    """The error of an operation on a dtype that it is not defined for."""
    kind = dtypes.of(np.result_type(*args)).alias
    return NotImplementedError(
        f"\"{function}_cpu\" not implemented for '{kind}': convert the tensor first, with .to(dtype)"
    )


def of_two(function: Any, refused: str = "c") -> Any:
    """A NumPy function of two inputs that refuses some kinds of numbers (those of its result) as PyTorch does."""
    name = function.__name__

    def forward(a: Any, b: Any) -> Any:
        try:
            out = function(a, b)
        except TypeError:
            raise unsupported(name, a, b) from None
        if out.dtype.kind in refused:
            raise unsupported(name, out)
        return out

    return forward


def no_derivative(function: str, argument: str) -> Any:
    """The rule of an input in which PyTorch does not differentiate either."""
    raise RuntimeError(
        f"derivative for aten::{function} is not implemented with respect to {argument!r}: detach() that input"
    )
