"""The closed sets of names a configuration chooses from: optimizers, schedulers, layers and losses."""

from __future__ import annotations

import difflib
import inspect
from collections.abc import Iterable
from functools import cache
from types import ModuleType
from typing import Any, Literal

from minitorch import nn, optim
from minitorch.optim import lr_scheduler
from minitorch.train.signatures import Parameter, configurable

Targets = Literal["labels", "bits", "values"]

# What a loss compares with: a label a row, zeros and ones, or real values.
LOSS_TARGETS: dict[str, Targets] = {
    **dict.fromkeys(("CrossEntropyLoss", "NLLLoss", "MultiMarginLoss"), "labels"),
    **dict.fromkeys(("BCEWithLogitsLoss", "BCELoss", "MultiLabelSoftMarginLoss"), "bits"),
    **dict.fromkeys(("MSELoss", "L1Loss", "SmoothL1Loss", "HuberLoss", "PoissonNLLLoss"), "values"),
}

# What a layer can be told by the data that reaches it, so that a config may leave it out.
INFERRED_LAYER = frozenset(
    {"in_features", "in_channels", "num_features", "num_channels", "normalized_shape", "out_features"}
)
# What a schedule can be told by the length of the training.
INFERRED_SCHEDULE = frozenset({"T_max", "total_steps"})

_WEIGHTS = {"weight": list[float] | None, "pos_weight": list[float] | None}


@cache
def optimizers() -> dict[str, type[Any]]:
    """Every optimizer that needs nothing but the parameters (LBFGS asks for a closure)."""
    found = _subclasses(optim, optim.Optimizer)
    return {n: c for n, c in found.items() if _allowed(c) and not _needs_closure(c)}


@cache
def schedulers() -> dict[str, type[Any]]:
    """Every schedule whose arguments are numbers (LambdaLR asks for a function)."""
    base = getattr(lr_scheduler, "LRScheduler", object)
    return {n: c for n, c in _subclasses(lr_scheduler, base).items() if c is not base and _allowed(c)}


@cache
def layers() -> dict[str, type[Any]]:
    """Every module that turns one tensor into one tensor, containers and losses apart."""
    containers = (nn.Sequential, nn.ModuleList, nn.ModuleDict)
    return {
        n: c
        for n, c in _subclasses(nn, nn.Module).items()
        if not n.endswith("Loss") and not issubclass(c, containers) and _one_to_one(c) and _allowed(c)
    }


@cache
def losses() -> dict[str, type[Any]]:
    """The losses of which it is known what they compare with."""
    return {n: getattr(nn, n) for n in LOSS_TARGETS if hasattr(nn, n)}


def optimizer_parameters(name: str) -> list[Parameter]:
    return configurable(optimizers()[name])


def scheduler_parameters(name: str) -> list[Parameter]:
    return [_inferred(p, INFERRED_SCHEDULE) for p in configurable(schedulers()[name])]


def layer_parameters(name: str) -> list[Parameter]:
    return [_inferred(p, INFERRED_LAYER) for p in configurable(layers()[name])]


def loss_parameters(name: str) -> list[Parameter]:
    made = losses()[name]
    return configurable(made, types={p: t for p, t in _WEIGHTS.items() if p in inspect.signature(made).parameters})


def nearest(name: object, names: Iterable[str]) -> str | None:
    """The name that was probably meant, whatever its case.

    >>> nearest("adma", ["SGD", "Adam", "AdamW"])
    'Adam'
    """
    by_case = {n.lower(): n for n in names}
    close = difflib.get_close_matches(str(name).lower(), by_case, n=1)
    return by_case[close[0]] if close else None


def _inferred(p: Parameter, names: frozenset[str]) -> Parameter:
    return Parameter(p.name, p.type | None, None, p.range) if p.name in names else p


def _subclasses(module: ModuleType, base: type[Any]) -> dict[str, type[Any]]:
    names = getattr(module, "__all__", dir(module))
    found = {n: getattr(module, n) for n in sorted(names)}
    return {n: c for n, c in found.items() if inspect.isclass(c) and issubclass(c, base) and c is not base}


def _allowed(made: type[Any]) -> bool:
    try:
        configurable(made)
    except TypeError:
        return False
    return not made.__name__.startswith("_")


def _needs_closure(optimizer: type[Any]) -> bool:
    closure = inspect.signature(optimizer.step).parameters.get("closure")
    return closure is not None and closure.default is inspect.Parameter.empty


def _one_to_one(layer: type[Any]) -> bool:
    forward = inspect.signature(layer.forward)
    needed = [p for p in list(forward.parameters.values())[1:] if p.default is p.empty]
    return (
        len(needed) == 1
        and needed[0].kind is not needed[0].VAR_POSITIONAL
        and "tuple" not in str(forward.return_annotation).lower()
    )
