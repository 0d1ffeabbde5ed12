"""``nn.init`` against PyTorch: with the same seed the same numbers, and the same errors."""

import warnings

import numpy as np
import pytest

import minitorch
import minitorch.nn

torch = pytest.importorskip("torch", reason="PyTorch is the oracle: pip install minitorch[oracle]")

CALLS = [
    "uniform_(e)",
    "uniform_(e, -2.0, 5.0)",
    "uniform_(e, generator=g)",
    "normal_(e)",
    "normal_(e, 1.0, 3.0)",
    "normal_(e, generator=g)",
    "trunc_normal_(e)",
    "trunc_normal_(e, std=3.0)",
    "trunc_normal_(e, 1.0, 0.5, 1.5, 1.8)",
    "trunc_normal_(e, 0.0, 1.0, 2.0, 3.0, generator=g)",
    "constant_(e, 0.3)",
    "ones_(e)",
    "zeros_(e)",
    "eye_(e)",
    "xavier_uniform_(e)",
    "xavier_uniform_(e, gain=2.0)",
    "xavier_normal_(e, 0.5)",
    "kaiming_uniform_(e)",
    "kaiming_uniform_(e, a=5**0.5)",
    "kaiming_uniform_(e, mode='fan_out', nonlinearity='relu')",
    "kaiming_normal_(e, nonlinearity='tanh')",
    "kaiming_normal_(e, mode='fan_out', generator=g)",
    "kaiming_normal_(kernel)",
    "xavier_uniform_(kernel)",
    "orthogonal_(e)",
    "orthogonal_(e.t())",
    "orthogonal_(kernel, gain=2.0)",
    "sparse_(e, 0.3)",
    "dirac_(kernel)",
    "dirac_(kernel, groups=2)",
    "dirac_(kernel[:, :, 0])",
    "calculate_gain('relu')",
    "calculate_gain('leaky_relu', 0.3)",
    "calculate_gain('leaky_relu')",
    "calculate_gain('selu')",
    "calculate_gain('tanh')",
    "calculate_gain('conv2d')",
    "calculate_gain('relux')",
    "calculate_gain('leaky_relu', True)",
    "kaiming_uniform_(e, mode='fan')",
    "kaiming_uniform_(e[0])",
    "xavier_normal_(e[0])",
    "eye_(kernel)",
    "dirac_(e)",
    "dirac_(kernel, groups=4)",
    "orthogonal_(e[0])",
    "sparse_(kernel, 0.1)",
]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("text", CALLS)
def test_init(text, dtype):
    found = []
    for lib in (minitorch, torch):
        lib.manual_seed(11)
        kind = getattr(lib, dtype)
        names = {name: getattr(lib.nn.init, name) for name in dir(lib.nn.init) if not name.startswith("__")}
        names |= {"e": lib.zeros(20, 30, dtype=kind), "kernel": lib.zeros(6, 4, 3, 2, dtype=kind)}
        names |= {"g": lib.Generator().manual_seed(5)}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                result = eval(text, names)
            except Exception as error:
                result = type(error).__name__, [word.strip(",.;:") for word in str(error).split()[:3]]
        found.append(result)
    ours, theirs = found
    if isinstance(ours, minitorch.Tensor):
        np.testing.assert_allclose(ours.numpy(), theirs.numpy(), rtol=5e-6, atol=1e-6)
    else:
        assert ours == theirs


def test_initialising_a_parameter_is_not_recorded_but_counts_as_a_write():
    found = []
    for lib in (minitorch, torch):
        p = lib.nn.Parameter(lib.zeros(3, 4))
        out = lib.nn.init.kaiming_normal_(p)
        found.append((out is p, p.requires_grad, p.grad_fn, p._version))
    assert found[0] == found[1]


def test_warnings():
    for lib in (minitorch, torch):
        with pytest.warns(UserWarning, match="zero-element tensors is a no-op"):
            lib.nn.init.kaiming_uniform_(lib.empty(0, 3))
        with pytest.warns(UserWarning, match="mean is more than 2 std from"):
            lib.nn.init.trunc_normal_(lib.empty(3), mean=9.0)
