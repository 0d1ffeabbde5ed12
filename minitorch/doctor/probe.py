"""The probe: turns the framework's raw events (core/watch.py) into history and hands them to the rules.

It is built in rooms, one on top of the other: ``probe_base`` (asking the rules), ``probe_forward``,
``probe_gradients``, ``probe_steps`` and, here, coming and going, and the events that are only passed on.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Sequence
from typing import Any

from minitorch.core.mode import mode
from minitorch.core.tensor import Tensor
from minitorch.core.watch import close_watchers, watchers
from minitorch.doctor.probe_steps import Steps
from minitorch.doctor.record import History
from minitorch.doctor.rule import Rule
from minitorch.doctor.site import here
from minitorch.nn.module_hooks import Caller
from minitorch.nn.module_registry import (
    register_module_module_registration_hook,
    register_module_parameter_registration_hook,
)
from minitorch.optim.optimizer import register_optimizer_step_post_hook, register_optimizer_step_pre_hook


class Probe(Steps):
    """Watches one run for the doctor."""

    def __init__(self, rules: Sequence[Rule], history: History, report: Callable[[Any, Rule], None]) -> None:
        super().__init__(rules, history, report)
        self.undo: list[Callable[[], None]] = []

    def attach(self) -> None:
        """Begins to watch."""
        plain = Caller.__call__
        probe = self

        @functools.wraps(plain)
        def watched(module: Any, *args: Any, **kwargs: Any) -> Any:
            return probe.called(plain, module, args, kwargs)

        Caller.__call__ = watched  # type: ignore[method-assign]

        def unwatch() -> None:
            Caller.__call__ = plain  # type: ignore[method-assign]

        before = register_optimizer_step_pre_hook(self.stepping)
        after = register_optimizer_step_post_hook(self.stepped)
        module = register_module_module_registration_hook(self.registered)
        parameter = register_module_parameter_registration_hook(self.registered)
        watchers.append(self)
        close_watchers.append(self)
        self.undo = [
            lambda: watchers.remove(self), lambda: close_watchers.remove(self), after.remove, before.remove, unwatch,
            module.remove, parameter.remove,
        ]  # fmt: skip

    def detach(self) -> None:
        """Watches no more."""
        self.settle()
        for undo in self.undo:
            undo()
        self.undo = []
        self.h.forget()
        self.loops.forget()
        self.passes.forget()
        self.writes.clear()

    # --- Events that are only passed on ----------------------------------------------------------------------------

    def dropped(self, p: float) -> None:
        self.emit("on_drop", p, here())

    def registered(self, module: Any, name: str, value: Any) -> None:
        """A global registration hook of modules."""
        self.emit("on_register", module, name, value, here())

    def grouped(self, optimizer: Any, group: dict[str, Any]) -> None:
        self.emit("on_group", optimizer, group)

    def scheduled(self, scheduler: Any) -> None:
        self.h.counts["schedule"] += 1
        self.emit("on_schedule", scheduler, here())

    def switched(self, module: Any, training: bool) -> None:
        frame = sys._getframe(1)
        while frame.f_code.co_name == "tell":
            frame = frame.f_back  # type: ignore[assignment]
        if frame.f_back is not None and frame.f_back.f_code is frame.f_code:
            return  # of a module below the one that the user named
        self.h.counts["switch"] += 1
        self.emit("on_mode", module, training, here())

    def cut(self, t: Tensor, how: str) -> None:
        self.settle()
        if self.wants["on_cut"]:
            self.emit("on_cut", t, how, here())

    def grad_missed(self, t: Tensor) -> None:
        self.emit("on_missed", t, here())

    def hooked(self, hooks: Any, hook: Any) -> None:
        self.emit("on_hook", hooks, hook, here())

    def tracked(self, t: Tensor, requires_grad: bool) -> None:
        self.emit("on_track", t, requires_grad, here())

    def exhausted(self, loader: Any) -> None:
        h = self.h
        h.epochs += 1
        if mode.grad and (not h.calls or h.calls[-1].training):  # not that of a validation
            self.exhaust = True
        self.emit("on_epoch", loader)
