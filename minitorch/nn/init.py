"""Initial weights: functions that fill a tensor in place, outside the graph, and return it (``torch.nn.init``).

With the same seed they draw the numbers that PyTorch draws.
"""

from __future__ import annotations

import difflib
import math
import warnings
from typing import Any, Literal, get_args

import numpy as np

from minitorch.core.generator import Generator, default_generator
from minitorch.core.mode import no_grad
from minitorch.core.tensor import Tensor, wrap

Linear = Literal[
    "linear", "conv1d", "conv2d", "conv3d", "conv_transpose1d", "conv_transpose2d", "conv_transpose3d", "sigmoid"
]  # gain 1
Nonlinearity = Linear | Literal["tanh", "relu", "leaky_relu", "selu"]
FanMode = Literal["fan_in", "fan_out"]


def calculate_gain(nonlinearity: Nonlinearity, param: float | None = None) -> float:
    """The factor by which weights before this nonlinearity are scaled, to keep the variance through the layers.

    1 for linear layers and sigmoid, 5/3 for tanh, √2 for relu, √(2 / (1 + slope²)) for leaky_relu with slope ``param``
    (0.01 if None), 3/4 for selu.

    Raises:
        ValueError: an unknown nonlinearity, or a slope that is not a number.

    >>> import minitorch as torch
    >>> torch.nn.init.calculate_gain("leaky_relu", 0.2)
    1.3867504905630728
    """
    if nonlinearity in get_args(Linear):
        return 1
    if nonlinearity == "tanh":
        return 5.0 / 3
    if nonlinearity == "relu":
        return math.sqrt(2.0)
    if nonlinearity == "selu":
        return 3.0 / 4
    if nonlinearity == "leaky_relu":
        slope = 0.01 if param is None else param
        if isinstance(slope, bool) or not isinstance(slope, int | float):
            raise ValueError(f"negative_slope {param} not a valid number")
        return math.sqrt(2.0 / (1 + slope**2))
    known = [*get_args(Linear), "tanh", "relu", "leaky_relu", "selu"]
    near = difflib.get_close_matches(str(nonlinearity), known, n=1)
    hint = f"did you mean '{near[0]}'?" if near else f"expected one of {', '.join(known)}"
    raise ValueError(f"Unsupported nonlinearity {nonlinearity}; {hint}")


def uniform_(tensor: Tensor, a: float = 0.0, b: float = 1.0, generator: Generator | None = None) -> Tensor:
    """Fill with draws from U(a, b)."""
    with no_grad():
        return tensor.uniform_(a, b, generator=generator)


def normal_(tensor: Tensor, mean: float = 0.0, std: float = 1.0, generator: Generator | None = None) -> Tensor:
    """Fill with draws from N(mean, std²)."""
    with no_grad():
        return tensor.normal_(mean, std, generator=generator)


def trunc_normal_(
    tensor: Tensor,
    mean: float = 0.0,
    std: float = 1.0,
    a: float = -2.0,
    b: float = 2.0,
    generator: Generator | None = None,
) -> Tensor:
    """Fill with draws from N(mean, std²), those outside of [a, b] drawn again."""
    if mean < a - 2 * std or mean > b + 2 * std:
        warnings.warn(
            "mean is more than 2 std from [a, b] in nn.init.trunc_normal_. "
            "The distribution of values may be incorrect.",
            stacklevel=2,
        )

    def cdf(x: float) -> float:
        return (1.0 + math.erf((x - mean) / std / math.sqrt(2.0))) / 2.0

    with no_grad():
        if cdf(b) - cdf(a) > 0.3:
            return _redrawn_normal(tensor, mean, std, a, b, generator)
        return _rejected_uniform(tensor, mean, std, a, b, generator)


def _redrawn_normal(tensor: Tensor, mean: float, std: float, a: float, b: float, generator: Generator | None) -> Tensor:
    """Whole normal tensors, as long as something is outside of [a, b]: good when most of the mass is inside."""
    values = tensor.normal_(mean, std, generator=generator).array
    low, high = values.dtype.type(a), values.dtype.type(b)
    while (outside := (values < low) | (values > high)).any():
        fresh = (generator or default_generator).normal(values.shape, values.dtype, mean, std)
        np.copyto(values, fresh, where=outside)
    return tensor


