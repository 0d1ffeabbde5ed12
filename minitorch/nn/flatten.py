"""Layers that change the shape: ``Flatten`` and ``Unflatten``."""

from __future__ import annotations

from collections.abc import Sequence

from minitorch.core.tensor import Size, Tensor
from minitorch.nn.module import Module


class Flatten(Module):
    """Makes one dimension of those from ``start_dim`` to ``end_dim``; by default of all but the batch's.

    >>> import minitorch as torch
    >>> torch.nn.Flatten()(torch.zeros(32, 1, 5, 5)).shape
    torch.Size([32, 25])
    """

    def __init__(self, start_dim: int = 1, end_dim: int = -1) -> None:
        super().__init__()
        self.start_dim = start_dim
        self.end_dim = end_dim

    def forward(self, input: Tensor) -> Tensor:
        """(*, S_start, ..., S_end, *) to (*, their product, *)."""
        return input.flatten(self.start_dim, self.end_dim)

    def extra_repr(self) -> str:
        return f"start_dim={self.start_dim}, end_dim={self.end_dim}"


class Unflatten(Module):
    """Makes several dimensions of the one called ``dim``: the reverse of ``Flatten``.

    Raises:
        TypeError: ``unflattened_size`` is not a tuple of integers.

    >>> import minitorch as torch
    >>> torch.nn.Unflatten(1, (2, 5, 5))(torch.zeros(2, 50)).shape
    torch.Size([2, 2, 5, 5])
    """

    def __init__(self, dim: int, unflattened_size: Sequence[int]) -> None:
        super().__init__()
        if not isinstance(dim, int):
            raise TypeError(
                f"unflattened_size must be a tuple of ints with an int dim, but dim is a {type(dim).__name__}"
            )
        if not isinstance(unflattened_size, tuple | list):
            raise TypeError(
                f"unflattened_size must be a tuple of ints, but found type {type(unflattened_size).__name__}"
            )
        for i, size in enumerate(unflattened_size):
            if not isinstance(size, int):
                raise TypeError(
                    f"unflattened_size must be tuple of ints, but found element of type {type(size).__name__} at pos "
                    f"{i}"
                )
        self.dim = dim
        self.unflattened_size = unflattened_size if isinstance(unflattened_size, Size) else tuple(unflattened_size)

    def forward(self, input: Tensor) -> Tensor:
        """(*, S_dim, *) to (*, U_1, ..., U_n, *)."""
        return input.unflatten(self.dim, self.unflattened_size)

    def extra_repr(self) -> str:
        return f"dim={self.dim}, unflattened_size={self.unflattened_size}"
