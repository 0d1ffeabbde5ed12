"""NumPy's ufuncs on batched arrays: the inputs' dimensions are lined up behind the samples', and one call does all."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from minitorch.core.batched import BatchedArray, levels_of
from minitorch.core.batched_fallback import by_sample, latest
from minitorch.core.batched_levels import IN_PLACE, Level, Unbatchable


def apply(ufunc: Any, method: str, inputs: Sequence[Any], kwargs: dict[str, Any]) -> Any:
    """``getattr(ufunc, method)(*inputs, **kwargs)``, some of the arguments batched."""
    out = kwargs.pop("out", None)
    if out is not None:
        out = out if isinstance(out, tuple) else (out,)
        for o in out:
            check_room(o, inputs)
    if method == "at":
        check_room(inputs[0], inputs[1:])
        return add_at(ufunc, *inputs)
    if kwargs.get("where") is True:
        del kwargs["where"]
    call: Any = getattr(ufunc, method)
    if method == "__call__" and ufunc is np.matmul:
        result = matmul(*inputs, **kwargs)
    elif method == "__call__" and ufunc.signature is None and "where" not in kwargs:
        result = _elementwise(ufunc, inputs, kwargs, out)
        if out is not None and type(result) is not tuple:
            return out[0]
    elif (
        method in ("reduce", "accumulate") and type(inputs[0]) is BatchedArray and latest((inputs[1:], kwargs)) is None
    ):
        x, axis = inputs[0], inputs[1] if len(inputs) > 1 else kwargs.pop("axis", 0)
        result = BatchedArray(call(x.data, every_axis(axis, x.ndim), *inputs[2:], **kwargs), x.level)
    else:
        result = by_sample(call, *inputs, **kwargs)
    if out is None:
        return result
    for o, r in zip(out, result if isinstance(result, tuple) else (result,), strict=True):
        np.copyto(o, r, casting="same_kind")
    return out[0] if len(out) == 1 else out


def _elementwise(ufunc: Any, inputs: Sequence[Any], kwargs: dict[str, Any], out: Any) -> Any:
    level = latest((inputs, out))
    assert level is not None
    if out is not None and len(out) == 1:
        *aligned, into = align((*inputs, out[0]), level)
        return ufunc(*aligned, out=into, **kwargs)
    result = ufunc(*align(inputs, level), **kwargs)
    if isinstance(result, tuple):
        return tuple([BatchedArray(r, level) for r in result])
    return BatchedArray(result, level)


def add_at(ufunc: Any, x: Any, key: Any, *values: Any) -> None:
    """``ufunc.at(x, key, *values)`` for each sample; x has room for all of them."""
    from minitorch.core.batched_indexing import places

    to = places(x, key)
    if to is None:
        by_sample(ufunc.at, x, key, *values)
    else:
        ufunc.at(x.data, to.key, *[to.value(v) for v in values])


def align(values: Sequence[Any], level: Level, n: int = 0) -> list[Any]:
    """Arrays that broadcast against each other as the samples' would: dimensions of 1 go behind the samples'.

    Batched ones get the dimensions of the largest, and ``n`` at least.
    """
    n = max(n, *[x.ndim if hasattr(x, "ndim") else np.ndim(x) for x in values])
    found = []
    for x in values:
        if type(x) is BatchedArray and x.level is level:
            x = x.data
            missing = n + 1 - x.ndim
            if missing:
                x = x.reshape(x.shape[0], *(1,) * missing, *x.shape[1:])
        found.append(x)
    return found


def check_room(into: Any, values: Any) -> None:
    """Raises unless an array to be written to has room for all samples of what is written."""
    here = levels_of(into)
    for x in values if isinstance(values, (tuple, list)) else (values,):
        if any(level not in here for level in levels_of(x)):
            raise Unbatchable(IN_PLACE)


def shift_axis(axis: Any, ndim: int) -> Any:
    """An axis, or several, of samples of ``ndim`` dimensions, counted with the samples' own in front."""
    if isinstance(axis, (tuple, list)):
        return tuple([shift_axis(a, ndim) for a in axis])
    if not -ndim <= axis < ndim:
        raise np.exceptions.AxisError(int(axis), ndim)
    return axis % ndim + 1


def every_axis(axis: Any, ndim: int) -> Any:
    """As shift_axis; None stands for all of a sample's axes."""
    if axis is None:
        return tuple(range(1, ndim + 1))
    return () if not ndim and axis in (0, -1) else shift_axis(axis, ndim)  # NumPy reduces numbers, too


def matmul(a: Any, b: Any, **kwargs: Any) -> Any:
    """Products of matrices and vectors, as few calls of BLAS as there can be."""
    level = latest((a, b))
    assert level is not None
    if not a.ndim or not b.ndim or a.shape[-1] != b.shape[-2 if b.ndim > 1 else 0]:
        return np.matmul(np.empty(a.shape), np.empty(b.shape))  # for NumPy's error
    vector_a, vector_b = a.ndim == 1, b.ndim == 1
    if not (type(b) is BatchedArray and b.level is level) and b.ndim <= 2 and not (vector_a and vector_b):
        x = a.data  # one matrix for all samples: their rows are one matrix, too
        rows = np.matmul(x.reshape(math.prod(x.shape[:-1]), x.shape[-1]) if x.ndim > 2 else x, b, **kwargs)
        return BatchedArray(rows.reshape(*x.shape[:-1], *b.shape[1:]) if x.ndim > 2 else rows, level)
    if vector_b and a.ndim == 2 and not (type(a) is BatchedArray and a.level is level):
        return BatchedArray(np.matmul(b.data, a.T, **kwargs), level)
    x = np.expand_dims(a, 0) if vector_a else a
    y = np.expand_dims(b, -1) if vector_b else b
    # A sum of one product is a product, for which there is a faster loop.
    z = (np.multiply if x.shape[-1] == 1 and not kwargs else np.matmul)(*align((x, y), level), **kwargs)
    if vector_b:
        z = z[..., 0]
    if vector_a:
        z = z[..., 0] if vector_b else z[..., 0, :]
    return BatchedArray(z, level)
