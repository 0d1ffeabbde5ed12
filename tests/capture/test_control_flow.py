"""Ways that depend on values, and what goes wrong on the way."""

import dataclasses

import minitorch as torch
from minitorch import nn
from tests.capture.scenarios import randn, side_by_side, training


@side_by_side()
def test_forks(compiled, log):

    def f(x):
        n = 0
        while x.sum() < 10:
            x = x + 1
            n += 1
            if n > 50:
                break
        if x[0] > 3:
            if x[1] > 3:
                return x * 2
            x = x.clone()
            x.mul_(3)
        elif x[1] > 5:
            return x - 1
        return x + n

    f = compiled(f)
    for i in range(60):
        log(f(randn(3, seed=i)))


@side_by_side()
def test_forks_opt(compiled, log):
    m, opt, _ = training()

    def step(x):
        opt.zero_grad()
        loss = m(x).square().mean()
        if loss > 0.3:
            loss = loss * 2
        loss.backward()
        if m[0].weight.grad.abs().sum() > 0.5:
            m[0].weight.grad.mul_(0.5)
        opt.step()
        if m[0].weight.sum() > 0:
            return loss
        r = torch.rand(1)
        if r > 0.5:
            return loss + r
        with torch.no_grad():
            m[2].weight.mul_(0.99)
        return loss - r

    f = compiled(step)
    for i in range(60):
        log(f(randn(3, 3, seed=i)), *m.parameters())
        log(torch.get_rng_state())


@side_by_side()
def test_forks_inplace(compiled, log):
    w = torch.zeros(3)

    def f(x):
        w.add_(x)
        if w.sum() > 1:
            w.zero_()
            return w * 1
        x.mul_(2)
        if x.sum() < 0:
            w.sub_(1)
        return w + x

    f = compiled(f)
    for i in range(60):
        x = randn(3, seed=i)
        log(f(x), w, x)


@side_by_side()
def test_raising(compiled, log):
    m, opt, _ = training()

    def f(x):
        opt.zero_grad()
        loss = m(x).square().mean()
        loss.backward()
        if not torch.isfinite(loss):
            raise FloatingPointError("bad")
        opt.step()
        return loss

    f = compiled(f)
    for i in range(24):
        x = randn(3, 3, seed=i)
        if i in (0, 1, 7, 8, 9, 15):
            x[0, 0] = float("nan")
        try:
            log(f(x), *m.parameters())
        except FloatingPointError as e:
            log(e, *m.parameters())


@side_by_side()
def test_raising_py(compiled, log):
    m, opt, _ = training()
    fail = [False]

    def f(x):
        opt.zero_grad()
        loss = m(x).square().mean()
        loss.backward()
        if fail[0]:
            raise KeyboardInterrupt("bad")
        opt.step()
        return loss

    f = compiled(f)
    for i in range(24):
        fail[0] = i in (0, 1, 7, 8, 9, 15)
        try:
            log(f(randn(3, 3, seed=i)), *m.parameters())
        except KeyboardInterrupt as e:
            log(e, *m.parameters())


@side_by_side()
def test_shape_error(compiled, log):
    m = nn.Linear(3, 3)
    f = compiled(m)
    for i in range(14):
        try:
            log(f(randn(2, 3 if i % 3 else 4, seed=i)))
        except RuntimeError as e:
            log(e)


@side_by_side()
def test_try_inside(compiled, log):

    def f(x, y):
        try:
            return x + y
        except RuntimeError:
            return x * 2

    f = compiled(f)
    for i in range(14):
        log(f(randn(3, seed=i), randn(3 if i % 2 else 4)))


@side_by_side()
def test_assertions(compiled, log):

    def f(x):
        assert x.sum() > -2, "too small"
        return x * 2

    f = compiled(f)
    for i in range(40):
        try:
            log(f(randn(3, seed=i)))
        except AssertionError as e:
            log(e)


@side_by_side()
def test_local_objects(compiled, log):

    class Acc:
        def __init__(self):
            self.t = 0
            self.n = 0
            self.l = []

        def add(self, x):
            self.t = self.t + x
            self.n += 1
            self.l.append(x)
            return self

    def f(x):
        a = Acc()
        for i in range(3):
            a.add(x * i)
        outs = []
        d = {}

        def go(v):
            outs.append(v * 2)
            d[len(outs)] = v

        go(x)
        go(x + 1)
        n = 0

        def inc():
            nonlocal n
            n += 1

        inc()
        inc()
        return a.t / a.n + torch.stack(outs).sum(0) * len(d) * n + sum(a.l)

    f = compiled(f)
    for i in range(8):
        log(f(randn(3, seed=i)))


@side_by_side()
def test_local_dataclass(compiled, log):

    @dataclasses.dataclass
    class S:
        h: object
        k: object

    def cell(x, s):
        s.h = s.h + x
        s.k = s.k * 0.5 + x
        return s

    def f(x):
        s = S(torch.zeros(3), torch.zeros(3))
        for i in range(4):
            s = cell(x * i, s)
        return (s.h, s.k)

    f = compiled(f)
    for i in range(8):
        log(f(randn(3, seed=i)))
