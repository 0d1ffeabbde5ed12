"""P29: losses or outputs are collected with their graphs."""

from __future__ import annotations

import linecache
import re
import sys
import weakref
from collections import deque
from collections.abc import Iterable, Iterator
from typing import Any

from minitorch.core.graph import AccumulateGrad
from minitorch.core.row_node import RowNode
from minitorch.core.saved import ALWAYS, PACKED
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
        self.scalars: dict[Site, deque[tuple[int, Any]]] = {}  # the last node of each line that is one number, by step

    def on_node(self, h: History, node: Any, origin: Origin) -> Findings:
        if not isinstance(node, RowNode) or not node.meta or node.meta[0] not in ((), (1,)):
            return
        self._scalar(h, node, origin)
        if node.plan.row.name not in _TOTALS:
            return
        sites: dict[Site, int] = {}
        parts: list[Any] = []
        for below_node in [edge[0] for edge in node.edges if edge is not None]:
            below = origin_of(below_node)
            if below is not None and below.total is None:
                parts.append(weakref.ref(below_node))
            elif below is not None:
                for site, since in below.total[0].items():
                    sites[site] = min(since, sites.get(site, since))
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

    def _scalar(self, h: History, node: Any, origin: Origin) -> None:
        """Notes the last number that a line makes in a step: a loss, or a part of one, that may be kept."""
        nodes = self.scalars.setdefault(origin.site, deque(maxlen=4 * ALIVE))
        made = h.counts["step"]
        if nodes and nodes[-1][0] == made:
            nodes.pop()
        nodes.append((made, weakref.ref(node)))

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
        early = step.number - 2
        kept: list[tuple[str, dict[int, Any]]] = [
            (
                "losses",
                _largest(
                    (b.site, b.step, n) for b in h.backwards if b.step < early and not b.create
                    for root in b.nodes if (n := root()) is not None and not isinstance(n, AccumulateGrad)
                ),
            ),
            (
                "outputs",
                _largest(
                    (call.site, call.step, n) for call, ref in self.outputs
                    if call.step < early and (n := ref()) is not None and n.origin.freed is not None
                ),
            ),
            (
                "losses",
                _largest(
                    (site, made, n) for site, nodes in self.scalars.items() for made, ref in nodes
                    if made < early and (n := ref()) is not None and _is_stale(n)
                ),
            ),
        ]  # fmt: skip
        kind, alive = next(((kind, nodes) for kind, nodes in kept if len(nodes) >= ALIVE), ("", {}))
        if not alive:
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


def _largest(found: Iterable[tuple[Site, int, Any]]) -> dict[int, Any]:
    """Of nodes with the line and the step that made them: those of the line that has most, one a step."""
    lines: dict[Site, dict[int, Any]] = {}
    for site, made, node in found:
        lines.setdefault(site, {})[made] = node
    most = max(lines.values(), key=lambda nodes: (len(nodes), -min(n.order for n in nodes.values())), default={})
    return {id(node): node for node in most.values()}


def _is_stale(node: Any) -> bool:
    """Whether nobody can go back through a node's graph any more, as what it saved has been changed since."""
    stack, seen = [node], set[int]()
    while stack and len(seen) < 64:
        one = stack.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))
        saved = one.saved if isinstance(one, RowNode) else None
        if saved and any(
            counter is not ALWAYS and counter is not PACKED and counter[0] != version
            for counter, version in zip(saved[1::3], saved[2::3])
        ):
            return True
        stack += [edge[0] for edge in one.edges if edge is not None]
    return False


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
        if isinstance(value, dict) and depth and len(value) < 100 and not name.startswith("__"):
            for key, one in list(value.items()):
                if isinstance(one, (list, dict)):
                    yield from _containers(f"{name}[{key!r}]", one, depth - 1)
        yield name, value
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
