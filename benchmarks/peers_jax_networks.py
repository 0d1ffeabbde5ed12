"""JAX's steps of convolutional and recurrent networks, and of the GPT.

Images are channels-last within, as XLA likes them on a CPU; a recurrent layer is a scan.
"""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from benchmarks import data
from benchmarks.floors_text import HEADS, WIDTH
from benchmarks.peers_jax_step import Built, adam, cross_entropy, linear, training

BLOCK = 12  # parameters of a block of the GPT


def cnn_8(parameters: list[Any]) -> Built:
    """On 8x8 images."""
    return _convolutional(parameters, 8)


def cnn_28(parameters: list[Any]) -> Built:
    """On 28x28 images."""
    return _convolutional(parameters, 28)


def lstm(parameters: list[Any]) -> Built:
    """An LSTM, a linear layer on its last output."""

    def cell(state: Any, z: Any, w: Any, b: Any) -> Any:
        h, c = state
        i, f, g, o = jnp.split(z + linear(h, w, b), 4, axis=1)
        c = jax.nn.sigmoid(f) * c + jax.nn.sigmoid(i) * jnp.tanh(g)
        return jax.nn.sigmoid(o) * jnp.tanh(c), c

    return _recurrent(parameters, cell, lambda h: (h, h), lambda state: state[0])


def gru(parameters: list[Any]) -> Built:
    """A GRU, a linear layer on its last output."""

    def cell(h: Any, z: Any, w: Any, b: Any) -> Any:
        (r, u, n), (hr, hu, hn) = jnp.split(z, 3, axis=1), jnp.split(linear(h, w, b), 3, axis=1)
        u = jax.nn.sigmoid(u + hu)
        return (1 - u) * jnp.tanh(n + jax.nn.sigmoid(r + hr) * hn) + u * h

    return _recurrent(parameters, cell, lambda h: h, lambda h: h)


def gpt(parameters: list[Any]) -> Built:
    """Two blocks of causal self-attention and a hidden layer, AdamW."""
    causal = np.tri(data.LENGTH, dtype=np.bool_)

    def attention(x: Any, qkv: Any, bias: Any, out: Any, out_bias: Any) -> Any:
        parts = jnp.split(linear(x, qkv, bias), 3, axis=2)
        q, k, v = (part.reshape(*x.shape[:2], HEADS, -1).transpose(0, 2, 1, 3) for part in parts)
        scores = q @ k.transpose(0, 1, 3, 2) / np.float32(WIDTH // HEADS) ** 0.5
        seen = jax.nn.softmax(jnp.where(causal, scores, -jnp.inf)) @ v
        return linear(seen.transpose(0, 2, 1, 3).reshape(x.shape), out, out_bias)

    def loss(p: Any, x: Any, y: Any) -> Any:
        h = p[0][x] + p[1]
        for k in range(2, len(p) - 3, BLOCK):
            h = h + attention(_norm(h, *p[k : k + 2]), *p[k + 2 : k + 6])
            hidden = linear(_norm(h, *p[k + 6 : k + 8]), *p[k + 8 : k + 10])
            h = h + linear(jax.nn.gelu(hidden, approximate=False), *p[k + 10 : k + 12])
        scores = _norm(h, *p[-3:-1]) @ p[-1].T
        return cross_entropy(scores.reshape(-1, data.CHARACTERS), y.reshape(-1))

    return training(loss, adam(decay=0.01), parameters, *(part.astype(np.int32) for part in data.characters()))


def _convolutional(parameters: list[Any], size: int) -> Built:
    images, classes = data.images(64, size)

    def layer(x: Any, w: Any, b: Any) -> Any:
        z = lax.conv_general_dilated(x, w, (1, 1), "SAME", dimension_numbers=("NHWC", "OIHW", "NHWC"))
        n, height, width, channels = z.shape
        return jax.nn.relu(z + b).reshape(n, height // 2, 2, width // 2, 2, channels).max((2, 4))

    def loss(p: Any, x: Any, y: Any) -> Any:
        h = layer(layer(x, *p[:2]), *p[2:4]).transpose(0, 3, 1, 2)
        return cross_entropy(linear(h.reshape(len(h), -1), *p[4:]), y)

    return training(loss, adam(), parameters, images.transpose(0, 2, 3, 1), classes.astype(np.int32))


def _recurrent(parameters: list[Any], cell: Any, first: Any, output: Any) -> Built:
    x, classes = data.sequences()

    def loss(p: Any, x: Any, y: Any) -> Any:
        w_ih, w_hh, b_ih, b_hh = p[:4]
        state = first(jnp.zeros((x.shape[1], w_hh.shape[1]), x.dtype))
        state, _ = lax.scan(lambda s, z: (cell(s, z, w_hh, b_hh), None), state, linear(x, w_ih, b_ih))
        return cross_entropy(linear(output(state), *p[4:]), y)

    return training(loss, adam(), parameters, x, classes.astype(np.int32))


def _norm(x: Any, w: Any, b: Any) -> Any:
    centred = x - x.mean(-1, keepdims=True)
    return centred * lax.rsqrt((centred**2).mean(-1, keepdims=True) + 1e-5) * w + b


STEPS = (cnn_8, cnn_28, lstm, gru, gpt)
