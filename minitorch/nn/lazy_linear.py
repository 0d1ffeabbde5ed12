"""``LazyLinear``: a ``Linear`` that takes ``in_features`` from its first input."""

from __future__ import annotations

from typing import Any

from minitorch.core.mode import no_grad
from minitorch.core.tensor import Tensor
from minitorch.nn.common_types import Device, DType
from minitorch.nn.lazy import LazyModuleMixin
from minitorch.nn.linear import Linear
from minitorch.nn.parameter import UninitializedParameter


class LazyLinear(LazyModuleMixin, Linear):
    """A ``Linear`` whose ``in_features`` is the first input's last size; it is one after that.

    Args:
        out_features: size of each output.
        bias: whether to add one.
        device: the CPU.
        dtype: of weight and bias.

    >>> import minitorch as torch
    >>> layer = torch.nn.LazyLinear(3)
    >>> _ = layer(torch.zeros(2, 5))
    >>> layer
    Linear(in_features=5, out_features=3, bias=True)
    """

    cls_to_become = Linear
    weight: Any
    bias: Any

    def __init__(self, out_features: int, bias: bool = True, device: Device = None, dtype: DType = None) -> None:
        super().__init__(0, 0, False)
        self.weight = UninitializedParameter(device=device, dtype=dtype)
        self.out_features = out_features
        if bias:
            self.bias = UninitializedParameter(device=device, dtype=dtype)

    def reset_parameters(self) -> None:
        """Draw new initial weights, once there are some."""
        if not self.has_uninitialized_params() and self.in_features != 0:
            super().reset_parameters()

    def initialize_parameters(self, input: Tensor) -> None:
        """Take the input's last size."""
        if self.has_uninitialized_params():
            with no_grad():
                self.in_features = input.shape[-1]
                self.weight.materialize((self.out_features, self.in_features))
                if self.bias is not None:
                    self.bias.materialize((self.out_features,))
                self.reset_parameters()
        if self.in_features == 0:  # a state dict was loaded before the first call
            if input.shape[-1] != self.weight.shape[-1]:
                raise AssertionError(
                    f"The in_features inferred from input: {input.shape[-1]} is not equal to in_features from "
                    f"self.weight: {self.weight.shape[-1]}"
                )
            self.in_features = input.shape[-1]
