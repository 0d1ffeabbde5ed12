"""The gallery: a page about every pitfall, and a script that shows it.

The pages are ``pages/p01.md`` and so on, beside this file. The scripts are ``examples/pitfalls`` of the source tree; a
built package carries them as ``pitfalls``, beside this file.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path

from minitorch.doctor.rules import all_rules

HERE = Path(__file__).parent
CODES = [f"P{number:02d}" for number in range(1, 46)]


class UnknownPitfall(ValueError):
    """A name that is no pitfall's."""


def explain(code: str) -> None:
    """Prints the page about a pitfall, ``explain("P01")``.

    Raises `UnknownPitfall` for what is none.

    >>> explain("P06")  # doctest: +ELLIPSIS
    # P06...
    """
    print(page(code))


def page(code: str) -> str:
    """The page about a pitfall, in Markdown; where none is written, what its rule says of it."""
    code = code_of(code)
    written = HERE / "pages" / f"{code.lower()}.md"
    if written.exists():
        return written.read_text(encoding="utf-8").rstrip()
    from inspect import cleandoc

    lines = [f"# {code}: {title(code)}"]
    rule = all_rules().get(code)
    if rule is not None and rule.__doc__:
        lines += ["", cleandoc(rule.__doc__), "", f"Severity: {rule.severity}."]
    script = scripts().get(code)
    if script is not None:
        lines += ["", cleandoc(_docstring(script)), "", f"See it happen: minitorch pitfalls {code}"]
    return "\n".join(lines)


def titles() -> dict[str, str]:
    """The title of every pitfall that has a rule, a page or a script."""
    return {code: text for code in CODES if (text := title(code))}


def title(code: str) -> str:
    """A pitfall in one line."""
    rule = all_rules().get(code)
    if rule is not None:
        return rule.title
    written = HERE / "pages" / f"{code.lower()}.md"
    if written.exists():
        return written.read_text(encoding="utf-8").split("\n", 1)[0].lstrip("# ").removeprefix(code).lstrip(" :.-")
    script = scripts().get(code)
    first = "" if script is None else _docstring(script).split("\n", 1)[0]
    return first.split(":", 1)[-1].strip().rstrip(".")


def folder() -> Path | None:
    """Where the scripts are: in the package, or in the source tree that it stands in; None where there are none."""
    places = [HERE / "pitfalls", HERE.parents[1] / "examples" / "pitfalls"]
    return next((place for place in places if place.is_dir()), None)


def scripts() -> dict[str, Path]:
    """The gallery's scripts by their codes."""
    place = folder()
    found = sorted(place.glob("p[0-9][0-9]_*.py")) if place is not None else []
    return {path.stem.split("_")[0].upper(): path for path in found}


def code_of(name: str) -> str:
    """The code that a name stands for: ``P01``, ``p1``, ``p01_zero_grad_forgotten``, ``zero_grad_forgotten``."""
    names = {code: code for code in CODES} | {f"P{number}": code for number, code in enumerate(CODES, 1)}
    for code, path in scripts().items():
        names[path.stem.upper()] = names[path.stem.split("_", 1)[1].upper()] = code
    for rule in all_rules().values():
        stem = rule.__module__.rsplit(".", 1)[1].upper()
        names.setdefault(stem, rule.code)
        names.setdefault(stem.split("_", 1)[1], rule.code)
    wanted = str(name).strip().removesuffix(".py").replace("-", "_").upper()
    if wanted in names:
        return names[wanted]
    close = get_close_matches(wanted, list(names), 1, 0.5)
    hint = f"; did you mean {(close[0] if close[0] in CODES else close[0].lower())!r}?" if close else ""
    raise UnknownPitfall(f"no pitfall is called {name!r}{hint} (`minitorch pitfalls` lists them)")


def run(name: str, arguments: Sequence[str] = ()) -> int:
    """Runs a pitfall's script in a process of its own; gives its exit status.

    Raises `UnknownPitfall` for what is no pitfall, and FileNotFoundError where its script is not there.
    """
    import subprocess

    code = code_of(name)
    script = scripts().get(code)
    if script is None:
        where = folder()
        raise FileNotFoundError(
            f"{code} has no script in {where}"
            if where is not None
            else "the scripts are not installed: they are examples/pitfalls in the source tree"
        )
    if script.is_relative_to(HERE) and not arguments:
        arguments = ["--out", "out"]  # pictures belong to the user, not into the package
    return subprocess.run([sys.executable, str(script), *arguments], check=False).returncode


def _docstring(script: Path) -> str:
    return ast.get_docstring(ast.parse(script.read_text(encoding="utf-8"))) or ""
