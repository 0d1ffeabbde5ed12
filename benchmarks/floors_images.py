"""The floors of the convolutional networks: their steps by hand in NumPy, with every buffer made beforehand.

Nothing obliges them to PyTorch's layout: the examples come last throughout, (C, H, W, N), since NumPy likes long runs.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks import data
from benchmarks.floors import adam, flattened
from benchmarks.measure import Step

Draw = Callable[[Any], None]  # fills an array (features, N) with 0 where an element is dropped, and else with its scale


def cnn_8(parameters: list[Any]) -> Step:
    """On 8x8 images."""
    return _network(parameters, 8)


def cnn_28(parameters: list[Any]) -> Step:
    """On 28x28 images."""
    return _network(parameters, 28)


def cnn_8_norm(parameters: list[Any], draw: Draw | None = None) -> Step:
    """On 8x8 images, with BatchNorm after each convolution and dropout before the linear layer."""
    return _network(parameters, 8, draw or dropped(0.25))


def dropped(p: float) -> Draw:
    """What drops elements with probability p."""
    rng = np.random.default_rng(0)

    def draw(into: Any) -> None:
        rng.random(dtype=np.float32, out=into)
        np.greater_equal(into, p, out=into)
        np.multiply(into, 1 / (1 - p), out=into)

    return draw


def _network(parameters: list[Any], size: int, draw: Draw | None = None) -> Step:
    """Twice a convolution, ReLU and pool; a linear layer, cross entropy, Adam. With ``draw``, BatchNorm and dropout."""
    flat, grads, gflat = flattened(parameters)
    images, classes = data.images(64, size)
    n, columns, each = len(classes), np.arange(len(classes)), 2 if draw is None else 4
    layers: list[Any] = []
    for k in (0, each):
        layers.append(Convolution(parameters[k], parameters[k + 1], grads[k : k + 2], size, n))
        if draw is not None:
            layers.append(BatchNorm(*parameters[k + 2 : k + 4], *grads[k + 2 : k + 4], size * size * n))
        layers.append(Pool(len(parameters[k]), size, n))
        size //= 2
    weight, bias = parameters[-2], parameters[-1][:, None]
    p, (features, g, kept) = np.empty((len(weight), n), np.float32), np.empty((3, weight.shape[1], n), np.float32)
    x, update, ones = np.ascontiguousarray(images.transpose(1, 2, 3, 0)), adam(flat, gflat), np.ones(n, np.float32)

    def step() -> Any:
        out = x
        for layer in layers:
            out = layer.forward(out)
        last = out.reshape(-1, n)
        if draw is not None:
            draw(kept)
            last = np.multiply(last, kept, out=features)
        np.matmul(weight, last, out=p)
        np.add(p, bias, out=p)
        np.subtract(p, p.max(0), out=p)
        picked = p[classes, columns]
        np.exp(p, out=p)
        total = p.sum(0)
        loss = (np.log(total) - picked).mean()
        np.divide(p, total, out=p)
        p[classes, columns] -= 1
        np.multiply(p, 1 / n, out=p)
        np.matmul(p, last.T, out=grads[-2])
        np.matmul(p, ones, out=grads[-1])
        np.matmul(weight.T, p, out=g)
        if draw is not None:
            np.multiply(g, kept, out=g)
        slope = g.reshape(out.shape)
        for layer in reversed(layers):
            slope = layer.backward(slope, layer is not layers[0])
        update()
        return loss

    return step


class Convolution:
    """3x3, padding 1."""

    def __init__(self, weight: Any, bias: Any, grads: list[Any], size: int, batch: int) -> None:
        outputs, channels = weight.shape[:2]
        self.w, self.b = weight.reshape(outputs, -1), bias[:, None]
        self.gw, self.gb = grads[0].reshape(outputs, -1), grads[1]
        self.x = np.zeros((channels, size + 2, size + 2, batch), np.float32)
        self.inside = self.x[:, 1:-1, 1:-1]
        self.cols = np.empty((channels, 3, 3, size, size, batch), np.float32)
        self.z = np.empty((outputs, size, size, batch), np.float32)
        self.ones = np.ones(size * size * batch, np.float32)
        self.gcols, self.gx = np.empty_like(self.cols), np.empty_like(self.x)
        self.places = list(itertools.product(range(3), range(3)))
        self.size, places = size, size * size * batch
        at_once = 224 if channels > 16 else places  # OpenBLAS takes 1.4 times as long for the whole of such a product
        self.blocks = [slice(k, k + at_once) for k in range(0, places, at_once)]

    def forward(self, x: Any) -> Any:
        """The result, in its own buffer."""
        self.inside[...] = x
        for i, j in self.places:
            self.cols[:, i, j] = self.x[:, i : i + self.size, j : j + self.size]
        z, cols = self.z.reshape(len(self.w), -1), self.cols.reshape(self.w.shape[1], -1)
        for k in self.blocks:
            np.matmul(self.w, cols[:, k], out=z[:, k])
        np.add(z, self.b, out=z)
        return self.z

    def backward(self, g: Any, needs_input: bool) -> Any:
        """Fills the gradients of weight and bias; gives the input's, if it is needed."""
        g = g.reshape(len(self.w), -1)
        np.matmul(g, self.cols.reshape(self.w.shape[1], -1).T, out=self.gw)
        np.matmul(g, self.ones, out=self.gb)
        if not needs_input:
            return None
        np.matmul(self.w.T, g, out=self.gcols.reshape(self.w.shape[1], -1))
        self.gx[...] = 0
        for i, j in self.places:
            self.gx[:, i : i + self.size, j : j + self.size] += self.gcols[:, i, j]
        return self.gx[:, 1:-1, 1:-1]


