"""What all optimizers have in common: groups, closures, hooks, state dicts, copies."""

import copy
import pickle

import pytest

import minitorch as torch
from minitorch.optim import SGD, Adam, Optimizer
from minitorch.optim.optimizer import register_optimizer_step_post_hook, register_optimizer_step_pre_hook


def leaf(*values):
    return torch.tensor(values, requires_grad=True)


def given_gradient(*values):
    w = leaf(*values)
    w.grad = torch.ones(len(values))
    return w


class Shift(Optimizer):
    """A user's own optimizer."""

    def __init__(self, params, by=1.0):
        super().__init__(params, {"by": by})

    def step(self, closure=None):
        for group in self.param_groups:
            for p in group["params"]:
                with torch.no_grad():
                    p += group["by"]
        return "shifted"


def test_groups_get_missing_options_from_the_defaults():
    w, b = leaf(1.0), leaf(2.0)
    opt = SGD([{"params": w, "lr": 0.5}, {"params": [b]}], lr=0.1)
    assert [group["lr"] for group in opt.param_groups] == [0.5, 0.1]
    assert opt.param_groups[0]["params"] == [w]


def test_a_generator_of_parameters():
    w = leaf(1.0)
    assert SGD(p for p in [w]).param_groups[0]["params"] == [w]


def test_an_added_group_is_stepped():
    w, b = given_gradient(1.0), given_gradient(2.0)
    opt = SGD([w], lr=0.1)
    opt.step()
    opt.add_param_group({"params": [b], "lr": 1.0})
    opt.step()
    assert w.tolist() == pytest.approx([0.8])
    assert b.tolist() == [1.0]


def test_names_of_parameters_are_kept():
    opt = SGD([("layer.weight", leaf(1.0))])
    assert opt.param_groups[0]["param_names"] == ["layer.weight"]
    assert opt.state_dict()["param_groups"][0]["param_names"] == ["layer.weight"]


def test_a_misspelt_option_is_noticed():
    with pytest.warns(UserWarning, match="no option 'weight_deacy'.*did you mean 'weight_decay'"):
        SGD([{"params": [leaf(1.0)], "weight_deacy": 0.1}])


def test_an_option_of_the_users_own_is_no_slip(recwarn):
    opt = SGD([{"params": [leaf(1.0)], "name": "head"}])
    assert opt.param_groups[0]["name"] == "head"
    assert not recwarn.list


def test_a_group_without_params():
    with pytest.raises(KeyError, match="params"):
        SGD([{"lr": 0.1}])


@pytest.mark.parametrize("lr", ["0.1", None, [0.1]])
def test_an_option_that_is_no_number(lr):
    with pytest.raises(TypeError, match=r"Invalid learning rate: .* a number was expected"):
        SGD([leaf(1.0)], lr=lr)


def test_not_a_number_is_refused():
    with pytest.raises(ValueError, match="Invalid learning rate: nan"):
        SGD([leaf(1.0)], lr=float("nan"))


@pytest.mark.parametrize("betas", [0.9, (0.9,), (0.9, 0.99, 0.999)])
def test_betas_are_two(betas):
    with pytest.raises(ValueError, match=r"Invalid betas: .*two numbers"):
        Adam([leaf(1.0)], betas=betas)


def test_differentiable_is_refused():
    with pytest.raises(ValueError, match="differentiable=True is not supported"):
        SGD([leaf(1.0)], differentiable=True)


def test_capturable_is_refused_at_the_step():
    opt = Adam([given_gradient(1.0)], capturable=True)
    with pytest.raises(AssertionError, match="If capturable=True, params and state_steps must be on supported devices"):
        opt.step()


def test_zero_grad_forgets_gradients():
    w = given_gradient(1.0)
    SGD([w]).zero_grad()
    assert w.grad is None


def test_zero_grad_can_fill_with_zeros():
    w = given_gradient(1.0)
    grad, version = w.grad, w.grad._version
    SGD([w]).zero_grad(set_to_none=False)
    assert w.grad is grad
    assert grad.tolist() == [0.0]
    assert grad._version == version + 1


