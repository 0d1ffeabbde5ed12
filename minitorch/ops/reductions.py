"""Sums, means, products and norms over dims, each beside the way back up."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from minitorch.core import dtypes
from minitorch.core.batched import raw
from minitorch.core.primitive import primitive, same
from minitorch.core.protocol import register
from minitorch.core.tensor import Tensor, as_array, wrap
from minitorch.ops.arguments import Dims, axes, count, dim_index, expect_tensor, refuse, restore
from minitorch.ops.arithmetic import cast, div, where
from minitorch.ops.extremes import _extreme
from minitorch.ops.renamed import renamed


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
norm_2 = primitive(
    "LinalgVectorNorm",
    lambda x, *, axis, keepdims: np.sqrt(np.sum(_squares(x), axis=axis, keepdims=keepdims)),
    x=lambda g, x, out, axis, keepdims: x * _over(restore(g, axis, keepdims), restore(out, axis, keepdims)),
)

_prod_dim = renamed(product, "ProdBackward1")


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


def _squares(x: Any) -> Any:
    return np.square(x) if x.dtype.kind != "c" else np.square(x.real) + np.square(x.imag)


def _over(g: Any, out: Any) -> Any:
    return np.where(out == 0, 0.0, g / np.where(out == 0, 1.0, out))


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
register(np.prod, lambda a, axis=None, dtype=None, out=None, keepdims=False: product(a, axis=axis, keepdims=keepdims))
register(np.all, lambda a, axis=None, out=None, keepdims=False: all(a, axis, keepdims))
register(np.any, lambda a, axis=None, out=None, keepdims=False: any(a, axis, keepdims))

# --- PyTorch's functions ----------------------------------------------------------------------------------------------


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


def prod(input: Tensor, dim: int | None = None, keepdim: bool = False, *, dtype: dtypes.dtype | None = None) -> Tensor:
    """The product over ``dim``, or of all elements (``torch.prod``)."""
    x = _accumulator(input, dtype)
    axis = None if dim is None else dim_index(dim, x.array.ndim)
    row = product if dim is None else _prod_dim
    return row(x, axis=None if x.array.ndim == 0 else axis, keepdims=keepdim)


def all(input: Tensor, dim: Dims = None, keepdim: bool = False) -> Tensor:
    """Whether all elements are true (``torch.all``)."""
    return _logical(np.all, input, dim, keepdim)


def any(input: Tensor, dim: Dims = None, keepdim: bool = False) -> Tensor:
    """Whether any element is true (``torch.any``)."""
    return _logical(np.any, input, dim, keepdim)


def _logical(function: Any, input: Tensor, dim: Dims, keepdim: bool) -> Tensor:
    out = as_array(function(input.array, axis=axes(dim, input.array.ndim), keepdims=keepdim))
    return wrap(out.astype(np.uint8) if input.array.dtype == np.uint8 else out)


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
    if (p < 0 or p == math.inf) and count(x.array.shape, axis) == 0:
        where_empty = "on an empty tensor" if dim is None else f"on the dimension {dim} because this dimension is empty"
        raise RuntimeError(
            f"linalg.vector_norm cannot compute the {p:g} norm {where_empty}, as the operation does not have an "
            "identity: take a norm of order 0 or more, or reduce over dims that are not empty"
        )
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
