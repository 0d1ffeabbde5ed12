"""Dtypes against PyTorch: the promotion table, what every operation makes of every dtype, and the limits of each."""

# ruff: noqa: E402, E501, SIM905 (torch is asked for first; the tables are wide)

import itertools

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="PyTorch is the oracle: pip install minitorch[oracle]")
import minitorch
from tests.oracle.compare import assert_raises_alike, outcome, same

NAMES = "bool uint8 int8 int16 int32 int64 float16 float32 float64 complex64 complex128".split()
UNSIGNED = "uint16 uint32 uint64".split()
SCALARS = {"True": True, "2": 2, "1.5": 1.5, "1j": 1j}


def numbers(name, zero_d=False):
    x = np.array([1, 2, 3, 1]) if name not in ("bool",) else np.array([True, False, True, True])
    x = x.astype(name)
    return x[1] if zero_d and name != "bool" else x[0] if zero_d else x


def both(f, *inputs):
    """Fails unless both give the same result and dtype, or raise the same type."""
    theirs, _ = outcome(torch, f, inputs, False)
    if "complex32" in repr(theirs) or "ComplexHalf" in repr(
        theirs
    ):  # NumPy has no such type: complex64 takes its place
        return
    ours, _ = outcome(minitorch, f, inputs, False)
    if isinstance(theirs, Exception) or isinstance(ours, Exception):
        assert_raises_alike(theirs, ours)
    else:
        same(theirs, ours)


PAIRS = list(itertools.combinations_with_replacement(NAMES, 2))


@pytest.mark.parametrize(("a", "b"), list(itertools.product(NAMES + UNSIGNED, repeat=2)))
def test_promotion_and_casts(a, b):
    try:
        theirs = repr(torch.promote_types(getattr(torch, a), getattr(torch, b)))
    except RuntimeError:  # PyTorch has no rule for unsigned types with others
        return
    assert repr(minitorch.promote_types(getattr(minitorch, a), getattr(minitorch, b))) == theirs
    casts = [T.can_cast(getattr(T, a), getattr(T, b)) for T in (torch, minitorch)]
    assert casts[0] == casts[1]


@pytest.mark.parametrize(("a", "b"), list(itertools.product(NAMES, repeat=2)))
def test_result_type(a, b):
    for x, y in itertools.product((numbers(a), numbers(a, True)), (numbers(b), numbers(b, True))):
        both(lambda T, x, y: T.result_type(x, y), np.asarray(x), np.asarray(y))
    for scalar in SCALARS.values():
        both(lambda T, x, scalar=scalar: T.result_type(x, scalar), numbers(a))
        both(lambda T, x, scalar=scalar: T.result_type(scalar, x), np.asarray(numbers(a, True)))


BINARY = {
    "add": lambda T, x, y: x + y, "sub": lambda T, x, y: x - y, "mul": lambda T, x, y: x * y, "div": lambda T, x, y: x / y,
    "pow": lambda T, x, y: x**y, "eq": lambda T, x, y: x == y, "lt": lambda T, x, y: x < y,
    "maximum": lambda T, x, y: T.maximum(x, y), "minimum": lambda T, x, y: T.minimum(x, y), "atan2": lambda T, x, y: T.atan2(x, y),
    "floor_divide": lambda T, x, y: T.floor_divide(x, y), "remainder": lambda T, x, y: T.remainder(x, y), "fmod": lambda T, x, y: T.fmod(x, y),
    "where": lambda T, x, y: T.where(x == y, x, y), "cat": lambda T, x, y: T.cat([x, y]), "logical_and": lambda T, x, y: T.logical_and(x, y),
    "bitwise_and": lambda T, x, y: x & y, "hypot": lambda T, x, y: T.hypot(x, y), "logaddexp": lambda T, x, y: T.logaddexp(x, y),
    "fmax": lambda T, x, y: T.fmax(x, y), "copysign": lambda T, x, y: T.copysign(x, y), "xlogy": lambda T, x, y: T.xlogy(x, y),
    "addcmul": lambda T, x, y: T.addcmul(x, x, y), "lerp": lambda T, x, y: T.lerp(x, y, 0.5), "float_power": lambda T, x, y: T.float_power(x, y),
    "matmul": lambda T, x, y: x @ y, "outer": lambda T, x, y: T.outer(x, y), "in_place_add": lambda T, x, y: x.clone().add_(y),
    "in_place_div": lambda T, x, y: x.clone().div_(y), "copy": lambda T, x, y: x.clone().copy_(y), "gcd": lambda T, x, y: T.gcd(x, y),
    "set": lambda T, x, y: (lambda c: (c.__setitem__(slice(0, 2), y[:2]), c)[1])(x.clone()), "stack": lambda T, x, y: T.stack([x, y]),
}  # fmt: skip


