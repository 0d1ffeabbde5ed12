"""The global generator: its state set aside and put back, and draws through it, give PyTorch's numbers."""

import pytest

from tests.oracle.compare import agree

torch = pytest.importorskip("torch", reason="PyTorch is the oracle: pip install minitorch[oracle]")


def forked(T):
    T.manual_seed(3)
    before = T.rand(2)
    with T.random.fork_rng():
        inside = T.randn(20)
        T.random.manual_seed(9)
        inside_again = T.rand(1)
    with T.random.fork_rng(enabled=False):
        kept = T.rand(1)
    return before, inside, inside_again, kept, T.rand(2), T.random.initial_seed()


def state(T):
    T.manual_seed(4)
    T.randn(3)
    held = T.random.get_rng_state()
    first = T.randn(5), T.randperm(6)
    T.set_rng_state(held)
    second = T.randn(5), T.randperm(6)
    return first, second, held.shape, held.dtype


def generators(T):
    g, h = T.Generator().manual_seed(7), T.Generator()
    h.set_state(g.get_state())
    T.manual_seed(1)
    return (
        T.rand(3, generator=g),
        T.randint(5, (4,), generator=h),
        T.rand(2),
        g.initial_seed(),
        h.initial_seed(),
        g.device,
    )


def draws(T):
    T.manual_seed(5)
    x = T.arange(20.0) - 9.5
    return [
        T.normal(x, x.abs()),
        T.normal(0.0, T.ones(3)),
        T.empty(7).geometric_(0.3),
        T.empty(4, dtype=T.int64).random_(),
        T.empty(4, dtype=T.uint8).random_(),
        T.empty(5).random_(3, 9),
        T.empty(3, 4).t().uniform_(-1, 1),
        T.rand(3, dtype=T.complex64),
        T.rand_like(x, dtype=T.float64),
        T.randint_like(x, 4),
        T.bernoulli(x.sigmoid()),
        T.empty(6).bernoulli_(0.4),
        T.multinomial(x.abs(), 3),
        T.multinomial(x.abs(), 30, replacement=True),
        T.empty(5, dtype=T.float64).exponential_(2.0),
        T.empty(5).cauchy_(),
        T.empty(5).log_normal_(),
        T.nn.functional.gumbel_softmax(x),
        T.nn.functional.rrelu(x, training=True),
        T.nn.functional.dropout(x, 0.3),
        T.nn.functional.alpha_dropout(x, 0.3, training=True),
        T.nn.functional.dropout2d(T.ones(2, 3, 2, 2), 0.5),
        T.nn.init.trunc_normal_(T.empty(9)),
        T.nn.Linear(3, 2).weight,
        T.nn.Embedding(4, 3).weight,
        T.rand(1),
    ]


@pytest.mark.parametrize("program", [forked, state, generators, draws], ids=lambda f: f.__name__)
def test_global_generator(program):
    with torch.random.fork_rng():
        agree(program, grad=False)
