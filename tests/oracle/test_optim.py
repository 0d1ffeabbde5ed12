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
ALL = [*NAMES, "Adafactor", "LBFGS", "Muon"]  # the last have tests of their own below


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
    source_opt = pair.their_opt if source == "PyTorch" else pair.our_opt
    state = plain(source_opt.state_dict(), lambda t: t.numpy().copy())
    pair.our_opt = getattr(minitorch.optim, name)(pair.ours)
    pair.their_opt = getattr(torch.optim, name)(pair.theirs)
    for T, opt in ((minitorch, pair.our_opt), (torch, pair.their_opt)):
        opt.load_state_dict(plain(state, lambda a, T=T: T.from_numpy(a.copy())))
    for _ in range(3):
        pair.step()
    pair.check()


@pytest.mark.parametrize("name", ALL)
def test_signature(name):
    theirs, ours = (inspect.signature(getattr(T.optim, name)).parameters.values() for T in (torch, minitorch))
    assert [(p.name, p.default, p.kind) for p in ours] == [(p.name, p.default, p.kind) for p in theirs]


@pytest.mark.parametrize("name", sorted({*ALL} - {"LBFGS"}))  # which has one group
def test_repr(name):
    def groups(params):
        return [{"params": params[:1]}, {"params": params[1:], "lr": 0.5}]

    pair = Pair(name, {}, groups=groups, shapes=MATRICES)
    assert repr(pair.our_opt) == repr(pair.their_opt)


MATRICES = ((3, 4), (4, 2), (5, 5), (1, 6))
ADAFACTOR = [
    *grid("Adafactor", lr=[0.01, 0.5], weight_decay=[0, 0.1], maximize=BOTH),
    *grid("Adafactor", beta2_decay=[-0.5, -1.0], eps=[(None, 1e-3), (1e-3, 0.1)], d=[1.0, 2.0]),
]


@pytest.mark.parametrize(("name", "options"), ADAFACTOR, ids=label)
def test_adafactor(name, options):
    pair = Pair(name, options, shapes=((3, 4), (4,), (), (2, 3, 5)))
    for i in range(100):
        pair.step(absent=() if i % 3 else {0, 2})
    pair.check()


MUON = [
    *grid("Muon", lr=[0.02], nesterov=BOTH, adjust_lr_fn=[None, "original", "match_rms_adamw"]),
    *grid("Muon", momentum=[0.0, 0.5], weight_decay=[0.0, 0.5], ns_steps=[3], ns_coefficients=[(2.0, -1.5, 0.5)]),
]


@pytest.mark.parametrize(("name", "options"), MUON, ids=label)
def test_muon(name, options):
    """Both round to bfloat16, but products of matrices may be summed in another order before: one step at a time."""
    pair = Pair(name, options, shapes=MATRICES)
    for i in range(20):
        pair.step(absent={i % 4})
        for ours, theirs in zip(pair.ours, pair.theirs, strict=True):
            np.testing.assert_allclose(ours.array, theirs.detach().numpy(), rtol=0, atol=5e-4)
            theirs.data = torch.from_numpy(ours.array.copy())
    same_state(pair.our_opt.state_dict(), pair.their_opt.state_dict(), 1e-10)


def valley(T, params, opt):
    x, y = params

    def closure():
        opt.zero_grad()
        loss = ((1 - x) ** 2).sum() + 4 * ((y - x**2) ** 2).sum()
        loss.backward()
        return loss

    return closure


LBFGS = [
    {},
    {"lr": 0.5, "max_iter": 7},
    {"line_search_fn": "strong_wolfe"},
    {"line_search_fn": "strong_wolfe", "max_iter": 5, "max_eval": 4},
    {"line_search_fn": "strong_wolfe", "history_size": 2},
    {"line_search_fn": "strong_wolfe", "tolerance_change": 1e-3},
    {"line_search_fn": "strong_wolfe", "tolerance_grad": 10.0},
    {"lr": 1e-4, "max_iter": 50, "history_size": 3},
]


@pytest.mark.parametrize("options", LBFGS, ids=str)
def test_lbfgs(options):
    results = []
    for T in (torch, minitorch):
        params = [
            T.from_numpy(v.copy()).requires_grad_() for v in (np.array([-1.2, 0.5, 2.0]), np.array([1.0, -1.0, 0.3]))
        ]
        opt = T.optim.LBFGS(params, **options)
        history = []
        for _ in range(4):
            loss = opt.step(valley(T, params, opt)).item()
            state = opt.state[params[0]]
            history.append([loss, state["n_iter"], state["func_evals"], *params[0].tolist(), *params[1].tolist()])
        results.append(history)
    theirs, ours = np.array(results)
    np.testing.assert_array_equal(ours[:, 1:3], theirs[:, 1:3])
    np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=1e-8)


