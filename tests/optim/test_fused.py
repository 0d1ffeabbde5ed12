"""``fused=True``: one pass by a kernel of Numba's, equal to the rule to the last bit."""

import sys

import numpy as np
import pytest

import minitorch
from minitorch.core import jit
from minitorch.optim import SGD, Adam, AdamW
from minitorch.optim.bucket import BLOCK, Bucket

SHAPES = [(5, 3), (), (70,), (2, 3, 4)]
CASES = [
    ("float64", Adam, {}),
    ("float32", Adam, {"weight_decay": 0.1, "maximize": True, "betas": (0.8, 0.99), "eps": 1e-3}),
    ("float32", AdamW, {}),
    ("float32", SGD, {}),
    ("float64", SGD, {"momentum": 0.9, "weight_decay": 0.1, "dampening": 0.3}),
    ("float32", SGD, {"momentum": 0.9, "nesterov": True, "maximize": True}),
]
IDS = [f"{cls.__name__}-{dtype}-{'-'.join(options)}" for dtype, cls, options in CASES]
ODD = [np.inf, -np.inf, -0.0, 1e-42, -1e-42, 3e38, 1e-30, np.nan]


@pytest.fixture
def kernels(monkeypatch):
    """Counts the steps that were taken by kernels."""
    pytest.importorskip("numba", reason="the kernels are Numba's: pip install minitorch[numba]")
    taken = []
    plain = Bucket._at_once
    monkeypatch.setattr(Bucket, "_at_once", lambda *args: taken.append(plain(*args)) or taken[-1])
    return taken


def trained(cls, options, dtype, shapes=SHAPES, steps=4, **more):
    draw = np.random.default_rng(0)
    params = [minitorch.tensor(draw.standard_normal(s).astype(dtype), requires_grad=True) for s in shapes]
    optimizer = cls(params, lr=0.1, **options, **more)
    for step in range(steps):
        for p in params:
            g = draw.standard_normal(p.shape).astype(dtype)
            if g.size > 20:
                g.reshape(-1)[:8] = ODD
            p.grad = minitorch.tensor(g)
        optimizer.param_groups[0]["lr"] = 0.1 / (step + 1)
        with np.errstate(all="ignore"):
            optimizer.step()
    state = [value.numpy() for p in params for value in optimizer.state[p].values()]
    found = [*[p.detach().numpy() for p in params], *state]
    for x in found:
        x[np.isnan(x)] = np.nan  # IEEE 754 leaves a NaN's sign open
    return [x.tobytes() for x in found]


@pytest.mark.parametrize(("dtype", "cls", "options"), CASES, ids=IDS)
def test_a_kernel_is_its_rule(dtype, cls, options, kernels):
    assert trained(cls, options, dtype, fused=True) == trained(cls, options, dtype)
    assert kernels == ["momentum" not in options, True, True, True]  # the velocity starts as the gradient


def test_a_large_tensor_and_one_of_another_layout(kernels):
    shapes = [(BLOCK + 7,), (3,)]
    assert trained(AdamW, {}, "float32", shapes, fused=True) == trained(AdamW, {}, "float32", shapes)
    assert kernels == [True] * 8
    base = np.arange(6.0).reshape(2, 3).T
    for fused in (False, True):
        p = minitorch.from_numpy(base.copy(order="K")).requires_grad_()
        p.grad = minitorch.ones(3, 2, dtype=minitorch.float64)
        SGD([p], lr=1.0, fused=fused).step()
        np.testing.assert_array_equal(p.detach().numpy(), base - 1)
    assert kernels[8:] == [False]


def test_what_no_kernel_does_is_done_by_the_rule(kernels):
    assert trained(Adam, {"amsgrad": True}, "float32", fused=True) == trained(Adam, {"amsgrad": True}, "float32")
    assert kernels == [False] * 4


def test_without_numba_the_switch_is_harmless(monkeypatch):
    monkeypatch.setitem(sys.modules, "numba", None)
    jit.numba.cache_clear()
    try:
        assert trained(AdamW, {}, "float32", fused=True) == trained(AdamW, {}, "float32")
    finally:
        jit.numba.cache_clear()


def test_a_gradient_that_is_the_parameter_itself(kernels):
    for fused in (False, True):
        p = minitorch.ones(BLOCK + 1, requires_grad=True)
        p.grad = p.detach()
        SGD([p], lr=0.5, fused=fused).step()
        assert p.detach().numpy().tobytes() == np.full(BLOCK + 1, 0.5, np.float32).tobytes()
    assert kernels == [False]
