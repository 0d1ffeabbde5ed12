"""QR with its derivative (Walter and Lehmann, arXiv:1009.6112), and products of Householder reflections."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from minitorch.core.batched_fallback import sampled
from minitorch.core.primitive import primitive, same
from minitorch.core.protocol import register
from minitorch.core.tensor import Tensor, wrap
from minitorch.ops.arithmetic import where
from minitorch.ops.concatenation import cat
from minitorch.ops.matrices import _h, matrices, one
from minitorch.ops.results import returned

# --- The table --------------------------------------------------------------------------------------------------------

qr_tall = primitive(  # of a matrix with at least as many rows as columns
    "LinalgQr",
    lambda x: tuple(np.linalg.qr(x)),
    prepare=same,
    outputs=("q", "r"),
    x=lambda g_q, g_r, q, r: _qr_backward(g_q, g_r, q, r),
)


def _qr_backward(g_q: Any, g_r: Any, q: Any, r: Any) -> Any:
    m = np.triu(g_r @ _h(r) - _h(q) @ g_q)
    m = (m + _h(m)) * (1 - 0.5 * one(r))
    return (g_q + q @ m) @ np.linalg.inv(_h(r))


register(np.linalg.qr, lambda a, mode="reduced": qr(a, mode))

# --- PyTorch's functions ----------------------------------------------------------------------------------------------


@returned("linalg_qr")
class qr_result(NamedTuple):
    """Orthonormal columns and an upper triangle."""

    Q: Tensor
    R: Tensor


@returned("geqrf")
class geqrf_result(NamedTuple):
    """What ``geqrf`` gives."""

    a: Tensor
    tau: Tensor


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
