"""Storages: the flat memory of tensors in a .pt file, its element types, and a tensor's checked place in it."""

from __future__ import annotations

import math
import sys
import warnings
from collections.abc import Callable
from pickle import UnpicklingError
from typing import Any

import numpy as np

from minitorch.core import dtypes
from minitorch.core.tensor import Array, Tensor, wrap

# PyTorch's storage class for each dtype that has one. Younger dtypes are in an UntypedStorage, with their name beside.
STORAGES = {
    "FloatStorage": "float32", "DoubleStorage": "float64", "HalfStorage": "float16", "BFloat16Storage": "bfloat16",
    "BoolStorage": "bool", "ByteStorage": "uint8", "CharStorage": "int8", "ShortStorage": "int16",
    "IntStorage": "int32", "LongStorage": "int64", "ComplexFloatStorage": "complex64",
    "ComplexDoubleStorage": "complex128", "UntypedStorage": "untyped",
}  # fmt: skip
STORAGE_OF = {name: storage for storage, name in STORAGES.items()}
# How elements lie in the file, where minitorch has no such dtype.
_RAW: dict[str, np.dtype[Any]] = {"bfloat16": np.dtype(np.uint16), "untyped": np.dtype(np.uint8)}
_LIMIT = 2**62  # what sizes and strides in bytes stay below


def raw_dtype(name: str) -> np.dtype[Any]:
    """How elements of the dtype called so lie in a file, in this machine's byte order."""
    return _RAW[name] if name in _RAW else dtypes.by_name(name).numpy


class Storage:
    """Memory that tensors look at: ``numel`` elements of the dtype called ``name``."""

    def __init__(self, name: str, numel: int, data: Array | None) -> None:
        self.name = name
        self.numel = numel
        self.data = data  # one-dimensional; None while only the structure of a file is being read


class Storages:
    """The storages of one file. ``read(key)`` gives a record's bytes as an array that is the reader's own."""

    def __init__(self, read: Callable[[str], Array], byteorder: str = "little") -> None:
        self._read = read
        self._swapped = byteorder != sys.byteorder
        self._bytes: dict[str, Array] = {}
        self._typed: dict[tuple[str, str], Array] = {}

    def get(self, key: str, name: str, numel: int) -> Storage:
        """The storage with that key, of ``numel`` elements: the same memory each time."""
        if (key, name) not in self._typed:
            if key not in self._bytes:
                self._bytes[key] = self._read(key)
            raw, found = raw_dtype(name), self._bytes[key]
            if found.nbytes != numel * raw.itemsize:
                raise UnpicklingError(
                    f"storage {key!r} should have {numel} elements of {name}, {numel * raw.itemsize} bytes, but has "
                    f"{found.nbytes} bytes"
                )
            data = found.view(raw)
            if self._swapped and name == "untyped":
                raise UnpicklingError(f"storage {key!r} is of the other byte order, and without a dtype")
            if self._swapped:
                data = data.byteswap()
            if name == "bool" and (found > 1).any():  # memory that was never written to, as of torch.empty
                data = found != 0
            self._typed[key, name] = widened(data) if name == "bfloat16" else data
        return Storage(name, numel, self._typed[key, name])

    def close(self) -> None:
        """Say once what was converted."""
        if any(name == "bfloat16" for _, name in self._typed):
            warnings.warn(
                "the file has bfloat16 tensors, which NumPy has no dtype for: they are float32 now, with the same "
                "values",
                UserWarning,
                stacklevel=5,
            )


def widened(data: Array) -> Array:
    """bfloat16, given as 16-bit integers, as float32: it is the upper half of one, so every value is exact."""
    return (data.astype(np.uint32) << 16).view(np.float32)


def tensor_on(storage: Any, offset: Any, size: Any, stride: Any, name: str | None = None) -> Tensor:
    """A tensor on a storage; ``name`` is the dtype that an untyped storage is looked at as.

    Raises ``UnpicklingError`` unless every element of it lies in the storage: a hostile file can name any place.
    """
    if not isinstance(storage, Storage):
        raise UnpicklingError(f"a tensor should be on a storage, not on {type(storage).__name__}")
    size, stride = _numbers("sizes", size), _numbers("strides", stride)
    (offset,) = _numbers("offset", (offset,))
    if len(size) != len(stride) or len(size) > 64:
        raise UnpicklingError(f"a tensor of sizes {size!r:.80} cannot have strides {stride!r:.80}")
    raw = raw_dtype(name or storage.name)
    last = offset + sum((n - 1) * step for n, step in zip(size, stride)) if 0 not in size else offset - 1
    if max(math.prod(n for n in size if n), offset, last, *stride, 0) * raw.itemsize >= _LIMIT:
        raise UnpicklingError(f"a tensor of sizes {size} with strides {stride} is too large for any memory")
    numel = storage.numel // raw.itemsize if storage.name == "untyped" else storage.numel
    if last >= numel or offset > numel:
        raise UnpicklingError(
            f"a tensor of sizes {size} with strides {stride} at {offset} reaches element {last} of a storage of {numel}"
        )
    if storage.data is None:
        return wrap(np.empty(0, np.float32))
    if storage.name == "untyped":
        if raw is _RAW.get(name or "untyped"):
            raise UnpicklingError(f"an untyped storage needs the tensor's dtype, one that minitorch has, not {name}")
        whole = storage.data[: numel * raw.itemsize].view(raw)
    else:
        whole = storage.data
    width = whole.itemsize
    if 0 in size:
        return wrap(np.empty(size, whole.dtype))
    return wrap(np.ndarray(size, whole.dtype, whole, offset * width, tuple(step * width for step in stride)))


def _numbers(what: str, value: Any) -> tuple[int, ...]:
    """Whole numbers from zero on, or an error that says of what."""
    if not isinstance(value, (tuple, list)) or any(type(n) is not int or n < 0 for n in value):
        raise UnpicklingError(f"the {what} of a tensor should be whole numbers from zero on, but got {value!r:.80}")
    return tuple(value)
