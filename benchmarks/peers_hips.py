"""HIPS autograd as a peer. It has no optimizers: they are those of the floor, in NumPy, on one flat buffer.

`value_and_grad` takes the list of parameters, which are views of that buffer; the gradients are copied into another.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import autograd.numpy as np
from autograd import grad, value_and_grad

from benchmarks import data
from benchmarks.floors import adam, flattened, momentum, sgd
from benchmarks.measure import Step
from benchmarks.peers import Build

Built = tuple[Step, Callable[[], list[Any]]]
Optimizer = Callable[[Any, Any], Callable[[], None]]


def chain(parameters: list[Any]) -> Built:
    """The chain of scalars."""

    def value(x: Any) -> Any:
        y = x
        for _ in range(50):
            y = np.tanh(y * 1.01 + x) - 0.1
        return y

    both, x = value_and_grad(value), parameters[0][()]
    return (lambda: both(x)[0]), (lambda: [both(x)[1]])


def logistic(parameters: list[Any]) -> Built:
    """Logistic regression with SGD."""
    x, y = data.breast_cancer()

    def loss(p: Any) -> Any:
        z = np.dot(x, p[0].T) + p[1]
        return np.mean(np.logaddexp(np.float32(0), z) - z * y)

    return training(loss, parameters, lambda p, g: sgd(p, g, 0.1))


def mlp_adam(parameters: list[Any]) -> Built:
    """64-64-10 with Adam."""
    return training(_dense(_relu, *_digits(32)), parameters, adam)


def mlp_momentum(parameters: list[Any]) -> Built:
    """64-256-128-10 with SGD and momentum."""
    return training(_dense(_relu, *_digits(128)), parameters, momentum)


def mlp_deep(parameters: list[Any]) -> Built:
    """Twelve tanh layers with AdamW."""
    return training(_dense(np.tanh, *_digits(64)), parameters, lambda p, g: adam(p, g, decay=0.01))


def mlp_wide(parameters: list[Any]) -> Built:
    """784-1024-1024-10 with Adam."""
    images, classes = data.images(256, 28)
    return training(_dense(_relu, images.reshape(256, 784), classes), parameters, adam)


def penalty(parameters: list[Any]) -> Built:
    """The gradient penalty: a gradient within the loss."""
    x = _digits(32)[0]

    def loss(p: Any) -> Any:
        slope = grad(lambda x: np.sum(_scores(p, x, np.tanh)))(x)
        return np.mean((np.sqrt(np.sum(slope**2, 1) + 1e-12) - 1) ** 2)

    return training(loss, parameters, lambda p, g: sgd(p, g, 0.01))


def accumulation(parameters: list[Any]) -> Built:
    """64-64-10 with Adam; the gradients of four parts are added up in the buffer."""
    x, y = _digits(32)
    parts = zip(np.split(x, 4), np.split(y, 4), strict=True)
    losses = [_dense(_relu, *part, share=0.25) for part in parts]
    return training(losses, parameters, adam)


def training(losses: Any, parameters: list[Any], optimizer: Optimizer) -> Built:
    """The step: the gradients of one loss, or of several added up, and the optimizer's update in place."""
    flat, grads, gflat = flattened(parameters)
    update = optimizer(flat, gflat)
    both = [value_and_grad(loss) for loss in (losses if isinstance(losses, list) else [losses])]

    def step() -> Any:
        for part, value_and_gradient in enumerate(both):
            value, found = value_and_gradient(parameters)
            for into, g in zip(grads, found, strict=True):
                if part:
                    into += g
                else:
                    into[...] = g
        update()
        return value

    return step, lambda: parameters


def _scores(p: Any, x: Any, activation: Any) -> Any:
    for k in range(0, len(p) - 2, 2):
        x = activation(np.dot(x, p[k].T) + p[k + 1])
    return np.dot(x, p[-2].T) + p[-1]


def _dense(activation: Any, x: Any, y: Any, share: float = 1.0) -> Any:
    rows, scale = np.arange(len(y)), share / len(y)

    def loss(p: Any) -> Any:
        z = _scores(p, x, activation)
        z = z - np.max(z, axis=1, keepdims=True)
        return scale * np.sum(np.log(np.sum(np.exp(z), axis=1)) - z[rows, y])

    return loss


def _relu(x: Any) -> Any:
    return np.maximum(x, np.float32(0))


def _digits(batch: int) -> tuple[Any, Any]:
    x, y = data.digits()
    return x[:batch], y[:batch]


STEPS: dict[str, Build] = {
    step.__name__: step for step in (chain, logistic, mlp_adam, mlp_momentum, mlp_deep, mlp_wide, penalty, accumulation)
}
