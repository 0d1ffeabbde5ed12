"""Grad mode, inference mode, default dtype, seeds and who watches, around a compiled function and inside."""

import minitorch as torch
from minitorch import nn
from minitorch.nn import functional as F
from tests.capture.scenarios import randn, side_by_side, training


@side_by_side()
def test_modes(compiled, log):
    m = nn.Linear(3, 3)

    def f(x):
        y = m(x)
        with torch.no_grad():
            z = m(x)
        with torch.enable_grad():
            w = m(x)
        return (y, z, w)

    f = compiled(f)
    for i in range(18):
        for ctx in (torch.enable_grad, torch.no_grad, torch.inference_mode):
            with ctx():
                r = f(randn(2, 3, seed=i))
                log(r, [t.requires_grad for t in r], [t.is_inference() for t in r])


@side_by_side()
def test_modes_inside(compiled, log):
    m = nn.Linear(3, 3)

    @torch.no_grad()
    def f(x):
        return m(x)

    f = compiled(f)
    g = compiled(torch.no_grad()(lambda x: m(x) * 2))

    @torch.inference_mode()
    def h(x):
        return m(x) * 3

    h = compiled(h)
    for i in range(8):
        r = f(randn(2, 3, seed=i))
        q = g(randn(2, 3))
        z = h(randn(2, 3))
        log(r, r.requires_grad, q, q.requires_grad, z, z.is_inference(), torch.is_grad_enabled())


@side_by_side(replayed=False)
def test_set_grad_in_step(compiled, log):

    def f(x):
        torch.set_grad_enabled(not torch.is_grad_enabled())
        return x * 2

    f = compiled(f)
    for i in range(8):
        log(f(randn(3, seed=i)), torch.is_grad_enabled())
    torch.set_grad_enabled(True)


@side_by_side()
def test_default_dtype(compiled, log):
    f = compiled(lambda x: x * torch.ones(3) + torch.tensor(1.5))
    for i in range(20):
        torch.set_default_dtype(torch.float64 if i // 5 % 2 else torch.float32)
        log(f(torch.ones(3)))
    torch.set_default_dtype(torch.float32)


@side_by_side(replayed=False)
def test_set_default_in_step(compiled, log):

    def f(x):
        torch.set_default_dtype(torch.float64)
        y = x * torch.ones(3)
        torch.set_default_dtype(torch.float32)
        return y

    def g(x):
        torch.set_default_dtype(torch.float64)
        return x * 2

    f = compiled(f)
    g = compiled(g)
    for i in range(8):
        log(f(randn(3, seed=i)))
        log(g(torch.ones(3)), str(torch.get_default_dtype()))
        torch.set_default_dtype(torch.float32)


@side_by_side()
def test_anomaly(compiled, log):
    _m, _opt, step = training()
    f = compiled(step)
    for i in range(12):
        if i % 4 == 3:
            with torch.autograd.detect_anomaly(check_nan=True):
                log(f(randn(3, 3, seed=i)))
        else:
            log(f(randn(3, 3, seed=i)))


@side_by_side()
def test_savedhooks(compiled, log):
    _m, _opt, step = training()
    f = compiled(step)
    n = [0]

    def pack(t):
        n[0] += 1
        return t

    for i in range(12):
        if i % 4 == 3:
            with torch.autograd.graph.saved_tensors_hooks(pack, lambda t: t):
                log(f(randn(3, 3, seed=i)), n)
        else:
            log(f(randn(3, 3, seed=i)))


@side_by_side(replayed=False)
def test_savedhooks_inside(compiled, log):
    n = [0]

    def pack(t):
        n[0] += 1
        return t

    def f(x):
        with torch.autograd.graph.saved_tensors_hooks(pack, lambda t: t):
            y = (x * x).sum()
        y.backward()
        return y

    f = compiled(f)
    for i in range(8):
        log(f(randn(3, seed=i, grad=True)), n)


@side_by_side()
def test_seeds(compiled, log):

    def f(x):
        return x * torch.rand(3) + F.dropout(x, 0.5)

    f = compiled(f)

    def g(x):
        torch.manual_seed(3)
        return x * torch.rand(3)

    g = compiled(g)
    for i in range(12):
        if i % 5 == 4:
            torch.manual_seed(i)
        log(f(randn(3, seed=i)), g(randn(3, seed=i)))
        log(torch.get_rng_state())


@side_by_side()
def test_generators(compiled, log):
    g1 = torch.Generator().manual_seed(1)
    g2 = torch.Generator().manual_seed(2)
    f = compiled(lambda x, g: x * torch.rand(3, generator=g))
    h = compiled(lambda x: x * torch.rand(3, generator=g1) + torch.randn(3, generator=g2))
    for i in range(12):
        if i == 6:
            g1.manual_seed(9)
        log(f(randn(3, seed=i), g1 if i % 2 else g2), h(randn(3, seed=i)))
        log(g1.get_state(), g2.get_state())
