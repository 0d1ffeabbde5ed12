"""autograd.functional against PyTorch: jacobian, hessian, vjp, jvp, vhp and hvp, their options and errors."""

# ruff: noqa: E501 (the tables are wide)

import warnings

import numpy as np
import pytest

import minitorch
from tests.oracle.compare import assert_raises_alike, attempt, leaves, same, tensor, torch

X, Y, V = np.array([1.0, 2.0, 3.0]), np.array([0.5, 0.3, 0.1]), np.array([1.0, 10.0, 100.0])


def one(T, x):
    return x.exp() * x.sum()


def two(T, x, y):
    return (x * y).sin(), (x * x * y).sum()


def scalar(T, x):
    return (x**3).prod()


def scalar_of_two(T, x, y):
    return (x * x * x * y).sum()


def half(T, x, y):
    return (x**2 + y).sum()


def linear(T, x, y):
    return (x + y).sum()


def first_only(T, x, y):
    return x * 2


def constant(T, x):
    return T.ones(3, dtype=T.float64)


FORWARD = {"vectorize": True, "strategy": "forward-mode"}
OPTIONS = {
    "jacobian": [{}, {"vectorize": True}, FORWARD, {"strict": True}, {"create_graph": True},
                 {"create_graph": True, "vectorize": True}, {"strict": True, "create_graph": True},
                 {"strict": True, "vectorize": True}, {"strict": True, "strategy": "forward-mode"}, {"strategy": "no"}],
    "hessian": [{}, {"vectorize": True}, {"vectorize": True, "outer_jacobian_strategy": "forward-mode"},
                {"strict": True}, {"create_graph": True}, {"outer_jacobian_strategy": "no"}],
    "vjp": [{}, {"strict": True}, {"create_graph": True}, {"create_graph": True, "strict": True}],
}  # fmt: skip
for product in ("jvp", "vhp", "hvp"):
    OPTIONS[product] = OPTIONS["vjp"]
FUNCTIONS = {  # with the vectors of a vjp; those of the other products are as the inputs
    "jacobian": [(one, None), (two, None), (first_only, None), (constant, None), (scalar, None)],
    "hessian": [(scalar, None), (scalar_of_two, None), (half, None), (linear, None), (one, None)],
    "vjp": [(one, [V]), (two, [V, V[0]]), (first_only, [V]), (constant, [V]), (scalar, None), (one, None), (one, [V, V]),
            (one, [V[:2]]), (two, [V]), (two, [V, V])],
    "jvp": [(one, [V]), (two, [V, V]), (first_only, [V, V]), (constant, [V]), (one, None), (two, [V]), (two, [V[:2], V])],
    "vhp": [(scalar, [V]), (scalar_of_two, [V, V]), (half, [V, V]), (linear, [V, V]), (one, [V]), (scalar, None)],
}  # fmt: skip
FUNCTIONS["hvp"] = FUNCTIONS["vhp"]


def call(T, name, f, vectors, options, requires_grad=False):
    count = f.__code__.co_argcount - 1
    inputs = [tensor(T, x, requires_grad) for x in (X, Y)[:count]]
    arguments = [tuple(inputs) if count == 2 else inputs[0]]
    if vectors is not None:
        vs = [tensor(T, np.asarray(v), False) for v in vectors]
        arguments.append(vs[0] if len(vs) == 1 else tuple(vs))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return getattr(T.autograd.functional, name)(lambda *xs: f(T, *xs), *arguments, **options), inputs


@pytest.mark.parametrize("name", FUNCTIONS)
def test_functional(name):
    for options in OPTIONS[name]:
        for f, vectors in FUNCTIONS[name]:
            if f is constant and options is FORWARD:
                continue  # PyTorch gives zeros of the default dtype
            found = [attempt(call, T, name, f, vectors, options) for T in (torch, minitorch)]
            if any(isinstance(r, Exception) for r in found):
                assert_raises_alike(*found)
                key = [str(r)[:40].split("[")[0] for r in found]
                assert key[0] == key[1] or "strict" in options, (options, f.__name__, *map(str, found))
            else:
                same(*[leaves(r[0]) for r in found], what=f"{name} of {f.__name__} with {options}")


@pytest.mark.parametrize(
    ("name", "f", "vectors", "options"),
    [
        ("jacobian", one, None, {}), ("jacobian", two, None, {"vectorize": True}), ("hessian", scalar, None, {}),
        ("hessian", scalar, None, {"vectorize": True}), ("vjp", one, [V], {}), ("jvp", one, [V], {}),
        ("vhp", scalar, [V], {}), ("hvp", scalar_of_two, [V, V], {}),
    ],
)  # fmt: skip
def test_results_can_be_differentiated_under_create_graph(name, f, vectors, options):
    found = []
    for T in (torch, minitorch):
        result, inputs = call(T, name, f, vectors, {**options, "create_graph": True}, True)
        found.append(T.autograd.grad(sum((t * t).sum() for t in leaves(result)), inputs))
        plain, _ = call(T, name, f, vectors, options, True)
        assert not any(t.requires_grad for t in leaves(plain))
    same(*found)


@pytest.mark.parametrize("strategy", ["reverse-mode", "forward-mode"])
def test_a_forward_jacobian_can_be_differentiated_too(strategy):
    x = minitorch.tensor(X, requires_grad=True)
    block = minitorch.autograd.functional.jacobian(lambda a: a.sin() * a.sum(), x, create_graph=True, strategy=strategy)
    (found,) = minitorch.autograd.grad((block**2).sum(), x)
    t = torch.tensor(X, requires_grad=True)
    block = torch.autograd.functional.jacobian(lambda a: a.sin() * a.sum(), t, create_graph=True)
    np.testing.assert_allclose(found.numpy(), torch.autograd.grad((block**2).sum(), t)[0].numpy())


@pytest.mark.parametrize("options", [{}, {"vectorize": True}, FORWARD], ids=repr)
def test_an_empty_output_has_an_empty_jacobian(options):
    x = minitorch.tensor(X)
    assert minitorch.autograd.functional.jacobian(lambda a: a[:0] * 2, x, **options).shape == (0, 3)


def test_what_is_no_tensor_is_refused():
    for f in (
        lambda T, x: T.autograd.functional.jacobian(lambda a: a, [x]),
        lambda T, x: T.autograd.functional.vjp(lambda a: a, (x, 1.0), x),
        lambda T, x: T.autograd.functional.jvp(lambda a: 1.0, x, x),
        lambda T, x: T.autograd.functional.hvp(lambda a: a.sum(), x, 2.0),
    ):
        found = [attempt(f, T, tensor(T, X, False)) for T in (torch, minitorch)]
        assert_raises_alike(*found)
        assert "must be either a Tensor or a tuple of Tensors" in str(found[1])
