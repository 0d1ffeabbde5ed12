"""Every optimizer against PyTorch's: 100 steps with every option, state dicts, and checkpoints that cross over."""

import inspect
import itertools

import numpy as np
import pytest

import minitorch

torch = pytest.importorskip("torch", reason="PyTorch is the oracle: pip install minitorch[oracle]")

SHAPES = ((3, 4), (4,), (), (2, 0), (1, 2, 3))


def grid(name, **options):
    """A row for each combination of the options."""
    return [(name, dict(zip(options, values, strict=True))) for values in itertools.product(*options.values())]


BOTH = [False, True]
ROWS = [
    *grid("SGD", lr=[0.1], momentum=[0, 0.9], dampening=[0, 0.3], weight_decay=[0, 0.1], maximize=BOTH),
    *grid("SGD", lr=[0.1], momentum=[0.9], nesterov=[True], weight_decay=[0, 0.1], maximize=BOTH),
    *grid("Adam", lr=[0.01], amsgrad=BOTH, weight_decay=[0, 0.1], maximize=BOTH, decoupled_weight_decay=BOTH),
    *grid("Adam", lr=[0.01], betas=[(0.5, 0.6), (0.0, 0.9)], eps=[1e-3]),
    *grid("AdamW", lr=[0.01], amsgrad=BOTH, weight_decay=[0, 0.1], maximize=BOTH),
    *grid("RMSprop", lr=[0.01], centered=BOTH, momentum=[0, 0.9], weight_decay=[0, 0.1], maximize=BOTH),
    *grid("RMSprop", lr=[0.01], alpha=[0.5], eps=[1e-3]),
    *grid("Adagrad", lr=[0.1], lr_decay=[0, 0.1], initial_accumulator_value=[0, 0.1], weight_decay=[0, 0.1]),
    *grid("Adagrad", lr=[0.1], eps=[1e-3], maximize=[True]),
    *grid(
        "NAdam",
        lr=[0.01],
        weight_decay=[0, 0.1],
        momentum_decay=[4e-3, 0.1],
        decoupled_weight_decay=BOTH,
        maximize=BOTH,
    ),
    *grid("NAdam", betas=[(0.5, 0.6), (0.0, 0.9)], eps=[1e-3]),
    *grid("RAdam", lr=[0.01], weight_decay=[0, 0.1], decoupled_weight_decay=BOTH, maximize=BOTH),
    *grid("RAdam", betas=[(0.5, 0.6), (0.0, 0.9)], eps=[1e-3]),
    *grid("Adamax", lr=[0.01], weight_decay=[0, 0.1], maximize=BOTH),
    *grid("Adamax", betas=[(0.5, 0.6), (0.0, 0.9)], eps=[1e-3]),
    *grid("Adadelta", lr=[1.0, 0.1], rho=[0.9, 0.5, 1.0], weight_decay=[0, 0.1], maximize=BOTH),
    *grid("Rprop", lr=[0.01], etas=[(0.5, 1.2), (0.1, 3.0)], step_sizes=[(1e-6, 50), (0.005, 0.02)], maximize=BOTH),
    *grid("ASGD", lr=[0.01], lambd=[1e-4, 0.1], alpha=[0.75, 0.5], t0=[1e6, 20], weight_decay=[0, 0.1], maximize=BOTH),
]


class Pair:
    """The same parameters, gradients and optimizer in both libraries."""

    def __init__(self, name, options, dtype=np.float64, shapes=SHAPES, groups=None):
        self.random = np.random.default_rng(0)
        values = [self.normal(shape, dtype) for shape in shapes]
        self.ours = [minitorch.from_numpy(v.copy()).requires_grad_() for v in values]
        self.theirs = [torch.from_numpy(v.copy()).requires_grad_() for v in values]
        groups = groups or (lambda params: params)
        self.our_opt = getattr(minitorch.optim, name)(groups(self.ours), **own(minitorch, options))
        self.their_opt = getattr(torch.optim, name)(groups(self.theirs), **own(torch, options))

    def normal(self, shape, dtype):
        x = self.random.standard_normal(shape)
        return (x + 1j * self.random.standard_normal(shape) if np.dtype(dtype).kind == "c" else x).astype(dtype)

    def give(self, number, value):
        """Gives parameter ``number`` a gradient, or takes it away."""
        self.ours[number].grad = None if value is None else minitorch.from_numpy(value.copy())
        self.theirs[number].grad = None if value is None else torch.from_numpy(value.copy())

    def step(self, absent=()):
        for i, p in enumerate(self.ours):
            self.give(i, None if i in absent else self.normal(p.shape, p.array.dtype))
        self.our_opt.step()
        self.their_opt.step()

    def check(self, tolerance=1e-10):
        for ours, theirs in zip(self.ours, self.theirs, strict=True):
            np.testing.assert_allclose(ours.array, theirs.detach().numpy(), rtol=tolerance, atol=tolerance)
        same_state(self.our_opt.state_dict(), self.their_opt.state_dict(), tolerance)


