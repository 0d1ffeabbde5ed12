"""Saved values that were given away to the user's hooks, and a saved value as the user may hold it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from minitorch.core.mode import mode
from minitorch.core.tensor import Tensor, ndarray, wrap

if TYPE_CHECKING:
    from minitorch.core.row_node import RowNode

# What a node saved, three entries a value: the value, its memory's version counter, the version when it was saved.
Saved = tuple[Any, ...]
ALWAYS = [0]  # the counter of what cannot be modified: shapes, parameters
PACKED = [-1]  # the counter of what is Packed, which never has the version 0 that it was saved with

PackHook = Callable[[Tensor], Any]
UnpackHook = Callable[[Any], Tensor]


class Packed:
    """A saved value given away to the user's hooks, which is asked for again when a rule names it.

    It stands where the value stood, under a version that never matches, so that only ``_recover`` ever sees it.
    """

    __slots__ = ("packed", "unpack_hook")

    def __init__(self, t: Tensor, pack_hook: PackHook, unpack_hook: UnpackHook, own: bool = False) -> None:
        """Gives ``t`` to ``pack_hook``, outside the graph. ``own`` says that it is a result of the node that saves it.

        A result that comes back as it is is kept without its history: its node would hold itself.
        """
        counter = t._counter
        version, before = counter[0], mode.grad
        mode.grad = False
        try:
            packed = pack_hook(t)
        finally:
            mode.grad = before
        if counter[0] != version:
            raise RuntimeError(
                "A saved tensor pack hook is modifying its input in place. Tensors provided as input to pack hook "
                "cannot be modified by in-place operations as this can lead to unexpected side-effects. Pack a clone() "
                "of it."
            )
        self.packed = t.detach() if own and packed is t else packed
        self.unpack_hook = unpack_hook

    def unpack(self) -> Tensor:
        """What ``unpack_hook`` gives back."""
        t = self.unpack_hook(self.packed)
        if not isinstance(t, Tensor):
            raise TypeError(
                f"Output of saved tensor unpack_hook expected to be a Tensor but got result of type {type(t).__name__}"
            )
        return t


def is_tensor(node: RowNode, i: int) -> bool:
    """Whether saved value ``i`` of a node is a tensor: no number, parameter or shape, and not packed already."""
    assert node.saved is not None
    value, counter = node.saved[3 * i : 3 * i + 2]
    if isinstance(value, np.generic):
        return counter is not ALWAYS
    if not isinstance(value, ndarray) or value.dtype.kind not in "fciub":
        return False
    return counter is not ALWAYS or node.plan.sources[i] is None


def pack(node: RowNode, i: int, pack_hook: PackHook, unpack_hook: UnpackHook, detached: bool = False) -> None:
    """Gives saved value ``i`` of a node away to the hooks."""
    assert node.saved is not None
    source = node.plan.sources[i]
    t = node.in_place(i)
    if not isinstance(t, Tensor):  # a buffer of a kernel
        t = wrap(t)
    packed = Packed(t.detach() if detached else t, pack_hook, unpack_hook, source is not None and source < 0)
    saved = node.saved
    node.saved = (*saved[: 3 * i], packed, PACKED, 0, *saved[3 * i + 3 :])


class SavedTensor:
    """A saved value as a node holds it, ``node._raw_saved_self`` for one: hooks can be set on it alone.

    >>> import minitorch
    >>> x = minitorch.tensor([1.0, 2.0], requires_grad=True)
    >>> y = x.exp().sum()
    >>> raw = y.grad_fn.next_functions[0][0]._raw_saved_result
    >>> raw.register_hooks(lambda t: t.numpy(), lambda array: 2 * minitorch.from_numpy(array))
    >>> y.backward()
    >>> x.grad
    tensor([ 5.4366, 14.7781])
    """

    __slots__ = ("_index", "_node")

    def __init__(self, node: RowNode, index: int | None) -> None:
        self._node = node
        self._index = index

    def register_hooks(self, pack_hook: PackHook, unpack_hook: UnpackHook) -> None:
        """Gives the value to ``pack_hook`` now, and asks ``unpack_hook`` for it in the backward pass.

        Raises:
            RuntimeError: the value is none, was freed, or has hooks already.
            TypeError: a hook that cannot be called.
        """
        check_hooks("register_hooks", pack_hook, unpack_hook)
        node, i = self._node, self._index
        if node.saved is None:
            raise RuntimeError("Calling register_hooks on a saved tensor after it has been freed. " + FREED)
        if i is None or not isinstance(node.saved[3 * i], (ndarray, np.generic, Packed)):
            raise RuntimeError(NOTHING_TO_HOOK)
        if isinstance(node.saved[3 * i], Packed):
            raise RuntimeError(HOOKED_ALREADY)
        pack(node, i, pack_hook, unpack_hook, detached=True)


NOTHING_TO_HOOK = "Calling register_hooks on a saved tensor with value None is forbidden"
HOOKED_ALREADY = (
    "Calling register_hooks on a saved tensor whose hooks have already been set. Hint: only one pair of hooks is "
    "allowed at a time."
)
FREED = (
    "Saved intermediate values of the graph are freed when you call .backward() or autograd.grad(). Specify "
    "retain_graph=True if you need to backward through the graph a second time or if you need to access saved "
    "variables after calling backward."
)


def check_hooks(name: str, *hooks: Any) -> None:
    """Raises unless both hooks can be called."""
    for which, hook in zip(("pack_hook", "unpack_hook"), hooks, strict=True):
        if not callable(hook):
            raise TypeError(f"{name}(): incompatible function arguments: {which} cannot be called: {hook!r}")
