"""What the pitfall scripts share: digits and a model, a watch on the gradients an optimizer uses, a table, a plot."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from sklearn.datasets import load_digits

import minitorch as torch
from minitorch import nn, optim
from minitorch.nn import functional as F

Batch = tuple[torch.Tensor, torch.Tensor]
STYLES = (("tab:green", ".-"), ("tab:red", ".--"), ("tab:orange", ".-"))


def digits(rows: int) -> Batch:
    """The first rows of scikit-learn's handwritten digits: pixels (standardised) and labels."""
    pixels, labels = load_digits(return_X_y=True)
    pixels = (pixels - pixels.mean(axis=0)) / np.maximum(pixels.std(axis=0), 1e-6)
    return torch.tensor(pixels[:rows], dtype=torch.float32), torch.tensor(labels[:rows])


def mlp() -> nn.Module:
    """A small network for the digits; each time the same first weights, and the same shuffling after it."""
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 10))


def loss_on(model: nn.Module, batch: Batch) -> float:
    """The mean loss over a whole batch, infinity once it is no number any more."""
    x, y = batch
    with torch.no_grad(), np.errstate(all="ignore"):
        loss = F.cross_entropy(model(x), y).item()
    return loss if np.isfinite(loss) else float("inf")


class Watch:
    """Compares what each optimizer step finds in ``.grad`` with the gradient of a full batch at the same weights.

    ``batches`` are the full batches of the steps, in turn. It looks on from a hook, so the loops need not know of it.
    ``errors`` is |used - full| / |full| and ``ratios`` is |used| / |full|, a number each step.
    """

    def __init__(self, model: nn.Module, optimizer: optim.Optimizer, batches: Sequence[Batch]) -> None:
        self.model, self.batches = model, batches
        self.errors: list[float] = []
        self.ratios: list[float] = []
        optimizer.register_step_pre_hook(self.look)

    def look(self, optimizer: Any, args: Any, kwargs: Any) -> None:
        x, y = self.batches[len(self.errors) % len(self.batches)]
        parameters = list(self.model.parameters())
        full = flat(torch.autograd.grad(F.cross_entropy(self.model(x), y), parameters))
        used = flat([p.grad for p in parameters])
        self.errors.append(float(np.linalg.norm(used - full) / np.linalg.norm(full)))
        self.ratios.append(float(np.linalg.norm(used) / np.linalg.norm(full)))


def flat(gradients: Sequence[Any]) -> np.ndarray:
    """All gradients as one vector."""
    return np.concatenate([g.numpy().ravel() for g in gradients]).astype(np.float64)


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
    """Saves curves on a logarithmic scale; a panel is (title, name of x, name of y, curves by name)."""
    figure = Figure(figsize=(5.2 * len(panels), 3.8), layout="constrained")
    FigureCanvasAgg(figure)
    for place, (title, x_name, y_name, curves) in enumerate(panels, start=1):
        axes = figure.add_subplot(1, len(panels), place)
        for (colour, line), (name, values) in zip(STYLES, curves.items()):
            axes.plot(range(1, len(values) + 1), values, line, color=colour, label=name, markersize=4)
        axes.set(title=title, xlabel=x_name, ylabel=y_name, yscale="log")
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
