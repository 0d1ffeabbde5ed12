"""Muon: momentum for matrices, made orthogonal before it is applied."""

import math
from typing import Any, Literal

import numpy as np

from minitorch.core.dtypes import Array
from minitorch.core.tensor import Tensor, wrap
from minitorch.optim.arguments import number
from minitorch.optim.optimizer import Group, Params
from minitorch.optim.tensorwise import TensorwiseOptimizer


def orthogonalized(g: Array, coefficients: tuple[float, float, float], steps: int, eps: float) -> Array:
    """Nearly U Vᵀ of g = U S Vᵀ, by Newton-Schulz iterations O ← aO + (bA + cA²)O with A = O Oᵀ.

    The polynomial drives singular values to about 1, fast but not exactly; so PyTorch is content with bfloat16, and
    every result is rounded as there.
    """
    a, b, c = (np.float32(coefficient) for coefficient in coefficients)
    tall = g.shape[0] > g.shape[1]
    o = bfloat16(g.T if tall else g)
    o = bfloat16(o / np.maximum(bfloat16(np.linalg.norm(o)), np.float32(eps)))
    for _ in range(steps):
        gram = bfloat16(o @ o.T)
        o = bfloat16(a * o + bfloat16(b * gram + c * (gram @ gram)) @ o)
    return o.T if tall else o


def bfloat16(x: Any) -> Array:
    """Rounded to 8 significant bits, to the nearest with ties to even, in float32."""
    bits = np.array(x, np.float32, order="C").view(np.uint32)
    bits += np.uint32(0x7FFF) + ((bits >> 16) & 1)
    bits &= np.uint32(0xFFFF0000)
    return bits.view(np.float32)


class Muon(TensorwiseOptimizer):
    """Muon of Jordan, "Muon: an optimizer for hidden layers in neural networks" (2024), for matrices.

    The momentum is a running mean of gradients; with ``nesterov`` the next mean is looked ahead to. It is made
    orthogonal by ``ns_steps`` Newton-Schulz iterations with ``ns_coefficients``. The learning rate is scaled by
    √max(1, rows/columns) if ``adjust_lr_fn`` is "original" or None, or by 0.2 √max(rows, columns), which suits a rate
    and a weight decay found for AdamW, if it is "match_rms_adamw". ``weight_decay`` shrinks x by the factor
    1 − ``lr`` · λ.

    Give biases, embeddings and heads to another optimizer. Raises ``ValueError`` for parameters that are not matrices
    and for options out of range.

    >>> import minitorch as torch
    >>> w = torch.eye(2, requires_grad=True)
    >>> opt = torch.optim.Muon([w], lr=0.1)
    >>> (w * w).sum().backward()
    >>> opt.step()
    >>> opt.state[w]["momentum_buffer"]
    tensor([[0.1000, 0.0000],
            [0.0000, 0.1000]])
    """

    def __init__(
        self,
        params: Params,
        lr: float = 1e-3,
        weight_decay: float = 0.1,
        momentum: float = 0.95,
        nesterov: bool = True,
        ns_coefficients: tuple[float, float, float] = (3.4445, -4.775, 2.0315),
        eps: float = 1e-7,
        ns_steps: int = 5,
        adjust_lr_fn: Literal["original", "match_rms_adamw"] | None = None,
    ) -> None:
        if isinstance(lr, Tensor) and lr.array.size != 1:
            raise ValueError(f"Tensor lr must be 1-element, but its shape is {list(lr.array.shape)}")
        for met, complaint in (
            (number(lr) >= 0, f"Learning rate should be >= 0 but is: {lr}"),
            (momentum >= 0, f"momentum should be >= 0 but is: {momentum}"),
            (weight_decay >= 0, f"weight decay should be >= 0 but is: {weight_decay}"),
            (
                adjust_lr_fn in (None, "original", "match_rms_adamw"),
                f"Adjust learning rate function {adjust_lr_fn} is not supported: use 'original' or 'match_rms_adamw'",
            ),
            (ns_steps < 100, f"Number of steps must be less than 100 for computational efficiency, got {ns_steps}"),
            (len(ns_coefficients) == 3, f"Coefficients must be a tuple of exactly 3 values, got {ns_coefficients}"),
        ):
            if not met:
                raise ValueError(complaint)
        defaults = {
            "lr": lr,
            "weight_decay": weight_decay,
            "momentum": momentum,
            "nesterov": nesterov,
            "ns_coefficients": ns_coefficients,
            "eps": eps,
            "ns_steps": ns_steps,
            "adjust_lr_fn": adjust_lr_fn,
        }
        super().__init__(params, defaults)

    def _check_group(self, group: Group) -> None:
        super()._check_group(group)
        for p in group["params"]:
            if p.array.ndim != 2:
                raise ValueError(
                    f"Muon only supports 2D parameters whereas we found a parameter with size: {list(p.shape)}. "
                    "Give it to another optimizer, such as AdamW."
                )

    def _update(self, group: Group, x: Array, g: Array, entry: dict[str, Any]) -> None:
        if entry.get("momentum_buffer") is None:
            entry["momentum_buffer"] = wrap(np.zeros_like(g))
        lr, momentum, m = float(number(group["lr"])), group["momentum"], entry["momentum_buffer"].array
        m += (1 - momentum) * (g - m)
        ahead = g + momentum * (m - g) if group["nesterov"] else m
        update = orthogonalized(ahead, group["ns_coefficients"], group["ns_steps"], group["eps"])
        x *= 1 - lr * group["weight_decay"]
        x -= lr * _scale(group["adjust_lr_fn"], *x.shape) * update


def _scale(method: str | None, rows: int, columns: int) -> float:
    """What makes updates of matrices of all shapes equally large."""
    if method == "match_rms_adamw":
        return 0.2 * math.sqrt(max(rows, columns))
    return math.sqrt(max(1, rows / columns))
