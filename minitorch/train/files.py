"""A TOML file and the files it extends, as one tree of values that knows where each one stands.

``extends = "base.toml"`` names a file, from the folder of the file that says so; that one may extend another. What is
said later wins: tables are merged key by key, everything else is replaced. A table with another ``name`` replaces the
base's table whole, since the other keys are arguments of the thing that had the old name.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path as File
from typing import Any

from minitorch.train.locate import Path, locate
from minitorch.train.problems import ConfigError, Problem, got

EXTENDS = "extends"


def read_files(name: str, below: tuple[File, ...] = ()) -> tuple[dict[str, Any], dict[Path, str]]:
    """The values of a file on top of those that it extends, and the origin (``file:line``) of each.

    Raises `ConfigError` for a file that cannot be read, is not UTF-8 or not TOML, and for files that extend each other
    in a circle.
    """
    values, origins = _read_one(name)
    if EXTENDS not in values:
        return values, origins
    where, base = origins[(EXTENDS,)], values.pop(EXTENDS)
    if not isinstance(base, str) or not base or "\0" in base:
        raise ConfigError([Problem(where, EXTENDS, f"should be the name of a TOML file {got(base)}")])
    chain = (*below, File(name).resolve())
    file = File(name).parent / base
    if file.resolve() in chain:
        raise ConfigError([Problem(where, EXTENDS, f"the files extend each other in a circle {got(base)}")])
    if not file.is_file():
        raise ConfigError([Problem(where, EXTENDS, f"there is no such file: {file} {got(base)}")])
    merged, of_base = read_files(str(file), chain)
    _merge(merged, of_base, values, origins)
    return merged, of_base


def _merge(
    base: dict[str, Any], base_origins: dict[Path, str], top: dict[str, Any], origins: dict[Path, str], path: Path = ()
) -> None:
    """Put ``top`` over ``base``, in place."""
    for key, value in top.items():
        here = (*path, key)
        old = base.get(key)
        if isinstance(value, dict) and isinstance(old, dict) and value.get("name") in (None, old.get("name")):
            base_origins.setdefault(here, origins[here])
            _merge(old, base_origins, value, origins, here)
            continue
        base[key] = value
        forget(base_origins, here)
        base_origins |= {inside: origin for inside, origin in origins.items() if inside[: len(here)] == here}


def forget(origins: dict[Path, str], path: Path) -> None:
    """Take the origins of a value and of all in it away."""
    for inside in [p for p in origins if p[: len(path)] == path]:
        del origins[inside]


def _read_one(name: str) -> tuple[dict[str, Any], dict[Path, str]]:
    try:
        text = File(name).read_bytes().decode("utf-8")
        values = tomllib.loads(text)
        return values, {path: f"{name}:{line}" for path, line in locate(text).items()}
    except OSError as error:
        raise _unreadable(name, error.strerror or str(error)) from None
    except UnicodeDecodeError as error:
        raise _unreadable(name, f"not UTF-8 text (byte {error.start})") from None
    except tomllib.TOMLDecodeError as error:
        line = re.search(r" \(at line (\d+), column (\d+)\)$", str(error))
        what = str(error)[: line.start()] if line else str(error)
        where = f"{name}:{line[1]}" if line else name
        raise ConfigError([Problem(where, "", f"not TOML: {what}" + (f", column {line[2]}" if line else ""))]) from None
    except (ValueError, RecursionError) as error:
        raise _unreadable(name, str(error)) from None


def _unreadable(name: str, why: str) -> ConfigError:
    return ConfigError([Problem(name, "", f"cannot read this configuration: {why}")])
