"""Batching rules of NumPy's functions along axes, of Fourier transforms and of matrices."""

from __future__ import annotations

from typing import Any

import numpy as np

from minitorch.core.batched import BatchedArray
from minitorch.core.batched_fallback import by_sample, latest
from minitorch.core.batched_rules import flat, named, of_one, rule
from minitorch.core.batched_ufuncs import align, every_axis, shift_axis
from minitorch.core.batched_ufuncs import matmul as matmul_rule

# --- Along an axis ----------------------------------------------------------------------------------------------------


def _reduction(f: Any) -> None:
    of_one(f, lambda x, axis=None, *rest, **kw: f(x, every_axis(axis, x.ndim - 1), *rest, **kw))


def _along(f: Any, default: Any) -> None:
    """Of one axis; None flattens the array first."""

    def over(x: Any, axis: Any = default, *rest: Any, **kw: Any) -> Any:
        if axis is None or x.ndim == 1:
            if kw.get("keepdims"):
                return NotImplemented
            if axis not in (None, 0, -1):
                raise np.exceptions.AxisError(axis, 0)
            found = f(flat(x), 1, *rest, **kw)
            return found.reshape(len(x)) if axis is not None and found.ndim == 2 else found
        return f(x, shift_axis(axis, x.ndim - 1), *rest, **kw)

    of_one(f, over)


for _f in named("sum prod mean var std max min any all count_nonzero flip nansum nanmean nanmax nanmin median ptp"):
    _reduction(_f)
for _f in named("argmax argmin cumsum cumprod"):
    _along(_f, None)
for _f in named("sort argsort"):
    _along(_f, -1)


def _diff(x: Any, n: int = 1, axis: int = -1, **kw: Any) -> Any:
    return NotImplemented if kw or x.ndim == 1 else np.diff(x, n, shift_axis(axis, x.ndim - 1))


def _fft(f: Any) -> Any:
    def over(x: Any, n: Any = None, axis: int = -1, norm: Any = None) -> Any:
        return NotImplemented if x.ndim == 1 else f(x, n, shift_axis(axis, x.ndim - 1), norm)

    return over


def _fftn(f: Any) -> Any:
    def over(x: Any, s: Any = None, axes: Any = None, norm: Any = None) -> Any:
        if axes is None:
            axes = range(-(x.ndim - 1 if s is None else len(s)), 0)
        return f(x, s, shift_axis(tuple(axes), x.ndim - 1), norm)

    return over


def _roll(x: Any, shift: Any, axis: Any = None) -> Any:
    if axis is None:
        return np.roll(flat(x), shift, 1).reshape(x.shape)
    return np.roll(x, shift, shift_axis(axis, x.ndim - 1))


def _repeat(x: Any, repeats: Any, axis: Any = None) -> Any:
    return np.repeat(flat(x), repeats, 1) if axis is None else np.repeat(x, repeats, shift_axis(axis, x.ndim - 1))


def _split(f: Any) -> Any:
    return lambda x, sections, axis=0: f(x, sections, shift_axis(axis, x.ndim - 1))


of_one(np.diff, _diff)
of_one(np.roll, _roll)
of_one(np.repeat, _repeat)
for _f in named("split array_split"):
    of_one(_f, _split(_f))
for _f in named("fft ifft rfft irfft hfft ihfft", np.fft):
    of_one(_f, _fft(_f))
for _f in named("fftn ifftn rfftn irfftn", np.fft):
    of_one(_f, _fftn(_f))
for _f in named("fftshift ifftshift", np.fft):
    of_one(_f, lambda x, axes=None, f=_f: f(x, every_axis(axes, x.ndim - 1)))

# --- Matrices ---------------------------------------------------------------------------------------------------------

_STACKED = "inv det slogdet cholesky qr svd svdvals eig eigh eigvals eigvalsh pinv matrix_rank matrix_power"
for _f in named(_STACKED, np.linalg):
    of_one(_f, lambda x, *a, f=_f, **kw: NotImplemented if x.ndim < 3 or not len(x) else f(x, *a, **kw))
of_one(
    np.linalg.norm,
    lambda x, ord=None, axis=None, keepdims=False: (
        NotImplemented if axis is None else np.linalg.norm(x, ord, shift_axis(axis, x.ndim - 1), keepdims)
    ),
)


@rule(np.linalg.solve)
def _solve(a: Any, b: Any) -> Any:
    level = latest((a, b))
    assert level is not None
    if b.ndim == 1:
        return _solve(a, np.expand_dims(b, -1))[..., 0]
    return BatchedArray(np.linalg.solve(*align((a, b), level)), level)


@rule(np.dot)
def _dot(a: Any, b: Any) -> Any:
    if not a.ndim or not b.ndim:
        return a * b
    return matmul_rule(a, b) if b.ndim <= 2 else by_sample(np.dot, a, b)


@rule(np.outer)
def _outer(a: Any, b: Any) -> Any:
    return np.reshape(a, (-1, 1)) * np.reshape(b, (1, -1))


@rule(np.einsum)
def _einsum(subscripts: Any, *operands: Any, **kw: Any) -> Any:
    level = latest(operands)
    if level is None or not isinstance(subscripts, str) or "->" not in subscripts:
        return by_sample(np.einsum, subscripts, *operands, **kw)
    left, right = subscripts.replace(" ", "").split("->")
    free = next(c for c in "zyxwvutsrqponmlkjihgfedcbaZYXWVUTSRQPONMLKJIHGFEDCBA" if c not in left + right)
    terms, values = [], []
    for term, x in zip(left.split(","), operands, strict=True):
        here = type(x) is BatchedArray and x.level is level
        terms.append(free + term if here else term)
        values.append(x.data if here else x)
    return BatchedArray(np.einsum(f"{','.join(terms)}->{free}{right}", *values, **kw), level)
