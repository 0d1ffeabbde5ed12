"""Creation: tensors from data, from numbers and from other tensors' shapes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from minitorch.core import dtypes
from minitorch.core.batched import is_batched
from minitorch.core.batched_fallback import room
from minitorch.core.tensor import Tensor, device, wrap
from minitorch.core.watch import tell, watchers
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


def to_array(data: Any, dtype: DType, copy: bool) -> Any:
    """The ndarray of anything that ``tensor`` takes: numbers, nested sequences, arrays, Tensors."""
    if isinstance(data, Tensor):
        array = data.array
    elif isinstance(data, (np.ndarray, np.generic)):
        array = np.asarray(data)
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


def new_tensor(
    input: Tensor, data: Any, *, dtype: DType = None, device: Device = None, requires_grad: bool = False
) -> Tensor:
    """A tensor with a copy of ``data`` in this tensor's dtype (``Tensor.new_tensor``)."""
    return _made(to_array(data, dtype, copy=True).astype(_like(input, dtype)), requires_grad, device)


def arange(
    *bounds: Any,
    start: Any = None,
    end: Any = None,
    step: Any = 1,
    out: Tensor | None = None,
    dtype: DType = None,
    device: Device = None,
    requires_grad: bool = False,
) -> Tensor:
    """Numbers from ``start`` up to but without ``end`` by ``step`` (``torch.arange``).

    >>> import minitorch
    >>> minitorch.arange(1, 4)
    tensor([1, 2, 3])
    """
    given = [b.item() if isinstance(b, (Tensor, np.generic)) else b for b in bounds]
    if len(given) == 1 and end is None:
        end = given[0]
        start = 0 if start is None else start
    elif given:
        start, end, step = (*given, *(start, end, step)[len(given) :])
    if dtype is not None and dtypes.as_numpy(dtype).kind in "iu":
        start, end, step = int(start), int(end), int(step)
    if step == 0:
        raise RuntimeError("step must be nonzero")
    if not math.isfinite(start) or not math.isfinite(end):
        raise RuntimeError(f"unsupported range: {start} -> {end}")
    if (end - start) * step < 0:
        raise RuntimeError("upper bound and lower bound inconsistent with step sign")
    whole = all(isinstance(b, int) for b in (start, end, step))
    to = dtypes.as_numpy(dtype) if dtype is not None else dtypes.int64.numpy if whole else _numpy(None)
    n = max(math.ceil((end - start) / step), 0)
    exact = np.int64 if whole else np.float64
    return _into(out, _made((np.arange(n, dtype=exact) * step + start).astype(to), requires_grad, device))


def linspace(
    start: Any,
    end: Any,
    steps: int,
    *,
    out: Tensor | None = None,
    dtype: DType = None,
    device: Device = None,
    requires_grad: bool = False,
) -> Tensor:
    """``steps`` numbers at equal distances, from ``start`` to ``end`` (``torch.linspace``)."""
    if steps < 0:
        raise RuntimeError("number of steps must be non-negative")
    for bound in (start, end):
        if isinstance(bound, Tensor) and bound.array.ndim:
            raise RuntimeError(
                "linspace only supports 0-dimensional start and end tensors, but got start with "
                f"{np.ndim(start.array if isinstance(start, Tensor) else start)} dimension(s) and end with "
                f"{np.ndim(end.array if isinstance(end, Tensor) else end)} dimension(s)."
            )
    a, b = float(start), float(end)
    to = _numpy(dtype)
    step = (b - a) / (steps - 1) if steps > 1 else 0.0
    i = np.arange(steps)
    # From both ends, as PyTorch does, so that the result is symmetric and the last number exact.
    values = np.where(i < steps // 2, a + step * i, b - step * (steps - 1 - i)) if steps > 1 else np.full(steps, a)
    return _into(out, _made(values.astype(to), requires_grad, device))


def logspace(
    start: Any,
    end: Any,
    steps: int,
    base: float = 10.0,
    *,
    out: Tensor | None = None,
    dtype: DType = None,
    device: Device = None,
    requires_grad: bool = False,
) -> Tensor:
    """``base`` to the powers that ``linspace`` gives (``torch.logspace``)."""
    exponents = linspace(start, end, steps, dtype=dtypes.float64).array
    return _into(out, _made(np.power(base, exponents).astype(_numpy(dtype)), requires_grad, device))


def eye(
    n: int,
    m: int | None = None,
    *,
    out: Tensor | None = None,
    dtype: DType = None,
    device: Device = None,
    requires_grad: bool = False,
) -> Tensor:
    """Ones on the diagonal of a matrix of zeros (``torch.eye``)."""
    if n < 0 or (m is not None and m < 0):
        raise RuntimeError(f"n must be greater or equal to 0, got {n if n < 0 else m}")
    return _into(out, _made(np.eye(n, m, dtype=_numpy(dtype)), requires_grad, device))


def tril_indices(row: int, col: int, offset: int = 0, *, dtype: DType = dtypes.int64, device: Device = None) -> Tensor:
    """Row and column numbers of a matrix's lower triangle (``torch.tril_indices``)."""
    return _made(np.stack(np.tril_indices(row, offset, col)).astype(_numpy(dtype)), False, device)


def triu_indices(row: int, col: int, offset: int = 0, *, dtype: DType = dtypes.int64, device: Device = None) -> Tensor:
    """Row and column numbers of a matrix's upper triangle (``torch.triu_indices``)."""
    return _made(np.stack(np.triu_indices(row, offset, col)).astype(_numpy(dtype)), False, device)


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
