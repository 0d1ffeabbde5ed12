"""Creation: tensors of a given shape, or of another's, filled with one number or with nothing."""

from __future__ import annotations

from typing import Any

import numpy as np

from minitorch.core import dtypes
from minitorch.core.batched import is_batched
from minitorch.core.batched_fallback import room
from minitorch.core.tensor import Tensor, device, wrap
from minitorch.ops.arguments import sizes

DType = dtypes.dtype | None
Device = device | str | None


def _made(array: Any, requires_grad: bool, where: Device = None) -> Tensor:
    if where is not None:
        device(where)  # raises for anything but the CPU
    out = wrap(array)
    if requires_grad:
        out.requires_grad = True
    return out


def _numpy(dtype: DType) -> np.dtype[Any]:
    return dtypes.get_default_dtype().numpy if dtype is None else dtypes.as_numpy(dtype)


def _checked(shape: tuple[int, ...]) -> tuple[int, ...]:
    for n in shape:
        if n < 0:
            raise RuntimeError(f"Trying to create tensor with negative dimension {n}: {list(shape)}")
    return shape


def zeros(
    *args: Any,
    size: Any = None,
    out: Tensor | None = None,
    dtype: DType = None,
    device: Device = None,
    requires_grad: bool = False,
) -> Tensor:
    """Zeros of a shape (``torch.zeros``)."""
    return _into(out, _made(np.zeros(_checked(sizes(args, keyword=size)), _numpy(dtype)), requires_grad, device))


def ones(
    *args: Any,
    size: Any = None,
    out: Tensor | None = None,
    dtype: DType = None,
    device: Device = None,
    requires_grad: bool = False,
) -> Tensor:
    """Ones of a shape (``torch.ones``)."""
    return _into(out, _made(np.ones(_checked(sizes(args, keyword=size)), _numpy(dtype)), requires_grad, device))


def empty(
    *args: Any,
    size: Any = None,
    out: Tensor | None = None,
    dtype: DType = None,
    device: Device = None,
    requires_grad: bool = False,
    memory_format: Any = None,
    pin_memory: bool = False,
) -> Tensor:
    """A tensor whose elements are whatever the memory held (``torch.empty``)."""
    return _into(out, _made(np.empty(_checked(sizes(args, keyword=size)), _numpy(dtype)), requires_grad, device))


def full(
    size: Any,
    fill_value: Any,
    *,
    out: Tensor | None = None,
    dtype: DType = None,
    device: Device = None,
    requires_grad: bool = False,
) -> Tensor:
    """One number in every place, which also says the dtype (``torch.full``)."""
    value = fill_value.item() if isinstance(fill_value, (Tensor, np.generic)) else fill_value
    to = dtypes.scalar_dtype(value) if dtype is None else dtypes.as_numpy(dtype)
    return _into(
        out,
        _made(
            np.full(_checked(sizes((size,))), _fits(value, to), to),
            requires_grad,
            device,
        ),
    )


def _fits(value: Any, to: np.dtype[Any]) -> Any:
    """A number for a tensor of some dtype; the imaginary part of a complex one is not dropped in silence."""
    if getattr(value, "imag", 0) and to.kind not in "cb":
        raise RuntimeError(
            f"value cannot be converted to type {dtypes.of(to).alias} without overflow: {value!r} is complex"
        )
    return value


def _into(out: Tensor | None, result: Tensor) -> Tensor:
    if out is None:
        return result
    if out.array.shape != result.array.shape:
        out.array = np.empty(result.array.shape, out.array.dtype)
    out.array[...] = result.array
    out._bump()
    return out


def _like(input: Tensor, dtype: DType) -> np.dtype[Any]:
    return input.array.dtype if dtype is None else dtypes.as_numpy(dtype)


def _beside(input: Tensor, made: Any) -> Any:
    """A new array for what is computed from ``input``: inside vmap it has room for all samples, as input has."""
    return room(made, input.array) if is_batched(input.array) else made


def zeros_like(
    input: Tensor, *, dtype: DType = None, device: Device = None, requires_grad: bool = False, memory_format: Any = None
) -> Tensor:
    """Zeros of another tensor's shape and dtype (``torch.zeros_like``)."""
    return _made(_beside(input, np.zeros(input.array.shape, _like(input, dtype))), requires_grad, device)


