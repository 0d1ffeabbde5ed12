"""``export``: a model and example inputs to a file in the ONNX format."""

from __future__ import annotations

import inspect
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from minitorch.core.mode import no_grad
from minitorch.core.tensor import Tensor, wrap
from minitorch.nn.module import Module
from minitorch.onnx import elementwise, functions, recurrent, rows, windows  # their tables  # noqa: F401
from minitorch.onnx.graph import Graph
from minitorch.onnx.merge import DynamicAxis, merge
from minitorch.onnx.trace import Tracing, UnsupportedOperatorError
from minitorch.serialization.atomic import writing

_OPSETS = range(18, 24)


def export(
    model: Module,
    args: Any,
    f: Any = None,
    *,
    kwargs: Mapping[str, Any] | None = None,
    input_names: Sequence[str] | None = None,
    output_names: Sequence[str] | None = None,
    dynamic_axes: Mapping[str, Any] | None = None,
    opset_version: int = 20,
) -> Any:
    """Write a model as an ONNX graph, by watching it run on example inputs (``torch.onnx.export``).

    The model runs twice in evaluation mode, the second time on other values and sizes: what would be silently fixed to
    the example is an error instead. Parameters keep their names. Needs onnx: ``pip install 'minitorch[onnx]'``.

    Args:
        model: any module made of the common layers and of operations on tensors.
        args: the example input, or a tuple of inputs. What is no tensor is passed on as it is, and is fixed.
        f: a path, whose file is replaced at once, or a file opened for writing bytes; None to get the model only.
        kwargs: further inputs by name.
        input_names, output_names: what the graph calls them; the names of forward's arguments and ``output`` if left
            out.
        dynamic_axes: for the name of an input, the dims whose size may vary: ``{"x": {0: "batch"}}`` or ``{"x": [0]}``.
            Dims of outputs follow from those of the inputs; their names are for the reader.
        opset_version: of the operators, 18 to 23.

    Returns:
        The ``onnx.ModelProto``, which onnx has checked.

    Raises:
        UnsupportedOperatorError: an operation without a form in ONNX, or one that depends on the example; named.
        TypeError, ValueError: arguments that do not fit.
        ModuleNotFoundError: onnx is not installed.
    """
    try:
        import onnx
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(
            "export() writes through onnx, which is not installed: pip install 'minitorch[onnx]'", name=error.name
        ) from None
    if not isinstance(model, Module):
        raise TypeError(f"export() takes a Module, but got {type(model).__name__}")
    if opset_version not in _OPSETS:
        raise ValueError(f"opset_version should be from {_OPSETS[0]} to {_OPSETS[-1]}, but got {opset_version}")
    given = (tuple(args) if isinstance(args, (tuple, list)) else (args,)), dict(kwargs or {})
    inputs = _inputs(model, *given, input_names)
    axes = _dynamic(inputs, dynamic_axes or {}, set(output_names or ()) | {"output"})
    others = {id(t): _other(t, name, axes) for name, t in inputs.items()}
    replaced = _replaced(given[0], others), _replaced(given[1], others)
    names = {id(t.array): name for name, t in (*model.named_buffers(), *model.named_parameters())}
    with _evaluating(model), no_grad():
        first, results = _trace(model, given, inputs, names, opset_version)
        second, _ = _trace(model, replaced, {n: others[id(t)] for n, t in inputs.items()}, names, opset_version)
    graph = merge(first, second, axes)
    made = _proto(onnx, graph, inputs, results, axes, output_names, dynamic_axes or {})
    if f is not None:
        content = made.SerializeToString()
        if isinstance(f, (str, os.PathLike)):
            with writing(f) as file:
                file.write(content)
        else:
            f.write(content)
    return made


@contextmanager
def _evaluating(model: Module) -> Iterator[None]:
    before = [(module, module.training) for module in model.modules()]
    model.eval()
    try:
        yield
    finally:
        for module, training in before:
            module.training = training


def _inputs(model: Module, args: Any, kwargs: dict[str, Any], wanted: Sequence[str] | None) -> dict[str, Tensor]:
    """The tensors among the arguments, by the names that the graph will have."""
    signature = inspect.signature(model.forward)
    found: dict[str, Tensor] = {}
    for name, value in signature.bind(*args, **kwargs).arguments.items():
        if signature.parameters[name].kind is inspect.Parameter.VAR_KEYWORD:
            for key, part in value.items():
                found |= _named(key, part)
        else:
            found |= _named(name, value)
    if wanted is not None:
        if len(wanted) != len(found):
            raise ValueError(f"input_names has {len(wanted)} names, but the model was given {len(found)} tensors")
        found = dict(zip(wanted, found.values()))
    if len({id(t) for t in found.values()}) != len(found):
        raise ValueError("one tensor was given as several inputs: give each its own, with clone()")
    return found


def _named(name: str, value: Any) -> dict[str, Tensor]:
    """The tensors in an argument: that of an argument itself has its name, others a number or key after it."""
    if isinstance(value, Tensor):
        return {name: value}
    parts: Any = ()
    if isinstance(value, (tuple, list)):
        parts = enumerate(value)
    elif isinstance(value, Mapping):
        parts = value.items()
    return {key: t for k, part in parts for key, t in _named(f"{name}_{k}", part).items()}


