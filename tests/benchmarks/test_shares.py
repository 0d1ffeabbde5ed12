"""Where a sampled stack is counted."""

import sys

import pytest

from benchmarks import shares
from benchmarks.shares import Shares, counted, place_of

BASE = ["<module> (benchmarks/shares.py:150)", "timed_by_profile (benchmarks/shares.py:130)"]
UFUNC = "ufunc_generic_fastcall (numpy/_core/_multiarray_umath.cpython-311-x86_64-linux-gnu.so)"
STEP, ENGINE = "step (benchmarks/dense.py:130)", "run (minitorch/core/engine.py:97)"
LINEAR, OP = "Linear.forward (minitorch/nn/linear.py:72)", "fixed.<locals>.op (minitorch/core/unrolled.py:204)"


@pytest.mark.parametrize(
    ("place", "frames"),
    [
        ("NumPy", [LINEAR, OP, UFUNC, "malloc (libc.so.6)"]),
        ("NumPy", [OP, UFUNC, "_sum (numpy/_core/_methods.py:50)"]),
        ("BLAS", [ENGINE, OP, UFUNC, "sgemm_kernel (libscipy_openblas64_-32a4b2a6.so)"]),
        ("dispatch", [LINEAR, OP]),
        ("dispatch", [LINEAR, OP, "malloc (libc.so.6)"]),
        ("layers", [LINEAR]),
        ("engine", [ENGINE, "pull (minitorch/core/pulls.py: Relu:5)", "_relu (minitorch/ops/activations.py:119)"]),
        ("optimizer", ["Optimizer.step (minitorch/optim/optimizer.py:189)", "adam (minitorch/optim/adam.py:1)"]),
        ("other", []),
    ],
)  # fmt: skip
def test_a_stack_has_one_place(place, frames):
    assert place_of([STEP, *frames]) == place


def test_only_samples_of_the_timed_loop_count():
    lines = [
        f"{';'.join([*BASE, STEP, LINEAR])} 3",
        f"{';'.join([*BASE, STEP, UFUNC])} 4",
        f"{';'.join([BASE[0], STEP, UFUNC])} 50",
        f"{BASE[0]};_find_and_load (<frozen importlib._bootstrap>:1176) 60",
    ]
    assert counted(lines) == {"NumPy": 4, "layers": 3}


def test_shares_add_up_and_stand_under_their_names():
    found = Shares("MLP", {"BLAS": 1, "NumPy": 2, "engine": 1}, 2e-3)
    assert found.numpy == 0.75
    assert sum(map(found.share, shares.PLACES)) == 1
    assert "2.00 ms" in str(found)
    assert len(str(found)) == len(shares.HEADER)
    assert found.as_json()["numpy"] == 0.75


def test_without_the_sampler_it_says_what_to_install(monkeypatch):
    monkeypatch.setattr(shares, "sampler", lambda: None)
    with pytest.raises(RuntimeError, match="pip install py-spy"):
        shares.shares_of("mlp_adam")


LOOP = """
import numpy
from benchmarks.shares import timed_by_profile
a = numpy.ones(100_000)
timed_by_profile(lambda: numpy.sin(a), 0.3)
"""


@pytest.mark.skipif(shares.sampler() is None, reason="pip install py-spy")
def test_a_loop_of_ufuncs_is_in_numpy():
    try:
        found = shares.sampled([sys.executable, "-c", LOOP])
    except RuntimeError as error:
        pytest.skip(f"the system does not let py-spy look: {error}")
    assert found["NumPy"] > 0.8 * sum(found.values())
