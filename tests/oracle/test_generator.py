"""The random streams against PyTorch's: the same seeds and calls give the same numbers and leave the same state."""

import copy
import pickle

import numpy as np
import pytest

import minitorch
from minitorch.core.generator import Generator
from minitorch.core.tensor import wrap

torch = pytest.importorskip("torch", reason="PyTorch is the oracle: pip install minitorch[oracle]")

SEEDS = [0, 42, -7, 2**33 + 5]
SIZES = [1, 15, 16, 37, 1000]


@pytest.fixture(params=SEEDS)
def pair(request):
    """Our generator and PyTorch's, with the same seed."""
    return Generator().manual_seed(request.param), torch.Generator().manual_seed(request.param)


def empty(size, dtype):
    return torch.empty(size, dtype=getattr(torch, dtype))


def same(ours, theirs, generators=None):
    """Bit for bit equal, in value, dtype and what is drawn next."""
    theirs = theirs.numpy()
    assert ours.dtype == theirs.dtype
    np.testing.assert_array_equal(ours, theirs)
    if generators is not None:
        same_state(*generators)


def close(ours, theirs, generators):
    """Bit for bit equal below double precision, where NumPy's functions may be an ulp off; the stream as far on."""
    theirs = theirs.numpy()
    assert ours.dtype == theirs.dtype
    np.testing.assert_allclose(ours, theirs, rtol=1e-13 if ours.dtype.name in ("float64", "complex128") else 0, atol=0)
    assert generators[0].full_range(1, "int64") == empty(1, "int64").random_(generator=generators[1]).numpy()


def same_state(ours, theirs):
    assert ours.state_bytes() == theirs.get_state().numpy().tobytes()


# --- State ------------------------------------------------------------------------------------------------------------


def test_a_new_generator_starts_from_pytorchs_default_seed():
    assert Generator().initial_seed() == torch.Generator().initial_seed()
    same_state(Generator(), torch.Generator())


@pytest.mark.parametrize("seed", [0, 1, -1, 2**32, 2**63, 2**64 - 1, -(2**63)])
def test_seeds(seed):
    ours, theirs = Generator().manual_seed(seed), torch.Generator().manual_seed(seed)
    assert ours.initial_seed() == theirs.initial_seed()
    same_state(ours, theirs)


@pytest.mark.parametrize("draws", [1, 3, 623, 624, 625, 5000])
def test_state_bytes_are_pytorchs_after_any_number_of_draws(pair, draws):
    ours, theirs = pair
    ours.random32(draws)
    torch.rand(draws, generator=theirs)
    same_state(ours, theirs)


def test_the_kept_normal_is_pytorchs(pair):
    ours, theirs = pair
    ours.normal(3, "float64")
    torch.randn(3, dtype=torch.float64, generator=theirs)
    close(ours.normal(1, "float64"), torch.randn(1, dtype=torch.float64, generator=theirs), pair)


@pytest.mark.parametrize("draws", [0, 7, 624])
def test_pytorch_continues_from_our_state(draws):
    ours = Generator().manual_seed(3)
    ours.random32(draws)
    ours.normal(1)
    theirs = torch.Generator()
    theirs.set_state(torch.from_numpy(np.frombuffer(ours.state_bytes(), np.uint8).copy()))
    same(ours.normal(1), torch.randn(1, generator=theirs))
    same(ours.uniform(700), torch.rand(700, generator=theirs), (ours, theirs))


@pytest.mark.parametrize("draws", [0, 7, 624])
def test_we_continue_from_pytorchs_state(draws):
    theirs = torch.Generator().manual_seed(3)
    empty(draws, "float32").uniform_(generator=theirs)
    torch.randn(1, generator=theirs)
    ours = Generator()
    ours.set_state(wrap(theirs.get_state().numpy()))
    assert ours.initial_seed() == 3
    same(ours.normal(1), torch.randn(1, generator=theirs))
    same(ours.uniform(700), torch.rand(700, generator=theirs), (ours, theirs))


