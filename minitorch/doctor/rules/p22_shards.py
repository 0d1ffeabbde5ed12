"""P22: gradients of shards are summed, where data-parallel training would have averaged them."""

from __future__ import annotations

import linecache
import re

from minitorch.doctor.record import History, Step
from minitorch.doctor.rule import Findings, Rule
from minitorch.doctor.rules.p13_loss_not_scaled import unscaled
from minitorch.doctor.site import Site

ABOVE = 12  # how many lines above a backward() are looked at for the loop's head
_SHARDS = re.compile(r"\b(for|in)\b.*\b\w*(shard|worker|rank|replica|device|client)\w*", re.I)


class Shards(Rule):
    """A factor of the number of workers, when one moves between one and several."""

    code = "P22"
    title = "gradients of shards are summed, not averaged"
    severity = "note"

    def on_step(self, h: History, step: Step) -> Findings:
        if not unscaled(h, step):
            return
        backward, n = step.window[-1], len(step.window)
        loop = _loop(backward.site)
        if loop is None:
            return
        yield self.finding(
            f"the gradients of {n} shards are summed: data-parallel training averages them",
            [(backward.site, f"ran for {n} shards"), (loop, "goes over the shards"), (step.site, "")],
            effect=f"the gradient is {n}x that of {n} workers in data-parallel training",
            fix="weight each shard by its rows:  (loss * len(shard) / rows).backward()",
        )


def _loop(site: Site) -> Site | None:
    """The head of a loop over shards, above this line."""
    for number in range(site.line, max(0, site.line - ABOVE), -1):
        if _SHARDS.search(linecache.getline(site.file, number)):
            return Site(site.file, number, site.function)
    return None
