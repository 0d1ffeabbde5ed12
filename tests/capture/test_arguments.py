"""What may come as an argument, and what may go out as a result."""

import collections
import dataclasses

import minitorch as torch
from minitorch import nn
from tests.capture.scenarios import randn, side_by_side


@dataclasses.dataclass
class Batch:
    x: object
    n: int = 1


Pair = NT = collections.namedtuple("Pair", "a b")


@side_by_side()
def test_shapes(compiled, log):
    f = compiled(lambda x, y: (x * 2 + y).sum(0))
    for r in range(4):
        for s in ((3, 4), (2, 5), (3, 4, 2)):
            log(f(randn(*s, seed=r), randn(*s, seed=r + 9)))


@side_by_side()
def test_dtypes(compiled, log):
    f = compiled(lambda x: x * 2 + 1)
    for r in range(4):
        for d in ("f4", "f8", "i8", "i4", "bool"):
            log(
                f(
                    randn(3, 4, seed=r, dtype="f4").to(
                        {
                            "f4": torch.float32,
                            "f8": torch.float64,
                            "i8": torch.int64,
                            "i4": torch.int32,
                            "bool": torch.bool,
                        }[d]
                    )
                )
            )


@side_by_side()
def test_strides(compiled, log):
    f = compiled(lambda x: (x * 2).reshape(-1).cumsum(0))
    for r in range(4):
        x = randn(4, 4, seed=r)
        log(f(x), f(x.t()), f(x[::2]), f(x.expand(2, 4, 4)), f(x[:0]), f(x.flip(0)))


@side_by_side()
def test_reqgrad(compiled, log):

    def f(x):
        return (x * x).sum()

    f = compiled(f)
    for r in range(6):
        x = randn(3, seed=r)
        log(f(x))
        x = randn(3, seed=r, grad=True)
        y = f(x)
        y.backward()
        log(y, x, x.grad)
        with torch.no_grad():
            log(f(x))
        x = randn(3, seed=r, grad=True)
        y = f(x * 1)
        y.backward()
        log(y, x, x.grad)


@side_by_side()
def test_nested(compiled, log):
    f = compiled(lambda d: d["a"][0] + d["a"][1]["z"] * d["k"])
    for r in range(6):
        log(f({"a": [randn(3, seed=r), {"z": randn(3, seed=r + 1)}], "k": r % 2}))
        log(f({"k": r % 2, "a": [randn(3, seed=r), {"z": randn(3, seed=r + 1)}]}))


@side_by_side()
def test_dataclass_arg(compiled, log):
    f = compiled(lambda b: b.x * b.n)
    for r in range(8):
        log(f(Batch(randn(3, seed=r), r % 2)))


@side_by_side()
def test_dataclass_same(compiled, log):
    f = compiled(lambda b: b.x * b.n)
    b = Batch(randn(3))
    for r in range(10):
        b.n = r % 3
        b.x = randn(3, seed=r)
        log(f(b))


@side_by_side()
def test_dataclass_same2(compiled, log):
    f = compiled(lambda b: b.x * b.n)
    b = Batch(randn(3))
    for r in range(10):
        b.n = r // 5
        log(f(b))


@side_by_side()
def test_namedtuple_arg(compiled, log):

    def f(t):
        return NT(t.a + t.b, t.a)

    f = compiled(f)
    for r in range(6):
        log(f(NT(randn(3, seed=r), randn(3, seed=r + 1))))


@side_by_side()
def test_returns_namedtuple(compiled, log):

    def f(a, b):
        return NT(a + b, a * b)

    f = compiled(f)
    for r in range(6):
        log(f(randn(3, seed=r), randn(3, seed=r + 1)))


@side_by_side(replayed=False)
def test_returns_object(compiled, log):

    def f(a):
        return Batch(a * 2, 1)

    f = compiled(f)
    for r in range(6):
        log(f(randn(3, seed=r)).x)


