"""How many multiply-adds a layer's forward pass takes, by the class of the layer."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from minitorch.core.tensor import Tensor
from minitorch.nn.module import Module


def multiply_adds(module: Module, inputs: Sequence[Any], output: Any) -> int:
    """Multiply-adds of one call, without those of the modules in it; 0 for a class that is not in the table."""
    tensors = [x for x in inputs if isinstance(x, Tensor)]
    for kind in type(module).__mro__:
        if kind.__name__ in _TABLE and kind.__module__.startswith("minitorch."):
            return _TABLE[kind.__name__](module, tensors, output)
    return 0


def _linear(module: Any, inputs: list[Tensor], output: Any) -> int:
    return int(output.numel() * module.in_features)


def _bilinear(module: Any, inputs: list[Tensor], output: Any) -> int:
    return int(output.numel() * module.in1_features * module.in2_features)


def _conv(module: Any, inputs: list[Tensor], output: Any) -> int:
    return int(output.numel() * math.prod(module.weight.shape[1:]))


def _conv_transpose(module: Any, inputs: list[Tensor], output: Any) -> int:
    return int(inputs[0].numel() * math.prod(module.weight.shape[1:]))


def _recurrent(module: Any, inputs: list[Tensor], output: Any) -> int:
    """Every step of every sequence goes through all weight matrices once."""
    steps = math.prod(inputs[0].shape[:-1])
    return int(steps * sum(p.numel() for name, p in module.named_parameters() if name.startswith("weight")))


def _attention(module: Any, inputs: list[Tensor], output: Any) -> int:
    """Projections of queries, keys and values, their products, and the output's projection."""
    query, key, value = inputs[:3]
    batched = query.dim() == 3
    axis = 1 if batched and module.batch_first else 0
    targets, sources = query.shape[axis], key.shape[axis]
    batch = query.shape[1 - axis] if batched else 1
    embed = module.embed_dim
    projected = targets * embed * embed * 2 + sources * embed * (key.shape[-1] + value.shape[-1])
    return int(batch * (projected + 2 * targets * sources * embed))


_TABLE: dict[str, Callable[[Any, list[Tensor], Any], int]] = {
    "Linear": _linear, "Bilinear": _bilinear, "Conv1d": _conv, "Conv2d": _conv, "Conv3d": _conv,
    "ConvTranspose1d": _conv_transpose, "ConvTranspose2d": _conv_transpose, "ConvTranspose3d": _conv_transpose,
    "RNNBase": _recurrent, "RNNCellBase": _recurrent, "MultiheadAttention": _attention,
}  # fmt: skip
