"""Norms of vectors and matrices, and products of vectors, by the names of ``torch.linalg``. All compositions."""

from __future__ import annotations

import math
from typing import Any

from minitorch.core import dtypes
from minitorch.core.tensor import Tensor
from minitorch.ops import reductions
from minitorch.ops.arguments import Dims, dim_index
from minitorch.ops.arithmetic import cast, mul
from minitorch.ops.spectra import svdvals


def _typed(x: Tensor, dtype: dtypes.dtype | None) -> Tensor:
    return x if dtype is None else cast(x, dtype=dtype.numpy)


def vector_norm(
    x: Tensor, ord: Any = 2, dim: Dims = None, keepdim: bool = False, *, dtype: dtypes.dtype | None = None
) -> Tensor:
    """The norm of order ``ord`` of the elements over ``dim`` (``torch.linalg.vector_norm``)."""
    if isinstance(ord, str):
        raise TypeError(f"vector_norm(): argument 'ord' must be a number, not str: {ord!r} is for matrices")
    return reductions.norm(x, ord, dim, keepdim, dtype)


def matrix_norm(
    A: Tensor, ord: Any = "fro", dim: Any = (-2, -1), keepdim: bool = False, *, dtype: dtypes.dtype | None = None
) -> Tensor:
    """The norm of matrices that two dims make: "fro", "nuc", inf, -inf, 1, -1, 2 or -2 (``torch.linalg.matrix_norm``).

    >>> import minitorch
    >>> minitorch.linalg.matrix_norm(minitorch.tensor([[3.0, 0.0], [4.0, 0.0]]), 1)
    tensor(7.)
    """
    x = _typed(A, dtype)
    if x.array.dtype.kind not in "fc":
        raise RuntimeError(
            f"linalg.matrix_norm: Expected a floating point or complex tensor as input. Got {x.dtype.alias}"
        )
    if x.array.ndim < 2:
        raise RuntimeError("linalg.matrix_norm: The input tensor A must have at least 2 dimensions.")
    if not isinstance(dim, (tuple, list)) or len(dim) != 2:
        raise RuntimeError("linalg.matrix_norm: dim must be a 2-tuple.")
    a, b = (dim_index(d, x.array.ndim) for d in dim)
    if a == b:
        raise RuntimeError(f"linalg.matrix_norm: dims must be different. Got ({dim[0]}, {dim[1]})")
    if ord == "fro":
        return reductions.norm(x, 2, (a, b), keepdim)
    if ord in ("nuc", 2, -2):
        s = svdvals(x.movedim((a, b), (-2, -1)))
        out = s.sum(-1) if ord == "nuc" else _largest(s, (-1,)) if ord == 2 else s.amin(-1)
    elif ord in (1, -1, math.inf, -math.inf):
        along, over = (a, b) if ord in (1, -1) else (b, a)
        sums = x.abs().sum(along, keepdim=True)
        out = _largest(sums, (along, over)) if ord > 0 else sums.amin((along, over))
    else:
        raise RuntimeError(f"linalg.matrix_norm: Order {ord} not supported.")
    if keepdim:
        for d in sorted((a, b)):
            out = out.unsqueeze(d)
    return out


def _largest(x: Tensor, dims: tuple[int, ...]) -> Tensor:
    """The largest element over dims; of none, a 0 that is no part of the graph."""
    return x.amax(dims) if all(x.array.shape[d] for d in dims) else x.detach().sum(dims)


def norm(
    A: Tensor, ord: Any = None, dim: Dims = None, keepdim: bool = False, *, dtype: dtypes.dtype | None = None
) -> Tensor:
    """``vector_norm``, or ``matrix_norm`` for two dims and an order (``torch.linalg.norm``)."""
    dims = dim if dim is None or isinstance(dim, (tuple, list)) else (dim,)
    if ord is not None and ((dims is not None and len(dims) == 2) or (dims is None and A.array.ndim == 2)):
        return matrix_norm(A, ord, (-2, -1) if dims is None else dims, keepdim, dtype=dtype)
    if ord is not None and dims is None and A.array.ndim != 1:
        raise RuntimeError(
            f"linalg.norm: If dim is not specified but ord is, the input must be 1D or 2D. Got {A.array.ndim}D."
        )
    return vector_norm(A, 2 if ord is None else ord, dims, keepdim, dtype=dtype)


def vecdot(x: Tensor, y: Tensor, *, dim: int = -1) -> Tensor:
    """The inner product along ``dim``; the first factor is conjugated (``torch.linalg.vecdot``)."""
    return mul(x.conj(), y).sum(dim)


def vdot(input: Tensor, other: Tensor) -> Tensor:
    """The inner product of two vectors; the first is conjugated (``torch.vdot``)."""
    return input.conj().dot(other)


def cross(input: Tensor, other: Tensor, *, dim: int = -1) -> Tensor:
    """The vector product along a dim of size 3 (``torch.linalg.cross``)."""
    n = max(input.array.ndim, other.array.ndim)
    if input.array.ndim != other.array.ndim:
        raise RuntimeError("linalg.cross: inputs must have the same number of dimensions.")
    axis = dim_index(dim, n)
    if input.array.shape[axis] != 3 or other.array.shape[axis] != 3:
        raise RuntimeError(
            f"linalg.cross: inputs dimension {dim} must have length 3. Got {input.array.shape[axis]} and "
            f"{other.array.shape[axis]}"
        )
    a, b = (x.roll(-1, axis) for x in (input, other))
    c, d = (x.roll(-2, axis) for x in (input, other))
    return a * d - c * b


def cross_old(input: Tensor, other: Tensor, dim: int | None = None) -> Tensor:
    """``linalg.cross`` along the first dim of size 3 unless another is given (``torch.cross``)."""
    if dim is None:
        shape = input.array.shape
        if 3 not in shape:
            raise RuntimeError("no dimension of size 3 in input")
        dim = shape.index(3)
    return cross(input, other, dim=dim)


def diagonal(A: Tensor, *, offset: int = 0, dim1: int = -2, dim2: int = -1) -> Tensor:
    """A view of the diagonals of matrices (``torch.linalg.diagonal``)."""
    return A.diagonal(offset, dim1, dim2)
