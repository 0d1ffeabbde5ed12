"""``compile(mode="max-autotune")``: elementwise calls as one loop of Numba's, equal to NumPy to the last bit."""

import subprocess
import sys

import numpy as np
import pytest

import minitorch as torch
from minitorch.capture import Compiled, fuse
from minitorch.core import jit

ODD = [np.nan, np.inf, -np.inf, 0.0, -0.0, 1e-42, -1e-42, 1e-310, 3e38, -3e38, 1.0, -2.5, 1e-30, 1 / 3]


@pytest.fixture
def loops(monkeypatch):
    """The loops as Python runs them, unless a test asks for Numba: what is in them counts, not how fast they are."""

    def python(function):
        def call(*args):
            with np.errstate(all="ignore"):
                return function(*args)

        return call

    monkeypatch.setattr(fuse, "_KERNELS", {})
    monkeypatch.setattr(fuse, "jit", python)
    monkeypatch.setattr("minitorch.capture.compiled.numba", lambda: python)
    monkeypatch.setattr("minitorch.optim.bucket.places", lambda arrays: None)


def alike(function, calls, *, kernels):
    """Runs a function as it is and compiled, with the same arguments, and compares bytes; gives the compiled one."""
    compiled = Compiled(function, fused=True)
    for args in calls:
        with np.errstate(all="ignore"):
            expected, found = function(*args()), compiled(*args())
        for a, b in zip(expected, found, strict=True):
            assert a.dtype is b.dtype
            assert same_bytes(a.numpy(), b.numpy()), compiled.program
    assert compiled.reason is None
    assert compiled.program.count("@jit") == kernels, compiled.program
    return compiled


def same_bytes(a, b):
    a, b = (np.where(np.isnan(x), np.nan, x).astype(x.dtype) for x in (a, b))  # IEEE 754 leaves a NaN's sign open
    return a.tobytes() == b.tobytes()


def tensors(*shapes, dtype="float32", seed=0):
    draw = np.random.default_rng(seed)
    return [torch.tensor(draw.standard_normal(shape).astype(dtype)) for shape in shapes]


# --- Exactness, with Numba -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_numba_rounds_as_numpy_does(dtype):
    pytest.importorskip("numba", reason="the loops are Numba's: pip install minitorch[numba]")
    draw = np.random.default_rng(1)
    x, y = (a.reshape(-1) for a in np.meshgrid(np.array(ODD, dtype), np.array(ODD, dtype)))
    x, y = (torch.tensor(np.concatenate([a, draw.standard_normal(2005).astype(dtype)])) for a in (x, y))

    def step(x, y):
        a = x * y + x - y  # a multiplication and an addition, which must not be one rounding
        b = (x / y).abs().sqrt() + x.square() * 0.1
        c = torch.maximum(x, y) * torch.minimum(a, y) - y.reciprocal()
        d = torch.where(x > y, a, -b) + x.clamp(-0.7, 1e-42)
        return a, b, c, d, torch.sign(x) * (y != x), x >= 0.1

    alike(step, [lambda: (x, y)] * 4, kernels=1)


def test_numba_broadcasts_rows_and_columns():
    pytest.importorskip("numba", reason="the loops are Numba's: pip install minitorch[numba]")
    x, row, column, one = tensors((37, 19), (19,), (37, 1), (1,))
    alike(lambda *a: [((a[0] + a[1]) * a[2] - a[3]) / 3], [lambda: (x, row, column, one)] * 4, kernels=1)


# --- What becomes a loop ---------------------------------------------------------------------------------------------


def test_what_nothing_else_uses_is_not_stored(loops):
    x, y = tensors((40,), (40,))
    program = alike(lambda x, y: [(x * y + x) * y - x], [lambda: (x, y)] * 4, kernels=1).program
    kernel = program.split("def replay")[0]
    assert kernel.count("] = ") == 1
    assert "# 4 calls" in program


def test_what_is_used_later_is_stored(loops):
    x, y = tensors((40,), (40,))

    def step(x, y):
        a = x * y
        b = a + x
        c = b * y
        return [a, c, torch.exp(b) + c]

    kernel = alike(step, [lambda: (x, y)] * 4, kernels=1).program.split("def replay")[0]
    assert kernel.count("] = ") == 3


def test_exp_ends_a_run(loops):
    x, y = tensors((40,), (40,))
    step = lambda x, y: [torch.exp((x * y + x) * y) * x + y - x]
    alike(step, [lambda: (x, y)] * 4, kernels=2)


def test_short_runs_and_small_arrays_stay(loops):
    x, y = tensors((40,), (40,))
    alike(lambda x, y: [x * y + x], [lambda: (x, y)] * 4, kernels=0)
    x, y = tensors((3,), (3,))
    alike(lambda x, y: [(x * y + x) * y - x], [lambda: (x, y)] * 4, kernels=0)


def test_equal_runs_share_a_loop(loops):
    x, y = tensors((40,), (40,))
    f = lambda x, y: (x * y + x) * y
    program = alike(lambda x, y: [f(x, y), torch.exp(y), f(x, y)], [lambda: (x, y)] * 4, kernels=1).program
    assert program.split("def replay")[1].count("kernel0(") == 2
    assert "kernel0(" in alike(lambda x, y: [f(y, x)], [lambda: (x, y)] * 4, kernels=1).program


