"""Sorting and searching: orders, ranks, quantiles, unique elements and bins.

Which elements are picked is found on arrays; the picking itself is ``gather``, so that gradients flow by its row.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from minitorch.core.primitive import primitive, same
from minitorch.core.protocol import register
from minitorch.core.tensor import Tensor, wrap
from minitorch.ops.arguments import Dims, axes, dim_index, refuse
from minitorch.ops.arithmetic import lerp
from minitorch.ops.indexing import take_along
from minitorch.ops.reductions import _share, amax, amin
from minitorch.ops.results import returned

# --- The table --------------------------------------------------------------------------------------------------------

middle = primitive(  # the lower median of all elements; equals share the gradient
    "Median",
    lambda x, *, skip_nan: _middle(x, skip_nan),
    prepare=same,
    x=lambda g, x, out: _share(g, (x == out) | ((x != x) & (out != out)), None),
)


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
    return sort_result(take_along(input, i, axis=axis), wrap(i))


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
    return topk_result(take_along(input, i, axis=axis), wrap(i))


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
        return middle(input, skip_nan=skip_nan)
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
    rows = np.moveaxis(input.array, axis, -1)
    found = np.zeros((*rows.shape[:-1], 1), np.int64)
    for place in np.ndindex(rows.shape[:-1]):
        values, counts = np.unique(rows[place], return_counts=True)
        found[place] = np.flatnonzero(rows[place] == values[np.argmax(counts)])[-1]
    return mode_result(*_at_rank(input, np.moveaxis(found, -1, axis), axis, keepdim))


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
        if not skip_nan and np.any(holes):
            weight = wrap(rank) - below
        values = lerp(values, take_along(ordered, high, axis=high.ndim - 1), weight)
    out = values.movedim(-1, 0)
    if keepdim:
        shape = [1] * ndim if dim is None else [1 if d == axis else m for d, m in enumerate(input.array.shape)]
        out = out.reshape((fractions.size, *shape))
    return out if fractions.ndim else out.squeeze(0)


register(np.sort, lambda a, axis=-1, kind=None, order=None, *, stable=None: sort(a, axis).values)
register(np.argsort, lambda a, axis=-1, kind=None, order=None, *, stable=None: argsort(a, axis))


# --- Search -----------------------------------------------------------------------------------------------------------


def searchsorted(
    sorted_sequence: Tensor,
    input: Any,
    *,
    out_int32: bool = False,
    right: bool = False,
    side: str | None = None,
    sorter: Tensor | None = None,
) -> Tensor:
    """Where each value would go into an ordered sequence, row by row (``torch.searchsorted``)."""
    if side not in (None, "left", "right"):
        raise RuntimeError(f"torch.searchsorted(): side can only be 'left' or 'right' but got {side}")
    if side == "left" and right:
        raise RuntimeError(
            "torch.searchsorted(): side and right can't be set to opposites, got side of left while right was True"
        )
    s = sorted_sequence.array
    v = input.array if isinstance(input, Tensor) else np.asarray(input)
    if sorter is not None:
        s = np.take_along_axis(s, sorter.array, -1)
    where: Any = "right" if right or side == "right" else "left"
    if s.ndim > 1 and (v.ndim == 0 or v.shape[:-1] != s.shape[:-1]):
        raise RuntimeError(
            "torch.searchsorted(): boundaries tensor should be 1 dimension or the first N-1 dimensions of "
            "boundaries tensor "
            f"and input value tensor must match, but we got boundaries tensor {list(s.shape)} and input value "
            f"tensor {list(v.shape)}"
        )
    to = np.int32 if out_int32 else np.int64
    if s.ndim <= 1:
        return wrap(np.asarray(np.searchsorted(s, v, where)).astype(to))
    out = np.empty(v.shape, to)
    for row in np.ndindex(s.shape[:-1]):
        out[row] = np.searchsorted(s[row], v[row], where)
    return wrap(out)


def bucketize(input: Any, boundaries: Tensor, *, out_int32: bool = False, right: bool = False) -> Tensor:
    """Which interval between boundaries each value falls into (``torch.bucketize``)."""
    if boundaries.array.ndim != 1:
        raise RuntimeError(f"boundaries tensor must be 1 dimension, but got dim({boundaries.array.ndim})")
    return searchsorted(boundaries, input, out_int32=out_int32, right=right)


def isin(elements: Any, test_elements: Any, *, assume_unique: bool = False, invert: bool = False) -> Tensor:
    """Which elements are among the others (``torch.isin``)."""
    x, among = (t.array if isinstance(t, Tensor) else t for t in (elements, test_elements))
    return wrap(np.asarray(np.isin(x, among, assume_unique=assume_unique, invert=invert)))


def unique(
    input: Tensor,
    sorted: bool = True,
    return_inverse: bool = False,
    return_counts: bool = False,
    dim: int | None = None,
) -> Any:
    """The distinct elements, or slices along ``dim``, in order; with their places and counts if asked
    (``torch.unique``).
    """
    x = input.array
    refuse(x, "c", "unique")
    axis = None if dim is None else dim_index(dim, x.ndim)
    values, inverse, counts = np.unique(x, return_inverse=True, return_counts=True, axis=axis)
    inverse = inverse.reshape(x.shape if axis is None else -1)
    return _found(values, inverse, counts, return_inverse, return_counts)


def unique_consecutive(
    input: Tensor, return_inverse: bool = False, return_counts: bool = False, dim: int | None = None
) -> Any:
    """The first of every run of equal elements, or slices along ``dim`` (``torch.unique_consecutive``)."""
    x = input.array
    axis = None if dim is None else dim_index(dim, x.ndim)
    rows = x.reshape(-1, 1) if axis is None else np.moveaxis(x, axis, 0).reshape(x.shape[axis], -1)
    starts = np.ones(len(rows), np.bool_)
    starts[1:] = np.any(rows[1:] != rows[:-1], axis=1)
    places = np.flatnonzero(starts)
    values = x.reshape(-1)[places] if axis is None else x.take(places, axis)
    inverse = np.cumsum(starts) - 1
    counts = np.diff(np.append(places, len(rows)))
    return _found(values, inverse.reshape(x.shape) if axis is None else inverse, counts, return_inverse, return_counts)


def _found(values: Any, inverse: Any, counts: Any, return_inverse: bool, return_counts: bool) -> Any:
    found = [wrap(values)]
    if return_inverse:
        found.append(wrap(inverse.astype(np.int64)))
    if return_counts:
        found.append(wrap(counts.astype(np.int64)))
    return found[0] if len(found) == 1 else tuple(found)


# --- Bins -------------------------------------------------------------------------------------------------------------


@returned("histogram")
class histogram_result(NamedTuple):
    """How many elements (or how much weight) fall into each bin, and the bins' edges."""

    hist: Tensor
    bin_edges: Tensor


