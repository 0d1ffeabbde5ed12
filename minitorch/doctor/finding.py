"""A finding: what is wrong, where, what it does in this run, how to mend it and how to say that it is meant."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from minitorch.doctor.site import NOWHERE, Site

Severity = Literal["error", "warning", "note"]
MOST_LINES = 8
WIDEST = 56  # characters of a line of code that are shown


@dataclass(slots=True)
class Finding:
    """One mistake, with the lines that make it, the cause first. Repeats are counted, not listed."""

    code: str
    severity: Severity
    what: str
    where: list[tuple[Site, str]]
    effect: str
    fix: str
    note: str = ""
    count: int = 1
    step: int = 0  # optimizer steps done when it was found
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def site(self) -> Site:
        """The cause."""
        return self.where[0][0] if self.where else NOWHERE

    @property
    def file(self) -> str:
        return self.site.file

    @property
    def line(self) -> int:
        return self.site.line

    @property
    def key(self) -> tuple[str, Site]:
        """What makes two findings the same."""
        return self.code, self.site

    def __str__(self) -> str:
        lines = [f"{self.code} {self.severity}  {self.what}" + (f"  (x{self.count})" if self.count > 1 else "")]
        places = [(str(site), _cut(site.text), note) for site, note in self.where]
        widths = [max((len(p[i]) for p in places), default=0) for i in (0, 1)]
        for place, text, note in places[: MOST_LINES - 5]:
            lines.append(f"  {place.ljust(widths[0])}   {text.ljust(widths[1])}   {note}".rstrip())
        if self.effect:
            lines.append(f"  effect   {self.effect}")
        lines.append(f"  fix      {self.fix}")
        if self.note:
            lines.append(f"  note     {self.note}")
        lines.append(f'  mean it? doctor.expect("{self.code}"), or  # doctor: ok {self.code}  on that line')
        return "\n".join(lines)

    def to_dict(self) -> dict[str, Any]:
        """Plain values, as ``to_json`` writes them."""
        plain = asdict(self)
        plain["where"] = [
            {"file": s.file, "line": s.line, "function": s.function, "text": s.text, "note": n} for s, n in self.where
        ]
        return {"file": self.file, "line": self.line, **plain}


def _cut(line: str) -> str:
    """A line of code without a long tail."""
    return line if len(line) <= WIDEST else f"{line[: WIDEST - 4].rstrip()} ..."


class DoctorWarning(UserWarning):
    """What the doctor found; each rule has a subclass of its own, ``minitorch.doctor.P01`` for one."""


class DoctorError(RuntimeError):
    """Raised for an error that the doctor found, when it is ``strict``."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(str(finding))
        self.finding = finding
