"""A Function's own rule for vmap: its static method ``vmap``, called with all samples at once."""

from __future__ import annotations

from typing import Any, NamedTuple

from minitorch.core.batched import levels_of
from minitorch.core.batched_fallback import latest
from minitorch.core.batched_levels import running
from minitorch.core.batched_rows import enter, leave
from minitorch.core.tensor import Tensor


class VmapInfo(NamedTuple):
    """What a Function's ``vmap(info, in_dims, *args)`` is told of the vmap it runs in."""

    batch_size: int
    randomness: str


def mapped(function: Any, args: tuple[Any, ...]) -> Any:
    """What the function's ``vmap`` gives for these arguments; NotImplemented if none of them is mapped over.

    ``vmap(info, in_dims, *args)`` gets tensors with the samples along dimension ``in_dims[i]`` (None: not mapped over),
    and returns the results and where the samples are in them.
    """
    level = latest([x.array for x in args if isinstance(x, Tensor)])
    if level is None or level not in running.levels:
        return NotImplemented
    here = [isinstance(x, Tensor) and level in levels_of(x.array) for x in args]
    whole = [leave(x, level=level) if on else x for x, on in zip(args, here, strict=True)]
    outer = running.levels
    running.levels = outer[: outer.index(level)]
    try:
        info = VmapInfo(level.size, level.randomness)
        result = function.vmap(info, tuple([0 if on else None for on in here]), *whole)
    finally:
        running.levels = outer
    if not isinstance(result, tuple) or len(result) != 2:
        raise RuntimeError(
            f"Expected the vmap staticmethod of {function.__name__} to have two returns, an output and out_dims with "
            "pytree structure compatible with the output."
        )
    outputs, dims = result
    if not isinstance(outputs, tuple):
        return _inside(outputs, dims, level)
    dims = dims if isinstance(dims, (tuple, list)) else (dims,) * len(outputs)
    return tuple([_inside(t, d, level) for t, d in zip(outputs, dims, strict=True)])


def _inside(t: Any, dim: int | None, level: Any) -> Any:
    return t if dim is None or not isinstance(t, Tensor) else enter(t.movedim(dim, 0), level=level)
