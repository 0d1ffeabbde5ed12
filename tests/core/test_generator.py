"""The generator by itself: seeds, states and copies, and known numbers of PyTorch's streams, written down once."""

import copy
import pickle
from fractions import Fraction

import numpy as np
import pytest

import minitorch
from minitorch.core.generator import Generator, default_generator, fork_rng
from minitorch.core.rounding import cos_sin32, fma, log32


@pytest.fixture
def g():
    return Generator().manual_seed(0)


# --- Known numbers: seed 0 in PyTorch 2.13 ----------------------------------------------------------------------------


def test_uniforms_of_seed_0(g):
    assert g.uniform(3).tolist() == [0.49625658988952637, 0.7682217955589294, 0.08847743272781372]


def test_normals_of_seed_0(g):
    assert g.normal(3).tolist() == [1.5409960746765137, -0.293428897857666, -2.1787893772125244]


def test_a_block_of_normals_of_seed_0(g):
    assert g.normal(16)[:3].tolist() == [-1.1258398294448853, -1.152360200881958, -0.2505785822868347]


def test_a_permutation_of_seed_0(g):
    assert g.permutation(10).tolist() == [4, 1, 7, 5, 3, 9, 0, 8, 6, 2]


def test_integers_of_seed_0(g):
    assert g.integers(0, 10, 5).tolist() == [4, 9, 3, 0, 3]


def test_bernoulli_of_seed_0(g):
    assert g.bernoulli(0.5, 5).tolist() == [False, False, True, False, False]


# --- Shapes, dtypes, bounds -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", [(), (0,), (2, 3), (4, 0), 5])
def test_every_drawing_method_takes_any_shape(g, shape):
    expected = (shape,) if isinstance(shape, int) else shape
    drawn = [
        g.uniform(shape),
        g.normal(shape),
        g.log_normal(shape),
        g.integers(0, 3, shape),
        g.full_range(shape, "int8"),
        g.bernoulli(0.5, shape),
        g.exponential(shape),
        g.cauchy(shape),
        g.geometric(shape),
    ]
    assert all(isinstance(x, np.ndarray) and x.shape == expected for x in drawn)


@pytest.mark.parametrize("method", ["uniform", "normal", "log_normal", "exponential", "cauchy"])
@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
@pytest.mark.parametrize("n", [5, 40])
def test_a_result_has_the_dtype_asked_for(g, method, dtype, n):
    assert getattr(g, method)(n, dtype).dtype == dtype


def test_an_empty_draw_leaves_the_state(g):
    before = g.state_bytes()
    for x in (g.uniform(0), g.normal(0), g.permutation(0), g.permutation(1), g.bernoulli(0.5, 0)):
        assert x.size <= 1
    assert g.state_bytes() == before


def test_uniform_stays_below_its_upper_bound(g):
    x = g.uniform(100000, "float32", 100, 100.0001)
    assert x.min() == 100
    assert x.max() < np.float32(100.0001)


def test_a_permutation_is_one(g):
    assert sorted(g.permutation(1000).tolist()) == list(range(1000))


def test_normals_have_mean_and_std(g):
    x = g.normal(200000, "float64", 3, 2)
    assert abs(x.mean() - 3) < 0.02
    assert abs(x.std() - 2) < 0.02


def test_weights_of_zero_are_drawn_last_in_their_order(g):
    assert g.multinomial(np.array([0.0, 0.0, 1.0, 0.0]), 4).tolist() == [2, 0, 1, 3]


def test_weights_of_zero_are_never_drawn_with_replacement(g):
    assert set(g.multinomial(np.array([0.0, 1.0, 0.0, 2.0]), 500, replacement=True)) == {1, 3}


# --- Seeds and states -------------------------------------------------------------------------------------------------


def test_seed_gives_what_initial_seed_then_says(g):
    assert g.seed() == g.initial_seed() != 0


def test_negative_seeds_count_modulo_2_to_the_64():
    assert Generator().manual_seed(-1).initial_seed() == 2**64 - 1


def test_a_state_is_continued_from_by_another_generator(g):
    g.random32(1000)
    g.normal(1)
    other = Generator()
    other.set_state(g.get_state())
    assert other.initial_seed() == 0
    assert np.array_equal(other.normal(20), g.normal(20))
    assert np.array_equal(other.normal(3), g.normal(3))


