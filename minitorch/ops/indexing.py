"""Indexing: reading elements and writing them back, each the other's rule."""

from __future__ import annotations

from typing import Any

import numpy as np

from minitorch.core.batched import blank, is_batched, is_plain
from minitorch.core.batched_fallback import room
from minitorch.core.batched_indexing import read
from minitorch.core.primitive import Operation, primitive, same
from minitorch.core.tensor import Tensor
from minitorch.ops.renamed import renamed

# --- The table --------------------------------------------------------------------------------------------------------
# take/put, take_along/put_along, gather/scatter: a read and the sum of gradients that is its adjoint.

take = primitive(  # x[index] with basic slices: a view
    "Slice",
    lambda x, *, index: _seen(x, index),
    view=True,
    prepare=same,
    x=lambda g, x_shape, index: put(g, index=index, shape=x_shape),
)
put: Operation = primitive(
    "Put", lambda v, *, index, shape: _put(v, index, shape), prepare=same, v=lambda g, index: g[index]
)
take_fancy = primitive(  # x[index] with arrays in it: a copy, in which an element may appear again and again
    "Index",
    lambda x, *, index: _read_rows(x, index),
    prepare=same,
    x=lambda g, x_shape, index: put_fancy(g, index=index, shape=x_shape),
)
put_fancy: Operation = primitive(
    "IndexPut",
    lambda v, *, index, shape: _put_fancy(v, index, shape),
    prepare=same,
    v=lambda g, index: take_fancy(g, index=index),
)
put_into = primitive(  # x with x[index] = v
    "IndexPut",
    lambda x, v, *, index: _assign(x, index, v),
    prepare=same,
    x=lambda g, index: _assign(g, index, 0),
    v=lambda g, index: g[index],
)
take_along = primitive(
    "Gather",
    lambda x, i, *, axis: rows_first(read(x, along(i, axis))),
    prepare=same,
    x=lambda g, x_shape, i, axis: put_along(g, i, axis=axis, shape=x_shape),
    i=None,
)
put_along: Operation = primitive(  # zeros with v added at the indices
    "PutAlong",
    lambda v, i, *, axis, shape: _put_along(v, i, axis, shape),
    prepare=same,
    v=lambda g, i, axis: take_along(g, i, axis=axis),
    i=None,
)

take_select, _take_new = renamed(take, "Select"), renamed(take, "Unsqueeze")


def _seen(x: Any, index: Any) -> Any:
    """``x[index]`` as a view, of one element too, for which NumPy would give a number."""
    out = x[index]
    if not out.ndim and isinstance(getattr(out, "value", out), np.generic):  # (``value``: a stand-in's)
        out = x[(*index, ...) if isinstance(index, tuple) else (index, ...)]
    return out


def _read_rows(x: Any, index: Any) -> Any:
    """``x[index]``; rows by number in a quarter of the time that NumPy takes for any index."""
    plain = is_plain(x) and is_plain(index)
    if plain and x.ndim and index.ndim and index.dtype.kind == "i":
        return x.take(index, axis=0)
    return rows_first(read(x, index))


def rows_first(x: Any) -> Any:
    """The array in C order, which is PyTorch's for what it gathers or joins."""
    return x if x.flags.c_contiguous or is_batched(x) else np.ascontiguousarray(x)


def _put(v: Any, index: Any, shape: tuple[int, ...]) -> Any:
    out = blank(shape, v)
    out[index] = v
    return out


def _put_fancy(v: Any, index: Any, shape: tuple[int, ...]) -> Any:
    out = blank(shape, v)
    if _is_mask(index):
        out[index] = v  # a mask names no element twice
        return out
    plain = is_plain(out) and is_plain(index)
    if plain and out.ndim > 1 and index.size > 1 and v.size:
        _add_rows(out, index.reshape(-1) % len(out), v.reshape(-1, *out.shape[1:]))
    else:
        np.add.at(out, index, v)
    return out


def _add_rows(out: Any, i: Any, v: Any) -> None:
    """Adds v's rows to those of ``out``, which are zero, that i names: sorted, a quarter of add.at's time."""
    if len(out) <= 1 << 16:
        i = i.astype(np.uint16)  # NumPy sorts two bytes by their digits
    order = np.argsort(i, kind="stable")
    i = i[order]
    starts = np.concatenate([[0], np.flatnonzero(i[1:] != i[:-1]) + 1])
    out[i[starts]] = np.add.reduceat(v.take(order, axis=0), starts, axis=0)


def _is_mask(index: Any) -> bool:
    return isinstance(index, np.ndarray) and index.dtype == np.bool_


def _assign(x: Any, index: Any, v: Any) -> Any:
    if isinstance(x, Tensor):
        return put_into(x, v, index=index)
    out = room(x, index, v)
    out[index] = v
    return out


