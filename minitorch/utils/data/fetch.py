"""Fetching: from what a sampler yields to a batch, in the process itself or in a worker."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import islice
from typing import Any, TypeAlias

from minitorch.utils.data.collate import collates_by_default
from minitorch.utils.data.dataset import IterableDataset, collated, samples

Collate: TypeAlias = Callable[[Any], Any]
Fetch: TypeAlias = Callable[[Any], Any]


def fetcher(dataset: Any, batched: bool, collate: Collate, drop_last: bool) -> Fetch:
    """A function from an index, or the indices of a batch, to the collated batch.

    For an iterable-style dataset it starts a new stream, of which each call takes as many samples as there are indices,
    whatever they are; StopIteration tells that there are none left.
    """
    if isinstance(dataset, IterableDataset):
        return _Stream(dataset, collate, drop_last) if batched else partial(_next_sample, iter(dataset), collate)
    if not batched:
        return lambda index: collate(dataset[index])
    if collates_by_default(collate):
        return partial(collated, dataset)
    return lambda indices: collate(samples(dataset, indices))


def _next_sample(source: Any, collate: Collate, _index: None) -> Any:
    return collate(next(source))


class _Stream:
    """Batches of an iterable-style dataset; after a short one there is none, even if the dataset could go on."""

    def __init__(self, dataset: IterableDataset[Any], collate: Collate, drop_last: bool) -> None:
        self._source = iter(dataset)
        self._collate = collate
        self._drop_last = drop_last
        self._ended = False

    def __call__(self, indices: list[None]) -> Any:
        batch = [] if self._ended else list(islice(self._source, len(indices)))
        self._ended = self._ended or len(batch) < len(indices)
        if not batch or (self._ended and self._drop_last):
            raise StopIteration
        return self._collate(batch)
