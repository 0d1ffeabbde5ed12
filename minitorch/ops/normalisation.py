"""Normalisation: softmax and log_softmax, and the layers that centre and scale (batch, layer, group, RMS)."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

import numpy as np

from minitorch.core import dtypes
from minitorch.core.primitive import primitive, same
from minitorch.core.tensor import Tensor
from minitorch.ops.arguments import dim_index
from minitorch.ops.arithmetic import cast
from minitorch.ops.pointwise import exp

# --- The table --------------------------------------------------------------------------------------------------------

softmax_dim = primitive(
    "Softmax",
    lambda x, *, axis: _softmax(x, axis),
    x=lambda g, out, axis: (g - np.sum(g * out, axis=axis, keepdims=True)) * out,
)
log_softmax_dim = primitive(
    "LogSoftmax",
    lambda x, *, axis: _log_softmax(x, axis),
    x=lambda g, out, axis: g - np.exp(out) * np.sum(g, axis=axis, keepdims=True),
)
batch_normalised = primitive(  # (N, C, ...) over all but the channels; ``moments`` are channel_moments of x
    "NativeBatchNorm",
    lambda x, w, b, *, moments, eps: _by_channel(x, w, b, moments, eps),
    prepare=same,
    definition=lambda x, w, b, *, moments, eps: scaled(standardise(x, (0, *range(2, x.ndim)), eps), w, b),
    joint=lambda g, x, w, moments, eps: _by_channel_backward(g, x, w, moments, eps),
)
batch_scaled = primitive(  # the same with moments that do not depend on x
    "NativeBatchNorm",
    lambda x, w, b, *, moments, eps: _by_channel(x, w, b, moments, eps),
    prepare=same,
    definition=lambda x, w, b, *, moments, eps: scaled(_with_moments(x, moments, eps), w, b),
    joint=lambda g, x, w, moments, eps: _by_channel_backward(g, x, w, moments, eps, constant=True),
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


def _with_moments(x: Any, moments: tuple[Any, Any], eps: float) -> Any:
    mean, var = moments
    scale = 1 / np.sqrt(var + eps)
    return scaled(scaled(x, None, -mean), scale, None)


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
    e /= np.add.reduce(e, axis=axis, keepdims=True)
    return e


def _log_softmax(x: Any, axis: int) -> Any:
    if not x.size:
        return x.copy()
    out = x - np.maximum.reduce(x, axis=axis, keepdims=True)
    out -= np.log(np.add.reduce(np.exp(out), axis=axis, keepdims=True))
    return out


def channel_moments(x: Any) -> tuple[Any, Any]:
    """Mean and variance (biased) of each channel of an array (N, C, ...)."""
    flat, channels = x.reshape(len(x), -1), x.shape[1]
    places, count = flat.shape[1] // channels, flat.size // channels
    mean = _by_places(_column_sums(flat), channels) / count
    centred = flat - _repeat(mean, places)
    centred *= centred
    return mean, _by_places(_column_sums(centred), channels) / count


_ones = lru_cache(maxsize=64)(np.ones)


def _column_sums(x: Any) -> Any:
    return _ones(len(x), x.dtype) @ x


def _by_places(row: Any, channels: int) -> Any:
    """The sum over each channel's places of a row."""
    return row if len(row) == channels else np.add.reduce(row.reshape(channels, -1), 1)


def _repeat(v: Any, places: int) -> Any:
    """An element of v for each place."""
    return v if places == 1 else np.repeat(v, places)


def _by_channel(x: Any, w: Any, b: Any, moments: tuple[Any, Any], eps: float) -> Any:
    mean, var = moments
    flat = x.reshape(len(x), -1)
    places = flat.shape[1] // x.shape[1]
    factor = 1 / np.sqrt(var + eps)
    if w is not None:
        factor = factor * w
    out = flat * _repeat(factor, places)
    shift = -mean * factor
    out += _repeat(shift if b is None else shift + b, places)
    return out.reshape(x.shape)


