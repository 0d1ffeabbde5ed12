"""Einstein summation: one row for products of any number of tensors, whose gradients are Einstein sums again."""

from __future__ import annotations

import string
from collections.abc import Sequence
from typing import Any

import numpy as np

from minitorch.core.primitive import primitive, promote
from minitorch.core.protocol import register
from minitorch.core.tensor import Tensor
from minitorch.ops.shapes import permute_axes, reshape_to

# --- The table --------------------------------------------------------------------------------------------------------

contraction = primitive(  # every operand's labels are distinct, and the output's are given
    "Einsum",
    lambda *xs, labels, into: np.einsum(f"{','.join(labels)}->{into}", *xs, optimize=len(xs) > 1),
    prepare=promote,
    xs=lambda g, xs, labels, into: [_backward(g, xs, labels, into, k) for k in range(len(xs))],
)


def _backward(g: Any, xs: Sequence[Any], labels: Sequence[str], into: str, k: int) -> Any:
    """The sum of g times all other operands, with the labels of operand k; those that no one else has are spread."""
    others = [x for j, x in enumerate(xs) if j != k]
    names = [label for j, label in enumerate(labels) if j != k]
    known = set(into).union(*names)
    kept = "".join(c for c in labels[k] if c in known)
    found = contraction(g, *others, labels=(into, *names), into=kept)
    missing = tuple(d for d, c in enumerate(labels[k]) if c not in known)
    return np.expand_dims(found, missing) if missing else found


# --- PyTorch's functions ----------------------------------------------------------------------------------------------


def einsum(equation: Any, *operands: Any) -> Tensor:
    """The sum of products that an equation such as ``"ij,jk->ik"`` describes (``torch.einsum``).

    Pairs of operands are contracted along NumPy's optimised path.

    >>> import minitorch
    >>> minitorch.einsum("ij,j->i", minitorch.ones(2, 3), minitorch.ones(3))
    tensor([3., 3.])
    """
    if not isinstance(equation, str):  # einsum(x, [0, 1], y, [1, 2], [0, 2])
        equation, given = _from_sublists((equation, *operands))
        operands = tuple(given)
    tensors = list(operands[0]) if len(operands) == 1 and not isinstance(operands[0], Tensor) else list(operands)
    labels, out = _parsed(equation, tensors)
    plain, names = [], []
    for x, label in zip(tensors, labels, strict=True):
        y, name = _distinct(x, label)
        plain.append(y)
        names.append(name)
    sizes: dict[str, int] = {}
    for x, name in zip(plain, names, strict=True):
        for c, n in zip(name, x.array.shape, strict=True):
            if sizes.setdefault(c, n) == 1:
                sizes[c] = n
            elif n not in (1, sizes[c]):
                raise RuntimeError(
                    f"einsum(): subscript {c} has size {n} for operand but previously seen size {sizes[c]}: they "
                    "must broadcast"
                )
    return contraction(*plain, labels=tuple(names), into=out)


def _from_sublists(args: tuple[Any, ...]) -> tuple[str, list[Any]]:
    letters = string.ascii_letters

    def word(sublist: Any) -> str:
        return "".join("..." if s is Ellipsis else letters[s] for s in sublist)

    n = len(args) // 2
    operands = [args[2 * k] for k in range(n)]
    text = ",".join(word(args[2 * k + 1]) for k in range(n))
    return (f"{text}->{word(args[-1])}" if len(args) % 2 else text), operands


