"""Source text of a replay: names for the objects it works on, and each call as a line of NumPy."""

from __future__ import annotations

import keyword
import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from minitorch.capture.standin import Given, Opaque, StandIn, ndarray

_LITERALS = (int, float, bool, str, bytes, type(None))


class Source:
    """Lines of Python and the namespace that they run in."""

    def __init__(self, counts: dict[str, int]) -> None:
        """``counts`` says which numbered names are taken."""
        self.lines: list[str] = []
        self.names: dict[str, Any] = {}
        self._by_id: dict[tuple[int, str], str] = {}
        self.counts = dict(counts)

    def line(self, text: str, comment: str = "") -> None:
        """Adds a line of the function's body."""
        self.lines.append(f"{text:<60}  # {comment}" if comment else text)

    def fresh(self, prefix: str) -> str:
        """A name that is not taken."""
        n = self.counts[prefix] = self.counts.get(prefix, -1) + 1
        return f"{prefix}{n}"

    def name(self, value: Any, prefix: str) -> str:
        """A name for an object; the same one when asked again."""
        key = id(value), prefix
        if key not in self._by_id:
            name = self._by_id[key] = self.fresh(prefix)
            self.names[name] = value
        return self._by_id[key]

    def function(self, function: Callable[..., Any]) -> str:
        """A function's own name if nothing else is called so, else a numbered one."""
        name = getattr(function, "__name__", "call")
        parent = getattr(function, "__self__", None)
        if isinstance(parent, np.ufunc):
            return f"{self.function(parent)}.{name}"
        name = name if name.isidentifier() and not keyword.iskeyword(name) else "call"
        name += "_" if name[1:].isdigit() else ""  # SciPy's k0: that is how values are called here
        taken = self.names.get(name)
        while taken is not None and taken is not function and taken != function:
            name += "_"
            taken = self.names.get(name)
        self.names[name] = function
        return name

    def text(self, value: Any, of: Callable[[StandIn], str]) -> str:
        """A value as an expression; ``of`` gives the names of stand-ins."""
        kind = type(value)
        if kind is StandIn or kind is Opaque or kind is Given:
            return of(value)
        if isinstance(value, _LITERALS) and kind in _LITERALS:
            if kind is float and (value != value or value in (float("inf"), float("-inf"))):
                return self.name(value, "k")
            return repr(value)
        if kind is tuple:
            inner = ", ".join(self.text(v, of) for v in value)
            return f"({inner},)" if len(value) == 1 else f"({inner})"
        if isinstance(value, tuple):
            inner = ", ".join(self.text(v, of) for v in value)
            return f"{self.name(kind, 'kind')}({inner if hasattr(kind, '_fields') else f'[{inner}]'})"
        if kind is list:
            return f"[{', '.join(self.text(v, of) for v in value)}]"
        if kind is slice:
            return f"slice({', '.join(self.text(v, of) for v in (value.start, value.stop, value.step))})"
        if kind is dict:
            return "{" + ", ".join(f"{self.text(k, of)}: {self.text(v, of)}" for k, v in value.items()) + "}"
        return self.name(value, "k")

    def key(self, value: Any, of: Callable[[StandIn], str]) -> str:
        """An index as it stands between brackets."""
        if isinstance(value, slice):
            parts = ["" if v is None else self.text(v, of) for v in (value.start, value.stop)]
            return ":".join(parts) + ("" if value.step is None else f":{self.text(value.step, of)}")
        if value is Ellipsis:
            return "..."
        if type(value) is tuple and value:
            return ", ".join(self.key(v, of) for v in value) + ("," if len(value) == 1 else "")
        return self.text(value, of)

    def call(self, function: Any, args: Any, kwargs: Any, of: Callable[[StandIn], str]) -> str:
        """A call as an expression."""
        if function is operator.getitem:
            return f"{of(args[0])}[{self.key(args[1], of)}]"
        if isinstance(function, operator.attrgetter):
            return f"{of(args[0])}.{function.__reduce__()[1][0]}"
        words = [self.text(a, of) for a in args] + [f"{k}={self.text(v, of)}" for k, v in kwargs.items()]
        if getattr(function, "__objclass__", None) in (ndarray, np.generic):
            return f"{words[0]}.{function.__name__}({', '.join(words[1:])})"
        return f"{self.function(function)}({', '.join(words)})"
