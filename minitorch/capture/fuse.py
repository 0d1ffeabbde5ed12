"""Runs of elementwise calls as one loop each, compiled by Numba: what ``compile(mode="max-autotune")`` adds.

A line of a program such as ``multiply(b0, b1, b2)`` is a pass over memory. Lines that follow each other, and whose
functions NumPy computes to the last bit as the processor does, become one *kernel*: a loop that reads each array once,
keeps what nothing else needs in variables, and writes the rest. Functions whose last bits are NumPy's own (exp, tanh,
log) and all that is not elementwise end a run.

Equal runs share a kernel, whatever program they are from. Only a NaN's sign may come out differently, which IEEE 754
leaves open, and there are no warnings of overflow.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from minitorch.capture.calls import Call, Outside
from minitorch.capture.elementwise import BOOL, FLOATS, elementwise, exact, is_float, layout
from minitorch.capture.needed import writes
from minitorch.capture.source import Source
from minitorch.capture.standin import StandIn, ndarray
from minitorch.core.jit import jit

FEWEST, FEWEST_LONG = 3, 2  # calls that are worth a kernel, of fewer and of more elements than
LONG = 1024
SMALLEST = 16  # elements
MOST = 12  # arrays: for more the compiler does not check that it may compute several elements at once


class Operand(NamedTuple):
    """What a pass reads or writes: an array, or one number."""

    text: str  # its name, or a number as it stands in a kernel
    key: Any  # the same for the same memory
    layout: str  # "flat", "row", "column", "one" (element of an array), "scalar" or "number"
    size: int
    dtype: Any
    memory: int | None = None
    array: Any = None  # if it is fixed: itself, without the axes along which it is broadcast already
    span: tuple[int, int] | None = None  # and where it lies


class Pass(NamedTuple):
    """An elementwise call."""

    line: int  # the number of its line
    number: int  # of the call
    template: str  # the expression of an element
    operands: tuple[Operand, ...]
    out: Operand
    new: bool  # whether the call makes an array for its result
    columns: int | None  # the length of the rows, if rows or columns are broadcast
    shape: tuple[int, ...]


@dataclass
class Fuser:
    """Notes the elementwise passes of a program as their lines are written, and rewrites those lines in the end."""

    find: Callable[[StandIn], tuple[str, bool] | None]
    source: Source
    constant: Callable[[StandIn], bool]  # whether an array is the same in each replay
    made: set[int | None]  # memory that the program's calls make
    lasting: set[int | None]  # memory that is used after them
    last: dict[int | None, int]  # the number of the last call that uses memory
    passes: list[Pass] = field(default_factory=list)
    flats: dict[Any, str] = field(default_factory=dict)  # by key: the name of a fixed array's flat view
    idle: set[int] = field(default_factory=set)  # the numbers of lines that do nothing

    @staticmethod
    def of(
        find: Any,
        source: Source,
        constant: Any,
        calls: Sequence[tuple[int, Call]],
        outside: Iterable[Outside],
        lasting: set[Any],
    ) -> Fuser:
        """For a program of these numbered calls."""
        last = {x.memory: i for i, call in calls for x in (*call.inputs(), *call.results())}
        made = {x.memory for _, call in calls for x in call.results()} - {o.standin.memory for o in outside} - {None}
        return Fuser(find, source, constant, made, lasting, last)

    # --- Noting ------------------------------------------------------------------------------------------------------

    def note(self, number: int, call: Call, fill: str) -> None:
        """A call was written as the last line: if it is an elementwise pass, that may be part of a kernel.

        ``fill`` is the line that it took the place of, if any: the call then gets an array of that number.
        """
        line = len(self.source.lines) - 1
        found = elementwise(call)
        if found is None:
            if call.function is ndarray.astype and call.result is call.args[0]:
                self.idle.add(line)
            return
        template, inputs, x = found
        value = x.value
        if value.size < SMALLEST or not (value.dtype in FLOATS or value.dtype == BOOL):
            return
        if fill:
            blank = float(fill.rpartition(".fill(")[2].partition(")")[0])
            inputs = [blank if a is x else a for a in inputs]
        operands = [self._operand(a, value.shape) for a in inputs]
        out = self._operand(x, value.shape)
        if out is None or out.layout != "flat" or any(a is None for a in operands):
            return
        taken = tuple([a for a in operands if a is not None])
        columns = {a.size if a.layout == "row" else out.size // a.size for a in taken if a.layout in ("row", "column")}
        if len(columns) > 1 or not exact(call.function, template, taken, out):
            return
        new = not writes(call) and out.span is None
        self.passes.append(
            Pass(line, number, template, taken, out, new, next(iter(columns), None), value.shape)
        )  # fmt: skip

    def _operand(self, a: Any, shape: tuple[int, ...]) -> Operand | None:
        if type(a) is float or (type(a) is int and abs(a) < 2**53):
            return Operand(repr(float(a)), None, "number", 1, None)
        if isinstance(a, np.generic) and a.dtype in FLOATS:
            return Operand(repr(a.item()), None, "number", 1, a.dtype)
        place = self.find(a) if type(a) is StandIn else None
        if place is None or not (a.value.dtype in FLOATS or a.value.dtype == BOOL):
            return None
        (name, fixed), x, memory = place, a.value, a.memory
        if not isinstance(x, ndarray):
            return Operand(name, name, "scalar", 1, x.dtype)
        if fixed:
            x = x[tuple([slice(0, 1) if stride == 0 else slice(None) for stride in x.strides])]
        how = layout(x.shape, shape)
        if how is None or not (x.flags.c_contiguous and x.flags.aligned):
            return None
        if how == "one" and self.constant(a) and x.dtype in FLOATS:
            return Operand(repr(x.item()), None, "number", 1, x.dtype)
        if not fixed:
            return Operand(name, name, how, x.size, x.dtype, memory)
        start = x.__array_interface__["data"][0]
        return Operand(name, (start, x.size, x.dtype), how, x.size, x.dtype, memory, x, (start, start + x.nbytes))

    # --- Rewriting ---------------------------------------------------------------------------------------------------

    def rewrite(self) -> list[str]:
        """Puts kernels in the place of runs of lines, and returns the kernels' texts."""
        lines = self.source.lines
        skipped = self.idle | {k for k, line in enumerate(lines) if line.startswith("pass ")}
        runs: list[list[Pass]] = []
        for p in self.passes:
            run = runs[-1] if runs else []
            near = bool(run) and all(k in skipped for k in range(run[-1].line + 1, p.line))
            if near and self._together([*run, p]):
                run.append(p)
            else:
                runs.append([p])
        replaced: dict[int, list[str]] = {k: [] for k in self.idle}
        texts: dict[str, None] = {}
        for run in runs:
            if len(run) >= (FEWEST if run[0].out.size < LONG else FEWEST_LONG):
                where = lines[run[0].line].rpartition("  # ")[2]
                statements, text = self._kernel(run, where)
                texts[text] = None
                replaced |= {p.line: [] for p in run}
                replaced[run[0].line] = statements
        lines[:] = [text for k, line in enumerate(lines) for text in replaced.get(k, [line])]
        return list(texts)

    def _together(self, run: list[Pass]) -> bool:
        """Whether passes can be one loop: of one size and dtype, and no element depends on another one."""
        arrays = {a.key: a for p in run for a in (*p.operands, p.out) if a.layout not in ("scalar", "number")}
        floats = {a.dtype for p in run for a in (*p.operands, p.out) if is_float(a.dtype)}
        columns = {p.columns for p in run if p.columns is not None}
        if len({p.out.size for p in run}) > 1 or len(floats) > 1 or len(columns) > 1 or len(arrays) > MOST:
            return False
        written = {p.out.key: p.out for p in run}
        ours = all(a.memory in self.made for a in written.values())
        for a in arrays.values():
            if a.span is None and a.memory not in self.made and (a.key in written or not ours):
                return False  # it may lie anywhere
            for b in written.values():
                if a.key == b.key:
                    if a.layout != b.layout or a.dtype != b.dtype:
                        return False
                elif a.span is None or b.span is None:
                    if a.memory == b.memory:
                        return False
                elif a.span[0] < b.span[1] and b.span[0] < a.span[1]:
                    return False
        return True

    def _lives(self, p: Pass, end: int) -> bool:
        """Whether what a pass wrote is used after call number ``end``."""
        m = p.out.memory
        return m not in self.made or m in self.lasting or self.last[m] > end

    def _kernel(self, run: list[Pass], where: str) -> tuple[list[str], str]:
        """The statements that call a run's kernel, and the kernel's text."""
        source = self.source
        dtype = next(a.dtype for p in run for a in (*p.operands, p.out) if is_float(a.dtype))
        columns = next((p.columns for p in run if p.columns is not None), None)
        size = run[0].out.size
        final = {p.out.key: p for p in run}
        kept = {key: p for key, p in final.items() if self._lives(p, run[-1].number)}
        arguments: dict[Any, tuple[str, str]] = {}  # by key: the parameter and what is passed for it
        before, outer, body = [], [], []
        known: dict[Any, str] = {}  # by key: the variable that holds the element

        def parameter(a: Operand) -> str:
            if a.key not in arguments:
                name = f"{'s' if a.layout == 'scalar' else 'x'}{len(arguments)}"
                arguments[a.key] = name, a.text if a.layout == "scalar" else self._flat(a)
                if a.layout == "flat" and columns is not None:
                    before.append(f"{name}r = {name}.reshape({size // columns}, {columns})")
            return arguments[a.key][0]

        def place(a: Operand) -> str:
            return f"{parameter(a)}[i]" if columns is None else f"{parameter(a)}r[r, i]"

        def element(a: Operand) -> str:
            if a.layout == "number":
                return _number(a.text)
            if a.key not in known:
                name = parameter(a)
                known[a.key] = name if a.layout == "scalar" else f"v{len(known)}"
                if a.layout == "one":
                    before.append(f"{known[a.key]} = {name}[0]")
                elif a.layout == "column":
                    outer.append(f"{known[a.key]} = {name}[r]")
                elif a.layout != "scalar":
                    body.append(f"{known[a.key]} = {name}[i]" if a.layout == "row" else f"{known[a.key]} = {place(a)}")
            return known[a.key]

        statements = []
        for k, p in enumerate(run):
            words = [element(a) for a in p.operands]
            if p.out.dtype in FLOATS:  # a mask counts as 0 and 1; not so the condition of a choice
                masks = [a.dtype == BOOL and not ("where" in p.template and j == 0) for j, a in enumerate(p.operands)]
                words = [f"F({word})" if mask else word for word, mask in zip(words, masks, strict=True)]
            body.append(f"t{k} = {p.template.removeprefix('where: ').format(*words)}")
            known[p.out.key] = f"t{k}"
            if p.new and p.out.key in kept:
                name = source.name(p.out.dtype, "k")
                statements.append(f"{p.out.text} = {source.function(np.empty)}({p.shape}, {name})")
        body += [f"{place(p.out)} = {known[key]}" for key, p in kept.items()]
        if columns is None:
            loop = [f"for i in range({size}):", *[f"    {line}" for line in body]]
        else:
            loop = [f"for r in range({size // columns}):", *[f"    {line}" for line in outer]]
            loop += [f"    for i in range({columns}):", *[f"        {line}" for line in body]]
        names = ", ".join(name for name, _ in arguments.values())
        rest = "".join(f"    {line}\n" for line in (*before, *loop))
        kernel = _KERNELS.get((rest, dtype)) or _Kernel(f"kernel{len(_KERNELS)}", names, rest, dtype)
        _KERNELS[rest, dtype] = kernel
        source.names["jit"] = _compiled
        given = ", ".join(text for _, text in arguments.values())
        source.line(f"{kernel.name}({given})", f"{len(run)} calls, {where}")
        return [*statements, source.lines.pop()], kernel.text

    def _flat(self, a: Operand) -> str:
        """An array as a kernel gets it: flat. A fixed one's view is made beforehand."""
        if a.span is None:
            return f"{a.text}.reshape(-1)"
        if a.key not in self.flats:
            given = self.source.names[a.text]
            alike = given.ndim == 1 and given.shape == a.array.shape
            self.flats[a.key] = a.text if alike else self.source.name(a.array.reshape(-1), f"{a.text}_")
        return self.flats[a.key]


class _Kernel:
    """A loop as source text, which is compiled when it is first called."""

    def __init__(self, name: str, parameters: str, body: str, dtype: Any) -> None:
        self.name = name
        self.text = f"@jit  # F is {dtype}\ndef {name}({parameters}):\n{body}\n"
        names = {"jit": jit, "F": dtype.type, "sqrt": np.sqrt, "inf": math.inf, "nan": math.nan}
        exec(self.text, names)  # our own text
        self.function = names[name]


_KERNELS: dict[Any, _Kernel] = {}  # by body and dtype


def _compiled(function: Any) -> Any:
    """What a kernel's text in a program comes to: the one kernel of that name."""
    return next(kernel.function for kernel in _KERNELS.values() if kernel.name == function.__name__)


def _number(text: str) -> str:
    return f"F({text})"
