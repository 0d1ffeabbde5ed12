"""An ONNX graph while it is being written: nodes and constants by name, in plain Python."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from minitorch.core.tensor import Array


def same(a: Array, b: Array) -> bool:
    """Whether two constants are one."""
    return a.dtype == b.dtype and np.array_equal(a, b, equal_nan=a.dtype.kind in "fc")


@dataclass
class Node:
    """One operation of ONNX; ``source`` is what it came from, for errors."""

    op: str
    inputs: list[str]
    outputs: list[str]
    attributes: dict[str, Any]
    source: str


@dataclass
class Graph:
    """Nodes in order, and the constants that they use."""

    opset: int
    nodes: list[Node] = field(default_factory=list)
    constants: dict[str, Array] = field(default_factory=dict)
    shapes: set[str] = field(default_factory=set)  # the constants that are sizes, one of which may be -1
    source: str = ""

    def node(self, op: str, *inputs: str, **attributes: Any) -> str:
        """A node with one result, whose name is returned."""
        return self.several(op, 1, *inputs, **attributes)[0]

    def several(self, op: str, count: int, *inputs: str, **attributes: Any) -> list[str]:
        """A node with several results."""
        k = len(self.nodes)
        names = [f"{op}_{k}" if count == 1 else f"{op}_{k}_{i}" for i in range(count)]
        present = list(inputs)
        while present and not present[-1]:  # an input that is left out is called ""
            present.pop()
        self.nodes.append(Node(op, present, names, attributes, self.source))
        return names

    def constant(self, value: Any, dtype: Any = None, name: str | None = None) -> str:
        """A constant; its name is given or made up."""
        name = name or f"constant_{len(self.constants)}"
        self.constants[name] = np.array(value, dtype=dtype)
        return name

    def ints(self, values: Sequence[int]) -> str:
        """A vector of int64: axes, or sizes that never change."""
        return self.constant(list(values), np.int64)

    def shape(self, sizes: Sequence[int]) -> str:
        """Sizes that a tensor gets. Some may turn out to be those of a dynamic axis."""
        name = self.ints(sizes)
        self.shapes.add(name)
        return name
