"""What the doctor remembers of a run: backward passes, what each ``.grad`` is made of, steps, windows, module calls.

A *contribution* is what one backward pass added to one ``.grad``; a *lineage* is the contributions that a ``.grad``
holds, in order, each fresh or already used by a step; the fresh ones that a step uses are its *window*.
"""

from __future__ import annotations

import weakref
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from minitorch.core.tensor import Tensor
from minitorch.doctor.site import NOWHERE, Site


@dataclass(eq=False, slots=True)
class Call:
    """One call of an outermost module: what a user sees as "the forward pass"."""

    number: int
    module: Any
    site: Site
    training: bool
    grad: bool
    step: int
    backward: int = 0  # how many backward passes went through it
    walked: bool = False  # whether autograd.grad() did
    input: Any = None  # a weak reference to its first input's array, to know it again


@dataclass(eq=False, slots=True)
class LossCall:
    """One call of a loss function of the framework."""

    name: str
    site: Site
    input: Any  # without its history once the rules have seen it, and None once the loss is understood
    target: Any
    arguments: dict[str, Any]
    measure: tuple[str, float | None] | None = None  # mean or sum, and over how many things

    @property
    def reduction(self) -> str:
        return str(self.arguments.get("reduction", "mean"))


@dataclass(eq=False, slots=True)
class Origin:
    """Where a node of the graph was made. It hangs on the node, as ``node.origin``."""

    site: Site
    call: Call | None
    loss: LossCall | None
    freed: Backward | None = None  # the backward pass that freed the node's saved values
    total: Any = None  # of what it is a total (P29)


@dataclass(eq=False, slots=True)
class Root:
    """What a backward pass started from: a constant factor times the mean, or sum, of some number of things."""

    site: Site  # where the root was computed
    scale: float  # product of the constants it was multiplied with and divided by, after its reduction
    divisors: list[float]  # the constants it was divided by, in order
    kind: str  # "mean", "sum" or "other"
    count: float | None  # how many things the mean is over
    loss: LossCall | None
    terms: int  # how many losses were added up
    seed: Any  # the gradient it was given


@dataclass(eq=False, slots=True)
class Backward:
    """One backward pass that accumulates."""

    number: int
    site: Site
    roots: list[Root]
    nodes: list[Any]  # weak references to the roots' nodes
    retain: bool
    create: bool
    step: int  # optimizer steps done before it
    closure: int  # which evaluation of a closure it ran in, 0 outside of one
    calls: set[Call] = field(default_factory=set)  # the module calls it went through
    written: int = 0  # how many leaves it wrote to
    owned: int = 0  # ... of those that an optimizer owns
    used: bool = False  # whether a step has used any of it
    lost: Site | None = None  # where all of it was cleared, unused
    order: int = 0  # of the newest node when it began (see Node.order: newer is smaller)
    goes_on: bool = False  # the index of the loop around it has risen since the pass before: no epoch lies between them
    restart: bool = False  # the first of a step, and the loop around it has begun anew since the last one

    @property
    def root(self) -> Root:
        return self.roots[0]


@dataclass(eq=False, slots=True)
class Lineage:
    """What one leaf's ``.grad`` is made of."""

    leaf: weakref.ref[Tensor]
    parts: list[Backward] = field(default_factory=list)
    used: int = 0  # the first so many parts have been applied by a step
    user: Any = None  # the optimizer of the last step that used it
    print: Any = None  # how the gradient looked when the doctor last saw it
    touched: bool = False  # the user changed it by hand
    clipped: int = 0  # parts that were there when it was last clipped
    looks: Any = None  # some elements of the leaf and of its gradient after the last pass, where no optimizer owns it
    before: float = 0.0  # squared length of the gradient of the last pass alone, kept when a used one is added to

    @property
    def fresh(self) -> list[Backward]:
        return self.parts[self.used :]

    def clear(self) -> None:
        self.parts, self.used, self.user, self.touched, self.clipped, self.looks = [], 0, None, False, 0, None


