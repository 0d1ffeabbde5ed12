"""Programs drawn at random that write in place through chains of views: values, gradients, versions and errors.

A program starts from a leaf that requires grad, from one that does not, or from an intermediate result; it takes views
in every grad mode, detaches, (PyTorch says of a view that was made outside the graph of its base that it requires grad, but lets no
gradient through it; ours says that it does not. What is computed from such views is not compared, writes to them are. PyTorch also refuses to write to
a view that is older than its base's history, which is no trouble here.) A step that PyTorch refuses is refused here too, and
the program goes on.
"""

# ruff: noqa: E501 (the tables are wide)

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.oracle.compare import agree, agree_on_error

X = np.array([[1.5, -2.0, 0.5], [0.25, 3.0, -1.0], [1.0, 0.75, -0.5]])

STARTS = {
    "leaf": lambda T, x: x,
    "plain": lambda T, x: T.ones(3, 3, dtype=T.float64),
    "intermediate": lambda T, x: x * 1,
    "no_grad": lambda T, x: T.no_grad()(lambda: x * 1)(),
}
VIEWS = {
    "select": lambda T, v: v[0],
    "narrow": lambda T, v: v[1:],
    "last": lambda T, v: v[..., -1],
    "step": lambda T, v: v[::2],
    "transpose": lambda T, v: v.transpose(0, -1),
    "flat": lambda T, v: v.view(-1),
    "unsqueeze": lambda T, v: v.unsqueeze(0),
    "expand": lambda T, v: v.unsqueeze(0).expand(2, *v.shape),
    "diagonal": lambda T, v: v.diagonal(),
    "unbind": lambda T, v: v.unbind(0)[-1],
    "split": lambda T, v: v.split(1)[0],
    "detach": lambda T, v: v.detach(),
    "data": lambda T, v: v.data,
    "clone": lambda T, v: v.clone(),
    "itself": lambda T, v: v.view_as(v),
}
WRITES = {
    "mul_": lambda T, v, x: v.mul_(x.mean()),
    "mul_ number": lambda T, v, x: v.mul_(1.5),
    "add_ itself": lambda T, v, x: v.add_(v),
    "sin_": lambda T, v, x: v.sin_(),
    "exp_": lambda T, v, x: v.clamp_(-2, 2).exp_(),
    "zero_": lambda T, v, x: v.zero_(),
    "fill_": lambda T, v, x: v.fill_(x[0, 0]),
    "copy_": lambda T, v, x: v.copy_(x[0, 1] * T.ones_like(v)),
    "setitem": lambda T, v, x: v.__setitem__(0, x[1, 1]),
    "setitem number": lambda T, v, x: v.__setitem__(-1, 2.0),
    "setitem mask": lambda T, v, x: v.__setitem__(v > 0.5, x[2, 0]),
    "iadd mask": lambda T, v, x: v.__setitem__(v > 0, v[v > 0] + x.sum()),
    "setitem index": lambda T, v, x: v.__setitem__(T.tensor([0]), v[T.tensor([0])] * 3),
    "masked_fill_": lambda T, v, x: v.masked_fill_(v < 0, 0.75),
    "index_add_": lambda T, v, x: v.index_add_(0, T.tensor([0]), x[:1].clone() if v.dim() == 2 and v.shape[1] == 3 else v[:1].detach().clone()),
    "retain_grad": lambda T, v, x: v.retain_grad(),
    "requires_grad_": lambda T, v, x: v.requires_grad_(),
}  # fmt: skip
MODES = {
    "grad": lambda T: T.enable_grad(),
    "no_grad": lambda T: T.no_grad(),
    "inference": lambda T: T.inference_mode(),
}
STEP = st.tuples(st.sampled_from(sorted(VIEWS) + sorted(WRITES)), st.integers(0, 5), st.sampled_from(["grad"] * 6 + ["no_grad", "inference"]))  # fmt: skip