def test_a_state_tensor_is_not_changed_by_drawing(g):
    state = g.get_state()
    kept = state.array.copy()
    g.random32(3)
    assert np.array_equal(state.array, kept)
    assert state.dtype is minitorch.uint8
    assert state.shape == (5056,)


def test_a_refused_state_changes_nothing(g):
    before = g.state_bytes()
    with pytest.raises(RuntimeError, match="Invalid mt19937 state"):
        g.load_state_bytes(bytes(5056))
    with pytest.raises(RuntimeError, match=r"Expected a CPUGeneratorImplState of size 5056 but found .* to be 3"):
        g.load_state_bytes(b"abc")
    assert g.state_bytes() == before


def test_set_state_wants_a_tensor(g):
    with pytest.raises(TypeError, match=r"expected a torch\.ByteTensor, but got ndarray"):
        g.set_state(np.zeros(5056, np.uint8))


@pytest.mark.parametrize(
    "duplicate", [copy.copy, copy.deepcopy, Generator.clone_state, lambda g: pickle.loads(pickle.dumps(g))]
)
def test_copies_are_independent(g, duplicate):
    other = duplicate(g)
    first = other.random32(5)
    assert np.array_equal(g.random32(5), first)
    assert not np.array_equal(g.random32(5), first)


def test_device():
    assert Generator("cpu").device == minitorch.device("cpu")
    with pytest.raises(RuntimeError, match="CPU only"):
        Generator("cuda")


# --- The global generator ---------------------------------------------------------------------------------------------


@pytest.fixture
def sealed():
    with fork_rng():
        yield


@pytest.mark.usefixtures("sealed")
def test_the_global_functions_use_one_generator():
    assert minitorch.manual_seed(5) is default_generator
    assert minitorch.initial_seed() == 5
    state = minitorch.get_rng_state()
    x = default_generator.uniform(3)
    minitorch.set_rng_state(state)
    assert np.array_equal(default_generator.uniform(3), x)
    assert minitorch.seed() == minitorch.initial_seed()


@pytest.mark.usefixtures("sealed")
def test_manual_seed_takes_what_int_takes():
    assert minitorch.manual_seed("12").initial_seed() == 12
    assert minitorch.manual_seed(1.7).initial_seed() == 1


def test_fork_rng_restores_even_after_an_error():
    before = default_generator.state_bytes()
    with pytest.raises(RuntimeError), fork_rng():
        minitorch.manual_seed(1).bernoulli(2.0, 1)
    assert default_generator.state_bytes() == before


@pytest.mark.usefixtures("sealed")
def test_a_disabled_fork_restores_nothing():
    with fork_rng(enabled=False):
        minitorch.manual_seed(9)
    assert minitorch.initial_seed() == 9


# --- Float32 functions ------------------------------------------------------------------------------------------------


def test_the_float32_logarithm_is_within_two_ulp():
    x = np.random.default_rng(0).uniform(0, 1, 10000).astype(np.float32) + np.float32(2**-24)
    np.testing.assert_array_max_ulp(log32(x), np.log(x.astype(np.float64)).astype(np.float32), 2)


def test_the_float32_cosine_and_sine_are_exact_to_a_float32_step():
    x = np.random.default_rng(0).uniform(0, 2 * np.pi, 10000).astype(np.float32)
    cosine, sine = cos_sin32(x)
    np.testing.assert_allclose(cosine, np.cos(x.astype(np.float64)), rtol=0, atol=1.2e-7)
    np.testing.assert_allclose(sine, np.sin(x.astype(np.float64)), rtol=0, atol=1.2e-7)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(("factor", "offset"), [(0.2, -0.1), (1.7, 0.3), (-3.0, 1.0), (1 / 3, 1e-9), (2.0, 0.0)])
def test_fma_rounds_once(dtype, factor, offset):
    kind = np.dtype(dtype).type
    factor, offset = float(kind(factor)), float(kind(offset))
    x = np.random.default_rng(0).uniform(0, 1, 500).astype(dtype)
    exact = [Fraction(value) * Fraction(factor) + Fraction(offset) for value in x.tolist()]
    assert fma(x, factor, offset).tolist() == [kind(float(value)) for value in exact]


def test_fma_of_huge_doubles_does_not_overflow():
    assert fma(np.array([0.5]), 1e300, 1.0).tolist() == [5e299]
