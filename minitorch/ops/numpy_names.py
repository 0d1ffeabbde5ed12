"""NumPy's names for operations that PyTorch calls or parametrises otherwise: ``np.clip(t, 0, 1)`` and the like.

(The other tables register the NumPy functions that are rows of theirs.)
"""

from __future__ import annotations

from typing import Any

import numpy as np

from minitorch.core.protocol import register
from minitorch.core.tensor import Tensor
from minitorch.ops import (
    arithmetic,
    concatenation,
    diagonals,
    einsum,
    gathering,
    linalg,
    norms,
    pointwise,
    rearranging,
    sorting,
)
from minitorch.ops.from_data import as_tensor


def _tensors(values: Any) -> list[Tensor]:
    return [as_tensor(v) for v in values]


def _dot(a: Any, b: Any, out: None = None) -> Any:
    x, y = as_tensor(a), as_tensor(b)
    if x.ndim == 0 or y.ndim == 0:
        return arithmetic.mul(x, y)
    if x.ndim > 2 or y.ndim > 2:
        raise TypeError("np.dot of tensors with more than two dimensions is not supported: use minitorch.tensordot")
    return linalg.matmul(x, y)


def _norm(x: Tensor, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Any:
    if ord is None and axis is None:
        x = x.reshape(-1) if not keepdims else x
    return norms.norm(x, ord, axis, keepdims)


def _median(x: Tensor, axis: Any = None, out: Any = None, overwrite_input: bool = False, keepdims: bool = False) -> Any:
    """NumPy's median of an even number of elements is the mean of the two in the middle, torch.median the lower one."""
    if isinstance(axis, (tuple, list)):
        raise TypeError("np.median of a tensor takes one axis or None: reshape the tensor to have one")
    return sorting.quantile(x, 0.5, axis, keepdims)


def _tensordot(a: Any, b: Any, axes: Any = 2) -> Tensor:
    dims = axes if isinstance(axes, int) else tuple([d] if isinstance(d, int) else list(d) for d in axes)
    return einsum.tensordot(as_tensor(a), as_tensor(b), dims)


_NAMES: dict[Any, Any] = {
    np.clip: lambda a, a_min=None, a_max=None, out=None: pointwise.clamp(a, a_min, a_max),
    np.dot: _dot,
    np.inner: lambda a, b: linalg.inner(as_tensor(a), as_tensor(b)),
    np.outer: lambda a, b, out=None: linalg.outer(as_tensor(a).reshape(-1), as_tensor(b).reshape(-1)),
    np.vstack: lambda tup, **kwargs: concatenation.vstack(_tensors(tup)),
    np.hstack: lambda tup, **kwargs: concatenation.hstack(_tensors(tup)),
    np.trace: lambda a: diagonals.trace(a),
    np.tile: lambda A, reps: rearranging.tile(A, *((reps,) if isinstance(reps, int) else reps)),
    np.repeat: lambda a, repeats, axis=None: rearranging.repeat_interleave(a, repeats, axis),
    np.linalg.norm: _norm,
    np.median: _median,
    np.tensordot: _tensordot,
    np.isclose: lambda a, b, rtol=1e-05, atol=1e-08, equal_nan=False: arithmetic.isclose(
        as_tensor(a), as_tensor(b), rtol, atol, equal_nan
    ),
    np.allclose: lambda a, b, rtol=1e-05, atol=1e-08, equal_nan=False: arithmetic.allclose(
        as_tensor(a), as_tensor(b), rtol, atol, equal_nan
    ),
    np.array_equal: lambda a1, a2: arithmetic.equal(as_tensor(a1), as_tensor(a2)),
    np.argwhere: lambda a: gathering.nonzero(a),
}
for _numpy, _op in _NAMES.items():
    register(_numpy, _op)
