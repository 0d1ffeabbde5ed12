"""``embedding_bag``: the sum, mean or largest of the rows that each bag of numbers names."""

from __future__ import annotations

import difflib
import warnings
from typing import Any

import numpy as np

from minitorch.core.tensor import Tensor, wrap
from minitorch.nn.functional_sparse import embedding
from minitorch.ops.indexing import put_fancy, take_fancy

MODES = ("sum", "mean", "max")


def embedding_bag(
    input: Tensor,
    weight: Tensor,
    offsets: Tensor | None = None,
    max_norm: float | None = None,
    norm_type: float = 2,
    scale_grad_by_freq: bool = False,
    mode: str = "mean",
    sparse: bool = False,
    per_sample_weights: Tensor | None = None,
    include_last_offset: bool = False,
    padding_idx: int | None = None,
) -> Tensor:
    """Rows of a table (V, D), reduced bag by bag to (B, D); an empty bag gives zeros.

    Args:
        input: int64 or int32 numbers of rows: (B, N), a bag a row, or (N) in all bags together.
        weight: the table.
        offsets: for (N) numbers, (B): where each bag begins.
        max_norm, norm_type: rows used that are longer are shortened to this, in place.
        scale_grad_by_freq: divide a row's gradient by how often the row is named.
        mode: "sum", "mean" or "max".
        sparse: accepted as PyTorch's; the gradient is dense.
        per_sample_weights: factors of the rows, as ``input``; for mode "sum".
        include_last_offset: ``offsets`` has one more element, where the last bag ends.
        padding_idx: numbers equal to it are not part of their bags.

    Raises:
        ValueError, RuntimeError: shapes, dtypes, numbers or settings that do not fit.
        NotImplementedError: ``per_sample_weights`` with another mode than "sum".

    >>> import minitorch as torch
    >>> table = torch.tensor([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
    >>> torch.nn.functional.embedding_bag(torch.tensor([0, 1, 2]), table, torch.tensor([0, 2]), mode="sum")
    tensor([[4., 6.],
            [5., 6.]])
    """
    if weight.array.dtype == np.int64 and input.is_floating_point():
        warnings.warn(
            "Argument order of nn.functional.embedding_bag was changed. Usage `embedding_bag(weight, input, ...)` is "
            "deprecated, and should now be `embedding_bag(input, weight, ...)`.",
            stacklevel=2,
        )
        weight, input = input, weight
    factors = per_sample_weights
    _check_shapes(input, weight, offsets, factors)
    _check_mode(mode, scale_grad_by_freq, sparse)
    if factors is not None and mode != "sum":
        raise NotImplementedError(
            "embedding_bag: per_sample_weights was not None. per_sample_weights is only supported for mode='sum' (got "
            f"mode='{mode}'): multiply the rows of embedding() yourself"
        )
    _check_numbers(input, weight, offsets, factors, padding_idx)
    rows: Any = input.array.reshape(-1)
    bag, count = _bags(input, offsets, include_last_offset)
    kept = (bag >= 0) & (bag < count)
    if padding_idx is not None:
        kept &= rows != padding_idx % weight.shape[0]
    found: Any = embedding(wrap(rows), weight, None, max_norm, norm_type, scale_grad_by_freq)
    if factors is not None:
        found = found * factors.reshape(-1, 1)
    if not kept.all():
        found, bag = take_fancy(found, index=kept), bag[kept]
    shape = (count, weight.shape[1])
    if mode == "max":
        return _largest(found, bag, shape)
    total: Tensor = put_fancy(found, index=(bag,), shape=shape)
    if mode == "sum":
        return total
    sizes = np.bincount(bag, minlength=count).clip(1)
    return total / wrap(sizes[:, None].astype(found.array.dtype))


def _bags(input: Tensor, offsets: Tensor | None, include_last_offset: bool) -> tuple[Any, int]:
    """The bag of each number (beyond the last bag for those that are in none), and how many bags there are."""
    if offsets is None:
        count, each = input.shape
        return np.repeat(np.arange(count), each), count
    starts: Any = offsets.array
    if include_last_offset and not len(starts):
        raise RuntimeError("include_last_offset: number of offsets should be at least 1, got an empty tensor")
    if len(starts) and starts[0] != 0:
        raise RuntimeError(
            "offsets[0] has to be 0, i.e., the first sequence in the mini-batch has to start from position 0. "
            f"However, got {starts[0]}"
        )
    total = input.numel()
    if len(starts) and starts[-1] > total:
        raise RuntimeError(
            f"offsets[-1] can not be greater than input's length {total} but got offsets[-1] of {starts[-1]}"
        )
    if (np.diff(starts) < 0).any():
        raise RuntimeError(f"offsets must not decrease, got {starts.tolist()}")
    bag = np.searchsorted(starts, np.arange(total), side="right") - 1
    return bag, len(starts) - int(include_last_offset)