def test_manual_seed_forgets_the_kept_normal(pair):
    ours, theirs = pair
    ours.normal(1)
    torch.randn(1, generator=theirs)
    same(ours.manual_seed(1).normal(2), torch.randn(2, generator=theirs.manual_seed(1)))


def test_copies_continue_like_pytorchs(pair):
    ours, theirs = pair
    ours.normal(1)
    torch.randn(1, generator=theirs)
    expected = torch.randn(5, generator=theirs.clone_state())
    for other in (ours.clone_state(), copy.deepcopy(ours), pickle.loads(pickle.dumps(ours))):
        same(other.normal(5), expected)
    same_state(ours, theirs)


# --- Uniforms and normals ---------------------------------------------------------------------------------------------

FLOATS = ["float16", "float32", "float64"]


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("size", SIZES)
def test_uniform(pair, size, dtype):
    ours, theirs = pair
    same(ours.uniform(size, dtype), torch.rand(size, dtype=getattr(torch, dtype), generator=theirs), pair)


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize(("low", "high"), [(-0.3, 0.7), (100, 200), (0, 1e-3), (-1 / 3, 1 / 3), (2, 2), (-1, 0)])
def test_uniform_between_bounds_is_rounded_once(pair, low, high, dtype):
    ours, theirs = pair
    same(ours.uniform(20000, dtype, low, high), empty(20000, dtype).uniform_(low, high, generator=theirs), pair)


@pytest.mark.parametrize(("dtype", "low", "high"), [("float32", 100, 100.0001), ("float16", 0, 1), ("float16", -1, 3)])
def test_a_uniform_that_rounds_to_the_upper_bound_becomes_the_lower(dtype, low, high):
    ours, theirs = Generator().manual_seed(7), torch.Generator().manual_seed(7)
    expected = empty(20000, dtype).uniform_(low, high, generator=theirs)
    found = ours.uniform(20000, dtype, low, high)
    same(found, expected)
    assert found.max() < np.dtype(dtype).type(high)


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("size", [*SIZES, 17, 31, 32, 33])
def test_normal(pair, size, dtype):
    ours, theirs = pair
    close(ours.normal(size, dtype), torch.randn(size, dtype=getattr(torch, dtype), generator=theirs), pair)


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("size", [5, 10000, 1007])
def test_normal_with_mean_and_std(pair, size, dtype):
    ours, theirs = pair
    close(ours.normal(size, dtype, 0.3, 1.7), empty(size, dtype).normal_(0.3, 1.7, generator=theirs), pair)


def test_the_second_of_a_pair_is_kept_for_the_next_serial_normal(pair):
    ours, theirs = pair
    for size in (1, 16, 2, 0, 3, 1):
        close(ours.normal(size), torch.randn(size, generator=theirs), pair)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_serial_normals_fill_what_is_not_contiguous(pair, dtype):
    ours, theirs = pair
    filled = empty((30, 7), dtype).t().normal_(generator=theirs)
    close(ours.normal((30, 7), dtype, serial=True).T, filled, pair)


@pytest.mark.parametrize(
    "part",
    [
        lambda t: t[:, :3],
        lambda t: t.t(),
        lambda t: t[:, :3].t(),
        lambda t: t[:, 1],
        lambda t: t[:1].expand(20, 7),
        lambda t: t[:, :4].reshape(30, 1, 4).transpose(0, 1),
    ],
)
def test_normals_like_a_part_of_a_tensor_fill_a_tensor_without_gaps(part):
    minitorch.manual_seed(4)
    torch.manual_seed(4)
    ours, theirs = minitorch.randn_like(part(minitorch.zeros(30, 7))), torch.randn_like(part(torch.zeros(30, 7)))
    np.testing.assert_allclose(ours.numpy(), theirs.numpy(), rtol=1e-5, atol=1e-6)
    assert ours.stride() == theirs.stride()
    assert minitorch.rand(1).item() == torch.rand(1).item()


