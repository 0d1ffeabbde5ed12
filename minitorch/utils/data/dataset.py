"""Datasets: samples by index (map-style) or in a stream (iterable-style), and what composes and splits them."""

from __future__ import annotations

import math
import warnings
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate
from typing import TYPE_CHECKING, Any, Generic, TypeAlias, TypeVar

import numpy as np

from minitorch.core.generator import Generator, default_generator
from minitorch.core.mode import mode
from minitorch.core.tensor import Tensor, wrap
from minitorch.utils.data.bulk import bulk_method
from minitorch.utils.data.collate import default_collate

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
if TYPE_CHECKING:
    from numpy.typing import NDArray

Indices: TypeAlias = "NDArray[np.int64]"

_INTEGERS = {int, np.int32, np.int64}


class Dataset(Generic[T_co]):
    """Base class of map-style datasets: `__getitem__` gives a sample, `__len__` their number.

    A subclass may also have `__getitems__(indices)`, which gives a list of samples at once, or `__getbatch__` (see
    `minitorch.utils.data.bulk`), which gives a collated batch.

    >>> from minitorch.utils.data import DataLoader, Dataset
    >>> class Squares(Dataset[int]):
    ...     def __getitem__(self, index):
    ...         return index**2
    ...     def __len__(self):
    ...         return 4
    >>> [batch.tolist() for batch in DataLoader(Squares(), batch_size=3)]
    [[0, 1, 4], [9]]
    """

    def __getitem__(self, index: Any) -> T_co:
        raise NotImplementedError("Subclasses of Dataset should implement __getitem__.")

    def __add__(self, other: Dataset[Any]) -> Dataset[Any]:
        return ConcatDataset([self, other])


class IterableDataset(Dataset[T_co]):
    """Base class of datasets that are streams: `__iter__` yields the samples."""

    def __iter__(self) -> Iterator[T_co]:
        raise NotImplementedError("Subclasses of IterableDataset should implement __iter__.")

    def __add__(self, other: Dataset[Any]) -> Dataset[Any]:
        return ChainDataset([self, other])


def samples(dataset: Any, indices: list[Any]) -> list[Any]:
    """The samples at `indices`, by the dataset's `__getitems__` if it has one, otherwise one by one."""
    getitems = getattr(dataset, "__getitems__", None)
    if not getitems:
        return [dataset[i] for i in indices]
    found: list[Any] = getitems(indices)
    return found


def in_bulk(dataset: Any, indices: Indices | list[Any]) -> Any:
    """The collated batch by the dataset's `__getbatch__`; NotImplemented where it has none or declines."""
    getbatch = bulk_method(dataset, "__getbatch__", "__getitem__", "__getitems__")
    if getbatch is None:
        return NotImplemented
    if isinstance(indices, list):
        if not indices or not {type(i) for i in indices} <= _INTEGERS:
            return NotImplemented
        indices = np.array(indices, np.int64)
    return getbatch(indices)


def collated(dataset: Any, indices: Indices | list[Any]) -> Any:
    """The batch that `default_collate` makes of the samples at `indices`, in bulk where the dataset offers it."""
    batch = in_bulk(dataset, indices)
    if batch is NotImplemented:
        batch = default_collate(samples(dataset, indices.tolist() if isinstance(indices, np.ndarray) else indices))
    return batch


class TensorDataset(Dataset[tuple[Tensor, ...]]):
    """Tensors that agree in their first size (otherwise AssertionError); sample i is the tuple of their i-th rows.

    >>> import minitorch
    >>> from minitorch.utils.data import TensorDataset
    >>> data = TensorDataset(minitorch.arange(3), minitorch.arange(3) * 10)
    >>> data[2]
    (tensor(2), tensor(20))
    """

    def __init__(self, *tensors: Tensor) -> None:
        sizes = [tensor.size(0) for tensor in tensors]
        if len(set(sizes)) > 1:
            raise AssertionError(f"Size mismatch between tensors: their first sizes are {sizes}")
        self.tensors = tensors

    def __getitem__(self, index: Any) -> tuple[Tensor, ...]:
        return tuple(tensor[index] for tensor in self.tensors)

    def __getbatch__(self, indices: Indices) -> Any:
        """One array index a tensor. Declines what has to be recorded, or reported sample by sample."""
        for tensor in self.tensors:
            if type(tensor) is not Tensor or (mode.grad and tensor.requires_grad):
                return NotImplemented
        try:
            return [wrap(_rows(tensor.array, indices)) for tensor in self.tensors]
        except IndexError:
            return NotImplemented

    def __len__(self) -> int:
        return len(self.tensors[0].array)


