"""One seed, one training script: the losses of 50 steps are PyTorch's."""

import numpy as np
import pytest

import minitorch
from tests.oracle.same_losses import KINDS, losses

torch = pytest.importorskip("torch", reason="PyTorch is the oracle: pip install minitorch[oracle]")


@pytest.mark.parametrize(("dtype", "digits"), [("float32", 5), ("float64", 10)])
@pytest.mark.parametrize("kind", KINDS)
def test_losses(kind, dtype, digits):
    theirs, ours = (np.array(losses(T, kind, getattr(T, dtype))) for T in (torch, minitorch))
    assert np.abs(theirs / ours - 1).max() < 0.5 * 10.0 ** (1 - digits)
    assert theirs[-10:].mean() < theirs[:10].mean()
