"""``save`` and ``load``: nested state in one file of PyTorch's format, read and written without PyTorch."""

from __future__ import annotations

import io
import os
import pickle
from pathlib import Path
from typing import Any

import numpy as np

from minitorch.core.tensor import Tensor, device

File = Any  # a path, or an object with read(), or write(), of bytes


def save(obj: Any, f: File) -> None:
    """Write ``obj`` to a file that ``minitorch.load`` and ``torch.load`` read (``torch.save``).

    Args:
        obj: a tensor, or dicts, OrderedDicts, Counters, lists, tuples and sets of tensors, parameters, numbers,
            strings, bytes, None, dtypes, devices and sizes: a ``state_dict()``, or a dict of several. NumPy's scalars
            become Python's.
        f: a path, whose file is replaced at once when all is written, or a file opened for writing bytes.

    Tensors that share memory share it in the file, strides are kept, and one object in several places is one again
    later. Attributes of tensors are not written.

    Raises:
        TypeError: something that is not data, named by its place.
        RuntimeError: the folder does not exist, or tensors look at one memory as different dtypes.

    >>> import io, minitorch as torch
    >>> file = io.BytesIO()
    >>> torch.save({"epoch": 3, "weights": torch.ones(2)}, file)
    >>> _ = file.seek(0)
    >>> torch.load(file)
    {'epoch': 3, 'weights': tensor([1., 1.])}
    """
    from minitorch.serialization.archive import write_archive
    from minitorch.serialization.atomic import writing
    from minitorch.serialization.layout import Layout, Place
    from minitorch.serialization.pickler import write_pickle

    seen: list[Tensor] = []

    def note(t: Tensor) -> Place:
        seen.append(t)
        return Place("", 0, 0, t.array.shape)

    write_pickle(obj, note)  # once to see all tensors, so that those that share memory can be put together
    layout = Layout(seen)
    tree = write_pickle(obj, layout.place)
    if isinstance(f, (str, os.PathLike)):
        folder = Path(f).parent
        if not folder.is_dir():
            raise RuntimeError(f"Parent directory {folder} does not exist.")
        with writing(f) as file:
            write_archive(file, tree, layout.storages())
        return
    if not hasattr(f, "write"):
        raise TypeError(f"save() takes a path or a file opened for writing bytes, but got {type(f).__name__}")
    whole = io.BytesIO()
    write_archive(whole, tree, layout.storages())
    f.write(whole.getbuffer())


def load(f: File, map_location: Any = None, *, weights_only: bool | None = None, mmap: bool | None = None) -> Any:
    """Read what ``minitorch.save`` or ``torch.save`` has written, also before PyTorch 1.6 (``torch.load``).

    Nothing in the file is run: it may hold tensors, parameters and plain containers, and names anything else only to be
    refused. Every size and stride is checked against the memory that the file gives.

    Args:
        f: a path, or a file opened for reading bytes, which is read to its end.
        map_location: accepted as ``"cpu"`` or a function; tensors come to the CPU wherever they were.
        weights_only: True, the only mode there is.
        mmap: leave the tensors' values in the file, to be read when they are used. Changes are not written back, and
            checksums are not verified.

    Tensors of bfloat16 become float32, with a warning: their values are the same.

    Raises:
        FileNotFoundError: there is no such file.
        RuntimeError: the file is not of this format, or is damaged or cut short.
        pickle.UnpicklingError: it holds something that is not admitted, or makes no sense.
        ValueError: ``weights_only=False``, which would run what the file says.
    """
    if weights_only is False:
        raise ValueError(
            "load() got weights_only=False, which lets a file run any code: minitorch never does. Leave it out: "
            "tensors and plain containers load without it. A file that holds more than that can be opened in PyTorch "
            "once, and its state_dict() saved."
        )
    if map_location is not None and not callable(map_location):
        for place in map_location.values() if isinstance(map_location, dict) else (map_location,):
            device(place)  # refuses what is not the CPU
    if isinstance(f, (str, os.PathLike)):
        name = os.fspath(f)
        mapped = np.memmap(name, np.uint8, "c") if mmap and os.path.getsize(name) else None
        with open(name, "rb") as file:
            return _read(file, name, None if mapped is None else np.asarray(mapped))
    if mmap:
        raise ValueError("f must be a file path in order to use the mmap argument")
    if not hasattr(f, "read"):
        raise TypeError(f"load() takes a path or a file opened for reading bytes, but got {type(f).__name__}")
    content = f.read()
    if not isinstance(content, (bytes, bytearray, memoryview)):
        raise TypeError(f"load() takes a file opened for reading bytes, but its read() gave {type(content).__name__}")
    return _read(io.BytesIO(content), getattr(f, "name", "the file"), None)


def _read(file: Any, name: str, mapped: Any) -> Any:
    from minitorch.serialization.legacy import read_legacy

    start = file.read(4)
    file.seek(0)
    try:
        if start == b"PK\3\4":
            return _read_archive(file, name, mapped)
        if start[:1] == pickle.PROTO and mapped is not None:
            raise RuntimeError(f"mmap can only be used with files saved in the zip format, not with {name}")
        if start[:1] == pickle.PROTO:
            return read_legacy(file.read())
    except pickle.UnpicklingError as error:
        raise pickle.UnpicklingError(f"{error} (in {name})") from None
    what = "is empty" if not start else f"starts with {start!r}"
    raise RuntimeError(f"{name} is no file that torch.save or minitorch.save has written: it {what}")


def _read_archive(file: Any, name: str, mapped: Any) -> Any:
    from minitorch.serialization.archive import Archive
    from minitorch.serialization.legacy import storage_id
    from minitorch.serialization.storage import Storages
    from minitorch.serialization.unpickler import read_pickle

    archive = Archive(file, name, mapped)
    byteorder = archive.read("byteorder").decode("ascii", "replace") if archive.has("byteorder") else "little"
    if byteorder not in ("little", "big"):
        raise RuntimeError(f"Unknown endianness type: {byteorder!r:.80} (in {name})")
    storages = Storages(lambda key: archive.array(f"data/{key}"), byteorder)
    found = read_pickle(io.BytesIO(archive.read("data.pkl")), lambda pid: storages.get(*storage_id(pid)))
    storages.close()
    return found
