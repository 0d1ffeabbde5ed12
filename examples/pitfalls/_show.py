"""What the pitfall scripts share: digits and a model, a training, a watch on the gradients used, a table, a plot.

A script has loops ``wrong`` and ``right`` (``wrong_...`` where there are several) and a ``main`` that runs them,
prints what came of it and asserts what the page about it says. Its ``cases()`` are short runs of the same loops.
"""

from __future__ import annotations

import argparse
import tracemalloc
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from sklearn.datasets import load_digits

import minitorch as torch
from minitorch import nn, optim
from minitorch.nn import functional as F
from minitorch.utils.data import DataLoader, TensorDataset

Batch = tuple[torch.Tensor, torch.Tensor]
Loop = Callable[..., Any]  # one epoch: loop(model, optimizer, loader)
Make = Callable[..., optim.Optimizer]  # an optimizer, made of parameters
STYLES = (("tab:green", ".-"), ("tab:red", ".--"), ("tab:orange", ".-"), ("tab:blue", ".:"), ("tab:purple", ".-."))


def digits(rows: int) -> Batch:
    """The first rows of scikit-learn's handwritten digits: pixels (standardised) and labels."""
    pixels, labels = load_digits(return_X_y=True)
    pixels = (pixels - pixels.mean(axis=0)) / np.maximum(pixels.std(axis=0), 1e-6)
    return torch.tensor(pixels[:rows], dtype=torch.float32), torch.tensor(labels[:rows])


def in_order(batch: Batch) -> Batch:
    """The rows sorted by their class, as files come from folders: the last batches hold the last classes only."""
    x, y = batch
    order = torch.argsort(y, stable=True)
    return x[order], y[order]


def mlp() -> nn.Module:
    """A small network for the digits; each time the same first weights, and the same shuffling after it."""
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 10))


def seeded(make: Callable[[], Any], seed: int = 0) -> Any:
    """What ``make`` gives after a seed has been set: the same first weights each time."""
    torch.manual_seed(seed)
    return make()


def loss_on(model: nn.Module, batch: Batch) -> float:
    """The mean loss over a whole batch, infinity once it is no number any more."""
    x, y = batch
    with torch.no_grad(), np.errstate(all="ignore"):
        loss = F.cross_entropy(model(x), y).item()
    return loss if np.isfinite(loss) else float("inf")


def accuracy(model: nn.Module, batch: Batch) -> float:
    """The share of a whole batch that is told right."""
    x, y = batch
    with torch.no_grad(), np.errstate(all="ignore"):
        return float((model(x).argmax(1) == y).float().mean().item())


def sgd(lr: float, **more: Any) -> Make:
    """SGD at a rate, for `train`."""
    return partial(optim.SGD, lr=lr, **more)


def adam(lr: float, **more: Any) -> Make:
    """Adam at a rate, for `train`."""
    return partial(optim.Adam, lr=lr, **more)


@dataclass
class Run:
    """What came of a training: the loss over all rows after each epoch, and the watch if one was set."""

    name: str
    model: nn.Module
    optimizer: optim.Optimizer
    losses: list[float] = field(default_factory=list)
    watch: Watch | None = None
    returned: list[Any] = field(default_factory=list)  # by the loop, an item each epoch

    @property
    def loss(self) -> float:
        """The last of the losses."""
        return self.losses[-1]

    @property
    def weights(self) -> np.ndarray:
        """All parameters as one vector."""
        return flat([p.detach() for p in self.model.parameters()])


def train(
    loop: Loop,
    data: Batch,
    make: Make,
    *,
    epochs: int,
    batch_size: int = 32,
    shuffle: bool = False,
    model: Callable[[], nn.Module] = mlp,
    watch: Sequence[Batch] | None = None,
    name: str = "",
) -> Run:
    """Trains a new model by a loop, epoch by epoch. ``watch`` are the batches its steps should learn from, in turn."""
    net = model()
    optimizer = make(net.parameters())
    run = Run(name or loop.__name__, net, optimizer)
    if watch is not None:
        run.watch = Watch(net, optimizer, watch)
    loader = DataLoader(TensorDataset(*data), batch_size=batch_size, shuffle=shuffle)
    for _ in range(epochs):
        run.returned.append(loop(net, optimizer, loader))
        run.losses.append(loss_on(net, data))
    return run


def windows_of(data: Batch, rows: int) -> list[Batch]:
    """The data cut into full batches, as the steps of an accumulating loop should see it."""
    x, y = data
    return [(x[i : i + rows], y[i : i + rows]) for i in range(0, len(y), rows)]


def cases(
    *loops: Loop, rows: int = 256, batch_size: int = 16, epochs: int = 2, make: Make | None = None
) -> dict[str, Callable[[], object]]:
    """Short trainings by some loops, to be run under the doctor, by their names."""
    data, make = digits(rows), make or sgd(0.05)
    return {loop.__name__: partial(train, loop, data, make, epochs=epochs, batch_size=batch_size) for loop in loops}


