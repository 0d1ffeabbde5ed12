"""Kernels of the recurrent layers: one direction of one layer over all its time steps, forward and backward.

The state has a row a sequence, of which a step changes the first n; those of a sequence that is over (or, in reverse,
has not begun) stay as they are.

What makes them fast: the input's part of all gates is one product before the loop, and the weights' gradients are one
product after it. Each gate is a contiguous block of its own, (gate, row, hidden), since NumPy is slow on short runs.
And of a gate's gradient all that does not depend on the loop, its ``slope``, is computed for all steps at once.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from minitorch.ops.recurrent_parts import (
    Room,
    Sizes,
    bias_gradient,
    by_gate,
    input_gradient,
    order_of,
    project,
    rows_of,
    sigmoid_of_negated,
    sum_of,
    transposed,
    weight_gradient,
)

# --- LSTM -------------------------------------------------------------------------------------------------------------
# The gates in the order output, input, forget, cell. The first three are sigmoids, whose weights are negated; and the
# last three are what the gradient of the new cell state goes to.

OIFG = [3, 0, 1, 2]


def lstm(
    x: Any, h: Any, c: Any, w_ih: Any, w_hh: Any, b_ih: Any, b_hh: Any, w_hr: Any, sizes: Sizes | None, reverse: bool
) -> tuple[Any, ...]:
    """The outputs, the last states, and for the backward pass: gates, tanh of the cells, cells and outputs before."""
    flat, order = rows_of(x), order_of(x, sizes, reverse)
    h, c = h.copy(), c.copy()
    across, state = (len(flat), c.shape[1]), (len(flat), h.shape[1])
    room = Room(c.dtype, (4, *across), across, across, state)
    gates, tanhs, cells, before = room.arrays
    v, u, b = by_gate(w_ih, OIFG), by_gate(w_hh, OIFG), sum_of(b_ih, b_hh)
    v[:3] *= -1
    u[:3] *= -1
    u = transposed(u)
    if b is not None:
        b = by_gate(b, OIFG)
        b[:3] *= -1
    project(flat, v, b, out=gates)
    z, t = np.empty((4, *c.shape), c.dtype), np.empty_like(c)
    out = np.empty_like(before)
    with np.errstate(all="ignore"):  # exp(x) = inf gives a sigmoid of 0
        for rows, n in order:
            gate, cell, product, tanh, y = gates[:, rows], c[:n], t[:n], tanhs[rows], out[rows]
            before[rows] = h[:n]
            cells[rows] = cell
            part = np.matmul(before[rows], u, out=z[:, :n])
            part += gate
            o, i, f, g = gate
            sigmoid_of_negated(part[:3], out=gate[:3])
            np.tanh(part[3], out=g)
            cell *= f
            cell += np.multiply(i, g, out=product)
            np.tanh(cell, out=tanh)
            if w_hr is None:
                np.multiply(o, tanh, out=y)
            else:
                np.matmul(np.multiply(o, tanh, out=product), w_hr.T, out=y)
            h[:n] = y
    return out.reshape(*x.shape[:-1], h.shape[1]), h, c, room


def lstm_backward(
    grads: Any, x: Any, w_ih: Any, w_hh: Any, w_hr: Any, kept: Any, sizes: Sizes | None, reverse: bool, needs: Any
) -> list[Any]:
    """The gradients of all inputs of ``lstm``."""
    gates, tanhs, cells, before = kept.arrays
    o, i, f, g = gates
    gy, dh, dc = rows_of(grads[0]), np.array(grads[1], order="C"), np.array(grads[2], order="C")
    room = Room(gates.dtype, gates.shape, tanhs.shape)
    slope, through = room.arrays
    np.subtract(1, gates, out=slope)  # slope: of the gates before their sigmoids or tanh, but for dh or dc
    slope[:3] *= gates[:3]
    slope[0] *= tanhs
    slope[1] *= g
    slope[2] *= cells
    slope[3] *= np.add(g, 1, out=through)
    slope[3] *= i
    np.multiply(tanhs, tanhs, out=through)  # through: from the output to the new cell
    np.subtract(1, through, out=through)
    through *= o
    u = by_gate(w_hh, OIFG)
    z, t = np.empty((4, *dh.shape), dh.dtype), np.empty_like(dc)
    projected = None if w_hr is None else np.empty_like(before)
    for rows, n in reversed(order_of(x, sizes, reverse)):
        gate, a, b = slope[:, rows], dh[:n], dc[:n]
        a += gy[rows]
        m = a
        if projected is not None:
            projected[rows] = a
            m = a @ w_hr
        b += np.multiply(m, through[rows], out=t[:n])
        gate[0] *= m
        gate[1:] *= b
        b *= f[rows]
        np.add.reduce(np.matmul(gate, u, out=z[:, :n]), axis=0, out=a)
    db = bias_gradient(slope, OIFG) if needs[5] or needs[6] else None
    return [
        input_gradient(slope, w_ih, OIFG, x) if needs[0] else None,
        dh,
        dc,
        weight_gradient(slope, rows_of(x), OIFG) if needs[3] else None,
        weight_gradient(slope, before, OIFG) if needs[4] else None,
        db,
        db,
        None if projected is None else projected.T @ (o * tanhs),
    ]


# --- GRU --------------------------------------------------------------------------------------------------------------
# Four gates, in the order new, reset, update and the state's part of new: the first three get something from the input,
# the last three from the state.

NRZ = [2, 0, 1]
RZN = [0, 1, 2]


def gru(
    x: Any, h: Any, w_ih: Any, w_hh: Any, b_ih: Any, b_hh: Any, sizes: Sizes | None, reverse: bool
) -> tuple[Any, ...]:
    """The outputs, the last state, and for the backward pass: gates and outputs before."""
    flat, order = rows_of(x), order_of(x, sizes, reverse)
    hidden = h.shape[1]
    room = Room(h.dtype, (4, len(flat), hidden), (len(flat), hidden))
    gates, before = room.arrays
    v, u, b = by_gate(w_ih, NRZ), by_gate(w_hh, RZN), None
    v[1:] *= -1  # reset and update are sigmoids
    u[:2] *= -1
    u = transposed(u)
    if b_ih is not None or b_hh is not None:
        b = np.zeros((3, hidden), h.dtype)
        if b_ih is not None:
            b += by_gate(b_ih, NRZ)
        if b_hh is not None:
            b[1:] += by_gate(b_hh, RZN)[:2]
        b[1:] *= -1
    project(flat, v, b, out=gates[:3])
    h = h.copy()
    parts = np.empty((3, *h.shape), h.dtype)
    out = np.empty_like(before)
    with np.errstate(all="ignore"):  # exp(x) = inf gives a sigmoid of 0
        for rows, n in order:
            gate, state, part, y = gates[:, rows], h[:n], parts[:, :n], out[rows]
            before[rows] = state
            new, reset, update, q = gate
            np.matmul(before[rows], u, out=part)
            part[:2] += gate[1:3]
            sigmoid_of_negated(part[:2], out=gate[1:3])
            if b_hh is None:
                q[...] = part[2]
            else:
                np.add(part[2], b_hh[2 * hidden :], out=q)
            new += np.multiply(reset, q, out=y)
            np.tanh(new, out=new)
            state -= new
            state *= update
            state += new
            y[...] = state
    return out.reshape(*x.shape[:-1], h.shape[1]), h, room


def gru_backward(
    grads: Any, x: Any, w_ih: Any, w_hh: Any, kept: Any, sizes: Sizes | None, reverse: bool, needs: Any
) -> list[Any]:
    """The gradients of all inputs of ``gru``."""
    gates, before = kept.arrays
    new, reset, update, q = gates
    gy, dh = rows_of(grads[0]), np.array(grads[1], order="C")
    room = Room(gates.dtype, gates.shape, before.shape)
    slope, t = room.arrays  # slope: of the gates before their sigmoids or tanh, but for dh
    np.subtract(1, update, out=slope[2])
    np.subtract(1, np.multiply(new, new, out=t), out=slope[0])
    slope[0] *= slope[2]
    np.multiply(slope[0], reset, out=slope[3])
    np.subtract(1, reset, out=slope[1])
    slope[1] *= slope[3]
    slope[1] *= q
    slope[2] *= update
    slope[2] *= np.subtract(before, new, out=t)
    u = by_gate(w_hh, RZN)
    parts = np.empty((3, *dh.shape), dh.dtype)
    for rows, n in reversed(order_of(x, sizes, reverse)):
        gate, a, part = slope[:, rows], dh[:n], parts[:, :n]
        a += gy[rows]
        gate *= a
        a *= update[rows]
        np.matmul(gate[1:], u, out=part)
        a += part[0]
        a += part[1]
        a += part[2]
    return [
        input_gradient(slope[:3], w_ih, NRZ, x) if needs[0] else None,
        dh,
        weight_gradient(slope[:3], rows_of(x), NRZ) if needs[2] else None,
        weight_gradient(slope[1:], before, RZN) if needs[3] else None,
        bias_gradient(slope[:3], NRZ) if needs[4] else None,
        bias_gradient(slope[1:], RZN) if needs[5] else None,
    ]


# --- RNN --------------------------------------------------------------------------------------------------------------


def rnn(
    x: Any, h: Any, w_ih: Any, w_hh: Any, b_ih: Any, b_hh: Any, relu: bool, sizes: Sizes | None, reverse: bool
) -> tuple[Any, ...]:
    """The outputs, the last state, and for the backward pass: outputs (again, their own copy) and outputs before."""
    states, b = rows_of(x) @ w_ih.T, sum_of(b_ih, b_hh)
    if b is not None:
        states += b
    u, h = np.ascontiguousarray(w_hh.T), h.copy()
    z, before = np.empty_like(h), np.empty_like(states)
    for rows, n in order_of(x, sizes, reverse):
        y = states[rows]
        before[rows] = h[:n]
        y += np.matmul(before[rows], u, out=z[:n])
        if relu:
            np.maximum(y, 0, out=y)
        else:
            np.tanh(y, out=y)
        h[:n] = y
    return states.reshape(*x.shape[:-1], h.shape[1]).copy(), h, (states, before)


def rnn_backward(
    grads: Any, x: Any, w_ih: Any, w_hh: Any, kept: Any, relu: bool, sizes: Sizes | None, reverse: bool, needs: Any
) -> list[Any]:
    """The gradients of all inputs of ``rnn``."""
    states, before = kept
    gy, dh = rows_of(grads[0]), np.array(grads[1], order="C")
    slope = (states > 0).astype(states.dtype) if relu else 1 - states * states
    for rows, n in reversed(order_of(x, sizes, reverse)):
        gate, a = slope[rows], dh[:n]
        a += gy[rows]
        gate *= a
        np.matmul(gate, w_hh, out=a)
    db = np.add.reduce(slope, axis=0) if needs[4] or needs[5] else None
    return [
        (slope @ w_ih).reshape(x.shape) if needs[0] else None,
        dh,
        slope.T @ rows_of(x) if needs[2] else None,
        slope.T @ before if needs[3] else None,
        db,
        db,
    ]
