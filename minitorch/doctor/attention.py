"""Attention: the doctor looks closely where something is new, and glances at the loop while it goes on as before.

Looking at every node takes as long as computing it in a small model. But a loop repeats: what goes wrong in it goes
wrong each time round. So the probe is attached for the first steps, for some of every so many, and whenever a glance
sees something that it has not seen before: another rhythm of clearing, backward, step and schedule, a module called in
another mode, a hook, the end of an epoch, a gradient that is no number.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Sequence
from typing import Any

from minitorch.core.mode import mode
from minitorch.core.tensor import Tensor
from minitorch.core.watch import Watcher, watchers
from minitorch.doctor.probe import Probe
from minitorch.nn.module_hooks import Caller
from minitorch.optim.optimizer import register_optimizer_step_post_hook, register_optimizer_step_pre_hook

FIRST = 24  # steps that are looked at closely at the start, for each optimizer
EVERY = 256  # after so many steps it looks closely again
STAY = 4  # ... for so many, for each optimizer
CREDIT, EARNED = 48.0, 0.1  # close steps that novelties may cost at once, and how many more each step earns


class Attention(Watcher):
    """Sees the loop's rhythm, and attaches and detaches the probe."""

    def __init__(self, probe: Probe) -> None:
        self.probe = probe
        self.close = False
        self.until = 0
        self.known: set[Any] = set()  # rhythms and calls seen before
        self.cleared_ = self.stepped_ = self.schedules = 0  # backward passes since then; scheduler steps since a step
        self.undo: list[Callable[[], None]] = []
        self.credit = CREDIT

    # --- Coming and going ---------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Begins to watch, closely."""
        plain, known = Caller.__call__, self.known

        @functools.wraps(plain)
        def glanced(module: Any, *args: Any, **kwargs: Any) -> Any:
            if not (module.training and mode.grad):  # training itself is known by its rhythm
                kind = (module.__class__, module.training, mode.grad)
                if kind not in known:
                    known.add(kind)
                    if self.notice():
                        return module(*args, **kwargs)  # by the probe's own way now
            return plain(module, *args, **kwargs)

        Caller.__call__ = glanced  # type: ignore[method-assign]

        def unwatch() -> None:
            Caller.__call__ = plain  # type: ignore[method-assign]

        before = register_optimizer_step_pre_hook(self.stepping)
        self.after = register_optimizer_step_post_hook(self.stepped)
        watchers.append(self)
        self.undo = [lambda: watchers.remove(self), lambda: self.after.remove(), before.remove, unwatch]
        self.attend(FIRST)

    def stop(self) -> None:
        """Watches no more."""
        if self.close:
            self.close = False
            self.probe.detach()
        for undo in reversed(self.undo):
            undo()

    def attend(self, steps: int = STAY) -> None:
        """Looks closely, for at least so many steps of every optimizer from now on."""
        h = self.probe.h
        self.until = max(self.until, h.counts["step"] + steps * max(1, len(h.optimizers)))
        if not self.close:
            self.close = True
            self.probe.attach()
            self.after.remove()  # the probe's hook comes first, so that it has seen a step before it is sent away
            self.after = register_optimizer_step_post_hook(self.stepped)

    def notice(self) -> bool:
        """Looks closely because of something new, unless that came too often lately; says whether it does now.

        A loop in which something is new every few steps, as where modes are switched for each of two players, would
        be looked at closely all the time.
        """
        if not self.close and self.credit >= STAY:
            self.attend()
        return self.close

    # --- The rhythm ---------------------------------------------------------------------------------------------------

    def began(self, roots: Any, keep_graph: bool, lifted: bool, accumulate: bool) -> None:
        if accumulate:
            self.cleared_ += 1
            self.stepped_ += 1
            if not self.close:
                self.probe.h.counts["backward"] += 1

    def zeroing(self, owner: Any, parameters: Sequence[Tensor], set_to_none: bool) -> None:
        self.cleared_ = 0
        if not self.close:
            self.probe.h.counts["zero"] += 1

    def cleared(self, t: Tensor) -> None:
        if self.cleared_:
            self.cleared_ = 0
            if not self.close:
                self.probe.h.counts["zero"] += 1

    def scheduled(self, scheduler: Any) -> None:
        self.schedules += 1
        if not self.close:
            self.probe.h.counts["schedule"] += 1

    def stepping(self, optimizer: Any, args: Any, kwargs: Any) -> None:
        self.rhythm = (id(optimizer), self.cleared_, self.stepped_, self.schedules)
        self.stepped_ = self.schedules = 0

    def stepped(self, optimizer: Any, args: Any, kwargs: Any) -> None:
        h, done = self.probe.h, 0
        if self.close:
            done = h.counts["step"]
            self.known.add(self.rhythm)
            if done > FIRST * len(h.optimizers):
                self.credit -= 1
            if done >= self.until:
                self.close = False
                self.probe.detach()
            return
        done = h.counts["step"] = h.counts["step"] + 1
        self.credit = min(CREDIT, self.credit + EARNED)
        if done % EVERY == 0:
            self.attend()
        elif self.rhythm not in self.known or not _is_finite(optimizer):
            self.notice()

    # --- Novelties ----------------------------------------------------------------------------------------------------

    def switched(self, module: Any, training: bool) -> None:
        if not self.close and self.notice():
            self.probe.switched(module, training)

    def exhausted(self, loader: Any) -> None:
        if not self.close and self.notice():
            self.probe.exhausted(loader)

    def hooked(self, hooks: Any, hook: Any) -> None:
        if not self.close and self.notice():
            self.probe.hooked(hooks, hook)

    def grouped(self, optimizer: Any, group: dict[str, Any]) -> None:
        if not self.close and self.notice():
            self.probe.grouped(optimizer, group)

    def tracked(self, t: Tensor, requires_grad: bool) -> None:
        if not self.close and self.notice():
            self.probe.tracked(t, requires_grad)


def _is_finite(optimizer: Any) -> bool:
    """Whether one element of the first gradient is a number: NaN spreads, so one look tells."""
    for p in optimizer.param_groups[0]["params"]:
        if p._grad is not None and p._grad.array.size:
            return math.isfinite(abs(p._grad.array.item(0)))
    return True
