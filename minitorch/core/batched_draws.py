"""Random numbers inside vmap: refused, drawn once for all samples, or for each sample, as the running vmaps say.

"different" draws for all samples at once, the samples' dimensions in front, as PyTorch does: the numbers are PyTorch's.
(Permutations are drawn one after another.)
"""

from __future__ import annotations

import functools
import inspect
import math
from collections.abc import Callable
from typing import Any

import numpy as np

from minitorch.core.batched import levels_of, put, take
from minitorch.core.batched_levels import Level, plain_dtype, running

ERROR = (
    "vmap: called random operation while in randomness error mode. Please either use the 'same' or 'different' "
    "randomness flags on vmap or perform the randomness operation out of vmap."
)
SAME = (
    "Vmap does not currently support same randomness with a batched tensor input: the samples' probabilities differ. "
    "Use randomness='different', or draw uniform numbers and compare."
)


def per_sample(method: Callable[..., Any]) -> Callable[..., Any]:
    """A generator's method that minds the running vmaps."""
    names = list(inspect.signature(method).parameters)
    place = names.index("shape") - 1 if "shape" in names else None

    @functools.wraps(method)
    def draw(self: Any, *args: Any, **kwargs: Any) -> Any:
        levels = running.levels
        if not levels:
            return method(self, *args, **kwargs)
        if any(level.randomness == "error" for level in levels):
            raise RuntimeError(ERROR)
        own = [level for level in levels if level.randomness == "different"]
        values = [plain_dtype(a) for a in args]
        running.levels = ()  # the method may draw by others
        try:
            if place is None:
                drawn = _from(functools.partial(method, self), values, kwargs, own, levels)
            else:
                shape = values[place] if place < len(values) else kwargs.pop("shape")
                values[place : place + 1] = [
                    (*[n.size for n in own], *(shape if isinstance(shape, tuple) else (shape,)))
                ]
                drawn = method(self, *values, **kwargs)
        finally:
            running.levels = levels
        for level in own:
            drawn = put(drawn, level)
        return drawn

    return draw


def _from(method: Any, args: list[Any], kwargs: Any, own: list[Level], levels: tuple[Level, ...]) -> Any:
    """Draws of a number (``permutation``), or from an array of probabilities."""
    first, *rest = args
    sizes = [level.size for level in own]
    if not isinstance(first, np.ndarray):
        drawn = [method(first, *rest, **kwargs) for _ in range(math.prod(sizes))]
        return np.array(drawn, np.int64).reshape(*sizes, first)
    if any(level in levels and level not in own for level in levels_of(first)):
        raise RuntimeError(SAME)
    shape = first.shape
    for level in reversed(own):
        first = take(first, level)
    if len(shape) in (1, 2) and method.func.__name__ == "multinomial" and own:
        drawn = method(first.reshape(-1, shape[-1]), *rest, **kwargs)
        return drawn.reshape(*sizes, *shape[:-1], drawn.shape[-1])
    return method(first, *rest, **kwargs)
