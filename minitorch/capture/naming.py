"""Names for the arrays of a program, and the lines that get those from outside and look whether they are the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from minitorch.capture.calls import Outside, Recording
from minitorch.capture.checks import tensor_checks
from minitorch.capture.source import Source
from minitorch.capture.standin import StandIn
from minitorch.core.tensor import Tensor

if TYPE_CHECKING:
    from minitorch.capture.program import Program


class Naming:
    """The part of a program that names arrays."""

    recording: Recording
    source: Source
    constant: set[int]  # ids of stand-ins outside whose values never change
    uses: list[Tensor | int]  # tensors outside, and the numbers of arguments, whose arrays it uses
    inherited: list[str]  # the variables of the program before that it uses
    _before: Program | None
    _outside: dict[int, Outside]
    _names: dict[int, str]
    _fixed: dict[int, bool]
    _written: set[int | None]
    _escaping: set[int | None]
    _preamble: list[str]
    _checks: list[str]
    _refills: list[tuple[int, str]]

    def find(self, x: StandIn) -> tuple[str, bool] | None:
        """The name of an array here or in the program before, and whether it is fixed; None if it has no name."""
        if id(x) in self._names:
            return self._names[id(x)], self._fixed[id(x)]
        return None if self._before is None else self._before.find(x)

    def _of(self, x: StandIn) -> str:
        """The name of an array; one from outside gets it when it is first asked for."""
        if id(x) not in self._names:
            place = self._before.find(x) if self._before is not None else None
            outside = self._outside.get(id(x))
            if outside is not None:
                self._use(outside)
            if outside is not None and self._goes_out(outside) and place is not None and place[1]:
                self.source.names[place[0]] = x.value
                self._preamble.append(f"{self._name(x, self.source.fresh('a'))} = {place[0]}.copy()")
            elif place is not None:
                self._inherit(x, *place)
            else:
                assert outside is not None
                self._name_outside(outside)
        return self._names[id(x)]

    def _use(self, o: Outside) -> None:
        if o.argument is not None:
            self.uses.append(o.argument)
        elif o.tensor is not None:
            self.uses.append(o.tensor)

    def _inherit(self, x: StandIn, name: str, fixed: bool) -> None:
        """An array of the program before: a fixed one as it is, any other from its variables."""
        self._names[id(x)], self._fixed[id(x)] = name, fixed
        if fixed:
            self.source.names[name] = x.value
        else:
            self._preamble.append(f"{name} = names[{name!r}]")
            self.inherited.append(name)

    def _name_outside(self, o: Outside) -> None:
        x, source = o.standin.value, self.source
        if o.argument is not None:
            if self._before is not None:
                self._inherit(o.standin, f"x{o.argument}", False)
            else:
                self._name(o.standin, f"x{o.argument}")
        elif o.incoming is not None:
            self._preamble.append(f"{self._name(o.standin, source.fresh('g'))} = names['grads'][{o.incoming}]")
        elif o.grad_of is not None:
            name, t = self._name(o.standin, source.fresh("g")), source.name(o.grad_of, "t")
            other = f"({name}.shape, {name}.strides) != {(x.shape, x.strides)}"
            other += f" or {name}.dtype is not {source.name(x.dtype, 'k')}"
            self._preamble += [f"{name} = {t}._grad.array", f"if {other}: return MISS"]
        elif self._goes_out(o):
            self._preamble.append(f"{self._name(o.standin, source.fresh('a'))} = {source.name(o.first, 'c')}.copy()")
        else:
            name = self._fix(o.standin, "c" if o.tensor is None else "p")
            if o.tensor is not None:
                for holder in (o.tensor, *o.others):
                    self._checks += tensor_checks(source.name(holder, "t"), holder, name)
            elif id(o.standin) in self.constant and (
                o.standin.memory in self._written or x.tobytes() != o.first.tobytes()
            ):
                at = next(i for i, other in enumerate(self.recording.outside) if other is o)
                self._refills.append((at, f"copyto({name}, {source.name(o.first, 'c')})"))

    def _goes_out(self, o: Outside) -> bool:
        """Whether it is a constant that the caller gets, and may write to."""
        return id(o.standin) in self.constant and o.standin.memory in self._escaping

    def _name(self, x: StandIn, name: str) -> str:
        """Names an array that each replay makes anew."""
        self._names[id(x)], self._fixed[id(x)] = name, False
        return name

    def _fix(self, x: StandIn, prefix: str) -> str:
        """Names a fixed array."""
        name = self._names[id(x)] = self.source.fresh(prefix)
        self._fixed[id(x)] = True
        self.source.names[name] = x.value
        return name
