"""Triangular factorizations, Cholesky and LU, with their derivatives.

The rules follow Giles (2008), "Collected matrix derivative results", and Walter and Lehmann (arXiv:1009.6112); for
complex matrices they are PyTorch's.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from minitorch.core.batched import agreed, raw
from minitorch.core.batched_fallback import sampled
from minitorch.core.primitive import primitive, same
from minitorch.core.protocol import register
from minitorch.core.tensor import Tensor, wrap
from minitorch.ops.concatenation import cat
from minitorch.ops.indexing import take_along
from minitorch.ops.matrices import LinAlgError, _h, _hermitian, matrices, one
from minitorch.ops.results import returned

# --- The table --------------------------------------------------------------------------------------------------------

cholesky_lower = primitive(
    "LinalgCholeskyEx",
    lambda x: _cholesky(x),
    prepare=same,
    x=lambda g, out: _cholesky_backward(np.conjugate(g), out),
)
lu_unpivoted = primitive(  # of a square matrix whose rows have been exchanged already
    "LinalgLu",
    lambda x: _lu_unpivoted(x),
    prepare=same,
    outputs=("l", "u"),
    x=lambda g_l, g_u, l, u: (
        np.linalg.solve(_h(l), np.tril(_h(l) @ g_l, -1) + np.triu(g_u @ _h(u))) @ np.linalg.inv(_h(u))
    ),
)


def _cholesky(x: Any) -> Any:
    try:
        return np.linalg.cholesky(x)
    except np.linalg.LinAlgError:
        raise LinAlgError(
            "linalg.cholesky: The factorization could not be completed because the input is not positive-definite (the "
            f"leading minor of order {int(_leading_minors(x).max())} is not positive-definite)."
        ) from None


def _cholesky_backward(g: Any, out: Any) -> Any:
    lower = np.tril(_h(out) @ g)
    lower = lower * (1 - 0.5 * one(out))
    inverse = np.linalg.inv(out)
    found = _h(inverse) @ lower @ inverse
    return np.conjugate(_hermitian(found))


def _leading_minors(a: Any) -> Any:
    """For each matrix the order of its first leading minor that is not positive-definite, or 0."""
    info = np.zeros(a.shape[:-2], np.int32)
    for place in np.ndindex(info.shape):
        for k in range(1, a.shape[-1] + 1):
            try:
                np.linalg.cholesky(a[place][:k, :k])
            except np.linalg.LinAlgError:
                info[place] = k
                break
    return info


def _lu_unpivoted(x: Any) -> tuple[Any, Any]:
    u = np.array(x)
    n = u.shape[-1]
    l = np.zeros_like(u) + np.eye(n, dtype=u.dtype)
    with np.errstate(divide="ignore", invalid="ignore"):
        for k in range(n - 1):
            pivot = u[..., k : k + 1, k : k + 1]
            factor = np.where(pivot == 0, 0, u[..., k + 1 :, k : k + 1] / pivot)
            l[..., k + 1 :, k : k + 1] = factor
            u[..., k + 1 :, k:] -= factor * u[..., k : k + 1, k:]
    return l, np.triu(u)


register(np.linalg.cholesky, lambda a, upper=False: cholesky_lower(a))

# --- PyTorch's functions ----------------------------------------------------------------------------------------------


@returned("linalg_cholesky_ex")
class cholesky_ex_result(NamedTuple):
    """A Cholesky factor, and 0 or the order of the minor that is not positive-definite."""

    L: Tensor
    info: Tensor


@returned("linalg_lu")
class lu_result(NamedTuple):
    """A permutation, a lower and an upper triangle."""

    P: Tensor
    L: Tensor
    U: Tensor


@returned("linalg_lu_factor")
class lu_factor_result(NamedTuple):
    """Both triangles in one matrix, and the rows exchanged, counted from 1."""

    LU: Tensor
    pivots: Tensor


@returned("linalg_lu_factor_ex")
class lu_factor_ex_result(NamedTuple):
    """``lu_factor``, and 0 or the number of a zero pivot."""

    LU: Tensor
    pivots: Tensor
    info: Tensor


def cholesky(A: Tensor, *, upper: bool = False) -> Tensor:
    """The lower triangle L with ``L @ L.mH == A``, or its adjoint (``torch.linalg.cholesky``).

    Raises ``LinAlgError`` where A is not positive-definite.

    >>> import minitorch
    >>> minitorch.linalg.cholesky(minitorch.tensor([[4.0, 2.0], [2.0, 5.0]]))
    tensor([[2., 0.],
            [1., 2.]])
    """
    matrices(A, "linalg.cholesky", square=True)
    out = cholesky_lower(A)
    return out.mT.conj() if upper else out


def cholesky_ex(A: Tensor, *, upper: bool = False, check_errors: bool = False) -> cholesky_ex_result:
    """``cholesky`` that notes failures in ``info`` instead of raising (``torch.linalg.cholesky_ex``)."""
    matrices(A, "linalg.cholesky_ex", square=True)
    info = _leading_minors(A.array)
    if agreed(info != 0):
        if check_errors:
            cholesky(A)
        lower = np.tril(A.array)
        for place in np.ndindex(info.shape):
            if not info[place]:
                lower[place] = np.linalg.cholesky(A.array[place])
        return cholesky_ex_result(wrap(lower.mT.conj() if upper else lower), wrap(info))
    return cholesky_ex_result(cholesky(A, upper=upper), wrap(info))


@sampled
def _pivots(a: Any, pivot: bool) -> tuple[Any, Any, Any]:
    """LAPACK's row exchanges (from 0), the order of rows they make, and the number of the first zero pivot or 0."""
    from scipy.linalg import lapack

    batch, (m, n) = a.shape[:-2], a.shape[-2:]
    exchanges = np.zeros((*batch, min(m, n)), np.int32)
    order = np.tile(np.arange(m), (*batch, 1))
    info = np.zeros(batch, np.int32)
    factor = lapack.get_lapack_funcs("getrf", (a,))
    for place in np.ndindex(batch):
        if not pivot or 0 in (m, n):
            exchanges[place] = np.arange(min(m, n))
            continue
        _, found, status = factor(a[place])
        exchanges[place] = found
        info[place] = max(status, 0)
        for i, j in enumerate(found):
            order[place][[i, j]] = order[place][[j, i]]
    return exchanges, order, info


