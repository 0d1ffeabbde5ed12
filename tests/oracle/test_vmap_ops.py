"""Every operation of the tables under vmap, against a loop over the samples: results, gradients inside and outside."""

import re
import warnings

import numpy as np
import pytest

import minitorch

pytest.importorskip("torch", reason="PyTorch is the oracle: pip install minitorch[oracle]")
from tests.oracle import test_ops_tier1, test_ops_tier2, test_ops_tier3
from tests.oracle.expressions import INPUTS, parsed

# What has no meaning for all samples at once, and says so.
REFUSED = [
    r"nonzero|argwhere|masked_select|unique|where\(m\)|masked_scatter",  # results whose shape depends on values
    r"repeat_interleave\(\w, j4|repeat_interleave\(j4|x\[:?,? ?m\[",
    r"out=T\.|_\(|as_strided_scatter",  # writes to what is not mapped over, or is a copy
    r"T\.bernoulli",  # a random operation
]
ORDERED = [id(INPUTS[name]) for name in ("sorted", "inc")]
TABLES = {
    f"{module.__name__[-5:]} {name}": table
    for module in (test_ops_tier1, test_ops_tier2, test_ops_tier3)
    for name, table in vars(module).items()
    if name.isupper() and isinstance(table, list)
}


def tensors_of(value):
    if isinstance(value, (tuple, list)):
        return [t for item in value for t in tensors_of(item)]
    return [value] if isinstance(value, minitorch.Tensor) else []


def leaf(array):
    t = minitorch.from_numpy(array.copy())
    return t.requires_grad_() if array.dtype.kind in "fc" else t


def gradients(outputs, inputs):
    """Of the sum of the results; none where nothing can be differentiated."""
    outputs, inputs = [t for t in outputs if t.requires_grad], [t for t in inputs if t.requires_grad]
    if not outputs or not inputs:
        return []
    ones = [minitorch.ones_like(t) for t in outputs]
    return list(minitorch.autograd.grad(outputs, inputs, ones, materialize_grads=True))


def close(found, expected):
    tight = (expected.dtype.itemsize >= 8 and expected.dtype.kind != "c") or expected.dtype.itemsize == 16
    rtol, atol = (1e-9, 1e-10) if tight else (2e-3, 2e-3) if expected.dtype == np.float16 else (1e-4, 1e-4)
    return found.shape == expected.shape and np.allclose(found, expected, rtol, atol, equal_nan=True)


def difference(expression, which):
    """What is wrong with vmap of an expression over all inputs, or one of them; None if nothing is."""
    f, arrays, _ = parsed(expression)
    mapped = [which in ("all", i, i - len(arrays)) for i in range(len(arrays))]
    other = [a if id(a) in ORDERED else np.flip(a) for a in arrays]  # the second sample
    try:
        loop = []
        for sample in (arrays, [b if m else a for a, b, m in zip(arrays, other, mapped, strict=True)]):
            inputs = [leaf(a) for a in sample]
            outputs = tensors_of(f(minitorch, *inputs))
            loop.append([outputs, gradients(outputs, inputs)])
    except Exception:
        return None  # an expression that shows an error
    if not arrays or not any(mapped) or not loop[0][0]:
        return None
    dims = tuple(0 if m else None for m in mapped)
    both = [np.stack([a, b]) if m else a for a, b, m in zip(arrays, other, mapped, strict=True)]

    def inside(*xs):
        inputs = [x.detach().requires_grad_() if x.dtype.is_floating_point or x.dtype.is_complex else x for x in xs]
        outputs = tensors_of(f(minitorch, *inputs))
        return [[t.detach() for t in outputs], gradients(outputs, inputs)]

    try:
        found = minitorch.vmap(inside, in_dims=dims)(*map(minitorch.from_numpy, both))
        inputs = [leaf(a) for a in both]
        outputs = minitorch.vmap(lambda *xs: tensors_of(f(minitorch, *xs)), in_dims=dims)(*inputs)
        around = gradients(outputs, inputs)
    except RuntimeError as error:
        return None if any(re.search(r, expression) for r in REFUSED) else f"{type(error).__name__}: {error}"
    for k in (0, 1):
        for i, (t, *parts) in enumerate(zip(found[k], loop[0][k], loop[1][k], strict=True)):
            if not close(t.array, np.stack([p.detach().array for p in parts])):
                return f"{('result', 'gradient inside')[k]} {i} differs"
    floating = [m for m, a in zip(mapped, arrays, strict=True) if a.dtype.kind in "fc"]
    for i, (t, m, *parts) in enumerate(zip(around, floating, loop[0][1], loop[1][1])):
        expected = [p.detach().array for p in parts]
        if not close(t.detach().array, np.stack(expected) if m else expected[0] + expected[1]):
            return f"gradient {i} from outside differs"
    return None


@pytest.mark.parametrize("name", TABLES)
def test_vmap_is_a_loop(name):
    wrong = []
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        for number, expression in enumerate(TABLES[name]):
            if not isinstance(expression, str):
                continue
            for which in ("all", (0, -1)[number % 2]):
                problem = difference(expression, which)
                if problem is not None:
                    wrong.append(f"{expression} ({which}): {problem[:150]}")
    assert not wrong, "\n".join(wrong)
