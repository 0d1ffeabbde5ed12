"""The ways in which Python finds a value: through objects, classes, modules, containers, by name."""

import collections
import enum
import functools
import os
import types

import numpy as np

from minitorch import nn
from tests.capture.scenarios import randn, side_by_side

N = types.SimpleNamespace
K = 1
cfg = types.ModuleType("cfg")
cfg.LR = 1.0


def nest(n):
    o = N(v=1.0)
    for _ in range(n):
        o = N(n=o)
    return o


@side_by_side()
def test_deep_local_chain(compiled, log):
    root = nest(7)

    def f(x):
        o = root.n.n
        p = o.n.n.n
        return x * p.n.n.v

    f = compiled(f)
    for i in range(12):
        if i == 5:
            root.n.n.n.n.n.n.n.v = 2.0
        if i == 9:
            root.n.n.n = nest(4)
            root.n.n.n.n.n.n.n.v = 7.0
        log(f(randn(3, seed=i)))


@side_by_side()
def test_type_self(compiled, log):

    class A:
        k = 1

        def f(self, x):
            return x * type(self).k + self.__class__.k

    a = A()
    f = compiled(a.f)
    for i in range(8):
        if i == 4:
            A.k = 3
        log(f(randn(3, seed=i)))


@side_by_side()
def test_getattr_call(compiled, log):

    class A:
        k = 1

        def f(self, x):
            return x * self.k

    a = A()
    f = compiled(a.f)
    for i in range(12):
        if i == 4:
            A.k = 3
        if i == 8:
            a.k = 5
        log(f(randn(3, seed=i)))


@side_by_side()
def test_getattr_module(compiled, log):
    cfg.LR = 1.0
    f = compiled(lambda x: x * cfg.LR * cfg.__dict__["LR"] * vars(cfg)["LR"])
    for i in range(8):
        if i == 4:
            cfg.LR = 3
        log(f(randn(3, seed=i)))


@side_by_side()
def test_globals_call(compiled, log):
    global K
    K = 1
    f = compiled(lambda x: x * globals()["K"])
    for i in range(8):
        if i == 4:
            K = 3
        log(f(randn(3, seed=i)))


@side_by_side()
def test_wide_dict(compiled, log):
    d = {f"k{i}": float(i) for i in range(200)}
    od = collections.OrderedDict(a=1.0)
    s = {1, 2}
    l = list(range(300))
    dq = collections.deque([1.0, 2.0])

    def f(x):
        for k in ("k3", "k7"):
            x = x * d[k]
        return x * od["a"] * sum(s) * l[250] * dq[0]

    f = compiled(f)
    for i in range(24):
        if i == 4:
            d["k7"] = 2.0
        if i == 8:
            od["a"] = 5.0
        if i == 12:
            s.remove(2)
            s.add(3)
        if i == 16:
            l[250] = 9
        if i == 20:
            dq[0] = 4.0
        log(f(randn(3, seed=i)))


@side_by_side()
def test_slots_enum(compiled, log):

    class S:
        __slots__ = ("a",)

    class E(enum.Enum):
        A = 1
        B = 2

    o = S()
    o.a = E.A
    f = compiled(lambda x: x * o.a.value if o.a is E.A else x * 5)
    for i in range(8):
        if i == 4:
            o.a = E.B
        log(f(randn(3, seed=i)))


@side_by_side()
def test_environ(compiled, log):
    os.environ["ZZ"] = "1"
    f = compiled(lambda x: x * float(os.environ["ZZ"]))
    for i in range(8):
        if i == 4:
            os.environ["ZZ"] = "3"
        log(f(randn(3, seed=i)))
    del os.environ["ZZ"]


@side_by_side()
def test_dispatch_table(compiled, log):

    class A:
        def a(self, x):
            return x * 2

        def b(self, x):
            return x * 3

        def __init__(self):
            self.t = {"m": self.a}
            self.w = "m"

        def f(self, x):
            return self.t[self.w](x)

    a = A()
    f = compiled(a.f)
    for i in range(12):
        if i == 4:
            a.t["m"] = a.b
        if i == 8:
            A.b = lambda self, x: x * 9
            a.t["m"] = a.b
        log(f(randn(3, seed=i)))


@side_by_side()
def test_method_replaced_in_table(compiled, log):

    class A:
        def b(self, x):
            return self.h(x) * 3

        def h(self, x):
            return x

    class B(A):
        def b(self, x):
            return super().b(x) + 1

    a = B()
    f = compiled(a.b)
    for i in range(16):
        if i == 4:
            A.h = lambda self, x: x * 9
        if i == 8:
            A.b = lambda self, x: x * 7
        if i == 12:
            B.h = lambda self, x: x * 2
        log(f(randn(3, seed=i)))


@side_by_side()
def test_np_scalars(compiled, log):
    k = np.float32(2)
    o = N(k=np.float64(3), i=np.int64(1))

    def f(x):
        return x * k * o.k + x[o.i]

    f = compiled(f)
    for i in range(12):
        if i == 4:
            k = np.float32(4)
        if i == 8:
            o.k = np.float64(7)
            o.i = np.int64(0)
        log(f(randn(3, seed=i)))


@side_by_side()
def test_forward_swapped(compiled, log):

    class M(nn.Module):
        def forward(self, x):
            return x * 2

    m = M()
    f = compiled(m)
    for i in range(12):
        if i == 4:
            m.forward = lambda x: x * 3
        if i == 8:
            del m.forward
            M.forward = lambda self, x: x * 5
        log(f(randn(3, seed=i)))


@side_by_side()
def test_instance_class_swapped(compiled, log):

    class A:
        k = 1
        f = lambda self, x: x * self.k

    class B:
        k = 2
        f = lambda self, x: x * self.k * 3

    a = A()
    f = compiled(lambda x: a.f(x))
    for i in range(8):
        if i == 4:
            a.__class__ = B
        log(f(randn(3, seed=i)))


@side_by_side()
def test_lru(compiled, log):
    n = [2]

    @functools.lru_cache
    def k(a):
        return a * n[0]

    f = compiled(lambda x: x * k(3))
    for i in range(8):
        if i == 5:
            n[0] = 5
            k.cache_clear()
        log(f(randn(3, seed=i)))


@side_by_side()
def test_zip_iter_list(compiled, log):
    ps = [randn(3, seed=i) for i in range(3)]
    ws = [1.0, 2.0, 3.0]

    def f(x):
        for p, w in zip(ps, ws):
            x = x + p * w
        return x

    f = compiled(f)
    for i in range(16):
        if i == 4:
            ps[0] = randn(3, seed=9)
        if i == 8:
            ws.pop()
        if i == 12:
            ps[1].mul_(2)
        log(f(randn(3, seed=i)))
