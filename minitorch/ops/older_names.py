"""Factorizations with the names and arguments they had before ``torch.linalg``."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from minitorch.core.tensor import Tensor, wrap
from minitorch.ops.orthogonal import qr
from minitorch.ops.results import returned
from minitorch.ops.spectra import svd
from minitorch.ops.triangular import cholesky, lu_factor_ex


@returned("svd")
class svd_old_result(NamedTuple):
    """What ``torch.svd`` gives."""

    U: Tensor
    S: Tensor
    V: Tensor


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
