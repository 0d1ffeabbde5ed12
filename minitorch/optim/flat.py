"""FlatOptimizer: the base of the optimizers whose algorithm is an elementwise rule, run on buckets of parameters.

Parameters without a gradient are skipped. Should only some of a bucket have gradients, it is divided once and for all,
and each part counts its own steps. If someone puts other tensors into the state, or other memory under a parameter, the
buckets are made anew around them.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from operator import is_
from typing import Any

from numpy.lib.array_utils import byte_bounds

from minitorch.core.dtypes import Array
from minitorch.core.recording import Condition
from minitorch.core.tensor import Tensor
from minitorch.optim.arguments import number
from minitorch.optim.bucket import BLOCK, Bucket, Memory, Number, Operands, make_bucket, new_scratch, number_dtype
from minitorch.optim.fused import Fused
from minitorch.optim.optimizer import HOOKS_OF_ALL, Group, Optimizer

Work = list[tuple[Bucket, list[Array]]]


class Layout:
    """How the parameters of one group lie in buckets. ``idle`` ones have never had a gradient and are in none."""

    def __init__(self, params: list[Tensor], state: dict[Any, Any], memory: Memory, old: "Layout | None") -> None:
        self.params, self.memory = list(params), memory
        self.idle: list[Tensor] = []
        self.buckets: list[Bucket] = []
        before = old.buckets if old else []
        home = {p: i for i, bucket in enumerate(before) for p in bucket.params}
        own = {id(tensor) for bucket in before for tensor in bucket.tensors}
        entangled = _entangled(params)
        together: dict[Any, list[Tensor]] = {}
        for p, times in Counter(params).items():
            if p.grad is None and not (p in home and p in state):
                self.idle.append(p)
                continue
            entry = state[p] if memory else {}
            facts = [_fact(entry.get(name), initial) for name, initial in memory.items()]
            apart = id(p) if p in entangled else None
            key = (times, p.array.dtype, p.grad is None, home.get(p), apart, *facts)
            together.setdefault(key, []).append(p)
        scratch = {p.array.dtype: new_scratch(p.array.dtype) for p in params}
        for (times, dtype, *_), members in together.items():
            for chunk in _chunks(members):
                kept = [b for b in before if _same(b.params, chunk) and b.names == list(memory) and b.fits(state)]
                entries = [state[p] for p in chunk] if memory else []
                bucket = kept[0] if kept else make_bucket(chunk, entries, memory, own, scratch[dtype])
                self.buckets += [bucket] * times  # a parameter that is listed twice steps twice

    def work(self, state: dict[Any, Any]) -> Work | None:
        """The buckets that have gradients, with those; None if parameters or state are no longer as they were."""
        for p in self.idle:
            if p.grad is not None:
                return None
        work = []
        for bucket in self.buckets:
            grads = bucket.grads()
            if grads:
                if len(grads) < len(bucket.params) or not bucket.fits(state):
                    return None
                work.append((bucket, grads))
        return work


class FlatOptimizer(Optimizer):
    """An optimizer whose algorithm is an elementwise rule on flat arrays.

    A subclass says what it remembers of a parameter (``_memory``) and applies its rule (``_update``).
    """

    def _prepare(self) -> None:
        super()._prepare()
        self._layouts: dict[int, Layout] = {}

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)
        self._layouts = {}

    def _memory(self, group: Group) -> Memory:
        """What is remembered of each parameter of the group, with its initial value."""
        raise NotImplementedError

    def _update(self, group: Group, o: Operands) -> None:
        """Applies the rule to parameters of the group: brings the state up to date and writes the step ``o.d``."""
        raise NotImplementedError

    def _fused(self, group: Group, o: Operands) -> Fused | None:
        """The rule as one pass, if there is such a kernel."""
        return None

    def _advance(self, group: Group, t: float, numbers: dict[str, Array]) -> None:
        """Brings numbers other than ``step`` up to date, after step ``t`` of some parameters of the group."""

    def _check_group(self, group: Group) -> None:
        if group.get("differentiable"):
            raise ValueError(
                "differentiable=True is not supported: a step is computed on arrays and not recorded. To differentiate "
                "through an update write it with tensors, as in w = w - lr * grad(loss, w, create_graph=True)[0]."
            )

    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Updates the parameters that have gradients. ``closure`` computes those and the loss anew, and returns it."""
        loss = self._evaluate(closure)
        for i, group in enumerate(self.param_groups):
            for bucket, grads in self._work(i, group):
                bucket.step(grads, group, self, bool(group.get("fused")))
        return loss

    def gradient_places(self) -> dict[Tensor, Array]:
        """Arrays where the gradients of parameters need not be gathered for a step, for who can choose their memory."""
        buckets = [bucket for layout in self._layouts.values() for bucket in layout.buckets]
        return {p: place for bucket in buckets for p, place in zip(bucket.params, bucket.places())}

    def unrolled(self) -> tuple[list[Condition], list[tuple[Bucket, Group]]] | None:
        """What ``step()`` comes to as long as some facts hold: each of these buckets' step. For a recorder's replays.

        None where it is not as simple: hooks, parameters without gradients.
        """
        hooks = [self._hooks["step_before"], self._hooks["step_after"], *HOOKS_OF_ALL]
        groups = self.param_groups
        facts = [Condition("len", hook, None, 0) for hook in hooks]
        facts.append(Condition("len", groups, None, len(groups)))
        facts += [Condition("item", self.__dict__, name, self.__dict__[name]) for name in ("state", "param_groups")]
        work: list[tuple[Bucket, Group]] = []
        for i, group in enumerate(groups):
            layout, params = self._layouts.get(i), group["params"]
            if layout is None or layout.idle or any(hooks) or not _same(layout.params, params):
                return None
            facts += [Condition("item", groups, i, group), Condition("item", self._layouts, i, layout)]
            facts += [Condition("item", group, "params", params), Condition("len", params, None, len(params))]
            facts += [Condition("item", params, k, p) for k, p in enumerate(params)]
            facts.append(Condition("call", self._memory, group, layout.memory))
            for bucket in layout.buckets:
                facts += bucket.facts(self.state)
                work.append((bucket, group))
        return facts, work

    def _work(self, i: int, group: Group) -> Work:
        """The buckets of group number ``i`` that have gradients, with those; the layout is renewed if need be."""
        params, memory, layout = group["params"], self._memory(group), self._layouts.get(i)
        if layout and layout.memory.keys() == memory.keys() and _same(layout.params, params):
            work = layout.work(self.state)
            if work is not None:
                return work
        if group.get("capturable"):
            raise AssertionError(
                "If capturable=True, params and state_steps must be on supported devices: those with graph capture, "
                "and minitorch computes on the CPU. Leave capturable=False."
            )
        layout = self._layouts[i] = Layout(params, self.state, memory, layout)
        return [(bucket, grads) for bucket in layout.buckets if (grads := bucket.grads())]


def _fact(value: Any, initial: float) -> Any:
    """What parameters must have in common to step together: the numbers in their state, and whether there is any."""
    if isinstance(initial, Number):
        return number_dtype(value), initial if value is None else float(number(value))
    return value is None


def _entangled(params: list[Tensor]) -> set[Tensor]:
    """Parameters that may share memory with others: each must see what the one before it wrote."""
    found: set[Tensor] = set()
    last, end = None, 0
    for low, high, p in sorted(((*byte_bounds(p.array), p) for p in set(params)), key=lambda span: span[:2]):
        if last is not None and low < end:
            found |= {last, p}
        if high > end:
            last, end = p, high
    return found


def _chunks(params: list[Tensor]) -> Iterator[list[Tensor]]:
    """Large tensors by themselves, small ones up to a block together."""
    small: list[Tensor] = []
    room = BLOCK
    for p in params:
        if p.array.size > BLOCK:
            yield [p]
            continue
        if p.array.size > room:
            yield small
            small, room = [], BLOCK
        small.append(p)
        room -= p.array.size
    if small:
        yield small


def _same(a: list[Tensor], b: list[Tensor]) -> bool:
    return len(a) == len(b) and all(map(is_, a, b))
