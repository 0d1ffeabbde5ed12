"""Forward mode with dual tensors: a value and its tangent, carried along by operations (``torch.autograd.forward_ad``).

How tangents are computed is told in core/forward.py. An operation carries them when it is recorded: not under
``no_grad``, where PyTorch's still does (there is a warning). Gradients from ``autograd.grad`` carry them, those in
``.grad`` do not.
"""

from __future__ import annotations

import threading
import weakref
from contextlib import ContextDecorator
from types import TracebackType
from typing import NamedTuple

from minitorch.core import forward
from minitorch.core.graph import Node
from minitorch.core.mode import mode
from minitorch.core.tensor import Tensor

__all__ = ["UnpackedDualTensor", "dual_level", "enter_dual_level", "exit_dual_level", "make_dual", "unpack_dual"]


class UnpackedDualTensor(NamedTuple):
    """A dual tensor's value and its tangent; None for a tensor that has no tangent."""

    primal: Tensor
    tangent: Tensor | None


class _Level:
    """The tangents that start at one level, by the nodes where they start; nodes that are gone take theirs along."""

    def __init__(self) -> None:
        self.tangents: weakref.WeakKeyDictionary[Node, Tensor] = weakref.WeakKeyDictionary()


class _Levels(threading.local):
    """The levels of one thread that have been entered and not left."""

    def __init__(self) -> None:
        self.stack: list[_Level] = []


_levels = _Levels()


def enter_dual_level() -> int:
    """Enters a new level, for ``make_dual`` and ``unpack_dual`` to work on, and gives its number.

    PyTorch has one level at a time. Here they nest, and a tangent of one is nothing to the others.
    """
    mode.forward += 1
    _levels.stack.append(_Level())
    return len(_levels.stack) - 1


def exit_dual_level(*, level: int | None = None) -> None:
    """Leaves the latest level. Its tangents are gone.

    Raises:
        RuntimeError: ``level`` is not the latest one, or there is none.
    """
    last = len(_levels.stack) - 1
    if level is not None and level != last:
        raise RuntimeError(
            "Trying to exit a forward AD level that was not the last one that was created. This is not supported. "
            f"The last one is {last}, not {level}."
        )
    if last < 0:
        raise RuntimeError("Dual level must be a positive number: no level was entered")
    mode.forward -= 1
    _levels.stack.pop()


class dual_level(ContextDecorator):
    """A level of forward mode as a ``with`` block; all of a computation must be inside.

    >>> import minitorch
    >>> import minitorch.autograd.forward_ad as fwAD
    >>> x, t = minitorch.tensor([1.0, 2.0]), minitorch.tensor([1.0, 10.0])
    >>> with fwAD.dual_level():
    ...     dual = fwAD.make_dual(x, t)
    ...     fwAD.unpack_dual(dual * dual).tangent
    tensor([ 2., 40.])
    """

    def __enter__(self) -> int:
        return enter_dual_level()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        exit_dual_level()


def make_dual(tensor: Tensor, tangent: Tensor, *, level: int | None = None) -> Tensor:
    """An alias of ``tensor`` that has a tangent at the level, the latest by default.

    Gradients of reverse mode go on to ``tensor`` and ``tangent``. The alias says that it requires grad, since what is
    done with it is recorded.

    Raises:
        RuntimeError: outside of a level, a tangent of another shape, or a tensor that has a tangent at this level.
        ValueError: whole numbers.
    """
    for name, t in (("tensor", tensor), ("tangent", tangent)):
        if not isinstance(t, Tensor):
            raise TypeError(f"make_dual(): argument '{name}' must be Tensor, not {type(t).__name__}")
    if not _levels.stack:
        raise RuntimeError(
            "Trying to create a dual Tensor for forward AD but no level exists, make sure to enter_dual_level() first."
        )
    here = _level(level)
    tangent = forward.fitting(tangent, tensor)
    if _tangent(tensor, here) is not None:
        raise RuntimeError(
            "Making a dual Tensor based on a Tensor that already has a forward gradient at the same level "
            f"{_levels.stack.index(here)} is not supported."
        )
    dual = forward.source(tensor, writable=True)
    here.tangents[forward.place(dual)] = tangent
    return dual


def unpack_dual(tensor: Tensor, *, level: int | None = None) -> UnpackedDualTensor:
    """The value and the tangent of a tensor at the level, the latest by default.

    Neither has a tangent at that level itself. The tangent is computed now, from what the operations saved.

    Raises:
        RuntimeError: the graph was freed by a backward pass, or a value that it needs was written to in place since.
    """
    if not isinstance(tensor, Tensor):
        raise TypeError(f"unpack_dual(): argument 'tensor' must be Tensor, not {type(tensor).__name__}")
    if not _levels.stack:
        return UnpackedDualTensor(tensor, None)
    here = _level(level)
    tangent = _tangent(tensor, here)
    return UnpackedDualTensor(_sealed(tensor, here), None if tangent is None else _sealed(tangent, here))


def _level(number: int | None) -> _Level:
    if number is None:
        return _levels.stack[-1]
    if not 0 <= number < len(_levels.stack):
        raise RuntimeError(f"Invalid level given: {number}, but levels 0 to {len(_levels.stack) - 1} are entered")
    return _levels.stack[number]


def _tangent(t: Tensor, level: _Level) -> Tensor | None:
    return forward.push([t], dict(level.tangents), level)[0] if t.requires_grad else None


def _sealed(t: Tensor, level: _Level) -> Tensor:
    """The tensor at a place in the graph that tangents of the level do not come through."""
    return forward.sealed(t, level, list(level.tangents))
