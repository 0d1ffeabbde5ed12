"""One iteration over a DataLoader, and the place in it that can be saved and resumed."""

from __future__ import annotations

import warnings
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import chain, islice
from typing import TYPE_CHECKING, Any

from minitorch.core.generator import Generator, default_generator
from minitorch.core.watch import tell, watchers
from minitorch.utils.data.bulk import bulk_method
from minitorch.utils.data.collate import collates_by_default
from minitorch.utils.data.dataset import IterableDataset
from minitorch.utils.data.fetch import fetcher

if TYPE_CHECKING:
    from minitorch.utils.data.dataloader import DataLoader


@dataclass
class Place:
    """How far an iteration is.

    It began with the loader's generators at `start`, and with `base_seed` if its workers were there already.
    `batches` were handed out. Workers are ahead of that: the sampler was asked `drawn` times.
    """

    start: list[bytes]
    base_seed: int | None
    batches: int = 0
    drawn: int = 0
    finished: bool = False


class Epoch:
    """An iterator over the batches of a loader, from the beginning or from a place on."""

    def __init__(self, loader: DataLoader[Any], resumed: Place | None) -> None:
        generators = loader._generators()
        here = [generator.state_bytes() for generator in generators]
        self.place = place = resumed or Place(here, loader._base_seed)
        self._index_sampler = loader._index_sampler
        is_stream = isinstance(loader.dataset, IterableDataset)
        to_draw, to_fetch = (0, place.batches) if is_stream else (place.batches, 0)
        try:  # to resume, draw the order again as it was drawn then, and put the generators back
            if resumed:
                put_back(generators, place.start)
            indices, base_seed = _order(loader, place.base_seed)
            ahead = place.drawn - place.batches
            if loader.num_workers > 0 and not is_stream:
                place.drawn = 0
                indices = _counted(indices, place)
            _consume(indices, to_draw)
            if ahead:
                indices = chain(list(islice(indices, ahead)), indices)
            if loader.num_workers == 0:
                fetch = fetcher(loader.dataset, loader._batched, loader.collate_fn, loader.drop_last)
                self._rest: Iterator[Any] = map(fetch, indices)
                _consume(self._rest, to_fetch)
        finally:
            if resumed:
                put_back(generators, here)
        if loader.num_workers > 0:
            self._rest = loader._prefetched(indices, base_seed)
            _consume(self._rest, to_fetch)
        if loader._announced is not None:
            self._rest = _warned(self._rest, loader, place.batches)

    def __iter__(self) -> Epoch:
        return self

    def __next__(self) -> Any:
        try:
            batch = next(self._rest)
        except StopIteration:
            self.place.finished = True
            if watchers:
                tell("exhausted", self)
            raise
        self.place.batches += 1
        return batch

    def __len__(self) -> int:
        return len(self._index_sampler)


def put_back(generators: list[Generator], states: list[bytes]) -> None:
    """Give the generators these states."""
    for generator, state in zip(generators, states, strict=True):
        generator.load_state_bytes(state)


def _order(loader: DataLoader[Any], base_seed: int | None) -> tuple[Iterator[Any], int]:
    """What the sampler yields, and the seed of the workers, drawn if there is none yet."""
    sampler = loader._index_sampler
    bulk = bulk_method(sampler, "__batches__", "__iter__") if collates_by_default(loader.collate_fn) else None
    begin: Callable[[], Iterator[Any]] = bulk or partial(iter, sampler)
    indices = begin()
    if base_seed is None:
        base_seed = int((loader.generator or default_generator).random64(1)[0]) & (2**63 - 1)
        if loader.num_workers > 0:
            indices = begin()  # a second time, as PyTorch does: a sampler may draw when it begins
    return indices, base_seed


def _counted(indices: Iterator[Any], place: Place) -> Iterator[Any]:
    """The same, and how often they were asked for, the last time in vain."""
    place.drawn += 1
    for index in indices:
        yield index
        place.drawn += 1


def _warned(batches: Iterator[Any], loader: DataLoader[Any], number: int) -> Iterator[Any]:
    """The same; a warning with each that an iterable-style dataset has given beyond its announced length."""
    announced = loader._announced or 0
    for batch in batches:
        number += 1
        if number > announced:
            shared = " Have the dataset share its samples out by get_worker_info()." if loader.num_workers else ""
            warnings.warn(
                f"Length of IterableDataset {loader.dataset} was reported to be {announced} (when accessing "
                f"len(dataloader)), but {number} samples have been fetched.{shared}",
                stacklevel=3,
            )
        yield batch


def _consume(iterator: Iterator[Any], n: int) -> None:
    deque(islice(iterator, n), maxlen=0)
