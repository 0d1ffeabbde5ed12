"""What a recording is made of: the calls, and the arrays and tensors from outside that they touched."""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from minitorch.capture.environment import Environment
from minitorch.capture.nested import standins
from minitorch.capture.standin import StandIn, ndarray
from minitorch.core.tensor import Tensor

if TYPE_CHECKING:
    from minitorch.capture.backward import Backward

# Functions that write to their first argument.
IN_PLACE = {operator.setitem, np.copyto, np.put, np.put_along_axis, np.putmask, np.place, np.fill_diagonal}
IN_PLACE |= {getattr(ndarray, name) for name in ("fill", "sort", "put", "partition")}


@dataclass(eq=False, slots=True)
class Call:
    """One call of the recording, with stand-ins among its arguments and in its result."""

    function: Callable[..., Any]
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    result: Any = None
    kind: str = "array"  # "array": of NumPy; "one": a whole operation; "whole": changes more; "decision": a branch
    where: str = ""
    alive: frozenset[int] = frozenset()  # at a decision: ids of the stand-ins that what comes after it may use
    met: int = 0  # at a decision: how many arrays from outside were known

    def inputs(self) -> list[StandIn]:
        """The stand-ins among the arguments."""
        return list(standins((self.args, self.kwargs)))

    def results(self) -> list[StandIn]:
        """The stand-ins in the result."""
        return list(standins(self.result))


@dataclass(eq=False, slots=True)
class Outside:
    """An array that the step met and did not make: a parameter's, a constant's, an argument's."""

    standin: StandIn
    tensor: Tensor | None  # the tensor that held it, if that was there before the step
    first: Any  # a copy of the values it had
    argument: int | None = None  # which of the step's tensors it came with
    grad_of: Tensor | None = None  # whose gradient it was when the step began
    others: list[Tensor] = field(default_factory=list)  # tensors on the same array
    incoming: int | None = None  # which of the gradients that come to a compiled function's results


class GradOf(NamedTuple):
    """The gradient that a tensor had when the step began."""

    leaf: Tensor


@dataclass(eq=False)
class Recording:
    """What one run of a step did."""

    calls: list[Call] = field(default_factory=list)
    outside: list[Outside] = field(default_factory=list)
    grads_before: dict[Tensor, Tensor | None] = field(default_factory=dict)  # as first read
    grads_after: list[tuple[int, Tensor, StandIn | None]] = field(default_factory=list)  # and written, at which call
    versions: list[tuple[Tensor | int | GradOf, int]] = field(
        default_factory=list
    )  # whose version went on, and how far
    environment: Environment = field(default_factory=Environment)
    backward: Backward | None = None  # of its results, if they can be differentiated
    inferred: list[StandIn] = field(default_factory=list)  # the results that inference mode made, inside
    tracked: list[StandIn] = field(default_factory=list)  # the results that require grad
    grad_versions: dict[int, int] = field(default_factory=dict)  # of the gradients that it makes, by the stand-in's id
    written: list[tuple[StandIn, int]] = field(default_factory=list)  # the results that were written to, how often
    fault: str | None = None  # why it cannot be replayed

    def going_out(self, result: Any) -> list[StandIn]:
        """What outlives the call: the result, the gradients that are set, what a backward pass needs."""
        kept: list[StandIn] = []
        if self.backward is not None:
            made = {id(x) for call in self.calls[: self.backward.split] for x in call.results()}
            later = [x for call in self.calls[self.backward.split :] for x in call.inputs()]
            later += [x for x in self.backward.gradients if x is not None]
            kept = [x for x in (*later, *self.backward.held) if id(x) in made]
        return [*standins(result), *[x for _, _, x in self.grads_after if x is not None], *kept]
