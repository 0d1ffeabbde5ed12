"""``linear`` and ``bilinear``."""

from __future__ import annotations

from minitorch.core.tensor import Tensor
from minitorch.ops import linalg


def linear(input: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """x Wᵀ + b: (*, in_features), weight (out_features, in_features), bias (out_features) to (*, out_features).

    Raises:
        TypeError: ``input`` is not a Tensor.
        RuntimeError: shapes or dtypes that do not fit.

    >>> import minitorch as torch
    >>> torch.nn.functional.linear(torch.ones(2), torch.ones(3, 2), torch.zeros(3))
    tensor([2., 2., 2.])
    """
    if not isinstance(input, Tensor):
        raise TypeError(f"linear(): argument 'input' (position 1) must be Tensor, not {type(input).__name__}")
    have, want = input.array.dtype, weight.array.dtype
    if have is not want and have != want:
        raise RuntimeError(
            f"mat1 and mat2 must have the same dtype, but got {input.dtype.alias} and {weight.dtype.alias}: convert "
            "the input or the layer with .to()"
        )
    return linalg.affine(input, weight, bias)


def bilinear(input1: Tensor, input2: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """x₁ᵀ A x₂ + b: (*, in1) and (*, in2), weight (out, in1, in2), bias (out) to (*, out)."""
    if input1.dim() != input2.dim():
        raise RuntimeError(f"bilinear(): input dimensions do not match: got {input1.dim()} and {input2.dim()}")
    for axis, (a, b) in enumerate(zip(input1.shape[:-1], input2.shape[:-1], strict=True)):
        if a != b:
            raise RuntimeError(f"bilinear(): input batch dimensions do not match at dim {axis}: got {a} and {b}")
    for name, x, size in (("input1", input1, weight.shape[1]), ("input2", input2, weight.shape[2])):
        if x.shape[-1] != size:
            raise RuntimeError(
                f"bilinear(): {name} size does not match weight size: got {x.shape[-1]} but expected {size}"
            )
    out_features, in1, in2 = weight.shape
    # (*, 1, in1) times (in1, out · in2) gives (*, out, in2), which times x₂ is (*, out).
    half = input1 @ weight.permute(1, 0, 2).reshape(in1, out_features * in2)
    out = (half.reshape(*input1.shape[:-1], out_features, in2) @ input2.unsqueeze(-1)).squeeze(-1)
    return out if bias is None else out + bias
