"""The forward pass as the probe sees it: calls of modules, nodes of the graph, calls of loss functions."""

from __future__ import annotations

import sys
import weakref
from collections.abc import Callable, Sequence
from types import CodeType, FrameType
from typing import Any

from minitorch.core.graph import Node
from minitorch.core.mode import mode
from minitorch.core.tensor import Tensor, wrap
from minitorch.doctor.probe_base import RECENT, Base, Handler
from minitorch.doctor.record import Call, History, LossCall, Origin
from minitorch.doctor.rule import Rule
from minitorch.doctor.site import _inside, here, inside, site_of
from minitorch.nn import functional

LOSSES: dict[CodeType, str] = {
    f.__code__: name
    for name, f in vars(functional).items()
    if hasattr(f, "__code__") and (name.endswith("_loss") or "cross_entropy" in name or name == "kl_div")
}


class Forward(Base):
    """Notes where every node was made, in which call of which module and which loss function."""

    def __init__(self, rules: Sequence[Rule], history: History, report: Callable[[Any, Rule], None]) -> None:
        super().__init__(rules, history, report)
        self.pending: tuple[FrameType, Node, Origin] | None = None  # the last node made in a running loss function

    def called(self, plain: Handler, module: Any, args: Any, kwargs: Any) -> Any:
        """A module's ``__call__`` while the doctor watches."""
        h = self.h
        outermost = not h.stack
        if outermost:
            h.counts["forward"] += 1
            h.modules.setdefault(id(module), module)
            h.call = Call(h.counts["forward"], module, here(), module.training, mode.grad, h.counts["step"])
            if args and isinstance(args[0], Tensor):
                h.call.input = weakref.ref(args[0].array)
            h.calls.append(h.call)
            del h.calls[:-RECENT]
        if self.wants["on_module"]:
            self.emit("on_module", module, args)
        h.stack.append(module)
        call = h.call
        try:
            result = plain(module, *args, **kwargs)
        finally:
            h.stack.pop()
            if outermost:
                h.call = None
        if outermost and self.wants["on_call"]:
            self.emit("on_call", call, result)
        return result

    def made(self, node: Node) -> None:
        frame: FrameType | None = sys._getframe(3)  # past tell() and the node's own __init__
        loss_frame: FrameType | None = None
        while frame is not None:
            code = frame.f_code
            if _inside.get(code) is not True and not inside(code):
                break
            if code in LOSSES:  # the outermost: some losses call others
                loss_frame = frame
            frame = frame.f_back
        if self.pending is not None and self.pending[0] is not loss_frame:
            self.settle()
        origin = Origin(site_of(frame), self.h.call, None)
        node.origin = origin
        self.h.newest = node.order
        if loss_frame is not None:
            self.pending = (loss_frame, node, origin)  # the last one made there will be the result's
        if self.wants["on_node"]:
            self.emit("on_node", node, origin)

    def settle(self) -> None:
        """Notes on the last node that a loss function made that it is that call's result."""
        if self.pending is None:
            return
        frame, node, origin = self.pending
        self.pending = None
        values = dict(frame.f_locals)
        inputs = [v for v in values.values() if isinstance(v, Tensor)]
        given = [
            values.get("input", inputs[0] if inputs else None),
            values.get("target", inputs[-1] if inputs else None),
        ]
        rest = {
            k: v
            for k, v in values.items()
            if k in ("reduction", "ignore_index", "weight", "label_smoothing", "log_target")
        }
        loss = origin.loss = LossCall(LOSSES[frame.f_code], origin.site, given[0], given[1], rest)
        self.emit("on_loss", node, loss)
        # it hangs on the node, and may not keep the history of its input alive
        loss.input, loss.target = [wrap(t.array) if isinstance(t, Tensor) else t for t in (loss.input, loss.target)]
