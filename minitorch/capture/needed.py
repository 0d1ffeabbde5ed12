"""What of a recording a replay has to do: the calls that something comes of, and the copies that are none."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from minitorch.capture.calls import IN_PLACE, Call, Outside
from minitorch.capture.standin import StandIn, ndarray


def writes(call: Call) -> list[StandIn]:
    """The arrays that a call of NumPy writes to."""
    if call.kind != "array":
        return []
    if call.function in IN_PLACE or getattr(call.function, "__name__", "") == "at":
        return [call.args[0]]
    out = call.kwargs.get("out")
    return [x for x in (out if isinstance(out, tuple) else (out,)) if type(x) is StandIn]


def shares(x: StandIn, others: Sequence[StandIn]) -> bool:
    """Whether an array lies in the memory of one of some others."""
    return x.memory is not None and any(y.memory == x.memory for y in others)


def needed(calls: Sequence[Call], outside: Sequence[Outside], going_out: Sequence[StandIn]) -> list[bool]:
    """Which calls something comes of: a result, a gradient, a decision, a write to an array outside."""
    live = {id(x) for x in going_out}
    memory = {x.memory for x in (*going_out, *[o.standin for o in outside])} - {None}
    keep = [False] * len(calls)
    for i in reversed(range(len(calls))):
        call = calls[i]
        keep[i] = (
            call.kind != "array"
            or any(id(x) in live for x in call.results())
            or any(x.memory in memory for x in writes(call))
        )
        if keep[i]:
            inputs = call.inputs()
            if call.kind == "decision":  # another way may need more
                live |= call.alive
                inputs += [x for c in calls[:i] for x in c.results() if id(x) in call.alive]
            for x in inputs:
                live.add(id(x))
                if x.memory is not None:
                    memory.add(x.memory)
    return keep


def elided(
    calls: Sequence[Call], keep: list[bool], met: Sequence[Outside], escaping: set[int | None]
) -> dict[int, StandIn]:
    """Copies of arrays that are used for nothing afterwards: by id of the call, what is copied.

    The array itself can take the place of its copy. (It is then what goes out: ``escaping`` learns of its memory.)
    """
    outside = {o.standin.memory for o in met}
    last: dict[int | None, int] = {}  # the last use of memory
    made: dict[int | None, int] = {}
    for i, call in enumerate(calls):
        if keep[i]:
            for x in (*call.inputs(), *call.results()):
                last[x.memory] = i
            for x in call.results():
                made.setdefault(x.memory, i)
    decisions = [(i, call.alive) for i, call in enumerate(calls) if call.kind == "decision"]
    sharing: dict[int | None, set[int]] = {}  # ids of the arrays that lie in some memory
    for call in calls:
        for x in (*call.inputs(), *call.results()):
            sharing.setdefault(x.memory, set()).add(id(x))
    found = {}
    for i, call in enumerate(calls):
        if not keep[i] or call.kind != "array" or call.function not in (ndarray.copy, np.copy):
            continue
        x, copy = call.args[0], call.result
        memory = x.memory
        alike = isinstance(x.value, ndarray) and x.value.strides == copy.value.strides and x.value.base is None
        own = memory not in outside and memory not in escaping and memory in made
        own = own and calls[made[memory]].kind == "array"
        needed_later = any(j > i and alive & sharing[memory] for j, alive in decisions)
        if alike and own and last[memory] == i and not needed_later:
            found[id(call)] = x
    for call in reversed(calls):  # from the last copy of a copy to the first
        if id(call) in found and call.result.memory in escaping:
            escaping.add(found[id(call)].memory)
    return found
