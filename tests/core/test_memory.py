"""Graphs are freed by reference counts alone, at any size; memory stays flat. The slow tests are here."""

import gc
import sys
import threading
import tracemalloc
import weakref

import numpy as np
import pytest

import minitorch as torch
from minitorch import nn, optim
from minitorch.core.graph import Node


@pytest.fixture(autouse=True)
def without_collector():
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def watched(t):
    """A weak reference to the array, to see when it is freed."""
    return weakref.ref(t.array)


def x_and(f):
    x = torch.randn(4, 4, requires_grad=True)
    return x, f(x)


def in_place_on_a_view(x):
    y = x * 2
    y[0].mul_(3)
    y[1:].t().add_(1)
    return y.exp()


def with_hooks(x):
    y = x.exp()
    seen = []
    y.register_hook(lambda g: seen.append(g.shape))
    y.retain_grad()
    y.grad_fn.register_hook(lambda ins, outs: seen.append(len(ins)))
    x.register_hook(lambda g: g)
    return y * y


def second_order(x):
    (g,) = torch.autograd.grad((x**3).sum(), x, create_graph=True)
    return g * g.exp()


def fused(x):
    loss = nn.functional.cross_entropy(x, torch.arange(4))
    (g,) = torch.autograd.grad(loss, x, create_graph=True)
    return g * loss


GRAPHS = {
    "pointwise": lambda x: (x.exp() * x.sin()).tanh(),
    "matmul": lambda x: (x @ x).softmax(1) @ x,
    "views": lambda x: x.exp().t()[1:].reshape(-1),
    "several results": lambda x: sum(part.exp() for part in (x * 1).split(1)) * x.max(0)[0],
    "list of inputs": lambda x: torch.cat([x.exp(), x.sin()]).sum(0) + torch.stack([x, x]).sum(0),
    "in place": lambda x: x.exp().clone().mul_(x).add_(1).exp_(),
    "in place on a view": in_place_on_a_view,
    "setitem": lambda x: (lambda y: (y.__setitem__(0, x[1]), y.__setitem__(y > 1, 0.0), y.exp())[2])(x * 1),
    "hooks": with_hooks,
    "create_graph": second_order,
    "fused": fused,
}


def garbage():
    """Our objects that only the collector can free."""
    gc.set_debug(gc.DEBUG_SAVEALL)
    gc.collect()
    gc.set_debug(0)
    found = [type(o).__name__ for o in gc.garbage if isinstance(o, (torch.Tensor, Node, np.ndarray))]
    gc.garbage.clear()
    return found


def test_the_detector_finds_a_cycle():
    x = torch.ones(2, requires_grad=True)
    x.cycle = (x * 2).exp()
    del x
    assert "Tensor" in garbage()


@pytest.mark.parametrize("name", GRAPHS)
def test_a_graph_is_freed_when_its_end_is(name):
    x, y = x_and(GRAPHS[name])
    saved = [watched(y)]
    nodes = all_nodes(y)
    del y
    assert all(reference() is None for reference in saved)
    assert not any(reference() is not None for reference in nodes)
    assert not garbage()
    del x


@pytest.mark.parametrize("name", GRAPHS)
def test_a_graph_is_freed_after_backward(name):
    x, y = x_and(GRAPHS[name])
    y.sum().backward()
    nodes = all_nodes(y)
    freed = watched(x)
    del y, x
    assert not any(reference() is not None for reference in nodes)
    assert freed() is None
    assert not garbage()


def all_nodes(t):
    """Weak references to every node below a tensor."""
    found, stack = {}, [t.grad_fn]
    while stack:
        node = stack.pop()
        if node is not None and id(node) not in found:
            found[id(node)] = weakref.ref(node)
            stack += [below for below, _ in node.next_functions]
            if type(node).__name__ == "AccumulateGrad":
                del found[id(node)]  # owned by no graph alone
    return list(found.values())


def test_saved_values_are_freed_by_a_backward():
    x = torch.randn(4, requires_grad=True)
    a = x.exp()
    y = (a * a).sum()
    held = watched(a)
    del a
    assert held() is not None
    y.backward()
    assert held() is None
    assert y.grad_fn is not None


def test_saved_values_are_kept_by_retain_graph():
    x = torch.randn(4, requires_grad=True)
    a = x.exp()
    y = (a * a).sum()
    held = watched(a)
    del a
    y.backward(retain_graph=True)
    assert held() is not None


def test_nothing_is_saved_that_no_rule_names():
    x = torch.randn(4, requires_grad=True)
    a = x * 2
    y = (a + 1).sum() + a.reshape(2, 2).t().sum()
    held = watched(a)
    del a
    assert held() is None
    y.backward()