@pytest.mark.parametrize("op", BINARY)
def test_pairs(op):
    faults = []
    for a, b in itertools.product(NAMES, repeat=2):
        try:
            both(BINARY[op], numbers(a), numbers(b))
        except AssertionError as error:
            faults.append(f"{a} with {b}: {str(error).strip()[:200]}")
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize(
    "op", ["add", "sub", "mul", "div", "pow", "maximum", "remainder", "floor_divide", "eq", "where"]
)
def test_with_0d_tensors_and_numbers(op):
    faults = []
    for a, b in itertools.product(NAMES, repeat=2):
        for x, y in ((numbers(a), np.asarray(numbers(b, True))), (np.asarray(numbers(a, True)), numbers(b))):
            try:
                both(BINARY[op], x, y)
            except AssertionError as error:
                faults.append(f"{a} {x.shape} with {b} {y.shape}: {str(error).strip()[:200]}")
    for a, (text, scalar) in itertools.product(NAMES, SCALARS.items()):
        if op == "maximum":
            continue
        try:
            both(lambda T, x, scalar=scalar: BINARY[op](T, x, scalar), numbers(a))
            both(lambda T, x, scalar=scalar: BINARY[op](T, scalar, x), numbers(a)) if op != "where" else None
        except AssertionError as error:
            faults.append(f"{a} with {text}: {str(error).strip()[:200]}")
    assert not faults, "\n".join(faults)


UNARY = [
    "abs", "acos", "angle", "asin", "atan", "atan", "ceil", "cos", "cosh", "deg2rad", "digamma", "erf", "erfc", "exp", "exp2", "expm1",
    "floor", "frac", "i0", "isfinite", "isinf", "isnan", "isposinf", "isreal", "lgamma", "log", "log10", "log1p", "log2", "logical_not",
    "nan_to_num", "neg", "positive", "reciprocal", "relu", "round", "rsqrt", "sgn", "sigmoid", "sign", "signbit", "sin", "sinc", "sinh", "sqrt",
    "square", "tan", "tanh", "trunc", "bitwise_not", "sum", "mean", "prod", "max", "min", "amax", "argmax", "any", "all", "var", "std", "nansum",
    "median", "count_nonzero", "nonzero", "msort", "unique", "flip", "norm", "zeros_like", "ones_like", "clone", "real", "conj", "aminmax",
]  # fmt: skip
WITH_DIM = ["sum", "mean", "prod", "max", "min", "amax", "amin", "argmin", "any", "all", "var", "cumsum", "cumprod", "cummax", "logsumexp",
            "softmax", "log_softmax", "sort", "argsort", "median", "mode", "nansum", "count_nonzero", "logcumsumexp", "flip", "diff"]  # fmt: skip


@pytest.mark.parametrize("name", UNARY)
def test_one_input(name):
    faults = []
    for a in NAMES:
        try:
            both(lambda T, x: getattr(T, name)(x, (0,)) if name == "flip" else getattr(T, name)(x), numbers(a))
        except AssertionError as error:
            faults.append(f"{a}: {str(error).strip()[:200]}")
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("name", WITH_DIM)
def test_along_a_dim(name):
    faults = []
    for a in NAMES:
        try:
            both(
                lambda T, x: getattr(T, name)(x, (0,) if name == "flip" else 0), numbers(a)
            ) if name != "diff" else both(lambda T, x: T.diff(x), numbers(a))
        except AssertionError as error:
            faults.append(f"{a}: {str(error).strip()[:200]}")
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("name", NAMES)
def test_limits_and_conversions(name):
    kind = np.dtype(name).kind
    infos = [T.finfo(getattr(T, name)) if kind in "fc" else None for T in (torch, minitorch)]
    if infos[0]:
        for field in ("bits", "eps", "max", "min", "tiny", "smallest_normal", "resolution", "dtype"):
            assert getattr(infos[0], field) == getattr(infos[1], field), field
    if kind in "iu":
        for field in ("bits", "max", "min", "dtype"):
            assert getattr(torch.iinfo(getattr(torch, name)), field) == getattr(
                minitorch.iinfo(getattr(minitorch, name)), field
            )
    for other in NAMES:
        both(lambda T, x, other=other: x.to(getattr(T, other)), numbers(name)) if not (
            kind == "c" and np.dtype(other).kind != "c"
        ) else None
    for attribute in ("is_floating_point", "is_complex", "is_signed", "itemsize"):
        assert getattr(getattr(torch, name), attribute) == getattr(getattr(minitorch, name), attribute)


def test_half_sums_accumulate_in_float32():
    x = np.full(5000, 1.0009765625, np.float16)
    for f in (
        lambda T, x: x.sum(),
        lambda T, x: x.mean(),
        lambda T, x: x.reshape(50, 100).sum(0),
        lambda T, x: x.var(),
        lambda T, x: x.cumsum(0),
    ):
        both(f, x)


def test_default_dtype():
    try:
        for T in (torch, minitorch):
            T.set_default_dtype(T.float64)
        both(
            lambda T: (
                T.tensor(1.5),
                T.zeros(2),
                T.tensor([1, 2]) / 2,
                T.tensor(1j),
                T.arange(0, 1, 0.5),
                T.ones(2).mean(),
                T.get_default_dtype(),
            )
        )
    finally:
        for T in (torch, minitorch):
            T.set_default_dtype(T.float32)
    for T in (torch, minitorch):
        with pytest.raises(TypeError, match="only floating-point types are supported"):
            T.set_default_dtype(T.int32)
