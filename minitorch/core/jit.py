"""Numba, where it is installed: compiles loops over the elements of arrays. It is loaded when it is first asked for."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any


@lru_cache(None)
def numba() -> Any | None:
    """The library, or None where it is not installed or does not work with this NumPy."""
    try:
        import numba
    except ImportError:
        return None
    return numba


def jit(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function compiled so that it rounds as NumPy does: each operation by itself, in the order that it is written.

    So no fast math, no multiplication fused with an addition, and division by zero gives what IEEE 754 says.
    """
    library = numba()
    assert library is not None
    compiled: Callable[..., Any] = library.njit(error_model="numpy", fastmath=False)(function)
    return compiled
