"""Inverses, determinants and solutions of linear systems; matrix powers and exponentials."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from minitorch.core.batched import agreed, raw
from minitorch.core.batched_fallback import sampled
from minitorch.core.primitive import Operation, primitive, same
from minitorch.core.protocol import register
from minitorch.core.tensor import Tensor, wrap
from minitorch.ops import arithmetic
from minitorch.ops.arithmetic import where
from minitorch.ops.factorizations import (
    LinAlgError,
    _h,
    _pivots,
    cholesky,
    lu_factor_ex,
    lu_unpack,
    matrices,
    qr,
    svd,
    svdvals,
)
from minitorch.ops.linalg import matmul
from minitorch.ops.results import returned

# --- The table --------------------------------------------------------------------------------------------------------

inverse = primitive("LinalgInvEx", lambda x: _inverse(x), prepare=same, x=lambda g, out: -(out.mT @ g @ out.mT))
solution: Operation = primitive(  # x with a @ x = b, b a batch of matrices
    "LinalgSolveEx",
    lambda a, b: _solve(a, b),
    prepare=same,
    a=lambda g, a, out: -(solution(a.mT, g) @ out.mT),
    b=lambda g, a: solution(a.mT, g),
)
determinant = primitive(
    "LinalgDet",
    lambda x: np.linalg.det(x),
    prepare=same,
    x=lambda g, x, out: np.expand_dims(g, (-2, -1)) * _cofactors(x, out),
)
sign_and_log = primitive(
    "LinalgSlogdet",
    lambda x: tuple(np.linalg.slogdet(x)),
    prepare=same,
    outputs=("sign", "logabsdet"),
    x=lambda g_sign, g_logabsdet, x, sign: (
        np.expand_dims(_log_slope(g_sign, g_logabsdet, sign), (-2, -1)) * _h(inverse(x))
    ),
)
exponential: Operation = primitive(  # the derivative is a block of a larger exponential (Van Loan, 1978)
    "LinalgMatrixExp",
    lambda x: _expm(x),
    prepare=same,
    x=lambda g, x: _corner(exponential(_blocks(x.mT, g)), x.shape[-1]),
)
pseudo_inverse = primitive(  # Golub and Pereyra (1973); of constant rank
    "LinalgPinv",
    lambda x, *, rcond, hermitian: _pinv(x, rcond, hermitian),
    prepare=same,
    x=lambda g, x, out: np.conjugate(_pinv_backward(np.conjugate(g), x, out)),
)


def _inverse(x: Any) -> Any:
    try:
        return np.linalg.inv(x)
    except np.linalg.LinAlgError:
        raise LinAlgError(
            f"linalg.inv: The diagonal element {int(_zero_pivots(x).max())} is zero, the inversion could not be "
            "completed because the input matrix is singular."
        ) from None


def _solve(a: Any, b: Any) -> Any:
    try:
        return np.linalg.solve(a, b)
    except np.linalg.LinAlgError:
        raise LinAlgError("torch.linalg.solve: The solver failed because the input matrix is singular.") from None


def _zero_pivots(x: Any) -> Any:
    """For each matrix the number of its first zero pivot, or 0."""
    return _pivots(x, True)[2]


def _cofactors(x: Any, det: Any) -> Any:
    """``det * inv(x).mT``; on arrays also where the matrix is singular, from its singular vectors."""
    if isinstance(x, Tensor) or np.all(det):
        return np.expand_dims(det, (-2, -1)) * inverse(x).mT
    u, s, vh = np.linalg.svd(x)
    n = s.shape[-1]
    others = np.stack([np.prod(np.delete(s, k, -1), axis=-1) for k in range(n)], -1) if n else s
    phase = np.linalg.det(u) * np.linalg.det(vh)
    return np.conjugate((u * np.expand_dims(others, -2)) @ vh) * np.expand_dims(phase, (-2, -1))


def _log_slope(g_sign: Any, g_logabsdet: Any, sign: Any) -> Any:
    if not np.iscomplexobj(sign):
        return g_logabsdet
    return g_logabsdet - np.imag(np.conjugate(g_sign) * sign) * 1j


def _expm(x: Any) -> Any:
    from scipy.linalg import expm

    return expm(x).astype(x.dtype) if x.size else x.copy()


def _blocks(x: Any, g: Any) -> Any:
    """The matrix [[x, g], [0, x]]."""
    return np.concatenate([np.concatenate([x, g], -1), np.concatenate([x * 0, x], -1)], -2)


def _corner(x: Any, n: int) -> Any:
    return x[..., :n, n:]


def _pinv(x: Any, rcond: Any, hermitian: bool) -> Any:
    u, s, vh = np.linalg.svd(x, full_matrices=False, hermitian=hermitian)
    with np.errstate(divide="ignore"):
        large = s > np.expand_dims(rcond, -1) if np.ndim(rcond) else s > rcond
        inverted = np.where(large, 1 / np.where(s == 0, 1, s), 0)
    return (_h(vh) * np.expand_dims(inverted, -2) @ _h(u)).astype(x.dtype)


def _pinv_backward(g: Any, x: Any, p: Any) -> Any:
    """All that p = pinv(x) changes by when x does, within its rank and across it."""
    gh, ph = _h(g), _h(p)
    if x.shape[-2] <= x.shape[-1]:
        k = gh @ p
        kp = k @ ph
        return -_h(p @ k) + kp - (x @ p) @ kp + (ph @ p) @ (gh - k @ x)
    k = p @ gh
    pk = ph @ k
    return -_h(k @ p) + (gh - x @ k) @ p @ ph + pk - (pk @ p) @ x


register(np.linalg.inv, lambda a: inverse(a))
register(np.linalg.det, lambda a: det(a))
register(np.linalg.slogdet, lambda a: slogdet(a))
register(np.linalg.solve, lambda a, b: solution(a, b) if _ndim(b) > 1 else solve(a, b))
register(np.linalg.pinv, lambda a, rcond=None, hermitian=False: pinv(a, rcond=rcond, hermitian=hermitian))
register(np.linalg.matrix_power, lambda a, n: matrix_power(a, n))


def _ndim(x: Any) -> int:
    return x.array.ndim if isinstance(x, Tensor) else np.ndim(x)


# --- Inverses and determinants ----------------------------------------------------------------------------------------


@returned("linalg_slogdet")
class slogdet_result(NamedTuple):
    """Signs and logarithms of absolute determinants."""

    sign: Tensor
    logabsdet: Tensor


@returned("linalg_inv_ex")
class inv_ex_result(NamedTuple):
    """Inverses, and 0 or the number of a zero pivot."""

    inverse: Tensor
    info: Tensor


@returned("linalg_solve_ex")
class solve_ex_result(NamedTuple):
    """Solutions, and 0 or the number of a zero pivot."""

    result: Tensor
    info: Tensor


@returned("triangular_solve")
class triangular_solve_result(NamedTuple):
    """A solution and the matrix."""

    solution: Tensor
    cloned_coefficient: Tensor


@returned("linalg_lstsq")
class lstsq_result(NamedTuple):
    """A least-squares solution, squared residuals, ranks and singular values."""

    solution: Tensor
    residuals: Tensor
    rank: Tensor
    singular_values: Tensor


def inv(A: Tensor) -> Tensor:
    """The inverse (``torch.linalg.inv``); ``LinAlgError`` where A is singular.

    >>> import minitorch
    >>> minitorch.linalg.inv(minitorch.tensor([[2.0, 0.0], [0.0, 4.0]]))
    tensor([[0.5000, 0.0000],
            [0.0000, 0.2500]])
    """
    matrices(A, "linalg.inv", square=True)
    return inverse(A)


def inv_ex(A: Tensor, *, check_errors: bool = False) -> inv_ex_result:
    """``inv`` that notes singular matrices in ``info`` instead of raising (``torch.linalg.inv_ex``)."""
    info = _zero_pivots(matrices(A, "linalg.inv_ex", square=True).array)
    if agreed(info != 0) and not check_errors:
        return inv_ex_result(wrap(np.full_like(A.array, np.nan)), wrap(info))
    return inv_ex_result(inv(A), wrap(info))


def det(A: Tensor) -> Tensor:
    """The determinant (``torch.linalg.det``)."""
    return determinant(matrices(A, "linalg.det", square=True))


def slogdet(A: Tensor) -> slogdet_result:
    """Sign and logarithm of the absolute value of the determinant (``torch.linalg.slogdet``)."""
    return slogdet_result(*sign_and_log(matrices(A, "linalg.slogdet", square=True)))


def logdet(input: Tensor) -> Tensor:
    """The logarithm of the determinant; NaN where that is negative (``torch.logdet``)."""
    sign, logarithm = slogdet(input)
    if sign.array.dtype.kind == "c":
        return arithmetic.add(logarithm, sign.log())
    return where(wrap(sign.array < 0), math.nan, logarithm)


def pinv(A: Tensor, rcond: Any = None, hermitian: bool = False, *, atol: Any = None, rtol: Any = None) -> Tensor:
    """The Moore-Penrose pseudo-inverse (``torch.linalg.pinv``); singular values below the tolerance count as 0."""
    matrices(A, "linalg.pinv")
    for name, tolerance in (("rtol", rcond if rtol is None else rtol), ("atol", atol)):
        if isinstance(tolerance, Tensor) and tolerance.requires_grad:
            raise RuntimeError(f"The function 'linalg_pinv' is not differentiable with respect to argument '{name}'.")
    if A.array.size == 0:
        return A.mT.conj().clone()
    top = np.linalg.svd(A.array, compute_uv=False).max(-1)
    return pseudo_inverse(A, rcond=_tolerance(A, top, atol, rcond if rtol is None else rtol), hermitian=hermitian)


def _tolerance(A: Tensor, top: Any, atol: Any, rtol: Any) -> Any:
    """The smallest singular value that counts: ``max(atol, rtol * largest)``, with PyTorch's defaults."""
    a, r = (t.array if isinstance(t, Tensor) else t for t in (atol, rtol))
    if r is None:
        r = (
            max(A.array.shape[-2:]) * float(np.finfo(A.array.dtype).eps)
            if a is None or np.all(np.asarray(a) == 0)
            else 0.0
        )
    return np.maximum(0.0 if a is None else a, r * top)


