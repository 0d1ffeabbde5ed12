"""primitive(): turns a NumPy function and its derivative rules into an operation on Tensors.

A row of a derivative table reads

    mul = primitive("Mul", np.multiply, a=lambda g, b: g * b, b=lambda g, a: g * a)

The keywords name the inputs, in order, and give each its rule: the gradient of that input from ``g``, the gradient of
the result. What else a rule names is saved when the operation is recorded, and nothing more:

    g             the gradient of the result (``g_<name>``: of the result called so, where there are several)
    out           the result (or a result's own name, where there are several)
    a             the input called so, as an array
    a_shape       only that input's shape
    axis, ...     a keyword parameter of the forward function

A backward pass runs the rules on plain arrays. Under ``create_graph`` the same rules run on Tensors: their operators
and ``np.`` functions arrive at primitives again (see protocol.py), so every order of derivative comes from the one row.
The engine sums a gradient down to its input's shape, spreads it up to it and casts it, so no rule does.

A row whose forward is a fused kernel gives its ``definition`` in primitives as well; that is what is differentiated
under ``create_graph``. Such a forward may return ``residuals`` after its result, values for its rules alone.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Protocol, cast

import numpy as np

from minitorch.core import dtypes
from minitorch.core.graph import (
    ALWAYS,
    NO_GRAD_VIEW,
    Gradient,
    Meta,
    RowNode,
    Saved,
    View,
    conjugates,
    edge_of,
    node_class,
    several_views,
    shares_memory,
    sink,
)
from minitorch.core.mode import mode
from minitorch.core.tensor import Array, Tensor, _new, ndarray, wrap

Rule = Callable[..., Any]
Op = Callable[..., Any]

_F32, _F64 = np.dtype(np.float32), np.dtype(np.float64)
_SCALARS = (float, int)


class Operation(Protocol):
    """What ``primitive`` makes: inputs by position, parameters by keyword. (Several results are a tuple.)"""

    __name__: str
    row: Row

    def __call__(self, *inputs: Any, **params: Any) -> Tensor: ...


class Row:
    """One row of a derivative table."""

    __slots__ = (
        "backward_name", "definition", "forward", "inputs", "joint", "name", "node", "outputs", "params", "plans", "prepare",
        "residuals", "rules", "variadic", "view",
    )  # fmt: skip

    def __init__(
        self,
        name: str,
        forward: Callable[..., Any],
        rules: dict[str, Rule | None],
        *,
        prepare: Callable[[Sequence[Any]], Sequence[Any]],
        view: bool,
        outputs: tuple[str, ...],
        residuals: tuple[str, ...],
        definition: Op | None,
        joint: Rule | None,
    ) -> None:
        self.name = name
        self.backward_name = name if name[-1].isdigit() or name == "CopySlices" else f"{name}Backward0"
        self.forward = forward
        self.rules = rules
        self.prepare = prepare
        self.view = view
        self.outputs = outputs
        self.residuals = residuals
        self.definition = definition
        self.joint = joint
        self.inputs, self.variadic, self.params = _signature(forward, rules)
        self.plans: dict[Any, Plan] = {}
        self.node: type[RowNode] | None = None
        if residuals and definition is None:
            raise TypeError(f"{name}: residuals are not differentiable, so a definition is needed for higher orders")

    def plan(self, needs: tuple[bool, ...]) -> Plan:
        """Which rules run, and what they need saved, when these inputs need a gradient."""
        found = self.plans.get(needs)
        if found is None:
            found = self.plans[needs] = Plan(self, needs)
        return found

    def node_class(self) -> type[RowNode]:
        """The class of this row's nodes, made when the first one is needed."""
        if self.node is None:
            names = [*self.inputs, *self.outputs]
            aliases = {"result": self.outputs[0], **dict(zip(("self", "other"), self.inputs))}  # PyTorch's names
            self.node = node_class(self.backward_name, {**aliases, **{name: name for name in names if name.isidentifier()}})
        return self.node


