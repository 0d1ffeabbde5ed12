"""Random tensors: every draw comes from a Generator, the default one unless another is given."""

from __future__ import annotations

from typing import Any

import numpy as np

from minitorch.core import dtypes, generator
from minitorch.core.batched import levels_of, raw
from minitorch.core.generator import Generator
from minitorch.core.inplace import check_writable, write
from minitorch.core.primitive import primitive, same
from minitorch.core.tensor import Array, Tensor, wrap
from minitorch.ops.arguments import check_strided, sizes
from minitorch.ops.creation import Device, DType, _into, _like, _made, _numpy

# --- The table --------------------------------------------------------------------------------------------------------

masked_scale = primitive(  # dropout: kept elements, scaled up
    "MulDropout", lambda x, *, mask: x * mask, prepare=same, x=lambda g, mask: g * mask
)

# --- PyTorch's functions ----------------------------------------------------------------------------------------------


def _generator(given: Generator | None) -> Generator:
    return generator.default_generator if given is None else given


def _memory_order(x: Tensor, draw: Any) -> Any:
    """Draws for a tensor of x's shape in the order of x's memory, as PyTorch fills a transposed tensor."""
    a = x.array
    if a.flags.c_contiguous or a.ndim < 2:
        return draw(a.shape)
    order = slowest_first(a)
    return draw(tuple(a.shape[d] for d in order)).transpose(np.argsort(order))


def slowest_first(a: Array) -> list[int]:
    """The dims in the order in which PyTorch goes through memory; one of stride 0 stays where it is."""
    order: list[int] = []
    for d in range(a.ndim):
        place = k = len(order)
        while k:
            k -= 1
            strides = abs(a.strides[order[k]]), abs(a.strides[d])
            if 0 in strides:
                continue
            if strides[0] > strides[1] or (strides[0] == strides[1] and a.shape[order[k]] >= a.shape[d]):
                break
            place = k
        order.insert(place, d)
    return order


def _normal(x: Tensor, filled: Array, g: Generator, dtype: np.dtype[Any], mean: float = 0.0, std: float = 1.0) -> Any:
    """Normals of x's shape; one after another, not in ``Generator.normal``'s blocks, if what they fill has gaps."""
    serial = not filled.flags.c_contiguous
    return _memory_order(x, lambda shape: g.normal(shape, dtype, mean, std, serial=serial))


def rand(
    *args: Any,
    size: Any = None,
    generator: Generator | None = None,
    out: Tensor | None = None,
    dtype: DType = None,
    device: Device = None,
    requires_grad: bool = False,
) -> Tensor:
    """Uniform numbers in [0, 1), the same as PyTorch's for one seed (``torch.rand``).

    >>> import minitorch
    >>> _ = minitorch.manual_seed(0)
    >>> minitorch.rand(2)
    tensor([0.4963, 0.7682])
    """
    return _into(
        out, _made(_generator(generator).uniform(sizes(args, keyword=size), _numpy(dtype)), requires_grad, device)
    )


def randn(
    *args: Any,
    size: Any = None,
    generator: Generator | None = None,
    out: Tensor | None = None,
    dtype: DType = None,
    device: Device = None,
    requires_grad: bool = False,
) -> Tensor:
    """Normal numbers of mean 0 and standard deviation 1 (``torch.randn``)."""
    return _into(
        out, _made(_generator(generator).normal(sizes(args, keyword=size), _numpy(dtype)), requires_grad, device)
    )


def randint(
    low: int,
    high: Any = None,
    size: Any = None,
    *,
    generator: Generator | None = None,
    out: Tensor | None = None,
    dtype: DType = None,
    device: Device = None,
    requires_grad: bool = False,
) -> Tensor:
    """Whole numbers in [low, high); with one bound, from 0 (``torch.randint``)."""
    if size is None:
        low, high, size = 0, low, high
    to = dtypes.int64.numpy if dtype is None else dtypes.as_numpy(dtype)
    return _into(out, _made(_generator(generator).integers(low, high, sizes((size,)), to), requires_grad, device))


def randperm(
    n: int,
    *,
    generator: Generator | None = None,
    out: Tensor | None = None,
    dtype: DType = None,
    device: Device = None,
    requires_grad: bool = False,
) -> Tensor:
    """The numbers 0 to n-1 in random order (``torch.randperm``)."""
    order = _generator(generator).permutation(n)
    return _into(out, _made(order if dtype is None else order.astype(dtypes.as_numpy(dtype)), requires_grad, device))