def test_nothing_is_recorded_under_no_grad():
    x = torch.randn(4, requires_grad=True)
    with torch.no_grad():
        y = x.exp() * x
    assert y.grad_fn is None


def test_a_detached_result_frees_the_graph_above_it():
    x = torch.randn(4, requires_grad=True)
    y = x.exp()
    node = weakref.ref(y.grad_fn)
    z = y.detach()
    del y
    assert node() is None
    assert not z.requires_grad


def test_a_leafs_sink_is_gone_with_the_graphs_that_used_it():
    x = torch.randn(4, requires_grad=True)
    y = x * 2
    sink = weakref.ref(y.grad_fn.next_functions[0][0])
    assert (x * 3).grad_fn.next_functions[0][0] is sink()
    del y
    assert sink() is None


def test_a_failed_backward_leaves_nothing_behind():
    x = torch.randn(4, requires_grad=True)
    y = x.exp()

    def broken(g):
        raise ValueError("broken hook")

    y.register_hook(broken)
    nodes = all_nodes(y)
    with pytest.raises(ValueError, match="broken hook"):
        (y * y).sum().backward()
    del y, broken
    sys.exc_info()
    assert not any(reference() is not None for reference in nodes)
    assert torch.is_grad_enabled()


CHAIN = 1_000_000


def test_a_chain_of_a_million_operations():
    """Forward, backward and freeing: no recursion anywhere."""
    x = torch.tensor(1.0, requires_grad=True)
    y = x
    for _ in range(CHAIN):
        y = y + 1.0
    last = weakref.ref(y.grad_fn)
    y.backward()
    assert y.item() > CHAIN * 0.9
    assert x.grad.item() == 1.0
    del y
    assert last() is None


def test_a_long_chain_that_saves_is_freed_without_backward():
    x = torch.tensor(1.0, requires_grad=True)
    y = x
    for _ in range(100_000):
        y = y * 1.0
    held = watched(y)
    del y
    assert held() is None


def test_a_long_chain_of_in_place_writes_and_views():
    x = torch.ones(2, requires_grad=True)
    y = x * 1
    for _ in range(20_000):
        y[0].add_(1.0)
    y.sum().backward()
    assert x.grad.tolist() == [1.0, 1.0]
    last = weakref.ref(y.grad_fn)
    del y
    assert last() is None


def test_a_long_chain_differentiates_twice():
    x = torch.tensor(1.0, dtype=torch.float64, requires_grad=True)
    y = x * x
    for _ in range(20_000):
        y = y * 1.0
    (g,) = torch.autograd.grad(y, x, create_graph=True)
    (h,) = torch.autograd.grad(g, x)
    assert (g.item(), h.item()) == (2.0, 2.0)


def test_training_leaves_memory_flat():
    """10,000 steps with the collector off: no more memory and no more objects at the end than after the first steps."""
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(4, 8), nn.Tanh(), nn.Linear(8, 2))
    optimizer = optim.Adam(model.parameters(), lr=0.01)
    x, target = torch.randn(8, 4), torch.arange(8) % 2

    def train(steps):
        for _ in range(steps):
            optimizer.zero_grad()
            loss = nn.functional.cross_entropy(model(x), target)
            loss.backward()
            optimizer.step()

    train(50)
    tracemalloc.start()
    try:
        train(200)
        before = tracemalloc.get_traced_memory()[0], len(gc.get_objects())
        train(200)
        after = tracemalloc.get_traced_memory()[0], len(gc.get_objects())
    finally:
        tracemalloc.stop()
    assert after[0] - before[0] < 2_000
    assert after[1] - before[1] < 20
    objects = len(gc.get_objects())
    train(9_550)
    assert len(gc.get_objects()) - objects < 20


def test_threads_add_into_one_leaf_exactly():
    """Four threads, each with graphs of its own on a shared leaf: no contribution is lost or added twice."""
    x = torch.zeros(1000, dtype=torch.float64, requires_grad=True)
    n_threads, n_steps = 4, 50
    errors = []

    def work(k):
        try:
            for _ in range(n_steps):
                (x * float(k + 1)).sum().backward()
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=work, args=(k,)) for k in range(n_threads)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors
    assert np.all(x.grad.array == n_steps * (1 + 2 + 3 + 4))


def test_threads_have_their_own_grad_mode():
    seen = []
    with torch.no_grad():
        thread = threading.Thread(target=lambda: seen.append(torch.is_grad_enabled()))
        thread.start()
        thread.join()
    assert seen == [True]
