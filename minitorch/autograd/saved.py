"""Hooks on saved tensors: what the backward pass will need may be packed away, and is unpacked when needed."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from minitorch.core import dtypes
from minitorch.core.graph import Edge, Node, edge_of
from minitorch.core.row_node import RowNode, placed
from minitorch.core.saved import (
    HOOKED_ALREADY,
    NOTHING_TO_HOOK,
    Packed,
    PackHook,
    UnpackHook,
    check_hooks,
    is_tensor,
    pack,
)
from minitorch.core.tensor import Array, Tensor, wrap
from minitorch.core.watch import Watcher, close_watchers


class _Thread(threading.local):
    """What the hooks are in one thread."""

    def __init__(self) -> None:
        self.stack: list[_Packer] = []  # the innermost, which alone is used, is the last
        self.refusal: str | None = None  # why none may be set
        self.mutable = False  # inside allow_mutation_on_saved_tensors


_thread = _Thread()


class _Packer(Watcher):
    """Packs what a new node of this thread has saved."""

    def __init__(self, pack_hook: PackHook, unpack_hook: UnpackHook) -> None:
        self.hooks = pack_hook, unpack_hook

    def made(self, node: Node) -> None:
        """Gives the saved tensors to the hooks, one by one."""
        if _thread.stack and _thread.stack[-1] is self and isinstance(node, RowNode) and node.saved:
            for i in range(len(node.saved) // 3):
                if is_tensor(node, i):
                    pack(node, i, *self.hooks)


class SavedArgument:
    """A tensor that a Function saved, without the Tensor: its array, its version then, and its place in the graph."""

    __slots__ = ("array", "counter", "edge", "packed", "requires_grad", "version")

    def __init__(self, t: Tensor | None, outputs: Sequence[Any]) -> None:
        self.packed: Packed | None = None
        self.array: Array | None = None
        if t is None:
            return
        self.counter = t._counter
        self.version = t._counter[0]
        self.requires_grad = t.requires_grad
        own = [k for k, out in enumerate(outputs) if out is t]
        # A result is known by its number: its edge leads to the node, which must not hold itself.
        self.edge: Edge | int | None = own[0] if own else edge_of(t)
        if close_watchers and _thread.stack:
            self.packed = Packed(t, *_thread.stack[-1].hooks, bool(own))
        else:
            self.array = t.array

    def register_hooks(self, pack_hook: PackHook, unpack_hook: UnpackHook) -> None:
        """Gives the tensor to ``pack_hook`` now, and asks ``unpack_hook`` for it in the backward pass."""
        check_hooks("register_hooks", pack_hook, unpack_hook)
        if self.packed is not None:
            raise RuntimeError(HOOKED_ALREADY)
        if self.array is None:
            raise RuntimeError(NOTHING_TO_HOOK)
        t = wrap(self.array)
        t._counter = self.counter
        self.packed, self.array = Packed(t, pack_hook, unpack_hook), None

    def unpack(self, node: Node | None) -> Tensor | None:
        """The tensor at its place in the graph; a leaf as itself. Only the hooks know whether theirs was modified."""
        if self.packed is not None:
            t = self.packed.unpack()
            return self._placed(t.array, t._counter, node)
        if self.array is None:
            return None
        if self.counter[0] != self.version:
            kind = dtypes.of(self.array.dtype).alias
            raise RuntimeError(
                "one of the variables needed for gradient computation has been modified by an inplace operation: "
                f"[torch.{kind}Tensor {list(self.array.shape)}], saved for backward, is at version {self.counter[0]}; "
                f"expected version {self.version} instead. Write to a clone() of it, or after the backward pass."
            )
        return self._placed(self.array, self.counter, node)

    def _placed(self, array: Array, counter: list[int], node: Node | None) -> Tensor:
        t = wrap(array)
        t._counter, t._requires_grad = counter, self.requires_grad
        edge = self.edge
        if isinstance(edge, int):
            edge = None if node is None else (node, edge)
        return t if edge is None else placed(t, edge, array)


class saved_tensors_hooks:
    """Inside the ``with`` block, what operations save for the backward pass goes through a pair of hooks.

    ``pack_hook(tensor)`` is called with each tensor when it is saved and gives anything, a file's name say;
    ``unpack_hook(that)`` must give the tensor's values back when the backward pass needs them. Of nested pairs the
    innermost is used. It holds for this thread (``torch.autograd.graph.saved_tensors_hooks``).

    Raises:
        RuntimeError: inside ``disable_saved_tensors_hooks``; a pack hook that writes to its tensor in place.
        TypeError: a hook that cannot be called; an unpack hook that gives something else than a Tensor.

    >>> import minitorch
    >>> def pack(t):
    ...     print("saving", t)
    ...     return t
    >>> x = minitorch.tensor([1.0, 3.0], requires_grad=True)
    >>> with minitorch.autograd.graph.saved_tensors_hooks(pack, lambda t: 10 * t):
    ...     y = (x * minitorch.tensor([2.0, 2.0])).sum()
    saving tensor([2., 2.])
    >>> y.backward()
    >>> x.grad
    tensor([20., 20.])
    """

    def __init__(self, pack_hook: PackHook, unpack_hook: UnpackHook) -> None:
        check_hooks(type(self).__name__, pack_hook, unpack_hook)
        self.pack_hook = pack_hook
        self.unpack_hook = unpack_hook

    def __enter__(self) -> None:
        if _thread.refusal is not None:
            raise RuntimeError(_thread.refusal)
        packer = _Packer(self.pack_hook, self.unpack_hook)
        _thread.stack.append(packer)
        close_watchers.append(packer)

    def __exit__(self, *_: object) -> None:
        close_watchers.remove(_thread.stack.pop())


class save_on_cpu(saved_tensors_hooks):
    """Keeps saved tensors on the CPU, where they are already (``torch.autograd.graph.save_on_cpu``).

    ``pin_memory`` makes copies, so that the originals may be written to in place before the backward pass.
    ``device_type`` is what the tensors would come from, and makes no difference.
    """

    def __init__(self, pin_memory: bool = False, device_type: str = "cuda") -> None:
        super().__init__(Tensor.clone if pin_memory else Tensor.cpu, _itself)


def _itself(packed: Any) -> Any:
    return packed


@contextmanager
def disable_saved_tensors_hooks(error_message: str) -> Iterator[None]:
    """Refuses saved-tensor hooks inside the ``with`` block, with this message (of the ``torch`` name).

    >>> import minitorch
    >>> from minitorch.autograd.graph import disable_saved_tensors_hooks, save_on_cpu
    >>> with disable_saved_tensors_hooks("not in here"), save_on_cpu():
    ...     pass
    Traceback (most recent call last):
      ...
    RuntimeError: not in here
    """
    if _thread.stack:
        raise RuntimeError(error_message)
    before, _thread.refusal = _thread.refusal, error_message
    try:
        yield
    finally:
        _thread.refusal = before


class _Mutable:
    """The copies that one ``allow_mutation_on_saved_tensors`` block holds, each as long as a graph asks for it."""

    def __init__(self) -> None:
        self._copies: weakref.WeakKeyDictionary[_Handle, Tensor] = weakref.WeakKeyDictionary()

    def clear(self) -> None:
        """Drops all copies: graphs of the block can then no longer be differentiated."""
        self._copies.clear()

    def _pack(self, t: Tensor) -> _Handle:
        handle = _Handle()
        self._copies[handle] = t.detach().clone()
        return handle

    def _unpack(self, handle: _Handle) -> Tensor:
        if handle not in self._copies:
            raise AssertionError(
                "Trying to backward through a graph outside of the 'allow_mutation_on_saved_tensors' context in which "
                "the graph was originally recorded. Call backward() inside the block."
            )
        return self._copies[handle]


class _Handle:
    """What a node holds in place of a copy."""

    __slots__ = ("__weakref__",)


@contextmanager
def allow_mutation_on_saved_tensors() -> Iterator[_Mutable]:
    """Lets saved tensors be written to in place inside the block; gradients are those of the values at the time.

    Whatever operations save there is copied. The backward pass must run inside the block as well. It holds for this
    thread (``torch.autograd.graph.allow_mutation_on_saved_tensors``).

    >>> import minitorch
    >>> x = minitorch.tensor([1.0, 2.0], requires_grad=True)
    >>> with minitorch.autograd.graph.allow_mutation_on_saved_tensors():
    ...     y = x**2
    ...     with minitorch.no_grad():
    ...         _ = x.zero_()
    ...     y.sum().backward()
    >>> x.grad
    tensor([2., 4.])
    """
    if _thread.mutable:
        raise RuntimeError("allow_mutation_on_saved_tensors contexts cannot be nested")
    copies = _Mutable()
    with saved_tensors_hooks(copies._pack, copies._unpack):
        _thread.mutable = True
        try:
            yield copies
        finally:
            _thread.mutable = False
            copies.clear()