@pytest.mark.parametrize("dtype", ["complex64", "complex128"])
@pytest.mark.parametrize("size", [1, 9, 100])
def test_complex(pair, size, dtype):
    ours, theirs = pair
    same(ours.uniform(size, dtype), torch.rand(size, dtype=getattr(torch, dtype), generator=theirs), pair)
    close(ours.normal(size, dtype), torch.randn(size, dtype=getattr(torch, dtype), generator=theirs), pair)


# --- Integers ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("span", [1, 10, 2**28 - 1, 2**28, 2**32, 2**40, 2**63 - 1])
@pytest.mark.parametrize("low", [0, -5])
def test_integers(pair, low, span):
    ours, theirs = pair
    same(ours.integers(low, low + span, 100), torch.randint(low, low + span, (100,), generator=theirs), pair)


INTEGRAL = ["bool", "uint8", "int8", "int16", "int32", "int64"]


@pytest.mark.parametrize("dtype", [*INTEGRAL, "uint16", "uint32", "uint64", *FLOATS])
def test_integers_in_every_dtype(pair, dtype):
    ours, theirs = pair
    expected = torch.randint(0, 2, (100,), dtype=getattr(torch, dtype), generator=theirs)
    same(ours.integers(0, 2, 100, dtype), expected, pair)


@pytest.mark.parametrize("dtype", [*INTEGRAL, *FLOATS])
def test_full_range(pair, dtype):
    ours, theirs = pair
    same(ours.full_range(100, dtype), empty(100, dtype).random_(generator=theirs), pair)


@pytest.mark.parametrize(("dtype", "low"), [("int32", 5), ("float32", 5), ("uint8", 3), ("int64", -(2**63))])
def test_integers_up_to_the_last(pair, dtype, low):
    ours, theirs = pair
    same(ours.integers(low, None, 100, dtype), empty(100, dtype).random_(low, None, generator=theirs), pair)


@pytest.mark.parametrize("size", [0, 2, *SIZES])
def test_permutation(pair, size):
    ours, theirs = pair
    same(ours.permutation(size), torch.randperm(size, generator=theirs), pair)


# --- Choices and other distributions ----------------------------------------------------------------------------------


@pytest.mark.parametrize("p", [0.0, 0.1, 0.5, 0.9, 1.0])
@pytest.mark.parametrize("size", SIZES)
def test_bernoulli(pair, size, p):
    ours, theirs = pair
    same(ours.bernoulli(p, size), empty(size, "bool").bernoulli_(p, generator=theirs), pair)


def test_bernoulli_is_dropouts_mask():
    x = torch.ones(32, 64)
    torch.manual_seed(5)
    mask = torch.nn.functional.dropout(x, 0.3) != 0
    same(Generator().manual_seed(5).bernoulli(1 - 0.3, (32, 64)), mask)


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("size", SIZES)
def test_bernoulli_from_probabilities(pair, size, dtype):
    ours, theirs = pair
    p = np.linspace(0, 1, size).astype(dtype)
    same(ours.bernoulli_from(p), torch.bernoulli(torch.from_numpy(p), generator=theirs).bool(), pair)


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("lambd", [1.0, 0.7])
def test_exponential(pair, size, dtype, lambd):
    ours, theirs = pair
    same(ours.exponential(size, dtype, lambd), empty(size, dtype).exponential_(lambd, generator=theirs), pair)


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("size", SIZES)
def test_other_distributions(pair, size, dtype):
    ours, theirs = pair
    close(ours.cauchy(size, dtype, 0.1, 0.3), empty(size, dtype).cauchy_(0.1, 0.3, generator=theirs), pair)
    close(ours.log_normal(size, dtype, 0.1, 0.7), empty(size, dtype).log_normal_(0.1, 0.7, generator=theirs), pair)
    same(ours.geometric(size, dtype, 0.3), empty(size, dtype).geometric_(0.3, generator=theirs), pair)


