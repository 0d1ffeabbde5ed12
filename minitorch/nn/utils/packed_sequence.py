"""``PackedSequence``: sequences of different lengths without padding, and permutations of them."""

from __future__ import annotations

from typing import Any, NamedTuple, Self

import numpy as np

from minitorch.core.tensor import Tensor, wrap


class _Fields(NamedTuple):
    data: Tensor
    batch_sizes: Tensor
    sorted_indices: Tensor | None
    unsorted_indices: Tensor | None


class PackedSequence(_Fields):
    """Sequences of different lengths without padding; what ``pack_sequence`` makes and recurrent layers take.

    Attributes:
        data: (rows, *), the rows of the first step, one a sequence, then those of the second step, and so on.
        batch_sizes: int64, how many sequences each step has; it never grows.
        sorted_indices: int64, the original place of each sequence in the order by length; None if it was its place.
        unsorted_indices: int64, the inverse of that.

    >>> import minitorch as torch
    >>> from minitorch.nn.utils.rnn import pack_sequence
    >>> pack_sequence([torch.tensor([1, 2, 3]), torch.tensor([4, 5]), torch.tensor([6])])  # doctest: +ELLIPSIS
    PackedSequence(data=tensor([1, 4, 6, 2, 5, 3]), batch_sizes=tensor([3, 2, 1]), sorted_indices=None, ...)
    """

    __slots__ = ()

    def __new__(
        cls,
        data: Any,
        batch_sizes: Tensor | None = None,
        sorted_indices: Tensor | None = None,
        unsorted_indices: Tensor | None = None,
    ) -> Self:
        if unsorted_indices is None:
            unsorted_indices = invert_permutation(sorted_indices)
        if batch_sizes is None:
            if not (isinstance(data, (list, tuple)) and len(data) == 2):
                raise AssertionError(
                    "Expected data to be a list or tuple of length 2, (data, batch_sizes), if batch_sizes is not given"
                )
            data, batch_sizes = data
        return super().__new__(cls, data, batch_sizes, sorted_indices, unsorted_indices)

    def to(self, *args: Any, **kwargs: Any) -> Self:
        """The sequences with ``data.to(...)``; itself if that changes nothing."""
        data = self.data.to(*args, **kwargs)
        return self if data is self.data else self._replace(data=data)

    def cpu(self, *args: Any, **kwargs: Any) -> Self:
        """Itself: it is on the CPU."""
        return self

    def cuda(self, *args: Any, **kwargs: Any) -> Self:
        """Always raises: there is only the CPU."""
        return self._replace(data=self.data.cuda(*args, **kwargs))

    def double(self) -> Self:
        """As float64."""
        return self._cast("double")

    def float(self) -> Self:
        """As float32."""
        return self._cast("float")

    def half(self) -> Self:
        """As float16."""
        return self._cast("half")

    def long(self) -> Self:
        """As int64."""
        return self._cast("long")

    def int(self) -> Self:
        """As int32."""
        return self._cast("int")

    def short(self) -> Self:
        """As int16."""
        return self._cast("short")

    def char(self) -> Self:
        """As int8."""
        return self._cast("char")

    def byte(self) -> Self:
        """As uint8."""
        return self._cast("byte")

    def _cast(self, method: str) -> Self:
        data = getattr(self.data, method)()
        return self if data is self.data else self._replace(data=data)

    @property
    def is_cuda(self) -> bool:
        """False: there is only the CPU."""
        return False


def invert_permutation(permutation: Tensor | None) -> Tensor | None:
    """The permutation that undoes another, both (n,) of int64; None gives None.

    >>> import minitorch as torch
    >>> torch.nn.utils.rnn.invert_permutation(torch.tensor([2, 0, 1]))
    tensor([1, 2, 0])
    """
    if permutation is None:
        return None
    if permutation.array.dtype.kind not in "iu":
        raise RuntimeError(
            f"scatter(): Expected dtype int32/int64 for index, but the permutation has {permutation.dtype}"
        )
    return wrap(inverse(permutation.array))


def inverse(permutation: Any) -> Any:
    """``invert_permutation`` of an array."""
    out = np.empty_like(permutation)
    out[permutation] = np.arange(len(permutation), dtype=permutation.dtype)
    return out
