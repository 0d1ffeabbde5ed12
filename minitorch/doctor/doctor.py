"""The Doctor: watches a training loop and names its mistakes."""

from __future__ import annotations

import functools
import json
import linecache
import re
import sys
import warnings
from collections.abc import Callable, Iterable
from types import TracebackType
from typing import Any, TypeVar

from minitorch.doctor.attention import Attention
from minitorch.doctor.finding import DoctorError, Finding
from minitorch.doctor.probe import Probe
from minitorch.doctor.record import History
from minitorch.doctor.report import report
from minitorch.doctor.rule import Rule
from minitorch.doctor.rules import all_rules
from minitorch.doctor.site import site_of_error

F = TypeVar("F", bound=Callable[..., Any])

_RANK = {"error": 0, "warning": 1, "note": 2}
_MEANT = re.compile(r"#\s*doctor:\s*ok\b(?P<codes>[\sP0-9,]*)")


class Doctor:
    """Watches every training loop inside a ``with`` block, or in a decorated function, and changes nothing in it.

    Args:
        models, optimizers: what is trained, where it should be said; a module or a list of them. Without it the
            modules that are called and the optimizers that step are what is looked at.
        accumulate: how many micro-batches you mean a step to use; makes the checks of scaling exact.
        strict: raise `DoctorError` at the first error (for tests).
        notes: show findings of severity "note" as well.
        show: warn when something is found, and print the report at the end.

    ``findings`` are what it found, ``report()`` is their text, ``to_json()`` their data. An exception of the loop goes
    on its way; what led to it may be among the findings.

    >>> import minitorch
    >>> from minitorch import nn, optim
    >>> model = nn.Linear(2, 1)
    >>> opt = optim.SGD(model.parameters(), lr=0.1)
    >>> with minitorch.doctor(show=False) as d:
    ...     for _ in range(3):
    ...         loss = model(minitorch.ones(4, 2)).pow(2).mean()
    ...         loss.backward()
    ...         opt.step()
    >>> [(f.code, f.severity, f.count) for f in d.findings]
    [('P01', 'error', 2)]
    """

    def __init__(
        self,
        models: Any = None,
        optimizers: Any = None,
        *,
        accumulate: int | None = None,
        strict: bool = False,
        notes: bool = False,
        show: bool = True,
    ) -> None:
        if accumulate is not None and (not isinstance(accumulate, int) or accumulate < 1):
            raise ValueError(f"accumulate should be a number of micro-batches, 1 or more, got {accumulate!r}")
        self.models, self.optimizers = _listed(models), _listed(optimizers)
        self.accumulate, self.strict, self.notes, self.show = accumulate, strict, notes, show
        self.findings: list[Finding] = []
        self.expected: dict[str, str] = {}  # codes that are meant, with the reason
        self.suppressed: list[Finding] = []
        self.history = History()
        self._known: dict[Any, Finding] = {}
        self._attention: Attention | None = None

    # --- Watching -----------------------------------------------------------------------------------------------------

    def __enter__(self) -> Doctor:
        if self._attention is not None:
            raise RuntimeError("this doctor is watching already: make another, or use it after its block")
        h = self.history = History()
        self.findings, self.suppressed, self._known = [], [], {}
        h.declared, h.watched = self.accumulate, self.models
        h.modules = {id(m): m for m in self.models}
        probe = Probe([rule() for rule in all_rules().values()], h, self._take)
        for optimizer in self.optimizers:
            probe.own(optimizer)
        self._attention = Attention(probe)
        self._attention.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        attention, self._attention = self._attention, None
        assert attention is not None
        h = self.history
        try:
            if kind is None or not issubclass(kind, DoctorError):
                attention.probe.settle()
                if isinstance(error, Exception):
                    attention.probe.emit("on_error", error, site_of_error(where))
                h.failed = kind is not None
                attention.probe.emit("on_exit")
        finally:
            attention.stop()
        if self.show:
            print(self.report(), file=sys.stderr)

    def __call__(self, function: F) -> F:
        """As a decorator: watches every call of the function."""

        @functools.wraps(function)
        def watched(*args: Any, **kwargs: Any) -> Any:
            with self:
                return function(*args, **kwargs)

        return watched  # type: ignore[return-value]

    def expect(self, code: str, reason: str = "") -> None:
        """Says that what ``code`` names is meant here: it is not reported."""
        if code not in all_rules():
            from difflib import get_close_matches

            close = get_close_matches(str(code), list(all_rules()), 1)
            raise ValueError(f"code: no rule is called {code!r}" + (f"; did you mean {close[0]!r}?" if close else ""))
        self.expected[code] = reason

    def _take(self, finding: Finding, rule: Rule) -> None:
        """Takes up what a rule found: counts repeats, leaves out what is meant, and warns."""
        finding.step = self.history.counts["step"]
        known = self._known.get(finding.key)
        if known is not None:
            known.count += 1
            if _RANK[finding.severity] >= _RANK[known.severity]:
                return
            self.findings = [f for f in self.findings if f is not known]  # it is worse than it looked at first
        self._known[finding.key] = finding
        if finding.code in self.expected or _is_meant(finding):
            self.suppressed.append(finding)
            return
        self.findings.append(finding)
        if self.strict and finding.severity == "error":
            raise DoctorError(finding)
        if self.show and (self.notes or finding.severity != "note"):
            warnings.warn_explicit(str(finding), rule.warning, finding.file, finding.line)

    # --- Telling ------------------------------------------------------------------------------------------------------

    def report(self) -> str:
        """The findings and what was looked at, as text."""
        return report(self.history, self.findings, self.notes)

    def to_json(self) -> str:
        """The findings and the counts of what was looked at, as JSON."""
        h = self.history
        return json.dumps(
            {
                "findings": [f.to_dict() for f in self.findings],
                "meant": [f.to_dict() for f in self.suppressed],
                "steps": h.counts["step"],
                "counts": dict(h.counts),
            },
            indent=1,
            default=str,
        )


def _is_meant(finding: Finding) -> bool:
    """Whether one of the finding's lines says so: ``# doctor: ok P01``."""
    for site, _ in finding.where:
        said = _MEANT.search(linecache.getline(site.file, site.line))
        if said is not None:
            codes = re.findall(r"P\d+", said["codes"])
            if not codes or finding.code in codes:
                return True
    return False


def _listed(given: Any) -> list[Any]:
    if given is None:
        return []
    return list(given) if isinstance(given, Iterable) and not hasattr(given, "parameters") else [given]
