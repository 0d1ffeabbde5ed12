"""Problems of a configuration: each one names where it stands, the key, what came and what is allowed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from minitorch.train.locate import Path

Origins = Mapping[Path, str]  # where a value came from: "configs/a.toml:3" or "override"


@dataclass(frozen=True)
class Problem:
    """One line of an error report."""

    where: str
    key: str
    what: str

    @property
    def place(self) -> tuple[bool, str, int]:
        """Where it belongs in a report: file by file, down the lines, overrides last."""
        file, _, line = self.where.rpartition(":")
        return (self.where == "override", file, int(line)) if line.isdigit() else (True, self.where, 0)

    def __str__(self) -> str:
        line = ": ".join(part for part in (self.where, self.key, self.what) if part)
        return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in line)


class ConfigError(Exception):
    """A configuration that cannot be trained: all its problems at once."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = sorted(problems, key=lambda p: p.place)
        super().__init__("\n".join(map(str, self.problems)))


def origin(origins: Origins, path: Path, default: str) -> str:
    """Where a key stands or, when it is missing, the table around it."""
    while path and path not in origins:
        path = path[:-1]
    return origins.get(path, default)


def dotted(path: Path) -> str:
    """A key path as it is written in an override.

    >>> dotted(("model", "layers", 0, "out_features"))
    'model.layers.0.out_features'
    """
    return ".".join(str(part) for part in path)


def shown(value: Any) -> str:
    """A value as TOML would write it, cut when it is long."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 60 else f"{text[:56]} ..."


def got(value: Any) -> str:
    return f"(got {shown(value)})"


def one_of(names: Iterable[str], close: str | None = None) -> str:
    """The end of an error about a name: everything that is allowed, and what was probably meant."""
    text = "allowed: " + ", ".join(sorted(names, key=str.lower))
    return f"did you mean {close!r}? {text}" if close else text
