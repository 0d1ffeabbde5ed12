"""DistributedSampler: the part of a dataset that is one's own, among several processes that train together."""

from __future__ import annotations

from collections.abc import Iterator, Sized
from typing import Any

import numpy as np

from minitorch.core.generator import Generator
from minitorch.utils.data.sampler import Indices, Sampler


class DistributedSampler(Sampler[int]):
    """Every `num_replicas`-th index from `rank` on, of the same order in all replicas, drawn from `seed` + epoch.

    All get the same number: the order is lengthened from its beginning, or cut with `drop_last`. Call `set_epoch` at
    the start of each epoch for a new order. There is no process group to ask, so give `num_replicas` and `rank`
    (RuntimeError without). Raises ValueError for a rank that is not in [0, num_replicas).

    >>> [list(DistributedSampler(range(5), num_replicas=2, rank=rank, shuffle=False)) for rank in (0, 1)]
    [[0, 2, 4], [1, 3, 0]]
    """

    def __init__(
        self,
        dataset: Sized,
        num_replicas: int | None = None,
        rank: int | None = None,
        shuffle: bool = True,
        seed: int = 0,
        drop_last: bool = False,
    ) -> None:
        if num_replicas is None or rank is None:
            raise RuntimeError("Requires distributed package to be available: without it, give num_replicas and rank")
        if not 0 <= rank < num_replicas:
            raise ValueError(f"Invalid rank {rank}, rank should be in the interval [0, {num_replicas - 1}]")
        self.dataset: Any = dataset
        self.num_replicas = num_replicas
        self.rank = rank
        self.epoch = 0
        self.drop_last = drop_last
        self.num_samples = len(dataset) // num_replicas if drop_last else -(-len(dataset) // num_replicas)
        self.total_size = self.num_samples * num_replicas
        self.shuffle = shuffle
        self.seed = seed

    def __blocks__(self) -> Iterator[Indices]:
        n = len(self.dataset)
        order = Generator().manual_seed(self.seed + self.epoch).permutation(n) if self.shuffle else np.arange(n)
        yield np.resize(order, self.total_size)[self.rank :: self.num_replicas]

    def __iter__(self) -> Iterator[int]:
        for block in self.__blocks__():
            yield from block.tolist()

    def __len__(self) -> int:
        return self.num_samples

    def set_epoch(self, epoch: int) -> None:
        """Choose the order: each epoch has one of its own."""
        self.epoch = epoch
