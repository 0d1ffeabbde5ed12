"""What the rules about accumulation ask of a window: is it one, of how many, and how do its micro-batches weigh."""

from __future__ import annotations

from collections import Counter
from typing import Any

from minitorch.doctor.record import Backward, History, Step


def accumulated(h: History, step: Step) -> bool:
    """Whether the step uses several backward passes of one line, untouched by hand, each of one loss: a window.

    Several losses with lines of their own are not one, nor what an earlier step of the same optimizer has left.
    """
    if len(step.window) < 2 or step.closure or step.again or any(x.touched for x in step.lineages):
        return False
    first, before = step.window[0], h.steps.get(id(step.optimizer), [])
    if before and first.step < before[-1].number:
        return False
    return all(b.site == first.site and len(b.roots) == 1 for b in step.window)


def divisor(step: Step) -> int | None:
    """The whole number, 2 or more, that all of a window's mean losses of one line were divided by."""
    first = step.window[0]
    scale = first.root.scale
    k = round(1 / scale) if scale > 1e-9 else 0
    same = all(b.site == first.site and b.root.kind == "mean" and scaled_by(b, k) for b in step.window)
    return k if k >= 2 and same else None


def overfull(h: History, step: Step) -> int | None:
    """By how many a window's micro-batches were divided that are more, but not twice as many."""
    if step.closure or not step.window:
        return None
    n, k = len(step.window), divisor(step)
    whole = k is not None and (k == h.declared or k in h.windows.get(id(step.optimizer), []))
    return k if k is not None and whole and k < n < 2 * k else None


def uninterrupted(step: Step) -> bool:
    """Whether all passes of a window are known to be of one epoch."""
    return all(b.goes_on for b in step.window[1:])


def usual(h: History, step: Step, least: int = 2) -> int | None:
    """The size that this optimizer's windows usually have, if it is two or more and was seen ``least`` times."""
    if h.declared:
        return h.declared
    sizes = Counter(n for n in h.windows.get(id(step.optimizer), []) if n)
    if not sizes:
        return None
    size, times = sizes.most_common(1)[0]
    return size if size >= 2 and times >= least else None


def scaled_by(backward: Backward, k: int) -> bool:
    """Whether the loss was multiplied by 1/k before this backward pass."""
    return abs(backward.root.scale * k - 1) < 1e-6


def means(window: list[Backward]) -> list[tuple[float, float]] | None:
    """The factor of each micro-batch's mean and how many things it is over, if all are means.

    A sum that is divided by a count of its own is one too: that of a mask, for which the others' divisors differ.
    """
    roots = [b.root for b in window]
    if all(r.kind == "mean" for r in roots):
        return [(r.scale, r.count or 0.0) for r in roots]
    # A mask that covers all looks like a mean; next to others it is a sum as well.
    sums = [
        (r.scale / r.count, [*r.divisors, r.count]) if r.kind == "mean" and r.count else (r.scale, r.divisors)
        for r in roots
    ]
    if any(r.kind == "other" for r in roots) or len({len(divisors) for _, divisors in sums}) > 1:
        return None
    differing = [k for k, ds in enumerate(zip(*(divisors for _, divisors in sums), strict=True)) if len(set(ds)) > 1]
    if len(differing) != 1:
        return None
    counts = [divisors[differing[0]] for _, divisors in sums]
    if any(n < 1 or n != round(n) for n in counts):
        return None
    return [(scale * n, n) for (scale, _), n in zip(sums, counts, strict=True)]


def uneven(rows: list[tuple[float, float]]) -> float:
    """The largest relative error in the weight of one row (or token), against all of them weighing the same."""
    if any(not n for _, n in rows):
        return 0.0
    mean = sum(s for s, _ in rows) / sum(n for _, n in rows)
    return max(abs(s / n / mean - 1) for s, n in rows) if mean else 0.0


def named(number: float) -> str:
    """A number as one writes it."""
    return f"{number:.0f}" if abs(number - round(number)) < 1e-9 else f"{number:.3g}"


def lr_hint(optimizer: Any) -> str:
    """What an optimizer makes of a gradient that is too long."""
    scale_free = {"Adam", "AdamW", "NAdam", "RAdam", "Adamax", "Adagrad", "RMSprop", "Adadelta", "Rprop"}
    name = type(optimizer).__name__
    return f"; {name} hides most of it" if name in scale_free else ""
