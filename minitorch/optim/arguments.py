"""Checks of the arguments that optimizers have in common, with PyTorch's messages."""

from typing import Any

import numpy as np

from minitorch.core.tensor import Tensor


def number(value: Any) -> float:
    """A hyperparameter as a number. The element of a tensor keeps its precision: arithmetic rounds as PyTorch's."""
    return value.array.reshape(-1)[0] if isinstance(value, Tensor) else value  # type: ignore[no-any-return]


def check(what: str, value: Any, *, below: float | None = None) -> None:
    """Raises ``ValueError`` ("Invalid <what>: ...") unless ``value`` is at least zero, and less than ``below``."""
    if isinstance(value, Tensor) and value.array.size != 1:
        name = {"learning rate": "lr"}.get(what, what)
        raise ValueError(f"Tensor {name} must be 1-element, but its shape is {list(value.array.shape)}")
    value = number(value)
    if not isinstance(value, (int, float, np.number)):
        raise TypeError(f"Invalid {what}: {value!r} of type {type(value).__name__}, a number was expected")
    if not (value >= 0 and (below is None or value < below)):
        expected = "at least 0" if below is None else f"at least 0 and less than {below:g}"
        raise ValueError(f"Invalid {what}: {value}, it must be {expected}")


def check_betas(betas: Any) -> None:
    """Raises unless ``betas`` are two decay rates in [0, 1)."""
    if not (isinstance(betas, (tuple, list)) and len(betas) == 2):
        raise ValueError(f"Invalid betas: {betas!r}, two numbers were expected, such as (0.9, 0.999)")
    for i, beta in enumerate(betas):
        check(f"beta parameter at index {i}", beta, below=1.0)


def check_switches(lr: Any = 0.0, *, foreach: bool | None, fused: bool | None = None, capturable: bool = False) -> None:
    """Raises for combinations of PyTorch's implementation switches that contradict each other."""
    if fused and foreach:
        raise RuntimeError("`fused` and `foreach` cannot be `True` together.")
    if foreach and not capturable and isinstance(lr, Tensor):
        raise ValueError("lr as a Tensor is not supported for capturable=False and foreach=True")