def told(f, *args):
    try:
        return f(*args)
    except (RuntimeError, IndexError):  # both are errors of a step that would be refused for either reason
        return "refused"


def run(T, x, start, steps):
    tensors, log = [STARTS[start](T, x)], []
    unsure, early = set(), {}
    for name, which, mode in steps:
        k = which % len(tensors)
        target = tensors[k]
        if target.is_inference() and (mode != "inference" or name in ("detach", "data")):
            continue  # refused before the write here, after it by PyTorch
        if 0 in target.stride() and name in WRITES and name not in ("mul_", "sin_"):
            continue  # PyTorch lets some operations write to one number several times
        with MODES[mode](T):
            if name in VIEWS:
                found = told(VIEWS[name], T, target)
                if not isinstance(found, str):
                    if mode != "grad" or (k in unsure and name not in ("detach", "data")):
                        unsure.add(len(tensors))
                    if found._base is not None and not found._base.requires_grad:
                        early[len(tensors)] = found._base
                    tensors.append(found)
            elif (k in early and early[k].requires_grad) or (name in ("retain_grad", "requires_grad_") and k in unsure):
                found = "passed over"
            else:
                found = told(WRITES[name], T, target, x)
                if name == "requires_grad_":
                    unsure |= {i for i, t in enumerate(tensors) if t._base is target}
        log.append(found if isinstance(found, str) else "done")
    log += [told(lambda t=t: t._version) for t in tensors]
    sure = [t for k, t in enumerate(tensors) if k not in unsure]
    log += [
        [t.requires_grad, t.is_leaf, t.is_inference(), bool(t.numel()) and t._base is not None and not t.is_inference()]
        for t in sure
    ]
    results = [told(lambda t=t: (t * 2).sin()) for t in sure]
    log += [r for r in results if isinstance(r, str)]
    return log, [t.detach().clone() for t in tensors], [r for r in results if not isinstance(r, str)]


@settings(derandomize=True, max_examples=60, deadline=None)
@given(st.sampled_from(sorted(STARTS)), st.lists(STEP, min_size=2, max_size=7))
def test_random_programs(start, steps):
    agree(lambda T, x: run(T, x, start, steps), X)


def in_inference_mode(T, x):
    with T.inference_mode():
        y = T.ones(2, 2)
        y.add_(y).mul_(3)
        y[0] = 5.0
        y.t().zero_()
        z = x.t()
        z.add_(1)
    return y, x._version, z.is_inference()


def test_inference_tensors_are_written_in_inference_mode():
    agree(in_inference_mode, X, grad=False)


def stale_view(take, mode="enable_grad"):
    def program(T, x):
        base = x * 1
        with getattr(T, mode)():
            view = take(base)
        base.mul_(2)
        return view * 2

    return program


def written_outside(T, x):
    with T.inference_mode():
        y = T.ones(3, 3)
    y.mul_(2)


def leaf_that_is_a_view(T, x):
    view = T.ones(3, 3)[:2]
    view.requires_grad_()
    view.fill_(1.0)


REFUSED = {
    "one of several views after a write to the base": (stale_view(lambda b: b.unbind(0)[1]), "is a view and its base or another view of its base has been modified inplace. This view is the output of a function that returns multiple views."),
    "a view of no_grad after one": (stale_view(lambda b: b[0], "no_grad"), "A view was created in no_grad mode and its base or another view of its base has been modified inplace with grad mode enabled."),
    "a view of inference mode after one": (stale_view(lambda b: b[0], "inference_mode"), "A view was created in inference mode and its base or another view of its base has been modified inplace in normal mode."),
    "an inference tensor outside": (written_outside, "Inplace update to inference tensor outside InferenceMode is not allowed."),
    "a view that was made a leaf": (leaf_that_is_a_view, "a leaf Variable that requires grad is being used in an in-place operation."),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_refused(name):
    agree_on_error(REFUSED[name][0], X, match=REFUSED[name][1])
