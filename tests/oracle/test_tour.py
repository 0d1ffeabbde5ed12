"""The tour of autograd says the same, line by line, when PyTorch is what it is a tour of."""

import contextlib
import io
import re
from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="PyTorch is the oracle: pip install minitorch[oracle]")

TOUR = Path(__file__).parents[2] / "examples" / "autograd_tour.py"


def run(source):
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(compile(source, str(TOUR), "exec"), {"__name__": "__main__"})
    text = out.getvalue()
    # How a derivative is written as operations is each library's own affair; that it leads to x is not.
    graph = re.compile(r"(made grad_x\n)(?:    .*Backward.*\n|    .*needs no.*\n)+(.*leaf x.*)")
    assert graph.search(text)
    return re.sub(r"(made grad_x\n)(?:    .*\n)+?.*(leaf x)", r"\1...\2", text)


def test_the_tour_is_true_of_pytorch():
    source = TOUR.read_text(encoding="utf-8")
    assert source.count("import minitorch as torch\n") == 1
    theirs = run(source.replace("import minitorch as torch\n", "import torch\n"))
    assert run(source).splitlines() == theirs.splitlines()
