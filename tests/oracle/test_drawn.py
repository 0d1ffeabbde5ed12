"""Every operation of tiers 1 to 3 on drawn inputs: layouts, sizes of 0 and 1, batches, dims (drawn.py)."""

import pytest

pytest.importorskip("torch", reason="PyTorch is the oracle: pip install minitorch[oracle]")
from tests.oracle import drawn, status

NAMES = [name for tier, name in status.names() if tier <= 3]


@pytest.mark.parametrize("name", [name for name in NAMES if name not in drawn.NOT_DRAWN])
def test_drawn(name):
    """At least one drawing of every name is one that PyTorch takes: a name without cases fails."""
    assert drawn.check(name), f"nothing of {name} was compared"


def test_only_names_of_the_list_are_left_out():
    assert set(drawn.NOT_DRAWN) | set(drawn.SPARED) <= {name for _, name in status.names()}
