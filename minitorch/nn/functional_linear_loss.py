"""``linear_cross_entropy``: a linear layer to the classes and the cross entropy of its result."""

from __future__ import annotations

import math
from typing import Any

from minitorch.core.tensor import Tensor
from minitorch.nn.common_types import Reduction
from minitorch.nn.functional_cross_entropy import cross_entropy
from minitorch.nn.functional_linear import linear


def linear_cross_entropy(
    input: Tensor,
    linear_weight: Tensor,
    target: Tensor,
    *,
    linear_bias: Tensor | None = None,
    weight: Tensor | None = None,
    reduction: Reduction = "mean",
    ignore_index: int | None = None,
    label_smoothing: float = 0.0,
    options: None = None,
) -> Tensor:
    """``cross_entropy(linear(input, linear_weight, linear_bias), target)``; see ``nn.LinearCrossEntropyLoss``.

    Args:
        input: (N, in_features) or (in_features).
        linear_weight: (C, *, in_features); with more dimensions than two the scores are (N, C, *).
        target: class indices, or probabilities of the scores' shape.
        linear_bias: (C, *).
        weight: (C), of the classes.
        reduction: "mean", "sum" or "none".
        ignore_index: a target that counts for nothing.
        label_smoothing: between 0 and 1.
        options: only None.

    Raises:
        RuntimeError: shapes that do not fit, or an ``ignore_index`` beside probabilities.
        ValueError: ``options`` that are not None.
    """
    refuse_options(options)
    if input.dim() not in (1, 2):
        raise RuntimeError(f"expected input with dimensionality 1 or 2, got {input.dim()}")
    if linear_weight.dim() < 2:
        raise RuntimeError(f"expected linear_weight with dimensionality at least 2, got {linear_weight.dim()}")
    if input.shape[-1] != linear_weight.shape[-1]:
        raise RuntimeError(
            "expected equal input and linear_weight last dimensions (in_features), got "
            f"{input.shape[-1]} and {linear_weight.shape[-1]}, respectively"
        )
    classes = tuple(linear_weight.shape[:-1])
    if linear_bias is not None and tuple(linear_bias.shape) != classes:
        raise RuntimeError(f"expected linear_bias shape {classes}, got {tuple(linear_bias.shape)}")
    if len(classes) > 1 and input.dim() == 1:
        raise RuntimeError(
            f"K-dimensional loss defined by linear_weight shape {tuple(linear_weight.shape)} requires batched input, "
            f"(N, {input.shape[-1]}), got unbatched input with shape {tuple(input.shape)}"
        )
    shape = (*input.shape[:-1], *classes)
    if ignore_index is not None and tuple(target.shape) == shape:
        raise RuntimeError("ignore_index cannot be specified when target contains probabilities")
    flat = linear_weight.reshape(math.prod(classes), linear_weight.shape[-1])
    scores = linear(input, flat, None if linear_bias is None else linear_bias.reshape(-1)).reshape(shape)
    return cross_entropy(
        scores,
        target,
        weight=weight,
        reduction=reduction,
        ignore_index=-100 if ignore_index is None else ignore_index,
        label_smoothing=label_smoothing,
    )


def refuse_options(options: Any) -> None:
    """PyTorch's options are of its chunked kernel, which saves a GPU's memory: nothing here would follow them."""
    if options is not None:
        raise ValueError(f"options is not supported, leave it out (None); got {options!r}")
