"""Pitfall P35: a parameter is rebound by hand, and its .grad is None from then on.

    python examples/pitfalls/p35_grad_of_a_non_leaf.py

``w = w - lr * w.grad`` does not change the parameter: it makes a new tensor, the result of an operation, and calls
that w. Results have no ``.grad``, so the second iteration fails; or, with the guard that many put in to get rid of the
failure, nothing is updated ever again.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from functools import partial
from pathlib import Path

import _show
from sklearn.datasets import load_diabetes
from sklearn.linear_model import LinearRegression

import minitorch as torch

STEPS = 60
RATE = 0.1

Curve = list[float]


def wrong(x: torch.Tensor, y: torch.Tensor, steps: int = STEPS) -> Curve:
    w, losses = torch.zeros(x.shape[1], requires_grad=True), []
    for _ in range(steps):
        loss = (x @ w - y).pow(2).mean()
        loss.backward()
        losses.append(loss.item())
        w = w - RATE * w.grad  # another w, which is no leaf
    return losses


def wrong_guarded(x: torch.Tensor, y: torch.Tensor, steps: int = STEPS) -> Curve:
    w, losses = torch.zeros(x.shape[1], requires_grad=True), []
    for _ in range(steps):
        loss = (x @ w - y).pow(2).mean()
        loss.backward(retain_graph=True)  # asked for by the second error
        losses.append(loss.item())
        if w.grad is not None:  # and this by the first
            w = w - RATE * w.grad
    return losses


def right(x: torch.Tensor, y: torch.Tensor, steps: int = STEPS) -> Curve:
    w, losses = torch.zeros(x.shape[1], requires_grad=True), []
    for _ in range(steps):
        loss = (x @ w - y).pow(2).mean()
        loss.backward()
        losses.append(loss.item())
        with torch.no_grad():
            w -= RATE * w.grad  # in place: the same leaf, with other values
        w.grad = None
    return losses


def diabetes() -> tuple[torch.Tensor, torch.Tensor, float]:
    """442 patients, all columns standardised; and the mean squared error of the best line."""
    x, y = load_diabetes(return_X_y=True)
    x, y = x / x.std(axis=0), (y - y.mean()) / y.std()
    least = float(((LinearRegression().fit(x, y).predict(x) - y) ** 2).mean())
    return torch.tensor(x, dtype=torch.float32), torch.tensor(y, dtype=torch.float32), least


def cases() -> dict[str, Callable[[], object]]:
    x, y, _ = diabetes()

    def stopped() -> None:
        with contextlib.suppress(TypeError):
            wrong(x, y, 4)

    return {"wrong": stopped, "wrong_guarded": partial(wrong_guarded, x, y, 4), "right": partial(right, x, y, 4)}


def main(out: Path) -> None:
    x, y, least = diabetes()
    try:
        wrong(x, y)
        raise AssertionError("the second iteration should have failed")
    except TypeError as error:
        print(f"\nwrong, in the second iteration\n  TypeError: {error}")
    curves = {"right": right(x, y), "wrong_guarded": wrong_guarded(x, y)}
    shown = (0, 1, 2, 9, STEPS - 1)
    _show.table(
        f"mean squared error on the diabetes data; a least-squares fit has {least:.4f}",
        ["iteration", *(str(i + 1) for i in shown)],
        [[name, *(losses[i] for i in shown)] for name, losses in curves.items()],
    )
    flat = curves["wrong_guarded"]
    assert flat[1] < flat[0], "one update is made"
    assert len(set(flat[1:])) == 1, "and none after it"
    assert curves["right"][-1] < least + 0.02 < flat[-1]

    print("""
  The guarded loop has made a single update and goes on computing the same loss. What an update must do is change
  the values of the same leaf, under no_grad(): that is what an optimizer does.""")
    _show.plot(out / "p35_grad_of_a_non_leaf.png", [("linear regression", "iteration", "squared error", curves)])


if __name__ == "__main__":
    _show.run(main)
