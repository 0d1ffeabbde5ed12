"""P44: prediction (N, 1) and target (N,) broadcast to (N, N)."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np

from minitorch.core.row_node import RowNode
from minitorch.doctor.record import History, LossCall, Origin
from minitorch.doctor.roots import kind, origin_of
from minitorch.doctor.rule import Findings, Rule

_ALIKE = {
    "mse_loss", "l1_loss", "smooth_l1_loss", "huber_loss", "binary_cross_entropy", "binary_cross_entropy_with_logits",
    "poisson_nll_loss", "kl_div", "soft_margin_loss",
}  # fmt: skip
_ELEMENTWISE = {
    "Sigmoid",
    "Tanh",
    "Exp",
    "Log",
    "Log1P",
    "Clamp",
    "Relu",
    "Softplus",
    "Neg",
    "Add",
    "Sub",
    "Mul",
    "Div",
    "LogSigmoid",
}


class BroadcastLoss(Rule):
    """Every prediction is compared with every target: the model learns the mean."""

    code = "P44"
    title = "prediction and target broadcast to a matrix in the loss"

    def on_loss(self, h: History, node: Any, loss: LossCall) -> Findings:
        a, b = getattr(loss.input, "array", None), getattr(loss.target, "array", None)
        if loss.name not in _ALIKE or a is None or b is None or a.shape == b.shape:
            return
        try:
            n = int(np.prod(np.broadcast_shapes(a.shape, b.shape)))
        except ValueError:
            return
        if n <= max(a.size, b.size):
            return
        yield self.finding(
            f"{loss.name} compares every prediction with every target",
            [(loss.site, f"input {list(a.shape)} and target {list(b.shape)} broadcast to {n} elements")],
            effect=f"{n} differences instead of {max(a.size, b.size)}: the model learns the mean of the targets",
            fix=f"equal shapes:  {'target[:, None]' if b.ndim < a.ndim else 'prediction[:, None]'}, or squeeze(1)",
        )

    def on_node(self, h: History, node: Any, origin: Origin) -> Findings:
        if not (isinstance(node, RowNode) and kind(node) in ("Sub", "Mul") and len(node.meta[0]) == 2):
            return
        edges = [edge for edge in node.edges if edge is not None]
        if len(edges) != 1 or origin.loss is not None:
            return
        user, number = edges[0]
        shape = user.meta[2 * number]
        whole = node.meta[0]
        if shape not in ((whole[0], 1), (whole[0],)) or whole[0] < 2 or whole[0] != whole[1]:
            return
        below = origin_of(user)
        for _ in range(6):  # a function of every element of the output is an output too
            own = below is None or below.call is None or below.call is h.call
            if not own or not isinstance(user, RowNode) or kind(user) not in _ELEMENTWISE:
                break
            above = [edge for edge in user.edges if edge is not None]
            if len(above) != 1 or above[0][0].meta[2 * above[0][1]] != shape:
                break
            user = above[0][0]
            below = origin_of(user)
        if below is None or below.call is None or below.call is h.call:
            return  # not a model's output, or still inside of the model
        other = _other(node)
        if other is None or len(other) + len(shape) != 3:
            return
        yield self.finding(
            "the model's output and the target broadcast to a matrix",
            [(origin.site, f"output {list(shape)} and target {list(other)} give {list(whole)}")],
            effect=f"{whole[0] * whole[1]} differences instead of {whole[0]}: the model learns the mean of the targets",
            fix="make the shapes equal:  output.squeeze(1), or target[:, None]",
            severity="warning",
        )


def _other(node: RowNode) -> tuple[int, ...] | None:
    """The shape of the untracked operand, read from the operation that is being recorded."""
    frame = sys._getframe(2)
    for _ in range(12):
        values = frame.f_locals
        if "a" in values and "b" in values and "x" in values and "y" in values and frame.f_code.co_name == "op":
            t = values["b"] if node.edges[0] is not None else values["a"]
            return tuple(np.shape(getattr(t, "array", t)))
        if frame.f_back is None:
            return None
        frame = frame.f_back
    return None
