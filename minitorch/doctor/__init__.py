"""``minitorch.doctor``: watches a training loop and names its mistakes, with the line and the mending.

``with minitorch.doctor():`` around a loop, ``@minitorch.doctor`` on a function. The module can be called; what it makes
is a `Doctor`.
"""

from __future__ import annotations

import sys
import types
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from minitorch.doctor.doctor import Doctor
from minitorch.doctor.finding import DoctorError, DoctorWarning, Finding
from minitorch.doctor.gallery import explain
from minitorch.doctor.rules import all_rules
from minitorch.doctor.verify import Comparison, verify_accumulation

if TYPE_CHECKING:
    from minitorch.doctor.callback import DoctorCallback

__all__ = [
    "Comparison",
    "Doctor",
    "DoctorCallback",
    "DoctorError",
    "DoctorWarning",
    "Finding",
    "all_rules",
    "explain",
    "verify_accumulation",
]


class _Callable(types.ModuleType):
    """The module, called: ``minitorch.doctor()``, ``minitorch.doctor(model, optimizer)``, ``@minitorch.doctor``."""

    def __call__(self, *args: Any, **options: Any) -> Any:
        if len(args) == 1 and not options and isinstance(args[0], (types.FunctionType, types.MethodType)):
            function: Callable[..., Any] = args[0]
            return Doctor()(function)
        return Doctor(*args, **options)

    def __getattr__(self, name: str) -> Any:
        if name == "DoctorCallback":  # the trainer is loaded when it is asked for
            from minitorch.doctor.callback import DoctorCallback

            return DoctorCallback
        rule = all_rules().get(name)
        if rule is None:
            raise AttributeError(f"module 'minitorch.doctor' has no attribute {name!r}")
        return rule.warning  # minitorch.doctor.P01, to filter warnings by


sys.modules[__name__].__class__ = _Callable
