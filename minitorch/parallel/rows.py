"""Which rows of a batch are whose, and the part of a batch that they make."""

from __future__ import annotations

from typing import Any

import numpy as np

from minitorch.core.tensor import Tensor
from minitorch.utils.pytree import tree_map


def rows_of(rows: int, rank: int, size: int) -> slice:
    """The rows that process ``rank`` of ``size`` takes: equally many in order, the first ones one more where they must.

    >>> [rows_of(3, rank, 2) for rank in range(2)]
    [slice(0, 2, None), slice(2, 3, None)]
    """
    each, over = divmod(rows, size)
    start = rank * each + min(rank, over)
    return slice(start, start + each + (rank < over))


def cut(batch: Any, rows: int, part: slice) -> Any:
    """The same rows of every tensor and array (``rows``, ...) in a batch; dicts, lists and tuples of them stay such.

    Raises ValueError for a tensor with another number of rows, TypeError for what has no rows.

    >>> import minitorch
    >>> cut({"x": minitorch.arange(4)}, 4, slice(0, 2))
    {'x': tensor([0, 1])}
    """

    def taken(leaf: Any) -> Any:
        if not isinstance(leaf, Tensor | np.ndarray):
            raise TypeError(f"a batch that is split over processes is made of tensors, got {type(leaf).__name__}")
        if leaf.ndim == 0 or leaf.shape[0] != rows:
            raise ValueError(
                f"a batch is split over processes along the first dimension, which is {rows} for its target; "
                f"got a tensor of shape {tuple(leaf.shape)}"
            )
        return leaf[part]

    return tree_map(taken, batch)
