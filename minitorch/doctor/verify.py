"""A window's gradient against the whole batch's: are they the same, and if not, why not."""

from __future__ import annotations

import copy
import itertools
from collections.abc import Callable, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from minitorch.core.generator import get_rng_state, set_rng_state
from minitorch.core.tensor import Tensor
from minitorch.core.watch import Watcher, close_watchers, watchers
from minitorch.doctor.layers import _DROPOUTS, _NORMS
from minitorch.doctor.windows import named

CLOSE = 1e-9  # a relative error below this is rounding; right ways stay below 1e-12
Window = Callable[[Any, Any, Any], Any]


@dataclass
class Comparison:
    """What `verify_accumulation` found."""

    error: float  # |window - batch| / |batch|, over all parameters together
    ratio: float  # how many times longer the window's gradient is along the batch's
    sizes: list[int]  # rows of the micro-batches
    errors: dict[str, float]  # the same error for each parameter
    causes: list[str] = field(default_factory=list)  # why they differ, most important first; empty if they do not

    @property
    def ok(self) -> bool:
        """Whether the two gradients are the same but for rounding."""
        return self.error < CLOSE

    def __str__(self) -> str:
        window = f"{len(self.sizes)} micro-batches of {', '.join(map(str, self.sizes))} rows"
        if self.ok:
            return f"{window}: the gradient of the whole batch, relative error {self.error:.1e}"
        worst = max(self.errors, key=lambda name: self.errors[name])
        lines = [f"{window}: not the gradient of the whole batch, relative error {self.error:.2g} (most in {worst})"]
        return "\n".join(lines + [f"  {cause}" for cause in self.causes])


def verify_accumulation(
    model: Any,
    loss: Callable[..., Tensor],
    batch: Sequence[Any],
    micro_batches: int | Sequence[int] | Window,
    *,
    scale: float | Sequence[float] | None = None,
) -> Comparison:
    """Compares, in float64 and on a copy, the gradient of a window with that of the whole batch in one pass.

    Args:
        model: left as it is, and so is the random generator.
        loss: ``loss(output, target)``, a function or a module.
        batch: ``(input, target)``, or ``(input, ..., target)`` for a model with several inputs; rows come first.
        micro_batches: how many, or the rows of each, or your own window: a function ``window(model, loss, batch)`` that
            makes the backward passes of one step on the model it is given.
        scale: what the loss of a micro-batch is multiplied with before its backward pass, one number or one for each;
            ``1 / K`` without it, as ``(loss / K).backward()`` does.

    >>> import minitorch
    >>> from minitorch import nn
    >>> minitorch.manual_seed(0) and None
    >>> model, batch = nn.Linear(3, 2), (minitorch.randn(12, 3), minitorch.randint(0, 2, (12,)))
    >>> verify_accumulation(model, nn.CrossEntropyLoss(), batch, 4).ok
    True
    >>> print(verify_accumulation(model, nn.CrossEntropyLoss(), batch, 4, scale=1.0).causes[0])
    P13: the losses are not divided: the gradient is 4 times as long
    """
    trial = _Trial(model, loss, batch, micro_batches, scale)
    with _unwatched():
        found = trial.compare(set())
        if not found.ok:
            found.causes = trial.causes(found)
    return found


