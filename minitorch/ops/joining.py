"""Joining and rearranging: stacks, blocks, grids of combinations, splits by index, turns and diagonals. All
compositions.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np

from minitorch.core.primitive import promote
from minitorch.core.protocol import register
from minitorch.core.tensor import Tensor, wrap
from minitorch.ops.arguments import dim_index
from minitorch.ops.arithmetic import mul
from minitorch.ops.concatenation import _atleast, _sequence, cat, split, stack
from minitorch.ops.diagonals import put_diagonal
from minitorch.ops.indexing import put, put_into, take_fancy
from minitorch.ops.rearranging import flip, meshgrid
from minitorch.ops.shapes import permute_axes, reshape_to, transpose


def _each(tensors: tuple[Any, ...], function: Any) -> Any:
    """One tensor's result, or a tuple of them for several or a sequence."""
    if len(tensors) == 1 and isinstance(tensors[0], Tensor):
        return function(tensors[0])
    given = tensors[0] if len(tensors) == 1 else tensors
    return tuple(function(t) for t in given)


def atleast_1d(*tensors: Any) -> Any:
    """Views with at least one dim (``torch.atleast_1d``)."""
    return _each(tensors, lambda t: t if t.array.ndim else reshape_to(t, shape=(1,)))


def atleast_2d(*tensors: Any) -> Any:
    """Views with at least two dims, new ones in front (``torch.atleast_2d``)."""
    return _each(tensors, lambda t: _atleast([t], 2)[0])


def atleast_3d(*tensors: Any) -> Any:
    """Views with at least three dims: vectors lie along the second, matrices before a new last one
    (``torch.atleast_3d``).
    """

    def view(t: Tensor) -> Tensor:
        shape = t.array.shape
        if len(shape) >= 3:
            return t
        return reshape_to(t, shape=(*shape, 1) if len(shape) == 2 else (1, *(shape or (1,)), 1))

    return _each(tensors, view)


def column_stack(tensors: Sequence[Tensor]) -> Tensor:
    """Side by side, vectors as columns (``torch.column_stack``)."""
    parts = [
        t if t.array.ndim > 1 else reshape_to(t, shape=(t.array.size, 1)) for t in _sequence(tensors, "column_stack")
    ]
    return cat(parts, 1)


def dstack(tensors: Sequence[Tensor]) -> Tensor:
    """Joined along the third dim (``torch.dstack``)."""
    return cat([atleast_3d(t) for t in _sequence(tensors, "dstack")], 2)


def block_diag(*tensors: Tensor) -> Tensor:
    """Matrices along the diagonal of a larger one, zeros elsewhere (``torch.block_diag``)."""
    blocks = _atleast(list(tensors), 2) if tensors else []
    if not blocks:
        return wrap(np.empty((1, 0), np.float32))
    if any(b.array.ndim > 2 for b in blocks):
        raise RuntimeError("torch.block_diag: Input tensors must have 2 or fewer dimensions")
    width = sum(b.array.shape[1] for b in blocks)
    dtype = promote([b.array for b in blocks])[0].dtype
    rows, left = [], 0
    for b in blocks:
        n, m = b.array.shape
        sides = (wrap(np.zeros((n, left), dtype)), b, wrap(np.zeros((n, width - left - m), dtype)))
        rows.append(cat(sides, 1))
        left += m
    return cat(rows, 0)


def cartesian_prod(*tensors: Tensor) -> Tensor:
    """All tuples of elements of some vectors, a row each (``torch.cartesian_prod``)."""
    if any(t.array.ndim != 1 for t in tensors):
        raise RuntimeError(
            "Expect a 1D vector, but got shape " + str(list(next(t for t in tensors if t.array.ndim != 1).array.shape))
        )
    if len(tensors) == 1:
        return tensors[0]
    return stack([grid.reshape(-1) for grid in meshgrid(*tensors, indexing="ij")], 1)


def combinations(input: Tensor, r: int = 2, with_replacement: bool = False) -> Tensor:
    """All r-element combinations of a vector, a row each, in order (``torch.combinations``)."""
    if input.array.ndim != 1:
        raise RuntimeError(f"Expect a 1D vector, but got shape {list(input.array.shape)}")
    if r < 0:
        raise RuntimeError(f"Expect a non-negative number, but got {r}")
    if r == 0:
        return wrap(np.empty((0,), input.array.dtype))
    choose = itertools.combinations_with_replacement if with_replacement else itertools.combinations
    rows = np.array(list(choose(range(input.array.size), r)), np.int64).reshape(-1, r)
    return take_fancy(input, index=rows)


