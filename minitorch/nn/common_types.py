"""Types that layers' constructors are annotated with, and the helpers that spread one number over all dimensions.

The annotations are the one truth about a layer's settings: configuration schemas are made from them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Literal

from minitorch.core.dtypes import dtype
from minitorch.core.tensor import device

Device = device | str | None
DType = dtype | None
PaddingMode = Literal["zeros", "reflect", "replicate", "circular"]
PaddingName = Literal["same", "valid"]
Reduction = Literal["none", "mean", "sum"]
Size1 = int | tuple[int]
Size2 = int | tuple[int, int]
Size3 = int | tuple[int, int, int]
Shape = int | Sequence[int]


def ntuple(value: Any, n: int) -> tuple[int, ...]:
    """A number repeated for ``n`` dimensions; several numbers as they are."""
    if value.__class__ is int:
        return (value,) * n
    return tuple(value) if isinstance(value, Iterable) else (value,) * n


def integers(value: Any, n: int, who: str, name: str) -> tuple[int, ...]:
    """``ntuple`` for a function's argument: one number or ``n`` of them, RuntimeError for any other number of them."""
    values = ntuple(value, n)
    if len(values) == 1:
        values = values * n
    if len(values) != n:
        raise RuntimeError(f"{who}: {name} must either be a single int, or a tuple of {n} ints, got {tuple(values)}")
    return values
