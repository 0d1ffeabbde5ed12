"""Threads: backward passes over shared leaves add up exactly, and the modes are each thread's own.

``python -m tests.autograd.test_threads`` runs the full stress: 8 threads, 1,000 backward passes each.
"""

import sys
import threading
import time
import warnings

import numpy as np

import minitorch as torch


def run(n, work):
    """``work(k)`` in n threads at once; the errors they raised."""
    errors, start = [], threading.Barrier(n)

    def guarded(k):
        try:
            start.wait()
            work(k)
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=guarded, args=(k,)) for k in range(n)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return errors


def stress(n_threads, n_passes):
    """Whole-number gradients into three shared leaves, from graphs of each thread's own and from one shared graph."""
    w = torch.arange(12.0, dtype=torch.float64).reshape(3, 4).requires_grad_()
    b = torch.zeros(4, dtype=torch.float64, requires_grad=True)
    c = torch.ones(4, dtype=torch.float64, requires_grad=True)
    shared = c * 2
    shared.retain_grad()
    x = torch.ones(2, 3, dtype=torch.float64)

    def work(k):
        for step in range(n_passes):
            ((x @ w + b) * float(k + 1)).sum().backward()
            (shared * float(step % 3)).sum().backward(retain_graph=True)
            (g,) = torch.autograd.grad((b * b.detach()).sum(), b)
            assert not g.array.any()

    errors = run(n_threads, work)
    assert not errors, errors
    weight = sum(range(1, n_threads + 1)) * n_passes
    steps = n_threads * sum(step % 3 for step in range(n_passes))
    assert np.all(w.grad.array == 2 * weight)
    assert np.all(b.grad.array == 2 * weight)
    assert np.all(c.grad.array == 2 * steps)
    assert np.all(shared.grad.array == steps)


def test_sums_are_exact():
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        stress(8, 25)
    finally:
        sys.setswitchinterval(before)


def test_modes_are_each_threads_own():
    """Grad mode, anomaly mode and saved-tensor hooks, changed in all threads while the others run."""
    seen = {}

    def work(k):
        for _ in range(20):
            packed = []
            x = torch.full((3,), float(k + 1), requires_grad=True)
            anomaly = torch.autograd.set_detect_anomaly(k % 2 == 0, check_nan=k % 4 == 0)
            hooks = torch.autograd.graph.saved_tensors_hooks(
                lambda t, packed=packed: packed.append(t) or t, lambda t: t
            )
            with anomaly, hooks, torch.set_grad_enabled(k % 3 != 0):
                y = (x * x).sum()
                modes = torch.is_anomaly_enabled(), torch.is_anomaly_check_nan_enabled(), torch.is_grad_enabled()
            assert modes == (k % 2 == 0, k % 4 == 0, k % 3 != 0)
            assert y.requires_grad == (k % 3 != 0)
            assert len(packed) == (2 if k % 3 else 0)
            assert all(t is x for t in packed)
            if y.requires_grad:
                y.backward()
                assert x.grad.tolist() == [2.0 * (k + 1)] * 3
                assert ("traceback_" in y.grad_fn.metadata) == (k % 2 == 0)
            assert not torch.is_anomaly_enabled()
        seen[k] = True

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert run(6, work) == []
    assert len(seen) == 6


def test_a_thread_starts_with_the_default_modes():
    with torch.autograd.set_detect_anomaly(True), torch.autograd.graph.save_on_cpu():
        found = []
        assert run(1, lambda k: found.append((torch.is_anomaly_enabled(), (torch.ones(1, requires_grad=True) * 2).grad_fn.metadata))) == []  # fmt: skip  # noqa: E501
    assert found == [(False, {})]


if __name__ == "__main__":
    begin = time.perf_counter()
    stress(8, 1_000)
    print(f"8 threads, 1,000 passes each: sums exact, no error, {time.perf_counter() - begin:.1f} s")
