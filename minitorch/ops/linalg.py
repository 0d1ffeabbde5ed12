"""Linear algebra: products of vectors and matrices, and the linear layer."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from minitorch.core import dtypes
from minitorch.core.batched import is_plain
from minitorch.core.primitive import primitive
from minitorch.core.protocol import register
from minitorch.core.tensor import Tensor
from minitorch.ops.arguments import refuse
from minitorch.ops.arithmetic import add, mul
from minitorch.ops.shapes import permute_axes, reshape_to, swap_axes

# --- The table --------------------------------------------------------------------------------------------------------


def _one_dtype(arrays: Sequence[Any]) -> Sequence[Any]:
    """Products do not promote: PyTorch refuses mixed dtypes."""
    first = arrays[0].dtype
    for x in arrays[1:]:
        if x.dtype != first:
            raise RuntimeError(
                f"expected m1 and m2 to have the same dtype, but got: {_cpp(first)} != {_cpp(x.dtype)}. Convert one of "
                "them, with .to(other.dtype) for example."
            )
    return arrays


def _cpp(d: np.dtype[Any]) -> str:
    names = {"float32": "float", "float64": "double", "int64": "long", "int32": "int", "float16": "c10::Half"}
    return names.get(d.name, dtypes.of(d).alias)


def _rows(x: Any) -> Any:
    return x if x.ndim == 2 else x.reshape(-1, x.shape[-1])


matmul_2d = primitive(
    "Mm", lambda a, b: _matmul(a, b), prepare=_one_dtype, a=lambda g, b: g @ b.mT, b=lambda g, a: a.mT @ g
)
matmul_batched = primitive(
    "Bmm",
    lambda a, b: _matmul(a, b),
    prepare=_one_dtype,
    a=lambda g, b: _of_all_rows(g, b.mT),
    b=lambda g, a, b_shape: _rows(a).mT @ _rows(g) if len(b_shape) == 2 and 0 not in g.shape + b_shape else a.mT @ g,
)
dot_1d = primitive("Dot", np.dot, prepare=_one_dtype, a=lambda g, b: g * b, b=lambda g, a: g * a)
matvec = primitive(
    "Mv",
    np.matmul,
    prepare=_one_dtype,
    a=lambda g, v: np.expand_dims(g, -1) * np.expand_dims(v, 0),
    v=lambda g, a: a.mT @ g,
)
linear = primitive(  # x @ w.T + b, over the last dim
    "Addmm",
    lambda x, w, b: _affine(x, w, b),
    prepare=_one_dtype,
    x=lambda g, w: g @ w if g.ndim == 2 else (_rows(g) @ w).reshape(*g.shape[:-1], w.shape[-1]),
    w=lambda g, x: g.mT @ x if g.ndim == x.ndim == 2 else _rows(g).mT @ _rows(x),
    b=lambda g: _summed(g),
)


def _summed(g: Any) -> Any:
    """The sum of rows, as a product with ones: a third of a sum's time, and nearer to the truth."""
    if not is_plain(g) or not g.size or g.dtype.kind != "f" or g.dtype is _HALF:
        return g  # which the engine sums
    return _ones(g.size // g.shape[-1], g.dtype) @ _rows(g)


_ones = lru_cache(maxsize=64)(np.ones)


def _matmul(a: Any, b: Any) -> Any:
    if a.dtype is _HALF:  # added in single precision, as in PyTorch; NumPy has no fast product of halves
        return (a.astype(np.float32) @ b.astype(np.float32)).astype(_HALF)
    return _of_all_rows(a, b)


def _of_all_rows(a: Any, b: Any) -> Any:
    """a @ b; with a matrix b as one product of matrices, where NumPy would multiply one after the other."""
    if is_plain(a) and a.ndim > 2 == b.ndim and a.size and a.flags.c_contiguous:
        return (a.reshape(-1, a.shape[-1]) @ b).reshape(*a.shape[:-1], b.shape[-1])
    return a @ b


_HALF = np.dtype(np.float16)


def _affine(x: Any, w: Any, b: Any) -> Any:
    out = _rows(x) @ w.T  # one product of matrices, where NumPy would multiply one after the other
    out += b
    return out if x.ndim == 2 else out.reshape(*x.shape[:-1], w.shape[0])


# --- PyTorch's functions ----------------------------------------------------------------------------------------------


def _shapes(function: str, a: Tensor, b: Tensor, inner: bool) -> None:
    if not inner:
        x, y = a.array.shape, b.array.shape
        raise RuntimeError(
            f"{function}mat1 and mat2 shapes cannot be multiplied ({'x'.join(map(str, x))} and {'x'.join(map(str, y))})"
        )


def matmul(input: Tensor, other: Tensor) -> Tensor:
    """The matrix product, by PyTorch's rules for vectors and batches (``torch.matmul``).

    >>> import minitorch
    >>> minitorch.matmul(minitorch.ones(2, 3), minitorch.ones(3))
    tensor([3., 3.])
    """
    x, y = input.array, other.array
    n, m = x.ndim, y.ndim
    if x.dtype.kind == "b":
        refuse(x, "b", "addmm_impl")
    if n == 2 and m == 2:
        if x.shape[1] != y.shape[0]:
            _shapes("", input, other, False)
        return matmul_2d(input, other)
    if n == 0 or m == 0:
        raise RuntimeError(f"both arguments to matmul need to be at least 1D, but they are {n}D and {m}D")
    if n == 1 and m == 1:
        return dot(input, other)
    if n == 2 and m == 1:
        return mv(input, other)
    if n == 1:
        return _squeezed(matmul(reshape_to(input, shape=(1, x.shape[0])), other), -2)
    if m == 1:
        return _squeezed(matmul(input, reshape_to(other, shape=(y.shape[0], 1))), -1)
    if x.shape[-1] != y.shape[-2]:
        if n == 3 and m == 3:
            raise RuntimeError(
                f"Expected size for first two dimensions of batch2 tensor to be: [{x.shape[0]}, {x.shape[2]}] but got: "
                f"[{y.shape[0]}, {y.shape[1]}]."
            )
        _shapes("", input, other, False)
    try:
        np.broadcast_shapes(x.shape[:-2], y.shape[:-2])
    except ValueError:
        raise RuntimeError(
            f"The size of tensor a {list(x.shape[:-2])} must match the size of tensor b {list(y.shape[:-2])} in the "
            "batch dimensions"
        ) from None
    return matmul_batched(input, other)


def _squeezed(x: Tensor, dim: int) -> Tensor:
    shape = list(x.array.shape)
    del shape[dim]
    return reshape_to(x, shape=tuple(shape))


register(np.matmul, matmul)


def mm(input: Tensor, mat2: Tensor) -> Tensor:
    """The product of two matrices (``torch.mm``)."""
    if input.array.ndim != 2 or mat2.array.ndim != 2:
        which, t = ("self", input) if input.array.ndim != 2 else ("mat2", mat2)
        raise RuntimeError(f"{which} must be a matrix, but it has {t.array.ndim} dimensions")
    return matmul(input, mat2)


def bmm(input: Tensor, mat2: Tensor) -> Tensor:
    """The products of two batches of matrices (``torch.bmm``)."""
    for name, t in (("batch1", input), ("batch2", mat2)):
        if t.array.ndim != 3:
            raise RuntimeError(f"{name} must be a 3D tensor, but it has {t.array.ndim} dimensions")
    if input.array.shape[0] != mat2.array.shape[0]:
        raise RuntimeError(
            f"Expected size for first two dimensions of batch2 tensor to be: [{input.array.shape[0]}, "
            f"{input.array.shape[2]}] but got: [{mat2.array.shape[0]}, {mat2.array.shape[1]}]."
        )
    return matmul(input, mat2)


def mv(input: Tensor, vec: Tensor) -> Tensor:
    """The product of a matrix and a vector (``torch.mv``)."""
    if input.array.ndim != 2 or vec.array.ndim != 1:
        raise RuntimeError(
            f"vector + matrix @ vector expected, got {vec.array.ndim}, {input.array.ndim}, {vec.array.ndim}"
        )
    if input.array.shape[1] != vec.array.shape[0]:
        raise RuntimeError(
            f"size mismatch, got input ({input.array.shape[0]}), mat ({'x'.join(map(str, input.array.shape))}), "
            f"vec ({vec.array.shape[0]})"
        )
    return matvec(input, vec)


def dot(input: Tensor, tensor: Tensor) -> Tensor:
    """The inner product of two vectors (``torch.dot``)."""
    if input.array.ndim != 1 or tensor.array.ndim != 1:
        raise RuntimeError(f"1D tensors expected, but got {input.array.ndim}D and {tensor.array.ndim}D tensors")
    if input.array.dtype != tensor.array.dtype:
        raise RuntimeError(
            f"dot : expected both vectors to have same dtype, but found {input.dtype} and {tensor.dtype}"
        )
    if input.array.shape != tensor.array.shape:
        raise RuntimeError(
            f"inconsistent tensor size, expected tensor [{input.array.size}] and src [{tensor.array.size}] to have the "
            "same number of elements"
        )
    return dot_1d(input, tensor)


def inner(input: Tensor, other: Tensor) -> Tensor:
    """Inner products over the last dims (``torch.inner``)."""
    if input.array.ndim == 0 or other.array.ndim == 0:
        return mul(input, other)
    x, y = input.array.shape, other.array.shape
    if x[-1] != y[-1]:
        raise RuntimeError(
            f"inner() the last dimension must match on both input tensors but got shapes {list(x)} and {list(y)}"
        )
    a, b = (reshape_to(t, shape=(math.prod(s[:-1]), s[-1])) for t, s in ((input, x), (other, y)))
    flat = matmul(a, permute_axes(b, axes=(1, 0)))
    return reshape_to(flat, shape=x[:-1] + y[:-1])


def outer(input: Tensor, vec2: Tensor) -> Tensor:
    """All products of the elements of two vectors (``torch.outer``)."""
    if input.array.ndim != 1 or vec2.array.ndim != 1:
        raise RuntimeError(f"outer: Expected 1-D argument self, but got {input.array.ndim}-D")
    return mul(reshape_to(input, shape=(-1, 1)), vec2)


def _scaled(input: Tensor, product: Tensor, beta: Any, alpha: Any) -> Tensor:
    if product.array.dtype.kind in "iu":  # PyTorch takes their whole parts
        alpha, beta = int(alpha), int(beta)
    out = product if alpha == 1 else mul(product, alpha)
    if beta == 0:
        return out
    return add(input if beta == 1 else mul(input, beta), out)


def addmm(input: Tensor, mat1: Tensor, mat2: Tensor, *, beta: Any = 1, alpha: Any = 1) -> Tensor:
    """``beta * input + alpha * (mat1 @ mat2)`` (``torch.addmm``)."""
    return _scaled(input, mm(mat1, mat2), beta, alpha)


def addmv(input: Tensor, mat: Tensor, vec: Tensor, *, beta: Any = 1, alpha: Any = 1) -> Tensor:
    """``beta * input + alpha * (mat @ vec)`` (``torch.addmv``)."""
    return _scaled(input, mv(mat, vec), beta, alpha)


def baddbmm(input: Tensor, batch1: Tensor, batch2: Tensor, *, beta: Any = 1, alpha: Any = 1) -> Tensor:
    """``beta * input + alpha * (batch1 @ batch2)``, batch by batch (``torch.baddbmm``)."""
    return _scaled(input, bmm(batch1, batch2), beta, alpha)


def addbmm(input: Tensor, batch1: Tensor, batch2: Tensor, *, beta: Any = 1, alpha: Any = 1) -> Tensor:
    """``beta * input + alpha * (the sum of batch1 @ batch2 over the batch)`` (``torch.addbmm``)."""
    return _scaled(input, bmm(batch1, batch2).sum(0), beta, alpha)


def addr(input: Tensor, vec1: Tensor, vec2: Tensor, *, beta: Any = 1, alpha: Any = 1) -> Tensor:
    """``beta * input + alpha * outer(vec1, vec2)`` (``torch.addr``)."""
    return _scaled(input, outer(vec1, vec2), beta, alpha)


def affine(input: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """``input @ weight.T + bias`` (``torch.nn.functional.linear``).

    >>> import minitorch
    >>> minitorch.nn.functional.linear(minitorch.ones(1, 2), minitorch.ones(3, 2), minitorch.ones(3))
    tensor([[3., 3., 3.]])
    """
    if weight.array.ndim == 2 and bias is not None:
        if input.array.ndim >= 2 and input.array.shape[-1] == weight.array.shape[1]:
            return linear(input, weight, bias)
        if input.array.ndim >= 2:
            x, w = input.array.shape, weight.array.shape
            raise RuntimeError(
                f"mat1 and mat2 shapes cannot be multiplied ({int(np.prod(x[:-1]))}x{x[-1]} and {w[1]}x{w[0]})"
            )
    out = matmul(input, weight.mT if weight.array.ndim == 2 else weight)
    return out if bias is None else add(out, bias)


def swap_last(x: Tensor) -> Tensor:
    """The matrices of a batch transposed (``Tensor.mT``)."""
    if x.array.ndim == 0:
        return x
    if x.array.ndim < 2:
        raise RuntimeError(
            f"tensor.mT is only supported on matrices or batches of matrices. Got {x.array.ndim}-D tensor."
        )
    return swap_axes(x, a=x.array.ndim - 2, b=x.array.ndim - 1)
