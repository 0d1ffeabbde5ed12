"""One layer of a Transformer's encoder, and one of its decoder."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal, get_args

from minitorch.core.tensor import Tensor
from minitorch.nn import functional as F
from minitorch.nn.activation import GELU, ReLU
from minitorch.nn.common_types import Device, DType
from minitorch.nn.dropout import Dropout
from minitorch.nn.functional_heads import added_mask
from minitorch.nn.linear import Linear
from minitorch.nn.module import Module
from minitorch.nn.multihead_attention import MultiheadAttention
from minitorch.nn.normalization import LayerNorm

Activation = Literal["relu", "gelu"]


class _TransformerLayer(Module):
    """What both layers end with: a linear layer, the activation and a linear layer, with dropout after the last two."""

    activation: Any

    def _set_up(
        self,
        attentions: tuple[str, ...],
        d_model: int,
        nhead: int,
        dim_feedforward: int,
        dropout: float,
        activation: Any,
        layer_norm_eps: float,
        batch_first: bool,
        norm_first: bool,
        bias: bool,
        device: Device,
        dtype: DType,
    ) -> None:
        """The parts, in PyTorch's order: that of the state dict and of the numbers drawn."""
        for name in attentions:
            attention = MultiheadAttention(
                d_model, nhead, dropout, bias=bias, batch_first=batch_first, device=device, dtype=dtype
            )
            self.add_module(name, attention)
        self.linear1 = Linear(d_model, dim_feedforward, bias, device, dtype)
        self.dropout = Dropout(dropout)
        self.linear2 = Linear(dim_feedforward, d_model, bias, device, dtype)
        self.norm_first = norm_first
        parts = range(1, len(attentions) + 2)
        for i in parts:
            self.add_module(f"norm{i}", LayerNorm(d_model, layer_norm_eps, bias=bias, device=device, dtype=dtype))
        for i in parts:
            self.add_module(f"dropout{i}", Dropout(dropout))
        if isinstance(activation, str):
            if activation not in get_args(Activation):
                raise RuntimeError(f"activation should be relu/gelu, not {activation}")
            activation = getattr(F, activation)
        self.activation = activation

    def _around(self, x: Tensor, norm: Module, part: Callable[[Tensor], Tensor]) -> Tensor:
        """x plus a part of it, normalised: before the part, or after the sum."""
        return x + part(norm(x)) if self.norm_first else norm(x + part(x))

    def _hidden(self, x: Tensor) -> Tensor:
        return self.linear2(self.dropout(self.activation(self.linear1(x))))  # type: ignore[no-any-return]


class TransformerEncoderLayer(_TransformerLayer):
    """Self-attention and a hidden layer, each added to its input and normalised: (S, N, E) to (S, N, E).

    Args:
        d_model: E.
        nhead: heads of the attention.
        dim_feedforward: the width of the hidden layer.
        dropout: probability, on attention weights, hidden values and both results.
        activation: "relu", "gelu" or a function.
        layer_norm_eps: of the LayerNorms.
        batch_first: tensors are (N, S, E).
        norm_first: LayerNorm before each part instead of after it.
        bias: whether linear layers and LayerNorms have one.
        device: the CPU.
        dtype: of the parameters.

    Raises:
        RuntimeError: an unknown activation.

    >>> import minitorch as torch
    >>> torch.nn.TransformerEncoderLayer(8, nhead=2, dim_feedforward=16)(torch.zeros(5, 3, 8)).shape
    torch.Size([5, 3, 8])
    """

    self_attn: MultiheadAttention
    norm1: LayerNorm
    norm2: LayerNorm

    def __init__(
        self,
        d_model: int,
        nhead: int,
        dim_feedforward: int = 2048,
        dropout: float = 0.1,
        activation: Activation | Callable[[Tensor], Tensor] = F.relu,
        layer_norm_eps: float = 1e-5,
        batch_first: bool = False,
        norm_first: bool = False,
        bias: bool = True,
        device: Device = None,
        dtype: DType = None,
    ) -> None:
        super().__init__()
        self._set_up(
            ("self_attn",), d_model, nhead, dim_feedforward, dropout, activation, layer_norm_eps, batch_first,
            norm_first, bias, device, dtype,
        )  # fmt: skip
        known = ((1, F.relu, ReLU), (2, F.gelu, GELU))
        of_kind = [i for i, f, kind in known if self.activation is f or isinstance(self.activation, kind)]
        self.activation_relu_or_gelu = of_kind[0] if of_kind else 0

    def forward(
        self,
        src: Tensor,
        src_mask: Tensor | None = None,
        src_key_padding_mask: Tensor | None = None,
        is_causal: bool = False,
    ) -> Tensor:
        """(S, N, E), (N, S, E) with the batch first, or (S, E), which it keeps.

        Args:
            src: the sequences.
            src_mask: (S, S) or (N·nhead, S, S): True where an element must not look, or numbers that are added.
            src_key_padding_mask: (N, S): True at elements to leave out, or numbers that are added.
            is_causal: a hint that ``src_mask`` is causal.
        """
        padding = added_mask("src_key_padding_mask", src_key_padding_mask, src, "src_mask", src_mask)
        mask = added_mask("src_mask", src_mask, src)
        x = self._around(src, self.norm1, lambda x: self._sa_block(x, mask, padding, is_causal))
        return self._around(x, self.norm2, self._ff_block)

    def _sa_block(self, x: Tensor, attn_mask: Any, key_padding_mask: Any, is_causal: bool = False) -> Tensor:
        return self.dropout1(_attended(self.self_attn, x, x, attn_mask, key_padding_mask, is_causal))  # type: ignore[no-any-return]

    def _ff_block(self, x: Tensor) -> Tensor:
        return self.dropout2(self._hidden(x))  # type: ignore[no-any-return]