def tensor_split(input: Tensor, indices_or_sections: Any, dim: int = 0) -> tuple[Tensor, ...]:
    """Views of parts: so many of nearly equal size, or cut at the indices given (``torch.tensor_split``)."""
    if input.array.ndim == 0:
        raise RuntimeError("tensor_split expected at least a 1-dimensional tensor, but got a tensor with 0 dims")
    axis = dim_index(dim, input.array.ndim)
    n = input.array.shape[axis]
    if isinstance(indices_or_sections, Tensor):
        found = indices_or_sections.tolist()
        indices_or_sections = found
    if isinstance(indices_or_sections, int):
        parts = indices_or_sections
        if parts <= 0:
            raise RuntimeError(f"number of sections must be larger than 0, got {parts}")
        base, extra = divmod(n, parts)
        lengths = [base + 1] * extra + [base] * (parts - extra)
        return split(input, lengths, axis)
    lead = (slice(None),) * axis
    cuts = [None, *indices_or_sections, None]
    return tuple(input[(*lead, slice(a, b))] for a, b in itertools.pairwise(cuts))


register(np.split, lambda ary, indices_or_sections, axis=0: tensor_split(ary, indices_or_sections, axis))
register(np.array_split, lambda ary, indices_or_sections, axis=0: tensor_split(ary, indices_or_sections, axis))


def _cut(input: Tensor, indices_or_sections: Any, dim: int, function: str, least: int) -> tuple[Tensor, ...]:
    if input.array.ndim < least:
        raise RuntimeError(
            f"torch.{function} requires a tensor with at least {least} dimension, but got a tensor with "
            f"{input.array.ndim} dimensions!"
        )
    if isinstance(indices_or_sections, int) and (
        indices_or_sections == 0 or input.array.shape[dim] % indices_or_sections
    ):
        raise RuntimeError(
            f"torch.{function} attempted to split along dimension {dim}, but the size of the dimension "
            f"{input.array.shape[dim]} is not divisible by the split_size {indices_or_sections}!"
        )
    return tensor_split(input, indices_or_sections, dim)


def hsplit(input: Tensor, indices_or_sections: Any) -> tuple[Tensor, ...]:
    """``tensor_split`` along the second dim, of a vector along its only one (``torch.hsplit``)."""
    return _cut(input, indices_or_sections, 0 if input.array.ndim == 1 else 1, "hsplit", 1)


def vsplit(input: Tensor, indices_or_sections: Any) -> tuple[Tensor, ...]:
    """``tensor_split`` along the first dim (``torch.vsplit``)."""
    return _cut(input, indices_or_sections, 0, "vsplit", 2)


def dsplit(input: Tensor, indices_or_sections: Any) -> tuple[Tensor, ...]:
    """``tensor_split`` along the third dim (``torch.dsplit``)."""
    return _cut(input, indices_or_sections, 2, "dsplit", 3)


def fliplr(input: Tensor) -> Tensor:
    """Left and right swapped (``torch.fliplr``)."""
    if input.array.ndim < 2:
        raise RuntimeError("Input must be >= 2-d.")
    return flip(input, 1)


def flipud(input: Tensor) -> Tensor:
    """Up and down swapped (``torch.flipud``)."""
    if input.array.ndim < 1:
        raise RuntimeError("Input must be >= 1-d.")
    return flip(input, 0)


def rot90(input: Tensor, k: int = 1, dims: Sequence[int] = (0, 1)) -> Tensor:
    """Turned by k quarters in the plane of two dims, from the first towards the second (``torch.rot90``)."""
    if len(dims) != 2:
        raise RuntimeError(f"expected total rotation dims == 2, but got dims = {len(dims)}")
    if input.array.ndim < 2:
        raise RuntimeError(f"expected total dims >= 2, but got total dims = {input.array.ndim}")
    a, b = (dim_index(d, input.array.ndim) for d in dims)
    if a == b:
        raise RuntimeError(f"expected rotation dims to be different, but got dim0 = {a} and dim1 = {b}")
    quarter = k % 4
    if quarter == 0:
        return input.clone()
    if quarter == 2:
        return flip(input, a, b)
    return transpose(flip(input, b), a, b) if quarter == 1 else flip(transpose(input, a, b), b)


