"""Modules as functions of their parameters: functional_call and stack_module_state."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from minitorch.core.tensor import Tensor
from minitorch.nn.module import Module
from minitorch.nn.utils.stateless import call_with

State = dict[str, Tensor]


def functional_call(
    module: Module,
    parameter_and_buffer_dicts: State | Sequence[State],
    args: Any = None,
    kwargs: dict[str, Any] | None = None,
    *,
    tie_weights: bool = True,
    strict: bool = False,
) -> Any:
    """Calls a module with these tensors in the place of its parameters and buffers (``torch.func.functional_call``).

    Args:
        module: is as before afterwards. What it writes in place into a buffer is written into the tensor given.
        parameter_and_buffer_dicts: tensors by the names of ``named_parameters()`` and ``named_buffers()``; several
            dicts must not share a name. What is not named stays the module's own.
        args: the positional arguments; one that is no tuple counts as a tuple of one.
        kwargs: the keyword arguments.
        tie_weights: a tensor given for one of several names of a shared parameter counts for all of them.
        strict: raise unless every parameter and buffer is given, and nothing else.

    Raises:
        ValueError: a name in two dicts, or two different tensors for a shared parameter.
        RuntimeError: in strict mode, names that are missing or unknown.
        AttributeError: a name that the module does not have.

    >>> import minitorch
    >>> from minitorch.func import functional_call, grad
    >>> model = minitorch.nn.Linear(2, 1, bias=False)
    >>> x = minitorch.tensor([3.0, 4.0])
    >>> functional_call(model, {"weight": minitorch.ones(1, 2)}, x)
    tensor([7.])
    >>> grad(lambda w: functional_call(model, {"weight": w}, x).sum())(minitorch.ones(1, 2))
    tensor([[3., 4.]])
    """
    tensors = _joined(parameter_and_buffer_dicts)
    if not isinstance(module, Module):
        raise TypeError(f"functional_call: expected a Module, got {type(module).__name__}")
    for name, t in tensors.items():
        if not isinstance(t, Tensor):
            raise TypeError(f"{t!r} is not an instance of torch.Tensor, but is given for {name!r}")
    return call_with(module, tensors, args, kwargs, tie_weights=tie_weights, strict=strict)


def _joined(dicts: Any) -> State:
    if isinstance(dicts, dict):
        return dicts
    if not isinstance(dicts, Sequence):
        raise ValueError(
            f"Expected parameter_and_buffer_dicts to be a dict, or a list/tuple of dicts, but got {type(dicts)}"
        )
    if not all(isinstance(d, dict) for d in dicts):
        raise ValueError("Expected all elements of parameter_and_buffer_dicts to be dictionaries")
    names = [name for d in dicts for name in d]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValueError(f"{twice} appeared in multiple dictionaries; behavior of functional call is ambiguous")
    return {name: t for d in dicts for name, t in d.items()}


def stack_module_state(models: Sequence[Module]) -> tuple[State, State]:
    """The parameters and the buffers of several modules of one class, stacked (``torch.func.stack_module_state``).

    Returns ``(parameters, buffers)``, tensors by name with a leading dimension over the modules, for ``vmap`` over
    ``functional_call``. The parameters are new leaves, which an optimizer can be given.

    Raises:
        RuntimeError: no module, modules of several classes, or some that are trained and some that are not.

    >>> import minitorch
    >>> from minitorch.func import stack_module_state
    >>> parameters, buffers = stack_module_state([minitorch.nn.Linear(3, 2) for _ in range(5)])
    >>> {name: p.shape for name, p in parameters.items()}
    {'weight': torch.Size([5, 2, 3]), 'bias': torch.Size([5, 2])}
    """
    if len(models) == 0:
        raise RuntimeError("stack_module_state: Expected at least one model, got 0.")
    if len({bool(m.training) for m in models}) > 1:
        raise RuntimeError("stack_module_state: Expected all models to have the same training/eval mode.")
    if any(type(m) is not type(models[0]) for m in models):
        raise RuntimeError("stack_module_state: Expected all models to be of the same class.")
    parameters = _stacked([dict(m.named_parameters()) for m in models])
    return parameters, _stacked([dict(m.named_buffers()) for m in models])


def _stacked(states: list[State]) -> State:
    found: State = {}
    for name in states[0]:
        tensors = [state[name] for state in states]
        requires = {t.requires_grad for t in tensors}
        if len(requires) > 1:
            raise RuntimeError(f"Expected {name} from each model to have the same .requires_grad")
        stack: Any = np.stack
        whole: Tensor = stack(tensors)
        found[name] = whole.detach().requires_grad_() if requires.pop() else whole
    return found