def _triangles(A: Tensor, order: Any) -> tuple[Tensor, Tensor]:
    """L and U of the matrix with its rows in that order: of its square block by the row, the rest by substitution."""
    m, n = A.array.shape[-2:]
    k = min(m, n)
    rows = take_along(A, np.broadcast_to(order[..., None], A.array.shape), axis=A.array.ndim - 2)
    l, u = lu_unpivoted(rows[..., :k, :k])
    if m > k:
        from minitorch.ops.solving import solve_triangular

        l = cat([l, solve_triangular(u, rows[..., k:, :k], upper=True, left=False)], -2)
    if n > k:
        from minitorch.ops.solving import solve_triangular

        u = cat([u, solve_triangular(l, rows[..., :k, k:], upper=False, unitriangular=True)], -1)
    return l, u


def lu(A: Tensor, *, pivot: bool = True) -> lu_result:
    """A permutation P and triangles L (ones on its diagonal) and U with ``P @ L @ U == A`` (``torch.linalg.lu``)."""
    matrices(A, "linalg.lu")
    _, order, _ = _pivots(A.array, pivot)
    l, u = _triangles(A, order)
    p = (np.arange(order.shape[-1])[:, None] == order[..., None, :]).astype(A.array.dtype)
    return lu_result(wrap(p) if pivot else A.new_empty(0), l, u)


def lu_factor_ex(A: Tensor, *, pivot: bool = True, check_errors: bool = False) -> lu_factor_ex_result:
    """``lu_factor``, with the number of the first zero pivot (from 1), or 0 (``torch.linalg.lu_factor_ex``)."""
    matrices(A, "linalg.lu_factor_ex")
    exchanges, order, info = _pivots(A.array, pivot)
    if check_errors and raw(info).any():
        raise LinAlgError(
            f"linalg.lu_factor: The diagonal element {int(info.max())} of U is zero: the matrix is singular"
        )
    l, u = _triangles(A, order)
    k = min(A.array.shape[-2:])
    below = l.tril(-1)
    m, n = A.array.shape[-2:]
    if n > k:
        below = cat([below, wrap(np.zeros((*below.array.shape[:-1], n - k), below.array.dtype))], -1)
    if m > k:
        u = cat([u, wrap(np.zeros((*u.array.shape[:-2], m - k, n), u.array.dtype))], -2)
    return lu_factor_ex_result(below + u, wrap(exchanges + np.int32(1)), wrap(info))


def lu_factor(A: Tensor, *, pivot: bool = True) -> lu_factor_result:
    """Both LU triangles in one matrix and LAPACK's pivots (``torch.linalg.lu_factor``)."""
    found = lu_factor_ex(A, pivot=pivot)
    return lu_factor_result(found.LU, found.pivots)


def lu_unpack(LU_data: Tensor, LU_pivots: Tensor, unpack_data: bool = True, unpack_pivots: bool = True) -> lu_result:
    """P, L and U from what ``lu_factor`` gives (``torch.lu_unpack``)."""
    m, n = LU_data.array.shape[-2:]
    k = min(m, n)
    nothing = LU_data.new_empty(0)
    p = l = u = nothing
    if unpack_pivots:
        p = wrap(_permutation(LU_pivots.array, m, LU_data.array.dtype))
    if unpack_data:
        one = wrap(np.eye(m, k, dtype=LU_data.array.dtype))
        l = LU_data[..., :k].tril(-1) + one
        u = LU_data[..., :k, :].triu()
    return lu_result(p, l, u)


@sampled
def _permutation(pivots: Any, m: int, dtype: Any) -> Any:
    out = np.zeros((*pivots.shape[:-1], m, m), dtype)
    for place in np.ndindex(pivots.shape[:-1]):
        order = np.arange(m)
        for i, j in enumerate(pivots[place] - 1):
            order[[i, j]] = order[[j, i]]
        out[place][order, np.arange(m)] = 1
    return out
