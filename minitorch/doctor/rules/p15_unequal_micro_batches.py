"""P15: means over unequal micro-batches are averaged as if they were equal."""

from __future__ import annotations

from minitorch.doctor.record import History, Step
from minitorch.doctor.rule import Findings, Rule
from minitorch.doctor.windows import accumulated, means, named, uneven

TOLERATED = 0.05


class UnequalMicroBatches(Rule):
    """Each micro-batch weighs the same, so a row, or a token, of a small one weighs more than one of a large one."""

    code = "P15"
    title = "mean of means over unequal micro-batches"
    severity = "warning"

    def __init__(self) -> None:
        self.seen: dict[int, list[int]] = {}  # numbers of an optimizer's steps with uneven windows
        self.always: set[int] = set()  # optimizers with such windows in the middle of an epoch, or one after the other

    def on_step(self, h: History, step: Step) -> Findings:
        if not accumulated(h, step):
            return
        rows = means(step.window)
        if rows is None or len({round(s, 12) for s, _ in rows}) > 1 or uneven(rows) <= TOLERATED:
            return
        seen = self.seen.setdefault(id(step.optimizer), [])
        counts = [n for _, n in rows]
        # Only the last micro-batch is smaller than the others: the end of an epoch, a note unless it is always so.
        ragged = len(set(counts[:-1])) == 1 and counts[-1] < counts[0]
        done = h.steps.get(id(step.optimizer), [])
        if not ragged or (seen and done and seen[-1] == done[-1].number):
            self.always.add(id(step.optimizer))
        seen.append(step.number)
        backward = step.window[-1]
        few, many = min(counts), max(counts)
        weight = sum(counts) / len(counts) / few
        yield self.finding(
            f"micro-batches of {', '.join(named(c) for c in counts[:6])} things weigh the same in one step",
            [(backward.site, "a mean each, with equal factors"), (step.site, f"averages {len(counts)} means")],
            effect=f"one of {named(few)} weighs {weight:.2f}x, one of {named(many)} {weight * few / many:.2f}x",
            fix="sum the loss and divide by the window's total:  loss_sum / total  (reduction='sum')",
            severity="note" if id(step.optimizer) not in self.always else "error" if h.declared else "warning",
        )
