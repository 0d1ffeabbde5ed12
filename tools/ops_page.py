"""Writes docs/operations.md: every row of the derivative tables, its rules as the table has them, and its tests.

Run ``python tools/ops_page.py`` after a change to a table or to tests/oracle/status.txt; a test says when it is due.
"""

from __future__ import annotations

import ast
import importlib.util
import sys
import types
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import minitorch
import minitorch.nn.functional
from minitorch import methods
from minitorch.core.primitive import Row

ROOT = Path(minitorch.__file__).parent.parent
PAGE = ROOT / "docs" / "operations.md"
STATUS = ROOT / "tests" / "oracle" / "status.txt"

HEADER = """# Every operation and its derivative

Written by `tools/ops_page.py` from the tables themselves: do not edit.

A row is a NumPy function and, for each of its inputs, the rule that turns `g`, the gradient of the result, into the
gradient of that input. What a rule names is what is saved: an input, the result `out`, a shape (`x_shape`), a keyword
of the function. A rule for *all* gives the gradients of all inputs at once. The row's node is called as in PyTorch:

```python
import minitorch

x = minitorch.tensor([0.5, 1.0], requires_grad=True)
y = minitorch.exp(x)
assert type(y.grad_fn).__name__ == "ExpBackward0"
assert y.grad_fn._saved_result is y or (y.grad_fn._saved_result == y).all()
```

*Serves* names the functions and methods that use the row directly (more are composed of those). *Checked* is the number
of cases, in `tests/ops/cases.py`, on which the rules are held against finite differences to second order; a *fused* row
also against its definition in other rows.

The comparison with PyTorch goes by name: [PyTorch's names](#pytorchs-names), at the end, has each with the rows that it
is made of and the outcome of its tests.

"""
NAMES_HEADER = """## PyTorch's names

The outcomes of `python -m tests.oracle.status --write`, which runs every name on PyTorch's own samples and compares
values, *gradient* and *second* derivative; *in place* is the method with an underscore, *bad input* the exceptions of
wrong use, *drawn* all of it on shapes, layouts and dims that hypothesis draws. "-" is nothing to compare. A name
without rows of its own is composed of other names.

"""


def cases() -> dict[str, Any]:
    """The cases that test_derivatives.py runs, by the name of the row."""
    sys.path.insert(0, str(ROOT))
    try:
        return dict(importlib.import_module("tests.ops.cases").CASES)
    finally:
        sys.path.remove(str(ROOT))


# --- The rows, as they stand in the files -----------------------------------------------------------------------------


def files() -> list[Path]:
    """The files with rows in them, operations first."""
    every = sorted((ROOT / "minitorch").rglob("*.py"), key=lambda file: ("ops" not in file.parts, file.as_posix()))
    return [f for f in every if f.name != "primitive.py" and "primitive(" in f.read_text(encoding="utf-8")]


def module_of(file: Path) -> types.ModuleType:
    """The module of a file in the package."""
    return importlib.import_module(".".join(file.relative_to(ROOT).with_suffix("").parts))


def assigned(source: str) -> set[str]:
    """The names that a file gives values to, at its top level."""
    targets: list[ast.expr] = []
    for node in ast.parse(source).body:
        targets += node.targets if isinstance(node, ast.Assign) else []
        targets += [node.target] if isinstance(node, ast.AnnAssign) else []
    return {name.id for target in targets for name in ast.walk(target) if isinstance(name, ast.Name)}


def rows(file: Path) -> Iterator[tuple[str, Any, dict[str, str]]]:
    """Name, operation and rules of each row of a file, in order."""
    source, module = file.read_text(encoding="utf-8"), module_of(file)
    names = assigned(source)
    lambdas = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Lambda)]
    for name, value in vars(module).items():
        row = getattr(value, "row", None)
        if not isinstance(row, Row) or name not in names or name.startswith("_"):
            continue
        rules = {**row.rules, **({"*all*": row.joint} if row.joint else {})}
        yield name, value, {key: text(rule, lambdas) for key, rule in rules.items() if rule is not None}


def text(rule: Callable[..., Any], lambdas: list[ast.Lambda]) -> str:
    """The body of a rule on one line; of one that is no lambda, its name."""
    places = [place for place in rule.__code__.co_positions() if None not in place and place[3] != place[2]]
    for node in lambdas:
        body = node.body
        start, end = (body.lineno, body.col_offset), (body.end_lineno, body.end_col_offset)
        if places and all(start <= (p[0], p[2]) and (p[1], p[3]) <= end for p in places):
            return ast.unparse(body)
    return f"{rule.__name__}({', '.join(rule.__code__.co_varnames[: rule.__code__.co_argcount])})"


# --- What a row serves ------------------------------------------------------------------------------------------------


