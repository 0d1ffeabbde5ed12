"""Pitfall P15: micro-batches of unequal size averaged as equals.

    python examples/pitfalls/p15_unequal_micro_batches.py

Dividing each mean loss by K is right only if all K micro-batches hold equally much. Where they do not (padded texts,
labels that are ignored, a last batch that is not full) each micro-batch counts the same, and so a label in a nearly
empty one counts many times as much as a label in a full one. Right is to add the losses up and to divide by what the
whole window holds. Trainers in wide use had this wrong until 2024.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from itertools import islice
from pathlib import Path

import _show
from sklearn.datasets import load_iris

import minitorch as torch
from minitorch import nn, optim
from minitorch.nn import functional as F
from minitorch.train.windows import holder, windows
from minitorch.utils.data import DataLoader, TensorDataset

EPOCHS = 20
K = 4  # micro-batches a window
SHEET = 64  # rows of a micro-batch, say a sheet of digits ...
LABELLED = (50, 30, 10, 2)  # ... of which only so many have a label, on the sheets of a window in turn
IGNORED = -100  # cross_entropy's ignore_index


def wrong(model: nn.Module, optimizer: optim.Optimizer, loader: Iterable[_show.Batch]) -> None:
    for i, (x, y) in enumerate(loader):
        loss = F.cross_entropy(model(x), y) / K  # a mean over the labels of this sheet
        loss.backward()
        if (i + 1) % K == 0:
            optimizer.step()
            optimizer.zero_grad()


def right(model: nn.Module, optimizer: optim.Optimizer, loader: Iterable[_show.Batch]) -> None:
    sheets = iter(loader)
    while window := list(islice(sheets, K)):
        labels = sum((y != IGNORED).sum() for _, y in window)
        for x, y in window:
            loss = F.cross_entropy(model(x), y, reduction="sum") / labels
            loss.backward()
        optimizer.step()
        optimizer.zero_grad()


def right_by_share(model: nn.Module, optimizer: optim.Optimizer, loader: Iterable[_show.Batch]) -> None:
    """As minitorch's trainer does it: a window knows how much each of its micro-batches holds of the whole."""
    for window in windows(loader, K, holder(F.cross_entropy)):
        for batch in window:
            loss = F.cross_entropy(model(*batch.inputs), batch.target) * batch.share
            loss.backward()
        optimizer.step()
        optimizer.zero_grad()


def cases() -> dict[str, Callable[[], object]]:
    def epochs(loop: _show.Loop, loader: DataLoader) -> None:
        model = _show.mlp()
        optimizer = optim.SGD(model.parameters(), lr=0.2)
        for _ in range(2):
            loop(model, optimizer, loader)

    return {
        loop.__name__: partial(epochs, loop, sheets_of_digits(windows=2)) for loop in (wrong, right, right_by_share)
    }


# --- What it does ----------------------------------------------------------------------------------------------------


def sheets_of_digits(windows: int = 7) -> DataLoader:
    """Windows of 4 sheets of 64 digits, in which all but the first 50, 30, 10 or 2 labels are missing."""
    x, y = _show.digits(rows=windows * K * SHEET)
    for i in range(0, len(y), SHEET):
        y[i + LABELLED[i // SHEET % K] : i + SHEET] = IGNORED
    return DataLoader(TensorDataset(x, y), batch_size=SHEET)


def last_batch_of_iris() -> None:
    """The mildest form: 150 rows in batches of 32, the last of which holds 22."""
    x, y = load_iris(return_X_y=True)
    data = torch.tensor(x, dtype=torch.float32), torch.tensor(y)
    batches = list(DataLoader(TensorDataset(*data), batch_size=32))
    model = nn.Linear(4, 3)
    for p in model.parameters():
        nn.init.zeros_(p)
    watch = _show.Watch(model, optimizer := optim.SGD(model.parameters(), lr=0.0), [data])
    rows = []
    for name, weigh in [("as equals", lambda y: 1 / len(batches)), ("by rows", lambda y: len(y) / len(data[1]))]:
        optimizer.zero_grad()
        for x, y in batches:
            (F.cross_entropy(model(x), y) * weigh(y)).backward()
        optimizer.step()
        counts = [150 * weigh(y) / len(y) for _, y in (batches[0], batches[-1])]
        rows.append([name, *counts, watch.errors[-1]])
    _show.table(
        "iris, 150 rows in batches of 32, 32, 32, 32 and 22",
        ["batches weighted", "a row counts", "one of the last 22", "gradient error"],
        rows,
    )
    (*_, equal_error), (*_, right_error) = rows
    assert right_error < 1e-5, "weighted by its rows, the last batch is right"
    assert equal_error > 0.01


def main(out: Path) -> None:
    last_batch_of_iris()

    loader = sheets_of_digits()
    data = loader.dataset.tensors
    full_batches = list(DataLoader(loader.dataset, batch_size=K * SHEET))  # each window as one batch
    losses: dict[str, list[float]] = {}
    watches: dict[str, _show.Watch] = {}
    loops: list[_show.Loop] = [right, right_by_share, wrong]
    for loop in loops:
        name = loop.__name__
        model = _show.mlp()
        optimizer = optim.SGD(model.parameters(), lr=0.2)
        watches[name] = _show.Watch(model, optimizer, full_batches)
        losses[name] = []
        for _ in range(EPOCHS):
            loop(model, optimizer, loader)
            losses[name].append(_show.loss_on(model, data))

    total = sum(LABELLED)
    _show.table(
        f"digits, windows of {K} sheets of {SHEET} with {LABELLED} labels: how often a label counts",
        ["sheet with so many labels", *map(str, LABELLED)],
        [["wrong", *(total / (K * n) for n in LABELLED)], ["right", *(1.0 for _ in LABELLED)]],
    )
    _show.table(
        "gradient used against that of the window as one batch, and the mean loss over all labels",
        ["loop", "error, step 1", "largest error", f"loss, epoch {EPOCHS // 2}", f"epoch {EPOCHS}"],
        [
            [name, watch.errors[0], max(watch.errors), losses[name][EPOCHS // 2 - 1], losses[name][-1]]
            for name, watch in watches.items()
        ],
    )
    for name in ("right", "right_by_share"):
        assert max(watches[name].errors) < 1e-4, "the gradient of the window is that of its rows as one batch"
    assert min(watches["wrong"].errors) > 0.1, "averaged as equals it never is"
    assert losses["wrong"][-1] > 1.2 * losses["right"][-1]

    most = total / (K * min(LABELLED))
    print(f"""
  The wrong loop learns too, and the loss it prints falls as it should: it minimises another mean, in which a label of a
  nearly empty sheet counts {most:.1f} times. What suffers is the mean over all labels alike.""")
    _show.plot(
        out / "p15_unequal_micro_batches.png",
        [
            ("mean loss over all labels", "epoch", "loss", {n: losses[n] for n in ("right", "wrong")}),
            (
                "gradient of a window against one batch",
                "step",
                "|used - full| / |full|",
                {n: watches[n].errors for n in ("right", "wrong")},
            ),
        ],
    )


if __name__ == "__main__":
    _show.run(main)
