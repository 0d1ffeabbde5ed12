"""Loss and accuracy curves of a training as a picture."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any


def curves(history: Sequence[dict[str, Any]], path: str | Path | IO[bytes]) -> None:
    """Draw loss (and accuracy, or r2) of every epoch, training against validation, as PNG."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    names = [name for name in ("loss", "accuracy", "r2") if any(f"train_{name}" in epoch for epoch in history)]
    width = max(len(names), 1)
    figure = Figure(figsize=(4.5 * width, 3.5))
    figure.subplots_adjust(left=0.15 / width, right=1 - 0.05 / width, bottom=0.15, top=0.95, wspace=0.3)
    FigureCanvasAgg(figure)
    for place, name in enumerate(names):
        axes = figure.add_subplot(1, len(names), place + 1)
        for part in ("train", "val"):
            points = [(epoch["epoch"], epoch[f"{part}_{name}"]) for epoch in history if f"{part}_{name}" in epoch]
            if points:
                axes.plot(*zip(*points, strict=True), label=part, marker="." if len(points) < 2 else None)
        axes.set_xlabel("epoch")
        axes.set_ylabel(name)
        axes.grid(alpha=0.3)
        axes.legend()
    figure.savefig(path, dpi=100, format="png")
