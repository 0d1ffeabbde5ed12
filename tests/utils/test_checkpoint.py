"""checkpoint: the same gradients from less memory, random numbers kept, nesting, early stop and errors."""

import contextlib
import weakref

import numpy as np
import pytest

import minitorch as torch
from minitorch.utils.checkpoint import (
    CheckpointError,
    checkpoint,
    checkpoint_sequential,
    detach_variable,
    set_checkpoint_debug_enabled,
    set_checkpoint_early_stop,
)

BOTH = pytest.mark.parametrize("use_reentrant", [True, False])


def model(layers=2):
    torch.manual_seed(0)
    parts = [(torch.nn.Linear(6, 6), torch.nn.Tanh(), torch.nn.Dropout(0.3)) for _ in range(layers)]
    return torch.nn.Sequential(*[layer for part in parts for layer in part])


def gradients(module, call, x):
    torch.manual_seed(1)
    x = x.clone().requires_grad_()
    module.zero_grad()
    (call(x) ** 2).sum().backward()
    return [x.grad.numpy(), *[p.grad.numpy() for p in module.parameters()], torch.rand(2).numpy()]


@BOTH
def test_gradients_dropout_and_the_numbers_drawn_later_are_the_same(use_reentrant):
    module, x = model(), torch.randn(4, 6)
    plain = gradients(module, module, x)
    kept = gradients(module, lambda x: checkpoint(module, x, use_reentrant=use_reentrant), x)
    parts = gradients(module, lambda x: checkpoint_sequential(module, 3, x, use_reentrant=use_reentrant), x)
    for a, b, c in zip(plain, kept, parts, strict=True):
        np.testing.assert_array_equal(a, b)
        np.testing.assert_array_equal(a, c)
    fresh = gradients(module, lambda x: checkpoint(module, x, use_reentrant=use_reentrant, preserve_rng_state=False), x)
    assert not np.array_equal(plain[0], fresh[0])


def test_higher_orders_and_gradients_of_chosen_inputs():
    x = torch.tensor([0.3, -1.2], dtype=torch.float64, requires_grad=True)

    def f(x):
        return (x.exp() * x).sin()

    found = []
    for call in (f, lambda x: checkpoint(f, x, use_reentrant=False)):
        (first,) = torch.autograd.grad(call(x).sum(), x, create_graph=True)
        found.append([first.tolist(), torch.autograd.grad((first**2).sum(), x)[0].tolist()])
    assert found[0] == found[1]


@BOTH
def test_the_graph_holds_less(use_reentrant):
    layers = torch.nn.Sequential(*[layer for _ in range(8) for layer in (torch.nn.Linear(6, 6), torch.nn.Tanh())])
    x = torch.randn(50, 6, requires_grad=True)
    made = []

    def recorded(t):
        for layer in layers:
            t = layer(t)
            made.append(weakref.ref(t.array))
        return t

    def held(call):
        made.clear()
        y = call(x)
        count = sum(reference() is not None for reference in made)
        y.sum().backward()
        return count

    plain = held(recorded)
    kept = held(lambda x: checkpoint(recorded, x, use_reentrant=use_reentrant))
    assert plain >= 8
    assert kept <= 1  # the result


def counting(where):
    """A function that notes how far each of its runs came."""

    def f(x):
        where.append("began")
        y = x.exp()
        where.append("ended")
        return y * 2

    return f


def test_the_second_run_stops_early():
    def runs(**settings):
        where = []
        x = torch.ones(2, requires_grad=True)
        checkpoint(counting(where), x, use_reentrant=False, **settings).sum().backward()
        assert torch.equal(x.grad, 2 * torch.ones(2).exp())
        return where[2:]

    assert runs() == ["began"]
    assert runs(early_stop=False) == ["began", "ended"]
    with set_checkpoint_early_stop(False):
        assert runs() == ["began", "ended"]
    with set_checkpoint_early_stop(True):
        assert runs(early_stop=False) == ["began"]


def test_nested_checkpoints_and_a_graph_walked_twice():
    where = []
    x = torch.tensor([0.2, 0.7], requires_grad=True)
    y = checkpoint(
        lambda x: checkpoint(counting(where), x.sin(), use_reentrant=False).cos(), x, use_reentrant=False
    ).sum()
    assert where == ["began", "ended"]
    y.backward(retain_graph=True)
    first = x.grad.clone()
    y.backward()
    (expected,) = torch.autograd.grad((x.sin().exp() * 2).cos().sum(), x)
    assert torch.allclose(first, expected)
    assert torch.allclose(x.grad, 2 * expected)
    with pytest.raises(RuntimeError, match="a second time"):
        y.backward()


