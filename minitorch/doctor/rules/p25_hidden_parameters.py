"""P25: parameters in a plain list or dict of a module, which the module does not know of."""

from __future__ import annotations

import linecache
import re
from collections.abc import Iterator
from typing import Any

from minitorch.core.tensor import Tensor
from minitorch.doctor.record import Backward, History
from minitorch.doctor.rule import Findings, Rule
from minitorch.doctor.site import Site
from minitorch.nn import Module, Parameter


class HiddenParameters(Rule):
    """They stay at their first values, are not saved, and train() and eval() do not reach them."""

    code = "P25"
    title = "parameters hidden in a plain list or dict: the optimizer never sees them"

    def on_backward(self, h: History, backward: Backward) -> Findings:
        if backward.written == backward.owned or not h.optimizers:
            return
        registered = {id(p) for p in h.parameters()}
        lost = {}
        for x in h.lineages.values():
            leaf = x.leaf()
            new = bool(x.parts) and x.parts[-1] is backward and isinstance(leaf, Parameter)
            if new and id(leaf) not in registered and id(leaf) not in h.owner:
                lost[id(leaf)] = leaf
        if not lost:
            return
        for module in [m for outer in h.modules.values() for m in outer.modules()]:
            for attribute, value in vars(module).items():
                if attribute.startswith("_") and attribute in ("_parameters", "_modules", "_buffers"):
                    continue
                hidden = [p for p in _within(value) if id(p) in lost]
                if hidden and not isinstance(value, (Module, Tensor)):
                    yield self._found(module, attribute, value, hidden, backward)
                    return

    def _found(self, module: Any, attribute: str, value: Any, hidden: list[Any], backward: Backward) -> Any:
        name, kind = type(module).__name__, type(value).__name__
        site = _assignment(module, attribute) or backward.root.site
        container = {"list": "ModuleList", "tuple": "ModuleList", "dict": "ModuleDict"}.get(kind, "submodule")
        if any(isinstance(v, Parameter) for v in (value if isinstance(value, (list, tuple)) else [])):
            container = "ParameterList"
        return self.finding(
            f"{len(hidden)} parameters are hidden in {name}.{attribute}, a plain {kind}",
            [
                (site, f"{name}.parameters() does not give them"),
                (backward.site, "computes their gradients; no optimizer has them"),
            ],
            effect=f"{sum(p.array.size for p in hidden)} weights stay at their first values",
            fix=f"self.{attribute} = nn.{container}(...)",
        )


def _within(value: Any, depth: int = 3) -> Iterator[Tensor]:
    """The parameters in a nest of containers and modules that no module registers."""
    if isinstance(value, Module):
        yield from value.parameters()
    elif isinstance(value, Tensor):
        yield value
    elif depth and isinstance(value, dict):
        for one in value.values():
            yield from _within(one, depth - 1)
    elif depth and isinstance(value, (list, tuple, set)):
        for one in value:
            yield from _within(one, depth - 1)
    elif depth and type(value).__module__ not in ("builtins", "numpy") and hasattr(value, "__dict__"):
        for one in list(vars(value).values()):
            yield from _within(one, depth - 1) if isinstance(one, (Module, Tensor, list, tuple, dict)) else ()


def _assignment(module: Any, attribute: str) -> Site | None:
    """The line of the class that fills the attribute."""
    code = getattr(type(module).__init__, "__code__", None)
    if code is None:
        return None
    lines = linecache.getlines(code.co_filename)
    pattern = re.compile(rf"self\.{re.escape(attribute)}\b\s*(=|:|\.append|\.extend|\+=|\[)")
    for number in range(code.co_firstlineno, min(len(lines), code.co_firstlineno + 80) + 1):
        if pattern.search(lines[number - 1]):
            return Site(code.co_filename, number, code.co_name)
    return None
