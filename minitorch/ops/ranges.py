"""Tensors from a rule: ranges, identity matrices, the places of triangles."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from minitorch.core import dtypes
from minitorch.core.tensor import Tensor
from minitorch.ops.creation import Device, DType, _into, _made, _numpy


def arange(
    *bounds: Any,
    start: Any = None,
    end: Any = None,
    step: Any = 1,
    out: Tensor | None = None,
    dtype: DType = None,
    device: Device = None,
    requires_grad: bool = False,
) -> Tensor:
    """Numbers from ``start`` up to but without ``end`` by ``step`` (``torch.arange``).

    >>> import minitorch
    >>> minitorch.arange(1, 4)
    tensor([1, 2, 3])
    """
    given = [b.item() if isinstance(b, (Tensor, np.generic)) else b for b in bounds]
    if len(given) == 1 and end is None:
        end = given[0]
        start = 0 if start is None else start
    elif given:
        start, end, step = (*given, *(start, end, step)[len(given) :])
    if dtype is not None and dtypes.as_numpy(dtype).kind in "iu":
        start, end, step = int(start), int(end), int(step)
    if step == 0:
        raise RuntimeError("step must be nonzero")
    if not math.isfinite(start) or not math.isfinite(end):
        raise RuntimeError(f"unsupported range: {start} -> {end}")
    if (end - start) * step < 0:
        raise RuntimeError("upper bound and lower bound inconsistent with step sign")
    whole = all(isinstance(b, int) for b in (start, end, step))
    to = dtypes.as_numpy(dtype) if dtype is not None else dtypes.int64.numpy if whole else _numpy(None)
    n = max(math.ceil((end - start) / step), 0)
    exact = np.int64 if whole else np.float64
    return _into(out, _made((np.arange(n, dtype=exact) * step + start).astype(to), requires_grad, device))


def linspace(
    start: Any,
    end: Any,
    steps: int,
    *,
    out: Tensor | None = None,
    dtype: DType = None,
    device: Device = None,
    requires_grad: bool = False,
) -> Tensor:
    """``steps`` numbers at equal distances, from ``start`` to ``end`` (``torch.linspace``)."""
    if steps < 0:
        raise RuntimeError("number of steps must be non-negative")
    for bound in (start, end):
        if isinstance(bound, Tensor) and bound.array.ndim:
            raise RuntimeError(
                "linspace only supports 0-dimensional start and end tensors, but got start with "
                f"{np.ndim(start.array if isinstance(start, Tensor) else start)} dimension(s) and end with "
                f"{np.ndim(end.array if isinstance(end, Tensor) else end)} dimension(s)."
            )
    a, b = float(start), float(end)
    to = _numpy(dtype)
    step = (b - a) / (steps - 1) if steps > 1 else 0.0
    i = np.arange(steps)
    # From both ends, as PyTorch does, so that the result is symmetric and the last number exact.
    values = np.where(i < steps // 2, a + step * i, b - step * (steps - 1 - i)) if steps > 1 else np.full(steps, a)
    return _into(out, _made(values.astype(to), requires_grad, device))


def logspace(
    start: Any,
    end: Any,
    steps: int,
    base: float = 10.0,
    *,
    out: Tensor | None = None,
    dtype: DType = None,
    device: Device = None,
    requires_grad: bool = False,
) -> Tensor:
    """``base`` to the powers that ``linspace`` gives (``torch.logspace``)."""
    exponents = linspace(start, end, steps, dtype=dtypes.float64).array
    return _into(out, _made(np.power(base, exponents).astype(_numpy(dtype)), requires_grad, device))


def eye(
    n: int,
    m: int | None = None,
    *,
    out: Tensor | None = None,
    dtype: DType = None,
    device: Device = None,
    requires_grad: bool = False,
) -> Tensor:
    """Ones on the diagonal of a matrix of zeros (``torch.eye``)."""
    if n < 0 or (m is not None and m < 0):
        raise RuntimeError(f"n must be greater or equal to 0, got {n if n < 0 else m}")
    return _into(out, _made(np.eye(n, m, dtype=_numpy(dtype)), requires_grad, device))


def tril_indices(row: int, col: int, offset: int = 0, *, dtype: DType = dtypes.int64, device: Device = None) -> Tensor:
    """Row and column numbers of a matrix's lower triangle (``torch.tril_indices``)."""
    return _made(np.stack(np.tril_indices(row, offset, col)).astype(_numpy(dtype)), False, device)


def triu_indices(row: int, col: int, offset: int = 0, *, dtype: DType = dtypes.int64, device: Device = None) -> Tensor:
    """Row and column numbers of a matrix's upper triangle (``torch.triu_indices``)."""
    return _made(np.stack(np.triu_indices(row, offset, col)).astype(_numpy(dtype)), False, device)