def along(i: Any, axis: int) -> tuple[Any, ...]:
    """NumPy's index of the elements that ``i`` names along an axis: itself there, its own places in the other dims."""
    found: list[Any] = []
    for d, n in enumerate(i.shape):
        found.append(i if d == axis else np.arange(n).reshape((n,) + (1,) * (i.ndim - d - 1)))
    return tuple(found)


def _put_along(v: Any, i: Any, axis: int, shape: tuple[int, ...]) -> Any:
    out = blank(shape, v)
    np.add.at(out, along(i, axis), v)
    return out


# --- PyTorch's indexing -----------------------------------------------------------------------------------------------


def key(index: Any) -> tuple[Any, bool]:
    """NumPy's index for PyTorch's, and whether arrays are in it (so that the result is a copy)."""
    if isinstance(index, list) and any(p is None or isinstance(p, (Tensor, list, tuple, slice)) for p in index):
        index = tuple(index)  # PyTorch's old reading of a list of indices
    parts = index if isinstance(index, tuple) else (index,)
    found: list[Any] = []
    fancy = False
    for part in parts:
        if isinstance(part, Tensor):
            part = part.array
            if part.dtype.kind in "iu" and part.ndim == 0 and not is_batched(part):
                part = int(part)
        elif isinstance(part, (list, range)):
            part = np.asarray([p.array if isinstance(p, Tensor) else p for p in part])
            part = part.astype(np.int64) if part.size == 0 else part
        if isinstance(part, (bool, np.bool_)):
            part = np.asarray(part)
        if isinstance(part, np.ndarray):
            if part.dtype == np.uint8:
                part = part.astype(np.bool_)  # PyTorch's old masks
            if part.dtype.kind not in "iub":
                raise IndexError(
                    f"tensors used as indices must be long, int, byte or bool tensors, but got one of {part.dtype}"
                )
            fancy = True
        elif isinstance(part, slice):
            part = slice(*(p if p is None else _whole(p) for p in (part.start, part.stop, part.step)))
            if part.step is not None and part.step <= 0:
                raise ValueError("step must be greater than zero: use flip() to reverse")
        elif part is not None and part is not Ellipsis:
            part = _whole(part)
        found.append(part)
    return (tuple(found) if len(found) != 1 else found[0]), fancy


def _whole(p: Any) -> int:
    try:
        return int(p.__index__())
    except (AttributeError, TypeError):
        raise (IndexError if isinstance(p, float) else TypeError)(
            "only integers, slices (`:`), ellipsis (`...`), None and long or byte Variables are valid indices "
            f"(got {type(p).__name__})"
        ) from None


def getitem(input: Tensor, index: Any) -> Tensor:
    """``input[index]``: a view for ints, slices, None and ``...``; a copy when tensors are in the index."""
    k, fancy = key(index)
    try:
        if fancy and isinstance(k, tuple) and any(isinstance(p, int) for p in k):
            basic, k = in_two_steps(k)
            input = take(input, index=basic)
        return (take_fancy if fancy else _last_step(k))(input, index=k)
    except IndexError as error:
        raise _explained(error, input, k) from None


def _last_step(k: Any) -> Operation:
    """The row of a basic index, called after the last of the steps that PyTorch takes it in."""
    for part in reversed(k) if isinstance(k, tuple) else (k,):
        if isinstance(part, int):
            return take_select
        if part is None:
            return _take_new
        if isinstance(part, slice) and part != _WHOLE:
            break
    return take


_WHOLE = slice(None)


def in_two_steps(k: tuple[Any, ...]) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    """An index with ints and arrays as one with the ints alone, and one with the arrays for what that leaves.

    NumPy would take the ints for 0-d arrays, and move the dims of arrays that are not neighbours to the front.
    """
    basic: list[Any] = []
    arrays: list[Any] = []
    for part in k:
        if isinstance(part, np.ndarray):
            basic += [slice(None)] * (part.ndim if part.dtype == np.bool_ else 1)
            arrays.append(part)
        else:
            basic.append(part)
            if not isinstance(part, int):
                arrays.append(part if part is Ellipsis else slice(None))
    return tuple(basic), tuple(arrays)


def _explained(error: IndexError, input: Tensor, k: Any) -> IndexError:
    text = str(error)
    parts = k if isinstance(k, tuple) else (k,)
    used = sum(p is not None and p is not Ellipsis for p in parts)
    if "too many indices" in text and input.array.ndim == 0:
        return IndexError(
            "invalid index of a 0-dim tensor. Use `tensor.item()` in Python to convert a 0-dim tensor to a number"
        )
    if "too many indices" in text:
        return IndexError(f"too many indices for tensor of dimension {input.array.ndim}: {used} were given")
    if "boolean index" in text:
        return IndexError(
            f"The shape of the mask does not match the shape of the indexed tensor {list(input.array.shape)}: {text}"
        )
    return IndexError(text.replace("axis", "dimension"))
