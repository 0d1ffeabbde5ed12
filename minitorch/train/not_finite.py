"""Where a loss that is not finite came from: the batch, and its input, a parameter, a layer or the loss itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from minitorch.core.mode import no_grad
from minitorch.core.tensor import Tensor
from minitorch.nn import Module
from minitorch.train.windows import Loss, MicroBatch


def origin(model: Module, loss: Loss, window: Sequence[MicroBatch], done: int) -> str:
    """What went wrong first, as the beginning of a sentence; ``done`` micro-batches of the epoch came before.

    The window runs through the model once more, watched (with other random numbers in dropout), so this is for the end
    of a training only. Empty when nothing is found.
    """
    for number, batch in enumerate(window, done + 1):
        what = _in_batch(model, loss, batch)
        if what:
            return f"batch {number} of the epoch: {what}; "
    return ""


def _in_batch(model: Module, loss: Loss, batch: MicroBatch) -> str:
    for index, given in enumerate([*batch.inputs, batch.target]):
        if bad := _bad(given):
            name = "target" if index == len(batch.inputs) else "input"
            return f"the {name} itself holds {bad}"
    for name, parameter in model.named_parameters():
        if bad := _bad(parameter):
            return f"parameter {name!r} holds {bad}, which the step before made"
    found: list[str] = []
    names = {id(module): name for name, module in model.named_modules()}

    def look(module: Module, inputs: tuple[Any, ...], output: Any) -> None:
        bad = next((b for t in _tensors(output) if (b := _bad(t))), "")
        if bad and not found and not any(_bad(t) for t in _tensors(inputs)):
            found.append(f"layer {names[id(module)] or 'model'!r} ({type(module).__name__}) made {bad}")

    handles = [module.register_forward_hook(look) for module in model.modules()]
    try:
        with no_grad(), np.errstate(all="ignore"):
            output = model(*batch.inputs)
            if not found and (bad := _bad(loss(output, batch.target))):
                largest = max((float(np.abs(t.array).max(initial=0)) for t in _tensors(output)), default=0.0)
                found.append(f"the loss made {bad} of finite outputs, the largest is {largest:.3g}")
    finally:
        for handle in handles:
            handle.remove()
    return found[0] if found else ""


def _tensors(value: Any) -> Iterator[Tensor]:
    if isinstance(value, Tensor):
        yield value
    elif isinstance(value, dict):
        yield from _tensors(list(value.values()))
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _tensors(item)


def _bad(value: Any) -> str:
    """The first value that is not finite and its place, or nothing."""
    if not isinstance(value, Tensor) or value.array.dtype.kind not in "fc":
        return ""
    places = np.argwhere(~np.isfinite(value.array))
    if not len(places):
        return ""
    first = tuple(int(i) for i in places[0])
    more = f" and {len(places) - 1} more" if len(places) > 1 else ""
    return f"{value.array[first]} at {list(first)}{more}"