@pytest.mark.parametrize("options", [{"lr": 0.1}, {"line_search_fn": "strong_wolfe"}], ids=str)
def test_lbfgs_on_complex_and_missing_parameters(options):
    results = []
    for T in (torch, minitorch):
        z = T.tensor([1 + 2j, -0.5j], dtype=T.complex128, requires_grad=True)
        w, unused = (T.ones(3, dtype=T.float64, requires_grad=True) for _ in range(2))
        opt = T.optim.LBFGS([z, unused, w], max_iter=5, **options)

        def closure(z=z, w=w, opt=opt):
            opt.zero_grad()
            loss = ((z - 3) * (z - 3).conj()).real.sum() ** 2 + ((w - 2) ** 4).sum()
            loss.backward()
            return loss

        losses = [opt.step(closure).item() for _ in range(3)]
        results.append([*losses, *z.real.tolist(), *z.imag.tolist(), *w.tolist(), *unused.tolist()])
    np.testing.assert_allclose(results[1], results[0], rtol=1e-5, atol=1e-8)


@pytest.mark.parametrize("options", [{}, {"line_search_fn": "strong_wolfe"}], ids=str)
def test_lbfgs_goes_on_from_a_checkpoint_of_pytorch(options):
    start = (np.array([-1.2, 0.5, 2.0]), np.array([1.0, -1.0, 0.3]))
    theirs = [torch.from_numpy(v.copy()).requires_grad_() for v in start]
    their_opt = torch.optim.LBFGS(theirs, max_iter=4, **options)
    their_opt.step(valley(torch, theirs, their_opt))
    ours = [minitorch.from_numpy(p.detach().numpy().copy()).requires_grad_() for p in theirs]
    our_opt = minitorch.optim.LBFGS(ours)
    our_opt.load_state_dict(plain(their_opt.state_dict(), lambda t: minitorch.from_numpy(t.numpy().copy())))
    for _ in range(2):
        their_opt.step(valley(torch, theirs, their_opt))
        our_opt.step(valley(minitorch, ours, our_opt))
    for our, their in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(our.array, their.detach().numpy(), rtol=1e-6)
    back = plain(our_opt.state_dict(), lambda t: torch.from_numpy(t.array.copy()))
    assert back["state"][0].keys() | {"al"} == their_opt.state_dict()["state"][0].keys()
    their_opt.load_state_dict(back)
    our_opt.step(valley(minitorch, ours, our_opt))
    their_opt.step(valley(torch, theirs, their_opt))
    for our, their in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(our.array, their.detach().numpy(), rtol=1e-6)


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
    ("NAdam", {"momentum_decay": -1.0}, "Invalid momentum_decay value: -1.0"),
    ("Adadelta", {"rho": 1.5}, "Invalid rho value: 1.5"),
    ("Rprop", {"etas": (1.1, 1.2)}, "Invalid eta values: 1.1, 1.2"),
    ("ASGD", {"weight_decay": -1.0}, "Invalid weight_decay value: -1.0"),
    ("Adafactor", {"lr": -1.0}, "Learning rate should be >= 0 but is: -1.0"),
    ("Adafactor", {"beta2_decay": 1.0}, "beta2_decay should be <= 0 but is: 1.0"),
    ("Adafactor", {"eps": (-1.0, 1.0)}, "epsilon1 should be >= 0 but is: -1.0"),
    ("Adafactor", {"eps": (None, -1.0)}, "epsilon2 should be >= 0 but is: -1.0"),
    ("Adafactor", {"d": 0.5}, "Clipping threshold d should be >= 1 but is: 0.5"),
    ("Adafactor", {"weight_decay": -1.0}, "weight_decay should be >= 0 but is: -1.0"),
    ("Muon", {"lr": -1.0}, "Learning rate should be >= 0 but is: -1.0"),
    ("Muon", {"momentum": -1.0}, "momentum should be >= 0 but is: -1.0"),
    ("Muon", {"weight_decay": -1.0}, "weight decay should be >= 0 but is: -1.0"),
    ("Muon", {"adjust_lr_fn": "rms"}, "Adjust learning rate function rms is not supported"),
    ("Muon", {}, "Muon only supports 2D parameters whereas we found a parameter with size:"),
    ("LBFGS", {"lr": -1.0}, "Invalid learning rate: -1.0"),
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
