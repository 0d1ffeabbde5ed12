"""Jacobians and Hessians: jacrev, jacfwd, hessian."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from minitorch.core.tensor import Tensor, wrap
from minitorch.func.arguments import Argnums, chosen
from minitorch.func.forward import check_tensors, linearized
from minitorch.func.reverse import pullback
from minitorch.func.rows import over_rows
from minitorch.utils.pytree import tree_flatten, tree_unflatten


def jacrev(
    func: Callable[..., Any],
    argnums: Argnums = 0,
    *,
    has_aux: bool = False,
    chunk_size: int | None = None,
    _preallocate_and_copy: bool = False,
) -> Callable[..., Any]:
    """The function that gives the Jacobian of ``func``, a row at a time by reverse mode (``torch.func.jacrev``).

    Args:
        func: gives a tensor or a pytree of them; with ``has_aux`` a pair of that and anything else.
        argnums: the argument to differentiate with respect to, or a tuple of numbers.
        has_aux: give a pair of the Jacobian and the auxiliary data.
        chunk_size: how many rows to compute at once, to save memory; all of them by default.
        _preallocate_and_copy: PyTorch's way to join the chunks, which makes no difference here.

    The result has the structure of the output, and inside it that of the argument (a tuple if ``argnums`` is one);
    each block has shape ``output.shape + argument.shape``.

    Raises:
        ValueError: ``chunk_size`` is not positive.
        RuntimeError: complex arguments or outputs, and what ``vjp`` raises.

    >>> import minitorch
    >>> from minitorch.func import jacrev
    >>> jacrev(lambda x: x * x)(minitorch.tensor([1.0, 2.0]))
    tensor([[2., 0.],
            [0., 4.]])
    """
    if chunk_size is not None and chunk_size <= 0:
        raise ValueError(f"jacrev: `chunk_size` should be greater than 0, got {chunk_size}.")

    @functools.wraps(func)
    def jacobian(*args: Any) -> Any:
        _refuse_complex("jacrev", args, "inputs")
        output, pull, aux = pullback(func, args, argnums, has_aux)
        _refuse_complex("jacrev", output, "outputs")
        outputs, out_spec = tree_flatten(output)
        inputs, in_spec = tree_flatten(chosen(args, argnums))

        def rows(*cotangents: Tensor) -> tuple[Tensor, ...]:
            return tuple(tree_flatten(pull(tree_unflatten(cotangents, out_spec)))[0])

        blocks = over_rows(rows, _basis(outputs), chunk_size)
        found = []
        ends = np.cumsum([out.numel() for out in outputs])
        for out, end in zip(outputs, ends, strict=True):
            part = [b[int(end) - out.numel() : int(end)] for b in blocks]
            block = [b.reshape((*out.shape, *x.shape)) for b, x in zip(part, inputs, strict=True)]
            found.append(tree_unflatten(block, in_spec))
        result = tree_unflatten(found, out_spec)
        return (result, aux) if has_aux else result

    return jacobian


def jacfwd(
    func: Callable[..., Any], argnums: Argnums = 0, has_aux: bool = False, *, randomness: str = "error"
) -> Callable[..., Any]:
    """As ``jacrev``, but a column at a time by forward mode: better with few inputs (``torch.func.jacfwd``).

    ``func`` runs once and its graph is used for every column, so that what it draws at random is the same for all:
    ``randomness`` "same" and "different" agree, and "error" forbids nothing.

    >>> import minitorch
    >>> from minitorch.func import jacfwd
    >>> jacfwd(lambda x: x * x)(minitorch.tensor([1.0, 2.0]))
    tensor([[2., 0.],
            [0., 4.]])
    """
    if randomness not in ("error", "different", "same"):
        raise RuntimeError(f"Only allowed values for randomness are 'error', 'different', or 'same'. Got {randomness}")

    @functools.wraps(func)
    def jacobian(*args: Any) -> Any:
        _refuse_complex("jacfwd", args, "inputs")
        inputs, in_spec = tree_flatten(chosen(args, argnums))
        check_tensors(inputs, "primals")
        output, push, aux = linearized(func, args, argnums, has_aux)
        _refuse_complex("jacfwd", output, "outputs")
        outputs, out_spec = tree_flatten(output)

        def columns(*tangents: Tensor) -> tuple[Tensor, ...]:
            return tuple(tree_flatten(push(tangents, False))[0])

        stacked = over_rows(columns, _basis(inputs), None)
        found = []
        ends = np.cumsum([x.numel() for x in inputs])
        for out, block in zip(outputs, stacked, strict=True):
            parts = []
            for x, end in zip(inputs, ends, strict=True):
                part = block[int(end) - x.numel() : int(end)].movedim(0, -1)
                parts.append(part.reshape((*out.shape, *x.shape)))
            found.append(tree_unflatten(parts, in_spec))
        result = tree_unflatten(found, out_spec)
        return (result, aux) if has_aux else result

    return jacobian


def hessian(func: Callable[..., Any], argnums: Argnums = 0) -> Callable[..., Any]:
    """The function that gives the second derivatives of ``func``: ``jacfwd(jacrev(func))`` (``torch.func.hessian``).

    >>> import minitorch
    >>> from minitorch.func import hessian
    >>> hessian(lambda x: (x**3).sum())(minitorch.tensor([1.0, 2.0]))
    tensor([[ 6.,  0.],
            [ 0., 12.]])
    """
    return jacfwd(jacrev(func, argnums), argnums)


def _basis(tensors: list[Tensor]) -> list[Tensor]:
    """For each tensor, its part of the unit vectors of all their elements: a leading dimension of that many."""
    total = sum(t.numel() for t in tensors)
    found, start = [], 0
    for t in tensors:
        part = np.zeros((total, t.numel()), t.array.dtype)
        part[start : start + t.numel()] = np.eye(t.numel(), dtype=t.array.dtype)
        found.append(wrap(part.reshape(total, *t.shape)))
        start += t.numel()
    return found


def _refuse_complex(name: str, tree: Any, which: str) -> None:
    for t in tree_flatten(tree)[0]:
        if isinstance(t, Tensor) and t.array.dtype.kind == "c":
            raise RuntimeError(f"{name}: Expected all {which} to be real but received complex tensor")
