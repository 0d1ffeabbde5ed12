"""What a program is made of: its text, what is left out of it, buffers, and gradients that stay where they are."""

import re

import numpy as np
import pytest

import minitorch as torch
from minitorch import nn, optim

CALLS = 6


def replayed(function, *args):
    """A compiled function after its recordings."""
    compiled = torch.compile(function)
    for _ in range(5):  # the first with no gradients yet, two alike, and then replays
        compiled(*args)
    assert compiled.reason is None
    assert compiled.program
    return compiled


def test_the_program_is_the_calls_with_the_lines_they_come_from():
    compiled = replayed(lambda x: (x * 2).exp(), torch.ones(3))
    assert re.search(r"exp\(b0\) +# test_program\.py:\d+", compiled.program)


def test_what_nothing_comes_of_is_left_out():
    def f(x):
        (x * 5).sqrt()
        return x + 1

    assert "sqrt" not in replayed(f, torch.ones(3)).program


def test_what_is_always_the_same_is_computed_once():
    compiled = replayed(lambda x: x + torch.arange(3).exp().sum(), torch.ones(3))
    assert "exp" not in compiled.program


def test_buffers_are_used_again():
    def f(x):
        for _ in range(10):
            x = x.sin().cos()
        return x.sum()

    compiled = replayed(f, torch.ones(50))
    assert len(set(re.findall(r"\bb\d+\b", compiled.program))) <= 2


def test_a_buffer_stays_while_a_view_of_it_is_needed():
    def f(x):
        y = x * 2
        part = y[1:]
        z = (y.exp() * 0 + 1).sin()  # room enough to take y's memory
        return part.sum() + z.sum()

    compiled = replayed(f, torch.ones(5))
    x = torch.arange(5.0)
    assert compiled(x).item() == f(x).item()


def problem():
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(4, 5), nn.Tanh(), nn.Linear(5, 2))
    optimizer = optim.Adam(model.parameters(), lr=0.1)
    x, y = torch.randn(6, 4), torch.randint(2, (6,))

    def step():
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(model(x), y)
        loss.backward()
        optimizer.step()
        return loss

    return model, optimizer, step


def same(models):
    pairs = zip(*(m.parameters() for m in models), strict=True)
    return all(p.numpy(force=True).tobytes() == q.numpy(force=True).tobytes() for p, q in pairs)


@pytest.mark.parametrize(
    "keep",
    [
        lambda g: g,
        lambda g: g.numpy(),
        lambda g: g.view(-1),
        lambda g: g.detach(),
        lambda g: memoryview(g.numpy()),
    ],
    ids=["tensor", "array", "view", "detached", "memoryview"],
)
def test_a_gradient_that_is_kept_is_not_written_over(keep):
    model, _, step = problem()
    compiled = torch.compile(step)
    for _ in range(4):
        compiled()
    kept = [keep(p.grad) for p in model.parameters()]
    then = [np.array(k).copy() for k in kept]
    compiled()
    assert all((np.array(k) == c).all() for k, c in zip(kept, then, strict=True))
    assert any((p.grad.numpy().ravel() != c.ravel()).any() for p, c in zip(model.parameters(), then, strict=True))
    assert compiled.reason is None


def test_a_gradient_that_is_kept_outlives_a_step_that_is_not_compiled():
    model, _, step = problem()
    compiled = replayed(step)
    compiled()
    kept = [p.grad for p in model.parameters()]
    then = [g.numpy().copy() for g in kept]
    step()
    assert all((g.numpy() == c).all() for g, c in zip(kept, then, strict=True))


def test_gradients_stay_where_they_are_while_nobody_keeps_them():
    model, _, step = problem()
    compiled = replayed(step)
    where = [p.grad.data_ptr() for p in model.parameters()]
    compiled()
    assert where == [p.grad.data_ptr() for p in model.parameters()]
    assert "getrefcount" in compiled.program


def change_rate(model, optimizer):
    optimizer.param_groups[0]["lr"] = 0.01


def load_own_state(model, optimizer):
    optimizer.load_state_dict(optimizer.state_dict())


def replace_state(model, optimizer):
    for state in optimizer.state.values():
        state["exp_avg"] = state["exp_avg"] * 2


def step_apart(model, optimizer):
    optimizer.state[next(model.parameters())]["step"] += 3


def hook(model, optimizer):
    optimizer.register_step_pre_hook(lambda *_: [p.grad.mul_(2) for p in model.parameters()] and None)


def amsgrad(model, optimizer):
    optimizer.param_groups[0]["amsgrad"] = True


@pytest.mark.parametrize("change", [change_rate, load_own_state, replace_state, step_apart, hook, amsgrad])
def test_an_optimizer_may_change_between_calls(change):
    (model, optimizer, step), (other_model, other_optimizer, other) = problem(), problem()
    compiled = torch.compile(step)
    for i in range(2 * CALLS):
        if i == CALLS:
            change(model, optimizer)
            change(other_model, other_optimizer)
        compiled()
        other()
    assert same([model, other_model])
    assert compiled.reason is None
