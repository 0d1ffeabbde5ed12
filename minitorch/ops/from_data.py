"""Tensors from data: numbers, nested sequences, arrays and what speaks DLPack."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from minitorch.core import dtypes
from minitorch.core.recording import seen
from minitorch.core.tensor import Tensor, wrap
from minitorch.core.watch import tell, watchers
from minitorch.ops.creation import Device, DType, _like, _made, _numpy


def to_array(data: Any, dtype: DType, copy: bool) -> Any:
    """The ndarray of anything that ``tensor`` takes: numbers, nested sequences, arrays, Tensors."""
    if isinstance(data, np.ndarray):
        data = seen(data)
    if isinstance(data, Tensor):
        array = data.array
    elif isinstance(data, (np.ndarray, np.generic)):
        array = data if isinstance(data, np.ndarray) else np.asarray(data)
        if array.dtype.byteorder not in "=|":
            raise ValueError(
                "given numpy array has byte order different from the native byte order. Conversion between byte "
                "orders is currently not supported."
            )
        dtypes.of(array.dtype)
    else:
        array = _from_sequence(data, None if dtype is None else dtypes.as_numpy(dtype))
        copy = False
    if dtype is not None:
        array = array.astype(dtypes.as_numpy(dtype), copy=copy)
    elif copy:
        array = array.copy()
    return array


def _from_sequence(data: Any, asked: np.dtype[Any] | None) -> Any:
    """Python numbers and nested sequences of them, with PyTorch's dtypes: float is the default dtype, int is int64.

    What is asked for is taken from the numbers themselves: a double by way of the default dtype would lose digits.
    """
    if isinstance(data, (bool, int, float, complex)):
        return np.asarray(data, dtype=dtypes.scalar_dtype(data) if asked is None else None)
    if hasattr(data, "__array__") or hasattr(data, "__array_interface__"):
        return np.asarray(data)
    if not isinstance(data, Sequence) or isinstance(data, (str, bytes)):
        raise TypeError(f"tensor(): data must be a number, a sequence or an array, not {type(data).__name__}")
    holds = _found_in(data)
    try:
        array = np.array(_plain(data))
    except ValueError:
        raise ValueError(
            f"expected sequence of equal length at dim {_ragged(data)}: the nested sequences are ragged"
        ) from None
    if array.size == 0:
        return np.empty(array.shape, _numpy(None))
    if array.dtype.kind not in "biufc":
        kind = type(_first(data)).__name__
        odd = next(
            (x for x in np.array(_plain(data), dtype=object).flat if not isinstance(x, (int, float, complex, str))),
            None,
        )
        if not isinstance(_first(data), str):
            raise RuntimeError(f"Could not infer dtype of {type(odd).__name__}: tensors hold numbers")
        raise TypeError(f"new(): invalid data type '{kind}': tensors hold numbers")
    if asked is not None:
        return array
    if holds is not None:
        return array.astype(holds, copy=False)
    to = {"b": dtypes.bool_.numpy, "i": dtypes.int64.numpy, "u": dtypes.int64.numpy, "f": _numpy(None)}.get(
        array.dtype.kind, dtypes.get_default_dtype().to_complex().numpy
    )
    return array.astype(to, copy=False)


def _found_in(data: Any) -> np.dtype[Any] | None:
    """The dtype that arrays or Tensors inside a sequence ask for: that of the first, as in PyTorch."""
    item = _first(data)
    if isinstance(item, Tensor):
        return item.array.dtype
    return item.dtype if isinstance(item, (np.ndarray, np.generic)) else None


def _first(data: Any) -> Any:
    while isinstance(data, Sequence) and not isinstance(data, str) and len(data):
        data = data[0]
    return data


def _plain(data: Any) -> Any:
    if isinstance(data, Tensor):
        return data.detach().array
    return [_plain(x) for x in data] if isinstance(data, (list, tuple)) else data


def _ragged(data: Any, depth: int = 0) -> str:
    lengths = [len(x) if isinstance(x, Sequence) else -1 for x in data]
    if len(set(lengths)) > 1:
        return f"{depth + 1} (got lengths {sorted(set(lengths))})"
    return _ragged([x for row in data for x in row], depth + 1)


def tensor(
    data: Any, *, dtype: DType = None, device: Device = None, requires_grad: bool = False, pin_memory: bool = False
) -> Tensor:
    """A tensor with a copy of ``data``: a number, nested sequences, an array or a tensor (``torch.tensor``).

    Python floats become the default dtype, ints int64; arrays keep theirs.

    >>> import minitorch
    >>> minitorch.tensor([[1, 2], [3, 4]])
    tensor([[1, 2],
            [3, 4]])
    """
    if watchers and isinstance(data, Tensor) and data._requires_grad:
        tell("cut", data, "tensor")
    return _made(to_array(data, dtype, copy=True), requires_grad, device)


def as_tensor(data: Any, dtype: DType = None, device: Device = None) -> Tensor:
    """``data`` as a tensor, sharing memory where it can (``torch.as_tensor``)."""
    if isinstance(data, Tensor) and (dtype is None or data.dtype is dtype):
        return data
    if isinstance(data, Tensor):
        return data.to(dtype)
    return _made(to_array(data, dtype, copy=False), False, device)


asarray = as_tensor


def from_numpy(ndarray: Any) -> Tensor:
    """A tensor on the array's own memory: writes are seen by both (``torch.from_numpy``)."""
    if not isinstance(ndarray, np.ndarray):
        raise TypeError(f"expected np.ndarray (got {type(ndarray).__name__})")
    dtypes.of(ndarray.dtype)
    return wrap(ndarray)


def from_dlpack(ext_tensor: Any) -> Tensor:
    """A tensor on the memory of anything that speaks DLPack: a tensor of PyTorch, an array (``torch.from_dlpack``)."""
    array = np.from_dlpack(ext_tensor)
    dtypes.of(array.dtype)
    return wrap(array)


def scalar_tensor(s: Any, *, dtype: DType = None, device: Device = None, requires_grad: bool = False) -> Tensor:
    """A 0-d tensor of the default dtype (``torch.scalar_tensor``)."""
    return _made(np.asarray(s, dtype=_numpy(dtype)), requires_grad, device)


def new_tensor(
    input: Tensor, data: Any, *, dtype: DType = None, device: Device = None, requires_grad: bool = False
) -> Tensor:
    """A tensor with a copy of ``data`` in this tensor's dtype (``Tensor.new_tensor``)."""
    return _made(to_array(data, dtype, copy=True).astype(_like(input, dtype)), requires_grad, device)
