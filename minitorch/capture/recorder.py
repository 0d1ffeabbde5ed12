"""The recorder: runs a function on stand-ins for arrays, and notes every NumPy call."""

from __future__ import annotations

import operator
import sys
import threading
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from minitorch.capture.backward import record_backward, settle
from minitorch.capture.calls import IN_PLACE, Call, Outside
from minitorch.capture.nested import mapped, of_tensors, on_arrays, real, standins, to_tensors
from minitorch.capture.parts import tensors_in
from minitorch.capture.standin import MEMORY, Opaque, StandIn, ndarray, owner
from minitorch.capture.touched import ARRAY, GRAD, Touched, line, version
from minitorch.core.batched_levels import Unbatchable
from minitorch.core.graph import next_order
from minitorch.core.recording import recording
from minitorch.core.tensor import Tensor

# What a function says of shapes and dtypes alone; any other answer in Python depends on values.
_LAYOUT = {np.shape, np.ndim, np.size, np.result_type, np.can_cast, np.iscomplexobj, np.isrealobj}
_LAYOUT |= {np.may_share_memory, np.shares_memory, np.common_type, np.min_scalar_type}
_PLAIN = (bool, int, float, complex, str, bytes, np.dtype, type, slice, dict, set, frozenset, range)
# What gives a view, or writes: of a scalar that a tensor holds too, since that has memory, an array of no dims.
_SHARING = {operator.getitem, np.reshape, np.ravel, np.squeeze, np.expand_dims, np.broadcast_to, np.broadcast_arrays}
_SHARING |= {np.transpose, np.swapaxes, np.moveaxis, np.flip, np.real, np.lib.stride_tricks.as_strided, np.atleast_1d}
_SHARING |= {getattr(np.generic, name) for name in ("reshape", "ravel", "squeeze", "transpose", "swapaxes", "view")}
_SHARING |= IN_PLACE | {getattr(np.generic, name) for name in ("fill", "sort", "put")}


