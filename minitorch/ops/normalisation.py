"""Normalisation: softmax and log_softmax, and the layers that centre and scale examples (layer, group, RMS)."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

import numpy as np

from minitorch.core import dtypes
from minitorch.core.batched import is_plain
from minitorch.core.primitive import primitive, same
from minitorch.core.tensor import Tensor
from minitorch.ops.arguments import dim_index
from minitorch.ops.arithmetic import cast
from minitorch.ops.pointwise import exp

# --- The table --------------------------------------------------------------------------------------------------------

softmax_dim = primitive(
    "Softmax",
    lambda x, *, axis: _softmax(x, axis),
    x=lambda g, out, axis: _softmax_backward(g, out, axis),
)
log_softmax_dim = primitive(
    "LogSoftmax",
    lambda x, *, axis: _log_softmax(x, axis),
    x=lambda g, out, axis: g - np.exp(out) * np.sum(g, axis=axis, keepdims=True),
)


def _of_rows(name: str) -> Any:
    """A row for layers that standardise every ``size`` elements; each of a weight's is for ``places`` of them in turn.

    w may be None, and so may b; there is no b without w.
    """
    return primitive(
        name,
        lambda x, w, b, *, size, places, eps: _by_row(x, w, b, size, places, eps),
        prepare=same,
        residuals=("standard", "mean", "scale"),
        definition=lambda x, w, b, *, size, places, eps: np.reshape(
            scaled(np.reshape(standardise(np.reshape(x, (-1, size)), (1,), eps), _parts(w, places)), w, b), x.shape
        ),
        joint=lambda g, x, w, standard, mean, scale, places: _by_row_backward(g, x, w, standard, mean, scale, places),
    )


layer_normalised = _of_rows("NativeLayerNorm")
group_normalised = _of_rows("NativeGroupNorm")
rms_normalised = primitive(  # x / sqrt(mean(x^2) + eps) for every ``size`` elements, times w
    "FusedRmsNorm",
    lambda x, w, *, size, eps: _rms(x, w, size, eps),
    prepare=same,
    residuals=("scale",),
    definition=lambda x, w, *, size, eps: _rms_definition(x, w, size, eps),
    joint=lambda g, x, w, scale: _rms_backward(g, x, w, scale),
)

# --- The definitions --------------------------------------------------------------------------------------------------


def standardise(x: Any, axes: tuple[int, ...], eps: float) -> Any:
    """``(x - mean) / sqrt(var + eps)`` over some axes."""
    centred = x - np.mean(x, axis=axes, keepdims=True)
    return centred / np.sqrt(np.mean(centred * centred, axis=axes, keepdims=True) + eps)


def scaled(x: Any, w: Any, b: Any) -> Any:
    """x times w plus b (either may be None), which have an element for each of the second dimension's."""
    shape = (-1, *(1,) * (x.ndim - 2))
    if w is not None:
        x = x * np.reshape(w, shape)
    return x if b is None else x + np.reshape(b, shape)


def _parts(w: Any, places: int) -> tuple[int, ...]:
    """The shape in which the weight's elements are along the second dimension."""
    return (-1, 1 if w is None else math.prod(w.shape), places)


def _rms_definition(x: Any, w: Any, size: int, eps: float) -> Any:
    flat = np.reshape(x, (-1, size))
    out = flat / np.sqrt(np.mean(flat * flat, axis=1, keepdims=True) + eps)
    return np.reshape(out if w is None else out * np.reshape(w, (-1,)), x.shape)


# --- The kernels ------------------------------------------------------------------------------------------------------
# They look at x as a matrix. NumPy is fast on whole rows of it and slow on short runs, so what there is one of a
# channel is repeated for the channel's places before it meets x, and sums are products with ones.


def _softmax(x: Any, axis: int) -> Any:
    if not x.size:
        return x.copy()
    e = x - np.maximum.reduce(x, axis=axis, keepdims=True)
    np.exp(e, out=e)
    e /= _sums(e, axis)
    return e


def _softmax_backward(g: Any, out: Any, axis: int) -> Any:
    if not (is_plain(g) and is_plain(out)):
        return (g - np.sum(g * out, axis=axis, keepdims=True)) * out
    product = g * out
    slope = np.subtract(g, _sums(product, axis), out=product)
    slope *= out
    return slope


def _sums(x: Any, axis: int) -> Any:
    """Sums along an axis, which stays: along the last one as a product with ones, in a third of a sum's time."""
    if not is_plain(x) or axis not in (-1, x.ndim - 1) or x.dtype.itemsize < 4 or not x.flags.c_contiguous:
        return np.add.reduce(x, axis=axis, keepdims=True)
    n = x.shape[-1]
    return (x.reshape(-1, n) @ _ones((n, 1), x.dtype)).reshape(*x.shape[:-1], 1)


def _log_softmax(x: Any, axis: int) -> Any:
    if not x.size:
        return x.copy()
    out = x - np.maximum.reduce(x, axis=axis, keepdims=True)
    out -= np.log(_sums(np.exp(out), axis))
    return out


_ones = lru_cache(maxsize=64)(np.ones)


def column_sums(x: Any, channels: int) -> Any:
    """The sum of each channel's columns, which lie together."""
    row = _ones(len(x), x.dtype) @ x
    return row if len(row) == channels else np.add.reduce(row.reshape(channels, -1), 1)


