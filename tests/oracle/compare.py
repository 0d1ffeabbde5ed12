"""The one helper of the oracle tests: runs the same lambda on PyTorch and on minitorch, and compares what comes out.

A lambda takes the module first: ``agree(lambda T, x: T.exp(x).sum(), array)``. Arrays become tensors on the same
numbers and strides in both; floating ones are leaves that require grad.
"""

import warnings

import numpy as np
import pytest

import minitorch

torch = pytest.importorskip("torch", reason="PyTorch is the oracle: pip install minitorch[oracle]")
for device in (torch.cuda, torch.xpu, torch.mtia):  # without one each seed is kept, with the stack: half a test's time
    device.manual_seed_all = lambda seed: None

TOLERANCE = {  # (relative, absolute) by the lowest precision met
    "float16": (4e-3, 4e-3),
    "float32": (3e-5, 2e-5),
    "complex64": (3e-5, 2e-5),
    "float64": (1e-9, 1e-10),
    "complex128": (1e-9, 1e-10),
}


class Constant:
    """An array whose tensor does not require grad, though it holds floating numbers."""

    def __init__(self, x):
        self.array = x


def tensor(T, x, requires_grad=True):
    """A tensor of either library on the array's numbers, with its strides."""
    if isinstance(x, Constant):
        return tensor(T, x.array, requires_grad=False)
    if not isinstance(x, np.ndarray):
        return x
    spread = [stride == 0 and n > 1 for stride, n in zip(x.strides, x.shape, strict=True)]
    if any(spread):
        compact = np.array(x[tuple(slice(0, 1) if s else slice(None) for s in spread)])
        t = T.from_numpy(compact).expand(x.shape)
    elif any(stride < 0 for stride in x.strides):  # PyTorch has no such tensors
        t = T.from_numpy(x[...] if T is minitorch else x.copy())
    elif x.size and not x.flags.c_contiguous:  # the same strides on fresh memory
        step = max((abs(s) for s in x.strides), default=x.itemsize) // x.itemsize
        room = np.zeros(step * max(x.shape, default=1) * 2 + x.size, x.dtype)
        own = np.lib.stride_tricks.as_strided(room, x.shape, x.strides)
        own[...] = x
        t = T.from_numpy(own)
    else:
        t = T.from_numpy(np.array(x))
    return t.requires_grad_() if requires_grad and x.dtype.kind in "fc" else t


def outcome(T, f, inputs, requires_grad):
    """What ``f`` gives, or the exception it raises; and its tensors."""
    tensors = [tensor(T, x, requires_grad) for x in inputs]
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            return f(T, *tensors), tensors
        except Exception as error:
            return error, tensors


def leaves(value):
    """The tensors, numbers and strings of a nested result, in order."""
    if isinstance(value, (tuple, list)) and not isinstance(value, (torch.Size, minitorch.Size)):
        return [leaf for item in value for leaf in leaves(item)]
    if isinstance(value, dict):
        return [leaf for key, item in value.items() for leaf in [key, *leaves(item)]]
    return [value]


def is_tensor(x):
    return isinstance(x, (torch.Tensor, minitorch.Tensor))


def array(x):
    return x.detach().numpy(force=True) if isinstance(x, torch.Tensor) else x.detach().array


def same(theirs, ours, what="result", tolerance=None):
    """Fails unless two results are the same: structure, shapes, dtypes and numbers."""
    expected, found = leaves(theirs), leaves(ours)
    assert len(expected) == len(found), f"{what}: {len(found)} values, expected {len(expected)}"
    for k, (a, b) in enumerate(zip(expected, found, strict=True)):
        which = what if len(expected) == 1 else f"{what} [{k}]"
        if not is_tensor(a):
            assert_plain(a, b, which)
            continue
        assert isinstance(b, minitorch.Tensor), f"{which}: {type(b).__name__}, expected a Tensor"
        assert tuple(a.shape) == tuple(b.shape), f"{which}: shape {tuple(b.shape)}, expected {tuple(a.shape)}"
        assert repr(a.dtype) == repr(b.dtype), f"{which}: {b.dtype}, expected {a.dtype}"
        assert_numbers(array(a), array(b), which, tolerance)


def assert_plain(a, b, which):
    if isinstance(a, float):
        np.testing.assert_allclose(b, a, rtol=1e-5, equal_nan=True, err_msg=which)
    elif isinstance(a, (torch.dtype, torch.Size, torch.device)):
        assert repr(a) == repr(b), f"{which}: {b}, expected {a}"
    else:
        assert a == b, f"{which}: {b!r}, expected {a!r}"