@sampled
def matrix_rank(A: Tensor, tol: Any = None, hermitian: bool = False, *, atol: Any = None, rtol: Any = None) -> Tensor:
    """How many singular values exceed the tolerance (``torch.linalg.matrix_rank``)."""
    matrices(A, "linalg.matrix_rank")
    s = np.linalg.svd(A.array, compute_uv=False)
    if s.shape[-1] == 0:
        return wrap(np.zeros(s.shape[:-1], np.int64))
    limit = _tolerance(A, s.max(-1), atol, rtol) if tol is None else tol.array if isinstance(tol, Tensor) else tol
    return wrap(np.asarray((s > np.expand_dims(limit, -1)).sum(-1)))


# --- Systems ----------------------------------------------------------------------------------------------------------


def _is_vector(A: Tensor, B: Tensor) -> bool:
    return B.array.ndim == 1 or (A.array.ndim - 1 == B.array.ndim and B.array.shape == A.array.shape[:-1])


def solve(A: Tensor, B: Tensor, *, left: bool = True) -> Tensor:
    """X with ``A @ X == B``, or ``X @ A == B`` (``torch.linalg.solve``); ``LinAlgError`` where A is singular."""
    matrices(A, "linalg.solve", square=True)
    if A.array.dtype != B.array.dtype:
        raise RuntimeError(
            f"linalg.solve: Expected A and B to have the same dtype, but found A of type {A.dtype.alias} and B of "
            f"type {B.dtype.alias} instead"
        )
    vector = left and _is_vector(A, B)
    b = B.unsqueeze(-1) if vector else B
    if b.array.shape[-2 if left else -1] != A.array.shape[-1]:
        raise RuntimeError(
            f"linalg.solve: Incompatible shapes of A and B for the equation {'AX = B' if left else 'XA = B'} "
            f"({A.array.shape[-2]}x{A.array.shape[-1]} and {b.array.shape[-2]}x{b.array.shape[-1]})"
        )
    out = solution(A, b) if left else solution(A.mT, b.mT).mT
    return out.squeeze(-1) if vector else out


