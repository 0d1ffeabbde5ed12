"""All sources of random numbers at one instant: minitorch's, a loader's own, Python's and NumPy's."""

from __future__ import annotations

import random
from typing import Any

import numpy as np

from minitorch.core.generator import Generator, default_generator, manual_seed


def seed_everything(seed: int) -> None:
    """Start minitorch's, Python's and NumPy's generators from one seed."""
    manual_seed(seed)
    random.seed(seed)
    np.random.seed(seed % 2**32)


def generators_of(loader: Any) -> list[Generator]:
    """The generators that a loader draws from, beside the default one."""
    holders = [loader, getattr(loader, "sampler", None), getattr(loader, "batch_sampler", None)]
    found = [g for g in (getattr(holder, "generator", None) for holder in holders) if isinstance(g, Generator)]
    return list({id(g): g for g in found}.values())


def capture(loader: Any = None) -> dict[str, Any]:
    """The states of every generator."""
    version, words, gauss = random.getstate()
    name, key, *rest = np.random.get_state(legacy=True)
    return {
        "default": default_generator.get_state(),
        "loader": [g.get_state() for g in generators_of(loader)],
        "python": [version, np.array(words, np.uint32), gauss],
        "numpy": [name, key, *rest],
    }


def restore(state: dict[str, Any], loader: Any = None) -> None:
    """Put every generator back to a captured state."""
    default_generator.set_state(state["default"])
    own = generators_of(loader)
    if len(own) != len(state["loader"]):
        raise ValueError(f"the loader of the checkpoint had {len(state['loader'])} generators, this one has {len(own)}")
    for generator, saved in zip(own, state["loader"], strict=True):
        generator.set_state(saved)
    version, words, gauss = state["python"]
    random.setstate((version, tuple(words.tolist()), gauss))
    np.random.set_state(tuple(state["numpy"]))
