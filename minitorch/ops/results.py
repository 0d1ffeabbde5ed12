"""Named results: tuples of tensors with names, printed as PyTorch prints its ``torch.return_types``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T", bound=tuple[Any, ...])


def returned(name: str) -> Callable[[type[T]], type[T]]:
    """Makes a NamedTuple print as PyTorch's result of the function called so.

    >>> import minitorch
    >>> minitorch.max(minitorch.tensor([[1.0, 3.0], [5.0, 2.0]]), dim=1)
    torch.return_types.max(
    values=tensor([3., 5.]),
    indices=tensor([1, 0]))
    """

    def decorate(kind: type[T]) -> type[T]:
        def text(self: Any) -> str:
            lines = ",\n".join(f"{field}={value!r}" for field, value in zip(self._fields, self))
            return f"torch.return_types.{name}(\n{lines})"

        kind.__repr__ = text  # type: ignore[method-assign]
        return kind

    return decorate
