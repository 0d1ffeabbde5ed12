"""Axes and points: what a grid lists and what is drawn."""

import math

import numpy as np
import pytest

from minitorch.sweep.space import Choices, Range, drawn, grid


def test_a_grid_is_every_combination_the_last_key_fastest():
    space = {"a": Choices((1, 2)), "b": Range(0.1, 0.3, step=0.1), "c": Choices(({"name": "SGD"},))}
    assert [(p["a"], p["b"]) for p in grid(space)] == [(1, 0.1), (1, 0.2), (1, 0.3), (2, 0.1), (2, 0.2), (2, 0.3)]
    assert next(grid(space))["c"] == {"name": "SGD"}


@pytest.mark.parametrize(
    ("axis", "steps"),
    [(Range(1, 9, step=4), (1, 5, 9)), (Range(1, 8, step=4), (1, 5)), (Range(0.0, 1.0, step=0.4), (0.0, 0.4, 0.8))],
)
def test_steps_end_at_or_before_the_high_end(axis, steps):
    assert axis.steps == steps
    assert [type(step) for step in axis.steps] == [type(axis.low)] * len(steps)


@pytest.mark.parametrize(
    "axis", [Range(2, 5), Range(1, 64, log=True), Range(1e-4, 1e-1, log=True), Range(-1.5, 1.5), Range(0, 6, step=3)]
)
def test_draws_keep_to_the_range_and_fill_it(axis):
    random = np.random.default_rng(0)
    values = [axis.draw(random) for _ in range(300)]
    assert all(axis.low <= value <= axis.high for value in values)
    assert {type(value) for value in values} == {type(axis.low)}
    if axis.whole and axis.high < 10:
        assert set(values) == set(axis.steps if axis.step else range(axis.low, axis.high + 1))
    middle = math.sqrt(axis.low * axis.high) if axis.log else (axis.low + axis.high) / 2
    assert 0.35 < sum(value > middle for value in values) / 300 < 0.65


def test_more_draws_begin_with_the_same_ones():
    space = {"lr": Range(1e-4, 1e-1, log=True), "width": Choices((8, 16, 32))}
    few, many = list(drawn(space, 3, seed=5)), list(drawn(space, 6, seed=5))
    assert many[:3] == few
    assert list(drawn(space, 3, seed=6)) != few
