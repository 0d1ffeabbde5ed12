"""Recurrent layers, one direction of one layer a row, and their cells: RNN (Elman 1990), LSTM and GRU.

x is (time, batch, features); or, with ``sizes``, the packed rows of sequences of different lengths (see
recurrent_parts.py). The states are (batch, hidden). Results are the outputs of all steps and the last states.
A definition is the cell, as the papers have it, applied step by step.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from minitorch.core.primitive import primitive, same
from minitorch.core.tensor import Tensor
from minitorch.ops import recurrent_kernels as kernels
from minitorch.ops.activations import relu as rectified
from minitorch.ops.pointwise import sigmoid
from minitorch.ops.recurrent_parts import Sizes, order_of, rows_of

# --- The cells --------------------------------------------------------------------------------------------------------


def _lstm_step(x: Any, h: Any, c: Any, w_hh: Any, b_hh: Any, w_hr: Any) -> tuple[Any, Any]:
    """Hochreiter & Schmidhuber 1997, with the forget gate of Gers et al. 2000; x is the input's part of the gates."""
    i, f, g, o = _gates(x + _affine(h, w_hh, b_hh), 4)
    c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
    return _affine(sigmoid(o) * np.tanh(c), w_hr, None), c


def _gru_step(x: Any, h: Any, w_hh: Any, b_hh: Any) -> tuple[Any]:
    """Cho et al. 2014, with the reset gate after the product."""
    (r, z, n), (h_r, h_z, h_n) = _gates(x, 3), _gates(_affine(h, w_hh, b_hh), 3)
    r, z = sigmoid(r + h_r), sigmoid(z + h_z)
    n = np.tanh(n + r * h_n)
    return (n + z * (h - n),)


def _rnn_step(x: Any, h: Any, w_hh: Any, b_hh: Any, relu: bool) -> tuple[Any]:
    return ((rectified if relu else np.tanh)(x + _affine(h, w_hh, b_hh)),)


def _affine(x: Any, w: Any, b: Any) -> Any:
    y = x if w is None else x @ w.mT
    return y if b is None else y + b


def _gates(x: Any, count: int) -> list[Any]:
    size = x.shape[1] // count
    return [x[:, k * size : (k + 1) * size] for k in range(count)]


def _over_time(
    step: Callable[..., tuple[Any, ...]],
    x: Any,
    w_ih: Any,
    b_ih: Any,
    states: tuple[Any, ...],
    weights: tuple[Any, ...],
    sizes: Sizes | None,
    reverse: bool,
) -> tuple[Any, ...]:
    """The outputs of ``step`` for all time steps, and the states after the last."""
    projected = _affine(rows_of(x), w_ih, b_ih)
    outs = []
    for rows, n in order_of(x, sizes, reverse):
        new = step(projected[rows], *[s[:n] for s in states], *weights)
        outs.append(new[0])
        whole = n == states[0].shape[0]
        states = tuple(a if whole else np.concatenate([a, s[n:]]) for a, s in zip(new, states, strict=True))
    out = np.concatenate(outs[::-1] if reverse else outs)
    return np.reshape(out, (*x.shape[:-1], out.shape[1])), *states


# --- The table --------------------------------------------------------------------------------------------------------


lstm_layer = primitive(  # w_hr, which projects the outputs, may be None, and so may the biases
    "Lstm",
    lambda x, h, c, w_ih, w_hh, b_ih, b_hh, w_hr, *, sizes=None, reverse=False: kernels.lstm(
        x, h, c, w_ih, w_hh, b_ih, b_hh, w_hr, sizes, reverse
    ),
    prepare=same,
    outputs=("out", "h_n", "c_n"),
    residuals=("kept",),
    definition=lambda x, h, c, w_ih, w_hh, b_ih, b_hh, w_hr, *, sizes=None, reverse=False: _over_time(
        _lstm_step, x, w_ih, b_ih, (h, c), (w_hh, b_hh, w_hr), sizes, reverse
    ),
    joint=lambda g, x, w_ih, w_hh, w_hr, kept, sizes, reverse, needs: kernels.lstm_backward(
        g, x, w_ih, w_hh, w_hr, kept, sizes, reverse, needs
    ),
)
gru_layer = primitive(
    "Gru",
    lambda x, h, w_ih, w_hh, b_ih, b_hh, *, sizes=None, reverse=False: kernels.gru(
        x, h, w_ih, w_hh, b_ih, b_hh, sizes, reverse
    ),
    prepare=same,
    outputs=("out", "h_n"),
    residuals=("kept",),
    definition=lambda x, h, w_ih, w_hh, b_ih, b_hh, *, sizes=None, reverse=False: _over_time(
        _gru_step, x, w_ih, b_ih, (h,), (w_hh, b_hh), sizes, reverse
    ),
    joint=lambda g, x, w_ih, w_hh, kept, sizes, reverse, needs: kernels.gru_backward(
        g, x, w_ih, w_hh, kept, sizes, reverse, needs
    ),
)
rnn_layer = primitive(
    "Rnn",
    lambda x, h, w_ih, w_hh, b_ih, b_hh, *, relu=False, sizes=None, reverse=False: kernels.rnn(
        x, h, w_ih, w_hh, b_ih, b_hh, relu, sizes, reverse
    ),
    prepare=same,
    outputs=("out", "h_n"),
    residuals=("kept",),
    definition=lambda x, h, w_ih, w_hh, b_ih, b_hh, *, relu=False, sizes=None, reverse=False: _over_time(
        _rnn_step, x, w_ih, b_ih, (h,), (w_hh, b_hh, relu), sizes, reverse
    ),
    joint=lambda g, x, w_ih, w_hh, kept, relu, sizes, reverse, needs: kernels.rnn_backward(
        g, x, w_ih, w_hh, kept, relu or False, sizes, reverse, needs
    ),
)


