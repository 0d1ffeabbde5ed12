"""JAX as a peer: each step is one jit-compiled function. Here are dense models; the others' are in a file of theirs."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from benchmarks import data, peers_jax_networks
from benchmarks.peers import Build
from benchmarks.peers_jax_step import Built, Loss, adam, cross_entropy, linear, sgd, training


def chain(parameters: list[Any]) -> Built:
    """The chain of scalars: value and gradient in one compiled function."""

    def value(x: Any) -> Any:
        y = x
        for _ in range(50):
            y = jnp.tanh(y * 1.01 + x) - 0.1
        return y

    both, x = jax.jit(jax.value_and_grad(value)), jnp.asarray(parameters[0])
    return (lambda: both(x)[0]), (lambda: [np.asarray(both(x)[1])])


def logistic(parameters: list[Any]) -> Built:
    """Logistic regression with SGD."""

    def loss(p: Any, x: Any, y: Any) -> Any:
        z = linear(x, *p)
        return (jax.nn.softplus(z) - z * y).mean()

    return training(loss, sgd(0.1), parameters, *data.breast_cancer())


def mlp_adam(parameters: list[Any]) -> Built:
    """64-64-10 with Adam."""
    return training(_dense(jax.nn.relu), adam(), parameters, *_digits(32))


def mlp_momentum(parameters: list[Any]) -> Built:
    """64-256-128-10 with SGD and momentum."""
    return training(_dense(jax.nn.relu), sgd(0.05, 0.9), parameters, *_digits(128))


def mlp_deep(parameters: list[Any]) -> Built:
    """Twelve tanh layers with AdamW."""
    return training(_dense(jnp.tanh), adam(decay=0.01), parameters, *_digits(64))


def mlp_wide(parameters: list[Any]) -> Built:
    """784-1024-1024-10 with Adam."""
    images, classes = data.images(256, 28)
    return training(_dense(jax.nn.relu), adam(), parameters, images.reshape(256, 784), classes)


def penalty(parameters: list[Any]) -> Built:
    """The gradient penalty: a gradient within the loss."""

    def loss(p: Any, x: Any) -> Any:
        slope = jax.grad(lambda x: scores_of(p, x, jnp.tanh).sum())(x)
        return ((jnp.sqrt((slope**2).sum(1) + 1e-12) - 1) ** 2).mean()

    return training(loss, sgd(0.01), parameters, _digits(32)[0])


def accumulation(parameters: list[Any]) -> Built:
    """64-64-10 with Adam: the gradients of four parts are added up, all in one compiled function."""
    part_loss = _dense(jax.nn.relu)

    def loss_and_gradient(p: Any, x: Any, y: Any) -> Any:
        loss, total = None, None
        for part, targets in zip(jnp.split(x, 4), jnp.split(y, 4), strict=True):
            loss, grads = jax.value_and_grad(lambda *a: part_loss(*a) / 4)(p, part, targets)
            total = grads if total is None else jax.tree.map(jnp.add, total, grads)
        return loss, total

    return training(loss_and_gradient, adam(), parameters, *_digits(32), has_gradient=True)


def scores_of(p: list[Any], x: Any, activation: Any) -> Any:
    """A multilayer perceptron's output; its parameters are weights (outputs, inputs) and biases in turn."""
    for k in range(0, len(p) - 2, 2):
        x = activation(linear(x, p[k], p[k + 1]))
    return linear(x, p[-2], p[-1])


def _dense(activation: Any) -> Loss:
    return lambda p, x, y: cross_entropy(scores_of(p, x, activation), y)


def _digits(batch: int) -> tuple[Any, Any]:
    x, y = data.digits()
    return x[:batch], y[:batch].astype(np.int32)


STEPS: dict[str, Build] = {
    step.__name__: step
    for step in (
        chain, logistic, mlp_adam, mlp_momentum, mlp_deep, mlp_wide, penalty, accumulation, *peers_jax_networks.STEPS
    )
}  # fmt: skip
