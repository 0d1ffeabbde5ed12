"""Look-ups by number: ``embedding`` and ``one_hot``."""

from __future__ import annotations

import numpy as np

from minitorch.core.batched import raw
from minitorch.core.tensor import Tensor, wrap
from minitorch.ops.arithmetic import where
from minitorch.ops.indexing import take_fancy


def embedding(
    input: Tensor,
    weight: Tensor,
    padding_idx: int | None = None,
    max_norm: float | None = None,
    norm_type: float = 2.0,
    scale_grad_by_freq: bool = False,
    sparse: bool = False,
) -> Tensor:
    """Rows of ``weight`` by number: integers (*) and a table (V, D) to (*, D). See ``nn.Embedding``.

    Raises:
        IndexError: a number outside of the table.
        RuntimeError: ``input`` is not int64 or int32.

    >>> import minitorch as torch
    >>> torch.nn.functional.embedding(torch.tensor([1, 0]), torch.tensor([[1.0, 2.0], [3.0, 4.0]]))
    tensor([[3., 4.],
            [1., 2.]])
    """
    if not isinstance(input, Tensor):
        raise TypeError(f"embedding(): argument 'indices' (position 2) must be Tensor, not {type(input).__name__}")
    if weight.dim() != 2:
        raise RuntimeError(f"'weight' must be 2-D, got {weight.dim()} dimensions")
    rows = input.array
    if rows.dtype not in (np.int64, np.int32):
        raise RuntimeError(
            "Expected tensor for argument #1 'indices' to have one of the following scalar types: Long, Int; "
            f"but got {input.type()} instead (while checking arguments for embedding)"
        )
    count = weight.shape[0]
    if padding_idx is not None:
        if not -count <= padding_idx < count:
            raise AssertionError(f"Padding_idx must be within num_embeddings, got {padding_idx} for {count} rows")
        padding_idx %= count
    every = raw(rows)
    if every.size and not (every.min() >= 0 and every.max() < count):
        bad = every[(every < 0) | (every >= count)].flat[0]
        raise IndexError(f"index out of range in self: {bad} is not a row of a table of {count}")
    if max_norm is not None:
        _shrink_rows(weight, np.unique(rows), max_norm, norm_type)
    out: Tensor = take_fancy(weight, index=rows)
    if scale_grad_by_freq:
        _, position, counts = np.unique(rows, return_inverse=True, return_counts=True)
        share = (1 / counts)[position].reshape(*rows.shape, 1).astype(out.array.dtype)
        out = out.detach() + (out - out.detach()) * wrap(share)  # the same values, a smaller gradient
    if padding_idx is not None:
        out = where(wrap((rows == padding_idx)[..., None]), out.detach(), out)
    return out


def _shrink_rows(weight: Tensor, rows: np.ndarray, max_norm: float, norm_type: float) -> None:
    """Scale those rows whose norm is too large down to ``max_norm``, in place and outside the graph."""
    table = weight.array
    norms = np.linalg.norm(table[rows].astype(np.float64), norm_type, axis=1)
    large = norms > max_norm
    table[rows[large]] *= (max_norm / (norms[large] + 1e-7))[:, None].astype(table.dtype)
    weight._bump()


def one_hot(tensor: Tensor, num_classes: int = -1) -> Tensor:
    """Class numbers (*) to vectors (*, C) of int64 with a 1 at the class; C is the largest number plus 1 if -1.

    >>> import minitorch as torch
    >>> torch.nn.functional.one_hot(torch.tensor([0, 2]))
    tensor([[1, 0, 0],
            [0, 0, 1]])
    """
    classes = tensor.array
    if classes.dtype != np.int64:
        raise RuntimeError(f"one_hot is only applicable to index tensor of type LongTensor, got {tensor.dtype}")
    if classes.size == 0 and num_classes <= 0:
        raise RuntimeError("Can not infer total number of classes from empty tensor.")
    if classes.size and raw(classes).min() < 0:
        raise RuntimeError("Class values must be non-negative.")
    if num_classes == -1:
        num_classes = int(classes.max()) + 1
    elif num_classes < 1:
        raise RuntimeError("num_classes should be positive")
    elif classes.size and raw(classes).max() >= num_classes:
        raise RuntimeError("Class values must be smaller than num_classes.")
    return wrap((classes[..., None] == np.arange(num_classes)).astype(np.int64))
