"""Schedules by their closed forms, their combinations, and how they are saved and misused."""

import gc
import math
import warnings
import weakref

import pytest

import minitorch as torch
from minitorch.optim import SGD, Adam
from minitorch.optim.lr_scheduler import (
    ChainedScheduler,
    ConstantLR,
    CosineAnnealingLR,
    CosineAnnealingWarmRestarts,
    CyclicLR,
    ExponentialLR,
    LambdaLR,
    LinearLR,
    LRScheduler,
    MultiplicativeLR,
    MultiStepLR,
    OneCycleLR,
    PolynomialLR,
    ReduceLROnPlateau,
    SequentialLR,
    StepLR,
)


def sgd(*rates, **options):
    groups = [{"params": [torch.zeros(1, requires_grad=True)], "lr": rate} for rate in rates or (1.0,)]
    return SGD(groups, momentum=0.9, **options)


def follow(schedule, epochs):
    """The first group's rate in every epoch."""
    found = []
    for _ in range(epochs):
        found.append(schedule.optimizer.param_groups[0]["lr"])
        schedule.optimizer.step()
        schedule.step()
    return found


def cycle(t, up=4, down=6):
    t %= up + down
    return t / up if t <= up else (up + down - t) / down


FORMS = [
    (lambda opt: StepLR(opt, 3, 0.5), lambda t: 0.5 ** (t // 3)),
    (lambda opt: MultiStepLR(opt, [2, 5, 5], 0.5), lambda t: 0.5 ** ((t >= 2) + 2 * (t >= 5))),
    (lambda opt: ExponentialLR(opt, 0.9), lambda t: 0.9**t),
    (lambda opt: ConstantLR(opt, 0.25, 4), lambda t: 0.25 if t < 4 else 1.0),
    (lambda opt: LinearLR(opt, 0.2, 0.8, 6), lambda t: 0.2 + 0.1 * min(t, 6)),
    (lambda opt: PolynomialLR(opt, 8, 2.0), lambda t: (1 - min(t, 8) / 8) ** 2),
    (lambda opt: LambdaLR(opt, lambda epoch: 1 / (1 + epoch)), lambda t: 1 / (1 + t)),
    (lambda opt: MultiplicativeLR(opt, lambda epoch: 1 / epoch), lambda t: 1 / math.factorial(t)),
    (lambda opt: CosineAnnealingLR(opt, 5, 0.1), lambda t: 0.1 + 0.45 * (1 + math.cos(math.pi * t / 5))),
    (lambda opt: CosineAnnealingWarmRestarts(opt, 4), lambda t: 0.5 * (1 + math.cos(math.pi * (t % 4) / 4))),
    (lambda opt: CyclicLR(opt, 1.0, 3.0, 4, 6), lambda t: 1 + 2 * cycle(t)),
    (lambda opt: CyclicLR(opt, 1.0, 3.0, 4, 6, mode="triangular2"), lambda t: 1 + 2 * cycle(t) / 2 ** (t // 10)),
    (lambda opt: CyclicLR(opt, 1.0, 3.0, 4, 6, mode="exp_range", gamma=0.9), lambda t: 1 + 2 * cycle(t) * 0.9**t),
    (
        lambda opt: OneCycleLR(opt, 2.0, 21, pct_start=11 / 21, anneal_strategy="linear", div_factor=4.0),
        lambda t: 0.5 + 0.15 * t if t <= 10 else 2 - (2 - 5e-5) * (t - 10) / 10,
    ),
]


@pytest.mark.parametrize(("make", "form"), FORMS)
def test_closed_form(make, form):
    schedule = make(sgd(1.0))
    assert follow(schedule, 20) == pytest.approx([form(t) for t in range(20)], abs=1e-12)


@pytest.mark.parametrize("make", [make for make, _ in FORMS])
def test_goes_on_after_loading(make):
    opt, other = sgd(1.0), sgd(1.0)
    schedule = make(opt)
    follow(schedule, 7)
    twin = make(other)
    other.load_state_dict(opt.state_dict())
    twin.load_state_dict(schedule.state_dict())
    assert twin.get_last_lr() == schedule.get_last_lr()
    assert follow(twin, 6) == follow(schedule, 6)


def test_each_group_keeps_its_own_rate():
    opt = sgd(1.0, 0.5)
    schedule = StepLR(opt, 1, 0.5)
    follow(schedule, 1)
    assert schedule.get_last_lr() == [0.5, 0.25]
    assert [group["initial_lr"] for group in opt.param_groups] == [1.0, 0.5]


def test_groups_may_have_functions_of_their_own():
    schedule = LambdaLR(sgd(1.0, 1.0), [lambda epoch: 2.0, lambda epoch: 3.0])
    assert schedule.get_last_lr() == [2.0, 3.0]


def test_resumed_at_an_epoch():
    opt = sgd(1.0)
    follow(ExponentialLR(opt, 0.5), 3)
    schedule = ExponentialLR(opt, 0.5, last_epoch=3)
    assert schedule.get_last_lr() == [0.125]
    opt.step()
    schedule.step()
    assert schedule.get_last_lr() == [0.0625]


def test_resuming_without_initial_rates():
    with pytest.raises(KeyError, match="param 'initial_lr' is not specified in param_groups"):
        StepLR(sgd(1.0), 1, last_epoch=2)


def test_a_schedule_of_ones_own():
    class Fixed(LRScheduler):
        def get_lr(self):
            return [0.125 * self.last_epoch]

    schedule = Fixed(sgd(1.0))
    assert follow(schedule, 3) == [0.0, 0.125, 0.25]


def test_a_schedule_needs_get_lr():
    with pytest.raises(NotImplementedError, match="must define get_lr"):
        LRScheduler(sgd(1.0))


def test_a_schedule_drives_the_steps():
    w = torch.zeros(1, requires_grad=True)
    opt = SGD([w], lr=1.0)
    schedule = StepLR(opt, 1, 0.5)
    for _ in range(3):
        w.grad = torch.ones(1)
        opt.step()
        schedule.step()
    assert w.item() == -1.75


def test_a_tensor_stays_the_same_tensor():
    rate = torch.tensor(1.0)
    opt = sgd(rate)
    schedule = ExponentialLR(opt, 0.5)
    before = schedule.get_last_lr()[0]
    opt.step()
    schedule.step()
    assert opt.param_groups[0]["lr"] is rate
    assert rate.item() == 0.5
    assert before.item() == 1.0


def test_momentum_goes_the_other_way():
    opt = sgd(1.0)
    schedule = CyclicLR(opt, 1.0, 2.0, 2, base_momentum=0.8, max_momentum=0.9)
    momenta = []
    for _ in range(4):
        momenta.append(opt.param_groups[0]["momentum"])
        opt.step()
        schedule.step()
    assert momenta == pytest.approx([0.9, 0.85, 0.8, 0.85])


def test_beta1_stands_in_for_momentum():
    opt = Adam([torch.zeros(1, requires_grad=True)])
    OneCycleLR(opt, 1.0, 10, max_momentum=0.7)
    assert opt.param_groups[0]["betas"] == (0.7, 0.999)


def test_one_cycle_ends():
    schedule = OneCycleLR(sgd(1.0), 1.0, 3)
    follow(schedule, 3)
    with pytest.raises(ValueError, match="Tried to step 4 times"):
        schedule.step()


def test_warm_restarts_take_fractions_of_an_epoch():
    opt = sgd(1.0)
    schedule = CosineAnnealingWarmRestarts(opt, 2, T_mult=2)
    schedule.step(0.5)
    assert opt.param_groups[0]["lr"] == pytest.approx(0.5 * (1 + math.cos(math.pi / 4)))
    schedule.step(4.0)  # in the middle of the second period, of four epochs
    assert opt.param_groups[0]["lr"] == pytest.approx(0.5)


def test_one_schedule_after_the_other():
    opt = sgd(1.0)
    parts = [ConstantLR(opt, 0.5, 10), ExponentialLR(opt, 0.5)]
    schedule = SequentialLR(opt, parts, milestones=[2])
    assert follow(schedule, 5) == [0.5, 0.5, 1.0, 0.5, 0.25]


def test_schedules_at_once():
    opt = sgd(1.0)
    schedule = ChainedScheduler([ConstantLR(opt, 0.5, 2), ExponentialLR(opt, 0.5)])
    assert follow(schedule, 4) == [0.5, 0.25, 0.25, 0.125]
    assert schedule.get_last_lr() == [0.0625]


def test_combinations_save_their_parts():
    def make(opt):
        return SequentialLR(opt, [LinearLR(opt, 0.5, total_iters=2), StepLR(opt, 2, 0.5)], milestones=[3])

    opt, other = sgd(1.0), sgd(1.0)
    schedule = make(opt)
    follow(schedule, 4)
    twin = make(other)
    other.load_state_dict(opt.state_dict())
    twin.load_state_dict(schedule.state_dict())
    assert follow(twin, 5) == follow(schedule, 5)


def test_attributes_of_callable_objects_are_saved():
    class Decay:
        def __init__(self, by):
            self.by = by

        def __call__(self, epoch):
            return self.by**epoch

    schedule, twin = (LambdaLR(sgd(1.0), Decay(by)) for by in (0.5, 0.9))
    twin.load_state_dict(schedule.state_dict())
    assert twin.lr_lambdas[0].by == 0.5


def test_plateau_waits_for_its_patience():
    opt = sgd(1.0)
    schedule = ReduceLROnPlateau(opt, factor=0.5, patience=2)
    rates = []
    for loss in (3.0, 3.0, 3.0, 3.0, 3.0, 1.0):
        schedule.step(loss)
        rates.append(opt.param_groups[0]["lr"])
    assert rates == [1.0, 1.0, 1.0, 0.5, 0.5, 0.5]


def test_plateau_takes_a_tensor_and_keeps_above_the_least_rate():
    opt = sgd(1.0, 0.5)
    schedule = ReduceLROnPlateau(opt, mode="max", factor=0.1, patience=0, min_lr=[0.3, 0.01])
    for accuracy in (0.5, 0.25):
        schedule.step(torch.tensor(accuracy))
    assert schedule.get_last_lr() == [0.3, 0.05]


def test_plateau_with_a_group_that_came_later():
    opt = sgd(1.0)
    one, listed = ReduceLROnPlateau(opt, patience=0), ReduceLROnPlateau(opt, patience=0, min_lr=[0.1])
    opt.add_param_group({"params": [torch.zeros(1, requires_grad=True)], "lr": 0.5})
    for _ in range(2):
        one.step(1.0)
    assert [group["lr"] for group in opt.param_groups] == pytest.approx([0.1, 0.05])
    listed.step(1.0)
    with pytest.raises(RuntimeError, match=r"The number of param groups in the `optimizer` \(2\) differs"):
        listed.step(1.0)


def test_a_step_before_the_optimizers_warns():
    schedule = StepLR(sgd(1.0), 1)
    with pytest.warns(UserWarning, match=r"Detected call of `lr_scheduler.step\(\)` before `optimizer.step\(\)`"):
        schedule.step()


def test_the_right_order_does_not_warn():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        follow(StepLR(sgd(1.0), 1), 3)


def test_an_epoch_by_number_warns():
    schedule = StepLR(sgd(1.0), 2, 0.5)
    schedule.optimizer.step()
    with pytest.warns(UserWarning, match=r"The epoch parameter in `scheduler.step\(\)` was not necessary"):
        schedule.step(4)
    assert schedule.get_last_lr() == [0.25]


def test_get_lr_from_outside_warns():
    with pytest.warns(UserWarning, match=r"please use `get_last_lr\(\)`"):
        StepLR(sgd(1.0), 1).get_lr()


def test_a_scheduled_optimizer_is_freed_by_reference_counts():
    gc.disable()
    try:
        opt = sgd(1.0)
        schedule = StepLR(opt, 1)
        follow(schedule, 2)
        watch = weakref.ref(opt)
        del opt, schedule
        assert watch() is None
    finally:
        gc.enable()
