"""Every row of the derivative tables, inside of a compiled step with second derivatives or outside: eager's bits."""

import numpy as np
import pytest

import minitorch as torch
from minitorch.core.tensor import Tensor
from tests.capture.harness import check
from tests.ops.cases import CASES, WITHOUT_DERIVATIVE, table

TABLE = table()
# What runs as it is: shapes, or ways of going on, that depend on values, and views of an argument.
AS_IT_IS = {"strided": "values", "added_up": "values"}
ROWS = [name for name in TABLE if name not in WITHOUT_DERIVATIVE]
INSIDE = [name for name in ROWS if name in AS_IT_IS or name in ROWS[::4]]  # the others are differentiated outside


def moved(x, i, dtype):
    """Inputs of call i: other numbers in the same domain and layout; whole numbers and masks in another order."""
    if not isinstance(x, (np.ndarray, np.generic)):
        return x
    x = np.asarray(x)
    if x.dtype.kind in "fc":
        out = np.empty_like(x, np.result_type(dtype, np.complex64) if x.dtype.kind == "c" else dtype)
        out[...] = x * (1 - 0.03 * i)
        return torch.from_numpy(out)
    return torch.from_numpy(np.roll(x, i, -1) if x.ndim else x.copy())


def tensors(value):
    if isinstance(value, Tensor):
        return [value]
    return [t for item in value for t in tensors(item)] if isinstance(value, (tuple, list)) else []


def total(values):
    """A number to which every element adds with a weight of its own; None without a derivative."""
    found = None
    for t in tensors(values):
        if t.requires_grad:
            weights = torch.from_numpy(np.cos(np.arange(t.numel()) + 1.0)).reshape(t.shape).to(t.dtype)
            one = (t * weights).sum()
            one = one.abs() if one.is_complex() else one
            found = one if found is None else found + one
    return found


def differentiable(x):
    return isinstance(x, Tensor) and (x.is_floating_point() or x.is_complex())


def with_both_derivatives(op, case):
    def step(*args):
        args = [x.detach().requires_grad_() if differentiable(x) else x for x in args]
        leaves = [x for x in args if differentiable(x)]
        out = case.call(op, *args)
        shown = [t.detach().clone() for t in tensors(out)]
        loss = total(out)
        if loss is None:
            return shown
        first = torch.autograd.grad(loss, leaves, allow_unused=True, create_graph=True)
        again = total([g for g in first if g is not None])
        second = None if again is None else torch.autograd.grad(again, leaves, allow_unused=True)
        return shown, [None if g is None else g.detach().clone() for g in first], second

    return lambda: step


@pytest.mark.parametrize("name", INSIDE)
def test_derivatives_inside(name):
    case = CASES[name][0]
    compiled = check(
        with_both_derivatives(TABLE[name], case),
        lambda i: tuple(moved(x, i, np.float32) for x in case.inputs),
        replayed=name not in AS_IT_IS,
    )
    assert AS_IT_IS.get(name, "") in (compiled.reason or "")


@pytest.mark.parametrize("name", [name for name in TABLE if name not in INSIDE])
def test_derivatives_outside(name):
    """The result is differentiated after the call, those of all calls at the end."""
    case = CASES[name][-1]

    def args(i):
        return tuple(
            t.requires_grad_() if differentiable(t) else t for t in (moved(x, i, np.float64) for x in case.inputs)
        )

    def after(result, args):
        loss = total(result)
        if loss is not None:
            loss.backward()

    check(
        lambda: lambda *args: case.call(TABLE[name], *args),
        [lambda i=i: args(i) for i in range(3)],
        after=after,
        late=True,
        replayed=False,
    )
