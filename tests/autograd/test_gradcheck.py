"""gradcheck and gradgradcheck: their arguments. (That they find wrong rules: tests/ops/test_derivatives.py.)"""

import numpy as np
import pytest

import minitorch as torch
from minitorch.autograd import Function, GradcheckError, gradcheck, gradgradcheck


def leaf(*shape, dtype=torch.float64):
    return torch.randn(*shape, dtype=dtype, requires_grad=True)


def test_several_inputs_and_outputs():
    x, v = leaf(2, 3), leaf(3)
    assert gradcheck(lambda x, v: (x * v, x.sum(0), x @ v), (x, v))
    assert gradgradcheck(lambda x, v: (x * v, x.sum(0), x @ v), (x, v))


@pytest.mark.parametrize("shape", [(), (1,), (0,), (2, 0), (2, 1, 3)])
def test_shapes(shape):
    assert gradcheck(lambda x: x.exp() * x, leaf(*shape))
    assert gradgradcheck(lambda x: x.exp() * x, leaf(*shape))


def test_inputs_that_need_no_gradient_and_values_that_are_no_tensors():
    constant = torch.randn(3, dtype=torch.float64)
    assert gradcheck(lambda x, c, n, name: x * c * n, (leaf(3), constant, 2.5, "name"))


def test_outputs_of_whole_numbers_are_passed_over():
    assert gradcheck(lambda x: (x * 2, x.argmax(), x > 0), leaf(4))


def test_output_that_is_the_input():
    assert gradcheck(lambda x: x, leaf(3))
    assert gradcheck(lambda x: x.t(), leaf(2, 3))


def test_function_in_place_on_a_copy():
    assert gradcheck(lambda x: x.clone().mul_(3).exp_(), leaf(3))


def test_inputs_are_left_as_they_were():
    x = leaf(3)
    before, version = x.detach().clone(), x._version
    gradcheck(lambda x: x.exp(), x)
    gradcheck(lambda x: x.exp(), x, fast_mode=True)
    assert torch.equal(x, before)
    assert x._version == version
    assert x.grad is None


def test_the_users_seed_is_left_alone():
    x = leaf(3)
    state = torch.get_rng_state()
    gradgradcheck(lambda x: x.exp(), x, fast_mode=True)
    assert torch.equal(torch.get_rng_state(), state)


def test_non_contiguous_inputs_and_cotangents():
    x = leaf(3, 4).detach().t()[::2].requires_grad_()
    assert gradcheck(lambda x: x * x, x)
    assert gradgradcheck(lambda x: x * x * x, x, gen_non_contig_grad_outputs=True)


def test_given_cotangents():
    x = leaf(2)
    assert gradgradcheck(lambda x: x.exp(), x, torch.ones(2, dtype=torch.float64, requires_grad=True))


def test_batched_gradients_and_dtypes_are_checked():
    assert gradcheck(lambda x: (x.exp(), x.sum()), leaf(3), check_batched_grad=True, check_grad_dtypes=True)


def test_no_input_requires_grad():
    with pytest.raises(ValueError, match="expects at least one input tensor to require gradient"):
        gradcheck(lambda x: x, torch.ones(2, dtype=torch.float64))


def test_single_precision_is_warned_of():
    with pytest.warns(UserWarning, match="not a double precision"):
        gradcheck(lambda x: x * 2, leaf(2, dtype=torch.float32), eps=1e-2, atol=1e-2)


def test_overlapping_memory_is_refused():
    x = torch.ones(1, dtype=torch.float64).expand(3).detach().requires_grad_()
    with pytest.raises(RuntimeError, match="dimension with stride 0"):
        gradcheck(lambda x: x * 2, x)


def test_a_jacobian_that_should_be_zero():
    class Zero(Function):
        @staticmethod
        def forward(ctx, x):
            return x * 2

        @staticmethod
        def backward(ctx, g):
            return None

    with pytest.raises(GradcheckError, match="Jacobian mismatch"):
        gradcheck(Zero.apply, leaf(2))
    assert gradcheck(lambda x: x.detach() * 0, leaf(2))


def test_a_discontinuity_is_found():
    x = torch.tensor([0.0, 1.0], dtype=torch.float64, requires_grad=True)
    with pytest.raises(GradcheckError, match=r"largest difference, 0.5, is in row 0, column 0"):
        gradcheck(lambda x: x.relu(), x)


def test_the_message_shows_both_jacobians():
    class Wrong(Function):
        @staticmethod
        def forward(ctx, x):
            return x * 2

        @staticmethod
        def backward(ctx, g):
            return g * 3

    with pytest.raises(GradcheckError) as caught:
        gradcheck(Wrong.apply, leaf(2))
    text = str(caught.value)
    assert text.startswith("Jacobian mismatch for output 0 with respect to input 0,\nnumerical:[[2. 0.]")
    assert "analytical:[[3. 0.]\n [0. 3.]]" in text.replace("2.00000000e+00", "2.")


def test_an_output_that_a_backward_forgets_when_another_is_unused():
    class Two(Function):
        @staticmethod
        def forward(ctx, x):
            ctx.set_materialize_grads(False)
            return x * 2, x * 3

        @staticmethod
        def backward(ctx, g, h):
            return None if g is None or h is None else 2 * g + 3 * h

    with pytest.raises(GradcheckError, match=r"Jacobian mismatch|undefined output grads"):
        gradcheck(Two.apply, leaf(2))


def test_tolerances_decide():
    class Near(Function):
        @staticmethod
        def forward(ctx, x):
            return x * 2

        @staticmethod
        def backward(ctx, g):
            return g * 2.001

    assert gradcheck(Near.apply, leaf(2), rtol=1e-2)
    assert not gradcheck(Near.apply, leaf(2), rtol=1e-5, atol=1e-5, raise_exception=False)


def test_other_errors_come_through():
    def broken(x):
        raise KeyError("broken")

    with pytest.raises(KeyError, match="broken"):
        gradcheck(broken, leaf(2), raise_exception=False)


def test_fast_mode_agrees_with_the_slow_one():
    def f(x, v):
        return (x * v).tanh(), x.prod(1)

    for fast_mode in (False, True):
        assert gradcheck(f, (leaf(2, 3), leaf(3)), fast_mode=fast_mode)
        assert gradgradcheck(f, (leaf(2, 3), leaf(3)), fast_mode=fast_mode)


def test_numbers_of_the_two_jacobians():
    from minitorch.autograd.real_matrices import analytical_jacobian, numerical_jacobian

    x = torch.tensor([1.0, 2.0], dtype=torch.float64, requires_grad=True)
    expected = np.array([[2.0, 2.0], [0.0, 1.0]])  # of (x0^2, x0 x1) by rows of x: [[2 x0, x1], [0, x0]]

    def f(x):
        return torch.stack([x[0] ** 2, x[0] * x[1]])

    np.testing.assert_allclose(numerical_jacobian(f, (x,), x, 1e-6)[0], expected, atol=1e-8)
    np.testing.assert_allclose(analytical_jacobian(f(x), [x])[0], expected)
