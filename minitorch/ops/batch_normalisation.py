"""Batch normalisation: each channel of (N, C, ...) centred and scaled over all else."""

from __future__ import annotations

from typing import Any

import numpy as np

from minitorch.core.primitive import primitive, same
from minitorch.ops.normalisation import column_sums, repeated, scaled, standardise

# --- The table --------------------------------------------------------------------------------------------------------
# ``moments`` are mean and variance of each channel; ``centred``, if given, is x less the mean, a row an example, and is
# overwritten: the memory of the result.

batch_normalised = primitive(  # by the moments of x
    "NativeBatchNorm",
    lambda x, w, b, *, moments, eps, centred=None: _normalised(x, w, b, moments, eps, centred),
    prepare=same,
    definition=lambda x, w, b, *, moments, eps, centred=None: scaled(standardise(x, (0, *range(2, x.ndim)), eps), w, b),
    joint=lambda g, x, w, moments, eps: _gradients(g, x, w, moments, eps),
)
batch_scaled = primitive(  # by moments that do not depend on x
    "NativeBatchNorm",
    lambda x, w, b, *, moments, eps: _normalised(x, w, b, moments, eps),
    prepare=same,
    definition=lambda x, w, b, *, moments, eps: scaled(_with_moments(x, moments, eps), w, b),
    joint=lambda g, x, w, moments, eps: _gradients(g, x, w, moments, eps, constant=True),
)


def _with_moments(x: Any, moments: tuple[Any, Any], eps: float) -> Any:
    mean, var = moments
    return scaled(scaled(x, None, -mean), 1 / np.sqrt(var + eps), None)


# --- The kernels ------------------------------------------------------------------------------------------------------
# They look at x as rows, one an example, and repeat what there is one of a channel for the channel's places.


def centred_moments(x: Any) -> tuple[Any, Any, Any]:
    """x less its mean, a row an example, and mean and variance (biased) of each channel."""
    flat, channels = x.reshape(len(x), -1), x.shape[1]
    share = channels / flat.size
    mean = column_sums(flat, channels) * share
    centred = flat - repeated(mean, flat.shape[1])
    return centred, mean, column_sums(centred * centred, channels) * share


def channel_moments(x: Any) -> tuple[Any, Any]:
    """Mean and variance (biased) of each channel of an array (N, C, ...)."""
    return centred_moments(x)[1:]


def _normalised(x: Any, w: Any, b: Any, moments: tuple[Any, Any], eps: float, centred: Any = None) -> Any:
    mean, var = moments
    if centred is None:
        flat = x.reshape(len(x), -1)
        centred = flat - repeated(mean, flat.shape[1])
    places = centred.shape[1]
    factor = 1 / np.sqrt(var + eps)
    if w is not None:
        factor = factor * w
    centred *= repeated(factor, places)
    if b is not None:
        centred += repeated(b, places)
    return centred.reshape(x.shape)


def _gradients(g: Any, x: Any, w: Any, moments: tuple[Any, Any], eps: float, constant: bool = False) -> list[Any]:
    """The gradients of x, w and b; ``constant`` moments pass none on to x."""
    mean, var = moments
    flat, slope, channels = x.reshape(len(x), -1), g.reshape(len(x), -1), x.shape[1]
    places, share = flat.shape[1], channels / flat.size
    scale = 1 / np.sqrt(var + eps)
    factor = repeated(scale if w is None else scale * w, places)
    centred = flat - repeated(mean, places)
    product = slope * centred
    total = column_sums(slope, channels)
    turn = column_sums(product, channels) * scale  # the sum of g times the standardised x
    if constant:
        return [(slope * factor).reshape(x.shape), turn, total]
    # (g - mean of g - standardised x times the mean of its product with g) times the factor
    centred *= repeated(turn * scale * share, places)
    dx = np.subtract(slope, centred, out=product)
    dx -= repeated(total * share, places)
    dx *= factor
    return [dx.reshape(x.shape), turn, total]
