"""Generator: a stream of PyTorch's random numbers with its seed and state, and the global one.

Everything random in the package comes from a `Generator`, so that a seed gives the numbers it gives in PyTorch.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from minitorch.core.batched_draws import per_sample
from minitorch.core.draws import Draws
from minitorch.core.recording import whole
from minitorch.core.tensor import Tensor, device, wrap

_DEFAULT_SEED = 67280421310721
# The bytes of torch.get_rng_state(): states travel between the two libraries unchanged.
_STATE = np.dtype(
    [
        *[("seed", "<u8"), ("left", "<i4"), ("seeded", "<i4"), ("next", "<u8"), ("words", "<u8", 624)],
        *[("unused", "<f8"), ("normal", "<f8"), ("unused2", "<f8"), ("has_normal", "<i4"), ("unused3", "V12")],
    ]
)


def _drawn(method: Callable[..., Any]) -> Callable[..., Any]:
    """A method that draws: by the sample inside vmap, and as one call for a recorder."""
    return per_sample(whole(method))


class Generator(Draws):
    """A source of random numbers with its own seed and state (``torch.Generator``), on the CPU.

    A new one starts from PyTorch's fixed default seed, not from a random one.

    >>> import minitorch
    >>> g = minitorch.Generator().manual_seed(0)
    >>> g.permutation(5).tolist()
    [4, 0, 1, 3, 2]
    >>> g.uniform(2, "float32")
    array([0.30742282, 0.6340787 ], dtype=float32)
    """

    __slots__ = ("__weakref__", "_made", "_seed")

    _made: np.random.MT19937 | None
    _seed: int

    uniform, normal, log_normal = _drawn(Draws.uniform), _drawn(Draws.normal), _drawn(Draws.log_normal)
    integers, full_range = _drawn(Draws.integers), _drawn(Draws.full_range)
    permutation, multinomial = _drawn(Draws.permutation), _drawn(Draws.multinomial)
    bernoulli, bernoulli_from = _drawn(Draws.bernoulli), _drawn(Draws.bernoulli_from)
    exponential, cauchy = _drawn(Draws.exponential), _drawn(Draws.cauchy)
    geometric = _drawn(Draws.geometric)

    def __init__(self, device: str | device = "cpu") -> None:
        _cpu(device)
        self._made = None
        self._start(_DEFAULT_SEED)

    @property
    def _bits(self) -> np.random.MT19937:
        """The source of words, made at the first draw: loading numpy.random takes longer than minitorch."""
        if self._made is None:
            self._made = np.random.MT19937(0)
            np.random.RandomState(self._made).seed(self._seed & 0xFFFFFFFF)
        return self._made

    # --- Seed and state: PyTorch's methods ----------------------------------------------------------------------------

    @property
    def device(self) -> device:
        """Always the CPU."""
        return _cpu("cpu")

    def manual_seed(self, seed: int) -> Generator:
        """Start the stream of `seed`, in [-2^63, 2^64), and return the generator. The low 32 bits choose the stream."""
        if isinstance(seed, bool) or not isinstance(seed, (int, np.integer)):
            raise RuntimeError(f"manual_seed expected a long, but got {type(seed).__name__}: give an int")
        if not -(2**63) <= seed < 2**64:
            raise ValueError(f"Overflow when unpacking long long: the seed {seed} is not in [-2^63, 2^64)")
        self._start(int(seed) & (2**64 - 1))
        return self

    def initial_seed(self) -> int:
        """The seed that the stream started from."""
        return self._seed

    def seed(self) -> int:
        """Start from a seed of the operating system's entropy, and return it."""
        self._start(int.from_bytes(os.urandom(8), "little"))
        return self._seed

    def get_state(self) -> Tensor:
        """The complete state, a uint8 tensor of shape (5056,): the bytes PyTorch's generator would give."""
        return wrap(self._state_array())

    def set_state(self, new_state: Tensor) -> None:
        """Continue from what `get_state` gave, here or in PyTorch.

        Raises TypeError when it is no uint8 tensor, RuntimeError when its bytes are no state.
        """
        if not isinstance(new_state, Tensor):
            raise TypeError(f"expected a torch.ByteTensor, but got {type(new_state).__name__}: give a uint8 tensor")
        if new_state.array.dtype != np.uint8:
            raise TypeError(f"RNG state must be a torch.ByteTensor (dtype uint8), but got {new_state.dtype}")
        self._load_state_array(new_state.array)

    def clone_state(self) -> Generator:
        """A generator of its own at the same place of the same stream."""
        return _restore(self.state_bytes())

    def __reduce__(self) -> tuple[Any, tuple[bytes]]:
        return _restore, (self.state_bytes(),)

    def state_bytes(self) -> bytes:
        """The complete state as plain bytes, for checkpoints; what `get_state` wraps."""
        state = self._bits.state["state"]
        words, position = state["key"], state["pos"]
        fresh = position == 624 and words[0] == self._seed & 0xFFFFFFFF
        out = np.zeros((), _STATE)
        out["seed"], out["seeded"], out["words"] = self._seed, 1, words
        out["left"], out["next"] = 625 - position, 0 if fresh else position
        if self._normal is not None:
            out["normal"], out["has_normal"] = self._normal, 1
        return out.tobytes()

    @whole
    def load_state_bytes(self, data: bytes) -> None:
        """Continue from what `state_bytes` gave. Raises RuntimeError for anything else, and then changes nothing."""
        if len(data) != _STATE.itemsize:
            raise RuntimeError(
                f"Expected a CPUGeneratorImplState of size {_STATE.itemsize} but found the input RNG state size to be "
                f"{len(data)}. Give what get_state() returned."
            )
        state = np.frombuffer(data, _STATE)[0]
        if state["seeded"] != 1 or not 1 <= state["left"] <= 624 or state["next"] > 624 or state["words"].max() >> 32:
            raise RuntimeError("Invalid mt19937 state: these are not the bytes that get_state() returned")
        self._seed = int(state["seed"])
        self._normal = float(state["normal"]) if state["has_normal"] else None
        self._bits.state = {
            "bit_generator": "MT19937",
            "state": {"key": state["words"].astype(np.uint32), "pos": 625 - int(state["left"])},
        }

    @whole
    def _state_array(self) -> Any:
        return np.frombuffer(self.state_bytes(), np.uint8).copy()

    @whole
    def _load_state_array(self, state: Any) -> None:
        self.load_state_bytes(state.tobytes())

    @whole
    def _start(self, seed: int) -> None:
        self._seed, self._normal = seed, None
        if self._made is not None:
            np.random.RandomState(self._made).seed(seed & 0xFFFFFFFF)