class TransformerDecoderLayer(_TransformerLayer):
    """Self-attention, attention to the encoder's ``memory`` and a hidden layer: (T, N, E), (S, N, E) to (T, N, E).

    The arguments are those of ``TransformerEncoderLayer``.

    >>> import minitorch as torch
    >>> layer = torch.nn.TransformerDecoderLayer(8, nhead=2, dim_feedforward=16)
    >>> layer(torch.zeros(4, 3, 8), torch.zeros(5, 3, 8)).shape
    torch.Size([4, 3, 8])
    """

    def __init__(
        self,
        d_model: int,
        nhead: int,
        dim_feedforward: int = 2048,
        dropout: float = 0.1,
        activation: Activation | Callable[[Tensor], Tensor] = F.relu,
        layer_norm_eps: float = 1e-5,
        batch_first: bool = False,
        norm_first: bool = False,
        bias: bool = True,
        device: Device = None,
        dtype: DType = None,
    ) -> None:
        super().__init__()
        self._set_up(
            ("self_attn", "multihead_attn"), d_model, nhead, dim_feedforward, dropout, activation, layer_norm_eps,
            batch_first, norm_first, bias, device, dtype,
        )  # fmt: skip

    def forward(
        self,
        tgt: Tensor,
        memory: Tensor,
        tgt_mask: Tensor | None = None,
        memory_mask: Tensor | None = None,
        tgt_key_padding_mask: Tensor | None = None,
        memory_key_padding_mask: Tensor | None = None,
        tgt_is_causal: bool = False,
        memory_is_causal: bool = False,
    ) -> Tensor:
        """(T, N, E) and (S, N, E) to (T, N, E).

        Args:
            tgt, memory: the target's sequences, and what the encoder made of the source.
            tgt_mask, memory_mask: (T, T) and (T, S): True where an element must not look, or numbers that are added.
            tgt_key_padding_mask, memory_key_padding_mask: (N, T) and (N, S): True at elements to leave out.
            tgt_is_causal, memory_is_causal: hints that the masks are causal.
        """
        x = self._around(tgt, self.norm1, lambda x: self._sa_block(x, tgt_mask, tgt_key_padding_mask, tgt_is_causal))
        x = self._around(
            x, self.norm2, lambda x: self._mha_block(x, memory, memory_mask, memory_key_padding_mask, memory_is_causal)
        )
        return self._around(x, self.norm3, self._ff_block)

    def _sa_block(self, x: Tensor, attn_mask: Any, key_padding_mask: Any, is_causal: bool = False) -> Tensor:
        return self.dropout1(_attended(self.self_attn, x, x, attn_mask, key_padding_mask, is_causal))  # type: ignore[no-any-return]

    def _mha_block(
        self, x: Tensor, mem: Tensor, attn_mask: Any, key_padding_mask: Any, is_causal: bool = False
    ) -> Tensor:
        return self.dropout2(_attended(self.multihead_attn, x, mem, attn_mask, key_padding_mask, is_causal))  # type: ignore[no-any-return]

    def _ff_block(self, x: Tensor) -> Tensor:
        return self.dropout3(self._hidden(x))  # type: ignore[no-any-return]


def _attended(attention: Module, x: Tensor, memory: Tensor, mask: Any, padding: Any, is_causal: bool) -> Any:
    return attention(
        x, memory, memory, attn_mask=mask, key_padding_mask=padding, is_causal=is_causal, need_weights=False
    )[0]
