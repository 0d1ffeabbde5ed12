"""A program: a recording as a Python function that does the same NumPy calls, into arrays made beforehand."""

from __future__ import annotations

import linecache
import operator
import sys
import threading
import weakref
from collections.abc import Callable
from typing import Any

import numpy as np

from minitorch.capture.backward import Spent, link, spent
from minitorch.capture.buffers import Buffers
from minitorch.capture.calls import Call, GradOf, Recording
from minitorch.capture.checks import environment_checks
from minitorch.capture.facts import same
from minitorch.capture.homes import Homes
from minitorch.capture.needed import elided, needed, shares, writes
from minitorch.capture.nested import arrays, real
from minitorch.capture.parts import tensors_in
from minitorch.capture.rewrite import BLANKS, into, scalar, ufunc
from minitorch.capture.source import Source
from minitorch.capture.standin import Given, Opaque, StandIn, ndarray, owner
from minitorch.core.dtypes import get_default_dtype
from minitorch.core.mode import mode
from minitorch.core.tensor import INFERENCE, Tensor, wrap

MISS: Any = object()  # what a replay returns when something is not as it was recorded
Prelude = Callable[[Source], list[str]]


class Program(Homes):
    """Replays a recording: ``run(args, kwargs)`` gives the function's result, or MISS.

    Arrays are of two kinds. A *fixed* one is the same in every replay: a parameter's, a constant, or a buffer that a
    call writes its result to; views of fixed arrays are made once. The others are made anew by each replay: arguments,
    NumPy's scalars, what a function without ``out=`` returns, and all that outlives the call.

    A program may be the rest of another, ``before``, whose variables it gets: a *tail* goes on from a decision that
    had another answer than was recorded there, a *backward pass* from the end. ``run(names)`` then.
    """

    def __init__(
        self,
        recording: Recording,
        constants: set[int],
        result: Any,
        *,
        prelude: Prelude | None = None,
        before: Program | None = None,
        start: int = 0,
        backward: bool = False,
        fresh_grads: bool = False,
        fused: bool = False,
    ) -> None:
        """``prelude`` writes the checks of the arguments; ``result`` is the function's, stand-ins for its tensors.

        ``fresh_grads`` makes new arrays for the gradients that are set, instead of writing over those of the last
        replay, which is only right as long as nobody has kept one. ``fused`` makes loops of elementwise calls.
        """
        self.recording = recording
        self.constant = constants  # ids of stand-ins outside whose values never change
        taken: dict[str, int] = {} if before is None else before.source.counts
        self.source: Source = Source(taken)
        self.source.names |= {
            "MISS": MISS, "Tensor": Tensor, "__name__": "minitorch.core.replay", "copyto": np.copyto,
            "default_dtype": get_default_dtype, "fork": self._fork, "getrefcount": sys.getrefcount,
            "inferred": inferred, "keep": self._keep, "link": link, "mode": mode, "replay": None, "same": same,
            "spent": spent, "tensors": tensors_in, "wrap": wrap,
        }  # fmt: skip
        self._before, self._start, self._is_backward, self._fused = before, start, backward, fused
        stop = recording.backward.split if recording.backward is not None and not backward else None
        self._calls = list(enumerate(recording.calls))[start:stop]
        self._outside = {id(o.standin): o for o in recording.outside}
        self._names: dict[int, str] = {}
        self._fixed: dict[int, bool] = {}
        self._folded: set[int] = set()
        self._written = {x.memory for call in recording.calls for x in writes(call)}
        self._again: Callable[[], Program] = lambda: Program(
            recording, constants, result, prelude=prelude, fresh_grads=True, fused=fused
        )
        self._gone = recording.going_out(result)
        self._homes: dict[int, Tensor] = {}  # by id of the stand-in: gradients that stay where they are, and whose
        self._places: dict[Tensor, Any] = {}
        self._watched: list[str] = []
        self._tensors_set: dict[str, Tensor] = {}  # by the name of their gradient, those that get one here
        if before is None and recording.backward is None and not fresh_grads:
            self._settle_grads()
        self._escaping = {x.memory for x in self._gone if isinstance(x.value, ndarray)}
        self._preamble: list[str] = []
        self._kernels: list[str] = []
        self._refills: list[tuple[int, str]] = []  # by when they were met
        self._checks: list[str] = []
        self.inherited: list[str] = []  # the variables of the program before that it uses
        self.uses: list[Tensor | int] = []  # tensors outside, and the numbers of arguments, whose arrays it uses
        self.tails: dict[int, list[Program]] = {}  # how it goes on after another answer, by number of the decision
        self.follow: Callable[[Program, int, dict[str, Any]], Any] | None = None  # when no tail fits
        self.backward: Program | None = None
        self.busy = threading.Lock()
        self._buffers = Buffers((), (), set())
        self._body(result)
        self._end(result)
        self.text = "\n".join([*self._kernels, self._text(prelude)])
        name = f"<minitorch.compile {id(self)}>"
        weakref.finalize(self, linecache.cache.pop, name, None)
        linecache.cache[name] = (len(self.text), None, self.text.splitlines(True), name)
        exec(compile(self.text, name, "exec"), self.source.names)  # our own text
        self.run: Callable[..., Any] = self.source.names["replay"]
        self._places.clear()
        self._count_holders()

    # --- The text ----------------------------------------------------------------------------------------------------

    def texts(self) -> list[str]:
        """The source text, and that of what follows other answers, and of the backward pass."""
        rest = [tail for tails in self.tails.values() for tail in tails]
        rest += [] if self.backward is None else [self.backward]
        return [self.text, *[text for program in rest for text in program.texts()]]

    def _body(self, result: Any) -> None:
        calls = [call for _, call in self._calls]
        keep = needed(calls, self.recording.outside, self.recording.going_out(result))
        copies = elided(calls, keep, self.recording.outside, self._escaping)
        pinned = {x.memory for x in self._gone} | self._escaping
        alive = {k for call in calls if call.kind == "decision" for k in call.alive}
        for call in calls:  # what is copied to a gradient that stays can be written there at once
            if id(call) in copies and id(call.result) in self._homes:
                self._homes[id(copies[id(call)])] = self._homes[id(call.result)]
                pinned.add(copies[id(call)].memory)
        pinned |= {x.memory for call in calls for x in call.results() if id(x) in alive}
        self._buffers = Buffers(calls, keep, pinned)
        fuser = self._fuser([call for call, kept in zip(self._calls, keep, strict=True) if kept], copies, pinned)
        done = [i for i, call in enumerate(self.recording.calls[: self._start]) if call.kind == "whole"]
        flushed = done[-1] + 1 if done else 0
        for (i, call), kept in zip(self._calls, keep, strict=True):
            if not kept:
                continue
            if i == self._start and self._before is not None and call.kind == "decision":
                self._checks.append(self._differs(call))
            elif id(call) in copies:
                x = copies[id(call)]
                self._names[id(call.result)], self._fixed[id(call.result)] = self._of(x), self._fixed[id(x)]
                call.result.value = x.value
                self._buffers.hand_on(x, call.result)
            else:
                if call.kind == "whole":
                    flushed = self._grads(flushed, i)
                if not self._steps(call):
                    lines = self.source.lines
                    before, latest = len(lines), lines[-1] if lines else ""
                    self._emit(i, call)
                    if fuser is not None and lines and len(lines) in (before, before + 1) and lines[-1] is not latest:
                        fuser.note(i, call, latest if len(lines) == before else "")
            self._buffers.done(i - self._start)
        if not self._is_backward:
            self._grads(flushed, len(self.recording.calls) + 1)
        if fuser is not None:
            self._kernels = fuser.rewrite()

    def _fuser(self, calls: list[tuple[int, Call]], copies: dict[int, StandIn], pinned: set[int | None]) -> Any:
        """Makes loops of elementwise calls, if that was asked for."""
        if not self._fused:
            return None
        from minitorch.capture.fuse import Fuser

        lasting = pinned | {x.memory for x in copies.values()}
        lasting |= {x.memory for _, _, x in self.recording.grads_after if x is not None}  # those that stay, too
        constant = lambda x: (id(x) in self.constant or id(x) in self._folded) and x.memory not in self._written  # noqa: E731
        return Fuser.of(self.find, self.source, constant, calls, self.recording.outside, lasting)

    def _grads(self, first: int, last: int) -> int:
        """Sets the gradients that were set before call number ``last``: each tensor's latest."""
        latest = {id(t): (t, x) for at, t, x in self.recording.grads_after if first <= at <= last}
        for t, x in latest.values():
            value = "None" if x is None else f"wrap({self._of(x)})"
            if x is not None and id(x) in self._homes and self._fixed[id(x)]:
                value = self.source.name(wrap(x.value), "G")
                self._watched += [value, self._of(x), self.source.name(owner(x.value), "B")]
            if x is not None:
                self._tensors_set[self._of(x)] = t
            self.source.line(f"{self.source.name(t, 't')}._grad = {value}")
            if x is not None and id(x) in self.recording.grad_versions:
                moved = self.recording.grad_versions[id(x)]
                self.source.line(f"{self.source.name(t, 't')}._grad._counter[0] = {moved}")
        return last + 1

    def _end(self, result: Any) -> None:
        """The last lines: versions, the node of the results that require grad, the result."""
        source, of, backward = self.source, self._of, self.recording.backward
        if self._is_backward:
            source.line(f"return {source.text(result, of)}")
            return
        arguments = "tensors((args, kwargs))" if self._before is None else "tensors((names['args'], names['kwargs']))"
        for t, moved in self.recording.versions:
            if isinstance(t, GradOf):
                place = source.fresh("h")
                self._preamble.append(f"{place} = {source.name(t.leaf, 't')}._grad")
                place = place if self._before is None else f"if {place} is not None: {place}"  # it may be gone
            else:
                place = f"{arguments}[{t}]" if isinstance(t, int) else source.name(t, "t")
            source.line(f"{place}._counter[0] += {moved}")
        linked = {}
        if backward is None:  # the graph of what requires grad is gone
            for x in self.recording.tracked:
                linked[id(x)] = f"spent({of(x)}, {source.name(Spent(x.value), 'spent')})"
        else:
            arrays = [of(x) for x in backward.outputs]
            self.backward = Program(
                self.recording, self.constant, tuple(backward.gradients), before=self, start=backward.split,
                backward=True, fused=self._fused,
            )  # fmt: skip
            linked = {id(x): f"r{k}" for k, x in enumerate(backward.outputs)}
            own = set(self._names.values())
            names = [
                f"{n!r}: {n if n in own or self._before is None else f'names[{n!r}]'}" for n in self.backward.inherited
            ]
            if any(isinstance(t, int) for t in (*backward.targets, *self.backward.uses)):
                names.append(f"'tensors': {arguments}")
            program, targets = source.name(self.backward, "backward"), source.name(tuple(backward.targets), "k")
            source.line(
                f"{', '.join(linked.values())}, = link({program}, {targets}, ({', '.join(arrays)},), "
                f"{{{', '.join(dict.fromkeys(names))}}})"
            )

        inferred = {id(x) for x in self.recording.inferred}
        for x, moved in self.recording.written:
            if backward is None or id(x) not in linked:
                name = source.fresh("y")
                source.line(f"{name} = {linked.get(id(x)) or f'wrap({of(x)})'}")
                source.line(f"{name}._counter[0] = {moved}")
                linked[id(x)] = name

        def out(x: Any) -> str:
            if type(x) is Given:
                return f"{arguments}[{x.which}]" if type(x.which) is int else source.name(x.which, "k")
            return linked.get(id(x)) or (f"inferred({of(x)})" if id(x) in inferred else f"wrap({of(x)})")

        source.line(f"return {source.text(result, out)}")

    def _text(self, prelude: Prelude | None) -> str:
        source, known = self.source, Recording() if self._before is None else self._before.recording
        lines = ["def replay(args, kwargs):" if self._before is None else "def replay(names):"]
        if prelude is not None:
            lines += [f"    {line}" for line in prelude(source)]
        for t, g in self.recording.grads_before.items():
            if t not in known.grads_before and not self._is_backward:
                lines.append(f"    if {source.name(t, 't')}._grad is {'not ' if g is None else ''}None: return MISS")
        seen = {fact.mark for fact in known.environment.facts}
        self._checks += environment_checks([f for f in self.recording.environment.facts if f.mark not in seen], source)
        lines += [f"    {line}" for line in self._preamble]
        if self._watched:
            held = " or ".join(f"getrefcount({name}) > {name}_most" for name in dict.fromkeys(self._watched))
            lines.append(f"    if {held}: return keep(args, kwargs)")
        if self._checks and not self._is_backward:
            lines += ["    try:", *[f"        if {check}: return MISS" for check in dict.fromkeys(self._checks)]]
            lines += ["    except (AttributeError, IndexError, KeyError, ValueError): return MISS"]
        # Where several lie in one memory, what the first was met with is how it begins, and is written last.
        refills = [text for _, text in sorted(self._refills, reverse=True)]
        return "\n".join([*lines, *[f"    {line}" for line in (*refills, *source.lines)]]) + "\n"

    def _emit(self, i: int, call: Call) -> None:
        source, of = self.source, self._of
        inputs = call.inputs()
        for x in inputs:
            of(x)
        if call.kind == "decision":
            source.line(f"if {self._differs(call)}: return fork({i}, locals())", call.where)
            return
        if call.function is operator.setitem:
            x, key, value = call.args
            source.line(f"{of(x)}[{source.key(key, of)}] = {source.text(value, of)}", call.where)
            return
        results = [x for x in call.results() if id(x) not in self._names and id(x) not in self._outside]
        if call.kind == "array" and results and not writes(call):
            if self._foldable(call, inputs):
                for x in results:
                    self._fix(x, "c")
                    self._folded.add(id(x))
                return
            if all(self._fixed[id(x)] for x in inputs) and all(shares(x, inputs) for x in results):
                self._view(call)
                for x in results:  # a view of what stays where it is
                    self._fix(x, "v")
                return
            x = call.result
            fresh = type(x) is StandIn and isinstance(x.value, ndarray) and not shares(x, inputs)
            if fresh and x.memory not in self._escaping:
                text = into(source, call, of, lambda x: self._buffer(x, i, call))
                if text is not None:
                    source.line(text, call.where)
                    return
        if not results and isinstance(call.function, np.ufunc) and len(writes(call)) == 1 and call.function.nout == 1:
            rest = {k: v for k, v in call.kwargs.items() if k != "out"}
            args = tuple([self._blank(a) if a is call.result else a for a in call.args])
            source.line(ufunc(source, call.function, args, rest, of, call.result, of(call.result)), call.where)
            return
        text = scalar(source, call, of) or source.call(call.function, call.args, call.kwargs, of)
        if not results:
            source.line(text, call.where)
            return
        if call.function in READ_ONLY and call.result.value.flags.writeable:
            text = f"{source.function(writeable)}({text})"
        for x in results:
            kind = "a" if isinstance(x.value, ndarray) else "s" if isinstance(x.value, np.generic) else "o"
            self._name(x, source.fresh(kind))
        source.line(f"{_targets(call.result, self._names)} = {text}", call.where)

    def _buffer(self, x: StandIn, i: int, call: Call) -> str:
        """Names the memory that a call's result goes to."""
        if id(x) in self._homes:
            return self._home(x)
        elementwise = isinstance(call.function, np.ufunc) and call.function.signature is None
        self._buffers.take(x, i - self._start, call.inputs() if elementwise else ())
        return self._name_by_memory(x)

    def _name_by_memory(self, x: StandIn) -> str:
        """Names a buffer; the same name for the same memory used again."""
        name = self._names[id(x)] = self.source.name(x.value, "b")
        self._fixed[id(x)] = True
        return name

    @staticmethod
    def _view(call: Call) -> None:
        """Takes a view anew, in case its array has got other memory than when it was recorded."""
        for x, value in zip(call.results(), arrays(call.function(*real(call.args), **real(call.kwargs))), strict=True):
            if isinstance(value, ndarray):
                value.flags.writeable = x.value.flags.writeable
            x.value = value

    def _blank(self, x: StandIn) -> Any:
        """What stands for an array that is about to be overwritten: if it is still blank, a constant that is as blank.

        So it need not be filled in each replay.
        """
        lines, name = self.source.lines, self._of(x)
        for function, value in BLANKS.items():
            if value is not None and lines and lines[-1].startswith(f"{name}.fill({value})"):
                lines.pop()
                return self.source.name(function(x.value), "c")
        return x

    def _foldable(self, call: Call, inputs: list[StandIn]) -> bool:
        """Whether a call has the same result in every replay."""
        if any(id(x) not in self.constant and id(x) not in self._folded for x in inputs):
            return False
        memory = {x.memory for x in (*inputs, *call.results())}
        kept = any(id(x) in self._homes for x in call.results())
        return not (memory & self._written or memory & self._escaping or kept)

    def _differs(self, call: Call) -> str:
        """Whether a decision has another answer than was recorded."""
        for x in call.inputs():
            self._of(x)
        if call.function is np.shape:
            return f"{self._of(call.args[0])}.shape != {call.result}"
        if call.function is bool:
            return f"{'not ' if call.result else ''}{self._of(call.args[0])}"
        text = self.source.call(call.function, call.args, call.kwargs, self._of)
        return f"not same({text}, {call.result!r})"

    # --- Running -----------------------------------------------------------------------------------------------------

    def _fork(self, at: int, names: dict[str, Any]) -> Any:
        """Goes on from a decision with another answer."""
        if self._before is not None:
            names = {**names["names"], **names}
        for tail in self.tails.get(at, ()):
            result = tail.run(names)
            if result is not MISS:
                return result
        assert self.follow is not None
        return self.follow(self, at, names)


def inferred(x: Any) -> Tensor:
    """A tensor as inference mode makes it."""
    t = wrap(x)
    t._counter = INFERENCE
    return t


READ_ONLY = {np.broadcast_to, np.diagonal, ndarray.diagonal}  # these views are made writeable by hand


def writeable(view: Any) -> Any:
    """A view that may be written to."""
    view.flags.writeable = True
    return view


def _targets(result: Any, names: dict[int, str]) -> str:
    if type(result) is StandIn or type(result) is Opaque:
        return names.get(id(result), "_")
    if isinstance(result, (tuple, list)):
        return f"({', '.join(_targets(r, names) for r in result)},)"
    return "_"
