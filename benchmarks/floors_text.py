"""The floor of the GPT: its step by hand in NumPy, with every buffer made beforehand.

Features come first and tokens last throughout, (features, tokens): what is one of a token or one of a feature is then
added to long runs, and sums over either are products with ones. The exponentials of attention are kept, and not their
quotients, as in FlashAttention (Dao et al., 2022).
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from benchmarks.data import BATCH, CHARACTERS, LENGTH, characters
from benchmarks.floors import adam, flattened
from benchmarks.measure import Step

WIDTH, HEADS = 64, 4
TOKENS, HEAD = BATCH * LENGTH, WIDTH // HEADS
# Φ(x) = 1/2 + x P(x²) / Q(x²) up to |x| = 5.5, and φ(x) = R(x²)^-8, to float32's precision; Q's last coefficient is 1.
P = (333144.28, 28269.312, 3905.8369, 140.9813, 5.304462, 0.01899733)
Q = (835069.0, 210038.2, 23921.291, 1573.6427, 61.500835)
R = (1.1217244, 0.07010856, 0.0021900402, 4.5977366e-05, 6.550858e-07, 1.3154383e-08)
ONES = np.ones(TOKENS, np.float32)
WHOLE, HALVES = [slice(None)], [slice(None, TOKENS // 2), slice(TOKENS // 2, None)]


def gpt(parameters: list[Any]) -> Step:
    """Two blocks of causal self-attention and a hidden layer, cross entropy, AdamW."""
    flat, grads, gflat = flattened(parameters)
    ids, classes = (part.reshape(-1) for part in characters())
    (token, place), (dtoken, dplace) = parameters[:2], grads[:2]
    blocks = [Block(parameters[k : k + 12], grads[k : k + 12]) for k in (2, 14)]
    last, scores = Norm(parameters[26:28], grads[26:28]), Linear(parameters[28:], grads[28:])
    rows, x = np.empty((TOKENS, WIDTH), np.float32), np.empty((WIDTH, TOKENS), np.float32)
    p, one_hot = np.empty((2, CHARACTERS, TOKENS), np.float32)
    by_place, columns, update = x.reshape(WIDTH, BATCH, LENGTH), np.arange(TOKENS), adam(flat, gflat, decay=0.01)

    def step() -> Any:
        np.take(token, ids, axis=0, out=rows)
        np.add(rows.T.reshape(WIDTH, BATCH, LENGTH), place.T[:, None], out=by_place)
        for block in blocks:
            block.forward(x)
        z = scores.forward(last.forward(x))
        np.subtract(z, z.max(0), out=p)
        picked = p[classes, columns]
        np.exp(p, out=p)
        total = p.sum(0)
        loss = (np.log(total) - picked).mean()
        np.divide(p, total, out=p)
        p[classes, columns] -= 1
        np.multiply(p, 1 / TOKENS, out=p)
        g = last.backward(scores.backward(p))
        for block in reversed(blocks):
            block.backward(g)
        one_hot[...] = 0
        one_hot[ids, columns] = 1
        np.matmul(one_hot, g.T, out=dtoken)
        np.add.reduce(g.reshape(WIDTH, BATCH, LENGTH), axis=1, out=dplace.T)
        update()
        return loss

    return step


class Linear:
    """Weights times columns, plus a bias if there is one."""

    def __init__(self, parameters: list[Any], grads: list[Any]) -> None:
        self.w, self.dw = parameters[0], grads[0]
        self.b, self.db = (parameters[1][:, None], grads[1]) if len(parameters) > 1 else (None, None)
        self.out = np.empty((len(self.w), TOKENS), np.float32)
        self.dx = np.empty((self.w.shape[1], TOKENS), np.float32)

    def forward(self, x: Any) -> Any:
        """The layer's output, in its own buffer."""
        self.x = x
        _product(self.w, x, self.out)
        if self.b is not None:
            np.add(self.out, self.b, out=self.out)
        return self.out

    def backward(self, g: Any) -> Any:
        """Fills the parameters' gradients and gives the input's."""
        np.matmul(g, self.x.T, out=self.dw)
        if self.b is not None:
            np.matmul(g, ONES, out=self.db)
        return _product(self.w.T, g, self.dx)


