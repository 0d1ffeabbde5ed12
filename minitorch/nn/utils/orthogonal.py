"""``orthogonal``: a matrix kept orthogonal while it is trained (Lezcano-Casado 2019)."""

from __future__ import annotations

from typing import Literal, get_args

import numpy as np

from minitorch.core.mode import no_grad
from minitorch.core.tensor import Tensor
from minitorch.nn.module import Module
from minitorch.nn.utils.parametrize import register_parametrization
from minitorch.ops.concatenation import cat
from minitorch.ops.orthogonal import geqrf, householder_product
from minitorch.ops.random import randn
from minitorch.ops.ranges import eye
from minitorch.ops.solving import solve

Map = Literal["matrix_exp", "cayley", "householder"]


class _Orthogonal(Module):
    base: Tensor | None

    def __init__(self, weight: Tensor, orthogonal_map: Map, *, use_trivialization: bool = True) -> None:
        super().__init__()
        if weight.is_complex() and orthogonal_map == "householder":
            raise ValueError("The householder parametrization does not support complex tensors.")
        self.shape = weight.shape
        self.orthogonal_map = orthogonal_map
        if use_trivialization:
            self.register_buffer("base", None)

    def forward(self, X: Tensor) -> Tensor:
        wide = X.size(-2) < X.size(-1)
        x = X.mT if wide else X
        n, k = x.shape[-2:]
        if self.orthogonal_map == "householder":
            # X = n x k holds the reflections below its diagonal and their signs on it.
            a = x.tril(-1)
            tau = 2.0 / (1.0 + (a * a).sum(dim=-2))
            q = householder_product(a, tau) * x.diagonal(dim1=-2, dim2=-1).int().unsqueeze(-2)
        else:
            a = x.tril()
            if n != k:
                a = cat([a, a.new_zeros(n, n - k).expand(*a.shape[:-2], -1, -1)], -1)
            a = a - a.mH  # skew: its exponential and its Cayley transform are orthogonal
            if self.orthogonal_map == "matrix_exp":
                q = a.matrix_exp()
            else:
                one = eye(n, dtype=a.dtype)
                q = solve(one - 0.5 * a, one + 0.5 * a)
            q = q[..., :k] if n != k else q
        if "base" in self._buffers:
            q = self.base @ q
        return q.mT if wide else q

    def right_inverse(self, Q: Tensor) -> Tensor:
        with no_grad():
            return self._right_inverse(Q)

    def _right_inverse(self, Q: Tensor) -> Tensor:
        if Q.shape != self.shape:
            raise ValueError(
                f"Expected a matrix or batch of matrices of shape {self.shape}. Got a tensor of shape {Q.shape}."
            )
        wide = Q.size(-2) < Q.size(-1)
        q = Q.mT if wide else Q
        n, k = q.shape[-2:]
        if "base" not in self._buffers:
            if self.orthogonal_map != "householder":
                raise NotImplementedError(
                    "It is not possible to assign to the matrix exponential or the Cayley parametrizations when "
                    "use_trivialization=False."
                )
            a, tau = geqrf(q.detach())
            diagonal = a.diagonal(dim1=-2, dim2=-1)
            diagonal.copy_(diagonal.sign() * (1 - 2 * (tau == 0).to(a.dtype)))
            return a.mT if wide else a
        if n != k:
            q = _made_orthogonal(cat([q, randn(*q.shape[:-2], n, n - k, dtype=q.dtype)], -1))
        else:
            q = q.clone() if _is_orthogonal(q) else _made_orthogonal(q)
        self.base = q
        start = Q.new_zeros(Q.shape)  # the map takes it to the identity
        start.diagonal(dim1=-2, dim2=-1).fill_(-1.0)
        return start


def _is_orthogonal(q: Tensor) -> bool:
    n, k = q.shape[-2:]
    eps = 10.0 * n * float(np.finfo(q.array.dtype).eps)
    return bool(np.allclose((q.mH @ q).array, np.eye(k), atol=eps))


def _made_orthogonal(a: Tensor) -> Tensor:
    """The Q of a QR decomposition with a positive diagonal of R."""
    x, tau = geqrf(a.detach())
    return householder_product(x, tau) * x.diagonal(dim1=-2, dim2=-1).sgn().unsqueeze(-2)


def orthogonal(
    module: Module, name: str = "weight", orthogonal_map: Map | None = None, *, use_trivialization: bool = True
) -> Module:
    """Keep the matrix, or each of a batch, orthogonal (unitary if complex): QᵀQ = 1, or QQᵀ = 1 if it is wide.

    Args:
        module: has the tensor.
        name: of the parameter, with two dimensions or more.
        orthogonal_map: "matrix_exp" or "cayley" of a skew matrix, or a product of "householder" reflections; None is
            "matrix_exp" for square or complex ones, else "householder".
        use_trivialization: around the present value, which is where training starts; a matrix in ``base`` holds it.

    Returns:
        ``module``.

    Raises:
        ValueError: no such tensor, no matrix, or an unknown map.

    >>> import minitorch as torch
    >>> layer = torch.nn.utils.parametrizations.orthogonal(torch.nn.Linear(4, 4))
    >>> bool((layer.weight @ layer.weight.mT - torch.eye(4)).abs().max() < 1e-5)
    True
    """
    weight = getattr(module, name, None)
    if not isinstance(weight, Tensor):
        raise ValueError(f"Module '{module}' has no parameter or buffer with name '{name}'")
    if weight.ndim < 2:
        raise ValueError(f"Expected a matrix or batch of matrices. Got a tensor of {weight.ndim} dimensions.")
    if orthogonal_map is None:
        square = weight.size(-2) == weight.size(-1)
        orthogonal_map = "matrix_exp" if square or weight.is_complex() else "householder"
    if orthogonal_map not in get_args(Map):
        raise ValueError(
            f'orthogonal_map has to be one of "matrix_exp", "cayley", "householder". Got: {orthogonal_map}'
        )
    made = _Orthogonal(weight, orthogonal_map, use_trivialization=use_trivialization)
    return register_parametrization(module, name, made, unsafe=True)
