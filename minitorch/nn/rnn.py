"""Recurrent layers over whole sequences: ``RNN``, ``LSTM`` and ``GRU``."""

from __future__ import annotations

from typing import Any, Literal, overload

from minitorch.core.tensor import Tensor
from minitorch.nn.common_types import Device, DType
from minitorch.nn.rnn_base import RNNBase, reordered
from minitorch.nn.rnn_cells import GRUCell, LSTMCell, RNNCell, RNNCellBase
from minitorch.nn.utils.packed_sequence import PackedSequence

__all__ = ["GRU", "LSTM", "RNN", "GRUCell", "LSTMCell", "RNNBase", "RNNCell", "RNNCellBase"]

Pair = tuple[Tensor, Tensor]


class RNN(RNNBase):
    """Elman's recurrent network (1990): hₜ = tanh(W_ih xₜ + b_ih + W_hh hₜ₋₁ + b_hh), or max(..., 0).

    (T, N, input_size) to (T, N, D · hidden_size) and the last state (D · num_layers, N, hidden_size); D is 2 if
    bidirectional, else 1. One sequence without N works too, and so does a `PackedSequence`, which gives one.

    Args:
        input_size: features of each step.
        hidden_size: features of the state.
        num_layers: layers on top of each other; each takes the outputs of the one below.
        nonlinearity: "tanh" or "relu".
        bias: whether there are b_ih and b_hh.
        batch_first: (N, T, *) rather than (T, N, *), for input and output but not for the states.
        dropout: probability with which what one layer passes to the next is dropped in training.
        bidirectional: each layer runs backward through time too, and its outputs are both, side by side.
        device: the CPU.
        dtype: of the weights.

    The weights are described at `RNNBase`.

    >>> import minitorch as torch
    >>> out, h = torch.nn.RNN(10, 20, num_layers=2)(torch.zeros(5, 3, 10))
    >>> out.shape, h.shape
    (torch.Size([5, 3, 20]), torch.Size([2, 3, 20]))
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        nonlinearity: Literal["tanh", "relu"] = "tanh",
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        bidirectional: bool = False,
        device: Device = None,
        dtype: DType = None,
        **unsupported: Any,
    ) -> None:
        _refuse(unsupported, "RNN")
        if nonlinearity not in ("tanh", "relu"):
            raise ValueError(f"Unknown nonlinearity '{nonlinearity}'. Select from 'tanh' or 'relu'.")
        mode = f"RNN_{nonlinearity.upper()}"
        super().__init__(
            mode, input_size, hidden_size, num_layers, bias, batch_first, dropout, bidirectional, 0, device, dtype
        )
        self.nonlinearity = nonlinearity

    @overload
    def forward(self, input: Tensor, hx: Tensor | None = None) -> tuple[Tensor, Tensor]: ...
    @overload
    def forward(self, input: PackedSequence, hx: Tensor | None = None) -> tuple[PackedSequence, Tensor]: ...
    def forward(self, input: Any, hx: Tensor | None = None) -> Any:
        """The outputs of all steps and the last state; ``hx``, the first state, is zeros if None."""
        out, (h,) = self._run(input, None if hx is None else (hx,))
        return out, h


class LSTM(RNNBase):
    """Long short-term memory (Hochreiter & Schmidhuber 1997; forget gate: Gers et al. 2000).

    ::

        i, f, o = σ(W xₜ + b + W' hₜ₋₁ + b')    each with its own W, b, W', b'
        g       = tanh(W xₜ + b + W' hₜ₋₁ + b')
        cₜ      = f cₜ₋₁ + i g
        hₜ      = o tanh(cₜ)

    The weights, described at `RNNBase`, have the rows of i, f, g and o one after the other.

    (T, N, input_size) to (T, N, D · hidden_size) and the last states h and c, (D · num_layers, N, hidden_size) each; D
    is 2 if bidirectional, else 1. One sequence without N works too, and so does a `PackedSequence`, which gives one.

    Args:
        input_size: features of each step.
        hidden_size: features of the states.
        num_layers: layers on top of each other; each takes the outputs of the one below.
        bias: whether there are biases.
        batch_first: (N, T, *) rather than (T, N, *), for input and output but not for the states.
        dropout: probability with which what one layer passes to the next is dropped in training.
        bidirectional: each layer runs backward through time too, and its outputs are both, side by side.
        proj_size: if not 0, hₜ = W_hr (o tanh(cₜ)) of that size (Sak et al. 2014).
        device: the CPU.
        dtype: of the weights.

    >>> import minitorch as torch
    >>> out, (h, c) = torch.nn.LSTM(10, 20, bidirectional=True)(torch.zeros(5, 3, 10))
    >>> out.shape, h.shape, c.shape
    (torch.Size([5, 3, 40]), torch.Size([2, 3, 20]), torch.Size([2, 3, 20]))
    """

    _kind = "LSTM"
    _wrong_states = "hx and cx should also be {}-D but got ({}) tensors"

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        bidirectional: bool = False,
        proj_size: int = 0,
        device: Device = None,
        dtype: DType = None,
    ) -> None:
        super().__init__(
            "LSTM", input_size, hidden_size, num_layers, bias, batch_first, dropout, bidirectional, proj_size, device,
            dtype,
        )  # fmt: skip

    def get_expected_cell_size(self, input: Tensor, batch_sizes: Tensor | None) -> tuple[int, int, int]:
        """The shape that the state c must have for this input, batched or packed."""
        layers, batch, _ = self.get_expected_hidden_size(input, batch_sizes)
        return layers, batch, self.hidden_size

    def check_forward_args(self, input: Tensor, hidden: Pair, batch_sizes: Tensor | None) -> None:
        """The checks of input and states together."""
        self.check_input(input, batch_sizes)
        expected = self.get_expected_hidden_size(input, batch_sizes)
        self.check_hidden_size(hidden[0], expected, "Expected hidden[0] size {}, got {}")
        expected = self.get_expected_cell_size(input, batch_sizes)
        self.check_hidden_size(hidden[1], expected, "Expected hidden[1] size {}, got {}")

    def permute_hidden(self, hx: Pair, permutation: Tensor | None) -> Pair:
        """The states with their sequences in another order; None leaves them."""
        return reordered(hx[0], permutation), reordered(hx[1], permutation)

    @overload
    def forward(self, input: Tensor, hx: Pair | None = None) -> tuple[Tensor, Pair]: ...
    @overload
    def forward(self, input: PackedSequence, hx: Pair | None = None) -> tuple[PackedSequence, Pair]: ...
    def forward(self, input: Any, hx: Pair | None = None) -> Any:
        """The outputs of all steps and the last (h, c); ``hx``, the first ones, are zeros if None."""
        if hx is not None and (isinstance(hx, Tensor) or len(hx) != 2):
            found = "one Tensor" if isinstance(hx, Tensor) else f"{len(hx)} states"
            raise IndexError(f"an LSTM's hx is a pair of states (h, c), index 1 is out of bounds: got {found}")
        return self._run(input, None if hx is None else tuple(hx))


class GRU(RNNBase):
    """Gated recurrent units (Cho et al. 2014), with the reset gate after the product.

    ::

        r, z = σ(W xₜ + b + W' hₜ₋₁ + b')      each with its own W, b, W', b'
        n    = tanh(W xₜ + b + r (W' hₜ₋₁ + b'))
        hₜ   = (1 - z) n + z hₜ₋₁

    The weights, described at `RNNBase`, have the rows of r, z and n one after the other.

    (T, N, input_size) to (T, N, D · hidden_size) and the last state (D · num_layers, N, hidden_size); D is 2 if
    bidirectional, else 1. One sequence without N works too, and so does a `PackedSequence`, which gives one.

    Args:
        input_size: features of each step.
        hidden_size: features of the state.
        num_layers: layers on top of each other; each takes the outputs of the one below.
        bias: whether there are biases.
        batch_first: (N, T, *) rather than (T, N, *), for input and output but not for the states.
        dropout: probability with which what one layer passes to the next is dropped in training.
        bidirectional: each layer runs backward through time too, and its outputs are both, side by side.
        device: the CPU.
        dtype: of the weights.

    >>> import minitorch as torch
    >>> out, h = torch.nn.GRU(10, 20, batch_first=True)(torch.zeros(3, 5, 10))
    >>> out.shape, h.shape
    (torch.Size([3, 5, 20]), torch.Size([1, 3, 20]))
    """

    _kind = "GRU"

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        bidirectional: bool = False,
        device: Device = None,
        dtype: DType = None,
        **unsupported: Any,
    ) -> None:
        _refuse(unsupported, "GRU")
        super().__init__(
            "GRU", input_size, hidden_size, num_layers, bias, batch_first, dropout, bidirectional, 0, device, dtype
        )

    @overload
    def forward(self, input: Tensor, hx: Tensor | None = None) -> tuple[Tensor, Tensor]: ...
    @overload
    def forward(self, input: PackedSequence, hx: Tensor | None = None) -> tuple[PackedSequence, Tensor]: ...
    def forward(self, input: Any, hx: Tensor | None = None) -> Any:
        """The outputs of all steps and the last state; ``hx``, the first state, is zeros if None."""
        out, (h,) = self._run(input, None if hx is None else (hx,))
        return out, h


def _refuse(unsupported: dict[str, Any], layer: str) -> None:
    if "proj_size" in unsupported:
        raise ValueError("proj_size argument is only supported for LSTM, not RNN or GRU")
    for name in unsupported:
        raise TypeError(f"{layer}.__init__() got an unexpected keyword argument '{name}'")
