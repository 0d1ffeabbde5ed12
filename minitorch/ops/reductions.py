"""Reductions: sums, means, extremes, norms and variances over dims, each beside the way back up."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from minitorch.core import dtypes
from minitorch.core.batched import raw
from minitorch.core.primitive import primitive, same
from minitorch.core.protocol import register
from minitorch.core.tensor import Tensor, as_array, wrap
from minitorch.ops.arguments import Dims, axes, count, dim_index, expect_tensor, in_dtype_of, refuse, restore
from minitorch.ops.arithmetic import cast, div, where
from minitorch.ops.indexing import put_along
from minitorch.ops.renamed import renamed
from minitorch.ops.results import returned


def _sum(x: Any, *, axis: Any, keepdims: bool) -> Any:
    """``np.sum`` in a third of its time on small arrays; halves are added in single precision, as PyTorch adds them."""
    if x.dtype is _HALF:
        return _reduce(x, axis, np.float32, None, keepdims).astype(_HALF)
    return _reduce(x, axis, None, None, keepdims)


def _mean(x: Any, *, axis: Any, keepdims: bool) -> Any:
    n = count(x.shape, axis)
    if x.dtype is _HALF:
        return (_reduce(x, axis, np.float32, None, keepdims) / n).astype(_HALF)
    return _reduce(x, axis, None, None, keepdims) / n


def _var(x: Any, *, axis: Any, keepdims: bool, correction: float) -> Any:
    wide = x if x.dtype is not _HALF else x.astype(np.float32)
    return np.var(wide, axis=axis, keepdims=keepdims, ddof=_ddof(x, correction)).astype(x.real.dtype)


def _per_freedom(x: Any, axis: Any, correction: float) -> float:
    """One over the degrees of freedom: inf if there are none."""
    freedom = count(x.shape, axis) - correction
    return 1 / freedom if freedom else math.inf


def _ddof(x: Any, correction: float) -> float:
    """NumPy's name for the correction: what is left of an empty tensor is nan, whichever it is."""
    return correction if x.size else 0


_HALF = np.dtype(np.float16)
_reduce: Any = np.add.reduce

# --- The table --------------------------------------------------------------------------------------------------------
# The engine spreads a gradient up to its input's shape, so a sum's rule only puts the reduced dims back as ones.

sum_all = primitive("Sum", lambda x: _sum(x, axis=None, keepdims=False), prepare=same, x=lambda g: g)
sum_dims = primitive(
    "SumBackward1",
    _sum,
    prepare=same,
    x=lambda g, axis, keepdims: restore(g, axis, keepdims),
)
mean_dims = primitive(
    "MeanBackward1",
    _mean,
    prepare=same,
    x=lambda g, x_shape, axis, keepdims: restore(g / count(x_shape, axis), axis, keepdims),
)
mean_all = primitive(
    "Mean", lambda x: _mean(x, axis=None, keepdims=False), prepare=same, x=lambda g, x_shape: g / math.prod(x_shape)
)
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
variance = primitive(
    "Var",
    _var,
    prepare=same,
    x=lambda g, x, axis, keepdims, correction: (
        restore(g, axis, keepdims)
        * (2 * _per_freedom(x, axis, correction))
        * (x - np.mean(x, axis=axis, keepdims=True))
    ),
)
deviation = primitive(  # the slope at 0 is 0
    "Std",
    lambda x, *, axis, keepdims, correction: np.std(x, axis=axis, keepdims=keepdims, ddof=_ddof(x, correction)),
    x=lambda g, x, out, axis, keepdims, correction: (
        restore(_over(g, out), axis, keepdims)
        * _per_freedom(x, axis, correction)
        * (x - np.mean(x, axis=axis, keepdims=True))
    ),
)
product = primitive(
    "Prod",
    lambda x, *, axis, keepdims: np.prod(x, axis=axis, keepdims=keepdims),
    definition=lambda x, *, axis, keepdims: _product_by_halves(x, axis, keepdims),
    x=lambda g, x, axis, keepdims: restore(g, axis, keepdims) * _others(x, axis),
)
logsumexp_dims = primitive(
    "Logsumexp",
    lambda x, *, axis, keepdims: _logsumexp(x, axis, keepdims),
    x=lambda g, x, out, axis, keepdims: restore(g, axis, keepdims) * np.exp(x - restore(out, axis, keepdims)),
)

_max, _min, _amin = renamed(extreme, "MaxBackward1"), renamed(extreme, "MinBackward1"), renamed(extreme, "Amin")
_pick_min, _prod_dim = renamed(pick, "Min"), renamed(product, "ProdBackward1")


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


