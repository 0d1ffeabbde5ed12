"""autograd.Function and autograd.functional against PyTorch's."""

# ruff: noqa: E501 (the tables are wide)

import warnings

import numpy as np
import pytest

from tests.oracle.compare import agree, agree_on_error

X = np.array([[1.5, -2.0, 0.5], [0.25, 3.0, -1.0]])
V = np.array([0.5, -1.0, 2.0])


def static(**functions):
    return {name: staticmethod(f) for name, f in functions.items()}


def define(T, **functions):
    """A subclass of that library's Function."""
    return type("Own", (T.autograd.Function,), static(**functions))


def product(T):
    def forward(ctx, x, v):
        ctx.save_for_backward(x, v)
        return x * v

    def backward(ctx, g):
        x, v = ctx.saved_tensors
        return g * v, (g * x).sum(0)

    return define(T, forward=forward, backward=backward)


def product_in_two_steps(T):
    def backward(ctx, g):
        x, v = ctx.saved_tensors
        return g * v, (g * x).sum(0)

    return define(
        T,
        forward=lambda x, v: x * v,
        setup_context=lambda ctx, inputs, output: ctx.save_for_backward(*inputs),
        backward=backward,
    )


def of_result(T):
    def forward(ctx, x, v):
        y = T.exp(x * v)
        ctx.save_for_backward(y, None, v)
        ctx.factor = 2.0
        return y

    def backward(ctx, g):
        y, nothing, v = ctx.saved_tensors
        assert nothing is None
        return g * y * v * ctx.factor, None

    return define(T, forward=forward, backward=backward)


def two_results(T):
    def forward(ctx, x, v):
        ctx.save_for_backward(x, v)
        return x * v, x + v, x.argmax()

    def backward(ctx, g, h, i):
        x, v = ctx.saved_tensors
        return g * v + h, (g * x + h).sum(0)

    return define(T, forward=forward, backward=backward)


FUNCTIONS = {"product": product, "two steps": product_in_two_steps, "of result": of_result, "several": two_results}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_values_and_two_derivatives(name):
    agree(lambda T, x, v: FUNCTIONS[name](T).apply(x, v), X, V)
    agree(lambda T, x, v: FUNCTIONS[name](T).apply(x * 2, v.exp()), X, V)


def test_only_one_of_several_results_is_used():
    agree(lambda T, x, v: two_results(T).apply(x, v)[1], X, V)
    agree(lambda T, x, v: two_results(T).apply(x, v)[0], X, V)


@pytest.mark.parametrize("materialize", [True, False])
def test_what_backward_sees_of_an_unused_result(materialize):
    def program(T, x):
        seen = []

        def forward(ctx, x):
            ctx.set_materialize_grads(materialize)
            return x * 2, x * 3

        def backward(ctx, g, h):
            seen.append((g is None, h is None))
            return (0 if g is None else g * 2) + (0 if h is None else h * 3)

        _, b = define(T, forward=forward, backward=backward).apply(x)
        b.sum().backward()
        return seen, x.grad

    agree(program, X)


def test_needs_input_grad_and_other_arguments():
    def program(T, x):
        seen = []

        def forward(ctx, x, n, w, label):
            seen.append((ctx.needs_input_grad, T.is_grad_enabled()))
            ctx.n = n
            return x * n + w

        def backward(ctx, g):
            seen.append(ctx.needs_input_grad)
            return g * ctx.n, None, None, None

        y = define(T, forward=forward, backward=backward).apply(x, 3, T.ones(3, dtype=x.dtype), "label")
        y.sum().backward()
        return seen, y, y.grad_fn.name(), x.grad

    agree(program, X)


def test_default_arguments_and_keywords():
    def program(T, x):
        own = define(
            T,
            forward=lambda x, n=2: x * n,
            setup_context=lambda ctx, inputs, output: setattr(ctx, "n", inputs[1]),
            backward=lambda ctx, g: (g * ctx.n, None),
        )
        return own.apply(x), own.apply(x, 3), own.apply(x, n=4)

    agree(program, X)


