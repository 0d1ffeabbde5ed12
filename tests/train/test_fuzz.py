"""A few spoilt configurations on every run; ``python -m tests.train.fuzz`` checks ten thousand."""

from tests.train.fuzz import spoil


def test_spoilt_configurations_are_valid_or_refused():
    counts = spoil(40, start=1)
    assert counts.total() >= 40
    assert counts[0]
    assert counts[2]