# --- PyTorch's functions ----------------------------------------------------------------------------------------------
# A cell is a layer of one step.


def lstm_cell(
    input: Tensor,
    hx: Sequence[Tensor],
    w_ih: Tensor,
    w_hh: Tensor,
    b_ih: Tensor | None = None,
    b_hh: Tensor | None = None,
) -> tuple[Tensor, Tensor]:
    """One step of an LSTM (``torch.lstm_cell``): from (batch, inputs) and the states h and c, the new h and c.

    ``w_ih`` is (4 * hidden, inputs), ``w_hh`` (4 * hidden, hidden), the biases (4 * hidden).
    """
    if len(hx) != 2:
        raise RuntimeError(f"lstm_cell expects two hidden states, h and c, but got {len(hx)}")
    _check_cell(input, hx, w_ih, w_hh, 4)
    results: Any = lstm_layer(input, *hx, w_ih, w_hh, b_ih, b_hh, None, sizes=(len(input.array),))
    return results[1:]  # type: ignore[no-any-return]


def gru_cell(
    input: Tensor, hx: Tensor, w_ih: Tensor, w_hh: Tensor, b_ih: Tensor | None = None, b_hh: Tensor | None = None
) -> Tensor:
    """One step of a GRU (``torch.gru_cell``): from (batch, inputs) and the state (batch, hidden), the new state.

    ``w_ih`` is (3 * hidden, inputs), ``w_hh`` (3 * hidden, hidden), the biases (3 * hidden).
    """
    _check_cell(input, [hx], w_ih, w_hh, 3)
    results: Any = gru_layer(input, hx, w_ih, w_hh, b_ih, b_hh, sizes=(len(input.array),))
    return results[1]  # type: ignore[no-any-return]


def rnn_tanh_cell(
    input: Tensor, hx: Tensor, w_ih: Tensor, w_hh: Tensor, b_ih: Tensor | None = None, b_hh: Tensor | None = None
) -> Tensor:
    """``tanh(w_ih x + b_ih + w_hh h + b_hh)`` (``torch.rnn_tanh_cell``)."""
    return _rnn_cell(input, hx, w_ih, w_hh, b_ih, b_hh, False)


def rnn_relu_cell(
    input: Tensor, hx: Tensor, w_ih: Tensor, w_hh: Tensor, b_ih: Tensor | None = None, b_hh: Tensor | None = None
) -> Tensor:
    """``max(w_ih x + b_ih + w_hh h + b_hh, 0)`` (``torch.rnn_relu_cell``)."""
    return _rnn_cell(input, hx, w_ih, w_hh, b_ih, b_hh, True)


def _rnn_cell(input: Tensor, hx: Tensor, w_ih: Any, w_hh: Any, b_ih: Any, b_hh: Any, relu: bool) -> Tensor:
    _check_cell(input, [hx], w_ih, w_hh, 1)
    results: Any = rnn_layer(input, hx, w_ih, w_hh, b_ih, b_hh, relu=relu, sizes=(len(input.array),))
    return results[1]  # type: ignore[no-any-return]


def check_dtypes(tensors: Sequence[Tensor | None]) -> None:
    """PyTorch's error unless all have one dtype, and an error unless it is a real floating one."""
    given = [t for t in tensors if t is not None]
    first = given[0].dtype
    for t in given:
        if t.dtype is not first:
            raise RuntimeError(
                f"mat1 and mat2 must have the same dtype, but got {first.alias} and {t.dtype.alias}: convert the "
                "input, the states or the weights with .to()"
            )
    if given[0].array.dtype.kind != "f":
        raise RuntimeError(f"recurrent layers need real floating numbers, but got {first.alias}: convert with .to()")


def _check_cell(x: Tensor, states: Sequence[Tensor], w_ih: Tensor, w_hh: Tensor, gates: int) -> None:
    hidden = w_hh.shape[1]
    for name, w in (("weight_ih", w_ih), ("weight_hh", w_hh)):
        if w.shape[0] != gates * hidden:
            raise RuntimeError(
                f"{name} first dim must be {gates} * hidden_size = {gates * hidden}, but got {w.shape[0]}"
            )
    if x.shape[1] != w_ih.shape[1]:
        raise RuntimeError(f"input has inconsistent input_size: got {x.shape[1]} expected {w_ih.shape[1]}")
    for k, h in enumerate(states):
        if h.shape[0] != x.shape[0]:
            raise RuntimeError(f"Input batch size {x.shape[0]} doesn't match hidden{k} batch size {h.shape[0]}")
        if h.shape[1] != hidden:
            raise RuntimeError(f"hidden{k} has inconsistent hidden_size: got {h.shape[1]}, expected {hidden}")
    check_dtypes([x, *states, w_ih, w_hh])