def _signature(forward: Callable[..., Any], rules: dict[str, Rule | None]) -> tuple[list[str], str | None, list[str]]:
    """Names of the inputs, of the list that takes the rest of them (if any), and of the keyword parameters."""
    code = getattr(forward, "__code__", None)
    if code is None:  # a ufunc: the rules name its inputs
        return list(rules), None, []
    names, n, k = code.co_varnames, code.co_argcount, code.co_kwonlyargcount
    variadic = names[n + k] if code.co_flags & 0x04 else None
    return list(names[:n]), variadic, list(names[n : n + k])


class Plan:
    """What recording a row means for one choice of the inputs that need a gradient."""

    __slots__ = ("facts", "inputs", "names", "needs", "outs", "row", "rules", "single", "sources")

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
        self.rules: list[tuple[int, Rule, Any]] = []
        for position, rule, parameters in rules:
            picks: list[Any] = [where[p] for p in parameters if not _is_gradient(p)]
            if not self.single:
                rule = _of_several(rule, parameters, row.outputs)
            if any(isinstance(k, list) for k in picks):
                rule, picks = _grouped(rule, picks)
            compact: Any = tuple([3 * k for k in picks])
            if position >= 0 and len(picks) < 2:
                compact = 3 * picks[0] if picks else None
            self.rules.append((position, rule, compact))

    def _fact(self, name: str, fixed: int) -> Callable[[Sequence[Any], dict[str, Any], Sequence[Any]], Any]:
        row = self.row
        stem, _, suffix = name.rpartition("_")
        if name in row.params:
            return lambda arrays, params, residuals: params.get(name)
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
        lifted: list[Any] = []
        assert node.saved is not None
        for value, source, counter in zip(values, self.sources, node.saved[1::3], strict=True):
            if source is None or not isinstance(value, (ndarray, np.generic)):
                lifted.append(value)
                continue
            t = wrap(np.asarray(value))
            t._counter = counter  # so that a later pass over what is recorded now sees a modification too
            t._edge = (node, ~source) if source < 0 else node.edges[source]
            t._requires_grad = t._edge is not None and value.dtype.kind in "fc"
            lifted.append(t)
        return lifted

    def run_lifted(self, node: RowNode, g: Any, values: Sequence[Any]) -> Sequence[Gradient | None]:
        """The same rules on Tensors; for a fused kernel, the derivative of its definition."""
        row = self.row
        lifted = self.lift(node, values)
        if row.definition is not None:
            from minitorch.core.engine import differentiate

            inputs = [lifted[self.inputs.index(i)] for i in range(len(row.inputs))]
            params = {n: v for n, v in zip(self.names, values, strict=True) if n in row.params}
            return differentiate(row.definition, inputs, params, [g] if self.single else g, self.needs)
        conjugated = self.single and node.meta[1].kind == "c"
        if conjugated:
            g = np.conjugate(g)
        if not self.single:
            g = self.gradients(node, g, True)
        found: list[Gradient | None] = [None] * len(node.edges)
        for position, rule, picks in self.rules:
            chosen = [] if picks is None else [picks] if isinstance(picks, int) else picks
            chosen = [lifted[k // 3] for k in chosen]
            if position >= 0:
                found[position] = rule(g, *chosen)
            else:
                found[~position:] = rule(g, *chosen)
        return conjugates(found) if conjugated else found


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


# --- What the inputs become ------------------------------------------------------------------------------------------


def same(arrays: Sequence[Any]) -> Sequence[Any]:
    """Inputs as they are."""
    return arrays


def promote(arrays: Sequence[Any]) -> Sequence[Any]:
    """Arrays cast to PyTorch's result type; Python scalars stay, since NumPy treats them as weak too."""
    to = dtypes.result_numpy(*arrays)
    return [_cast(x, to) for x in arrays]


def promote_float(arrays: Sequence[Any]) -> Sequence[Any]:
    """As promote, and integers become the default floating dtype: exp, sqrt, true division."""
    to = dtypes.as_float(dtypes.result_numpy(*arrays))
    return [_cast(x, to) for x in arrays]


def _cast(x: Any, to: np.dtype[Any]) -> Any:
    if isinstance(x, (ndarray, np.generic)):
        return x if x.dtype == to else x.astype(to)
    return np.asarray(x).astype(to)[()] if to.kind != "f" or isinstance(x, bool) else x


def operand(x: Any) -> Any:
    """The array of a Tensor; a Python scalar for a NumPy one; arrays and scalars as they are."""
    if isinstance(x, Tensor):
        return x.array
    if x.__class__ in _SCALARS or isinstance(x, (ndarray, int, float, complex)):
        return x
    if isinstance(x, np.generic):
        return x.item()
    raise TypeError(f"expected a Tensor or a number, but got {type(x).__name__}")


# --- primitive
# ---------------------------------------------------------------------------------------------------------


def primitive(
    name: str,
    forward: Callable[..., Any],
    /,
    *,
    prepare: Callable[[Sequence[Any]], Sequence[Any]] = promote,
    view: bool = False,
    outputs: tuple[str, ...] = ("out",),
    residuals: tuple[str, ...] = (),
    definition: Op | None = None,
    joint: Rule | None = None,
    **rules: Rule | None,
) -> Operation:
    """An operation on Tensors from a NumPy function and its derivative rules; the module's docstring has the form.

    The operation takes its inputs by position and its parameters by keyword. Given only arrays and numbers it computes
    on them and records nothing, so that a rule may use it on arrays as well.

    ``name`` is its node's (``"Mul"`` shows as ``MulBackward0``), ``prepare`` what happens to the inputs' dtypes.
    ``view`` says that a result shares its input's memory where NumPy's does; ``outputs`` names several results,
    ``("*",)`` a varying number of them; ``joint`` is one rule that gives the gradients of all inputs.

    >>> import numpy as np, minitorch
    >>> from minitorch.core.primitive import primitive
    >>> cube = primitive("Cube", lambda x: x ** 3, x=lambda g, x: 3 * g * x ** 2)
    >>> x = minitorch.tensor(2.0, requires_grad=True)
    >>> g, = minitorch.autograd.grad(cube(x), x, create_graph=True)
    >>> g, *minitorch.autograd.grad(g, x)
    (tensor(12., grad_fn=<MulBackward0>), tensor(12.))
    """
    row = Row(
        name, forward, rules, prepare=prepare, view=view, outputs=outputs, residuals=residuals, definition=definition,
        joint=joint,
    )  # fmt: skip
    plain = not (view or residuals or joint or definition or row.params or row.variadic) and len(outputs) == 1
    if plain and len(row.inputs) == 2 and outputs != ("*",):
        op = _binary(row)
    elif plain and len(row.inputs) == 1 and outputs != ("*",):
        op = _unary(row)
    else:
        op = _general(row)
    op.__name__ = op.__qualname__ = name
    op.__doc__ = f"The primitive {name}: {', '.join(row.inputs)} -> {', '.join(outputs)}."
    op.row = row
    return cast(Operation, op)


def _general(row: Row) -> Any:
    """An operation with parameters, several results or a list of inputs."""

    def op(*inputs: Any, **params: Any) -> Any:
        return apply(row, op, inputs, params)

    return op


def apply(row: Row, op: Op, inputs: Sequence[Any], params: dict[str, Any]) -> Any:
    """Computes a row's forward and records it if any input requires grad: the general path."""
    tracked = False
    first: Tensor | None = None
    arrays: list[Any] = []
    for x in inputs:
        if isinstance(x, Tensor):
            if x._view is not None:
                x._view.refresh(x)
            if x._requires_grad:
                tracked = True
            if first is None:
                first = x
            arrays.append(x.array)
        else:
            arrays.append(x)
    if first is None:  # a rule on arrays
        out = row.forward(*row.prepare(inputs), **params)
        return out if not row.residuals else out[0] if len(row.outputs) == 1 else out[: len(row.outputs)]
    if row.prepare is not same:
        arrays = list(row.prepare([operand(x) for x in arrays]))
    result = row.forward(*arrays, **params)
    kept: Sequence[Any] = ()
    if row.residuals:
        n = len(row.outputs)
        result, kept = (result[0] if n == 1 else result[:n]), result[n:]
    many = row.outputs != ("out",)
    outs = [wrap(a) for a in result] if many else [wrap(result)]
    if row.view:
        _mark_views(row, op, first, outs, params)
    if tracked and (row.rules or row.joint) and mode.grad:
        record(row, inputs, arrays, params, outs, kept)
    return tuple(outs) if many else outs[0]


def record(
    row: Row,
    inputs: Sequence[Any],
    arrays: Sequence[Any],
    params: dict[str, Any],
    outs: list[Tensor],
    kept: Sequence[Any],
) -> RowNode | None:
    """Makes the node of an operation and hangs its results on it."""
    edges = tuple([(x._edge or sink(x)) if isinstance(x, Tensor) and x._requires_grad else None for x in inputs])
    plan = row.plan(tuple([edge is not None for edge in edges]))
    if not plan.rules:
        return None
    meta: Meta = ()
    for t in outs:
        z = t.array
        meta += (z.shape, z.dtype)
    node = (row.node or row.node_class())(plan, edges, plan.save(inputs, arrays, params, outs, kept), meta)
    for k, out in enumerate(outs):
        if out.array.dtype.kind in "fc":
            out._edge = (node, k)
            out._requires_grad = True
            if out._view is not None:
                out._view.edge = out._view.base._edge
    return node


def _mark_views(row: Row, op: Op, x: Tensor, outs: list[Tensor], params: dict[str, Any]) -> None:
    """Notes which results share the input's memory, and how to get there from its base."""
    several = len(outs) > 1 or row.outputs == ("*",)
    for k, out in enumerate(outs):
        if not shares_memory(out.array, x.array):
            continue
        if out.array is x.array:
            out.array = x.array.view()
        step: Callable[[Any], Any] = partial(_nth, op, k, params) if several else partial(op, **params)
        fault = None
        if several:
            fault = several_views(k, row.backward_name)
        elif not mode.grad:
            fault = NO_GRAD_VIEW
        parent = x._view
        if parent is None:
            out._view = View(x, (step,), fault)
        else:
            out._view = View(parent.base, (*parent.steps, step), parent.fault or fault)
        out._counter = x._counter


def _nth(op: Op, k: int, params: dict[str, Any], x: Any) -> Any:
    return op(x, **params)[k]


# The two commonest kinds of operation have the general path unrolled: no list is built, and what an elementwise row saves
# is known beforehand. It takes half the time of the general path on small tensors.

_SCALAR: dict[Any, Op] = {
    np.add: operator.add, np.subtract: operator.sub, np.multiply: operator.mul, np.true_divide: operator.truediv
}  # fmt: skip
_NOTHING, _FIRST, _SECOND, _BOTH, _RESULT, _OTHER = range(6)
_NONE: dict[str, Any] = {}


def _kind(plan: Plan | None) -> int:
    """What a plan saves, where it is one of the usual things."""
    if plan is None:
        return _NOTHING
    usual: dict[tuple[int | None, ...], int] = {(): _NOTHING, (0,): _FIRST, (1,): _SECOND, (0, 1): _BOTH, (~0,): _RESULT}
    return usual.get(tuple(plan.sources), _OTHER)


def _recorded(array: Any) -> Tensor:
    """The result of an operation that is about to be recorded: ``wrap`` without its questions."""
    t: Tensor = _new(Tensor)
    t.array = array
    t._counter = [0]
    t._grad = t._hooks = t._sink = t._view = None
    t._requires_grad = True
    return t


def _unary(row: Row) -> Any:
    """An elementwise operation of one input: one call, one node."""
    forward, prepare = row.forward, row.prepare
    check = prepare is promote_float
    plan = row.plan((True,)) if any(row.rules.values()) else None
    kind = _kind(plan)

    def op(a: Any) -> Any:
        if not isinstance(a, Tensor):
            return forward(*prepare([a]))
        x = a.array
        if check and not ((d := x.dtype) is _F32 or d is _F64):
            (x,) = prepare([x])
        z = forward(x)
        if a._view is not None:
            a._view.refresh(a)
        if not a._requires_grad or plan is None or not mode.grad:
            return wrap(z)
        if z.__class__ is not ndarray:
            z = np.asarray(z)
        out = _recorded(z)
        if kind == _RESULT:
            saved: Saved = (z if z.ndim else z[()], out._counter, 0)
        elif kind == _FIRST:
            counter = a._counter
            saved = (x if x.ndim else x[()], counter, counter[0])
        else:
            saved = plan.save((a,), (x,), _NONE, (out,), ()) if kind else ()
        out._edge = ((row.node or row.node_class())(plan, (a._edge or sink(a),), saved, (z.shape, z.dtype)), 0)
        return out

    return op


def _binary(row: Row) -> Any:
    """An operation of two inputs: one call, one node."""
    forward, prepare = row.forward, row.prepare
    check = prepare is promote_float
    on_scalars = _SCALAR.get(forward)
    differentiable = any(row.rules.values())
    plans: list[Any] = [
        None, *(row.plan(needs) if differentiable else None for needs in ((True, False), (False, True), (True, True)))
    ]  # fmt: skip
    plans = [plan if plan is not None and plan.rules else None for plan in plans]
    kinds = [_kind(plan) for plan in plans]

    def op(a: Any, b: Any) -> Any:
        if isinstance(a, Tensor):
            x, counter_a = a.array, a._counter
            need = 1 if a._requires_grad or a._view is not None else 0
            if isinstance(b, Tensor):
                y, counter_b = b.array, b._counter
                if (d := x.dtype) is not y.dtype or (check and not (d is _F32 or d is _F64)):
                    x, y = prepare((x, y))
                if b._requires_grad or b._view is not None:
                    need += 2
            else:
                y, counter_b = operand(b), ALWAYS
                if not ((d := x.dtype) is _F32 or d is _F64) or y.__class__ not in _SCALARS:
                    x, y = prepare((x, y))
        elif isinstance(b, Tensor):
            x, counter_a, y, counter_b = operand(a), ALWAYS, b.array, b._counter
            if not ((d := y.dtype) is _F32 or d is _F64) or x.__class__ not in _SCALARS:
                x, y = prepare((x, y))
            need = 2 if b._requires_grad or b._view is not None else 0
        else:
            return forward(*prepare((a, b)))
        if x.__class__ is ndarray and not x.ndim:  # NumPy computes on its scalars ten times faster than on 0-d arrays
            x = x[()]
        if y.__class__ is ndarray and not y.ndim:
            y = y[()]
        try:
            z = forward(x, y) if on_scalars is None else on_scalars(x, y)
        except ValueError as error:
            raise _mismatch(x, y, error) from None
        if not (need and differentiable and mode.grad):
            return wrap(z)
        edge_a = edge_b = None
        if need & 1:
            edge_a = edge_of(a) if a._view is not None else a._edge or sink(a)
        if need & 2:
            edge_b = edge_of(b) if b._view is not None else b._edge or sink(b)
        which = (edge_a is not None) + 2 * (edge_b is not None)
        plan = plans[which]
        if plan is None:
            return wrap(z)
        if z.__class__ is not ndarray:
            z = np.asarray(z)
        out = _recorded(z)
        kind = kinds[which]
        if kind == _NOTHING:
            saved: Saved = ()
        elif kind == _BOTH:
            saved = (x, counter_a, counter_a[0], y, counter_b, counter_b[0])
        elif kind == _SECOND:
            saved = (y, counter_b, counter_b[0])
        elif kind == _FIRST:
            saved = (x, counter_a, counter_a[0])
        else:
            saved = plan.save((a, b), (x, y), _NONE, (out,), ())
        out._edge = ((row.node or row.node_class())(plan, (edge_a, edge_b), saved, (z.shape, z.dtype)), 0)
        return out

    return op


def _mismatch(x: Any, y: Any, error: ValueError) -> Exception:
    """PyTorch's error for shapes that do not broadcast."""
    a, b = np.shape(x), np.shape(y)
    for d in range(1, min(len(a), len(b)) + 1):
        if a[-d] != b[-d] and 1 not in (a[-d], b[-d]):
            return RuntimeError(
                f"The size of tensor a ({a[-d]}) must match the size of tensor b ({b[-d]}) at non-singleton dimension "
                f"{max(len(a), len(b)) - d}: shapes {list(a)} and {list(b)} do not broadcast"
            )
    return error
