"""PyTorch's path to the layers' files: ``nn.modules.batchnorm._BatchNorm`` and the like."""

from minitorch.nn import (
    activation,
    batchnorm,
    containers,
    conv,
    distance,
    dropout,
    flatten,
    instancenorm,
    linear,
    loss,
    module,
    normalization,
    padding,
    pooling,
    sparse,
)
from minitorch.nn.module import Module

__all__ = [
    "Module",
    "activation",
    "batchnorm",
    "containers",
    "conv",
    "distance",
    "dropout",
    "flatten",
    "instancenorm",
    "linear",
    "loss",
    "module",
    "normalization",
    "padding",
    "pooling",
    "sparse",
]
