"""DataLoader: batches of a dataset in a sampler's order, and a place among them that can be saved and resumed."""

from __future__ import annotations

import warnings
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from itertools import islice, repeat
from typing import Any, Generic, TypeVar

import numpy as np

from minitorch.core.generator import Generator, default_generator
from minitorch.core.tensor import wrap
from minitorch.utils.data.bulk import bulk_method
from minitorch.utils.data.collate import default_collate, default_convert
from minitorch.utils.data.dataset import IterableDataset, collated, samples
from minitorch.utils.data.sampler import BatchSampler, RandomSampler, Sampler, SequentialSampler

T_co = TypeVar("T_co", covariant=True)

_FIXED = {"batch_size", "batch_sampler", "sampler", "drop_last", "dataset", "persistent_workers"}


class DataLoader(Generic[T_co]):
    """Iterates over a dataset in batches (``torch.utils.data.DataLoader``), in this process.

    With the same seed the batches are PyTorch's. `shuffle=True` draws a new order each time, from `generator` or the
    global one. `batch_size=None` gives single samples. With the default `collate_fn`, batches of a TensorDataset (and
    of any dataset with a `__getbatch__`) are cut by one array index instead of sample by sample.

    `worker_init_fn`, `pin_memory_device` and `in_order` change nothing here, `pin_memory` only warns. Raises ValueError
    for arguments that exclude each other, and for `num_workers` other than 0.

    >>> import minitorch
    >>> from minitorch.utils.data import DataLoader, TensorDataset
    >>> data = TensorDataset(minitorch.arange(5), minitorch.arange(5) * 10)
    >>> for x, y in DataLoader(data, batch_size=2, shuffle=True, generator=minitorch.Generator().manual_seed(0)):
    ...     print(x.tolist(), y.tolist())
    [3, 1] [30, 10]
    [0, 4] [0, 40]
    [2] [20]
    """

    _initialized = False

    def __init__(
        self,
        dataset: Any,
        batch_size: int | None = 1,
        shuffle: bool | None = None,
        sampler: Sampler[Any] | Iterable[Any] | None = None,
        batch_sampler: Sampler[Any] | Iterable[Any] | None = None,
        num_workers: int = 0,
        collate_fn: Callable[[Any], Any] | None = None,
        pin_memory: bool = False,
        drop_last: bool = False,
        timeout: float = 0,
        worker_init_fn: Callable[[int], None] | None = None,
        multiprocessing_context: Any = None,
        generator: Generator | None = None,
        *,
        prefetch_factor: int | None = None,
        persistent_workers: bool = False,
        pin_memory_device: str = "",
        in_order: bool = True,
    ) -> None:
        _check_in_process(num_workers, timeout, multiprocessing_context, prefetch_factor, persistent_workers)
        if isinstance(dataset, IterableDataset):
            for name, value in ("shuffle", shuffle or None), ("sampler", sampler), ("batch_sampler", batch_sampler):
                if value is not None:
                    raise ValueError(
                        f"DataLoader with IterableDataset: expected unspecified {name} option, but got {name}={value}"
                    )
        if sampler is not None and shuffle:
            raise ValueError("sampler option is mutually exclusive with shuffle")
        if batch_sampler is not None:
            if batch_size != 1 or shuffle or sampler is not None or drop_last:
                raise ValueError(
                    "batch_sampler option is mutually exclusive with batch_size, shuffle, sampler, and drop_last"
                )
            batch_size = None
        elif batch_size is None and drop_last:
            raise ValueError("batch_size=None option disables auto-batching and is mutually exclusive with drop_last")

        order: Any = sampler
        if order is None:
            if isinstance(dataset, IterableDataset):
                order = _NoIndices()
            elif shuffle:
                order = RandomSampler(dataset, generator=generator)
            else:
                order = SequentialSampler(dataset)
        if batch_size is not None:
            batch_sampler = BatchSampler(order, batch_size, drop_last)

        self.dataset = dataset
        self.batch_size = batch_size
        self.drop_last = drop_last
        self.sampler = order
        self.batch_sampler = batch_sampler
        self.generator = generator
        self.collate_fn = collate_fn or (default_convert if batch_sampler is None else default_collate)
        self.num_workers = num_workers
        self.pin_memory = pin_memory
        self.pin_memory_device = pin_memory_device
        self.timeout = timeout
        self.worker_init_fn = worker_init_fn
        self.multiprocessing_context = multiprocessing_context
        self.prefetch_factor = prefetch_factor
        self.persistent_workers = persistent_workers
        self.in_order = in_order
        self._announced: int | None = None  # an iterable-style dataset's length, once it was asked for
        self._epoch: _Epoch | None = None  # the latest iteration
        self._resume: tuple[list[bytes], int] | None = None  # where the next iteration is to start, if not anew
        self._initialized = True

    def __setattr__(self, name: str, value: Any) -> None:
        if self._initialized and name in _FIXED:
            raise ValueError(
                f"{name} attribute should not be set after {type(self).__name__} is initialized: make a new loader"
            )
        super().__setattr__(name, value)

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_epoch": None}  # copies start anew

    def __len__(self) -> int:
        """The number of batches, from the sampler's length, or from an iterable-style dataset's if it has one."""
        if not isinstance(self.dataset, IterableDataset):
            return len(self._index_sampler)
        n = self._announced = len(self.dataset)  # type: ignore[arg-type]
        if self.batch_size is None:
            return n
        return n // self.batch_size if self.drop_last else -(-n // self.batch_size)

    def __iter__(self) -> Iterator[Any]:
        if self.pin_memory:
            warnings.warn(
                "'pin_memory' argument is set as true but no accelerator is found, "
                "then device pinned memory won't be used.",
                stacklevel=2,
            )
        start, batches = self._resume or (None, 0)
        self._resume = None
        self._epoch = _Epoch(self, start, batches)
        return self._epoch

    # --- A place to resume from ---------------------------------------------------------------------------------------

    def state_dict(self) -> dict[str, Any]:
        """The place in the latest iteration: the batches handed out, and the generators' states at its start and now.

        The order is not saved but drawn again, so the dataset must be the same, and a sampler of one's own must draw
        from the global generator or from its attribute `generator`. After the end of an iteration `batches` is None,
        and the next one starts anew.

        >>> from minitorch.utils.data import DataLoader
        >>> loader = DataLoader(range(4), shuffle=True)
        >>> batches = iter(loader)
        >>> first = next(batches)
        >>> state = loader.state_dict()
        >>> rest = list(batches)
        >>> loader.load_state_dict(state)
        >>> list(loader) == rest
        True
        """
        start: list[bytes] = []
        batches: int | None = None
        if self._resume is not None:
            start, batches = self._resume
        elif self._epoch is not None and not self._epoch.finished:
            start, batches = self._epoch.start, self._epoch.batches
        return {
            "batches": batches,
            "batch_size": self.batch_size,
            "start": [wrap(np.frombuffer(state, np.uint8).copy()) for state in start],
            "now": [generator.get_state() for generator in self._generators()],
        }

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Go to a saved place: the next iteration hands out exactly the batches that were left.

        The generators that this loader draws from, the global one among them if it does, go where they were when the
        state was saved. Raises ValueError when the state cannot be this loader's.
        """
        keys = {"batches", "batch_size", "start", "now"}
        if set(state_dict) != keys:
            raise ValueError(f"a DataLoader's state has the keys {sorted(keys)}, got {sorted(state_dict)}")
        if state_dict["batch_size"] != self.batch_size:
            raise ValueError(
                f"the state is of a DataLoader with batch_size={state_dict['batch_size']}, this one has "
                f"batch_size={self.batch_size}"
            )
        generators, now, start = self._generators(), state_dict["now"], state_dict["start"]
        if len(now) != len(generators) or (state_dict["batches"] is not None and len(start) != len(generators)):
            raise ValueError(
                f"the state is of a DataLoader that draws from {len(now)} generators, this one from {len(generators)}: "
                "make it with the same sampler and generator arguments"
            )
        for generator, state in zip(generators, now, strict=True):
            generator.set_state(state)
        self._epoch = self._resume = None
        if state_dict["batches"] is not None:
            self._resume = [state.array.tobytes() for state in start], int(state_dict["batches"])

    def _generators(self) -> list[Generator]:
        """The generators that an iteration may draw from, each once."""
        found = [self.generator or default_generator]
        if isinstance(self.dataset, IterableDataset):
            found.append(default_generator)
        parts = [self.sampler, self.batch_sampler, getattr(self.batch_sampler, "sampler", None)]
        found += [
            getattr(part, "generator", None) or default_generator
            for part in parts
            if part is not None and type(part) not in (SequentialSampler, BatchSampler, _NoIndices)
        ]
        return list({id(generator): generator for generator in found}.values())

    # --- Batches ------------------------------------------------------------------------------------------------------

    @property
    def _index_sampler(self) -> Any:
        return self.sampler if self.batch_sampler is None else self.batch_sampler

    def _batches(self, skip: int) -> Iterator[Any]:
        """The batches of one iteration after the first `skip`, which are drawn but not fetched."""
        collate, dataset, sampler = self.collate_fn, self.dataset, self._index_sampler
        fetch: Callable[[Any], Any]
        batches = None
        if self.batch_sampler is None:
            fetch = lambda index: collate(dataset[index])  # noqa: E731
        elif collate is default_collate:
            fetch = partial(collated, dataset)
            batches = bulk_method(sampler, "__batches__", "__iter__")
        else:
            fetch = lambda indices: collate(samples(dataset, indices))  # noqa: E731
        indices = iter(sampler) if batches is None else batches()
        (self.generator or default_generator).random64(1)  # the base seed that workers would get
        if isinstance(dataset, IterableDataset):
            stream = self._stream(iter(dataset))
            _consume(stream, skip)
            return stream
        _consume(indices, skip)
        return map(fetch, indices)

    def _stream(self, source: Iterator[Any]) -> Iterator[Any]:
        """The batches of an iterable-style dataset."""
        announced, size = self._announced, self.batch_size
        batches = source if size is None else iter(lambda: list(islice(source, size)), [])
        for number, batch in enumerate(batches):
            short = size is not None and len(batch) < size
            if short and self.drop_last:
                return
            if announced is not None and number >= announced:
                warnings.warn(
                    f"Length of IterableDataset {self.dataset} was reported to be {announced} (when accessing "
                    f"len(dataloader)), but {number + 1} samples have been fetched.",
                    stacklevel=3,
                )
            yield self.collate_fn(batch)
            if short:
                return


class _Epoch:
    """One iteration over a loader; it knows where it started and how far it is."""

    def __init__(self, loader: DataLoader[Any], start: list[bytes] | None, batches: int) -> None:
        """From the beginning, or after `batches` batches of the one that began at the generator states `start`."""
        generators = loader._generators()
        here = [generator.state_bytes() for generator in generators]
        self.start = here if start is None else start
        self.batches = batches
        self.finished = False
        self._index_sampler = loader._index_sampler
        if start is None:
            self._rest = loader._batches(skip=0)
            return
        try:  # draw the order again as it was drawn then, and put the generators back
            _set(generators, start)
            self._rest = loader._batches(skip=batches)
        finally:
            _set(generators, here)

    def __iter__(self) -> _Epoch:
        return self

    def __next__(self) -> Any:
        try:
            batch = next(self._rest)
        except StopIteration:
            self.finished = True
            raise
        self.batches += 1
        return batch

    def __len__(self) -> int:
        return len(self._index_sampler)


class _NoIndices(Sampler[None]):
    """What stands for the sampler of an iterable-style dataset."""

    def __iter__(self) -> Iterator[None]:
        return repeat(None)


def get_worker_info() -> None:
    """None, as in PyTorch's main process: there are no workers."""
    return