class Watch:
    """Compares what each optimizer step finds in ``.grad`` with the gradient of a full batch at the same weights.

    ``batches`` are the full batches of the steps, in turn. It looks on from a hook, so the loops need not know of it.
    ``errors`` is |used - full| / |full| and ``ratios`` is |used| / |full|, a number each step; ``lengths`` is |used|,
    and ``sizes`` is how many backward passes there were since the step before.
    """

    def __init__(self, model: nn.Module, optimizer: optim.Optimizer, batches: Sequence[Batch]) -> None:
        self.model, self.batches = model, batches
        self.errors: list[float] = []
        self.ratios: list[float] = []
        self.lengths: list[float] = []
        self.sizes: list[int] = []
        self.passes = 0
        next(model.parameters()).register_post_accumulate_grad_hook(self.count)
        optimizer.register_step_pre_hook(self.look)

    def count(self, parameter: torch.Tensor) -> None:
        self.passes += 1

    def look(self, optimizer: Any, args: Any, kwargs: Any) -> None:
        x, y = self.batches[len(self.errors) % len(self.batches)]
        parameters = list(self.model.parameters())
        full = flat(torch.autograd.grad(F.cross_entropy(self.model(x), y), parameters))
        used = flat([p.grad for p in parameters])
        self.lengths.append(float(np.linalg.norm(used)))
        self.sizes.append(self.passes)
        self.passes = 0
        self.errors.append(float(np.linalg.norm(used - full) / np.linalg.norm(full)))
        self.ratios.append(float(np.linalg.norm(used) / np.linalg.norm(full)))


def cosines(watch: Watch) -> np.ndarray:
    """The cosine between the gradient used and the full one, a number each step."""
    errors, ratios = np.array(watch.errors), np.maximum(watch.ratios, 1e-30)
    return (1 + ratios**2 - errors**2) / (2 * ratios)


def angles(watch: Watch) -> np.ndarray:
    """|used/|used| - full/|full||, a number each step: how far apart the directions are, whatever the lengths."""
    return np.sqrt(np.maximum(2 - 2 * cosines(watch), 0))


def flat(gradients: Sequence[Any]) -> np.ndarray:
    """All gradients as one vector."""
    return np.concatenate([g.numpy().ravel() for g in gradients]).astype(np.float64)


def graph_size(t: Any) -> int:
    """The number of nodes in a tensor's graph that are in memory, freed values or not."""
    stack, seen = [t.grad_fn], set()
    while stack:
        node = stack.pop()
        if node is not None and node not in seen:
            seen.add(node)
            stack += [below for below, _ in node.next_functions]
    return len(seen)


def memory(function: Callable[[], Any]) -> tuple[Any, float, float]:
    """A function's result, the most memory it had at once, and what is still taken with the result at hand (in MB)."""
    tracemalloc.start()
    try:
        result = function()
        left, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    return result, peak / 1e6, left / 1e6


def table(title: str, header: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Prints rows under a header, numbers to four digits, the first column to the left."""
    cells = [[f"{c:.4g}" if isinstance(c, float) else str(c) for c in row] for row in (header, *rows)]
    widths = [max(len(row[i]) for row in cells) for i in range(len(header))]
    print(f"\n{title}")
    for n, row in enumerate(cells):
        print("  " + "  ".join(c.ljust(w) if i == 0 else c.rjust(w) for i, (c, w) in enumerate(zip(row, widths))))
        if n == 0:
            print("  " + "  ".join("-" * w for w in widths))


Curves = dict[str, Sequence[float]]


def plot(file: Path, panels: Sequence[tuple[str, str, str, Curves]]) -> None:
    """Saves curves, on a logarithmic scale where all is positive; a panel is (title, x's name, y's name, curves)."""
    width = 5.2 * len(panels)
    figure = Figure(figsize=(width, 3.8))
    FigureCanvasAgg(figure)
    # By hand: finding the room that labels need draws everything twice.
    figure.subplots_adjust(left=0.95 / width, right=1 - 0.15 / width, bottom=0.14, top=0.91, wspace=0.25)
    for place, (title, x_name, y_name, curves) in enumerate(panels, start=1):
        axes = figure.add_subplot(1, len(panels), place)
        for (colour, line), (name, values) in zip(STYLES, curves.items()):
            axes.plot(range(1, len(values) + 1), values, line, color=colour, label=name, markersize=4)
        positive = all(value > 0 for values in curves.values() for value in values)
        axes.set(title=title, xlabel=x_name, ylabel=y_name, yscale="log" if positive else "linear")
        axes.grid(alpha=0.3)
        axes.legend()
    file.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(file, dpi=120)
    print(f"\nplot: {file}")


def run(main: Callable[[Path], None]) -> None:
    """Runs a script's ``main`` with the folder for its plot: ``--out DIR``, or examples/out."""
    parser = argparse.ArgumentParser()
    default = Path(__file__).parent.parent / "out"
    parser.add_argument("--out", type=Path, default=default, metavar="DIR", help="where the plot goes")
    main(parser.parse_args().out)