def _parsed(equation: str, tensors: list[Tensor]) -> tuple[list[str], str]:
    """Labels of the operands and of the result, each dim a letter: an ellipsis is spelled out."""
    left, arrow, right = equation.replace(" ", "").partition("->")
    words = left.split(",")
    if len(words) != len(tensors):
        which = "more" if len(tensors) > len(words) else "fewer"
        raise RuntimeError(f"einsum(): {which} operands were provided than specified in the equation {equation!r}")
    for c in equation.replace("->", "").replace("...", "").replace(",", "").replace(" ", ""):
        if c not in string.ascii_letters:
            raise RuntimeError(
                f"einsum(): invalid subscript given at index {equation.index(c)} in the equation string, subscripts "
                "must be in [a-zA-Z]"
            )
    spare = [c for c in string.ascii_letters if c not in equation]
    extra = 0
    for word, x in zip(words, tensors, strict=True):
        named = len(word.replace("...", ""))
        if "..." in word:
            extra = max(extra, x.array.ndim - named)
        if named > x.array.ndim or ("..." not in word and named != x.array.ndim):
            raise RuntimeError(
                f"einsum(): the number of subscripts in the equation ({named}) does not match the number of dimensions "
                f"({x.array.ndim}) for operand and no ellipsis was given"
            )
    dots = "".join(spare[:extra])
    labels = []
    for word, x in zip(words, tensors, strict=True):
        own = x.array.ndim - len(word.replace("...", ""))
        labels.append(word.replace("...", dots[extra - own :] if own else ""))
    if arrow:
        out = right.replace("...", dots)
        for c in out:
            if out.count(c) > 1:
                raise RuntimeError(f"einsum(): output subscript {c} appears more than once in the output")
            if not any(c in label for label in labels):
                raise RuntimeError(
                    f"einsum(): output subscript {c} does not appear in the equation for any input operand"
                )
    else:
        every = left.replace(",", "").replace("...", "")
        out = dots + "".join(sorted(c for c in set(every) if every.count(c) == 1))
    return labels, out


def _distinct(x: Tensor, label: str) -> tuple[Tensor, str]:
    """The diagonal of dims that have the same label."""
    while len(set(label)) < len(label):
        c = next(c for c in label if label.count(c) > 1)
        a = label.index(c)
        b = label.index(c, a + 1)
        x = x.diagonal(0, a, b)
        label = label[:a] + label[a + 1 : b] + label[b + 1 :] + c
    return x, label


register(np.einsum, lambda equation, *operands, optimize=False: einsum(equation, *operands))


def tensordot(a: Tensor, b: Tensor, dims: Any = 2) -> Tensor:
    """The sum of products over pairs of dims: so many last and first ones, or those listed (``torch.tensordot``)."""
    if isinstance(dims, Tensor):
        dims = dims.tolist()
    if isinstance(dims, int):
        if dims < 0:
            raise RuntimeError(f"tensordot expects dims >= 0, but got dims={dims}")
        if dims > min(a.array.ndim, b.array.ndim):
            raise RuntimeError(f"tensordot expects dims < ndim_a or ndim_b, but got dims={dims}")
        first, second = list(range(a.array.ndim - dims, a.array.ndim)), list(range(dims))
    else:
        first, second = ([d % t.array.ndim for d in ds] for ds, t in zip(dims, (a, b), strict=True))
    x, y = a.array.shape, b.array.shape
    if len(first) != len(second) or any(
        x[i] != y[j] and 1 not in (x[i], y[j]) for i, j in zip(first, second, strict=False)
    ):
        raise RuntimeError(
            "contracted dimensions need to match, but those of the first tensor have other sizes than the second's"
        )
    for i, j in zip(first, second, strict=True):  # a size of 1 stands for a sum
        a = a.sum(i, keepdim=True) if x[i] != y[j] and y[j] == 1 else a
        b = b.sum(j, keepdim=True) if x[i] != y[j] and x[i] == 1 else b
    x, y = a.array.shape, b.array.shape
    free_a = [d for d in range(len(x)) if d not in first]
    free_b = [d for d in range(len(y)) if d not in second]
    n = int(np.prod([x[d] for d in first], dtype=np.int64))
    left = reshape_to(
        permute_axes(a, axes=(*free_a, *first)), shape=(int(np.prod([x[d] for d in free_a], dtype=np.int64)), n)
    )
    right = reshape_to(
        permute_axes(b, axes=(*second, *free_b)), shape=(n, int(np.prod([y[d] for d in free_b], dtype=np.int64)))
    )
    return reshape_to(left @ right, shape=tuple(x[d] for d in free_a) + tuple(y[d] for d in free_b))
