"""Watches a forward pass and has each operation on the inputs written into a graph.

The watching is done by Python's profiling hook: it is told of every call and return, so no operation carries code for
it. A function that is in a table is written as what the table says, and what it calls inside is passed over. One of
minitorch's functions that made a new tensor of a watched one, and is in no table, is an error with its name: nothing
that depends on the inputs becomes a constant unseen.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import CodeType, FrameType
from typing import Any

import numpy as np

from minitorch.core import inplace
from minitorch.core.row import Row
from minitorch.core.tensor import Array, Tensor
from minitorch.onnx.graph import Graph, same
from minitorch.ops import arithmetic, concatenation, linalg, pointwise

Lowering = Callable[..., Any]


class UnsupportedOperatorError(RuntimeError):
    """An operation that has no form in ONNX here; the message names it."""


FUNCTIONS: dict[CodeType, tuple[Lowering, Callable[..., bool] | None]] = {}  # and when it applies, if not always
ROWS: dict[Any, Lowering] = {}  # by the function that a derivative table's row computes with
FRESH: set[CodeType] = set()  # functions that use no more than a tensor's shape and dtype, or call the user's code
VALUES: set[CodeType] = set()  # functions that give Python a tensor's values


def lowers(*functions: Any, when: Callable[..., bool] | None = None) -> Callable[[Lowering], Lowering]:
    """Enters a lowering of functions in the table: it is called with the tracing and their arguments by name."""

    def enter(lowering: Lowering) -> Lowering:
        for function in functions:
            FUNCTIONS[function.__code__] = lowering, when
        return lowering

    return enter


def lowers_rows(*operations: Any) -> Callable[[Lowering], Lowering]:
    """Enters a lowering of rows: it is called with the tracing, the inputs, and the parameters by name."""

    def enter(lowering: Lowering) -> Lowering:
        for operation in operations:
            ROWS[operation.row.forward] = lowering
        return lowering

    return enter


class Tracing:
    """One watched forward pass."""

    def __init__(self, graph: Graph, names: dict[int, str]) -> None:
        self.graph = graph
        self.result: Any = None  # of the function that is being written
        self._parameters = names  # of the model's parameters and buffers, by the id of their array
        # Watched values by the id of their array, which what ``detach()`` gives has too: with its name in the graph,
        # and the counter and number of its version.
        self._known: dict[int, tuple[Array, str, list[int], int]] = {}
        self._fixed: dict[int, tuple[Array, str]] = {}  # and of the constants
        self._open: list[tuple[FrameType, Any]] = []  # calls under way that were given a watched tensor
        self._inside: FrameType | None = None  # the call that is written as a whole
        self._error: Exception | None = None

    # ------------------------------------------------------------------ names

    def watch(self, t: Tensor, name: str) -> None:
        """From now on ``t`` is what the graph calls ``name``."""
        self._known[id(t.array)] = t.array, name, t._counter, t._counter[0]

    def knows(self, t: Any) -> bool:
        """Whether it depends on the inputs."""
        return isinstance(t, Tensor) and id(t.array) in self._known

    def name(self, t: Tensor) -> str:
        """What the graph calls a tensor, which becomes a constant if it does not depend on the inputs."""
        if id(t.array) in self._known:
            _, name, counter, version = self._known[id(t.array)]
            if counter[0] != version:
                raise UnsupportedOperatorError(
                    "a tensor was written in place by an operation that cannot be exported: use the operation that is "
                    "not in place"
                )
            return name
        found = self._fixed.get(id(t.array))
        if found is None or not same(self.graph.constants[found[1]], t.array):  # (it was written in place since)
            own = self._parameters.get(id(t.array)) if found is None else None
            found = self._fixed[id(t.array)] = t.array, self.graph.constant(t.array, name=own)
        return found[1]

    def optional(self, t: Tensor | None) -> str:
        """The name of a tensor that may be left out, which ONNX calls ""."""
        return "" if t is None else self.name(t)

    def operand(self, x: Any, dtype: np.dtype[Any]) -> str:
        """The name of a tensor or number as an operand in that dtype."""
        if not isinstance(x, Tensor):
            return self.graph.constant(x, dtype)
        return self.cast(self.name(x), x.array.dtype, dtype)

    def cast(self, name: str, given: np.dtype[Any], wanted: np.dtype[Any]) -> str:
        """The value called ``name``, converted if it must be."""
        if given == wanted:
            return name
        from onnx.helper import np_dtype_to_tensor_dtype

        return self.graph.node("Cast", name, to=np_dtype_to_tensor_dtype(wanted))

    def axis(self, t: Tensor, dim: int) -> int:
        """A dim counted from the front."""
        return dim % max(t.array.ndim, 1)

    # ------------------------------------------------------------------ watching

    def run(self, function: Callable[[], Any]) -> Any:
        """Call a function and write down what it does."""
        before = sys.getprofile()
        sys.setprofile(self._event)
        try:
            found = function()
        except Exception:
            if self._error is not None:
                raise self._error from None
            raise
        finally:
            sys.setprofile(before)
        if self._error is not None:
            raise self._error
        return found

    def _event(self, frame: FrameType, event: str, result: Any) -> None:
        try:
            if event == "call":
                self._called(frame)
            elif event == "return" and self._open and self._open[-1][0] is frame:
                self._returned(frame, result)
        except Exception as error:
            if self._error is None:
                self._error = error
            raise

    def _called(self, frame: FrameType) -> None:
        code = frame.f_code
        if self._inside is not None or not str(frame.f_globals.get("__name__", "")).startswith("minitorch."):
            return
        taken = frame.f_locals
        names = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
        more = code.co_varnames[len(names) : len(names) + bool(code.co_flags & 4) + bool(code.co_flags & 8)]
        arguments = {name: taken[name] for name in (*names, *more) if name in taken}
        written = code is _WRITE and id(arguments["result"]) in self._known
        if not written and not any(map(self.knows, _tensors_in(arguments))):
            return
        if code in VALUES:
            raise UnsupportedOperatorError(
                f"{code.co_name}() gives Python the values of a tensor that depends on the inputs: a graph cannot "
                "branch on them. Use where() and its kin"
            )
        write = None if code in FRESH else self._how(frame, code, arguments)
        if write is not None:
            self._inside = frame
        self._open.append((frame, write))

    def _how(self, frame: FrameType, code: CodeType, arguments: dict[str, Any]) -> Callable[[], Any] | None:
        """What will write this call into the graph, if it is one that a table has."""
        if code in FUNCTIONS:
            lowering, when = FUNCTIONS[code]
            if when is None or when(**arguments):
                return self._named(code.co_name, lambda: lowering(self, **arguments))
        if code in _ROW_CODES:
            row: Row = frame.f_locals["row"]
            inputs = list(arguments.get("inputs", ())) or [arguments[k] for k in ("a", "b") if k in arguments]
            return self._row(row, inputs, arguments.get("params", {}))
        if code is _WRITE:
            return self._written(arguments["x"], arguments["result"])
        if code is _IN_PLACE and hasattr(arguments["op"], "row"):
            return self._in_place(arguments["op"].row, arguments["x"], arguments["others"], arguments["params"])
        return None

    def _in_place(self, row: Row, x: Tensor, others: Any, params: dict[str, Any]) -> Callable[[], Any]:
        """An operation whose result is written into ``x``: on what x was before, which it is no longer afterwards."""
        write, before = self._row(row, [x, *others], params), self.name(x)

        def run() -> Any:
            self.watch(x, before)  # in its new version
            return write()

        return run

    def _row(self, row: Row, inputs: list[Any], params: dict[str, Any]) -> Callable[[], Any]:
        lowering = ROWS.get(row.forward)
        if lowering is None:
            raise UnsupportedOperatorError(f"Exporting the operator '{row.name}' to ONNX is not supported")
        return self._named(row.name, lambda: lowering(self, inputs, **params))

    def _named(self, source: str, write: Callable[[], Any]) -> Callable[[], Any]:
        def run() -> Any:
            self.graph.source = source
            return write()

        return run

    def _returned(self, frame: FrameType, result: Any) -> None:
        _, write = self._open.pop()
        if self._inside is frame:
            self._inside = None
        made = [t for t in _tensors_in(result) if not self.knows(t)]
        if write is None:
            if made and frame.f_code not in FRESH:
                where = f"{frame.f_globals.get('__name__')}.{frame.f_code.co_name}"
                raise UnsupportedOperatorError(f"Exporting the operator '{where}' to ONNX is not supported")
            return
        if result is None and frame.f_code is not _WRITE:  # it raised
            return
        self.result = result
        names = write()
        for t, name in zip(_tensors_in(result), [names] if isinstance(names, str) else names):
            self.watch(t, name)

    def _written(self, x: Tensor, result: Any) -> Callable[[], Any]:
        """The end of an operation in place: ``x`` is from now on what was computed, if that is known."""

        def run() -> Any:
            if id(result) in self._known:
                self.watch(x, self._known[id(result)][1])
            return []

        return run


def _tensors_in(value: Any) -> list[Tensor]:
    """The tensors in an argument or result, also those in tuples, lists and dicts."""
    if isinstance(value, Tensor):
        return [value]
    if isinstance(value, dict):
        value = value.values()
    elif not isinstance(value, (tuple, list)):
        return []
    return [t for part in value for t in _tensors_in(part)]


def _code(function: Any) -> CodeType:
    found: CodeType = function.__code__
    return found


# The code of all operations made by ``primitive``: of two inputs, of one, of a fixed number, and all others.
_ROW_CODES = {_code(arithmetic.add), _code(pointwise.exp), _code(linalg.linear), _code(concatenation.join)}
_IN_PLACE = _code(inplace.apply_)
_WRITE = _code(inplace.write)
