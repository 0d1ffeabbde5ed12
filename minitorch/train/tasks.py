"""What is to be learned: targets in the form a loss compares with, how many outputs that takes, and what to measure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from minitorch.train.components import LOSS_TARGETS
from minitorch.train.data import Data
from minitorch.train.datasets import Array
from minitorch.train.datasets import Task as Kind
from minitorch.train.metrics import Accuracy, Metric, Regression

DEFAULT_LOSS = {"classification": "CrossEntropyLoss", "multilabel": "BCEWithLogitsLoss", "regression": "MSELoss"}


@dataclass(frozen=True)
class Task:
    """A data set seen through a loss."""

    outputs: int  # size of the model's last dimension
    encode: Callable[[Array], Array]  # targets of the data set to targets of the loss
    metric: Callable[[], Metric]


def suitable(kind: Kind) -> list[str]:
    """The losses that fit a kind of data set."""
    wanted = {"classification": ("labels", "bits"), "multilabel": ("bits",), "regression": ("values",)}[kind]
    return [name for name, targets in LOSS_TARGETS.items() if targets in wanted]


def task_of(data: Data, loss: str) -> Task:
    """How a data set is learned with one of its suitable losses.

    Two classes and a loss on bits make a logistic regression: one output, whose sign decides.
    """
    threshold = 0.5 if loss == "BCELoss" else 0.0
    if LOSS_TARGETS[loss] == "labels":
        return Task(data.classes, lambda labels: labels, Accuracy)
    if LOSS_TARGETS[loss] == "values":
        return Task(data.classes, lambda values: values, lambda: Regression(data.target_scale))
    dtype = data.train[0].dtype
    if data.task == "multilabel":
        return Task(data.classes, lambda bits: bits, lambda: Accuracy(threshold))
    if data.classes == 2:
        return Task(1, lambda labels: labels[:, None].astype(dtype), lambda: Accuracy(threshold))
    one_hot = np.eye(data.classes, dtype=dtype)
    return Task(data.classes, lambda labels: one_hot[labels], lambda: Accuracy(exclusive=True))
