"""Update rules as one pass over the parameters, compiled by Numba: what ``fused=True`` chooses where that is installed.

A rule of a dozen NumPy calls reads and writes its operands a dozen times; a kernel here does so once. The rules in
adam.py and sgd.py define what the kernels compute, to the last bit: each operation rounds by itself, in the same order.

Parameters are written where they lie, so that a kernel gets their addresses and sizes. Gradients and state are flat.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from minitorch.core.dtypes import Array
from minitorch.core.jit import jit, numba

DTYPES = (np.dtype(np.float32), np.dtype(np.float64))


class Fused(NamedTuple):
    """A step of a rule: ``kernel(addresses, sizes, gradients, *state, *numbers)``."""

    kernel: Callable[..., None]
    state: tuple[str, ...]
    numbers: tuple[float, ...]


def places(arrays: list[Array]) -> tuple[Array, Array] | None:
    """The addresses and sizes of arrays that kernels can write to; None if they cannot, or there are no kernels."""
    if any(a.dtype not in DTYPES or not a.flags.carray for a in arrays) or numba() is None:
        return None
    addresses = [a.__array_interface__["data"][0] for a in arrays]
    return np.array(addresses, np.int64), np.array([a.size for a in arrays], np.int64)


@lru_cache(None)
def adam_kernel(maximize: bool, decays: bool, decoupled: bool) -> Callable[..., None]:
    """Adam's rule. ``decays`` says whether there is weight decay, ``decoupled`` whether it is apart."""
    at = _array_at()

    def adam(addresses, sizes, g, m, v, weight, keep, weight2, eps, rate, decay):  # type: ignore[no-untyped-def]
        number = g.dtype.type
        weight, keep, weight2 = number(weight), number(keep), number(weight2)
        eps, rate, decay = number(eps), number(rate), number(decay)
        start = 0
        for k in range(sizes.size):
            x = at(addresses[k], sizes[k], g.dtype)
            end = start + sizes[k]
            gs, ms, vs = g[start:end], m[start:end], v[start:end]
            for i in range(sizes[k]):
                slope = -gs[i] if maximize else gs[i]
                if decays and not decoupled:
                    slope = slope + x[i] * decay
                ms[i] = mean = ms[i] + (slope - ms[i]) * weight
                vs[i] = square = vs[i] * keep + slope * slope * weight2
                step = mean / (np.sqrt(square) + eps) * rate
                if decays and decoupled:
                    step = step + x[i] * decay
                x[i] = x[i] - step
            start = end

    return jit(adam)


@lru_cache(None)
def sgd_kernel(maximize: bool, decays: bool, remembers: bool, nesterov: bool) -> Callable[..., None]:
    """SGD's rule after its first step. ``remembers``: whether there is momentum; without it ``b`` is any array."""
    at = _array_at()

    def sgd(addresses, sizes, g, b, momentum, weight, rate, decay):  # type: ignore[no-untyped-def]
        number = g.dtype.type
        momentum, weight, rate, decay = number(momentum), number(weight), number(rate), number(decay)
        start = 0
        for k in range(sizes.size):
            x = at(addresses[k], sizes[k], g.dtype)
            end = start + sizes[k]
            gs, bs = g[start:end], b[start:end]
            for i in range(sizes[k]):
                slope = -gs[i] if maximize else gs[i]
                if decays:
                    slope = slope + x[i] * decay
                step = slope
                if remembers:
                    bs[i] = velocity = bs[i] * momentum + slope * weight
                    step = velocity * momentum + slope if nesterov else velocity
                x[i] = x[i] - step * rate
            start = end

    return jit(sgd)


@lru_cache(None)
def _array_at() -> Callable[..., Any]:
    """A function for kernels: the flat array at an address."""
    library = numba()
    assert library is not None
    from numba.extending import intrinsic

    void = library.types.voidptr

    @intrinsic  # type: ignore[untyped-decorator, unused-ignore]
    def pointer(context: Any, address: Any) -> Any:
        def code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
            return builder.inttoptr(args[0], context.get_value_type(void))

        return void(library.types.int64), code

    at: Any = pointer  # (Numba gives the context itself)
    carray = library.carray
    return jit(lambda address, size, dtype: carray(at(address), size, dtype))