class BatchNorm:
    """Standardises every channel over the batch, then scales it and adds to it; keeps running moments."""

    def __init__(self, w: Any, b: Any, gw: Any, gb: Any, count: int) -> None:
        self.w, self.b, self.gw, self.gb, self.count = w, b, gw, gb, count
        self.centred, self.t, self.out = np.empty((3, len(w), count), np.float32)
        self.ones = np.full(count, 1 / count, np.float32)
        self.mean, self.var = np.zeros_like(w), np.ones_like(w)

    def forward(self, x: Any) -> Any:
        """The result, in its own buffer."""
        flat = x.reshape(self.centred.shape)
        mean = flat @ self.ones
        np.subtract(flat, mean[:, None], out=self.centred)
        np.multiply(self.centred, self.centred, out=self.t)
        var = self.t @ self.ones
        self.scale = 1 / np.sqrt(var + 1e-5)
        self.mean += 0.1 * (mean - self.mean)
        self.var += 0.1 * (var * (self.count / (self.count - 1)) - self.var)
        np.multiply(self.centred, (self.w * self.scale)[:, None], out=self.out)
        np.add(self.out, self.b[:, None], out=self.out)
        return self.out.reshape(x.shape)

    def backward(self, g: Any, needs_input: bool) -> Any:
        """Fills the gradients of scale and shift; gives the input's, in g's own place."""
        flat = g.reshape(self.centred.shape)
        np.multiply(flat, self.centred, out=self.t)
        level, turn = flat @ self.ones, self.t @ self.ones
        np.multiply(level, self.count, out=self.gb)
        np.multiply(turn, self.scale * self.count, out=self.gw)
        np.multiply(self.centred, (turn * self.scale * self.scale)[:, None], out=self.t)
        np.subtract(flat, self.t, out=flat)
        np.subtract(flat, level[:, None], out=flat)
        np.multiply(flat, (self.w * self.scale)[:, None], out=flat)
        return g


class Pool:
    """ReLU, then the largest of 2x2, the first of equals."""

    def __init__(self, channels: int, size: int, batch: int) -> None:
        half = size // 2
        self.z, self.gz = np.empty((2, channels, size, size, batch), np.float32)
        self.zeros = np.zeros_like(self.z)
        self.rows, self.grows = np.empty((2, channels, half, size, batch), np.float32)
        self.out = np.empty((channels, half, half, batch), np.float32)

    def forward(self, x: Any) -> Any:
        """The result, in its own buffer."""
        np.maximum(x, self.zeros, out=self.z)
        above, below = self.z[:, 0::2], self.z[:, 1::2]
        self.lower = below > above
        np.maximum(above, below, out=self.rows)
        left, right = self.rows[:, :, 0::2], self.rows[:, :, 1::2]
        self.later = right > left
        return np.maximum(left, right, out=self.out)

    def backward(self, g: Any, needs_input: bool) -> Any:
        """The input's gradient, in its own buffer."""
        right, left = self.grows[:, :, 1::2], self.grows[:, :, 0::2]
        np.multiply(g, self.later, out=right)
        np.subtract(g, right, out=left)
        below, above = self.gz[:, 1::2], self.gz[:, 0::2]
        np.multiply(self.grows, self.lower, out=below)
        np.subtract(self.grows, below, out=above)
        return np.multiply(self.gz, self.z > 0, out=self.gz)
