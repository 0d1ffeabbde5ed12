"""Normalisation: softmax and log_softmax, and the layers that centre and scale (batch, layer, group, RMS)."""

from __future__ import annotations

from typing import Any

import numpy as np

from minitorch.core import dtypes
from minitorch.core.primitive import primitive, same
from minitorch.core.tensor import Tensor
from minitorch.ops.arguments import dim_index
from minitorch.ops.arithmetic import cast

# --- The table ---------------------------------------------------------------------------------------------------------

softmax_dim = primitive(
    "Softmax",
    lambda x, *, axis: _softmax(x, axis),
    x=lambda g, out, axis: (g - np.sum(g * out, axis=axis, keepdims=True)) * out,
)
log_softmax_dim = primitive(
    "LogSoftmax",
    lambda x, *, axis: _log_softmax(x, axis),
    x=lambda g, out, axis: g - np.exp(out) * np.sum(g, axis=axis, keepdims=True),
)


def _softmax(x: Any, axis: int) -> Any:
    e = np.exp(x - np.max(x, axis=axis, keepdims=True))
    e /= np.sum(e, axis=axis, keepdims=True)
    return e


def _log_softmax(x: Any, axis: int) -> Any:
    out = x - np.max(x, axis=axis, keepdims=True)
    out -= np.log(np.sum(np.exp(out), axis=axis, keepdims=True))
    return out


def standardise(x: Any, axes: tuple[int, ...], eps: float) -> Any:
    """``(x - mean) / sqrt(var + eps)`` over some axes: the definition that the kernel below is held against."""
    centred = x - np.mean(x, axis=axes, keepdims=True)
    return centred / np.sqrt(np.mean(centred * centred, axis=axes, keepdims=True) + eps)


def _standardise(x: Any, axes: tuple[int, ...], eps: float) -> tuple[Any, Any]:
    centred = x - np.mean(x, axis=axes, keepdims=True)
    scale = 1 / np.sqrt(np.mean(centred * centred, axis=axes, keepdims=True) + eps)
    centred *= scale
    return centred, scale


def _standardise_backward(g: Any, out: Any, scale: Any, axes: tuple[int, ...]) -> Any:
    inner = g - np.mean(g, axis=axes, keepdims=True)
    inner -= out * np.mean(g * out, axis=axes, keepdims=True)
    inner *= scale
    return inner


standardised = primitive(  # what batch, layer and group norm share
    "Standardise",
    lambda x, *, axes, eps: _standardise(x, axes, eps),
    prepare=same,
    residuals=("scale",),
    definition=lambda x, *, axes, eps: standardise(x, axes, eps),
    x=lambda g, out, scale, axes, eps: _standardise_backward(g, out, scale, axes),
)

# --- PyTorch's functions -----------------------------------------------------------------------------------------------


def _floating(input: Tensor, dtype: dtypes.dtype | None, function: str) -> Tensor:
    if dtype is not None:
        return cast(input, dtype=dtype.numpy)  # type: ignore[no-any-return]
    if input.array.dtype.kind not in "fc":
        raise RuntimeError(f'"{function}_kernel_impl" not implemented for \'{input.dtype.alias}\': give dtype= or convert it to float')
    return input


def softmax(input: Tensor, dim: int | None = None, dtype: dtypes.dtype | None = None) -> Tensor:
    """``exp(x) / sum(exp(x))`` along ``dim`` (``torch.softmax``).

    >>> import minitorch
    >>> minitorch.softmax(minitorch.zeros(4), dim=0)
    tensor([0.2500, 0.2500, 0.2500, 0.2500])
    """
    x = _floating(input, dtype, "softmax_lastdim")
    return softmax_dim(x, axis=_axis(dim, x)) if x.array.ndim else np.exp(x - x)  # type: ignore[call-overload,no-any-return]


def log_softmax(input: Tensor, dim: int | None = None, dtype: dtypes.dtype | None = None) -> Tensor:
    """``x - log(sum(exp(x)))`` along ``dim`` (``torch.log_softmax``)."""
    x = _floating(input, dtype, "log_softmax_lastdim")
    return log_softmax_dim(x, axis=_axis(dim, x)) if x.array.ndim else x - x


def _axis(dim: int | None, x: Tensor) -> int:
    if dim is None:  # PyTorch's old default, kept with its meaning
        return 0 if x.array.ndim in (0, 1, 3) else 1
    return dim_index(dim, x.array.ndim)
