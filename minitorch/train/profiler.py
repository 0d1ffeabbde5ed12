"""Where a training spends its time: by phase of the loop, and by operation forwards and backwards."""

from __future__ import annotations

import functools
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from minitorch.core.watch import Watcher, watching
from minitorch.train.callbacks import Callback

if TYPE_CHECKING:
    from minitorch.core.graph import Node
    from minitorch.train.loop import Trainer

# Methods of the trainer, and the phase that their time is booked to.
_PHASES = {
    "evaluate": "validation",
    "learn": "loss and figures",
    "clip": "clipping",
    "schedule": "schedule",
    "notify": "callbacks",
}


class Profiler(Callback, Watcher):
    """Books every moment of `Trainer.fit` to one phase, and a phase's time to operations; `table` shows it.

    An operation's forward time is that from the node before it to its own, so it includes the Python code between.
    Watching costs time itself, some microseconds an operation. Nothing of it is part of a checkpoint.

    >>> import minitorch
    >>> from minitorch import nn, optim
    >>> from minitorch.train import Trainer
    >>> model, profiler = nn.Linear(2, 1), Profiler()
    >>> trainer = Trainer(model, nn.MSELoss(), optim.SGD(model.parameters(), lr=0.1), epochs=2, callbacks=[profiler])
    >>> _ = trainer.fit([(minitorch.ones(4, 2), minitorch.ones(4, 1))])
    >>> {"forward", "backward", "optimizer"} <= profiler.phases.keys()
    True
    """

    lasting = False

    def __init__(self) -> None:
        self.phases: dict[str, float] = defaultdict(float)  # seconds
        self.forwards: dict[str, float] = defaultdict(float)
        self.backwards: dict[str, float] = defaultdict(float)
        self.calls: dict[str, int] = defaultdict(int)
        self.open: list[str] = []
        self.now = self.last_node = 0.0
        self.undo: list[Callable[[], Any]] = []

    # Phases: time goes to the innermost one that is open.

    def enter(self, phase: str) -> None:
        self._book()
        self.open.append(phase)
        self.last_node = self.now

    def leave(self) -> None:
        self._book()
        self.open.pop()
        self.last_node = self.now

    def _book(self) -> None:
        now = time.perf_counter()
        if self.open:
            self.phases[self.open[-1]] += now - self.now
        self.now = now

    # Operations.

    def made(self, node: Node) -> None:
        now = time.perf_counter()
        name = _name(node)
        self.calls[name] += 1
        self.forwards[name] += now - self.last_node
        self.last_node = now

    def runs(self, node: Node) -> None:
        self.last_node = time.perf_counter()

    def ran(self, node: Node, g: Any, found: Sequence[Any]) -> None:
        self.backwards[_name(node)] += time.perf_counter() - self.last_node

    def began(self, *_: Any) -> None:
        self.enter("backward")

    def ended(self) -> None:
        self.leave()

    # The trainer.

    def on_fit_start(self, trainer: Trainer) -> None:
        self.enter("the loop itself")
        for name, phase in _PHASES.items():
            self._wrap(trainer, name, phase)
        batches = trainer.batches
        trainer.batches = lambda: self._timed(batches())  # type: ignore[method-assign]
        self.undo.append(lambda: trainer.__dict__.pop("batches"))
        model, optimizer = trainer.model, trainer.optimizer
        handles = [
            model.register_forward_pre_hook(lambda module, _: self.enter("forward") if module.training else None),
            model.register_forward_hook(lambda module, *_: self.leave() if module.training else None),
            optimizer.register_step_pre_hook(lambda *_: self.enter("optimizer")),
            optimizer.register_step_post_hook(lambda *_: self.leave()),
        ]
        self.undo += [handle.remove for handle in handles]
        watch = watching(self)
        watch.__enter__()
        self.undo.append(watch.__exit__)

    def _wrap(self, trainer: Trainer, name: str, phase: str) -> None:
        method = getattr(trainer, name)

        @functools.wraps(method)
        def timed(*args: Any, **kwargs: Any) -> Any:
            self.enter(phase)
            try:
                return method(*args, **kwargs)
            finally:
                if self.open:
                    self.leave()

        setattr(trainer, name, timed)
        self.undo.append(lambda: trainer.__dict__.pop(name))

    def _timed(self, batches: Iterator[Any]) -> Iterator[Any]:
        while True:
            self.enter("data")
            try:
                batch = next(batches)
            except StopIteration:
                return
            finally:
                self.leave()
            yield batch

    def on_fit_end(self, trainer: Trainer) -> None:
        self._book()
        self.open.clear()
        while self.undo:
            self.undo.pop()()

    def on_failure(self, trainer: Trainer, error: BaseException) -> None:
        self.on_fit_end(trainer)

    def table(self, rows: int = 15) -> str:
        """Seconds and share of every phase, and the ``rows`` operations that took longest."""
        total = sum(self.phases.values()) or 1.0
        lines = [f"{'phase':<24}{'seconds':>10}{'share':>8}"]
        for phase, seconds in sorted(self.phases.items(), key=lambda item: -item[1]):
            lines.append(f"{phase:<24}{seconds:>10.4f}{seconds / total:>8.1%}")
        lines += [f"{'total':<24}{total:>10.4f}{1:>8.1%}", ""]
        lines.append(f"{'operation':<24}{'calls':>10}{'forward':>10}{'backward':>10}{'us/call':>9}")
        both = {name: self.forwards[name] + self.backwards[name] for name in {*self.forwards, *self.backwards}}
        for name, seconds in sorted(both.items(), key=lambda item: -item[1])[:rows]:
            calls, there, back = self.calls[name], self.forwards[name], self.backwards[name]
            lines.append(f"{name:<24}{calls:>10}{there:>10.4f}{back:>10.4f}{1e6 * seconds / max(calls, 1):>9.1f}")
        return "\n".join(lines)


def _name(node: Node) -> str:
    return node.name().removesuffix("0").removesuffix("Backward")