def _others(x: Any, axis: Any) -> Any:
    """For every element the product of all others along the axis, also where there are zeros."""
    flat = x.reshape(1, -1) if axis is None else np.moveaxis(x, axis, -1)
    one = np.ones((*flat.shape[:-1], 1), x.dtype)
    before = np.cumprod(np.concatenate([one, flat[..., :-1]], -1), -1)
    after = np.cumprod(np.concatenate([one, flat[..., :0:-1]], -1), -1)[..., ::-1]
    found = (before * after)[..., : flat.shape[-1]]  # (of an empty axis, nothing)
    return found.reshape(x.shape) if axis is None else np.moveaxis(found, -1, axis)


def _product_by_halves(x: Any, axis: Any, keepdims: bool) -> Any:
    """A product as a tree of multiplications: no division, so zeros are no trouble."""
    ndim = x.ndim
    y = x.reshape(-1) if axis is None else np.moveaxis(x, axis, -1)
    while (n := y.shape[-1]) > 1:
        pairs = y[..., : n // 2] * y[..., n // 2 : n // 2 * 2]
        y = np.concatenate([pairs, y[..., -1:]], -1) if n % 2 else pairs
    y = y[..., 0] if y.shape[-1] else np.sum(y, axis=-1) + 1
    if not keepdims:
        return y
    return np.reshape(y, (1,) * ndim) if axis is None else np.expand_dims(y, axis)


def _logsumexp(x: Any, axis: Any, keepdims: bool) -> Any:
    if not x.size:
        return np.log(np.sum(x, axis=axis, keepdims=keepdims))
    top = np.max(x, axis=axis, keepdims=True)
    top = np.where(np.isfinite(top), top, 0)
    out = np.log(np.sum(np.exp(x - top), axis=axis, keepdims=True)) + top
    return out if keepdims else np.squeeze(out, axis)


# --- NumPy's names, which the rules use under create_graph ------------------------------------------------------------


def _np_sum(a: Any, axis: Any = None, dtype: Any = None, out: None = None, keepdims: bool = False) -> Any:
    x = a if dtype is None else cast(a, dtype=np.dtype(dtype))
    return sum_all(x) if axis is None and not keepdims else sum_dims(x, axis=_np_axis(axis, x), keepdims=bool(keepdims))


def _np_mean(a: Any, axis: Any = None, dtype: Any = None, out: None = None, keepdims: bool = False) -> Any:
    return mean(a, axis, keepdims)


def _np_axis(axis: Any, x: Tensor) -> Any:
    if axis == ():  # no dims to NumPy, all of them to PyTorch
        return ()
    return axes(list(axis) if isinstance(axis, tuple) else axis, x.array.ndim) if axis is not None else None


register(np.sum, _np_sum)
register(np.mean, _np_mean)
register(np.max, lambda a, axis=None, out=None, keepdims=False: amax(a, axis, keepdims))
register(np.min, lambda a, axis=None, out=None, keepdims=False: amin(a, axis, keepdims))
register(np.prod, lambda a, axis=None, dtype=None, out=None, keepdims=False: product(a, axis=axis, keepdims=keepdims))
register(
    np.var,
    lambda a, axis=None, dtype=None, out=None, ddof=0, keepdims=False: var(a, axis, correction=ddof, keepdim=keepdims),
)
register(
    np.std,
    lambda a, axis=None, dtype=None, out=None, ddof=0, keepdims=False: std(a, axis, correction=ddof, keepdim=keepdims),
)


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


def _accumulator(input: Tensor, dtype: dtypes.dtype | None) -> Tensor:
    """The input as a sum adds it: whole numbers and bools as int64, unless a dtype is asked for."""
    kind = input.array.dtype.kind
    if dtype is not None:
        return input if input.array.dtype == dtype.numpy else cast(input, dtype=dtype.numpy)
    return cast(input, dtype=np.dtype(np.int64)) if kind in "biu" and input.array.dtype.itemsize < 8 else input


def sum(input: Tensor, dim: Dims = None, keepdim: bool = False, *, dtype: dtypes.dtype | None = None) -> Tensor:
    """The sum over ``dim``, or of all elements; whole numbers add up as int64 (``torch.sum``).

    >>> import minitorch
    >>> minitorch.sum(minitorch.ones(2, 3), dim=1)
    tensor([3., 3.])
    """
    x = _accumulator(expect_tensor(input, "sum"), dtype)
    axis = axes(dim, x.array.ndim)
    return sum_all(x) if axis is None and not keepdim else sum_dims(x, axis=axis, keepdims=keepdim)


def mean(input: Tensor, dim: Dims = None, keepdim: bool = False, *, dtype: dtypes.dtype | None = None) -> Tensor:
    """The mean over ``dim``, or of all elements, of a floating tensor (``torch.mean``)."""
    x = expect_tensor(input, "mean") if dtype is None else cast(input, dtype=dtype.numpy)
    if x.array.dtype.kind not in "fc":
        raise RuntimeError(
            "mean(): could not infer output dtype. Input dtype must be either a floating point or complex dtype. "
            f"Got: {dtypes.of(x.array.dtype).alias}"
        )
    axis = axes(dim, x.array.ndim)
    if count(x.array.shape, axis) == 0:
        return div(sum(x, dim, keepdim), 0)
    return mean_all(x) if axis is None and not keepdim else mean_dims(x, axis=axis, keepdims=keepdim)


def nansum(input: Tensor, dim: Dims = None, keepdim: bool = False, *, dtype: dtypes.dtype | None = None) -> Tensor:
    """``sum`` of what is not NaN (``torch.nansum``)."""
    refuse(input.array, "c", "nansum")
    return sum(
        where(wrap(np.isnan(input.array)), 0.0, input) if input.array.dtype.kind == "f" else input,
        dim,
        keepdim,
        dtype=dtype,
    )


def nanmean(input: Tensor, dim: Dims = None, keepdim: bool = False, *, dtype: dtypes.dtype | None = None) -> Tensor:
    """``mean`` of what is not NaN (``torch.nanmean``)."""
    if input.array.dtype.kind not in "fc":
        raise RuntimeError(
            f"nanmean(): expected input to have floating point or complex dtype but got {input.dtype.alias}"
        )
    count = sum(wrap(~np.isnan(input.array)), dim, keepdim)
    return nansum(input, dim, keepdim, dtype=dtype) / count


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


register(np.argmax, lambda a, axis=None, out=None, *, keepdims=False: argmax(a, axis, keepdims))
register(np.argmin, lambda a, axis=None, out=None, *, keepdims=False: argmin(a, axis, keepdims))


def all(input: Tensor, dim: Dims = None, keepdim: bool = False) -> Tensor:
    """Whether all elements are true (``torch.all``)."""
    return _logical(np.all, input, dim, keepdim)


def any(input: Tensor, dim: Dims = None, keepdim: bool = False) -> Tensor:
    """Whether any element is true (``torch.any``)."""
    return _logical(np.any, input, dim, keepdim)


def _logical(function: Any, input: Tensor, dim: Dims, keepdim: bool) -> Tensor:
    out = as_array(function(input.array, axis=axes(dim, input.array.ndim), keepdims=keepdim))
    return wrap(out.astype(np.uint8) if input.array.dtype == np.uint8 else out)


register(np.all, lambda a, axis=None, out=None, keepdims=False: all(a, axis, keepdims))
register(np.any, lambda a, axis=None, out=None, keepdims=False: any(a, axis, keepdims))


def prod(input: Tensor, dim: int | None = None, keepdim: bool = False, *, dtype: dtypes.dtype | None = None) -> Tensor:
    """The product over ``dim``, or of all elements (``torch.prod``)."""
    x = _accumulator(input, dtype)
    axis = None if dim is None else dim_index(dim, x.array.ndim)
    row = product if dim is None else _prod_dim
    return row(x, axis=None if x.array.ndim == 0 else axis, keepdims=keepdim)


def _correction(unbiased: bool | None, correction: float | None) -> float:
    if unbiased is not None:
        return int(unbiased)
    return 1 if correction is None else correction


def var(
    input: Tensor,
    dim: Any = None,
    unbiased: bool | None = None,
    keepdim: bool = False,
    *,
    correction: float | None = None,
) -> Tensor:
    """The variance over ``dim``, with Bessel's correction unless told otherwise (``torch.var``)."""
    return _scatter_of(variance, input, dim, unbiased, keepdim, correction)


def _scatter_of(
    row: Any, input: Tensor, dim: Any, unbiased: bool | None, keepdim: bool, correction: float | None
) -> Tensor:
    if isinstance(dim, bool):
        dim, unbiased = None, dim
    if input.array.dtype.kind not in "fc":
        raise RuntimeError("std and var only support floating point and complex dtypes")
    axis = axes(dim, input.array.ndim)
    with np.errstate(divide="ignore", invalid="ignore"):
        out: Tensor = row(input, axis=axis, keepdims=keepdim, correction=_correction(unbiased, correction))
        return out


def std(
    input: Tensor,
    dim: Any = None,
    unbiased: bool | None = None,
    keepdim: bool = False,
    *,
    correction: float | None = None,
) -> Tensor:
    """The standard deviation over ``dim`` (``torch.std``)."""
    return _scatter_of(deviation, input, dim, unbiased, keepdim, correction)


def var_mean(
    input: Tensor,
    dim: Any = None,
    unbiased: bool | None = None,
    keepdim: bool = False,
    *,
    correction: float | None = None,
) -> tuple[Tensor, Tensor]:
    """Variance and mean over ``dim`` (``torch.var_mean``)."""
    dims = None if isinstance(dim, bool) else dim
    return var(input, dim, unbiased, keepdim, correction=correction), mean(input, dims, keepdim)


def std_mean(
    input: Tensor,
    dim: Any = None,
    unbiased: bool | None = None,
    keepdim: bool = False,
    *,
    correction: float | None = None,
) -> tuple[Tensor, Tensor]:
    """Standard deviation and mean over ``dim`` (``torch.std_mean``)."""
    dims = None if isinstance(dim, bool) else dim
    return std(input, dim, unbiased, keepdim, correction=correction), mean(input, dims, keepdim)


def logsumexp(input: Tensor, dim: Dims, keepdim: bool = False) -> Tensor:
    """``log(sum(exp(input)))`` over ``dim``, without overflow (``torch.logsumexp``)."""
    x = cast(input, dtype=dtypes.get_default_dtype().numpy) if input.array.dtype.kind in "biu" else input
    return logsumexp_dims(x, axis=axes(dim, x.array.ndim), keepdims=keepdim)


def norm(
    input: Tensor, p: Any = "fro", dim: Dims = None, keepdim: bool = False, dtype: dtypes.dtype | None = None
) -> Tensor:
    """The p-norm of the elements over ``dim`` (``torch.norm``); the derivative at 0 is 0.

    >>> import minitorch
    >>> minitorch.norm(minitorch.tensor([3.0, 4.0]))
    tensor(5.)
    """
    if dtype is not None and dtypes.promote_types(dtypes.of(input.array.dtype), dtype) is not dtype:
        raise RuntimeError(
            f"linalg.vector_norm: the dtype of the input ({input.dtype.alias}) should be convertible without "
            "narrowing to the "
            f"specified dtype ({dtype.alias})"
        )
    x = input if dtype is None else cast(input, dtype=dtype.numpy)
    if x.array.dtype.kind not in "fc":
        raise RuntimeError(
            "linalg.vector_norm: Expected a floating point or complex tensor as input. "
            f"Got {dtypes.of(x.array.dtype).alias}"
        )
    if isinstance(p, str):
        if p not in ("fro", "nuc"):
            raise RuntimeError(f"norm: p must be a number, 'fro' or 'nuc', but got {p!r}")
        if p == "nuc":
            from minitorch.ops.norms import matrix_norm

            return matrix_norm(x, "nuc", (-2, -1) if dim is None else dim, keepdim)
        p = 2
    axis = axes(dim, x.array.ndim)
    if p in (math.inf, -math.inf):
        return _extreme(x.abs(), dim, keepdim, smallest=p < 0)
    if p == 0:
        return sum(x.sgn().abs(), dim, keepdim)
    if p == 1:
        return sum(x.abs(), dim, keepdim)
    if p == 2:
        return norm_2(x, axis=axis, keepdims=keepdim)
    sizes = x.abs()
    powers = _power_but_zero(sizes, p) if 0 < p < 2 else sizes**p
    out: Tensor = _power_but_zero(sum(powers, dim, keepdim), 1 / p)
    return out


def _power_but_zero(x: Tensor, p: float) -> Any:
    """``x ** p``, of which a 0 has the derivative 0."""
    zero = x.array == 0
    if not raw(zero).any():
        return x ** float(p)
    return np.where(zero, np.power(0.0, float(p)), np.where(zero, 1.0, x) ** float(p))


norm_2 = primitive(
    "LinalgVectorNorm",
    lambda x, *, axis, keepdims: np.sqrt(np.sum(_squares(x), axis=axis, keepdims=keepdims)),
    x=lambda g, x, out, axis, keepdims: x * _over(restore(g, axis, keepdims), restore(out, axis, keepdims)),
)


def _squares(x: Any) -> Any:
    return np.square(x) if x.dtype.kind != "c" else np.square(x.real) + np.square(x.imag)


def _over(g: Any, out: Any) -> Any:
    return np.where(out == 0, 0.0, g / np.where(out == 0, 1.0, out))