class StackDataset(Dataset[Any]):
    """Several datasets side by side: sample i is the tuple of their i-th samples, or a dict when given by name.

    >>> from minitorch.utils.data import StackDataset
    >>> StackDataset(image=["i0", "i1"], text=["t0", "t1"])[1]
    {'image': 'i1', 'text': 't1'}
    """

    datasets: tuple[Any, ...] | dict[str, Any]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        if args and kwargs:
            raise ValueError(
                "Supported either ``tuple``- (via ``args``) or ``dict``- (via ``kwargs``) like input/output, but both "
                "types are given."
            )
        if not args and not kwargs:
            raise ValueError("At least one dataset should be passed")
        lengths = [len(dataset) for dataset in args or kwargs.values()]
        if len(set(lengths)) > 1:
            raise ValueError(f"Size mismatch between datasets: their lengths are {lengths}")
        self.datasets = args or kwargs
        self._length = lengths[0]

    def __getitem__(self, index: Any) -> Any:
        if isinstance(self.datasets, dict):
            return {name: dataset[index] for name, dataset in self.datasets.items()}
        return tuple(dataset[index] for dataset in self.datasets)

    def __getitems__(self, indices: list[Any]) -> list[Any]:
        """The samples at `indices`, dataset after dataset. Raises ValueError when one gives too few or too many."""
        columns = []
        for dataset in self._parts():
            columns.append(samples(dataset, indices))
            if len(columns[-1]) != len(indices):
                raise ValueError(
                    f"Nested dataset's output size mismatch. Expected {len(indices)}, got {len(columns[-1])}"
                )
        rows = list(zip(*columns, strict=True))
        return [dict(zip(self.datasets, row, strict=True)) for row in rows] if isinstance(self.datasets, dict) else rows

    def __getbatch__(self, indices: Indices) -> Any:
        parts = []
        for dataset in self._parts():
            parts.append(in_bulk(dataset, indices))
            if parts[-1] is NotImplemented:
                return NotImplemented
        return dict(zip(self.datasets, parts, strict=True)) if isinstance(self.datasets, dict) else parts

    def _parts(self) -> Iterable[Any]:
        return self.datasets.values() if isinstance(self.datasets, dict) else self.datasets

    def __len__(self) -> int:
        return self._length


class ConcatDataset(Dataset[T_co]):
    """Datasets one after another. Raises AssertionError without any, or with an IterableDataset among them.

    >>> from minitorch.utils.data import ConcatDataset
    >>> ConcatDataset(["ab", "cd"])[2]
    'c'
    """

    def __init__(self, datasets: Iterable[Any]) -> None:
        self.datasets = list(datasets)
        if not self.datasets:
            raise AssertionError("datasets should not be an empty iterable")
        if any(isinstance(dataset, IterableDataset) for dataset in self.datasets):
            raise AssertionError("ConcatDataset does not support IterableDataset: chain them with ChainDataset")
        self.cumulative_sizes = list(accumulate(len(dataset) for dataset in self.datasets))

    def __len__(self) -> int:
        return self.cumulative_sizes[-1]

    def __getitem__(self, idx: int) -> T_co:
        if idx < 0:
            if -idx > len(self):
                raise ValueError("absolute value of index should not exceed dataset length")
            idx += len(self)
        number = bisect_right(self.cumulative_sizes, idx)
        sample: T_co = self.datasets[number][idx - (self.cumulative_sizes[number - 1] if number else 0)]
        return sample


