"""``MultiheadAttention``: attention of several heads, with its projections (Vaswani et al. 2017)."""

from __future__ import annotations

from typing import Any

from minitorch.core.tensor import Tensor
from minitorch.nn import functional as F
from minitorch.nn import init
from minitorch.nn.common_types import Device, DType
from minitorch.nn.functional_heads import added_mask
from minitorch.nn.linear import Linear
from minitorch.nn.module import Module
from minitorch.nn.parameter import Parameter, empty_parameter


class NonDynamicallyQuantizableLinear(Linear):
    """A ``Linear`` under the name that PyTorch prints for the projection of the result."""


class MultiheadAttention(Module):
    """Attention in ``num_heads`` projections of size embed_dim/num_heads: (L, N, E), (S, N, K), (S, N, V) to (L, N, E).

    Inputs without a batch dimension N give results without one.

    Args:
        embed_dim: E, the size of queries and results.
        num_heads: a divisor of it.
        dropout: the probability with which an attention weight is dropped in training.
        bias: whether the projections have one.
        add_bias_kv: learn one more key and value, added to every sequence.
        add_zero_attn: add a key and a value of zeros.
        kdim, vdim: sizes K and V of keys and values, E if left out. All three E, one matrix ``in_proj_weight`` (3E, E)
            holds the three projections.
        batch_first: inputs and results are (N, L, E).
        device: the CPU.
        dtype: of the parameters.

    Raises:
        ValueError: ``embed_dim`` or ``num_heads`` below 1.
        AssertionError: ``num_heads`` does not divide ``embed_dim``.

    >>> import minitorch as torch
    >>> attention = torch.nn.MultiheadAttention(8, num_heads=2, batch_first=True)
    >>> x = torch.zeros(3, 5, 8)
    >>> out, weights = attention(x, x, x)
    >>> out.shape, weights.shape
    (torch.Size([3, 5, 8]), torch.Size([3, 5, 5]))
    """

    in_proj_weight: Parameter | None
    q_proj_weight: Parameter | None
    k_proj_weight: Parameter | None
    v_proj_weight: Parameter | None
    in_proj_bias: Parameter | None
    bias_k: Parameter | None
    bias_v: Parameter | None

    def __init__(
        self,
        embed_dim: int,
        num_heads: int,
        dropout: float = 0.0,
        bias: bool = True,
        add_bias_kv: bool = False,
        add_zero_attn: bool = False,
        kdim: int | None = None,
        vdim: int | None = None,
        batch_first: bool = False,
        device: Device = None,
        dtype: DType = None,
    ) -> None:
        if embed_dim <= 0 or num_heads <= 0:
            raise ValueError(
                "embed_dim and num_heads must be greater than 0, got "
                f"embed_dim={embed_dim} and num_heads={num_heads} instead"
            )
        super().__init__()
        if embed_dim % num_heads:
            raise AssertionError(f"embed_dim must be divisible by num_heads, got {embed_dim} and {num_heads}")
        self.embed_dim = embed_dim
        self.kdim = embed_dim if kdim is None else kdim
        self.vdim = embed_dim if vdim is None else vdim
        self._qkv_same_embed_dim = self.kdim == self.vdim == embed_dim
        self.num_heads = num_heads
        self.dropout = dropout
        self.batch_first = batch_first
        self.head_dim = embed_dim // num_heads

        def register(name: str, wanted: bool, *shape: int) -> None:
            self.register_parameter(name, empty_parameter(shape, device, dtype) if wanted else None)

        together = self._qkv_same_embed_dim
        for name, size in (("q", embed_dim), ("k", self.kdim), ("v", self.vdim)):
            register(f"{name}_proj_weight", not together, embed_dim, size)
        register("in_proj_weight", together, 3 * embed_dim, embed_dim)
        register("in_proj_bias", bias, 3 * embed_dim)
        self.out_proj = NonDynamicallyQuantizableLinear(embed_dim, embed_dim, bias, device, dtype)
        register("bias_k", add_bias_kv, 1, 1, embed_dim)
        register("bias_v", add_bias_kv, 1, 1, embed_dim)
        self.add_zero_attn = add_zero_attn
        self._reset_parameters()

    def _reset_parameters(self) -> None:
        for weight in (self.in_proj_weight, self.q_proj_weight, self.k_proj_weight, self.v_proj_weight):
            if weight is not None:
                init.xavier_uniform_(weight)
        for bias in (self.in_proj_bias, self.out_proj.bias):
            if bias is not None:
                init.zeros_(bias)
        for extra in (self.bias_k, self.bias_v):
            if extra is not None:
                init.xavier_normal_(extra)

    def forward(
        self,
        query: Tensor,
        key: Tensor,
        value: Tensor,
        key_padding_mask: Tensor | None = None,
        need_weights: bool = True,
        attn_mask: Tensor | None = None,
        average_attn_weights: bool = True,
        is_causal: bool = False,
    ) -> tuple[Tensor, Tensor | None]:
        """The result (L, N, E) and, if ``need_weights``, the attention weights (N, L, S), else None.

        Args:
            query, key, value: (L, N, E), (S, N, K), (S, N, V), or with the batch first, or without one.
            key_padding_mask: (N, S): bools that are True at keys to leave out, or numbers that are added.
            need_weights: without them it is faster.
            attn_mask: (L, S) or (N·num_heads, L, S): True where a query must not look, or numbers that are added.
            average_attn_weights: the mean of the heads' weights, instead of (N, num_heads, L, S).
            is_causal: a hint that ``attn_mask`` is causal.
        """
        key_padding_mask = added_mask("key_padding_mask", key_padding_mask, query, "attn_mask", attn_mask)
        attn_mask = added_mask("attn_mask", attn_mask, query)
        swap = self.batch_first and query.dim() == 3
        if swap:
            query, key, value = _batch_second(query, key, value)
        out, weights = F.multi_head_attention_forward(
            query,
            key,
            value,
            self.embed_dim,
            self.num_heads,
            self.in_proj_weight,
            self.in_proj_bias,
            self.bias_k,
            self.bias_v,
            self.add_zero_attn,
            self.dropout,
            self.out_proj.weight,
            self.out_proj.bias,
            training=self.training,
            key_padding_mask=key_padding_mask,
            need_weights=need_weights,
            attn_mask=attn_mask,
            use_separate_proj_weight=not self._qkv_same_embed_dim,
            q_proj_weight=self.q_proj_weight,
            k_proj_weight=self.k_proj_weight,
            v_proj_weight=self.v_proj_weight,
            average_attn_weights=average_attn_weights,
            is_causal=is_causal,
        )
        return (out.transpose(0, 1) if swap else out), weights

    def merge_masks(
        self, attn_mask: Tensor | None, key_padding_mask: Tensor | None, query: Tensor
    ) -> tuple[Tensor | None, int | None]:
        """Two masks of numbers as one, and its kind: (N, S) of keys alone is 1, (N, num_heads, L, S) is 2."""
        if attn_mask is None:
            return key_padding_mask, None if key_padding_mask is None else 1
        n, length, _ = query.shape
        if attn_mask.dim() == 3:
            merged = attn_mask.view(n, -1, length, length)
        else:
            merged = attn_mask.view(1, 1, length, length).expand(n, self.num_heads, -1, -1)
        if key_padding_mask is not None:
            merged = merged + key_padding_mask.view(n, 1, 1, length).expand(-1, self.num_heads, -1, -1)
        return merged, 2


def _batch_second(query: Tensor, key: Tensor, value: Tensor) -> Any:
    """The three with the sequence first; those that are one tensor stay one, which makes self-attention cheaper."""
    swapped: dict[int, Tensor] = {}
    return [swapped.setdefault(id(x), x.transpose(0, 1)) for x in (query, key, value)]
