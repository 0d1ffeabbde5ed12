"""Diagonals and triangles of matrices, each beside its adjoint."""

from __future__ import annotations

from typing import Any

import numpy as np

from minitorch.core.primitive import Operation, primitive, same
from minitorch.core.protocol import register
from minitorch.core.tensor import Tensor
from minitorch.ops.arguments import dim_index
from minitorch.ops.shapes import _view, _writeable

# --- The table --------------------------------------------------------------------------------------------------------

take_diagonal = primitive(
    "Diagonal",
    lambda x, *, offset, a, b: (
        _writeable(np.diagonal(x, offset, a, b), x) if x.size else np.diagonal(x, offset, a, b).copy()
    ),
    **_view,
    x=lambda g, x_shape, offset, a, b: put_diagonal(g, offset=offset, a=a, b=b, shape=x_shape),
)
put_diagonal: Operation = primitive(
    "DiagEmbed",
    lambda v, *, offset, a, b, shape: _put_diagonal(v, offset, a, b, shape),
    prepare=same,
    v=lambda g, offset, a, b: take_diagonal(g, offset=offset, a=a, b=b),
)
upper = primitive("Triu", lambda x, *, k: np.triu(x, k), prepare=same, x=lambda g, k: np.triu(g, k))
lower = primitive("Tril", lambda x, *, k: np.tril(x, k), prepare=same, x=lambda g, k: np.tril(g, k))


def _put_diagonal(v: Any, offset: int, a: int, b: int, shape: tuple[int, ...]) -> Any:
    out = np.zeros(shape, v.dtype)
    view = np.diagonal(out, offset, a, b)
    view.flags.writeable = True
    view[...] = v
    return out


# --- NumPy's names, which the rules use under create_graph ------------------------------------------------------------

_NUMPY: dict[Any, Any] = {
    np.diagonal: lambda a, offset=0, axis1=0, axis2=1: diagonal(a, offset, axis1, axis2),
    np.triu: lambda m, k=0: upper(m, k=k),
    np.tril: lambda m, k=0: lower(m, k=k),
}
for _numpy, _op in _NUMPY.items():
    register(_numpy, _op)

# --- PyTorch's functions ----------------------------------------------------------------------------------------------


def diagonal(input: Tensor, offset: int = 0, dim1: int = 0, dim2: int = 1) -> Tensor:
    """A view of the diagonal of two dims, as the last dim (``torch.diagonal``)."""
    ndim = input.array.ndim
    a, b = dim_index(dim1, ndim), dim_index(dim2, ndim)
    if a == b:
        raise RuntimeError(f"diagonal dimensions cannot be identical {dim1}, {dim2}")
    return take_diagonal(input, offset=offset, a=a, b=b)


def diag(input: Tensor, diagonal: int = 0) -> Tensor:
    """A matrix's diagonal, or the matrix with a vector on its diagonal (``torch.diag``)."""
    if input.array.ndim == 1:
        n = input.array.shape[0] + builtin_abs(diagonal)
        return put_diagonal(input, offset=diagonal, a=0, b=1, shape=(n, n))
    if input.array.ndim != 2:
        raise RuntimeError(f"diag(): Supports 1D or 2D tensors. Got {input.array.ndim}D")
    from minitorch.ops.arithmetic import copy

    return copy(take_diagonal(input, offset=diagonal, a=0, b=1))


def builtin_abs(n: int) -> int:
    return n if n >= 0 else -n


def trace(input: Tensor) -> Tensor:
    """The sum of a matrix's diagonal (``torch.trace``)."""
    if input.array.ndim != 2:
        raise RuntimeError(f"trace: expected a matrix, but got tensor with dim {input.array.ndim}")
    return take_diagonal(input, offset=0, a=0, b=1).sum()


def triu(input: Tensor, diagonal: int = 0) -> Tensor:
    """A copy with zeros below the diagonal (``torch.triu``)."""
    if input.array.ndim < 2:
        raise RuntimeError("triu: input tensor must have at least 2 dimensions")
    return upper(input, k=diagonal)


def tril(input: Tensor, diagonal: int = 0) -> Tensor:
    """A copy with zeros above the diagonal (``torch.tril``)."""
    if input.array.ndim < 2:
        raise RuntimeError("tril: input tensor must have at least 2 dimensions")
    return lower(input, k=diagonal)
