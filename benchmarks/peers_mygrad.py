"""MyGrad as a peer. It has no optimizers: they are those of the floor, in NumPy, on one flat buffer.

Its parameters are tensors on views of that buffer; their gradients are copied into another. There is no derivative of
a derivative in it, hence no gradient penalty. Its guard of arrays against writing is off, as its manual advises for
speed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import mygrad as mg
import numpy as np
from mygrad.nnet.activations import relu
from mygrad.nnet.losses import softmax_crossentropy

from benchmarks import data
from benchmarks.floors import adam, flattened, momentum, sgd
from benchmarks.measure import Step
from benchmarks.peers import Build

Built = tuple[Step, Callable[[], list[Any]]]
Optimizer = Callable[[Any, Any], Callable[[], None]]

mg.turn_memory_guarding_off()


def chain(parameters: list[Any]) -> Built:
    """The chain of scalars."""
    x = mg.tensor(parameters[0])

    def step() -> Any:
        y = x
        for _ in range(50):
            y = mg.tanh(y * 1.01 + x) - 0.1
        y.backward()
        return y.item()

    return step, lambda: [step() and x.grad]


def logistic(parameters: list[Any]) -> Built:
    """Logistic regression with SGD."""
    x, y = data.breast_cancer()

    def loss(p: Any) -> Any:
        z = mg.matmul(x, p[0].T) + p[1]
        return mg.mean(mg.logaddexp(np.float32(0), z) - z * y)

    return training([loss], parameters, lambda p, g: sgd(p, g, 0.1))


def mlp_adam(parameters: list[Any]) -> Built:
    """64-64-10 with Adam."""
    return training([_dense(relu, *_digits(32))], parameters, adam)


def mlp_momentum(parameters: list[Any]) -> Built:
    """64-256-128-10 with SGD and momentum."""
    return training([_dense(relu, *_digits(128))], parameters, momentum)


def mlp_deep(parameters: list[Any]) -> Built:
    """Twelve tanh layers with AdamW."""
    return training([_dense(mg.tanh, *_digits(64))], parameters, lambda p, g: adam(p, g, decay=0.01))


def mlp_wide(parameters: list[Any]) -> Built:
    """784-1024-1024-10 with Adam."""
    images, classes = data.images(256, 28)
    return training([_dense(relu, images.reshape(256, 784), classes)], parameters, adam)


def accumulation(parameters: list[Any]) -> Built:
    """64-64-10 with Adam; the gradients of four parts are added up in the buffer."""
    x, y = _digits(32)
    parts = zip(np.split(x, 4), np.split(y, 4), strict=True)
    return training([_dense(relu, *part, share=0.25) for part in parts], parameters, adam)


def training(losses: list[Any], parameters: list[Any], optimizer: Optimizer) -> Built:
    """The step: the gradients of the losses added up, and the optimizer's update in place."""
    flat, grads, gflat = flattened(parameters)
    update, tensors = optimizer(flat, gflat), [mg.tensor(p, copy=False) for p in parameters]

    def step() -> Any:
        for part, loss in enumerate(losses):
            value = loss(tensors)
            value.backward()
            for into, p in zip(grads, tensors, strict=True):
                if part:
                    into += p.grad
                else:
                    into[...] = p.grad
        update()
        return value.item()

    return step, lambda: parameters


def _dense(activation: Any, x: Any, y: Any, share: float = 1.0) -> Any:
    def loss(p: Any) -> Any:
        h = x
        for k in range(0, len(p) - 2, 2):
            h = activation(mg.matmul(h, p[k].T) + p[k + 1])
        found = softmax_crossentropy(mg.matmul(h, p[-2].T) + p[-1], y)
        return found if share == 1.0 else found * share

    return loss


def _digits(batch: int) -> tuple[Any, Any]:
    x, y = data.digits()
    return x[:batch], y[:batch]


STEPS: dict[str, Build] = {
    step.__name__: step for step in (chain, logistic, mlp_adam, mlp_momentum, mlp_deep, mlp_wide, accumulation)
}
