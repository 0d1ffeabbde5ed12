"""P09: gradients pile up in parameters that no optimizer owns, and are then used."""

from __future__ import annotations

from minitorch.doctor.record import History, Lineage, Step
from minitorch.doctor.rule import Findings, Rule
from minitorch.doctor.site import Site


class NotOwned(Rule):
    """``optimizer.zero_grad()`` does not clear them."""

    code = "P09"
    title = "gradients pile up in parameters that the optimizer does not own"
    severity = "note"

    def __init__(self) -> None:
        self.clipped = False

    def _old(self, h: History, lineages: list[Lineage]) -> list[Lineage]:
        """Those that hold contributions from before the last few steps which no step has used."""
        return [x for x in lineages if len({b.step for b in x.fresh}) >= 3 and not x.used]

    def on_clip(self, h: History, site: Site, lineages: list[Lineage], bound: float, norm: float | None) -> Findings:
        strangers = [x for x in lineages if (p := x.leaf()) is not None and id(p) not in h.owner]
        old = self._old(h, strangers)
        if not old or len(old) == len(lineages):
            return
        yield self._found(h, old, site, "takes them into the norm of all gradients", "every update is clipped by them")

    def on_step(self, h: History, step: Step) -> Findings:
        if step.closure:
            return
        mine = {id(x) for x in step.lineages}
        used = self._old(h, [x for x in step.lineages if len(x.parts) > 2])
        others = [x for x in step.lineages if x not in used]
        if used and others and max(len(x.fresh) for x in others) < min(len(x.fresh) for x in used):
            yield self._found(h, used, step.site, "applies them all at once", "one step applies the sum of them")
            return
        idle = [x for x in h.lineages.values() if id(x) not in mine and (p := x.leaf()) is not None
                and id(p) not in h.owner and p._requires_grad]  # fmt: skip
        old = self._old(h, idle)
        if old:
            yield self._found(h, old, step.site, "does not own them", "computed for nothing, and never cleared", True)

    def _found(self, h: History, old: list[Lineage], site: Site, what: str, effect: str, note: bool = False):  # type: ignore[no-untyped-def]
        n = max(len(x.fresh) for x in old)
        last = old[0].parts[-1]
        leaf = old[0].leaf()
        return self.finding(
            f"gradients of {n} backward passes have piled up in {len(old)} parameters that no optimizer clears",
            [(site, what), (last.site, f"adds to {h.name_of(leaf) if leaf is not None else 'them'} every time")],
            effect=effect,
            fix="requires_grad_(False) on what should not train, or model.zero_grad() instead of optimizer.zero_grad()",
            severity="note" if note else "warning",
        )
