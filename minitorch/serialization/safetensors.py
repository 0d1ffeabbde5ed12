"""safetensors files: tensors by name with nothing else, as ``safetensors.torch`` reads and writes them."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from minitorch.core.tensor import Array, Tensor, wrap
from minitorch.nn.module import Module
from minitorch.serialization.atomic import writing
from minitorch.serialization.storage import widened

__all__ = ["load", "load_file", "load_metadata", "load_model", "save", "save_file", "save_model"]


def save(tensors: Mapping[str, Tensor], metadata: Mapping[str, str] | None = None) -> bytes:
    """The bytes of a safetensors file. Raises as ``save_file`` does.

    >>> import minitorch as torch
    >>> from minitorch.serialization import safetensors
    >>> safetensors.load(safetensors.save({"weight": torch.ones(2)}))
    {'weight': tensor([1., 1.])}
    """
    from safetensors.numpy import save as to_bytes

    if not isinstance(tensors, Mapping):
        raise ValueError(f"Expected a dict of [str, torch.Tensor] but received {type(tensors).__name__}")
    for name, t in tensors.items():
        if not isinstance(name, str) or not isinstance(t, Tensor):
            raise ValueError(f"Key `{name}` is invalid, expected torch.Tensor but received {type(t).__name__}")
    same = [names for names in _sharing(tensors) if len(names) > 1]
    if same:
        raise RuntimeError(
            f"Some tensors share memory, this will lead to duplicate memory on disk: {same}. Use save_model(), which "
            "writes one of each, or clone() the others."
        )
    for key, value in (metadata or {}).items():
        if not isinstance(key, str) or not isinstance(value, str):
            raise TypeError(f"metadata should be strings by string, but {key!r} has {type(value).__name__}")
    # safetensors 0.8.0 writes wrong values for arrays that are not C-contiguous; ascontiguousarray would lose shape ()
    arrays = {name: np.asarray(t.detach().array, order="C") for name, t in tensors.items()}
    content: bytes = to_bytes(arrays, metadata=None if metadata is None else dict(metadata))
    return content


def save_file(
    tensors: Mapping[str, Tensor], filename: str | os.PathLike[str], metadata: Mapping[str, str] | None = None
) -> None:
    """Write tensors by name, replacing the file at once when all is written (``safetensors.torch.save_file``).

    Raises:
        ValueError: something else than tensors by string.
        RuntimeError: tensors share memory, which the format has no word for.
    """
    content = save(tensors, metadata)
    with writing(filename) as file:
        file.write(content)


def load(data: bytes) -> dict[str, Tensor]:
    """Tensors by name from the bytes of a safetensors file. Raises as ``load_file`` does."""
    return _tensors(data, "the bytes")


def load_file(filename: str | os.PathLike[str], device: Any = "cpu") -> dict[str, Tensor]:
    """Tensors by name from a safetensors file (``safetensors.torch.load_file``). bfloat16 becomes float32, exactly.

    Raises:
        FileNotFoundError: there is no such file.
        RuntimeError: the file is damaged, or has a dtype that minitorch has not.
    """
    from minitorch.core.tensor import device as Device

    Device(device)  # refuses what is not the CPU
    return _tensors(Path(filename).read_bytes(), os.fspath(filename))


def load_metadata(filename: str | os.PathLike[str]) -> dict[str, str]:
    """The strings that a safetensors file holds beside its tensors."""
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(filename, "numpy") as file:
            return dict(file.metadata() or {})
    except SafetensorError as error:
        raise RuntimeError(f"{os.fspath(filename)} is no safetensors file: {error}") from None


def save_model(model: Module, filename: str | os.PathLike[str], metadata: Mapping[str, str] | None = None) -> None:
    """Write a model's ``state_dict()``; of tensors that share memory only the one whose name comes first.

    The file opens with ``load_model`` here and in ``safetensors.torch``, which put shared weights back.
    """
    state = model.state_dict()
    notes = dict(metadata or {})
    kept: dict[str, Tensor] = {}
    for names in _sharing(state):
        first = _covering(names, state)
        kept[first] = state[first]
        notes |= {name: first for name in names if name != first}
    save_file(kept, filename, notes or None)


def load_model(
    model: Module, filename: str | os.PathLike[str], strict: bool = True, device: Any = "cpu"
) -> tuple[list[str], list[str]]:
    """Load into a model what ``save_model`` wrote, here or in PyTorch; returns missing and unexpected names.

    Raises:
        RuntimeError: names or shapes do not match (only shapes, with ``strict=False``).
    """
    given = load_file(filename, device)
    missing, unexpected = model.load_state_dict(given, strict=False)
    state = model.state_dict()
    shared = {name: names for names in _sharing(state) for name in names}
    missing = [name for name in missing if not any(other in given for other in shared[name])]
    if strict and (missing or unexpected):
        raise RuntimeError(
            f"Error(s) in loading state_dict for {type(model).__name__}: missing keys {missing}, unexpected keys "
            f"{list(unexpected)}, in {os.fspath(filename)}"
        )
    return missing, list(unexpected)


def _sharing(tensors: Mapping[str, Tensor]) -> list[list[str]]:
    """The names, those of tensors on one memory together."""
    spans = sorted((*np.lib.array_utils.byte_bounds(t.array), name) for name, t in tensors.items())
    groups: list[list[str]] = []
    reached = -1
    for low, high, name in spans:
        if groups and low < reached and tensors[name].array.size:
            groups[-1].append(name)
        else:
            groups.append([name])
        if tensors[name].array.size:
            reached = max(reached, high)
    return [sorted(names) for names in groups]


def _covering(names: list[str], state: Mapping[str, Tensor]) -> str:
    """The first of these names whose tensor is all of the memory that they share."""
    spans = {name: np.lib.array_utils.byte_bounds(state[name].array) for name in names}
    low, high = min(a for a, _ in spans.values()), max(b for _, b in spans.values())
    whole = [n for n in names if spans[n] == (low, high) and state[n].array.nbytes == high - low]
    if not whole:
        raise RuntimeError(
            f"Error while trying to find names to remove to save state dict: none of {names} is all of the memory that "
            "they share. clone() them first."
        )
    if any(state[n].array.nbytes != high - low or state[n].shape != state[whole[0]].shape for n in names):
        raise RuntimeError(f"{names} share memory in part, which a safetensors file cannot say: clone() them first.")
    return whole[0]


def _tensors(content: bytes, name: str) -> dict[str, Tensor]:
    from safetensors import SafetensorError, deserialize

    try:
        found = deserialize(bytes(content))  # type: ignore[no-untyped-call]
    except SafetensorError as error:
        raise RuntimeError(f"{name} is no safetensors file, or is damaged: {error}") from None
    return {key: wrap(_array(key, facts, name)) for key, facts in found}


_DTYPES = {
    "BOOL": np.bool_, "U8": np.uint8, "I8": np.int8, "I16": np.int16, "I32": np.int32, "I64": np.int64, "U16":
    np.uint16, "U32": np.uint32, "U64": np.uint64, "F16": np.float16, "F32": np.float32, "F64": np.float64, "C64":
    np.complex64, "BF16": np.uint16,
}  # fmt: skip


def _array(key: str, facts: Mapping[str, Any], name: str) -> Array:
    kind = facts["dtype"]
    if kind not in _DTYPES:
        raise RuntimeError(f"{name} has {key!r} in dtype {kind}, which minitorch has not: convert it in PyTorch first")
    flat = np.frombuffer(facts["data"], np.dtype(_DTYPES[kind]).newbyteorder("<"))
    flat = widened(flat) if kind == "BF16" else flat.astype(_DTYPES[kind])
    return flat.reshape(facts["shape"])
