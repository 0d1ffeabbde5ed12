"""Functions of matrices: exponentials, powers, chains of products, Vandermonde matrices."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from minitorch.core.primitive import Operation, primitive, same
from minitorch.core.protocol import register
from minitorch.core.tensor import Tensor, wrap
from minitorch.ops.inverses import inv
from minitorch.ops.linalg import matmul
from minitorch.ops.matrices import matrices

# --- The table --------------------------------------------------------------------------------------------------------

exponential: Operation = primitive(  # the derivative is a block of a larger exponential (Van Loan, 1978)
    "LinalgMatrixExp",
    lambda x: _expm(x),
    prepare=same,
    x=lambda g, x: _corner(exponential(_blocks(x.mT, g)), x.shape[-1]),
)


def _expm(x: Any) -> Any:
    from scipy.linalg import expm

    return expm(x).astype(x.dtype) if x.size else x.copy()


def _blocks(x: Any, g: Any) -> Any:
    """The matrix [[x, g], [0, x]]."""
    return np.concatenate([np.concatenate([x, g], -1), np.concatenate([x * 0, x], -1)], -2)


def _corner(x: Any, n: int) -> Any:
    return x[..., :n, n:]


register(np.linalg.matrix_power, lambda a, n: matrix_power(a, n))

# --- PyTorch's functions ----------------------------------------------------------------------------------------------


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
    from minitorch.ops.concatenation import stack

    return stack(out, -1)
