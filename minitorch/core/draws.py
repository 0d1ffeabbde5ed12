"""Draws: PyTorch's CPU streams, number for number, from the 32-bit words of an MT19937.

A 64-bit draw is two words, the high half first. Methods take shapes and NumPy dtypes and give arrays, filled in memory
order. They draw what PyTorch's kernels of these names draw, in the same order and with the same rounding, so that both
are at the same place of the stream afterwards. Arguments are checked before anything is drawn.
"""

from __future__ import annotations

import math
import warnings
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np

from minitorch.core import dtypes
from minitorch.core.dtypes import Array
from minitorch.core.rounding import cast, cos_sin32, fma, log1p, log32

if TYPE_CHECKING:
    from numpy.typing import DTypeLike, NDArray

Shape = int | tuple[int, ...]

_MASK64 = 2**64 - 1
_MASK53, _MASK24 = np.uint64(2**53 - 1), np.uint32(2**24 - 1)

# C++ names, which PyTorch's messages use.
_CPP = {
    "bool": "bool",
    "uint8": "unsigned char",
    "int8": "signed char",
    "int16": "short",
    "int32": "int",
    "int64": "long",
    "float16": "c10::Half",
    "float32": "float",
    "float64": "double",
}


class Draws:
    """What a `Generator` can draw; it holds the source of words and the normal that is left of a pair."""

    __slots__ = ("_normal",)

    _normal: float | None  # the unused half of the last pair of serial normals

    @property
    def _bits(self) -> np.random.MT19937:
        """The source of 32-bit words."""
        raise AttributeError("a Generator has it")

    # --- Raw draws ----------------------------------------------------------------------------------------------------

    def random32(self, n: int) -> NDArray[np.uint32]:
        """`n` 32-bit draws."""
        return self._bits.random_raw(n).astype(np.uint32)

    def random64(self, n: int) -> NDArray[np.uint64]:
        """`n` 64-bit draws, each of two 32-bit ones."""
        words = self._bits.random_raw(2 * n)
        draws = words[0::2] << np.uint64(32)
        draws |= words[1::2]
        return draws

    def _unit(self, n: int, dtype: np.dtype[Any]) -> Array:
        """`n` uniforms in [0, 1): float64 of 53 bits, otherwise float32 of 24."""
        if dtype == np.float64:
            return (self.random64(n) & _MASK53) * 2.0**-53
        return (self.random32(n) & _MASK24).astype(np.float32) * np.float32(2**-24)

    # --- Uniforms and normals -----------------------------------------------------------------------------------------

    def uniform(self, shape: Shape, dtype: DTypeLike = np.float32, low: float = 0.0, high: float = 1.0) -> Array:
        """Uniforms in [low, high) (``uniform_``); complex ones in both parts.

        low + (high - low) * u is rounded once; a value that rounds to `high` becomes `low`.
        """
        dtype = _float(dtype, "check_uniform_bounds", complex_too=True)
        if dtype.kind == "c":
            return self.uniform(2 * _numel(shape), _part(dtype), low, high).view(dtype).reshape(shape)
        if (low, high) == (0.0, 1.0) and dtype != np.float16:
            return self._unit(_numel(shape), dtype).reshape(shape)
        limit = float(np.finfo(dtype).max)
        for name, bound in ("from", low), ("to", high):
            if not -limit <= bound <= limit:
                raise RuntimeError(f"{name} is out of bounds for {_CPP[dtype.name]}: got {bound:g}")
        if low > high:
            raise RuntimeError(f"uniform_ expects to return a [from, to) range, but found from={low:g} > to={high:g}")
        if high - low > limit:
            raise RuntimeError(
                "uniform_ expects to-from <= std::numeric_limits<Float>::max(), but found "
                f"to={high:g} and from={low:g} which result in to-from to exceed the limit"
            )
        x = self._unit(_numel(shape), dtype).reshape(shape)
        kind = x.dtype.type
        x = fma(x, float(kind(high) - kind(low)), float(kind(low))).astype(dtype, copy=False)
        x[x == dtype.type(high)] = low
        return x

    def normal(
        self,
        shape: Shape,
        dtype: DTypeLike = np.float32,
        mean: float = 0.0,
        std: float = 1.0,
        *,
        serial: bool = False,
    ) -> Array:
        """Normals by Box and Muller (``normal_``): in blocks of 16, or fewer than 16 one after another.

        `serial=True` draws any number one after another, as PyTorch does for a tensor that is not contiguous. Complex
        ones have variance `std`^2 in all, half of it in each part.
        """
        dtype = _float(dtype, "normal_kernel_cpu", complex_too=True)
        if not std >= 0.0:
            raise RuntimeError(f"normal expects std >= 0.0, but found std {std:g}")
        n = _numel(shape)
        if dtype.kind == "c":
            parts = self.normal(2 * n, _part(dtype), 0.0, std / math.sqrt(2), serial=serial)
            return np.asarray(parts.view(dtype) + dtype.type(mean)).reshape(shape)
        if serial or n < 16:
            return cast(fma(self._serial_normals(n, dtype), std, mean), dtype).reshape(shape)
        x = self._normal_blocks(n, dtype)
        if (mean, std) != (0.0, 1.0):
            x = fma(x, float(x.dtype.type(std)), float(x.dtype.type(mean)))
        return x.astype(dtype, copy=False).reshape(shape)

    def _normal_blocks(self, n: int, dtype: np.dtype[Any]) -> Array:
        """`n` >= 16 standard normals: a block's first eight uniforms give the radii, its last eight the angles."""
        whole, rest = n - n % 16, n % 16
        if not rest:
            u = self._unit(n, dtype)
        elif dtype == np.float16:
            u = self._unit(whole + 16, dtype)
        else:  # the uniforms left over are wasted: the last 16 values are drawn afresh
            u = np.delete(self._unit(n + 16, dtype), np.s_[whole:n])
        u = u.reshape(-1, 2, 8)
        radius, angle = 1 - u[:, 0].reshape(-1), u[:, 1].reshape(-1) * u.dtype.type(2 * math.pi)
        if u.dtype == np.float32:
            radius, (cosine, sine) = np.sqrt(log32(radius) * np.float32(-2)), cos_sin32(angle)
        else:
            radius, cosine, sine = np.sqrt(np.log(radius) * -2), np.cos(angle), np.sin(angle)
        np.multiply(radius.reshape(-1, 8), cosine.reshape(-1, 8), out=u[:, 0])
        np.multiply(radius.reshape(-1, 8), sine.reshape(-1, 8), out=u[:, 1])
        x = u.reshape(-1)
        return np.concatenate([x[: n - 16], x[-16:]]) if rest else x

    def _serial_normals(self, n: int, dtype: np.dtype[Any]) -> NDArray[np.float64]:
        """`n` standard normals in double precision, pair by pair; the unused one of the last pair is kept."""
        kept = [] if self._normal is None or not n else [self._normal]
        pairs = (n - len(kept) + 1) // 2
        u = self._unit(2 * pairs, np.dtype(np.float64))
        radius, angle = np.sqrt(-2 * log1p(-u[1::2], dtype)), 2 * math.pi * u[0::2]
        u[0::2], u[1::2] = radius * np.cos(angle), radius * np.sin(angle)
        if n:
            self._normal = float(u[-1]) if len(kept) + 2 * pairs > n else None
        return np.concatenate([kept, u])[:n]

    def log_normal(self, shape: Shape, dtype: DTypeLike = np.float32, mean: float = 1.0, std: float = 2.0) -> Array:
        """exp of serial normals (``log_normal_``)."""
        dtype = _float(dtype, "log_normal_cpu")
        if not std > 0.0:
            raise RuntimeError(f"log_normal_ expects std > 0.0, but found std={std:g}")
        return cast(np.exp(fma(self._serial_normals(_numel(shape), dtype), std, mean)), dtype).reshape(shape)

    # --- Integers -----------------------------------------------------------------------------------------------------

    def integers(self, low: int, high: int | None, shape: Shape, dtype: DTypeLike = np.int64) -> Array:
        """Integers in [low, high) (``randint``, ``random_(low, high)``), in any real dtype.

        `high=None` goes up to the dtype's largest (a floating dtype: the last before integers are skipped).
        """
        dtype = np.dtype(dtype)
        if dtype.kind == "c":
            raise RuntimeError("check_random_bounds handles only integral, floating-point and boolean types")
        if high is None:
            high = _last_integer(dtype) + 1
        if low >= high:
            raise RuntimeError(f"random_ expects 'from' to be less than 'to', but got from={low} >= to={high}")
        _check_integer_bounds(low, high, dtype)
        span = high - low
        draws = self._modulo(_numel(shape), span, wide=span >= 2**28)
        if span <= _MASK64:
            draws += np.uint64(low & _MASK64)  # wraps around, as two's complement should
        return draws.view(np.int64).astype(dtype).reshape(shape)

    def full_range(self, shape: Shape, dtype: DTypeLike) -> Array:
        """Integers in [0, the dtype's largest] (``random_()``); in a floating dtype up to 2^(digits)."""
        dtype = np.dtype(dtype)
        if dtype.name not in _CPP:
            _unsupported("random_kernel_cpu", dtype)
        span = _last_integer(dtype) + 1
        return self._modulo(_numel(shape), span, wide=dtype.itemsize == 8).astype(dtype).reshape(shape)

    def _modulo(self, n: int, span: int, wide: bool) -> NDArray[np.uint64]:
        draws = self.random64(n) if wide else self._bits.random_raw(n)
        return draws if span > _MASK64 else draws % np.uint64(span)

    def permutation(self, n: int) -> NDArray[np.int64]:
        """0..n-1 in random order (``randperm``): element i changes places with one from i on, for each i in turn."""
        if n < 0:
            raise RuntimeError(f"Trying to create tensor with negative dimension {n}: [{n}]")
        order = list(range(n))
        if n > 1:
            left = np.arange(n, 1, -1, dtype=np.uint32)
            places = np.uint32(n) - left + self.random32(n - 1) % left
            for i, k in enumerate(places.tolist()):
                order[i], order[k] = order[k], order[i]
        return np.array(order, np.int64)

    # --- Choices ------------------------------------------------------------------------------------------------------

    def bernoulli(self, p: float, shape: Shape) -> NDArray[np.bool_]:
        """True with probability `p` (``bernoulli_(p)``; dropout's mask is ``bernoulli(1 - p, shape)``)."""
        if not 0.0 <= p <= 1.0:
            raise RuntimeError(f"bernoulli_ expects p to be in [0, 1], but got p={p:g}")
        draws = self.random64(_numel(shape))
        draws &= _MASK53
        return (draws < np.uint64(math.ceil(p * 2.0**53))).reshape(shape)  # u < p, in integers

    def bernoulli_from(self, probabilities: Array) -> NDArray[np.bool_]:
        """True with the probability standing in its place (``bernoulli(tensor)``)."""
        dtype = _float(probabilities.dtype, "bernoulli_tensor_cpu_p_")
        if not ((probabilities >= 0) & (probabilities <= 1)).all():
            raise RuntimeError(
                "Expected p_in >= 0 && p_in <= 1 to be true, but got false: a probability is outside [0, 1]"
            )
        return self._unit(probabilities.size, dtype).reshape(probabilities.shape) < probabilities

    def multinomial(self, weights: Array, num_samples: int, replacement: bool = False) -> NDArray[np.int64]:
        """Indices drawn in proportion to `weights`, (n,) or (rows, n): int64 (num_samples,) or (rows, num_samples).

        Without replacement, or for a single sample, by a race: the largest of w / q, q exponential. Otherwise a uniform
        is looked up in the cumulative weights. Zero weights, drawn when nothing else is left, come in order of index,
        where PyTorch's order is not defined.
        """
        if weights.ndim not in (1, 2):
            raise RuntimeError(f"prob_dist must be 1 or 2 dim, got shape {weights.shape}")
        if weights.dtype.kind != "f":
            name = dtypes.of(weights.dtype).alias
            raise RuntimeError(f"multinomial only supports floating-point dtypes for input, got: {name}")
        if num_samples <= 0:
            raise RuntimeError(f"cannot sample n_sample <= 0 samples: got {num_samples}")
        if not replacement and num_samples > weights.shape[-1]:
            raise RuntimeError(
                f"cannot sample n_sample > prob_dist.size(-1) samples without replacement: {num_samples} of "
                f"{weights.shape[-1]}. Pass replacement=True, or ask for fewer."
            )
        one_by_one = replacement and num_samples > 1
        if not (weights >= 0).all() or not np.isfinite(weights).all():
            if not one_by_one:
                raise RuntimeError("probability tensor contains either `inf`, `nan` or element < 0")
            entry = "= infinity or NaN" if (weights >= 0).all() else "< 0"
            raise RuntimeError(f"invalid multinomial distribution (encountering probability entry {entry})")
        if not (weights.sum(-1) > 0).all():
            raise RuntimeError("invalid multinomial distribution (sum of probabilities <= 0)")
        if not one_by_one:
            if weights.ndim == 2 and 0 < abs(weights.strides[0]) < abs(weights.strides[1]):  # filled in memory order
                race = weights / self.exponential(weights.shape[::-1], weights.dtype).T
            else:
                race = weights / self.exponential(weights.shape, weights.dtype)
            if num_samples == 1:
                return np.asarray(race.argmax(-1, keepdims=True), np.int64)
            return np.asarray(np.argsort(-race, axis=-1, kind="stable")[..., :num_samples], np.int64)
        rows = weights.reshape(-1, weights.shape[-1])
        cumulative = rows.cumsum(-1, dtype=rows.dtype)
        cumulative = (cumulative / cumulative[:, -1:]).astype(np.float64)
        u = self._unit(len(rows) * num_samples, np.dtype(np.float64)).reshape(len(rows), num_samples)
        found = [np.searchsorted(row, chances) for row, chances in zip(cumulative, u, strict=True)]
        return np.array(found, np.int64).reshape(*weights.shape[:-1], num_samples)

    # --- Other distributions ------------------------------------------------------------------------------------------

    def exponential(self, shape: Shape, dtype: DTypeLike = np.float32, lambd: float = 1.0) -> Array:
        """Density lambd * exp(-lambd * x) (``exponential_``)."""
        dtype = np.dtype(dtype)
        if dtype.kind != "f":
            raise RuntimeError(
                "Exponential distribution is a continuous probability distribution. dtype must be a floating point but "
                f"you specified {dtypes.of(dtype).alias}"
            )
        if not lambd > 0.0:
            raise RuntimeError(f"exponential_ expects lambda > 0.0, but found lambda={lambd:g}")
        return cast(-1 / lambd * log1p(-self._double(shape), dtype), dtype).reshape(shape)

    def cauchy(self, shape: Shape, dtype: DTypeLike = np.float32, median: float = 0.0, sigma: float = 1.0) -> Array:
        """median + sigma * tan(pi * (u - 1/2)) (``cauchy_``)."""
        dtype = np.dtype(dtype)
        if dtype.kind != "f":
            raise RuntimeError(
                "Cauchy distribution is a continuous probability distribution. dtype must be a floating point but you "
                f"specified {_CPP.get(dtype.name, dtype.name)}"
            )
        if not sigma > 0.0:
            raise RuntimeError(f"cauchy_ expects sigma > 0.0, but found sigma={sigma:g}")
        return cast(fma(np.tan(math.pi * (self._double(shape) - 0.5)), sigma, median), dtype).reshape(shape)

    def geometric(self, shape: Shape, dtype: DTypeLike = np.float32, p: float = 0.5) -> Array:
        """The number of trials up to the first success (``geometric_``)."""
        dtype = np.dtype(dtype)
        if dtype.kind not in "iuf":
            _unsupported("geometric_cpu", dtype)
        if not 0.0 < p < 1.0:
            raise RuntimeError(f"geometric_ expects p to be in (0, 1), but got p={p:g}")
        return np.ceil(np.log(self._double(shape)) / math.log(1 - p)).astype(dtype).reshape(shape)

    def _double(self, shape: Shape) -> NDArray[np.float64]:
        return self._unit(_numel(shape), np.dtype(np.float64))


