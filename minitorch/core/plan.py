"""The plans made from a row of a derivative table: which rules run, and what is saved for them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from minitorch.core.batched_fallback import attempt
from minitorch.core.graph import Gradient
from minitorch.core.mode import mode
from minitorch.core.pulls import Pull, pull_of
from minitorch.core.row_node import RowNode, conjugates
from minitorch.core.saved import ALWAYS, PACKED, Saved
from minitorch.core.tensor import Array, Tensor, ndarray, wrap

if TYPE_CHECKING:
    from minitorch.core.row import Row

Rule = Callable[..., Any]


class Plan:
    """What recording a row means for one choice of the inputs that need a gradient."""

    __slots__ = ("facts", "inputs", "names", "needs", "outs", "part_pulls", "pull", "row", "rules", "single", "sources")

    def __init__(self, row: Row, needs: tuple[bool, ...]) -> None:
        self.row = row
        self.needs = needs
        fixed = len(row.inputs)
        wanted: list[str] = []  # what the rules that will run name, each once, in order
        rules: list[tuple[int, Rule, tuple[str, ...]]] = []
        for position, name in enumerate(row.inputs):
            rule = row.rules.get(name)
            if rule is not None and needs[position]:
                rules.append((position, rule, _parameters(rule)))
        if row.variadic is not None and any(needs[fixed:]):
            rule = row.rules[row.variadic]
            assert rule is not None
            rules.append((~fixed, rule, _parameters(rule)))
        if row.joint is not None:
            rules = [(~0, row.joint, _parameters(row.joint))]  # as for a list of inputs: it gives all their gradients
        for _, _, parameters in rules:
            wanted += [p for p in parameters if p not in wanted and not _is_gradient(p)]
        if row.definition is not None:
            wanted += [name for name in (*row.inputs, *row.params) if name not in wanted]
        self.single = len(row.outputs) == 1 and row.outputs != ("*",)
        # Order of what is saved: input arrays, results, then facts without a version (shapes, parameters, residuals).
        every = [*row.inputs] + ([] if row.variadic is None else [row.variadic])
        self.inputs: list[int] = []
        self.names: list[str] = []
        self.sources: list[int | None] = []  # per saved value: which input it is, ~k for result k, None for a fact
        where: dict[str, int | list[int]] = {}
        for i, name in enumerate(row.inputs):
            if name in wanted:
                where[name] = len(self.inputs)
                self.inputs.append(i)
        if row.variadic in wanted:
            where[row.variadic] = list(range(len(self.inputs), len(self.inputs) + len(needs) - fixed))
            self.inputs += range(fixed, len(needs))
        self.sources += self.inputs
        self.names += [every[min(i, len(every) - 1)] for i in self.inputs]
        self.outs: list[int] = []
        for name in wanted:
            if name in row.outputs:
                where[name] = len(self.sources)
                self.outs.append(row.outputs.index(name))
                self.sources.append(~self.outs[-1])
                self.names.append(name)
        self.facts: list[Callable[[Sequence[Any], dict[str, Any], Sequence[Any]], Any]] = []
        for name in wanted:
            if name not in where:
                where[name] = len(self.sources)
                self.facts.append(self._fact(name, fixed))
                self.sources.append(None)
                self.names.append(name)
        self.rules: list[tuple[int, Rule, tuple[int, ...]]] = []  # an input's position, its rule, and what that takes
        for position, rule, parameters in rules:
            picks: list[Any] = [where[p] for p in parameters if not _is_gradient(p)]
            if not self.single:
                rule = _of_several(rule, parameters, row.outputs)
            if any(isinstance(k, list) for k in picks):
                rule, picks = _grouped(rule, picks)
            self.rules.append((position, rule, tuple(picks)))
        self.pull: Pull = self._first_pull
        self.part_pulls: dict[tuple[int, ...], Pull] = {}

    def _first_pull(self, node: RowNode, g: Any) -> Sequence[Gradient | None]:
        """Stands in for the pull until it is needed."""
        self.pull = pull_of(self) or RowNode.plainly
        return self.pull(node, g)

    def pull_without(self, unwanted: tuple[int, ...]) -> Pull:
        """The pull that leaves out the gradients of some inputs."""
        found = self.part_pulls.get(unwanted)
        if found is None:
            found = self.part_pulls[unwanted] = pull_of(self, unwanted) or RowNode.plainly
        return found

    def _fact(self, name: str, fixed: int) -> Callable[[Sequence[Any], dict[str, Any], Sequence[Any]], Any]:
        row = self.row
        stem, _, suffix = name.rpartition("_")
        if name in row.params:
            return lambda arrays, params, residuals: params.get(name)
        if name == "needs":
            return lambda arrays, params, residuals: self.needs
        if name in row.residuals:
            k = row.residuals.index(name)
            return lambda arrays, params, residuals: residuals[k]
        if suffix == "shape" and stem in row.inputs:
            i = row.inputs.index(stem)
            return lambda arrays, params, residuals: arrays[i].shape
        if suffix == "shapes" and stem == row.variadic:
            return lambda arrays, params, residuals: [x.shape for x in arrays[fixed:]]
        raise TypeError(f"{row.name}: a rule names {name!r}, which is no input, result or parameter of the row")

    def save(
        self,
        tensors: Sequence[Any],
        arrays: Sequence[Any],
        params: dict[str, Any],
        results: Sequence[Tensor],
        residuals: Sequence[Any],
    ) -> Saved:
        """The values that the rules named, with the versions they have now."""
        saved: list[Any] = []
        for i in self.inputs:
            t = tensors[i]
            if isinstance(t, Tensor):
                x, counter = t.array, t._counter
                saved += (x if x.ndim else x[()], counter, counter[0])
            else:
                saved += (t, ALWAYS, 0)
        for k in self.outs:
            x, counter = results[k].array, results[k]._counter
            saved += (x if x.ndim else x[()], counter, counter[0])
        for fact in self.facts:
            saved += (fact(arrays, params, residuals), ALWAYS, 0)
        return tuple(saved)

    def gradients(self, node: RowNode, grads: Sequence[Gradient | None], lifted: bool) -> Any:
        """The gradients of all results, zeros for those that nothing used."""
        zeros = (lambda k: wrap(zeros_for(node, k))) if lifted else partial(zeros_for, node)
        if len(node.meta) == 2:  # a varying number of results that is one here: it comes bare
            grads = [grads]
        return Several(zeros(k) if g is None else g for k, g in enumerate(grads))

    def lift(self, node: RowNode, values: Sequence[Any]) -> list[Any]:
        """Saved values as Tensors on the edges they had: an input on the input's, a result on the node itself."""
        return [
            self.lift_one(node, i, value) if isinstance(value, (ndarray, np.generic)) else value
            for i, value in enumerate(values)
        ]

    def lift_one(self, node: RowNode, i: int, value: Any) -> Any:
        """The same for one of them; what is no tensor stays as it is."""
        source = self.sources[i]
        if source is None or not isinstance(value, (ndarray, np.generic)):
            return value
        assert node.saved is not None
        t = wrap(value)  # type: ignore[arg-type]
        if node.saved[3 * i + 1] is not PACKED:
            t._counter = node.saved[3 * i + 1]  # so that a later pass over what is recorded now sees a modification too
        if value.dtype.kind in "fc":
            t._edge = (node, ~source) if source < 0 else node.edges[source]
            t._requires_grad = t._edge is not None
        return t

    def run_attempting(self, found: list[Gradient | None], g: Any, values: Sequence[Any]) -> list[Gradient | None]:
        """The rules' gradients where one cannot take batched arrays: that one runs sample by sample."""
        for position, rule, picks in self.rules:
            chosen = [values[k] for k in picks]
            if position >= 0:
                found[position] = attempt(rule, g, *chosen)
            else:
                found[~position:] = attempt(rule, g, *chosen)
        return found

    def run_lifted(
        self, node: RowNode, g: Any, values: Sequence[Any], unwanted: Sequence[int] = ()
    ) -> Sequence[Gradient | None]:
        """The same rules on Tensors; for a fused kernel, the derivative of its definition."""
        row = self.row
        lifted = self.lift(node, values)
        if row.definition is not None:
            from minitorch.core.alias import differentiate

            inputs = [lifted[self.inputs.index(i)] for i in range(len(row.inputs))]
            params = {n: v for n, v in zip(self.names, values, strict=True) if n in row.params}
            needs = [need and position not in unwanted for position, need in enumerate(self.needs)]
            return differentiate(row.definition, inputs, params, [g] if self.single else g, needs)
        conjugated = self.single and node.meta[1].kind == "c"
        if conjugated:
            g = np.conjugate(g)
        if not self.single:
            g = self.gradients(node, g, True)
        found: list[Gradient | None] = [None] * len(node.edges)
        for position, rule, picks in self.rules:
            if position in unwanted:
                continue
            chosen = [lifted[k] for k in picks]
            if position >= 0:
                f = rule(g, *chosen)
                found[position] = f if isinstance(f, Tensor) and f._requires_grad else _connected(f, chosen)
            else:
                found[~position:] = [_connected(f, chosen) for f in rule(g, *chosen)]
        return conjugates(found) if conjugated else found


