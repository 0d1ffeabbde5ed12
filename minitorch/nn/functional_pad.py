"""``pad``: more elements at the edges, or fewer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Literal

import numpy as np

from minitorch.core.tensor import Tensor, wrap
from minitorch.ops.arithmetic import where
from minitorch.ops.indexing import put, take, take_fancy


def pad(
    input: Tensor,
    pad: Sequence[int],
    mode: Literal["constant", "reflect", "replicate", "circular"] = "constant",
    value: float | None = None,
) -> Tensor:
    """Add elements before and after the last dimensions; negative numbers take some away.

    Args:
        input: any tensor; (N, C, *) or (C, *) unless the mode is "constant".
        pad: (left, right) of the last dimension, then of the one before it, and so on.
        mode: "constant" adds ``value``; "reflect" the mirror image, the edge not repeated; "replicate" the edge;
            "circular" what is at the other end.
        value: what "constant" adds; None is 0.

    Raises:
        RuntimeError, NotImplementedError: a number of sides or a size that does not fit.

    >>> import minitorch as torch
    >>> torch.nn.functional.pad(torch.tensor([[1, 2, 3]]), (2, 1), mode="replicate")
    tensor([[1, 1, 1, 2, 3, 3]])
    """
    sides = [(int(a), int(b)) for a, b in zip(pad[::2], pad[1::2], strict=False)]
    if len(pad) % 2:
        raise RuntimeError(f"Padding length must be divisible by 2, got {len(pad)} numbers")
    if len(sides) > input.dim():
        raise RuntimeError(
            "Padding length should be less than or equal to two times the input dimension but got padding length "
            f"{len(pad)} and input of dimension {input.dim()}"
        )
    if mode == "constant":
        return _pad_constant(input, sides, 0.0 if value is None else value)
    if mode not in _SOURCES:
        raise NotImplementedError(
            f"Unrecognised padding mode {mode}; expected constant, reflect, replicate or circular"
        )
    if value:
        raise RuntimeError(f'Padding mode "{mode}" doesn\'t take in value argument')
    if input.dim() - len(sides) not in (1, 2) or len(sides) > 3:
        raise NotImplementedError(
            f"Padding size {len(pad)} is not supported for {input.dim()}D input tensor: non-constant modes pad the "
            "last 1, 2 or 3 dimensions of (N, C, *) or (C, *)"
        )
    for i, (before, after) in enumerate(sides):
        axis = input.dim() - 1 - i
        if before or after:
            source = _SOURCES[mode](input.shape[axis], before, after, axis, list(input.shape))
            input = take_fancy(input, index=(*(slice(None),) * axis, source))
    return input


def _pad_constant(input: Tensor, sides: list[tuple[int, int]], value: float) -> Tensor:
    shape, inside, crop = list(input.shape), [slice(None)] * input.dim(), [slice(None)] * input.dim()
    for i, (before, after) in enumerate(sides):
        axis = input.dim() - 1 - i
        size = shape[axis]
        if size + before + after < 0:
            raise RuntimeError(
                f"narrow(): length must be non-negative. Padding {(before, after)} takes more than the {size} elements "
                f"of dimension {axis}"
            )
        shape[axis] = size + before + after
        crop[axis] = slice(max(-before, 0), size - max(-after, 0))
        inside[axis] = slice(max(before, 0), max(before, 0) + crop[axis].stop - crop[axis].start)
    if any(before < 0 or after < 0 for before, after in sides):
        input = take(input, index=tuple(crop))
    index = tuple(inside)
    padded: Tensor = put(input, index=index, shape=tuple(shape))
    if value == 0:
        return padded
    outside = np.ones(shape, bool)
    outside[index] = False
    return where(wrap(outside), wrap(np.asarray(value).astype(input.array.dtype)), padded)


# Which element of a dimension each of the padded one's is.


def _reflect(size: int, before: int, after: int, axis: int, shape: list[int]) -> Any:
    if max(before, after) >= size:
        raise RuntimeError(
            "Argument #4: Padding size should be less than the corresponding input dimension, but got: padding "
            f"({before}, {after}) at dimension {axis} of input {shape}"
        )
    position = np.abs(np.arange(-before, size + after))
    return np.where(position < size, position, 2 * (size - 1) - position)


def _replicate(size: int, before: int, after: int, axis: int, shape: list[int]) -> Any:
    return np.arange(-before, size + after).clip(0, size - 1)


def _circular(size: int, before: int, after: int, axis: int, shape: list[int]) -> Any:
    if max(before, after) > size:
        raise RuntimeError(
            f"Padding value causes wrapping around more than once: ({before}, {after}) at dimension {axis} of input "
            f"{shape}"
        )
    kept = np.arange(max(-before, 0), size - max(-after, 0))  # what is taken away does not come back on the other side
    return kept[np.arange(-max(before, 0), len(kept) + max(after, 0)) % len(kept)]


_SOURCES: dict[str, Callable[[int, int, int, int, list[int]], Any]] = {
    "reflect": _reflect,
    "replicate": _replicate,
    "circular": _circular,
}
