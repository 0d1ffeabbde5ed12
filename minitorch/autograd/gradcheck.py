"""gradcheck and gradgradcheck: hold a function's derivatives against finite differences."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from functools import cache, partial
from typing import Any, NamedTuple

import numpy as np

from minitorch.autograd.forward_ad import dual_level, unpack_dual
from minitorch.autograd.function import FunctionNode
from minitorch.autograd.real_matrices import (
    Function,
    analytical_jacobian,
    count,
    dual_inputs,
    flat,
    forward_jacobian,
    jvp,
    numerical_jacobian,
    numerical_product,
    outputs_of,
    tracked,
    unflat,
    vjp,
)
from minitorch.core.backward import grad
from minitorch.core.tensor import Array, Tensor, wrap

Tensors = Tensor | Sequence[Any]


class GradcheckError(RuntimeError):
    """A derivative is wrong; the message shows what was expected and what came."""


def gradcheck(
    func: Function,
    inputs: Tensors,
    *,
    eps: float = 1e-6,
    atol: float = 1e-5,
    rtol: float = 1e-3,
    raise_exception: bool = True,
    nondet_tol: float = 0.0,
    check_undefined_grad: bool = True,
    check_grad_dtypes: bool = False,
    check_batched_grad: bool = False,
    check_batched_forward_grad: bool = False,
    check_forward_ad: bool = False,
    check_backward_ad: bool = True,
    fast_mode: bool = False,
    masked: bool | None = None,
) -> bool:
    """Whether the gradients of ``func(*inputs)`` agree with central differences (``torch.autograd.gradcheck``).

    Every number of every input that requires grad is moved by ``eps`` both ways; the change of every output must be
    the analytical Jacobian's entry, to ``atol + rtol * |numerical|``. Give float64: float32's differences are noise.

    Args:
        func: takes the inputs, returns a tensor or several; outputs of whole numbers and bools are passed over.
        inputs: a tensor or several; those that require grad are checked.
        eps: the step of the finite differences.
        atol, rtol: tolerances.
        raise_exception: raise on the first failure; otherwise return False.
        nondet_tol: how far two backward passes over the same values may differ.
        check_undefined_grad: an output left out of the backward pass must count as one with zero gradient.
        check_grad_dtypes: a gradient must have its input's dtype.
        check_batched_grad: ``grad(..., is_grads_batched=True)`` must agree with a pass for each row.
        check_batched_forward_grad: the same for the tangents of forward mode.
        check_forward_ad: hold forward mode against the differences too.
        check_backward_ad: check backward passes, as is the default.
        fast_mode: compare one random projection of each Jacobian instead of all its entries.
        masked: for sparse tensors, which there are none of: it makes no difference.

    Raises:
        ValueError: no input requires grad.
        AssertionError: a check is asked for without the mode it belongs to, or neither mode is to be checked.
        GradcheckError: a derivative is wrong.

    >>> import minitorch
    >>> x = minitorch.tensor([1.0, 2.0], dtype=minitorch.float64, requires_grad=True)
    >>> minitorch.autograd.gradcheck(lambda x: x * x, x)
    True
    """
    _require(check_forward_ad or check_backward_ad, "Expected at least one of check_forward_ad or check_backward_ad")
    _require(check_backward_ad or not check_batched_grad, "Setting check_batched_grad=True requires check_backward_ad")
    _require(
        check_forward_ad or not check_batched_forward_grad,
        "Setting check_batched_forward_grad=True requires check_forward_ad",
    )
    given = _inputs(inputs)
    how = _How(eps, atol, rtol, nondet_tol, fast_mode)
    try:
        outputs = outputs_of(func, given)
        if not tracked(outputs):
            _check_constant(func, given, how)
            return True
        if check_backward_ad:
            _check_backward(func, given, outputs, how)
            if check_grad_dtypes:
                for output in outputs:
                    _check_dtypes(output, tracked(given))
            if check_batched_grad:
                _check_batched(given, outputs)
            _check_zero(given, outputs)
            if check_undefined_grad:
                _check_undefined(given, outputs)
        if check_forward_ad:
            _check_forward(func, given, how)
            if check_batched_forward_grad:
                _check_batched_forward(func, given)
    except GradcheckError:
        if raise_exception:
            raise
        return False
    return True


def gradgradcheck(
    func: Function,
    inputs: Tensors,
    grad_outputs: Tensors | None = None,
    *,
    eps: float = 1e-6,
    atol: float = 1e-5,
    rtol: float = 1e-3,
    gen_non_contig_grad_outputs: bool = False,
    raise_exception: bool = True,
    nondet_tol: float = 0.0,
    check_undefined_grad: bool = True,
    check_grad_dtypes: bool = False,
    check_batched_grad: bool = False,
    check_fwd_over_rev: bool = False,
    check_rev_over_rev: bool = True,
    fast_mode: bool = False,
    masked: bool = False,
) -> bool:
    """Whether second derivatives agree with central differences of the first (``torch.autograd.gradgradcheck``).

    The function checked is the vector-Jacobian product, with respect to the inputs and to ``grad_outputs``, random
    numbers unless given, laid out with gaps if ``gen_non_contig_grad_outputs``. ``check_rev_over_rev`` differentiates
    it by backward passes, ``check_fwd_over_rev`` by forward mode. The rest is as for ``gradcheck``.

    >>> import minitorch
    >>> x = minitorch.tensor([1.0, 2.0], dtype=minitorch.float64, requires_grad=True)
    >>> minitorch.autograd.gradgradcheck(lambda x: x**3, x)
    True
    """
    _require(
        check_fwd_over_rev or check_rev_over_rev, "Expected at least one of check_fwd_over_rev or check_rev_over_rev"
    )
    for name, value in (("check_undefined_grad", check_undefined_grad), ("check_batched_grad", check_batched_grad)):
        _require(check_rev_over_rev or not value, f"Setting {name}=True requires check_rev_over_rev")
    given = _inputs(inputs)
    outputs = outputs_of(func, given)
    seeds = [_cotangent(out, gen_non_contig_grad_outputs) for out in outputs] if grad_outputs is None else grad_outputs
    cotangents = (seeds,) if isinstance(seeds, Tensor) else tuple(seeds)
    checked = [i for i, x in enumerate(given) if isinstance(x, Tensor) and x.requires_grad]

    def vector_jacobian_product(*both: Any) -> tuple[Tensor, ...]:
        primals = list(both[: len(given)])
        for i in checked:  # forward mode gives inputs that are detached
            if not primals[i].requires_grad:
                primals[i] = primals[i].requires_grad_()
        weights = both[len(given) :]
        inputs = [primals[i] for i in checked]
        found = grad(outputs_of(func, primals), inputs, weights, create_graph=True, allow_unused=True)
        return tuple(g for g in found if isinstance(g, Tensor))

    return gradcheck(
        vector_jacobian_product,
        (*given, *cotangents),
        eps=eps,
        atol=atol,
        rtol=rtol,
        raise_exception=raise_exception,
        nondet_tol=nondet_tol,
        check_undefined_grad=check_undefined_grad,
        check_grad_dtypes=check_grad_dtypes,
        check_batched_grad=check_batched_grad,
        check_forward_ad=check_fwd_over_rev,
        check_backward_ad=check_rev_over_rev,
        fast_mode=fast_mode,
        masked=masked,
    )


class _How(NamedTuple):
    """The step, the tolerances, and whether one projection of each Jacobian is enough."""

    eps: float
    atol: float
    rtol: float
    nondet_tol: float
    fast: bool

    def close(self, a: Any, b: Any) -> bool:
        return bool(np.allclose(a, b, rtol=self.rtol, atol=self.atol, equal_nan=False))


def _require(held: bool, message: str) -> None:
    if not held:
        raise AssertionError(f"{message} to be True")


# --- Inputs -----------------------------------------------------------------------------------------------------------


def _inputs(inputs: Tensors) -> tuple[Any, ...]:
    given = (inputs,) if isinstance(inputs, Tensor) else tuple(inputs)
    if not tracked(given):
        raise ValueError(
            "gradcheck expects at least one input tensor to require gradient, but none of them has requires_grad=True."
        )
    for i, x in enumerate(given):
        if not isinstance(x, Tensor) or not x.requires_grad:
            continue
        if x.array.dtype not in (np.float64, np.complex128):
            warnings.warn(
                f"Input #{i} requires gradient and is not a double precision floating point or complex: it is "
                f"{x.dtype}. This check will likely fail: finite differences need double precision.",
                stacklevel=3,
            )
        if x.array.size and any(step == 0 and n > 1 for step, n in zip(x.array.strides, x.array.shape, strict=True)):
            raise RuntimeError(
                f"The {i}th input has a dimension with stride 0. gradcheck only supports inputs that are "
                "non-overlapping, since it moves their numbers one by one: call .contiguous() on the input first."
            )
    return given


@cache
def _random() -> np.random.Generator:
    """A stream of its own: the user's seeds are left alone."""
    return np.random.default_rng(0)


