"""How cost grows: ``python -m benchmarks scale`` prints a cost per unit over growing sizes, and its slope.

The slope is that of a line fitted to both logarithms: 0 is flat (a whole cost in proportion to the size), 1 is a whole
cost in proportion to its square. It is given for all sizes and for the upper half of them, where costs that many units
share no longer count. Each curve is drawn into benchmarks/out/scale/. Times are the best of several runs; memory is
what Python and NumPy have allocated (tracemalloc, in a run of its own), and the whole process's for the long run.
"""

from __future__ import annotations

import gc
import math
import os
import tracemalloc
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np

from benchmarks.measure import Step

AROUND = 0.15  # a slope that is called flat: a doubling of the size adds a tenth to the cost of a unit at most
ENOUGH = 0.2  # seconds of repetitions
SAMPLES = 20  # of the long run
SHOWN = 7  # costs in a line


@dataclass(frozen=True)
class Curve:
    """A cost per unit, in seconds or bytes, at each of several sizes."""

    name: str  # of its file
    title: str
    size: str  # what is counted
    sizes: tuple[int, ...]
    costs: tuple[float, ...]
    unit: str  # "s" or "bytes"
    note: str = ""

    @property
    def slope(self) -> float:
        """Of the line through the logarithms of sizes and costs."""
        return _slope(self.sizes, self.costs)

    @property
    def upper(self) -> float:
        """The slope over the upper half of the sizes, by their logarithms."""
        from_size = math.sqrt(self.sizes[0] * self.sizes[-1])
        count = max(sum(size >= from_size for size in self.sizes), 2)
        return _slope(self.sizes[-count:], self.costs[-count:])

    @property
    def verdict(self) -> str:
        """Whether it is flat, grows, or falls in the end."""
        if math.isnan(self.upper):
            return ""
        if abs(self.upper) <= AROUND:
            return "flat"
        return "grows" if self.upper > 0 else "falls"

    def __str__(self) -> str:
        shown = sorted({round(k) for k in np.linspace(0, len(self.sizes) - 1, min(len(self.sizes), SHOWN))})
        values = " ".join(f"{_count(self.sizes[k])}: {_short(self.costs[k], self.unit)} " for k in shown)
        return f"{self.title:<48}{self.slope:>6.2f}{self.upper:>7.2f} {self.verdict:<6} {values}{self.note}"

    def as_json(self) -> dict[str, Any]:
        """Its numbers by name."""
        return asdict(self) | {"slope": self.slope, "upper": self.upper}


HEADER = f"{'cost of a unit':<48}{'slope':>6}{'upper':>7} {'':<6} at growing sizes"
GROUPS: dict[str, Callable[[Any], Iterator[Curve]]] = {}


def curves_of(ours: Any, only: str = "") -> Iterator[Curve]:
    """Measures the groups whose names hold ``only`` and yields their curves as they are known."""
    for name, group in GROUPS.items():
        if only in name:
            yield from group(ours)


def draw(curve: Curve, folder: Path) -> Path:
    """Draws a curve as a PNG, both axes logarithmic, and gives its path."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3.5), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    scale, unit = (1e6, "us") if curve.unit == "s" else (1.0, "bytes")
    axes.loglog(curve.sizes, [cost * scale for cost in curve.costs], "o-")
    axes.set_ylim(bottom=min(curve.costs) * scale / 3, top=max(curve.costs) * scale * 3)
    axes.set(
        title=f"{curve.title}\nslope {curve.slope:.2f}, {curve.upper:.2f} over the upper half",
        xlabel=curve.size,
        ylabel=f"{unit} for each",
    )
    axes.grid(which="both", alpha=0.3)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{curve.name}.png"
    figure.savefig(path, dpi=100)
    return path


# --- Measures ---------------------------------------------------------------------------------------------------------


def best(step: Step, enough: float = ENOUGH) -> float:
    """Seconds of the quickest call of as many as fit in, of three at least."""
    step()
    found: list[float] = []
    until = perf_counter() + enough
    while len(found) < 3 or perf_counter() < until:
        start = perf_counter()
        step()
        found.append(perf_counter() - start)
    return min(found)


def allocated(step: Callable[[], object]) -> tuple[int, int]:
    """Bytes that a call's result keeps, and the most that the call held at once."""
    gc.collect()
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        kept = step()
        now, most = tracemalloc.get_traced_memory()
        del kept
    finally:
        tracemalloc.stop()
    return now - before, most - before


