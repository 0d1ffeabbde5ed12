"""over_rows(): a function of every row of some tensors, all at once. The one place that decides how."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from minitorch.core.tensor import Tensor
from minitorch.func.mapping import vmap


def over_rows(
    func: Callable[..., tuple[Tensor, ...]], rows: list[Tensor], chunk_size: int | None
) -> tuple[Tensor, ...]:
    """The results of ``func`` for each row of the leading dimension, stacked along a new one."""
    if len(rows[0]) == 1:
        return tuple([t.unsqueeze(0) for t in func(*[row.squeeze(0) for row in rows])])
    mapped: Any = vmap(func, chunk_size=chunk_size)
    return mapped(*rows)  # type: ignore[no-any-return]
