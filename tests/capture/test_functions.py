"""What can be compiled: functions, methods, modules, in and beside each other."""

import copy
import pickle

import minitorch as torch
from minitorch import nn
from tests.capture.scenarios import mlp, randn, side_by_side


@side_by_side()
def test_decorator(compiled, log):
    w = randn(3, grad=True)

    @compiled
    def f(x):
        return (w * x).sum()

    @compiled(fullgraph=True)
    def g(x):
        return (w * x).sum() * 2

    for i in range(8):
        w.grad = None
        l = f(randn(3, seed=i)) + g(randn(3, seed=i))
        l.backward()
        log(l, w)


@side_by_side()
def test_methods(compiled, log):

    class A:
        def __init__(self, k):
            self.k = k
            self.w = randn(3, seed=k)

        @compiled
        def f(self, x):
            return x * self.k + self.w

    a, b = (A(1), A(2))
    for i in range(16):
        if i == 10:
            a.k = 5
        log(a.f(randn(3, seed=i)), b.f(randn(3, seed=i)))


@side_by_side()
def test_method_two_instances_module(compiled, log):

    class A(nn.Module):
        def __init__(self):
            super().__init__()
            self.l = nn.Linear(3, 3)

        @compiled
        def forward(self, x):
            return self.l(x)

    a, b = (A(), A())
    for i in range(10):
        y = a(randn(2, 3, seed=i)) + b(randn(2, 3, seed=i))
        a.zero_grad()
        b.zero_grad()
        y.sum().backward()
        log(y, *a.parameters(), *b.parameters())


@side_by_side()
def test_nested_compiled(compiled, log):

    @compiled
    def g(x):
        return x * 2 + 1

    @compiled
    def f(x):
        return g(x) * g(x + 1)

    for i in range(8):
        log(f(randn(3, seed=i)), g(randn(3, seed=i)))


@side_by_side()
def test_compiled_module_in_eager(compiled, log):
    m = compiled(mlp())
    opt = torch.optim.Adam(m.parameters(), lr=0.1)
    for i in range(12):
        opt.zero_grad()
        l = m(randn(5, 3, seed=i)).square().mean()
        l.backward()
        opt.step()
        log(l, *m.parameters())


@side_by_side()
def test_compiled_module_in_compiled(compiled, log):
    m = compiled(mlp())
    opt = torch.optim.Adam(m.parameters(), lr=0.1)

    def step(x):
        opt.zero_grad()
        l = m(x).square().mean()
        l.backward()
        opt.step()
        return l

    f = compiled(step)
    for i in range(12):
        log(f(randn(5, 3, seed=i)), *m.parameters())


@side_by_side()
def test_eval_module(compiled, log):
    m = compiled(nn.Sequential(nn.Linear(3, 4), nn.Dropout(0.5), nn.BatchNorm1d(4)))
    for i in range(20):
        if i % 5 == 0:
            m.eval()
        if i % 5 == 2:
            m.train()
        log(m(randn(5, 3, seed=i)), m.training)
        with torch.no_grad():
            log(m(randn(5, 3, seed=i + 1)))
        log(torch.get_rng_state())


@side_by_side()
def test_state(compiled, log):
    m = mlp()
    f = compiled(m)
    for i in range(6):
        log(f(randn(2, 3, seed=i)))
    log(list(m.state_dict()), [n for n, _ in m.named_parameters()], len(list(f.parameters())))
    assert copy.deepcopy(f)(randn(2, 3)).shape == (2, 1)
    g = pickle.loads(pickle.dumps(f))
    log(g(randn(2, 3)))
    f.load_state_dict(f.state_dict())
    log(f(randn(2, 3)))
    d = copy.deepcopy(f)
    with torch.no_grad():
        for p in d.parameters():
            p.zero_()
    for i in range(4):
        log(f(randn(2, 3, seed=i)), d(randn(2, 3, seed=i)))
    f.double()
    log(f(randn(2, 3, dtype="f8")))
    f.float()
    log(f(randn(2, 3)))
    f.extra = 3
    log(m.extra if hasattr(m, "extra") else f.extra)
    f.apply(lambda k: None)
    log(len(list(f.modules())) > 0)


@side_by_side()
def test_reentrant(compiled, log):
    fs = []

    def f(x, n=2):
        return x if n == 0 else fs[0](x * 2, n - 1)

    fs.append(compiled(f))
    for i in range(8):
        log(fs[0](randn(3, seed=i)))


@side_by_side()
def test_callable_object(compiled, log):

    class A:
        k = 2

        def __call__(self, x):
            return x * self.k

    a = A()
    f = compiled(a)
    for i in range(9):
        if i == 4:
            a.k = 3
        if i == 7:
            A.__call__ = lambda s, x: x * 10
        log(f(randn(3, seed=i)))
