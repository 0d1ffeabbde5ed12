"""Gradient clipping, and parameters as a vector."""

import math

import pytest

import minitorch
from minitorch import nn


def parameters(*gradients):
    made = []
    for gradient in gradients:
        p = nn.Parameter(minitorch.zeros(len(gradient)))
        p.grad = minitorch.tensor(gradient)
        made.append(p)
    return made


def test_the_norm_is_that_of_all_gradients_together():
    a, b = parameters([3.0], [4.0])
    assert nn.utils.clip_grad_norm_([a, b], 1.0).item() == 5.0
    assert [a.grad.item(), b.grad.item()] == pytest.approx([0.6, 0.8])


def test_small_gradients_are_left_alone():
    (a,) = parameters([3.0, 4.0])
    version = a.grad._version
    nn.utils.clip_grad_norm_(a, 6.0)
    assert a.grad.tolist() == [3.0, 4.0]
    assert a.grad._version == version


def test_the_largest_element_as_norm():
    (a,) = parameters([3.0, -4.0])
    assert nn.utils.clip_grad_norm_(a, 2.0, norm_type=math.inf).item() == 4.0
    assert a.grad.tolist() == pytest.approx([1.5, -2.0])


def test_values_are_cut_off():
    (a,) = parameters([3.0, -4.0, 0.5])
    nn.utils.clip_grad_value_(a, 1.0)
    assert a.grad.tolist() == [1.0, -1.0, 0.5]


def test_a_norm_that_is_not_finite_can_be_an_error():
    (a,) = parameters([math.nan])
    with pytest.raises(
        RuntimeError, match=r"The total norm of order 2.0 for gradients from `parameters` is non-finite"
    ):
        nn.utils.clip_grad_norm_(a, 1.0, error_if_nonfinite=True)


def test_an_empty_generator_is_warned_of():
    with pytest.warns(UserWarning, match="empty generator, no gradient clipping will occur"):
        assert nn.utils.clip_grad_norm_((p for p in ()), 1.0).item() == 0.0


def test_clipping_counts_as_a_write():
    (a,) = parameters([3.0, 4.0])
    version = a.grad._version
    nn.utils.clip_grad_norm_(a, 1.0)
    assert a.grad._version == version + 1


def test_a_vector_of_parameters_goes_round():
    layer = nn.Linear(2, 3)
    vector = nn.utils.parameters_to_vector(layer.parameters())
    nn.utils.vector_to_parameters(minitorch.arange(9.0), layer.parameters())
    assert layer.bias.tolist() == [6.0, 7.0, 8.0]
    vector.sum().backward()
    assert layer.weight.grad.tolist() == [[1.0, 1.0]] * 3
    with pytest.raises(TypeError, match=r"expected torch\.Tensor, but got: list"):
        nn.utils.vector_to_parameters([1.0], layer.parameters())
