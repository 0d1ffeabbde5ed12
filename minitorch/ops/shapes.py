"""Shapes: views, joins and splits. A linear operation and its adjoint stand together."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from minitorch.core import dtypes
from minitorch.core.primitive import Operation, primitive, promote, same
from minitorch.core.protocol import register
from minitorch.core.tensor import Tensor
from minitorch.ops.arguments import Dims, dim_index, expect_tensor, sizes
from minitorch.ops.indexing import rows_first, take, take_select
from minitorch.ops.renamed import renamed

# --- The table --------------------------------------------------------------------------------------------------------

_view: dict[str, Any] = {"view": True, "prepare": same}

reshape_to = primitive("View", lambda x, *, shape: x.reshape(shape), **_view, x=lambda g, x_shape: g.reshape(x_shape))
permute_axes = primitive(
    "Permute",
    lambda x, *, axes: np.transpose(x, axes),
    **_view,
    x=lambda g, axes: np.transpose(g, tuple(sorted(range(len(axes)), key=axes.__getitem__))),
)
swap_axes = primitive(
    "Transpose", lambda x, *, a, b: np.swapaxes(x, a, b), **_view, x=lambda g, a, b: np.swapaxes(g, a, b)
)
spread = primitive("Expand", lambda x, *, shape: _writeable(np.broadcast_to(x, shape), x), **_view, x=lambda g: g)
insert_axes = primitive(
    "Unsqueeze", lambda x, *, axis: np.expand_dims(x, axis), **_view, x=lambda g, axis: np.squeeze(g, axis)
)
drop_axes = primitive(
    "Squeeze", lambda x, *, axis: np.squeeze(x, axis), **_view, x=lambda g, axis: np.expand_dims(g, axis)
)
join = primitive(
    "Cat",
    lambda *xs, axis: rows_first(np.concatenate(xs, axis)),
    prepare=promote,
    xs=lambda g, xs_shapes, axis: pieces(g, lengths=tuple(s[axis] for s in xs_shapes), axis=axis),
)
pieces: Operation = primitive(
    "Split",
    lambda x, *, lengths, axis: np.split(x, np.cumsum(lengths)[:-1].tolist(), axis),
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
reverse = primitive(
    "Flip", lambda x, *, axes: np.copy(np.flip(x, axes)), prepare=same, x=lambda g, axes: np.flip(g, axes)
)
shift = primitive(
    "Roll",
    lambda x, *, shifts, axes: np.roll(x, shifts, axes),
    prepare=same,
    x=lambda g, shifts, axes: np.roll(g, tuple(-s for s in shifts), axes),
)
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

_t, _drop_axis, _drop_several = (
    renamed(swap_axes, "T"), renamed(drop_axes, "SqueezeBackward1"), renamed(drop_axes, "SqueezeBackward2")
)  # fmt: skip


def _writeable(view: Any, x: Any) -> Any:
    """A view that may be written to as its base may: NumPy makes these read-only, and write() has its own check."""
    view.flags.writeable = x.flags.writeable
    return view


def _layers(x: Any) -> list[Any]:
    """Views along the first axis; of single elements too, for which NumPy would give numbers."""
    return list(x) if x.ndim > 1 else [x[k : k + 1].reshape(()) for k in range(len(x))]


def _put_diagonal(v: Any, offset: int, a: int, b: int, shape: tuple[int, ...]) -> Any:
    out = np.zeros(shape, v.dtype)
    view = np.diagonal(out, offset, a, b)
    view.flags.writeable = True
    view[...] = v
    return out


# --- NumPy's names, which the rules use under create_graph ------------------------------------------------------------

_NUMPY: dict[Any, Any] = {
    np.reshape: lambda a, shape, order="C": a.reshape(shape),
    np.transpose: lambda a, axes=None: permute(a, tuple(axes) if axes is not None else tuple(range(a.ndim))[::-1]),
    np.swapaxes: lambda a, axis1, axis2: transpose(a, axis1, axis2),
    np.moveaxis: lambda a, source, destination: movedim(a, source, destination),
    np.broadcast_to: lambda array, shape: spread(array, shape=tuple(shape)),
    np.expand_dims: lambda a, axis: insert_axes(a, axis=axis),
    np.squeeze: lambda a, axis=None: drop_axes(a, axis=axis) if axis is not None else squeeze(a),
    np.concatenate: lambda arrays, axis=0: join(*arrays, axis=axis),
    np.stack: lambda arrays, axis=0: pile(*arrays, axis=axis),
    np.flip: lambda m, axis=None: flip(m, tuple(range(m.ndim)) if axis is None else axis),
    np.roll: lambda a, shift, axis=None: roll(a, shift, axis),
    np.diagonal: lambda a, offset=0, axis1=0, axis2=1: diagonal(a, offset, axis1, axis2),
    np.triu: lambda m, k=0: upper(m, k=k),
    np.tril: lambda m, k=0: lower(m, k=k),
    np.ravel: lambda a, order="C": a.reshape(-1),
}
for _numpy, _op in _NUMPY.items():
    register(_numpy, _op)


# --- PyTorch's functions ----------------------------------------------------------------------------------------------


def reshape(input: Tensor, *args: Any, shape: Any = None) -> Tensor:
    """The same elements in another shape, one of whose sizes may be -1; a view if possible (``torch.reshape``).

    >>> import minitorch
    >>> minitorch.arange(6).reshape(2, -1).shape
    torch.Size([2, 3])
    """
    return reshape_to(input, shape=_inferred(sizes(args, "shape", shape), input.array.size))


def _inferred(shape: tuple[int, ...], n: int) -> tuple[int, ...]:
    if -1 not in shape:
        if math.prod(shape) != n or any(m < 0 for m in shape):
            if any(m < -1 for m in shape):
                raise RuntimeError(
                    f"invalid shape dimension {min(shape)} at index {shape.index(min(shape))} of shape {list(shape)}"
                )
            raise RuntimeError(f"shape '{list(shape)}' is invalid for input of size {n}")
        return shape
    if shape.count(-1) > 1:
        raise RuntimeError("only one dimension can be inferred")
    known = math.prod(m for m in shape if m != -1)
    if known == 0:
        raise RuntimeError(
            f"cannot reshape tensor of 0 elements into shape {list(shape)} because the unspecified dimension size -1 "
            "can be any value and is ambiguous"
        )
    if known < 0 or n % known:
        raise RuntimeError(f"shape '{list(shape)}' is invalid for input of size {n}")
    return tuple(n // known if m == -1 else m for m in shape)


def view(input: Tensor, *shape: Any) -> Tensor:
    """The same memory in another shape; where that is impossible it raises (``Tensor.view``). With a dtype, a cast of
    bits.
    """
    if len(shape) == 1 and isinstance(shape[0], dtypes.dtype):
        out = input.detach()
        out.array = input.array.view(shape[0].numpy)
        return out
    to = _inferred(sizes(shape), input.array.size)
    out = reshape_to(input, shape=to)
    if out._view is None and input.array.size:
        raise RuntimeError(
            "view size is not compatible with input tensor's size and stride (at least one dimension spans across two "
            "contiguous subspaces). Use .reshape(...) instead."
        )
    return out


def view_as(input: Tensor, other: Tensor) -> Tensor:
    """``view`` to the shape of ``other``."""
    return view(input, *other.array.shape)


def reshape_as(input: Tensor, other: Tensor) -> Tensor:
    """``reshape`` to the shape of ``other``."""
    return reshape_to(input, shape=_inferred(other.array.shape, input.array.size))


def permute(input: Tensor, *args: Any, dims: Any = None) -> Tensor:
    """A view with its dims in another order (``torch.permute``)."""
    order = sizes(args, "dims", dims)
    ndim = input.array.ndim
    if len(order) != ndim:
        raise RuntimeError(
            "permute(sparse_coo): number of dimensions in the tensor input does not match the length of the desired "
            f"ordering of dimensions i.e. input.dim() = {ndim} is not equal to len(dims) = {len(order)}"
        )
    found = tuple(dim_index(d, ndim) for d in order)
    if len(set(found)) != ndim:
        raise RuntimeError("permute(): duplicate dims are not allowed.")
    return permute_axes(input, axes=found)


def transpose(input: Tensor, dim0: int, dim1: int) -> Tensor:
    """A view with two dims swapped (``torch.transpose``)."""
    ndim = input.array.ndim
    a, b = dim_index(dim0, ndim), dim_index(dim1, ndim)
    if ndim == 0:
        return permute_axes(input, axes=())
    return swap_axes(input, a=a, b=b)


def t(input: Tensor) -> Tensor:
    """The transpose of a matrix; a vector as it is (``torch.t``)."""
    if input.array.ndim > 2:
        raise RuntimeError(f"t() expects a tensor with <= 2 dimensions, but self is {input.array.ndim}D")
    return _t(input, a=0, b=1) if input.array.ndim == 2 else permute(input, tuple(range(input.array.ndim)))


def movedim(input: Tensor, source: Any, destination: Any) -> Tensor:
    """A view with dims moved to other places, the rest in order (``torch.movedim``)."""
    ndim = input.array.ndim
    src = [dim_index(d, ndim) for d in ([source] if isinstance(source, int) else source)]
    dst = [dim_index(d, ndim) for d in ([destination] if isinstance(destination, int) else destination)]
    if len(src) != len(dst):
        raise RuntimeError(
            f"movedim: Invalid source or destination dims: source ({src} dims) should contain the same number of dims "
            f"as destination ({dst} dims)"
        )
    if len(set(src)) != len(src) or len(set(dst)) != len(dst):
        raise RuntimeError("movedim: repeated dim in `source` or `destination`")
    if ndim == 0:
        return permute_axes(input, axes=())
    order = [d for d in range(ndim) if d not in src]
    for d, s in sorted(zip(dst, src)):
        order.insert(d, s)
    return permute_axes(input, axes=tuple(order))


def expand(input: Tensor, *args: Any, size: Any = None) -> Tensor:
    """A view spread over dims of size 1 and new leading ones; -1 keeps a size (``Tensor.expand``)."""
    to = list(sizes(args, "size", size))
    have = input.array.shape
    lead = len(to) - len(have)
    if lead < 0:
        raise RuntimeError(
            f"expand(torch.FloatTensor{{{list(have)}}}, size={to}): the number of sizes provided ({len(to)}) must be "
            f"greater or equal to the number of dimensions in the tensor ({len(have)})"
        )
    for d, n in enumerate(to):
        if n == -1:
            if d < lead:
                raise RuntimeError(
                    f"The expanded size of the tensor ({n}) isn't allowed in a leading, non-existing dimension {d}"
                )
            to[d] = have[d - lead]
        elif d >= lead and have[d - lead] not in (1, n):
            raise RuntimeError(
                f"The expanded size of the tensor ({n}) must match the existing size ({have[d - lead]}) at "
                f"non-singleton dimension {d}.  Target sizes: {to}.  Tensor sizes: {list(have)}"
            )
    return spread(input, shape=tuple(to))


def expand_as(input: Tensor, other: Tensor) -> Tensor:
    """``expand`` to the shape of ``other``."""
    return expand(input, *other.array.shape)


def broadcast_to(input: Tensor, size: Sequence[int]) -> Tensor:
    """``expand``, with the shape as one argument (``torch.broadcast_to``)."""
    return expand(input, *size)


def broadcast_tensors(*tensors: Tensor) -> tuple[Tensor, ...]:
    """Views of all in their common shape (``torch.broadcast_tensors``)."""
    try:
        shape = np.broadcast_shapes(*(t.array.shape for t in tensors))
    except ValueError as error:
        raise RuntimeError(f"The size of tensor a must match the size of tensor b: {error}") from None
    return tuple(t if t.array.shape == shape else spread(t, shape=shape) for t in tensors)


def unsqueeze(input: Tensor, dim: int) -> Tensor:
    """A view with a new dim of size 1 (``torch.unsqueeze``)."""
    return insert_axes(input, axis=dim_index(dim, input.array.ndim + 1))


def squeeze(input: Tensor, dim: Dims = None) -> Tensor:
    """A view without its dims of size 1, all or those named (``torch.squeeze``)."""
    ndim = input.array.ndim
    dims = range(ndim) if dim is None else [dim] if isinstance(dim, int) else dim
    chosen = [dim_index(d, ndim) for d in dims]
    row = drop_axes if dim is None else _drop_axis if isinstance(dim, int) else _drop_several
    return row(input, axis=tuple(d for d in chosen if ndim and input.array.shape[d] == 1))


def flatten(input: Tensor, start_dim: int = 0, end_dim: int = -1) -> Tensor:
    """Dims ``start_dim`` to ``end_dim`` as one (``torch.flatten``).

    >>> import minitorch
    >>> minitorch.zeros(2, 3, 4).flatten(1).shape
    torch.Size([2, 12])
    """
    shape = expect_tensor(input, "flatten").array.shape
    start, end = dim_index(start_dim, len(shape)), dim_index(end_dim, len(shape))
    if start > end:
        raise RuntimeError("flatten() has invalid args: start_dim cannot come after end_dim")
    if not shape:
        return reshape_to(input, shape=(1,))
    if start == end:
        return input
    return reshape_to(input, shape=(*shape[:start], math.prod(shape[start : end + 1]), *shape[end + 1 :]))


def ravel(input: Tensor) -> Tensor:
    """All elements in one dimension (``torch.ravel``)."""
    return reshape_to(input, shape=(input.array.size,))


def unflatten(input: Tensor, dim: int, sizes: Sequence[int]) -> Tensor:
    """One dim as several, one of whose sizes may be -1 (``torch.unflatten``)."""
    shape = input.array.shape
    axis = dim_index(dim, len(shape))
    if not shape:
        raise RuntimeError(
            f"unflatten got an unexpected error: Dimension specified as {dim} but tensor has no dimensions"
        )
    if not sizes:
        raise RuntimeError("unflatten: sizes must be non-empty")
    try:
        parts = _inferred(tuple(sizes), shape[axis])
    except RuntimeError:
        raise RuntimeError(
            f"unflatten: Provided sizes {list(sizes)} don't multiply up to the size of dim {axis} ({shape[axis]}) "
            "in the input tensor"
        ) from None
    return reshape_to(input, shape=(*shape[:axis], *parts, *shape[axis + 1 :]))


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


def flip(input: Tensor, *args: Any, dims: Any = None) -> Tensor:
    """A copy with the order of elements along ``dims`` reversed (``torch.flip``)."""
    chosen = tuple(dim_index(d, input.array.ndim) for d in sizes(args, "dims", dims))
    if len(set(chosen)) != len(chosen):
        raise RuntimeError(f"dim {max(chosen, key=chosen.count)} appears multiple times in the list of dims")
    return reverse(input, axes=() if input.array.ndim == 0 else chosen)


def roll(input: Tensor, shifts: Any, dims: Any = None) -> Tensor:
    """Elements moved along ``dims``, those that fall off coming in at the other end (``torch.roll``)."""
    by = tuple(shifts) if isinstance(shifts, (tuple, list)) else (shifts,)
    if not by:
        raise RuntimeError("`shifts` required")
    if dims is None or dims == ():
        return shift(input.reshape(-1), shifts=by, axes=(0,)).reshape(input.array.shape)
    along = tuple(dims) if isinstance(dims, (tuple, list)) else (dims,)
    if len(by) != len(along):
        raise RuntimeError(f"shifts and dimensions must align. shifts: {len(by)}, dims:{len(along)}")
    return shift(input, shifts=by, axes=tuple(dim_index(d, input.array.ndim) for d in along))


def repeat(input: Tensor, *args: Any, repeats: Any = None) -> Tensor:
    """The tensor laid side by side, so often along each dim (``Tensor.repeat``)."""
    from minitorch.ops.memory import ordered

    if not args and repeats is None:
        raise TypeError('repeat() missing 1 required positional arguments: "repeats"')
    times = sizes(args, "repeats", repeats)
    have = input.array.shape
    lead = len(times) - len(have)
    if lead < 0:
        raise RuntimeError("Number of dimensions of repeat dims can not be smaller than number of dimensions of tensor")
    if any(n < 0 for n in times):
        raise RuntimeError(f"Trying to create tensor with negative dimension: repeats {list(times)}")
    have = (1,) * lead + have
    # Each dim as (times, size): a view, of which one copy is made at the end.
    x = reshape_to(input, shape=tuple(n for size in have for n in (1, size)))
    x = spread(x, shape=tuple(n for pair in zip(times, have) for n in pair))
    out: Tensor = reshape_to(x, shape=tuple(n * m for n, m in zip(times, have)))
    return out if out._view is None else ordered(out)  # never a view of the input


def tile(input: Tensor, *args: Any, dims: Any = None) -> Tensor:
    """``repeat`` that fills up missing leading dims with 1 (``torch.tile``)."""
    times = sizes(args, "dims", dims)
    return repeat(input, (1,) * (input.array.ndim - len(times)) + times)


def repeat_interleave(
    input: Tensor, repeats: int | Tensor | None = None, dim: int | None = None, *, output_size: int | None = None
) -> Tensor:
    """Each element (or slice along ``dim``) repeated in place, so often (``torch.repeat_interleave``)."""
    from minitorch.ops.indexing import take_fancy

    if repeats is None:  # the one-argument form: how often each index is repeated
        from minitorch.core.tensor import wrap

        return wrap(np.repeat(np.arange(input.array.size), input.array))
    x = input if dim is not None else reshape_to(input, shape=(-1,))
    axis = 0 if dim is None else dim_index(dim, x.array.ndim)
    times = repeats.array if isinstance(repeats, Tensor) else repeats
    if np.any(np.less(times, 0)):
        raise RuntimeError("repeats can not be negative")
    rows = np.repeat(np.arange(x.array.shape[axis]), times)
    return take_fancy(x, index=(slice(None),) * axis + (rows,))


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


def meshgrid(*tensors: Any, indexing: str | None = None) -> tuple[Tensor, ...]:
    """Coordinate grids from vectors, in matrix ("ij", the default) or Cartesian ("xy") order (``torch.meshgrid``)."""
    given = list(tensors[0]) if len(tensors) == 1 and not isinstance(tensors[0], Tensor) else list(tensors)
    if not given:
        raise RuntimeError("meshgrid expects a non-empty TensorList")
    if indexing not in (None, "ij", "xy"):
        raise RuntimeError(f'torch.meshgrid: indexing must be one of "xy" or "ij", but received: {indexing}')
    vectors = [x.reshape(-1) for x in given]
    swap = indexing == "xy" and len(vectors) > 1
    if swap:
        vectors[0], vectors[1] = vectors[1], vectors[0]
    shape = tuple(v.array.size for v in vectors)
    grids = [spread(v.reshape((-1,) + (1,) * (len(shape) - 1 - d)), shape=shape) for d, v in enumerate(vectors)]
    if swap:
        grids[0], grids[1] = grids[1], grids[0]
    return tuple(grids)
