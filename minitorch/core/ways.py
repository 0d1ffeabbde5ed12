"""Ways through the graph: which nodes lead to the targets of a backward pass, and which lie below it at all."""

from __future__ import annotations

from collections.abc import Sequence, Set
from operator import attrgetter

from minitorch.core.graph import Edge, Node


def unwanted_inputs(node: Node, needed: dict[Node, bool]) -> tuple[int, ...]:
    """The inputs of a node from which no way leads to a target."""
    return tuple([i for i, edge in enumerate(node.edges) if edge is not None and edge[0] not in needed])


_order = attrgetter("order")
MADE_FIRST = 0  # numbers go down from there: no node has a higher one


def on_the_way(starts: Sequence[Edge], targets: Sequence[Edge], boundary: bool) -> dict[Node, bool]:
    """The nodes from which a target can be reached, the targets too; the value says whether the node itself runs."""
    goal = {node for node, _ in targets}
    oldest = max(node.order for node in goal) if goal else 0  # what is older than every target leads to none
    seen = below(starts, oldest, goal if boundary else set())
    needed: dict[Node, bool] = {}
    for node in sorted(seen, key=_order, reverse=True):  # inputs before their users
        for edge in node.edges:
            if edge is not None and edge[0] in needed:
                needed[node] = True
                break
        else:
            if node in goal:
                needed[node] = False
    return needed


def below(starts: Sequence[Edge], oldest: int = MADE_FIRST, ends: Set[Node] = frozenset()) -> set[Node]:
    """The nodes that can be reached from some, not older than number ``oldest`` and not beyond ``ends``."""
    seen: set[Node] = set()
    stack = [node for node, _ in starts]
    while stack:
        node = stack.pop()
        if node not in seen:
            seen.add(node)
            if node not in ends:
                stack += [e[0] for e in node.edges if e is not None and e[0].order <= oldest and e[0] not in seen]
    return seen
