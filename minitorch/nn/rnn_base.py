"""``RNNBase``: weights, checks and the forward pass that the recurrent layers share."""

from __future__ import annotations

import math
import numbers
import warnings
from typing import Any

from minitorch.core.tensor import Tensor
from minitorch.nn import init
from minitorch.nn.common_types import Device, DType
from minitorch.nn.functional_recurrent import stacked
from minitorch.nn.module import Module
from minitorch.nn.parameter import Parameter, empty_parameter
from minitorch.nn.utils.rnn import PackedSequence
from minitorch.ops import recurrent
from minitorch.ops.creation import zeros
from minitorch.ops.gathering import index_select

GATES = {"LSTM": 4, "GRU": 3, "RNN_TANH": 1, "RNN_RELU": 1}
States = tuple[Tensor, ...]


class RNNBase(Module):
    """What the recurrent layers share: their weights, the checks of what comes in, and packed or padded sequences.

    ``mode`` is "LSTM", "GRU", "RNN_TANH" or "RNN_RELU"; the other arguments are those of the layers.

    For each layer k (and each direction, with ``_reverse`` appended) there are ``weight_ih_l{k}`` (gates * hidden,
    inputs), ``weight_hh_l{k}`` (gates * hidden, hidden), and with ``bias`` ``bias_ih_l{k}`` and ``bias_hh_l{k}``
    (gates * hidden); with ``proj_size`` also ``weight_hr_l{k}`` (proj_size, hidden). All start as U(-b, b),
    b = 1/√hidden_size.
    """

    def __init__(
        self,
        mode: str,
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
        super().__init__()
        self.mode = mode
        self.input_size = input_size
        self.hidden_size = hidden_size
        self.num_layers = num_layers
        self.bias = bias
        self.batch_first = batch_first
        self.dropout = _checked_dropout(dropout, num_layers)
        self.bidirectional = bidirectional
        self.proj_size = proj_size
        self._check_settings()
        self._all_weights: list[list[str]] = []
        rows, outputs = GATES[mode] * hidden_size, proj_size or hidden_size
        for layer in range(num_layers):
            inputs = outputs * self._directions if layer else input_size
            for suffix in (f"_l{layer}", f"_l{layer}_reverse")[: self._directions]:
                shapes: dict[str, tuple[int, ...]] = {"weight_ih": (rows, inputs), "weight_hh": (rows, outputs)}
                if bias:
                    shapes |= {"bias_ih": (rows,), "bias_hh": (rows,)}
                if proj_size:
                    shapes |= {"weight_hr": (proj_size, hidden_size)}
                self._all_weights.append([name + suffix for name in shapes])
                for name, shape in shapes.items():
                    setattr(self, name + suffix, empty_parameter(shape, device, dtype))
        self.reset_parameters()

    def _check_settings(self) -> None:
        for name in ("bias", "batch_first"):
            if not isinstance(getattr(self, name), bool):
                raise TypeError(f"{name} should be of type bool, got: {type(getattr(self, name)).__name__}")
        for name in ("input_size", "hidden_size", "num_layers"):
            value = getattr(self, name)
            if not isinstance(value, int):
                raise TypeError(f"{name} should be of type int, got: {type(value).__name__}")
            if value <= 0:
                raise ValueError(f"{name} must be greater than zero, got {value}")
        if self.proj_size < 0:
            raise ValueError(
                f"proj_size should be a positive integer or zero to disable projections, got {self.proj_size}"
            )
        if self.proj_size >= self.hidden_size:
            raise ValueError(f"proj_size has to be smaller than hidden_size, {self.hidden_size}, got {self.proj_size}")
        if self.mode not in GATES:
            raise ValueError(f"Unrecognized RNN mode: {self.mode}; there are {', '.join(GATES)}")

    @property
    def _directions(self) -> int:
        return 2 if self.bidirectional else 1

    @property
    def all_weights(self) -> list[list[Parameter]]:
        """The parameters of each layer and direction."""
        return [[getattr(self, name) for name in names] for names in self._all_weights]

    @property
    def _flat_weights(self) -> list[Parameter]:
        return [weight for weights in self.all_weights for weight in weights]

    @property
    def _flat_weights_names(self) -> list[str]:
        return [name for names in self._all_weights for name in names]

    def flatten_parameters(self) -> None:
        """Does nothing: it is for memory on a GPU."""

    def reset_parameters(self) -> None:
        """Draw new initial weights."""
        bound = 1 / math.sqrt(self.hidden_size)
        for weight in self.parameters():
            init.uniform_(weight, -bound, bound)

    def extra_repr(self) -> str:
        text = f"{self.input_size}, {self.hidden_size}"
        usual = {"proj_size": 0, "num_layers": 1, "bias": True, "batch_first": False, "dropout": 0}
        for name, value in {**usual, "bidirectional": False}.items():
            if getattr(self, name) != value:
                text += f", {name}={getattr(self, name)}"
        return text

    # --- Checks -------------------------------------------------------------------------------------------------------

    def check_input(self, input: Tensor, batch_sizes: Tensor | None) -> None:
        """An error unless ``input``, batched, has the right dtype, dims and features."""
        weight = getattr(self, self._all_weights[0][0])
        if input.dtype is not weight.dtype:
            raise ValueError(
                f"RNN input dtype ({input.dtype}) does not match weight dtype ({weight.dtype}). Convert input: "
                f"input.to({weight.dtype}), or convert model: model.to({input.dtype})"
            )
        dims = 3 if batch_sizes is None else 2
        if input.dim() != dims:
            raise RuntimeError(f"input must have {dims} dimensions, got {input.dim()}")
        if input.shape[-1] != self.input_size:
            raise RuntimeError(
                f"input.size(-1) must be equal to input_size. Expected {self.input_size}, got {input.shape[-1]}"
            )

    def get_expected_hidden_size(self, input: Tensor, batch_sizes: Tensor | None) -> tuple[int, int, int]:
        """The shape that the state h must have for this input, batched or packed."""
        batch = input.shape[0 if self.batch_first else 1] if batch_sizes is None else int(batch_sizes[0])
        return self.num_layers * self._directions, batch, self.proj_size or self.hidden_size

    def check_hidden_size(
        self, hx: Tensor, expected_hidden_size: tuple[int, int, int], msg: str = "Expected hidden size {}, got {}"
    ) -> None:
        """An error unless a state has the expected shape."""
        if tuple(hx.shape) != expected_hidden_size:
            raise RuntimeError(msg.format(expected_hidden_size, list(hx.shape)))

    def check_forward_args(self, input: Tensor, hidden: Any, batch_sizes: Tensor | None) -> None:
        """The checks of input and states together."""
        self.check_input(input, batch_sizes)
        self.check_hidden_size(hidden, self.get_expected_hidden_size(input, batch_sizes))

    def permute_hidden(self, hx: Any, permutation: Tensor | None) -> Any:
        """The states with their sequences in another order; None leaves them."""
        return reordered(hx, permutation)

    # --- What forward does --------------------------------------------------------------------------------------------

    _kind = "RNN"  # as error messages call it
    _wrong_states = "hx should also be {}-D but got {} tensor"

    def _run(self, input: Tensor | PackedSequence, hx: States | None) -> tuple[Any, States]:
        if isinstance(input, PackedSequence):
            return self._run_packed(input, hx)
        if input.dim() not in (2, 3):
            raise ValueError(f"{self._kind}: Expected input to be 2D or 3D, got {input.dim()}D tensor instead")
        batched, batch_dim = input.dim() == 3, 0 if self.batch_first else 1
        if hx is not None and any(h.dim() != input.dim() for h in hx):
            found = ", ".join(f"{h.dim()}-D" for h in hx)
            raise RuntimeError(
                f"For {'batched 3-D' if batched else 'unbatched 2-D'} input, "
                + self._wrong_states.format(input.dim(), found)
            )
        if not batched:
            input = input.unsqueeze(batch_dim)
            hx = None if hx is None else tuple(h.unsqueeze(1) for h in hx)
        hx = self._checked(input, hx, None)
        if self.batch_first:
            input = input.transpose(0, 1)
        if input.shape[0] == 0:
            raise RuntimeError("Expected sequence length to be larger than 0 in RNN")
        out, states = self._stacked(input, hx, None)
        if self.batch_first:
            out = out.transpose(0, 1)
        if not batched:
            return out.squeeze(batch_dim), tuple(h.squeeze(1) for h in states)
        return out, states

    def _run_packed(self, input: PackedSequence, hx: States | None) -> tuple[PackedSequence, States]:
        rows, batch_sizes, order, back = input
        if batch_sizes.array.dtype.name != "int64":
            raise RuntimeError(f"expected scalar type Long but found {batch_sizes.dtype.alias}: batch_sizes are int64")
        sizes = tuple(batch_sizes.tolist())
        if not sizes or sizes[-1] <= 0 or list(sizes) != sorted(sizes, reverse=True) or sum(sizes) != len(rows):
            raise RuntimeError(
                f"batch_sizes of a PackedSequence must be positive, never grow, and add up to its {len(rows)} rows, "
                f"got {list(sizes)}: make one with pack_sequence or pack_padded_sequence"
            )
        if hx is not None:
            hx = tuple(reordered(h, order) for h in hx)
        out, states = self._stacked(rows, self._checked(rows, hx, batch_sizes), sizes)
        return input._replace(data=out), tuple(reordered(h, back) for h in states)

    def _checked(self, input: Tensor, hx: States | None, batch_sizes: Tensor | None) -> States:
        """The states, zeros if there are none, after the checks."""
        self.check_input(input, batch_sizes)
        if hx is None:
            layers, batch, outputs = self.get_expected_hidden_size(input, batch_sizes)
            widths = (outputs, self.hidden_size)[: 2 if self.mode == "LSTM" else 1]
            return tuple(zeros(layers, batch, width, dtype=input.dtype) for width in widths)
        self.check_forward_args(input, hx if self.mode == "LSTM" else hx[0], batch_sizes)
        recurrent.check_dtypes([input, *hx])
        return hx

    def _stacked(self, input: Tensor, states: States, sizes: tuple[int, ...] | None) -> tuple[Tensor, States]:
        weights: list[list[Tensor | None]] = []
        for w_ih, w_hh, *rest in self.all_weights:
            biases = rest[:2] if self.bias else [None, None]
            projection = [rest[-1] if self.proj_size else None] if self.mode == "LSTM" else []
            weights.append([w_ih, w_hh, *biases, *projection])
        out, last = stacked(
            LAYERS[self.mode],
            input,
            states,
            weights,
            directions=self._directions,
            sizes=sizes,
            p=self.dropout,
            training=self.training,
        )
        return out, tuple(last)


def reordered(state: Tensor, order: Tensor | None) -> Tensor:
    """A state (layers, batch, hidden) with its sequences in another order."""
    return state if order is None else index_select(state, 1, order)


def _relu_layer(*inputs: Any, **params: Any) -> Any:
    return recurrent.rnn_layer(*inputs, relu=True, **params)


LAYERS: dict[str, Any] = {
    "LSTM": recurrent.lstm_layer,
    "GRU": recurrent.gru_layer,
    "RNN_TANH": recurrent.rnn_layer,
    "RNN_RELU": _relu_layer,
}


def _checked_dropout(dropout: float, num_layers: int) -> float:
    if not isinstance(dropout, numbers.Number) or isinstance(dropout, bool) or not 0 <= dropout <= 1:
        raise ValueError(
            "dropout should be a number in range [0, 1] representing the probability of an element being zeroed, "
            f"got {dropout!r}"
        )
    if dropout > 0 and num_layers == 1:
        warnings.warn(
            "dropout option adds dropout after all but last recurrent layer, so non-zero dropout expects num_layers "
            f"greater than 1, but got dropout={dropout} and num_layers={num_layers}",
            stacklevel=4,
        )
    return float(dropout)