def diag_embed(input: Tensor, offset: int = 0, dim1: int = -2, dim2: int = -1) -> Tensor:
    """Matrices, in two new dims, with the last dim on their diagonal (``torch.diag_embed``)."""
    ndim = input.array.ndim + 1
    a, b = dim_index(dim1, ndim), dim_index(dim2, ndim)
    if a == b:
        raise RuntimeError(f"diagonal dimensions cannot be identical {dim1}, {dim2}")
    n = input.array.shape[-1] + (offset if offset >= 0 else -offset)
    shape = list(input.array.shape[:-1])
    for d in sorted((a, b)):
        shape.insert(d, n)
    return put_diagonal(input, offset=offset, a=a, b=b, shape=tuple(shape))


def diagflat(input: Tensor, offset: int = 0) -> Tensor:
    """A matrix with all elements on its diagonal (``torch.diagflat``)."""
    return diag_embed(input.reshape(-1), offset)


def kron(input: Tensor, other: Tensor) -> Tensor:
    """The Kronecker product: ``input`` with each element replaced by it times ``other`` (``torch.kron``)."""
    n = max(input.array.ndim, other.array.ndim)
    a, b = (t.array.shape for t in _atleast([input, other], n))
    x = reshape_to(input, shape=tuple(m for size in a for m in (size, 1)))
    y = reshape_to(other, shape=tuple(m for size in b for m in (1, size)))
    return reshape_to(mul(x, y), shape=tuple(p * q for p, q in zip(a, b, strict=True)))


def sum_to_size(input: Tensor, *size: Any) -> Tensor:
    """Summed over the dims by which a tensor of that size would be spread (``Tensor.sum_to_size``)."""
    to = tuple(size[0]) if len(size) == 1 and not isinstance(size[0], int) else size
    have = input.array.shape
    lead = len(have) - len(to)
    if lead < 0 or any(n not in (1, m) for n, m in zip(to, have[lead:], strict=True)):
        raise RuntimeError(f"size {{{list(to)}}} is not expandable to size {{{list(have)}}}.")
    dims = [*range(lead), *(d + lead for d, n in enumerate(to) if n == 1 and have[d + lead] != 1)]
    return input.sum(dims, keepdim=True).reshape(to) if dims else input


def adjoint(input: Tensor) -> Tensor:
    """The conjugate transpose of the last two dims (``torch.adjoint``, ``Tensor.mH``)."""
    if input.array.ndim < 2:
        raise RuntimeError(
            f"tensor.adjoint() is only supported on matrices or batches of matrices. Got {input.array.ndim}-D tensor."
        )
    n = input.array.ndim
    out = permute_axes(input, axes=(*range(n - 2), n - 1, n - 2))
    return out.conj()


def unsafe_chunk(input: Tensor, chunks: int, dim: int = 0) -> tuple[Tensor, ...]:
    """``chunk`` in memory of its own (``torch.unsafe_chunk``)."""
    return tuple(t.clone() for t in input.chunk(chunks, dim))


def unsafe_split(tensor: Tensor, split_size: int, dim: int = 0) -> tuple[Tensor, ...]:
    """``split`` in memory of its own (``torch.unsafe_split``)."""
    return tuple(t.clone() for t in split(tensor, split_size, dim))


def constant_pad_nd(input: Tensor, pad: Sequence[int], value: float = 0) -> Tensor:
    """A border of ``value`` around the last dims, two widths a dim from the last one on; negative ones cut
    (``torch.constant_pad_nd``)."""
    if len(pad) % 2:
        raise RuntimeError(f"Length of pad must be even but instead it equals {len(pad)}")
    if len(pad) > 2 * input.array.ndim:
        raise RuntimeError(
            "Length of pad should be no more than twice the number of dimensions of the input. Pad length is "
            f"{len(pad)} while the input has {input.array.ndim} dimensions."
        )
    widths = [(0, 0)] * (input.array.ndim - len(pad) // 2) + list(zip(pad[::2], pad[1::2], strict=True))[::-1]
    for d, (n, (a, b)) in enumerate(zip(input.array.shape, widths, strict=True)):
        if n + a + b < 0:
            raise RuntimeError(
                f"The input size {n}, plus negative padding {a} and {b}, resulted in a negative output size in "
                f"dimension {d}"
            )
    inner = input[tuple(slice(max(-a, 0), n - max(-b, 0)) for n, (a, b) in zip(input.array.shape, widths, strict=True))]
    shape = tuple(n + a + b for n, (a, b) in zip(input.array.shape, widths, strict=True))
    k = tuple(slice(max(a, 0), max(a, 0) + n) for n, (a, _) in zip(inner.array.shape, widths, strict=True))
    if value == 0:
        return put(inner, index=k, shape=shape)
    return put_into(np.full(shape, value, input.array.dtype), inner, index=k)