def own(T, options):
    """Options with arrays turned into tensors of the library."""
    return {name: T.from_numpy(v.copy()) if isinstance(v, np.ndarray) else v for name, v in options.items()}


def same_state(ours, theirs, tolerance):
    """State dicts agree: keys and their order, dtypes, shapes, numbers, options."""
    assert list(ours) == list(theirs)
    assert ours["state"].keys() == theirs["state"].keys()
    for number, entry in ours["state"].items():
        expected = theirs["state"][number]
        assert list(entry) == list(expected)
        for name, value in entry.items():
            if not isinstance(value, minitorch.Tensor):
                assert value == expected[name], name
                continue
            assert repr(value.dtype) == repr(expected[name].dtype), name
            np.testing.assert_allclose(
                value.array, expected[name].numpy(), rtol=tolerance, atol=tolerance, err_msg=name
            )
    for group, expected in zip(ours["param_groups"], theirs["param_groups"], strict=True):
        assert list(group) == list(expected)
        for option, value in group.items():
            if not isinstance(value, minitorch.Tensor):
                assert value == expected[option], option


def label(value):
    return "-".join(f"{k}={v}" for k, v in value.items()) if isinstance(value, dict) else str(value)


@pytest.mark.parametrize(("name", "options"), ROWS, ids=label)
def test_hundred_steps(name, options):
    pair = Pair(name, options)
    for i in range(100):
        pair.step(absent=() if i % 3 else {0, 4})
    pair.check()


NAMES = sorted({name for name, _ in ROWS})


@pytest.mark.parametrize("name", NAMES)
def test_defaults_in_float32(name):
    pair = Pair(name, {}, dtype=np.float32)
    for _ in range(20):
        pair.step()
    pair.check(tolerance=1e-5)
    assert {p.array.dtype for p in pair.ours} == {np.dtype(np.float32)}


def decay(name):
    return {} if name == "Rprop" else {"weight_decay": 0.1}


@pytest.mark.parametrize("name", NAMES)
def test_large_tensors(name):
    pair = Pair(name, decay(name), shapes=((300, 300), (5,), (70_000,)))
    for _ in range(3):
        pair.step()
    pair.check()


@pytest.mark.parametrize("name", NAMES)
def test_complex_parameters(name):
    pair = Pair(name, decay(name), dtype=np.complex128, shapes=((2, 3), (3,)))
    for _ in range(20):
        pair.step()
    pair.check()


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("shape", [(), (1,)])
def test_learning_rate_as_tensor(name, dtype, shape):
    pair = Pair(name, {"lr": np.full(shape, 0.01, dtype)})
    for _ in range(20):
        pair.step()
    pair.check(1e-10 if dtype is np.float64 else 1e-6)


