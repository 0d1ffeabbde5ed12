"""A validator's errors in the words of a configuration: key path, what came, what is allowed, the nearest name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from minitorch.train.components import nearest
from minitorch.train.locate import Path
from minitorch.train.problems import Problem, dotted, got, one_of
from minitorch.train.sources import Source

_NOTHING = object()


def problems(
    errors: Iterable[Mapping[str, Any]], source: Source, keys_at: Callable[[Path], Iterable[str]]
) -> list[Problem]:
    """One problem a key: a value that fits none of several types is reported once, with all of them.

    ``errors`` are pydantic's dictionaries; ``keys_at`` tells the keys that a table may have.
    """
    wrong: dict[Path, list[str]] = {}
    found = []
    for error in errors:
        path = _path(error["loc"], source.values)
        where, key, value = source.where(path), dotted(path), _value(path, source.values)
        if value is _NOTHING:
            found.append(Problem(where, key, "missing"))
        elif error["type"] == "extra_forbidden":
            keys = list(keys_at(path[:-1]))
            found.append(Problem(where, key, f"unknown key {got(value)}; {one_of(keys, nearest(path[-1], keys))}"))
        else:
            wrong.setdefault(path, []).append(_allowed(error))
    for path, allowed in wrong.items():
        inside = any(other[: len(path)] == path and other != path for other in wrong)
        if not inside:  # of an array with a wrong element only the element is reported
            value = _value(path, source.values)
            text = f"should be {' or '.join(dict.fromkeys(allowed))} {got(value)}"
            found.append(Problem(source.where(path), dotted(path), text))
    return found


def _path(loc: Iterable[str | int], values: Any) -> Path:
    """The key path in an error's place, without the names of types that the validator puts between."""
    path: Path = ()
    places = list(loc)
    for at, part in enumerate(places):
        inside = (isinstance(values, dict) and part in values) or (
            isinstance(values, list) and isinstance(part, int) and part < len(values)
        )
        if inside:
            values = values[part]
            path = (*path, part)
        elif at == len(places) - 1 and isinstance(values, list if isinstance(part, int) else dict):
            path = (*path, part)
    return path


def _value(path: Path, values: Any) -> Any:
    for part in path:
        try:
            values = values[part]
        except (KeyError, IndexError, TypeError):
            return _NOTHING
    return values


def _allowed(error: Mapping[str, Any]) -> str:
    """What would have been right, as the validator says it, with TOML's names for things."""
    kind, context = error["type"], error.get("ctx", {})
    if kind == "string_pattern_mismatch":
        return "letters, digits, '_', '-' and '.' only"
    if kind == "too_short":
        return f"an array of at least {context['min_length']}"
    if kind == "too_long":
        return f"an array of at most {context['max_length']}"
    text = str(error["msg"]).removeprefix("Input should be ").removeprefix("Input ")
    for theirs, ours in _WORDS:
        text = text.replace(theirs, ours)
    return text


_WORDS = (
    ("a valid tuple", "an array"),
    ("a valid list", "an array"),
    ("a valid array", "an array"),
    ("a valid dictionary", "a table"),
    ("an object", "a table"),
    ("a valid boolean", "true or false"),
    ("a valid integer", "an integer"),
    ("a valid number", "a number"),
    ("a valid string", "a string"),
)
