"""Which tensors share memory, and where each lies in the storage that is written for them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from minitorch.core import dtypes
from minitorch.core.tensor import Array, Tensor


class Place(NamedTuple):
    """Where a tensor's elements are: the storage, its number of elements, and the tensor's offset and strides in it."""

    key: str
    numel: int
    offset: int
    stride: tuple[int, ...]


class Layout:
    """Places for some tensors. Those whose memory overlaps are put in one storage, so that they still share it later.

    A storage spans only what its tensors span, so a small view of a large array makes a small file.
    """

    def __init__(self, tensors: Iterable[Tensor]) -> None:
        self._tensors = {id(t): t for t in tensors}
        arrays = {key: _regular(t.array) for key, t in self._tensors.items()}
        spans = sorted((*np.lib.array_utils.byte_bounds(a), key) for key, a in arrays.items())
        groups: list[tuple[int, int, list[int]]] = []
        for low, high, key in spans:
            if groups and low < groups[-1][1] and arrays[key].size:
                start, end, members = groups.pop()
                groups.append((start, max(end, high), [*members, key]))
            else:
                groups.append((low, high if arrays[key].size else low, [key]))
        self._storages: list[tuple[int, list[tuple[Array, int]]]] = []  # elements, and each tensor's array and offset
        self._places: dict[int, Place] = {}
        for low, high, members in groups:
            self._add(low, high, {key: arrays[key] for key in members})

    def _add(self, low: int, high: int, members: dict[int, Array]) -> None:
        first = next(iter(members.values()))
        width = first.itemsize
        starts = {key: np.lib.array_utils.byte_bounds(a)[0] - low for key, a in members.items()}
        if any(a.dtype != first.dtype for a in members.values()) or any(start % width for start in starts.values()):
            names = sorted({dtypes.of(a.dtype).name for a in members.values()})
            raise RuntimeError(
                "Cannot save multiple tensors or storages that view the same data as different types "
                f"({', '.join(names)}): clone() one of them first"
            )
        numel = (high - low) // width
        key = str(len(self._storages))
        for member, a in members.items():
            stride = tuple(step // width for step in a.strides)
            self._places[member] = Place(key, numel, starts[member] // width if a.size else 0, stride)
        self._storages.append((numel, [(a, self._places[member].offset) for member, a in members.items()]))

    def place(self, t: Tensor) -> Place:
        """Where a tensor is."""
        return self._places[id(t)]

    def storages(self) -> Iterable[tuple[str, memoryview]]:
        """Key and bytes of every storage, made one at a time. What no tensor looks at is zero."""
        for key, (numel, members) in enumerate(self._storages):
            whole = np.zeros(numel, members[0][0].dtype)
            for a, offset in members:
                if a.size:
                    np.ndarray(a.shape, a.dtype, whole, offset * a.itemsize, a.strides)[...] = a
            yield str(key), whole.view(np.uint8).data


def _regular(a: Array) -> Array:
    """The array itself if PyTorch could have its strides, else a copy."""
    if a.flags.aligned and all(step >= 0 and step % a.itemsize == 0 for step in a.strides):
        return a
    return a.copy()