def _set(generators: list[Generator], states: list[bytes]) -> None:
    for generator, state in zip(generators, states, strict=True):
        generator.load_state_bytes(state)


def _consume(iterator: Iterator[Any], n: int) -> None:
    deque(islice(iterator, n), maxlen=0)


def _check_in_process(
    num_workers: int, timeout: float, context: Any, prefetch_factor: int | None, persistent_workers: bool
) -> None:
    if num_workers < 0:
        raise ValueError("num_workers option should be non-negative; use num_workers=0 to disable multiprocessing.")
    if num_workers > 0:
        raise ValueError(
            f"num_workers option should be 0, got {num_workers}: this version loads data in the process itself. "
            "Batches of a TensorDataset are cut by one array index, so that workers are seldom missed."
        )
    if timeout != 0:
        raise ValueError(
            f"timeout option should be 0: it limits the wait for workers, of which there are none, got {timeout}"
        )
    if prefetch_factor is not None:
        raise ValueError(
            "prefetch_factor option could only be specified in multiprocessing. Leave it None, as num_workers is 0."
        )
    if persistent_workers:
        raise ValueError("persistent_workers option needs num_workers > 0, which this version does not have")
    if context is not None:
        raise ValueError(
            "multiprocessing_context can only be used with multi-process loading (num_workers > 0), "
            "but got num_workers=0"
        )
