"""The peers: other libraries that train the same models, beside PyTorch, in the same run: ``--peers jax,mygrad``.

Each has a file of its own with a dictionary ``STEPS``, from the name of a workload that it can express to a function
of the parameters' first values. That returns the step to be timed, and a function that gives the parameters as they
are by then, in the shapes of the first (for the chain, which trains nothing, its gradient). A test holds them to ours.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from benchmarks.measure import Step

Build = Callable[[list[Any]], tuple[Step, Callable[[], list[Any]]]]


@dataclass(frozen=True)
class Peer:
    """A library: how the table calls it, the package to install, and its file of steps."""

    title: str
    package: str
    file: str

    def steps(self) -> dict[str, Build]:
        """Name of a workload -> how its step is built. Raises ImportError if the library is not installed."""
        found: dict[str, Build] = importlib.import_module(self.file).STEPS
        return found


PEERS = {
    "jax": Peer("JAX", "jax", "benchmarks.peers_jax"),
    "mygrad": Peer("MyGrad", "mygrad", "benchmarks.peers_mygrad"),
    "hips": Peer("HIPS", "autograd", "benchmarks.peers_hips"),
    "sklearn": Peer("sklearn", "scikit-learn", "benchmarks.peers_sklearn"),
}


def chosen(text: str) -> list[str]:
    """The names in ``--peers``: comma-separated, or "all". Raises ValueError for one that there is not."""
    names = [name.strip() for name in text.split(",") if name.strip()]
    if names == ["all"]:
        return list(PEERS)
    for name in names:
        if name not in PEERS:
            raise ValueError(f"--peers: there is no {name!r}; there are {', '.join(PEERS)}, or all of them: all")
    return names


def installed(names: list[str]) -> tuple[dict[str, dict[str, Build]], str]:
    """The steps of those that are installed, by title; and a line on those that are not, or an empty one."""
    found, missing = {}, []
    for name in names:
        try:
            found[PEERS[name].title] = PEERS[name].steps()
        except ImportError:
            missing.append(PEERS[name])
    if not missing:
        return found, ""
    titles, packages = (sep.join(getattr(p, key) for p in missing) for sep, key in ((", ", "title"), (" ", "package")))
    return found, f"left out, since not installed: {titles}. pip install {packages}"
