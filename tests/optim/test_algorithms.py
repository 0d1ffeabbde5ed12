"""Each elementwise algorithm against its paper, written out for one number in plain Python."""

import math

import numpy as np
import pytest

import minitorch as torch
from minitorch import optim

GRADIENTS = [0.5, -1.0, 0.25, 2.0, 2.0, -0.125, 0.0, 1.5]


def sgd(x, gradients, lr, momentum, dampening=0.0, nesterov=False):
    b = None
    for g in gradients:
        b = g if b is None else momentum * b + (1 - dampening) * g
        x -= lr * (g + momentum * b if nesterov else b)
        yield x


def adam(x, gradients, lr, beta1=0.9, beta2=0.999, eps=1e-8, amsgrad=False, shrink=0.0):
    m = v = largest = 0.0
    for t, g in enumerate(gradients, 1):
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g * g
        largest = max(largest, v) if amsgrad else v
        x -= lr * shrink * x
        x -= lr * (m / (1 - beta1**t)) / (math.sqrt(largest / (1 - beta2**t)) + eps)
        yield x


def adamax(x, gradients, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    m = u = 0.0
    for t, g in enumerate(gradients, 1):
        m = beta1 * m + (1 - beta1) * g
        u = max(beta2 * u, abs(g) + eps)
        x -= lr / (1 - beta1**t) * m / u
        yield x


def nadam(x, gradients, lr, beta1=0.9, beta2=0.999, eps=1e-8, decay=4e-3):
    m, v, product = 0.0, 0.0, 1.0

    def mu(t):
        return beta1 * (1 - 0.5 * 0.96 ** (t * decay))

    for t, g in enumerate(gradients, 1):
        product *= mu(t)
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g * g
        m_hat = mu(t + 1) * m / (1 - product * mu(t + 1)) + (1 - mu(t)) * g / (1 - product)
        x -= lr * m_hat / (math.sqrt(v / (1 - beta2**t)) + eps)
        yield x


def radam(x, gradients, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    m = v = 0.0
    limit = 2 / (1 - beta2) - 1
    for t, g in enumerate(gradients, 1):
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g * g
        m_hat, rho = m / (1 - beta1**t), limit - 2 * t * beta2**t / (1 - beta2**t)
        if rho > 5:
            r = math.sqrt((rho - 4) * (rho - 2) * limit / ((limit - 4) * (limit - 2) * rho))
            x -= lr * m_hat * r * math.sqrt(1 - beta2**t) / (math.sqrt(v) + eps)
        else:
            x -= lr * m_hat
        yield x


def rmsprop(x, gradients, lr, alpha=0.99, eps=1e-8, momentum=0.0, centered=False):
    v = mean = b = 0.0
    for g in gradients:
        v = alpha * v + (1 - alpha) * g * g
        mean = alpha * mean + (1 - alpha) * g if centered else 0.0
        b = momentum * b + g / (math.sqrt(v - mean**2) + eps)
        x -= lr * b
        yield x


def adagrad(x, gradients, lr, decay=0.0, start=0.0, eps=1e-10):
    total = start
    for t, g in enumerate(gradients):
        total += g * g
        x -= lr / (1 + t * decay) * g / (math.sqrt(total) + eps)
        yield x


def adadelta(x, gradients, lr, rho=0.9, eps=1e-6):
    v = u = 0.0
    for g in gradients:
        v = rho * v + (1 - rho) * g * g
        step = math.sqrt(u + eps) / math.sqrt(v + eps) * g
        u = rho * u + (1 - rho) * step * step
        x -= lr * step
        yield x


def rprop(x, gradients, lr, shrink=0.5, grow=1.2, least=1e-6, most=50.0):
    before, size = 0.0, lr
    for g in gradients:
        if g * before > 0:
            size = min(size * grow, most)
        elif g * before < 0:
            size, g = max(size * shrink, least), 0.0
        x -= math.copysign(size, g) if g else 0.0
        before = g
        yield x


def asgd(x, gradients, lr, lambd=1e-4, alpha=0.75):
    eta = lr
    for t, g in enumerate(gradients, 1):
        x -= eta * (g + lambd * x)
        eta = lr / (1 + lambd * lr * t) ** alpha
        yield x


PAPERS = [
    (optim.SGD, {"momentum": 0.9}, sgd, {"momentum": 0.9}),
    (optim.SGD, {}, sgd, {"momentum": 0.0}),
    (optim.SGD, {"momentum": 0.5, "dampening": 0.25}, sgd, {"momentum": 0.5, "dampening": 0.25}),
    (optim.SGD, {"momentum": 0.9, "nesterov": True}, sgd, {"momentum": 0.9, "nesterov": True}),
    (optim.Adam, {}, adam, {}),
    (optim.Adam, {"betas": (0.5, 0.75), "eps": 0.1, "amsgrad": True}, adam,
     {"beta1": 0.5, "beta2": 0.75, "eps": 0.1, "amsgrad": True}),
    (optim.Adam, {"weight_decay": 0.5, "decoupled_weight_decay": True}, adam, {"shrink": 0.5}),
    (optim.AdamW, {}, adam, {"shrink": 0.01}),
    (optim.Adamax, {"betas": (0.5, 0.75), "eps": 0.1}, adamax, {"beta1": 0.5, "beta2": 0.75, "eps": 0.1}),
    (optim.NAdam, {"momentum_decay": 0.1}, nadam, {"decay": 0.1}),
    (optim.RAdam, {}, radam, {}),
    (optim.RAdam, {"betas": (0.5, 0.99)}, radam, {"beta1": 0.5, "beta2": 0.99}),
    (optim.RMSprop, {}, rmsprop, {}),
    (optim.RMSprop, {"alpha": 0.5, "momentum": 0.9, "centered": True}, rmsprop,
     {"alpha": 0.5, "momentum": 0.9, "centered": True}),
    (optim.Adagrad, {"lr_decay": 0.1, "initial_accumulator_value": 0.5}, adagrad, {"decay": 0.1, "start": 0.5}),
    (optim.Adadelta, {"rho": 0.5}, adadelta, {"rho": 0.5}),
    (optim.Rprop, {}, rprop, {}),
    (optim.Rprop, {"etas": (0.25, 3.0), "step_sizes": (0.01, 0.5)}, rprop,
     {"shrink": 0.25, "grow": 3.0, "least": 0.01, "most": 0.5}),
    (optim.ASGD, {"lambd": 0.1}, asgd, {"lambd": 0.1}),
]  # fmt: skip


def label(value):
    return value.__name__ if callable(value) else "-".join(map(str, value))


@pytest.fixture
def double():
    """Numbers in the state are of the default dtype; here they are to be exact."""
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(torch.float32)


def path(cls, options, gradients=GRADIENTS, start=1.5, dtype=torch.float64):
    w = torch.tensor([start], dtype=dtype, requires_grad=True)
    opt = cls([w], lr=0.1, **options)
    for g in gradients:
        w.grad = torch.tensor([g], dtype=dtype)
        opt.step()
        yield w.item()


@pytest.mark.parametrize(("cls", "options", "paper", "symbols"), PAPERS, ids=label)
@pytest.mark.usefixtures("double")
def test_follows_the_paper(cls, options, paper, symbols):
    found, expected = list(path(cls, options)), list(paper(1.5, GRADIENTS, 0.1, **symbols))
    np.testing.assert_allclose(found, expected, rtol=1e-11)


CLASSES = sorted({cls for cls, *_ in PAPERS}, key=lambda cls: cls.__name__)


@pytest.mark.parametrize("cls", CLASSES)
def test_to_maximize_is_to_descend_the_negated(cls):
    up = list(path(cls, {"maximize": True}))
    down = list(path(cls, {}, gradients=[-g for g in GRADIENTS]))
    assert up == down


@pytest.mark.parametrize("cls", [cls for cls in CLASSES if cls not in (optim.Rprop, optim.AdamW)])
def test_weight_decay_is_the_gradient_of_a_penalty(cls):
    w, v = (torch.tensor([1.5], dtype=torch.float64, requires_grad=True) for _ in range(2))
    plain, decaying = cls([w]), cls([v], weight_decay=0.25)
    for g in GRADIENTS:
        w.grad = torch.from_numpy(g + 0.25 * w.array)
        v.grad = torch.tensor([g], dtype=torch.float64)
        plain.step()
        decaying.step()
        assert v.item() == pytest.approx(w.item(), rel=1e-12)


@pytest.mark.parametrize("cls", CLASSES)
def test_infinite_gradients_spoil_only_their_own_element(cls):
    w = torch.ones(3, requires_grad=True)
    w.grad = torch.tensor([1.0, math.inf, 1.0])
    with np.errstate(all="ignore"):
        cls([w]).step()
    assert np.isfinite(w.array[[0, 2]]).all()


def test_asgd_averages_from_t0_on():
    w = torch.tensor([0.0], dtype=torch.float64, requires_grad=True)
    opt = optim.ASGD([w], lr=1.0, lambd=0, alpha=0, t0=2)
    seen = []
    for _ in range(5):
        w.grad = torch.tensor([-1.0], dtype=torch.float64)
        opt.step()
        seen.append(opt.state[w]["ax"].item())
    # x is 1, 2, 3, 4, 5, and the average begins with the x of step t0 + 2
    assert seen == pytest.approx([1.0, 2.0, 3.0, 4.0, 4.5])
