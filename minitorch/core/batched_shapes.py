"""Batching rules of NumPy's functions that change shapes, and of those that make an array like another."""

from __future__ import annotations

from typing import Any

import numpy as np

from minitorch.core.batched import BatchedArray
from minitorch.core.batched_levels import plain_dtype
from minitorch.core.batched_rules import flat, of_one, rule
from minitorch.core.batched_ufuncs import align, every_axis, shift_axis


def _reshape(x: Any, shape: Any, order: str = "C", **kw: Any) -> Any:
    shape = (shape,) if isinstance(shape, (int, np.integer)) else tuple(shape)
    if order != "C" or (not len(x) and -1 in shape):
        return NotImplemented
    return np.reshape(x, (len(x), *shape), **kw)


def _expand_dims(x: Any, axis: Any) -> Any:
    new = len(axis) if isinstance(axis, (tuple, list)) else 1
    return np.expand_dims(x, shift_axis(axis, x.ndim - 1 + new))


def _squeeze(x: Any, axis: Any = None) -> Any:
    if axis is None:
        return x.reshape(len(x), *[n for n in x.shape[1:] if n != 1])
    return np.squeeze(x, shift_axis(axis, x.ndim - 1))


def _transpose(x: Any, axes: Any = None) -> Any:
    last = x.ndim - 1
    return np.transpose(x, (0, *(range(last, 0, -1) if axes is None else shift_axis(tuple(axes), last))))


def _swapaxes(x: Any, axis1: int, axis2: int) -> Any:
    return np.swapaxes(x, *shift_axis((axis1, axis2), x.ndim - 1))


def _moveaxis(x: Any, source: Any, destination: Any) -> Any:
    source, destination = (tuple(a) if isinstance(a, range) else a for a in (source, destination))
    return np.moveaxis(x, shift_axis(source, x.ndim - 1), shift_axis(destination, x.ndim - 1))


def _diagonal(f: Any) -> Any:
    def over(x: Any, offset: int = 0, axis1: int = 0, axis2: int = 1, *rest: Any, **kw: Any) -> Any:
        return f(x, offset, *shift_axis((axis1, axis2), x.ndim - 1), *rest, **kw)

    return over


def _triangle(f: Any) -> Any:
    return lambda x, k=0: NotImplemented if x.ndim < 3 else f(x, k)


def _tile(x: Any, reps: Any) -> Any:
    reps = tuple(np.atleast_1d(reps))
    missing = max(len(reps) - (x.ndim - 1), 0)
    reps = (1,) * (x.ndim - 1 - len(reps)) + reps
    return np.tile(x.reshape(len(x), *(1,) * missing, *x.shape[1:]), (1, *reps))


def _pad(x: Any, pad_width: Any, mode: str = "constant", **kw: Any) -> Any:
    if any(np.ndim(v) for v in kw.values() if not isinstance(v, str)):
        return NotImplemented
    widths = np.broadcast_to(np.asarray(pad_width), (x.ndim - 1, 2)).tolist()
    pad: Any = np.pad
    return pad(x, [(0, 0), *map(tuple, widths)], mode, **kw)


def _windows(x: Any, window_shape: Any, axis: Any = None, **kw: Any) -> Any:
    from numpy.lib.stride_tricks import sliding_window_view

    return sliding_window_view(x, window_shape, every_axis(axis, x.ndim - 1), **kw)


@rule(np.broadcast_to)
def _broadcast_to(x: Any, shape: Any, subok: bool = False) -> Any:
    shape = (shape,) if isinstance(shape, (int, np.integer)) else tuple(shape)
    if x.ndim > len(shape):
        return np.broadcast_to(np.empty(x.shape), shape)  # for NumPy's error
    (data,) = align((x,), x.level) if x.ndim == len(shape) else align((x, np.empty((1,) * len(shape))), x.level)[:1]
    return BatchedArray(np.broadcast_to(data, (x.level.size, *shape)), x.level)


for _name, _data_rule in {
    "reshape": _reshape, "expand_dims": _expand_dims, "squeeze": _squeeze, "transpose": _transpose,
    "swapaxes": _swapaxes, "moveaxis": _moveaxis, "tile": _tile, "pad": _pad,
    "tril": _triangle(np.tril), "triu": _triangle(np.triu),
    "diagonal": _diagonal(np.diagonal), "trace": _diagonal(np.trace),
    "ravel": lambda x, order="C": flat(x) if order in "CAK" else NotImplemented,
    "copy": lambda x, order="K", subok=False: x.copy(order),
    "zeros_like": lambda x, *a, **kw: _like(np.zeros_like, x, *a, **kw),
    "ones_like": lambda x, *a, **kw: _like(np.ones_like, x, *a, **kw),
    "empty_like": lambda x, *a, **kw: _like(np.empty_like, x, *a, **kw),
    "full_like": lambda x, *a, **kw: _like(np.full_like, x, *a, **kw),
}.items():  # fmt: skip
    of_one(getattr(np, _name), _data_rule)
of_one(np.lib.stride_tricks.sliding_window_view, _windows)


def _like(f: Any, x: Any, *args: Any, shape: Any = None, **kw: Any) -> Any:
    if shape is not None:
        kw["shape"] = (len(x), *((shape,) if isinstance(shape, (int, np.integer)) else tuple(shape)))
    return f(x, *[plain_dtype(a) for a in args], **kw)