def solve_ex(A: Tensor, B: Tensor, *, left: bool = True, check_errors: bool = False) -> solve_ex_result:
    """``solve`` that notes singular matrices in ``info`` instead of raising (``torch.linalg.solve_ex``)."""
    info = _zero_pivots(matrices(A, "linalg.solve_ex", square=True).array)
    if agreed(info != 0) and not check_errors:
        return solve_ex_result(wrap(np.full_like(B.array, np.nan)), wrap(info))
    return solve_ex_result(solve(A, B, left=left), wrap(info))


def solve_triangular(A: Tensor, B: Tensor, *, upper: bool, left: bool = True, unitriangular: bool = False) -> Tensor:
    """X with ``A @ X == B`` (or ``X @ A == B``), reading one triangle of A only (``torch.linalg.solve_triangular``)."""
    matrices(A, "linalg.solve_triangular", square=True)
    triangle = A.triu(1 if unitriangular else 0) if upper else A.tril(-1 if unitriangular else 0)
    if unitriangular:
        triangle = triangle + wrap(np.eye(A.array.shape[-1], dtype=A.array.dtype))
    if B.array.size == 0:
        return matmul(triangle, B) if left else matmul(B, triangle)
    return solve(triangle, B, left=left)


def triangular_solve(
    b: Tensor, A: Tensor, upper: bool = True, transpose: bool = False, unitriangular: bool = False
) -> triangular_solve_result:
    """``solve_triangular`` by its older name (``torch.triangular_solve``)."""
    if transpose:
        out = solve_triangular(A.mT, b, upper=not upper, unitriangular=unitriangular)
    else:
        out = solve_triangular(A, b, upper=upper, unitriangular=unitriangular)
    return triangular_solve_result(out, A.clone())


