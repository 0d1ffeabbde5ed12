"""What a recorded step touches outside: arrays and gradients of tensors, as it reads and writes them.

While a recorder runs, two fields of Tensor are properties: reading ``array`` gives a stand-in, and reads and writes of
``_grad`` are noted. So nothing of the framework has to know of it, and no array is used without being known.
"""

from __future__ import annotations

import gc
import itertools
import sys
import threading
import weakref
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from minitorch.capture.backward import leaves
from minitorch.capture.calls import GradOf, Outside, Recording
from minitorch.capture.environment import Environment
from minitorch.capture.parts import parts
from minitorch.capture.standin import Given, StandIn, ndarray, owner
from minitorch.core.mode import mode
from minitorch.core.tensor import Tensor

if TYPE_CHECKING:
    from minitorch.capture.recorder import Recorder

ARRAY: Any = Tensor.__dict__["array"]  # the slots themselves
GRAD: Any = Tensor.__dict__["_grad"]


class Touched:
    """The side of a recorder that looks at tensors; ``_met`` is what an earlier run met, in the same order."""

    def __init__(self, arguments: Sequence[Tensor], met: Sequence[Outside]) -> None:
        self.recording = Recording()
        self._met = met
        self._memories: dict[int, tuple[int | None, Any]] = {}  # by id of the array that owns it
        self._known: dict[int, Outside] = {}  # by id of the array
        self._kept: list[Any] = []  # so that no id is used twice
        self._made: list[weakref.ref[Tensor]] = []
        self._new: dict[int, weakref.ref[Tensor]] = {}  # by id: a set would compare tensors
        self._versions: dict[int, tuple[Tensor, int]] = {}  # by id of the counter
        self._given = arguments
        self._arguments = {id(ARRAY.__get__(t)): i for i, t in reversed(list(enumerate(arguments)))}
        self._returned: list[Tensor] = []
        self.holders: dict[int, Tensor] = {}  # of arrays outside, by id of the stand-in
        self._inside = 0  # how many calls are being done
        self._thread = threading.get_ident()

    def memory_of(self, x: Any) -> int | None:
        """The number of an array's memory."""
        if not isinstance(x, ndarray):
            return None
        array = owner(x)
        if id(array) not in self._memories:
            self._memories[id(array)] = next(_memories), array
        return self._memories[id(array)][0]

    @property
    def inside(self) -> bool:
        """Whether a call is being done, which is replayed as a whole."""
        return self._inside > 0

    @property
    def fault(self) -> str | None:
        """Why what is recorded cannot be replayed; the first reason stays."""
        return self.recording.fault

    @fault.setter
    def fault(self, reason: str) -> None:
        self.recording.fault = self.recording.fault or reason

    # --- Tensors -----------------------------------------------------------------------------------------------------

    def _read_array(self, t: Tensor) -> Any:
        x = ARRAY.__get__(t)
        if threading.get_ident() != self._thread:
            return x
        if self._inside:
            return x.value if type(x) is StandIn else x
        if type(x) is not ndarray:
            return x
        return self._outside(x, t).standin

    def _outside(self, x: Any, t: Tensor | None) -> Outside:
        found = self._known.get(id(x))
        if found is None:
            number = len(self.recording.outside)
            if number < len(self._met):
                found = self._met[number]
            else:
                argument = self._arguments.get(id(x))
                before = None if t is None or argument is not None or self._is_new(t) else t
                found = Outside(self._standin(x), before, np.array(x), argument)
                for leaf, g in self.recording.grads_before.items():
                    if g is t and g is not None:
                        found.grad_of, found.tensor = leaf, None
            if t is not None and not self._is_new(t):
                self.holders[id(found.standin)] = t
            self._known[id(x)] = found
            self._kept.append(x)
            self.recording.outside.append(found)
        if t is not None and not self._is_new(t):
            self._versions.setdefault(id(t._counter), (t, version(t)))
            self._check_holder(found, t)
        return found

    def _check_holder(self, found: Outside, t: Tensor) -> None:
        """Two tensors on one array are told apart by what a replay asks of each."""
        holder = self.holders.get(id(found.standin))
        if holder is t or found.grad_of is not None:
            return
        if holder is None or found.argument is not None:
            self.fault = "an argument's array belongs to another tensor, too, which the function uses: pass a clone()"
        elif not any(t is other for other in found.others):
            found.others.append(t)

    def stand_in(self, x: Any) -> Any:
        """The stand-in for an array that belongs to no tensor."""
        return self._outside(x, None).standin if type(x) is ndarray else x

    def _standin(self, x: Any) -> StandIn:
        return StandIn(x, cast("Recorder", self))

    def incoming(self, g: Any) -> StandIn:
        """A gradient that comes to a result from outside."""
        number = sum(o.incoming is not None for o in self.recording.outside)
        self.recording.outside.append(Outside(self._standin(g), None, g, incoming=number))
        return self.recording.outside[-1].standin

    def place(self, t: Tensor) -> Tensor | int:
        """A tensor outside, by its number if it is an argument."""
        x = ARRAY.__get__(t)
        number = self._arguments.get(id(x.value if type(x) is StandIn else x))
        return t if number is None else number

    def _write_array(self, t: Tensor, x: Any) -> None:
        if threading.get_ident() != self._thread:
            ARRAY.__set__(t, x)
            return
        try:
            before = ARRAY.__get__(t)
        except AttributeError:  # a new tensor
            self._enter(t)
        else:
            if not self._is_new(t) and type(x) is StandIn:
                if x.value is before:
                    return
                self.fault = f"it gives a tensor other memory ({line()}): write into it, with copy_() for one"
                self._made.append(weakref.ref(t))
        if self._inside and type(x) is StandIn:
            x = x.value
        ARRAY.__set__(t, x)

    def _read_grad(self, t: Tensor) -> Tensor | None:
        g: Tensor | None = GRAD.__get__(t)
        if not self._inside and threading.get_ident() == self._thread and not self._is_new(t):
            self.recording.grads_before.setdefault(t, g)
        return g

    def _write_grad(self, t: Tensor, g: Tensor | None) -> None:
        if threading.get_ident() == self._thread and not self._inside and not self._is_new(t):
            try:
                before = GRAD.__get__(t)
            except AttributeError:
                self._enter(t)
            else:
                self.recording.grads_before.setdefault(t, before)
                x = None if g is None else self._read_array(g)
                self.recording.grads_after.append((len(self.recording.calls), t, x))
        GRAD.__set__(t, g)

    def _enter(self, t: Tensor) -> None:
        """Notes that a tensor is made by the step."""
        if self._inside:
            return  # that call's own business
        self._new[id(t)] = weakref.ref(t)
        self._made.append(self._new[id(t)])

    def _is_new(self, t: Tensor) -> bool:
        made = self._new.get(id(t))
        return made is not None and made() is t

    # --- After the run -----------------------------------------------------------------------------------------------

    def finish(self, result: Any) -> Any:
        """Gives the tensors that are left their arrays, and looks whether any is where a replay would not put one.

        Returns the function's result with stand-ins for the tensors that it made.
        """
        shadow = self._shadow(result)
        grads = {id(GRAD.__get__(t)) for _, t, _ in self.recording.grads_after}
        returned = {id(t) for t in self._returned}
        held = {id(t) for t in leaves(self._returned)}  # by the graphs of results
        held |= {id(g) for t in leaves(self._returned) if (g := GRAD.__get__(t)) is not None}
        expected = grads | returned | held | {id(t._view.base) for t in self._returned if t._view is not None}
        left = self._left()
        if any(id(t) not in expected for t in left):
            del left
            gc.collect()
            left = self._left()
        for _, leaf, x in self.recording.grads_after:
            g = GRAD.__get__(leaf)
            if x is not None and g is not None and ARRAY.__get__(g) is x and version(g):
                self.recording.grad_versions[id(x)] = version(g)
        for t in left:
            if id(t) in returned and self._is_new(t):
                self._check_result(t)
            self._unveil(t)
            if id(t) not in expected and self._is_new(t):
                self.fault = f"a tensor that it makes is kept beyond the step (of shape {list(t.shape)})"
        for t, before in self._versions.values():
            if version(t) != before and not self._is_new(t):
                whose = next((leaf for leaf, g in self.recording.grads_before.items() if g is t), None)
                place: Tensor | int | GradOf = self.place(t) if whose is None else GradOf(whose)
                self.recording.versions.append((place, version(t) - before))
        changed = self.recording.environment.changed()
        if changed is not None:
            self.fault = f"it changes {changed}, which a replay would not do"
        return shadow

    def _check_result(self, t: Tensor) -> None:
        """A result that shares memory shows what is written to it, and how often, elsewhere."""
        if t.is_inference() is not mode.inference:
            if mode.inference or t._requires_grad:
                self.fault = "a result is made outside the inference mode that the function is called in"
            self.recording.inferred.append(self._standin_of(t))
        if sum(o is t for o in self._returned) > 1:
            self.fault = "it returns a tensor in two places: return a clone() in one"
        if type(t) is not Tensor or (t._requires_grad and t._edge is None):
            self.fault = f"it returns a new {type(t).__name__} that requires grad, without history: make it outside"
        if t.is_inference():  # nothing counts what is written to it
            return
        if version(t):
            self.recording.written.append((self._standin_of(t), version(t)))
        if any(t._counter is o._counter for o, _ in self._versions.values() if o is not t and not self._is_new(o)):
            self.fault = (
                "it returns a view of an argument, a parameter or another tensor from outside: return a clone()"
            )
        elif any(t._counter is o._counter for o in self._returned if o is not t):
            self.fault = "two of its results share memory: return a clone() of one"

    def release(self) -> None:
        """Gives all tensors their arrays, after a run that came to nothing."""
        for t in self._left():
            self._unveil(t)

    @staticmethod
    def _unveil(t: Tensor) -> None:
        """Gives a tensor the array that its stand-in stands for."""
        x = ARRAY.__get__(t)
        if type(x) is StandIn:
            ARRAY.__set__(t, x.value if isinstance(x.value, ndarray) else np.asarray(x.value))

    def _left(self) -> list[Tensor]:
        return [t for r in self._made if (t := r()) is not None]

    def _standin_of(self, t: Tensor) -> StandIn:
        x = ARRAY.__get__(t)
        return x if type(x) is StandIn else self._outside(x, t).standin

    def _shadow(self, value: Any) -> Any:
        if isinstance(value, Tensor) and self._is_new(value):
            self._returned.append(value)
            if value._requires_grad:
                self.recording.tracked.append(self._standin_of(value))
            return self._standin_of(value)
        for i, t in enumerate(self._given):
            if value is t:
                return Given(i)
        environment = self.recording.environment
        if environment.is_argument(value) and not isinstance(value, tuple):
            self.fault = f"it returns a {type(value).__name__} that it was given: return what is in it"
        elif type(value) in (list, dict) and environment.knows(value):
            return Given(value)
        if isinstance(value, (tuple, list)) and parts(value) is not None:
            items = [self._shadow(item) for item in value]
            return type(value)(*items) if hasattr(type(value), "_fields") else type(value)(items)
        if type(value) is dict:
            return {k: self._shadow(item) for k, item in value.items()}
        return value


_memories = itertools.count()


def version(t: Tensor) -> int:
    """How often a tensor's memory was written to."""
    return list.__getitem__(t._counter, 0)  # (an inference tensor's counter raises)


def line() -> str:
    """The line outside the package that a call comes from."""
    frame = sys._getframe(1)
    while frame.f_back is not None and Environment.is_own(frame.f_code.co_filename):
        frame = frame.f_back
    return f"{frame.f_code.co_filename.rpartition('/')[2]}:{frame.f_lineno}"