def test_nothing_is_recorded_when_nothing_needs_it():
    def program(T, x):
        own = product(T)
        with T.no_grad():
            a = own.apply(x, x[0])
        b = own.apply(x.detach(), x[0].detach())
        return a.requires_grad, b.requires_grad, a, b

    agree(program, X, second=False)


def test_mark_non_differentiable():
    def program(T, x):
        def forward(ctx, x):
            sign = x.sign()
            ctx.mark_non_differentiable(sign)
            return x * 2, sign

        own = define(T, forward=forward, backward=lambda ctx, g, h: g * 2)
        y, sign = own.apply(x)
        return y, sign, sign.requires_grad

    agree(program, X)


def test_mark_dirty():
    def program(T, x):
        def forward(ctx, x):
            ctx.mark_dirty(x)
            x.mul_(2)
            return x

        own = define(T, forward=forward, backward=lambda ctx, g: g * 2)
        y = x * 3
        view = y[0]
        z = own.apply(y)
        return z is y, z, view * view, z.grad_fn.name()

    agree(program, X)


def test_mark_dirty_on_a_view():
    def program(T, x):
        def forward(ctx, x):
            ctx.mark_dirty(x)
            x.mul_(2)
            return x

        own = define(T, forward=forward, backward=lambda ctx, g: g * 2)
        y = x * 3
        own.apply(y[0])
        return y * y

    agree(program, X)


def test_an_input_returned_as_it_is():
    def program(T, x):
        own = define(T, forward=lambda ctx, x: x, backward=lambda ctx, g: g * 5)
        y = own.apply(x)
        return y is x, y * 2

    agree(program, X)


def test_a_view_of_an_input_is_a_result():
    agree(lambda T, x: define(T, forward=lambda ctx, x: x[0], backward=lambda ctx, g: T.stack([g, g])).apply(x * 1), X)


def test_hooks_and_retained_gradient():
    def program(T, x, v):
        y = product(T).apply(x, v)
        y.retain_grad()
        y.register_hook(lambda g: g * 2)
        y.grad_fn.register_prehook(lambda gs: (gs[0] + 1,))
        y.grad_fn.register_hook(lambda ins, outs: tuple(g * 3 for g in ins))
        y.sum().backward()
        return y.grad, x.grad, v.grad

    agree(program, X, V)


def test_gradient_is_summed_over_broadcast_dims():
    own_backward = lambda ctx, g: (g, g)
    agree(lambda T, x, v: define(T, forward=lambda ctx, x, v: x + v, backward=own_backward).apply(x, v), X, V)


def once(T):
    from importlib import import_module

    decorate = import_module(T.__name__ + ".autograd.function").once_differentiable

    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x * x

    @decorate
    def backward(ctx, g):
        return 2 * g * ctx.saved_tensors[0]

    return define(T, forward=forward, backward=backward)


def test_once_differentiable():
    agree(lambda T, x: once(T).apply(x), X, second=False)


def applied(T, x, **functions):
    return define(T, **functions).apply(x).sum().backward()


