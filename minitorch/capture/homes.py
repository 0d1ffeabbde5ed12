"""Gradients that stay where they are from replay to replay, and the optimizer's step that finds them there.

A gradient is written over where the last replay's was: nothing is made anew, and an optimizer need not gather it. That
is right as long as nobody has kept it, which the counts of references tell at the start of each replay.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from minitorch.capture.calls import Call
from minitorch.capture.checks import broken
from minitorch.capture.naming import Naming
from minitorch.capture.standin import StandIn
from minitorch.core.tensor import Tensor

if TYPE_CHECKING:
    from minitorch.capture.program import Program


class Homes(Naming):
    """The part of a program that sets gradients."""

    run: Callable[..., Any]
    text: str
    tails: dict[int, list[Program]]
    follow: Callable[[Program, int, dict[str, Any]], Any] | None
    _again: Callable[[], Program]
    _fused: bool
    _gone: list[StandIn]
    _homes: dict[int, Tensor]  # by id of the stand-in: gradients that stay where they are, and whose
    _places: dict[Tensor, Any]
    _watched: list[str]
    _tensors_set: dict[str, Tensor]  # by the name of their gradient, those that get one here

    def _steps(self, call: Call) -> bool:
        """Writes an optimizer's step as what it comes to while nothing about it changes, if it can be taken apart."""
        optimizer = call.args[0] if call.kind == "whole" and len(call.args) == 1 and not call.kwargs else None
        unrolled = getattr(optimizer, "unrolled", None)
        if unrolled is None or getattr(call.function, "__name__", "") != "step":
            return False
        conditions, work = unrolled() or ((), ())
        homes = {id(t): x for x, t in self._tensors_set.items()}
        grads = [[homes.get(id(p)) for p in bucket.params] for bucket, _ in work]
        if not work or any(name is None for names in grads for name in names):
            return False
        source = self.source
        source.line(f"if {broken(conditions, source)}:")
        source.line(f"    {source.call(call.function, call.args, call.kwargs, self._of)}", call.where)
        source.line("else:")
        for (bucket, group), names in zip(work, grads, strict=True):
            arguments = f"({', '.join(map(str, names))},), {source.name(group, 'e')}, {source.name(optimizer, 'k')}"
            arguments += ", True" if self._fused or group.get("fused") else ""
            source.line(f"    {source.name(bucket, 'bucket')}.step({arguments})", call.where)
        return True

    def _settle_grads(self) -> None:
        """Chooses the gradients that are written where the last replay's were, if nothing else lies there."""
        latest = {id(t): (t, x) for _, t, x in self.recording.grads_after}
        for t, x in latest.values():
            others = [y for y in self._gone if x is not None and y is not x and y.memory == x.memory]
            if x is not None and not others and sum(y is x for _, y in latest.values()) == 1:
                self._homes[id(x)] = t
        self._gone = [x for x in self._gone if id(x) not in self._homes]
        steps = [call.args[0] for call in self.recording.calls if call.kind == "whole" and call.args]
        for optimizer in steps:  # it knows the best places
            if hasattr(optimizer, "gradient_places"):
                self._places |= optimizer.gradient_places()

    def _home(self, x: StandIn) -> str:
        """Names the array of a gradient that stays where it is."""
        place = self._places.get(self._homes[id(x)])
        alike = place is not None and (place.strides, place.dtype) == (x.value.strides, x.value.dtype)
        x.value = place if alike else np.empty_like(x.value)
        return self._fix(x, "g")

    def _count_holders(self) -> None:
        """Notes how many hold a gradient that stays, so that a replay sees whether anybody has kept it."""
        names = self.source.names
        for name in self._watched:
            names[f"{name}_most"] = eval(f"getrefcount({name})", names) + (name[0] == "G")  # the parameter, too

    def _keep(self, args: Any, kwargs: Any) -> Any:
        """Somebody has kept a gradient: from now on each replay makes new arrays for them."""
        for call in self.recording.calls:
            for x in call.results():
                if id(x) in self._homes:  # this memory is theirs now
                    x.value = np.empty_like(x.value)
        program = self._again()
        program.follow = self.follow
        self.run, self.text, self.tails = program.run, program.text, program.tails
        return self.run(args, kwargs)
