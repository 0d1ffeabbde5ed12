"""Derivatives of functions: Jacobians, Hessians and their products with vectors (``torch.autograd.functional``)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from minitorch.core.backward import grad
from minitorch.core.mode import enable_grad
from minitorch.core.tensor import Tensor, wrap

Tensors = Tensor | Sequence[Tensor]
Function = Callable[..., Any]


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
        xs = _prepared(inputs, create_graph)
        outputs = _outputs(func, xs, strict, "vjp")
        vs = _vector(v, outputs, "v", "the outputs")
        found = _gradients(outputs, xs, vs, create_graph, strict, "vjp")
    return _done(_like(outputs, outputs.values), create_graph), _done(_like(xs, found), create_graph)


def jvp(
    func: Function, inputs: Tensors, v: Tensors | None = None, create_graph: bool = False, strict: bool = False
) -> tuple[Any, Any]:
    """``func(*inputs)`` and the product of its Jacobian with ``v``, by two backward passes.

    The vector-Jacobian product is linear in its vector, and the Jacobian of that linear map is the product wanted
    ("double backward trick"). Arguments as for ``vjp``; ``v`` is as the inputs.
    """
    with enable_grad():
        xs = _prepared(inputs, create_graph)
        vs = _vector(v, xs, "v", "the inputs")
        outputs = _outputs(func, xs, strict, "jvp")
        dummies = _Several([wrap(np.zeros_like(out.array)).requires_grad_() for out in outputs.values], True)
        rows = _gradients(outputs, xs, dummies, True, strict, "jvp")
        linear = [(row, weight) for row, weight in zip(rows, vs.values, strict=True) if row.requires_grad]
        found = (
            grad([row for row, _ in linear], dummies.values, [w for _, w in linear], create_graph=create_graph,
                 materialize_grads=True)
            if linear
            else tuple(wrap(np.zeros_like(out.array)) for out in outputs.values)
        )  # fmt: skip
    return _done(_like(outputs, outputs.values), create_graph), _done(_like(outputs, found), create_graph)


def jacobian(
    func: Function,
    inputs: Tensors,
    create_graph: bool = False,
    strict: bool = False,
    vectorize: bool = False,
    strategy: str = "reverse-mode",
) -> Any:
    """The Jacobian of ``func``: a tensor of shape ``output.shape + input.shape`` for each output and input.

    Several outputs make an outer tuple, several inputs an inner one. A row is a backward pass, one for each number of
    the outputs; ``vectorize`` is accepted and changes nothing. Other arguments as for ``vjp``.

    >>> import minitorch
    >>> from minitorch.autograd.functional import jacobian
    >>> jacobian(lambda x: x * x, minitorch.tensor([1.0, 2.0]))
    tensor([[2., 0.],
            [0., 4.]])
    """
    if strategy != "reverse-mode":
        raise AssertionError(
            f'Expected strategy to be "reverse-mode", the only one that minitorch has, but got: "{strategy}"'
        )
    if strict and vectorize:
        raise RuntimeError(
            "torch.autograd.functional.jacobian: `strict=True` and `vectorized=True` are not supported together."
        )
    with enable_grad():
        xs = _prepared(inputs, create_graph)
        outputs = _outputs(func, xs, strict, "jacobian")
        blocks: list[Any] = []
        for out in outputs.values:
            rows = [_row(out, k, xs, create_graph, strict) for k in range(out.array.size)]
            found = [_stacked([row[i] for row in rows], out, x, create_graph) for i, x in enumerate(xs.values)]
            blocks.append(_like(xs, found))
    return _done(_like(outputs, blocks), create_graph)


def _row(out: Tensor, k: int, xs: _Several, create_graph: bool, strict: bool) -> list[Tensor]:
    seed = np.zeros(out.array.shape, out.array.dtype)
    seed[np.unravel_index(k, out.array.shape)] = 1
    one, weight = _Several([out], False), _Several([wrap(seed)], False)
    return _gradients(one, xs, weight, create_graph, strict, "jacobian")


def _stacked(rows: list[Tensor], out: Tensor, x: Tensor, create_graph: bool) -> Tensor:
    shape = (*out.array.shape, *x.array.shape)
    if not rows:
        return wrap(np.zeros(shape, x.array.dtype))
    if not create_graph:
        return wrap(np.stack([row.array for row in rows]).reshape(shape))
    whole: Any = np.stack(rows)
    return whole.reshape(shape)  # type: ignore[no-any-return]


def hessian(
    func: Function,
    inputs: Tensors,
    create_graph: bool = False,
    strict: bool = False,
    vectorize: bool = False,
    outer_jacobian_strategy: str = "reverse-mode",
) -> Any:
    """The second derivatives of ``func``, whose result is one number: the Jacobian of its gradient.

    >>> import minitorch
    >>> from minitorch.autograd.functional import hessian
    >>> hessian(lambda x: (x**3).sum(), minitorch.tensor([1.0, 2.0]))
    tensor([[ 6.,  0.],
            [ 0., 12.]])
    """

    def gradient(*xs: Tensor) -> Any:
        outputs = _outputs(func, _Several(list(xs), True), strict, "hessian")
        _scalar(outputs, "hessian")
        return tuple(_gradients(outputs, _Several(list(xs), True), _Several([None], False), True, strict, "hessian"))

    given = (inputs,) if isinstance(inputs, Tensor) else tuple(inputs)
    found = jacobian(gradient, given, create_graph, strict, vectorize, outer_jacobian_strategy)
    return found[0][0] if isinstance(inputs, Tensor) else found


def vhp(
    func: Function, inputs: Tensors, v: Tensors | None = None, create_graph: bool = False, strict: bool = False
) -> tuple[Any, Any]:
    """``func(*inputs)``, one number, and the product of ``v`` with its Hessian, by two backward passes."""
    with enable_grad():
        xs = _prepared(inputs, create_graph)
        vs = _vector(v, xs, "v", "the inputs")
        outputs = _outputs(func, xs, strict, "vhp")
        _scalar(outputs, "vhp")
        gradient = _gradients(outputs, xs, _Several([None], False), True, strict, "vhp")
        found = _gradients(_Several(gradient, True), xs, vs, create_graph, strict, "vhp")
    return _done(_like(outputs, outputs.values), create_graph), _done(_like(xs, found), create_graph)


def hvp(
    func: Function, inputs: Tensors, v: Tensors | None = None, create_graph: bool = False, strict: bool = False
) -> tuple[Any, Any]:
    """``func(*inputs)``, one number, and the product of its Hessian with ``v``.

    A Hessian is symmetric, so this is ``vhp`` wherever second derivatives are continuous; it is computed so, which is
    cheaper than PyTorch's two nested products and agrees with them there.
    """
    return vhp(func, inputs, v, create_graph, strict)


# --- Inputs and outputs ---------------------------------------------------------------------------------------------


class _Several:
    """Tensors, and whether they were a tuple: results are given in the same form."""

    __slots__ = ("many", "values")

    def __init__(self, values: list[Any], many: bool) -> None:
        self.values = values
        self.many = many


def _several(given: Any, name: str, where: str) -> _Several:
    values = [given] if isinstance(given, Tensor) else list(given) if isinstance(given, (tuple, list)) else [given]
    for i, t in enumerate(values):
        if not isinstance(t, Tensor):
            raise TypeError(
                f"The {name} given to {where} must be either a Tensor or a tuple of Tensors but the value at index {i} "
                f"has type {type(t).__name__}."
            )
    return _Several(values, not isinstance(given, Tensor))


def _like(form: _Several, values: Sequence[Any]) -> Any:
    return tuple(values) if form.many else values[0]


def _prepared(inputs: Any, create_graph: bool) -> _Several:
    """The inputs as new tensors on the same memory: leaves, or with ``create_graph`` on the inputs' own graph."""
    given = _several(inputs, "inputs", "the function")
    if create_graph:
        return _Several(
            [t.view_as(t) if t.requires_grad else t.detach().requires_grad_() for t in given.values], given.many
        )
    return _Several([t.detach().requires_grad_() for t in given.values], given.many)


