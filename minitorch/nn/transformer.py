"""The Transformer (Vaswani et al. 2017): its encoder, its decoder, their layers, and all of it together."""

from __future__ import annotations

import copy
import math
import warnings
from collections.abc import Callable
from typing import Any, Literal

import numpy as np

from minitorch.core.mode import is_grad_enabled
from minitorch.core.tensor import Tensor, wrap
from minitorch.nn import functional as F
from minitorch.nn import init
from minitorch.nn.common_types import Device, DType
from minitorch.nn.containers import ModuleList
from minitorch.nn.functional_heads import added_mask
from minitorch.nn.module import Module
from minitorch.nn.normalization import LayerNorm
from minitorch.nn.parameter import empty
from minitorch.nn.transformer_layers import Activation, TransformerDecoderLayer, TransformerEncoderLayer


class TransformerEncoder(Module):
    """``num_layers`` copies of an encoder layer, one after the other: (S, N, E) to (S, N, E).

    Args:
        encoder_layer: is copied, with its weights.
        num_layers: how many.
        norm: applied to the result.
        enable_nested_tensor: when evaluating without gradients, leave what ``src_key_padding_mask`` masks at the end
            of a sequence as zeros (before ``norm``), as PyTorch's fast path does.
        mask_check: only if all that is masked is at the ends.

    >>> import minitorch as torch
    >>> layer = torch.nn.TransformerEncoderLayer(8, nhead=2, dim_feedforward=16, batch_first=True)
    >>> encoder = torch.nn.TransformerEncoder(layer, num_layers=2)
    >>> encoder(torch.zeros(3, 5, 8)).shape
    torch.Size([3, 5, 8])
    """

    def __init__(
        self,
        encoder_layer: Module,
        num_layers: int,
        norm: Module | None = None,
        enable_nested_tensor: bool = True,
        mask_check: bool = True,
    ) -> None:
        super().__init__()
        self.layers = ModuleList([copy.deepcopy(encoder_layer) for _ in range(num_layers)])
        self.num_layers = num_layers
        self.norm = norm
        self.enable_nested_tensor = enable_nested_tensor
        self.mask_check = mask_check
        obstacle = _obstacle(encoder_layer)
        self.use_nested_tensor = enable_nested_tensor and not obstacle
        if enable_nested_tensor and obstacle:
            warnings.warn(
                f"enable_nested_tensor is True, but self.use_nested_tensor is False because encoder_layer{obstacle}",
                stacklevel=2,
            )

    def forward(
        self,
        src: Tensor,
        mask: Tensor | None = None,
        src_key_padding_mask: Tensor | None = None,
        is_causal: bool | None = None,
    ) -> Tensor:
        """(S, N, E), (N, S, E) with the batch first, or (S, E), which it keeps.

        Args:
            src: the sequences.
            mask: (S, S) or (N·nhead, S, S): True where an element must not look, or numbers that are added.
            src_key_padding_mask: (N, S): True at elements to leave out, or numbers that are added.
            is_causal: a hint that ``mask`` is causal; None looks whether it is.
        """
        padding = added_mask("src_key_padding_mask", src_key_padding_mask, src, "mask", mask)
        mask = added_mask("mask", mask, src)
        causal = _is_causal(mask, is_causal, _length(src, self.layers[0]))
        out = src
        for layer in self.layers:
            out = layer(out, src_mask=mask, is_causal=causal, src_key_padding_mask=padding)
        if padding is not None and mask is None and self._leaves_padding(src, padding):
            out = out.masked_fill(wrap(padding.array != 0).unsqueeze(-1), 0.0)
        return out if self.norm is None else self.norm(out)

    def _leaves_padding(self, src: Tensor, padding: Tensor) -> bool:
        """Whether PyTorch would work on the sequences without their padding, and give zeros for it."""
        first = self.layers[0]
        if not self.use_nested_tensor or first.training or src.dim() != 3:
            return False
        kept = padding.array == 0
        if self.mask_check and (kept[:, 1:] & ~kept[:, :-1]).any():
            return False
        return not (is_grad_enabled() and (src.requires_grad or any(p.requires_grad for p in first.parameters())))


