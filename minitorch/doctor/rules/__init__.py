"""The rules, one file each: a module here with a subclass of Rule is a rule."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

from minitorch.doctor.rule import Rule


@cache
def all_rules() -> dict[str, type[Rule]]:
    """Every rule's class by its code, in order.

    >>> all_rules()["P01"].title
    'zero_grad() is forgotten: every step uses the gradients of earlier ones again'
    """
    found: dict[str, type[Rule]] = {}
    for _, name, _ in pkgutil.iter_modules(__path__):
        module = importlib.import_module(f"{__name__}.{name}")
        for value in vars(module).values():
            if isinstance(value, type) and issubclass(value, Rule) and "code" in vars(value):
                found[value.code] = value
    return dict(sorted(found.items()))
