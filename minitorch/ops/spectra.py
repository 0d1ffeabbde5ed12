"""Eigenvalues and singular values, with their derivatives.

The rules follow Giles (2008), "Collected matrix derivative results"; for complex matrices they are PyTorch's. Rows with
several results write their conjugates out (``_h`` is the conjugate transpose).
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from minitorch.core.batched import raw
from minitorch.core.primitive import primitive, same
from minitorch.core.protocol import register
from minitorch.core.tensor import Tensor, wrap
from minitorch.ops.concatenation import cat
from minitorch.ops.matrices import _diagonal, _h, _hermitian, matrices, one
from minitorch.ops.results import returned

# --- The table --------------------------------------------------------------------------------------------------------

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


def _over(x: Any, gaps: Any) -> Any:
    """``x / gaps``, and 0 where both are 0: where values alone have a gradient, that of the vectors is 0."""
    return x / np.where((x == 0) & (gaps == 0), 1.0, gaps)


def _over_gaps(x: Any, w: Any) -> Any:
    """Elements (i, j) divided by w_j - w_i; the diagonal is zero."""
    gaps = np.expand_dims(w, -2) - np.expand_dims(w, -1)
    return _over(x * (1 - one(w)), gaps + one(w))


def _svd_backward(g_u: Any, g_s: Any, g_vh: Any, u: Any, s: Any, vh: Any) -> Any:
    row, column = np.expand_dims(s, -2), np.expand_dims(s, -1)
    i = one(s)
    gaps = (row - column) * (row + column) + i
    a, b = _h(u) @ g_u, g_vh @ _h(vh)
    b = _h(b)
    inner = _diagonal(g_s) + _over((a - _h(a)) * (1 - i), gaps) * row + column * _over((b - _h(b)) * (1 - i), gaps)
    if np.iscomplexobj(u):  # the phases of singular vectors: only losses that do not depend on them have a gradient
        inner = inner + _over((a - _h(a)) * i, 2 * row)
    found = u @ inner @ vh
    if u.shape[-2] > u.shape[-1]:
        found = found + _over(g_u - u @ a, row) @ vh
    if vh.shape[-1] > vh.shape[-2]:
        found = found + u @ _over(g_vh - _h(b) @ vh, column)
    return found


def _eig(x: Any) -> tuple[Any, Any]:
    w, v = np.linalg.eig(x)
    to = np.result_type(x.dtype, np.complex64)
    return w.astype(to), v.astype(to)


def _eig_backward(g_w: Any, g_v: Any, w: Any, v: Any) -> Any:
    a = _h(v) @ g_v
    a = a - _h(v) @ v * np.expand_dims(np.real(np.diagonal(a, 0, -2, -1)), -2)
    return np.linalg.solve(_h(v), _diagonal(g_w) + _over_gaps(a, np.conjugate(w))) @ _h(v)


register(np.linalg.eigh, lambda a, UPLO="L": eigh(a, UPLO))
register(np.linalg.svd, lambda a, full_matrices=True, compute_uv=True, hermitian=False: svd(a, full_matrices))

# --- PyTorch's functions ----------------------------------------------------------------------------------------------


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