def assert_numbers(a, b, which, tolerance=None):
    if a.dtype.kind not in "fc":
        np.testing.assert_array_equal(b, a, err_msg=which)
        return
    rtol, atol = tolerance or TOLERANCE[a.dtype.name]
    np.testing.assert_allclose(b, a, rtol=rtol, atol=atol, equal_nan=True, err_msg=which)


def projection(T, tensors, weights, create_graph, inputs):
    """The gradients of the sum of the tensors' products with the weights; zeros where nothing depends on an input."""
    found = T.autograd.grad(
        tensors, inputs, [T.from_numpy(w.copy()) for w in weights], create_graph=create_graph, materialize_grads=True
    )
    return list(found)


def attempt(f, *args):
    """What ``f`` gives, or the exception it raises."""
    try:
        return f(*args)
    except Exception as error:
        return error


def agree(f, *inputs, grad=True, second=True, tolerance=None):
    """Fails unless ``f(T, *inputs)`` is the same in both, with first derivatives (of a random projection of the
    results) and second ones (of a random projection of those). An exception must be of the same type in both.
    """
    theirs, their_inputs = outcome(torch, f, inputs, grad)
    ours, our_inputs = outcome(minitorch, f, inputs, grad)
    if isinstance(theirs, Exception) or isinstance(ours, Exception):
        assert_raises_alike(theirs, ours)
        return
    same(theirs, ours, tolerance=tolerance)
    if not grad:
        return
    results = [[t for t in leaves(r) if is_tensor(t)] for r in (theirs, ours)]
    for a, b in zip(*results, strict=True):
        assert a.requires_grad == b.requires_grad, f"requires_grad is {b.requires_grad}, expected {a.requires_grad}"
    random = np.random.default_rng(1)
    graph = (torch, minitorch), [[t for t in r if t.requires_grad] for r in results]
    tracked = [[x for x in xs if is_tensor(x) and x.requires_grad] for xs in (their_inputs, our_inputs)]
    for order in ("gradient", "second derivative") if second else ("gradient",):
        tensors = graph[1]
        if not all(tensors):
            return
        weights = [weights_like(random, array(t)) for t in tensors[0]]
        with np.errstate(all="ignore"):
            found = [attempt(projection, *each, weights, second, xs) for *each, xs in zip(*graph, tracked, strict=True)]
        if any(isinstance(gs, Exception) for gs in found):
            assert_raises_alike(*found)
            return
        same(*found, what=order, tolerance=tolerance)
        # What does not depend on the inputs any more adds nothing to the next order.
        live = [[t.requires_grad for t in gs] for gs in found]
        for a, b, t in zip(*live, found[0], strict=True):
            assert b or not a or is_flat(t, tracked[0]), f"{order}: no graph where PyTorch has one: {live}"
        both = [a and b for a, b in zip(*live, strict=True)]
        graph = graph[0], [[t for t, keep in zip(gs, both, strict=True) if keep] for gs in found]


def is_flat(t, inputs):
    """Whether all derivatives of one of PyTorch's tensors are zero, though it has a graph."""
    found = torch.autograd.grad(t.sum(), inputs, retain_graph=True, allow_unused=True)
    return all(g is None or not (g.abs() > 1e-9).any() for g in found)


def weights_like(random, x):
    w = random.standard_normal(x.shape)
    return np.asarray(w + 1j * random.standard_normal(x.shape) if x.dtype.kind == "c" else w, dtype=x.dtype)


def assert_raises_alike(theirs, ours):
    def told(x):
        return f"{type(x).__name__}: {x}" if isinstance(x, Exception) else f"no exception, but {x!r}"

    gap = isinstance(theirs, RuntimeError) and str(theirs).startswith("derivative for ")
    if gap or isinstance(theirs, NotImplementedError):  # in PyTorch's kernels, which others need not share
        return
    alike = isinstance(ours, Exception) and isinstance(theirs, Exception) and isinstance(ours, type(theirs))
    assert alike, f"PyTorch: {told(theirs)}\nminitorch: {told(ours)}"


def agree_on_error(f, *inputs, match=""):
    """Fails unless both raise the same type of exception, and minitorch's message holds ``match``."""
    theirs, _ = outcome(torch, f, inputs, True)
    ours, _ = outcome(minitorch, f, inputs, True)
    assert isinstance(theirs, Exception), f"PyTorch does not raise: {theirs!r}"
    assert_raises_alike(theirs, ours)
    assert match in str(theirs), f"PyTorch says: {theirs}"
    assert match in str(ours), f"minitorch says: {ours}"