class Recorder(Touched):
    """Runs a function once.

    ``ahead`` is for a replay that came to a decision which it had not recorded: the calls of that recording up to the
    decision have been done, and the outside as it was met. The function is run again, those calls are not, and what
    comes after them is.
    """

    def __init__(
        self,
        arguments: Sequence[Tensor],
        ahead: tuple[Sequence[Call], Sequence[Outside]] = ((), ()),
        gives: str | None = None,
        alive: frozenset[int] | None = None,
    ) -> None:
        """``gives`` says why, once what is ``ahead`` is passed, stand-ins may give their arrays away.

        ``alive`` are the ids of the stand-ins ahead whose arrays are still theirs; by default all.
        """
        super().__init__(arguments, ahead[1])
        self._gives, self._done = gives, ahead[0]
        for x in (*[x for call in self._done for x in call.results()], *[o.standin for o in self._met]):
            x.recorder = self
            if isinstance(x.value, ndarray) and (alive is None or id(x) in alive):
                self._memories[id(owner(x.value))] = x.memory, owner(x.value)
        self._over = False  # a stand-in that is left somewhere is then as good as its array

    # --- Calls -------------------------------------------------------------------------------------------------------

    def give(self, x: StandIn | Opaque) -> Any:
        """The array of a stand-in, for code that wants its memory.

        Raises:
            Unbatchable: that cannot be recorded. The operation is then done in another way, or the function again.
        """
        if self._over:
            return x.value
        if len(self.recording.calls) < len(self._done) or (self._gives is None and _can_be_one()):
            raise Unbatchable(MEMORY)
        self.fault = self._gives or f"it reads memory in a way that cannot be recorded ({line()})"
        return x.value

    def call(self, function: Callable[..., Any], args: Any, kwargs: Any, kind: str = "array") -> Any:
        """Does a call on the arrays themselves, and notes it."""
        if self._over:
            return function(*real(args), **real(kwargs))
        profile = sys.getprofile()
        sys.setprofile(None)  # nothing in here looks at the user's values, and watching takes its time
        try:
            return self._noted(function, args, kwargs, kind)
        finally:
            sys.setprofile(profile)

    def _noted(self, function: Callable[..., Any], args: Any, kwargs: Any, kind: str) -> Any:
        calls = self.recording.calls
        if args and type(args[0]) is StandIn and isinstance(args[0].value, np.generic) and _shares(function, args):
            x = self.room(args[0])
            if x is not args[0]:
                args = (x, *args[1:])
                if getattr(function, "__objclass__", None) is np.generic:
                    function = getattr(ndarray, function.__name__)
        args, kwargs = self._literals(args), self._literals(kwargs)  # (in this order, by which ``met`` is known again)
        if len(calls) < len(self._done):  # it was replayed already
            call = self._done[len(calls)]
            if call.function is not function and _name(call.function) != _name(function):
                raise RuntimeError(
                    f"compile: the step did not do the same again: {call.function} was recorded, and now {function}"
                )
            calls.append(call)
            return call.result
        call = Call(function, args, kwargs, kind=kind, where=line())
        result = self._run(function, real(args), real(kwargs))
        call.result = self._adopt(result, args, kwargs)
        calls.append(call)
        return call.result

    def _run(self, function: Callable[..., Any], args: Any, kwargs: Any) -> Any:
        before, recording.recorder = recording.recorder, None
        self._inside += 1
        try:
            return function(*args, **kwargs)
        finally:
            self._inside -= 1
            recording.recorder = before

    def _literals(self, value: Any) -> Any:
        """A nested value with stand-ins for arrays that no tensor holds, too."""
        return mapped(value, self.stand_in)

    def function(self, function: Callable[..., Any], args: Any, kwargs: Any) -> Any:
        """A call of one of NumPy's functions, whose answer may be a Python number."""
        if function in _LAYOUT or self._over:
            return function(*real(args), **real(kwargs))
        result = self.call(function, args, kwargs)
        if isinstance(result, (bool, int, float, complex)):
            self.recording.calls[-1].kind = "decision"
            self._decide_if_new()
        return result

    def _decided(self, call: Call) -> None:
        """Notes what is there at a decision. What nobody but the recording holds is not used afterwards."""
        call.kind, call.met = "decision", len(self.recording.outside)
        everything: dict[int, StandIn] = {}
        held: dict[int, int] = {}
        for c in self.recording.calls:
            for x in (*c.inputs(), *c.results()):
                everything[id(x)] = x
                held[id(x)] = held.get(id(x), 0) + 1
        del x
        own = 2  # ``everything`` and getrefcount's argument
        call.alive = frozenset(k for k in everything if sys.getrefcount(everything[k]) > held[k] + own)

    def room(self, x: StandIn) -> StandIn:
        """An array in place of a scalar, in all tensors that hold it; the scalar itself if none does."""
        holders = [t for t in self._left() if ARRAY.__get__(t) is x]
        n = len(self.recording.calls)
        done = n < len(self._done)  # (whose tensors may be gone by now)
        if not isinstance(x.value, np.generic) or (self._done[n].function is not np.array if done else not holders):
            return x
        y: StandIn = self.call(np.array, (x,), {})
        for t in holders:
            ARRAY.__set__(t, y)
        return y

    def one(self, function: Callable[..., Any], args: Any, kwargs: Any) -> Any:
        """An operation that works on memory, done and noted as one call."""
        tensors = bool(tensors_in((args, kwargs)))
        if tensors:
            function, args, kwargs = on_arrays(function), of_tensors(args), of_tensors(kwargs)
        result = self.call(function, args, kwargs, "one")
        given = [x.value for x in standins((args, kwargs)) if isinstance(x.value, ndarray)]
        if tensors or any(x.dtype.kind in "biu" for x in given):
            for x in standins(result):  # a mask, indices or counts may decide on shapes
                if isinstance(x.value, ndarray):
                    self.call(np.shape, (x,), {}, "decision")
                    self._decide_if_new()
        return to_tensors(result) if tensors else result

    def whole(self, function: Callable[..., Any], args: Any, kwargs: Any) -> Any:
        """A call that changes more than arrays: a random stream, an optimizer and the parameters."""
        if tensors_in((args, kwargs)):
            self.fault = f"it passes a tensor to {_name(function)}(), which is replayed as it was called"
        if any(callable(a) for a in (*args[1:], *kwargs.values())):
            self.fault = f"{_name(function)}() calls a function of yours, which would not be replayed: call it before"
            return self._run(function, args, kwargs)
        before = {key: version(t) for key, (t, _) in self._versions.items()}
        result = self.call(function, args, kwargs, "whole")
        for key, then in before.items():  # it will count its writes itself
            t, first = self._versions[key]
            self._versions[key] = t, first + version(t) - then
        return result

    def decide(self, x: StandIn) -> bool:
        """The truth of an array's one element: a replay goes on only if it is the same."""
        if self._over:
            return bool(x.value)
        result = bool(self.call(bool, (x,), {}, "decision"))
        self._decide_if_new()
        return result

    def _decide_if_new(self) -> None:
        if len(self.recording.calls) > len(self._done):
            self._decided(self.recording.calls[-1])

    def read(self, x: Any) -> Any:
        """The array itself, for one who takes its values to Python: what that does with them cannot be replayed."""
        if type(x) is not StandIn:
            return x
        self.fault = f"it takes a tensor's values to Python ({line()}): return the tensor and read it outside"
        return x.value

    def _adopt(self, result: Any, args: Any, kwargs: Any) -> Any:
        """A result with stand-ins for its arrays."""

        def adopt(x: Any) -> Any:
            if isinstance(x, (ndarray, np.generic)):
                known = next((given for given in standins((args, kwargs)) if given.value is x), None)
                if known is None and id(x) in self._known:
                    known = self._known[id(x)].standin
                return StandIn(x, self) if known is None else known
            if isinstance(x, Tensor):
                raise TypeError("compile: an operation recorded as one call gave a Tensor")
            return x if x is None or isinstance(x, _PLAIN) else Opaque(x, self)

        return mapped(result, adopt)

    # --- The run -----------------------------------------------------------------------------------------------------

    def run(self, function: Callable[..., Any], args: Any, kwargs: Any) -> Any:
        """The function's result, with the tensors' arrays as they should be, and its graph still on stand-ins."""
        patched: dict[str, Any] = {
            "array": property(self._read_array, self._write_array),
            "_grad": property(self._read_grad, self._write_grad),
        }
        with _one_at_a_time:
            recording.recorder = self
            for name, field_ in patched.items():
                setattr(Tensor, name, field_)
            watched = self.recording.environment.watching(self)
            try:
                start = next_order()
                with watched:
                    result = function(*args, **kwargs)
                outputs = tensors_in(result)
                try:
                    self.recording.backward = record_backward(self, outputs, start)
                except Exception as error:  # one without derivative, for one: whoever asks for it will be told
                    self.fault = f"its result cannot be differentiated: {type(error).__name__}: {error}"
                settle(outputs, start)
                return result
            except BaseException as error:
                if not isinstance(error, Unbatchable):
                    self.release()
                raise
            finally:
                Tensor.array, Tensor._grad = ARRAY, GRAD
                recording.recorder, self._over = None, True

    def rewind(self) -> Recorder:
        """One that runs the function again from the start, on what this one had done before it was stopped."""
        self.release()
        for t, g in self.recording.grads_before.items():
            GRAD.__set__(t, g)
        for t, before in self._versions.values():
            t._counter[0] = before
        gives = "an operation of it reads memory in a way that cannot be recorded"
        again = Recorder((), (self.recording.calls, self.recording.outside), gives)
        again._arguments, again._given = self._arguments, self._given
        return again

    def undo(self) -> None:
        """Gives what a run has written to its values before.

        Raises:
            RuntimeError: that cannot be done any more: an optimizer has stepped, or random numbers were drawn.
        """
        if any(call.kind == "whole" for call in self.recording.calls):
            raise RuntimeError(
                "compile: an operation reads memory in a way that cannot be recorded, and it comes after random "
                "numbers or an optimizer's step, which cannot be undone: run the function without compile()"
            )
        for o in self.recording.outside:
            if o.incoming is None and o.standin.value.tobytes() != o.first.tobytes():
                np.copyto(o.standin.value, o.first)
        self.rewind()


_one_at_a_time = threading.RLock()


def _name(function: Any) -> str:
    return getattr(function, "__name__", repr(function))


def _shares(function: Any, args: Any) -> bool:
    """Whether a function of an array gives a view of it or writes to it."""
    if isinstance(function, operator.attrgetter):
        return True
    return function in _SHARING and not (function is operator.getitem and args[1] == ())


def _can_be_one() -> bool:
    """Whether somebody up the stack does an operation as one call, if told that memory is not to be had."""
    frame = sys._getframe(2)
    while frame is not None and frame.f_code is not Recorder.run.__code__:
        if "Unbatchable" in frame.f_code.co_names:
            return True
        frame = frame.f_back  # type: ignore[assignment]
    return False
