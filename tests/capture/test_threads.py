"""Several threads, memory over many calls, and memory given back."""

import gc
import linecache
import sys
import threading
import types
import weakref

import pytest

import minitorch as torch
from tests.capture.scenarios import mlp, randn, side_by_side, training, visible


@side_by_side()
def test_threads(compiled, log):
    m = mlp()
    f = compiled(m)
    res = [None] * 6

    def work(k):
        out = []
        for i in range(30):
            a = randn(5, 3, seed=i + k, grad=True)
            y = f(a)
            (g,) = torch.autograd.grad(y.sum(), a)
            out.append((visible(y), visible(g)))
        res[k] = out

    ts = [threading.Thread(target=work, args=(k,)) for k in range(6)]
    [t.start() for t in ts]
    [t.join() for t in ts]
    log(res)
    for i in range(4):
        log(f(randn(5, 3, seed=i)))


@side_by_side()
def test_threads_record_while_eager(compiled, log):
    m = mlp()
    stop = []
    res = []

    def eager():
        n = mlp2
        while not stop:
            a = randn(5, 3, seed=3, grad=True)
            y = n(a).square().sum()
            y.backward()
            res.append(visible(a.grad))

    torch.manual_seed(1)
    mlp2 = mlp()
    t = threading.Thread(target=eager)
    t.start()
    for k in range(6):
        w = randn(3, seed=k)
        f = compiled(lambda x, w=w: (x * w).sum() + m(x).sum())
        for i in range(6):
            x = randn(2, 3, seed=i, grad=True)
            y = f(x)
            y.backward()
            log(y, x)
    stop.append(1)
    t.join()
    log(set(res) and len(set(res)))


def _forked(x):
    return x * 2 if x.sum() > 0 else x * 3


def test_memory_is_flat_over_many_calls():
    model, _, step = training()
    f, g, h = torch.compile(step), torch.compile(model), torch.compile(_forked)
    xs = [randn(5, 3, seed=i) for i in range(4)]

    def work(calls):
        for i in range(calls):
            f(xs[i % 4])
            g(xs[i % 4]).sum().backward()
            h(xs[i % 4])
        gc.collect()

    work(100)
    before = sys.getallocatedblocks()
    work(600)
    assert sys.getallocatedblocks() - before < 300
    assert f.reason is g.reason is h.reason is None


def test_recordings_that_come_to_nothing_are_not_kept():
    f = torch.compile(lambda o: o.x * 2)
    objects = [types.SimpleNamespace(x=randn(3)) for _ in range(50)]
    with pytest.warns(UserWarning, match="all the time"):
        list(map(f, objects))
    assert not f._waiting
    assert "pass tensors" in f.reason


def test_a_dropped_function_frees_its_buffers_and_its_text():
    def texts():
        return [name for name in linecache.cache if name.startswith("<minitorch.compile")]

    def use():
        model, _, step = training()
        f, g = torch.compile(step), torch.compile(model)
        for i in range(8):
            f(randn(5, 3, seed=i))
            g(randn(5, 3, seed=i)).sum().backward()
        assert len(texts()) > before
        return [weakref.ref(x) for x in (f, g, f._programs[0], model[0].weight)]

    gc.collect()
    before = len(texts())
    left = use()
    gc.collect()
    assert [r() for r in left] == [None] * 4
    assert len(texts()) == before