def rand_like(
    input: Tensor,
    *,
    generator: Generator | None = None,
    dtype: DType = None,
    device: Device = None,
    requires_grad: bool = False,
    memory_format: Any = None,
) -> Tensor:
    """``rand`` in another tensor's shape and dtype (``torch.rand_like``)."""
    g, to = _generator(generator), _like(input, dtype)
    return _made(_memory_order(input, lambda shape: g.uniform(shape, to)), requires_grad, device)


def randn_like(
    input: Tensor,
    *,
    generator: Generator | None = None,
    dtype: DType = None,
    device: Device = None,
    requires_grad: bool = False,
    memory_format: Any = None,
) -> Tensor:
    """``randn`` in another tensor's shape and dtype (``torch.randn_like``)."""
    fresh = _memory_order(input, np.empty)  # a part of a tensor may have gaps, what is made like it has none
    return _made(_normal(input, fresh, _generator(generator), _like(input, dtype)), requires_grad, device)


def randint_like(
    input: Tensor,
    low: int,
    high: int | None = None,
    *,
    generator: Generator | None = None,
    dtype: DType = None,
    device: Device = None,
    requires_grad: bool = False,
    memory_format: Any = None,
) -> Tensor:
    """``randint`` in another tensor's shape and dtype (``torch.randint_like``)."""
    first, beyond = (0, low) if high is None else (low, high)
    g, to = _generator(generator), _like(input, dtype)
    return _made(_memory_order(input, lambda shape: g.integers(first, beyond, shape, to)), requires_grad, device)


def normal(
    mean: Any = 0.0,
    std: Any = 1.0,
    size: Any = None,
    *,
    generator: Generator | None = None,
    out: Tensor | None = None,
    dtype: DType = None,
    layout: Any = None,
    device: Device = None,
    requires_grad: bool = False,
) -> Tensor:
    """Normal numbers of given means and standard deviations: tensors, or numbers with a ``size`` (``torch.normal``).

    The gradients of means and deviations that are tensors are zero, as PyTorch has them.
    """
    check_strided(layout, "normal")
    if not isinstance(mean, Tensor) and not isinstance(std, Tensor):
        if size is None:
            raise TypeError("normal() received an invalid combination of arguments: with two numbers, size= is needed")
        drawn = _generator(generator).normal(sizes((size,)), _numpy(dtype), mean, std)
        return _into(out, _made(drawn, requires_grad, device))
    m, s = (t.array if isinstance(t, Tensor) else t for t in (mean, std))
    if np.any(raw(np.less(s, 0))):
        raise RuntimeError("normal expects all elements of std >= 0.0")
    shape = np.broadcast_shapes(np.shape(m), np.shape(s))
    to = (m if isinstance(m, np.ndarray) else s).dtype
    drawn = wrap(_generator(generator).normal(shape, to) * s + m)
    for given in (mean, std):
        if isinstance(given, Tensor) and given.requires_grad:
            drawn = drawn + 0 * given
    return _into(out, drawn)


def bernoulli(
    input: Tensor, p: float | None = None, *, generator: Generator | None = None, out: Tensor | None = None
) -> Tensor:
    """1 with the probability that stands in each place, otherwise 0 (``torch.bernoulli``)."""
    if p is not None:
        drawn = _generator(generator).bernoulli(p, input.array.shape)
    else:
        drawn = _generator(generator).bernoulli_from(input.array)
    found = wrap(drawn.astype(input.array.dtype))
    return _into(out, found if not input.requires_grad else found + 0 * input)


def multinomial(
    input: Tensor,
    num_samples: int,
    replacement: bool = False,
    *,
    generator: Generator | None = None,
    out: Tensor | None = None,
) -> Tensor:
    """Indices drawn with the weights of each row (``torch.multinomial``)."""
    return _into(out, wrap(_generator(generator).multinomial(input.array, num_samples, replacement)))


