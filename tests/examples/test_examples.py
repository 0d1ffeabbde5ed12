"""Every example runs, says what it found and leaves its plot; and its own checks would notice if there were nothing."""

import re
import runpy
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[2] / "examples"
TOUR = EXAMPLES / "autograd_tour.py"
PITFALLS = sorted((EXAMPLES / "pitfalls").glob("p*.py"))


def test_examples_are_those_tested_here():
    scripts = {file for file in EXAMPLES.rglob("*.py") if not file.name.startswith("_")}
    trainings = {EXAMPLES / f"{config.stem}.py" for config in EXAMPLES.glob("configs/*.toml")}  # test_trainings.py
    assert scripts == {TOUR, *trainings, *PITFALLS}


def test_tour(capsys):
    runpy.run_path(str(TOUR), run_name="__main__")
    out = capsys.readouterr().out
    titles = re.findall(r"^(\d)\. .+\n-+$", out, re.MULTILINE)
    assert titles == list("12345678")
    assert "    ├─ MulBackward0  made a\n    │  ├─ AccumulateGrad: leaf x = 2.0\n" in out
    assert "after x.grad.zero_()" in out


def test_the_tour_stops_at_a_wrong_value():
    tour = runpy.run_path(str(TOUR), run_name="tour")
    with pytest.raises(AssertionError, match="x is 2, expected 3"):
        tour["check"]("x", 2, 3)
    with pytest.raises(AssertionError, match="nothing was raised"):
        tour["refused"]("x", lambda: None, RuntimeError, "phrase")
