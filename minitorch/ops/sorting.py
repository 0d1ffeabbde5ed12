"""Sorting: orders, ranks, medians, modes and quantiles.

Which elements are picked is found on arrays; the picking itself is ``gather``, so that gradients flow by its row.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from minitorch.core.batched import raw
from minitorch.core.batched_fallback import sampled
from minitorch.core.primitive import primitive, same
from minitorch.core.protocol import register
from minitorch.core.tensor import Tensor, wrap
from minitorch.ops.arguments import Dims, dim_index, refuse
from minitorch.ops.arithmetic import lerp
from minitorch.ops.extremes import _share, amax, amin
from minitorch.ops.indexing import take_along
from minitorch.ops.renamed import renamed
from minitorch.ops.results import returned

# --- The table --------------------------------------------------------------------------------------------------------

middle = primitive(  # the lower median of all elements; equals share the gradient
    "Median",
    lambda x, *, skip_nan: _middle(x, skip_nan),
    prepare=same,
    x=lambda g, x, out: _share(g, (x == out) | ((x != x) & (out != out)), None),
)

_sorted, _top = renamed(take_along, "Sort"), renamed(take_along, "Topk")
_nanmiddle = renamed(middle, "Nanmedian")


def _middle(x: Any, skip_nan: bool) -> Any:
    flat = x.reshape(-1)
    if flat.dtype.kind == "f":
        holes = np.isnan(flat)
        if holes.any() and not skip_nan:
            return np.asarray(np.nan, x.dtype)
        flat = flat[~holes]
    if not flat.size:
        return np.asarray(np.nan, x.dtype)
    return np.partition(flat, (flat.size - 1) // 2)[(flat.size - 1) // 2]


# --- Order ------------------------------------------------------------------------------------------------------------


@returned("sort")
class sort_result(NamedTuple):
    """Values in order, and where they were."""

    values: Tensor
    indices: Tensor


@returned("topk")
class topk_result(NamedTuple):
    """The k largest (or smallest) values, and where they are."""

    values: Tensor
    indices: Tensor


@returned("kthvalue")
class kthvalue_result(NamedTuple):
    """The k-th smallest values, and where they are."""

    values: Tensor
    indices: Tensor


@returned("median")
class median_result(NamedTuple):
    """Medians, and where they are."""

    values: Tensor
    indices: Tensor


@returned("nanmedian")
class nanmedian_result(NamedTuple):
    """Medians of what is not NaN, and where they are."""

    values: Tensor
    indices: Tensor


@returned("mode")
class mode_result(NamedTuple):
    """The commonest values, and where the last of each is."""

    values: Tensor
    indices: Tensor


@returned("aminmax")
class aminmax_result(NamedTuple):
    """Smallest and largest values."""

    min: Tensor
    max: Tensor


def _order(x: Any, axis: int, descending: bool) -> Any:
    """Indices that sort along an axis: stable, NaN the largest."""
    if not descending:
        return np.argsort(x, axis=axis, kind="stable")
    back = np.argsort(np.flip(x, axis), axis=axis, kind="stable")  # from the end, so that equals keep their order
    return x.shape[axis] - 1 - np.flip(back, axis)


def _real(input: Tensor, function: str) -> None:
    if input.array.dtype.kind == "c":
        raise RuntimeError(f"{function}: complex numbers have no order: sort their abs() or real part")


def sort(input: Tensor, dim: int = -1, descending: bool = False, stable: bool = False) -> sort_result:
    """Values in order along ``dim`` and where they were; always stable, NaN the largest (``torch.sort``).

    >>> import minitorch
    >>> minitorch.sort(minitorch.tensor([3.0, 1.0, 2.0])).indices
    tensor([1, 2, 0])
    """
    _real(input, "sort")
    axis = dim_index(dim, input.array.ndim)
    if input.array.ndim == 0:
        return sort_result(input.clone(), wrap(np.zeros((), np.int64)))
    i = _order(input.array, axis, descending)
    return sort_result(_sorted(input, i, axis=axis), wrap(i))


def argsort(input: Tensor, dim: int = -1, descending: bool = False, stable: bool = False) -> Tensor:
    """The indices that ``sort`` gives (``torch.argsort``)."""
    return sort(input.detach(), dim, descending).indices


def msort(input: Tensor) -> Tensor:
    """Sorted along the first dim (``torch.msort``)."""
    return sort(input, 0).values


def topk(input: Tensor, k: int, dim: int = -1, largest: bool = True, sorted: bool = True) -> topk_result:
    """The k largest (or smallest) values along ``dim``, in order, and where they are (``torch.topk``)."""
    _real(input, "topk")
    axis = dim_index(dim, input.array.ndim)
    n = input.array.shape[axis] if input.array.ndim else 1
    if not 0 <= k <= n:
        raise RuntimeError(f"selected index k out of range: k={k}, but dimension {axis} has size {n}")
    if input.array.ndim == 0:
        return topk_result(input.clone(), wrap(np.zeros((), np.int64)))
    i = _order(input.array, axis, largest).take(range(k), axis)
    return topk_result(_top(input, i, axis=axis), wrap(i))


def _at_rank(input: Tensor, i: Any, axis: int, keepdim: bool) -> tuple[Tensor, Tensor]:
    """The elements at indices with one place along the axis, with or without that dim."""
    values = take_along(input, i, axis=axis)
    if keepdim:
        return values, wrap(i)
    return values.squeeze(axis), wrap(np.squeeze(i, axis))


def _single(input: Tensor, dim: int, function: str) -> int:
    axis = dim_index(dim, input.array.ndim)
    if input.array.ndim and input.array.shape[axis] == 0:
        raise IndexError(f"{function}(): Expected reduction dim {axis} to have non-zero size.")
    return axis


def kthvalue(input: Tensor, k: int, dim: int = -1, keepdim: bool = False) -> kthvalue_result:
    """The k-th smallest value along ``dim`` and where it is (``torch.kthvalue``)."""
    axis = _single(input, dim, "kthvalue")
    n = input.array.shape[axis] if input.array.ndim else 1
    if not 1 <= k <= n:
        raise RuntimeError(f"kthvalue(): selected number k out of range for dimension {axis}: k={k}, size {n}")
    if input.array.ndim == 0:
        return kthvalue_result(input.clone(), wrap(np.zeros((), np.int64)))
    i = _order(input.array, axis, False).take([k - 1], axis)
    return kthvalue_result(*_at_rank(input, i, axis, keepdim))


def median(input: Tensor, dim: int | None = None, keepdim: bool = False) -> Any:
    """The lower median: of all elements, or along ``dim`` with its place (``torch.median``). NaN if there is one."""
    return _median(input, dim, keepdim, skip_nan=False)


def nanmedian(input: Tensor, dim: int | None = None, keepdim: bool = False) -> Any:
    """``median`` of what is not NaN (``torch.nanmedian``)."""
    return _median(input, dim, keepdim, skip_nan=True)


def _median(input: Tensor, dim: int | None, keepdim: bool, skip_nan: bool) -> Any:
    refuse(input.array, "bc", "median")
    if dim is None:
        return (_nanmiddle if skip_nan else middle)(input, skip_nan=skip_nan)
    result = nanmedian_result if skip_nan else median_result
    axis = _single(input, dim, "median")
    if input.array.ndim == 0:
        return result(input.clone(), wrap(np.zeros((), np.int64)))
    x = input.array
    order = _order(x, axis, False)
    holes = np.sum(x != x, axis=axis, keepdims=True)
    n = x.shape[axis]
    rank = np.maximum(n - holes - 1, 0) // 2
    if not skip_nan:  # the first NaN, where there is one
        rank = np.where(holes > 0, n - holes, (n - 1) // 2)
    return result(*_at_rank(input, np.take_along_axis(order, rank, axis), axis, keepdim))


def mode(input: Tensor, dim: int = -1, keepdim: bool = False) -> mode_result:
    """The commonest value along ``dim``, the smallest of equals, and where its last occurrence is (``torch.mode``)."""
    refuse(input.array, "c", "mode")
    axis = _single(input, dim, "mode")
    if input.array.ndim == 0:
        return mode_result(input.clone(), wrap(np.zeros((), np.int64)))
    found = _commonest(np.moveaxis(input.array, axis, -1))
    return mode_result(*_at_rank(input, np.moveaxis(found, -1, axis), axis, keepdim))


@sampled
def _commonest(rows: Any) -> Any:
    found = np.zeros((*rows.shape[:-1], 1), np.int64)
    for place in np.ndindex(rows.shape[:-1]):
        values, counts = np.unique(rows[place], return_counts=True)
        found[place] = np.flatnonzero(rows[place] == values[np.argmax(counts)])[-1]
    return found


def aminmax(input: Tensor, *, dim: int | None = None, keepdim: bool = False) -> aminmax_result:
    """The smallest and the largest value, of all or along ``dim`` (``torch.aminmax``)."""
    if dim is None and input.array.size == 0:
        raise RuntimeError(
            "aminmax(): cannot compute aminmax over an empty dimension as the operation has no identity."
        )
    dims: Dims = () if dim is None else dim
    return aminmax_result(amin(input, dims, keepdim), amax(input, dims, keepdim))


def quantile(
    input: Tensor, q: Any, dim: int | None = None, keepdim: bool = False, *, interpolation: str = "linear"
) -> Tensor:
    """The values below which the fractions ``q`` of the elements lie, along ``dim`` (``torch.quantile``)."""
    return _quantile(input, q, dim, keepdim, interpolation, skip_nan=False)


def nanquantile(
    input: Tensor, q: Any, dim: int | None = None, keepdim: bool = False, *, interpolation: str = "linear"
) -> Tensor:
    """``quantile`` of what is not NaN (``torch.nanquantile``)."""
    return _quantile(input, q, dim, keepdim, interpolation, skip_nan=True)


def _quantile(input: Tensor, q: Any, dim: int | None, keepdim: bool, interpolation: str, skip_nan: bool) -> Tensor:
    kinds = ("linear", "lower", "higher", "midpoint", "nearest")
    if interpolation not in kinds:
        raise RuntimeError(
            "quantile() interpolation must be one of linear, lower, higher, midpoint or nearest, but got "
            f"{interpolation}"
        )
    if input.array.dtype not in (np.float32, np.float64):
        raise RuntimeError("quantile() input tensor must be either float or double dtype")
    fractions = q.array if isinstance(q, Tensor) else np.asarray(q, input.array.dtype)
    if fractions.dtype != input.array.dtype:
        raise RuntimeError("quantile() q tensor must be same dtype as the input tensor")
    if fractions.ndim > 1:
        raise RuntimeError(f"quantile() q must be a scalar or 1D tensor, but got {fractions.ndim}D")
    if np.any((fractions < 0) | (fractions > 1)):
        raise RuntimeError("quantile() q values must be in the range [0, 1]")
    ndim = input.array.ndim
    x = input.reshape(-1) if dim is None or ndim == 0 else input
    axis = dim_index(0 if dim is None else dim, x.array.ndim)
    n = x.array.shape[axis]
    if n == 0:
        raise RuntimeError("quantile() input tensor must be non-empty")
    ordered = sort(x, axis).values.movedim(axis, -1)
    holes = np.sum(np.isnan(ordered.array), axis=-1, keepdims=True)
    last = np.maximum(n - holes - 1, 0) if skip_nan else np.full(holes.shape, n - 1)
    exact = (q if isinstance(q, Tensor) else wrap(fractions)).reshape(-1) * wrap(last.astype(fractions.dtype))
    rank = exact.array
    if not skip_nan:
        rank = np.where(holes > 0, np.asarray(n - 1, rank.dtype), rank)
    if interpolation == "nearest":
        rank = np.rint(rank)
    low = np.floor(rank).astype(np.int64)
    high = np.ceil(rank).astype(np.int64)
    if interpolation == "higher":
        low = high
    values = take_along(ordered, low, axis=low.ndim - 1)
    if interpolation in ("linear", "midpoint"):
        below = wrap(low.astype(rank.dtype))
        weight = wrap(np.full_like(rank, 0.5)) if interpolation == "midpoint" else exact - below
        if not skip_nan and np.any(raw(holes)):
            weight = wrap(rank) - below
        values = lerp(values, take_along(ordered, high, axis=high.ndim - 1), weight)
    out = values.movedim(-1, 0)
    if keepdim:
        shape = [1] * ndim if dim is None else [1 if d == axis else m for d, m in enumerate(input.array.shape)]
        out = out.reshape((fractions.size, *shape))
    return out if fractions.ndim else out.squeeze(0)


register(np.sort, lambda a, axis=-1, kind=None, order=None, *, stable=None: sort(a, axis).values)
register(np.argsort, lambda a, axis=-1, kind=None, order=None, *, stable=None: argsort(a, axis))
