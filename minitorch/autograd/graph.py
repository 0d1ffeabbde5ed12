"""The graph as users look at it and hook into it: nodes, edges, hooks on saved tensors and on several gradients."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from types import TracebackType
from typing import Any, Literal

from minitorch.autograd.saved import (
    allow_mutation_on_saved_tensors,
    disable_saved_tensors_hooks,
    save_on_cpu,
    saved_tensors_hooks,
)
from minitorch.core.engine import current_pass
from minitorch.core.graph import GradientEdge, Node, edge_of
from minitorch.core.hooks import RemovableHandle
from minitorch.core.tensor import Tensor

__all__ = [
    "GradientEdge",
    "Node",
    "allow_mutation_on_saved_tensors",
    "disable_saved_tensors_hooks",
    "get_gradient_edge",
    "increment_version",
    "register_multi_grad_hook",
    "save_on_cpu",
    "saved_tensors_hooks",
]


def get_gradient_edge(tensor: Tensor) -> GradientEdge:
    """Where the gradient of a tensor goes (``torch.autograd.graph.get_gradient_edge``).

    ``grad`` and ``backward`` take it in the tensor's place, which may be dropped meanwhile.

    >>> import minitorch
    >>> x = minitorch.tensor([1.0, 2.0], requires_grad=True)
    >>> y = x * 2
    >>> edge = minitorch.autograd.graph.get_gradient_edge(y)
    >>> y = y.exp().sum()  # the name is free again
    >>> minitorch.autograd.grad(y, edge)
    (tensor([ 7.3891, 54.5981]),)
    """
    edge = edge_of(tensor)
    if edge is None:
        raise RuntimeError(
            "It is not possible to get the gradient edge for a Tensor that does not require gradients. Call "
            "requires_grad_() on what it is computed from."
        )
    return GradientEdge(*edge)


def increment_version(tensor: Tensor | Iterable[Tensor]) -> None:
    """Says that memory was written by other means, through ``t.array`` for one, so that autograd notices.

    It counts as one in-place write of the tensor, or of each of several; inference tensors have no versions.

    >>> import minitorch
    >>> x = minitorch.ones(2)
    >>> x.array[0] = 5
    >>> minitorch.autograd.graph.increment_version(x)
    >>> x._version
    1
    """
    if not isinstance(tensor, (Tensor, Iterable)):
        raise RuntimeError(f"increment_version expect a Iterable[Tensor] as input, but got {type(tensor).__name__}")
    tensors = [tensor] if isinstance(tensor, Tensor) else list(tensor)
    for t in tensors:
        if not isinstance(t, Tensor):
            raise RuntimeError(
                "increment_version expects each element of the iterable to be a tensor, but one is a "
                f"{type(t).__name__}"
            )
    for t in tensors:
        t._bump()


class _Handles:
    """Takes several hooks off at once."""

    def __init__(self, handles: Sequence[RemovableHandle]) -> None:
        self.handles = tuple(handles)

    def remove(self) -> None:
        """Takes them off; doing so twice is harmless."""
        for handle in self.handles:
            handle.remove()

    def __enter__(self) -> _Handles:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        self.remove()


def register_multi_grad_hook(
    tensors: Sequence[Tensor],
    fn: Callable[[Sequence[Tensor | None]], None] | Callable[[Tensor], None],
    *,
    mode: Literal["all", "any"] = "all",
) -> _Handles:
    """A hook on the gradients of several tensors (``torch.autograd.graph.register_multi_grad_hook``).

    In mode "all" it is called once a backward pass, when the last of the gradients that the pass computes is known,
    with the list of them, None for those it does not compute. In mode "any" it is called with the first one alone.

    Raises:
        ValueError: another mode.
        AssertionError: in mode "all", a tensor that does not require grad.

    >>> import minitorch
    >>> a, b = minitorch.ones(2, requires_grad=True), minitorch.ones(2, requires_grad=True)
    >>> handle = minitorch.autograd.graph.register_multi_grad_hook((a, b), print)
    >>> (2 * a).sum().backward()
    [tensor([2., 2.]), None]
    """
    if mode not in ("all", "any"):
        raise ValueError(f"Expects mode to be one of ('all', 'any') but got {mode}")
    if mode == "any":
        tensors = [t for t in tensors if t.requires_grad]
    for i, t in enumerate(tensors):
        if not t.requires_grad:
            raise AssertionError(f"Expected gradient function to be set, but tensor {i} does not require grad")
    gathered = _Gathered([get_gradient_edge(t).node for t in tensors], fn, mode == "any")
    return _Handles([t.register_hook(gathered.hook(i)) for i, t in enumerate(tensors)])


class _Gathered:
    """The gradients that have arrived so far, of every backward pass that is running in any thread."""

    def __init__(self, nodes: list[Node], fn: Callable[[Any], None], first: bool) -> None:
        self.nodes = nodes
        self.fn = fn
        self.first = first
        self.lock = threading.Lock()
        self.found: dict[int, list[Tensor | None]] = {}
        self.missing: dict[int, int] = {}

    def hook(self, i: int) -> Callable[[Tensor], None]:
        """The hook of tensor ``i``."""

        def arrived(g: Tensor) -> None:
            running = current_pass()
            assert running is not None
            key = running.number
            with self.lock:
                if key not in self.missing:
                    self.missing[key] = sum(running.will_run(node) for node in self.nodes)
                    self.found[key] = [None] * len(self.nodes)
                    running.at_end.append(lambda: self.forget(key))
                    fires = self.first
                else:
                    fires = False
                self.found[key][i] = g
                self.missing[key] -= 1
                fires = fires or (not self.first and not self.missing[key])
            if fires:
                self.fn(g if self.first else self.found[key])

        return arrived

    def forget(self, key: int) -> None:
        """Drops what a pass that is over has left."""
        with self.lock:
            del self.missing[key], self.found[key]
