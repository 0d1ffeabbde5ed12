"""autograd.Function: derivatives written by hand, to second order, and freed like any other graph."""

import gc
import weakref

import numpy as np
import pytest

import minitorch as torch
from minitorch.autograd import Function, gradcheck, gradgradcheck
from minitorch.autograd.function import once_differentiable


class Cube(Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x**3

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return 3 * x**2 * g


class Exp(Function):
    """Saves its result."""

    @staticmethod
    def forward(ctx, x):
        y = x.exp()
        ctx.save_for_backward(y)
        return y

    @staticmethod
    def backward(ctx, g):
        return g * ctx.saved_tensors[0]


class Affine(Function):
    """The style with setup_context."""

    @staticmethod
    def forward(x, w, factor):
        return x * w * factor

    @staticmethod
    def setup_context(ctx, inputs, output):
        x, w, ctx.factor = inputs
        ctx.save_for_backward(x, w)

    @staticmethod
    def vjp(ctx, g):
        x, w = ctx.saved_tensors
        return g * w * ctx.factor, (g * x * ctx.factor).sum(0), None


def leaf(*shape):
    return torch.randn(*shape, dtype=torch.float64, requires_grad=True)


@pytest.mark.parametrize("own", [Cube, Exp])
def test_derivatives(own):
    assert gradcheck(own.apply, leaf(2, 3))
    assert gradgradcheck(own.apply, leaf(2, 3))
    assert gradgradcheck(lambda x: own.apply(own.apply(x * 0.3)), leaf(2))


def test_derivatives_with_other_arguments():
    assert gradgradcheck(lambda x, w: Affine.apply(x, w, 2.0), (leaf(2, 3), leaf(3)))
    assert gradgradcheck(lambda x, w: Affine.apply(x, w, factor=2.0), (leaf(2, 3), leaf(3)))


def test_third_derivative():
    x = torch.tensor(2.0, requires_grad=True)
    y = Cube.apply(x)
    for expected in (12.0, 12.0, 6.0):
        (y,) = torch.autograd.grad(y, x, create_graph=True)
        assert y.item() == expected


def test_the_node_shows_its_context():
    y = Cube.apply(torch.ones(2, requires_grad=True))
    assert y.grad_fn.name() == "CubeBackward"
    assert repr(y) == "tensor([1., 1.], grad_fn=<CubeBackward>)"
    assert y.grad_fn.saved_tensors[0].tolist() == [1.0, 1.0]
    assert y.grad_fn.next_functions[0][0].name() == "torch::autograd::AccumulateGrad"


def test_a_saved_leaf_is_the_leaf_itself():
    x = torch.ones(2, requires_grad=True)
    assert Cube.apply(x).grad_fn.saved_tensors[0] is x


def test_forward_is_not_recorded():
    seen = []

    class Own(Function):
        @staticmethod
        def forward(ctx, x):
            seen.append(((x * 2).requires_grad, torch.is_grad_enabled()))
            return x * 2

        @staticmethod
        def backward(ctx, g):
            seen.append(torch.is_grad_enabled())
            return g * 2

    x = torch.ones(2, requires_grad=True)
    Own.apply(x).sum().backward()
    torch.autograd.grad(Own.apply(x).sum(), x, create_graph=True)
    assert seen == [(False, False), False, (False, False), True]


def test_numpy_inside():
    class Sort(Function):
        @staticmethod
        def forward(ctx, x):
            order = np.argsort(x.detach().numpy())
            ctx.order = order
            return torch.from_numpy(x.detach().numpy()[order])

        @staticmethod
        @once_differentiable
        def backward(ctx, g):
            back = np.empty_like(g.numpy())
            back[ctx.order] = g.numpy()
            return torch.from_numpy(back)

    assert gradcheck(Sort.apply, torch.tensor([3.0, 1.0, 2.0], dtype=torch.float64, requires_grad=True))


def test_gradient_in_another_dtype_is_cast():
    class Own(Function):
        @staticmethod
        def forward(ctx, x):
            return x * 2

        @staticmethod
        def backward(ctx, g):
            return (g * 2).double()

    x = torch.ones(2, requires_grad=True)
    Own.apply(x).sum().backward()
    assert x.grad.dtype is torch.float32


@pytest.mark.parametrize("own", [Cube, Exp])
@pytest.mark.parametrize("run_backward", [False, True])
def test_freed_without_the_collector(own, run_backward):
    gc.disable()
    try:
        x = torch.ones(2, requires_grad=True)
        y = own.apply(x * 1)
        node, array = weakref.ref(y.grad_fn), weakref.ref(y.array)
        if run_backward:
            y.sum().backward()
            with pytest.raises(RuntimeError, match="after they have already been freed"):
                _ = y.grad_fn.saved_tensors
        del y
        assert node() is None
        assert array() is None
    finally:
        gc.enable()


def test_functional_numbers():
    x = torch.tensor([1.0, 2.0], dtype=torch.float64)
    v = torch.tensor([1.0, 10.0], dtype=torch.float64)

    def f(x):
        return torch.stack([x[0] ** 2, x[0] * x[1]])

    def s(x):
        return x[0] ** 2 * x[1]

    functional = torch.autograd.functional
    assert functional.jacobian(f, x).tolist() == [[2.0, 0.0], [2.0, 1.0]]
    assert functional.vjp(f, x, v)[1].tolist() == [22.0, 10.0]
    assert functional.jvp(f, x, v)[1].tolist() == [2.0, 12.0]
    assert functional.hessian(s, x).tolist() == [[4.0, 2.0], [2.0, 0.0]]
    assert functional.hvp(s, x, v)[1].tolist() == functional.vhp(s, x, v)[1].tolist() == [24.0, 2.0]
    assert not functional.jacobian(f, x).requires_grad
