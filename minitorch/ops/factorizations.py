"""Matrix factorizations with their derivatives: Cholesky, QR, LU, symmetric and general eigenvalues, singular values.

The rules follow Giles (2008), "Collected matrix derivative results", and Walter and Lehmann (arXiv:1009.6112); for
complex matrices they are PyTorch's. Rows with several results write their conjugates out (``_h`` is the conjugate
transpose).
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from minitorch.core.batched import agreed, raw
from minitorch.core.batched_fallback import sampled
from minitorch.core.primitive import primitive, same
from minitorch.core.protocol import register
from minitorch.core.tensor import Tensor, wrap
from minitorch.ops.arithmetic import where
from minitorch.ops.indexing import take_along
from minitorch.ops.results import returned
from minitorch.ops.shapes import cat

# --- The table --------------------------------------------------------------------------------------------------------

cholesky_lower = primitive(
    "LinalgCholeskyEx",
    lambda x: _cholesky(x),
    prepare=same,
    x=lambda g, out: _cholesky_backward(np.conjugate(g), out),
)
qr_tall = primitive(  # of a matrix with at least as many rows as columns
    "LinalgQr",
    lambda x: tuple(np.linalg.qr(x)),
    prepare=same,
    outputs=("q", "r"),
    x=lambda g_q, g_r, q, r: _qr_backward(g_q, g_r, q, r),
)
singular = primitive(
    "LinalgSvd",
    lambda x: tuple(np.linalg.svd(x, full_matrices=False)),
    prepare=same,
    outputs=("u", "s", "vh"),
    x=lambda g_u, g_s, g_vh, u, s, vh: _svd_backward(g_u, g_s, g_vh, u, s, vh),
)
eigen_symmetric = primitive(
    "LinalgEigh",
    lambda x, *, upper: tuple(np.linalg.eigh(x, "U" if upper else "L")),
    prepare=same,
    outputs=("w", "v"),
    x=lambda g_w, g_v, w, v: _hermitian(v @ (_diagonal(g_w) + _over_gaps(_h(v) @ g_v, w)) @ _h(v)),
)
eigen = primitive(
    "LinalgEig",
    lambda x: _eig(x),
    prepare=same,
    outputs=("w", "v"),
    x=lambda g_w, g_v, w, v: _eig_backward(g_w, g_v, w, v),
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


def _h(x: Any) -> Any:
    """The conjugate transpose."""
    return np.conjugate(x.mT) if np.iscomplexobj(x) else x.mT


def _hermitian(x: Any) -> Any:
    """The Hermitian part."""
    return (x + _h(x)) / 2


def _diagonal(w: Any) -> Any:
    """Diagonal matrices."""
    return np.expand_dims(w, -1) * one(w)


def _over_gaps(x: Any, w: Any) -> Any:
    """Elements (i, j) divided by w_j - w_i; the diagonal is zero."""
    gaps = np.expand_dims(w, -2) - np.expand_dims(w, -1)
    return x * (1 - one(w)) / (gaps + one(w))


def one(x: Any) -> Any:
    """The identity matrix of the size of x's last dim, in its precision."""
    array = x.array if isinstance(x, Tensor) else x
    return np.eye(array.shape[-1], dtype=array.real.dtype)


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


def _qr_backward(g_q: Any, g_r: Any, q: Any, r: Any) -> Any:
    m = np.triu(g_r @ _h(r) - _h(q) @ g_q)
    m = (m + _h(m)) * (1 - 0.5 * one(r))
    return (g_q + q @ m) @ np.linalg.inv(_h(r))


def _svd_backward(g_u: Any, g_s: Any, g_vh: Any, u: Any, s: Any, vh: Any) -> Any:
    row, column = np.expand_dims(s, -2), np.expand_dims(s, -1)
    i = one(s)
    gaps = (row - column) * (row + column) + i
    a, b = _h(u) @ g_u, g_vh @ _h(vh)
    b = _h(b)
    inner = _diagonal(g_s) + (a - _h(a)) * (1 - i) / gaps * row + column * ((b - _h(b)) * (1 - i) / gaps)
    if np.iscomplexobj(u):  # the phases of singular vectors: only losses that do not depend on them have a gradient
        inner = inner + (a - _h(a)) * i / (2 * row)
    found = u @ inner @ vh
    if u.shape[-2] > u.shape[-1]:
        found = found + (g_u - u @ a) / row @ vh
    if vh.shape[-1] > vh.shape[-2]:
        found = found + u @ ((g_vh - _h(b) @ vh) / column)
    return found