@returned("histogramdd")
class histogramdd_result(NamedTuple):
    """Counts in bins of several dims, and the edges along each."""

    hist: Tensor
    bin_edges: tuple[Tensor, ...]


def _limits(x: Any, low: float, high: float) -> tuple[float, float]:
    if low == high and x.size:
        low, high = float(x.min()), float(x.max())
    return (low - 1, high + 1) if low == high else (low, high)


def _extent(x: Any) -> tuple[float, float]:
    """The range of the values, made a little wider where they are all equal."""
    low, high = (float(x.min()), float(x.max())) if x.size else (0.0, 1.0)
    return (low - 0.5, high + 0.5) if low == high else (low, high)


def histc(input: Tensor, bins: int = 100, min: float = 0, max: float = 0) -> Tensor:
    """How many elements fall into each of some equal bins (``torch.histc``)."""
    if bins <= 0:
        raise RuntimeError(f"histc(): bins must be > 0, but got {bins}")
    if min > max:
        raise RuntimeError(f"torch.histc: max must be larger than min, but got min={min} and max={max}")
    x = input.array.reshape(-1)
    low, high = _limits(x, min, max)
    if not np.isfinite([low, high]).all():
        raise RuntimeError(f"torch.histc: range of [{low}, {high}] is not finite")
    inside = x[(x >= low) & (x <= high)].astype(np.float64)
    place = np.minimum(((inside - low) / (high - low) * bins).astype(np.int64), bins - 1)
    return wrap(np.bincount(place, minlength=bins).astype(input.array.dtype))