class _Trial:
    """One comparison and what it takes to explain it: the same again with something left out."""

    def __init__(self, model: Any, loss: Any, batch: Sequence[Any], micro: Any, scale: Any) -> None:
        if len(batch) < 2:
            raise ValueError(f"batch: (input, target) is expected, got {len(batch)} element{'s' * (len(batch) != 1)}")
        self.model, self.loss, self.scale = model, loss, scale
        self.batch = tuple(_double(part) for part in batch)
        rows = len(self.batch[-1])
        self.window: Window | None = micro if callable(micro) else None
        self.sizes: list[int] = []
        if isinstance(micro, int):
            if not 1 <= micro <= rows:
                raise ValueError(f"micro_batches: from 1 to {rows} for a batch of {rows} rows, got {micro}")
            self.sizes = [len(part) for part in np.array_split(np.arange(rows), micro)]
        elif self.window is None:
            self.sizes = [int(n) for n in micro]
            if sum(self.sizes) != rows or min(self.sizes) < 1:
                raise ValueError(f"micro_batches: sizes that add up to {rows} rows are expected, got {self.sizes}")
        self.scales: list[float] = []
        if self.window is None:
            given = 1 / len(self.sizes) if scale is None else scale
            self.scales = (
                [float(given)] * len(self.sizes) if isinstance(given, (int, float)) else [float(s) for s in given]
            )
            if len(self.scales) != len(self.sizes):
                raise ValueError(f"scale: a number for each of {len(self.sizes)} micro-batches, got {len(self.scales)}")
        elif scale is not None:
            raise ValueError("scale: your own window divides the loss itself")
        self.clips = 0

    # --- Gradients ----------------------------------------------------------------------------------------------------

    def fresh(self, without: set[str]) -> tuple[Any, Any]:
        """A copy of the model and of the loss in float64, without some layers' training behaviour."""
        loss = copy.deepcopy(self.loss).double() if hasattr(self.loss, "parameters") else self.loss
        model = copy.deepcopy(self.model).double()
        model.zero_grad()
        for layer in model.modules():
            if "dropout" in without and (
                isinstance(layer, _DROPOUTS) or getattr(layer, "dropout", None).__class__ is float
            ):
                layer.eval()
            if "statistics" in without and isinstance(layer, _NORMS[0]):
                layer.eval()
        return model, loss

    def gradient(self, run: Callable[[Any, Any], Any], without: set[str]) -> dict[str, np.ndarray]:
        model, loss = self.fresh(without)
        state = get_rng_state()
        try:
            run(model, loss)
        finally:
            set_rng_state(state)
        return {
            name: np.zeros(p.array.shape) if p._grad is None else p._grad.array.astype(np.float64)
            for name, p in model.named_parameters()
            if p.requires_grad
        }

    def whole(self, without: set[str]) -> dict[str, np.ndarray]:
        return self.gradient(lambda model, loss: loss(model(*self.batch[:-1]), self.batch[-1]).backward(), without)

    def accumulated(self, without: set[str], weights: Sequence[float] | None = None) -> dict[str, np.ndarray]:
        """The window's gradient; with ``weights`` that of micro-batches weighted so."""

        def run(model: Any, loss: Any) -> None:
            start = 0
            for size, weight in zip(self.sizes, self.scales if weights is None else weights, strict=True):
                part = [b[start : start + size] if hasattr(b, "__getitem__") else b for b in self.batch]
                (loss(model(*part[:-1]), part[-1]) * weight).backward()
                start += size

        if self.window is None or weights is not None:
            return self.gradient(run, without)
        window, seen = self.window, _Seen()

        def own(model: Any, loss: Any) -> None:
            sizes: list[int] = []
            handle = model.register_forward_pre_hook(lambda _, given: sizes.append(len(given[0])))
            watchers.append(seen)
            try:
                window(model, loss, self.batch)
            finally:
                watchers.remove(seen)
                handle.remove()
            self.sizes, self.clips = sizes, seen.clips

        return self.gradient(own, without)

    def compare(self, without: set[str], weights: Sequence[float] | None = None) -> Comparison:
        batch, window = self.whole(without), self.accumulated(without, weights)
        errors = {name: _relative(window[name] - g, g) for name, g in batch.items()}
        a, b = _flat(window), _flat(batch)
        ratio = float(a @ b / (b @ b)) if (b @ b) else 1.0
        return Comparison(_relative(a - b, b), ratio, list(self.sizes), errors)

    # --- Causes -------------------------------------------------------------------------------------------------------

    def causes(self, found: Comparison) -> list[str]:
        layers = {"statistics": _first(self.model, _NORMS[0]), "dropout": _dropout(self.model)}
        present = {kind for kind, layer in layers.items() if layer is not None}
        causes, rest, without = [], found, set[str]()
        for kind in sorted(present, reverse=True):
            after = self.compare(without | {kind})
            if abs(after.error - rest.error) > CLOSE:
                causes.append(
                    f"P21: {layers[kind]} computes its statistics of {min(self.sizes)} rows, not {sum(self.sizes)}"
                    if kind == "statistics"
                    else f"dropout: {layers[kind]} draws other elements for a micro-batch than for the batch"
                )
            without, rest = without | {kind}, after
        return causes if rest.ok else self._scaling(rest, without) + causes

    def _scaling(self, found: Comparison, without: set[str]) -> list[str]:
        k, total = len(self.sizes), sum(self.sizes)
        if self.clips:
            return [
                f"P19: gradients are clipped {self.clips} times before the window is complete: clip once, before step()"
            ]
        if total != len(self.batch[-1]):
            return [f"the window sees {total} rows of the batch's {len(self.batch[-1])}"]
        c = found.ratio
        true = self._true_weights(without)
        summed = true is not None and true[0] == "sum" and k > 1
        if _relative(_flat(self.accumulated(without)) - c * _flat(g := self.whole(without)), c * _flat(g)) < CLOSE:
            if summed:
                return [f"the loss is a sum: it needs no division (the gradient is {named(1 / c)} times too short)"]
            if k > 1 and abs(c - k) < CLOSE * k:
                return [f"P13: the losses are not divided: the gradient is {k} times as long"]
            if k > 1 and abs(c * k - 1) < CLOSE:
                return [f"P14: the losses are divided twice: the gradient is {k} times too short"]
            if c < 1 and abs(1 / (c / k) - round(1 / (c / k))) < 1e-6:
                return [
                    f"P18: the losses are divided by {round(k / c)}, but the window has {k} micro-batch{'es' * (k > 1)}"
                ]
            return [f"the gradient is {c:.3g} times as long"]
        if true is None:
            return ["no weights of the micro-batches give the batch's gradient: the loss is no mean or sum over rows"]
        used = self.scales or [1 / k] * k
        off = max(u / w for u, w in zip(used, true[1]) if w) if true[0] != "sum" else 1.0
        if true[0] == "labels":
            return [
                f"P15: ignored labels: micro-batches with {', '.join(map(str, self._kept()))} labels weigh the same; "
                f"a label weighs up to {off:.3g} times too much. Sum the losses and divide by all labels"
            ]
        if true[0] == "sum":
            return ["the loss is a sum: micro-batches need the weight 1 each"]
        return [
            f"P15: unequal micro-batches of {', '.join(map(str, self.sizes))} rows weigh the same; "
            f"a row weighs up to {off:.3g} times too much. Multiply each mean loss by its rows / {total}"
        ]

    def _true_weights(self, without: set[str]) -> tuple[str, list[float]] | None:
        """The weights of the micro-batches that give the batch's gradient, and what they go by."""
        k, kept = len(self.sizes), self._kept()
        candidates = {
            "rows": [n / sum(self.sizes) for n in self.sizes],
            "labels": [n / max(1, sum(kept)) for n in kept],
            "sum": [1.0] * k,
        }
        for name, weights in candidates.items():
            if self.compare(without, weights).ok:
                return name, weights
        return None

    def _kept(self) -> list[int]:
        """How many labels of each micro-batch count."""
        target, ignored = self.batch[-1], getattr(self.loss, "ignore_index", -100)
        labels = getattr(target, "array", np.asarray(target))
        ends = np.cumsum([0, *self.sizes])
        return [int((labels[a:b] != ignored).sum()) for a, b in itertools.pairwise(ends)]