def _eig(x: Any) -> tuple[Any, Any]:
    w, v = np.linalg.eig(x)
    to = np.result_type(x.dtype, np.complex64)
    return w.astype(to), v.astype(to)


def _eig_backward(g_w: Any, g_v: Any, w: Any, v: Any) -> Any:
    a = _h(v) @ g_v
    a = a - _h(v) @ v * np.expand_dims(np.real(np.diagonal(a, 0, -2, -1)), -2)
    return np.linalg.solve(_h(v), _diagonal(g_w) + _over_gaps(a, np.conjugate(w))) @ _h(v)


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
register(np.linalg.eigh, lambda a, UPLO="L": eigh(a, UPLO))
register(np.linalg.svd, lambda a, full_matrices=True, compute_uv=True, hermitian=False: svd(a, full_matrices))
register(np.linalg.qr, lambda a, mode="reduced": qr(a, mode))


# --- PyTorch's functions ----------------------------------------------------------------------------------------------


class LinAlgError(RuntimeError):
    """A matrix does not allow what was asked of it: it is singular, or not positive-definite
    (``torch.linalg.LinAlgError``).
    """


@returned("linalg_qr")
class qr_result(NamedTuple):
    """Orthonormal columns and an upper triangle."""

    Q: Tensor
    R: Tensor


@returned("linalg_svd")
class svd_result(NamedTuple):
    """Singular vectors and values, as ``linalg.svd`` has them."""

    U: Tensor
    S: Tensor
    Vh: Tensor


@returned("linalg_eigh")
class eigh_result(NamedTuple):
    """Eigenvalues in ascending order, and eigenvectors in columns."""

    eigenvalues: Tensor
    eigenvectors: Tensor


@returned("linalg_eig")
class eig_result(NamedTuple):
    """Complex eigenvalues, and eigenvectors in columns."""

    eigenvalues: Tensor
    eigenvectors: Tensor


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


@returned("geqrf")
class geqrf_result(NamedTuple):
    """What ``geqrf`` gives."""

    a: Tensor
    tau: Tensor


@returned("linalg_cholesky_ex")
class cholesky_ex_result(NamedTuple):
    """A Cholesky factor, and 0 or the order of the minor that is not positive-definite."""

    L: Tensor
    info: Tensor


@returned("linalg_lu_factor_ex")
class lu_factor_ex_result(NamedTuple):
    """``lu_factor``, and 0 or the number of a zero pivot."""

    LU: Tensor
    pivots: Tensor
    info: Tensor


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


def qr(A: Tensor, mode: str = "reduced") -> qr_result:
    """Orthonormal columns Q and an upper triangle R with ``Q @ R == A`` (``torch.linalg.qr``)."""
    matrices(A, "linalg.qr")
    if mode not in ("reduced", "complete", "r"):
        raise RuntimeError(
            f"qr received unrecognized mode '{mode}' but expected one of 'reduced' (default), 'r', or 'complete'"
        )
    m, n = A.array.shape[-2:]
    if mode == "complete" and m > n:
        if A.requires_grad:
            raise RuntimeError(
                "linalg.qr: mode='complete' with more rows than columns has no derivative: use mode='reduced'"
            )
        q, r = np.linalg.qr(A.array, mode="complete")
        return qr_result(wrap(q), wrap(r))
    if m >= n:
        q_, r_ = qr_tall(A)
    else:  # the first columns make Q; the rest of R follows
        q_, first = qr_tall(A[..., :m])
        r_ = cat([first, q_.mT.conj() @ A[..., m:]], -1)
    return qr_result(q_.reshape(-1)[:0] if mode == "r" else q_, r_)


def svd(A: Tensor, full_matrices: bool = True, *, driver: str | None = None) -> svd_result:
    """Singular values, in descending order, and vectors: ``U @ diag(S) @ Vh == A`` (``torch.linalg.svd``).

    With ``full_matrices`` the singular vectors that belong to no singular value carry no gradient.
    """
    matrices(A, "linalg.svd")
    u, s, vh = singular(A)
    m, n = A.array.shape[-2:]
    if full_matrices and m != n:
        full_u, _, full_vh = np.linalg.svd(A.array, full_matrices=True)
        k = min(m, n)
        if m > n:
            u = cat([u, wrap(full_u[..., k:])], -1)
        else:
            vh = cat([vh, wrap(full_vh[..., k:, :])], -2)
    return svd_result(u, s, vh)