def resident() -> int:
    """Bytes of memory that the process has now; where the system does not say so, the most that it has had."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except OSError:
        import resource

        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return pages * os.sysconf("SC_PAGE_SIZE")


# --- The groups -------------------------------------------------------------------------------------------------------


def group(function: Callable[..., Iterator[Curve]]) -> Callable[..., Iterator[Curve]]:
    """Enter a function into the list by its name."""
    GROUPS[function.__name__] = function
    return function


@group
def steps(ours: Any, count: int = 100_000) -> Iterator[Curve]:
    """One long training: time of a step, and the process's memory, as it goes on. First, while the process is small."""
    nn = ours.nn
    model = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 2))
    optimizer, y = ours.optim.SGD(model.parameters(), lr=0.01), ours.arange(16) % 2
    step = _training(model, optimizer, nn.CrossEntropyLoss(), ours.randn(16, 8), y)
    best(step, 0.05)
    at, seconds, memory = [], [], []
    for turn in range(SAMPLES):
        start = perf_counter()
        for _ in range(count // SAMPLES):
            step()
        seconds.append((perf_counter() - start) / (count // SAMPLES))
        at.append((turn + 1) * (count // SAMPLES))
        memory.append(float(resident()))
    yield Curve("step", "a step of a long training", "steps", tuple(at), tuple(seconds), "s")
    growth = (memory[-1] - memory[0]) / (at[-1] - at[0])
    note = f"{growth:+.2f} bytes a step"
    yield Curve("step_memory", "the process's memory in it", "steps", tuple(at), tuple(memory), "bytes", note)


@group
def nodes(ours: Any, sizes: Sequence[int] = (1_000, 10_000, 100_000, 1_000_000)) -> Iterator[Curve]:
    """Chains of operations: time of an operation forward and backward, memory that its node keeps."""
    x = ours.tensor(0.5, requires_grad=True)

    def chain(n: int) -> Any:
        y = x
        for _ in range(n // 2):
            y = (y + x).tanh()
        return y

    forward, backward, kept = [], [], []
    for n in sizes:
        turns = [_forward_and_backward(chain, n, x) for _ in range(max(2, min(10, 100_000 // n)))]
        forward.append(min(a for a, _ in turns) / n)
        backward.append(min(b for _, b in turns) / n)
        kept.append(allocated(partial(chain, n))[0] / n)
    yield Curve("node_forward", "an operation of a chain, forward", "operations", tuple(sizes), tuple(forward), "s")
    yield Curve("node_backward", "an operation of a chain, backward", "operations", tuple(sizes), tuple(backward), "s")
    yield Curve("node_memory", "memory of an operation of a chain", "operations", tuple(sizes), tuple(kept), "bytes")


def _forward_and_backward(chain: Callable[[int], Any], n: int, x: Any) -> tuple[float, float]:
    start = perf_counter()
    y = chain(n)
    middle = perf_counter()
    y.backward()
    end = perf_counter()
    x.grad = None
    return middle - start, end - middle


@group
def tensors(ours: Any, sizes: Sequence[int] = (10, 100, 1_000, 10_000)) -> Iterator[Curve]:
    """Optimizers over tensors of 8x8: time of a step for each tensor, and memory of its state."""
    for name, settings in (("SGD", {"momentum": 0.9}), ("Adam", {})):
        seconds, kept = [], []
        for n in sizes:
            parameters = [ours.nn.Parameter(ours.ones(8, 8)) for _ in range(n)]
            for p in parameters:
                p.grad = ours.ones(8, 8)
            optimizer = getattr(ours.optim, name)(parameters, lr=1e-3, **settings)
            kept.append(allocated(optimizer.step)[0] / n)
            seconds.append(best(optimizer.step) / n)
        title = f"a parameter tensor in {name}"
        yield Curve(f"tensor_{name}", title, "tensors", tuple(sizes), tuple(seconds), "s")
        yield Curve(
            f"tensor_{name}_memory", f"{title}, memory of its state", "tensors", tuple(sizes), tuple(kept), "bytes"
        )


@group
def samples(ours: Any, sizes: Sequence[int] = (1, 4, 16, 64, 256, 1024, 4096)) -> Iterator[Curve]:
    """Training steps over batch sizes: time and memory of a sample."""
    nn = ours.nn
    rng = np.random.default_rng(0)
    mlp = nn.Sequential(nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 10))
    cnn = nn.Sequential(nn.Conv2d(1, 16, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(144, 10))
    for name, shape, model in (("MLP", (64,), mlp), ("CNN", (1, 8, 8), cnn)):
        optimizer, criterion = ours.optim.Adam(model.parameters(), lr=1e-3), nn.CrossEntropyLoss()
        seconds, most = [], []
        for n in sizes:
            x = ours.from_numpy(rng.standard_normal((n, *shape), np.float32))
            step = _training(model, optimizer, criterion, x, ours.from_numpy(rng.integers(0, 10, n)))
            seconds.append(best(step) / n)
            most.append(allocated(step)[1] / n)
        title = f"a sample of a batch, {name}"
        yield Curve(f"sample_{name}", title, "samples", tuple(sizes), tuple(seconds), "s")
        yield Curve(
            f"sample_{name}_memory", f"{title}, memory at its most", "samples", tuple(sizes), tuple(most), "bytes"
        )


def _training(model: Any, optimizer: Any, criterion: Any, x: Any, y: Any) -> Step:
    def step() -> None:
        optimizer.zero_grad()
        criterion(model(x), y).backward()
        optimizer.step()

    return step


def _slope(sizes: tuple[int, ...], costs: tuple[float, ...]) -> float:
    if len(sizes) < 2 or min(costs) <= 0:
        return math.nan
    return float(np.polyfit(np.log(sizes), np.log(costs), 1)[0])


def _short(cost: float, unit: str) -> str:
    for least, scale, name in (
        ((2**20, 2**20, "MB"), (2**14, 2**10, "kB")) if unit == "bytes" else ((1e-3, 1e-3, "ms"),)
    ):
        if cost >= least:
            return f"{cost / scale:.2f} {name}"
    return f"{cost:.0f} B" if unit == "bytes" else f"{cost * 1e6:.2f} us"


def _count(n: int) -> str:
    power = round(math.log10(n))
    return f"10^{power}" if n == 10**power and power > 2 else str(n)
