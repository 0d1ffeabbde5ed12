"""A row of a derivative table: an operation's forward function and the rules of its derivative."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from minitorch.core.plan import Plan, Rule
from minitorch.core.promotion import Policy
from minitorch.core.row_node import RowNode, node_class
from minitorch.core.saved_names import saved_names

Op = Callable[..., Any]


class Row:
    """One row of a derivative table."""

    __slots__ = (
        "backward_name",
        "definition",
        "forward",
        "inputs",
        "joint",
        "name",
        "node",
        "outputs",
        "params",
        "plans",
        "prepare",
        "residuals",
        "rules",
        "variadic",
        "view",
    )

    def __init__(
        self,
        name: str,
        forward: Callable[..., Any],
        rules: dict[str, Rule | None],
        *,
        prepare: Policy,
        view: bool,
        outputs: tuple[str, ...],
        residuals: tuple[str, ...],
        definition: Op | None,
        joint: Rule | None,
    ) -> None:
        self.name = name
        self.backward_name = name if "Backward" in name or name == "CopySlices" else f"{name}Backward0"
        self.forward = forward
        self.rules = rules
        self.prepare = prepare
        self.view = view
        self.outputs = outputs
        self.residuals = residuals
        self.definition = definition
        self.joint = joint
        self.inputs, self.variadic, self.params = _signature(forward, rules)
        self.plans: dict[Any, Plan] = {}
        self.node: type[RowNode] | None = None
        if residuals and definition is None:
            raise TypeError(f"{name}: residuals are not differentiable, so a definition is needed for higher orders")

    def plan(self, needs: tuple[bool, ...]) -> Plan:
        """Which rules run, and what they need saved, when these inputs need a gradient."""
        found = self.plans.get(needs)
        if found is None:
            found = self.plans[needs] = Plan(self, needs)
        return found

    def node_class(self) -> type[RowNode]:
        """The class of this row's nodes, made when the first one is needed."""
        if self.node is None:
            names = saved_names(self.backward_name, self.inputs, self.outputs, self.params)
            self.node = node_class(self.backward_name, names)
        return self.node


def _signature(forward: Callable[..., Any], rules: dict[str, Rule | None]) -> tuple[list[str], str | None, list[str]]:
    """Names of the inputs, of the list that takes the rest of them (if any), and of the keyword parameters."""
    code = getattr(forward, "__code__", None)
    if code is None:  # a ufunc: the rules name its inputs
        return list(rules), None, []
    names, n, k = code.co_varnames, code.co_argcount, code.co_kwonlyargcount
    variadic = names[n + k] if code.co_flags & 0x04 else None
    return list(names[:n]), variadic, list(names[n : n + k])
