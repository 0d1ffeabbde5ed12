"""Memory of a backward pass: what a deep MLP holds at its peak, against PyTorch; and that it is freed on the way."""

import gc
import tracemalloc
import weakref

import pytest

import minitorch

torch = pytest.importorskip("torch", reason="PyTorch is the oracle: pip install minitorch[oracle]")

DEPTH, WIDTH, BATCH = 20, 64, 512


def mlp(T):
    layers = [layer for _ in range(DEPTH) for layer in (T.nn.Linear(WIDTH, WIDTH), T.nn.ReLU())]
    return T.nn.Sequential(*layers, T.nn.Linear(WIDTH, 10)), T.randn(BATCH, WIDTH), T.randint(0, 10, (BATCH,))


def our_peak(step, clear):
    step().backward()
    clear()
    gc.collect()
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        loss = step()
        tracemalloc.reset_peak()
        loss.backward()
        return tracemalloc.get_traced_memory()[1] - before
    finally:
        tracemalloc.stop()


def their_peak(step, clear):
    step().backward()
    clear()
    with torch.profiler.profile(activities=[torch.profiler.ProfilerActivity.CPU], profile_memory=True) as profile:
        loss = step()
        with torch.profiler.record_function("backward"):
            loss.backward()
    events = sorted(profile.profiler.kineto_results.events(), key=lambda e: e.start_ns())
    (begin,) = (e.start_ns() for e in events if e.name() == "backward")
    held = peak = 0
    for event in events:
        if event.name() == "[memory]":
            held += event.nbytes()
            peak = max(peak, held) if event.start_ns() >= begin else peak
    return peak


def test_the_peak_of_a_backward_is_pytorchs():
    def measured(T, peak):
        net, x, y = mlp(T)
        return peak(lambda: T.nn.functional.cross_entropy(net(x), y), net.zero_grad)

    theirs, ours = measured(torch, their_peak), measured(minitorch, our_peak)
    assert theirs > DEPTH * WIDTH * BATCH * 4  # the profiler saw the activations
    assert ours <= 1.2 * theirs, f"{ours / 1e6:.2f} MB, PyTorch {theirs / 1e6:.2f} MB"


@pytest.mark.parametrize("create_graph", [False, True])
def test_values_and_gradients_are_freed_as_the_pass_goes(create_graph):
    x = minitorch.ones(4, requires_grad=True)
    values, gradients, seen = [], [], []

    def look(g):
        seen.append([sum(r() is not None for r in refs) for refs in (values, gradients)])

    h = x * 1
    h.register_hook(look)
    for _ in range(10):
        h = h.exp()
        h.register_hook(lambda g: gradients.append(weakref.ref(g.array)))
        values.append(weakref.ref(h.array))
    loss = h.sum()
    del h
    assert all(r() is not None for r in values)
    if create_graph:
        minitorch.autograd.grad(loss, x, create_graph=True)
        assert seen[0][0] == 10  # the graph is kept
    else:
        loss.backward()
        assert seen == [[0, 0]]
        assert all(r() is None for r in values)
