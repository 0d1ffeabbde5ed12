"""The doctor's test scripts: faulty loops with their mended twins, and correct loops that look suspicious.

A script under ``faults/`` is one file for two: a line that ends with ``#-`` is in the faulty version only, one with
``#+`` in the mended one only, and ``#!`` (alone or after the others, as ``#-!``) marks the lines that may be named as
the cause. Both keep the line numbers of the file. It is written as users write; what it trains it leaves in ``result``
(tensors or numbers), by which the two must differ: a fault that changes nothing is none.

The name is ``<code>_<host>.py``; ``<code>_<host>_<what>.py`` where there are several.

``reports/`` has the same form: mistakes of public reports, written by somebody who knew none of the rules. Where
another code says the same of such a script, a comment names it, ``# also: P01``; where none can, ``# unseen: why``.
"""

from __future__ import annotations

import ast
import re
import sys
import warnings
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

import minitorch

HERE = Path(__file__).parent
_COMMENT = re.compile(r"^# (also|unseen): (.*)$", re.MULTILINE)
_MARK = re.compile(r"#([-+]?)(!?)\s*$")


@dataclass(frozen=True)
class Script:
    """One script, and what of it should be found."""

    path: Path

    @property
    def name(self) -> str:
        return self.path.stem

    @property
    def code(self) -> str:
        """The rule that should find it, ``P01`` for one."""
        return self.name.split("_")[0].upper()

    @property
    def comments(self) -> dict[str, str]:
        """What the script says of itself: ``also``, ``unseen``."""
        return dict(_COMMENT.findall(self.path.read_text()))

    @property
    def codes(self) -> set[str]:
        """The codes by which its mistake may be named."""
        return {self.code, *self.comments.get("also", "").split()}

    @property
    def is_note(self) -> bool:
        """Whether what is found is a note, which is not shown unless it is asked for."""
        return self.name.split("_")[1].startswith("note")

    @property
    def lines(self) -> list[str]:
        return self.path.read_text().splitlines()

    @property
    def causes(self) -> set[int]:
        """The lines that may be named as the cause."""
        return {n for n, line in enumerate(self.lines, 1) if (m := _MARK.search(line)) and m[2]}

    @property
    def declared(self) -> dict[str, Any]:
        """The options of a doctor that was told what is meant, where the script says ``DECLARED``."""
        return declared(self.path)

    def source(self, faulty: bool) -> str:
        """One of the two versions; a line of the other is left empty (or ``pass``, where something must stand)."""
        other = "+" if faulty else "-"
        kept = []
        for line in self.lines:
            found = _MARK.search(line)
            kept.append("" if found and found[1] == other else _MARK.sub("", line))
        return "\n".join(kept) + "\n"

    def run(self, faulty: bool, **options: Any) -> tuple[Any, Any, BaseException | None]:
        """Runs one version under a doctor; gives the doctor, its ``result`` and what it raised."""
        doctor = minitorch.doctor(show=False, notes=True, **(self.declared | options))
        scope, error = execute(self.path, self.source(faulty), doctor)
        return doctor, scope.get("result"), error


def execute(
    path: Path, source: str, watch: AbstractContextManager[Any], seed: int = 0
) -> tuple[dict[str, Any], Exception | None]:
    """Runs a script's text, under a doctor or without one; gives its variables and what it raised."""
    scope: dict[str, Any] = {"__name__": "__main__", "__file__": str(path)}
    code = compile(source, str(path), "exec")
    with quiet(seed):
        try:
            with watch:
                exec(code, scope)
        except Exception as error:
            return scope, error
    return scope, None


@contextmanager
def quiet(seed: int = 0) -> Iterator[None]:
    """Without the warnings that wrong loops give anyway, and with the seed that all scripts start from.

    Another ``seed`` shifts those that a script sets itself.
    """
    plain = minitorch.manual_seed
    plain(seed)
    state, path = np.random.get_state(), list(sys.path)
    np.random.seed(seed)
    minitorch.manual_seed = lambda own: plain(own + 1000 * seed)
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            yield
        finally:
            minitorch.manual_seed = plain
            np.random.set_state(state)
            sys.path[:] = path


def declared(path: Path) -> dict[str, Any]:
    """What a script says with ``DECLARED = dict(accumulate=4)``, a literal at its top level."""
    for statement in ast.parse(path.read_text()).body:
        if isinstance(statement, ast.Assign) and ast.unparse(statement.targets[0]) == "DECLARED":
            assert isinstance(statement.value, ast.Call)
            return {k.arg: ast.literal_eval(k.value) for k in statement.value.keywords if k.arg is not None}
    return {}


def faults() -> list[Script]:
    """All faulty scripts, in order of their codes."""
    return [Script(p) for p in sorted((HERE / "faults").glob("p*.py"))]


def reports() -> list[Script]:
    """All scripts after public reports."""
    return [Script(p) for p in sorted((HERE / "reports").glob("p*.py"))]


def clean() -> list[Path]:
    """All correct scripts."""
    return sorted((HERE / "clean").glob("*.py"))


def run_clean(path: Path, seed: int = 0, **options: Any) -> Any:
    """Runs a correct script under a doctor, and gives the doctor. ``options``: what it says with ``DECLARED``."""
    doctor = minitorch.doctor(show=False, **options)
    _, error = execute(path, path.read_text(), doctor, seed)
    if error is not None:
        raise error
    return doctor


def differ(a: Any, b: Any) -> bool:
    """Whether two results are not the same."""
    flat_a, flat_b = list(_flat(a)), list(_flat(b))
    if len(flat_a) != len(flat_b):
        return True
    return any(
        x.shape != y.shape or not np.allclose(x, y, rtol=1e-6, atol=1e-9, equal_nan=True)
        for x, y in zip(flat_a, flat_b)
    )


def _flat(value: Any) -> Iterator[np.ndarray]:
    if hasattr(value, "parameters"):
        value = list(value.parameters())
    if isinstance(value, (list, tuple)):
        for one in value:
            yield from _flat(one)
    elif value is not None:
        yield np.asarray(value.array if hasattr(value, "array") else value)
