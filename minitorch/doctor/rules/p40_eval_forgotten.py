"""P40: a validation that runs in training mode."""

from __future__ import annotations

import ast
import weakref
from typing import Any

import numpy as np

from minitorch.core.mode import mode
from minitorch.core.tensor import Tensor
from minitorch.doctor.layers import sensitive
from minitorch.doctor.record import Backward, Call, History, LossCall
from minitorch.doctor.rule import Findings, Rule
from minitorch.doctor.site import Site

TIMES = 2
KEPT = 6  # how many results are compared with what is fed to modules and losses later
MOST = 20_000  # elements of an array that are looked through


class EvalForgotten(Rule):
    """A noisy and pessimistic figure; and the validation data shift the running statistics.

    What a model gives in training mode may well be wanted so: a fake for a discriminator, features for a head, a pseudo
    label, a sample of a distribution. So a line is left alone once its result is seen in what is trained.
    """

    code = "P40"
    title = "eval() is forgotten: validation runs with dropout and batch statistics"
    severity = "warning"

    def __init__(self) -> None:
        self.trained: set[int] = set()  # modules through which backward passes went
        self.seen: dict[Site, int] = {}  # evaluations without gradients
        self.calls: dict[Site, list[tuple[Call, Any]]] = {}  # those that recorded a graph, with its end
        self.meant: set[Site] = set()
        self.results: list[tuple[Site, np.ndarray]] = []
        self.inputs: dict[Site, tuple[Any, int]] = {}  # what a line gave the model last, and at which step

    def on_backward(self, h: History, backward: Backward) -> Findings:
        self.trained |= {id(call.module) for call in backward.calls}
        return iter(())

    def on_module(self, h: History, module: Any, inputs: Any) -> Findings:
        if self.results and mode.grad and not h.stack and any(p._requires_grad for p in module.parameters()):
            for t in inputs:
                if isinstance(t, Tensor):
                    self._reaches(t.array)
        return iter(())

    def on_loss(self, h: History, node: Any, loss: LossCall) -> Findings:
        if self.results and isinstance(loss.target, Tensor):
            self._reaches(loss.target.array)
        return iter(())

    def _reaches(self, array: np.ndarray) -> None:
        """Notes the lines whose results are in an array that something is trained with."""
        if array.size > MOST:
            return
        for site, result in self.results:
            if site not in self.meant and any(_contains(array, form) for form in _forms(result)):
                self.meant.add(site)

    def on_call(self, h: History, call: Call, result: Any) -> Findings:
        module, site = call.module, call.site
        if not call.training or id(module) not in self.trained or not isinstance(result, Tensor) or site in self.meant:
            return
        if call.grad and self._is_used(h, call, result):
            return
        layer = sensitive(module)
        if layer is None or _is_bare(site) or any(not m.training for m in module.modules()):
            return
        given = (None if call.input is None else call.input(), h.counts["step"])
        before = self.inputs.get(site)
        if before is not None and given[0] is not None and before[0]() is given[0] and before[1] == given[1]:
            self.meant.add(site)  # one input several times: samples, as with dropout on purpose
            return
        if call.input is not None:
            self.inputs[site] = (call.input, given[1])
        array = result.array
        self.results = [*self.results[1 - KEPT :], (site, array if array.size <= MOST else array[:1].copy())]
        n = self.seen[site] = self.seen.get(site, 0) + 1
        if n < TIMES + call.grad:
            return
        yield self.finding(
            f"{type(module).__name__} is evaluated in training mode",
            [(site, f"is not trained with, but its {layer} does what it does in training")],
            effect=f"{n} forward passes so far: the figures are noisy"
            + (", and running statistics take up the validation data" if "Norm" in layer else ""),
            fix="model.eval()  before the validation, and  model.train()  after it",
        )

    def _is_used(self, h: History, call: Call, result: Tensor) -> bool:
        """Whether the calls of a line that records a graph are differentiated: then it is training."""
        calls = self.calls.setdefault(call.site, [])
        del calls[:-8]
        used = any(c.backward or c.walked for c, _ in calls)
        unused = sum(end() is None for _, end in calls)  # those whose graphs are gone
        if result._edge is not None:
            calls.append((call, weakref.ref(result._edge[0])))
        return used or not unused


def _forms(result: np.ndarray) -> list[np.ndarray]:
    """A result as itself, and as labels and probabilities."""
    if result.ndim < 2 or result.shape[1] < 2:
        return [result]
    power = np.exp(result - result.max(1, keepdims=True))
    return [result, power / power.sum(1, keepdims=True), result.argmax(1)]


def _contains(array: np.ndarray, part: np.ndarray) -> bool:
    """Whether some values of ``part`` are all in ``array``; of labels, whether they are its labels."""
    if part.dtype.kind in "iu":
        return array.shape == part.shape and part.size > 7 and bool((array == part).mean() > 0.9)
    if array.dtype.kind != "f" or not part.size:
        return False
    looked = part.reshape(-1)[:: max(1, part.size // 4)][:4]
    return all(bool(np.isclose(array, v, rtol=1e-6, atol=0).any()) for v in looked) and bool((looked % 1 != 0).any())


def _is_bare(site: Site) -> bool:
    """Whether the line only calls, and throws the result away: to let batch statistics be computed again."""
    try:
        body = ast.parse(site.text).body
    except SyntaxError:
        return False
    return len(body) == 1 and isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Call)
