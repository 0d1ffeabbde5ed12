"""Samplers: the order in which a DataLoader visits a dataset, from the draws that PyTorch takes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence, Sized
from itertools import islice
from typing import TYPE_CHECKING, Any, Generic, TypeAlias, TypeVar

import numpy as np

from minitorch.core.generator import Generator, default_generator
from minitorch.core.tensor import Tensor, wrap
from minitorch.utils.data.bulk import bulk_method

T_co = TypeVar("T_co", covariant=True)
if TYPE_CHECKING:
    from numpy.typing import NDArray

Indices: TypeAlias = "NDArray[np.int64]"

_DRAWN_AT_ONCE = 32  # with replacement, PyTorch draws indices in groups of this size


class Sampler(Generic[T_co]):
    """Base class: `__iter__` yields indices, or lists of them; `__len__`, where there is one, tells how many.

    >>> from minitorch.utils.data import DataLoader, Sampler
    >>> class Backwards(Sampler[int]):
    ...     def __iter__(self):
    ...         return iter([2, 1, 0])
    >>> list(DataLoader(["a", "b", "c"], sampler=Backwards(), batch_size=2))
    [['c', 'b'], ['a']]
    """

    def __iter__(self) -> Iterator[T_co]:
        raise NotImplementedError("Subclasses of Sampler should implement __iter__.")


class SequentialSampler(Sampler[int]):
    """0, 1, ... in order.

    >>> list(SequentialSampler("abc"))
    [0, 1, 2]
    """

    def __init__(self, data_source: Sized) -> None:
        self.data_source = data_source

    def __iter__(self) -> Iterator[int]:
        return iter(range(len(self.data_source)))

    def __blocks__(self) -> Iterator[Indices]:
        yield np.arange(len(self.data_source))

    def __len__(self) -> int:
        return len(self.data_source)


class RandomSampler(Sampler[int]):
    """Random order: a permutation, or draws with replacement; `num_samples` of them, by default as many as samples.

    Without a `generator`, each iteration seeds one of its own with a draw from the global generator. More than one
    permutation is drawn for more than len(data_source) samples.

    >>> import minitorch
    >>> list(RandomSampler(range(5), generator=minitorch.Generator().manual_seed(0)))
    [4, 0, 1, 3, 2]
    """

    def __init__(
        self,
        data_source: Sized,
        replacement: bool = False,
        num_samples: int | None = None,
        generator: Generator | None = None,
    ) -> None:
        if not isinstance(replacement, bool):
            raise TypeError(f"replacement should be a boolean value, but got replacement={replacement}")
        self.data_source = data_source
        self.replacement = replacement
        self.generator = generator
        self._num_samples = num_samples
        _check_count("num_samples", self.num_samples)

    @property
    def num_samples(self) -> int:
        """How many indices an iteration yields; by default the dataset's length at that time."""
        return len(self.data_source) if self._num_samples is None else self._num_samples

    def __iter__(self) -> Iterator[int]:
        for block in self.__blocks__():
            yield from block.tolist()

    def __blocks__(self) -> Iterator[Indices]:
        n, wanted = len(self.data_source), self.num_samples
        generator = self.generator
        if generator is None:
            generator = Generator().manual_seed(int(default_generator.full_range(1, np.int64)[0]))
        size = _DRAWN_AT_ONCE if self.replacement else n
        for _ in range(wanted // size):
            yield generator.integers(0, n, size) if self.replacement else generator.permutation(n)
        rest = wanted % size
        if rest:
            yield generator.integers(0, n, rest) if self.replacement else generator.permutation(n)[:rest]
        elif not self.replacement:
            generator.random32(n - 1)  # PyTorch draws a permutation for the rest even when nothing is left

    def __len__(self) -> int:
        return self.num_samples


class SubsetRandomSampler(Sampler[int]):
    """The given `indices` in random order, permuted by the global generator or the given one.

    >>> import minitorch
    >>> list(SubsetRandomSampler([10, 20, 30], generator=minitorch.Generator().manual_seed(0)))
    [30, 10, 20]
    """

    def __init__(self, indices: Sequence[int], generator: Generator | None = None) -> None:
        self.indices = indices
        self.generator = generator

    def __iter__(self) -> Iterator[int]:
        for i in (self.generator or default_generator).permutation(len(self.indices)).tolist():
            yield self.indices[i]

    def __len__(self) -> int:
        return len(self.indices)


class WeightedRandomSampler(Sampler[int]):
    """`num_samples` indices drawn in proportion to `weights`, which need not sum to one.

    >>> import minitorch
    >>> g = minitorch.Generator().manual_seed(0)
    >>> list(WeightedRandomSampler([0.1, 0.0, 10.0], 4, generator=g))
    [2, 2, 2, 2]
    """

    def __init__(
        self,
        weights: Sequence[float] | Tensor,
        num_samples: int,
        replacement: bool = True,
        generator: Generator | None = None,
    ) -> None:
        _check_count("num_samples", num_samples)
        if not isinstance(replacement, bool):
            raise ValueError(f"replacement should be a boolean value, but got replacement={replacement}")
        array = np.asarray(weights.array if isinstance(weights, Tensor) else weights, np.float64)
        if array.ndim != 1:
            raise ValueError(f"weights should be a 1d sequence but given weights have shape {array.shape}")
        self.weights = wrap(array)
        self.num_samples = num_samples
        self.replacement = replacement
        self.generator = generator

    def __iter__(self) -> Iterator[int]:
        generator = self.generator or default_generator
        yield from generator.multinomial(self.weights.array, self.num_samples, self.replacement).tolist()

    def __len__(self) -> int:
        return self.num_samples


class BatchSampler(Sampler[list[int]]):
    """Lists of `batch_size` indices from another sampler, or any iterable; `drop_last` leaves out a shorter last one.

    >>> list(BatchSampler(SequentialSampler(range(5)), batch_size=2, drop_last=False))
    [[0, 1], [2, 3], [4]]
    """

    def __init__(self, sampler: Sampler[int] | Iterable[int], batch_size: int, drop_last: bool) -> None:
        _check_count("batch_size", batch_size)
        if not isinstance(drop_last, bool):
            raise ValueError(f"drop_last should be a boolean value, but got drop_last={drop_last}")
        self.sampler = sampler
        self.batch_size = batch_size
        self.drop_last = drop_last

    def __iter__(self) -> Iterator[list[int]]:
        indices = iter(self.sampler)
        while batch := list(islice(indices, self.batch_size)):
            if len(batch) < self.batch_size and self.drop_last:
                return
            yield batch

    def __batches__(self) -> Iterator[Indices | list[int]]:
        """Arrays, when the sampler gives blocks; otherwise the lists of `__iter__`. Nothing is drawn ahead of need."""
        blocks = bulk_method(self.sampler, "__blocks__", "__iter__")
        if blocks is None:
            yield from self
            return
        size, rest = self.batch_size, np.empty(0, np.int64)
        for block in blocks():
            if len(rest):
                block = np.concatenate([rest, block])
            whole = len(block) - len(block) % size
            for start in range(0, whole, size):
                yield block[start : start + size]
            rest = block[whole:]
        if len(rest) and not self.drop_last:
            yield rest

    def __len__(self) -> int:
        n = len(self.sampler)  # type: ignore[arg-type]
        return n // self.batch_size if self.drop_last else -(-n // self.batch_size)


def _check_count(name: str, value: Any) -> None:
    if not isinstance(value, int) or isinstance(value, bool) or value <= 0:
        raise ValueError(f"{name} should be a positive integer value, but got {name}={value}")
