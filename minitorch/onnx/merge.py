"""Two traces of one model, on inputs of other values and sizes, become one graph; where they differ tells what varies.

A constant that is not the same in both was computed from the inputs in a way that the trace does not see, or from the
size of a dynamic axis. Sizes that a tensor is given may vary: they are written as sizes of the inputs.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from minitorch.core.tensor import Array
from minitorch.onnx.graph import Graph, Node, same
from minitorch.onnx.trace import UnsupportedOperatorError


class DynamicAxis(NamedTuple):
    """A dimension of an input whose size may vary: its name, and its sizes in the two traces."""

    input: str
    axis: int
    label: str
    sizes: tuple[int, int]


def merge(first: Graph, second: Graph, axes: list[DynamicAxis]) -> Graph:
    """The first graph, made independent of the values and sizes of its inputs.

    Raises ``UnsupportedOperatorError`` naming the operation that is not.
    """
    alike = len(first.nodes) == len(second.nodes) and first.constants.keys() == second.constants.keys()
    if not alike or any(a.op != b.op or a.inputs != b.inputs for a, b in zip(first.nodes, second.nodes)):
        raise UnsupportedOperatorError(
            "the model does other operations for other values or sizes of its inputs: a graph does always the same"
        )
    users: dict[str, Node] = {}
    for node, other in zip(first.nodes, second.nodes):
        users |= dict.fromkeys(node.inputs, node)
        if node.attributes.keys() != other.attributes.keys() or any(
            not np.array_equal(value, other.attributes[key]) for key, value in node.attributes.items()
        ):
            raise UnsupportedOperatorError(_varies(node.source))
    merged = Graph(first.opset)
    for name, value in first.constants.items():
        if same(value, second.constants[name]):
            merged.constants[name] = value
        elif name in first.shapes:
            _write_sizes(merged, name, value, second.constants[name], axes, users[name])
        else:
            raise UnsupportedOperatorError(_varies(users[name].source if name in users else "an output"))
    merged.nodes += first.nodes
    return merged


def _varies(source: str) -> str:
    return (
        f"'{source}' is given something that depends on the inputs in a way that cannot be exported: on the size of "
        "a dynamic axis, or on values that were taken out of tensors. Leave the axis out of dynamic_axes, or compute "
        "with tensors throughout"
    )


def _write_sizes(merged: Graph, name: str, a: Array, b: Array, axes: list[DynamicAxis], user: Node) -> None:
    """Sizes under their old name: -1 where one varies, and the sizes of inputs where several do."""
    varying = [k for k in range(len(a)) if a[k] != b[k]]
    reshape = user.op == "Reshape"
    if len(varying) == 1 and reshape and -1 not in a:
        merged.constants[name] = np.where(np.arange(len(a)) == varying[0], -1, a)
        return
    parts: list[str] = []
    unknown = 0
    for k, (m, n) in enumerate(zip(a.tolist(), b.tolist())):
        if m == n:
            parts.append(merged.constant([m], np.int64, f"{name}_{k}"))
            continue
        axis = next((axis for axis in axes if axis.sizes == (m, n)), None)
        if axis is None:
            unknown += 1
            if not reshape or unknown > 1:
                raise UnsupportedOperatorError(_varies(user.source))
            parts.append(merged.constant([-1], np.int64, f"{name}_{k}"))
        else:
            shape = _called(merged, f"{name}_{k}_shape", "Shape", axis.input)
            at = merged.constant([axis.axis], np.int64, f"{name}_{k}_at")
            parts.append(_called(merged, f"{name}_{k}", "Gather", shape, at, axis=0))
    _called(merged, name, "Concat", *parts, axis=0)


def _called(merged: Graph, name: str, op: str, *inputs: str, **attributes: Any) -> str:
    """A node whose result is called ``name``."""
    merged.node(op, *inputs, **attributes)
    merged.nodes[-1].outputs = [name]
    return name
