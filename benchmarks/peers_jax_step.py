"""What the steps of JAX share: optimizers, the loss, and one jit-compiled function of parameters and optimizer state.

They are donated to it. It runs in one thread and without asynchronous dispatch, so that a step's time is its own; the
first call compiles, before anything is timed. Parameters and moments are lists of arrays, as one writes it, and not one
flat buffer.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from benchmarks.measure import Step

jax.config.update("jax_cpu_enable_async_dispatch", False)  # a step is over when it returns

Loss = Callable[..., Any]
Optimizer = tuple[Any, Callable[[Any, Any, Any], tuple[Any, Any]]]
Built = tuple[Step, Callable[[], list[Any]]]


def cross_entropy(scores: Any, classes: Any) -> Any:
    """The mean over rows of scores (N, C) with their classes (N,)."""
    return -jnp.take_along_axis(jax.nn.log_softmax(scores), classes[:, None], 1).mean()


def sgd(lr: float, momentum: float = 0.0) -> Optimizer:
    """Stochastic gradient descent, with PyTorch's kind of momentum."""

    def update(p: Any, g: Any, velocity: Any) -> Any:
        if momentum:
            g = velocity = jax.tree.map(lambda v, g: momentum * v + g, velocity, g)
        return jax.tree.map(lambda p, g: p - lr * g, p, g), velocity

    return (lambda p: [jnp.zeros_like(q) for q in p] if momentum else ()), update


def adam(lr: float = 1e-3, decay: float = 0.0) -> Optimizer:
    """Adam (Kingma and Ba, 2014); with ``decay``, AdamW."""

    def update(p: Any, g: Any, state: Any) -> Any:
        t, m, v = state
        t = t + 1
        m = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, m, g)
        v = jax.tree.map(lambda v, g: 0.999 * v + 0.001 * g * g, v, g)
        size, scale = lr / (1 - 0.9**t), 1 / jnp.sqrt(1 - 0.999**t)
        p = jax.tree.map(lambda p, m, v: p * (1 - lr * decay) - size * m / (jnp.sqrt(v) * scale + 1e-8), p, m, v)
        return p, (t, m, v)

    return (lambda p: (jnp.zeros(()), [jnp.zeros_like(q) for q in p], [jnp.zeros_like(q) for q in p])), update


def training(loss: Loss, optimizer: Optimizer, parameters: list[Any], *batch: Any, has_gradient: bool = False) -> Built:
    """The step on one batch, over and over: ``loss(parameters, *batch)``, which may give its gradient itself."""
    start, update = optimizer
    gradient = loss if has_gradient else jax.value_and_grad(loss)

    def whole(p: Any, state: Any, *batch: Any) -> Any:
        value, grads = gradient(p, *batch)
        return *update(p, grads, state), value

    compiled = jax.jit(whole, donate_argnums=(0, 1))
    p = [jnp.array(q) for q in parameters]
    state, inputs = start(p), [jnp.asarray(part) for part in batch]

    def step() -> Any:
        nonlocal p, state
        p, state, value = compiled(p, state, *inputs)
        return value

    return step, lambda: [np.asarray(q) for q in p]


def linear(x: Any, weight: Any, bias: Any) -> Any:
    """Rows of x times the weight (outputs, inputs), plus the bias."""
    return x @ weight.T + bias
