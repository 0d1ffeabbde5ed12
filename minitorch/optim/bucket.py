"""A bucket: parameters that step together, seen by an update rule as one flat vector.

A NumPy call costs about as much as a thousand additions, so a model of many small tensors is updated faster as one
vector. An algorithm is therefore a *rule*, a function of flat arrays that reads like the paper: from gradients ``g`` it
brings the state up to date and writes the step ``d``, and the bucket does x ← x − d.

Tensors are gathered into one vector of at most ``BLOCK`` elements, so that the rule's dozen passes find their operands
in the cache. A larger tensor is a bucket by itself, and is updated where it lies, ``BLOCK`` elements at a time. The
state lies in flat buffers, of which the tensors that users find in ``optimizer.state[p]`` are views.
"""

import itertools
from collections.abc import Callable, Iterable
from functools import partial
from operator import is_
from typing import Any, Protocol

import numpy as np

from minitorch.core.dtypes import Array, get_default_dtype
from minitorch.core.recording import Condition
from minitorch.core.tensor import Tensor, wrap
from minitorch.optim.arguments import number
from minitorch.optim.fused import Fused, places
from minitorch.optim.optimizer import Group

BLOCK = 1 << 16
_UNKNOWN = object()


class Number(float):
    """The initial value of a piece of state that is one number for each parameter, such as ``step``."""


Memory = dict[str, float]  # what an algorithm remembers of each parameter, and the value it starts with
Entry = dict[str, Any]  # what a user finds in optimizer.state[p]


class Constants(dict[float, Array]):
    """Numbers in one dtype: ``k[0.9]`` is a 0-d array, which NumPy takes up faster than a Python number.

    That is for numbers that stay; one that changes with every step had better be Python's.
    """

    def __init__(self, dtype: np.dtype[Any]) -> None:
        super().__init__()
        self.dtype = dtype

    def __missing__(self, value: float) -> Array:
        if len(self) >= 256:  # a schedule may change the learning rate for ever
            self.clear()
        constant = self[value] = np.array(value, self.dtype)
        return constant


class Operands:
    """What a rule works on: the gradient to read, the state to bring up to date, and the step ``d`` to write.

    ``t`` counts steps from 1, ``first`` says that there was no state before, ``numbers`` holds state that is one number
    for each parameter, ``k`` makes constants, ``e`` is room for a rule that needs more than ``d``. The parameters ``x``
    are gathered only for rules that ask for them.
    """

    __slots__ = ("_gather", "_x", "d", "e", "first", "g", "h", "k", "numbers", "state", "t")

    def __init__(self, g: Array, h: Array, d: Array, e: Array, gather: Callable[[], Array]) -> None:
        self.g, self.h, self.d, self.e = g, h, d, e  # h: room for a gradient that is not g as it came
        self.state: dict[str, Array] = {}
        self.numbers: dict[str, Array] = {}
        self.k, self.t, self.first = Constants(d.dtype), 0.0, False
        self._gather = gather
        self._x: Array | None = None

    @property
    def x(self) -> Array:
        if self._x is None:
            self._x = self._gather()
        return self._x

    @x.setter
    def x(self, flat: Array | None) -> None:
        self._x = flat

    def gradient(self, group: Group) -> Array:
        """The gradient to descend: turned round to maximize, and with that of the L2 penalty λx²/2 added."""
        g, decay = self.g, group["weight_decay"]
        if group["maximize"]:
            g = np.negative(g, out=self.h)
        if decay != 0 and not group.get("decoupled_weight_decay"):
            g = np.add(g, np.multiply(self.x, self.k[number(decay)], out=self.e), out=self.h)
        return g

    def decay(self, group: Group, lr: float) -> None:
        """Weight decay apart from the gradient, if the group has it: shrinks x by the factor 1 − ``lr`` · λ."""
        if group["decoupled_weight_decay"] and group["weight_decay"] != 0:
            self.d += np.multiply(self.x, self.k[lr * group["weight_decay"]], out=self.e)


class Algorithm(Protocol):
    """What a bucket asks of an optimizer."""

    def _update(self, group: Group, o: Operands) -> None: ...

    def _advance(self, group: Group, t: float, numbers: dict[str, Array]) -> None: ...

    def _fused(self, group: Group, o: Operands) -> Fused | None: ...