def _fill(x: Tensor, drawn: Any) -> Tensor:
    if any(level not in levels_of(x.array) for level in levels_of(drawn)):
        raise RuntimeError(
            "vmap: Cannot ask for different inplace randomness on an unbatched tensor: it has room for one sample's "
            "numbers. Fill a tensor that is mapped over, or use randomness='same'."
        )
    check_writable(x)
    if x._requires_grad and x._edge is not None:
        x.zero_()  # recorded: what was there no longer matters to the gradient
    write(x, drawn)
    return x


def uniform_(self: Tensor, a: float = 0.0, b: float = 1.0, *, generator: Generator | None = None) -> Tensor:
    """Fills with uniform numbers in [a, b) (``Tensor.uniform_``)."""
    if a > b:
        raise RuntimeError(f"uniform_ expects to return a [from, to) range, but found from={a} > to={b}")
    g = _generator(generator)
    return _fill(self, _memory_order(self, lambda shape: g.uniform(shape, self.array.dtype, a, b)))


def normal_(self: Tensor, mean: float = 0.0, std: float = 1.0, *, generator: Generator | None = None) -> Tensor:
    """Fills with normal numbers (``Tensor.normal_``)."""
    if std < 0:
        raise RuntimeError(f"normal expects std >= 0.0, but found std {std}")
    return _fill(self, _normal(self, self.array, _generator(generator), self.array.dtype, mean, std))


def bernoulli_(self: Tensor, p: Any = 0.5, *, generator: Generator | None = None) -> Tensor:
    """Fills with 1 with probability p, otherwise 0 (``Tensor.bernoulli_``)."""
    g = _generator(generator)
    if isinstance(p, Tensor):
        return _fill(self, g.bernoulli_from(np.broadcast_to(p.array, self.array.shape)).astype(self.array.dtype))
    return _fill(self, _memory_order(self, lambda shape: g.bernoulli(p, shape)).astype(self.array.dtype))


def random_(
    self: Tensor, from_: int | None = None, to: int | None = None, *, generator: Generator | None = None
) -> Tensor:
    """Fills with whole numbers: of the dtype's range, below a bound, or between two (``Tensor.random_``)."""
    g = _generator(generator)
    if from_ is None:
        return _fill(self, _memory_order(self, lambda shape: g.full_range(shape, self.array.dtype)))
    low, high = (0, from_) if to is None else (from_, to)
    return _fill(self, _memory_order(self, lambda shape: g.integers(low, high, shape, self.array.dtype)))


def exponential_(self: Tensor, lambd: float = 1.0, *, generator: Generator | None = None) -> Tensor:
    """Fills with exponential numbers of rate ``lambd`` (``Tensor.exponential_``)."""
    g = _generator(generator)
    return _fill(self, _memory_order(self, lambda shape: g.exponential(shape, self.array.dtype, lambd)))


def cauchy_(self: Tensor, median: float = 0.0, sigma: float = 1.0, *, generator: Generator | None = None) -> Tensor:
    """Fills with Cauchy numbers (``Tensor.cauchy_``)."""
    g = _generator(generator)
    return _fill(self, _memory_order(self, lambda shape: g.cauchy(shape, self.array.dtype, median, sigma)))


def log_normal_(self: Tensor, mean: float = 1.0, std: float = 2.0, *, generator: Generator | None = None) -> Tensor:
    """Fills with exponentials of normal numbers (``Tensor.log_normal_``)."""
    g = _generator(generator)
    return _fill(self, _memory_order(self, lambda shape: g.log_normal(shape, self.array.dtype, mean, std)))


def geometric_(self: Tensor, p: float, *, generator: Generator | None = None) -> Tensor:
    """Fills with the number of trials up to the first success (``Tensor.geometric_``)."""
    g = _generator(generator)
    return _fill(self, _memory_order(self, lambda shape: g.geometric(shape, self.array.dtype, p)))


def dropout(input: Tensor, p: float, training: bool) -> Tensor:
    """Zeros with probability p and the rest scaled by 1/(1-p), in training (Srivastava et al., 2014).

    The mask is PyTorch's for the same seed.
    """
    if not 0 <= p <= 1:
        raise ValueError(f"dropout probability has to be between 0 and 1, but got {p}")
    if not training or p == 0 or not input.array.size:
        return input
    if p == 1:
        return input * wrap(np.zeros((), input.array.dtype))
    mask = generator.default_generator.bernoulli(1 - p, input.array.shape).astype(input.array.dtype)
    mask /= 1 - p
    return masked_scale(input, mask=mask)