def ones_like(
    input: Tensor, *, dtype: DType = None, device: Device = None, requires_grad: bool = False, memory_format: Any = None
) -> Tensor:
    """Ones of another tensor's shape and dtype (``torch.ones_like``)."""
    return _made(_beside(input, np.ones(input.array.shape, _like(input, dtype))), requires_grad, device)


def empty_like(
    input: Tensor, *, dtype: DType = None, device: Device = None, requires_grad: bool = False, memory_format: Any = None
) -> Tensor:
    """An uninitialised tensor of another's shape and dtype (``torch.empty_like``)."""
    return _made(_beside(input, np.empty(input.array.shape, _like(input, dtype))), requires_grad, device)


def full_like(
    input: Tensor,
    fill_value: Any,
    *,
    dtype: DType = None,
    device: Device = None,
    requires_grad: bool = False,
    memory_format: Any = None,
) -> Tensor:
    """One number in every place of another tensor's shape, in its dtype (``torch.full_like``)."""
    value = fill_value.item() if isinstance(fill_value, (Tensor, np.generic)) else fill_value
    to = _like(input, dtype)
    return _made(_beside(input, np.full(input.array.shape, _fits(value, to), to)), requires_grad, device)


def new_zeros(
    input: Tensor, *args: Any, size: Any = None, dtype: DType = None, device: Device = None, requires_grad: bool = False
) -> Tensor:
    """Zeros of a shape in this tensor's dtype (``Tensor.new_zeros``)."""
    return _made(_beside(input, np.zeros(sizes(args, keyword=size), _like(input, dtype))), requires_grad, device)


def new_ones(
    input: Tensor, *args: Any, size: Any = None, dtype: DType = None, device: Device = None, requires_grad: bool = False
) -> Tensor:
    """Ones of a shape in this tensor's dtype (``Tensor.new_ones``)."""
    return _made(_beside(input, np.ones(sizes(args, keyword=size), _like(input, dtype))), requires_grad, device)


def new_empty(
    input: Tensor, *args: Any, size: Any = None, dtype: DType = None, device: Device = None, requires_grad: bool = False
) -> Tensor:
    """An uninitialised tensor of a shape in this tensor's dtype (``Tensor.new_empty``)."""
    return _made(_beside(input, np.empty(sizes(args, keyword=size), _like(input, dtype))), requires_grad, device)


def new_full(
    input: Tensor,
    size: Any,
    fill_value: Any,
    *,
    dtype: DType = None,
    device: Device = None,
    requires_grad: bool = False,
) -> Tensor:
    """One number in every place of a shape, in this tensor's dtype (``Tensor.new_full``)."""
    return _made(_beside(input, np.full(sizes((size,)), fill_value, _like(input, dtype))), requires_grad, device)


def empty_strided(
    size: Any, stride: Any, *, dtype: DType = None, device: Device = None, requires_grad: bool = False
) -> Tensor:
    """An uninitialised tensor with the strides given (``torch.empty_strided``)."""
    to = _numpy(dtype)
    if len(size) != len(stride):
        raise RuntimeError(f"mismatch in length of strides and shape: {len(stride)} and {len(size)}")
    length = 0 if 0 in tuple(size) else 1 + sum((n - 1) * s for n, s in zip(size, stride, strict=True))
    array = np.lib.stride_tricks.as_strided(np.empty(length, to), tuple(size), [s * to.itemsize for s in stride])
    return _made(array, requires_grad, device)


def empty_permuted(
    size: Any, physical_layout: Any, *, dtype: DType = None, device: Device = None, requires_grad: bool = False
) -> Tensor:
    """An uninitialised tensor whose dims lie in memory in the order given (``torch.empty_permuted``)."""
    if sorted(physical_layout) != list(range(len(size))):
        raise RuntimeError(
            f"Number of dimensions in size does not match the length of the physical_layout: {physical_layout} for "
            f"{size}"
        )
    array = np.empty([size[d] for d in physical_layout], _numpy(dtype))
    return _made(array.transpose(np.argsort(physical_layout)), requires_grad, device)


def new_empty_strided(
    input: Tensor, size: Any, stride: Any, *, dtype: DType = None, device: Device = None, requires_grad: bool = False
) -> Tensor:
    """``empty_strided`` in this tensor's dtype (``Tensor.new_empty_strided``)."""
    return empty_strided(size, stride, dtype=dtypes.of(_like(input, dtype)), device=device, requires_grad=requires_grad)
