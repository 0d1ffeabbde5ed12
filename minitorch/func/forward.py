"""Transforms by forward mode: jvp and linearize."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from minitorch.core import forward
from minitorch.core.tensor import Tensor
from minitorch.func.arguments import Argnums, Differentiated, chosen, only_tensors, recorded, replaced, split_aux
from minitorch.ops.creation import zeros_like
from minitorch.utils.pytree import tree_flatten, tree_unflatten

NAME = "jvp(f, primals, tangents)"


def jvp(func: Callable[..., Any], primals: Any, tangents: Any, *, strict: bool = False, has_aux: bool = False) -> Any:
    """``func(*primals)`` and the product of its Jacobian with ``tangents``, by forward mode (``torch.func.jvp``).

    Args:
        func: gives a tensor or a pytree of them; with ``has_aux`` a pair of that and anything else.
        primals: the tuple of its arguments, tensors or pytrees of them.
        tangents: the vector, in the structure of ``primals``.
        strict: raise where an output does not depend on the arguments, instead of giving zeros.

    Returns:
        ``(output, tangents of the output)``, with ``has_aux`` ``(output, tangents, aux)``.

    Operations under ``no_grad`` inside ``func`` carry no tangents, where PyTorch's still do; there is a warning. As in
    reverse mode, a value that an operation saved must not be written to in place later on.

    Raises:
        RuntimeError: structures or shapes that differ, something else than tensors, or in strict mode an output that is
            independent of the arguments.
        ValueError: primals or tangents of whole numbers.

    >>> import minitorch
    >>> from minitorch.func import jvp
    >>> jvp(lambda x: x * x, (minitorch.tensor([1.0, 2.0]),), (minitorch.tensor([1.0, 10.0]),))
    (tensor([1., 4.]), tensor([ 2., 40.]))
    """
    if not isinstance(primals, tuple):
        raise RuntimeError(f"{NAME}: Expected primals to be a tuple. E.g. it should be valid to call f(*primals).")
    flat, spec = tree_flatten(primals)
    vectors, given = tree_flatten(tangents)
    if given != spec:
        raise RuntimeError(
            f"{NAME}: Expected primals and tangents to have the same python structure. For example, if primals is a "
            f"tuple of 3 tensors, tangents also must be. Got primals with structure {spec} and tangents with structure "
            f"{given}"
        )
    for name, values in (("primals", flat), ("tangents", vectors)):
        check_tensors(values, name)
    vectors = [forward.fitting(v, x) for v, x in zip(vectors, flat, strict=True)]
    output, push, aux = linearized(func, primals, None, has_aux)
    found = push(vectors, strict)
    return (output, found, aux) if has_aux else (output, found)


def linearize(func: Callable[..., Any], *primals: Any) -> tuple[Any, Callable[..., Any]]:
    """``func(*primals)`` and the function that multiplies its Jacobian with a vector (``torch.func.linearize``).

    ``func`` runs once; the second result, ``jvp_fn(*tangents)``, can then be called many times.

    >>> import minitorch
    >>> from minitorch.func import linearize
    >>> output, push = linearize(lambda x: x * x, minitorch.tensor([1.0, 2.0]))
    >>> push(minitorch.tensor([1.0, 0.0])), push(minitorch.tensor([0.0, 1.0]))
    (tensor([2., 0.]), tensor([0., 4.]))
    """
    flat, spec = tree_flatten(primals)
    check_tensors(flat, "primals")
    output, push, _ = linearized(func, primals, None, False)

    def jvp_fn(*tangents: Any) -> Any:
        vectors, given = tree_flatten(tangents)
        if given != spec:
            raise RuntimeError(
                f"Expected the tangents {given} to have the same argspec as the primals {spec}: one for each"
            )
        for i, (v, x) in enumerate(zip(vectors, flat, strict=True)):
            if not isinstance(v, Tensor):
                raise RuntimeError(f"tangent:{i} in flattened pytree must be a Tensor, got {type(v)}")
            for what in ("shape", "dtype"):
                if getattr(v, what) != getattr(x, what):
                    raise RuntimeError(
                        f"tangent:{i} with {what} {getattr(v, what)} in flattened pytree doesn't match the {what} "
                        f"{getattr(x, what)} of the corresponding primal."
                    )
        return push(vectors, False)

    return output, jvp_fn


def linearized(func: Callable[..., Any], args: tuple[Any, ...], argnums: Argnums | None, has_aux: bool) -> Any:
    """Runs ``func`` once, and gives its output, the function that pushes tangents along its graph, and its aux."""
    aux: Any = None
    with recorded(forward_mode=True):
        flat, spec = tree_flatten(args if argnums is None else chosen(args, argnums))
        inputs = Differentiated(flat, spec, writable=True)
        output = func(*(inputs.tree() if argnums is None else replaced(args, inputs.tree(), argnums)))
        if has_aux:
            output, aux = split_aux(output, NAME)
        outputs, output_spec = tree_flatten(output)
        only_tensors(outputs, NAME)

    def push(vectors: Sequence[Tensor], strict: bool) -> Any:
        found = forward.push(outputs, dict(zip(inputs.own, vectors, strict=True)))
        if strict and any(t is None for t in found):
            raise RuntimeError(
                "jvp(f, primals, tangents, strict=True): The output of f is independent of the inputs. This is not "
                "allowed with strict=True."
            )
        pairs = zip(outputs, found, strict=True)
        tangents = [zeros_like(out) if t is None else forward.settled(t, inputs.own) for out, t in pairs]
        return tree_unflatten(tangents, output_spec)

    return inputs.settled(output), push, inputs.settled(aux)


def check_tensors(values: Sequence[Any], name: str) -> None:
    """Raises unless these are tensors of floating or complex dtype, and at least one."""
    if not values:
        raise RuntimeError(f"{NAME}: Expected {name} to contain at least one Tensor.")
    for x in values:
        if not isinstance(x, Tensor):
            raise RuntimeError(f"{NAME}: Expected {name} to only contain Tensors, got {type(x)}")
        if x.array.dtype.kind not in "fc":
            raise ValueError(f"Expected {name[:-1]} to be floating point or complex, but got: {x.dtype}")