def cholesky_solve(B: Tensor, L: Tensor, upper: bool = False) -> Tensor:
    """X with ``A @ X == B``, from the Cholesky factor of A (``torch.cholesky_solve``)."""
    # One triangle is read, and the gradient is that of L @ L.mH for any L, as in PyTorch.
    l = L + wrap((np.triu(L.array) if upper else np.tril(L.array)) - L.array)
    l = l.mT.conj() if upper else l
    return solve(l.mT.conj(), solve(l, B))


def cholesky_inverse(L: Tensor, upper: bool = False) -> Tensor:
    """The inverse of A from its Cholesky factor (``torch.cholesky_inverse``)."""
    eyes = np.broadcast_to(np.eye(L.array.shape[-1], dtype=L.array.dtype), L.array.shape)
    return cholesky_solve(wrap(eyes.copy()), L, upper)


def lu_solve(LU: Tensor, pivots: Tensor, B: Tensor, *, left: bool = True, adjoint: bool = False) -> Tensor:
    """X with ``A @ X == B`` (or ``X @ A == B``), from what ``lu_factor`` gave (``torch.linalg.lu_solve``)."""
    p, l, u = lu_unpack(LU, pivots)
    a = p @ l @ u
    return solve(a.mT.conj() if adjoint else a, B, left=left)


def lu_solve_old(b: Tensor, LU_data: Tensor, LU_pivots: Tensor) -> Tensor:
    """``linalg.lu_solve`` with the arguments of ``torch.lu_solve``."""
    return lu_solve(LU_data, LU_pivots, b)


