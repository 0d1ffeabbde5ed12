"""What a function looks at besides its arguments, changed between calls."""

import functools
import types

from minitorch import nn
from tests.capture.scenarios import randn, side_by_side

FACTOR = 1


def helper(x):
    return x * 2


cfg = types.ModuleType("cfg")
cfg.LR = 1.0
cfg.lst = [1]
cfg.sub = types.SimpleNamespace(a=types.SimpleNamespace(b=2.0))


class Conf:
    lr = 1.0

    class Inner:
        k = 1


class M1(nn.Module):
    scale = 1.0

    def __init__(self):
        super().__init__()
        self.l = nn.Linear(3, 3)
        self.k = 1.0
        self.conf = types.SimpleNamespace(a=types.SimpleNamespace(b=types.SimpleNamespace(c=1.0)))

    @property
    def prop(self):
        return self.k * 2

    @staticmethod
    def st(x):
        return x + 1

    @classmethod
    def cm(cls, x):
        return x * cls.scale

    def forward(self, x):
        return self.cm(self.st(self.l(x) * self.prop * self.scale + self.conf.a.b.c))


@side_by_side()
def test_closure_number(compiled, log):
    k = 1

    def f(x):
        return x * k

    f = compiled(f)
    for i in range(12):
        k = i // 4
        log(f(randn(3, seed=i)))


@side_by_side()
def test_closure_tensor(compiled, log):
    k = randn(3)

    def f(x):
        return x * k

    f = compiled(f)
    for i in range(12):
        if i % 4 == 3:
            k = randn(3, seed=i)
        log(f(randn(3, seed=i)))


@side_by_side()
def test_closure_list(compiled, log):
    k = [1, 2.0, randn(3)]

    def f(x):
        for v in k:
            x = x * v
        return x

    f = compiled(f)
    for i in range(18):
        if i == 4:
            k[0] = 3
        if i == 8:
            k.append(2)
        if i == 12:
            k[2] = randn(3, seed=7)
        if i == 15:
            k.insert(0, k.pop())
        log(f(randn(3, seed=i)))


@side_by_side()
def test_closure_dict(compiled, log):
    k = {"a": 1, "b": {"c": {"d": 2}}}

    def f(x):
        return x * k["a"] + k["b"]["c"]["d"]

    f = compiled(f)
    for i in range(20):
        if i == 4:
            k["a"] = 3
        if i == 8:
            k["b"]["c"]["d"] = 5
        if i == 12:
            k["b"] = {"c": {"d": 6}}
        if i == 16:
            del k["a"]
            k["a"] = 9
        log(f(randn(3, seed=i)))


@side_by_side()
def test_closure_missing(compiled, log):
    k = {"a": 1}

    def f(x):
        return x * k["a"]

    f = compiled(f)
    for i in range(12):
        if i == 4:
            del k["a"]
        if i == 8:
            k["a"] = 2
        try:
            log(f(randn(3, seed=i)))
        except KeyError as e:
            log(e)


@side_by_side()
def test_globals(compiled, log):
    global FACTOR, helper
    FACTOR = 1
    h = helper

    def f(x):
        return helper(x) * FACTOR

    f = compiled(f)
    for i in range(16):
        if i == 4:
            FACTOR = 2
        if i == 8:
            helper = lambda x: x * 3
        if i == 12:
            helper = h
        log(f(randn(3, seed=i)))


@side_by_side()
def test_module_attr(compiled, log):
    cfg.LR = 1.0
    cfg.sub.a.b = 2.0
    cfg.lst[0] = 1
    cfg.fn = lambda x: x * 2

    def f(x):
        return cfg.fn(x) * cfg.LR + cfg.sub.a.b + cfg.lst[0]

    f = compiled(f)
    for i in range(24):
        if i == 4:
            cfg.LR = 2.0
        if i == 8:
            cfg.sub.a.b = 5.0
        if i == 12:
            cfg.fn = lambda x: x * 9
        if i == 16:
            cfg.sub = types.SimpleNamespace(a=types.SimpleNamespace(b=3.0))
        if i == 20:
            cfg.lst[0] = 4
        log(f(randn(3, seed=i)))