class _Seen(Watcher):
    """Counts the clippings that are followed by another backward pass."""

    def __init__(self) -> None:
        self.clips = self.since = 0

    def clipped(self, parameters: Sequence[Tensor], bound: float, norm: float | None) -> None:
        self.since += np.isfinite(bound)

    def began(self, roots: Any, keep_graph: bool, lifted: bool, accumulate: bool) -> None:
        if accumulate:
            self.clips, self.since = self.clips + self.since, 0


@contextmanager
def _unwatched() -> Any:
    """Lets no doctor look on: these passes are not the user's."""
    kept = watchers[:], close_watchers[:]
    watchers.clear()
    close_watchers.clear()
    try:
        yield
    finally:
        watchers[:], close_watchers[:] = kept


def _double(part: Any) -> Any:
    return part.detach().double() if isinstance(part, Tensor) and part.is_floating_point() else part


def _flat(gradients: dict[str, np.ndarray]) -> np.ndarray:
    return np.concatenate([g.reshape(-1) for g in gradients.values()])


def _relative(difference: np.ndarray, to: np.ndarray) -> float:
    length = float(np.linalg.norm(to))
    error = float(np.linalg.norm(difference))
    return error / length if length > 1e-300 else error


def _first(model: Any, kinds: Any) -> str | None:
    return next((type(m).__name__ for m in model.modules() if isinstance(m, kinds) and m.training), None)


def _dropout(model: Any) -> str | None:
    for layer in model.modules():
        p = getattr(layer, "p", 0.0) if isinstance(layer, _DROPOUTS) else getattr(layer, "dropout", 0.0)
        if layer.training and isinstance(p, float) and p > 0:
            return type(layer).__name__
    return None
