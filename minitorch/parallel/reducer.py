"""Gradients added up over processes while the backward pass goes on.

Parameters are put into buckets, last ones first, since a backward pass reaches those first. A hook copies each gradient
into its bucket's flat buffer as soon as it is there, and a bucket that is full is sent (``MPI_Iallreduce``) while the
pass computes the next one. Every process must start the same messages in the same order, so a bucket is sent after all
those before it. Li et al., PyTorch Distributed: Experiences on Accelerating Data Parallel Training (2020), section 3.2.

A parameter that one process does not use counts as zero there. At the end of each buffer is a number a parameter, which
adds up to how many processes had a gradient: where it is 0, ``.grad`` stays None, and the optimizer passes it over.
"""

from __future__ import annotations

import contextlib
import math
from collections.abc import Collection, Iterable, Iterator
from functools import partial
from typing import Any

import numpy as np

from minitorch.core.tensor import Tensor, wrap
from minitorch.parallel.world import Comm, world


class Bucket:
    """Parameters of one dtype, and a flat buffer for their gradients and for the numbers that say who had one."""

    def __init__(self, parameters: list[Tensor]) -> None:
        self.parameters = parameters
        dtype = parameters[0].array.dtype
        ends = np.cumsum([p.array.size for p in parameters])
        # MPI has no addition for float16
        self.buffer = np.zeros(ends[-1] + len(parameters), np.float32 if dtype == np.float16 else dtype)
        self.views = [self.buffer[end - p.array.size : end].reshape(p.array.shape) for p, end in zip(parameters, ends)]
        self.used = self.buffer[ends[-1] :]
        self.waiting: set[int] = set()
        self.request: Any = None

    def reset(self) -> None:
        self.waiting = set(range(len(self.parameters)))
        self.request = None

    def fill(self, index: int) -> None:
        """Copy a parameter's gradient."""
        grad = self.parameters[index]._grad
        self.views[index][...] = 0.0 if grad is None else grad.array
        self.used[index] = grad is not None
        self.waiting.discard(index)

    def send(self, comm: Comm) -> None:
        from mpi4py import MPI

        for index in list(self.waiting):
            self.fill(index)
        self.request = comm.Iallreduce(MPI.IN_PLACE, self.buffer, MPI.SUM)

    def receive(self, divisor: int) -> None:
        """Wait for the sums, and put them where the gradients were."""
        self.request.Wait()
        for p, view, used in zip(self.parameters, self.views, self.used.real):
            if used == 0:
                continue
            total = view / divisor if divisor != 1 else view
            if p._grad is None:
                p._grad = wrap(np.array(total, p.array.dtype, order="C"))
            else:
                p._grad.array[...] = total
                p._grad._bump()


class Reducer:
    """Adds up the gradients of parameters over all processes, in buckets of up to ``bucket_bytes``.

    With ``average`` the sums are divided by the number of processes. `prepare` begins a round, the hooks do their part
    during ``backward()``, and `finish` ends it; with ``automatic`` the last gradient to arrive does. Between rounds,
    and under `no_sync`, gradients are left alone.
    """

    def __init__(
        self,
        parameters: Iterable[Tensor],
        group: Comm = None,
        *,
        bucket_bytes: int = 1 << 20,
        average: bool = False,
        automatic: bool = False,
    ) -> None:
        self.comm = world(group)
        self.divisor = self.comm.Get_size() if average else 1
        self.automatic = automatic
        self.buckets = [Bucket(part) for part in _parts(list(parameters), bucket_bytes)]
        self.sent = 0  # buckets of this round
        self.syncing = False
        self.handles = [
            p.register_post_accumulate_grad_hook(partial(self._arrived, bucket, index))
            for bucket in self.buckets
            for index, p in enumerate(bucket.parameters)
        ]

    def close(self) -> None:
        """Take the hooks off."""
        for handle in self.handles:
            handle.remove()

    @property
    def underway(self) -> bool:
        """Whether a round has gradients of some parameters, and lacks others."""
        return self.syncing and any(len(b.waiting) < len(b.parameters) for b in self.buckets)

    def prepare(self, absent: Collection[int] = ()) -> None:
        """Begin a round. Parameters whose ``id`` is in ``absent`` are not waited for."""
        self.sent, self.syncing = 0, True
        for bucket in self.buckets:
            bucket.reset()
            for index, p in enumerate(bucket.parameters):
                if id(p) in absent:
                    bucket.fill(index)
        self._advance()

    @contextlib.contextmanager
    def no_sync(self) -> Iterator[None]:
        """Backward passes in here only accumulate gradients."""
        before, self.syncing = self.syncing, False
        try:
            yield
        finally:
            self.syncing = before

    def finish(self) -> None:
        """Send what has not been sent, and wait: ``.grad`` then holds the sums (or averages) on every process."""
        for bucket in self.buckets[self.sent :]:
            bucket.send(self.comm)
        self.sent = len(self.buckets)
        for bucket in self.buckets:
            bucket.receive(self.divisor)
        self.syncing = False

    def _arrived(self, bucket: Bucket, index: int, parameter: Tensor) -> None:
        if not self.syncing:
            return
        if index not in bucket.waiting:
            raise RuntimeError(
                "Expected to mark a variable ready only once: a parameter got a second gradient in one round. Run only "
                "the last backward of a step outside of no_sync()"
            )
        bucket.fill(index)
        if not bucket.waiting:
            self._advance()

    def _advance(self) -> None:
        """Send every bucket whose turn it is."""
        for bucket in self.buckets[: self.sent]:
            bucket.request.Test()  # MPICH goes on with a message when it is asked about it
        while self.sent < len(self.buckets) and not self.buckets[self.sent].waiting:
            self.buckets[self.sent].send(self.comm)
            self.sent += 1
        if self.automatic and self.sent == len(self.buckets):
            self.finish()


def _parts(parameters: list[Tensor], bucket_bytes: int) -> Iterator[list[Tensor]]:
    """Parameters from the last to the first, in parts of one dtype and of up to so many bytes."""
    part: list[Tensor] = []
    size = math.inf
    for p in reversed(parameters):
        if part and (size + p.array.nbytes > bucket_bytes or p.array.dtype != part[0].array.dtype):
            yield part
            part = []
        size = p.array.nbytes + (size if part else 0)
        part.append(p)
    if part:
        yield part
