"""Solutions of linear systems, exact and least-squares, from a matrix or its factors."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from minitorch.core.batched import agreed, raw
from minitorch.core.primitive import Operation, primitive, same
from minitorch.core.protocol import register
from minitorch.core.tensor import Tensor, wrap
from minitorch.ops.inverses import _zero_pivots, inv, matrix_rank, pinv
from minitorch.ops.linalg import matmul
from minitorch.ops.matrices import LinAlgError, matrices
from minitorch.ops.results import returned
from minitorch.ops.spectra import svdvals
from minitorch.ops.triangular import lu_unpack

# --- The table --------------------------------------------------------------------------------------------------------

solution: Operation = primitive(  # x with a @ x = b, b a batch of matrices
    "LinalgSolveEx",
    lambda a, b: _solve(a, b),
    prepare=same,
    a=lambda g, a, out: -(solution(a.mT, g) @ out.mT),
    b=lambda g, a: solution(a.mT, g),
)


def _solve(a: Any, b: Any) -> Any:
    try:
        return np.linalg.solve(a, b)
    except np.linalg.LinAlgError:
        raise LinAlgError("torch.linalg.solve: The solver failed because the input matrix is singular.") from None


register(np.linalg.solve, lambda a, b: solution(a, b) if _ndim(b) > 1 else solve(a, b))


def _ndim(x: Any) -> int:
    return x.array.ndim if isinstance(x, Tensor) else np.ndim(x)


# --- PyTorch's functions ----------------------------------------------------------------------------------------------


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
