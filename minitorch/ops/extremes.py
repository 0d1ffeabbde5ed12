"""Extremes over dims, and where they are."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from minitorch.core.batched import raw
from minitorch.core.primitive import primitive
from minitorch.core.protocol import register
from minitorch.core.tensor import Tensor, as_array, wrap
from minitorch.ops.arguments import Dims, axes, count, dim_index, in_dtype_of, refuse, restore
from minitorch.ops.indexing import put_along
from minitorch.ops.renamed import renamed
from minitorch.ops.results import returned

# --- The table --------------------------------------------------------------------------------------------------------

extreme = primitive(  # amax, amin: ties share the gradient equally
    "Amax",
    lambda x, *, axis, keepdims, smallest: (np.min if smallest else np.max)(x, axis=axis, keepdims=keepdims),
    x=lambda g, x, out, axis, keepdims: _share(
        restore(g, axis, keepdims), _hits(x, restore(out, axis, keepdims)), axis
    ),
)
pick = primitive(  # max(dim), min(dim): the gradient goes to the element that was picked
    "Max",
    lambda x, *, axis, keepdims, smallest: _pick(x, axis, keepdims, smallest),
    outputs=("values", "indices"),
    x=lambda g_values, x_shape, indices, axis, keepdims: put_along(
        restore(g_values, axis, keepdims), restore(indices, axis, keepdims), axis=axis, shape=x_shape
    ),
)

_max, _min, _amin = renamed(extreme, "MaxBackward1"), renamed(extreme, "MinBackward1"), renamed(extreme, "Amin")
_pick_min = renamed(pick, "Min")


def _hits(x: Any, out: Any) -> Any:
    """Where an extreme is attained; NaN is the extreme of what has one."""
    hits = x == out
    return hits | (x != x) if np.any(raw(out != out)) else hits


def _share(g: Any, chosen: Any, axis: Any) -> Any:
    return g * chosen / in_dtype_of(np.sum(chosen, axis=axis, keepdims=True), g)


def _pick(x: Any, axis: int, keepdims: bool, smallest: bool) -> tuple[Any, Any]:
    indices = as_array((np.argmin if smallest else np.argmax)(x, axis=axis))
    places = np.expand_dims(indices, axis)
    values = np.take_along_axis(x, places, axis)
    return (values, places) if keepdims else (values.squeeze(axis), indices)


# --- NumPy's names, which the rules use under create_graph ------------------------------------------------------------

register(np.max, lambda a, axis=None, out=None, keepdims=False: amax(a, axis, keepdims))
register(np.min, lambda a, axis=None, out=None, keepdims=False: amin(a, axis, keepdims))
register(np.argmax, lambda a, axis=None, out=None, *, keepdims=False: argmax(a, axis, keepdims))
register(np.argmin, lambda a, axis=None, out=None, *, keepdims=False: argmin(a, axis, keepdims))

# --- PyTorch's functions ----------------------------------------------------------------------------------------------


@returned("max")
class max_result(NamedTuple):
    """The values that ``max(dim)`` and its kin found, and where."""

    values: Tensor
    indices: Tensor


@returned("min")
class min_result(NamedTuple):
    """The values that ``min(dim)`` found, and where."""

    values: Tensor
    indices: Tensor


def amax(input: Tensor, dim: Dims = (), keepdim: bool = False) -> Tensor:
    """The largest value over ``dim``; ties share the gradient equally (``torch.amax``)."""
    return _extreme(input, dim, keepdim, smallest=False)


def amin(input: Tensor, dim: Dims = (), keepdim: bool = False) -> Tensor:
    """The smallest value over ``dim``; ties share the gradient equally (``torch.amin``)."""
    return _extreme(input, dim, keepdim, smallest=True)


def _extreme(input: Tensor, dim: Dims, keepdim: bool, smallest: bool) -> Tensor:
    refuse(input.array, "c", "min_values" if smallest else "max_values")
    axis = axes(dim, input.array.ndim)
    if count(input.array.shape, axis) == 0:
        name = "amin" if smallest else "amax"
        if axis is None:
            raise RuntimeError(
                f"{name}(): Expected reduction dim to be specified for input.numel() == 0. Specify the reduction dim "
                "with the 'dim' argument."
            )
        raise IndexError(f"{name}(): Expected reduction dim to have non-zero size: specify a dim that is not empty")
    return (_amin if smallest else extreme)(input, axis=axis, keepdims=keepdim, smallest=smallest)


def max(input: Tensor, dim: Any = None, keepdim: bool = False) -> Any:
    """The largest element; with ``dim``, values and indices; with a tensor, the elementwise maximum (``torch.max``).

    >>> import minitorch
    >>> minitorch.max(minitorch.tensor([[1.0, 3.0], [5.0, 2.0]]), dim=1)
    torch.return_types.max(
    values=tensor([3., 5.]),
    indices=tensor([1, 0]))
    """
    return _max_or_min(input, dim, keepdim, smallest=False)


def min(input: Tensor, dim: Any = None, keepdim: bool = False) -> Any:
    """The smallest element; with ``dim``, values and indices; with a tensor, elementwise (``torch.min``)."""
    return _max_or_min(input, dim, keepdim, smallest=True)


def _max_or_min(input: Tensor, dim: Any, keepdim: bool, smallest: bool) -> Any:
    name = "min" if smallest else "max"
    if isinstance(dim, Tensor):
        from minitorch.ops import arithmetic

        return (arithmetic.minimum if smallest else arithmetic.maximum)(input, dim)
    refuse(input.array, "c", name)
    if dim is None:
        if input.array.size == 0:
            raise RuntimeError(
                f"{name}(): Expected reduction dim to be specified for input.numel() == 0. Specify the reduction "
                "dim with the 'dim' argument."
            )
        return (_min if smallest else _max)(input, axis=None, keepdims=False, smallest=smallest)
    axis = dim_index(dim, input.array.ndim)
    if input.array.ndim and input.array.shape[axis] == 0:
        raise IndexError(f"{name}(): Expected reduction dim {axis} to have non-zero size.")
    row, result = (_pick_min, min_result) if smallest else (pick, max_result)
    x = input if input.array.ndim else input.reshape(1)
    return result(*row(x, axis=axis, keepdims=keepdim and x is input, smallest=smallest))


def _arg(input: Tensor, dim: int | None, keepdim: bool, function: Any, name: str) -> Tensor:
    x = input.array
    refuse(x, "bc", name)
    if dim is None:
        if x.size == 0:
            raise IndexError(f"{name}(): Expected reduction dim to be specified for input.numel() == 0.")
        out = as_array(function(x))
        return wrap(out.reshape((1,) * x.ndim) if keepdim else out)
    axis = dim_index(dim, x.ndim)
    if x.ndim == 0:
        return wrap(np.zeros((), np.int64))
    if x.shape[axis] == 0:
        raise IndexError(f"{name}(): Expected reduction dim {axis} to have non-zero size.")
    return wrap(function(x, axis=axis, keepdims=keepdim))


def argmax(input: Tensor, dim: int | None = None, keepdim: bool = False) -> Tensor:
    """Where the largest element is: an index into the flat tensor, or along ``dim`` (``torch.argmax``)."""
    return _arg(input, dim, keepdim, np.argmax, "argmax")


def argmin(input: Tensor, dim: int | None = None, keepdim: bool = False) -> Tensor:
    """Where the smallest element is (``torch.argmin``)."""
    return _arg(input, dim, keepdim, np.argmin, "argmin")
