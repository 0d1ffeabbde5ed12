"""NumPy's names for operations that PyTorch calls or parametrises otherwise: ``np.clip(t, 0, 1)`` and the like.

(The other tables register the NumPy functions that are rows of theirs.)
"""

from __future__ import annotations

from typing import Any

import numpy as np

from minitorch.core.protocol import register
from minitorch.core.tensor import Tensor
from minitorch.ops import arithmetic, indexing, linalg, norms, pointwise, shapes
from minitorch.ops.creation import as_tensor


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


_NAMES: dict[Any, Any] = {
    np.clip: lambda a, a_min=None, a_max=None, out=None: pointwise.clamp(a, a_min, a_max),
    np.dot: _dot,
    np.inner: lambda a, b: linalg.inner(as_tensor(a), as_tensor(b)),
    np.outer: lambda a, b, out=None: linalg.outer(as_tensor(a).reshape(-1), as_tensor(b).reshape(-1)),
    np.vstack: lambda tup, **kwargs: shapes.vstack(_tensors(tup)),
    np.hstack: lambda tup, **kwargs: shapes.hstack(_tensors(tup)),
    np.trace: lambda a: shapes.trace(a),
    np.tile: lambda A, reps: shapes.tile(A, *((reps,) if isinstance(reps, int) else reps)),
    np.repeat: lambda a, repeats, axis=None: shapes.repeat_interleave(a, repeats, axis),
    np.linalg.norm: _norm,
    np.isclose: lambda a, b, rtol=1e-05, atol=1e-08, equal_nan=False: arithmetic.isclose(
        as_tensor(a), as_tensor(b), rtol, atol, equal_nan
    ),
    np.allclose: lambda a, b, rtol=1e-05, atol=1e-08, equal_nan=False: arithmetic.allclose(
        as_tensor(a), as_tensor(b), rtol, atol, equal_nan
    ),
    np.array_equal: lambda a1, a2: arithmetic.equal(as_tensor(a1), as_tensor(a2)),
    np.argwhere: lambda a: indexing.nonzero(a),
}
for _numpy, _op in _NAMES.items():
    register(_numpy, _op)