class TransformerDecoder(Module):
    """``num_layers`` copies of a decoder layer, one after the other: (T, N, E) and memory (S, N, E) to (T, N, E).

    Args:
        decoder_layer: is copied, with its weights.
        num_layers: how many.
        norm: applied to the result.
    """

    def __init__(self, decoder_layer: Module, num_layers: int, norm: Module | None = None) -> None:
        super().__init__()
        self.layers = ModuleList([copy.deepcopy(decoder_layer) for _ in range(num_layers)])
        self.num_layers = num_layers
        self.norm = norm

    def forward(
        self,
        tgt: Tensor,
        memory: Tensor,
        tgt_mask: Tensor | None = None,
        memory_mask: Tensor | None = None,
        tgt_key_padding_mask: Tensor | None = None,
        memory_key_padding_mask: Tensor | None = None,
        tgt_is_causal: bool | None = None,
        memory_is_causal: bool = False,
    ) -> Tensor:
        """(T, N, E) and (S, N, E) to (T, N, E); masks are the layer's, ``tgt_is_causal`` None looks at the mask."""
        causal = _is_causal(tgt_mask, tgt_is_causal, _length(tgt, self.layers[0]))
        out = tgt
        for layer in self.layers:
            out = layer(
                out,
                memory,
                tgt_mask=tgt_mask,
                memory_mask=memory_mask,
                tgt_key_padding_mask=tgt_key_padding_mask,
                memory_key_padding_mask=memory_key_padding_mask,
                tgt_is_causal=causal,
                memory_is_causal=memory_is_causal,
            )
        return out if self.norm is None else self.norm(out)