def histogram(
    input: Tensor, bins: Any, *, range: Any = None, weight: Tensor | None = None, density: bool = False
) -> histogram_result:
    """Counts in bins, given by their number (and range) or their edges (``torch.histogram``)."""
    x = input.array.reshape(-1)
    weights = None if weight is None else weight.array.reshape(-1)
    if isinstance(bins, Tensor):
        edges = bins.array
    else:
        low, high = range if range is not None else _extent(x)
        edges = np.linspace(low, high, bins + 1).astype(x.dtype)
    counts, _ = np.histogram(x, edges, weights=weights, density=density)
    return histogram_result(wrap(counts.astype(x.dtype)), wrap(edges))


def histogramdd(
    input: Tensor, bins: Any, *, range: Any = None, weight: Tensor | None = None, density: bool = False
) -> histogramdd_result:
    """Counts of points (the last dim) in bins of several dims (``torch.histogramdd``)."""
    x = input.array.reshape(-1, input.array.shape[-1])
    n = x.shape[1]
    edges: list[Any]
    if isinstance(bins, int):
        bins = [bins] * n
    if len(bins) != n:
        raise RuntimeError(
            f"histogramdd(): The size of bins must be equal to the innermost dimension of the input: {n}, got "
            f"{len(bins)}"
        )
    if isinstance(bins[0], Tensor):
        edges = [b.array for b in bins]
    else:
        pairs = (
            [_limits(x[:, d], 0, 0) for d in np.arange(n)]
            if range is None
            else list(zip(range[::2], range[1::2], strict=True))
        )
        edges = [np.linspace(low, high, m + 1).astype(x.dtype) for (low, high), m in zip(pairs, bins, strict=True)]
    weights = None if weight is None else weight.array.reshape(-1)
    counts, _ = np.histogramdd(x, edges, weights=weights, density=density)
    return histogramdd_result(wrap(counts.astype(x.dtype)), tuple(wrap(e) for e in edges))


def bincount(input: Tensor, weights: Tensor | None = None, minlength: int = 0) -> Tensor:
    """How often each whole number occurs, or the sum of its weights (``torch.bincount``)."""
    x = input.array
    if x.ndim != 1 or x.dtype.kind not in "iu" or (x.size and x.min() < 0):
        raise RuntimeError("bincount only supports 1-d non-negative integral inputs.")
    out = np.bincount(x, None if weights is None else weights.array, minlength)
    to = np.int64 if weights is None else np.float32 if weights.array.dtype == np.float32 else np.float64
    return wrap(out.astype(to))


def count_nonzero(input: Tensor, dim: Any = None) -> Tensor:
    """How many elements are not zero, of all or along ``dim`` (``torch.count_nonzero``)."""
    return wrap(np.asarray(np.count_nonzero(input.array, axis=axes(dim, input.array.ndim))))


def nonzero_static(input: Tensor, *, size: int, fill_value: int = -1) -> Tensor:
    """``nonzero`` cut or filled up to ``size`` rows (``torch.nonzero_static``)."""
    rows = np.argwhere(input.array).astype(np.int64)
    out = np.full((size, input.array.ndim), fill_value, np.int64)
    out[: len(rows)] = rows[:size]
    return wrap(out)


def argwhere(input: Tensor) -> Tensor:
    """The indices of the elements that are not zero, a row each (``torch.argwhere``)."""
    return wrap(np.argwhere(input.array).astype(np.int64))