def _rejected_uniform(
    tensor: Tensor, mean: float, std: float, a: float, b: float, generator: Generator | None
) -> Tensor:
    """Uniform proposals on [a, b], each accepted with its density over the highest one: good far out in a tail."""
    mode = max(a, min(mean, b))
    log_peak = -0.5 * ((mode - mean) / std) ** 2
    values = tensor.uniform_(a, b, generator=generator).array
    draw = (generator or default_generator).uniform

    def rejected(proposals: Any) -> Any:
        log_density = ((proposals - mean) / std) ** 2 * -0.5 - log_peak
        return np.log(draw(values.shape, values.dtype)) > log_density

    with np.errstate(divide="ignore"):
        pending = rejected(values)
        while pending.any():
            proposals = draw(values.shape, values.dtype, a, b)
            np.copyto(values, proposals, where=pending)
            pending &= rejected(proposals)
    return tensor


def constant_(tensor: Tensor, val: float) -> Tensor:
    """Fill with ``val``."""
    with no_grad():
        return tensor.fill_(val)


def ones_(tensor: Tensor) -> Tensor:
    """Fill with ones."""
    return constant_(tensor, 1.0)


def zeros_(tensor: Tensor) -> Tensor:
    """Fill with zeros."""
    return constant_(tensor, 0.0)


def eye_(tensor: Tensor) -> Tensor:
    """Fill a matrix with the identity, which as a linear layer's weight passes its input through.

    Raises:
        ValueError: not 2 dimensions.
    """
    if tensor.ndim != 2:
        raise ValueError(f"Only tensors with 2 dimensions are supported, got {tensor.ndim}")
    with no_grad():
        return tensor.copy_(wrap(np.eye(*tensor.shape, dtype=tensor.array.dtype)))