def public() -> dict[str, Callable[..., Any]]:
    """PyTorch's functions and methods by name."""
    found: dict[str, Callable[..., Any]] = {**methods.methods(), **methods.functions()}
    rooms = {
        "linalg": minitorch.linalg,
        "fft": minitorch.fft,
        "special": minitorch.special,
        "nn.functional": minitorch.nn.functional,
    }
    for room, module in rooms.items():
        names = getattr(module, "__all__", [name for name in vars(module) if not name.startswith("_")])
        found |= {f"{room}.{name}": getattr(module, name) for name in names if callable(getattr(module, name))}
    return {name: f for name, f in found.items() if not name.startswith("_") and not name.endswith("_")}


def spoken(code: types.CodeType) -> Iterator[str]:
    """The names in a function's code and in the comprehensions and functions inside it (which Python 3.12 inlines)."""
    yield from code.co_names
    for part in code.co_consts:
        if isinstance(part, types.CodeType):
            yield from spoken(part)


def called(function: Callable[..., Any], depth: int = 2) -> Iterator[Any]:
    """The operations that a function's own code names, also within its private helpers."""
    yield function
    code, names = getattr(function, "__code__", None), getattr(function, "__globals__", {})
    for name in sorted(set(spoken(code))) if code is not None else ():
        value = names.get(name)
        if getattr(value, "row", None) is not None:
            yield value
        elif depth and isinstance(value, types.FunctionType) and name.startswith("_"):
            yield from called(value, depth - 1)


def served() -> dict[int, list[str]]:
    """By the identity of a row, the names that it serves."""
    found: dict[int, list[str]] = {}
    for name, function in public().items():
        for row in {id(op.row): None for op in called(function) if getattr(op, "row", None) is not None}:
            found.setdefault(row, []).append(name)
    return found


def outcomes() -> tuple[list[str], dict[str, tuple[list[str], str]]]:
    """What the tests against PyTorch gave, as status.txt keeps it: the columns; by name the cells and a reason."""
    first, *lines = STATUS.read_text(encoding="utf-8").splitlines()
    columns = first.partition("name: ")[2].partition(";")[0].split(", ")
    parts = [line.partition("  # ")[::2] for line in lines]
    return columns, {told.split()[0]: (told.split()[1:], why) for told, why in parts}


# --- The page ---------------------------------------------------------------------------------------------------------


def code(text: str) -> str:
    """Text as code within a table."""
    return f"`{text}`".replace("|", "\\|")


def shown(names: list[str], most: int = 5) -> str:
    """The first names of a list, and how many there are besides."""
    unique = sorted(set(names), key=lambda name: (name.count("."), names.index(name)))
    more = f" and {len(unique) - most} more" if len(unique) > most else ""
    return ", ".join(map(code, unique[:most])) + more


def section(file: Path, serves: dict[int, list[str]], checks: dict[str, Any]) -> str:
    """The table of one file."""
    title = file.stem.replace("_", " ")
    doc = (module_of(file).__doc__ or "").strip().split("\n\n")[0].replace("\n", " ")
    table, plain = [], []
    for name, op, rules in rows(file):
        row = op.row
        if not rules:
            plain.append(code(name))
            continue
        lines = "<br>".join(f"{key}: {code(text)}" for key, text in rules.items())
        tests = f"{len(checks[name])}" if name in checks else "-"
        fused = ", fused" if row.definition is not None else ""
        node = code(row.backward_name)
        table.append(f"| {code(name)} | {node} | {shown(serves.get(id(row), []))} | {lines} | {tests}{fused} |")
    text = f"## {title.capitalize()}\n\n`{file.relative_to(ROOT).as_posix()}`: {doc}\n\n"
    if table:
        text += "| row | node | serves | derivative | checked |\n|---|---|---|---|---|\n" + "\n".join(table) + "\n\n"
    if plain:
        text += f"Without a derivative: {', '.join(plain)}.\n\n"
    return text if table or plain else ""


def names_section(serves: dict[int, list[str]]) -> str:
    """The table of PyTorch's names."""
    made_of: dict[str, list[str]] = {}
    for file in files():
        for row, op, rules in rows(file):
            for name in serves.get(id(op.row), []) if rules else ():
                made_of.setdefault(name, []).append(code(row))
    columns, lines = outcomes()
    head = ["name", "rows", *columns]
    text = NAMES_HEADER + f"| {' | '.join(head)} |\n|{'---|' * len(head)}\n"
    for name in sorted(lines, key=lambda name: (name.count("."), name)):
        cells, _ = lines[name]
        text += f"| {' | '.join([code(name), ', '.join(made_of.get(name, [])), *cells])} |\n"
    return text + "\n" + "".join(f"- {code(name)}: {why}.\n" for name, (_, why) in lines.items() if why)


def page() -> str:
    """The text of the page."""
    serves, checks = served(), cases()
    return HEADER + "".join(section(file, serves, checks) for file in files()) + names_section(serves).rstrip() + "\n"


def main() -> None:
    """Writes the page."""
    PAGE.write_text(page(), encoding="utf-8")
    print(f"wrote {PAGE.relative_to(ROOT).as_posix()}")


if __name__ == "__main__":
    main()
