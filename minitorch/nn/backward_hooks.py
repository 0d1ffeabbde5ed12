"""Module backward hooks: two identity nodes in the graph, one around a module's inputs, one around its outputs.

The gradients of all outputs pass through the outer node together and those of all inputs through the inner one, so
that each is a single place where every gradient of that side is known and may be replaced.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from minitorch.core.graph import Node
from minitorch.core.mode import is_grad_enabled
from minitorch.core.primitive import primitive, same
from minitorch.core.tensor import Tensor, wrap
from minitorch.core.views import View

Grads = tuple[Any, ...]

# The identity, on one tensor or on several, whose gradients all pass through the one node.
gate_one = primitive("BackwardHookFunctionBackward", lambda x: x.view(), prepare=same, x=lambda g: g)
gate_several = primitive(
    "BackwardHookFunctionBackward",
    lambda *xs: [x.view() for x in xs],
    prepare=same,
    outputs=("*",),
    xs=lambda g: list(g),
)

IN_PLACE = (
    "Output 0 of BackwardHookFunction is a view and is being modified inplace. This view was created inside a module "
    "with a backward hook, which would miss the gradient of the result. This behavior is forbidden. You can fix this "
    "by cloning the tensor before the in-place operation."
)


class BackwardGate:
    """Runs one call's backward hooks: ``pre_hooks`` on the output gradients, ``hooks`` on the input gradients."""

    def __init__(self, module: Any, hooks: Sequence[Callable[..., Any]], pre_hooks: Sequence[Callable[..., Any]]):
        self.module = module
        self.hooks = hooks
        self.pre_hooks = pre_hooks
        self.grad_output: Grads | None = None
        self.inputs: tuple[Any, ...] = ()
        self.n_outputs = 0
        self.input_slots: list[int] | None = None
        self.output_slots: list[int] = []

    def watch_inputs(self, args: tuple[Any, ...]) -> tuple[Any, ...]:
        self.inputs = args
        args, self.input_slots, node = _through_gate(args)
        if node is not None:
            node.register_hook(self._on_grad_input)
        return args

    def watch_outputs(self, result: Any) -> Any:
        if not isinstance(result, Tensor | tuple):
            warnings.warn(
                "For backward hooks to be called, module output should be a Tensor or a tuple of Tensors "
                f"but received {type(result)}",
                stacklevel=4,
            )
        outputs = result if isinstance(result, tuple) else (result,)
        self.n_outputs = len(outputs)
        outputs, slots, node = _through_gate(outputs)
        self.output_slots = slots or []
        if node is not None:
            node.register_prehook(self._on_grad_output)
        return outputs if isinstance(result, tuple) else outputs[0]

    def _on_grad_output(self, grads: Grads) -> Grads:
        """Before the outer node passes on the gradients of the outputs."""
        grad_output = _spread(grads, self.output_slots, (None,) * self.n_outputs)
        for hook in self.pre_hooks:
            changed = hook(self.module, grad_output)
            if changed is not None:
                grad_output = _same_length(changed, grad_output, "Backward pre hook", "grad_output")
        if self.input_slots is None:  # no input is tracked: this is the last we see of this call
            self._without_inputs(grad_output)
        else:
            self.grad_output = grad_output
        return tuple(grad_output[slot] for slot in self.output_slots)

    def _on_grad_input(self, grads: Grads, _: Grads) -> Grads | None:
        """After the inner node has the gradients of the inputs."""
        if self.grad_output is None or self.input_slots is None:  # they did not come through the outputs
            return None
        # An untracked tensor among tracked ones has a gradient of zeros, as in PyTorch.
        grad_input: Grads = tuple(wrap(np.zeros_like(x.array)) if isinstance(x, Tensor) else None for x in self.inputs)
        grad_input = _spread(grads, self.input_slots, grad_input)
        for hook in self.hooks:
            changed = hook(self.module, grad_input, self.grad_output)
            if changed is not None:
                grad_input = _same_length(changed, grad_input, "Backward hook", "grad_input")
        self.grad_output = None
        return tuple(grad_input[slot] for slot in self.input_slots)

    def _without_inputs(self, grad_output: Grads) -> None:
        if self.hooks:
            warnings.warn(
                "Full backward hook is firing when gradients are computed with respect to module outputs since no "
                "inputs require gradients.",
                stacklevel=2,
            )
        for hook in self.hooks:
            changed = hook(self.module, (None,) * len(self.inputs), grad_output)
            if changed is not None and not (isinstance(changed, tuple) and all(g is None for g in changed)):
                raise RuntimeError(
                    "Backward hook for Modules where no input requires gradient should always return None or None "
                    "for all gradients."
                )


def _through_gate(values: tuple[Any, ...]) -> tuple[tuple[Any, ...], list[int] | None, Node | None]:
    """Pass the tracked tensors among ``values`` through one gate: the new values, which they are, and the node."""
    slots = [i for i, value in enumerate(values) if isinstance(value, Tensor) and value.requires_grad]
    if not slots or not is_grad_enabled():
        return values, None, None
    passed = gate_several(*(values[i] for i in slots)) if len(slots) > 1 else (gate_one(values[slots[0]]),)
    changed = list(values)
    for slot, tensor in zip(slots, passed, strict=True):
        _mark_view(tensor, of=values[slot])
        changed[slot] = tensor
    # A named tuple stays one: code after the call may use its field names.
    return (tuple(changed) if type(values) is tuple else type(values)(*changed)), slots, passed[0].grad_fn


def _mark_view(tensor: Tensor, of: Tensor) -> None:
    """It shares its memory, and must not be written to: that would go past the gate."""
    parent = of._view
    base, steps = (of, ()) if parent is None else (parent.base, parent.steps)
    tensor._view = View(base, (*steps, gate_one), IN_PLACE)
    tensor._counter = of._counter


def _spread(grads: Grads, slots: list[int], blank: Grads) -> Grads:
    spread = list(blank)
    for slot, grad in zip(slots, grads, strict=True):
        spread[slot] = grad
    return tuple(spread)


def _same_length(changed: Any, old: Grads, who: str, what: str) -> Grads:
    grads = changed if isinstance(changed, tuple) else (changed,)
    if len(grads) != len(old):
        raise RuntimeError(f"{who} returned an invalid number of {what}, got {len(grads)}, but expected {len(old)}")
    return grads
