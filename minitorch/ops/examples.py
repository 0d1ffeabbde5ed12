"""Kernels over examples inside vmap: all samples in one call, as more examples or as more groups of channels."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from minitorch.core.batched import BatchedArray, levels_of, take
from minitorch.core.batched_fallback import latest


def as_examples(compute: Callable[..., Any], /, *arrays: Any, **params: Any) -> Any:
    """``compute(*arrays, **params)``, which treats each example of its arrays (N, ...) alone, for each sample."""
    level = latest(arrays)
    if level is None:
        return compute(*arrays, **params)
    whole = [take(x, level) for x in arrays]
    found = as_examples(compute, *[x.reshape(-1, *x.shape[2:]) for x in whole], **params)
    lead = whole[0].shape[:2]
    if isinstance(found, tuple):
        return tuple([BatchedArray(z.reshape(*lead, *z.shape[1:]), level) for z in found])
    return BatchedArray(found.reshape(*lead, *found.shape[1:]), level)


def as_groups(compute: Callable[..., Any], a: Any, b: Any, how: Any, kinds: str, /, **params: Any) -> Any:
    """A convolution's ``compute(a, b, how, **params)`` for each sample; a, b or both are batched, or none.

    ``kinds`` says what a, b and the result are: "x" examples (N, channels, ...), "w" a weight. Examples that meet one
    weight are only more of them. Otherwise each sample is a group, or ``groups``, of its own.
    """
    level = latest((a, b))
    if level is None:
        return compute(a, b, how, **params)
    if kinds[1] == "w" and level not in levels_of(b):
        return as_examples(lambda x: as_groups(compute, x, b, how, kinds, **params), a)
    grouped = (*how[:3], how[3] * level.size)
    a, b = (_side_by_side(take(x, level), kind) for x, kind in zip((a, b), kinds, strict=False))
    z = as_groups(compute, a, b, grouped, kinds, **params)
    if kinds[2] == "w":
        return BatchedArray(z.reshape(level.size, len(z) // level.size, *z.shape[1:]), level)
    z = z.reshape(len(z), level.size, z.shape[1] // level.size, *z.shape[2:])
    return BatchedArray(np.moveaxis(z, 1, 0), level)


def _side_by_side(x: Any, kind: str) -> Any:
    """All samples' channels in one: (samples, N, C, ...) to (N, samples * C, ...), a weight's outputs likewise."""
    if kind == "x":
        x = np.moveaxis(x, 0, 1)
        return x.reshape(len(x), x.shape[1] * x.shape[2], *x.shape[3:])
    return x.reshape(x.shape[0] * x.shape[1], *x.shape[2:])
