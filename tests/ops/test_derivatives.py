"""Every row of the derivative tables: its rules against finite differences, to second order, and in float32."""

import numpy as np
import pytest

import minitorch
from minitorch.autograd import GradcheckError, gradcheck, gradgradcheck
from minitorch.core import engine
from minitorch.core.primitive import primitive
from tests.ops.cases import CASES, WITHOUT_DERIVATIVE, M, table

TABLE = table()
EVERY = [pytest.param(name, k, id=f"{name}-{k}") for name in TABLE for k in range(len(CASES.get(name, ())))]
ALL = [p for p in EVERY if p.values[0] not in WITHOUT_DERIVATIVE]
# A row that is not the whole function: the rule for ``base`` holds only for the write that belongs to it.
PARTIAL = {"replaced"}


def made(array, dtype=np.float64):
    """A leaf on a copy of the numbers with the same strides; whole numbers, bools and plain values as they are."""
    if not isinstance(array, (np.ndarray, np.generic)):
        return array
    array = np.asarray(array)
    if array.dtype.kind not in "fc":
        return minitorch.from_numpy(array)
    if array.dtype.kind == "c":
        dtype = np.result_type(dtype, np.complex64)
    t = minitorch.from_numpy(np.array(array, dtype=dtype, order="K"))
    return t.requires_grad_()


def prepared(name, k, dtype=np.float64):
    op, case = TABLE[name], CASES[name][k]
    return (lambda *tensors: case.call(op, *tensors)), [made(x, dtype) for x in case.inputs]


def test_every_row_has_cases():
    assert set(TABLE) == set(CASES), "a row without cases, or cases without a row"


@pytest.mark.parametrize(("name", "k"), [p for p in ALL if p.values[0] not in PARTIAL])
def test_first_derivative(name, k):
    f, inputs = prepared(name, k)
    assert gradcheck(f, inputs, check_grad_dtypes=True)


@pytest.mark.parametrize(("name", "k"), [p for p in ALL if p.values[0] not in PARTIAL])
def test_second_derivative(name, k):
    f, inputs = prepared(name, k)
    assert gradgradcheck(f, inputs, atol=1e-4)


def tensors_of(result):
    return [t for t in (result if isinstance(result, tuple) else (result,)) if t.requires_grad]


@pytest.mark.parametrize(("name", "k"), [p for p in ALL if p.values[0] != "cast"])
def test_float32_stays_float32(name, k, monkeypatch):
    """A rule computes in its input's dtype itself: the engine's cast is for mixed inputs, not for a rule's mistakes."""
    casts = []

    def spy(g, shape, dtype):
        casts.extend([g.dtype] if str(g.dtype).removeprefix("torch.") not in ("float32", "complex64") else [])
        return fit(g, shape, dtype)

    fit = engine.fit
    monkeypatch.setattr(engine, "fit", spy)
    f, inputs = prepared(name, k, np.float32)
    leaves = [x for x in inputs if isinstance(x, minitorch.Tensor) and x.requires_grad]
    outputs = tensors_of(f(*inputs))
    for create_graph in (False, True):
        seeds = [minitorch.ones_like(t) for t in outputs]
        found = minitorch.autograd.grad(outputs, leaves, seeds, retain_graph=True, create_graph=create_graph)
        assert {t.dtype for t in (*outputs, *found)} <= {minitorch.float32, minitorch.complex64}
    again = [g for g in found if g.requires_grad]
    if again:
        minitorch.autograd.grad(again, leaves, [minitorch.ones_like(g) for g in again], allow_unused=True)
    assert not casts


@pytest.mark.parametrize(("name", "k"), ALL)
def test_lifted_rules_give_the_same_numbers(name, k):
    """create_graph changes how a gradient is computed, not what it is."""
    f, inputs = prepared(name, k)
    leaves = [x for x in inputs if isinstance(x, minitorch.Tensor) and x.requires_grad]
    outputs = tensors_of(f(*inputs))
    seeds = [minitorch.randn_like(t.detach()) for t in outputs]
    plain = minitorch.autograd.grad(outputs, leaves, seeds, retain_graph=True)
    lifted = minitorch.autograd.grad(outputs, leaves, seeds, create_graph=True)
    for a, b in zip(plain, lifted, strict=True):
        np.testing.assert_allclose(a.array, b.array, rtol=1e-12, atol=1e-12)
        assert a.shape == b.shape


