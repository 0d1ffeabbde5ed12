"""Whole compiled training steps give eager's bits: all optimizers, schedulers, clipping, accumulation, two models."""

import pytest

import minitorch as torch
from minitorch import nn
from tests.capture.harness import check

OPTIMIZERS = {
    "SGD": {"lr": 0.1}, "SGD maximize": {"lr": 0.1, "maximize": True},
    "SGD momentum": {"lr": 0.1, "momentum": 0.9, "nesterov": True, "weight_decay": 0.01},
    "Adam": {}, "Adam amsgrad": {"amsgrad": True, "weight_decay": 0.01}, "AdamW": {"lr": 0.01, "betas": (0.8, 0.9)},
    "NAdam": {}, "RAdam": {}, "Adamax": {}, "Adagrad": {"lr_decay": 0.1}, "Adadelta": {},
    "RMSprop": {"momentum": 0.5, "centered": True}, "Rprop": {}, "ASGD": {}, "Adafactor": {}, "Muon": {"lr": 0.01},
}  # fmt: skip
SCHEDULERS = {
    "StepLR": {"step_size": 2}, "MultiStepLR": {"milestones": [2, 4]}, "ExponentialLR": {"gamma": 0.9},
    "ConstantLR": {"total_iters": 3}, "LinearLR": {"total_iters": 3}, "PolynomialLR": {"total_iters": 4},
    "CosineAnnealingLR": {"T_max": 4}, "CosineAnnealingWarmRestarts": {"T_0": 2},
    "CyclicLR": {"base_lr": 0.01, "max_lr": 0.1, "step_size_up": 2}, "OneCycleLR": {"max_lr": 0.1, "total_steps": 9},
    "LambdaLR": {"lr_lambda": lambda n: 1 / (n + 1)}, "MultiplicativeLR": {"lr_lambda": lambda n: 0.9},
}  # fmt: skip


def batch(i):
    return torch.randn(6, 3), torch.randint(0, 2, (6,))


def model(*, bias=True):
    return nn.Sequential(nn.Linear(3, 4, bias), nn.Tanh(), nn.Linear(4, 2, bias))


def loss_of(net, x, y):
    return nn.functional.cross_entropy(net(x), y)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_optimizers(name):
    def build():
        net = model(bias=name != "Muon")
        optimizer = getattr(torch.optim, name.split()[0])(net.parameters(), **OPTIMIZERS[name])

        def step(x, y):
            optimizer.zero_grad()
            loss = loss_of(net, x, y)
            loss.backward()
            optimizer.step()
            return loss

        return step, (net, optimizer)

    check(build, batch)


@pytest.mark.parametrize("name", SCHEDULERS)
def test_schedulers(name):
    def build():
        net = model()
        optimizer = torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9)
        scheduler = getattr(torch.optim.lr_scheduler, name)(optimizer, **SCHEDULERS[name])

        def step(x, y):
            optimizer.zero_grad()
            loss = loss_of(net, x, y)
            loss.backward()
            optimizer.step()
            scheduler.step()
            return loss.detach()

        return step, (net, optimizer, scheduler)

    check(build, [lambda: batch(0)] * 5)


def trained(inner, optimizers=1, lr=0.05):
    """Builds models with an Adam each, and a step ``inner(nets, optimizers, x, y)``."""

    def build():
        nets = [model() for _ in range(optimizers)]
        made = [torch.optim.Adam(net.parameters(), lr=lr) for net in nets]
        return (lambda x, y: inner(nets, made, x, y)), (nets, made)

    return build


def clipped(nets, optimizers, x, y):
    optimizers[0].zero_grad()
    loss = loss_of(nets[0], x, y)
    loss.backward()
    norm = nn.utils.clip_grad_norm_(nets[0].parameters(), 0.1)
    optimizers[0].step()
    return loss, norm


def clipped_values(nets, optimizers, x, y):
    optimizers[0].zero_grad(set_to_none=False)
    loss = loss_of(nets[0], x, y)
    loss.backward()
    nn.utils.clip_grad_value_(nets[0].parameters(), 0.05)
    optimizers[0].step()
    return loss


def several(nets, optimizers, x, y):
    optimizers[0].zero_grad()
    losses = []
    for part, target in zip(x.chunk(3), y.chunk(3), strict=True):
        loss = loss_of(nets[0], part, target) / 3
        loss.backward()
        losses.append(loss.detach())
    optimizers[0].step()
    return torch.stack(losses)


def never_cleared(nets, optimizers, x, y):
    loss_of(nets[0], x, y).backward()
    optimizers[0].step()


def cleared_after(nets, optimizers, x, y):
    loss = loss_of(nets[0], x, y)
    loss.backward()
    optimizers[0].step()
    optimizers[0].zero_grad()
    return loss


def only_backward(nets, optimizers, x, y):
    loss = loss_of(nets[0], x, y)
    loss.backward()
    return loss, [p.grad for p in nets[0].parameters()]


def adversaries(nets, optimizers, x, y):
    maker, judge = nets
    fake = maker(x)[:, :1] * x
    optimizers[1].zero_grad()
    loss_of(judge, fake.detach(), y).backward()
    optimizers[1].step()
    optimizers[0].zero_grad()
    loss = loss_of(judge, fake, 1 - y)
    loss.backward()
    optimizers[0].step()
    return loss


def penalised(nets, optimizers, x, y):
    optimizers[0].zero_grad()
    point = x.detach().clone().requires_grad_()
    out = nets[0](point).sum()
    (slope,) = torch.autograd.grad(out, point, create_graph=True)
    loss = loss_of(nets[0], x, y) + 10 * (slope.norm(2, 1) - 1).square().mean()
    loss.backward()
    optimizers[0].step()
    return loss.detach()