def repeated(v: Any, places: int) -> Any:
    """The elements of v, each for as many places as make so many in all."""
    return v if v.size == places else v.repeat(places // v.size)


def _means(x: Any) -> Any:
    """The mean of each row, as a column. (Divided after: the mean of equal numbers should be that number.)"""
    out = x @ _ones((x.shape[1], 1), x.dtype)
    out /= x.shape[1]
    return out


def _inverse_root(var: Any, eps: float) -> Any:
    """1 / sqrt(var + eps), in place."""
    var += eps
    np.sqrt(var, out=var)
    return np.reciprocal(var, out=var)


def _by_row(x: Any, w: Any, b: Any, size: int, places: int, eps: float) -> tuple[Any, Any, Any, Any]:
    flat = x.reshape(-1, size)
    mean = _means(flat)
    standard = flat - mean
    square = standard * standard
    scale = _inverse_root(_means(square), eps)
    standard *= scale
    if w is None:
        return standard.reshape(x.shape), None, mean, scale  # what is the result may be written to, so it is not kept
    return _affine(standard, w, b, places, out=square).reshape(x.shape), standard, mean, scale


def _by_row_backward(g: Any, x: Any, w: Any, standard: Any, mean: Any, scale: Any, places: int) -> list[Any]:
    if standard is None:
        standard = (x.reshape(len(mean), x.size // max(len(mean), 1)) - mean) * scale
    slope, dw, db, level, turn, room = _affine_backward(g, standard, w, places)
    dx = np.multiply(standard, turn, out=room)
    dx += level
    np.subtract(slope, dx, out=dx)
    dx *= scale
    return [dx.reshape(x.shape), dw, db]


def _affine(standard: Any, w: Any, b: Any, places: int, out: Any = None) -> Any:
    """The standardised rows times w plus b; ``out`` is memory for them."""
    wide = (-1, w.size * places)
    out = np.multiply(
        standard.reshape(wide), repeated(w.reshape(-1), w.size * places), out=None if out is None else out.reshape(wide)
    )
    if b is not None:
        out += repeated(b.reshape(-1), b.size * places)
    return out


def _affine_backward(g: Any, standard: Any, w: Any, places: int) -> tuple[Any, Any, Any, Any, Any, Any]:
    """The gradients of what ``_affine`` was given, of w and of b, and two means of the first over standard's rows.

    The means, as columns, are its own and that of its product with standard. The last is memory of standard's shape.
    """
    if w is None:
        slope = g.reshape(standard.shape)
        turned = slope * standard
        return slope, None, None, _means(slope), _means(turned), turned
    period = w.size * places
    wide = g.reshape(-1, period)
    turned = wide * standard.reshape(wide.shape)
    dw = column_sums(turned, w.size).reshape(w.shape)
    db = column_sums(wide, w.size).reshape(w.shape)
    factor = repeated(w.reshape(-1), w.size * places)
    slope = (wide * factor).reshape(standard.shape)
    if period != standard.shape[1]:
        turned = np.multiply(slope, standard, out=turned.reshape(standard.shape))
        return slope, dw, db, _means(slope), _means(turned), turned
    factor = (factor / period)[:, None]
    return slope, dw, db, wide @ factor, turned @ factor, turned


def _rms(x: Any, w: Any, size: int, eps: float) -> tuple[Any, Any]:
    flat = x.reshape(-1, size)
    square = flat * flat
    scale = _inverse_root(_means(square), eps)
    out = np.multiply(flat, scale, out=square)
    return (out if w is None else _affine(out, w, None, 1, out=out)).reshape(x.shape), scale


def _rms_backward(g: Any, x: Any, w: Any, scale: Any) -> list[Any]:
    standard = x.reshape(len(scale), x.size // max(len(scale), 1)) * scale
    slope, dw, _, _, turn, _ = _affine_backward(g, standard, w, 1)
    standard *= turn
    dx = np.subtract(slope, standard, out=standard)
    dx *= scale
    return [dx.reshape(x.shape), dw]


# --- PyTorch's functions ----------------------------------------------------------------------------------------------


def _floating(input: Tensor, dtype: dtypes.dtype | None, function: str) -> Tensor:
    if dtype is not None:
        return cast(input, dtype=dtype.numpy)
    if input.array.dtype.kind != "f":
        raise NotImplementedError(
            f"\"{function}_kernel_impl\" not implemented for '{input.dtype.alias}': give dtype= or convert it to float"
        )
    return input


def softmax(input: Tensor, dim: int | None = None, dtype: dtypes.dtype | None = None) -> Tensor:
    """``exp(x) / sum(exp(x))`` along ``dim`` (``torch.softmax``).

    >>> import minitorch
    >>> minitorch.softmax(minitorch.zeros(4), dim=0)
    tensor([0.2500, 0.2500, 0.2500, 0.2500])
    """
    x = _floating(input, dtype, "softmax_lastdim")
    axis = _axis(dim, x)
    return softmax_dim(x, axis=axis) if x.array.ndim else exp(x - x)


def log_softmax(input: Tensor, dim: int | None = None, dtype: dtypes.dtype | None = None) -> Tensor:
    """``x - log(sum(exp(x)))`` along ``dim`` (``torch.log_softmax``)."""
    x = _floating(input, dtype, "log_softmax_lastdim")
    axis = _axis(dim, x)
    return log_softmax_dim(x, axis=axis) if x.array.ndim else x - x


def _axis(dim: int | None, x: Tensor) -> int:
    if dim is None:  # PyTorch's old default, kept with its meaning
        return 0 if x.array.ndim in (0, 1, 3) else 1
    return dim_index(dim, x.array.ndim)
