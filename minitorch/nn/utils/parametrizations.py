"""Ready-made parametrizations: ``weight_norm`` and ``spectral_norm``; ``orthogonal`` is in a file of its own."""

from __future__ import annotations

from typing import Any

from minitorch.core.mode import no_grad
from minitorch.core.tensor import Tensor
from minitorch.nn import functional as F
from minitorch.nn.conv_transpose import _ConvTransposeNd
from minitorch.nn.module import Module
from minitorch.nn.utils.norm_except import as_matrix, norm_except_dim
from minitorch.nn.utils.orthogonal import orthogonal
from minitorch.nn.utils.parametrize import register_parametrization

__all__ = ["orthogonal", "spectral_norm", "weight_norm"]


class _WeightNorm(Module):
    def __init__(self, dim: int | None = 0) -> None:
        super().__init__()
        self.dim = -1 if dim is None else dim

    def forward(self, weight_g: Tensor, weight_v: Tensor) -> Tensor:
        return weight_v * (weight_g / norm_except_dim(weight_v, self.dim))

    def right_inverse(self, weight: Tensor) -> tuple[Tensor, Tensor]:
        return norm_except_dim(weight, self.dim), weight


def weight_norm(module: Module, name: str = "weight", dim: int | None = 0) -> Module:
    """w = g v / ‖v‖ (Salimans & Kingma 2016): the tensor's length g and direction v are trained apart.

    Args:
        module: has the tensor.
        name: of the parameter.
        dim: a norm for each index of this dimension; None (or -1) for one norm of all.

    Returns:
        ``module``, with ``parametrizations.<name>.original0`` for g and ``original1`` for v.

    >>> import minitorch as torch
    >>> layer = torch.nn.utils.parametrizations.weight_norm(torch.nn.Linear(4, 3))
    >>> layer.parametrizations.weight.original0.shape, layer.parametrizations.weight.original1.shape
    (torch.Size([3, 1]), torch.Size([3, 4]))
    """
    register_parametrization(module, name, _WeightNorm(dim), unsafe=True)

    def read_older(state_dict: Any, prefix: str, *_: Any) -> None:
        """Checkpoints of ``nn.utils.weight_norm`` call g and v by other names."""
        old = [f"{prefix}{name}_{letter}" for letter in "gv"]
        if all(key in state_dict for key in old):
            for i, key in enumerate(old):
                state_dict[f"{prefix}parametrizations.{name}.original{i}"] = state_dict.pop(key)

    module._register_load_state_dict_pre_hook(read_older)
    return module


class _SpectralNorm(Module):
    _u: Tensor
    _v: Tensor

    def __init__(self, weight: Tensor, n_power_iterations: int = 1, dim: int = 0, eps: float = 1e-12) -> None:
        super().__init__()
        if not -weight.ndim <= dim < weight.ndim:
            raise IndexError(
                f"Dimension out of range (expected to be in range of [-{weight.ndim}, {weight.ndim - 1}] but got {dim})"
            )
        if n_power_iterations <= 0:
            raise ValueError(
                f"Expected n_power_iterations to be positive, but got n_power_iterations={n_power_iterations}"
            )
        self.dim = dim % weight.ndim
        self.eps = eps
        if weight.ndim > 1:
            self.n_power_iterations = n_power_iterations
            matrix = as_matrix(weight, self.dim)
            for buffer, size in zip(("_u", "_v"), matrix.shape, strict=True):
                start = matrix.detach().new_empty(size).normal_(0, 1)
                self.register_buffer(buffer, F.normalize(start, dim=0, eps=eps))
            self._power_method(matrix, 15)

    def _power_method(self, matrix: Tensor, n_power_iterations: int) -> None:
        """Move u and v towards the first left and right singular vectors."""
        with no_grad():
            for _ in range(n_power_iterations):
                self._u.copy_(F.normalize(matrix @ self._v, dim=0, eps=self.eps))
                self._v.copy_(F.normalize(matrix.mH @ self._u, dim=0, eps=self.eps))

    def forward(self, weight: Tensor) -> Tensor:
        if weight.ndim == 1:
            return F.normalize(weight, dim=0, eps=self.eps)
        matrix = as_matrix(weight, self.dim)
        if self.training:
            self._power_method(matrix, self.n_power_iterations)
        # Copies: another forward moves the buffers before this one's backward.
        sigma = self._u.clone().vdot(matrix @ self._v.clone())
        return weight / sigma

    def right_inverse(self, value: Tensor) -> Tensor:
        return value


def spectral_norm(
    module: Module, name: str = "weight", n_power_iterations: int = 1, eps: float = 1e-12, dim: int | None = None
) -> Module:
    """w / σ(w) (Miyato et al. 2018): the tensor as a matrix is divided by its largest singular value.

    Args:
        module: has the tensor.
        name: of the parameter.
        n_power_iterations: steps of the power method at each forward in training.
        eps: keeps norms away from zero.
        dim: the matrix's rows; None is 0, and 1 for transposed convolutions.

    Returns:
        ``module``.

    Raises:
        ValueError: no such tensor, or no iterations.
        IndexError: ``dim`` out of range.
    """
    weight = getattr(module, name, None)
    if not isinstance(weight, Tensor):
        raise ValueError(f"Module '{module}' has no parameter or buffer with name '{name}'")
    if dim is None:
        dim = 1 if isinstance(module, _ConvTransposeNd) else 0
    return register_parametrization(module, name, _SpectralNorm(weight, n_power_iterations, dim, eps))