def test_nothing_is_kept_or_run_again_under_no_grad():
    where = []
    x = torch.ones(2, requires_grad=True)
    with torch.no_grad():
        assert not checkpoint(counting(where), x, use_reentrant=False).requires_grad
    assert where == ["began", "ended"]


def test_contexts_are_entered_around_each_run():
    entered = []

    @contextlib.contextmanager
    def noting(name):
        entered.append(name)
        yield
        entered.append(f"{name} left")

    x = torch.ones(2, requires_grad=True)
    contexts = (noting("first"), noting("again"))
    checkpoint(torch.exp, x, use_reentrant=False, context_fn=lambda: contexts, early_stop=False).sum().backward()
    assert entered == ["first", "first left", "again", "again left"]


def changing(*versions):
    """A function that is another one at each call."""
    rest = list(versions)
    return lambda x: rest.pop(0)(x)


def run(f, **settings):
    x = torch.ones(3, requires_grad=True)
    checkpoint(f, x, use_reentrant=False, **settings).sum().backward()
    return x.grad.tolist()


def test_runs_that_differ():
    def long(x):
        return x.exp().sin()

    with pytest.raises(
        CheckpointError, match=r"A different number of tensors was saved(.|\n)*forward: 2\n(.|\n)*recomputation: 1"
    ):
        run(changing(long, torch.exp))
    with pytest.raises(CheckpointError, match="trying to save more tensors during recomputation"):
        run(changing(torch.exp, long), early_stop=False)
    shapes = changing(lambda x: x[:2].exp(), lambda x: x[:1].exp())
    with pytest.raises(CheckpointError, match=r"different metadata(.|\n)*position 0: saved \[2\] .*, recomputed \[1\]"):
        run(shapes)
    same_shape = changing(lambda x: x[:2].exp(), lambda x: (x[:2] + 1).exp())
    assert run(same_shape) == pytest.approx([np.exp(2), np.exp(2), 0])
    assert run(changing(lambda x: x[:2].exp(), lambda x: x[:1].exp()), determinism_check="none")


@pytest.mark.parametrize("by", ["argument", "switch"])
def test_debug_lists_the_operations_of_both_runs(by):
    f = changing(lambda x: x.exp().sin(), torch.exp)
    switch = set_checkpoint_debug_enabled(True) if by == "switch" else contextlib.nullcontext()
    listed = r"forward: ExpBackward0, SinBackward0\n(.|\n)*recomputation: ExpBackward0"
    with switch, pytest.raises(CheckpointError, match=listed):
        run(f, debug=by == "argument")


def test_errors():
    x = torch.ones(3, requires_grad=True)
    with pytest.raises(ValueError, match="determinism_check should be one of"):
        checkpoint(torch.exp, x, use_reentrant=False, determinism_check="no")
    with pytest.raises(ValueError, match="only supported when use_reentrant=False"):
        checkpoint(torch.exp, x, use_reentrant=True, debug=True)
    with pytest.raises(ValueError, match="incompatible with non-default context_fn"):
        checkpoint(torch.exp, x, use_reentrant=False, debug=True, context_fn=lambda: None)
    with pytest.raises(ValueError, match="Unexpected keyword arguments: k"):
        checkpoint(lambda x, k: x, x, use_reentrant=True, k=1)
    with pytest.raises(ValueError, match="segments: expected 1 to 2"):
        checkpoint_sequential([torch.exp, torch.sin], 3, x, use_reentrant=False)
    with pytest.raises(RuntimeError, match="Only tuple of tensors is supported"):
        detach_variable([x])
    y = checkpoint(torch.exp, x, use_reentrant=True).sum()
    with pytest.raises(RuntimeError, match=r"incompatible with \.grad"):
        torch.autograd.grad(y, x, retain_graph=True)
    with pytest.raises(RuntimeError, match=r"incompatible with \.grad"):
        y.backward(inputs=[x], retain_graph=True)
    y.backward()
    y = checkpoint(torch.exp, x, use_reentrant=False).sum()
    with torch.no_grad():
        x.mul_(2)
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        y.backward()
    with pytest.warns(UserWarning, match="None of the inputs have requires_grad=True"):
        checkpoint(torch.exp, torch.ones(2), use_reentrant=True)
    with pytest.warns(UserWarning, match="the use_reentrant parameter should be passed explicitly"):
        checkpoint(torch.exp, x)
