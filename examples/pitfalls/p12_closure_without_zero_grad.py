"""Pitfall P12: the closure of L-BFGS without zero_grad().

    python examples/pitfalls/p12_closure_without_zero_grad.py

L-BFGS evaluates its closure many times in one step, at different points, and learns the curvature from how the gradient
changes between them. A closure that does not clear hands it sums of gradients at all these points instead. Clearing
before ``step()``, where one is used to, is not enough: it runs once, the closure twenty times.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import _show
import numpy as np

import minitorch as torch
from minitorch import nn, optim
from minitorch.nn import functional as F

STEPS = 8


def wrong(model: nn.Module, optimizer: optim.Optimizer, x: torch.Tensor, y: torch.Tensor) -> None:
    def closure() -> torch.Tensor:
        loss = F.cross_entropy(model(x), y)
        loss.backward()
        return loss

    optimizer.zero_grad()  # too early: once for all evaluations
    optimizer.step(closure)


def right(model: nn.Module, optimizer: optim.Optimizer, x: torch.Tensor, y: torch.Tensor) -> None:
    def closure() -> torch.Tensor:
        optimizer.zero_grad()
        loss = F.cross_entropy(model(x), y)
        loss.backward()
        return loss

    optimizer.step(closure)


def trained(
    loop: _show.Loop, data: _show.Batch, steps: int, line_search: str | None, watched: bool = False
) -> tuple[list[float], list[float]]:
    """The loss after each step; and of each evaluation, how much longer the gradient is than the one at this point."""
    model = _show.mlp()
    optimizer = optim.LBFGS(model.parameters(), lr=0.5, max_iter=20, line_search_fn=line_search)
    losses, ratios = [_show.loss_on(model, data)], []
    if watched:
        first = next(model.parameters())

        def look(p: torch.Tensor) -> None:
            with torch.enable_grad():  # hooks run without
                (alone,) = torch.autograd.grad(F.cross_entropy(model(data[0]), data[1]), p)
            ratios.append(float(np.linalg.norm(p.grad.numpy()) / np.linalg.norm(alone.numpy())))

        first.register_post_accumulate_grad_hook(look)
    for _ in range(steps):
        with np.errstate(all="ignore"):
            loop(model, optimizer, *data)
        losses.append(_show.loss_on(model, data))
    return losses, ratios


def cases() -> dict[str, Callable[[], object]]:
    data = _show.digits(200)
    return {loop.__name__: partial(trained, loop, data, 2, None) for loop in (wrong, right)}


def main(out: Path) -> None:
    data = _show.digits(rows=600)
    settings = {"lr 0.5": None, "strong Wolfe": "strong_wolfe"}
    runs = {
        (name, loop): trained(loop, data, STEPS, search)[0]
        for name, search in settings.items()
        for loop in (right, wrong)
    }
    ratios = {loop: trained(loop, data, 1, None, watched=True)[1] for loop in (right, wrong)}
    evaluations = (1, 2, 5, 10, 20)
    _show.table(
        "length of the gradient L-BFGS is given / length of the gradient at this point, in the first step",
        ["evaluation", *map(str, evaluations)],
        [[f.__name__, *(of[e - 1] if e <= len(of) else "-" for e in evaluations)] for f, of in ratios.items()],
    )
    _show.table(
        "mean loss over all rows, full batch",
        ["L-BFGS", *(f"step {s}" for s in (0, 1, 2, 4, STEPS))],
        [
            [f"{name}, {loop.__name__}", *(losses[s] for s in (0, 1, 2, 4, STEPS))]
            for (name, loop), losses in runs.items()
        ],
    )
    assert all(abs(r - 1) < 1e-4 for r in ratios[right])
    assert ratios[wrong][0] < 1.0001 and max(ratios[wrong]) > 2, "the closure hands over a sum"
    for name in settings:
        assert runs[name, right][-1] < 1e-2, "L-BFGS solves this in a few steps"
        assert runs[name, wrong][-1] > 10 * runs[name, right][-1], "and gets nowhere on sums of gradients"

    _show.plot(
        out / "p12_closure_without_zero_grad.png",
        [
            (f"L-BFGS, {name}", "step", "mean loss", {f.__name__: runs[name, f][1:] for f in (right, wrong)})
            for name in settings
        ],
    )


if __name__ == "__main__":
    _show.run(main)