def per_sample(nets, optimizers, x, y):
    parameters = {k: p.detach() for k, p in nets[0].named_parameters()}

    def one(p, a, b):
        return nn.functional.cross_entropy(torch.func.functional_call(nets[0], p, a[None]), b[None])

    grads = torch.func.vmap(torch.func.grad(one), in_dims=(None, 0, 0))(parameters, x, y)
    with torch.no_grad():
        for k, p in nets[0].named_parameters():
            p.sub_(0.1 * grads[k].mean(0))
    return grads["0.weight"].square().sum()


def by_hand(nets, optimizers, x, y):
    grads = torch.autograd.grad(loss_of(nets[0], x, y), list(nets[0].parameters()))
    with torch.no_grad():
        for p, g in zip(nets[0].parameters(), grads, strict=True):
            p -= 0.1 * g


def checkpointed(nets, optimizers, x, y):
    optimizers[0].zero_grad()
    hidden = torch.utils.checkpoint.checkpoint(
        lambda t: nn.functional.dropout(nets[0][1](nets[0][0](t)), 0.3), x, use_reentrant=False
    )
    loss = nn.functional.cross_entropy(nets[0][2](hidden), y)
    loss.backward()
    optimizers[0].step()
    return loss


def hooked(nets, optimizers, x, y):
    optimizers[0].zero_grad()
    hidden = nets[0][0](x)
    hidden.register_hook(lambda g: g * 0.5)
    hidden.retain_grad()
    loss = nn.functional.cross_entropy(nets[0][2](hidden.tanh()), y)
    loss.backward()
    optimizers[0].step()
    return hidden.grad


class Clamped(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x.clamp(-1, 1)

    @staticmethod
    def backward(ctx, g):
        return g * (ctx.saved_tensors[0].abs() < 1)


def with_function(nets, optimizers, x, y):
    optimizers[0].zero_grad()
    loss = loss_of(nets[0], Clamped.apply(nets[0][0](x))[:, :3], y)
    loss.backward()
    optimizers[0].step()
    return loss


def branching(nets, optimizers, x, y):
    optimizers[0].zero_grad()
    loss = loss_of(nets[0], x, y)
    if loss > 0.7:
        loss = loss * 2
    loss.backward()
    optimizers[0].step()
    return loss


def ending_early(nets, optimizers, x, y):
    loss = loss_of(nets[0], x, y)
    if torch.isfinite(loss) and x.sum() > 0:
        optimizers[0].zero_grad()
        loss.backward()
        optimizers[0].step()
    return loss.detach()


STEPS = [
    clipped, clipped_values, several, never_cleared, cleared_after, only_backward, penalised, per_sample, by_hand,
    checkpointed, hooked, with_function, branching, ending_early, adversaries,
]  # fmt: skip


@pytest.mark.parametrize("inner", STEPS)
def test_steps(inner):
    check(trained(inner, 1 + (inner is adversaries)), [lambda: batch(0)] * 5)


def test_options_that_change_between_calls():
    """What is looked up by the optimizer itself needs no new recording."""

    def build():
        net = model()
        groups = [{"params": net[0].parameters()}, {"params": net[2].parameters(), "lr": 0.5, "weight_decay": 0.1}]
        optimizer = torch.optim.AdamW(groups, lr=0.1)

        def step(x, y):
            optimizer.zero_grad()
            loss = loss_of(net, x, y)
            loss.backward()
            optimizer.step()
            return loss

        return step, (net, optimizer)

    def before(i, state):
        for group in state[1].param_groups:
            group["lr"] /= i + 1
        if i == 5:
            state[1].param_groups[0]["betas"] = (0.5, 0.6)

    check(build, [lambda: batch(0)] * 7, before=before)


def test_gradients_that_are_there_or_not():
    """The caller clears them now and then, gives others, freezes a layer, loads weights, and rewinds the optimizer."""

    def before(i, state):
        (net,), (optimizer,) = state
        if i in (3, 4, 9):
            optimizer.zero_grad()
        if i == 5:
            net[0].weight.grad = torch.ones(4, 3)
        net[0].bias.requires_grad_(i not in (6, 7))
        if i == 8:
            net.load_state_dict({k: v * 0.5 for k, v in net.state_dict().items()})
            optimizer.load_state_dict(optimizer.state_dict())

    check(trained(never_cleared), [lambda: batch(0)] * 12, before=before)


def test_averaged_weights():
    def build():
        net = model()
        averaged = torch.optim.swa_utils.AveragedModel(
            net, multi_avg_fn=torch.optim.swa_utils.get_ema_multi_avg_fn(0.9)
        )
        optimizer = torch.optim.SGD(net.parameters(), lr=0.1)

        def step(x, y):
            optimizer.zero_grad()
            loss = loss_of(net, x, y)
            loss.backward()
            optimizer.step()
            averaged.update_parameters(net)
            return loss

        return step, (net, averaged, optimizer)

    check(build, batch, replayed=False)


def test_gradients_kept_by_the_caller():
    """A gradient that somebody holds stays what it was."""

    def build():
        step, state = trained(clipped)()
        return step, (*state, [])

    def before(i, state):
        kept = state[2]
        kept.append([p.grad for p in state[0][0].parameters()])

    check(build, [lambda: batch(0)] * 8, before=before)


def test_results_kept_by_the_caller():
    check(trained(only_backward), [lambda: batch(0)] * 6, after=lambda result, args: result, late=True)