def _connected(f: Any, values: Sequence[Any]) -> Any:
    """A gradient in a graph if one of the values that its rule named is in one."""
    if isinstance(f, Tensor) and not f._requires_grad and mode.grad:
        for x in values:
            if isinstance(x, Tensor) and x._requires_grad:
                from minitorch.core.vanishing import vanishing

                return vanishing(f, x)
    return f


class Several(tuple[Any, ...]):
    """The gradients of all results of an operation that has several."""

    __slots__ = ()


def zeros_for(node: RowNode, k: int) -> Array:
    shape, dtype = node.meta[2 * k : 2 * k + 2]
    return np.zeros(shape, dtype)


def _is_gradient(parameter: str) -> bool:
    return parameter == "g" or parameter.startswith("g_")


def _of_several(rule: Rule, parameters: tuple[str, ...], outputs: tuple[str, ...]) -> Rule:
    """A rule of a row with several results, called with all their gradients: ``g`` is all, ``g_<name>`` one of them."""
    chosen = [None if p == "g" else outputs.index(p[2:]) for p in parameters if _is_gradient(p)]

    def of_several(gradients: Any, *values: Any) -> Any:
        return rule(*[gradients if k is None else gradients[k] for k in chosen], *values)

    return of_several


def _parameters(rule: Rule) -> tuple[str, ...]:
    code = rule.__code__
    return code.co_varnames[: code.co_argcount]


def _grouped(rule: Rule, picks: list[Any]) -> tuple[Rule, list[int]]:
    """A rule that takes a list of inputs as one argument, called with all of them in a row."""
    flat: list[int] = []
    spans: list[tuple[int, int] | int] = []
    for k in picks:
        spans.append((len(flat), len(flat) + len(k)) if isinstance(k, list) else len(flat))
        flat += k if isinstance(k, list) else [k]

    def grouped(g: Any, *values: Any) -> Any:
        return rule(g, *[values[s[0] : s[1]] if isinstance(s, tuple) else values[s] for s in spans])

    return grouped, flat
