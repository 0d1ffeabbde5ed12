"""Containers: list and dictionary behaviour on top of registration."""

from collections import OrderedDict

import pytest

import minitorch
from minitorch import nn


def names(module):
    return [name for name, _ in module.named_parameters()]


def test_sequential_calls_in_order():
    seq = nn.Sequential(nn.Flatten(), nn.Linear(6, 2))
    assert seq(minitorch.ones(4, 2, 3)).shape == (4, 2)
    assert [type(m).__name__ for m in seq] == ["Flatten", "Linear"]


def test_sequential_renumbers_after_removal():
    seq = nn.Sequential(nn.ReLU(), nn.Linear(1, 1), nn.Tanh())
    del seq[0]
    assert names(seq) == ["0.weight", "0.bias"]
    assert len(seq.pop(-1).state_dict()) == 0
    assert len(seq) == 1


def test_a_slice_shares_modules_and_keeps_names():
    seq = nn.Sequential(OrderedDict(a=nn.Linear(1, 1), b=nn.ReLU()))
    assert seq[:1][0] is seq.a
    assert names(seq[:1]) == ["a.weight", "a.bias"]


@pytest.mark.parametrize("index", [2, -3])
def test_an_index_outside_is_refused(index):
    for container in (nn.Sequential(nn.ReLU(), nn.ReLU()), nn.ModuleList([nn.ReLU(), nn.ReLU()])):
        with pytest.raises(IndexError, match=f"index {index} is out of range"):
            container[index]


def test_a_module_list_shows_equal_neighbours_once():
    layers = nn.ModuleList([nn.ReLU(), nn.ReLU(), nn.Tanh()])
    assert repr(layers) == "ModuleList(\n  (0-1): 2 x ReLU()\n  (2): Tanh()\n)"


def test_a_module_list_inserts_and_extends():
    layers = nn.ModuleList([nn.Linear(1, 1)])
    layers.insert(0, nn.Tanh())
    layers += [nn.Linear(1, 1)]
    assert names(layers) == ["1.weight", "1.bias", "2.weight", "2.bias"]
    with pytest.raises(TypeError, match=r"ModuleList\.extend should be called with an iterable, but got int"):
        layers.extend(3)


def test_a_module_dict_is_a_dictionary():
    modules = nn.ModuleDict([("a", nn.Linear(1, 1))])
    modules["b"] = nn.ReLU()
    assert list(modules) == ["a", "b"]
    assert "a" in modules
    assert repr(modules.pop("b")) == "ReLU()"
    assert names(modules) == ["a.weight", "a.bias"]
    with pytest.raises(TypeError, match="int is not a Module subclass"):
        modules["c"] = 3


def test_a_parameter_list_makes_parameters_of_tensors():
    values = nn.ParameterList([minitorch.ones(2), "text"])
    values[0] = minitorch.zeros(3)
    assert names(values) == ["0"]
    assert isinstance(values[0], nn.Parameter)
    assert values[1] == "text"
    assert len(values[:1]) == 1
    with pytest.raises(RuntimeError, match="ParameterList should not be called"):
        values(1)


def test_a_parameter_dict_is_a_dictionary():
    values = nn.ParameterDict({"b": minitorch.ones(2), "a": minitorch.ones(1)})
    assert list(values) == ["a", "b"]
    values["c"] = minitorch.ones(())
    del values["a"]
    assert names(values) == ["b", "c"]
    assert values.get("a", 5) == 5
    with pytest.raises(TypeError, match=r"is not a string \(type is 'int'\)"):
        values[3] = minitorch.ones(1)
