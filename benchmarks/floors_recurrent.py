"""The floors of the recurrent networks: their steps by hand in NumPy, with every buffer made beforehand.

A gate is a contiguous block (time, batch, hidden) of its own. The loss depends on the last output alone, so no other
output has a gradient.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks import data
from benchmarks.floors import adam, flattened
from benchmarks.measure import Step

OIFG = [3, 0, 1, 2]  # the gates output, input, forget and cell, of those that PyTorch has in another order
NRZ, RZN = [2, 0, 1], [0, 1, 2]


def lstm(parameters: list[Any]) -> Step:
    """An LSTM, a linear layer on its last output, cross entropy, Adam."""
    flat, grads, gflat = flattened(parameters)
    x, classes = data.sequences()
    (time, batch, inputs), hidden = x.shape, parameters[1].shape[1]
    rows = np.ones((time + 1, batch, inputs + hidden + 1), np.float32)  # the input, the state before it, and 1
    rows[:-1, :, :inputs], rows[0, :, inputs:-1] = x, 0
    states = rows[:, :, inputs:-1]
    gates, slope = np.empty((2, 4, time, batch, hidden), np.float32)
    cells, tanhs = np.zeros((time + 1, batch, hidden), np.float32), np.empty((time, batch, hidden), np.float32)
    through, t = np.empty_like(tanhs), np.empty((batch, hidden), np.float32)
    z, w = np.empty((4, batch, hidden), np.float32), np.empty((4, rows.shape[2], hidden), np.float32)
    dh, dc, last = np.empty_like(t), np.empty_like(t), np.empty_like(t)
    head, update = _head(parameters, grads, classes), adam(flat, gflat)

    def step() -> Any:
        by_gate = [p.reshape(4, hidden, -1)[OIFG].swapaxes(1, 2) for p in parameters[:2]]
        w[:, :inputs], w[:, inputs:-1] = by_gate
        w[:, -1] = (parameters[2] + parameters[3]).reshape(4, hidden)[OIFG]
        np.negative(w[:3], out=w[:3])
        for k in range(time):
            o, i, f, g = gates[:, k]
            np.matmul(rows[k], w, out=z)
            np.exp(z[:3], out=z[:3])
            np.add(z[:3], 1, out=z[:3])
            np.reciprocal(z[:3], out=gates[:3, k])
            np.tanh(z[3], out=g)
            np.multiply(i, g, out=t)
            np.multiply(f, cells[k], out=cells[k + 1])
            np.add(cells[k + 1], t, out=cells[k + 1])
            np.tanh(cells[k + 1], out=tanhs[k])
            np.multiply(o, tanhs[k], out=states[k + 1])
        np.copyto(last, states[-1])
        loss = head(last, dh)
        dc[...] = 0
        o, i, f, g = gates
        np.subtract(1, gates, out=slope)
        np.multiply(slope[:3], gates[:3], out=slope[:3])
        for factor, gate in ((tanhs, 0), (g, 1), (cells[:-1], 2), (i, 3), (np.add(g, 1, out=through), 3)):
            np.multiply(slope[gate], factor, out=slope[gate])
        np.multiply(tanhs, tanhs, out=through)
        np.subtract(1, through, out=through)
        np.multiply(through, o, out=through)
        recurrent = np.ascontiguousarray(parameters[1].reshape(4, hidden, hidden)[OIFG])
        for k in range(time - 1, -1, -1):
            np.multiply(dh, through[k], out=t)
            np.add(dc, t, out=dc)
            np.multiply(slope[0, k], dh, out=slope[0, k])
            np.multiply(slope[1:, k], dc, out=slope[1:, k])
            np.multiply(dc, f[k], out=dc)
            np.matmul(slope[:, k], recurrent, out=z)
            np.add.reduce(z, axis=0, out=dh)
        dw = slope.reshape(4, -1, hidden).swapaxes(1, 2) @ rows[:-1].reshape(time * batch, -1)
        for grad, part in zip(grads, (dw[:, :, :inputs], dw[:, :, inputs:-1], dw[:, :, -1], dw[:, :, -1])):
            grad.reshape(4, *part.shape[1:])[OIFG] = part
        update()
        return loss

    return step


def gru(parameters: list[Any]) -> Step:
    """A GRU, a linear layer on its last output, cross entropy, Adam."""
    flat, grads, gflat = flattened(parameters)
    x, classes = data.sequences()
    (time, batch, inputs), hidden = x.shape, parameters[1].shape[1]
    rows = np.ones((time * batch, inputs + 1), np.float32)
    rows[:, :inputs] = x.reshape(-1, inputs)
    states = np.zeros((time + 1, batch, hidden), np.float32)
    gates, slope = np.empty((2, 4, time, batch, hidden), np.float32)  # new, reset, update, the state's part of new
    v, u = np.empty((3, inputs + 1, hidden), np.float32), np.empty((3, hidden, hidden), np.float32)
    z, t, whole = (
        np.empty((3, batch, hidden), np.float32),
        np.empty((batch, hidden), np.float32),
        np.empty_like(gates[0]),
    )
    dh, ones = np.empty_like(t), np.ones(time * batch, np.float32)
    head, step_of_adam = _head(parameters, grads, classes), adam(flat, gflat)

    def step() -> Any:
        w_ih, w_hh, b_ih, b_hh = (p.reshape(3, hidden, -1) for p in parameters[:4])
        v[:, :-1], u[...] = w_ih[NRZ].swapaxes(1, 2), w_hh.swapaxes(1, 2)
        v[:, -1] = b_ih[NRZ, :, 0]
        v[1:, -1] += b_hh[:2, :, 0]
        np.negative(v[1:], out=v[1:])
        np.negative(u[:2], out=u[:2])
        np.matmul(rows, v, out=gates[:3].reshape(3, -1, hidden))
        for k in range(time):
            new, reset, update, q = gates[:, k]
            np.matmul(states[k], u, out=z)
            np.add(z[:2], gates[1:3, k], out=z[:2])
            np.exp(z[:2], out=z[:2])
            np.add(z[:2], 1, out=z[:2])
            np.reciprocal(z[:2], out=gates[1:3, k])
            np.add(z[2], b_hh[2, :, 0], out=q)
            np.multiply(reset, q, out=t)
            np.add(new, t, out=new)
            np.tanh(new, out=new)
            np.subtract(states[k], new, out=t)
            np.multiply(t, update, out=t)
            np.add(t, new, out=states[k + 1])
        loss = head(states[-1], dh)
        new, reset, update, q = gates
        np.subtract(1, update, out=slope[2])
        np.multiply(new, new, out=whole)
        np.subtract(1, whole, out=slope[0])
        np.multiply(slope[0], slope[2], out=slope[0])
        np.multiply(slope[0], reset, out=slope[3])
        np.subtract(1, reset, out=slope[1])
        np.subtract(states[:-1], new, out=whole)
        for factor, gate in ((slope[3], 1), (q, 1), (update, 2), (whole, 2)):
            np.multiply(slope[gate], factor, out=slope[gate])
        for k in range(time - 1, -1, -1):
            np.multiply(slope[:, k], dh, out=slope[:, k])
            np.matmul(slope[1:, k], w_hh, out=z)
            np.multiply(dh, update[k], out=dh)
            for part in z:
                np.add(dh, part, out=dh)
        by_gate = slope.reshape(4, -1, hidden)
        dv, sums = by_gate[:3].swapaxes(1, 2) @ rows, ones @ by_gate[1:]
        grads[0].reshape(3, hidden, -1)[NRZ] = dv[:, :, :-1]
        grads[2].reshape(3, hidden)[NRZ] = dv[:, :, -1]
        np.matmul(by_gate[1:].swapaxes(1, 2), states[:-1].reshape(-1, hidden), out=grads[1].reshape(3, hidden, -1))
        grads[3].reshape(3, hidden)[...] = sums
        step_of_adam()
        return loss

    return step


def _head(parameters: list[Any], grads: list[Any], classes: Any) -> Callable[[Any, Any], Any]:
    """The linear layer and the loss: for the last states (batch, hidden), whose gradient it writes."""
    weight, bias = parameters[4:]
    n, places, ones = len(classes), np.arange(len(classes)), np.ones(len(classes), np.float32)
    p = np.empty((n, len(weight)), np.float32)

    def head(h: Any, dh: Any) -> Any:
        np.matmul(h, weight.T, out=p)
        np.add(p, bias, out=p)
        np.subtract(p, p.max(1, keepdims=True), out=p)
        picked = p[places, classes]
        np.exp(p, out=p)
        total = p.sum(1, keepdims=True)
        loss = (np.log(total[:, 0]) - picked).mean()
        np.divide(p, total, out=p)
        p[places, classes] -= 1
        np.multiply(p, 1 / n, out=p)
        np.matmul(p.T, h, out=grads[4])
        np.matmul(ones, p, out=grads[5])
        np.matmul(p, weight, out=dh)
        return loss

    return head
