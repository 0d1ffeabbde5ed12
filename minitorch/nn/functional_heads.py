"""``multi_head_attention_forward``: attention in several projections (Vaswani et al. 2017)."""

from __future__ import annotations

import math
import warnings
from typing import Any

import numpy as np

from minitorch.core.tensor import Tensor, wrap
from minitorch.nn.functional_attention import scaled_dot_product_attention
from minitorch.nn.functional_dropout import dropout
from minitorch.nn.functional_linear import linear
from minitorch.nn.functional_pad import pad
from minitorch.ops.concatenation import cat
from minitorch.ops.normalisation import softmax_dim


def multi_head_attention_forward(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    embed_dim_to_check: int,
    num_heads: int,
    in_proj_weight: Tensor | None,
    in_proj_bias: Tensor | None,
    bias_k: Tensor | None,
    bias_v: Tensor | None,
    add_zero_attn: bool,
    dropout_p: float,
    out_proj_weight: Tensor,
    out_proj_bias: Tensor | None,
    training: bool = True,
    key_padding_mask: Tensor | None = None,
    need_weights: bool = True,
    attn_mask: Tensor | None = None,
    use_separate_proj_weight: bool = False,
    q_proj_weight: Tensor | None = None,
    k_proj_weight: Tensor | None = None,
    v_proj_weight: Tensor | None = None,
    static_k: Tensor | None = None,
    static_v: Tensor | None = None,
    average_attn_weights: bool = True,
    is_causal: bool = False,
) -> tuple[Tensor, Tensor | None]:
    """What ``nn.MultiheadAttention`` computes: (L, N, E), (S, N, E), (S, N, E) to (L, N, E); without N, unbatched.

    Args:
        query, key, value: sequence first.
        embed_dim_to_check: E.
        num_heads: H, a divisor of E.
        in_proj_weight, in_proj_bias: of query, key and value, packed: (3E, E) and (3E).
        bias_k, bias_v: (1, 1, E), one more key and value for every sequence.
        add_zero_attn: adds a key and a value of zeros.
        dropout_p: the probability with which a weight is dropped while ``training``.
        out_proj_weight, out_proj_bias: of the result.
        key_padding_mask: (N, S): bools that are True at keys to leave out, or numbers that are added.
        need_weights: whether to return the weights too, (N, L, S), or (N, H, L, S) if not ``average_attn_weights``.
        attn_mask: (L, S) or (N·H, L, S), True where a query must not look, or numbers that are added.
        use_separate_proj_weight: project by ``q_proj_weight``, ``k_proj_weight``, ``v_proj_weight``.
        static_k, static_v: (N·H, S, E/H), keys and values in the place of projected ones.
        is_causal: says that ``attn_mask`` is causal, so that it need not be read.

    Raises:
        AssertionError, RuntimeError: shapes or settings that do not fit together.
    """
    batched = _check_heads(query, key, value, key_padding_mask, attn_mask, num_heads)
    if not batched:
        query, key, value = query.unsqueeze(1), key.unsqueeze(1), value.unsqueeze(1)
        key_padding_mask = None if key_padding_mask is None else key_padding_mask.unsqueeze(0)
    length, batch, embed = query.shape
    padding = added_mask("key_padding_mask", key_padding_mask, query, "attn_mask", attn_mask)
    if is_causal and attn_mask is None:
        raise RuntimeError("Need attn_mask if specifying the is_causal hint: pass the causal mask as well")
    hint = is_causal and key_padding_mask is None and not need_weights
    mask = None if hint else added_mask("attn_mask", attn_mask, query)
    _require(embed == embed_dim_to_check, f"was expecting embedding dimension of {embed_dim_to_check}, but got {embed}")
    _require(embed % num_heads == 0, f"embed_dim {embed} not divisible by num_heads {num_heads}")
    if use_separate_proj_weight:
        weights = (q_proj_weight, k_proj_weight, v_proj_weight)
        q, k, v = _projected(query, key, value, weights, in_proj_bias)
    else:
        _require(key.shape == value.shape, f"key shape {key.shape} does not match value shape {value.shape}")
        q, k, v = _projected_together(query, key, value, in_proj_weight, in_proj_bias)
    if mask is not None:
        mask = _mask_of_heads(mask, batch, num_heads, length, key.shape[0])

    _require(bias_k is None or bias_v is not None, "bias_k is set but bias_v is None")
    _require(bias_v is None or bias_k is not None, "bias_v is set but bias_k is None")
    if bias_k is not None and bias_v is not None:
        _require(static_k is None, "bias cannot be added to static key.")
        _require(static_v is None, "bias cannot be added to static value.")
        k, v = cat([k, bias_k.repeat(1, batch, 1)]), cat([v, bias_v.repeat(1, batch, 1)])
    size = embed // num_heads
    q = q.reshape(length, batch, num_heads, size).permute(1, 2, 0, 3)  # (N, H, L, E/H)
    k = _heads("static_k", k, static_k, batch, num_heads, size)
    v = _heads("static_v", v, static_v, batch, num_heads, size)
    if add_zero_attn:
        k, v = pad(k, (0, 0, 0, 1)), pad(v, (0, 0, 0, 1))
    more = int(bias_k is not None) + int(add_zero_attn)
    if more:  # keys that no mask is about
        mask = None if mask is None else pad(mask, (0, more))
        padding = None if padding is None else pad(padding, (0, more))
    if padding is not None:
        sources = k.shape[2]
        _require(
            tuple(padding.shape) == (batch, sources),
            f"Expected key_padded_mask.shape to be {(batch, sources)}, but got {tuple(padding.shape)}",
        )
        padding = padding.reshape(batch, 1, 1, sources)
        mask = padding if mask is None else mask + padding

    p = dropout_p if training else 0.0
    found: Tensor | None = None
    if need_weights:
        scores = (q * math.sqrt(1 / size)) @ k.mT
        found = softmax_dim(scores if mask is None else scores + mask, axis=-1)
        found = dropout(found, p) if p else found
        out = found @ v
        found = found.mean(1) if average_attn_weights else found
    else:
        out = scaled_dot_product_attention(q, k, v, mask, p, hint)
    out = linear(out.permute(2, 0, 1, 3).reshape(length * batch, embed), out_proj_weight, out_proj_bias)
    out = out.reshape(length, batch, -1)
    if not batched:
        out, found = out.squeeze(1), None if found is None else found.squeeze(0)
    return out, found


