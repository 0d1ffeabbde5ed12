"""NumPy's override protocols: ``np.exp(t)`` and ``np.sum(t, axis=0)`` on a Tensor arrive at our operations.

This is the second door to the primitives. A rule that runs under ``create_graph`` comes in by it, and so does a user's
own NumPy code. A function that is not registered raises and names itself: nothing is detached in silence.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from minitorch.core.tensor import Tensor

_UFUNCS: dict[Any, Callable[..., Any]] = {}
_FUNCTIONS: dict[Any, Callable[..., Any]] = {}


def register(numpy_function: Any, op: Callable[..., Any]) -> None:
    """From now on ``numpy_function`` of a Tensor is ``op``, called with NumPy's own arguments."""
    table = _UFUNCS if isinstance(numpy_function, np.ufunc) else _FUNCTIONS
    table[numpy_function] = op


def registered() -> list[str]:
    """The names of the NumPy functions that work on Tensors."""
    return sorted(f.__name__ for f in (*_UFUNCS, *_FUNCTIONS))


def array_ufunc(self: Tensor, ufunc: np.ufunc, method: str, *inputs: Any, **kwargs: Any) -> Any:
    """Tensor.__array_ufunc__."""
    op = _UFUNCS.get(ufunc)
    if op is None or method != "__call__" or any(v is not None for k, v in kwargs.items()):
        extra = [f"{k}=" for k, v in kwargs.items() if v is not None]
        called = f"np.{ufunc.__name__}{'' if method == '__call__' else '.' + method}"
        raise TypeError(
            f"{called} is not supported on a Tensor{' with ' + ', '.join(extra) if extra else ''}: it would drop the "
            "graph. Use the tensor's own operation, or np functions on t.detach().numpy()."
        )
    return op(*inputs)


def array_function(self: Tensor, function: Any, types: Any, args: Any, kwargs: Any) -> Any:
    """Tensor.__array_function__."""
    op = _FUNCTIONS.get(function)
    if op is None:
        name = f"{getattr(function, '__module__', 'numpy')}.{function.__name__}"
        raise TypeError(
            f"{name} is not supported on a Tensor: it would drop the graph. Use the tensor's own operation, or "
            f"{name} on t.detach().numpy()."
        )
    return op(*args, **kwargs)


Tensor.__array_ufunc__ = array_ufunc
Tensor.__array_function__ = array_function