@side_by_side()
def test_returns_same_list(compiled, log):
    k = [1, 2]

    def f(a):
        return [a * 2, k, a]

    f = compiled(f)
    for r in range(6):
        x = randn(3, seed=r)
        o = f(x)
        log(o)
        assert o[2] is x
        o[0].add_(1)


@side_by_side()
def test_same_twice(compiled, log):

    def f(a, b):
        a.add_(1)
        return a * b

    f = compiled(f)
    for r in range(6):
        x = randn(3, seed=r)
        y = randn(3, seed=r + 5)
        log(f(x, y), x, y)
        x = randn(3, seed=r)
        log(f(x, x), x)


@side_by_side()
def test_alias_views(compiled, log):

    def f(a, b):
        a.add_(1)
        return a * b

    f = compiled(f)
    for r in range(6):
        x = randn(4, seed=r)
        log(f(x[:3], x[1:]), x)
        x = randn(4, seed=r)
        y = randn(4, seed=r + 3)
        log(f(x[:3], y[1:]), x, y)
        x = randn(4, seed=r)
        log(f(x[:3], x[:3]), x)
        x = randn(4, seed=r)
        log(f(x, x.detach()), x)
        x = randn(4, seed=r)
        log(f(x, x.view(4)), x)


@side_by_side(replayed=False)
def test_param_as_arg(compiled, log):
    m = nn.Linear(3, 3)

    def f(p, x):
        return (m(x) * p).sum()

    f = compiled(f)
    for r in range(4):
        for p in (m.weight, m.weight.detach(), m.weight.data, m.weight[0], randn(3, 3), m.bias):
            m.zero_grad()
            x = randn(3, 3, seed=r)
            y = f(p, x)
            y.backward()
            log(y, m.weight, m.bias)


@side_by_side()
def test_written_arg(compiled, log):

    def f(x, y):
        x[0] = y.sum()
        x.mul_(2)
        y[:] = x
        return x.sum()

    f = compiled(f)
    for r in range(6):
        x = randn(3, seed=r)
        y = randn(3, seed=r + 1)
        log(f(x, y), x, y)


@side_by_side(replayed=False)
def test_returns_arg_and_view(compiled, log):

    def f(x):
        return (x, x[1:], x.view(3, 1))

    f = compiled(f)
    for r in range(6):
        x = randn(3, seed=r)
        a, b, d = f(x)
        b.add_(1)
        assert a is x
        log(x, a, b, d)


@side_by_side(replayed=False)
def test_returns_arg_view_grad(compiled, log):

    def f(x):
        return x[1:]

    f = compiled(f)
    for r in range(6):
        x = randn(3, seed=r, grad=True)
        y = x * 1
        b = f(y)
        b.mul_(2)
        y.sum().backward()
        log(x, y, b)


@side_by_side()
def test_returns_outside_list(compiled, log):
    kept = [randn(3)]
    f = compiled(lambda x: (x * 2, kept))
    for i in range(6):
        y, k = f(randn(3, seed=i))
        assert k is kept
        log(y, k)


@side_by_side(replayed=False)
def test_returns_argument_dict(compiled, log):
    f = compiled(lambda d: d)
    for i in range(6):
        d = {"x": randn(3, seed=i)}
        assert f(d) is d
        log(d)


@side_by_side(replayed=False)
def test_returns_param(compiled, log):
    w = randn(3, grad=True)

    def f(x):
        return (w, w * x, w.detach(), w[0])

    f = compiled(f)
    for r in range(6):
        a, b, d, e = f(randn(3, seed=r))
        assert a is w
        with torch.no_grad():
            w.add_(1)
        log(a, b, d, e, e.requires_grad)


@side_by_side(replayed=False)
def test_returns_detach_param_alias(compiled, log):
    w = randn(3, grad=True)

    def f(x):
        return w.detach()

    f = compiled(f)
    for _r in range(6):
        d = f(1)
        d.add_(1)
        log(w, d)