def test_zero_grad_detaches_a_recorded_gradient():
    w = leaf(2.0)
    (w**3).sum().backward(create_graph=True)
    assert w.grad.requires_grad
    SGD([w]).zero_grad(set_to_none=False)
    assert not w.grad.requires_grad


def test_step_without_closure_gives_nothing():
    assert SGD([given_gradient(1.0)]).step() is None


def test_closure_is_recorded_and_its_loss_given_back():
    w = leaf(1.0)
    opt = SGD([w], lr=0.25)

    def closure():
        opt.zero_grad()
        loss = (w * w).sum()
        loss.backward()
        return loss

    with torch.no_grad():
        loss = opt.step(closure)
        assert not torch.is_grad_enabled()
    assert loss.item() == 1.0
    assert w.tolist() == [0.5]


def test_the_graph_notices_the_step():
    w = given_gradient(1.0)
    loss = (w * w).sum()
    SGD([w]).step()
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        loss.backward()


def test_an_optimizer_needs_an_algorithm():
    with pytest.raises(NotImplementedError, match="must define step"):
        Optimizer([leaf(1.0)], {}).step()


def test_step_hooks_run_around_the_step():
    opt, seen = Shift([leaf(1.0)]), []
    opt.register_step_pre_hook(lambda o, args, kwargs: seen.append(("before", o is opt, args, kwargs)))
    opt.register_step_post_hook(lambda o, args, kwargs: seen.append(("after", o.param_groups[0]["params"][0].item())))
    assert opt.step(closure=None) == "shifted"
    assert seen == [("before", True, (), {"closure": None}), ("after", 2.0)]


def test_a_pre_hook_may_change_the_arguments():
    opt = SGD([given_gradient(1.0)])
    opt.register_step_pre_hook(lambda o, args, kwargs: ((lambda: "loss",), {}))
    assert opt.step() == "loss"


def test_a_pre_hook_that_returns_nonsense():
    opt = SGD([given_gradient(1.0)])
    opt.register_step_pre_hook(lambda o, args, kwargs: 3)
    with pytest.raises(RuntimeError, match="must return None or a tuple of \\(new_args, new_kwargs\\), but got 3"):
        opt.step()


def test_a_removed_hook_is_silent():
    opt, seen = SGD([given_gradient(1.0)]), []
    handle = opt.register_step_post_hook(lambda *_: seen.append(1))
    opt.step()
    handle.remove()
    opt.step()
    assert seen == [1]


def test_hooks_on_all_optimizers():
    seen = []
    with (
        register_optimizer_step_pre_hook(lambda o, args, kwargs: seen.append(type(o))),
        register_optimizer_step_post_hook(lambda o, args, kwargs: seen.append("after")),
    ):
        SGD([leaf(1.0)]).step()
        Shift([leaf(1.0)]).step()
    SGD([leaf(1.0)]).step()
    assert seen == [SGD, "after", Shift, "after"]


def test_state_dict_hooks():
    opt, seen = SGD([leaf(1.0)]), []
    opt.register_state_dict_pre_hook(lambda o: seen.append("second"))
    opt.register_state_dict_pre_hook(lambda o: seen.append("first"), prepend=True)
    opt.register_state_dict_post_hook(lambda o, state: {**state, "note": "mine"})
    assert opt.state_dict()["note"] == "mine"
    assert seen == ["first", "second"]


def test_load_state_dict_hooks():
    opt, seen = SGD([leaf(1.0)], lr=0.1), []
    state = opt.state_dict()

    def faster(o, state):
        return {**state, "param_groups": [{**group, "lr": 0.7} for group in state["param_groups"]]}

    opt.register_load_state_dict_pre_hook(faster)
    opt.register_load_state_dict_post_hook(lambda o: seen.append(o.param_groups[0]["lr"]))
    opt.load_state_dict(state)
    assert seen == [0.7]
    assert state["param_groups"][0]["lr"] == 0.1


