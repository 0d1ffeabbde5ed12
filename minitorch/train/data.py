"""A data set made ready for training: split into three parts, standardised by what the training part alone shows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from minitorch.core.generator import Generator
from minitorch.train.datasets import TASKS, Array, Task, read


@dataclass(frozen=True)
class Data:
    """Three parts of (features, targets): float arrays (N, ...) and labels (N,), values (N, T) or bits (N, L)."""

    name: str
    task: Task
    train: tuple[Array, Array]
    val: tuple[Array, Array] | None
    test: tuple[Array, Array]
    classes: int  # labels, or targets of a regression
    target_scale: Array | None = None  # what one unit of a standardised target means, (T,)

    @property
    def parts(self) -> dict[str, tuple[Array, Array]]:
        """The parts that there are, by name."""
        found = {"train": self.train, "val": self.val, "test": self.test}
        return {name: rows for name, rows in found.items() if rows is not None}


def prepare(
    name: str,
    *,
    test_size: float,
    val_size: float,
    stratify: bool,
    standardise: bool,
    standardise_target: bool,
    as_images: bool,
    split_seed: int,
    dtype: Any,
    arguments: dict[str, Any],
) -> Data:
    """Read, split, standardise.

    Raises `ValueError` when a part would be empty, or an option does not fit the data set.
    """
    task = TASKS[name]
    if as_images and name != "digits":
        raise ValueError(f"as_images: only digits has images, {name} has none")
    if stratify and task != "classification":
        raise ValueError(f"stratify: {name} has no classes to keep in proportion")
    if standardise_target and task != "regression":
        raise ValueError(f"standardise_target: {name} has no values to standardise, its targets are labels")
    features, targets = read(name, **arguments)
    train, val, test = split(targets, test_size, val_size, stratify=stratify, seed=split_seed)
    if standardise:
        features = _standardised(features, train)[0]
    scale = None
    if standardise_target:
        targets, scale = _standardised(targets, train)
    if as_images:
        features = features.reshape(-1, 1, 8, 8)
    features = features.astype(dtype)
    if task != "classification":
        targets = targets.astype(dtype)
    count = int(targets.max()) + 1 if task == "classification" else targets.shape[1]
    parts = [(features[rows], targets[rows]) for rows in (train, val, test)]
    return Data(name, task, parts[0], parts[1] if len(val) else None, parts[2], count, scale)


def first_rows(data: Data, train: int, rest: int | None = None) -> Data:
    """The same data with so many training rows, and ``rest`` rows of each other part."""

    def cut(part: tuple[Array, Array], rows: int | None) -> tuple[Array, Array]:
        return part[0][:rows], part[1][:rows]

    return replace(
        data, train=cut(data.train, train), val=cut(data.val, rest) if data.val else None, test=cut(data.test, rest)
    )


def split(
    targets: Array, test_size: float, val_size: float, *, stratify: bool, seed: int
) -> tuple[Array, Array, Array]:
    """Row numbers of the training, validation and test parts; every row is in exactly one.

    With ``stratify`` every class is spread over the parts in proportion, to within one row.

    Raises `ValueError` when the training or test part, or a validation part that is asked for, would be empty.
    """
    order = Generator().manual_seed(seed).permutation(len(targets))
    tested = _chosen(order, targets if stratify else None, test_size)
    test, rest = order[tested], order[~tested]
    validated = _chosen(rest, targets if stratify else None, val_size / (1 - test_size))
    val, train = rest[validated], rest[~validated]
    for part, rows, size in (("test", test, test_size), ("val", val, val_size), ("train", train, 1.0)):
        if size and not len(rows):
            raise ValueError(f"the {part} part of {len(targets)} rows would be empty")
    return train, val, test


def _chosen(order: Array, targets: Array | None, share: float) -> Array:
    """A mask that takes ``share`` of the rows evenly along the order, within each class when classes are given."""
    count = round(len(order) * min(share, 1.0))
    marks = np.arange(len(order) + 1) * count // max(len(order), 1)
    evenly = np.diff(marks).astype(bool)
    if targets is None:
        return evenly
    mask = np.zeros(len(order), bool)
    mask[np.argsort(targets[order], kind="stable")] = evenly
    return mask


def _standardised(columns: Array, train: Array) -> tuple[Array, Array]:
    """Columns with mean 0 and deviation 1 on the training rows, and the deviations (1 for a constant column)."""
    mean, deviation = columns[train].mean(axis=0), columns[train].std(axis=0)
    deviation = np.where(deviation > 1e-12 * np.maximum(1.0, np.abs(mean)), deviation, 1.0)
    return (columns - mean) / deviation, deviation
