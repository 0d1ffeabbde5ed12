"""P43: a loss that takes logits is given probabilities, or the other way round."""

from __future__ import annotations

import linecache
import math
import re
from typing import Any

import numpy as np

from minitorch.core.row_node import RowNode
from minitorch.doctor.record import History, LossCall
from minitorch.doctor.roots import kind, origin_of
from minitorch.doctor.rule import Findings, Rule
from minitorch.doctor.site import Site

# Through these a probability stays one, or nearly (a small number added against log(0)).
_PASSING = {
    "View", "Squeeze", "Unsqueeze", "Clone", "Clamp", "Transpose", "Permute", "Slice", "Select", "Index", "IndexSelect",
    "Gather", "MaskedSelect", "ToCopy", "Alias", "Expand", "Split", "Unbind", "Cat", "Stack", "Add", "Sub", "Dropout",
}  # fmt: skip
LOOKS = 8  # how many calls of nll_loss have their values looked at


class SoftmaxBeforeCrossEntropy(Rule):
    """Softmax twice: the loss cannot fall below log(1 + (C - 1) / e), and gradients are small."""

    code = "P43"
    title = "softmax before cross_entropy, sigmoid before BCE-with-logits, or logits into nll_loss"

    def __init__(self) -> None:
        self.looked = 0

    def on_loss(self, h: History, node: Any, loss: LossCall) -> Findings:
        if loss.name == "cross_entropy":
            yield from self._twice(loss, "Softmax", "softmax")
            yield from self._squashed(loss, "Sigmoid", "sigmoid")
        elif loss.name == "binary_cross_entropy_with_logits":
            yield from self._twice(loss, "Sigmoid", "sigmoid")
            yield from self._squashed(loss, "Softmax", "softmax")
        elif loss.name == "kl_div":
            yield from self._squashed(loss, "Softmax", "softmax", "log-probabilities")
        elif loss.name == "nll_loss" and self.looked < LOOKS:
            self.looked += 1
            yield from self._not_log(loss)

    def _twice(self, loss: LossCall, name: str, word: str) -> Findings:
        made = _made_by(loss.input, (name, "LogSoftmax") if name == "Softmax" else (name,))
        if made is None:
            return
        origin = origin_of(made)
        where = [(loss.site, "takes logits, and applies it itself")]
        if origin is not None and origin.site != loss.site:
            where.insert(0, (origin.site, f"makes probabilities with {word}"))
            where[:0] = _built(origin.site, name)
        if kind(made) == "LogSoftmax":
            yield self.finding(
                "log_softmax before cross_entropy does nothing twice", where, effect="none: it is idempotent",
                fix="pass the logits as they are", severity="note",
            )  # fmt: skip
            return
        shape = loss.input.array.shape
        classes = shape[1 if len(shape) > 1 else 0] if len(shape) else 2
        floor = math.log(1 + (classes - 1) / math.e) if name == "Softmax" else math.log(1 + 1 / math.e)
        yield self.finding(
            f"{loss.name} is given the result of {word}, and applies it again",
            where,
            effect=f"the loss cannot fall below {floor:.3f}"
            + (f" for {classes} classes" if name == "Softmax" else "")
            + ", and its gradients are small",
            fix=f"pass the model's output without {word} (apply it only where you want probabilities)",
        )

    def _squashed(self, loss: LossCall, name: str, word: str, takes: str = "logits") -> Findings:
        made = _made_by(loss.input, (name,))
        if made is None:
            return
        origin = origin_of(made)
        where = [(loss.site, f"takes {takes}")]
        if origin is not None and origin.site != loss.site:
            where.insert(0, (origin.site, f"makes probabilities with {word}"))
            where[:0] = _built(origin.site, name)
        yield self.finding(
            f"{loss.name} is given the result of {word}, where it takes {takes}",
            where,
            effect="all its inputs lie between 0 and 1: the loss has a floor above 0, and its gradients are small",
            fix=f"pass the model's output without {word}" if takes == "logits" else "kl_div(log_softmax(x, 1), target)",
            severity="warning",
        )

    def _not_log(self, loss: LossCall) -> Findings:
        values = loss.input.array
        axis = 1 if values.ndim > 1 else 0
        if not values.size or values.shape[axis] < 2:
            return
        with np.errstate(over="ignore"):
            total = np.exp(values.astype(np.float64)).sum(axis=axis)
        worst = float(np.max(np.abs(total - 1)))
        if float(values.max()) <= 1e-4 and worst < 0.05:
            return
        kind = "probabilities" if values.min() >= 0 and values.max() <= 1.0001 else "logits"
        yield self.finding(
            f"nll_loss is given {kind}, where it takes log-probabilities",
            [(loss.site, f"exp of a row sums to {float(total.flat[0]):.3g}, not 1")],
            effect="the loss is unbounded below: it can be lowered by scaling the output"
            if kind == "logits"
            else "it is no likelihood: gradients do not depend on how wrong the prediction is",
            fix="cross_entropy(logits, target), or nll_loss(log_softmax(logits, 1), target)",
        )


def _built(site: Site, name: str) -> list[tuple[Site, str]]:
    """The line that makes the module ``name``, where the line that runs it does not show it: in a Sequential."""
    if name.lower() in site.text.lower():
        return []
    lines = [
        n for n, line in enumerate(linecache.getlines(site.file), 1)
        if re.search(rf"(?<![A-Za-z]){name}\(", line.split("#")[0])
    ]  # fmt: skip
    return [(Site(site.file, lines[0], ""), f"makes the {name} module")] if len(lines) == 1 else []


def _made_by(t: Any, names: tuple[str, ...]) -> RowNode | None:
    """The node of one of these operations that a value came from, through views and clamps."""
    node = None if t._edge is None else t._edge[0]
    for _ in range(8):
        if not isinstance(node, RowNode):
            return None
        name = kind(node)
        if name in names:
            return node
        below = [edge for edge in node.edges if edge is not None]
        if name not in _PASSING or not below or (len(below) != 1 and name not in ("Cat", "Stack")):
            return None
        node = below[0][0]
    return None