def test_dtypes_and_sizes_do_not_mix(loops):
    x, y, z = tensors((40,), (40,), (20,))

    def step(x, y, z):
        return [x * y + x, x.double() * y.double() + 1, z * z + z, (x.int() + y.int()) * 2]

    alike(step, [lambda: (x, y, z)] * 4, kernels=0)


def test_windows_on_one_array_that_overlap_are_not_one_loop(loops):
    (x,) = tensors((64,))

    def step(x):
        a = x * 2
        a[1:] += a[:-1]  # each element after the one before it
        a[1:] *= a[:-1]
        a[1:] -= a[:-1]
        return [a]

    alike(step, [lambda: (x,)] * 4, kernels=0)


def test_arguments_that_may_lie_anywhere(loops):
    w = torch.zeros(64)

    def step(x):
        w.mul_(0.5)
        w.add_(x)
        w.sub_(1)
        return [w * 1]

    compiled = Compiled(step, fused=True)
    assert [compiled(torch.ones(64))[0][0].item() for _ in range(3)] == [0.0, 0.0, 0.0]
    w.fill_(4.0)
    assert compiled(w[:])[0][0].item() == 3.0  # on the parameter's own memory: as the calls one by one


def test_a_relu_and_a_derivative_through_it(loops):
    x, w = tensors((40, 30), (30,))
    w.requires_grad_()

    def step(x):
        w.grad = None
        y = torch.relu(x * w + w) * 3
        (y * y).sum().backward()
        return [y.detach(), w.grad.clone()]

    compiled = alike(step, [lambda: (x,)] * 4, kernels=1)
    assert "F(0.0)" in compiled.program


def test_gradients_that_stay_where_they_are_are_written(loops, monkeypatch):
    monkeypatch.setattr(fuse, "FEWEST", 1)
    (x,) = tensors((40,))
    w, v = (t.requires_grad_() for t in tensors((40,), (40,), seed=1))
    optimizer = torch.optim.SGD([w, v], lr=0.0)

    def step(x):
        optimizer.zero_grad()
        loss = torch.nn.functional.layer_norm(x.expand(5, 40) * 2, (40,), w, v).square().sum()
        loss.backward()
        optimizer.step()
        return loss

    compiled = Compiled(step, fused=True)
    for k in range(5):
        compiled(x + k)
        found = [t.grad.numpy().tobytes() for t in (w, v)]
        step(x + k)
        assert found == [t.grad.numpy().tobytes() for t in (w, v)], compiled.program
        compiled(x)
    assert "@jit" in compiled.program


def test_other_ways_at_a_decision(loops):
    def step(x):
        a = (x * 2 + 1) * x
        b = a * 3 + x
        if a.sum() > 0:
            return [b * a + x - a]
        return [b / a - x * b]

    x, y = torch.ones(40), -torch.ones(40) * 0.25
    alike(step, [lambda: (x,)] * 3 + [lambda: (y,), lambda: (x,)] * 3, kernels=3)


# --- The mode --------------------------------------------------------------------------------------------------------


def test_the_mode_trains_alike():
    pytest.importorskip("numba", reason="the loops are Numba's: pip install minitorch[numba]")
    x, target = tensors((8, 6), (8, 3))

    def trained(wrap):
        torch.manual_seed(0)
        model = torch.nn.Sequential(torch.nn.Linear(6, 5), torch.nn.GELU(), torch.nn.Linear(5, 3))
        optimizer = torch.optim.AdamW(model.parameters(), lr=0.01)

        @wrap
        def step(x, target):
            optimizer.zero_grad()
            loss = torch.nn.functional.mse_loss(model(x), target)
            loss.backward()
            optimizer.step()
            return loss

        losses = [step(x, target).item() for _ in range(6)]
        return step, losses, [p.detach().numpy().tobytes() for p in model.parameters()]

    step, *found = trained(torch.compile(mode="max-autotune"))
    assert found == list(trained(lambda f: f)[1:])
    assert "@jit" in step.program
    assert "True)" in step.program.splitlines()[-3] + step.program.splitlines()[-2]  # the optimizer's kernel


def test_without_numba_there_is_a_warning_and_nothing_else(monkeypatch):
    monkeypatch.setitem(sys.modules, "numba", None)
    jit.numba.cache_clear()
    try:
        with pytest.warns(UserWarning, match="pip install"):
            step = torch.compile(lambda x: (x * 2 + 1) * x - x, mode="max-autotune")
        x = torch.ones(40)
        assert [step(x)[0].item() for _ in range(4)] == [2.0] * 4
        assert "@jit" not in step.program
    finally:
        jit.numba.cache_clear()


def test_other_modes_do_not_load_numba():
    text = """
import sys, minitorch
step = minitorch.compile(lambda x: (x * 2 + 1) * x - x)
print([step(minitorch.ones(40))[0].item() for _ in range(4)])
minitorch.optim.Adam([minitorch.ones(2, requires_grad=True)])
assert not {"numba", "llvmlite"} & sys.modules.keys()
"""
    done = subprocess.run([sys.executable, "-c", text], check=True, capture_output=True, text=True)
    assert done.stdout == "[2.0, 2.0, 2.0, 2.0]\n"
