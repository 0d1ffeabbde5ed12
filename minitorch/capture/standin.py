"""Stand-ins: what a Tensor holds while a step is recorded. They look like its array and note each NumPy call on it.

A ``StandIn`` stands where an ndarray would, as BatchedArray does inside vmap (core/batched.py): forwards and derivative
rules run on it unchanged, since NumPy's override protocols bring every call to ``__array_ufunc__`` or
``__array_function__``. The recorder does the call on the arrays themselves and notes it. Code that asks for memory
gets ``Unbatchable``, upon which core/ has the operation done, and noted, as one call (batched_fallback.py).
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

if TYPE_CHECKING:
    from minitorch.capture.recorder import Recorder

ndarray = np.ndarray
MEMORY = "compile: an operation asks for the memory of an array that is being recorded"


def _method(name: str) -> Any:
    """A method of arrays, recorded as a call of ``ndarray.name``."""

    def call(self: StandIn, *args: Any, **kwargs: Any) -> Any:
        return self.recorder.call(getattr(type(self.value), name), (self, *args), kwargs)

    return call


def _field(name: str) -> Any:
    """Something that is known of an array without its values."""
    return property(lambda self: getattr(self.value, name))


def _part(name: str) -> Any:
    """A view that an array has as an attribute."""
    get = operator.attrgetter(name)
    return property(lambda self: self.recorder.call(get, (self,), {}))


def _giving(name: str) -> Any:
    """A method that takes values to Python or to C."""

    def call(self: StandIn, *args: Any, **kwargs: Any) -> Any:
        return getattr(self.recorder.give(self), name)(*args, **kwargs)

    return call


def _given_field(name: str) -> Any:
    """An attribute that takes values to Python or to C."""
    return property(lambda self: getattr(self.recorder.give(self), name))


class StandIn(NDArrayOperatorsMixin):
    """An array (or NumPy scalar) of a step that is being recorded; ``value`` is the array itself."""

    __slots__ = ("__weakref__", "memory", "recorder", "value")

    def __init__(self, value: Any, recorder: Recorder) -> None:
        self.value = value
        self.recorder = recorder
        self.memory = recorder.memory_of(value)  # a number that all arrays on the same memory share; None of a scalar

    @property  # type: ignore[misc]
    def __class__(self) -> Any:
        """To Python it is an ndarray (isinstance, and the operations' fast paths); NumPy's C code knows better."""
        return ndarray

    __hash__ = object.__hash__

    shape, ndim, dtype, strides, size = (_field(name) for name in ("shape", "ndim", "dtype", "strides", "size"))
    itemsize, nbytes = _field("itemsize"), _field("nbytes")
    T, mT, real, imag = (_part(name) for name in ("T", "mT", "real", "imag"))  # noqa: N815 (NumPy's names)

    @property
    def flags(self) -> Any:
        """Those of an array; a scalar becomes one before it is written to."""
        return np.asarray(self.value).flags if isinstance(self.value, np.generic) else self.value.flags

    @property
    def base(self) -> Any:
        """The array that owns the memory."""
        return owner(self.value)

    # fmt: off
    (all, any, argmax, argmin, argsort, astype, clip, conj, conjugate, copy, cumprod, cumsum, diagonal, dot, fill,
     flatten, max, mean, min, prod, ravel, repeat, reshape, round, squeeze, std, sum, swapaxes, take, trace,
     transpose, var, view, sort, put, partition, argpartition, searchsorted, byteswap) = map(_method, (
     "all", "any", "argmax", "argmin", "argsort", "astype", "clip", "conj", "conjugate", "copy", "cumprod", "cumsum",
     "diagonal", "dot", "fill", "flatten", "max", "mean", "min", "prod", "ravel", "repeat", "reshape",
     "round", "squeeze", "std", "sum", "swapaxes", "take", "trace", "transpose", "var", "view", "sort", "put",
     "partition", "argpartition", "searchsorted", "byteswap"))
    # fmt: on

    def __getitem__(self, key: Any) -> Any:
        if any(isinstance(k, ndarray) and k.dtype == bool for k in (key if isinstance(key, tuple) else (key,))):
            return self.recorder.give(self)[given(key, self.recorder)]
        return self.recorder.call(operator.getitem, (self, key), {})

    def __setitem__(self, key: Any, value: Any) -> None:
        parts = key if isinstance(key, tuple) else (key,)
        if np.ndim(value) and any(isinstance(k, ndarray) and k.dtype == bool for k in parts):
            self.recorder.fault = "it writes as many values as a mask has places, which another time are not as many"
        self.recorder.call(operator.setitem, (self, key, value), {})

    def __pow__(self, other: Any) -> Any:  # NumPy's operator has ways of its own for some exponents
        return NotImplemented if _foreign(other) else self.recorder.call(operator.pow, (self, other), {})

    def __len__(self) -> int:
        return len(self.value)

    def __iter__(self) -> Iterator[Any]:
        return (self[i] for i in range(len(self)))

    def __repr__(self) -> str:
        return f"StandIn({self.value!r})"

    def __bool__(self) -> bool:
        return self.recorder.decide(self)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        return np.array(self.recorder.give(self), dtype=dtype, copy=copy)

    item, tolist, tobytes, __float__, __int__ = map(_giving, ("item", "tolist", "tobytes", "__float__", "__int__"))
    nonzero, compress = map(_giving, ("nonzero", "compress"))
    __complex__, __index__ = map(_giving, ("__complex__", "__index__"))
    ctypes, data, flat = (_given_field(name) for name in ("ctypes", "data", "flat"))

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **kwargs: Any) -> Any:
        out = kwargs.get("out")
        if any(_foreign(x) for x in inputs) or (out is not None and any(_foreign(x) for x in out)):
            return NotImplemented
        if out is not None:
            if any(x is not None and type(x) is not StandIn for x in out):  # we cannot see what else is done to it
                given = [self.recorder.give(x) if type(x) is StandIn else x for x in (*inputs, *out)]
                kwargs["out"] = tuple(given[len(inputs) :])
                return getattr(ufunc, method)(*given[: len(inputs)], **kwargs)
            if any(x is not None and isinstance(x.value, np.generic) for x in out):
                room = tuple([x if x is None else self.recorder.room(x) for x in out])
                if any(x is not None and isinstance(x.value, np.generic) for x in room):
                    del kwargs["out"]  # ``s += 1`` of a scalar gives a new one
                else:
                    kwargs["out"] = room
        return self.recorder.call(getattr(ufunc, method) if method != "__call__" else ufunc, inputs, kwargs)

    def __array_function__(self, function: Callable[..., Any], types: Any, args: Any, kwargs: Any) -> Any:
        if any(hasattr(t, "__array_ufunc__") and t is not StandIn and not issubclass(t, ndarray) for t in types):
            return NotImplemented
        if function in _SIZED_BY_VALUES or (function is np.where and len(args) + len(kwargs) == 1):
            return function(*given(args, self.recorder), **given(kwargs, self.recorder))
        return self.recorder.function(function, args, kwargs)


class Opaque:
    """An object that an operation made for its derivative, a workspace for one: who looks into it is refused."""

    __slots__ = ("recorder", "value")
    memory = None

    def __init__(self, value: Any, recorder: Recorder) -> None:
        self.value = value
        self.recorder = recorder

    def __getattr__(self, name: str) -> Any:
        return getattr(self.recorder.give(self), name)


class Given(NamedTuple):
    """Stands in a result for one of the function's arguments, by its number, or for a container from outside."""

    which: Any


# Functions whose result has a shape that depends on values.
_SIZED_BY_VALUES = {np.nonzero, np.flatnonzero, np.argwhere, np.unique, np.extract, np.compress, np.bincount}
_SIZED_BY_VALUES |= {np.trim_zeros, np.setdiff1d, np.union1d, np.intersect1d, np.setxor1d, np.repeat, np.delete}
_SIZED_BY_VALUES |= {np.array_split, np.unique_all, np.unique_counts, np.unique_inverse, np.unique_values}


def given(value: Any, recorder: Recorder) -> Any:
    """A nested value with the arrays themselves, if the recorder gives them."""
    if type(value) is StandIn:
        return recorder.give(value)
    if isinstance(value, (tuple, list)):
        return type(value)([given(item, recorder) for item in value])
    return {k: given(item, recorder) for k, item in value.items()} if type(value) is dict else value


def _foreign(x: Any) -> bool:
    """Whether another class's overrides come before ours: a Tensor's, a BatchedArray's."""
    kind = type(x)
    return kind is not StandIn and hasattr(kind, "__array_ufunc__") and not issubclass(kind, (ndarray, np.generic))


def owner(x: Any) -> Any:
    """The array that owns the memory of x; None for a scalar, which has none."""
    if not isinstance(x, ndarray):
        return None
    while isinstance(x.base, ndarray):
        x = x.base
    return x
