"""What limits a step: ``python -m benchmarks profile`` prints its share of time inside NumPy, and where the rest is.

A workload's step runs in a process of its own, and py-spy looks at its stack a hundred times a second from outside,
native functions included. (A profiler within Python would not do: it is not told of ufuncs and operators, and what it
costs falls on Python's calls alone.) The sampler has a core of its own: on the same one it empties the cache of what it
looks at, and NumPy's share comes out up to 15 points too high. Apart, it finds 46 % for the MLP 64-64-10, where Linux's
perf finds 43. A sample counts as

- BLAS, if a function of the BLAS library is on top of the last Python function, and as NumPy, if another of NumPy's
  is, or if that Python function is in NumPy itself. What NumPy spends on a call (arguments, types, memory) is
  NumPy's;
- otherwise as Python, of the room that minitorch was in: "optimizer" within an optimizer, "engine" within a backward
  pass, "layers" if the last of minitorch's functions is in its layers, and "dispatch" for the operations they call and
  the graph's recording. What is in no room is "other", such as the workload's own loop.

A share is right to about its square root over the samples: 500 samples and a share of a half, to 2 points.
"""

from __future__ import annotations

import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from benchmarks.measure import Step, alternate
from benchmarks.processes import ROOT

PLACES = ("BLAS", "NumPy", "dispatch", "layers", "engine", "optimizer", "other")
MISSING = "profile: py-spy, which takes the samples, is not installed. pip install py-spy"
RATE = 100  # samples a second
TIMED = "timed_by_profile"  # the function whose samples count
_PYTHON = re.compile(r"\((?P<file>.*\.py|<[^>]*>|[^()]*):[ \w]*\d+\)$")  # a Python function: (file:line)
_ROOMS = (("minitorch/optim/", "optimizer"), ("minitorch/core/engine.py", "engine"))
_BLAS = ("blas", "mkl", "accelerate")


@dataclass(frozen=True)
class Shares:
    """How many samples of a step were where."""

    title: str
    samples: dict[str, int]
    seconds: float  # of a step, not sampled

    def share(self, place: str) -> float:
        """The part of all samples, from 0 to 1."""
        return self.samples.get(place, 0) / max(sum(self.samples.values()), 1)

    @property
    def numpy(self) -> float:
        """The share inside NumPy, BLAS included."""
        return self.share("BLAS") + self.share("NumPy")

    def __str__(self) -> str:
        parts = "".join(f"{self.share(place):>10.0%}" for place in PLACES)
        return f"{self.title:<52}{self.seconds * 1e3:>8.2f} ms{self.numpy:>8.0%}{parts}"

    def as_json(self) -> dict[str, object]:
        """Its numbers by name."""
        return {"seconds": self.seconds, "numpy": self.numpy, "samples": self.samples}


HEADER = f"{'workload':<52}{'step':>11}{'in NumPy':>9}{'BLAS':>9}" + "".join(f"{place:>10}" for place in PLACES[1:])


def shares_of(name: str, seconds: float = 5.0) -> Shares:
    """Samples a workload's step for some seconds. Raises RuntimeError if py-spy is missing or cannot look."""
    from benchmarks.workload import WORKLOADS

    samples = sampled([sys.executable, "-m", "benchmarks.shares", name, str(seconds)])
    times = alternate({name: _step(name)}, 9)[name]
    return Shares(WORKLOADS[name].title, samples, statistics.median(times))


def sampled(command: list[str]) -> dict[str, int]:
    """Samples by place of what a command runs in `timed_by_profile`; a core to keep to is its last argument."""
    spy = sampler()
    if spy is None:
        raise RuntimeError(MISSING)
    cores = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []
    with tempfile.TemporaryDirectory() as folder:
        raw = Path(folder) / "samples"
        looks = [spy, "record", "--native", "--rate", str(RATE), "--format", "raw", "--output", str(raw), "--"]
        if cores:
            os.sched_setaffinity(0, cores[1:] or cores)  # for the sampler, which is started with it
        try:
            done = subprocess.run(
                [*looks, *command, *map(str, cores[:1])], capture_output=True, text=True, cwd=ROOT, check=False
            )
        finally:
            if cores:
                os.sched_setaffinity(0, cores)
        if done.returncode or not raw.exists():
            raise RuntimeError(f"profile: py-spy ended with status {done.returncode}: {done.stderr.strip()[-500:]}")
        return counted(raw.read_text(encoding="utf-8").splitlines())


def sampler() -> str | None:
    """Where py-spy is: beside this Python, or on the path; None if it is not installed."""
    beside = Path(sys.executable).parent / "py-spy"
    return str(beside) if beside.exists() else shutil.which("py-spy")


def counted(lines: Iterable[str]) -> dict[str, int]:
    """Samples by place, of py-spy's lines: a stack from the bottom up, separated by ";", and how often it was seen."""
    found: Counter[str] = Counter()
    for line in lines:
        stack, _, count = line.rpartition(" ")
        frames = stack.split(";")
        start = next((k for k, frame in enumerate(frames) if frame.startswith(f"{TIMED} (")), None)
        if start is not None:
            found[place_of(frames[start + 1 :])] += int(count)
    return {place: found[place] for place in PLACES if found[place]}


def place_of(frames: list[str]) -> str:
    """Where a stack, from the bottom up, is: one of PLACES."""
    files = [(k, m["file"]) for k, frame in enumerate(frames) if (m := _PYTHON.search(frame))]
    last, file = files[-1] if files else (-1, "")
    native = " ".join(frames[last + 1 :])
    if any(name in native.lower() for name in _BLAS):
        return "BLAS"
    if "numpy/" in native or file.startswith("numpy/"):
        return "NumPy"
    ours = [file for _, file in files if file.startswith("minitorch/")]
    for room, place in _ROOMS:
        if any(file.startswith(room) for file in ours):
            return place
    if not ours:
        return "other"
    return "layers" if ours[-1].startswith("minitorch/nn/") else "dispatch"


def timed_by_profile(step: Step, seconds: float) -> None:
    """Calls the step for some seconds."""
    until = perf_counter() + seconds
    while perf_counter() < until:
        step()


def _step(name: str) -> Step:
    from benchmarks import run
    from benchmarks.workload import WORKLOADS

    ours = run.whole("minitorch")
    ours.manual_seed(0)
    return WORKLOADS[name].build(ours)[0]


if __name__ == "__main__":  # the process that is looked at
    if len(sys.argv) > 3:
        os.sched_setaffinity(0, {int(sys.argv[3])})
    step = _step(sys.argv[1])
    for _ in range(3):
        step()
    timed_by_profile(step, float(sys.argv[2]))
