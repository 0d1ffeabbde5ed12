"""PyTorch's path to the layers and their files: ``nn.modules.Linear``, ``nn.modules.batchnorm._BatchNorm``."""

from __future__ import annotations

from typing import Any

from minitorch.nn import (
    activation,
    adaptive,
    batchnorm,
    containers,
    conv,
    distance,
    dropout,
    flatten,
    instancenorm,
    lazy,
    linear,
    loss,
    module,
    normalization,
    padding,
    pooling,
    rnn,
    sparse,
    transformer,
)

__all__ = [
    "activation",
    "adaptive",
    "batchnorm",
    "containers",
    "conv",
    "distance",
    "dropout",
    "flatten",
    "instancenorm",
    "lazy",
    "linear",
    "loss",
    "module",
    "normalization",
    "padding",
    "pooling",
    "rnn",
    "sparse",
    "transformer",
]


def __getattr__(name: str) -> Any:
    """A layer, which is looked up in ``nn``: that imports this file."""
    from minitorch import nn

    found = getattr(nn, name, None)
    if not (isinstance(found, type) and issubclass(found, module.Module)):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return found
