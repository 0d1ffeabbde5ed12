"""How rounds become ratios, and in which order steps are run."""

import pytest

from benchmarks import measure
from benchmarks.measure import alternate, ratio


def test_a_ratio_is_taken_round_by_round():
    found = ratio([1.0, 2.0, 30.0, 4.0, 5.0], [2.0, 2.0, 10.0, 2.0, 2.0])
    assert (found.low, found.median, found.high) == (1.0, 2.0, 2.5)
    assert found.best == 0.5


def test_one_round_has_no_spread():
    found = ratio([3.0], [2.0])
    assert (found.low, found.median, found.high, found.best) == (1.5, 1.5, 1.5, 1.5)


def test_rounds_run_all_steps_and_every_other_one_backwards(monkeypatch):
    monkeypatch.setattr(measure, "_calls_in", lambda block, step: 1)
    ran = []
    seconds = alternate({name: (lambda name=name: ran.append(name)) for name in "abc"}, rounds=3)
    assert "".join(ran) == "abccbaabc"
    assert {name: len(times) for name, times in seconds.items()} == {"a": 3, "b": 3, "c": 3}


def test_a_block_is_filled_with_calls(monkeypatch):
    monkeypatch.setattr(measure, "_time", lambda step, calls: 0.25)
    assert measure._calls_in(2.0, lambda: None) == 8
    assert measure._calls_in(0.001, lambda: None) == 1


def test_a_step_that_fails_is_not_hidden():
    def fails():
        raise ValueError("the step")

    with pytest.raises(ValueError, match="the step"):
        alternate({"fails": fails}, rounds=1)