@pytest.mark.parametrize(("name", "k"), [p for p in EVERY if p.values[0] in WITHOUT_DERIVATIVE])
def test_a_missing_derivative_is_said(name, k):
    f, inputs = prepared(name, k)
    with pytest.raises(RuntimeError, match=r"derivative for .* is not implemented"):
        f(*inputs).sum().backward()


FUSED = [p for p in ALL if TABLE[p.values[0]].row.definition is not None]


@pytest.mark.parametrize(("name", "k"), FUSED)
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_fused_kernel_is_its_definition(name, k, dtype):
    f, inputs = prepared(name, k, dtype)
    leaves = [x for x in inputs if isinstance(x, minitorch.Tensor) and x.requires_grad]
    fused = tensors_of(f(*inputs))
    defined = tensors_of(CASES[name][k].call(TABLE[name].row.definition, *inputs))
    seeds = [minitorch.randn_like(t.detach()) for t in fused]
    tolerance = 1e-12 if dtype is np.float64 else 1e-5
    for a, b in zip(
        [*fused, *minitorch.autograd.grad(fused, leaves, seeds)],
        [*defined, *minitorch.autograd.grad(defined, leaves, seeds)],
        strict=True,
    ):
        assert a.dtype == b.dtype
        np.testing.assert_allclose(a.detach().array, b.detach().array, rtol=tolerance, atol=tolerance)


# --- The checker is checked: it must refuse rules that are wrong ----------------------------------------------------

X = M[:2, :2]


def wrong(name, forward, **rules):
    return pytest.param(primitive("Wrong", forward, **rules), id=name)


@pytest.mark.parametrize(
    "op",
    [
        wrong("factor", np.exp, x=lambda g, out: 2 * g * out),
        wrong("sign", np.sin, x=lambda g, x: -g * np.cos(x)),
        wrong("dropped term", lambda x: x * x + x, x=lambda g, x: g * 2 * x),
        wrong("transposed", lambda x: x.T, x=lambda g: g),
        wrong("constant", lambda x: x * 1.0001, x=lambda g: g * 0),
        wrong("one element", lambda x: x.sum(), x=lambda g, x: g * (x == x.max())),
        wrong("nan", np.exp, x=lambda g: g * np.nan),
    ],
)
def test_gradcheck_finds_a_wrong_rule(op):
    for fast_mode in (False, True):
        with pytest.raises(GradcheckError, match=r"Jacobian mismatch for output 0 with respect to input 0"):
            gradcheck(op, made(X), fast_mode=fast_mode)
        assert not gradcheck(op, made(X), raise_exception=False, fast_mode=fast_mode)


def test_gradcheck_names_the_output_and_the_input():
    op = primitive("Wrong", np.multiply, a=lambda g, b: g * b, b=lambda g, a: g * (a + 1))
    with pytest.raises(GradcheckError, match=r"(?s)for output 1 with respect to input 1,\nnumerical:.*\nanalytical:"):
        gradcheck(lambda a, b: (a + b, op(a, b)), (made(X[0]), made(X[1])))


def test_gradgradcheck_finds_a_rule_that_is_right_only_at_first_order():
    detached = primitive("Wrong", lambda x: x**3, x=lambda g, x: g * (3 * (x.detach() if is_tensor(x) else x) ** 2))
    assert gradcheck(detached, made(X))
    with pytest.raises(GradcheckError, match="Jacobian mismatch"):
        gradgradcheck(detached, made(X))


def is_tensor(x):
    return isinstance(x, minitorch.Tensor)


def test_gradcheck_finds_a_backward_that_is_not_repeatable():
    calls = []

    def rule(g, x):
        calls.append(None)
        return g * (2 * x + 1e-7 * len(calls))

    op = primitive("Random", lambda x: x * x, x=rule)
    with pytest.raises(GradcheckError, match="Backward is not reentrant"):
        gradcheck(op, made(X))
    assert gradcheck(op, made(X), nondet_tol=1e-4)