class Norm:
    """Standardises every token's features, then scales them and adds to them."""

    def __init__(self, parameters: list[Any], grads: list[Any]) -> None:
        self.w, self.b, self.dw, self.db = *parameters, *grads
        self.standard, self.out, self.t = np.empty((3, WIDTH, TOKENS), np.float32)
        self.ones = np.full(WIDTH, 1 / WIDTH, np.float32)

    def forward(self, x: Any) -> Any:
        """The layer's output, in its own buffer."""
        np.subtract(x, self.ones @ x, out=self.standard)
        np.multiply(self.standard, self.standard, out=self.t)
        self.scale = 1 / np.sqrt(self.ones @ self.t + 1e-5)
        np.multiply(self.standard, self.scale, out=self.standard)
        np.multiply(self.standard, self.w[:, None], out=self.out)
        return np.add(self.out, self.b[:, None], out=self.out)

    def backward(self, g: Any) -> Any:
        """Fills the parameters' gradients and gives the input's, in a buffer of its own."""
        np.multiply(g, self.standard, out=self.t)
        np.matmul(self.t, ONES, out=self.dw)
        np.matmul(g, ONES, out=self.db)
        w = self.w / WIDTH
        np.multiply(self.standard, w @ self.t, out=self.t)
        np.multiply(g, self.w[:, None], out=self.out)
        np.subtract(self.out, w @ g, out=self.out)
        np.subtract(self.out, self.t, out=self.out)
        return np.multiply(self.out, self.scale, out=self.out)


class Attention:
    """Causal attention of the heads; a token's features are queries, keys and values of head after head."""

    def __init__(self) -> None:
        self.s, self.ds = np.empty((2, BATCH, HEADS, LENGTH, LENGTH), np.float32)
        self.q, self.o, self.slope, self.t = np.empty((4, BATCH, HEADS, HEAD, LENGTH), np.float32)
        self.out, self.dqkv = np.empty((WIDTH, TOKENS), np.float32), np.empty((3 * WIDTH, TOKENS), np.float32)
        self.mask = np.where(np.tri(LENGTH, dtype=np.bool_), 0, -np.inf).astype(np.float32)
        self.ones = np.ones(LENGTH, np.float32)

    def forward(self, qkv: Any) -> Any:
        """What the tokens see, (WIDTH, TOKENS), in its own buffer."""
        q, self.k, self.v = (_by_head(part) for part in np.split(qkv, 3))
        np.multiply(q, 1 / math.sqrt(HEAD), out=self.q)
        np.matmul(self.q.mT, self.k, out=self.s)
        np.add(self.s, self.mask, out=self.s)
        if self.s.max() > 60:  # exponentials might overflow
            np.subtract(self.s, self.s.max(-1, keepdims=True), out=self.s)
        np.exp(self.s, out=self.s)
        self.inverse = 1 / (self.s.reshape(-1, LENGTH) @ self.ones).reshape(BATCH, HEADS, 1, LENGTH)
        np.matmul(self.v, self.s.mT, out=self.o)
        np.multiply(self.o, self.inverse, out=self.o)
        _by_head(self.out)[...] = self.o
        return self.out

    def backward(self, g: Any) -> Any:
        """The gradient of queries, keys and values, in its own buffer."""
        np.multiply(_by_head(g), self.inverse, out=self.slope)
        np.matmul(self.slope.mT, self.v, out=self.ds)
        np.multiply(self.slope, self.o, out=self.t)
        np.subtract(self.ds, np.add.reduce(self.t, axis=2)[..., None], out=self.ds)
        np.multiply(self.ds, self.s, out=self.ds)
        dq, dk, dv = (_by_head(part) for part in np.split(self.dqkv, 3))
        np.matmul(self.k, self.ds.mT, out=self.t)
        np.multiply(self.t, 1 / math.sqrt(HEAD), out=dq)
        dk[...] = np.matmul(self.q, self.ds, out=self.t)
        dv[...] = np.matmul(self.slope, self.s, out=self.t)
        return self.dqkv


