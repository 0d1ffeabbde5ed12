"""The checks of a DataLoader's arguments, those that contradict each other and those of its workers."""

from __future__ import annotations

import os
import warnings
from typing import Any


def check_order(
    is_stream: bool, batch_size: Any, shuffle: Any, sampler: Any, batch_sampler: Any, drop_last: Any
) -> None:
    """Raises ValueError for ways to choose an order that exclude each other."""
    if is_stream:
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
    elif batch_size is None and drop_last:
        raise ValueError("batch_size=None option disables auto-batching and is mutually exclusive with drop_last")


def check_workers(num_workers: Any, timeout: float, prefetch_factor: int | None, persistent_workers: bool) -> None:
    """Raises ValueError for options of workers out of their range, or without workers; AssertionError as PyTorch."""
    if not isinstance(num_workers, int):
        raise TypeError(f"num_workers option should be an int, got {num_workers!r}")
    if num_workers < 0:
        raise ValueError("num_workers option should be non-negative; use num_workers=0 to disable multiprocessing.")
    if timeout < 0:
        raise ValueError(f"timeout option should be non-negative, got {timeout}")
    if num_workers == 0:
        if timeout != 0:
            raise ValueError(
                f"timeout option should be 0: it limits the wait for workers, of which there are none, got {timeout}"
            )
        if prefetch_factor is not None:
            raise ValueError(
                "prefetch_factor option could only be specified in multiprocessing. Leave it None, as num_workers is 0."
            )
        if persistent_workers:
            raise ValueError("persistent_workers option needs num_workers > 0")
    elif prefetch_factor is not None and prefetch_factor < 0:
        raise ValueError(f"prefetch_factor option should be non-negative, got {prefetch_factor}")
    elif prefetch_factor == 0:
        raise AssertionError("prefetch_factor must be greater than 0, got 0: without prefetching, use num_workers=0")


def warn_of_many(num_workers: int) -> None:
    """Warn of more workers than processors."""
    available = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or num_workers
    if num_workers > available:
        warnings.warn(
            f"This DataLoader will create {num_workers} worker processes in total. Our suggested max number of worker "
            f"in current system is {available}, which is smaller than what this DataLoader is going to create: more "
            "may be slower.",
            stacklevel=3,
        )


def multiprocessing_context(given: Any, num_workers: int) -> Any:
    """A context from a start method's name, or the given one; None stays None, the system's default.

    Raises ValueError for an unknown name or without workers, TypeError for what is no context.
    """
    if given is None:
        return None
    if num_workers == 0:
        raise ValueError(
            "multiprocessing_context can only be used with multi-process loading (num_workers > 0), but got "
            f"num_workers={num_workers}"
        )
    import multiprocessing
    from multiprocessing.context import BaseContext

    if isinstance(given, str):
        valid = multiprocessing.get_all_start_methods()
        if given not in valid:
            raise ValueError(
                f"multiprocessing_context option should specify a valid start method in {valid!r}, but got "
                f"multiprocessing_context={given!r}"
            )
        return multiprocessing.get_context(given)
    if not isinstance(given, BaseContext):
        raise TypeError(
            "multiprocessing_context option should be a valid context object or a string specifying the start method, "
            f"but got multiprocessing_context={given}"
        )
    return given
