"""Cumulative operations along a dim: running sums, products and extremes, differences, and integrals by the trapezoid
rule.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from minitorch.core import dtypes
from minitorch.core.primitive import primitive, same
from minitorch.core.protocol import register
from minitorch.core.tensor import Tensor, wrap
from minitorch.ops.arguments import dim_index, refuse
from minitorch.ops.arithmetic import cast, mul, ne
from minitorch.ops.binary import log_of_sum
from minitorch.ops.concatenation import cat
from minitorch.ops.indexing import put_along
from minitorch.ops.renamed import renamed
from minitorch.ops.results import returned

# --- The table --------------------------------------------------------------------------------------------------------

running_sum = primitive(
    "Cumsum",
    lambda x, *, axis: _running(np.cumsum, x, axis),
    prepare=same,
    x=lambda g, axis: np.flip(np.cumsum(np.flip(g, axis), axis), axis),
)
running_product = primitive(
    "Cumprod",
    lambda x, *, axis: _running(np.cumprod, x, axis),
    prepare=same,
    definition=lambda x, *, axis: scan(lambda a, b: a * b, x, axis),
    x=lambda g, x, out, axis: _running_product_backward(g, x, out, axis),
)
running_logsumexp = primitive(
    "Logcumsumexp",
    lambda x, *, axis: np.logaddexp.accumulate(x, axis) if x.dtype.kind != "c" else scan(log_of_sum, x, axis),
    prepare=same,
    definition=lambda x, *, axis: scan(np.logaddexp, x, axis),
    x=lambda g, x, out, axis: _running_logsumexp_backward(g, x, out, axis),
)
running_extreme = primitive(  # the gradient goes to the element that was the extreme
    "Cummax",
    lambda x, *, axis, smallest: _running_extreme(x, axis, smallest),
    prepare=same,
    outputs=("values", "indices"),
    x=lambda g_values, indices, axis, x_shape: put_along(g_values, indices, axis=axis, shape=x_shape),
)

_cummin = renamed(running_extreme, "Cummin")


def _running(function: Any, x: Any, axis: int) -> Any:
    """NumPy's cumulative function in x's own dtype; halves are accumulated in single precision."""
    wide = np.float32 if x.dtype == np.float16 else x.dtype
    return function(x, axis, dtype=wide).astype(x.dtype, copy=False)


def scan(combine: Callable[[Any, Any], Any], x: Any, axis: int) -> Any:
    """A running combination in log2(n) steps (Hillis and Steele, 1986): the definition that is differentiated again."""
    y = np.moveaxis(x, axis, -1)
    shift, n = 1, y.shape[-1]
    while shift < n:
        y = np.concatenate([y[..., :shift], combine(y[..., :-shift], y[..., shift:])], -1)
        shift *= 2
    return np.moveaxis(y, -1, axis)


def _running_product_backward(g: Any, x: Any, out: Any, axis: int) -> Any:
    if np.all(x):
        return np.flip(np.cumsum(np.flip(g * out, axis), axis), axis) / x
    # With zeros: from the end, what each running product gets from itself and from those after it.
    g, x, out = (np.moveaxis(a, axis, 0) for a in (g, x, out))
    total = np.array(g)
    for k in range(len(x) - 2, -1, -1):
        total[k] += total[k + 1] * x[k + 1]
    total[1:] *= out[:-1]
    return np.moveaxis(total, 0, axis)


def _running_logsumexp_backward(g: Any, x: Any, out: Any, axis: int) -> Any:
    """The sum over j >= i of g_j exp(x_i - out_j), in logarithms so that no exponential overflows."""
    total: Any = 0
    if x.dtype.kind == "c":
        return np.exp(x) * np.flip(np.cumsum(np.flip(g * np.exp(-out), axis), axis), axis)
    with np.errstate(divide="ignore", invalid="ignore"):
        for sign in (1, -1):
            logs = np.log(np.maximum(sign * g, 0)) - out
            later = np.flip(np.logaddexp.accumulate(np.flip(logs, axis), axis), axis)
            total = total + sign * np.exp(later + x)
    return total


def _running_extreme(x: Any, axis: int, smallest: bool) -> tuple[Any, Any]:
    refuse(x, "c", "cummin" if smallest else "cummax")
    if x.ndim == 0:
        return np.array(x), np.zeros((), np.int64)
    values = (np.minimum if smallest else np.maximum).accumulate(x, axis)
    place = np.arange(x.shape[axis]).reshape((-1,) + (1,) * (x.ndim - axis - 1))
    attained = (x == values) | ((x != x) & (values != values))
    return values, np.maximum.accumulate(np.where(attained, place, 0), axis)


register(np.cumsum, lambda a, axis=None, dtype=None, out=None: _over(cumsum, a, axis))
register(np.cumprod, lambda a, axis=None, dtype=None, out=None: _over(cumprod, a, axis))
register(np.diff, lambda a, n=1, axis=-1, prepend=None, append=None: diff(a, n, axis, prepend, append))
register(np.trapezoid, lambda y, x=None, dx=1.0, axis=-1: trapezoid(y, x, dx=dx, dim=axis))


def _over(function: Callable[..., Tensor], x: Tensor, axis: int | None) -> Tensor:
    return function(x.reshape(-1), 0) if axis is None else function(x, axis)


# --- PyTorch's functions ----------------------------------------------------------------------------------------------


@returned("cummax")
class cummax_result(NamedTuple):
    """Running maxima, and where they are."""

    values: Tensor
    indices: Tensor


@returned("cummin")
class cummin_result(NamedTuple):
    """Running minima, and where they are."""

    values: Tensor
    indices: Tensor


def _summed(input: Tensor, dtype: dtypes.dtype | None) -> Tensor:
    to = dtypes.int64.numpy if dtype is None and input.array.dtype.kind in "biu" else None
    to = to if dtype is None else dtype.numpy
    return input if to is None or to == input.array.dtype else cast(input, dtype=to)


def cumsum(input: Tensor, dim: int, *, dtype: dtypes.dtype | None = None) -> Tensor:
    """Running sums along ``dim``; whole numbers add up as int64 (``torch.cumsum``).

    >>> import minitorch
    >>> minitorch.cumsum(minitorch.tensor([1.0, 2.0, 3.0]), 0)
    tensor([1., 3., 6.])
    """
    axis = dim_index(dim, input.array.ndim)
    x = _summed(input, dtype)
    return running_sum(x, axis=axis) if input.array.ndim else x.clone()


def cumprod(input: Tensor, dim: int, *, dtype: dtypes.dtype | None = None) -> Tensor:
    """Running products along ``dim`` (``torch.cumprod``)."""
    axis = dim_index(dim, input.array.ndim)
    x = _summed(input, dtype)
    return running_product(x, axis=axis) if input.array.ndim else x.clone()


def logcumsumexp(input: Tensor, dim: int) -> Tensor:
    """Logarithms of running sums of exponentials along ``dim`` (``torch.logcumsumexp``)."""
    axis = dim_index(dim, input.array.ndim)
    refuse(input.array, "biu", "logcumsumexp_out")
    return running_logsumexp(input, axis=axis) if input.array.ndim else input.clone()


def cummax(input: Tensor, dim: int) -> cummax_result:
    """Running maxima along ``dim`` and where they are, the last of equals (``torch.cummax``)."""
    return cummax_result(*running_extreme(input, axis=dim_index(dim, input.array.ndim), smallest=False))


def cummin(input: Tensor, dim: int) -> cummin_result:
    """Running minima along ``dim`` and where they are, the last of equals (``torch.cummin``)."""
    return cummin_result(*_cummin(input, axis=dim_index(dim, input.array.ndim), smallest=True))


def diff(
    input: Tensor, n: int = 1, dim: int = -1, prepend: Tensor | None = None, append: Tensor | None = None
) -> Tensor:
    """Differences of neighbours along ``dim``, n times over (``torch.diff``)."""
    if input.array.ndim == 0:
        raise RuntimeError("diff expects input to be at least one-dimensional")
    if n < 0:
        raise RuntimeError(f"order must be non-negative but got {n}")
    if n == 0:
        return input.clone()
    axis = dim_index(dim, input.array.ndim)
    parts = [t for t in (prepend, input, append) if t is not None]
    x = cat(parts, axis) if len(parts) > 1 else input
    lead = (slice(None),) * axis
    for _ in range(min(n, x.array.shape[axis])):
        after, before = x[(*lead, slice(1, None))], x[(*lead, slice(None, -1))]
        x = ne(after, before) if x.array.dtype.kind == "b" else after - before
    return x


def _widths(y: Tensor, x: Tensor | None, dx: Any, dim: int, function: str) -> tuple[Any, int]:
    """The distances between sample points, and the dim counted from the front."""
    axis = dim_index(dim, y.array.ndim)
    if x is None:
        return dx, axis
    if x.array.ndim == 0 or y.array.ndim == 0:
        raise RuntimeError(f"{function}: There must be one `x` value for each sample point")
    if x.array.ndim == 1:
        if x.array.shape[0] != y.array.shape[axis]:
            raise RuntimeError(f"{function}: There must be one `x` value for each sample point")
        return diff(x).reshape((-1,) + (1,) * (y.array.ndim - axis - 1)), axis
    return diff(x, dim=axis - y.array.ndim), axis


def trapezoid(y: Tensor, x: Tensor | None = None, *, dx: Any = 1, dim: int = -1) -> Tensor:
    """The integral of samples along ``dim`` by the trapezoid rule (``torch.trapezoid``)."""
    if y.array.ndim == 0 or y.array.shape[dim] == 0:
        axis = dim_index(dim, y.array.ndim)
        return wrap(np.zeros([n for d, n in enumerate(y.array.shape) if d != axis], y.array.dtype))
    width, axis = _widths(y, x, dx, dim, "trapezoid")
    panels: Tensor = _panels(y, axis) * width
    return panels.sum(axis) / 2


def cumulative_trapezoid(y: Tensor, x: Tensor | None = None, *, dx: Any = 1, dim: int = -1) -> Tensor:
    """Running integrals of samples along ``dim`` by the trapezoid rule (``torch.cumulative_trapezoid``)."""
    width, axis = _widths(y, x, dx, dim, "cumulative_trapezoid")
    return cumsum(_panels(y, axis) * width, axis) / 2


def _panels(y: Tensor, axis: int) -> Tensor:
    lead = (slice(None),) * axis
    return y[(*lead, slice(1, None))] + y[(*lead, slice(None, -1))]


trapz = trapezoid


def gradient(input: Tensor, *, spacing: Any = 1, dim: Any = None, edge_order: int = 1) -> tuple[Tensor, ...]:
    """The derivative of samples along each dim, by second-order differences (``torch.gradient``).

    ``spacing`` is one distance, one a dim, or the coordinates along each dim (tensors).
    """
    if edge_order not in (1, 2):
        raise RuntimeError("torch.gradient only supports edge_order=1 and edge_order=2.")
    spacing = 1 if spacing is None else spacing
    if input.array.dtype.kind in "biu":
        input = cast(input, dtype=dtypes.get_default_dtype().numpy)
    ndim = input.array.ndim
    dims = list(range(ndim)) if dim is None else [dim] if isinstance(dim, int) else list(dim)
    dims = [dim_index(d, ndim) for d in dims]
    if len(set(dims)) != len(dims):
        raise RuntimeError("dim appears multiple times in the list of dims")
    steps: Sequence[Any] = list(spacing) if isinstance(spacing, (list, tuple)) else [spacing] * len(dims)
    if len(steps) != len(dims):
        raise RuntimeError(
            f"torch.gradient expected spacing to be unspecified, a scalar or it's list to have length {len(dims)}"
        )
    for d in dims:
        if input.array.shape[d] < edge_order + 1:
            raise RuntimeError("torch.gradient expected each dimension size to be at least edge_order+1")
    return tuple(_slopes(input, d, h, edge_order) for d, h in zip(dims, steps, strict=True))


def _slopes(input: Tensor, axis: int, step: Any, edge_order: int) -> Tensor:
    lead = (slice(None),) * axis

    def at(first: int | None, last: int | None) -> Tensor:
        return input[(*lead, slice(first, last))]

    n = input.array.shape[axis]
    if isinstance(step, Tensor) and step.array.ndim:
        h = diff(step).reshape((-1,) + (1,) * (input.array.ndim - axis - 1))
    else:
        step = step.item() if isinstance(step, Tensor) else step
        h = wrap(np.full((n - 1,) + (1,) * (input.array.ndim - axis - 1), step).astype(input.array.dtype))
    rise = at(1, None) - at(None, -1)
    left, right = h[:-1], h[1:]
    slope = rise / h
    before, after = slope[(*lead, slice(None, -1))], slope[(*lead, slice(1, None))]
    middle = (mul(before, right) + mul(after, left)) / (left + right)
    first, last = slope[(*lead, slice(0, 1))], slope[(*lead, slice(n - 2, n - 1))]
    if edge_order == 2:
        first = first - (slope[(*lead, slice(1, 2))] - first) * h[:1] / (h[:1] + h[1:2])
        last = last + (last - slope[(*lead, slice(n - 3, n - 2))]) * h[-1:] / (h[-1:] + h[-2:-1])
    return cat([first, middle, last], axis)
