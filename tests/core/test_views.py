"""Views and in-place writes that cannot be followed raise; what can be is compared with PyTorch in tests/oracle."""

import pytest

import minitorch


def test_a_view_whose_base_was_reshaped_in_place_is_refused():
    base = minitorch.ones(2, 2, requires_grad=True) * 2
    view = base[0]
    base.t_()
    with pytest.raises(RuntimeError, match="base was reshaped in place"):
        view * 2
