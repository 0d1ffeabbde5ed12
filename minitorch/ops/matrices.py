"""What the matrix functions share: checked batches of matrices, their error, conjugate transposes."""

from __future__ import annotations

from typing import Any

import numpy as np

from minitorch.core.tensor import Tensor


class LinAlgError(RuntimeError):
    """A matrix does not allow what was asked of it: it is singular, or not positive-definite
    (``torch.linalg.LinAlgError``).
    """


def matrices(x: Tensor, function: str, square: bool = False, name: str = "A") -> Tensor:
    """x, which must be a batch of (square) floating matrices."""
    if x.array.dtype.kind not in "fc":
        raise RuntimeError(
            f"{function}: Expected a floating point or complex tensor as input. Got {x.dtype.alias}: convert it "
            "with .float()"
        )
    if x.array.ndim < 2:
        raise RuntimeError(f"{function}: The input tensor {name} must have at least 2 dimensions.")
    if square and x.array.shape[-1] != x.array.shape[-2]:
        raise RuntimeError(
            f"{function}: {name} must be batches of square matrices, but they are {x.array.shape[-2]} by "
            f"{x.array.shape[-1]} matrices"
        )
    return x


def _h(x: Any) -> Any:
    """The conjugate transpose."""
    return np.conjugate(x.mT) if np.iscomplexobj(x) else x.mT


def _hermitian(x: Any) -> Any:
    """The Hermitian part."""
    return (x + _h(x)) / 2


def _diagonal(w: Any) -> Any:
    """Diagonal matrices."""
    return np.expand_dims(w, -1) * one(w)


def one(x: Any) -> Any:
    """The identity matrix of the size of x's last dim, in its precision."""
    array = x.array if isinstance(x, Tensor) else x
    return np.eye(array.shape[-1], dtype=array.real.dtype)
