"""Training one model on several processes: each computes its rows of every batch, and all take the same steps.

Every process draws the same batches from loaders with the same seeds. Of each micro-batch it takes its own rows and
weights their loss by the share of the whole window that they hold, so the gradients add up, over micro-batches and
processes alike, to that of one process with the whole: see `windows`. Losses and outputs are exchanged after each
window, and every process gathers the same figures from all of them. So each one decides alike when to stop, and what
the first one writes down is the state of all.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

import numpy as np

from minitorch.core.generator import default_generator, other_stream
from minitorch.core.tensor import Tensor, wrap
from minitorch.parallel import Reducer, Team, broadcast, check_equal, cut, rows_of
from minitorch.parallel.team import Everywhere
from minitorch.parallel.world import world
from minitorch.train import checkpoint
from minitorch.train.callbacks import Callback, Checkpoint
from minitorch.train.loggers import CsvLog, MLflowLog, TensorBoardLog
from minitorch.train.loop import Trainer
from minitorch.train.reporting import MetricsLog, ProgressBar
from minitorch.train.state import Total
from minitorch.train.windows import MicroBatch, windows
from minitorch.utils.pytree import tree_leaves, tree_map

_WRITERS = (Checkpoint, CsvLog, MLflowLog, MetricsLog, ProgressBar, TensorBoardLog)

Part = tuple[float, Any]  # the loss of one process's rows, and their output where a metric wants it


class LossNotFinite(FloatingPointError, Everywhere):
    """The loss of all processes together is not a number."""


class ParallelTrainer(Trainer):
    """A `Trainer` in each process of a team; the same model, loaders and options must be given to all of them.

    The first dimension of every input and target is rows; a batch may have fewer rows than there are processes. A
    layer that looks across rows, as BatchNorm does, sees those of its process, and its running means are those of the
    first one. Each process has random numbers of its own in the forward pass (dropout), made from seed and step.

    Every ``check_every`` steps, and at the end, all hold their parameters against each other (RuntimeError).
    """

    def __init__(self, team: Team, *args: Any, check_every: int = 100, **kwargs: Any) -> None:
        if kwargs.get("compile"):
            raise ValueError(
                "compile: several processes exchange gradients while the backward pass goes on, which cannot be "
                "recorded: leave compile=False, or train in one process"
            )
        super().__init__(*args, **kwargs)
        self.team, self.comm = team, world(team.comm)
        self.check_every = check_every
        self.reducer: Reducer | None = None

    def load(self, path: str | Path) -> None:
        """Go on from a checkpoint, which only the leader reads."""
        self.load_state_dict(self.team.shared(lambda: checkpoint.load(path)))

    def fit(self, train: Iterable[Any], val: Iterable[Any] | None = None) -> list[dict[str, Any]]:
        """As `Trainer.fit`; all begin with the leader's weights."""
        broadcast([*self.model.parameters(), *self.model.buffers()], group=self.comm)
        history = super().fit(train, val)
        self.check_equal()
        return history

    def fit_window(self, window: list[MicroBatch]) -> None:
        super().fit_window(window)
        if self.step % self.check_every == 0:
            self.check_equal()

    def learn(self, window: list[MicroBatch], total: Total | None = None) -> float:
        """The gradients of a window on every process, and its loss; ``total`` gathers the figures of all."""
        self.optimizer.zero_grad()
        total = total or Total(None)
        own = [self.own(batch) for batch in window]
        takes_part = [len(mine.target) > 0 and batch.share != 0.0 for mine, batch in zip(own, window, strict=True)]
        last = max((i for i, takes in enumerate(takes_part) if takes), default=None)
        parts: list[Part | None] = []
        with self.exchange() as reducer, self.own_numbers():
            for i, mine in enumerate(own):
                if not takes_part[i]:
                    parts.append(None)
                    continue
                output = self.model(*mine.inputs)
                # the mean over rows whose labels are all ignored is 0/0; what they use has a gradient, of zeros
                loss = self.loss(output, mine.target) if mine.share != 0.0 else _nothing(output)
                with nullcontext() if i == last else reducer.no_sync():
                    (loss if mine.share in (0.0, 1.0) else loss * mine.share).backward()
                parts.append((float(loss.item()), _kept(output, total)))
        if buffers := list(self.model.buffers()):
            broadcast(buffers, group=self.comm)
        return self.gather(window, parts, total)

    def measure(self, batches: Iterable[Any], total: Total) -> None:
        """Each process takes its rows of every batch; the figures are of all."""
        whole: list[MicroBatch] = []
        parts: list[Part | None] = []
        for window in windows(batches, 1, self.held, self.averages):
            mine = self.own(window[0])
            whole.append(window[0])
            if len(mine.target) == 0 or window[0].held == 0.0:
                parts.append(None)
                continue
            output = self.judged(*mine.inputs)
            value = float(self.loss(output, mine.target).item()) if mine.held != 0.0 else 0.0
            parts.append((value, _kept(output, total)))
        self.gather(whole, parts, total)

    def check(self, loss: float, window: Sequence[MicroBatch] = ()) -> None:
        """As `Trainer.check`: the loss is that of all, so they stop together."""
        try:
            super().check(loss, window)
        except FloatingPointError as error:
            raise LossNotFinite(str(error)) from None

    def gather(self, batches: Sequence[MicroBatch], parts: list[Part | None], total: Total) -> float:
        """Take the parts of all processes into ``total``, in one order everywhere; gives the loss of the batches."""
        everyone = self.comm.allgather(parts)
        loss = 0.0
        for i, batch in enumerate(batches):
            if batch.held == 0.0:
                continue
            value = 0.0
            for rank, theirs in enumerate(everyone):
                if theirs[i] is None:
                    continue
                part = self.own(batch, rank)
                value += theirs[i][0] * (part.held / batch.held if self.averages else 1.0)
                if total.metric is not None:
                    total.metric.update(tree_map(_tensor, theirs[i][1]), part.target)
            total.loss += value * batch.held
            total.held += batch.held
            loss += value * batch.share
        return loss

    def own(self, batch: MicroBatch, rank: int | None = None) -> MicroBatch:
        """The part of a micro-batch that this process (or another one) has, with its share of the window."""
        rows = len(batch.target)
        part = rows_of(rows, self.team.rank if rank is None else rank, self.team.size)
        target = cut(batch.target, rows, part)
        held = self.held(target) if part.start < part.stop else 0.0
        share = (batch.share * held / batch.held if batch.held else 0.0) if self.averages else float(len(target) > 0)
        return MicroBatch(cut(batch.inputs, rows, part), target, held, share)

    @contextmanager
    def exchange(self) -> Iterator[Reducer]:
        """Gradients made in here are added up over all processes when it ends."""
        if self.reducer is None:
            self.reducer = Reducer([p for p in self.parameters if p.requires_grad], self.comm)
        self.reducer.prepare()
        yield self.reducer
        self.reducer.finish()

    @contextmanager
    def own_numbers(self) -> Iterator[None]:
        """Random numbers of this process and step; the generator that all have in common stays where it is."""
        key = f"{default_generator.initial_seed()} {self.step} {self.team.rank}".encode()
        with other_stream(int.from_bytes(hashlib.blake2b(key, digest_size=4).digest())):
            yield

    def check_equal(self) -> None:
        """Raises RuntimeError when a process has other parameters than the leader."""
        check_equal(dict(self.model.named_parameters()), self.comm)


def followed(callbacks: Sequence[Callback]) -> list[Callback]:
    """Callbacks for a process that does not lead: none that only looks on, and empty ones for those that write."""
    return [type(type(c).__name__, (Callback,), {})() if isinstance(c, _WRITERS) else c for c in callbacks if c.lasting]


def _nothing(output: Any) -> Tensor:
    tensors = [leaf for leaf in tree_leaves(output) if isinstance(leaf, Tensor) and leaf.requires_grad]
    total: Tensor = sum((t.sum() * 0.0 for t in tensors[1:]), tensors[0].sum() * 0.0)
    return total


def _kept(output: Any, total: Total) -> Any:
    return tree_map(_array, output) if total.metric is not None else None


def _array(leaf: Any) -> Any:
    return leaf.detach().array if isinstance(leaf, Tensor) else leaf


def _tensor(leaf: Any) -> Any:
    return wrap(leaf) if isinstance(leaf, np.ndarray) else leaf