double = lambda ctx, x: x * 2
ERRORS = {
    "too few gradients": (
        lambda T, x: define(T, forward=lambda ctx, x, n: x * n, backward=lambda ctx, g: g).apply(x, 3).sum().backward(),
        "returned an incorrect number of gradients (expected 2, got 1)",
    ),
    "wrong shape": (
        lambda T, x: applied(T, x, forward=double, backward=lambda ctx, g: g[:1, :2]),
        "returned an invalid gradient at index 0 - got [1, 2] but expected shape compatible with [2, 3]",
    ),
    "gradient of a number": (
        lambda T, x: define(T, forward=lambda ctx, x, n: x * n, backward=lambda ctx, g: (g, g)).apply(x, 3).sum().backward(),
        "returned a gradient different than None at position 2",
    ),
    "no tensor": (lambda T, x: applied(T, x, forward=double, backward=lambda ctx, g: 1.0), "expected Variable or None (got float"),
    "no forward": (lambda T, x: define(T).apply(x), "You must implement the forward function"),
    "no backward": (lambda T, x: applied(T, x, forward=double), "You must implement either the backward or vjp method"),
    "saved no tensor": (
        lambda T, x: applied(T, x, forward=lambda ctx, x: ctx.save_for_backward(x, 3)),
        "save_for_backward can only save variables, but argument 1 is of type int",
    ),
    "dirty but not returned": (
        lambda T, x: define(T, forward=lambda ctx, x: (ctx.mark_dirty(x), x.mul_(2), x * 2)[2]).apply(x * 1),
        "Some elements marked as dirty during the forward method were not returned as output",
    ),
    "dirty leaf": (
        lambda T, x: define(T, forward=lambda ctx, x: (ctx.mark_dirty(x), x.mul_(2))[1]).apply(x),
        "a leaf Variable that requires grad",
    ),
    "result on the input's memory, written": (
        lambda T, x: define(T, forward=lambda ctx, x: x, backward=lambda ctx, g: g).apply(x * 1).add_(1),
        "is a view and is being modified inplace. This view was created inside a custom Function",
    ),
    "view written": (
        lambda T, x: define(T, forward=lambda ctx, x: x[:1], backward=lambda ctx, g: g).apply(x * 1).add_(1),
        "is a view and is being modified inplace. This view was created inside a custom Function",
    ),
    "second backward": (
        lambda T, x: [y.sum().backward() for y in [product(T).apply(x, x[0])] * 2], "backward through the graph a second time"
    ),
    "modified saved value": (
        lambda T, x: (lambda y: (product(T).apply(y, y[0]), y.mul_(2))[0])(x * 1).sum().backward(),
        "has been modified by an inplace operation",
    ),
    "second derivative of once_differentiable": (
        lambda T, x: T.autograd.grad((once(T).apply(x) ** 2).sum(), x, create_graph=True)[0].sum().backward(),
        "trying to differentiate twice a function that was marked with @once_differentiable",
    ),
    "called": (lambda T, x: product(T)()(x), "Legacy autograd function with non-static forward method is deprecated"),
}  # fmt: skip


@pytest.mark.parametrize("name", ERRORS)
def test_errors(name):
    program, phrase = ERRORS[name]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        agree_on_error(program, X, match=phrase)


# --- functional -----------------------------------------------------------------------------------------------------

MAPS = {
    "one to one": (lambda T: lambda x: x.exp() * x.sum(), 1),
    "scalar": (lambda T: lambda x: (x**3).sum(), 1),
    "two to one": (lambda T: lambda x, v: (x * v).sin(), 2),
    "one to two": (lambda T: lambda x: (x * x, x.sum(1)), 1),
    "two to two": (lambda T: lambda x, v: (x * v, v.exp()), 2),
    "independent output": (lambda T: lambda x: T.ones(2, dtype=x.dtype), 1),
    "linear": (lambda T: lambda x: x * 2, 1),
    "one in a tuple": (lambda T: lambda x: (x * x,), 1),
}
SCALARS = {
    "cubes": (lambda T: lambda x: (x**3).sum() * x[0, 0], 1),
    "two": (lambda T: lambda x, v: (x * v).sin().sum(), 2),
    "linear": (lambda T: lambda x: x.sum(), 1),
    "one of two unused": (lambda T: lambda x, v: (x**2).sum(), 2),
    "independent": (lambda T: lambda x: T.ones((), dtype=x.dtype), 1),
}


def inputs_of(n, x, v):
    return x if n == 1 else (x, v)


@pytest.mark.parametrize("strict", [False, True])
@pytest.mark.parametrize("name", MAPS)
def test_jacobian(name, strict):
    f, n = MAPS[name]
    agree(lambda T, x, v: T.autograd.functional.jacobian(f(T), inputs_of(n, x, v), strict=strict), X, V, second=False)


