"""Tensors that are the same on every process: made so from one of them, and checked by their hashes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from minitorch.core.tensor import Tensor
from minitorch.parallel.team import Everywhere
from minitorch.parallel.world import Comm, world


class ProcessesDiffer(RuntimeError, Everywhere):
    """What should be the same on all processes is not."""


def broadcast(tensors: Iterable[Tensor], src: int = 0, group: Comm = None) -> None:
    """Give every process the values that process ``src`` has, in place and in one message.

    Raises RuntimeError when shapes or dtypes are not the same everywhere; then nothing has changed.
    """
    comm, tensors = world(group), list(tensors)
    kinds = comm.allgather([(tuple(t.array.shape), t.array.dtype.str) for t in tensors])
    for rank, kind in enumerate(kinds):
        if kind != kinds[src]:
            first = next((i for i, pair in enumerate(zip(kinds[src], kind)) if pair[0] != pair[1]), "")
            raise ProcessesDiffer(
                f"DDP expects same model across all ranks, but rank {src} has {len(kinds[src])} tensors and rank "
                f"{rank} has {len(kind)}, which differ" + (f" first in number {first}" if first != "" else "")
            )
    flat = np.concatenate([_bytes(t) for t in tensors] or [np.empty(0, np.uint8)])
    comm.Bcast(flat, root=src)
    if comm.Get_rank() == src:
        return
    start = 0
    for t in tensors:
        piece = flat[start : start + t.array.nbytes]
        start += t.array.nbytes
        t.array[...] = piece.view(t.array.dtype).reshape(t.array.shape)
        t._bump()


def check_equal(named: Mapping[str, Tensor], group: Comm = None) -> None:
    """Hold the hashes of tensors against those of every other process.

    Raises ProcessesDiffer (a RuntimeError) on all of them; it names the first tensor that differs, and where it does.
    """
    comm = world(group)
    whole = hashlib.blake2b(digest_size=16)
    for t in named.values():
        whole.update(_bytes(t))
    if len(set(comm.allgather(whole.digest()))) == 1:
        return
    each = {name: hashlib.blake2b(_bytes(t), digest_size=16).digest() for name, t in named.items()}
    found = comm.allgather(each)
    for name in each:
        for rank, theirs in enumerate(found):
            if theirs.get(name) != found[0].get(name):
                raise RuntimeError(f"{name!r} on rank {rank} is not that of rank 0: the processes have come apart")
    raise ProcessesDiffer("the processes have tensors of different names")


def _bytes(t: Tensor) -> Any:
    return np.array(t.array, order="C").reshape(-1).view(np.uint8)