def _cotangent(out: Tensor, gaps: bool = False) -> Tensor:
    v = unflat(_random().standard_normal(count(out.array)), out.array)
    t = wrap(np.stack([v, v], axis=-1)[..., 0] if gaps else v)
    t.requires_grad = True
    return t


def _unit(n: int) -> Array:
    v = _random().standard_normal(n)
    return v / (np.linalg.norm(v) or 1.0)


# --- The derivatives --------------------------------------------------------------------------------------------------


def _check_constant(func: Function, given: Sequence[Any], how: _How) -> None:
    """Outputs that are in no graph must not depend on the inputs."""
    for i, x in enumerate(tracked(given)):
        for o, jacobian in enumerate(numerical_jacobian(func, given, x, how.eps)):
            if not how.close(jacobian, np.zeros_like(jacobian)):
                raise GradcheckError(
                    f"Numerical gradient for function expected to be zero: output {o} is in no graph, but depends on "
                    f"input {i},\nnumerical:{jacobian}"
                )


def _check_backward(func: Function, given: Sequence[Any], outputs: Sequence[Tensor], how: _How) -> None:
    inputs = tracked(given)
    if how.fast:
        for i, x in enumerate(inputs):
            for o, output in enumerate(outputs):
                _check_projection(func, given, (i, x), (o, output), how)
        return
    numerical = [numerical_jacobian(func, given, x, how.eps) for x in inputs]
    for o, output in enumerate(outputs):
        analytical = analytical_jacobian(output, inputs)
        for i, by_rules in enumerate(analytical):
            if not how.close(by_rules, numerical[i][o]):
                raise GradcheckError(_mismatch("", o, i, numerical[i][o], by_rules))
        for first, second in zip(analytical, analytical_jacobian(output, inputs), strict=True):
            if first.size and np.abs(first - second).max() > how.nondet_tol:
                raise GradcheckError(f"{NOT_REENTRANT} The tolerance for nondeterminism was {how.nondet_tol}.")