class ChainDataset(IterableDataset[T_co]):
    """Iterable-style datasets one after another."""

    def __init__(self, datasets: Iterable[Any]) -> None:
        self.datasets = datasets

    def _checked(self) -> Iterator[Any]:
        for dataset in self.datasets:
            if not isinstance(dataset, IterableDataset):
                raise AssertionError(f"ChainDataset only supports IterableDataset, got {type(dataset).__name__}")
            yield dataset

    def __iter__(self) -> Iterator[T_co]:
        for dataset in self._checked():
            yield from dataset

    def __len__(self) -> int:
        return sum(len(dataset) for dataset in self._checked())


class Subset(Dataset[T_co]):
    """The samples of `dataset` at `indices`.

    A subclass that overrides `__getitem__` must override `__getitems__` too; otherwise NotImplementedError is raised.

    >>> from minitorch.utils.data import Subset
    >>> list(Subset("abcd", [3, 1]))
    ['d', 'b']
    """

    def __init__(self, dataset: Any, indices: Sequence[int]) -> None:
        self.dataset = dataset
        self.indices = indices
        cls = type(self)
        if cls.__getitem__ is not Subset.__getitem__ and cls.__getitems__ is Subset.__getitems__:
            raise NotImplementedError(
                f"{cls.__name__} overrides __getitem__ but not __getitems__, by which a DataLoader takes a batch. "
                "Add:\n\n    def __getitems__(self, indices):\n        return [self[i] for i in indices]"
            )

    def __getitem__(self, idx: Any) -> T_co:
        place = [self.indices[i] for i in idx] if isinstance(idx, list) else self.indices[idx]
        sample: T_co = self.dataset[place]
        return sample

    def __getitems__(self, indices: list[int]) -> list[T_co]:
        """The samples at `indices` of the subset."""
        return samples(self.dataset, [self.indices[i] for i in indices])

    def __getbatch__(self, indices: Indices) -> Any:
        return in_bulk(self.dataset, [self.indices[i] for i in indices.tolist()])

    def __len__(self) -> int:
        return len(self.indices)


def random_split(
    dataset: Any, lengths: Sequence[int | float], generator: Generator | None = default_generator
) -> list[Subset[Any]]:
    """Splits into subsets of the given lengths, or fractions that sum to 1, of one random permutation.

    Fractions are rounded down, and what is left goes to the first subsets, one each in turn. Raises ValueError when
    the lengths do not sum to the dataset's.

    >>> import minitorch
    >>> from minitorch.utils.data import random_split
    >>> train, test = random_split(range(10), [0.7, 0.3], minitorch.Generator().manual_seed(0))
    >>> len(train), list(test)
    (7, [8, 6, 2])
    """
    total = len(dataset)
    if math.isclose(sum(lengths), 1) and sum(lengths) <= 1:
        for i, fraction in enumerate(lengths):
            if not 0 <= fraction <= 1:
                raise ValueError(f"Fraction at index {i} is not between 0 and 1: got {fraction}")
        counts = [math.floor(total * fraction) for fraction in lengths]
        for i in range(total - sum(counts)):
            counts[i % len(counts)] += 1
        for i, count in enumerate(counts):
            if count == 0:
                warnings.warn(
                    f"Length of split at index {i} is 0. This might result in an empty dataset.", stacklevel=2
                )
        lengths = counts
    if sum(lengths) != total:
        raise ValueError(
            f"Sum of input lengths does not equal the length of the input dataset! {list(lengths)} sum to "
            f"{sum(lengths)}, the dataset has {total} samples."
        )
    order = (generator or default_generator).permutation(total).tolist()
    return [
        Subset(dataset, order[end - length : end])
        for end, length in zip(accumulate(map(int, lengths)), map(int, lengths), strict=True)
    ]


def _rows(array: NDArray[Any], indices: Indices) -> NDArray[Any]:
    """A contiguous copy of these rows; `take` is the fastest way, but would copy a non-contiguous array whole."""
    return array.take(indices, axis=0) if array.flags.c_contiguous else np.ascontiguousarray(array[indices])
