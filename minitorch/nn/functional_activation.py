"""Activation functions, as ``nn.functional`` has them.

What is a row of the derivative tables is called there; the others are composed of such rows. With ``inplace=True`` the
result is written over the input, as one recorded in-place operation.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable

import numpy as np

from minitorch.core.dtypes import dtype as DType
from minitorch.core.generator import default_generator
from minitorch.core.tensor import Tensor, wrap
from minitorch.methods import in_place
from minitorch.ops import activations, pointwise
from minitorch.ops.arguments import dim_index

SELU_ALPHA = 1.6732632423543772
SELU_SCALE = 1.0507009873554805


def over_input(function: Callable[[Tensor], Tensor], input: Tensor) -> Tensor:
    """``function`` of the input, written over it."""
    return in_place(function)(input)  # type: ignore[no-any-return]


def relu(input: Tensor, inplace: bool = False) -> Tensor:
    """max(0, x)."""
    return over_input(activations.relu, input) if inplace else activations.relu(input)


def relu_(input: Tensor) -> Tensor:
    """``relu`` in place."""
    return relu(input, inplace=True)


def threshold(input: Tensor, threshold: float, value: float, inplace: bool = False) -> Tensor:
    """x if x > threshold, else ``value``."""

    def function(x: Tensor) -> Tensor:
        return activations.threshold(x, threshold=threshold, value=value)

    return over_input(function, input) if inplace else function(input)


def threshold_(input: Tensor, threshold: float, value: float) -> Tensor:
    """``threshold`` in place."""
    return _threshold(input, threshold, value, inplace=True)


_threshold = threshold


def hardtanh(input: Tensor, min_val: float = -1.0, max_val: float = 1.0, inplace: bool = False) -> Tensor:
    """x clipped to [min_val, max_val]; at the ends the gradient is 0 (``clamp`` passes it there)."""
    if min_val > max_val:
        raise ValueError(f"min_val cannot be greater than max_val, got {min_val} and {max_val}")

    def function(x: Tensor) -> Tensor:
        return activations.hardtanh(x, low=min_val, high=max_val)

    return over_input(function, input) if inplace else function(input)


def hardtanh_(input: Tensor, min_val: float = -1.0, max_val: float = 1.0) -> Tensor:
    """``hardtanh`` in place."""
    return hardtanh(input, min_val, max_val, inplace=True)


def relu6(input: Tensor, inplace: bool = False) -> Tensor:
    """min(max(0, x), 6)."""
    return hardtanh(input, 0.0, 6.0, inplace)


def elu(input: Tensor, alpha: float = 1.0, inplace: bool = False) -> Tensor:
    """x if x > 0, else alpha · (e^x - 1)."""
    return _scaled_elu(input, inplace, alpha=alpha)


def elu_(input: Tensor, alpha: float = 1.0) -> Tensor:
    """``elu`` in place."""
    return elu(input, alpha, inplace=True)


def selu(input: Tensor, inplace: bool = False) -> Tensor:
    """1.0507 · elu(x, 1.6733)."""
    return _scaled_elu(input, inplace, alpha=SELU_ALPHA, scale=SELU_SCALE)


def selu_(input: Tensor) -> Tensor:
    """``selu`` in place."""
    return selu(input, inplace=True)


def celu(input: Tensor, alpha: float = 1.0, inplace: bool = False) -> Tensor:
    """max(0, x) + min(0, alpha · (e^(x/alpha) - 1))."""
    if alpha == 0:
        raise RuntimeError("ZeroDivisionError: alpha cannot be 0 for CELU")
    return _scaled_elu(input, inplace, alpha=alpha, input_scale=1.0 / alpha)


def celu_(input: Tensor, alpha: float = 1.0) -> Tensor:
    """``celu`` in place."""
    return celu(input, alpha, inplace=True)


def _scaled_elu(input: Tensor, inplace: bool, alpha: float, scale: float = 1.0, input_scale: float = 1.0) -> Tensor:
    def function(x: Tensor) -> Tensor:
        return activations.elu(x, alpha=alpha, scale=scale, input_scale=input_scale)

    return over_input(function, input) if inplace else function(input)


def leaky_relu(input: Tensor, negative_slope: float = 0.01, inplace: bool = False) -> Tensor:
    """x if x > 0, else negative_slope · x."""

    def function(x: Tensor) -> Tensor:
        return activations.leaky_relu(x, slope=negative_slope)

    return over_input(function, input) if inplace else function(input)


def leaky_relu_(input: Tensor, negative_slope: float = 0.01) -> Tensor:
    """``leaky_relu`` in place."""
    return leaky_relu(input, negative_slope, inplace=True)


def prelu(input: Tensor, weight: Tensor) -> Tensor:
    """x if x > 0, else weight · x; ``weight`` has one element or one for each channel (the second dimension)."""
    if weight.dim() > 1:
        raise RuntimeError(f"prelu: Expected `weight` to be a scalar or 1D tensor, but got: ndim = {weight.dim()}")
    if weight.numel() != 1:
        if input.dim() == 0:
            raise RuntimeError("Not allow zero-dim input tensor.")
        channels = input.shape[1] if input.dim() > 1 else 1
        if weight.numel() != channels:
            raise RuntimeError(
                "Mismatch of parameter numbers and input channel size. "
                f"Found parameter numbers = {weight.numel()} and channel size = {channels}."
            )
        weight = weight.reshape(-1, *(1,) * (input.dim() - 2))
    elif weight.dim() == 1:
        weight = weight.reshape(())
    return activations.prelu(input, weight)


def rrelu(
    input: Tensor, lower: float = 1.0 / 8, upper: float = 1.0 / 3, training: bool = False, inplace: bool = False
) -> Tensor:
    """x if x > 0, else a·x; a is drawn from U(lower, upper) in training and is their mean otherwise."""
    if lower > upper:
        raise RuntimeError(f"Lower bound should be less than or equal to the upper bound, got {lower} and {upper}")
    if not training:
        return leaky_relu(input, (lower + upper) / 2, inplace)
    negative = input.array <= 0
    slopes = np.ones(input.shape, input.array.dtype)
    slopes[negative] = default_generator.uniform(int(negative.sum()), np.float64, lower, upper)
    out = input * wrap(slopes)
    return input.copy_(out) if inplace else out


def rrelu_(input: Tensor, lower: float = 1.0 / 8, upper: float = 1.0 / 3, training: bool = False) -> Tensor:
    """``rrelu`` in place."""
    return rrelu(input, lower, upper, training, inplace=True)


def sigmoid(input: Tensor) -> Tensor:
    """1 / (1 + e^-x)."""
    return pointwise.sigmoid(input)


def tanh(input: Tensor) -> Tensor:
    """tanh x."""
    return pointwise.tanh(input)


def silu(input: Tensor, inplace: bool = False) -> Tensor:
    """x · sigmoid(x)."""
    return over_input(activations.silu, input) if inplace else activations.silu(input)


def mish(input: Tensor, inplace: bool = False) -> Tensor:
    """x · tanh(softplus(x))."""
    return over_input(activations.mish, input) if inplace else activations.mish(input)


def hardsigmoid(input: Tensor, inplace: bool = False) -> Tensor:
    """x / 6 + 1/2 clipped to [0, 1]."""
    return over_input(activations.hardsigmoid, input) if inplace else activations.hardsigmoid(input)


def hardswish(input: Tensor, inplace: bool = False) -> Tensor:
    """x · hardsigmoid(x)."""
    return over_input(activations.hardswish, input) if inplace else activations.hardswish(input)


def gelu(input: Tensor, approximate: str = "none") -> Tensor:
    """x · Φ(x); with ``approximate="tanh"``, x/2 · (1 + tanh(√(2/π) · (x + 0.044715 x³)))."""
    return activations.gelu(input, approximate)


def logsigmoid(input: Tensor) -> Tensor:
    """log(1 / (1 + e^-x))."""
    return activations.log_sigmoid(input)


def softplus(input: Tensor, beta: float = 1, threshold: float = 20) -> Tensor:
    """log(1 + e^(beta · x)) / beta; x itself where beta · x > threshold."""
    return activations.softplus(input, beta=beta, threshold=threshold)


def hardshrink(input: Tensor, lambd: float = 0.5) -> Tensor:
    """x if abs(x) > lambd, else 0."""
    return activations.hardshrink(input, lambd=lambd)


def softshrink(input: Tensor, lambd: float = 0.5) -> Tensor:
    """x moved by lambd towards 0, but not beyond."""
    if lambd < 0:
        raise RuntimeError(f"lambda must be in range [0, inf) for softshrink, but found {lambd}")
    return activations.softshrink(input, lambd=lambd)


def tanhshrink(input: Tensor) -> Tensor:
    """x - tanh x."""
    return input - pointwise.tanh(input)


def softsign(input: Tensor) -> Tensor:
    """x / (1 + abs(x))."""
    return input / (input.abs() + 1)


def glu(input: Tensor, dim: int = -1) -> Tensor:
    """a · sigmoid(b), a and b the halves of x along ``dim``."""
    if input.dim() == 0:
        raise RuntimeError("glu does not support scalars because halving size must be even")
    size = input.size(dim)
    if size % 2:
        raise RuntimeError(f"Halving dimension must be even, but dimension {dim} is size {size}")
    return activations.gated(input, axis=dim_index(dim, input.dim()))


def softmax(input: Tensor, dim: int | None = None, _stacklevel: int = 3, dtype: DType | None = None) -> Tensor:
    """e^x / Σ e^x along ``dim``."""
    return input.softmax(_dim_or_guess("softmax", input, dim, _stacklevel), dtype=dtype)


def log_softmax(input: Tensor, dim: int | None = None, _stacklevel: int = 3, dtype: DType | None = None) -> Tensor:
    """log(e^x / Σ e^x) along ``dim``, computed without overflow."""
    return input.log_softmax(_dim_or_guess("log_softmax", input, dim, _stacklevel), dtype=dtype)


def softmin(input: Tensor, dim: int | None = None, _stacklevel: int = 3, dtype: DType | None = None) -> Tensor:
    """``softmax`` of -x."""
    return (-input).softmax(_dim_or_guess("softmin", input, dim, _stacklevel), dtype=dtype)


def _dim_or_guess(name: str, input: Tensor, dim: int | None, stacklevel: int) -> int:
    if dim is not None:
        return dim
    warnings.warn(
        f"Implicit dimension choice for {name} has been deprecated. Change the call to include dim=X as an argument.",
        stacklevel=stacklevel + 1,
    )
    return 0 if input.dim() in (0, 1, 3) else 1


def gumbel_softmax(logits: Tensor, tau: float = 1, hard: bool = False, eps: float = 1e-10, dim: int = -1) -> Tensor:
    """``softmax`` of (logits + Gumbel noise) / tau: a differentiable draw of a class (Jang et al. 2016).

    With ``hard=True`` the result is one-hot, with the gradient of the soft one.
    """
    if eps != 1e-10:
        warnings.warn("`eps` parameter is deprecated and has no effect.", stacklevel=2)
    noise = np.log(default_generator.exponential(logits.shape, logits.array.dtype))
    soft = ((logits - wrap(noise)) / tau).softmax(dim)
    if not hard:
        return soft
    one_hot = np.zeros(logits.shape, logits.array.dtype)
    np.put_along_axis(one_hot, soft.array.argmax(dim, keepdims=True), 1, dim)
    return wrap(one_hot) - soft.detach() + soft
