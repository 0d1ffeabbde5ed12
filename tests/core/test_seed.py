"""The seed document's statements on autograd, in its order, each held to."""

import numpy as np
import pytest

import minitorch as torch
from minitorch import nn, optim


def test_a_graph_is_recorded_of_tensors_and_operations():
    x, y, w = (torch.tensor(v, requires_grad=True) for v in (2.0, 3.0, 4.0))
    a = x * y
    z = a + w
    assert z.grad_fn.name() == "AddBackward0"
    (to_a, _), (to_w, _) = z.grad_fn.next_functions
    assert to_a is a.grad_fn
    assert to_w.variable is w
    assert [node.variable for node, _ in a.grad_fn.next_functions] == [x, y]


def test_requires_grad_is_false_by_default_and_can_be_set():
    assert not torch.tensor(2.0).requires_grad
    assert torch.tensor(2.0, requires_grad=True).requires_grad
    x = torch.tensor(2.0)
    assert x.requires_grad_(True) is x
    assert x.requires_grad
    x.requires_grad_(False)
    assert not (x * 2).requires_grad


def test_only_what_requires_grad_gets_a_gradient():
    x = torch.tensor(2.0, requires_grad=True)
    y = torch.tensor(3.0, requires_grad=False)
    w = torch.tensor(4.0, requires_grad=False)
    a = x * y
    z = a + w
    assert a.requires_grad
    assert z.requires_grad
    z.backward()
    assert x.grad.item() == 3.0
    assert y.grad is None
    assert w.grad is None


def test_intermediate_gradients_are_not_kept():
    x = torch.tensor(2.0, requires_grad=True)
    y = torch.tensor(3.0, requires_grad=True)
    a = x * y
    z = a**2
    assert not a.is_leaf
    assert not z.is_leaf
    assert x.is_leaf
    z.backward()
    assert x.grad.item() == 36.0
    assert y.grad.item() == 24.0
    with pytest.warns(UserWarning, match="not a leaf Tensor is being accessed"):
        assert a.grad is None


def test_intermediate_gradients_are_kept_on_request():
    x = torch.tensor(2.0, requires_grad=True)
    a = x * 3
    a.retain_grad()
    (a**2).backward()
    assert a.retains_grad
    assert a.grad.item() == 12.0


def test_gradients_accumulate():
    x = torch.tensor([2.0], requires_grad=True)
    (x**2).backward()
    assert x.grad.tolist() == [4.0]
    (x**3).backward()
    assert x.grad.tolist() == [16.0]


def test_grad_returns_gradients_and_leaves_grad_alone():
    x = torch.tensor(2.0, requires_grad=True)
    y = torch.tensor(3.0, requires_grad=True)
    z = x**2 + y**3
    assert torch.autograd.grad(z, (x, y)) == (4.0, 27.0)
    assert x.grad is None
    assert y.grad is None


def test_second_derivative():
    x = torch.tensor(2.0, requires_grad=True)
    y = torch.tensor(3.0, requires_grad=True)
    z = x**2 + y**3
    (grad_x,) = torch.autograd.grad(z, x, create_graph=True)
    assert grad_x.item() == 4.0
    assert grad_x.requires_grad
    (second_grad_x,) = torch.autograd.grad(grad_x, x)
    assert second_grad_x.item() == 2.0


@pytest.mark.parametrize("order", [1, 2, 3, 4])
def test_any_order_of_derivative(order):
    x = torch.tensor(0.7, dtype=torch.float64, requires_grad=True)
    y = x.sin()
    for _ in range(order):
        (y,) = torch.autograd.grad(y, x, create_graph=True)
    expected = [np.sin, np.cos, lambda v: -np.sin(v), lambda v: -np.cos(v)][order % 4](0.7)
    assert y.item() == pytest.approx(expected, abs=1e-12)


def test_gradients_are_zeroed_by_hand():
    x = torch.tensor([2.0], requires_grad=True)
    (x**2).backward()
    held = x.grad
    x.grad.zero_()
    assert held.tolist() == [0.0]
    (x**3).backward()
    assert x.grad is held
    assert held.tolist() == [12.0]


def test_an_optimizer_zeroes_the_gradients_of_its_parameters():
    model = nn.Linear(2, 1)
    optimizer = optim.SGD(model.parameters(), lr=0.01)
    model(torch.ones(3, 2)).sum().backward()
    assert all(p.grad is not None for p in model.parameters())
    optimizer.zero_grad()
    assert all(p.grad is None for p in model.parameters())
    model(torch.ones(3, 2)).sum().backward()
    optimizer.zero_grad(set_to_none=False)
    assert all(not p.grad.any() for p in model.parameters())
