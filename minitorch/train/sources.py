"""From a TOML file and overrides to one tree of plain values, with the origin of each."""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path as File
from typing import Any

from minitorch.train.files import EXTENDS, forget, read_files
from minitorch.train.locate import Path
from minitorch.train.problems import ConfigError, Problem, dotted, got, origin, shown

_WORD = re.compile(r"[A-Za-z_][\w.:-]*")  # what an override may say without quotes


@dataclass
class Source:
    """What a file and the overrides say, before anything is known of its meaning."""

    file: str
    values: dict[str, Any]
    origins: dict[Path, str]

    def where(self, path: Path) -> str:
        return origin(self.origins, path, self.file)


def read(file: str | File, overrides: Sequence[str] = ()) -> Source:
    """Read a TOML file and what it extends, then set what the overrides (``key.path=value``) say.

    Raises `ConfigError` for a file that cannot be read, is not UTF-8 or not TOML, and for overrides without a place.
    """
    name = str(file)
    source = Source(name, *read_files(name))
    problems = [p for text in overrides if (p := _override(source, text)) is not None]
    problems += [Problem(source.where(path), dotted(path), what) for path, what in _unwritable(source.values)]
    if problems:
        raise ConfigError(problems)
    return source


def _override(source: Source, text: str) -> Problem | None:
    """Set one ``key.path=value``; the value is TOML, or else a plain word such as ``SGD``."""
    key, sign, written = text.partition("=")
    parts: list[str] = key.strip().split(".")
    if not sign or not all(parts):
        return Problem("override", "", f"should be key.path=value {got(text)}")
    try:
        text.encode()
        table = tomllib.loads(f"value = {written}")
        if len(table) > 1:
            return Problem("override", key, f"should be one value {got(written)}")
        value: Any = table["value"]
    except UnicodeEncodeError:
        return Problem("override", key.encode("ascii", "replace").decode(), "not UTF-8 text")
    except RecursionError:
        return Problem("override", key, "nested too deeply")
    except ValueError:
        value = written.strip()
        if not _WORD.fullmatch(value):
            return Problem("override", key, f"not a value of TOML {got(value)}")
    node: Any = source.values
    path: Path = ()
    for at, part in enumerate(parts):
        last = at == len(parts) - 1
        if isinstance(node, list):
            if not (part.isascii() and part.isdigit() and int(part) < len(node)):
                return Problem("override", key, f"{dotted(path)} has elements 0 to {len(node) - 1} {got(part)}")
            index = int(part)
            path = (*path, index)
            if last:
                node[index] = value
            node = node[index]
        elif isinstance(node, dict):
            path = (*path, part)
            if last:
                node[part] = value
            elif part not in node:
                source.origins[path] = "override"
            node = node.setdefault(part, {})
        else:
            return Problem("override", key, f"{dotted(path)} is {shown(node)}, not a table")
    if path == (EXTENDS,):
        return Problem("override", key, f"belongs into a file {got(value)}")
    forget(source.origins, path)
    source.origins[path] = "override"
    return None


def _unwritable(node: Any, path: Path = ()) -> Iterator[tuple[Path, str]]:
    """Values that TOML knows and no configuration needs: nan, infinities, dates."""
    if isinstance(node, dict):
        for key, value in node.items():
            yield from _unwritable(value, (*path, key))
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from _unwritable(value, (*path, index))
    elif isinstance(node, float) and not math.isfinite(node):
        yield path, f"should be a finite number {got(node)}"
    elif not isinstance(node, (str, int, float, bool)):
        yield path, f"dates and times have no meaning here {got(node)}"
