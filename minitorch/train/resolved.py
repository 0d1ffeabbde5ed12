"""A configuration with nothing left open: as TOML can write it, and with the origin of every value beside it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from minitorch.train.locate import Path
from minitorch.train.problems import dotted
from minitorch.train.sources import Source


def written(tree: Any) -> Any:
    """What TOML can write of a resolved configuration: it has no word for None, which is left out."""
    if isinstance(tree, dict):
        kept = {key: written(tree[key]) for key in sorted(tree, key=lambda key: key != "name")}  # the name stands first
        return {key: value for key, value in kept.items() if value is not None}
    if isinstance(tree, list | tuple):
        items = [written(item) for item in tree]
        return None if None in items else items
    return tree


def flat(tree: Any, path: Path = ()) -> dict[str, Any]:
    """Every value under its dotted key; arrays of plain values are values.

    >>> flat({"optimizer": {"lr": 0.1}, "layers": [{"name": "ReLU"}], "betas": [0.9, 0.99]})
    {'optimizer.lr': 0.1, 'layers.0.name': 'ReLU', 'betas': [0.9, 0.99]}
    """
    inner = list(tree.items()) if isinstance(tree, dict) else list(enumerate(tree)) if _is_table(tree) else None
    if inner is None:
        return {dotted(path): tree}
    return {key: value for part, item in inner for key, value in flat(item, (*path, part)).items()}


def explained(resolved: Mapping[str, Any], source: Source, defaults: Mapping[str, Any]) -> str:
    """The resolved configuration as TOML, every value with its origin as a comment.

    That is ``file:line``, ``override``, ``default``, or the data and the rest of the configuration.

    ``defaults`` is the configuration before the data filled in what was open.
    """
    lines: list[tuple[str, str]] = []
    for path, value, header in _leaves(resolved):
        if header:
            lines += [("", ""), (header, "")] if lines else [(header, "")]
        if path:
            lines.append((f"{_key(path[-1])} = {toml(value)}", _origin(path, value, source, defaults)))
    width = min(max((len(text) for text, comment in lines if comment), default=0), 48)
    return "\n".join(f"{text:<{width}}  # {comment}" if comment else text for text, comment in lines)


def _origin(path: Path, value: Any, source: Source, defaults: Any) -> str:
    if path in source.origins:
        return source.origins[path]
    outer = next((path[:end] for end in range(len(path), 0, -1) if source.origins.get(path[:end]) == "override"), None)
    if outer is not None and _at(source.values, path) is not None:
        return "override"
    return "default" if written(_at(defaults, path)) == value else "from the data and the rest of this"


def _at(tree: Any, path: Path) -> Any:
    for part in path:
        try:
            tree = tree[part]
        except (KeyError, IndexError, TypeError):
            return None
    return tree


def _leaves(tree: Mapping[str, Any], path: Path = (), header: str = "") -> Iterator[tuple[Path, Any, str]]:
    """Every value with its path, tables last; the first one of a table with the table's header."""
    tables = {key: value for key, value in tree.items() if _is_table(value)}
    plain = [(key, value) for key, value in tree.items() if key not in tables]
    if header and not plain and not tables:
        yield (), None, header
    for index, (key, value) in enumerate(plain):
        yield (*path, key), value, "" if index else header
    for key, value in tables.items():
        here = (*path, key)
        name = ".".join(_key(part) for part in here if isinstance(part, str))
        if isinstance(value, list):
            for index, element in enumerate(value):
                yield from _leaves(element, (*here, index), f"[[{name}]]")
        else:
            yield from _leaves(value, here, f"[{name}]")


def _is_table(value: Any) -> bool:
    return isinstance(value, dict) or (
        isinstance(value, list) and bool(value) and all(isinstance(v, dict) for v in value)
    )


def toml(value: Any) -> str:
    """One value on one line.

    >>> toml({"a": [1, 2.5, "x"]})
    '{ a = [1, 2.5, "x"] }'
    """
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{_key(key)} = {toml(item)}" for key, item in value.items()) + " }"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(toml, value)) + "]"
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _key(key: str | int) -> str:
    text = str(key)
    return text if text.isascii() and text.replace("-", "_").isidentifier() else toml(text)
