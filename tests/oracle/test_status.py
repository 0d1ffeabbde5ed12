"""Every name of the list of PyTorch's operations is there, wherever PyTorch has it, or there is a reason."""

import pytest

pytest.importorskip("torch", reason="PyTorch is the oracle: pip install minitorch[oracle]")
from tests.oracle import status

KINDS = {"f": "function", "m": "method", "i": "method in place"}


@pytest.mark.parametrize("tier", [1, 2, 3])
def test_names_are_there(tier):
    absent = {name: [KINDS[k] for k in status.missing(name)] for t, name in status.names() if t == tier}
    assert {name: kinds for name, kinds in absent.items() if kinds} == {}


def test_the_list_names_what_pytorch_has():
    for _, name in status.names():
        assert any(theirs for theirs, _ in status.variants(name).values()), name


def test_no_name_is_listed_twice():
    every = [name for _, name in status.names()]
    assert len(every) == len(set(every))


def test_reasons_are_for_names_of_the_list():
    assert set(status.reasons()) <= {name for _, name in status.names()}


def test_the_kept_outcomes_are_of_the_names_of_the_list():
    """A name more or less is due for ``python -m tests.oracle.status --write NAME``, and for tools/ops_page.py."""
    assert list(status.kept()) == [name for _, name in status.names()]


def test_what_is_kept_to_differ_has_a_reason():
    lines = {name: line for name, line in status.kept().items() if " differs" in line}
    assert {name for name, line in lines.items() if "  # " not in line} == set()


def test_keeping_one_name_leaves_the_others(monkeypatch, tmp_path):
    monkeypatch.setattr(status, "KEPT", tmp_path / "status.txt")
    status.keep({"exp": ["ok"] * 6, "abs": ["ok", "FAIL AssertionError: 1", "-", "ok", "-", "ok"]})
    status.keep({"exp": ["ok"] * 5 + ["-"]})
    assert status.kept() == {"abs": "abs ok differs - ok - ok", "exp": "exp ok ok ok ok ok -"}


def test_a_difference_is_told_by_its_order():
    assert status.by_order("ok", True, False) == ["ok", "ok", "-"]
    assert status.by_order("FAIL AssertionError: gradient: 1", True, True)[0] == "ok"
    assert status.by_order("FAIL AssertionError: second derivative: 1", True, True)[:2] == ["ok", "ok"]
    assert status.by_order("FAIL AssertionError: result: 1", True, True)[0].startswith("FAIL")
