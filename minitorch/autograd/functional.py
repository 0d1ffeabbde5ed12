"""Derivatives of functions: Jacobians, Hessians and their products with vectors (``torch.autograd.functional``)."""

from __future__ import annotations

from typing import Any

import numpy as np

from minitorch.autograd.functional_jacobians import hessian, jacobian
from minitorch.autograd.functional_tuples import (
    Function,
    Several,
    Tensors,
    check_gradient,
    check_scalar,
    done,
    filled,
    gradients,
    outputs_of,
    prepared,
    vector,
)
from minitorch.core.backward import grad
from minitorch.core.mode import enable_grad
from minitorch.core.tensor import wrap

__all__ = ["hessian", "hvp", "jacobian", "jvp", "vhp", "vjp"]


def vjp(
    func: Function, inputs: Tensors, v: Tensors | None = None, create_graph: bool = False, strict: bool = False
) -> tuple[Any, Any]:
    """``func(*inputs)`` and the product of ``v`` with its Jacobian, by one backward pass.

    Args:
        func: takes the inputs, returns a tensor or a tuple of them.
        inputs: a tensor or a tuple; the result has its structure.
        v: as the outputs; may be left out for an output of one element.
        create_graph: record the computation, so that the results can be differentiated.
        strict: raise where an output does not depend on an input, instead of giving zeros.

    >>> import minitorch
    >>> from minitorch.autograd.functional import vjp
    >>> vjp(lambda x: x * x, minitorch.tensor([1.0, 2.0]), minitorch.tensor([1.0, 10.0]))
    (tensor([1., 4.]), tensor([ 2., 40.]))
    """
    with enable_grad():
        xs = prepared(inputs, create_graph, "vjp")
        outputs = outputs_of(func, xs, strict, "vjp")
        vs = vector(v, outputs, "vjp", "outputs")
        found = filled(gradients(outputs, xs, vs, create_graph), xs.values, "output", strict, create_graph)
    return done(outputs.like(outputs.values), create_graph), done(xs.like(found), create_graph)


def jvp(
    func: Function, inputs: Tensors, v: Tensors | None = None, create_graph: bool = False, strict: bool = False
) -> tuple[Any, Any]:
    """``func(*inputs)`` and the product of its Jacobian with ``v``, by two backward passes.

    The vector-Jacobian product is linear in its vector, and the Jacobian of that linear map is the product wanted
    ("double backward trick"), so that any function that can be differentiated twice will do; ``func.jvp`` is forward
    mode. Arguments as for ``vjp``; ``v`` is as the inputs.

    >>> import minitorch
    >>> from minitorch.autograd.functional import jvp
    >>> jvp(lambda x: x * x, minitorch.tensor([1.0, 2.0]), minitorch.tensor([1.0, 10.0]))
    (tensor([1., 4.]), tensor([ 2., 40.]))
    """
    with enable_grad():
        xs = prepared(inputs, create_graph, "jvp")
        vs = vector(v, xs, "jvp", "inputs")
        outputs = outputs_of(func, xs, strict, "jvp")
        dummies = Several([wrap(np.zeros_like(out.array)).requires_grad_() for out in outputs.values], True)
        rows = filled(gradients(outputs, xs, dummies, True), xs.values, "output", strict, False)
        linear = [(row, weight) for row, weight in zip(rows, vs.values, strict=True) if row.requires_grad]
        found: Any = [None] * len(dummies.values)
        if linear:
            found = grad(
                [row for row, _ in linear], dummies.values, [w for _, w in linear], create_graph=create_graph,
                allow_unused=True,
            )  # fmt: skip
        tangents = filled(found, outputs.values, "output", strict, create_graph)
    return done(outputs.like(outputs.values), create_graph), done(outputs.like(tangents), create_graph)


def vhp(
    func: Function, inputs: Tensors, v: Tensors | None = None, create_graph: bool = False, strict: bool = False
) -> tuple[Any, Any]:
    """``func(*inputs)``, one number, and the product of ``v`` with its Hessian, by two backward passes.

    >>> import minitorch
    >>> from minitorch.autograd.functional import vhp
    >>> vhp(lambda x: (x**3).sum(), minitorch.tensor([1.0, 2.0]), minitorch.tensor([1.0, 10.0]))
    (tensor(9.), tensor([  6., 120.]))
    """
    return _hessian_product(func, inputs, v, create_graph, strict, "vhp")


def hvp(
    func: Function, inputs: Tensors, v: Tensors | None = None, create_graph: bool = False, strict: bool = False
) -> tuple[Any, Any]:
    """``func(*inputs)``, one number, and the product of its Hessian with ``v``.

    A Hessian is symmetric, so this is ``vhp`` wherever second derivatives are continuous; it is computed so, which is
    cheaper than PyTorch's two nested products and agrees with them there.
    """
    return _hessian_product(func, inputs, v, create_graph, strict, "hvp")


def _hessian_product(
    func: Function, inputs: Tensors, v: Tensors | None, create_graph: bool, strict: bool, name: str
) -> tuple[Any, Any]:
    with enable_grad():
        xs = prepared(inputs, create_graph, name)
        vs = vector(v, xs, name, "inputs")
        outputs = outputs_of(func, xs, strict, name)
        check_scalar(outputs, name)
        gradient = gradients(outputs, xs, Several([None], False), True)
        check_gradient(gradient, strict)
        live = [(g, weight) for g, weight in zip(gradient, vs.values, strict=True) if g is not None]
        second = gradients(
            Several([g for g, _ in live], True), xs, Several([weight for _, weight in live], True), create_graph
        )
        found = filled(second, xs.values, "jacobian", strict, create_graph)
    return done(outputs.like(outputs.values), create_graph), done(xs.like(found), create_graph)
