"""Rearranging: elements reversed, shifted, repeated, or laid out as grids."""

from __future__ import annotations

from typing import Any

import numpy as np

from minitorch.core.primitive import primitive, same
from minitorch.core.protocol import register
from minitorch.core.tensor import Tensor
from minitorch.ops.arguments import dim_index, sizes
from minitorch.ops.shapes import reshape_to, spread

# --- The table --------------------------------------------------------------------------------------------------------

reverse = primitive(
    "Flip", lambda x, *, axes: np.copy(np.flip(x, axes)), prepare=same, x=lambda g, axes: np.flip(g, axes)
)
shift = primitive(
    "Roll",
    lambda x, *, shifts, axes: np.roll(x, shifts, axes),
    prepare=same,
    x=lambda g, shifts, axes: np.roll(g, tuple(-s for s in shifts), axes),
)

# --- NumPy's names, which the rules use under create_graph ------------------------------------------------------------

_NUMPY: dict[Any, Any] = {
    np.flip: lambda m, axis=None: flip(m, tuple(range(m.ndim)) if axis is None else axis),
    np.roll: lambda a, shift, axis=None: roll(a, shift, axis),
}
for _numpy, _op in _NUMPY.items():
    register(_numpy, _op)

# --- PyTorch's functions ----------------------------------------------------------------------------------------------


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
