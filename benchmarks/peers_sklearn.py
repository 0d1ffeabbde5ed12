"""scikit-learn's MLPClassifier as a peer, a batch by `partial_fit`, with the penalty alpha at 0 and no shuffling.

It keeps float32. Its Adam adds epsilon before the second moment is corrected, so that in the first steps 5e-10 there is
about 1e-8 elsewhere: it is set to that for the comparison's sake. AdamW, accumulation and other models are not in it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from sklearn.neural_network import MLPClassifier

from benchmarks import data
from benchmarks.measure import Step
from benchmarks.peers import Build

Built = tuple[Step, Callable[[], list[Any]]]


def logistic(parameters: list[Any]) -> Built:
    """Logistic regression with SGD: no hidden layer."""
    x, y = data.breast_cancer()
    return training(parameters, x, y[:, 0].astype(np.int64), solver="sgd", learning_rate_init=0.1, momentum=0.0)


def mlp_adam(parameters: list[Any]) -> Built:
    """64-64-10 with Adam."""
    return training(parameters, *_digits(32))


def mlp_momentum(parameters: list[Any]) -> Built:
    """64-256-128-10 with SGD and momentum."""
    return training(
        parameters, *_digits(128), solver="sgd", learning_rate_init=0.05, momentum=0.9, nesterovs_momentum=False
    )


def mlp_wide(parameters: list[Any]) -> Built:
    """784-1024-1024-10 with Adam."""
    images, classes = data.images(256, 28)
    return training(parameters, images.reshape(256, 784), classes)


def training(parameters: list[Any], x: Any, y: Any, **settings: Any) -> Built:
    """`partial_fit` on one batch, over and over."""
    hidden = tuple(len(bias) for bias in parameters[1:-1:2])
    net = MLPClassifier(hidden, alpha=0.0, epsilon=5e-10, shuffle=False, batch_size=len(x), **settings)
    classes = np.arange(max(y.max() + 1, len(parameters[-1])))
    net.partial_fit(
        x, y, classes=classes
    )  # it makes the arrays, which take the first values; and an optimizer, made anew
    for own, p in zip(net.coefs_, parameters[::2], strict=True):
        own[...] = p.T
    for own, p in zip(net.intercepts_, parameters[1::2], strict=True):
        own[...] = p
    del net._optimizer

    def step() -> Any:
        net.partial_fit(x, y)
        return net.loss_

    def now() -> list[Any]:
        pairs = zip(net.coefs_, net.intercepts_, strict=True)
        return [array for weight, bias in pairs for array in (weight.T, bias)]

    return step, now


def _digits(batch: int) -> tuple[Any, Any]:
    x, y = data.digits()
    return x[:batch], y[:batch]


STEPS: dict[str, Build] = {step.__name__: step for step in (logistic, mlp_adam, mlp_momentum, mlp_wide)}
