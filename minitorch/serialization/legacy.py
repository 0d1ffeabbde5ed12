"""The format of PyTorch before 1.6: five pickles, then the storages one after the other."""

from __future__ import annotations

import io
from pickle import UnpicklingError
from typing import Any

import numpy as np

from minitorch.core.tensor import Array
from minitorch.serialization.storage import STORAGES, Storage, Storages, raw_dtype
from minitorch.serialization.unpickler import read_pickle

_MAGIC = 0x1950A86A20F9469CFC6C
_PROTOCOL = 1001


def read_legacy(content: bytes) -> Any:
    """The object in a file of the old format, which is read twice: the storages come after what names their dtypes."""
    file = io.BytesIO(content)
    if read_pickle(file, _none) != _MAGIC or read_pickle(file, _none) != _PROTOCOL:
        raise UnpicklingError("Invalid magic number; corrupt file? It is no file that torch.save has written")
    settings = read_pickle(file, _none)
    byteorder = "little" if isinstance(settings, dict) and settings.get("little_endian") is not False else "big"
    start = file.tell()
    named: dict[str, tuple[str, int]] = {}

    def note(pid: Any) -> Storage:
        key, name, numel = storage_id(pid)
        if named.setdefault(key, (name, numel)) != (name, numel):
            raise UnpicklingError(f"storage {key!r} is described twice, as different things")
        return Storage(name, numel, None)

    read_pickle(file, note)
    keys = read_pickle(file, _none)
    records: dict[str, Array] = {}
    for key in keys if isinstance(keys, list) else ():
        if not isinstance(key, str) or key not in named:
            raise UnpicklingError(f"storage {key!r:.80} is in the file, but no tensor of it is")
        name, numel = named[key]
        length = numel * raw_dtype(name).itemsize
        if int.from_bytes(file.read(8), "little") != numel or length > len(content) - file.tell():
            raise UnpicklingError(f"storage {key!r} is cut short, or of another size than its tensors say")
        records[key] = np.frombuffer(file.read(length), np.uint8).copy()
    storages = Storages(records.__getitem__, byteorder)
    file.seek(start)
    found = read_pickle(file, lambda pid: storages.get(*storage_id(pid)))
    storages.close()
    return found


def storage_id(pid: Any) -> tuple[str, str, int]:
    """Key, name of the dtype and number of elements from a persistent id, the only kind that a .pt file has."""
    if not isinstance(pid, tuple) or len(pid) not in (5, 6) or not isinstance(pid[0], str) or pid[0] != "storage":
        raise UnpicklingError(f"Only persistent_load of storage is allowed, but got {pid!r:.80}")
    _, kind, key, _, numel = pid[:5]
    name = STORAGES.get(getattr(kind, "text", "").rpartition(".")[2])
    if name is None or not isinstance(key, str) or type(numel) is not int or numel < 0:
        raise UnpicklingError(f"a storage is not described as one: {pid[2:5]!r:.80}")
    if len(pid) == 6 and pid[5] is not None:
        raise UnpicklingError("a storage that is a view of another one is not read: save the tensors again")
    return key, name, numel


def _none(pid: Any) -> Any:
    raise UnpicklingError("a storage is named before the object begins")
