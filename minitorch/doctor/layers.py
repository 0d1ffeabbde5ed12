"""Layers that compute something else in training than in evaluation."""

from __future__ import annotations

from typing import Any

from minitorch.nn import batchnorm, dropout, instancenorm


def sensitive(module: Any) -> str | None:
    """The name of the first layer below ``module`` that minds the mode: dropout, or a norm with batch statistics."""
    for layer in module.modules():
        if isinstance(layer, _DROPOUTS) and getattr(layer, "p", 0.0) > 0:
            return type(layer).__name__
        if isinstance(layer, _NORMS) and layer.track_running_stats:
            return type(layer).__name__
        if getattr(layer, "dropout", 0.0).__class__ is float and getattr(layer, "dropout", 0.0) > 0:
            return type(layer).__name__  # a recurrent or attention layer's own
    return None


def batch_statistics(module: Any) -> str | None:
    """The name of a layer below ``module`` that computes statistics of the batch as it is now."""
    for layer in module.modules():
        if isinstance(layer, _NORMS[0]) and (layer.training or layer.running_mean is None):
            return type(layer).__name__
    return None


_DROPOUTS = tuple(
    v for v in vars(dropout).values() if isinstance(v, type) and hasattr(v, "forward") and "Dropout" in v.__name__
)
_NORMS: Any = tuple(
    next(v for v in vars(m).values() if isinstance(v, type) and v.__name__ == name)
    for m, name in ((batchnorm, "_BatchNorm"), (instancenorm, "_InstanceNorm"))
)
