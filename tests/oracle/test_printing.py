"""repr and str of tensors: character for character PyTorch's."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

import minitorch
from tests.oracle.compare import torch

RANDOM = np.random.default_rng(0)
inf, nan = np.inf, np.nan

ARRAYS = {
    "scalar": 3.14159,
    "whole scalar": 2.0,
    "tiny scalar": 1e-7,
    "huge scalar": 1.23e12,
    "negative zero": [-0.0, 0.0],
    "int scalar": 7,
    "bool scalar": True,
    "nan scalar": nan,
    "whole floats": [1.0, 2.0, -3.0],
    "fractions": [1.5, -2.25, 3.125],
    "mixed widths": [1.0, 100.5, -1000.25],
    "needs scientific": [1e-5, 1.0, 1000.0],
    "ratio of a thousand": [1.0, 1000.5],
    "ratio beyond a thousand": [0.9, 1000.5],
    "whole and large": [1.0, 1e8, 2e8],
    "whole and larger": [1.0, 2e9],
    "small fractions": [0.00012, 0.5],
    "smaller fractions": [0.00009, 0.05],
    "zeros": [0.0, 0.0],
    "zero with tiny": [0.0, 1e-10],
    "nan and inf": [1.5, nan, inf, -inf],
    "only nan": [nan, nan],
    "whole with inf": [1.0, inf, 3.0],
    "whole with nan": [[1.0, nan], [3.0, -4.0]],
    "ints": [[1, -20], [300, 4]],
    "large ints": [2**40, -1],
    "bools": [[True, False], [False, False]],
    "matrix": RANDOM.standard_normal((3, 4)),
    "cube": RANDOM.standard_normal((2, 3, 2)),
    "four dims": RANDOM.standard_normal((2, 1, 2, 2)),
    "one column": RANDOM.standard_normal((3, 1)),
    "wide row": RANDOM.standard_normal(40),
    "wide matrix": RANDOM.standard_normal((2, 30)),
    "wide ints": np.arange(60),
    "long": np.arange(2000.0),
    "long fractions": np.linspace(0, 1, 1001),
    "long matrix": np.arange(5000.0).reshape(50, 100),
    "summarised in one dim": np.arange(1200.0).reshape(3, 400),
    "summarised cube": RANDOM.standard_normal((12, 11, 10)),
    "exactly the threshold": np.arange(1000.0),
    "summarised with an outlier inside": np.where(np.arange(2000) == 1000, 1e30, 1.0),
    "summarised with an outlier at the edge": np.where(np.arange(2000) == 1, 1e30, 1.0),
    "empty": np.zeros((0,)),
    "empty matrix": np.zeros((0, 3)),
    "empty cube": np.zeros((2, 0, 3)),
    "empty ints": np.zeros((0,), np.int64),
    "empty int matrix": np.zeros((0, 2), np.int64),
    "complex": [1 + 2j, -0.5 - 1.25j],
    "whole complex": [1 + 2j, 3 - 4j],
    "complex scalar": 1 + 2.5j,
    "complex scientific": [1e-6 + 1j, 1000 - 2000j],
    "complex with inf": [complex(inf, 1), complex(1, -inf)],
    "complex matrix": RANDOM.standard_normal((3, 4)) + 1j * RANDOM.standard_normal((3, 4)),
}
DTYPES = [
    "float32",
    "float64",
    "float16",
    "int64",
    "int32",
    "int16",
    "int8",
    "uint8",
    "bool",
    "complex64",
    "complex128",
]


def texts(f):
    """What both print."""
    found = []
    for T in (torch, minitorch):
        t = f(T)
        found.append((repr(t), str(t), f"{t}"))
    return found


def assert_same_text(f):
    theirs, ours = texts(f)
    for a, b in zip(theirs, ours, strict=True):
        assert b == a, f"\n{b}\nexpected\n{a}"


@pytest.mark.parametrize("name", ARRAYS)
def test_default_dtypes(name):
    value = np.asarray(ARRAYS[name])
    value = value.astype({"f": np.float32, "c": np.complex64}.get(value.dtype.kind, value.dtype))
    assert_same_text(lambda T: T.tensor(value))


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("value", [3, [1, 0], [[1, 2, 3], [4, 5, 6]], []], ids=repr)
def test_dtypes(value, dtype):
    assert_same_text(lambda T: T.tensor(value, dtype=getattr(T, dtype)))


@pytest.mark.parametrize(
    "name", ["scalar", "matrix", "wide row", "nan and inf", "long", "complex matrix", "empty matrix"]
)
def test_doubles(name):
    value = np.asarray(ARRAYS[name])
    assert_same_text(lambda T: T.tensor(value))


@pytest.mark.parametrize("default", ["float64", "float16"])
def test_default_dtype_decides_what_is_noted(default):
    before = minitorch.get_default_dtype(), torch.get_default_dtype()
    try:
        for T in (minitorch, torch):
            T.set_default_dtype(getattr(T, default))
        for dtype in ("float32", "float64", "float16", "int64", "complex64", "complex128"):
            assert_same_text(lambda T, d=dtype: T.tensor([1, 2], dtype=getattr(T, d)))
    finally:
        minitorch.set_default_dtype(before[0])
        torch.set_default_dtype(before[1])


TRACKED = {
    "requires_grad": lambda x: x,
    "grad_fn": lambda x: x * 2,
    "scalar": lambda x: x[0, 0] * 2,
    "view": lambda x: x[1:],
    "written": lambda x: (lambda y: (y[0].mul_(2), y)[1])(x * 1),
    "tuple": lambda x: x.max(1)[0],
    "detached": lambda x: x.detach(),
    "double": lambda x: x.double(),
}


@pytest.mark.parametrize("name", TRACKED)
def test_tracked(name):
    value = ARRAYS["matrix"].astype(np.float32)
    assert_same_text(lambda T: TRACKED[name](T.tensor(value, requires_grad=True)))


@pytest.mark.parametrize("width", range(1, 12))
def test_note_goes_to_a_line_of_its_own_when_there_is_no_room(width):
    assert_same_text(lambda T: T.ones(width, dtype=T.float64, requires_grad=True))
    assert_same_text(lambda T: T.ones(width, dtype=T.float64, requires_grad=True) * 2.5)


OPTIONS = {
    "precision": {"precision": 2},
    "more precision": {"precision": 8},
    "threshold": {"threshold": 5},
    "edgeitems": {"threshold": 5, "edgeitems": 1},
    "linewidth": {"linewidth": 40},
    "sci_mode": {"sci_mode": True},
    "no sci_mode": {"sci_mode": False},
    "short": {"profile": "short"},
    "full": {"profile": "full"},
    "several": {"precision": 1, "linewidth": 30, "edgeitems": 2, "threshold": 10},
}


@pytest.mark.parametrize("name", OPTIONS)
def test_options(name):
    try:
        for T in (torch, minitorch):
            T.set_printoptions(**OPTIONS[name])
        for key in (
            "matrix",
            "needs scientific",
            "long",
            "whole floats",
            "wide row",
            "nan and inf",
            "complex matrix",
            "ints",
        ):
            value = np.asarray(ARRAYS[key])
            assert_same_text(lambda T, v=value: T.tensor(v))
    finally:
        for T in (torch, minitorch):
            T.set_printoptions(profile="default")


def test_profile_is_reset_by_default():
    assert_same_text(lambda T: T.tensor(ARRAYS["long"]))


@settings(derandomize=True, max_examples=120, deadline=None)
@given(
    arrays.arrays(
        st.sampled_from([np.float32, np.float64, np.int64, np.bool_]),
        arrays.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4),
    )
)
def test_any_array(value):
    assert_same_text(lambda T: T.tensor(value))


@pytest.mark.parametrize("spec", ["", ".3f", "8.2f", "e"])
def test_format_of_scalars(spec):
    theirs, ours = (format(T.tensor(3.14159265), spec) for T in (torch, minitorch))
    assert ours == theirs


def test_format_of_ints():
    theirs, ours = (f"{T.tensor(42):05d}" for T in (torch, minitorch))
    assert ours == theirs


def test_shapes_and_dtypes_print_alike():
    for T in (torch, minitorch):
        assert str(T.zeros(2, 3).shape) == "torch.Size([2, 3])"
        assert str(T.zeros(2).dtype) == "torch.float32"
        assert str(T.zeros(2).device) == "cpu"
        assert repr(T.zeros(2).device) == "device(type='cpu')"
