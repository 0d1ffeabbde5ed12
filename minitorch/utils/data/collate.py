"""Collation: from a list of samples to one batch, and from NumPy's values in a sample to tensors."""

from __future__ import annotations

from collections.abc import Callable, Mapping, MutableMapping, MutableSequence, Sequence
from copy import copy
from typing import Any, TypeAlias

import numpy as np

from minitorch.core import dtypes
from minitorch.core.tensor import Tensor, wrap
from minitorch.ops.concatenation import stack

CollateMap: TypeAlias = dict[type | tuple[type, ...], Callable[..., Any]]


def default_collate(batch: Sequence[Any]) -> Any:
    """The samples of a batch as one: tensors, arrays and numbers stacked along a new first dimension.

    Mappings and sequences are collated entry by entry and keep their type, except that a tuple becomes a list; strings
    stay as they are. Floats become float64, ints int64. Raises TypeError for anything else, RuntimeError when sequences
    or tensors of different sizes meet.

    >>> default_collate([(1, {"x": 0.5}), (2, {"x": 1.5})])
    [tensor([1, 2]), {'x': tensor([0.5000, 1.5000], dtype=torch.float64)}]
    """
    return collate(batch, collate_fn_map=default_collate_fn_map)


def collate(batch: Sequence[Any], *, collate_fn_map: CollateMap | None = None) -> Any:
    """`default_collate` with other functions: `collate_fn_map[type](batch, collate_fn_map=...)` collates that type.

    A type that is not in the map is collated as the first entry that it is a subclass of, then as mapping or sequence.

    >>> collate([(1, 2), (3, 4)], collate_fn_map={int: lambda batch, **_: sum(batch)})
    [4, 6]
    """
    first = batch[0]
    if collate_fn_map is not None:
        function = collate_fn_map.get(type(first))
        if function is None:
            function = next((f for kind, f in collate_fn_map.items() if isinstance(first, kind)), None)
        if function is not None:
            return function(batch, collate_fn_map=collate_fn_map)
    if isinstance(first, Mapping):
        columns = {key: collate([sample[key] for sample in batch], collate_fn_map=collate_fn_map) for key in first}
        return _mapping_like(first, columns)
    if isinstance(first, Sequence):
        if any(len(sample) != len(first) for sample in batch):
            raise RuntimeError(
                f"each element in list of batch should be of equal size, got sizes "
                f"{[len(sample) for sample in batch]}. Pass a collate_fn that pads them, for example."
            )
        rows = zip(*batch, strict=True)
        return _sequence_like(first, [collate(column, collate_fn_map=collate_fn_map) for column in rows])
    raise _uncollatable(type(first))


def default_convert(data: Any) -> Any:
    """A sample with its NumPy arrays and scalars as tensors, wherever in it they are; everything else as it is.

    >>> import numpy as np
    >>> default_convert({"x": np.array([0, 1]), "name": "a"})
    {'x': tensor([0, 1]), 'name': 'a'}
    """
    if isinstance(data, (np.ndarray, np.generic)) and not isinstance(data, (str, bytes)):
        return data if isinstance(data, np.ndarray) and data.dtype.kind in "SUO" else _as_tensor(data)
    if isinstance(data, Mapping):
        return _mapping_like(data, {key: default_convert(data[key]) for key in data})
    if isinstance(data, Sequence) and not isinstance(data, (str, bytes)):
        return _sequence_like(data, [default_convert(element) for element in data])
    return data


def _as_tensor(value: Any) -> Tensor:
    """The value as a tensor; an array's own memory."""
    if isinstance(value, Tensor):
        return value
    array = np.asarray(value)
    dtypes.of(array.dtype)  # raises for what no tensor can hold
    return wrap(array)


def _collate_tensors(batch: Sequence[Any], **_: Any) -> Tensor:
    return stack(batch)


def _collate_arrays(batch: Sequence[Any], *, collate_fn_map: CollateMap | None = None) -> Any:
    if batch[0].dtype.kind in "SUO":
        raise _uncollatable(batch[0].dtype)
    return collate([_as_tensor(sample) for sample in batch], collate_fn_map=collate_fn_map)


def _collate_scalars(batch: Sequence[Any], **_: Any) -> Tensor:
    return _as_tensor(np.array(batch))


def _collate_floats(batch: Sequence[Any], **_: Any) -> Tensor:
    return wrap(_numbers(batch).astype(np.float64))


def _collate_ints(batch: Sequence[Any], **_: Any) -> Tensor:
    array = _numbers(batch)
    return wrap(array.astype(dtypes.get_default_dtype().numpy) if array.dtype.kind == "f" else array)


def _collate_strings(batch: Sequence[Any], **_: Any) -> Sequence[Any]:
    return batch


def _numbers(batch: Sequence[Any]) -> np.ndarray[Any, Any]:
    array = np.array(batch)
    if array.dtype.kind in "uO":
        raise ValueError("Overflow when unpacking long long: an int in the batch does not fit into int64")
    return array


# What default_collate makes of each type. Add to it, and a DataLoader batches your types by default.
default_collate_fn_map: CollateMap = {
    Tensor: _collate_tensors,
    np.ndarray: _collate_arrays,
    (np.bool_, np.number): _collate_scalars,
    float: _collate_floats,
    int: _collate_ints,
    str: _collate_strings,
    bytes: _collate_strings,
}


def collates_by_default(function: object) -> bool:
    """Whether `function` is default_collate, and it makes of tensors what it did, so that they may be cut in bulk."""
    return function is default_collate and default_collate_fn_map.get(Tensor) is _collate_tensors


def _mapping_like(original: Mapping[Any, Any], values: dict[Any, Any]) -> Any:
    """The values in a mapping of the original's type, if it can be made: a mutable one by copying, for its extras."""
    try:
        if not isinstance(original, MutableMapping):
            return type(original)(values)  # type: ignore[call-arg]
        clone = copy(original)
        clone.update(values)
    except TypeError:
        return values
    return clone


def _sequence_like(original: Sequence[Any], values: list[Any]) -> Any:
    """The values in a sequence of the original's type, if it can be made; a list for a plain tuple."""
    if isinstance(original, tuple):
        return type(original)(*values) if hasattr(original, "_fields") else values
    try:
        if not isinstance(original, MutableSequence):
            return type(original)(values)  # type: ignore[call-arg]
        clone = copy(original)
        for i, value in enumerate(values):
            clone[i] = value
    except TypeError:
        return values
    return clone


def _uncollatable(found: object) -> TypeError:
    return TypeError(
        "default_collate: batch must contain tensors, numpy arrays, numbers, dicts or lists; "
        f"found {found}. Pass a collate_fn that knows how to batch it."
    )
