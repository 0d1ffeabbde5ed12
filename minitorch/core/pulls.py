"""Pulls: the rules of a plan written out as one function, which takes a node's gradient back to its inputs.

``RowNode.plainly`` runs the same rules one by one in a loop. Written out they take half its time on small arrays: no
list is filled, and which saved value goes to which rule is settled when the function is made, on a plan's first use.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from minitorch.core.graph import Gradient
    from minitorch.core.plan import Plan
    from minitorch.core.row_node import RowNode

Pull = Callable[["RowNode", Any], Sequence["Gradient | None"]]

MANY = 24  # values: beyond them, as in a concatenation of hundreds of tensors, the text would be long to compile


def pull_of(plan: Plan, unwanted: Sequence[int] = ()) -> Pull | None:
    """The plan's function of a node and the gradient of its result; None where the loop had better do it.

    It leaves out the gradients of ``unwanted`` inputs.

    For the product of two tensors it reads

        def pull(node, g):
            saved = node.saved
            if saved[1][0] != saved[2] or saved[4][0] != saved[5]:
                saved = node.recovered()
            return rule0(g, saved[3]), rule1(g, saved[0])
    """
    picked = sorted({k for _, _, picks in plan.rules for k in picks})
    if len(picked) + len(plan.needs) > MANY:
        return None
    results = ["None"] * len(plan.needs)
    for number, (position, _, picks) in enumerate(plan.rules):
        if position in unwanted:
            continue
        call = f"rule{number}({', '.join(['g', *[f'saved[{3 * k}]' for k in picks]])})"
        if position >= 0:
            results[position] = call
        elif position == ~0:  # one rule that gives all their gradients
            results = [f"*{call}"]
        else:
            return None
    lines = ["def pull(node, g):"]
    if picked:
        changed = " or ".join([f"saved[{3 * k + 1}][0] != saved[{3 * k + 2}]" for k in picked])
        lines += ["    saved = node.saved", f"    if {changed}:", "        saved = node.recovered()"]
    lines += [f"    return {', '.join(results)},"]
    made: dict[str, Any] = {f"rule{number}": rule for number, (_, rule, _) in enumerate(plan.rules)}
    exec(compile("\n".join(lines), f"{__file__}: {plan.row.name}", "exec"), made)
    pull: Pull = made["pull"]
    return pull
