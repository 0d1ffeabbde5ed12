"""What the doctor says at the end: its findings, and a clean bill that tells what was looked at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from minitorch.doctor.finding import Finding
from minitorch.doctor.record import History


def report(h: History, findings: Sequence[Finding], notes: bool) -> str:
    """All findings, errors first, and the bill."""
    rank = {"error": 0, "warning": 1, "note": 2}
    shown = sorted((f for f in findings if notes or f.severity != "note"), key=lambda f: rank[f.severity])
    hidden = len(findings) - len(shown)
    parts = [str(f) for f in shown]
    counts = Counter(f.severity for f in shown)
    found = ", ".join(f"{n} {kind}{'s' if n > 1 else ''}" for kind, n in counts.items()) or "no findings"
    steps = h.counts["step"]
    bill = f"doctor: {found} in {steps} step{'s' if steps != 1 else ''}."
    if hidden:
        bill += f" {hidden} note{'s' if hidden > 1 else ''} not shown (notes=True)."
    failed = [f"  rule {code} failed itself, please report it: {error!r}" for code, error in h.broken.items()]
    return "\n\n".join([*parts, "\n".join([bill, *checked(h), *failed])])


def checked(h: History) -> list[str]:
    """What was looked at, so that silence means something."""
    lines = []
    for key, optimizer in h.optimizers.items():
        sizes = Counter(h.windows.get(key, []))
        text = ", ".join(f"{size} micro-batch{'es' if size != 1 else ''} x {n}" for size, n in sizes.most_common())
        owned = [p for group in optimizer.param_groups for p in group["params"]]
        reached = sum(id(p) in h.trained for p in owned)
        declared = f" (declared {h.declared})" if h.declared else ""
        lines.append(
            f"  {type(optimizer).__name__}: windows {text or 'none'}{declared}; "
            f"{reached}/{len(owned)} parameters have had a gradient used"
        )
    lines.append(
        f"  {h.counts['forward']} forward and {h.counts['backward']} backward passes, {h.counts['zero']} clearings, "
        f"{h.counts['schedule']} scheduler steps, {h.counts['switch']} train/eval switches, {h.epochs} epochs"
    )
    return lines
