"""Pitfall P11: one parameter stepped twice.

    python examples/pitfalls/p11_stepped_twice.py

Encoder and decoder share a weight, and the optimizer was given the parameters of both: the list holds the weight twice,
so each step moves it twice. Or two optimizers hold the same layer. For SGD that is a doubled rate for this parameter
alone; with momentum or Adam, a state that is updated twice a step. ``Module.parameters()`` of one module leaves doubles
out; joining lists does not.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from functools import partial
from pathlib import Path

import _show

import minitorch as torch
from minitorch import nn, optim
from minitorch.utils.data import DataLoader, TensorDataset

EPOCHS = 10


class Coder(nn.Module):
    """A linear layer that shares its weight with another, used forwards (encoder) or backwards (decoder)."""

    def __init__(self, weight: nn.Parameter, backwards: bool) -> None:
        super().__init__()
        self.weight, self.backwards = weight, backwards
        self.bias = nn.Parameter(torch.zeros(weight.shape[0] if backwards else weight.shape[1]))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x @ (self.weight.mT if self.backwards else self.weight) + self.bias


def wrong(encoder: Coder, decoder: Coder, lr: float) -> optim.Optimizer:
    return optim.SGD([*encoder.parameters(), *decoder.parameters()], lr=lr)


def right(encoder: Coder, decoder: Coder, lr: float) -> optim.Optimizer:
    parameters = {id(p): p for p in [*encoder.parameters(), *decoder.parameters()]}
    return optim.SGD(parameters.values(), lr=lr)


def trained(
    make: Callable[[Coder, Coder, float], optim.Optimizer], pixels: torch.Tensor, lr: float, epochs: int
) -> tuple[float, list[float]]:
    """How far the first step moves the shared weight, and the reconstruction's error after each epoch."""
    torch.manual_seed(0)
    weight = nn.Parameter(0.1 * torch.randn(64, 16))
    encoder, decoder = Coder(weight, backwards=False), Coder(weight, backwards=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # some optimizers say so themselves
        optimizer = make(encoder, decoder, lr)
    before, first, errors = weight.detach().clone(), 0.0, []
    for _ in range(epochs):
        for (x,) in DataLoader(TensorDataset(pixels), batch_size=32):
            optimizer.zero_grad()
            loss = ((decoder(encoder(x)) - x) ** 2).sum(1).mean()
            loss.backward()
            optimizer.step()
            first = first or float((weight.detach() - before).norm().item())
        with torch.no_grad():
            error = ((decoder(encoder(pixels)) - pixels) ** 2).sum(1).mean().item()
            errors.append(error if error < 1e30 else float("inf"))  # also where it is no number any more
    return first, errors


def cases() -> dict[str, Callable[[], object]]:
    pixels, _ = _show.digits(256)
    return {make.__name__: partial(trained, make, pixels, 0.001, epochs=1) for make in (wrong, right)}


def main(out: Path) -> None:
    pixels, _ = _show.digits(rows=960)
    rates = (0.0003, 0.003, 0.01)
    runs = {lr: {make: trained(make, pixels, lr, EPOCHS) for make in (right, wrong)} for lr in rates}
    _show.table(
        f"autoencoder of digits with a shared weight: its first move, and the error after {EPOCHS} epochs (SGD)",
        ["lr", "first move, right", "wrong", "error, right", "wrong"],
        [[str(lr), *(r[0] for r in of.values()), *(r[1][-1] for r in of.values())] for lr, of in runs.items()],
    )
    for of in runs.values():
        assert abs(of[wrong][0] / of[right][0] - 2) < 1e-3, "the shared weight is moved twice"
    small, _, large = runs.values()
    assert small[wrong][1][-1] < small[right][1][-1], "at a small rate the mistake looks like progress"
    assert large[wrong][1][-1] > 10 * large[right][1][-1], "at a large one it diverges where the right loop learns"

    _show.plot(
        out / "p11_stepped_twice.png",
        [
            (f"SGD, lr {lr}", "epoch", "error", {make.__name__: run[1] for make, run in runs[lr].items()})
            for lr in rates
        ],
    )


if __name__ == "__main__":
    _show.run(main)
