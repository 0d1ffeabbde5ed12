"""Pruning: zeros in a module's parameters that training leaves zero, by magnitude, at random or by a mask.

``module.weight`` becomes ``weight_orig`` (trained) times ``weight_mask`` (a buffer); ``remove`` makes that final.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from minitorch.core.tensor import Tensor
from minitorch.nn.module import Module
from minitorch.nn.utils.convert_parameters import parameters_to_vector
from minitorch.nn.utils.prune_base import BasePruningMethod, PruningContainer
from minitorch.nn.utils.prune_methods import (
    CustomFromMask,
    Identity,
    L1Unstructured,
    LnStructured,
    RandomStructured,
    RandomUnstructured,
)

__all__ = [
    "BasePruningMethod",
    "CustomFromMask",
    "Identity",
    "L1Unstructured",
    "LnStructured",
    "PruningContainer",
    "RandomStructured",
    "RandomUnstructured",
    "custom_from_mask",
    "global_unstructured",
    "identity",
    "is_pruned",
    "l1_unstructured",
    "ln_structured",
    "random_structured",
    "random_unstructured",
    "remove",
]


def identity(module: Module, name: str) -> Module:
    """Set up ``module.<name>`` for pruning without pruning it; returns the module, as the others do."""
    Identity.apply(module, name)
    return module


def random_unstructured(module: Module, name: str, amount: float) -> Module:
    """Prune ``amount`` elements of ``module.<name>`` at random: a number, or a part as a float."""
    RandomUnstructured.apply(module, name, amount)
    return module


def l1_unstructured(module: Module, name: str, amount: float, importance_scores: Tensor | None = None) -> Module:
    """Prune the ``amount`` elements of ``module.<name>`` with the smallest absolute values.

    >>> import minitorch as torch
    >>> layer = torch.nn.utils.prune.l1_unstructured(torch.nn.Linear(4, 5), "weight", amount=0.5)
    >>> int((layer.weight == 0).sum())
    10
    >>> sorted(layer.state_dict())
    ['bias', 'weight_mask', 'weight_orig']
    """
    L1Unstructured.apply(module, name, amount, importance_scores)
    return module


def random_structured(module: Module, name: str, amount: float, dim: int) -> Module:
    """Prune ``amount`` slices of ``module.<name>`` along ``dim`` at random."""
    RandomStructured.apply(module, name, amount, dim)
    return module


def ln_structured(
    module: Module, name: str, amount: float, n: Any, dim: int, importance_scores: Tensor | None = None
) -> Module:
    """Prune the ``amount`` slices of ``module.<name>`` along ``dim`` with the smallest ``n``-norms."""
    LnStructured.apply(module, name, amount, n, dim, importance_scores)
    return module


def global_unstructured(
    parameters: Iterable[tuple[Module, str]], pruning_method: Any, importance_scores: Any = None, **kwargs: Any
) -> None:
    """Prune several tensors as if they were one.

    Args:
        parameters: pairs of a module and a name.
        pruning_method: an unstructured method's class.
        importance_scores: (module, name) to a tensor to decide by.
        **kwargs: of the method, as ``amount``.

    Raises:
        TypeError: arguments of other kinds, or a method that is not unstructured.
    """
    if not isinstance(parameters, Iterable):
        raise TypeError(f"global_unstructured(): parameters is not an Iterable, got {type(parameters).__name__}")
    scores = {} if importance_scores is None else importance_scores
    if not isinstance(scores, dict):
        raise TypeError(f"global_unstructured(): importance_scores must be of type dict, got {type(scores).__name__}")
    places = list(parameters)
    tensors = [getattr(module, name) for module, name in places]
    importance = parameters_to_vector([scores.get(place, t) for place, t in zip(places, tensors, strict=True)])
    masks = [
        getattr(module, name + "_mask", t.detach().new_ones(t.shape))
        for (module, name), t in zip(places, tensors, strict=True)
    ]
    method = pruning_method(**kwargs)
    if method.PRUNING_TYPE != "unstructured":
        raise TypeError(
            f'Only "unstructured" PRUNING_TYPE supported for the `pruning_method`. Found method {pruning_method} of '
            f"type {method.PRUNING_TYPE}"
        )
    method._tensor_name = "temp"
    mask = PruningContainer(method).compute_mask(importance, parameters_to_vector(masks))
    start = 0
    for (module, name), t in zip(places, tensors, strict=True):
        custom_from_mask(module, name, mask=mask[start : start + t.numel()].view_as(t))
        start += t.numel()


def custom_from_mask(module: Module, name: str, mask: Tensor) -> Module:
    """Prune what ``mask``, of the shape of ``module.<name>``, has zeros for."""
    CustomFromMask.apply(module, name, mask)
    return module


def remove(module: Module, name: str) -> Module:
    """Make what is pruned in ``module.<name>`` final: a plain parameter again; ValueError if it is not pruned."""
    for key, hook in module._forward_pre_hooks.items():
        if isinstance(hook, BasePruningMethod) and hook._tensor_name == name:
            hook.remove(module)
            del module._forward_pre_hooks[key]
            return module
    raise ValueError(f"Parameter '{name}' of module {module} has to be pruned before pruning can be removed")


def is_pruned(module: Module) -> bool:
    """Whether something of the module, or of one below it, is pruned."""
    return any(isinstance(h, BasePruningMethod) for m in module.modules() for h in m._forward_pre_hooks.values())
