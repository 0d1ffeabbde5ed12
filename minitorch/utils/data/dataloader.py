"""DataLoader: batches of a dataset in a sampler's order, and a place among them that can be saved and resumed."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import repeat
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import numpy as np

from minitorch.core.generator import Generator, default_generator
from minitorch.core.tensor import wrap
from minitorch.utils.data import arguments
from minitorch.utils.data.collate import default_collate, default_convert
from minitorch.utils.data.dataset import IterableDataset
from minitorch.utils.data.epoch import Epoch, Place, put_back
from minitorch.utils.data.sampler import BatchSampler, RandomSampler, Sampler, SequentialSampler

if TYPE_CHECKING:
    from minitorch.utils.data.prefetch import Workers

T_co = TypeVar("T_co", covariant=True)

_FIXED = {"batch_size", "batch_sampler", "sampler", "drop_last", "dataset", "persistent_workers"}


class DataLoader(Generic[T_co]):
    """Iterates over a dataset in batches (``torch.utils.data.DataLoader``).

    With the same seed the batches are PyTorch's. `shuffle=True` draws a new order each time, from `generator` or the
    global one. `batch_size=None` gives single samples. With the default `collate_fn`, batches of a TensorDataset (and
    of any dataset with a `__getbatch__`) are cut by one array index instead of sample by sample.

    `num_workers` processes fetch, each up to `prefetch_factor` batches ahead (2 by default). They are worth it when a
    sample takes long to read or make; a batch that is cut out of an array is there sooner without them. Each has a copy
    of the dataset and its own seeds, those of PyTorch's workers, and calls `worker_init_fn(worker_id)` first. An
    exception in a worker is raised here, with the worker's traceback as its message; a worker that dies is a
    RuntimeError, and so is one that keeps waiting for more than `timeout` seconds (0: wait on). The workers end with
    the iteration, or with the loader if `persistent_workers`. `multiprocessing_context` is a start method or a context.
    `in_order=False` hands out batches as they come.

    `pin_memory` only warns, and `pin_memory_device` changes nothing here: there is no device but the CPU. Raises
    ValueError for arguments that exclude each other or are out of range.

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
        arguments.check_workers(num_workers, timeout, prefetch_factor, persistent_workers)
        is_stream = isinstance(dataset, IterableDataset)
        arguments.check_order(is_stream, batch_size, shuffle, sampler, batch_sampler, drop_last)
        if batch_sampler is not None:
            batch_size = None

        order: Any = sampler
        if order is None:
            if is_stream:
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
        self.prefetch_factor = 2 if prefetch_factor is None and num_workers > 0 else prefetch_factor
        self.persistent_workers = persistent_workers
        self.in_order = in_order
        self._announced: int | None = None  # an iterable-style dataset's length, once it was asked for
        self._place: Place | None = None  # where the latest iteration is
        self._resume: Place | None = None  # where the next one is to start, if not anew
        self._workers: Workers | None = None  # persistent ones, and the seed that they started from
        self._base_seed: int | None = None
        self._initialized = True
        arguments.warn_of_many(num_workers)

    def __setattr__(self, name: str, value: Any) -> None:
        if self._initialized and name in _FIXED:
            raise ValueError(
                f"{name} attribute should not be set after {type(self).__name__} is initialized: make a new loader"
            )
        super().__setattr__(name, value)

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_place": None, "_workers": None, "_base_seed": None}  # copies start anew

    @property
    def multiprocessing_context(self) -> Any:
        """How workers are started, or None for the system's default; may be set to a start method's name."""
        return self._context

    @multiprocessing_context.setter
    def multiprocessing_context(self, context: Any) -> None:
        self._context = arguments.multiprocessing_context(context, self.num_workers)

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
        arguments.warn_of_many(self.num_workers)
        resume, self._resume = self._resume, None
        epoch = Epoch(self, resume)
        self._place = epoch.place  # and not the iteration itself, which would keep its workers alive
        return epoch

    # --- A place to resume from ---------------------------------------------------------------------------------------

    def state_dict(self) -> dict[str, Any]:
        """The place in the latest iteration: the batches handed out, and the generators' states at its start and now.

        The order is not saved but drawn again, so the dataset must be the same, and a sampler of one's own must draw
        from the global generator or from its attribute `generator`. After the end of an iteration `batches` is None,
        and the next one starts anew.

        With workers, too, the place is that of the batches handed out; what was fetched ahead is fetched again, by as
        many workers or by another number of them, or none. An iterable-style dataset is run through again by the same
        number of workers. What a map-style dataset draws in a worker starts again from the worker's seed, and so does
        anything that persistent workers remembered. Raises RuntimeError in the middle of an iteration with
        `in_order=False`, as the batches left are not known by their number.

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
        place = self._resume or self._place
        if place is None or place.finished:
            place = Place([], self._base_seed)
        elif place.batches and self.num_workers > 0 and not self.in_order:
            raise RuntimeError("state_dict of a DataLoader in the middle of an iteration needs in_order=True")
        return {
            "batches": place.batches if place.start else None,
            "drawn": max(place.drawn, place.batches),
            "batch_size": self.batch_size,
            "base_seed": place.base_seed,
            "start": [wrap(np.frombuffer(state, np.uint8).copy()) for state in place.start],
            "now": [generator.get_state() for generator in self._generators()],
        }

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Go to a saved place: the next iteration hands out exactly the batches that were left.

        The generators that this loader draws from, the global one among them if it does, go where they were when the
        state was saved. Raises ValueError when the state cannot be this loader's.
        """
        keys = {"batches", "drawn", "batch_size", "base_seed", "start", "now"}
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
        put_back(generators, [state.array.tobytes() for state in now])
        self._place = self._resume = self._workers = None
        self._base_seed = state_dict["base_seed"] if self.persistent_workers else None
        if state_dict["batches"] is not None:
            states = [state.array.tobytes() for state in start]
            self._resume = Place(states, state_dict["base_seed"], state_dict["batches"], state_dict["drawn"])

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

    # --- What an iteration asks for -----------------------------------------------------------------------------------

    @property
    def _batched(self) -> bool:
        return self.batch_sampler is not None

    @property
    def _index_sampler(self) -> Any:
        return self.batch_sampler if self._batched else self.sampler

    def _prefetched(self, indices: Iterator[Any], base_seed: int) -> Iterator[Any]:
        """The batches from workers, the ones that are kept if there are any."""
        from minitorch.utils.data.prefetch import Prefetched, Workers
        from minitorch.utils.data.worker import Job

        workers = self._workers
        if workers is None or workers.closed:
            job = Job(
                self.dataset,
                self._batched,
                self.collate_fn,
                self.drop_last,
                self.num_workers,
                base_seed,
                self.worker_init_fn,
            )
            workers = Workers(job, self._context, self.timeout)
        if self.persistent_workers:
            self._workers, self._base_seed = workers, base_seed
        return Prefetched(workers, indices, self.prefetch_factor or 2, self.in_order, keep=self.persistent_workers)


class _NoIndices(Sampler[None]):
    """What stands for the sampler of an iterable-style dataset."""

    def __iter__(self) -> Iterator[None]:
        return repeat(None)
