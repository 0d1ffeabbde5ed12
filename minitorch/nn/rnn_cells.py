"""Recurrent cells, one step at a time: ``RNNCell``, ``LSTMCell`` and ``GRUCell``."""

from __future__ import annotations

import math
from typing import Literal

from minitorch.core.tensor import Tensor
from minitorch.nn import init
from minitorch.nn.common_types import Device, DType
from minitorch.nn.module import Module
from minitorch.nn.parameter import Parameter, empty_parameter
from minitorch.ops import recurrent
from minitorch.ops.creation import zeros


class RNNCellBase(Module):
    """What the cells share: weights (num_chunks · hidden_size, input_size or hidden_size) and biases.

    All start as U(-b, b), b = 1/√hidden_size.
    """

    weight_ih: Parameter
    weight_hh: Parameter
    bias_ih: Parameter | None
    bias_hh: Parameter | None

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        bias: bool,
        num_chunks: int,
        device: Device = None,
        dtype: DType = None,
    ) -> None:
        super().__init__()
        self.input_size = input_size
        self.hidden_size = hidden_size
        self.bias = bias
        rows = num_chunks * hidden_size
        self.weight_ih = empty_parameter((rows, input_size), device, dtype)
        self.weight_hh = empty_parameter((rows, hidden_size), device, dtype)
        self.bias_ih = empty_parameter((rows,), device, dtype) if bias else None
        self.bias_hh = empty_parameter((rows,), device, dtype) if bias else None
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw new initial weights."""
        bound = 1 / math.sqrt(self.hidden_size) if self.hidden_size > 0 else 0
        for weight in self.parameters():
            init.uniform_(weight, -bound, bound)

    def extra_repr(self) -> str:
        return f"{self.input_size}, {self.hidden_size}" + ("" if self.bias is True else f", bias={self.bias}")

    def _check(self, what: str, x: Tensor) -> None:
        if x.dim() not in (1, 2):
            raise ValueError(f"{type(self).__name__}: Expected {what} to be 1D or 2D, got {x.dim()}D instead")

    def _state(self, input: Tensor) -> Tensor:
        return zeros(*input.shape[:-1], self.hidden_size, dtype=input.dtype)


class RNNCell(RNNCellBase):
    """One step of an `RNN`: h' = tanh(W_ih x + b_ih + W_hh h + b_hh), or max(..., 0).

    (N, input_size) and the state (N, hidden_size), zeros if left out, to the new state; or all of them without N.

    Args:
        input_size: features of the input.
        hidden_size: features of the state.
        bias: whether there are b_ih and b_hh.
        nonlinearity: "tanh" or "relu".
        device: the CPU.
        dtype: of the weights.

    >>> import minitorch as torch
    >>> torch.nn.RNNCell(10, 20)(torch.zeros(3, 10)).shape
    torch.Size([3, 20])
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        bias: bool = True,
        nonlinearity: Literal["tanh", "relu"] = "tanh",
        device: Device = None,
        dtype: DType = None,
    ) -> None:
        super().__init__(input_size, hidden_size, bias, 1, device, dtype)
        self.nonlinearity = nonlinearity

    def extra_repr(self) -> str:
        return super().extra_repr() + ("" if self.nonlinearity == "tanh" else f", nonlinearity={self.nonlinearity}")

    def forward(self, input: Tensor, hx: Tensor | None = None) -> Tensor:
        """The new state."""
        cells = {"tanh": recurrent.rnn_tanh_cell, "relu": recurrent.rnn_relu_cell}
        if self.nonlinearity not in cells:
            raise RuntimeError(f"Unknown nonlinearity: {self.nonlinearity}. Select from 'tanh' or 'relu'.")
        self._check("input", input)
        if hx is None:
            hx = self._state(input)
        self._check("hidden", hx)
        batched = input.dim() == 2
        if not batched:
            input, hx = input.unsqueeze(0), hx.unsqueeze(0)
        out = cells[self.nonlinearity](input, hx, self.weight_ih, self.weight_hh, self.bias_ih, self.bias_hh)
        return out if batched else out.squeeze(0)


class LSTMCell(RNNCellBase):
    """One step of an `LSTM`, which has the formulas.

    (N, input_size) and the states (h, c), (N, hidden_size) each, zeros if left out, to the new states; or all of them
    without N.

    Args:
        input_size: features of the input.
        hidden_size: features of the states.
        bias: whether there are biases.
        device: the CPU.
        dtype: of the weights.

    >>> import minitorch as torch
    >>> h, c = torch.nn.LSTMCell(10, 20)(torch.zeros(3, 10))
    >>> h.shape, c.shape
    (torch.Size([3, 20]), torch.Size([3, 20]))
    """

    def __init__(
        self, input_size: int, hidden_size: int, bias: bool = True, device: Device = None, dtype: DType = None
    ) -> None:
        super().__init__(input_size, hidden_size, bias, 4, device, dtype)

    def forward(self, input: Tensor, hx: tuple[Tensor, Tensor] | None = None) -> tuple[Tensor, Tensor]:
        """The new states (h, c)."""
        self._check("input", input)
        if hx is None:
            hx = (self._state(input), self._state(input))
        for k, state in enumerate(hx):
            self._check(f"hx[{k}]", state)
        batched = input.dim() == 2
        if not batched:
            input, hx = input.unsqueeze(0), (hx[0].unsqueeze(0), hx[1].unsqueeze(0))
        h, c = recurrent.lstm_cell(input, hx, self.weight_ih, self.weight_hh, self.bias_ih, self.bias_hh)
        return (h, c) if batched else (h.squeeze(0), c.squeeze(0))


class GRUCell(RNNCellBase):
    """One step of a `GRU`, which has the formulas.

    (N, input_size) and the state (N, hidden_size), zeros if left out, to the new state; or all of them without N.

    Args:
        input_size: features of the input.
        hidden_size: features of the state.
        bias: whether there are biases.
        device: the CPU.
        dtype: of the weights.

    >>> import minitorch as torch
    >>> torch.nn.GRUCell(10, 20)(torch.zeros(3, 10)).shape
    torch.Size([3, 20])
    """

    def __init__(
        self, input_size: int, hidden_size: int, bias: bool = True, device: Device = None, dtype: DType = None
    ) -> None:
        super().__init__(input_size, hidden_size, bias, 3, device, dtype)

    def forward(self, input: Tensor, hx: Tensor | None = None) -> Tensor:
        """The new state."""
        self._check("input", input)
        if hx is None:
            hx = self._state(input)
        self._check("hidden", hx)
        batched = input.dim() == 2
        if not batched:
            input, hx = input.unsqueeze(0), hx.unsqueeze(0)
        out = recurrent.gru_cell(input, hx, self.weight_ih, self.weight_hh, self.bias_ih, self.bias_hh)
        return out if batched else out.squeeze(0)
