"""Concatenation: tensors joined along a dim and its adjoint, tensors cut into parts."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from typing import Any

import numpy as np

from minitorch.core.primitive import Operation, primitive, promote
from minitorch.core.protocol import register
from minitorch.core.tensor import Tensor
from minitorch.ops.arguments import dim_index
from minitorch.ops.indexing import rows_first, take, take_select
from minitorch.ops.shapes import _view, reshape_to

# --- The table --------------------------------------------------------------------------------------------------------

join = primitive(
    "Cat",
    lambda *xs, axis: rows_first(np.concatenate(xs, axis)),
    prepare=promote,
    xs=lambda g, xs_shapes, axis: pieces(g, lengths=tuple(s[axis] for s in xs_shapes), axis=axis),
)
pieces: Operation = primitive(
    "Split",
    lambda x, *, lengths, axis: _pieces(x, lengths, axis),
    **_view,
    outputs=("*",),
    x=lambda g, axis: np.concatenate(list(g), axis),
)
pile = primitive(
    "Stack", lambda *xs, axis: rows_first(np.stack(xs, axis)), prepare=promote, xs=lambda g, axis: layers(g, axis=axis)
)
layers: Operation = primitive(
    "Unbind",
    lambda x, *, axis: _layers(np.moveaxis(x, axis, 0)),
    **_view,
    outputs=("*",),
    x=lambda g, axis: np.stack(list(g), axis),
)


def _pieces(x: Any, lengths: Sequence[int], axis: int) -> list[Any]:
    """Views of parts of these lengths, as np.split makes them in more than twice the time."""
    before = (slice(None),) * (axis % x.ndim)
    return [x[(*before, slice(end - n, end))] for end, n in zip(accumulate(lengths), lengths, strict=True)]


def _layers(x: Any) -> list[Any]:
    """Views along the first axis; of single elements too, for which NumPy would give numbers."""
    return list(x) if x.ndim > 1 else [x[k : k + 1].reshape(()) for k in range(len(x))]


# --- NumPy's names, which the rules use under create_graph ------------------------------------------------------------

_NUMPY: dict[Any, Any] = {
    np.concatenate: lambda arrays, axis=0: join(*arrays, axis=axis),
    np.stack: lambda arrays, axis=0: pile(*arrays, axis=axis),
}
for _numpy, _op in _NUMPY.items():
    register(_numpy, _op)

# --- PyTorch's functions ----------------------------------------------------------------------------------------------


def cat(tensors: Sequence[Tensor], dim: int = 0) -> Tensor:
    """Tensors joined along an existing dim (``torch.cat``); an empty 1-d tensor joins with anything.

    >>> import minitorch
    >>> minitorch.cat([minitorch.ones(2), minitorch.zeros(1)])
    tensor([1., 1., 0.])
    """
    given = _sequence(tensors, "cat")
    if any(t.array.ndim == 0 for t in given):
        i = next(i for i, t in enumerate(given) if t.array.ndim == 0)
        raise RuntimeError(f"zero-dimensional tensor (at position {i}) cannot be concatenated")
    parts = [t for t in given if t.array.shape != (0,)] or given[:1]
    first = parts[0].array.shape
    axis = dim_index(dim, len(first))
    for i, part in enumerate(parts):
        shape = part.array.shape
        if len(shape) != len(first):
            raise RuntimeError(f"Tensors must have same number of dimensions: got {len(first)} and {len(shape)}")
        for d, (n, m) in enumerate(zip(first, shape)):
            if d != axis and n != m:
                raise RuntimeError(
                    f"Sizes of tensors must match except in dimension {axis}. Expected size {n} but got size {m} "
                    f"for tensor number {i} in the list."
                )
    return join(*parts, axis=axis)


def stack(tensors: Sequence[Tensor], dim: int = 0) -> Tensor:
    """Tensors of one shape joined along a new dim (``torch.stack``)."""
    parts = _sequence(tensors, "stack")
    first = parts[0].array.shape
    for i, part in enumerate(parts):
        if part.array.shape != first:
            raise RuntimeError(
                f"stack expects each tensor to be equal size, but got {list(first)} at entry 0 and "
                f"{list(part.array.shape)} at entry {i}"
            )
    return pile(*parts, axis=dim_index(dim, len(first) + 1))


def _sequence(tensors: Any, function: str) -> list[Tensor]:
    if isinstance(tensors, Tensor):
        raise TypeError(f"{function}(): argument 'tensors' (position 1) must be tuple of Tensors, not Tensor")
    found = list(tensors)
    if not found:
        raise (ValueError if function == "cat" else RuntimeError)(f"{function}: expected a non-empty list of Tensors")
    for i, part in enumerate(found):
        if not isinstance(part, Tensor):
            raise TypeError(f"expected Tensor as element {i} in argument 0, but got {type(part).__name__}")
    return found


def _atleast(tensors: Sequence[Tensor], ndim: int) -> list[Tensor]:
    return [
        t if t.array.ndim >= ndim else reshape_to(t, shape=(1,) * (ndim - t.array.ndim) + t.array.shape)
        for t in tensors
    ]


def hstack(tensors: Sequence[Tensor]) -> Tensor:
    """Joined side by side (``torch.hstack``)."""
    parts = _atleast(_sequence(tensors, "hstack"), 1)
    return cat(parts, 0 if parts[0].array.ndim == 1 else 1)


def vstack(tensors: Sequence[Tensor]) -> Tensor:
    """Joined one above the other (``torch.vstack``)."""
    return cat(_atleast(_sequence(tensors, "vstack"), 2), 0)


def split(tensor: Tensor, split_size_or_sections: int | Sequence[int], dim: int = 0) -> tuple[Tensor, ...]:
    """Views of consecutive parts: of one size (the last may be smaller), or of the sizes listed (``torch.split``)."""
    ndim = tensor.array.ndim
    if ndim == 0:
        raise RuntimeError("split expects at least a 1-dimensional tensor")
    axis = dim_index(dim, ndim)
    n = tensor.array.shape[axis]
    if isinstance(split_size_or_sections, int):
        size = split_size_or_sections
        if size < 0 or (size == 0 and n != 0):
            raise RuntimeError(
                f"split expects split_size be non-negative, but got split_size={size}"
                if size < 0
                else f"split_size can only be 0 if dimension size is 0, but got dimension size of {n}"
            )
        lengths = [size] * (n // size) + ([n % size] if n % size else []) if size else [0]
        lengths = lengths or [0]
    else:
        lengths = list(split_size_or_sections)
        if sum(lengths) != n or any(m < 0 for m in lengths):
            raise RuntimeError(
                f"split_with_sizes expects split_sizes to sum exactly to {n} (input tensor's size at dimension "
                f"{axis}), but got split_sizes={lengths}"
            )
    return tuple(pieces(tensor, lengths=tuple(lengths), axis=axis))


def split_with_sizes(input: Tensor, split_sizes: Sequence[int], dim: int = 0) -> tuple[Tensor, ...]:
    """``split`` into parts of the sizes listed."""
    return split(input, list(split_sizes), dim)


def chunk(input: Tensor, chunks: int, dim: int = 0) -> tuple[Tensor, ...]:
    """Views of up to ``chunks`` parts of equal size, the last perhaps smaller (``torch.chunk``)."""
    if chunks <= 0:
        raise RuntimeError(f"chunk expects `chunks` to be greater than 0, got: {chunks}")
    if input.array.ndim == 0:
        raise RuntimeError("chunk expects at least a 1-dimensional tensor")
    n = input.array.shape[dim_index(dim, input.array.ndim)]
    return split(input, -(-n // chunks) if n else [0] * chunks, dim)


def unbind(input: Tensor, dim: int = 0) -> tuple[Tensor, ...]:
    """Views of the slices along a dim (``torch.unbind``)."""
    if input.array.ndim == 0:
        raise IndexError("Dimension specified as 0 but tensor has no dimensions")
    return tuple(layers(input, axis=dim_index(dim, input.array.ndim)))


def narrow(input: Tensor, dim: int, start: int | Tensor, length: int) -> Tensor:
    """A view of ``length`` elements along ``dim`` from ``start`` on (``torch.narrow``)."""
    axis = dim_index(dim, input.array.ndim)
    if input.array.ndim == 0:
        raise RuntimeError("narrow() cannot be applied to a 0-dim tensor.")
    n = input.array.shape[axis]
    if isinstance(start, Tensor) and (start.array.ndim or start.array.dtype.kind not in "iu"):
        raise RuntimeError("start must be an 0-dim integral Tensor.")
    first = int(start.array) if isinstance(start, Tensor) else start
    if length < 0:
        raise RuntimeError("narrow(): length must be non-negative.")
    if not -n <= first <= n:
        raise IndexError(f"Dimension out of range (expected to be in range of [{-n}, {n}], but got {first})")
    first = first + n if first < 0 else first
    if first + length > n:
        raise RuntimeError(f"start ({first}) + length ({length}) exceeds dimension size ({n}).")
    return take(input, index=(slice(None),) * axis + (slice(first, first + length),))


def select(input: Tensor, dim: int, index: int) -> Tensor:
    """A view of one slice along ``dim``, without that dim (``torch.select``)."""
    if input.array.ndim == 0:
        raise IndexError("select() cannot be applied to a 0-dim tensor.")
    axis = dim_index(dim, input.array.ndim)
    n = input.array.shape[axis]
    if not -n <= index < n:
        raise IndexError(
            f"select(): index {index} out of range for tensor of size {list(input.array.shape)} at dimension {axis}"
        )
    return take_select(input, index=(slice(None),) * axis + (index,))
