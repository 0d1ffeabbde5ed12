"""Counting: histograms, occurrences of whole numbers, and the elements that are not zero."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from minitorch.core.batched_fallback import sampled
from minitorch.core.tensor import Tensor, as_array, wrap
from minitorch.ops.arguments import axes
from minitorch.ops.results import returned


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


@sampled
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


@sampled
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


@sampled
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
            [_extent(x[:, d]) for d in np.arange(n)]
            if range is None
            else list(zip(range[::2], range[1::2], strict=True))
        )
        edges = [np.linspace(low, high, m + 1).astype(x.dtype) for (low, high), m in zip(pairs, bins, strict=True)]
    weights = None if weight is None else weight.array.reshape(-1)
    counts, _ = np.histogramdd(x, edges, weights=weights, density=density)
    return histogramdd_result(wrap(counts.astype(x.dtype)), tuple(wrap(e) for e in edges))


@sampled
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
    return wrap(as_array(np.count_nonzero(input.array, axis=axes(dim, input.array.ndim))))


def nonzero_static(input: Tensor, *, size: int, fill_value: int = -1) -> Tensor:
    """``nonzero`` cut or filled up to ``size`` rows (``torch.nonzero_static``)."""
    rows = np.argwhere(input.array).astype(np.int64)
    out = np.full((size, input.array.ndim), fill_value, np.int64)
    out[: len(rows)] = rows[:size]
    return wrap(out)


def argwhere(input: Tensor) -> Tensor:
    """The indices of the elements that are not zero, a row each (``torch.argwhere``)."""
    return wrap(np.argwhere(input.array).astype(np.int64))
