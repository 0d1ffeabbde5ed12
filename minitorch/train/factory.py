"""A model made by a function of one's own: ``[model] factory = "my_module:build"``."""

from __future__ import annotations

import importlib
import inspect
import os
import sys
from collections.abc import Callable, Mapping
from typing import Any

from minitorch import nn


class FactoryError(Exception):
    """A factory that is not there, or does not give a model."""


def made(factory: str, arguments: Mapping[str, Any], sizes: Mapping[str, int]) -> nn.Module:
    """Import ``module:function`` (the working folder is looked in, too) and call it.

    It is given ``arguments`` and those of ``sizes`` (``in_features``, ``out_features``) that it has parameters for.

    Raises `FactoryError`, and whatever the function itself raises.
    """
    function = _found(factory)
    known = inspect.signature(function).parameters
    given = {key: size for key, size in sizes.items() if key in known} | dict(arguments)
    model = function(**given)
    if not isinstance(model, nn.Module):
        raise FactoryError(f"should give an nn.Module, {factory} gave a {type(model).__name__}")
    return model


def _found(factory: str) -> Callable[..., Any]:
    module, _, name = factory.partition(":")
    sys.path.insert(0, os.getcwd())  # as `python -m` has it
    try:
        function = getattr(importlib.import_module(module), name, None)
    except ModuleNotFoundError as error:
        raise FactoryError(
            f"there is no module {error.name}: it is looked for in this folder and as installed"
        ) from None
    finally:
        sys.path.remove(os.getcwd())
    if not callable(function):
        raise FactoryError(f"{module} has no function {name}")
    return function  # type: ignore[no-any-return]