def _by_channel_backward(
    g: Any, x: Any, w: Any, moments: tuple[Any, Any], eps: float, constant: bool = False
) -> list[Any]:
    """The gradients of x, w and b; ``constant`` moments pass none on to x."""
    mean, var = moments
    channels = x.shape[1]
    flat, slope = x.reshape(len(x), -1), g.reshape(len(x), -1)
    places, count = flat.shape[1] // channels, flat.size // channels
    scale = 1 / np.sqrt(var + eps)
    factor = scale if w is None else scale * w
    centred = flat - _repeat(mean, places)
    total = _by_places(_column_sums(slope), channels)
    turn = _by_places(_column_sums(slope * centred), channels) * scale  # the sum of g times the standardised x
    if constant:
        return [(slope * _repeat(factor, places)).reshape(x.shape), turn, total]
    centred *= _repeat(factor * scale * turn / -count, places)
    centred += slope * _repeat(factor, places)
    centred -= _repeat(factor * total / count, places)
    return [centred.reshape(x.shape), turn, total]


def _means(x: Any) -> Any:
    """The mean of each row, as a column."""
    return ((x @ _ones(x.shape[1], x.dtype)) / x.shape[1])[:, None]


def _by_row(x: Any, w: Any, b: Any, size: int, places: int, eps: float) -> tuple[Any, Any, Any, Any]:
    flat = x.reshape(-1, size)
    mean = _means(flat)
    standard = flat - mean
    scale = 1 / np.sqrt(_means(standard * standard) + eps)
    standard *= scale
    if w is None:
        return standard.reshape(x.shape), None, mean, scale  # what is the result may be written to, so it is not kept
    return _affine(standard, w, b, places).reshape(x.shape), standard, mean, scale


def _by_row_backward(g: Any, x: Any, w: Any, standard: Any, mean: Any, scale: Any, places: int) -> list[Any]:
    if standard is None:
        standard = (x.reshape(len(mean), x.size // max(len(mean), 1)) - mean) * scale
    slope, dw, db, level, turn = _affine_backward(g, standard, w, places)
    dx = standard * turn
    dx += level
    np.subtract(slope, dx, out=dx)
    dx *= scale
    return [dx.reshape(x.shape), dw, db]


def _affine(standard: Any, w: Any, b: Any, places: int) -> Any:
    """The standardised rows times w plus b."""
    out = standard.reshape(-1, w.size * places) * _repeat(w.reshape(-1), places)
    if b is not None:
        out += _repeat(b.reshape(-1), places)
    return out


def _affine_backward(g: Any, standard: Any, w: Any, places: int) -> tuple[Any, Any, Any, Any, Any]:
    """The gradients of what ``_affine`` was given, of w and of b, and two means of the first over standard's rows.

    The means, as columns, are its own and that of its product with standard.
    """
    if w is None:
        slope = g.reshape(standard.shape)
        return slope, None, None, _means(slope), _means(slope * standard)
    period = w.size * places
    wide = g.reshape(-1, period)
    turned = wide * standard.reshape(wide.shape)
    dw = _by_places(_column_sums(turned), w.size).reshape(w.shape)
    db = _by_places(_column_sums(wide), w.size).reshape(w.shape)
    factor = _repeat(w.reshape(-1), places)
    slope = (wide * factor).reshape(standard.shape)
    if period != standard.shape[1]:
        return slope, dw, db, _means(slope), _means(slope * standard)
    factor = factor / period
    return slope, dw, db, (wide @ factor)[:, None], (turned @ factor)[:, None]


def _rms(x: Any, w: Any, size: int, eps: float) -> tuple[Any, Any]:
    flat = x.reshape(-1, size)
    scale = 1 / np.sqrt(_means(flat * flat) + eps)
    out = flat * scale
    return (out if w is None else _affine(out, w, None, 1)).reshape(x.shape), scale


def _rms_backward(g: Any, x: Any, w: Any, scale: Any) -> list[Any]:
    standard = x.reshape(len(scale), x.size // max(len(scale), 1)) * scale
    slope, dw, _, _, turn = _affine_backward(g, standard, w, 1)
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
