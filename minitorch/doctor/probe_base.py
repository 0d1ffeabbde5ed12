"""What all rooms of the probe share: the history, the rules, and how an event is handed to them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from minitorch.core.watch import Watcher
from minitorch.doctor.loops import Loops
from minitorch.doctor.record import History
from minitorch.doctor.rule import EVENTS, Rule

Handler = Callable[..., Any]
RECENT = 64  # how many backward passes, module calls and steps are remembered


class Base(Watcher):
    """Asks the rules. ``report(finding, rule)`` takes what they find."""

    def __init__(self, rules: Sequence[Rule], history: History, report: Callable[[Any, Rule], None]) -> None:
        self.h, self.report = history, report
        rules = sorted(rules, key=lambda rule: rule.last)
        self.handlers: dict[str, list[tuple[Rule, Handler]]] = {
            event: [(r, getattr(r, event)) for r in rules if getattr(type(r), event) is not getattr(Rule, event)]
            for event in EVENTS
        }
        self.wants = {event: bool(found) for event, found in self.handlers.items()}
        self.loops = Loops()  # from one step's first pass to the next one's
        self.passes = Loops()  # from one pass to the next
        self.anew = True  # the next backward pass is the first since a step or a clearing

    def emit(self, event: str, *facts: Any) -> None:
        """Asks every rule that looks at this event."""
        for rule, handler in self.handlers[event]:
            try:
                findings = list(handler(self.h, *facts))
            except Exception as error:  # a rule that fails must not end the user's run
                self.h.broken.setdefault(rule.code, error)
                continue
            for finding in findings:
                self.report(finding, rule)
