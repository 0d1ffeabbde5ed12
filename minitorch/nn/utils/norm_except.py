"""A tensor as a matrix whose rows are one of its dimensions, and the rows' norms."""

from __future__ import annotations

from minitorch.core.tensor import Tensor


def as_matrix(weight: Tensor, dim: int) -> Tensor:
    """The tensor with ``dim`` first and all other dimensions as one."""
    moved = weight if dim == 0 else weight.movedim(dim, 0)
    return moved.reshape(moved.shape[0], -1)


def norm_except_dim(v: Tensor, dim: int) -> Tensor:
    """The 2-norm for each index of ``dim``, with size 1 in the others; -1 is one norm of all, a scalar."""
    if dim == -1:
        return v.norm()
    shape = [1] * v.dim()
    shape[dim] = v.shape[dim]
    return as_matrix(v, dim).norm(dim=1).reshape(shape)
