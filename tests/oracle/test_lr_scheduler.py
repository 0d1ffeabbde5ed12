"""Every learning-rate schedule against PyTorch's: rates are equal to the last bit over 100 epochs."""

import inspect
import warnings

import pytest

import minitorch

torch = pytest.importorskip("torch", reason="PyTorch is the oracle: pip install minitorch[oracle]")


def sgd(T, lr=0.1, momentum=0.9):
    groups = [{"params": [T.zeros(1, requires_grad=True)]}, {"params": [T.zeros(1, requires_grad=True)], "lr": 0.35}]
    return T.optim.SGD(groups, lr=lr, momentum=momentum)


def adam(T):
    return T.optim.Adam([T.zeros(1, requires_grad=True)], lr=0.1)


def S(T):
    return T.optim.lr_scheduler


def sequential(T, opt):
    warmup = S(T).LinearLR(opt, start_factor=0.1, total_iters=10)
    parts = [warmup, S(T).CosineAnnealingLR(opt, T_max=30), S(T).ExponentialLR(opt, 0.9)]
    return S(T).SequentialLR(opt, parts, milestones=[10, 40])


def nested(T, opt):
    inner = S(T).SequentialLR(opt, [S(T).ConstantLR(opt, 0.5, 3), S(T).StepLR(opt, 4)], milestones=[5])
    return S(T).SequentialLR(opt, [inner, S(T).PolynomialLR(opt, 50, 2.0)], milestones=[20])


def chained(T, opt):
    return S(T).ChainedScheduler([S(T).ConstantLR(opt, 0.1, 5), S(T).ExponentialLR(opt, 0.95)])


