"""P29: losses or outputs are collected with their graphs."""

from __future__ import annotations

import linecache
import re
import sys
import weakref
from collections.abc import Iterator
from typing import Any

from minitorch.core.graph import AccumulateGrad
from minitorch.core.row_node import RowNode
from minitorch.core.tensor import Tensor
from minitorch.doctor.record import Call, History, Origin, Step
from minitorch.doctor.roots import origin_of
from minitorch.doctor.rule import Findings, Rule
from minitorch.doctor.site import Site, inside

ALIVE = 6  # so many graphs of earlier steps alive at once are a leak
_TOTALS = {"Add", "Sub", "Mul", "Div", "Lerp", "Maximum", "Minimum"}


class GraphKept(Rule):
    """Memory grows by one graph a batch."""

    code = "P29"
    title = "losses are collected with their graphs: memory grows"

    def __init__(self) -> None:
        self.told = False
        self.outputs: list[tuple[Call, Any]] = []  # what modules gave, by the node of it

    def on_node(self, h: History, node: Any, origin: Origin) -> Findings:
        if node.meta[0] not in ((), (1,)) or not isinstance(node, RowNode) or node.plan.row.name not in _TOTALS:
            return
        sites: dict[Site, int] = {}
        parts: list[Any] = []
        for below_node in [edge[0] for edge in node.edges if edge is not None]:
            below = origin_of(below_node)
            if below is not None and below.total is None:
                parts.append(weakref.ref(below_node))
            elif below is not None:
                sites.update(below.total[0])
                parts += below.total[1][-4:]
        since, now = sites.get(origin.site), h.counts["backward"]
        origin.total = ({**sites, origin.site: now if since is None else since}, parts)
        if since is None or since >= now or h.call is not None:
            return
        ends = [origin_of(node) for ref in parts if (node := ref()) is not None]
        freed = next((o.freed for o in ends if o is not None and o.freed is not None), None)
        if freed is None:
            return
        self.told = True
        yield self.finding(
            "a running total keeps the graph of every batch",
            [
                (origin.site, "adds a loss with its graph to those of before"),
                (freed.site, "is where that graph was used up"),
            ],
            effect=f"{now - since + 1} graphs are kept alive, one more each time",
            fix="total += loss.item()   (a number, without the graph)",
        )

    def on_call(self, h: History, call: Call, result: Any) -> Findings:
        if call.grad:
            tensors = [t for t in (result if isinstance(result, (tuple, list)) else [result]) if isinstance(t, Tensor)]
            ends = [t._edge[0] for t in tensors if t._edge is not None]
            self.outputs += [(call, weakref.ref(node)) for node in ends if origin_of(node) is not None]
            del self.outputs[:-32]
        return iter(())

    def on_step(self, h: History, step: Step) -> Findings:
        if self.told or step.number % 2:
            return
        old = [b for b in h.backwards if b.step < step.number - 2 and not b.create]
        alive = {
            id(n): n for b in old for root in b.nodes if (n := root()) is not None and not isinstance(n, AccumulateGrad)
        }
        kind = "losses"
        if len(alive) < ALIVE:
            kind = "outputs"
            alive = {
                id(n): n for call, ref in self.outputs
                if call.step < step.number - 2 and (n := ref()) is not None and n.origin.freed is not None
            }  # fmt: skip
            if len(alive) < ALIVE:
                return
        self.told = True
        origin = next(iter(alive.values())).origin
        where = [(origin.site, "computes what something still holds")]
        if origin.freed is not None:
            where.append((origin.freed.site, "has used its graph up"))
        keeper = _keeper(alive)
        if keeper is not None:
            name, site = keeper
            where.insert(0, (site, f"keeps it in {name}"))
        yield self.finding(
            f"{kind} of earlier steps are kept, each with its graph",
            where,
            effect=f"{len(alive)} graphs of earlier steps are alive, one more each time",
            fix="keep numbers:  losses.append(loss.item())" if kind == "losses" else "keep  output.detach()",
            severity="warning",
        )


def _keeper(alive: dict[int, Any]) -> tuple[str, Site] | None:
    """The container among the running functions' variables that holds such tensors, and the line that fills it."""
    frame: Any = sys._getframe(1)
    while frame is not None:
        if not inside(frame.f_code):
            for name, value in list(frame.f_locals.items()):
                for path, container in _containers(name, value):
                    values = container.values() if isinstance(container, dict) else container
                    for held in list(values)[:3]:
                        held = list(held.values()) if isinstance(held, dict) else held
                        tensors = held if isinstance(held, (tuple, list)) else [held]
                        if any(
                            isinstance(t, Tensor) and t._edge is not None and id(t._edge[0]) in alive for t in tensors
                        ):
                            site = _filled(frame.f_code.co_filename, path)
                            return (path, site) if site is not None else None
        frame = frame.f_back
    return None


def _containers(name: str, value: Any, depth: int = 2) -> Iterator[tuple[str, Any]]:
    """The lists, dictionaries and the like in a variable, with the name that each goes by."""
    if isinstance(value, (list, dict, set, tuple)) or type(value).__name__ == "deque":
        yield name, value
        if isinstance(value, dict) and depth and len(value) < 100 and not name.startswith("__"):
            for key, one in list(value.items()):
                if isinstance(one, (list, dict)):
                    yield from _containers(f"{name}[{key!r}]", one, depth - 1)
    elif depth and hasattr(value, "__dict__") and not isinstance(value, type) and type(value).__name__ != "module":
        for key, one in list(vars(value).items()):
            if isinstance(one, (list, dict)) or type(one).__name__ == "deque":
                yield from _containers(key, one, depth - 1)


def _filled(file: str, path: str) -> Site | None:
    """The line that adds to a container."""
    name = re.escape(path).replace("'", "['\"]")
    plain = re.escape(path.split("[")[0])
    for pattern in (
        rf"\b{name}\s*(\.(append|extend|appendleft|add|insert|setdefault)\(|\+=)",
        rf"\b{plain}\b.*(\.(append|extend|appendleft|add|insert)\(|\+=)",
        rf"\b{plain}\[.*\]\s*=[^=]",
    ):
        for number, line in enumerate(linecache.getlines(file), 1):
            if re.search(pattern, line.split("#")[0]):
                return Site(file, number, "")
    return None
