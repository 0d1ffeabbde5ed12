"""The table from recurrent layers to ONNX: one layer in one direction is one node, its gates in ONNX's order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from minitorch.core.tensor import Array, Tensor
from minitorch.nn.rnn_base import RNNBase
from minitorch.onnx.trace import FRESH, Tracing, UnsupportedOperatorError, lowers_rows
from minitorch.ops import recurrent

FRESH.add(RNNBase._checked.__code__)  # makes states of zeros for a batch of that size

_ORDER = {"LSTM": (0, 3, 1, 2), "GRU": (1, 0, 2), "RNN": (0,)}  # ONNX has i, o, f, g and z, r, n


@lowers_rows(recurrent.lstm_layer)
def _lstm(t: Tracing, inputs: Sequence[Any], sizes: Any = None, reverse: bool = False) -> list[str]:
    *layer, projection = inputs
    if projection is not None:
        raise UnsupportedOperatorError("Exporting the operator 'LSTM' with proj_size is not supported")
    return _layer(t, "LSTM", layer, sizes, reverse)


@lowers_rows(recurrent.gru_layer)
def _gru(t: Tracing, inputs: Sequence[Any], sizes: Any = None, reverse: bool = False) -> list[str]:
    return _layer(t, "GRU", inputs, sizes, reverse, linear_before_reset=1)


@lowers_rows(recurrent.rnn_layer)
def _rnn(t: Tracing, inputs: Sequence[Any], relu: bool = False, sizes: Any = None, reverse: bool = False) -> list[str]:
    return _layer(t, "RNN", inputs, sizes, reverse, activations=["Relu" if relu else "Tanh"])


def _layer(t: Tracing, op: str, inputs: Sequence[Any], sizes: Any, reverse: bool, **settings: Any) -> list[str]:
    x, *states, w_ih, w_hh, b_ih, b_hh = inputs
    if sizes is not None or any(t.knows(w) for w in (w_ih, w_hh, b_ih, b_hh)):
        raise UnsupportedOperatorError(f"Exporting the operator '{op}' on packed sequences is not supported")
    g, dtype = t.graph, x.array.dtype

    def gates(w: Tensor) -> Array:
        parts = np.split(w.detach().array, len(_ORDER[op]))
        return np.concatenate([parts[k] for k in _ORDER[op]])[None]

    weights = [g.constant(gates(w)) for w in (w_ih, w_hh)]
    bias = "" if b_ih is None else g.constant(np.concatenate([gates(b_ih), gates(b_hh)], 1))
    first = []
    for state in states:  # zeros are left out, so that the batch may have any size
        zeros = not t.knows(state) and not state.detach().array.any()
        first.append("" if zeros else g.node("Unsqueeze", t.operand(state, dtype), g.ints([0])))
    settings |= {"hidden_size": w_hh.array.shape[-1], "direction": "reverse" if reverse else "forward"}
    y, *last = g.several(op, 1 + len(states), t.name(x), *weights, bias, "", *first, **settings)
    return [g.node("Squeeze", y, g.ints([1])), *(g.node("Squeeze", h, g.ints([0])) for h in last)]