@pytest.mark.parametrize("name", ["Adam", "AdamW"])
def test_betas_as_tensors(name):
    options = {"lr": 0.01}
    pair = Pair(name, options)
    for T, opt in ((minitorch, pair.our_opt), (torch, pair.their_opt)):
        opt.param_groups[0]["betas"] = (T.tensor(0.8), T.tensor(0.95))
    for _ in range(20):
        pair.step()
    for ours, theirs in zip(pair.ours, pair.theirs, strict=True):
        np.testing.assert_allclose(ours.array, theirs.detach().numpy(), rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("name", NAMES)
def test_groups_with_options_of_their_own(name):
    def groups(params):
        return [{"params": params[:2], "lr": 0.05}, {"params": params[2:], "weight_decay": 0.3, "maximize": True}]

    pair = Pair(name, {"lr": 0.01}, groups=groups)
    for _ in range(10):
        pair.step(absent={1})
    pair.check()


@pytest.mark.parametrize("name", NAMES)
def test_gradients_come_and_go(name):
    pair = Pair(name, {"lr": 0.01})
    for absent in ({0, 1, 2, 3, 4}, {0}, {0, 1}, {2}, {0, 1, 2, 3, 4}, {1, 3}, (), {4}, ()):
        pair.step(absent=absent)
        pair.check()


@pytest.mark.parametrize("name", NAMES)
def test_options_changed_on_the_way(name):
    pair = Pair(name, {"lr": 0.01})
    pair.step()
    for opt in (pair.our_opt, pair.their_opt):
        opt.param_groups[0].update(lr=0.5, weight_decay=0.2, maximize=True)
    pair.step()
    pair.check()


@pytest.mark.parametrize("options", [{"momentum": 0.9}, {"momentum": 0.9, "dampening": 0.5}])
def test_momentum_switched_off_and_on(options):
    pair = Pair("SGD", {"lr": 0.1, **options})
    for momentum in (0.9, 0, 0.5):
        for opt in (pair.our_opt, pair.their_opt):
            opt.param_groups[0]["momentum"] = momentum
        pair.step()
        pair.step(absent={1})
        pair.check()


def plain(state, convert):
    """A state dict with its tensors or arrays converted."""
    if isinstance(state, dict):
        return {key: plain(value, convert) for key, value in state.items()}
    if isinstance(state, list):
        return [plain(value, convert) for value in state]
    return convert(state) if isinstance(state, (torch.Tensor, minitorch.Tensor, np.ndarray)) else state


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("source", ["PyTorch", "minitorch"])
def test_both_go_on_from_a_checkpoint_of_either(name, source):
    pair = Pair(name, {"lr": 0.01})
    for _ in range(3):
        pair.step(absent={1})
    state = plain((pair.their_opt if source == "PyTorch" else pair.our_opt).state_dict(), np.array)
    pair.our_opt = getattr(minitorch.optim, name)(pair.ours)
    pair.their_opt = getattr(torch.optim, name)(pair.theirs)
    for T, opt in ((minitorch, pair.our_opt), (torch, pair.their_opt)):
        opt.load_state_dict(plain(state, lambda a, T=T: T.from_numpy(a.copy())))
    for _ in range(3):
        pair.step()
    pair.check()


@pytest.mark.parametrize("name", NAMES)
def test_signature(name):
    theirs, ours = (inspect.signature(getattr(T.optim, name)).parameters.values() for T in (torch, minitorch))
    assert [(p.name, p.default, p.kind) for p in ours] == [(p.name, p.default, p.kind) for p in theirs]


@pytest.mark.parametrize("name", NAMES)
def test_repr(name):
    pair = Pair(name, {}, groups=lambda params: [{"params": params[:1]}, {"params": params[1:], "lr": 0.5}])
    assert repr(pair.our_opt) == repr(pair.their_opt)


def test_default_dtype_is_that_of_step():
    torch.set_default_dtype(torch.float64)
    minitorch.set_default_dtype(minitorch.float64)
    try:
        pair = Pair("Adam", {})
        pair.step()
        pair.check()
    finally:
        minitorch.set_default_dtype(minitorch.float32)


def test_named_parameters():
    def groups(params):
        return [(f"layer{i}", p) for i, p in enumerate(params)]

    pair = Pair("SGD", {"lr": 0.1}, groups=groups)
    assert pair.our_opt.state_dict()["param_groups"] == pair.their_opt.state_dict()["param_groups"]


WRONG = [
    ("SGD", {"lr": -0.1}, "Invalid learning rate: -0.1"),
    ("SGD", {"momentum": -1.0}, "Invalid momentum value: -1.0"),
    ("SGD", {"weight_decay": -1.0}, "Invalid weight_decay value: -1.0"),
    ("SGD", {"nesterov": True}, "Nesterov momentum requires a momentum and zero dampening"),
    ("SGD", {"nesterov": True, "momentum": 0.9, "dampening": 0.1}, "Nesterov momentum requires a momentum"),
    ("SGD", {"foreach": True, "fused": True}, "`fused` and `foreach` cannot be `True` together."),
    ("SGD", {"lr": np.zeros(2)}, "Tensor lr must be 1-element"),
    ("Adam", {"lr": -0.1}, "Invalid learning rate: -0.1"),
    ("Adam", {"eps": -1.0}, "Invalid epsilon value: -1.0"),
    ("Adam", {"betas": (1.0, 0.9)}, "Invalid beta parameter at index 0: 1.0"),
    ("Adam", {"betas": (0.9, -0.1)}, "Invalid beta parameter at index 1: -0.1"),
    ("Adam", {"weight_decay": -1.0}, "Invalid weight_decay value: -1.0"),
    (
        "Adam",
        {"lr": np.zeros(()), "foreach": True},
        "lr as a Tensor is not supported for capturable=False and foreach=True",
    ),
    ("AdamW", {"betas": (0.9, 1.0)}, "Invalid beta parameter at index 1: 1.0"),
    ("RMSprop", {"alpha": -1.0}, "Invalid alpha value: -1.0"),
    ("RMSprop", {"momentum": -1.0}, "Invalid momentum value: -1.0"),
    ("Adagrad", {"lr_decay": -1.0}, "Invalid lr_decay value: -1.0"),
    ("Adagrad", {"initial_accumulator_value": -1.0}, "Invalid initial_accumulator_value value: -1.0"),
]


@pytest.mark.parametrize(("name", "options", "message"), WRONG, ids=label)
def test_wrong_arguments(name, options, message):
    for T in (torch, minitorch):
        with pytest.raises((ValueError, RuntimeError)) as error:
            getattr(T.optim, name)([T.zeros(2, requires_grad=True)], **own(T, options))
        assert str(error.value).startswith(message)


def raised(T, f):
    with pytest.raises(Exception) as error:  # noqa: PT011 (the type is compared)
        f(T, T.zeros(2, requires_grad=True))
    return error.value


WRONG_PARAMETERS = [
    (lambda T, w: T.optim.SGD([]), "optimizer got an empty parameter list"),
    (
        lambda T, w: T.optim.SGD(w),
        "params argument given to the optimizer should be an iterable of Tensors or dicts, but got",
    ),
    (lambda T, w: T.optim.SGD([1.0]), "optimizer can only optimize Tensors, but one of the params is float"),
    (lambda T, w: T.optim.SGD([w * 2]), "can't optimize a non-leaf Tensor"),
    (lambda T, w: T.optim.SGD([{"params": {w}}]), "optimizer parameters need to be organized in ordered collections"),
    (
        lambda T, w: T.optim.SGD([{"params": [w]}, {"params": w}]),
        "some parameters appear in more than one parameter group",
    ),
    (lambda T, w: T.optim.SGD([("w", w), T.zeros(1)]), "all optimizer params should be with/without names."),
    (lambda T, w: T.optim.SGD([w]).add_param_group([w]), "param_group must be a dict, but got <class 'list'>"),
    (
        lambda T, w: T.optim.SGD([("w", w)]).add_param_group({"params": T.zeros(1)}),
        "all optimizer param groups should be with/without names. cannot add param group without names to",
    ),
    (
        lambda T, w: T.optim.SGD([w]).load_state_dict({"state": {}, "param_groups": []}),
        "loaded state dict has a different number of parameter groups",
    ),
    (
        lambda T, w: T.optim.SGD([w]).load_state_dict({"state": {}, "param_groups": [{"params": [0, 1]}]}),
        "loaded state dict contains a parameter group that doesn't match the size of optimizer's group",
    ),
]


@pytest.mark.parametrize(("f", "message"), WRONG_PARAMETERS, ids=[m for _, m in WRONG_PARAMETERS])
def test_wrong_parameters(f, message):
    theirs, ours = raised(torch, f), raised(minitorch, f)
    assert type(ours) is type(theirs)
    assert str(theirs).startswith(message)
    assert str(ours).startswith(message)


@pytest.mark.parametrize(("name", "options"), [("SGD", {"lr": 0.1}), ("Adam", {"lr": 0.1})])
def test_duplicate_parameters_warn_and_step_twice(name, options):
    results = []
    for T in (torch, minitorch):
        w = T.ones(3, requires_grad=True)
        with pytest.warns(UserWarning, match="optimizer contains a parameter group with duplicate parameters"):
            opt = getattr(T.optim, name)([w, w], **options)
        for _ in range(3):
            opt.zero_grad()
            (w * w).sum().backward()
            opt.step()
        results.append(w.detach().numpy())
    np.testing.assert_allclose(results[1], results[0], rtol=1e-6)


def test_parameters_that_share_memory_see_each_other():
    results = []
    for T in (torch, minitorch):
        memory = T.arange(6.0)
        w, v = memory[:4].requires_grad_(), memory[2:].requires_grad_()
        opt = T.optim.Adam([w, v], lr=0.1, weight_decay=0.5)
        for _ in range(3):
            w.grad, v.grad = T.ones(4), -2 * T.ones(4)
            opt.step()
        results.append(memory.detach().numpy())
    np.testing.assert_allclose(results[1], results[0], rtol=1e-6)


def test_training_a_small_network():
    """The whole path: forward, backward, clip-free Adam steps on layers; losses agree to the last step."""
    losses = []
    random = np.random.default_rng(0)
    start = [random.standard_normal(s) / 2 for s in ((4, 8), (8,), (8, 1), (1,))]
    x, y = random.standard_normal((16, 4)), random.standard_normal((16, 1))
    for T in (torch, minitorch):
        w1, b1, w2, b2 = (T.from_numpy(v.copy()).requires_grad_() for v in start)
        opt = T.optim.Adam([w1, b1, w2, b2], lr=0.02)
        for _ in range(50):
            opt.zero_grad()
            loss = ((T.tanh(T.from_numpy(x) @ w1 + b1) @ w2 + b2 - T.from_numpy(y)) ** 2).mean()
            loss.backward()
            opt.step()
        losses.append(loss.item())
    assert losses[1] == pytest.approx(losses[0], rel=1e-9)
