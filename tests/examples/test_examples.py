"""Every example runs, says what it found and leaves its plot; and its own checks would notice if there were nothing."""

import importlib.util
import re
import runpy
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[2] / "examples"
TOUR = EXAMPLES / "autograd_tour.py"
PITFALLS = sorted((EXAMPLES / "pitfalls").glob("p*.py"))


def test_examples_are_those_tested_here():
    scripts = {file for file in EXAMPLES.rglob("*.py") if not file.name.startswith("_")}
    assert scripts == {TOUR, *PITFALLS}
    assert [file.name[:3] for file in PITFALLS] == ["p01", "p13", "p15"]


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


@pytest.mark.parametrize("script", PITFALLS, ids=lambda file: file.stem)
def test_pitfall(script, tmp_path, monkeypatch, capsys):
    monkeypatch.syspath_prepend(script.parent)
    monkeypatch.setattr(sys, "argv", [str(script), "--out", str(tmp_path / "out")])
    runpy.run_path(str(script), run_name="__main__")
    assert "  ----" in capsys.readouterr().out
    (plot,) = (tmp_path / "out").iterdir()
    assert plot.name == f"{script.stem}.png"
    assert plot.read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("script", "wrong", "right"),
    [
        ("p01_zero_grad_forgotten", "never_cleared", "right"),
        ("p13_loss_not_divided", "not_divided", "divided"),
        ("p15_unequal_micro_batches", "as_equals", "by_labels"),
    ],
)
def test_a_pitfall_that_does_no_harm_is_noticed(script, wrong, right, tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(EXAMPLES / "pitfalls")
    spec = importlib.util.spec_from_file_location(script, EXAMPLES / "pitfalls" / f"{script}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "EPOCHS", 2, raising=True)

    def harmless(*arguments):
        return getattr(module, right)(*arguments)

    harmless.__name__ = wrong
    monkeypatch.setattr(module, wrong, harmless)
    with pytest.raises(AssertionError):
        module.main(tmp_path)
    assert not list(tmp_path.iterdir())