def lstsq(A: Tensor, B: Tensor, rcond: Any = None, *, driver: str | None = None) -> lstsq_result:
    """X that makes ``norm(A @ X - B)`` least (``torch.linalg.lstsq``); of least norm if there are several."""
    matrices(A, "linalg.lstsq")
    if driver not in (None, "gels", "gelsy", "gelsd", "gelss"):
        raise RuntimeError(
            f"torch.linalg.lstsq: parameter `driver` should be one of (gels, gelsy, gelsd, gelss), got {driver}"
        )
    m, n = A.array.shape[-2:]
    vector = A.array.ndim - 1 == B.array.ndim and B.array.shape == A.array.shape[:-1]
    b = B.unsqueeze(-1) if vector else B
    if b.array.shape[-2] != m:
        raise RuntimeError("torch.linalg.lstsq: input.size(-2) should match other.size(-2)")
    x = matmul(pinv(A, rtol=rcond), b)
    nothing = A.new_empty(0)
    residuals = x.reshape(-1)[:0].real
    full = bool(np.all(raw(np.linalg.matrix_rank(A.array)) == n)) if A.array.size else False
    named = driver or "gelsy"
    if m > n and full and named != "gelsy":
        difference = matmul(A, x) - b
        residuals = (difference * difference.conj()).real.sum(-2)
    rank = matrix_rank(A, rtol=rcond) if named != "gels" else wrap(np.empty(0, np.int64))
    values = svdvals(A).detach() if named in ("gelsd", "gelss") else nothing.real
    return lstsq_result(x.squeeze(-1) if vector else x, residuals, rank, values)


def tensorinv(A: Tensor, ind: int = 2) -> Tensor:
    """The inverse of a tensor as a map between its first ``ind`` dims and the rest (``torch.linalg.tensorinv``)."""
    if ind <= 0:
        raise RuntimeError("Expected a strictly positive integer for 'ind'.")
    shape = A.array.shape
    rows, columns = math.prod(shape[:ind]), math.prod(shape[ind:])
    if rows != columns:
        raise RuntimeError(
            "Expected self to satisfy the requirement prod(self.shape[ind:]) == prod(self.shape[:ind]), but got "
            f"{columns} != {rows}"
        )
    return inv(A.reshape(rows, columns)).reshape(*shape[ind:], *shape[:ind])


def tensorsolve(A: Tensor, B: Tensor, dims: Sequence[int] | None = None) -> Tensor:
    """X with ``tensordot(A, X, X.ndim) == B`` (``torch.linalg.tensorsolve``)."""
    if dims is not None:
        last = [d % A.array.ndim for d in dims]
        A = A.permute([d for d in range(A.array.ndim) if d not in last] + last)
    shape = A.array.shape[B.array.ndim :]
    n = math.prod(shape)
    if n != B.array.size:
        raise RuntimeError(
            "Expected self to satisfy the requirement prod(self.shape[other.ndim:]) == "
            f"prod(self.shape[:other.ndim]), but got {n} != {B.array.size}"
        )
    return solve(A.reshape(B.array.size, n), B.reshape(-1)).reshape(shape)


# --- Functions of matrices --------------------------------------------------------------------------------------------


def matrix_exp(A: Tensor) -> Tensor:
    """The exponential of a square matrix (``torch.linalg.matrix_exp``)."""
    return exponential(matrices(A, "linalg.matrix_exp", square=True))


def matrix_power(A: Tensor, n: int) -> Tensor:
    """A multiplied by itself, or its inverse, by repeated squaring (``torch.linalg.matrix_power``)."""
    if A.array.ndim < 2 or A.array.shape[-1] != A.array.shape[-2]:
        raise RuntimeError("linalg.matrix_power: A must be batches of square matrices")
    if n == 0:
        return A * 0 + wrap(np.eye(A.array.shape[-1], dtype=A.array.dtype))
    base, n = (inv(A), -n) if n < 0 else (A, n)
    out: Tensor | None = None
    while n:
        if n % 2:
            out = base if out is None else matmul(out, base)
        n //= 2
        base = matmul(base, base) if n else base
    assert out is not None
    return out.clone() if out is A else out


def multi_dot(tensors: Sequence[Tensor]) -> Tensor:
    """The product of several matrices, in the order that costs least (``torch.linalg.multi_dot``)."""
    given = list(tensors)
    if len(given) < 2:
        raise RuntimeError("multi_dot(): expected at least 2 tensors but got " + str(len(given)))
    first, last = given[0].array.ndim == 1, given[-1].array.ndim == 1
    if first:
        given[0] = given[0].unsqueeze(0)
    if last:
        given[-1] = given[-1].unsqueeze(-1)
    for k, x in enumerate(given):
        if x.array.ndim != 2:
            raise RuntimeError(f"multi_dot(): tensor {k} must be 2D but got {x.array.ndim}D")
    out = _in_best_order(given)
    if first:
        out = out.squeeze(0)
    return out.squeeze(-1) if last else out


