"""Gradient clipping: scale all gradients to a largest total norm, or cut each value off.

They work on the arrays directly: for small models the arithmetic is nothing and the calls are everything.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterable
from types import GeneratorType
from typing import Any

import numpy as np

from minitorch.core.batched_fallback import attempt
from minitorch.core.tensor import Array, Tensor, wrap
from minitorch.core.watch import tell, watchers

Tensors = Tensor | Iterable[Tensor]


def clip_grad_norm_(
    parameters: Tensors,
    max_norm: float,
    norm_type: float = 2.0,
    error_if_nonfinite: bool = False,
    foreach: bool | None = None,
) -> Tensor:
    """Scale the gradients in place so that their norm, taken as that of one vector, is at most ``max_norm``.

    Args:
        parameters: one tensor or an iterable of them; those without a gradient are passed over.
        max_norm: the largest norm.
        norm_type: p of the norm; ``float("inf")`` for the largest absolute value.
        error_if_nonfinite: raise RuntimeError if the norm is not finite.
        foreach: accepted, without effect.

    Returns:
        The norm before clipping, a 0-d tensor.

    >>> import minitorch as torch
    >>> w = torch.nn.Parameter(torch.zeros(2))
    >>> w.grad = torch.tensor([3.0, 4.0])
    >>> torch.nn.utils.clip_grad_norm_(w, max_norm=1.0), w.grad
    (tensor(5.), tensor([0.6000, 0.8000]))
    """
    parameters = _listed(parameters)
    grads = _gradients(parameters)
    total = attempt(_norm, [grad.array for grad in grads], float(norm_type), error_if_nonfinite)
    _scale(grads, float(max_norm), total)
    if watchers:
        tell("clipped", parameters, float(max_norm), float(total))
    return wrap(total)


def get_total_norm(
    tensors: Tensors, norm_type: float = 2.0, error_if_nonfinite: bool = False, foreach: bool | None = None
) -> Tensor:
    """The norm of all ``tensors`` taken as one vector, a 0-d tensor."""
    given = [tensors] if isinstance(tensors, Tensor) else list(tensors)
    return wrap(attempt(_norm, [tensor.array for tensor in given], float(norm_type), error_if_nonfinite))


def clip_grads_with_norm_(
    parameters: Tensors, max_norm: float, total_norm: Tensor, foreach: bool | None = None
) -> None:
    """Scale the gradients in place by max_norm / total_norm, if that is less than 1."""
    _scale(_gradients(_listed(parameters)), float(max_norm), total_norm.array)


def clip_grad_value_(parameters: Tensors, clip_value: float, foreach: bool | None = None) -> None:
    """Cut the gradients off in place at -clip_value and clip_value."""
    bound = float(clip_value)
    parameters = _listed(parameters)
    for grad in _gradients(parameters):
        np.clip(grad.array, -bound, bound, out=grad.array)
        grad._bump()
    if watchers:
        tell("clipped", parameters, bound, None)


def _listed(parameters: Tensors) -> list[Tensor]:
    """The tensors given: one, a list, or a generator, which can be walked only once."""
    if isinstance(parameters, Tensor):
        return [parameters]
    listed = list(parameters)
    if not listed and isinstance(parameters, GeneratorType):
        warnings.warn("`parameters` is an empty generator, no gradient clipping will occur.", stacklevel=3)
    return listed


def _gradients(parameters: list[Tensor]) -> list[Tensor]:
    return [grad for parameter in parameters if (grad := parameter.grad) is not None]


def _norm(arrays: list[Array], p: float, error_if_nonfinite: bool) -> Array:
    """The p-norm over all arrays: each one's norm in its own dtype, then the norm of those."""
    if not arrays:
        return np.zeros((), np.float32)
    dtype = arrays[0].dtype if len(arrays) == 1 else np.result_type(*{array.dtype for array in arrays})
    if p == 2.0 and dtype.kind == "f":
        squares = 0.0
        for array in arrays:
            flat = array.ravel()
            squares += float(flat.dot(flat))
        total = math.sqrt(squares)
    else:
        total = float(np.linalg.norm([float(np.linalg.norm(array.ravel(), p)) for array in arrays], p))
    if error_if_nonfinite and not math.isfinite(total):
        raise RuntimeError(
            f"The total norm of order {p} for gradients from `parameters` is non-finite, so it cannot be clipped. "
            "To disable this error and scale the gradients by the non-finite norm anyway, "
            "set `error_if_nonfinite=False`"
        )
    return np.array(total, dtype)


def _factor(total: Array, max_norm: float) -> Any:
    return np.float64(max_norm / (float(total) + 1e-6))


def _scale(grads: list[Tensor], max_norm: float, total: Array) -> None:
    factor = attempt(_factor, total, max_norm)
    if factor >= 1.0:
        return
    with np.errstate(invalid="ignore"):  # an infinite gradient times a factor of 0 is NaN, as it should be
        for grad in grads:
            grad.array *= factor.astype(grad.array.dtype)
            grad._bump()