def _require(condition: bool, message: str) -> None:
    """PyTorch raises AssertionError for what its function is given wrongly; unlike ``assert``, this is never off."""
    if not condition:
        raise AssertionError(message)


def _check_heads(query: Tensor, key: Tensor, value: Tensor, padding: Any, mask: Any, num_heads: int) -> bool:
    """Whether the inputs have a batch dimension; raises where the numbers of dimensions do not fit together."""
    n = query.dim()
    _require(n in (2, 3), f"query should be unbatched 2D or batched 3D tensor but received {n}-D query tensor")
    what = f"For {'batched (3-D)' if n == 3 else 'unbatched (2-D)'} `query`, expected"
    _require(
        key.dim() == n and value.dim() == n,
        f"{what} `key` and `value` to be {n}-D but found {key.dim()}-D and {value.dim()}-D tensors respectively",
    )
    if padding is not None:
        _require(
            padding.dim() == n - 1,
            f"{what} `key_padding_mask` to be `None` or {n - 1}-D but found {padding.dim()}-D tensor instead",
        )
    if mask is not None:
        _require(
            mask.dim() in (2, 3),
            f"{what} `attn_mask` to be `None`, 2-D or 3-D but found {mask.dim()}-D tensor instead",
        )
        expected = (num_heads, query.shape[0], key.shape[0])
        _require(
            n == 3 or mask.dim() == 2 or tuple(mask.shape) == expected,
            f"Expected `attn_mask` shape to be {expected} but got {tuple(mask.shape)}",
        )
    return n == 3


def added_mask(
    name: str, mask: Tensor | None, x: Tensor, other_name: str = "", other: Tensor | None = None
) -> Tensor | None:
    """The mask as numbers to add: bools are -∞ where True, the reverse of ``scaled_dot_product_attention``.

    Warns of a mask that is not of the same kind as the ``other`` one.
    """
    if mask is None:
        return None
    _require(
        mask.is_floating_point() or mask.array.dtype == np.bool_,
        f"only bool and floating types of {name} are supported, got {mask.dtype}",
    )
    if other is not None and other.dtype != mask.dtype:
        warnings.warn(
            f"Support for mismatched {name} and {other_name} is deprecated. Use same type for both instead.",
            stacklevel=3,
        )
    if mask.is_floating_point():
        return mask
    return wrap(np.where(mask.array, -math.inf, 0.0).astype(x.array.dtype))


def _mask_of_heads(mask: Tensor, batch: int, heads: int, length: int, sources: int) -> Tensor:
    """A mask (L, S) as it is, one (N·H, L, S) as (N, H, L, S)."""
    expected = (length, sources) if mask.dim() == 2 else (batch * heads, length, sources)
    if tuple(mask.shape) != expected:
        raise RuntimeError(
            f"The shape of the {mask.dim()}D attn_mask is {tuple(mask.shape)}, but should be {expected}."
        )
    return mask if mask.dim() == 2 else mask.reshape(batch, heads, length, sources)


def _heads(name: str, x: Tensor, static: Tensor | None, batch: int, heads: int, size: int) -> Tensor:
    """Projected keys or values (S, N, E), or static ones in their place, as (N, H, S, E/H)."""
    if static is None:
        return x.reshape(x.shape[0], batch, heads, size).permute(1, 2, 0, 3)
    n, sources, found = static.shape
    _require(n == batch * heads, f"expecting {name}.size(0) of {batch * heads}, but got {n}")
    _require(found == size, f"expecting {name}.size(2) of {size}, but got {found}")
    return static.reshape(batch, heads, sources, size)


def _projected_together(q: Tensor, k: Tensor, v: Tensor, weight: Tensor | None, bias: Tensor | None) -> Any:
    if weight is None:
        raise AssertionError("use_separate_proj_weight is False but in_proj_weight is None")
    if q is k and k is v:  # self-attention: one product
        return linear(q, weight, bias).chunk(3, -1)
    biases = (None, None, None) if bias is None else bias.chunk(3)
    return [linear(x, w, b) for x, w, b in zip((q, k, v), weight.chunk(3), biases, strict=True)]


def _projected(q: Tensor, k: Tensor, v: Tensor, weights: Any, bias: Tensor | None) -> Any:
    _require(
        k.shape[:2] == v.shape[:2],
        f"key's sequence and batch dims {k.shape[:2]} do not match value's {v.shape[:2]}",
    )
    biases = (None, None, None) if bias is None else bias.chunk(3)
    embed, found = q.shape[-1], []
    for name, x, w, b in zip(("query", "key", "value"), (q, k, v), weights, biases, strict=True):
        _require(w is not None, f"use_separate_proj_weight is True but {name[0]}_proj_weight is None")
        expected = (embed, x.shape[-1])
        _require(tuple(w.shape) == expected, f"expecting {name} weights shape of {expected}, but got {tuple(w.shape)}")
        _require(
            b is None or tuple(b.shape) == (embed,),
            f"expecting {name} bias shape of {(embed,)}, but got {None if b is None else tuple(b.shape)}",
        )
        found.append(linear(x, w, b))
    return found
