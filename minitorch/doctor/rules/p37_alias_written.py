"""P37: a value that backward needs was changed behind autograd's back."""

from __future__ import annotations

import weakref
from typing import Any

import numpy as np

from minitorch.core.row_node import RowNode
from minitorch.core.saved import ALWAYS
from minitorch.doctor.record import Backward, History, Origin
from minitorch.doctor.rule import Findings, Rule
from minitorch.doctor.site import Site, here


class AliasWritten(Rule):
    """The gradient is wrong, and no error says so: ``.data`` and NumPy arrays do not count their writes."""

    code = "P37"
    title = "a saved value was changed through .data or a NumPy array"

    def __init__(self) -> None:
        self.prints: dict[Any, list[tuple[int, Any]]] = weakref.WeakKeyDictionary()  # type: ignore[assignment]
        self.reads: list[tuple[Any, Site]] = []  # where memory was given out by .data or detach()

    def on_cut(self, h: History, tensor: Any, how: str, site: Site) -> Findings:
        if how in ("data", "detach"):
            self.reads = [*self.reads[-31:], (weakref.ref(tensor.array), site)]
        return iter(())

    def on_node(self, h: History, node: Any, origin: Origin) -> Findings:
        if isinstance(node, RowNode) and node.saved:
            prints = [
                (k, _print(value)) for k in range(0, len(node.saved), 3)
                if node.saved[k + 1] is not ALWAYS and type(value := node.saved[k]) is np.ndarray and value.size
            ]  # fmt: skip
            if prints:
                self.prints[node] = prints
        return iter(())

    def on_run(self, h: History, backward: Backward, node: Any, g: Any, found: Any) -> Findings:
        saved = getattr(node, "saved", None)
        for k, before in self.prints.pop(node, []):
            if not saved or saved[k + 1][0] != saved[k + 2] or _alike(_print(saved[k]), before):
                continue
            site = next((s for ref, s in reversed(self.reads) if _shares(ref(), saved[k])), None)
            where = (
                [(site, "gives the memory out, and what is written there is not counted")] if site is not None else []
            )
            yield self.finding(
                "a value that backward() needs was changed behind its back",
                [
                    *where,
                    (node.origin.site, f"saved it for its derivative ({node.name()})"),
                    (here(), "used it changed"),
                ],
                effect="the gradient is wrong, without an error: it is that of other values",
                fix="with torch.no_grad(): x.mul_(...)  is counted and raises; or change a copy, x.detach().clone()",
            )
            return


def _print(a: Any) -> tuple[Any, ...]:
    n = a.size
    return a.item(0), a.item(n // 3), a.item(n // 2), a.item(n - 1)


def _alike(a: tuple[Any, ...], b: tuple[Any, ...]) -> bool:
    return a == b or all(x == y or (x != x and y != y) for x, y in zip(a, b))


def _shares(a: Any, b: Any) -> bool:
    return a is not None and (a is b or np.may_share_memory(a, b))
