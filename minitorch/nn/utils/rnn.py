"""Sequences of different lengths: padded to one length, or packed without padding for the recurrent layers.

Packed rows are those of all sequences' first step, longest sequence first, then those of their second, and so on.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from minitorch.core.tensor import Tensor, wrap
from minitorch.nn.utils.packed_sequence import PackedSequence, inverse, invert_permutation
from minitorch.ops.concatenation import cat
from minitorch.ops.indexing import put_into, take_fancy

__all__ = [
    "PackedSequence",
    "invert_permutation",
    "pack_padded_sequence",
    "pack_sequence",
    "pad_packed_sequence",
    "pad_sequence",
    "unpack_sequence",
    "unpad_sequence",
]


# --- Packing ----------------------------------------------------------------------------------------------------------


def pack_padded_sequence(
    input: Tensor, lengths: Tensor | Sequence[int], batch_first: bool = False, enforce_sorted: bool = True
) -> PackedSequence:
    """Pack padded sequences: what lies beyond a sequence's length is left out.

    Args:
        input: (time, batch, *), or (batch, time, *) with ``batch_first``.
        lengths: of each sequence, at least 1 and at most the time of ``input``.
        batch_first: how ``input`` lies.
        enforce_sorted: require that lengths decrease; otherwise the sequences are sorted, which the result remembers.

    Raises:
        RuntimeError: lengths that do not decrease though they must, are not positive, or do not fit the input.

    >>> import minitorch as torch
    >>> x = torch.tensor([[1, 2, 0], [3, 0, 0], [4, 5, 6]])
    >>> torch.nn.utils.rnn.pack_padded_sequence(x, [2, 1, 3], batch_first=True, enforce_sorted=False).data
    tensor([4, 1, 3, 5, 2, 6])
    """
    if not isinstance(lengths, Tensor):
        lengths = wrap(np.array(lengths).astype(np.int64))
    lengths = lengths.long()
    order: Tensor | None = None
    if not enforce_sorted and lengths.dim() == 1:
        lengths, order = lengths.sort(descending=True)
    if input.dim() < 2:
        raise IndexError(
            f"Dimension out of range (expected to be in range of [-{max(input.dim(), 1)}, {max(input.dim(), 1) - 1}], "
            f"but got 1): a padded batch has 2 dims or more, got {input.dim()}"
        )
    time, batch = input.shape[:2] if not batch_first else input.shape[1::-1]
    n = _checked_lengths(input, lengths, time, batch)
    running = np.arange(n[0])[:, None] < n
    t, b = np.nonzero(running)
    if order is not None:
        b = order.array[b]
    data = take_fancy(input, index=(b, t) if batch_first else (t, b))
    return PackedSequence(data, wrap(np.add.reduce(running, axis=1)), order, None)


def _checked_lengths(input: Tensor, lengths: Tensor, time: int, batch: int) -> Any:
    n = lengths.array
    if n.ndim != 1:
        raise RuntimeError(f"'lengths' argument should be a 1D CPU int64 tensor, but got {n.ndim}D cpu Long tensor")
    if input.array.size == 0:
        raise RuntimeError("Cannot pack empty tensors.")
    if len(n) != batch:
        raise RuntimeError(f"Expected `len(lengths)` to be equal to batch_size, but got {len(n)} (batch_size={batch})")
    if n.min() <= 0:
        raise RuntimeError(
            "Length of all samples has to be greater than 0, but found an element in 'lengths' that is <= 0: "
            f"{n.tolist()}"
        )
    if (n[1:] > n[:-1]).any():
        raise RuntimeError(
            "`lengths` array must be sorted in decreasing order when `enforce_sorted` is True. You can pass "
            "`enforce_sorted=False` to pack_padded_sequence and/or pack_sequence."
        )
    if n[0] > time:
        raise RuntimeError(f"lengths must not exceed the input's time, {time}, but the longest is {n[0]}")
    return n


def pad_packed_sequence(
    sequence: PackedSequence, batch_first: bool = False, padding_value: float = 0.0, total_length: int | None = None
) -> tuple[Tensor, Tensor]:
    """Undo ``pack_padded_sequence``: the padded batch, in its original order, and the lengths.

    Args:
        sequence: what was packed.
        batch_first: (batch, time, *) rather than (time, batch, *).
        padding_value: what is written beyond a sequence's end.
        total_length: the time of the result; the longest sequence's if None.

    Raises:
        ValueError: ``total_length`` is less than the longest sequence.

    >>> import minitorch as torch
    >>> from minitorch.nn.utils.rnn import pack_sequence, pad_packed_sequence
    >>> pad_packed_sequence(pack_sequence([torch.tensor([4, 5, 6]), torch.tensor([1])]), batch_first=True)
    (tensor([[4, 5, 6],
            [1, 0, 0]]), tensor([3, 1]))
    """
    sizes = sequence.batch_sizes.array
    time, batch = len(sizes), int(sizes[0])
    if total_length is not None:
        if total_length < time:
            raise ValueError(
                "Expected total_length to be at least the length of the longest sequence in input, but got "
                f"total_length={total_length} and max sequence length being {time}"
            )
        time = total_length
    running = np.arange(batch) < sizes[:, None]
    t, b = np.nonzero(running)
    lengths = np.add.reduce(running, axis=0)
    if sequence.unsorted_indices is not None:
        places = sequence.unsorted_indices.array
        b, lengths = inverse(places)[b], lengths[places]
    padded = _placed(sequence.data, (time, batch), (t, b), batch_first, padding_value)
    return padded, wrap(lengths)


def _placed(rows: Tensor, sizes: tuple[int, int], places: tuple[Any, Any], batch_first: bool, value: float) -> Tensor:
    """Rows written into a padded batch; ``sizes`` and ``places`` are of (time, batch)."""
    if batch_first:
        sizes, places = (sizes[1], sizes[0]), (places[1], places[0])
    padding = np.full((*sizes, *rows.shape[1:]), value, rows.array.dtype)
    return put_into(wrap(padding), rows, index=places)


def pad_sequence(
    sequences: Iterable[Tensor], batch_first: bool = False, padding_value: float = 0.0, padding_side: str = "right"
) -> Tensor:
    """Sequences (length, *) of different lengths as one batch (time, batch, *), padded to the longest.

    Args:
        sequences: tensors that differ only in their first size.
        batch_first: (batch, time, *) instead.
        padding_value: what is written where a sequence has ended.
        padding_side: "right", after the sequences, or "left", before them.

    >>> import minitorch as torch
    >>> torch.nn.utils.rnn.pad_sequence([torch.tensor([1, 2]), torch.tensor([3])], batch_first=True)
    tensor([[1, 2],
            [3, 0]])
    """
    if not isinstance(sequences, Iterable):
        raise RuntimeError(
            f"pad_sequence: Expected iterable for input sequences, but got arg of type: {type(sequences)}"
        )
    given = list(sequences)
    if not given:
        raise RuntimeError("received an empty list of sequences")
    if padding_side not in ("right", "left"):
        raise RuntimeError(f"Expected padding_side to be one of left or right, but got {padding_side}.")
    _check_sequences(given)
    lengths = [len(s.array) for s in given]
    time = max(lengths)
    starts = [time - n if padding_side == "left" else 0 for n in lengths]
    t = np.concatenate([np.arange(start, start + n) for start, n in zip(starts, lengths, strict=True)])
    b = np.repeat(np.arange(len(given)), lengths)
    return _placed(cat(given).to(given[0].dtype), (time, len(given)), (t, b), batch_first, padding_value)


def _check_sequences(given: list[Any]) -> None:
    for k, s in enumerate(given):
        if not isinstance(s, Tensor):
            raise TypeError(f"expected Tensor as element {k} in argument 0, but got {type(s).__name__}")
        if s.dim() == 0:
            raise RuntimeError(f"a sequence needs at least one dim, its length, but element {k} has none")
        if s.shape[1:] != given[0].shape[1:]:
            raise RuntimeError(
                f"The size of tensor a {list(given[0].shape[1:])} must match the size of tensor b {list(s.shape[1:])} "
                f"in all dims but the first: element {k} differs from element 0"
            )


def unpad_sequence(padded_sequences: Tensor, lengths: Tensor, batch_first: bool = False) -> list[Tensor]:
    """Undo ``pad_sequence``: the sequences (length, *) of a batch padded on the right.

    >>> import minitorch as torch
    >>> torch.nn.utils.rnn.unpad_sequence(torch.tensor([[1, 2], [3, 0]]), torch.tensor([2, 1]), batch_first=True)
    [tensor([1, 2]), tensor([3])]
    """
    batch = padded_sequences if batch_first else padded_sequences.transpose(0, 1)
    return [sequence[: int(n)].clone() for sequence, n in zip(batch, lengths, strict=True)]


def pack_sequence(sequences: Sequence[Tensor], enforce_sorted: bool = True) -> PackedSequence:
    """Pack sequences (length, *): ``pad_sequence``, then ``pack_padded_sequence``.

    ``enforce_sorted`` requires that lengths decrease; otherwise the sequences are sorted.

    >>> import minitorch as torch
    >>> torch.nn.utils.rnn.pack_sequence([torch.tensor([1, 2]), torch.tensor([3])]).batch_sizes
    tensor([2, 1])
    """
    return pack_padded_sequence(pad_sequence(sequences), [len(s.array) for s in sequences], False, enforce_sorted)


def unpack_sequence(packed_sequences: PackedSequence) -> list[Tensor]:
    """Undo ``pack_sequence``: the sequences (length, *), in their original order.

    >>> import minitorch as torch
    >>> from minitorch.nn.utils.rnn import pack_sequence, unpack_sequence
    >>> unpack_sequence(pack_sequence([torch.tensor([1]), torch.tensor([2, 3])], enforce_sorted=False))
    [tensor([1]), tensor([2, 3])]
    """
    padded, lengths = pad_packed_sequence(packed_sequences, batch_first=True)
    return unpad_sequence(padded, lengths, batch_first=True)
