"""The form of a rule: which events it looks at, when it finds something, and what it says then."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from minitorch.doctor.finding import DoctorWarning, Finding, Severity
from minitorch.doctor.record import Backward, Call, History, Lineage, LossCall, Origin, Step, Zero
from minitorch.doctor.site import Site

Findings = Iterator[Finding]


class Rule:
    """One pitfall. A subclass, in a file of its own under ``rules/``, gives its code, title and severity, overrides the
    events it needs and yields findings. Everything that happened before is in ``h``, the history.

    A new rule is one file: it is found by being there.
    """

    code: ClassVar[str]
    title: ClassVar[str]
    severity: ClassVar[Severity] = "error"
    last: ClassVar[bool] = False  # asked after the others, as it says what is left if none of them knows better
    warning: ClassVar[type[DoctorWarning]]  # made for each rule

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        cls.warning = type(cls.code, (DoctorWarning,), {"__doc__": cls.title, "__module__": "minitorch.doctor"})

    def on_node(self, h: History, node: Any, origin: Origin) -> Findings:
        """A node of the graph was made."""
        return iter(())

    def on_loss(self, h: History, node: Any, loss: LossCall) -> Findings:
        """A loss function of the framework has made its result, of which ``node`` is the node."""
        return iter(())

    def on_call(self, h: History, call: Call, result: Any) -> Findings:
        """An outermost module has been called."""
        return iter(())

    def on_module(self, h: History, module: Any, inputs: Any) -> Findings:
        """Any module is about to be called."""
        return iter(())

    def on_begin(self, h: History, backward: Backward) -> Findings:
        """A backward pass is about to start."""
        return iter(())

    def on_run(self, h: History, backward: Backward, node: Any, g: Any, found: Any) -> Findings:
        """A node's derivative was computed: from ``g`` (a list for several results), the gradients of its inputs."""
        return iter(())

    def on_backward(self, h: History, backward: Backward) -> Findings:
        """A backward pass is over."""
        return iter(())

    def on_fail(self, h: History, node: Any, error: BaseException) -> Findings:
        """A node's derivative raised."""
        return iter(())

    def on_zero(self, h: History, zero: Zero) -> Findings:
        """Gradients are about to be cleared."""
        return iter(())

    def on_clip(self, h: History, site: Site, lineages: Any, bound: float, norm: float | None) -> Findings:
        """Gradients were clipped."""
        return iter(())

    def on_step(self, h: History, step: Step) -> Findings:
        """An optimizer is about to use the gradients (with a closure: has just used them)."""
        return iter(())

    def on_stepped(self, h: History, step: Step) -> Findings:
        """An optimizer has made its step."""
        return iter(())

    def on_applied(self, h: History, leaf: Any, lineage: Lineage, site: Site) -> Findings:
        """A leaf that no optimizer owns was moved along its gradient by hand; told when the next pass adds to it."""
        return iter(())

    def on_drop(self, h: History, p: float, site: Site) -> Findings:
        """A dropout function is about to drop."""
        return iter(())

    def on_register(self, h: History, module: Any, name: str, value: Any, site: Site) -> Findings:
        """A module is about to register a submodule or a parameter under a name."""
        return iter(())

    def on_group(self, h: History, optimizer: Any, group: Any) -> Findings:
        """An optimizer took on a group of parameters."""
        return iter(())

    def on_schedule(self, h: History, scheduler: Any, site: Site) -> Findings:
        """A learning-rate scheduler made a step."""
        return iter(())

    def on_mode(self, h: History, module: Any, training: bool, site: Site) -> Findings:
        """``train()`` or ``eval()`` was called on a module."""
        return iter(())

    def on_cut(self, h: History, tensor: Any, how: str, site: Site) -> Findings:
        """A recorded tensor's values were taken without their history."""
        return iter(())

    def on_write(self, h: History, tensor: Any, site: Site) -> Findings:
        """A tensor was written in place."""
        return iter(())

    def on_missed(self, h: History, tensor: Any, site: Site) -> Findings:
        """``.grad`` was read where there never is one."""
        return iter(())

    def on_hook(self, h: History, hooks: Any, hook: Any, site: Site) -> Findings:
        """A hook was added."""
        return iter(())

    def on_track(self, h: History, tensor: Any, requires_grad: bool, site: Site) -> Findings:
        """A leaf's ``requires_grad`` is about to be set."""
        return iter(())

    def on_epoch(self, h: History, loader: Any) -> Findings:
        """A DataLoader came to its end."""
        return iter(())

    def on_error(self, h: History, error: BaseException, site: Site) -> Findings:
        """The loop ends with an exception that was raised at this line of the user's, or below it."""
        return iter(())

    def on_exit(self, h: History) -> Findings:
        """The doctor leaves."""
        return iter(())

    def finding(
        self,
        what: str,
        where: list[tuple[Site, str]],
        *,
        effect: str,
        fix: str,
        note: str = "",
        severity: Severity | None = None,
        **facts: Any,
    ) -> Finding:
        """A finding of this rule, the cause's line first."""
        return Finding(self.code, severity or self.severity, what, where, effect, fix, note, facts=facts)


EVENTS = [name for name in vars(Rule) if name.startswith("on_")]
