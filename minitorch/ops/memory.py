"""Memory: how a tensor lies in it, views by strides, and copies in C order."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from minitorch.core.batched import is_batched
from minitorch.core.primitive import Operation, primitive, same
from minitorch.core.recording import recording
from minitorch.core.tensor import Tensor
from minitorch.ops import concatenation
from minitorch.ops.arguments import dim_index, sizes

# --- The table --------------------------------------------------------------------------------------------------------
# A strided view and its adjoint: elements of a memory read at given places, and values added to zeros at those places.
# ``layout`` is (sizes, strides, offset) in elements, ``own`` the layout of x itself, ``length`` that of the memory.

strided = primitive(
    "AsStrided",
    lambda x, *, layout, own, length: _window(_laid_out(x, own, length), layout),
    view=True,
    prepare=same,
    x=lambda g, layout, own, length: added_up(g, layout=layout, own=own, length=length) / _sharers(own, length),
)
added_up: Operation = primitive(
    "AsStridedBackward",
    lambda v, *, layout, own, length: _window(_added(v, layout, length), own),
    prepare=same,
    v=lambda g, layout, own, length: added_up(g, layout=own, own=layout, length=length),
)
ordered = primitive("Clone", lambda x: np.copy(x, order="C"), prepare=same, x=lambda g: g)

Layout = tuple[tuple[int, ...], tuple[int, ...], int]


def _memory(x: Any) -> Any:
    """All the memory that x lies in, in one dimension."""
    owner = x if recording.recorder is None else recording.recorder.read(x)
    while isinstance(owner.base, np.ndarray):
        owner = owner.base
    if owner.flags.c_contiguous:
        return owner.reshape(-1)
    packed = owner.transpose(np.argsort([-s for s in owner.strides], kind="stable"))
    if packed.flags.c_contiguous:
        return packed.reshape(-1)
    low, high = np.lib.array_utils.byte_bounds(owner)  # an array with gaps, of another library's making
    return np.lib.stride_tricks.as_strided(owner, ((high - low) // owner.itemsize,), (owner.itemsize,))


def _reach(x: Any) -> int:
    """How many elements the memory that x lies in has; inside vmap, up to a sample's last one."""
    if is_batched(x):
        return 1 + sum((n - 1) * s for n, s in zip(x.shape, x.strides, strict=True)) // x.itemsize if x.size else 0
    return int(_memory(x).size)


def _window(flat: Any, layout: Layout) -> Any:
    size, strides, offset = layout
    steps = tuple(s * flat.itemsize for s in strides)
    return np.ndarray(size, flat.dtype, flat, offset * flat.itemsize if 0 not in size else 0, steps)


def _laid_out(x: Any, own: Layout, length: int) -> Any:
    """The memory of x; of an array that lies in another way (a gradient, say), a copy that lies as ``own`` says."""
    flat = _memory(x)
    offset = (x if recording.recorder is None else recording.recorder.read(x)).__array_interface__["data"][0]
    offset -= flat.__array_interface__["data"][0]
    if (flat.size, offset, x.strides) != (length, own[2] * x.itemsize, tuple(s * x.itemsize for s in own[1])):
        flat = np.zeros(length, x.dtype)
        _window(flat, own)[...] = x
    return flat


def _sharers(own: Layout, length: int) -> Any:
    """How many elements of x lie at each one's place, of which each has its part of the gradient: 1 without overlap."""
    reach = 0
    for step, n in sorted((s, n) for n, s in zip(own[0], own[1], strict=True) if n > 1):
        if step <= reach:
            return _window(_added(np.ones(own[0], np.float32), own, length), own)
        reach += step * (n - 1)
    return 1


def _added(v: Any, layout: Layout, length: int) -> Any:
    size, strides, offset = layout
    place = np.full((), offset)
    for n, s in zip(size, strides, strict=True):
        place = place[..., None] + np.arange(n) * s
    out = np.zeros(length, v.dtype)
    np.add.at(out, place, v)
    return out


# --- PyTorch's functions ----------------------------------------------------------------------------------------------


def layout_of(x: Tensor) -> Layout:
    """Sizes, strides and offset of a tensor, in elements."""
    return x.array.shape, stride(x), storage_offset(x)


def as_strided(input: Tensor, size: Sequence[int], stride: Sequence[int], storage_offset: int | None = None) -> Tensor:
    """A view of the tensor's memory with any sizes, strides and offset (``torch.as_strided``).

    >>> import minitorch
    >>> minitorch.arange(5).as_strided((3, 2), (1, 2))
    tensor([[0, 2],
            [1, 3],
            [2, 4]])
    """
    if len(size) != len(stride):
        raise RuntimeError("mismatch in length of strides and shape")
    if any(n < 0 for n in stride):
        raise RuntimeError(f"as_strided: Negative strides are not supported at the moment, got strides: {list(stride)}")
    own = layout_of(input)
    offset = own[2] if storage_offset is None else storage_offset
    length = _reach(input.array)
    last = offset + sum((n - 1) * s for n, s in zip(size, stride, strict=True))
    if offset < 0 or (0 not in size and last >= length):
        raise RuntimeError(
            f"setStorage: sizes {list(size)}, strides {list(stride)}, storage offset {offset} require {last + 1} "
            f"elements, which are out of bounds for storage of {length}"
        )
    return strided(input, layout=(tuple(size), tuple(stride), offset), own=own, length=length)


