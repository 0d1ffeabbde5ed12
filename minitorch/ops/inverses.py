"""Inverses, determinants and what tells of them: pseudo-inverses, ranks and condition numbers."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from minitorch.core.batched import agreed
from minitorch.core.batched_fallback import sampled
from minitorch.core.primitive import primitive, same
from minitorch.core.protocol import register
from minitorch.core.tensor import Tensor, wrap
from minitorch.ops import arithmetic
from minitorch.ops.arithmetic import where
from minitorch.ops.matrices import LinAlgError, _h, matrices
from minitorch.ops.results import returned
from minitorch.ops.spectra import svdvals
from minitorch.ops.triangular import _pivots

# --- The table --------------------------------------------------------------------------------------------------------

inverse = primitive("LinalgInvEx", lambda x: _inverse(x), prepare=same, x=lambda g, out: -(out.mT @ g @ out.mT))
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
register(np.linalg.pinv, lambda a, rcond=None, hermitian=False: pinv(a, rcond=rcond, hermitian=hermitian))

# --- PyTorch's functions ----------------------------------------------------------------------------------------------


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


def pinverse(input: Tensor, rcond: float = 1e-15) -> Tensor:
    """``linalg.pinv`` by its older name (``torch.pinverse``)."""
    return pinv(input, rtol=rcond)


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
