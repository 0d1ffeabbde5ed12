"""Parameters and buffers: their text, memory, copies and pickles."""

import copy
import pickle

import pytest

import minitorch
from minitorch import nn


def test_a_parameter_shares_its_tensors_memory():
    t = minitorch.ones(3)
    p = nn.Parameter(t)
    with minitorch.no_grad():
        p += 1
    assert t.tolist() == [2.0, 2.0, 2.0]
    assert t._version == p._version == 1


def test_text():
    assert repr(nn.Parameter(minitorch.ones(1))) == "Parameter containing:\ntensor([1.], requires_grad=True)"


def test_an_operation_on_a_parameter_gives_a_plain_tensor():
    p = nn.Parameter(minitorch.ones(2))
    assert type(p * 2) is minitorch.Tensor
    assert type(p.detach()) is minitorch.Tensor


def test_anything_but_a_tensor_is_refused_with_advice():
    with pytest.raises(TypeError, match=r"takes a Tensor, but got list: make one first, as in Parameter\(minitorch"):
        nn.Parameter([1.0, 2.0])
    with pytest.raises(RuntimeError, match="Only Tensors of floating point and complex dtype"):
        nn.Parameter(minitorch.tensor([1]))
    assert not nn.Parameter(minitorch.tensor([1]), requires_grad=False).requires_grad


def test_a_deep_copy_is_apart_and_keeps_attributes():
    p = nn.Parameter(minitorch.ones(2), requires_grad=False)
    p.tag = ["a"]
    a, b = copy.deepcopy((p, p))
    assert a is b
    assert isinstance(a, nn.Parameter)
    assert a.tag == ["a"]
    assert not a.requires_grad
    a += 1
    assert p.tolist() == [1.0, 1.0]


@pytest.mark.parametrize("persistent", [True, False])
def test_a_buffer_keeps_its_settings_through_copies_and_pickles(persistent):
    b = nn.Buffer(minitorch.ones(2), persistent=persistent)
    for again in (copy.deepcopy(b), pickle.loads(pickle.dumps(b))):
        assert type(again) is nn.Buffer
        assert again.persistent is persistent
        assert again.tolist() == [1.0, 1.0]


def test_a_pickled_parameter_is_a_parameter():
    p = nn.Parameter(minitorch.ones(2))
    p.tag = 3
    again = pickle.loads(pickle.dumps(p))
    assert type(again) is nn.Parameter
    assert again.requires_grad
    assert again.tag == 3
    assert again.is_leaf


def test_layers_refuse_other_devices():
    with pytest.raises(RuntimeError, match="CPU only"):
        nn.Linear(1, 1, device="cuda")
