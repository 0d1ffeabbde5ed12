"""Losses with a layer or an alignment of their own: ``CTCLoss`` and ``LinearCrossEntropyLoss``."""

from __future__ import annotations

import math
from typing import Any

from minitorch.core.tensor import Tensor
from minitorch.nn import functional as F
from minitorch.nn.common_types import Device, DType, Reduction
from minitorch.nn.functional_linear_loss import refuse_options
from minitorch.nn.linear import Linear
from minitorch.nn.loss import _Loss, _WeightedLoss


class CTCLoss(_Loss):
    """-log of the probability of all alignments of targets to a sequence (Graves et al. 2006).

    Args:
        blank: the class that stands for no label.
        reduction: "mean" (of each loss over its target's length), "sum" or "none".
        zero_infinity: take a target that cannot be aligned, whose loss is infinite, as 0.

    >>> import minitorch as torch
    >>> log_probs = torch.zeros(4, 1, 3).log_softmax(2)
    >>> loss = torch.nn.CTCLoss(reduction="sum")(log_probs, torch.tensor([[1, 2]]), (4,), (2,))
    >>> round(loss.item(), 4)
    1.6864
    """

    def __init__(self, blank: int = 0, reduction: Reduction = "mean", zero_infinity: bool = False) -> None:
        super().__init__(reduction=reduction)
        self.blank = blank
        self.zero_infinity = zero_infinity

    def forward(self, log_probs: Tensor, targets: Tensor, input_lengths: Any, target_lengths: Any) -> Tensor:
        """Log-probabilities (T, N, C) or (T, C) and targets (N, S), or joined, to a scalar, or (N)."""
        return F.ctc_loss(
            log_probs, targets, input_lengths, target_lengths, self.blank, self.reduction, self.zero_infinity
        )


class LinearCrossEntropyLoss(_WeightedLoss):
    """A linear layer to the classes and ``CrossEntropyLoss`` of its result: (N, in_features) and targets to a scalar.

    Args:
        in_features: size of each input.
        num_classes: C.
        out_features: more dimensions of the layer's result, (N, C, *out_features).
        bias: whether the layer has one.
        device: the CPU.
        dtype: of the layer's parameters.
        reduction: "mean", "sum" or "none".
        weight: (C), of the classes.
        ignore_index: a target that counts for nothing.
        label_smoothing: between 0 and 1.
        options: only None: PyTorch's set how its chunked kernel saves memory.

    Raises:
        RuntimeError: a ``weight`` of another shape, or smoothing out of its range.
        ValueError: ``options`` that are not None.
    """

    def __init__(
        self,
        in_features: int,
        num_classes: int,
        *,
        out_features: tuple[int, ...] = (),
        bias: bool = False,
        device: Device = None,
        dtype: DType = None,
        reduction: Reduction = "mean",
        weight: Tensor | None = None,
        ignore_index: int | None = None,
        label_smoothing: float = 0.0,
        options: None = None,
    ) -> None:
        if weight is not None and tuple(weight.shape) != (num_classes,):
            raise RuntimeError(f"expected weight shape to be {(num_classes,)}, got {tuple(weight.shape)}")
        if not 0 <= label_smoothing <= 1:
            raise RuntimeError(f"expected label_smoothing to be in range [0, 1], got {label_smoothing}")
        super().__init__(weight=weight, reduction=reduction)
        self.num_classes = num_classes
        self.out_features = out_features
        self.ignore_index = ignore_index
        self.label_smoothing = label_smoothing
        self.linear = Linear(in_features, math.prod(out_features, start=num_classes), bias, device, dtype)
        refuse_options(options)
        self.options = options

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """(N, in_features) or (in_features), and class indices or probabilities, to the loss."""
        shape = (self.num_classes, *self.out_features)
        return F.linear_cross_entropy(
            input,
            self.linear.weight.reshape(*shape, self.linear.in_features),
            target,
            linear_bias=None if self.linear.bias is None else self.linear.bias.reshape(shape),
            weight=self.weight,
            reduction=self.reduction,
            ignore_index=self.ignore_index,
            label_smoothing=self.label_smoothing,
        )

    def extra_repr(self) -> str:
        return (
            f"in_features={self.linear.in_features}, num_classes={self.num_classes}, "
            f"out_features={self.out_features}, bias={self.linear.bias is not None}, reduction={self.reduction}, "
            f"ignore_index={self.ignore_index}, label_smoothing={self.label_smoothing}, options={self.options}"
        )
