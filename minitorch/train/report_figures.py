"""Pictures of a trained model for its report: confusion, residuals, decision boundary, gradient norms; as PNG bytes."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from minitorch.core.mode import no_grad
from minitorch.core.tensor import wrap
from minitorch.train.build import Parts
from minitorch.train.datasets import Array


def outputs(parts: Parts, features: Array) -> Array:
    """What the model gives for rows, in evaluation mode, (N, outputs)."""
    model = parts.model.eval()
    with no_grad():
        rows = [model(wrap(features[at : at + 1024])).array for at in range(0, len(features), 1024)]
    given: Array = np.concatenate(rows)
    return given


def answers(parts: Parts, given: Array) -> Array:
    """The class that outputs (N, C) or (N, 1) stand for."""
    if given.shape[1] > 1:
        classes: Array = given.argmax(axis=1)
        return classes
    threshold = 0.5 if parts.resolved["loss"]["name"] == "BCELoss" else 0.0
    return (given[:, 0] > threshold).astype(np.int64)


def confusion(parts: Parts) -> bytes:
    """How often each class (row) of the test part was taken for each (column)."""
    features, truth = parts.data.test
    classes = parts.data.classes
    counts = np.zeros((classes, classes), int)
    np.add.at(counts, (truth, answers(parts, outputs(parts, features))), 1)
    side = min(max(3.5, 0.5 * classes + 1.5), 9)
    figure, axes = _figure(side, side)
    axes.imshow(counts, cmap="Blues")
    axes.set(xlabel="predicted", ylabel="true", xticks=range(classes), yticks=range(classes))
    for row, column in np.ndindex(counts.shape):
        dark = counts[row, column] > counts.max() / 2
        axes.text(column, row, counts[row, column], ha="center", va="center", color="white" if dark else "black")
    return _png(figure)


def residuals(parts: Parts) -> bytes:
    """Predicted against true values of the test part, and how the errors are spread; every target in its colour."""
    features, truth = parts.data.test
    predicted = outputs(parts, features)
    figure, axes = _figure(8, 3.6, columns=2)
    for target in range(truth.shape[1]):
        axes[0].scatter(truth[:, target], predicted[:, target], s=10, alpha=0.6, label=f"target {target}")
        axes[1].hist(predicted[:, target] - truth[:, target], bins=30, alpha=0.6)
    ends = [truth.min(), truth.max()]
    axes[0].plot(ends, ends, color="grey", linewidth=1)
    axes[0].set(xlabel="true", ylabel="predicted")
    axes[1].set(xlabel="predicted - true", ylabel="rows")
    if truth.shape[1] > 1:
        axes[0].legend()
    return _png(figure)


def boundary(parts: Parts) -> bytes:
    """Which class the model gives to every place of a plane, and the rows of the test part on it."""
    features, truth = parts.data.test
    low, high = features.min(axis=0), features.max(axis=0)
    margin = 0.1 * (high - low)
    across, up = (np.linspace(low[i] - margin[i], high[i] + margin[i], 150, dtype=features.dtype) for i in (0, 1))
    grid = np.stack(np.meshgrid(across, up), axis=-1).reshape(-1, 2)
    regions = answers(parts, outputs(parts, grid)).reshape(150, 150)
    figure, axes = _figure(5, 4.2)
    limits = {"vmin": 0, "vmax": max(parts.data.classes - 1, 1), "cmap": "coolwarm"}
    axes.pcolormesh(across, up, regions, alpha=0.35, **limits)
    axes.scatter(features[:, 0], features[:, 1], c=truth, s=14, edgecolors="white", linewidths=0.4, **limits)
    axes.set(xlabel="feature 0", ylabel="feature 1")
    return _png(figure)


def gradient_norms(norms: Mapping[str, float]) -> bytes:
    """A bar a parameter."""
    figure, axes = _figure(7, 0.3 * len(norms) + 1)
    axes.barh(list(norms)[::-1], list(norms.values())[::-1])
    axes.set(xlabel="norm of the gradient")
    if min(norms.values(), default=0.0) > 0:
        axes.set_xscale("log")
    return _png(figure)


def norms_over_steps(steps: Sequence[Mapping[str, Any]]) -> bytes:
    """The norms that were noted while training."""
    figure, axes = _figure(8, 3.2)
    for name in ("grad_norm", "param_norm"):
        points = [(line["step"], line[name]) for line in steps if line.get(name)]
        if points:
            axes.plot(*zip(*points, strict=True), label=name, linewidth=0.8)
    axes.set(xlabel="step", yscale="log")
    axes.legend()
    return _png(figure)


def measured_norms(parts: Parts) -> dict[str, float]:
    """The gradient's norm at each parameter, for up to 1024 training rows at once, in evaluation mode."""
    features, targets = parts.data.train
    model = parts.model.eval()
    model.zero_grad()
    parts.loss(model(wrap(features[:1024])), wrap(parts.task.encode(targets[:1024]))).backward()
    found = {n: float(np.linalg.norm(p.grad.array)) for n, p in model.named_parameters() if p.grad is not None}
    model.zero_grad()
    return found


def _figure(width: float, height: float, columns: int = 1) -> tuple[Any, Any]:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), layout="constrained")
    FigureCanvasAgg(figure)
    return figure, figure.subplots(1, columns)


def _png(figure: Any) -> bytes:
    buffer = io.BytesIO()
    figure.savefig(buffer, dpi=100, format="png")
    return buffer.getvalue()
