"""The floor: training steps written by hand in NumPy, with every buffer made beforehand and no autograd at all.

Each takes the first values of the parameters, in the order of ``model.parameters()``, and returns a step that trains
them in place. A test runs each beside the workload it is the floor of and compares the parameters.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks import data
from benchmarks.measure import Step

AT_ONCE = 1 << 16  # elements that an optimizer's passes find in the cache
Update = Callable[[], None]


def logistic(parameters: list[Any]) -> Step:
    """Logistic regression with SGD."""
    x, y = data.breast_cancer()
    weight, bias = parameters
    z, e, gw, n = np.empty_like(y), np.empty_like(y), np.empty_like(weight), len(y)

    def step() -> Any:
        np.matmul(x, weight.T, out=z)
        np.add(z, bias, out=z)
        np.exp(np.negative(np.abs(z, out=e), out=e), out=e)  # e^-|z|, which cannot overflow
        loss = (np.maximum(z, 0).sum() - (z * y).sum() + np.log1p(e).sum()) / n
        g = np.where(z >= 0, 1, e)
        g /= 1 + e
        g -= y
        g /= n
        np.matmul(g.T, x, out=gw)
        weight[...] -= 0.1 * gw
        bias[...] -= 0.1 * g.sum(0)
        return loss

    return step


def mlp_adam(parameters: list[Any]) -> Step:
    """64-64-10 with Adam."""
    flat, grads, gflat = flattened(parameters)
    x, y = _digits(32)
    return _dense(parameters, grads, [(x, y)], np.maximum, adam(flat, gflat))


def mlp_momentum(parameters: list[Any]) -> Step:
    """64-256-128-10 with SGD and momentum."""
    flat, grads, gflat = flattened(parameters)
    x, y = _digits(128)
    return _dense(parameters, grads, [(x, y)], np.maximum, momentum(flat, gflat))


def mlp_deep(parameters: list[Any]) -> Step:
    """Twelve tanh layers with AdamW."""
    flat, grads, gflat = flattened(parameters)
    x, y = _digits(64)
    return _dense(parameters, grads, [(x, y)], np.tanh, adam(flat, gflat, decay=0.01))


def mlp_wide(parameters: list[Any]) -> Step:
    """784-1024-1024-10 with Adam."""
    flat, grads, gflat = flattened(parameters)
    images, classes = data.images(256, 28)
    x = images.reshape(256, 784)
    return _dense(parameters, grads, [(x, classes)], np.maximum, adam(flat, gflat))


def accumulation(parameters: list[Any]) -> Step:
    """64-64-10 with Adam; the gradient of 32 rows in four parts of 8."""
    flat, grads, gflat = flattened(parameters)
    x, y = _digits(32)
    parts = list(zip(np.split(x, 4), np.split(y, 4), strict=True))
    return _dense(parameters, grads, parts, np.maximum, adam(flat, gflat))


# --- Optimizers -------------------------------------------------------------------------------------------------------


def adam(p: Any, g: Any, lr: float = 1e-3, decay: float = 0.0) -> Update:
    """Adam on one flat buffer, AT_ONCE of its elements in turn; with ``decay``, AdamW."""
    parts = [slice(k, k + AT_ONCE) for k in range(0, p.size, AT_ONCE)]
    zeros, t, u = np.zeros((2, p.size), p.dtype), np.empty_like(p[:AT_ONCE]), 0
    pieces = [(p[k], g[k], zeros[0, k], zeros[1, k], t[: p[k].size]) for k in parts]

    def update() -> None:
        nonlocal u
        u += 1
        rate, correction = lr / (1 - 0.9**u), 1 / math.sqrt(1 - 0.999**u)
        for p, g, m, v, t in pieces:
            if decay:
                np.multiply(p, 1 - lr * decay, out=p)
            np.multiply(m, 0.9, out=m)
            np.multiply(g, 0.1, out=t)
            np.add(m, t, out=m)
            np.multiply(v, 0.999, out=v)
            np.multiply(g, g, out=t)
            np.multiply(t, 0.001, out=t)
            np.add(v, t, out=v)
            np.sqrt(v, out=t)
            np.multiply(t, correction, out=t)
            np.add(t, 1e-8, out=t)
            np.divide(m, t, out=t)
            np.multiply(t, rate, out=t)
            np.subtract(p, t, out=p)

    return update


def sgd(p: Any, g: Any, lr: float) -> Update:
    """SGD on one flat buffer."""
    t = np.empty_like(p)

    def update() -> None:
        np.multiply(g, lr, out=t)
        np.subtract(p, t, out=p)

    return update


def momentum(p: Any, g: Any, lr: float = 0.05, mu: float = 0.9) -> Update:
    """SGD with momentum on one flat buffer."""
    b, t = np.zeros_like(p), np.empty_like(p)

    def update() -> None:
        np.multiply(b, mu, out=b)
        np.add(b, g, out=b)
        np.multiply(b, lr, out=t)
        np.subtract(p, t, out=p)

    return update


# --- Dense layers -----------------------------------------------------------------------------------------------------


def flattened(parameters: list[Any]) -> tuple[Any, list[Any], Any]:
    """One buffer of all parameters (whose entries become views of it), the gradients as views of another, and that."""
    flat = np.concatenate([p.ravel() for p in parameters])
    gflat = np.zeros_like(flat)
    grads, start = [], 0
    for k, p in enumerate(parameters):
        parameters[k] = flat[start : start + p.size].reshape(p.shape)
        grads.append(gflat[start : start + p.size].reshape(p.shape))
        start += p.size
    return flat, grads, gflat


def _digits(batch: int) -> tuple[Any, Any]:
    x, y = data.digits()
    return np.ascontiguousarray(x[:batch]), y[:batch]


def _dense(
    parameters: list[Any], grads: list[Any], parts: list[tuple[Any, Any]], activation: Any, update: Update
) -> Step:
    """A step of a multilayer perceptron with cross entropy, whose gradient is the mean over the parts."""
    weights, biases, gw, gb = parameters[::2], parameters[1::2], grads[::2], grads[1::2]
    batch, depth, relu = len(parts[0][0]), len(weights), activation is np.maximum
    h = [np.empty((batch, w.shape[0]), np.float32) for w in weights]
    g = [np.empty_like(a) for a in h]
    tw, tb = [np.empty_like(w) for w in weights], [np.empty_like(b) for b in biases]
    rows, ones = np.arange(batch), np.ones(batch, np.float32)
    scale = 1 / (batch * len(parts))

    def step() -> Any:
        loss = 0.0
        for part, (x, y) in enumerate(parts):
            a = x
            for k in range(depth):
                np.matmul(a, weights[k].T, out=h[k])
                np.add(h[k], biases[k], out=h[k])
                if k < depth - 1:
                    np.maximum(h[k], 0, out=h[k]) if relu else np.tanh(h[k], out=h[k])
                a = h[k]
            p = g[-1]
            np.subtract(a, a.max(1, keepdims=True), out=p)
            picked = p[rows, y]
            np.exp(p, out=p)
            total = p.sum(1, keepdims=True)
            loss = (np.log(total[:, 0]) - picked).sum() * scale
            np.divide(p, total, out=p)
            p[rows, y] -= 1
            np.multiply(p, scale, out=p)
            into_w, into_b = (gw, gb) if part == 0 else (tw, tb)
            for k in range(depth - 1, -1, -1):
                np.matmul(g[k].T, h[k - 1] if k else x, out=into_w[k])
                np.matmul(ones, g[k], out=into_b[k])
                if k:
                    np.matmul(g[k], weights[k], out=g[k - 1])
                    if relu:
                        np.multiply(g[k - 1], h[k - 1] > 0, out=g[k - 1])
                    else:
                        slope = h[k - 1] * h[k - 1]
                        np.subtract(1, slope, out=slope)
                        np.multiply(g[k - 1], slope, out=g[k - 1])
            if part:
                for k in range(depth):
                    np.add(gw[k], tw[k], out=gw[k])
                    np.add(gb[k], tb[k], out=gb[k])
        update()
        return loss

    return step
