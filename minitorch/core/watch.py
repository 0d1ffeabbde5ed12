"""Watchers: what may look on while graphs are built, walked and freed: saved-tensor hooks, anomaly mode, the doctor.

Nothing here costs more than asking whether a list is empty as long as nobody watches.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from minitorch.core.graph import Edge, Gradient, Node
    from minitorch.core.tensor import Tensor


class Watcher:
    """The events of a graph's life. A watcher overrides those it wants; it is told of all threads' events.

    >>> import minitorch
    >>> class Names(Watcher):
    ...     def made(self, node):
    ...         print(node.name())
    >>> x = minitorch.ones(2, requires_grad=True)
    >>> with watching(Names()):
    ...     y = (x * 2).sum()
    MulBackward0
    SumBackward0
    """

    def made(self, node: Node) -> None:
        """A node was recorded, in the thread and at the line that is running now."""

    def began(self, roots: Sequence[tuple[Edge, Gradient]], keep_graph: bool, lifted: bool, accumulate: bool) -> None:
        """A backward pass starts: from which edges, with which gradients."""

    def runs(self, node: Node) -> None:
        """A node's derivative is about to be computed."""

    def ran(self, node: Node, g: Any, found: Sequence[Gradient | None]) -> None:
        """A node was given ``g``, the gradient of its result (a list for several), and gave its inputs' gradients."""

    def failed(self, node: Node, error: BaseException) -> None:
        """A node's derivative raised."""

    def accumulating(self, leaf: Tensor, g: Gradient) -> None:
        """A leaf's ``.grad`` is about to take up ``g``."""

    def ended(self) -> None:
        """The backward pass is over, whether it came to its end or raised."""

    def written(self, t: Tensor) -> None:
        """A tensor's memory was written by an in-place operation."""

    def cut(self, t: Tensor, how: str) -> None:
        """A recorded tensor's values were taken without their history: ``detach``, ``item``, ``tensor``, ``data``."""

    def grad_missed(self, t: Tensor) -> None:
        """``.grad`` was read of an intermediate result that retains none."""

    def tracked(self, t: Tensor, requires_grad: bool) -> None:
        """A leaf's ``requires_grad`` is about to change."""

    def hooked(self, hooks: Any, hook: Any) -> None:
        """A hook was added to a table of hooks."""

    # Of the loop around it, told by nn, optim and utils.data.

    def zeroing(self, owner: Any, parameters: Sequence[Tensor], set_to_none: bool) -> None:
        """An optimizer or a module is about to clear the gradients of its parameters."""

    def cleared(self, t: Tensor) -> None:
        """A tensor's ``.grad`` is about to be set to None by hand."""

    def clipped(self, parameters: Sequence[Tensor], bound: float, norm: float | None) -> None:
        """Gradients were clipped in place, to a norm or (``norm`` is None) to a value."""

    def grouped(self, optimizer: Any, group: dict[str, Any]) -> None:
        """An optimizer took on a group of parameters."""

    def dropped(self, p: float) -> None:
        """A dropout function is about to drop elements with probability ``p``."""

    def scheduled(self, scheduler: Any) -> None:
        """A learning-rate scheduler made a step."""

    def switched(self, module: Any, training: bool) -> None:
        """A module, and all below it, is about to change to training or evaluation mode."""

    def exhausted(self, loader: Any) -> None:
        """A DataLoader has handed out its last batch."""


watchers: list[Watcher] = []
close_watchers: list[Watcher] = []  # those that want ``made``, ``ran``, ``accumulating`` too: one a node, a leaf


def tell(event: str, *facts: Any) -> None:
    """Calls ``event`` of every watcher. Ask ``if watchers`` first: that is all it costs when nobody watches."""
    for watcher in watchers.copy():
        getattr(watcher, event)(*facts)


def made(node: Node) -> None:
    """Tells the close watchers of a new node."""
    for watcher in close_watchers.copy():
        watcher.made(node)


def runs(node: Node) -> None:
    """Tells the close watchers of a node that is about to run."""
    for watcher in close_watchers.copy():
        watcher.runs(node)


def ran(node: Node, g: Any, found: Sequence[Gradient | None]) -> None:
    """Tells the close watchers of a node that has run."""
    for watcher in close_watchers.copy():
        watcher.ran(node, g, found)


class watching:
    """Lets a watcher look on inside a ``with`` block, at every node too."""

    def __init__(self, watcher: Watcher) -> None:
        self.watcher = watcher

    def __enter__(self) -> Watcher:
        watchers.append(self.watcher)
        close_watchers.append(self.watcher)
        return self.watcher

    def __exit__(self, *_: object) -> None:
        watchers.remove(self.watcher)
        close_watchers.remove(self.watcher)
