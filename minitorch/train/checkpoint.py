"""A training state in one file: tensors in safetensors, all the rest as JSON in its header; no pickle.

One file means one rename, so tensors and counters can never be of different moments. It is written to a temporary
file, synced and renamed, and the folder is synced: a kill at any instant leaves the old checkpoint or the new one.
"""

from __future__ import annotations

import json
import math
from collections import Counter, OrderedDict
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from minitorch.core.tensor import Tensor, wrap
from minitorch.serialization.atomic import sync_folder, writing

__all__ = ["load", "save", "sync_folder", "write_whole"]

_HEADER = "minitorch"  # one key only: safetensors does not keep the order of several

# JSON has lists, and objects with string keys. Everything else is an object with one key that begins with this sign.
_MARK = "$"


def save(path: str | Path, state: Mapping[str, Any]) -> None:
    """Write a state so that it is there whole or not at all.

    It is made of dicts, lists, tuples, tensors, arrays, numbers, strings and None; `TypeError` names the place of
    anything else.
    """
    from safetensors.numpy import save as to_bytes

    arrays: dict[str, np.ndarray[Any, Any]] = {}
    header = json.dumps(_encode(state, "", arrays), separators=(",", ":"))
    # safetensors 0.8.0 writes wrong values for arrays that are not C-contiguous; ascontiguousarray would lose shape ()
    arrays = {name: np.asarray(array, order="C") for name, array in arrays.items()}
    write_whole(path, to_bytes(arrays, metadata={_HEADER: header}))


def load(path: str | Path) -> dict[str, Any]:
    """Read what `save` has written.

    Raises `ValueError` when the file is not a checkpoint of minitorch.
    """
    from safetensors import SafetensorError
    from safetensors.numpy import load as from_bytes

    content = Path(path).read_bytes()
    try:
        arrays = from_bytes(content)
        header = json.loads(content[8 : 8 + int.from_bytes(content[:8], "little")])
        tree = json.loads(header["__metadata__"][_HEADER])
    except (SafetensorError, KeyError, ValueError) as error:
        raise ValueError(f"{path}: not a checkpoint of minitorch ({error})") from None
    state: dict[str, Any] = _decode(tree, arrays)
    return state


def write_whole(path: str | Path, content: bytes) -> None:
    """Replace a file by one rename of a synced one."""
    with writing(path) as file:
        file.write(content)


def _encode(value: Any, place: str, arrays: dict[str, np.ndarray[Any, Any]]) -> Any:
    """A tree for JSON; tensors go to ``arrays`` under the name of their place."""
    if value is None or isinstance(value, (bool, str)) or type(value) is int:
        return value
    if type(value) is float:
        return value if math.isfinite(value) else {f"{_MARK}float": str(value)}
    if isinstance(value, (Tensor, np.ndarray, np.generic)):
        kind = "tensor" if isinstance(value, Tensor) else "array" if isinstance(value, np.ndarray) else "scalar"
        arrays[place or "value"] = value.detach().array if isinstance(value, Tensor) else np.asarray(value)
        return {f"{_MARK}{kind}": place or "value"}
    if isinstance(value, Mapping):
        pairs = [(key, _encode(item, f"{place}.{key}".lstrip("."), arrays)) for key, item in value.items()]
        kind = "counter" if isinstance(value, Counter) else "ordered" if isinstance(value, OrderedDict) else "dict"
        if kind == "dict" and all(isinstance(key, str) and not key.startswith(_MARK) for key, _ in pairs):
            return dict(pairs)
        return {f"{_MARK}{kind}": [[_encode(key, place, arrays), item] for key, item in pairs]}
    if isinstance(value, (list, tuple)):
        items = [_encode(item, f"{place}.{index}".lstrip("."), arrays) for index, item in enumerate(value)]
        return items if isinstance(value, list) else {f"{_MARK}tuple": items}
    allowed = "tensors, arrays, numbers, strings, None, and dicts, lists and tuples of them"
    raise TypeError(f"a checkpoint cannot hold {place} ({type(value).__name__}), only {allowed}")


def _decode(tree: Any, arrays: Mapping[str, np.ndarray[Any, Any]]) -> Any:
    if isinstance(tree, list):
        return [_decode(item, arrays) for item in tree]
    if not isinstance(tree, dict):
        return tree
    kind: str
    content: Any
    kind, content = next(iter(tree.items()), ("", None))
    if not kind.startswith(_MARK):
        return {key: _decode(item, arrays) for key, item in tree.items()}
    if kind == "$float":
        return float(content)
    if kind == "$tuple":
        return tuple(_decode(item, arrays) for item in content)
    if kind == "$tensor":
        return wrap(arrays[content].copy())
    if kind == "$array":
        return arrays[content].copy()
    if kind == "$scalar":
        return arrays[content][()]
    pairs = [(_decode(key, arrays), _decode(item, arrays)) for key, item in content]
    return {"$counter": Counter, "$ordered": OrderedDict, "$dict": dict}[kind](dict(pairs))