def _replaced(value: Any, others: dict[int, Tensor]) -> Any:
    """An argument with other tensors in the place of the example's."""
    if isinstance(value, (tuple, list)):
        return type(value)(_replaced(part, others) for part in value)
    if isinstance(value, dict):
        return {key: _replaced(part, others) for key, part in value.items()}
    return others.get(id(value), value)


def _dynamic(inputs: dict[str, Tensor], asked: Mapping[str, Any], outputs: set[str]) -> list[DynamicAxis]:
    """The dynamic axes of the inputs, with a size for the second trace that no other label has."""
    found: list[DynamicAxis] = []
    labels: dict[str, int] = {}
    for name, dims in asked.items():
        if name not in inputs:
            if name in outputs:
                continue
            raise ValueError(f"dynamic_axes names {name!r}, which is no input: they are {', '.join(inputs)}")
        named = dims if isinstance(dims, Mapping) else {d: f"{name}_dynamic_axes_{k + 1}" for k, d in enumerate(dims)}
        for dim, label in named.items():
            shape = inputs[name].array.shape
            if not isinstance(dim, int) or not -len(shape) <= dim < len(shape):
                raise ValueError(f"dynamic_axes has dim {dim!r} of {name!r}, whose shape is {list(shape)}")
            size = shape[dim]
            more = labels.setdefault(label, len(labels) + 1)
            found.append(DynamicAxis(name, dim % len(shape), label, (size, size + more)))
    return found


def _other(t: Tensor, name: str, axes: list[DynamicAxis]) -> Tensor:
    """An input of other values, and of other sizes where they may vary; whole numbers stay in their range."""
    x = t.detach().array
    for axis in axes:
        if axis.input == name and x.shape[axis.axis]:
            x = np.take(x, np.arange(axis.sizes[1]) % x.shape[axis.axis], axis.axis)
    x = np.roll(x, 1) if x.ndim else x.copy()
    return wrap(x * 0.75 + 0.125 if x.dtype.kind == "f" else x)


def _trace(
    model: Module, given: Any, inputs: dict[str, Tensor], names: dict[int, str], opset: int
) -> tuple[Graph, list[tuple[str, Tensor]]]:
    tracing = Tracing(Graph(opset), names)
    for name, t in inputs.items():
        tracing.watch(t, name)
    output = tracing.run(lambda: model(*given[0], **given[1]))
    results = []
    for t in _flat(output):
        if not tracing.knows(t):
            raise UnsupportedOperatorError(
                "an output of the model does not depend on its inputs, or was computed by other means than "
                "minitorch's operations"
            )
        results.append((tracing.name(t), t))
    return tracing.graph, results


def _flat(output: Any) -> list[Tensor]:
    if isinstance(output, Tensor):
        return [output]
    if isinstance(output, dict):
        output = list(output.values())
    if output is None:
        return []
    if not isinstance(output, (tuple, list)):
        raise TypeError(f"a model to export should return tensors, but returned {type(output).__name__}")
    return [t for part in output for t in _flat(part)]


def _proto(
    onnx: Any,
    graph: Graph,
    inputs: dict[str, Tensor],
    results: list[tuple[str, Tensor]],
    axes: list[DynamicAxis],
    wanted: Sequence[str] | None,
    asked: Mapping[str, Any],
) -> Any:
    """The graph in onnx's own classes, checked."""
    helper, from_array = onnx.helper, onnx.numpy_helper.from_array
    names = list(wanted or (["output"] if len(results) == 1 else [f"output_{k}" for k in range(len(results))]))
    if len(names) != len(results):
        raise ValueError(f"output_names has {len(names)} names, but the model gave {len(results)} tensors")
    nodes = []
    for node in graph.nodes:
        attributes = {k: from_array(v) if isinstance(v, np.ndarray) else v for k, v in node.attributes.items()}
        nodes.append(helper.make_node(node.op, node.inputs, node.outputs, name=node.outputs[0], **attributes))
    nodes += [helper.make_node("Identity", [name], [out]) for (name, _), out in zip(results, names)]
    labels = {(axis.input, axis.axis): axis.label for axis in axes}
    used = {name for node in graph.nodes for name in node.inputs}

    def info(name: str, t: Tensor, shape: Sequence[Any] | None) -> Any:
        return helper.make_tensor_value_info(name, helper.np_dtype_to_tensor_dtype(t.array.dtype), shape)

    takes = [info(n, t, [labels.get((n, k), m) for k, m in enumerate(t.array.shape)]) for n, t in inputs.items()]
    gives = []
    for (_, t), name in zip(results, names):
        own = asked.get(name, {})
        own = own if isinstance(own, Mapping) else {d: f"{name}_dynamic_axes_{k + 1}" for k, d in enumerate(own)}
        free = [f"{name}_dim_{k}" for k in range(t.array.ndim)] if axes else list(t.array.shape)
        gives.append(info(name, t, [own.get(k, own.get(k - t.array.ndim, m)) for k, m in enumerate(free)]))
    weights = [from_array(value, name) for name, value in graph.constants.items() if name in used]
    made = helper.make_model(
        helper.make_graph(nodes, type(graph).__name__, takes, gives, weights),
        producer_name="minitorch",
        opset_imports=[helper.make_opsetid("", graph.opset)],
        ir_version=helper.find_min_ir_version_for([helper.make_opsetid("", graph.opset)]),
    )
    onnx.checker.check_model(made, full_check=True)
    return made
