"""The table of rules for NumPy's functions on batched arrays, and how rules are entered there."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from minitorch.core.batched import BatchedArray
from minitorch.core.batched_fallback import by_sample, latest

RULES: dict[Any, Callable[..., Any]] = {}


def rule(*functions: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Registers the rule of a function."""

    def register(f: Callable[..., Any]) -> Callable[..., Any]:
        for function in functions:
            RULES[function] = f
        return f

    return register


def of_one(function: Any, data_rule: Callable[..., Any]) -> None:
    """The rule of a function of one array: ``data_rule`` gets all samples; other arguments must not be batched."""

    def apply_one(x: Any, /, *args: Any, **kwargs: Any) -> Any:
        if type(x) is not BatchedArray or latest((args, kwargs)) is not None:
            return by_sample(function, x, *args, **kwargs)
        found = data_rule(x.data, *args, **kwargs)
        if found is NotImplemented:
            return by_sample(function, x, *args, **kwargs)
        if isinstance(found, (tuple, list)):
            items = [BatchedArray(part, x.level) for part in found]
            return type(found)(*items) if hasattr(found, "_fields") else type(found)(items)
        return BatchedArray(found, x.level)

    RULES[function] = apply_one


def named(names: str, module: Any = np) -> list[Any]:
    """NumPy's functions of some names."""
    return [getattr(module, name) for name in names.split()]


def flat(x: Any) -> Any:
    """Each sample in one dimension."""
    return x.reshape(len(x), math.prod(x.shape[1:]))