@pytest.mark.parametrize("name", ["one to one", "two to one", "two to two"])
def test_jacobian_is_differentiable(name):
    f, n = MAPS[name]
    agree(lambda T, x, v: T.autograd.functional.jacobian(f(T), inputs_of(n, x, v), create_graph=True), X, V)


def test_jacobian_of_a_graph():
    f, _ = MAPS["one to one"]
    agree(lambda T, x: T.autograd.functional.jacobian(f(T), x * 2, create_graph=True), X)


@pytest.mark.parametrize("strict", [False, True])
@pytest.mark.parametrize("name", SCALARS)
def test_hessian(name, strict):
    f, n = SCALARS[name]
    agree(lambda T, x, v: T.autograd.functional.hessian(f(T), inputs_of(n, x, v), strict=strict), X, V, second=False)


@pytest.mark.parametrize("name", MAPS)
@pytest.mark.parametrize("create_graph", [False, True])
def test_vjp(name, create_graph):
    f, n = MAPS[name]

    def program(T, x, v):
        xs = inputs_of(n, x, v)
        outputs = f(T)(*(xs if n == 2 else (xs,)))
        weights = (
            tuple(T.ones_like(o).detach() * 3 for o in outputs)
            if isinstance(outputs, tuple)
            else T.ones_like(outputs).detach()
        )
        return T.autograd.functional.vjp(f(T), xs, weights, create_graph=create_graph)

    agree(program, X, V, grad=True, second=False)


@pytest.mark.parametrize("name", MAPS)
@pytest.mark.parametrize("create_graph", [False, True])
def test_jvp(name, create_graph):
    f, n = MAPS[name]

    def program(T, x, v):
        xs = inputs_of(n, x, v)
        weights = tuple(t.detach() * 2 for t in xs) if n == 2 else xs.detach() * 2
        return T.autograd.functional.jvp(f(T), xs, weights, create_graph=create_graph)

    agree(program, X, V, second=False)


@pytest.mark.parametrize("product", ["vhp", "hvp"])
@pytest.mark.parametrize("name", SCALARS)
@pytest.mark.parametrize("create_graph", [False, True])
def test_hessian_products(name, product, create_graph):
    f, n = SCALARS[name]

    def program(T, x, v):
        xs = inputs_of(n, x, v)
        weights = tuple(t.detach() * 2 for t in xs) if n == 2 else xs.detach() * 2
        return getattr(T.autograd.functional, product)(f(T), xs, weights, create_graph=create_graph)

    agree(program, X, V, second=False)


def call(name, f, *more, **kwargs):
    return lambda T, x: getattr(T.autograd.functional, name)(f, x, *more, **kwargs)


FUNCTIONAL_ERRORS = {
    "v is missing": call("vjp", lambda x: x * 2),
    "v is missing for jvp": call("jvp", lambda x: x * 2),
    "hessian of a vector": call("hessian", lambda x: x * 2),
    "hessian of a tuple": call("hessian", lambda x: (x.sum(), x.sum())),
    "v of wrong shape": lambda T, x: T.autograd.functional.vjp(lambda x: x * 2, x, T.ones(2)),
    "v of wrong length": lambda T, x: T.autograd.functional.vjp(lambda x: x * 2, x, (T.ones(2, 3), T.ones(1))),
    "output that is no tensor": call("jacobian", lambda x: 3.0),
    "input that is no tensor": lambda T, x: T.autograd.functional.jacobian(lambda x: x, 3.0),
    "independent and strict": lambda T, x: T.autograd.functional.jacobian(lambda x: T.ones(2), x, strict=True),
    "jacobian independent and strict": call("jacobian", lambda x: x * 2, create_graph=True, strict=True),
    "strategy": call("jacobian", lambda x: x * 2, strategy="sideways"),
}


@pytest.mark.parametrize("name", FUNCTIONAL_ERRORS)
def test_functional_errors(name):
    agree_on_error(FUNCTIONAL_ERRORS[name], X)