def svdvals(A: Tensor, *, driver: str | None = None) -> Tensor:
    """The singular values, in descending order (``torch.linalg.svdvals``)."""
    return svd(A, False).S


def _triangle(UPLO: str, function: str) -> bool:
    if UPLO.upper() not in ("L", "U"):
        raise RuntimeError(f"Expected UPLO argument to be 'L' or 'U', but got {UPLO} in {function}")
    return UPLO.upper() == "U"


def eigh(A: Tensor, UPLO: str = "L") -> eigh_result:
    """Ascending eigenvalues and eigenvectors of a symmetric matrix, read from a triangle (``torch.linalg.eigh``)."""
    matrices(A, "linalg.eigh", square=True)
    return eigh_result(*eigen_symmetric(A, upper=_triangle(UPLO, "linalg.eigh")))


def eigvalsh(A: Tensor, UPLO: str = "L") -> Tensor:
    """The eigenvalues of a symmetric matrix (``torch.linalg.eigvalsh``)."""
    return eigh(A, UPLO).eigenvalues


def eig(A: Tensor) -> eig_result:
    """Complex eigenvalues and eigenvectors of a square matrix (``torch.linalg.eig``)."""
    matrices(A, "linalg.eig", square=True)
    if not raw(np.isfinite(A.array)).all():
        raise RuntimeError("linalg.eig: input tensor should not contain infs or NaNs.")
    return eig_result(*eigen(A))


def eigvals(A: Tensor) -> Tensor:
    """The complex eigenvalues of a square matrix (``torch.linalg.eigvals``)."""
    return eig(A).eigenvalues


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


@sampled
def geqrf(input: Tensor) -> geqrf_result:
    """LAPACK's compact QR: R above, Householder vectors below the diagonal, and their factors (``torch.geqrf``)."""
    matrices(input, "torch.geqrf", name="input")
    if input.requires_grad:
        raise RuntimeError("the derivative for 'geqrf' is not implemented: use torch.linalg.qr")
    h, tau = np.linalg.qr(input.array, mode="raw")
    return geqrf_result(wrap(np.ascontiguousarray(h.mT)), wrap(tau))


def householder_product(input: Tensor, tau: Tensor) -> Tensor:
    """The first columns of the product of Householder reflections (``torch.linalg.householder_product``)."""
    matrices(input, "torch.linalg.householder_product", name="input")
    m, n = input.array.shape[-2:]
    if m < n:
        raise RuntimeError(
            "torch.linalg.householder_product: input.shape[-2] must be greater than or equal to input.shape[-1]"
        )
    if tau.array.shape[-1] > n:
        raise RuntimeError(
            "torch.linalg.householder_product: input.shape[-1] must be greater than or equal to tau.shape[-1]"
        )
    start = wrap(np.eye(m, n, dtype=input.array.dtype))
    if not tau.array.size:  # no reflection, but still a function of both
        start = start + input.reshape(-1)[:0].sum() + tau.sum()
    return reflected(input, tau, start)


def reflected(input: Tensor, tau: Tensor, x: Tensor, adjoint: bool = False) -> Tensor:
    """``H_1 ... H_k @ x`` (or the adjoint's) for reflections H = I - tau v v^H, v below the diagonal of ``input``."""
    m = input.array.shape[-2]
    places = range(tau.array.shape[-1])
    for k in places if adjoint else reversed(places):
        row = np.arange(m)
        v = where(wrap(row == k), 1.0, where(wrap(row > k), input[..., :, k], 0.0)).unsqueeze(-1)
        t = tau[..., k, None, None]
        x = x - (t.conj() if adjoint else t) * (v @ (v.mT.conj() @ x))
    return x


def ormqr(input: Tensor, tau: Tensor, other: Tensor, left: bool = True, transpose: bool = False) -> Tensor:
    """``other`` times the Q of ``geqrf``, from the left or right, perhaps transposed (``torch.ormqr``)."""
    matrices(input, "torch.ormqr", name="input")
    if left:
        return reflected(input, tau, other, adjoint=transpose)
    return reflected(input, tau, other.mT.conj(), adjoint=not transpose).mT.conj()