def dirac_(tensor: Tensor, groups: int = 1) -> Tensor:
    """Fill a convolution's weight with the Dirac delta, which passes as many channels through as it can.

    Raises:
        ValueError: not 3, 4 or 5 dimensions, or a number of output channels that ``groups`` does not divide.
    """
    if tensor.ndim not in (3, 4, 5):
        raise ValueError(f"Only tensors with 3, 4, or 5 dimensions are supported, got {tensor.ndim}")
    out_channels, in_channels, *kernel = tensor.shape
    if out_channels % groups != 0:
        raise ValueError(f"dim 0 must be divisible by groups, got {out_channels} channels and {groups} groups")
    per_group = out_channels // groups
    delta = np.zeros(tensor.shape, tensor.array.dtype)
    passed: Any = np.arange(min(per_group, in_channels))
    centre = [size // 2 for size in kernel]
    for group in range(groups):
        delta[(group * per_group + passed, passed, *centre)] = 1
    with no_grad():
        return tensor.copy_(wrap(delta))


def xavier_uniform_(tensor: Tensor, gain: float = 1.0, generator: Generator | None = None) -> Tensor:
    """Fill with U(-a, a), a = gain · √(6 / (fan_in + fan_out)) (Glorot & Bengio 2010)."""
    bound = math.sqrt(3.0) * _xavier_std(tensor, gain)
    return uniform_(tensor, -bound, bound, generator)


def xavier_normal_(tensor: Tensor, gain: float = 1.0, generator: Generator | None = None) -> Tensor:
    """Fill with N(0, std²), std = gain · √(2 / (fan_in + fan_out)) (Glorot & Bengio 2010)."""
    return normal_(tensor, 0.0, _xavier_std(tensor, gain), generator)


def kaiming_uniform_(
    tensor: Tensor,
    a: float = 0,
    mode: FanMode = "fan_in",
    nonlinearity: Nonlinearity = "leaky_relu",
    generator: Generator | None = None,
) -> Tensor:
    """Fill with U(-bound, bound), bound = gain · √(3 / fan) (He et al. 2015).

    Args:
        tensor: a weight of at least 2 dimensions.
        a: the slope of the leaky_relu that follows.
        mode: "fan_in" keeps the variance forward, "fan_out" backward.
        nonlinearity: what follows; see ``calculate_gain``.
        generator: where to draw from.

    >>> import minitorch as torch
    >>> w = torch.nn.init.kaiming_uniform_(torch.empty(3, 6))
    >>> bool((w.abs() <= 1).all())
    True
    """
    std = _kaiming_std(tensor, a, mode, nonlinearity)
    if std is None:
        return tensor
    bound = math.sqrt(3.0) * std
    return uniform_(tensor, -bound, bound, generator)


def kaiming_normal_(
    tensor: Tensor,
    a: float = 0,
    mode: FanMode = "fan_in",
    nonlinearity: Nonlinearity = "leaky_relu",
    generator: Generator | None = None,
) -> Tensor:
    """Fill with N(0, std²), std = gain / √fan (He et al. 2015). See ``kaiming_uniform_``."""
    std = _kaiming_std(tensor, a, mode, nonlinearity)
    return tensor if std is None else normal_(tensor, 0.0, std, generator)


def orthogonal_(tensor: Tensor, gain: float = 1, generator: Generator | None = None) -> Tensor:
    """Fill with a (semi-)orthogonal matrix times ``gain`` (Saxe et al. 2013); trailing dimensions count as columns.

    Raises:
        ValueError: fewer than 2 dimensions.
    """
    if tensor.ndim < 2:
        raise ValueError(f"Only tensors with 2 or more dimensions are supported, got {tensor.ndim}")
    if tensor.numel() == 0:
        return tensor
    rows = tensor.shape[0]
    drawn = (generator or default_generator).normal((rows, tensor.numel() // rows), tensor.array.dtype)
    wide = rows < drawn.shape[1]
    q, r = np.linalg.qr(drawn.T if wide else drawn)
    q = q * np.sign(np.diag(r))  # makes the result unique, and uniform over the orthogonal matrices
    with no_grad():
        return tensor.copy_(wrap((q.T if wide else q).reshape(tensor.shape) * gain))


def sparse_(tensor: Tensor, sparsity: float, std: float = 0.01, generator: Generator | None = None) -> Tensor:
    """Fill a matrix with N(0, std²) and set a share ``sparsity`` of each column to zero (Martens 2010).

    Raises:
        ValueError: not 2 dimensions.
    """
    if tensor.ndim != 2:
        raise ValueError(f"Only tensors with 2 dimensions are supported, got {tensor.ndim}")
    rows, columns = tensor.shape
    zeros = math.ceil(sparsity * rows)
    values = normal_(tensor, 0, std, generator).array
    for column in range(columns):
        values[default_generator.permutation(rows)[:zeros], column] = 0
    return tensor


def _calculate_fan_in_and_fan_out(tensor: Tensor) -> tuple[int, int]:
    """How many inputs an output depends on, and how many outputs an input goes to."""
    if tensor.ndim < 2:
        raise ValueError(
            "Fan in and fan out can not be computed for tensor with fewer than 2 dimensions; "
            f"got shape {tuple(tensor.shape)}"
        )
    receptive_field = math.prod(tensor.shape[2:])
    return tensor.shape[1] * receptive_field, tensor.shape[0] * receptive_field


def _calculate_correct_fan(tensor: Tensor, mode: FanMode) -> int:
    lowered = mode.lower()
    if lowered not in get_args(FanMode):
        raise ValueError(f"Mode {lowered} not supported, please use one of {list(get_args(FanMode))}")
    return _calculate_fan_in_and_fan_out(tensor)[lowered == "fan_out"]


def _xavier_std(tensor: Tensor, gain: float) -> float:
    return gain * math.sqrt(2.0 / float(sum(_calculate_fan_in_and_fan_out(tensor))))


def _kaiming_std(tensor: Tensor, a: float, mode: FanMode, nonlinearity: Nonlinearity) -> float | None:
    if 0 in tensor.shape:
        warnings.warn("Initializing zero-element tensors is a no-op", stacklevel=3)
        return None
    return calculate_gain(nonlinearity, a) / math.sqrt(_calculate_correct_fan(tensor, mode))