class Bucket:
    """Parameters that step together, with their state in flat buffers that show as views in each one's entry.

    ``entries`` are the parameters' dicts in ``optimizer.state``, none if the algorithm remembers nothing. ``own`` are
    the ids of the state tensors that buckets have made before: those move into this one's buffers. ``scratch`` has rows
    for gradients, steps, parameters and more, which all buckets of a dtype take turns to use.
    """

    def __init__(
        self, params: list[Tensor], entries: list[Entry], memory: Memory, own: set[int], scratch: Array
    ) -> None:
        self.params, self.names = params, list(memory)
        self.first = any(entry.get(name) is None for entry in entries for name in memory)
        arrays = self.arrays = [p.array for p in params]
        self.size, self.dtype = sum(a.size for a in arrays), arrays[0].dtype
        self.state: dict[str, Array] = {}
        self.numbers: dict[str, Array] = {}  # a vector each, one element a parameter, all alike
        for name, initial in memory.items():
            if isinstance(initial, Number):
                flat = self.numbers[name] = np.full(len(params), initial, number_dtype(entries[0].get(name)))
                views = [flat[i, ...] for i in range(len(params))]
            else:
                flat = np.empty(self.size, self.dtype)
                views = self._views(flat)
                self.state[name] = _real(flat)
                self.state[name][...] = initial
            for entry, view in zip(entries, views, strict=True):
                entry[name] = _settle(name, entry.get(name), view, own)
        # Where parameters and state lie: what must still be so at the next step.
        owners: list[Entry | None] = [*entries] or [None] * len(params)
        self._own_places = False
        self._addresses: Any = _UNKNOWN
        self._lies = list(zip(params, arrays, owners, strict=True))
        self.tensors = [entry[name] for entry in entries for name in memory]
        self._places = [(entry, name, entry[name], entry[name].array) for entry in entries for name in memory]
        self._prepare(scratch if self.size <= BLOCK else np.empty((4, self.size), self.dtype))

    def _prepare(self, scratch: Array) -> None:
        """Lays out the operands of the rule."""
        g, d, x, e = (row[: self.size] for row in scratch)
        self._gs, self._steps = self._views(g), list(zip(self.arrays, self._views(d), strict=True))
        gather = partial(_gather, _real(x), self._views(x), self.arrays)
        self.operands = Operands(_real(g), _real(g), _real(d), _real(e), gather)
        self.operands.state, self.operands.numbers = self.state, self.numbers

    def places(self) -> list[Array]:
        """Places for the parameters' gradients: those that lie there need not be gathered."""
        if not self._own_places:
            self._lay_gradients(True)
        return self._gs

    def _lay_gradients(self, own: bool) -> None:
        """Makes new memory for flat gradients, theirs alone or to gather them in."""
        flat = np.empty(self.size, self.dtype)
        self._gs, self.operands.g, self._own_places = self._views(flat), _real(flat), own

    def _views(self, flat: Array) -> list[Array]:
        """A view of a flat buffer for each parameter, of the parameter's shape."""
        ends = itertools.accumulate(a.size for a in self.arrays)
        return [flat[end - a.size : end].reshape(a.shape) for a, end in zip(self.arrays, ends, strict=True)]

    def grads(self) -> list[Array]:
        """The gradients of those parameters that have one."""
        grads = []
        for p in self.params:
            g = p._grad
            if g is not None:
                grads.append(g.array)
        return grads

    def fits(self, state: dict[Any, Any]) -> bool:
        """Whether parameters and state still lie where they lay when the bucket was made, in step with one another."""
        for p, array, entry in self._lies:
            if p.array is not array or (entry is not None and state.get(p) is not entry):
                return False
        for entry, name, tensor, array in self._places:
            if tensor.array is not array or entry.get(name) is not tensor:
                return False
        return not _uneven(self.numbers.values())

    def facts(self, state: dict[Any, Any]) -> list[Condition]:
        """What ``fits`` asks, one by one."""
        found: list[Condition] = []
        for p, array, entry in self._lies:
            found.append(Condition("array", p, None, array))
            if entry is not None:
                found.append(Condition("item", state, p, entry))
        for entry, name, tensor, array in self._places:
            found += [Condition("item", entry, name, tensor), Condition("array", tensor, None, array)]
        if self.numbers:
            found.append(Condition("call", _uneven, list(self.numbers.values()), False))
        return found

    def step(self, grads: list[Array], group: Group, algorithm: Algorithm, fused: bool = False) -> None:
        """Applies the algorithm's rule to the parameters, given their gradients; if asked, in one pass where it can."""
        operands = self.operands
        if "step" in self.numbers:
            steps = self.numbers["step"]
            steps[...] = operands.t = steps.item(0) + 1.0
        operands.first, self.first = self.first, False
        if not (fused and self._at_once(operands, grads, group, algorithm)):
            self._apply(operands, grads, group, algorithm._update)
        algorithm._advance(group, operands.t, self.numbers)
        for p in self.params:
            p._bump()

    def _at_once(self, operands: Operands, grads: list[Array], group: Group, algorithm: Algorithm) -> bool:
        """Takes a step by a kernel, if there is one for these parameters."""
        if self._addresses is _UNKNOWN:
            self._addresses = places(self.arrays)
        fused = None if self._addresses is None else algorithm._fused(group, operands)
        g = None if fused is None else self._gathered(grads)
        if fused is None or g is None:
            return False
        state = [self.state[name] for name in fused.state] or [g]
        fused.kernel(*self._addresses, g, *state, *fused.numbers)
        return True

    def _gathered(self, grads: list[Array]) -> Array | None:
        """The gradients as a flat vector for a kernel."""
        if self._own_places and not all(map(is_, self._gs, grads)):
            self._lay_gradients(False)  # somebody may have kept what lies there
        for flat, array in zip(self._gs, grads):  # strict=True would cost more than a copy
            if flat is not array:
                flat[...] = array
        return self.operands.g

    def _apply(
        self, operands: Operands, grads: list[Array], group: Group, rule: Callable[[Group, Operands], None]
    ) -> None:
        self._gathered(grads)
        operands.x = None
        rule(group, operands)
        for array, step in self._steps:
            array -= step