def as_strided_scatter(
    input: Tensor, src: Tensor, size: Sequence[int], stride: Sequence[int], storage_offset: int | None = None
) -> Tensor:
    """A copy of ``input`` with the elements of ``as_strided`` taken from ``src`` (``torch.as_strided_scatter``)."""
    out = ordered(input)
    as_strided(out, size, stride, storage_offset).copy_(src)
    return out


def unfold(input: Tensor, dimension: int, size: int, step: int) -> Tensor:
    """A view of all windows of ``size`` along a dim, ``step`` apart, in a new last dim (``Tensor.unfold``)."""
    axis = dim_index(dimension, input.array.ndim)
    if size < 0:
        raise RuntimeError(f"size is {size} but must be >= 0")
    if step <= 0:
        raise RuntimeError(f"step is {step} but must be > 0")
    if input.array.ndim == 0:
        if size > 1:
            raise RuntimeError(f"maximum size for tensor at dimension 0 is 1 but size is {size}")
        return input.reshape(1)[:size]
    n = input.array.shape[axis]
    if size > n:
        raise RuntimeError(f"maximum size for tensor at dimension {axis} is {n} but size is {size}")
    shape, strides, offset = layout_of(input)
    count = (n - size) // step + 1
    return strided(
        input,
        layout=(
            (*shape[:axis], count, *shape[axis + 1 :], size),
            (*strides[:axis], strides[axis] * step, *strides[axis + 1 :], strides[axis]),
            offset,
        ),
        own=(shape, strides, offset),
        length=_reach(input.array),
    )


def size(self: Tensor, dim: int | None = None) -> Any:
    """Its sizes, or one of them (``Tensor.size``)."""
    return self.shape if dim is None else self.array.shape[dim_index(dim, self.array.ndim)]


def stride(self: Tensor, dim: int | None = None) -> Any:
    """How many elements apart neighbours along each dim lie (``Tensor.stride``)."""
    steps = tuple(s // self.array.itemsize for s in self.array.strides)
    return steps if dim is None else steps[dim_index(dim, self.array.ndim)]


def contiguous(self: Tensor, memory_format: Any = None) -> Tensor:
    """The tensor in C order; itself if it is already (``Tensor.contiguous``)."""
    return self if self.array.flags.c_contiguous else ordered(self)


def is_contiguous(self: Tensor, memory_format: Any = None) -> bool:
    """Whether its elements lie in C order without gaps (``Tensor.is_contiguous``)."""
    return bool(self.array.flags.c_contiguous)


def storage_offset(self: Tensor) -> int:
    """How many elements into its memory it begins (``Tensor.storage_offset``)."""
    if is_batched(self.array):
        return 0
    start: int = _memory(self.array).__array_interface__["data"][0]
    return (data_ptr(self) - start) // self.array.itemsize


def data_ptr(self: Tensor) -> int:
    """The address of its first element (``Tensor.data_ptr``)."""
    x = self.array if recording.recorder is None else recording.recorder.read(self.array)
    return int(x.__array_interface__["data"][0])


def numel(input: Tensor) -> int:
    """The number of its elements (``torch.numel``)."""
    return int(input.array.size)


def dim(self: Tensor) -> int:
    """The number of its dims (``Tensor.dim``)."""
    return self.array.ndim


def element_size(self: Tensor) -> int:
    """The bytes of one element (``Tensor.element_size``)."""
    return self.array.itemsize


def length(self: Tensor) -> int:
    """``len(t)``: the size of the first dim."""
    if self.array.ndim == 0:
        raise TypeError("len() of a 0-d tensor")
    return int(self.array.shape[0])


def iterate(self: Tensor) -> Iterator[Tensor]:
    """``iter(t)``: its slices along the first dim."""
    if self.array.ndim == 0:
        raise TypeError("iteration over a 0-d tensor")
    return iter(concatenation.unbind(self, 0))


def contains(self: Tensor, element: Any) -> bool:
    """``element in t``."""
    return bool((self.array == (element.array if isinstance(element, Tensor) else element)).any())


def resize_(self: Tensor, *shape: Any, memory_format: Any = None) -> Tensor:
    """Another shape in place; new elements, if more are needed, are zeros (``Tensor.resize_``)."""
    to = sizes(shape)
    if self._requires_grad:
        raise RuntimeError("cannot resize variables that require grad")
    n = math.prod(to)
    flat = np.ravel(self.array)
    if n > flat.size:
        flat = np.concatenate([flat, np.zeros(n - flat.size, flat.dtype)])
    self.array = flat[:n].reshape(to)
    self._bump()
    return self


def resize_as_(self: Tensor, other: Tensor, memory_format: Any = None) -> Tensor:
    """``resize_`` to the shape of another (``Tensor.resize_as_``)."""
    return resize_(self, other.array.shape)