def _largest(found: Any, bag: Any, shape: tuple[int, ...]) -> Tensor:
    """The largest of each bag in each column; of equals the first. The numbers of bags do not decrease."""
    full, starts = np.unique(bag, return_index=True)
    chosen = np.zeros((0, shape[1]), np.int64)
    if len(full):
        values = found.array
        best = np.maximum.reduceat(values, starts, axis=0)[np.searchsorted(full, bag)]
        hit = (values == best) | np.isnan(values)
        places = np.where(hit, np.arange(len(values))[:, None], len(values))
        chosen = np.minimum.reduceat(places, starts, axis=0)
    picked = take_fancy(found, index=(chosen, np.arange(shape[1])))
    out: Tensor = put_fancy(picked, index=(full,), shape=shape)
    return out


def _check_shapes(input: Tensor, weight: Tensor, offsets: Tensor | None, factors: Tensor | None) -> None:
    if factors is not None and input.shape != factors.shape:
        raise ValueError(
            f"embedding_bag: If per_sample_weights ({factors.shape}) is not None, then it must have the same shape as "
            f"the input ({input.shape})"
        )
    if weight.dim() != 2:
        raise ValueError(f"weight has to be a 2D Tensor, but got Tensor of dimension {weight.dim()}")
    if input.dim() not in (1, 2):
        raise ValueError(f"input has to be 1D or 2D Tensor, but got Tensor of dimension {input.dim()}")
    if input.dim() == 2 and offsets is not None:
        raise ValueError(
            "if input is 2D, then offsets has to be None, as input is treated as a mini-batch of fixed length "
            f"sequences. However, found offsets of type {type(offsets)}"
        )
    if input.dim() == 1 and offsets is None:
        raise ValueError("offsets has to be a 1D Tensor but got None")
    if offsets is not None and offsets.dim() != 1:
        raise ValueError(f"offsets has to be a 1D Tensor, got {offsets.dim()} dimensions")


def _check_mode(mode: str, scale_grad_by_freq: bool, sparse: bool) -> None:
    if mode not in MODES:
        near = difflib.get_close_matches(str(mode), MODES, n=1)
        hint = f"; did you mean '{near[0]}'?" if near else ""
        raise ValueError(f"mode has to be one of sum, mean or max, got {mode!r}{hint}")
    if mode == "max" and scale_grad_by_freq:
        raise ValueError("max mode does not support scaling the gradient by the frequency")
    if mode == "max" and sparse:
        raise ValueError("max mode does not support sparse weights")


def _check_numbers(
    input: Tensor, weight: Tensor, offsets: Tensor | None, factors: Tensor | None, padding_idx: int | None
) -> None:
    for name, x in (("indices", input), ("offsets", offsets)):
        if x is not None and x.array.dtype.kind not in "iu":
            raise RuntimeError(
                f"Expected tensor for argument #1 '{name}' to have one of the following scalar types: Long, Int; but "
                f"got {x.type()} instead (while checking arguments for embedding_bag)"
            )
    if not weight.is_floating_point():
        raise RuntimeError(
            "Expected tensor for argument #1 'weight' to have one of the following scalar types: Half, BFloat16, "
            f"Float, Double; but got {weight.type()} instead (while checking arguments for embedding_bag)"
        )
    if factors is not None and factors.dtype != weight.dtype:
        raise RuntimeError(
            "Expected tensor for argument #1 'weight' to have the same type as tensor for argument #1 "
            f"'per_sample_weights'; but type {weight.type()} does not equal {factors.type()}"
        )
    count, rows = weight.shape[0], input.array
    if padding_idx is not None and not -count <= padding_idx < count:
        raise RuntimeError(
            f"padding_idx must be within the number of embeddings, {-count} through {count - 1}, but got {padding_idx}"
        )
    if rows.size and (rows.min() < 0 or rows.max() >= count):
        bad = rows[(rows < 0) | (rows >= count)].flat[0]
        raise RuntimeError(
            f"embedding_bag: Expected idx >= 0 && idx < num_embeddings but found idx to be {bad}, of {count} rows"
        )