def _numel(shape: Shape) -> int:
    return math.prod(shape) if isinstance(shape, tuple) else shape


def _part(dtype: np.dtype[Any]) -> np.dtype[Any]:
    """The dtype of a complex dtype's parts."""
    return np.dtype(np.float32 if dtype == np.complex64 else np.float64)


def _unsupported(kernel: str, dtype: np.dtype[Any]) -> NoReturn:
    raise NotImplementedError(f'"{kernel}" not implemented for {dtypes.of(dtype).alias!r}')


def _float(dtype: DTypeLike, kernel: str, complex_too: bool = False) -> np.dtype[Any]:
    dtype = np.dtype(dtype)
    if dtype.kind not in ("fc" if complex_too else "f"):
        _unsupported(kernel, dtype)
    return dtype


def _last_integer(dtype: np.dtype[Any]) -> int:
    """The largest integer of a dtype; for a floating one, the last before it starts to skip some."""
    if dtype.kind == "f":
        return 1 << np.finfo(dtype).nmant + 1
    return 1 if dtype.kind == "b" else int(np.iinfo(dtype).max)


def _check_integer_bounds(low: int, high: int, dtype: np.dtype[Any]) -> None:
    last = _last_integer(dtype)
    first = -last if dtype.kind == "f" else 0 if dtype.kind == "b" else int(np.iinfo(dtype).min)
    for name, bound in ("from", low), ("to - 1", high - 1):
        if first <= bound <= last:
            continue
        kind = _CPP.get(dtype.name, dtype.name)
        if dtype.kind != "f":
            raise RuntimeError(f"{name} is out of bounds for {kind}: {bound} is not in [{first}, {last}]")
        digits = last.bit_length() - 1
        warnings.warn(
            f"{name} is out of bounds [-(2^{digits}), 2^{digits}]. Due to precision limitations {kind} can support "
            "discrete uniform distribution only within this range.",
            UserWarning,
            stacklevel=3,
        )