class Gelu:
    """x times the normal distribution's probability below x, by parts that stay in the cache."""

    def __init__(self, rows: int, at_once: int = 64) -> None:
        self.out, self.below = np.empty((2, rows, TOKENS), np.float32)
        self.square, self.t = np.empty((2, at_once, TOKENS), np.float32)
        self.parts = [slice(k, k + at_once) for k in range(0, rows, at_once)]

    def forward(self, x: Any) -> Any:
        """The result, in its own buffer."""
        self.x, square, t = x, self.square, self.t
        for part in self.parts:
            z, below = x[part], self.below[part]
            np.minimum(z, 5.5, out=below)
            np.maximum(below, -5.5, out=below)
            np.multiply(below, below, out=square)
            np.multiply(square, P[-1], out=t)
            _polynomial(P[:-1], square, t)
            np.multiply(below, t, out=below)
            np.copyto(t, square)
            _polynomial(Q, square, t)
            np.divide(below, t, out=below)
            np.add(below, 0.5, out=below)
            np.multiply(z, below, out=self.out[part])
        return self.out

    def backward(self, g: Any) -> Any:
        """The gradient of x, in g's own place."""
        square, t = self.square, self.t
        for part in self.parts:
            z = self.x[part]
            np.multiply(z, z, out=square)
            np.multiply(square, R[-1], out=t)
            _polynomial(R[:-1], square, t)
            for _ in range(3):
                np.multiply(t, t, out=t)
            np.divide(z, t, out=t)
            np.add(t, self.below[part], out=t)
            np.multiply(g[part], t, out=g[part])
        return g


class Block:
    """Attention and a hidden layer, each after a norm and added to what came in."""

    def __init__(self, parameters: list[Any], grads: list[Any]) -> None:
        pairs = [(parameters[k : k + 2], grads[k : k + 2]) for k in range(0, 12, 2)]
        self.before, self.between = Norm(*pairs[0]), Norm(*pairs[3])
        self.qkv, self.into, self.up, self.down = (Linear(*pairs[k]) for k in (1, 2, 4, 5))
        self.attention, self.gelu = Attention(), Gelu(4 * WIDTH)

    def forward(self, x: Any) -> None:
        """Adds to x in place."""
        np.add(x, self.into.forward(self.attention.forward(self.qkv.forward(self.before.forward(x)))), out=x)
        np.add(x, self.down.forward(self.gelu.forward(self.up.forward(self.between.forward(x)))), out=x)

    def backward(self, g: Any) -> None:
        """Adds to the gradient in place."""
        np.add(g, self.between.backward(self.up.backward(self.gelu.backward(self.down.backward(g)))), out=g)
        np.add(g, self.before.backward(self.qkv.backward(self.attention.backward(self.into.backward(g)))), out=g)


def _product(w: Any, x: Any, out: Any) -> Any:
    """The matrix product, by halves where OpenBLAS takes up to 1.4 times as long for the whole."""
    for k in HALVES if max(w.shape) > 128 else WHOLE:
        np.matmul(w, x[:, k], out=out[:, k])
    return out


def _by_head(x: Any) -> Any:
    """(BATCH, HEADS, HEAD, LENGTH), a view of features in rows and tokens in columns."""
    return x.reshape(HEADS, HEAD, BATCH, LENGTH).transpose(2, 0, 1, 3)


def _polynomial(coefficients: tuple[float, ...], x: Any, out: Any) -> None:
    """Goes on with Horner's rule from what is in ``out``, the highest term's share, times x."""
    for c in coefficients[:0:-1]:
        np.add(out, c, out=out)
        np.multiply(out, x, out=out)
    np.add(out, coefficients[0], out=out)
