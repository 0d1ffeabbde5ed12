"""Jacobians as real matrices: by finite differences, by backward passes and by forward mode.

A complex tensor counts as its real and imaginary parts side by side, so that every Jacobian here is a real matrix, a
row for each number of an input and a column for each number of an output.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from minitorch.autograd.forward_ad import dual_level, make_dual, unpack_dual
from minitorch.core.backward import grad
from minitorch.core.tensor import Array, Tensor, wrap

Function = Callable[..., Any]


def tracked(values: Sequence[Any]) -> list[Tensor]:
    """Those that are tensors and require grad."""
    return [x for x in values if isinstance(x, Tensor) and x.requires_grad]


def outputs_of(func: Function, inputs: Sequence[Any]) -> list[Tensor]:
    """The results that a gradient can come from."""
    results = func(*inputs)
    if not isinstance(results, (Tensor, tuple, list)):
        raise TypeError(f"func must return a Tensor or several in a tuple, but gave {type(results).__name__}")
    several = (results,) if isinstance(results, Tensor) else results
    return [t for t in several if isinstance(t, Tensor) and t.array.dtype.kind in "fc"]


# --- Tensors as real vectors ------------------------------------------------------------------------------------------


def _parts(x: Array) -> list[Array]:
    """The real numbers an array is made of, as views of it."""
    return [x.real, x.imag] if x.dtype.kind == "c" else [x]


def flat(x: Array) -> Array:
    """The same numbers in one dimension, as a copy."""
    return np.concatenate([part.ravel() for part in _parts(x)])


def count(x: Array) -> int:
    """How many real numbers an array is made of."""
    return x.size * (2 if x.dtype.kind == "c" else 1)


def unflat(v: Array, like: Array) -> Array:
    """The inverse of ``flat``."""
    out = np.zeros(like.shape, like.dtype)
    for part, numbers in zip(_parts(out), np.split(v, len(_parts(out))), strict=True):
        part[...] = numbers.reshape(like.shape)
    return out


def unit(k: int, like: Array) -> Array:
    """The array of zeros whose ``k``-th real number is one."""
    return unflat(np.eye(1, count(like), k)[0], like)


# --- Finite differences -----------------------------------------------------------------------------------------------


def _values(func: Function, inputs: Sequence[Any]) -> list[Array]:
    """The outputs' numbers, copied, since an output may be a view of an input that is about to move."""
    return [flat(out.array) for out in outputs_of(func, inputs)]


def _numbers(x: Array) -> Iterator[tuple[Array, tuple[int, ...]]]:
    """Every real number of an array, as (view, index)."""
    return ((part, index) for part in _parts(x) for index in np.ndindex(part.shape))


def numerical_jacobian(func: Function, inputs: Sequence[Any], x: Tensor, eps: float) -> list[Array]:
    """For each output the matrix d output / d x by central differences: (f(x + eps) - f(x - eps)) / (2 eps)."""
    rows: list[list[Array]] = []
    for part, index in _numbers(x.array):
        value = part[index]
        part[index] = value + eps
        above = _values(func, inputs)
        part[index] = value - eps
        below = _values(func, inputs)
        part[index] = value
        rows.append([(a - b) / (2 * eps) for a, b in zip(above, below, strict=True)])
    if not rows:
        return [np.zeros((0, len(out))) for out in _values(func, inputs)]
    return [np.stack(column) for column in zip(*rows, strict=True)]


def numerical_product(func: Function, inputs: Sequence[Any], x: Tensor, u: Array, eps: float) -> list[Array]:
    """For each output its change when x moves along ``u``, by central differences."""
    before = x.array.copy()
    np.copyto(x.array, before + eps * unflat(u, before))
    above = _values(func, inputs)
    np.copyto(x.array, before - eps * unflat(u, before))
    below = _values(func, inputs)
    np.copyto(x.array, before)
    return [(a - b) / (2 * eps) for a, b in zip(above, below, strict=True)]


# --- Reverse and forward mode -----------------------------------------------------------------------------------------


def vjp(output: Tensor, inputs: Sequence[Tensor], seed: Tensor) -> tuple[Tensor | None, ...]:
    """A backward pass from one output."""
    if not output.requires_grad:
        return (None,) * len(inputs)
    return grad(output, inputs, seed, retain_graph=True, allow_unused=True)


def analytical_jacobian(output: Tensor, inputs: Sequence[Tensor]) -> list[Array]:
    """For each input the matrix d output / d input by backward passes, one for each number of the output."""
    n = count(output.array)
    found = [np.zeros((count(x.array), n)) for x in inputs]
    for k in range(n):
        for jacobian, g in zip(found, vjp(output, inputs, wrap(unit(k, output.array))), strict=True):
            if g is not None:
                jacobian[:, k] = flat(g.array)
    return found


def dual_inputs(inputs: Sequence[Any], x: Tensor, tangent: Tensor) -> list[Any]:
    """The inputs for a run of forward mode along one of them."""
    detached = [t.detach() if isinstance(t, Tensor) else t for t in inputs]
    return [make_dual(d, tangent) if t is x else d for t, d in zip(inputs, detached, strict=True)]


def jvp(func: Function, inputs: Sequence[Any], x: Tensor, tangent: Tensor) -> list[Tensor]:
    """The outputs' tangents by forward mode when x has this one; zeros where an output does not depend on x."""
    with dual_level():
        outputs = outputs_of(func, dual_inputs(inputs, x, tangent))
        found = [(out, unpack_dual(out).tangent) for out in outputs]
        return [wrap(np.zeros_like(out.array)) if t is None else t.detach() for out, t in found]


def forward_jacobian(func: Function, inputs: Sequence[Any], x: Tensor) -> list[Array]:
    """For each output the matrix d output / d x by forward mode, one run for each number of x."""
    rows = [[flat(t.array) for t in jvp(func, inputs, x, wrap(unit(k, x.array)))] for k in range(count(x.array))]
    if not rows:
        return [np.zeros((0, len(out))) for out in _values(func, inputs)]
    return [np.stack(column) for column in zip(*rows, strict=True)]