def _outputs(func: Function, xs: _Several, strict: bool, name: str) -> _Several:
    outputs = _several(func(*xs.values), "outputs", f"the user-provided function of {name}")
    for i, out in enumerate(outputs.values):
        if strict and not out.requires_grad:
            raise RuntimeError(
                f"Output {i} of the user-provided function does not require gradients. The outputs must be computed "
                "in a differentiable manner from the input when running in strict mode."
            )
    return outputs


def _scalar(outputs: _Several, name: str) -> None:
    if outputs.many or outputs.values[0].array.size != 1:
        raise RuntimeError(f"The Tensor returned by the function given to {name} should contain a single element")


def _vector(v: Any, like: _Several, name: str, what: str) -> _Several:
    """The vector of a product, which must be as what it is multiplied with; ones for a single number."""
    if v is None:
        if len(like.values) != 1 or like.values[0].array.size != 1:
            raise RuntimeError(
                f"The vector {name} can only be None if {what} are a single Tensor with one element: give {name}"
            )
        return _Several([wrap(np.ones_like(like.values[0].array))], like.many)
    vs = _several(v, name, "the function")
    if len(vs.values) != len(like.values):
        raise RuntimeError(f"{name} has invalid length: should be {len(like.values)} but got {len(vs.values)}.")
    for i, (a, b) in enumerate(zip(vs.values, like.values, strict=True)):
        if a.array.shape != b.array.shape:
            raise RuntimeError(
                f"Entry {i} of {name} has invalid size: should be {b.shape} but got {a.shape}, as {what} have it."
            )
    return vs


def _gradients(
    outputs: _Several, xs: _Several, vs: _Several, create_graph: bool, strict: bool, name: str
) -> list[Tensor]:
    """The vector-Jacobian product; zeros, or in strict mode an error, where nothing depends on an input."""
    live = [(out, v) for out, v in zip(outputs.values, vs.values, strict=True) if out.requires_grad]
    found: tuple[Tensor | None, ...] = (None,) * len(xs.values)
    if live:
        found = grad(
            [out for out, _ in live], xs.values, [v for _, v in live],
            retain_graph=True, create_graph=create_graph, allow_unused=True,
        )  # fmt: skip
    for i, g in enumerate(found):
        if strict and g is None:
            raise RuntimeError(
                f"The output of the user-provided function is independent of input {i}. This is not allowed in "
                "strict mode."
            )
        if strict and create_graph and g is not None and not g.requires_grad:
            raise RuntimeError(
                f"The {name} of the user-provided function is independent of input {i}. This is not allowed in strict "
                "mode when create_graph=True."
            )
    return [wrap(np.zeros_like(x.array)) if g is None else g for g, x in zip(found, xs.values, strict=True)]


def _done(value: Any, create_graph: bool) -> Any:
    """Results as they are returned: without a graph unless one was asked for."""
    if isinstance(value, tuple):
        return tuple(_done(v, create_graph) for v in value)
    return value if create_graph else value.detach()