@side_by_side()
def test_class_attr(compiled, log):
    Conf.lr = 1.0
    Conf.Inner.k = 1

    def f(x):
        return x * Conf.lr + Conf.Inner.k

    f = compiled(f)
    for i in range(12):
        if i == 4:
            Conf.lr = 2.0
        if i == 8:
            Conf.Inner.k = 2
        log(f(randn(3, seed=i)))


@side_by_side()
def test_instance_class_attr(compiled, log):
    Conf.lr = 1.0
    o = Conf()

    def f(x):
        return x * o.lr

    f = compiled(f)
    for i in range(16):
        if i == 4:
            Conf.lr = 2.0
        if i == 8:
            o.lr = 3.0
        if i == 12:
            del o.lr
        log(f(randn(3, seed=i)))


@side_by_side()
def test_module_attrs(compiled, log):
    M1.scale = 1.0
    m = M1()
    f = compiled(m)
    for i in range(28):
        if i == 4:
            m.k = 2.0
        if i == 8:
            M1.scale = 2.0
        if i == 12:
            m.conf.a.b.c = 2.0
        if i == 16:
            m.l = nn.Linear(3, 3)
        if i == 20:
            m.l.weight = nn.Parameter(randn(3, 3))
        if i == 24:
            m.scale = 7.0
        log(f(randn(2, 3, seed=i)))


@side_by_side()
def test_classmethod_in_class(compiled, log):

    class A:
        w = 2.0

        @classmethod
        def go(cls, x):
            return x * cls.w

        @staticmethod
        def sgo(x):
            return x * A.w

    f = compiled(A.go)
    g = compiled(A.sgo)
    for i in range(8):
        if i == 4:
            A.w = 3.0
        log(f(randn(3, seed=i)), g(randn(3, seed=i)))


@side_by_side()
def test_method_patched(compiled, log):

    class A:
        def __init__(self):
            self.k = 1

        def go(self, x):
            return self.h(x) * self.k

        def h(self, x):
            return x + 1

    a = A()
    f = compiled(a.go)
    for i in range(12):
        if i == 4:
            A.h = lambda s, x: x + 2
        if i == 8:
            a.h = lambda x: x + 3
        log(f(randn(3, seed=i)))


@side_by_side()
def test_func_defaults(compiled, log):

    def h(x, k=2, *, z=1):
        return x * k + z

    def f(x):
        return h(x)

    f = compiled(f)
    for i in range(12):
        if i == 4:
            h.__defaults__ = (3,)
        if i == 8:
            h.__kwdefaults__ = {"z": 5}
        log(f(randn(3, seed=i)))


@side_by_side()
def test_func_default_list(compiled, log):
    lst = [1.0]

    def h(x, k=lst):
        return x * k[0]

    f = compiled(h)
    for i in range(8):
        if i == 4:
            lst[0] = 2.0
        log(f(randn(3, seed=i)))


@side_by_side()
def test_partials(compiled, log):
    d = {"k": 1.0}

    def h(x, k, m):
        return x * k * m["k"]

    p = functools.partial(h, k=2.0, m=d)
    f = compiled(p)

    def g(x):
        return p(x)

    g = compiled(g)
    for i in range(12):
        if i == 4:
            d["k"] = 2.0
        if i == 8:
            p.keywords["k"] = 7.0
        log(f(randn(3, seed=i)), g(randn(3, seed=i)))


@side_by_side()
def test_lambdas_etc(compiled, log):
    ks = [1, 2]
    fs = [lambda x, k=k: x * k for k in range(3)]

    def gen(n):
        for i in range(n):
            yield (i * 1)

    def rec(x, n):
        return x if n == 0 else rec(x * 1.5, n - 1)

    def f(x):
        return (
            sum(g(x) for g in fs)
            + sum([x * k for k in ks])
            + sum(x * i for i in gen(3))
            + rec(x, 3)
            + max(k for k in ks)
        )

    f = compiled(f)
    for i in range(12):
        if i == 4:
            ks[1] = 7
        if i == 8:
            fs[0] = lambda x: x * 11
        log(f(randn(3, seed=i)))


@side_by_side()
def test_containers_however_deep(compiled, log):
    nested = [[[[[[1.0]]]]]]

    def f(x):
        (((((factor,),),),),) = nested[0]
        return x * factor[0] if isinstance(factor, list) else x * factor

    f = compiled(f)
    for i in range(8):
        if i == 4:
            nested[0][0][0][0][0][0] = 5.0
        log(f(randn(3, seed=i)))
