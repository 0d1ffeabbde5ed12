"""The number of threads of matrix products."""

import pytest

import minitorch as torch


def test_threads_are_set_and_read():
    before = torch.get_num_threads()
    try:
        torch.set_num_threads(1)
        assert torch.get_num_threads() == 1
    finally:
        torch.set_num_threads(before)
    assert torch.get_num_threads() == before


def test_operations_run_one_after_the_other():
    torch.set_num_interop_threads(2)
    assert torch.get_num_interop_threads() == 1


@pytest.mark.parametrize("name", ["set_num_threads", "set_num_interop_threads"])
def test_wrong_numbers(name):
    for wrong in ("2", 1.0, True):
        with pytest.raises(TypeError, match=f"{name} expects an int, but got {type(wrong).__name__}"):
            getattr(torch, name)(wrong)
    with pytest.raises(RuntimeError, match=f"{name} expects a positive integer, but got 0"):
        getattr(torch, name)(0)