def test_geometric_of_integers(pair):
    ours, theirs = pair
    same(ours.geometric(100, "int64", 0.05), empty(100, "int64").geometric_(0.05, generator=theirs), pair)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(("samples", "replacement"), [(1, False), (1, True), (5, False), (20, False), (50, True)])
@pytest.mark.parametrize("shape", [(20,), (3, 20)])
def test_multinomial(pair, shape, samples, replacement, dtype):
    ours, theirs = pair
    weights = np.random.default_rng(0).uniform(0.1, 1, shape).astype(dtype)
    expected = torch.multinomial(torch.from_numpy(weights), samples, replacement, generator=theirs)
    same(ours.multinomial(weights, samples, replacement), expected, pair)


# --- Errors -----------------------------------------------------------------------------------------------------------

CALLS = {
    "manual_seed('x')": lambda g: g.manual_seed("x"),
    "manual_seed(1.5)": lambda g: g.manual_seed(1.5),
    "manual_seed(True)": lambda g: g.manual_seed(True),
    "manual_seed(2**64)": lambda g: g.manual_seed(2**64),
    "manual_seed(-2**63-1)": lambda g: g.manual_seed(-(2**63) - 1),
}
DRAWS = {
    "uniform, reversed": (lambda g: g.uniform(3, "float32", 2, 1), lambda: torch.empty(3).uniform_(2, 1)),
    "uniform, infinite": (lambda g: g.uniform(3, "float32", 0, 1e39), lambda: torch.empty(3).uniform_(0, 1e39)),
    "uniform, nan": (lambda g: g.uniform(3, "float32", np.nan, 1), lambda: torch.empty(3).uniform_(np.nan, 1)),
    "uniform, wide": (lambda g: g.uniform(3, "float32", -3e38, 3e38), lambda: torch.empty(3).uniform_(-3e38, 3e38)),
    "uniform, int": (lambda g: g.uniform(3, "int64"), lambda: torch.rand(3, dtype=torch.int64)),
    "normal, int": (lambda g: g.normal(3, "int64"), lambda: torch.randn(3, dtype=torch.int64)),
    "normal, std": (lambda g: g.normal(3, "float32", 0, -1), lambda: torch.empty(3).normal_(0, -1)),
    "integers, empty": (lambda g: g.integers(5, 2, 3), lambda: torch.randint(5, 2, (3,))),
    "integers, high": (lambda g: g.integers(0, 300, 3, "uint8"), lambda: torch.randint(300, (3,), dtype=torch.uint8)),
    "integers, low": (lambda g: g.integers(-1, 3, 3, "uint8"), lambda: torch.randint(-1, 3, (3,), dtype=torch.uint8)),
    "integers, complex": (
        lambda g: g.integers(0, 3, 3, "complex64"),
        lambda: torch.randint(3, (3,), dtype=torch.complex64),
    ),
    "full range": (lambda g: g.full_range(3, "uint16"), lambda: torch.empty(3, dtype=torch.uint16).random_()),
    "permutation": (lambda g: g.permutation(-1), lambda: torch.randperm(-1)),
    "bernoulli": (lambda g: g.bernoulli(2.0, 3), lambda: torch.empty(3).bernoulli_(2.0)),
    "bernoulli, nan": (lambda g: g.bernoulli(np.nan, 3), lambda: torch.empty(3).bernoulli_(np.nan)),
    "bernoulli from": (lambda g: g.bernoulli_from(np.array([0.5, 2.0])), lambda: torch.bernoulli(torch.tensor([2.0]))),
    "bernoulli from int": (lambda g: g.bernoulli_from(np.array([1])), lambda: torch.bernoulli(torch.tensor([1]))),
    "exponential": (lambda g: g.exponential(3, "float32", 0.0), lambda: torch.empty(3).exponential_(0)),
    "exponential, int": (lambda g: g.exponential(3, "int64"), lambda: torch.empty(3, dtype=torch.int64).exponential_()),
    "cauchy": (lambda g: g.cauchy(3, "float32", 0, 0), lambda: torch.empty(3).cauchy_(0, 0)),
    "cauchy, int": (lambda g: g.cauchy(3, "int64"), lambda: torch.empty(3, dtype=torch.int64).cauchy_()),
    "log_normal": (lambda g: g.log_normal(3, "float32", 0, 0), lambda: torch.empty(3).log_normal_(0, 0)),
    "geometric": (lambda g: g.geometric(3, "float32", 1.0), lambda: torch.empty(3).geometric_(1)),
    "geometric, bool": (lambda g: g.geometric(3, "bool"), lambda: torch.empty(3, dtype=torch.bool).geometric_(0.5)),
    "multinomial, none": (lambda g: g.multinomial(np.ones(3), 0), lambda: torch.multinomial(torch.ones(3), 0)),
    "multinomial, many": (lambda g: g.multinomial(np.ones(3), 4), lambda: torch.multinomial(torch.ones(3), 4)),
    "multinomial, int": (
        lambda g: g.multinomial(np.array([1, 2]), 1),
        lambda: torch.multinomial(torch.tensor([1, 2]), 1),
    ),
    "multinomial, 0-d": (lambda g: g.multinomial(np.array(1.0), 1), lambda: torch.multinomial(torch.tensor(1.0), 1)),
    "multinomial, negative": (
        lambda g: g.multinomial(np.array([1.0, -1.0]), 1),
        lambda: torch.multinomial(torch.tensor([1.0, -1.0]), 1),
    ),
    "multinomial, negative, many": (
        lambda g: g.multinomial(np.array([1.0, -1.0]), 2, True),
        lambda: torch.multinomial(torch.tensor([1.0, -1.0]), 2, True),
    ),
    "multinomial, infinite, many": (
        lambda g: g.multinomial(np.array([1.0, np.inf]), 2, True),
        lambda: torch.multinomial(torch.tensor([1.0, np.inf]), 2, True),
    ),
    "multinomial, zero": (lambda g: g.multinomial(np.zeros(3), 2), lambda: torch.multinomial(torch.zeros(3), 1)),
}


