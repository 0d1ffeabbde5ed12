"""Distances and statistics of samples: norms of differences, covariances, limited rows. All compositions."""

from __future__ import annotations

from typing import Any

import numpy as np

from minitorch.core import dtypes
from minitorch.core.batched import agreed, raw
from minitorch.core.tensor import Tensor, wrap
from minitorch.ops.arguments import dim_index
from minitorch.ops.arithmetic import cast, where
from minitorch.ops.indexing import take_fancy
from minitorch.ops.linalg import matmul
from minitorch.ops.reductions import norm


def dist(input: Tensor, other: Tensor, p: float = 2) -> Tensor:
    """The p-norm of ``input - other`` (``torch.dist``)."""
    return norm(input - other, p)


def _norm_of(difference: Tensor, p: float) -> Tensor:
    """The p-norm over the last dim, as cdist and pdist need it."""
    if difference.array.shape[-1] == 0:
        return difference.sum(-1)
    return norm(difference, p, -1)


def cdist(x1: Tensor, x2: Tensor, p: float = 2.0, compute_mode: str = "use_mm_for_euclid_dist_if_necessary") -> Tensor:
    """The p-norm distances between all rows of two batches of matrices (``torch.cdist``).

    >>> import minitorch
    >>> minitorch.cdist(minitorch.zeros(1, 2), minitorch.tensor([[3.0, 4.0]]))
    tensor([[5.]])
    """
    if x1.array.ndim < 2 or x2.array.ndim < 2:
        raise RuntimeError(
            f"cdist only supports at least 2D tensors, X1 got: {x1.array.ndim}D, X2 got: {x2.array.ndim}D"
        )
    if x1.array.shape[-1] != x2.array.shape[-1]:
        raise RuntimeError(
            f"X1 and X2 must have the same number of columns. X1: {x1.array.shape[-1]} X2: {x2.array.shape[-1]}"
        )
    if p < 0:
        raise RuntimeError("cdist only supports non-negative p values")
    return _norm_of(x1.unsqueeze(-2) - x2.unsqueeze(-3), p)


def pdist(input: Tensor, p: float = 2) -> Tensor:
    """The p-norm distances between all pairs of rows of a matrix (``torch.pdist``)."""
    if input.array.ndim != 2:
        raise RuntimeError(f"pdist only supports 2D tensors, got: {input.array.ndim}D")
    if p < 0:
        raise RuntimeError("pdist only supports non-negative p values")
    i, j = np.triu_indices(input.array.shape[0], 1)
    return _norm_of(take_fancy(input, index=(i,)) - take_fancy(input, index=(j,)), p)


def cov(
    input: Tensor, *, correction: int = 1, fweights: Tensor | None = None, aweights: Tensor | None = None
) -> Tensor:
    """The covariances of variables (rows) over observations (columns) (``torch.cov``)."""
    if input.array.ndim > 2:
        raise RuntimeError(
            f"cov(): expected input to have two or fewer dimensions but got an input with {input.array.ndim} dimensions"
        )
    if input.array.dtype.kind in "biu":
        input = cast(input, dtype=dtypes.get_default_dtype().numpy)
    x = input.reshape(1, -1) if input.array.ndim < 2 else input
    n = x.array.shape[1]
    weights: Tensor | None = None
    if fweights is not None:
        if fweights.array.ndim > 1 or fweights.array.dtype.kind not in "iu":
            raise RuntimeError("cov(): expected fweights to have one or fewer dimensions and an integral dtype")
        weights = fweights
    for name, w in (("fweights", fweights), ("aweights", aweights)):
        if w is not None and w.array.size != n:
            raise RuntimeError(
                f"cov(): expected {name} to have the same numel as there are observations in the input but got "
                f"{w.array.size} != {n}"
            )
        if w is not None and np.any(raw(w.array) < 0):
            raise RuntimeError(f"cov(): {name} cannot be negative")
    if aweights is not None:
        if aweights.array.ndim > 1 or aweights.array.dtype.kind != "f":
            raise RuntimeError("cov(): expected aweights to have one or fewer dimensions and a floating point dtype")
        weights = aweights if weights is None else weights * aweights
    if weights is None:
        total: Any = n
        mean = x.mean(1, keepdim=True)
        factor: Any = n - correction
        scaled = x - mean
        spread = scaled
    else:
        total = weights.sum()
        mean = (x * weights).sum(1, keepdim=True) / total
        if aweights is None or correction == 0:
            factor = total - correction
        else:
            factor = total - correction * (weights * aweights).sum() / total
        spread = x - mean
        scaled = spread * weights
    positive = agreed(factor.array > 0) if isinstance(factor, Tensor) else factor > 0
    out = matmul(scaled, spread.mT.conj()) / (factor if positive else 0)
    return out.squeeze()


def corrcoef(input: Tensor) -> Tensor:
    """Pearson's correlation coefficients of variables (rows), limited to [-1, 1] (``torch.corrcoef``)."""
    if input.array.ndim > 2:
        raise RuntimeError(
            f"corrcoef(): expected input to have two or fewer dimensions but got an input with {input.array.ndim} "
            "dimensions"
        )
    c = cov(input)
    if c.array.ndim == 0:
        return c / c
    deviation = c.diagonal().sqrt()
    out = c / deviation.unsqueeze(-1) / deviation
    return out if out.array.dtype.kind == "c" else out.clamp(-1, 1)


def renorm(input: Tensor, p: float, dim: int, maxnorm: float) -> Tensor:
    """Slices along ``dim`` whose p-norm exceeds ``maxnorm`` scaled down to it (``torch.renorm``)."""
    if input.array.ndim < 2:
        raise RuntimeError(f"renorm: input needs at least 2 dimensions, got {input.array.ndim} dimensions")
    if p <= 0:
        raise RuntimeError("renorm: non-positive-norm not supported")
    if maxnorm < 0:
        raise RuntimeError(f"renorm: expected maxnorm to be >= 0 but got {maxnorm}")
    axis = dim_index(dim, input.array.ndim)
    sizes = norm(input, p, [d for d in range(input.array.ndim) if d != axis], keepdim=True)
    over = wrap(sizes.array > maxnorm)
    return input * where(over, maxnorm / (sizes + 1e-7), 1.0)