def _cpu(where: Any) -> device:
    return device(where)


def _restore(state: bytes) -> Generator:
    generator = Generator()
    generator.load_state_bytes(state)
    return generator


# --- The global generator ---------------------------------------------------------------------------------------------

default_generator = Generator()
default_generator.seed()


def manual_seed(seed: Any) -> Generator:
    """Seed the global generator with `int(seed)` and return it (``torch.manual_seed``).

    >>> import minitorch
    >>> minitorch.manual_seed(3).initial_seed()
    3
    """
    return default_generator.manual_seed(int(seed))


def seed() -> int:
    """Seed the global generator from the operating system's entropy and return that seed (``torch.seed``)."""
    return default_generator.seed()


def initial_seed() -> int:
    """The seed the global generator started from (``torch.initial_seed``)."""
    return default_generator.initial_seed()


def get_rng_state() -> Tensor:
    """The global generator's state, a uint8 tensor (``torch.get_rng_state``)."""
    return default_generator.get_state()


def set_rng_state(new_state: Tensor) -> None:
    """Continue the global generator from `get_rng_state`'s result (``torch.set_rng_state``)."""
    default_generator.set_state(new_state)


@contextmanager
def other_stream(seed: int) -> Iterator[None]:
    """Let the global generator draw from the stream of ``seed`` until the block ends; free if nothing is drawn.

    >>> from minitorch.core.generator import Generator, default_generator, manual_seed, other_stream
    >>> before = manual_seed(0).state_bytes()
    >>> with other_stream(1):
    ...     bool(default_generator.random32(1) == Generator().manual_seed(1).random32(1))
    True
    >>> default_generator.state_bytes() == before
    True
    """
    g = default_generator
    kept = g._made, g._seed, g._normal
    g._made = None
    g._start(seed)
    try:
        yield
    finally:
        g._made, g._seed, g._normal = kept


@contextmanager
def fork_rng(devices: Iterable[Any] | None = None, enabled: bool = True) -> Iterator[None]:
    """Put the global generator back where it was when the block ends (``torch.random.fork_rng``).

    >>> from minitorch.core.generator import fork_rng, manual_seed
    >>> g = manual_seed(0)
    >>> with fork_rng():
    ...     inside = g.random32(1)
    >>> bool(inside == g.random32(1))
    True
    """
    for where in devices or ():
        _cpu(where)
    if not enabled:
        yield
        return
    state = default_generator._state_array()
    try:
        yield
    finally:
        default_generator._load_state_array(state)