def same_error(ours, theirs):
    """The same type, and a message that begins as PyTorch's does."""
    with pytest.raises(Exception) as expected:  # noqa: PT011
        theirs()
    with pytest.raises(expected.type) as found:
        ours()
    phrase = str(expected.value).split(".  (Could")[0]
    start = len(phrase) if len(phrase) < 80 else 25
    assert str(found.value).startswith(phrase[:start])


@pytest.mark.parametrize("call", CALLS)
def test_seed_errors(call):
    same_error(lambda: CALLS[call](Generator()), lambda: CALLS[call](torch.Generator()))


@pytest.mark.parametrize("draw", DRAWS)
def test_draw_errors(draw):
    ours, theirs = DRAWS[draw]
    same_error(lambda: ours(Generator()), theirs)


@pytest.mark.parametrize(("size", "dtype"), [(3, "float32"), (3, "uint8"), (5056, "uint8")])
def test_set_state_errors(size, dtype):
    ours, theirs = wrap(np.zeros(size, dtype)), torch.zeros(size, dtype=getattr(torch, dtype))
    same_error(lambda: Generator().set_state(ours), lambda: torch.Generator().set_state(theirs))


def test_integers_that_a_float_cannot_hold_warn_as_pytorch():
    with pytest.warns(UserWarning, match="to - 1 is out of bounds") as expected:
        empty(3, "float16").random_(0, 5000)
    with pytest.warns(UserWarning, match="to - 1 is out of bounds") as found:
        Generator().integers(0, 5000, 3, "float16")
    assert str(found[0].message)[:60] == str(expected[0].message)[:60]