NOT_REENTRANT = (
    "Backward is not reentrant, i.e., running backward with same input and grad_output multiple times gives different "
    "values, although analytical gradient matches numerical gradient."
)


def _check_projection(
    func: Function, given: Sequence[Any], input: tuple[int, Tensor], out: tuple[int, Tensor], how: _How
) -> None:
    """``v J u`` for random unit vectors: two evaluations and a backward pass."""
    (i, x), (o, output) = input, out
    u, v = _unit(count(x.array)), _unit(count(output.array))
    by_differences = np.vdot(v, numerical_product(func, given, x, u, how.eps)[o])
    passes = [vjp(output, [x], wrap(unflat(v, output.array)))[0] for _ in range(2)]
    by_rules = [0.0 if g is None else float(np.vdot(flat(g.array), u)) for g in passes]
    if not how.close(by_rules[0], by_differences):
        whole = numerical_jacobian(func, given, x, how.eps)[o], analytical_jacobian(output, [x])[0]
        raise GradcheckError(_mismatch("", o, i, by_differences, by_rules[0], whole))
    if abs(by_rules[0] - by_rules[1]) > how.nondet_tol:
        raise GradcheckError(f"{NOT_REENTRANT} Two passes gave {by_rules[0]} and {by_rules[1]}.")


def _check_forward(func: Function, given: Sequence[Any], how: _How) -> None:
    for i, x in enumerate(tracked(given)):
        slow = partial(numerical_jacobian, func, given, x, how.eps), partial(forward_jacobian, func, given, x)
        if how.fast:
            u = _unit(count(x.array))
            numerical = numerical_product(func, given, x, u, how.eps)
            analytical = [flat(t.array) for t in jvp(func, given, x, wrap(unflat(u, x.array)))]
        else:
            numerical, analytical = slow[0](), slow[1]()
        for o, (by_differences, by_rules) in enumerate(zip(numerical, analytical, strict=True)):
            if not how.close(by_rules, by_differences):
                whole = (slow[0]()[o], slow[1]()[o]) if how.fast else None
                raise GradcheckError(_mismatch(" computed with forward mode", o, i, by_differences, by_rules, whole))


def _mismatch(
    mode: str, o: int, i: int, numerical: Any, analytical: Any, whole: tuple[Array, Array] | None = None
) -> str:
    """What differs; ``whole`` are the Jacobians where only a projection of them was compared."""
    message = (
        f"Jacobian{mode} mismatch for output {o} with respect to input {i},\n"
        f"numerical:{numerical}\nanalytical:{analytical}\n"
    )
    if whole is not None:
        numerical, analytical = whole
        message += (
            "These are random projections of the Jacobians, as fast_mode compares them. In full:\n"
            f"numerical:{numerical}\nanalytical:{analytical}\n"
        )
    worst = ""
    if np.ndim(numerical) and np.size(numerical):
        distance = np.abs(np.subtract(numerical, analytical))
        row, column = np.unravel_index(int(np.argmax(np.where(np.isnan(distance), np.inf, distance))), distance.shape)
        worst = f"\nThe largest difference, {distance[row, column]:.3g}, is in row {row}, column {column}."
    return f"{message}A row is a number of the input, a column one of the output.{worst}"


