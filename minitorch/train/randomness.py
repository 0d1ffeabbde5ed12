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


def generators_of(*loaders: Any) -> list[Generator]:
    """The generators that loaders draw from, beside the default one, each once."""
    holders = [h for loader in loaders for h in (loader, getattr(loader, "sampler", None))]
    holders += [getattr(loader, "batch_sampler", None) for loader in loaders]
    found = [g for g in (getattr(holder, "generator", None) for holder in holders) if isinstance(g, Generator)]
    return list({id(g): g for g in found}.values())


def capture(*loaders: Any) -> dict[str, Any]:
    """The states of every generator."""
    version, words, gauss = random.getstate()
    name, key, *rest = np.random.get_state(legacy=True)
    return {
        "default": default_generator.get_state(),
        "loaders": [g.get_state() for g in generators_of(*loaders)],
        "python": [version, np.array(words, np.uint32), gauss],
        "numpy": [name, key, *rest],
    }


def restore(state: dict[str, Any], *loaders: Any) -> None:
    """Put every generator back to a captured state.

    Raises `ValueError` when the loaders have other generators than those of the state.
    """
    own, saved = generators_of(*loaders), state["loaders"]
    if len(own) != len(saved):
        raise ValueError(f"the checkpoint's loaders had {len(saved)} generators of their own, these have {len(own)}")
    default_generator.set_state(state["default"])
    for generator, place in zip(own, saved, strict=True):
        generator.set_state(place)
    version, words, gauss = state["python"]
    random.setstate((version, tuple(words.tolist()), gauss))
    np.random.set_state(tuple(state["numpy"]))
