"""Run folders: ``runs/<name>/<number>/`` with everything a training leaves behind.

====================  ==============================================================================================
config.toml           the resolved configuration: every default and inferred size written out
versions.json         seed and versions of what took part
metrics.jsonl         a line a step, a line an epoch, a last one with the ``test_`` figures
checkpoints/          last.safetensors (all that is needed to go on), best.safetensors (weights of the best epoch)
curves.png            loss and accuracy over the epochs
summary.json          written last: the final figures. A run that has it is finished
error.txt             why the training failed, if it did
====================  ==============================================================================================
"""

from __future__ import annotations

import contextlib
import json
import os
import platform
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from minitorch.train import checkpoint
from minitorch.version import __version__


class RunError(Exception):
    """A run folder that cannot be made, found or used."""


class Run:
    """One run folder."""

    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder)
        self.config = self.folder / "config.toml"
        self.metrics = self.folder / "metrics.jsonl"
        self.checkpoints = self.folder / "checkpoints"
        self.curves = self.folder / "curves.png"
        self.summary = self.folder / "summary.json"
        self.failure = self.folder / "error.txt"

    @classmethod
    def create(cls, root: str | Path, name: str, config: str, seed: int) -> Run:
        """Make the next numbered folder of a name. It appears in one rename, its configuration already in it.

        Raises `RunError` when the disk does not let it.
        """
        parent = Path(root) / name
        staging = parent / f".new-{os.getpid()}"
        try:
            shutil.rmtree(staging, ignore_errors=True)
            staging.mkdir(parents=True)
            checkpoint.write_whole(staging / "config.toml", config.encode())
            checkpoint.write_whole(staging / "versions.json", _json({"seed": seed, "versions": versions()}))
            number = max((int(p.name) for p in parent.iterdir() if p.name.isdigit()), default=0) + 1
            while not _renamed(staging, parent / str(number)):
                number += 1
            checkpoint.sync_folder(parent)
        except OSError as error:
            shutil.rmtree(staging, ignore_errors=True)
            raise RunError(f"cannot make a run folder in {parent}: {error.strerror or error}") from None
        return cls(parent / str(number))

    @classmethod
    def find(cls, given: str, root: str | Path) -> Run:
        """A run by its folder, by ``name/number``, or by name alone: the latest one.

        Raises `RunError` when there is none.
        """
        for folder in (Path(given), Path(root) / given):
            if (folder / "config.toml").is_file():
                return cls(folder)
            numbers = [int(p.name) for p in folder.iterdir() if p.name.isdigit()] if folder.is_dir() else []
            if numbers and (folder / str(max(numbers)) / "config.toml").is_file():
                return cls(folder / str(max(numbers)))
        raise RunError(f"{given} is not a run: expected a folder with a config.toml, as runs/<name>/<number>")

    @property
    def finished(self) -> bool:
        return self.summary.is_file()

    @property
    def status(self) -> str:
        """``finished``, ``running`` (another process holds it), ``failed`` or ``interrupted``."""
        if self.finished:
            return "finished"
        try:
            with self.lock() if (self.folder / ".lock").exists() else contextlib.nullcontext():
                return "failed" if self.failure.exists() else "interrupted"
        except RunError:
            return "running"

    def lines(self, kind: str) -> list[dict[str, Any]]:
        """The lines of ``metrics.jsonl`` of a kind: ``step``, ``epoch`` or ``test``; a torn last one is left out."""
        found = []
        for text in self.metrics.read_text(encoding="utf-8").splitlines() if self.metrics.exists() else []:
            with contextlib.suppress(ValueError):
                found.append(json.loads(text))
        return [line for line in found if line.get("kind") == kind]

    def finish(self, summary: dict[str, Any]) -> None:
        """Write the summary, which says that all the rest is there."""
        checkpoint.write_whole(self.summary, _json(summary))

    @contextlib.contextmanager
    def lock(self) -> Iterator[None]:
        """Hold the run for this process; the operating system lets go of it however the process ends.

        Raises `RunError` when another process holds it.
        """
        with open(self.folder / ".lock", "ab") as file:
            try:
                if sys.platform == "win32":
                    import msvcrt

                    msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
                else:
                    import fcntl

                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                raise RunError(f"{self.folder} is being trained by another process") from None
            yield


def versions() -> dict[str, str]:
    """Versions of what takes part in a training."""
    from importlib.metadata import PackageNotFoundError, version

    found = {"minitorch": __version__, "python": platform.python_version(), "numpy": np.__version__}
    for package in ("scikit-learn", "safetensors", "matplotlib", "pydantic"):
        with contextlib.suppress(PackageNotFoundError):
            found[package] = version(package)
    return found | {"machine": platform.machine(), "system": platform.system()}


def _renamed(staging: Path, folder: Path) -> bool:
    """Whether the folder was free. (A rename onto a folder with something in it fails, and every run has something.)"""
    try:
        os.rename(staging, folder)
    except OSError:
        if not folder.exists():
            raise
        return False
    return True


def _json(content: dict[str, Any]) -> bytes:
    return (json.dumps(content, indent=2) + "\n").encode()