class Halve:
    """A callable object whose attributes are saved."""

    def __init__(self):
        self.by = 0.5

    def __call__(self, epoch):
        return self.by ** (epoch // 10)


ROWS = {
    "StepLR": lambda T, opt: S(T).StepLR(opt, 7),
    "StepLR gamma": lambda T, opt: S(T).StepLR(opt, step_size=3, gamma=0.7),
    "MultiStepLR": lambda T, opt: S(T).MultiStepLR(opt, [10, 30, 30, 80]),
    "MultiStepLR gamma": lambda T, opt: S(T).MultiStepLR(opt, milestones=(1, 2, 50), gamma=0.3),
    "ExponentialLR": lambda T, opt: S(T).ExponentialLR(opt, 0.97),
    "CosineAnnealingLR": lambda T, opt: S(T).CosineAnnealingLR(opt, 100),
    "CosineAnnealingLR waves": lambda T, opt: S(T).CosineAnnealingLR(opt, T_max=7, eta_min=0.01),
    "LinearLR": lambda T, opt: S(T).LinearLR(opt),
    "LinearLR down": lambda T, opt: S(T).LinearLR(opt, start_factor=0.9, end_factor=0.05, total_iters=60),
    "ConstantLR": lambda T, opt: S(T).ConstantLR(opt),
    "ConstantLR factor": lambda T, opt: S(T).ConstantLR(opt, factor=0.3, total_iters=20),
    "PolynomialLR": lambda T, opt: S(T).PolynomialLR(opt),
    "PolynomialLR power": lambda T, opt: S(T).PolynomialLR(opt, total_iters=90, power=2.5),
    "LambdaLR": lambda T, opt: S(T).LambdaLR(opt, lambda epoch: 0.95**epoch),
    "LambdaLR list": lambda T, opt: S(T).LambdaLR(opt, [lambda epoch: 1 / (1 + epoch), Halve()]),
    "MultiplicativeLR": lambda T, opt: S(T).MultiplicativeLR(opt, lambda epoch: 0.97),
    "MultiplicativeLR list": lambda T, opt: S(T).MultiplicativeLR(opt, [Halve(), lambda epoch: 0.99]),
    "CosineAnnealingWarmRestarts": lambda T, opt: S(T).CosineAnnealingWarmRestarts(opt, 10),
    "CosineAnnealingWarmRestarts mult": lambda T, opt: S(T).CosineAnnealingWarmRestarts(opt, 3, T_mult=2, eta_min=0.02),
    "CyclicLR": lambda T, opt: S(T).CyclicLR(opt, 0.01, 0.2, step_size_up=7),
    "CyclicLR triangular2": lambda T, opt: S(T).CyclicLR(opt, [0.01, 0.02], [0.2, 0.3], 5, 9, mode="triangular2"),
    "CyclicLR exp_range": lambda T, opt: S(T).CyclicLR(opt, 0.01, 0.2, 6, mode="exp_range", gamma=0.98),
    "CyclicLR scale_fn": lambda T, opt: S(T).CyclicLR(
        opt, 0.01, 0.2, 6, scale_fn=lambda x: 1 / (1 + x), scale_mode="iterations", cycle_momentum=False
    ),
    "OneCycleLR": lambda T, opt: S(T).OneCycleLR(opt, 0.5, total_steps=101),
    "OneCycleLR linear": lambda T, opt: S(T).OneCycleLR(
        opt, [0.5, 0.6], epochs=11, steps_per_epoch=10, anneal_strategy="linear", pct_start=0.2
    ),
    "OneCycleLR three phases": lambda T, opt: S(T).OneCycleLR(
        opt, 0.5, total_steps=100, three_phase=True, div_factor=10.0, final_div_factor=50.0
    ),
    "SequentialLR": sequential,
    "SequentialLR nested": nested,
    "ChainedScheduler": chained,
}


def options(opt):
    return [{key: value for key, value in group.items() if key != "params"} for group in opt.param_groups]


def run(T, make, epochs=100, opt=None):
    """The groups' options after every epoch, with the scheduler."""
    opt = opt or sgd(T)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        scheduler = make(T, opt)
        history = [(options(opt), scheduler.get_last_lr())]
        for _ in range(epochs):
            opt.step()
            scheduler.step()
            history.append((options(opt), scheduler.get_last_lr()))
    return history, scheduler


@pytest.mark.parametrize("make", ROWS.values(), ids=ROWS)
def test_hundred_epochs(make):
    theirs, _ = run(torch, make)
    ours, _ = run(minitorch, make)
    assert ours == theirs


CLOSED = [name for name in ROWS if not name.startswith(("Sequential", "Chained", "OneCycle"))]


@pytest.mark.parametrize("name", CLOSED)
def test_step_to_an_epoch(name):
    rates = []
    for T in (torch, minitorch):
        opt = sgd(T)
        scheduler = ROWS[name](T, opt)
        opt.step()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            history = []
            for epoch in (3, 17, 5, 60, 0):
                scheduler.step(epoch)
                history.append(scheduler.get_last_lr())
            scheduler.step()
        rates.append([*history, scheduler.get_last_lr(), scheduler.last_epoch])
    assert rates[1] == rates[0]


def tidy(state):
    """A state dict with functions left out and nested states in order."""
    return {
        key: [tidy(s) if isinstance(s, dict) else s for s in value] if key == "_schedulers" else value
        for key, value in state.items()
    }


@pytest.mark.parametrize("make", ROWS.values(), ids=ROWS)
def test_state_dict(make):
    _, theirs = run(torch, make, epochs=13)
    _, ours = run(minitorch, make, epochs=13)
    assert tidy(ours.state_dict()) == tidy(theirs.state_dict())


@pytest.mark.filterwarnings("ignore:Detected call of `lr_scheduler.step\\(\\)` before")  # nested parts, in both
@pytest.mark.parametrize("make", ROWS.values(), ids=ROWS)
def test_goes_on_from_a_checkpoint_of_pytorch(make):
    their_opt, our_opt = sgd(torch), sgd(minitorch)
    _, theirs = run(torch, make, epochs=13, opt=their_opt)
    ours = make(minitorch, our_opt)
    our_opt.load_state_dict(their_opt.state_dict())
    ours.load_state_dict(theirs.state_dict())
    for _ in range(30):
        for opt, scheduler in ((their_opt, theirs), (our_opt, ours)):
            opt.step()
            scheduler.step()
        assert options(our_opt) == options(their_opt)


@pytest.mark.parametrize("make", [ROWS["OneCycleLR"], ROWS["CyclicLR"]])
def test_momentum_of_adam(make):
    theirs, _ = run(torch, make, opt=adam(torch))
    ours, _ = run(minitorch, make, opt=adam(minitorch))
    assert ours == theirs


@pytest.mark.parametrize("name", ["StepLR", "ExponentialLR", "LinearLR", "CosineAnnealingLR", "LambdaLR", "CyclicLR"])
def test_learning_rate_as_tensor(name):
    rates = []
    for T in (torch, minitorch):
        rate = T.tensor(0.1)
        opt = T.optim.SGD([T.zeros(1, requires_grad=True)], lr=rate, momentum=0.9)
        scheduler = ROWS[name](T, opt)
        history = []
        for _ in range(20):
            opt.step()
            scheduler.step()
            assert opt.param_groups[0]["lr"] is rate
            history.append(scheduler.get_last_lr()[0].item())
        rates.append(history)
    assert rates[1] == pytest.approx(rates[0], rel=1e-6)


PLATEAU = [
    {},
    {"factor": 0.5, "patience": 2},
    {"mode": "max", "factor": 0.5, "patience": 1, "threshold": 0.05},
    {"threshold_mode": "abs", "threshold": 0.1, "patience": 1},
    {"mode": "max", "threshold_mode": "abs", "threshold": 0.1, "patience": 0},
    {"patience": 1, "cooldown": 3, "min_lr": 0.01},
    {"patience": 0, "min_lr": [0.02, 0.05]},
    {"patience": 0, "factor": 0.9, "eps": 0.02},
]


@pytest.mark.parametrize("kwargs", PLATEAU, ids=str)
def test_plateau(kwargs):
    metrics = [1.0, 0.9, 0.95, 0.9, 0.89, 0.9, 0.9, 0.9, 1.2, 0.5, 0.5, 0.5, 0.49, 0.48, 0.7, 0.7, 0.7, 0.7, 0.7] * 3
    histories = []
    for T in (torch, minitorch):
        opt = sgd(T)
        scheduler = S(T).ReduceLROnPlateau(opt, **kwargs)
        history = []
        for i, metric in enumerate(metrics):
            scheduler.step(T.tensor(metric, dtype=T.float64) if i % 2 else metric)
            history.append((options(opt), scheduler.get_last_lr(), scheduler.num_bad_epochs, scheduler.state_dict()))
        histories.append(history)
    assert histories[1] == histories[0]


NAMES = sorted(set(minitorch.optim.lr_scheduler.__all__) - {"LRScheduler"})


@pytest.mark.parametrize("name", NAMES)
def test_signature(name):
    theirs, ours = (inspect.signature(getattr(S(T), name)).parameters.values() for T in (torch, minitorch))
    assert [(p.name, p.default, p.kind) for p in ours] == [(p.name, p.default, p.kind) for p in theirs]


def plain_sgd(T):
    return T.optim.SGD([T.zeros(1, requires_grad=True)], lr=0.1)


def nameless(T):
    return T.optim.Adagrad([T.zeros(1, requires_grad=True)])


WRONG = [
    (lambda T: S(T).StepLR(3, 1), "int is not an Optimizer"),
    (lambda T: S(T).ReduceLROnPlateau(3), "int is not an Optimizer"),
    (
        lambda T: S(T).StepLR(plain_sgd(T), 1, last_epoch=3),
        "\"param 'initial_lr' is not specified in param_groups[0] when",
    ),
    (lambda T: S(T).ConstantLR(plain_sgd(T), 1.5), "Constant multiplicative factor expected to be between 0 and 1."),
    (lambda T: S(T).LinearLR(plain_sgd(T), 0), "Starting multiplicative factor expected to be greater than 0 and less"),
    (lambda T: S(T).LinearLR(plain_sgd(T), 1, 2), "Ending multiplicative factor expected to be between 0 and 1."),
    (lambda T: S(T).LambdaLR(plain_sgd(T), [abs, abs]), "Expected 1 lr_lambdas, but got 2"),
    (lambda T: S(T).MultiplicativeLR(plain_sgd(T), 3), "lr_lambda should be a function, but got int"),
    (lambda T: S(T).CosineAnnealingWarmRestarts(plain_sgd(T), 0), "Expected positive integer T_0, but got 0"),
    (lambda T: S(T).CosineAnnealingWarmRestarts(plain_sgd(T), 1, 0), "Expected integer T_mult >= 1, but got 0"),
    (lambda T: S(T).CosineAnnealingWarmRestarts(plain_sgd(T), 1).step(-1), "Expected non-negative epoch, but got -1"),
    (lambda T: S(T).ReduceLROnPlateau(plain_sgd(T), factor=1.0), "Factor should be < 1.0."),
    (lambda T: S(T).ReduceLROnPlateau(plain_sgd(T), mode="least"), "mode least is unknown!"),
    (lambda T: S(T).ReduceLROnPlateau(plain_sgd(T), threshold_mode="x"), "threshold mode x is unknown!"),
    (lambda T: S(T).ReduceLROnPlateau(plain_sgd(T), min_lr=[1, 2]), "expected 1 min_lrs, got 2"),
    (
        lambda T: S(T).CyclicLR(plain_sgd(T), [0.1, 0.2], 1.0),
        "base_lr must have the same length as optimizer.param_groups.",
    ),
    (lambda T: S(T).CyclicLR(plain_sgd(T), 0.1, 1.0, mode="x"), "mode is invalid and scale_fn is None"),
    (lambda T: S(T).CyclicLR(nameless(T), 0.1, 1.0), "optimizer must support momentum or beta1 with `cycle_momentum`"),
    (
        lambda T: S(T).OneCycleLR(plain_sgd(T), 1.0),
        "You must define either total_steps OR (epochs AND steps_per_epoch)",
    ),
    (lambda T: S(T).OneCycleLR(plain_sgd(T), 1.0, 0), "Expected positive integer total_steps, but got 0"),
    (
        lambda T: S(T).OneCycleLR(plain_sgd(T), 1.0, 5, pct_start=2.0),
        "Expected float between 0 and 1 pct_start, but got 2.0",
    ),
    (
        lambda T: S(T).OneCycleLR(plain_sgd(T), 1.0, 5, anneal_strategy="x"),
        "anneal_strategy must be one of 'cos' or 'linear'",
    ),
    (
        lambda T: S(T).SequentialLR(plain_sgd(T), [], []),
        "SequentialLR expects at least one scheduler, but got no scheduler.",
    ),
    (lambda T: S(T).ChainedScheduler([]), "ChainedScheduler expects at least one scheduler to be chained, but got no"),
    (
        lambda T: S(T).SequentialLR(plain_sgd(T), [S(T).StepLR(plain_sgd(T), 1)], []),
        "SequentialLR expects all schedulers to belong to the same optimizer, but got scheduler StepLR at index 0",
    ),
    (
        lambda T: (lambda opt: S(T).SequentialLR(opt, [S(T).StepLR(opt, 1)], [3]))(plain_sgd(T)),
        "Sequential Schedulers expects number of schedulers provided to be one more than the number of milestone",
    ),
    (
        lambda T: (lambda opt: S(T).ChainedScheduler([S(T).ReduceLROnPlateau(opt)]))(plain_sgd(T)),
        "ChainedScheduler does not support `ReduceLROnPlateau` scheduler",
    ),
]


@pytest.mark.parametrize(("f", "message"), WRONG, ids=[m for _, m in WRONG])
def test_wrong_arguments(f, message):
    errors = []
    for T in (torch, minitorch):
        with pytest.raises(Exception) as error:  # noqa: PT011 (the type is compared)
            f(T)
        assert str(error.value).startswith(message)
        errors.append(type(error.value))
    assert errors[1] is errors[0]


def warned(f):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        f()
    return [(str(w.message)[:50], w.category) for w in caught]


@pytest.mark.parametrize("first", ["scheduler", "optimizer", "overridden"])
def test_order_of_steps(first):
    seen = []
    for T in (torch, minitorch):
        opt = plain_sgd(T)
        scheduler = S(T).StepLR(opt, 1)
        if first == "optimizer":
            opt.step()
        elif first == "overridden":
            opt.step = lambda: None
        seen.append(warned(scheduler.step))
        opt.step()
        seen[-1] += warned(scheduler.step)
    assert seen[1] == seen[0]


def test_other_warnings():
    seen = []
    for T in (torch, minitorch):
        opt = plain_sgd(T)
        scheduler = S(T).StepLR(opt, 1)
        opt.step()
        seen.append(warned(scheduler.get_lr) + warned(lambda s=scheduler: s.step(3)))
    assert seen[1] == seen[0]
    assert len(seen[1]) == 2
