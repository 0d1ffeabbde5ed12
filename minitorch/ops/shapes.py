"""Views: the same elements in another shape or order of dims. A linear operation and its adjoint stand together."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from minitorch.core import dtypes
from minitorch.core.primitive import primitive, same
from minitorch.core.protocol import register
from minitorch.core.tensor import Tensor
from minitorch.ops.arguments import Dims, dim_index, expect_tensor, sizes
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

_t, _drop_axis, _drop_several = (
    renamed(swap_axes, "T"), renamed(drop_axes, "SqueezeBackward1"), renamed(drop_axes, "SqueezeBackward2")
)  # fmt: skip


def _writeable(view: Any, x: Any) -> Any:
    """A view that may be written to as its base may: NumPy makes these read-only, and write() has its own check."""
    view.flags.writeable = x.flags.writeable
    return view


# --- NumPy's names, which the rules use under create_graph ------------------------------------------------------------

_NUMPY: dict[Any, Any] = {
    np.reshape: lambda a, shape, order="C": a.reshape(shape),
    np.transpose: lambda a, axes=None: permute(a, tuple(axes) if axes is not None else tuple(range(a.ndim))[::-1]),
    np.swapaxes: lambda a, axis1, axis2: transpose(a, axis1, axis2),
    np.moveaxis: lambda a, source, destination: movedim(a, source, destination),
    np.broadcast_to: lambda array, shape: spread(array, shape=tuple(shape)),
    np.expand_dims: lambda a, axis: insert_axes(a, axis=axis),
    np.squeeze: lambda a, axis=None: drop_axes(a, axis=axis) if axis is not None else squeeze(a),
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
