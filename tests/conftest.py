"""Seals global state around every test: one that leaves grad mode, dtype or print options changed fails."""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before NumPy is loaded: pytest-xdist takes a process a core

import pytest

import minitorch
from minitorch.core import printing


def global_state():
    names = ("precision", "threshold", "edgeitems", "linewidth", "sci_mode")
    return {
        "grad mode": minitorch.is_grad_enabled(),
        "inference mode": minitorch.is_inference_mode_enabled(),
        "default dtype": minitorch.get_default_dtype(),
        "print options": {name: getattr(printing.options, name) for name in names},
    }


def restore(state):
    minitorch.set_grad_enabled(state["grad mode"])
    minitorch.core.mode.mode.inference = state["inference mode"]
    minitorch.set_default_dtype(state["default dtype"])
    for name, value in state["print options"].items():
        setattr(printing.options, name, value)


@pytest.fixture(autouse=True)
def sealed():
    """The same start for every test, and the same end: the generator is put back, other leaks are failures."""
    before, random_state = global_state(), minitorch.get_rng_state()
    minitorch.manual_seed(0)
    yield
    after = global_state()
    minitorch.set_rng_state(random_state)
    restore(before)
    leaks = {name: value for name, value in after.items() if value != before[name]}
    if leaks:
        pytest.fail(f"the test leaks global state: {leaks}")