@dataclass(eq=False, slots=True)
class Step:
    """One step of an optimizer and what it uses."""

    number: int  # counted over all optimizers
    optimizer: Any
    site: Site
    parameters: list[Tensor]
    lineages: list[Lineage]  # of the parameters that have one
    window: list[Backward]  # the fresh backward passes in them, in order
    again: list[Backward]  # those that a step has used before
    closure: int = 0  # how often its closure was called
    inside: int = 0  # how many backward passes ran inside of it
    scheduled: int = 0  # scheduler steps since the optimizer's last step


@dataclass(eq=False, slots=True)
class Zero:
    """A clearing of gradients by an optimizer or a module."""

    owner: Any
    site: Site
    parameters: list[Tensor]
    to_none: bool
    dropped: list[Backward]  # fresh contributions that it throws away


def tensors_in(inputs: Any) -> list[Tensor]:
    """The tensors among a module's inputs, also those in tuples and lists."""
    if isinstance(inputs, Tensor):
        return [inputs]
    if isinstance(inputs, (list, tuple)):
        return [t for one in inputs for t in tensors_in(one)]
    return []


class History:
    """All of it, for the rules to look at."""

    def __init__(self) -> None:
        self.lineages: dict[int, Lineage] = {}
        self.backwards: list[Backward] = []  # the recent ones
        self.steps: dict[int, list[Step]] = {}  # the recent ones of each optimizer, by its id
        self.counts: Counter[str] = Counter()  # how many there were of each event
        self.windows: dict[int, list[int]] = {}  # the sizes of an optimizer's windows, those that were seen
        self.notes: dict[str, Any] = {}  # what one rule leaves for another
        self.zeros: dict[int, Zero] = {}  # the last clearing that reached each parameter
        self.optimizers: dict[int, Any] = {}
        self.sizes: dict[int, int] = {}  # how many parameters an optimizer has
        self.trained: set[int] = set()  # parameters, by id, of which a step has used a gradient
        self.owner: dict[int, Any] = {}  # the optimizer that owns a parameter
        self.modules: dict[int, Any] = {}  # outermost modules that were called or given, by id
        self.stack: list[Any] = []  # the modules whose forward is running
        self.call: Call | None = None  # the outermost of them
        self.calls: list[Call] = []  # the recent ones
        self.closure = 0
        self.newest = 0  # the order of the newest node
        self.last_step: dict[int, Step] = {}
        self.epochs = 0  # how often a DataLoader came to its end
        self.declared: int | None = None  # accumulate=K
        self.watched: list[Any] = []  # the models that the user named
        self.now: Site = NOWHERE
        self.broken: dict[str, Exception] = {}  # rules that failed themselves, and how
        self.failed = False  # the run ends with an exception

    def lineage(self, leaf: Tensor) -> Lineage:
        """The lineage of a leaf, made when it is first asked for."""
        found = self.lineages.get(id(leaf))
        if found is None or found.leaf() is not leaf:
            found = self.lineages[id(leaf)] = Lineage(weakref.ref(leaf))
        return found

    def forget(self) -> None:
        """Drops what is only right while every event is seen, when the doctor looks away for a while."""
        self.lineages.clear()
        self.zeros.clear()
        self.backwards.clear()
        self.calls.clear()
        self.last_step.clear()
        for steps in self.steps.values():
            steps.clear()
        self.notes.clear()

    def name_of(self, parameter: Tensor) -> str:
        """A parameter's name in the module that has it, for messages."""
        for module in self.modules.values():
            for name, p in module.named_parameters():
                if p is parameter:
                    return str(name)
        return f"a parameter of shape {list(parameter.shape)}"

    def parameters(self) -> Sequence[Tensor]:
        """All parameters of the modules seen or given, each once."""
        found: dict[int, Tensor] = {}
        for module in self.modules.values():
            for p in module.parameters():
                found[id(p)] = p
        return list(found.values())
