"""Transforms by reverse mode: grad, grad_and_value and vjp."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

from minitorch.core import backward
from minitorch.core.forward import alive, settled
from minitorch.core.mode import mode
from minitorch.core.tensor import Tensor
from minitorch.func.arguments import (
    Argnums,
    Differentiated,
    chosen,
    differentiated,
    only_tensors,
    recorded,
    replaced,
    split_aux,
)
from minitorch.ops.creation import zeros_like
from minitorch.utils.pytree import tree_flatten, tree_unflatten


def grad(func: Callable[..., Any], argnums: Argnums = 0, has_aux: bool = False) -> Callable[..., Any]:
    """The function that gives the gradient of ``func`` (``torch.func.grad``).

    Args:
        func: gives a 0-d tensor; with ``has_aux`` a pair of that and anything else.
        argnums: the number of the argument to differentiate with respect to, or a tuple of numbers. An argument is a
            tensor or a pytree of them, and the gradient has its structure.
        has_aux: give a pair of the gradient and the function's auxiliary data.

    A ``no_grad`` inside ``func`` is respected, one around the call does not change the gradient. Transforms nest.

    Raises:
        RuntimeError: an output that is not a 0-d tensor, ``argnums`` out of range, an in-place write to the argument.
        ValueError: something else than a tensor in a differentiated argument.

    >>> import minitorch
    >>> from minitorch.func import grad
    >>> x = minitorch.tensor(2.0)
    >>> grad(lambda x: x**3)(x), grad(grad(lambda x: x**3))(x)
    (tensor(12.), tensor(12.))
    >>> grad(lambda p, x: (p["w"] * x).sum())({"w": minitorch.ones(2)}, minitorch.tensor([3.0, 4.0]))
    {'w': tensor([3., 4.])}
    """

    @functools.wraps(func)
    def gradient(*args: Any, **kwargs: Any) -> Any:
        found, value = grad_and_value(func, argnums, has_aux)(*args, **kwargs)
        return (found, value[1]) if has_aux else found

    return gradient


def grad_and_value(func: Callable[..., Any], argnums: Argnums = 0, has_aux: bool = False) -> Callable[..., Any]:
    """As ``grad``, but gives the pair of the gradient and the value of ``func`` (``torch.func.grad_and_value``).

    With ``has_aux`` the value is itself a pair, ``(output, aux)``.

    >>> import minitorch
    >>> from minitorch.func import grad_and_value
    >>> grad_and_value(lambda x: x**3)(minitorch.tensor(2.0))
    (tensor(12.), tensor(8.))
    """
    name = "grad_and_value(f)(*args)"

    @functools.wraps(func)
    def gradient_and_value(*args: Any, **kwargs: Any) -> Any:
        aux: Any = None
        with recorded():
            inputs = differentiated(chosen(args, argnums))
            output = func(*replaced(args, inputs.tree(), argnums), **kwargs)
            if has_aux:
                output, aux = split_aux(output, name)
            if not isinstance(output, Tensor):
                raise RuntimeError(f"{name}: Expected f(*args) to return a Tensor, got {type(output)}")
            if output.ndim != 0:
                raise RuntimeError(
                    f"{name}: Expected f(*args) to return a scalar Tensor, got tensor with {output.ndim} dims. Maybe "
                    "you wanted to use the vjp or jacrev APIs instead?"
                )
        gradients = _pull([output], [None], inputs, retain_graph=has_aux)
        found = tree_unflatten(gradients, inputs.spec)
        return found, (inputs.settled((output, aux)) if has_aux else inputs.settled(output))

    return gradient_and_value


def vjp(func: Callable[..., Any], *primals: Any, has_aux: bool = False) -> Any:
    """``func(*primals)`` and the function that multiplies a vector with its Jacobian (``torch.func.vjp``).

    Args:
        func: gives a tensor or a pytree of them; with ``has_aux`` a pair of that and anything else.
        primals: the arguments, tensors or pytrees of them.

    Returns:
        ``(output, vjp_fn)``, with ``has_aux`` ``(output, vjp_fn, aux)``. ``vjp_fn(cotangents)`` takes what has the
        output's structure and gives a tuple: for each argument the product, in its structure.

    >>> import minitorch
    >>> from minitorch.func import vjp
    >>> output, pull = vjp(lambda x, y: x * y, minitorch.tensor([1.0, 2.0]), minitorch.tensor(3.0))
    >>> output, pull(minitorch.tensor([1.0, 10.0]))
    (tensor([3., 6.]), (tensor([ 3., 30.]), tensor(21.)))
    """
    output, pull, aux = pullback(func, primals, None, has_aux)
    return (output, pull, aux) if has_aux else (output, pull)


def pullback(func: Callable[..., Any], args: tuple[Any, ...], argnums: Argnums | None, has_aux: bool) -> Any:
    """``vjp`` with respect to the arguments ``argnums``, all if None: output, vjp_fn and auxiliary data."""
    name = "vjp(f, *primals)"
    aux: Any = None
    with recorded():
        inputs = differentiated(args if argnums is None else chosen(args, argnums))
        output = func(*(inputs.tree() if argnums is None else replaced(args, inputs.tree(), argnums)))
        if has_aux:
            output, aux = split_aux(output, name)
        outputs, spec = tree_flatten(output)
        only_tensors(outputs, name)
        for out in outputs:
            if out.array.dtype.kind not in "fc":
                raise RuntimeError(
                    "vjp(f, ...): All outputs of f must be floating-point or complex Tensors, got Tensor with dtype "
                    f"{out.dtype}. Give it as auxiliary data (has_aux=True)."
                )

    def vjp_fn(cotangents: Any, retain_graph: bool = True, create_graph: bool | None = None) -> Any:
        vectors, given = tree_flatten(cotangents)
        if given != spec:
            raise RuntimeError(
                "Expected pytree structure of cotangents to be the same as pytree structure of outputs to the "
                f"function. cotangents: {given}, primal output: {spec}"
            )
        for out, v in zip(outputs, vectors, strict=True):
            if not isinstance(v, Tensor):
                raise TypeError(f"vjp_fn: cotangents must be Tensors, as the outputs are, but got {type(v).__name__}")
            if v.shape != out.shape:
                raise RuntimeError(
                    f"Mismatch in shape: a cotangent has a shape of {v.shape}, its output has a shape of {out.shape}."
                )
        return tree_unflatten(_pull(outputs, vectors, inputs, retain_graph, create_graph), inputs.spec)

    return inputs.settled(output), vjp_fn, inputs.settled(aux)


def _pull(
    outputs: Sequence[Tensor],
    vectors: Sequence[Tensor | None],
    inputs: Differentiated,
    retain_graph: bool,
    create_graph: bool | None = None,
) -> list[Tensor]:
    """The gradients of the inputs, zeros for those that nothing depends on; recorded where they have a derivative."""
    live = [(out, v) for out, v in zip(outputs, vectors, strict=True) if out.requires_grad]
    outs, seeds = [out for out, _ in live], [v for _, v in live]
    if create_graph is None:
        create_graph = mode.grad
    create = create_graph and (any(v is not None and v.requires_grad for v in vectors) or alive(outs, inputs.own))
    if not live:
        return [zeros_like(x) for x in inputs.tensors]
    found = backward.grad(
        outs, inputs.aliases, seeds, retain_graph=retain_graph or create, create_graph=create, allow_unused=True
    )
    return [zeros_like(x) if g is None else settled(g, inputs.own) for g, x in zip(found, inputs.tensors, strict=True)]
