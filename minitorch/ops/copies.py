"""Views in memory of their own: ``t_copy``, ``permute_copy`` and their kin, for those who must not share memory."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from minitorch.core.tensor import Tensor
from minitorch.ops import arithmetic, concatenation, diagonals, memory, shapes


def _copied(view: Callable[..., Any]) -> Callable[..., Any]:
    """The function that gives copies of what a view function gives."""

    def function(input: Tensor, *args: Any, **kwargs: Any) -> Any:
        found = view(input, *args, **kwargs)
        return tuple(arithmetic.copy(t) for t in found) if isinstance(found, tuple) else arithmetic.copy(found)

    function.__doc__ = f"``{view.__name__}``, in memory of its own."
    return function


def alias_copy(input: Tensor) -> Tensor:
    """A copy (``torch.alias_copy``)."""
    return arithmetic.copy(input)


expand_copy, narrow_copy, permute_copy = _copied(shapes.expand), _copied(concatenation.narrow), _copied(shapes.permute)
squeeze_copy, t_copy, transpose_copy = _copied(shapes.squeeze), _copied(shapes.t), _copied(shapes.transpose)
unbind_copy, unsqueeze_copy, view_copy = _copied(concatenation.unbind), _copied(shapes.unsqueeze), _copied(shapes.view)
diagonal_copy, split_with_sizes_copy = _copied(diagonals.diagonal), _copied(concatenation.split_with_sizes)
unfold_copy = _copied(memory.unfold)
