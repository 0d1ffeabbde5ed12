"""What an operation does with its inputs' dtypes before NumPy sees them: PyTorch's rules, one function a policy."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from minitorch.core import dtypes
from minitorch.core.tensor import Tensor, ndarray

Policy = Callable[[Sequence[Any]], Sequence[Any]]
SCALARS = (float, int)


def same(arrays: Sequence[Any]) -> Sequence[Any]:
    """Inputs as they are."""
    return arrays


def promote(arrays: Sequence[Any]) -> Sequence[Any]:
    """Arrays cast to PyTorch's result type; Python scalars stay, since NumPy treats them as weak too."""
    to = dtypes.result_numpy(*arrays)
    return [_cast(x, to) for x in arrays]


def promote_float(arrays: Sequence[Any]) -> Sequence[Any]:
    """As promote, and integers become the default floating dtype: exp, sqrt, true division."""
    to = dtypes.as_float(dtypes.result_numpy(*arrays))
    return [_cast(x, to) for x in arrays]


def _cast(x: Any, to: np.dtype[Any]) -> Any:
    if isinstance(x, (ndarray, np.generic)):
        return x if x.dtype == to else x.astype(to)
    return np.asarray(x).astype(to)[()] if to.kind != "f" or isinstance(x, bool) else x


def operand(x: Any) -> Any:
    """The array of a Tensor; a Python scalar for a NumPy one; arrays and scalars as they are."""
    if isinstance(x, Tensor):
        return x.array
    if x.__class__ in SCALARS or isinstance(x, (ndarray, int, float, complex)):
        return x
    if isinstance(x, np.generic):
        return x.item()
    raise TypeError(f"expected a Tensor or a number, but got {type(x).__name__}")
