"""Imports run one way: a file imports only from its own room and from rooms above it, also inside functions."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import minitorch

PACKAGE = Path(minitorch.__file__).parent
# From top to bottom. Rooms on one line do not import each other.
ROOMS = [
    ["version"],
    ["core"],
    ["ops"],
    ["methods"],
    ["functions", "random", "autograd", "linalg", "special", "fft", "signal"],
    ["nn"],
    ["optim"],
    ["utils"],
    ["func", "capture"],
    ["compiler"],
    ["serialization"],
    ["onnx", "parallel"],
    ["train"],
    ["sklearn"],
    ["doctor", "sweep"],
    ["cli"],
    ["__main__"],
]
LEVEL = {room: level for level, rooms in enumerate(ROOMS) for room in rooms}
FILES = sorted(PACKAGE.rglob("*.py"))
HEAVY = [
    "sklearn", "scipy", "matplotlib", "pydantic", "tqdm", "safetensors", "tomllib", "tomli_w", "multiprocessing",
    "onnx", "tensorboardX", "threadpoolctl", "zipfile", "numba",
]  # fmt: skip


def room_of(parts):
    return parts[0] if parts else "minitorch"


def imported(path):
    """Every module that a file imports, as (line, dotted name below minitorch, whether only for type checkers)."""
    tree = ast.parse(path.read_text())
    for_types = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            for_types |= {id(inner) for statement in node.body for inner in ast.walk(statement)}
    package = ["minitorch", *path.relative_to(PACKAGE).parent.parts]
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name.split(".") for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            base += node.module.split(".") if node.module else []
            names = [[*base, alias.name] for alias in node.names]
        else:
            continue
        for name in names:
            if name[0] == "minitorch":
                yield node.lineno, name[1:], id(node) in for_types


def faults(path):
    own = room_of(path.relative_to(PACKAGE).with_suffix("").parts)
    if own == "__init__":  # the package itself gathers what all rooms give
        return
    for line, name, for_types in imported(path):
        if for_types:
            continue
        room = room_of(name)
        where = f"{path.relative_to(PACKAGE.parent)}:{line}"
        if room not in LEVEL:
            # ``import minitorch`` itself, or a name of its namespace, is for the rooms that come after all the others.
            if LEVEL[own] < LEVEL["utils"]:
                yield f"{where} imports the package itself"
        elif room != own and LEVEL[room] >= LEVEL[own]:
            yield f"{where}: {own} imports from {room}, which is not above it"


def test_every_room_is_known():
    rooms = {room_of(path.relative_to(PACKAGE).with_suffix("").parts) for path in FILES} - {"__init__", "_methods"}
    assert rooms <= set(LEVEL), f"rooms without a place in the order: {sorted(rooms - set(LEVEL))}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_imports_go_upwards_only(path):
    assert not list(faults(path))


def test_a_fault_is_found(tmp_path, monkeypatch):
    monkeypatch.setattr(sys.modules[__name__], "PACKAGE", tmp_path)
    (tmp_path / "core").mkdir()
    wrong = tmp_path / "core" / "wrong.py"
    wrong.write_text(
        "def f():\n    from minitorch.ops import shapes\n    from ..nn import functional\n    import minitorch\n"
    )
    assert len(list(faults(wrong))) == 3


def test_importing_minitorch_imports_numpy_and_nothing_heavy():
    code = f"import minitorch, sys; print([m for m in {HEAVY} if m in sys.modules], )"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("[]"), done.stdout
