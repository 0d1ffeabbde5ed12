"""Module: what it registers, how it is called, what it saves."""

import copy
import gc
import pickle
import weakref

import pytest

import minitorch
from minitorch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.hidden = nn.Linear(3, 4)
        self.out = nn.Linear(4, 2)
        self.register_buffer("seen", minitorch.zeros(1))

    def forward(self, x):
        self.seen += 1
        return self.out(minitorch.relu(self.hidden(x)))


def test_parameters_come_in_the_order_of_registration():
    assert [name for name, _ in Net().named_parameters()] == ["hidden.weight", "hidden.bias", "out.weight", "out.bias"]


def test_a_shared_parameter_comes_once():
    net = Net()
    net.out.weight = net.hidden.weight
    assert len(list(net.parameters())) == 3
    assert len(list(net.named_parameters(remove_duplicate=False))) == 4


def test_a_state_dict_goes_round():
    a, b = Net(), Net()
    a(minitorch.ones(1, 3))
    assert repr(b.load_state_dict(a.state_dict())) == "<All keys matched successfully>"
    assert all(minitorch.equal(a.state_dict()[k], v) for k, v in b.state_dict().items())


def test_a_state_dict_shares_memory_and_a_copy_of_it_does_not():
    net = Net()
    state, snapshot = net.state_dict(), copy.deepcopy(net.state_dict())
    net(minitorch.ones(1, 3))
    assert state["seen"].item() == 1
    assert snapshot["seen"].item() == 0


def test_all_that_does_not_fit_is_listed_at_once():
    state = Net().state_dict()
    state["surplus"] = state.pop("out.bias")
    state["seen"] = minitorch.zeros(2)
    with pytest.raises(RuntimeError) as info:
        Net().load_state_dict(state)
    assert str(info.value) == (
        "Error(s) in loading state_dict for Net:\n"
        '\tMissing key(s) in state_dict: "out.bias". \n'
        '\tUnexpected key(s) in state_dict: "surplus". \n'
        "\tsize mismatch for seen: copying a param with shape torch.Size([2]) from checkpoint, "
        "the shape in current model is torch.Size([1])."
    )


def test_loading_keeps_the_parameter_objects():
    net = Net()
    before = list(net.parameters())
    net.load_state_dict(Net().state_dict())
    assert all(a is b for a, b in zip(before, net.parameters(), strict=True))


def test_a_missing_super_init_is_named():
    class Forgot(nn.Module):
        def __init__(self):
            self.layer = nn.Linear(1, 1)

    with pytest.raises(AttributeError, match=r"cannot assign module before Module.__init__\(\) call"):
        Forgot()


def test_a_missing_forward_is_named():
    class Empty(nn.Module):
        pass

    with pytest.raises(NotImplementedError, match=r'Module \[Empty\] is missing the required "forward" function'):
        Empty()(1)


def test_an_unknown_attribute_offers_the_nearest_one():
    with pytest.raises(AttributeError, match="'Net' object has no attribute 'hiden'") as info:
        Net().hiden
    assert info.value.name == "hiden"
    assert "hidden" in dir(info.value.obj)  # what Python's "Did you mean" looks through


def test_hooks_run_only_while_they_are_registered():
    net, calls = Net(), []
    handle = net.register_forward_hook(lambda module, args, out: calls.append(out.shape))
    net(minitorch.ones(5, 3))
    handle.remove()
    net(minitorch.ones(5, 3))
    assert calls == [(5, 2)]
    assert not net._hooked  # back on the short path


def test_a_hooked_module_copies_and_pickles_with_its_hook():
    net = nn.Sequential(nn.ReLU())
    net.register_forward_hook(double)
    for twin in (copy.deepcopy(net), pickle.loads(pickle.dumps(net))):
        assert twin(minitorch.ones(1)).tolist() == [2.0]


def double(module, args, out):
    return out * 2


def test_a_global_hook_sees_modules_made_later_and_goes_away():
    calls = []
    with nn.modules.module.register_module_forward_hook(lambda module, args, out: calls.append(type(module).__name__)):
        nn.ReLU()(minitorch.ones(1))
    nn.ReLU()(minitorch.ones(1))
    assert calls == ["ReLU"]


def test_a_backward_hook_replaces_the_gradient_of_the_input():
    layer = nn.Tanh()
    layer.register_full_backward_hook(lambda module, grad_input, grad_output: (grad_input[0] * 0 + 7,))
    x = minitorch.ones(2, requires_grad=True)
    layer(x).sum().backward()
    assert x.grad.tolist() == [7.0, 7.0]


def test_a_module_is_freed_without_the_garbage_collector():
    gc.disable()
    try:
        net = Net()
        net(minitorch.ones(1, 3)).sum().backward()
        reference = weakref.ref(net)
        del net
        assert reference() is None
    finally:
        gc.enable()


def test_conversion_keeps_parameters_and_takes_gradients_along():
    net = Net()
    weight = net.out.weight
    net(minitorch.ones(1, 3)).sum().backward()
    net.double()
    assert net.out.weight is weight
    assert weight.dtype is weight.grad.dtype is minitorch.float64
    net(minitorch.ones(1, 3, dtype=minitorch.float64)).sum().backward()
    assert weight.grad.dtype is minitorch.float64


def test_train_and_eval_reach_every_module():
    net = nn.Sequential(nn.Dropout(), nn.Sequential(nn.Dropout()))
    assert not any(module.training for module in net.eval().modules())
    assert all(module.training for module in net.train().modules())
    with pytest.raises(ValueError, match="training mode is expected to be boolean, got int"):
        net.train(1)


def test_to_refuses_integers_and_unknown_arguments():
    with pytest.raises(TypeError, match=r"only accepts floating point or complex dtypes, but got .*dtype=torch.int64"):
        Net().to(minitorch.int64)
    with pytest.raises(TypeError, match="unexpected keyword 'dtyp'"):
        Net().to(dtyp=minitorch.float64)


def test_a_name_registered_once_is_no_attribute_of_the_class_nor_of_other_instances():
    class Bag(nn.Module):
        pass

    full, empty = Bag(), Bag()
    full.inner = nn.ReLU()
    full.scale = nn.Parameter(minitorch.ones(1))
    assert not hasattr(Bag, "inner")
    assert not hasattr(empty, "inner")
    with pytest.raises(AttributeError, match="'Bag' object has no attribute 'scale'"):
        empty.scale
    empty.scale = 3
    assert empty.scale == 3
    assert full.scale.item() == 1.0


def test_attributes_follow_direct_writes_to_the_registry():
    layer = nn.Linear(1, 1)
    layer._parameters["weight"] = nn.Parameter(minitorch.full((1, 1), 5.0))
    assert layer.weight.item() == 5.0
    del layer._parameters["weight"]
    layer.weight = (layer.bias * 2).reshape(1, 1)  # a plain tensor, as weight normalisation keeps it
    assert "weight" in layer.__dict__
    assert layer.weight.grad_fn is not None
    assert layer(minitorch.ones(1, 1)).shape == (1, 1)


def test_names_given_as_data_leave_no_trace_on_the_container_classes():
    nn.ModuleDict({"left": nn.ReLU()})
    nn.Sequential(nn.ReLU())
    assert "left" not in nn.ModuleDict.__dict__
    assert "0" not in nn.Sequential.__dict__