# --- What else must hold ----------------------------------------------------------------------------------------------


def _check_dtypes(output: Tensor, inputs: Sequence[Tensor]) -> None:
    for i, (x, g) in enumerate(zip(inputs, vjp(output, inputs, wrap(np.ones_like(output.array))), strict=True)):
        if g is not None and g.array.dtype != x.array.dtype:
            raise GradcheckError(f"Analytical gradient of input {i} has incorrect type: {g.dtype}, expected {x.dtype}.")


def _check_zero(given: Sequence[Any], outputs: Sequence[Tensor]) -> None:
    """No gradient comes of none."""
    inputs = tracked(given)
    for output in tracked(outputs):
        for i, g in enumerate(vjp(output, inputs, wrap(np.zeros_like(output.array)))):
            if g is not None and g.array.any():
                raise GradcheckError(
                    "backward not multiplied by grad_output: where the gradient of the output is zero, that of input "
                    f"{i} is {g}"
                )


def _check_batched(given: Sequence[Any], outputs: Sequence[Tensor]) -> None:
    inputs = tracked(given)
    for o, output in enumerate(tracked(outputs)):
        rows = [_cotangent(output).detach() for _ in range(2)]
        seeds = wrap(np.stack([row.array for row in rows]))
        batched = grad(output, inputs, seeds, retain_graph=True, allow_unused=True, is_grads_batched=True)
        alone = [vjp(output, inputs, row) for row in rows]
        for i, whole in enumerate(batched):
            _check_rows("gradient", o, i, whole, [found[i] for found in alone])


def _check_batched_forward(func: Function, given: Sequence[Any]) -> None:
    from minitorch.core.batched_levels import Level
    from minitorch.core.batched_rows import enter, leave

    for i, x in enumerate(tracked(given)):
        rows = [_cotangent(x).detach() for _ in range(2)]
        with Level(2) as level, dual_level():
            tangents = enter(wrap(np.stack([row.array for row in rows])), level=level)
            duals = dual_inputs(given, x, tangents)
            found = [unpack_dual(out).tangent for out in outputs_of(func, duals)]
            batched = [None if t is None else leave(t.detach(), level=level) for t in found]
        alone = [jvp(func, given, x, row) for row in rows]
        for o, whole in enumerate(batched):
            if whole is not None:
                _check_rows("forward gradient", o, i, whole, [tangents[o] for tangents in alone])


def _check_rows(what: str, o: int, i: int, whole: Tensor | None, parts: Sequence[Tensor | None]) -> None:
    for row, part in enumerate(parts):
        same = whole is part is None or (
            whole is not None and part is not None and np.allclose(whole.array[row], part.array)
        )
        if not same:
            raise GradcheckError(
                f"While considering output {o} and input {i}: the batched {what}'s row {row} is not the {what} of that "
                f"row alone,\nbatched:{whole}\nalone:{part}"
            )


UNDEFINED = "Expected backward function to handle undefined output grads: "


def _check_undefined(given: Sequence[Any], outputs: Sequence[Tensor]) -> None:
    """Leaving an output out of the backward pass must be the same as giving it a gradient of zeros."""
    inputs = tracked(given)
    live = tracked(outputs)
    for o, output in enumerate(live):
        node = output.grad_fn
        if isinstance(node, FunctionNode):
            found = node(*[None] * (len(node.meta) // 2))
            for g in found if isinstance(found, tuple) else (found,):
                if g is not None and g.array.any():
                    raise GradcheckError(f"{UNDEFINED}without any, output {o} has the gradient\n{g}")
    if len(live) < 2:
        return
    seeds = [_cotangent(t).detach() for t in live]
    for o in range(len(live)):
        rest = [k for k in range(len(live)) if k != o]
        zeroed = [wrap(np.zeros_like(s.array)) if k == o else s for k, s in enumerate(seeds)]
        without = grad(
            [live[k] for k in rest], inputs, [seeds[k] for k in rest], retain_graph=True, materialize_grads=True
        )
        with_zeros = grad(live, inputs, zeroed, retain_graph=True, materialize_grads=True)
        for i, (a, b) in enumerate(zip(without, with_zeros, strict=True)):
            if not np.allclose(a.array, b.array):
                raise GradcheckError(
                    f"{UNDEFINED}the gradient of input {i} without output {o} is not the one with zeros for it,\n"
                    f"without:{a}\nzeros:{b}"
                )
