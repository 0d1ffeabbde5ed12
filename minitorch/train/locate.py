"""Where every key of a TOML text stands: a map from key paths to line numbers, for errors that name the line.

``tomllib`` reads values and forgets lines. This scanner reads lines and skips values: it knows tables, arrays of
tables, dotted and quoted keys, inline tables and arrays over several lines. It is only run on text that ``tomllib``
has accepted, so it checks nothing.
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_right
from collections.abc import Mapping

Path = tuple[str | int, ...]

_BLANK = re.compile(r"(?:[ \t\r\n]+|#[^\n]*)*")
_KEY = re.compile(r"""(?:"(?:\\.|[^"\\\n])*"|'[^'\n]*'|[A-Za-z0-9_-]+|[ \t]*\.[ \t]*)+""")
_SCALAR = re.compile(
    r'"""(?:\\.|[^\\])*?"{3,5}'  # the four kinds of string ...
    r"|'''.*?'{3,5}"
    r'|"(?:\\.|[^"\\\n])*"'
    r"|'[^'\n]*'"
    r"|[^,\]}#\n]+",  # ... and numbers, booleans, dates
    re.DOTALL,
)


def locate(text: str) -> dict[Path, int]:
    """Give the line (from 1) of every key and array element in a TOML text.

    >>> locate('lr = 1\\n[model]\\nlayers = [\\n  { name = "ReLU" },\\n]')[("model", "layers", 0, "name")]
    4
    """
    return _Scanner(text).scan()


def line_of(lines: Mapping[Path, int], path: Path) -> int | None:
    """The line of a path or, when it is not in the text, of the nearest thing around it."""
    while path and path not in lines:
        path = path[:-1]
    return lines.get(path)


class _Scanner:
    def __init__(self, text: str) -> None:
        self.text = text.replace("\r\n", "\n")
        self.at = 0
        self.starts = [0, *(m.end() for m in re.finditer("\n", self.text))]
        self.lines: dict[Path, int] = {}
        self.counts: dict[Path, int] = {}  # how many elements an array of tables has so far

    def scan(self) -> dict[Path, int]:
        table: Path = ()
        while self.skip_blank() < len(self.text):
            if self.text[self.at] == "[":
                table = self.header()
            else:
                self.assignment(table)
        return self.lines

    def header(self) -> Path:
        """``[a.b]`` or ``[[a.b]]``: the table that the keys below it belong to."""
        line = self.line()
        brackets = 2 if self.text.startswith("[[", self.at) else 1
        self.at += brackets
        *outer, last = self.key()
        path: Path = ()
        for part in outer:
            path = self.enter((*path, part), line)
        path = (*path, last)
        if brackets == 2:
            self.lines.setdefault(path, line)
            self.counts[path] = self.counts.get(path, 0) + 1
        path = self.enter(path, line)
        self.lines[path] = line
        self.skip_blank()
        self.at += brackets
        return path

    def enter(self, path: Path, line: int) -> Path:
        """A table on the way; of an array of tables its last element."""
        self.lines.setdefault(path, line)
        return (*path, self.counts[path] - 1) if path in self.counts else path

    def assignment(self, table: Path) -> None:
        """``key = value``, in a table or in an inline table."""
        line, path = self.line(), table
        for part in self.key():
            path = (*path, part)
            self.lines.setdefault(path, line)
        self.skip_blank()
        self.at += 1  # the sign =
        self.skip_blank()
        self.value(path)

    def value(self, path: Path) -> None:
        self.lines.setdefault(path, self.line())
        opening = self.text[self.at]
        if opening not in "[{":
            match = _SCALAR.match(self.text, self.at)
            self.at = match.end() if match else self.at + 1
            return
        self.at += 1
        index = 0
        while self.text[self.skip_blank()] not in "]}":
            if opening == "[":
                self.value((*path, index))
            else:
                self.assignment(path)
            index += 1
            if self.text[self.skip_blank()] == ",":
                self.at += 1
        self.at += 1

    def key(self) -> list[str]:
        """A dotted key: its parts, unquoted by tomllib itself."""
        self.skip_blank()
        match = _KEY.match(self.text, self.at)
        written = match.group() if match else ""
        self.at += len(written)
        node: object = tomllib.loads(f"{written} = 0")
        parts = []
        while isinstance(node, dict):
            part, node = next(iter(node.items()))
            parts.append(part)
        return parts

    def skip_blank(self) -> int:
        match = _BLANK.match(self.text, self.at)
        self.at = match.end() if match else self.at
        return self.at

    def line(self) -> int:
        return bisect_right(self.starts, self.at)
