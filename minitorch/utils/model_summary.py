"""What a model is made of: its layers with their output shapes, parameters and multiply-adds, as a table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from minitorch.core import dtypes
from minitorch.core.mode import no_grad
from minitorch.core.tensor import Tensor
from minitorch.nn.module import Module
from minitorch.nn.parameter import empty
from minitorch.utils.multiply_adds import multiply_adds

__all__ = ["Layer", "Summary", "count_parameters", "summary"]


def count_parameters(model: Module, trainable_only: bool = False) -> int:
    """The number of elements of all parameters, shared ones once.

    >>> import minitorch as torch
    >>> torch.utils.count_parameters(torch.nn.Linear(3, 2))
    8
    """
    return sum(p.numel() for p in model.parameters() if p.requires_grad or not trainable_only)


@dataclass
class Layer:
    """One call of a module; without a forward pass, one module."""

    name: str  # its dotted name in the model, "" for the model itself
    kind: str  # its class
    depth: int
    output_shape: Any = None  # a list of sizes; tuples, lists and dicts of them where the output is one
    parameters: int = 0  # its own and not those of the modules in it
    trainable: int = 0
    multiply_adds: int = 0
    reused: bool = False  # its parameters were counted where it was called first


@dataclass
class Summary:
    """The table; ``str`` and ``repr`` draw it down to ``depth`` levels."""

    layers: list[Layer] = field(default_factory=list)
    total_params: int = 0
    trainable_params: int = 0
    depth: int = 3

    @property
    def total_mult_adds(self) -> int:
        """Multiply-adds of the whole forward pass."""
        return sum(layer.multiply_adds for layer in self.layers)

    def __repr__(self) -> str:
        rows = [("Layer (type)", "Output shape", "Params", "Mult-adds")]
        shown = [layer for layer in self.layers if layer.depth <= self.depth]
        for layer in shown:
            parts = [layer] if layer.depth < self.depth else list(self._within(layer))
            params, adds = sum(part.parameters for part in parts), sum(part.multiply_adds for part in parts)
            title = f"{'  ' * layer.depth}{layer.name.rpartition('.')[2] or 'model'} ({layer.kind})"
            shape = "--" if layer.output_shape is None else str(layer.output_shape)
            rows.append((title, shape, "(reused)" if layer.reused else _number(params), _number(adds)))
        widths = [max(len(row[k]) for row in rows) for k in range(4)]
        lines = [
            f"{row[0]:<{widths[0]}}  {row[1]:<{widths[1]}}  {row[2]:>{widths[2]}}  {row[3]:>{widths[3]}}".rstrip()
            for row in rows
        ]
        rule = "-" * (sum(widths) + 6)
        totals = [
            f"Total parameters: {self.total_params:,}",
            f"Trainable parameters: {self.trainable_params:,}",
            f"Multiply-adds: {self.total_mult_adds:,}",
        ]
        return "\n".join([lines[0], rule, *lines[1:], rule, *totals])

    def _within(self, layer: Layer) -> Iterator[Layer]:
        """A layer and what is below it, which come right after it."""
        start = next(k for k, other in enumerate(self.layers) if other is layer)
        yield layer
        for other in self.layers[start + 1 :]:
            if other.depth <= layer.depth:
                return
            yield other


def summary(
    model: Module,
    input_size: Sequence[Any] | None = None,
    input_data: Any = None,
    *,
    dtypes: Sequence[Any] | None = None,
    depth: int = 3,
    **kwargs: Any,
) -> Summary:
    """The layers of a model in the order in which a forward pass calls them.

    The model runs once in evaluation mode, and is as it was afterwards. Multiply-adds are those of linear layers,
    convolutions, recurrent layers and attention; all else is counted as free.

    Args:
        model: any module.
        input_size: sizes of its input with the batch first, or a list of them for several inputs.
        input_data: the input itself, or a tuple or list of inputs, or a dict of them by name. Without ``input_size``
            and ``input_data`` nothing runs, and shapes and multiply-adds are left out.
        dtypes: of the inputs made from ``input_size``; float32 if not given. Such inputs are zeros.
        depth: how many levels are drawn; deeper ones are added up.
        kwargs: further arguments of the model's forward.

    >>> import minitorch as torch
    >>> model = torch.nn.Sequential(torch.nn.Linear(4, 8), torch.nn.ReLU(), torch.nn.Linear(8, 2))
    >>> torch.utils.summary(model, (1, 4))
    Layer (type)        Output shape  Params  Mult-adds
    ---------------------------------------------------
    model (Sequential)  [1, 2]            --         --
      0 (Linear)        [1, 8]            40         32
      1 (ReLU)          [1, 8]            --         --
      2 (Linear)        [1, 2]            18         16
    ---------------------------------------------------
    Total parameters: 58
    Trainable parameters: 58
    Multiply-adds: 48
    """
    if not isinstance(model, Module):
        raise TypeError(f"summary() takes a Module, but got {type(model).__name__}")
    if input_size is not None and input_data is not None:
        raise ValueError("summary() takes input_size or input_data, but got both")
    found = Summary([], count_parameters(model), count_parameters(model, trainable_only=True), depth)
    if input_size is None and input_data is None:
        seen: set[int] = set()
        for name, module in model.named_modules(remove_duplicate=False):
            found.layers.append(_layer(name, module, name.count(".") + 1 if name else 0, seen))
        return found
    inputs, named = _inputs(input_size, input_data, dtypes)
    with _watched(model, found.layers), no_grad():
        model(*inputs, **named, **kwargs)
    return found


def _layer(name: str, module: Module, depth: int, seen: set[int]) -> Layer:
    own = list(module.parameters(recurse=False))
    new = [p for p in own if id(p) not in seen]
    seen.update(id(p) for p in own)
    trainable = sum(p.numel() for p in new if p.requires_grad)
    reused = bool(own) and not new
    return Layer(name, type(module).__name__, depth, None, sum(p.numel() for p in new), trainable, reused=reused)


@contextmanager
def _watched(model: Module, layers: list[Layer]) -> Iterator[None]:
    """Evaluation mode, with a line for every module that is called."""
    names = {id(module): name for name, module in model.named_modules()}
    training = {name: module.training for name, module in model.named_modules()}
    seen: set[int] = set()
    open_: list[Layer] = []

    def before(module: Module, args: Any) -> None:
        open_.append(_layer(names[id(module)], module, len(open_), seen))
        layers.append(open_[-1])

    def after(module: Module, args: Any, kwargs: Any, output: Any) -> None:
        layer = open_.pop()
        layer.output_shape = _shape(output)
        layer.multiply_adds = multiply_adds(module, (*args, *kwargs.values()), output)

    handles = []
    try:
        model.eval()
        for module in model.modules():
            handles.append(module.register_forward_pre_hook(before))
            handles.append(module.register_forward_hook(after, with_kwargs=True))
        yield
    finally:
        for handle in handles:
            handle.remove()
        for name, module in model.named_modules():
            module.training = training[name]


def _inputs(size: Any, data: Any, wanted: Sequence[Any] | None) -> tuple[Sequence[Any], dict[str, Any]]:
    if isinstance(data, dict):
        return (), data
    if data is not None:
        return (data,) if isinstance(data, Tensor) else tuple(data), {}
    sizes = [size] if all(isinstance(n, int) for n in size) else list(size)
    kinds = list(wanted) if wanted is not None else [dtypes.get_default_dtype()] * len(sizes)
    if len(kinds) != len(sizes):
        raise ValueError(f"summary() needs one dtype for each input, but got {len(kinds)} for {len(sizes)}")
    return [empty(*s, dtype=kind).zero_() for s, kind in zip(sizes, kinds)], {}


def _shape(output: Any) -> Any:
    if isinstance(output, Tensor):
        return list(output.shape)
    if isinstance(output, dict):
        return {key: _shape(value) for key, value in output.items()}
    return tuple(_shape(value) for value in output) if isinstance(output, (tuple, list)) else None


def _number(n: int) -> str:
    return f"{n:,}" if n else "--"