def test_state_dict_numbers_the_parameters_over_the_groups():
    a, b, c = given_gradient(1.0), leaf(2.0), given_gradient(3.0)
    opt = SGD([{"params": [a]}, {"params": [b, c]}], momentum=0.9)
    opt.step()
    state = opt.state_dict()
    assert [group["params"] for group in state["param_groups"]] == [[0], [1, 2]]
    assert set(state["state"]) == {0, 2}
    assert state["state"][2]["momentum_buffer"] is opt.state[c]["momentum_buffer"]


def test_loading_copies_the_state():
    w, v = given_gradient(1.0), given_gradient(1.0)
    source, target = SGD([w], momentum=0.9), SGD([v], momentum=0.9)
    source.step()
    target.load_state_dict(source.state_dict())
    target.step()
    assert source.state[w]["momentum_buffer"].tolist() == [1.0]
    assert target.state[v]["momentum_buffer"].tolist() == pytest.approx([1.9])


def test_loading_casts_to_the_parameters_dtype_but_not_step():
    w, v = given_gradient(1.0), leaf(1.0)
    source = Adam([w])
    source.step()
    v = torch.ones(1, dtype=torch.float64, requires_grad=True)
    target = Adam([v])
    target.load_state_dict(source.state_dict())
    assert target.state[v]["exp_avg"].dtype is torch.float64
    assert target.state[v]["step"].dtype is torch.float32


def test_loading_keeps_what_belongs_to_no_parameter():
    opt = SGD([leaf(1.0)])
    opt.load_state_dict({"state": {"note": [1, 2]}, "param_groups": opt.state_dict()["param_groups"]})
    assert opt.state["note"] == [1, 2]


def test_loading_keeps_names_unless_given():
    named = SGD([("w", leaf(1.0))])
    named.load_state_dict(SGD([leaf(1.0)]).state_dict())
    assert named.param_groups[0]["param_names"] == ["w"]
    named.load_state_dict(SGD([("v", leaf(1.0))]).state_dict())
    assert named.param_groups[0]["param_names"] == ["v"]


def test_loading_a_checkpoint_from_before_an_option_was_there():
    opt = SGD([leaf(1.0)], lr=0.1, maximize=True)
    state = opt.state_dict()
    del state["param_groups"][0]["maximize"]
    opt.load_state_dict(state)
    assert opt.param_groups[0]["maximize"] is True


def test_loading_something_else():
    with pytest.raises(KeyError, match="param_groups"):
        SGD([leaf(1.0)]).load_state_dict({"weight": 1})


def test_loading_the_state_of_another_model():
    source, target = Adam([given_gradient(1.0, 2.0)]), Adam([given_gradient(1.0, 2.0, 3.0)])
    source.step()
    target.load_state_dict(source.state_dict())
    with pytest.raises(RuntimeError, match=r"The size of tensor a \[2\] must match the size of tensor b \[3\]"):
        target.step()


def test_a_checkpoint_with_plain_numbers_for_step():
    w = given_gradient(1.0)
    opt = Adam([w], lr=0.1)
    opt.step()
    state = opt.state_dict()
    state["state"][0]["step"] = 1
    opt.load_state_dict(state)
    opt.step()
    assert opt.state[w]["step"].item() == 2.0


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda x: pickle.loads(pickle.dumps(x))], ids=["deepcopy", "pickle"])
def test_copies_go_on_alike(copied):
    w = given_gradient(1.0, 2.0)
    opt = Adam([w], lr=0.1)
    opt.step()
    twin = copied(opt)
    (v,) = twin.param_groups[0]["params"]
    assert v is not w
    v.grad = torch.ones(2)
    opt.step()
    twin.step()
    assert v.tolist() == w.tolist()
    assert twin.state[v]["step"].item() == 2.0


def test_a_copy_with_its_model_optimizes_the_copy():
    w = given_gradient(1.0)
    v, twin = copy.deepcopy((w, SGD([w], lr=0.5)))
    v.grad = torch.ones(1)
    twin.step()
    assert v.tolist() == [0.5]
    assert w.tolist() == [1.0]


def test_repr():
    opt = Shift([{"params": [leaf(1.0)]}, {"params": [leaf(2.0)], "by": 3.0}])
    assert repr(opt) == "Shift (\nParameter Group 0\n    by: 1.0\n\nParameter Group 1\n    by: 3.0\n)"
