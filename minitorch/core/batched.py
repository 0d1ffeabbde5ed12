"""Batched arrays: what a Tensor holds inside vmap. They look like one sample's array and hold all samples'.

A ``BatchedArray`` stands where an ndarray would: forwards and derivative rules, written in ``np.`` functions and
operators, run on it unchanged, since NumPy's override protocols bring every call back to the rules in
batched_functions.py and batched_ufuncs.py. Its shape, dtype and strides are one sample's. Whoever asks for its values
gets ``Unbatchable``, never something wrong; the row that asked is then run in another way (batched_fallback.py).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

from minitorch.core.batched_levels import CONTROL_FLOW, ITEM, VALUES, Level, Unbatchable, plain_dtype

ndarray = np.ndarray


def _through(function: Callable[..., Any]) -> Any:
    """A method of arrays that NumPy has as a function as well."""
    return lambda self, *args, **kwargs: function(self, *args, **kwargs)


def _refusal(message: str) -> Any:
    def refuse(self: Any, *args: Any, **kwargs: Any) -> Any:
        raise Unbatchable(message)

    return refuse


class BatchedArray(NDArrayOperatorsMixin):
    """All samples' arrays under the shape of one: ``data`` has the samples along its first dimension.

    ``data`` is an ndarray or, where vmap is nested, a BatchedArray of an earlier level.

    >>> from minitorch.core.batched import BatchedArray
    >>> from minitorch.core.batched_levels import Level
    >>> x = BatchedArray(np.arange(6.0).reshape(3, 2), Level(3))
    >>> x.shape, np.sum(x * 2).data
    ((2,), array([ 2., 10., 18.]))
    """

    __slots__ = ("__weakref__", "data", "level")

    data: Any
    level: Level

    def __init__(self, data: Any, level: Level) -> None:
        self.data = data
        self.level = level

    @property  # type: ignore[misc]
    def __class__(self) -> Any:
        """To Python it is an ndarray (isinstance, and the operations' fast paths); NumPy's C code knows better."""
        return ndarray

    __hash__ = object.__hash__

    # --- One sample's layout -----------------------------------------------------------------------------------------

    @property
    def shape(self) -> tuple[int, ...]:
        return tuple(self.data.shape[1:])

    @property
    def ndim(self) -> int:
        return int(self.data.ndim) - 1

    @property
    def dtype(self) -> Any:
        return self.level.dtype(self.data.dtype)

    @property
    def strides(self) -> tuple[int, ...]:
        return tuple(self.data.strides[1:])

    @property
    def size(self) -> int:
        n = 1
        for k in self.shape:
            n *= k
        return n

    @property
    def itemsize(self) -> int:
        return int(self.data.itemsize)

    @property
    def nbytes(self) -> int:
        return self.size * self.itemsize

    @property
    def flags(self) -> Any:
        dense, step = True, self.itemsize
        for n, stride in zip(reversed(self.shape), reversed(self.strides), strict=True):
            dense = dense and (n == 1 or stride == step)
            step *= n
        return _Flags(dense or not self.size, self.data.flags.writeable)

    @property
    def base(self) -> Any:
        """The array that owns the memory."""
        return self.data if self.data.base is None else self.data.base

    @property
    def T(self) -> Any:
        return np.transpose(self)

    @property
    def mT(self) -> Any:
        return np.swapaxes(self, -1, -2)

    @property
    def real(self) -> Any:
        return BatchedArray(self.data.real, self.level)

    @property
    def imag(self) -> Any:
        return BatchedArray(self.data.imag, self.level)

    # --- Methods of arrays -------------------------------------------------------------------------------------------

    sum, prod, mean, var, std = (_through(f) for f in (np.sum, np.prod, np.mean, np.var, np.std))
    max, min, any, all, round = (_through(f) for f in (np.max, np.min, np.any, np.all, np.round))
    argmax, argmin, argsort, cumsum = (_through(f) for f in (np.argmax, np.argmin, np.argsort, np.cumsum))
    cumprod, ravel, flatten = (_through(f) for f in (np.cumprod, np.ravel, lambda x: np.ravel(x).copy()))
    swapaxes, squeeze, diagonal, trace = (_through(f) for f in (np.swapaxes, np.squeeze, np.diagonal, np.trace))
    take, repeat, clip, dot = (_through(f) for f in (np.take, np.repeat, np.clip, np.dot))
    conj = conjugate = _through(np.conjugate)

    def astype(self, dtype: Any, *args: Any, **kwargs: Any) -> BatchedArray:
        return BatchedArray(self.data.astype(plain_dtype(dtype), *args, **kwargs), self.level)

    def copy(self, order: Any = "C") -> BatchedArray:
        return BatchedArray(self.data.copy(order), self.level)

    def view(self, dtype: Any = None) -> BatchedArray:
        if dtype is None:
            return BatchedArray(self.data.view(), self.level)
        if not self.ndim and np.dtype(plain_dtype(dtype)).itemsize != self.itemsize:
            raise ValueError("Changing the dtype of a 0d array is only supported if the itemsize is unchanged")
        return BatchedArray(self.data.view(plain_dtype(dtype)), self.level)

    def reshape(self, *shape: Any, **kwargs: Any) -> Any:
        return np.reshape(self, shape[0] if len(shape) == 1 else shape, **kwargs)

    def transpose(self, *axes: Any) -> Any:
        return np.transpose(self, axes[0] if len(axes) == 1 else axes or None)

    def fill(self, value: Any) -> None:
        self[...] = value

    def __getitem__(self, key: Any) -> Any:
        from minitorch.core.batched_indexing import fetch

        return fetch(self, key)

    def __setitem__(self, key: Any, value: Any) -> None:
        from minitorch.core.batched_indexing import store

        store(self, key, value)

    def __len__(self) -> int:
        if not self.ndim:
            raise TypeError("len() of unsized object")
        return self.shape[0]

    def __iter__(self) -> Iterator[Any]:
        return (self[i] for i in range(len(self)))

    def __repr__(self) -> str:
        return f"BatchedArray(level={self.level.number}, size={self.level.size}, data=\n{self.data!r})"

    # --- Its values, which differ from sample to sample --------------------------------------------------------------

    __array__ = _refusal(VALUES)
    __array_interface__ = ctypes = property(_refusal(VALUES))
    tolist = tobytes = _refusal(VALUES)
    item = __float__ = __int__ = __complex__ = __index__ = _refusal(ITEM)
    __bool__ = _refusal(CONTROL_FLOW)

    # --- NumPy's doors -----------------------------------------------------------------------------------------------

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **kwargs: Any) -> Any:
        from minitorch.core.batched_ufuncs import apply

        if any(_foreign(type(x)) for x in inputs):
            return NotImplemented
        return apply(ufunc, method, inputs, kwargs)

    def __array_function__(self, function: Any, types: Any, args: Any, kwargs: Any) -> Any:
        from minitorch.core.batched_functions import apply

        if any(_foreign(t) for t in types):
            return NotImplemented
        return apply(function, args, kwargs)


def _foreign(kind: type) -> bool:
    """Whether another class's overrides come before ours: a Tensor's, and not those of a recorder's stand-ins."""
    if kind is BatchedArray or not hasattr(kind, "__array_ufunc__") or issubclass(kind, (ndarray, np.generic)):
        return False
    return not hasattr(kind, "recorder")


class _Flags:
    """What a sample's array is known to be; the rest concerns those who read memory by themselves."""

    __slots__ = ("c_contiguous", "owndata", "writeable")

    def __init__(self, c_contiguous: bool, writeable: bool) -> None:
        self.c_contiguous, self.writeable, self.owndata = c_contiguous, writeable, False

    def __getattr__(self, name: str) -> Any:
        raise Unbatchable(VALUES)


# --- Levels -----------------------------------------------------------------------------------------------------------


def is_batched(x: Any) -> bool:
    """Whether an array is mapped over by some vmap (isinstance says ndarray)."""
    return type(x) is BatchedArray


def is_plain(x: Any) -> bool:
    """Whether it is an array, or a recorder's stand-in for one: no Tensor, and not mapped over by a vmap."""
    return x.__class__ is ndarray and not is_batched(x)


def levels_of(x: Any) -> tuple[Level, ...]:
    """The levels that an array is on, latest first."""
    return x.dtype.levels if type(x) is BatchedArray else ()


def raw(x: Any) -> Any:
    """All samples' values as one ndarray: for a check on values that each sample must pass."""
    return raw(x.data) if type(x) is BatchedArray else x


def agreed(condition: Any) -> bool:
    """What all samples answer to a question about values; Unbatchable if they differ."""
    answers = raw(condition)
    if type(condition) is BatchedArray and answers.any() and not answers.all():
        raise Unbatchable(CONTROL_FLOW)
    return bool(answers.any())


def blank(shape: tuple[int, ...], like: Any) -> Any:
    """Zeros of a shape, of the dtype and on the levels of another array, which will be written there."""
    if type(like) is ndarray:
        return np.zeros(shape, like.dtype)
    if type(like) is not BatchedArray:
        return np.zeros_like(like, shape=shape, order="C")
    return BatchedArray(blank((like.level.size, *shape), like.data), like.level)


def put(x: Any, level: Level) -> BatchedArray:
    """An array whose first dimension counts the samples, as one of that level."""
    if type(x) is BatchedArray and x.level.number > level.number:
        return BatchedArray(put(np.moveaxis(x.data, 1, 0), level), x.level)
    return BatchedArray(x, level)


def take(x: Any, level: Level) -> Any:
    """The inverse of ``put``. What is not on the level is the same for all its samples."""
    if level not in levels_of(x):
        return np.broadcast_to(x, (level.size, *x.shape))
    if x.level is level:
        return x.data
    return BatchedArray(np.moveaxis(take(x.data, level), 0, 1), x.level)
