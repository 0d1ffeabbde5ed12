"""The zip archive of a .pt file: its records, uncompressed and aligned, read with every size checked."""

from __future__ import annotations

import struct
import sys
import zipfile
from collections.abc import Iterable
from typing import Any, BinaryIO

import numpy as np

from minitorch.core.tensor import Array

_ROOT = "archive"
_ALIGNMENT = 64
_FIXED = {".format_version": b"1", ".storage_alignment": b"64", "byteorder": sys.byteorder.encode(), "version": b"3\n"}
_LOCAL_HEADER = 30  # bytes before the name


def write_archive(file: BinaryIO, tree: bytes, storages: Iterable[tuple[str, memoryview]]) -> None:
    """A .pt file of a pickle and its storages; the same bytes for the same content."""
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as out:
        _add(out, "data.pkl", tree)
        for name, content in _FIXED.items():
            _add(out, name, content)
        for key, data in storages:
            _add(out, f"data/{key}", data)


def _add(out: zipfile.ZipFile, name: str, content: bytes | memoryview) -> None:
    record = zipfile.ZipInfo(f"{_ROOT}/{name}")
    start = out.fp.tell() + _LOCAL_HEADER + len(record.filename)  # type: ignore[union-attr]
    padding = -start % _ALIGNMENT
    if padding:
        padding += _ALIGNMENT if padding < 4 else 0
        record.extra = struct.pack("<2sH", b"FB", padding - 4) + b"Z" * (padding - 4)
    out.writestr(record, content)


class Archive:
    """The records of a .pt file that is a zip archive. Raises ``RuntimeError`` where it is damaged."""

    def __init__(self, file: BinaryIO, name: str, mapped: Array | None = None) -> None:
        self._name = name
        self._mapped = mapped  # the whole file, mapped into memory
        self._size = file.seek(0, 2)
        try:
            self._zip = zipfile.ZipFile(file)
        except Exception as error:  # zipfile has many ways to be surprised by a damaged file
            raise self._fault("failed finding central directory", error) from None
        records = self._zip.infolist()
        self._root = next((r.filename[: -len("data.pkl")] for r in records if r.filename.endswith("/data.pkl")), "")
        self._records = {r.filename: r for r in records}
        if self._root + "constants.pkl" in self._records:
            raise RuntimeError(f"{name} is a TorchScript archive, whose code is not run here: save a state_dict()")
        if not self._root:
            raise self._fault("file not found: data.pkl", "a zip archive that is no .pt file")
        if len(records) != len(self._records):
            raise self._fault("a record is named twice", "refused")
        if sum(r.file_size for r in records) > self._size:
            raise self._fault("the records are larger than the file", "refused")

    def has(self, name: str) -> bool:
        """Whether there is a record called so."""
        return self._root + name in self._records

    def read(self, name: str) -> bytes:
        """A record's content, its checksum verified."""
        return self._zip_read(self._find(name))

    def array(self, name: str) -> Array:
        """A record's content as bytes of the reader's own, or of the mapped file."""
        record = self._find(name)
        if self._mapped is None:
            return np.frombuffer(self._zip_read(record), np.uint8).copy()
        header = bytes(self._mapped[record.header_offset : record.header_offset + _LOCAL_HEADER])
        if len(header) < _LOCAL_HEADER or not header.startswith(b"PK\3\4"):
            raise self._fault(f"record {name} has no header", "it is damaged")
        names, extra = struct.unpack("<HH", header[-4:])
        start = record.header_offset + _LOCAL_HEADER + names + extra
        if start + record.file_size > self._size:
            raise self._fault(f"record {name} ends after the file", "it is cut short")
        return self._mapped[start : start + record.file_size]

    def _find(self, name: str) -> zipfile.ZipInfo:
        record = self._records.get(self._root + name)
        if record is None:
            raise self._fault(f"file not found: {name}", "the file lacks a part")
        if record.compress_type != zipfile.ZIP_STORED or record.flag_bits & 1 or record.file_size > self._size:
            raise self._fault(f"record {name} is compressed, encrypted or of an impossible size", "refused")
        return record

    def _zip_read(self, record: zipfile.ZipInfo) -> bytes:
        try:
            return self._zip.read(record)
        except Exception as error:
            raise self._fault(f"failed reading {record.filename}", error) from None

    def _fault(self, what: str, why: Any) -> RuntimeError:
        return RuntimeError(f"PytorchStreamReader failed reading zip archive: {what} ({why}), in {self._name}")