class Transformer(Module):
    """An encoder of the source and a decoder of the target: (S, N, E) and (T, N, E) to (T, N, E).

    Args:
        d_model: E.
        nhead: heads of each attention.
        num_encoder_layers, num_decoder_layers: how many.
        dim_feedforward: the width of the layers' hidden part.
        dropout: probability, everywhere.
        activation: "relu", "gelu" or a function.
        custom_encoder, custom_decoder: modules in the place of those that are made.
        layer_norm_eps: of all LayerNorms.
        batch_first: tensors are (N, S, E).
        norm_first: LayerNorm before each part instead of after it.
        bias: whether linear layers and LayerNorms have one.
        device: the CPU.
        dtype: of the parameters.

    >>> import minitorch as torch
    >>> model = torch.nn.Transformer(8, 2, 1, 1, dim_feedforward=16)
    >>> model(torch.zeros(5, 3, 8), torch.zeros(4, 3, 8)).shape
    torch.Size([4, 3, 8])
    """

    def __init__(
        self,
        d_model: int = 512,
        nhead: int = 8,
        num_encoder_layers: int = 6,
        num_decoder_layers: int = 6,
        dim_feedforward: int = 2048,
        dropout: float = 0.1,
        activation: Activation | Callable[[Tensor], Tensor] = F.relu,
        custom_encoder: Any = None,
        custom_decoder: Any = None,
        layer_norm_eps: float = 1e-5,
        batch_first: bool = False,
        norm_first: bool = False,
        bias: bool = True,
        device: Device = None,
        dtype: DType = None,
    ) -> None:
        super().__init__()
        settings = (d_model, nhead, dim_feedforward, dropout, activation, layer_norm_eps, batch_first, norm_first, bias,
                    device, dtype)  # fmt: skip

        def norm() -> LayerNorm:
            return LayerNorm(d_model, layer_norm_eps, bias=bias, device=device, dtype=dtype)

        if custom_encoder is None:
            custom_encoder = TransformerEncoder(TransformerEncoderLayer(*settings), num_encoder_layers, norm())
        self.encoder = custom_encoder
        if custom_decoder is None:
            custom_decoder = TransformerDecoder(TransformerDecoderLayer(*settings), num_decoder_layers, norm())
        self.decoder = custom_decoder
        self._reset_parameters()
        self.d_model = d_model
        self.nhead = nhead
        self.batch_first = batch_first

    def _reset_parameters(self) -> None:
        for parameter in self.parameters():
            if parameter.dim() > 1:
                init.xavier_uniform_(parameter)

    def forward(
        self,
        src: Tensor,
        tgt: Tensor,
        src_mask: Tensor | None = None,
        tgt_mask: Tensor | None = None,
        memory_mask: Tensor | None = None,
        src_key_padding_mask: Tensor | None = None,
        tgt_key_padding_mask: Tensor | None = None,
        memory_key_padding_mask: Tensor | None = None,
        src_is_causal: bool | None = None,
        tgt_is_causal: bool | None = None,
        memory_is_causal: bool = False,
    ) -> Tensor:
        """(S, N, E) and (T, N, E) to (T, N, E); masks are as in the layers.

        Raises:
            RuntimeError: batches of different sizes, or sizes that are not ``d_model``.
        """
        batch = 0 if self.batch_first else 1
        if src.dim() == 3 and src.size(batch) != tgt.size(batch):
            raise RuntimeError(
                f"the batch number of src and tgt must be equal, got {src.size(batch)} and {tgt.size(batch)}"
            )
        if src.size(-1) != self.d_model or tgt.size(-1) != self.d_model:
            raise RuntimeError(
                f"the feature number of src and tgt must be equal to d_model, got {src.size(-1)} and {tgt.size(-1)} "
                f"for d_model={self.d_model}"
            )
        memory = self.encoder(src, mask=src_mask, src_key_padding_mask=src_key_padding_mask, is_causal=src_is_causal)
        return self.decoder(  # type: ignore[no-any-return]
            tgt,
            memory,
            tgt_mask=tgt_mask,
            memory_mask=memory_mask,
            tgt_key_padding_mask=tgt_key_padding_mask,
            memory_key_padding_mask=memory_key_padding_mask,
            tgt_is_causal=tgt_is_causal,
            memory_is_causal=memory_is_causal,
        )

    @staticmethod
    def generate_square_subsequent_mask(sz: int, device: Device = None, dtype: DType = None) -> Tensor:
        """The causal mask (sz, sz): -∞ above the diagonal, else 0.

        >>> import minitorch as torch
        >>> torch.nn.Transformer.generate_square_subsequent_mask(2)
        tensor([[0., -inf],
                [0., 0.]])
        """
        return empty(sz, sz, device=device, dtype=dtype).fill_(-math.inf).triu(1)


def _obstacle(layer: Any) -> Literal[""] | str:
    """Why PyTorch's fast path does not take such a layer; "" if it does."""
    if not isinstance(layer, TransformerEncoderLayer):
        return " was not TransformerEncoderLayer"
    attention = layer.self_attn
    obstacles = {
        ".norm_first was True": layer.norm_first,
        ".self_attn.batch_first was not True(use batch_first for better inference performance)": (
            not attention.batch_first
        ),
        ".self_attn._qkv_same_embed_dim was not True": not attention._qkv_same_embed_dim,
        ".self_attn was passed bias=False": attention.in_proj_bias is None,
        ".activation_relu_or_gelu was not True": not layer.activation_relu_or_gelu,
        ".norm1.eps was not equal to encoder_layer.norm2.eps": layer.norm1.eps != layer.norm2.eps,
        ".self_attn.num_heads is odd": attention.num_heads % 2 == 1,
    }
    return next((text for text, found in obstacles.items() if found), "")


def _length(x: Tensor, layer: Any) -> int:
    return int(x.shape[1 if x.dim() == 3 and layer.self_attn.batch_first else 0])


def _is_causal(mask: Tensor | None, told: bool | None, length: int) -> bool:
    """What the caller says or, told nothing, whether the mask is the causal one."""
    if told is not None or mask is None:
        return bool(told)
    causal = np.triu(np.ones((length, length), np.bool_), 1)
    expected = causal if mask.array.dtype == np.bool_ else np.where(causal, -math.inf, 0.0)
    return mask.array.shape == causal.shape and bool((mask.array == expected).all())