def _in_best_order(xs: list[Tensor]) -> Tensor:
    """The matrix chain by dynamic programming: ``best[i, j]`` is the least cost of xs[i..j] and where to cut it."""
    sizes = [x.array.shape[0] for x in xs] + [xs[-1].array.shape[1]]
    best: dict[tuple[int, int], tuple[int, int]] = {(i, i): (0, i) for i in range(len(xs))}
    for span in range(1, len(xs)):
        for i in range(len(xs) - span):
            j = i + span
            best[i, j] = min(
                (best[i, k][0] + best[k + 1, j][0] + sizes[i] * sizes[k + 1] * sizes[j + 1], k) for k in range(i, j)
            )

    def product(i: int, j: int) -> Tensor:
        return xs[i] if i == j else matmul(product(i, best[i, j][1]), product(best[i, j][1] + 1, j))

    return product(0, len(xs) - 1)


def vander(x: Tensor, N: int | None = None) -> Tensor:
    """Powers 0 to N-1 of each element, in a new last dim (``torch.linalg.vander``)."""
    x = x if x.array.ndim else x.reshape(1)
    n = x.array.shape[-1] if N is None else N
    if n <= 1:
        raise RuntimeError(f"N must be greater than 1, got {n}")
    out = [wrap(np.ones(x.array.shape, x.array.dtype))]
    for _ in range(n - 1):
        out.append(out[-1] * x)
    from minitorch.ops.shapes import stack

    return stack(out, -1)


def svd_old(input: Tensor, some: bool = True, compute_uv: bool = True) -> Any:
    """``linalg.svd`` that gives V rather than its adjoint (``torch.svd``)."""
    u, s, vh = svd(input, not some)
    if not compute_uv:
        m, n = input.array.shape[-2:]
        batch = input.array.shape[:-2]
        return svd_old_result(
            wrap(np.zeros((*batch, m, m), input.array.dtype)), s, wrap(np.zeros((*batch, n, n), input.array.dtype))
        )
    return svd_old_result(u, s, vh.mT.conj())


@returned("svd")
class svd_old_result(NamedTuple):
    """What ``torch.svd`` gives."""

    U: Tensor
    S: Tensor
    V: Tensor


def lu_old(A: Tensor, pivot: bool = True, get_infos: bool = False) -> Any:
    """``linalg.lu_factor`` by its older name (``torch.lu``); with ``get_infos``, its info too."""
    found = lu_factor_ex(A, pivot=pivot)
    return tuple(found) if get_infos else (found.LU, found.pivots)


def qr_old(input: Tensor, some: bool = True) -> Any:
    """``linalg.qr``, complete unless ``some`` (``torch.qr``)."""
    return qr(input, "reduced" if some else "complete")


def cholesky_old(input: Tensor, upper: bool = False) -> Tensor:
    """``linalg.cholesky`` by its older name (``torch.cholesky``)."""
    return cholesky(input, upper=upper)


def pinverse(input: Tensor, rcond: float = 1e-15) -> Tensor:
    """``linalg.pinv`` by its older name (``torch.pinverse``)."""
    return pinv(input, rtol=rcond)


def cond(A: Tensor, p: Any = None) -> Tensor:
    """The condition number: the norm of A times that of its inverse (``torch.linalg.cond``)."""
    from minitorch.ops.norms import matrix_norm

    if p in (None, 2, -2):
        if 0 in A.array.shape[-2:]:
            return wrap(np.zeros(A.array.shape[:-2], A.array.real.dtype))
        s = svdvals(A)
        return s[..., -1] / s[..., 0] if p == -2 else s[..., 0] / s[..., -1]
    matrices(A, "linalg.cond", square=True)
    info = _zero_pivots(A.array)
    if agreed(info != 0):
        return wrap(np.where(info > 0, np.inf, 0.0).astype(A.array.real.dtype))
    return matrix_norm(A, p) * matrix_norm(inv(A), p)
