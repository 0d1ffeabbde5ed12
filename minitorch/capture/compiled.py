"""compile(): a function that is recorded the first times it is called, and then replayed."""

from __future__ import annotations

import functools
import threading
import warnings
from collections.abc import Callable
from typing import Any

from minitorch.capture.calls import Recording
from minitorch.capture.checks import argument_checks, modes, signature
from minitorch.capture.compare import Difference, constants
from minitorch.capture.environment import Environment
from minitorch.capture.parts import tensors_in
from minitorch.capture.program import MISS, Program
from minitorch.capture.recorder import Recorder
from minitorch.core.batched_levels import Unbatchable, running
from minitorch.core.jit import numba
from minitorch.core.mode import mode
from minitorch.core.recording import recording
from minitorch.core.watch import close_watchers, watchers

TRIES = 4  # recordings in a row that come to nothing
WAITING = 32  # kinds of calls that were made once
PROGRAMS = 16  # beyond them something changes all the time


# What code raises that wants an array and meets its stand-in.
STOPPED = (Unbatchable, TypeError, AttributeError, NotImplementedError, BufferError)


def _ours(error: BaseException) -> bool:
    """Whether an error was raised inside the package: by a stand-in perhaps, or for a mistake, which shows again."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return trace is not None and Environment.is_own(trace.tb_frame.f_code.co_filename)


class Listing(str):
    """Source text that shows as it is, in an interactive session too."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


class Compiled:
    """A compiled function. ``program`` is what its replays do; ``reason`` says why it is not replayed, if so."""

    def __init__(self, function: Callable[..., Any], fullgraph: bool = False, fused: bool = False) -> None:
        functools.update_wrapper(self, function, updated=())
        self._function = function
        self._fullgraph = fullgraph
        self._fused = fused
        self._programs: list[Program] = []
        self._waiting: dict[Any, list[tuple[Recording, Any]]] = {}  # recordings without their like, by signature
        self._tries: dict[Any, int] = {}
        self.reason: str | None = None
        self._free = threading.Lock()

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if self.reason is not None or watchers or close_watchers or running.levels or mode.forward:
            return self._function(*args, **kwargs)
        if recording.recorder is not None:
            return self._function(*args, **kwargs)
        if not self._free.acquire(blocking=False):  # its buffers are in use: by another thread, or further out
            return self._function(*args, **kwargs)
        try:
            for program in self._programs:
                result = program.run(args, kwargs)
                if result is not MISS:
                    return result
            return self._record(args, kwargs)
        finally:
            self._free.release()

    def __get__(self, owner: Any, kind: Any = None) -> Any:
        return self if owner is None else functools.partial(self, owner)

    def __repr__(self) -> str:
        return f"<compiled {self._function!r}>"

    def __reduce__(self) -> Any:
        return Compiled, (self._function, self._fullgraph, self._fused)

    @property
    def program(self) -> Listing:
        """The replays as source text, one function for each kind of call that was recorded."""
        return Listing("\n".join(text for program in self._programs for text in program.texts()))

    # --- Recording ---------------------------------------------------------------------------------------------------

    def _record(self, args: Any, kwargs: Any) -> Any:
        return self._run(Recorder(tensors_in((args, kwargs))), signature(args, kwargs), args, kwargs, None, 0)

    def _follow(self, program: Program, at: int, names: dict[str, Any]) -> Any:
        """Goes on from a decision that a replay came to and that has no tail: the function runs on, and is recorded."""
        args, kwargs = names["args"], names["kwargs"]
        calls, outside = program.recording.calls, program.recording.outside
        for call in calls[:at]:
            for x in call.results():
                place = program.find(x)
                if place is not None and not place[1] and place[0] in names:
                    x.value = names[place[0]]
        tensors = tensors_in((args, kwargs))
        met = outside[: calls[at].met]
        for o in met:
            if o.argument is not None:
                o.standin.value = tensors[o.argument].array
            elif o.grad_of is not None and o.grad_of._grad is not None:
                o.standin.value = o.grad_of._grad.array
        recorder = Recorder(tensors, (calls[:at], met), alive=calls[at].alive | {id(o.standin) for o in met})
        return self._run(recorder, (id(program), at), args, kwargs, program, at)

    def _run(self, recorder: Recorder, kind: Any, args: Any, kwargs: Any, before: Program | None, at: int) -> Any:
        """Runs the function, and makes a program if an earlier recording of that kind is the same."""
        self._note(recorder, args, kwargs)
        modes_before = modes()
        try:
            result = recorder.run(self._function, args, kwargs)
        except STOPPED as error:
            if not isinstance(error, Unbatchable) and not _ours(error):
                raise
            first, recorder = recorder, recorder.rewind()
            self._note(recorder, args, kwargs)
            try:
                result = recorder.run(self._function, args, kwargs)
            except Unbatchable:
                recorder.release()
                first.undo()
                result = self._function(*args, **kwargs)
                self._give_up("an operation of it reads memory in a way that cannot be recorded")
                return result
        found = recorder.recording
        shadow = recorder.finish(result)
        if modes() != modes_before:
            recorder.fault = "it changes the grad mode or the default dtype for what comes after it"
        found.environment.settle()
        reason = found.fault
        waiting = self._waiting.setdefault(kind, [])
        for earlier, earlier_result in waiting if found.fault is None else ():
            try:
                moved = found.environment.parts_from(earlier.environment)
                if moved is not None:
                    raise Difference(f"{moved} changes from call to call")
                known = constants(earlier, found, earlier_result, shadow)
            except Difference as difference:
                reason = str(difference)
                continue
            self._add(Program(
                found, known | (before.constant if before is not None else set()), shadow, before=before, start=at,
                fused=self._fused and numba() is not None,
                prelude=argument_checks(args, kwargs, found.environment.facts) if before is None else None,
            ), before, at)  # fmt: skip
            waiting.clear()
            self._tries.pop(kind, None)
            return result
        if found.fault is None:
            self._waiting[kind] = [*waiting[1 - TRIES :], (found, shadow)]
            while len(self._waiting) > WAITING:
                del self._waiting[next(iter(self._waiting))]
        tries = self._tries[kind] = self._tries.get(kind, 0) + 1
        if tries >= TRIES:
            self._give_up(reason or "it is never twice the same")
        elif len(self._tries) > WAITING:
            self._give_up("its arguments, in shape or value, change all the time: pass tensors of one shape")
        return result

    def _note(self, recorder: Recorder, args: Any, kwargs: Any) -> None:
        environment = recorder.recording.environment
        environment.note_called(self._function)
        environment.note_arguments(args)
        environment.note_arguments(kwargs)

    def _add(self, program: Program, before: Program | None, at: int) -> None:
        programs = self._programs if before is None else before.tails.setdefault(at, [])
        if len(programs) >= PROGRAMS:
            what = programs[0].recording.environment.changed() or "its arguments, in shape or value,"
            self._give_up(f"{what} changes all the time: pass it as a tensor of one shape")
            return
        program.follow = self._follow
        programs.insert(0, program)

    def _give_up(self, reason: str) -> None:
        self.reason = reason
        self._programs.clear()
        self._waiting.clear()
        name = getattr(self._function, "__name__", repr(self._function))
        if self._fullgraph:
            raise RuntimeError(f"compile(fullgraph=True): {name} cannot be replayed: {reason}. (This call was done.)")
        warnings.warn(f"compile: {name} runs as it is, without replays: {reason}", UserWarning, stacklevel=4)
