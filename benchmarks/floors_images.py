"""The floor of the convolutional network on 8x8 images: its step by hand in NumPy, with every buffer made beforehand.

Nothing obliges it to PyTorch's layout: the examples come last throughout, (C, H, W, N), since NumPy likes long runs.
"""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np

from benchmarks import data
from benchmarks.floors import adam, flattened
from benchmarks.measure import Step


class Convolution:
    """3x3, padding 1, then ReLU, then the largest of 2x2."""

    def __init__(self, weight: Any, bias: Any, grads: list[Any], size: int, batch: int) -> None:
        outputs, channels = weight.shape[:2]
        self.w, self.b = weight.reshape(outputs, -1), bias[:, None]
        self.gw, self.gb = grads[0].reshape(outputs, -1), grads[1]
        half = size // 2
        self.x = np.zeros((channels, size + 2, size + 2, batch), np.float32)
        self.inside = self.x[:, 1:-1, 1:-1]
        self.cols = np.empty((channels, 3, 3, size, size, batch), np.float32)
        self.z = np.empty((outputs, size, size, batch), np.float32)
        self.zeros, self.gz = np.zeros_like(self.z), np.empty_like(self.z)
        self.rows, self.grows = np.empty((2, outputs, half, size, batch), np.float32)
        self.out = np.empty((outputs, half, half, batch), np.float32)
        self.ones = np.ones(size * size * batch, np.float32)
        self.gcols, self.gx = np.empty_like(self.cols), np.empty_like(self.x)
        self.places = list(itertools.product(range(3), range(3)))
        self.size = size

    def forward(self) -> Any:
        """The result for what was written to ``inside``."""
        for i, j in self.places:
            self.cols[:, i, j] = self.x[:, i : i + self.size, j : j + self.size]
        z = self.z.reshape(len(self.w), -1)
        np.matmul(self.w, self.cols.reshape(self.w.shape[1], -1), out=z)
        np.add(z, self.b, out=z)
        np.maximum(self.z, self.zeros, out=self.z)
        above, below = self.z[:, 0::2], self.z[:, 1::2]
        self.lower = below > above
        np.maximum(above, below, out=self.rows)
        left, right = self.rows[:, :, 0::2], self.rows[:, :, 1::2]
        self.later = right > left
        return np.maximum(left, right, out=self.out)

    def backward(self, g: Any, needs_input: bool) -> Any:
        """Fills the gradients of weight and bias; the input's, if it is needed."""
        right, left = self.grows[:, :, 1::2], self.grows[:, :, 0::2]
        np.multiply(g, self.later, out=right)
        np.subtract(g, right, out=left)
        below, above = self.gz[:, 1::2], self.gz[:, 0::2]
        np.multiply(self.grows, self.lower, out=below)
        np.subtract(self.grows, below, out=above)
        np.multiply(self.gz, self.z > 0, out=self.gz)
        gz = self.gz.reshape(len(self.w), -1)
        np.matmul(gz, self.cols.reshape(self.w.shape[1], -1).T, out=self.gw)
        np.matmul(gz, self.ones, out=self.gb)
        if not needs_input:
            return None
        np.matmul(self.w.T, gz, out=self.gcols.reshape(self.w.shape[1], -1))
        self.gx[...] = 0
        for i, j in self.places:
            self.gx[:, i : i + self.size, j : j + self.size] += self.gcols[:, i, j]
        return self.gx[:, 1:-1, 1:-1]


def cnn_8(parameters: list[Any]) -> Step:
    """Two convolutions with ReLU and pools, a linear layer, cross entropy, Adam; batch 64."""
    flat, grads, gflat = flattened(parameters)
    images, classes = data.images(64, 8)
    n, columns = len(classes), np.arange(len(classes))
    first = Convolution(parameters[0], parameters[1], grads[:2], 8, n)
    second = Convolution(parameters[2], parameters[3], grads[2:4], 4, n)
    weight, bias = parameters[4], parameters[5][:, None]
    first.inside[...] = images.transpose(1, 2, 3, 0)
    p, g = np.empty((len(weight), n), np.float32), np.empty((weight.shape[1], n), np.float32)
    update, ones = adam(flat, gflat), np.ones(n, np.float32)

    def step() -> Any:
        second.inside[...] = first.forward()
        features = second.forward().reshape(-1, n)
        np.matmul(weight, features, out=p)
        np.add(p, bias, out=p)
        np.subtract(p, p.max(0), out=p)
        picked = p[classes, columns]
        np.exp(p, out=p)
        total = p.sum(0)
        loss = (np.log(total) - picked).mean()
        np.divide(p, total, out=p)
        p[classes, columns] -= 1
        np.multiply(p, 1 / n, out=p)
        np.matmul(p, features.T, out=grads[4])
        np.matmul(p, ones, out=grads[5])
        np.matmul(weight.T, p, out=g)
        first.backward(second.backward(g.reshape(second.out.shape), True), False)
        update()
        return loss

    return step
