"""What the transforms have in common: which arguments are differentiated, and the aliases that stand for them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from minitorch.core import forward
from minitorch.core.graph import Node
from minitorch.core.mode import mode
from minitorch.core.tensor import Tensor
from minitorch.utils.pytree import TreeSpec, tree_flatten, tree_unflatten

Argnums = int | tuple[int, ...]


@contextmanager
def recorded(forward_mode: bool = False) -> Iterator[None]:
    """Records inside, whatever the mode outside is: what a transform gives depends on its function alone."""
    before = mode.grad, mode.inference, mode.wanted, mode.forward
    mode.grad, mode.inference, mode.wanted, mode.forward = True, False, True, mode.forward + forward_mode
    try:
        yield
    finally:
        mode.grad, mode.inference, mode.wanted, mode.forward = before


class Differentiated:
    """Tensors of a pytree, each replaced by an alias with respect to which is differentiated."""

    __slots__ = ("aliases", "own", "spec", "tensors")

    def __init__(self, tensors: Sequence[Tensor], spec: TreeSpec, writable: bool = False) -> None:
        self.tensors = tensors
        self.spec = spec
        self.aliases = [forward.source(x, writable) for x in tensors]
        self.own: list[Node] = [forward.place(t) for t in self.aliases]

    def tree(self) -> Any:
        """The aliases in the structure of the arguments."""
        return tree_unflatten(self.aliases, self.spec)

    def settled(self, tree: Any) -> Any:
        """A pytree of results, without the graph of those that depend on nothing but the aliases."""
        leaves, spec = tree_flatten(tree)
        return tree_unflatten([forward.settled(t, self.own) if isinstance(t, Tensor) else t for t in leaves], spec)


def differentiated(chosen: Any) -> Differentiated:
    """The aliases for arguments of reverse mode.

    Raises:
        ValueError: something else than a tensor among them.
        RuntimeError: a tensor that is not of floating or complex dtype.
    """
    leaves, spec = tree_flatten(chosen)
    for x in leaves:
        if not isinstance(x, Tensor):
            raise ValueError(
                f"Thing passed to transform API must be Tensor, got {type(x)}. Give it in an argument that is not "
                "differentiated (argnums), or bind it with functools.partial."
            )
        if x.array.dtype.kind not in "fc":
            raise RuntimeError(
                f"only Tensors of floating point dtype can require gradients: this one is {x.dtype}. Convert it first, "
                "with .float() for example, or leave it out of argnums."
            )
    return Differentiated(leaves, spec)


def chosen(args: tuple[Any, ...], argnums: Argnums) -> Any:
    """The arguments with those numbers: one, or a tuple as ``argnums`` is.

    Raises:
        RuntimeError: argnums of a wrong type, empty, repeated or out of range.
    """
    numbers = _numbers(argnums, len(args))
    return args[numbers[0]] if isinstance(argnums, int) else tuple(args[i] for i in numbers)


def replaced(args: tuple[Any, ...], new: Any, argnums: Argnums) -> list[Any]:
    """The arguments with those of these numbers exchanged for new ones."""
    found = list(args)
    for i, x in zip(_numbers(argnums, len(args)), (new,) if isinstance(argnums, int) else new, strict=True):
        found[i] = x
    return found


def _numbers(argnums: Argnums, n: int) -> list[int]:
    if not isinstance(argnums, (int, tuple)):
        raise RuntimeError(f"argnums must be int or Tuple[int, ...], got: {type(argnums)}")
    given = argnums if isinstance(argnums, tuple) else (argnums,)
    if not given:
        raise RuntimeError("argnums must be non-empty: give the number of at least one argument")
    for i in given:
        if not isinstance(i, int):
            raise RuntimeError(f"argnum must be int, got: {type(i)}")
        if not -n <= i < n:
            raise RuntimeError(f"Got argnum={i}, but only {n} positional inputs")
    numbers = [i % n for i in given]
    if len(set(numbers)) != len(numbers):
        raise RuntimeError(f"argnums elements must be unique, got {argnums}")
    return numbers


def split_aux(output: Any, where: str) -> tuple[Any, Any]:
    """The output and the auxiliary data of a function with ``has_aux``."""
    if not (isinstance(output, tuple) and len(output) == 2):
        raise RuntimeError(f"{where}: output of function f should be a tuple: (output, aux) if has_aux is True")
    return output


def only_tensors(outputs: Sequence[Any], where: str) -> None:
    """Raises unless a function gave tensors, and at least one."""
    if not outputs or (len(outputs) == 1 and outputs[0] is None):
        raise RuntimeError(
            f"{where}: Expected f to be a function that has non-empty output (got output = {list(outputs)})"
        )
    for out in outputs:
        if not isinstance(out, Tensor):
            raise RuntimeError(
                f"{where}: expected f(*primals) to return only tensors, got unsupported type {type(out)}"
            )