class LargeBucket(Bucket):
    """A large contiguous tensor, updated where it lies."""

    def places(self) -> list[Array]:
        """None: its gradient is read where it is."""
        return []

    def _gathered(self, grads: list[Array]) -> Array | None:
        g = grads[0].reshape(-1)
        return None if np.may_share_memory(g, self.arrays[0]) else g  # a kernel does not go by blocks

    def _prepare(self, scratch: Array) -> None:
        x = _real(self.arrays[0].reshape(-1))
        h, d, _, e = (_real(row)[:BLOCK] for row in scratch)
        self.operands = Operands(h, h, d, e, lambda: x)
        self.operands.numbers = self.numbers
        self._parts = []
        for start in range(0, x.size, BLOCK):
            part = slice(start, min(start + BLOCK, x.size))
            room = slice(part.stop - part.start)
            state = {name: flat[part] for name, flat in self.state.items()}
            self._parts.append((part, x[part], h[room], d[room], e[room], state))

    def _apply(
        self, operands: Operands, grads: list[Array], group: Group, rule: Callable[[Group, Operands], None]
    ) -> None:
        g = _real(grads[0].reshape(-1))
        for part, operands.x, operands.h, operands.d, operands.e, operands.state in self._parts:
            operands.g = g[part]
            rule(group, operands)
            operands.x -= operands.d


def make_bucket(params: list[Tensor], *args: Any) -> Bucket:
    """A bucket of the kind that suits the parameters."""
    alone = len(params) == 1 and params[0].array.size > BLOCK and params[0].array.flags.c_contiguous
    return (LargeBucket if alone else Bucket)(params, *args)


def new_scratch(dtype: np.dtype[Any]) -> Array:
    """Room for four flat vectors of a block at most; the rows do not compete for the same lines of the cache."""
    return np.empty((4, BLOCK + 80), dtype)


def blank(p: Tensor, memory: Memory) -> Entry:
    """The state of a parameter that has not stepped yet, in tensors of its own."""
    entry: Entry = {}
    for name, initial in memory.items():
        if isinstance(initial, Number):
            entry[name] = wrap(np.array(initial, get_default_dtype().numpy))
        else:
            array = np.empty_like(p.array, order="C")
            _real(array.reshape(-1))[...] = initial
            entry[name] = wrap(array)
    return entry


def _uneven(numbers: Iterable[Array]) -> bool:
    """Whether the parameters' own numbers are not all alike."""
    for vector in numbers:
        values = vector.tolist()
        if values.count(values[0]) < len(values):
            return True
    return False


def number_dtype(value: Any) -> np.dtype[Any]:
    """The dtype of a piece of state that is one number a parameter: a loaded tensor keeps its own, as in PyTorch."""
    return value.array.dtype if isinstance(value, Tensor) else get_default_dtype().numpy


def _settle(name: str, old: Any, view: Array, own: set[int]) -> Tensor:
    """Moves a piece of state into its place in a buffer. Our own tensors move along, for others a new one is made."""
    if old is None:
        return wrap(view)
    if not isinstance(old, Tensor):
        view[...] = old  # checkpoints of long ago hold plain numbers
        return wrap(view)
    if old.array.shape != view.shape and not (view.ndim == 0 and old.array.size == 1):
        raise RuntimeError(
            f"The size of tensor a {list(old.array.shape)} must match the size of tensor b {list(view.shape)}: "
            f"state {name!r} does not have its parameter's shape. Was it loaded from another model's optimizer?"
        )
    view[...] = old.array.reshape(view.shape)
    if id(old) not in own:
        return wrap(view)
    own.discard(id(old))
    old.array = view
    return old


def _gather(flat: Array, views: list[Array], arrays: list[Array]) -> Array:
    for view, array in zip(views, arrays, strict=True):
        view[...] = array
    return flat


def _real(flat: Array) -> Array:
    """Complex numbers as pairs of real ones, which every rule treats as parameters of their own, as PyTorch does."""
    return flat.view(flat.real.dtype) if flat.dtype.kind == "c" else flat
