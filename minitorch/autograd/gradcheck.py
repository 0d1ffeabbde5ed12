"""gradcheck and gradgradcheck: hold a function's derivatives against finite differences.

A complex tensor counts as its real and imaginary parts side by side, so that every Jacobian here is a real matrix, a
row for each number of an input and a column for each number of an output.
"""

from __future__ import annotations

import itertools
import warnings
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import Any

import numpy as np

from minitorch.core.backward import grad
from minitorch.core.tensor import Array, Tensor, wrap

Function = Callable[..., Any]
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
    fast_mode: bool = False,
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
        fast_mode: compare one random projection of each Jacobian instead of all its entries.

    Raises:
        ValueError: no input requires grad.
        GradcheckError: a derivative is wrong.

    >>> import minitorch
    >>> x = minitorch.tensor([1.0, 2.0], dtype=minitorch.float64, requires_grad=True)
    >>> minitorch.autograd.gradcheck(lambda x: x * x, x)
    True
    """
    given = _inputs(inputs)
    try:
        outputs = _outputs(func, given)
        compare = _compare_projections if fast_mode else _compare_jacobians
        compare(func, given, outputs, eps, atol, rtol, nondet_tol, check_grad_dtypes)
        if check_batched_grad:
            _check_batched(given, outputs)
        if check_undefined_grad:
            _check_undefined(given, outputs)
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
    fast_mode: bool = False,
) -> bool:
    """Whether second derivatives agree with central differences of the first (``torch.autograd.gradgradcheck``).

    The function checked is the vector-Jacobian product, with respect to the inputs and to ``grad_outputs``, random
    numbers unless given, laid out with gaps if ``gen_non_contig_grad_outputs``. The rest is as for ``gradcheck``.

    >>> import minitorch
    >>> x = minitorch.tensor([1.0, 2.0], dtype=minitorch.float64, requires_grad=True)
    >>> minitorch.autograd.gradgradcheck(lambda x: x**3, x)
    True
    """
    given = _inputs(inputs)
    outputs = _outputs(func, given)
    seeds = [_cotangent(out, gen_non_contig_grad_outputs) for out in outputs] if grad_outputs is None else grad_outputs
    cotangents = (seeds,) if isinstance(seeds, Tensor) else tuple(seeds)

    def vector_jacobian_product(*both: Any) -> tuple[Tensor, ...]:
        primals, weights = both[: len(given)], both[len(given) :]
        found = grad(_outputs(func, primals), _tracked(primals), weights, create_graph=True, allow_unused=True)
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
        fast_mode=fast_mode,
    )


# --- Inputs and outputs ---------------------------------------------------------------------------------------------


def _inputs(inputs: Tensors) -> tuple[Any, ...]:
    given = (inputs,) if isinstance(inputs, Tensor) else tuple(inputs)
    checked = _tracked(given)
    if not checked:
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


def _tracked(values: Sequence[Any]) -> list[Tensor]:
    return [x for x in values if isinstance(x, Tensor) and x.requires_grad]


def _outputs(func: Function, inputs: Sequence[Any]) -> list[Tensor]:
    """The results that a gradient can come from."""
    results = func(*inputs)
    several = (results,) if isinstance(results, Tensor) else tuple(results)
    return [t for t in several if isinstance(t, Tensor) and t.array.dtype.kind in "fc"]


def _parts(x: Array) -> list[Array]:
    """The real numbers an array is made of, as views of it."""
    return [x.real, x.imag] if x.dtype.kind == "c" else [x]


def _flat(x: Array) -> Array:
    """The same numbers in one dimension, as a copy."""
    return np.concatenate([part.ravel() for part in _parts(x)])


def _count(x: Array) -> int:
    return x.size * (2 if x.dtype.kind == "c" else 1)


def _unflat(v: Array, like: Array) -> Array:
    """The inverse of ``_flat``."""
    out = np.zeros(like.shape, like.dtype)
    for part, numbers in zip(_parts(out), np.split(v, len(_parts(out))), strict=True):
        part[...] = numbers.reshape(like.shape)
    return out


@cache
def _random() -> np.random.Generator:
    """A stream of its own: the user's seeds are left alone."""
    return np.random.default_rng(0)


def _cotangent(out: Tensor, gaps: bool) -> Tensor:
    v = _unflat(_random().standard_normal(_count(out.array)), out.array)
    t = wrap(np.stack([v, v], axis=-1)[..., 0] if gaps else v)
    t.requires_grad = True
    return t


# --- The two Jacobians ----------------------------------------------------------------------------------------------


def _values(func: Function, inputs: Sequence[Any]) -> list[Array]:
    """The outputs' numbers, copied, since an output may be a view of an input that is about to move."""
    return [_flat(out.array) for out in _outputs(func, inputs)]


def _numbers(x: Array) -> Iterator[tuple[Array, tuple[int, ...]]]:
    """Every real number of an array, as (view, index)."""
    return ((part, index) for part in _parts(x) for index in np.ndindex(part.shape))


def numerical_jacobian(func: Function, inputs: Sequence[Any], x: Tensor, eps: float) -> list[Array]:
    """For each output the matrix d output / d x by central differences: (f(x + eps) - f(x - eps)) / (2 eps)."""
    rows: list[list[Array]] = []
    for part, index in _numbers(x.array):
        value = part[index]
        part[index] = value + eps
        above = _values(func, inputs)
        part[index] = value - eps
        below = _values(func, inputs)
        part[index] = value
        rows.append([(a - b) / (2 * eps) for a, b in zip(above, below, strict=True)])
    if not rows:
        return [np.zeros((0, len(out))) for out in _values(func, inputs)]
    return [np.stack(column) for column in zip(*rows, strict=True)]


def analytical_jacobian(output: Tensor, inputs: Sequence[Tensor]) -> list[Array]:
    """For each input the matrix d output / d input by backward passes, one for each number of the output."""
    n = _count(output.array)
    found = [np.zeros((_count(x.array), n)) for x in inputs]
    for k in range(n):
        seed = wrap(_unflat(np.eye(1, n, k)[0], output.array))
        for jacobian, g in zip(found, _vjp(output, inputs, seed), strict=True):
            if g is not None:
                jacobian[:, k] = _flat(g.array)
    return found


def _vjp(output: Tensor, inputs: Sequence[Tensor], seed: Tensor) -> tuple[Tensor | None, ...]:
    if not output.requires_grad:
        return (None,) * len(inputs)
    return grad(output, inputs, seed, retain_graph=True, allow_unused=True)


# --- The checks -----------------------------------------------------------------------------------------------------


def _compare_jacobians(
    func: Function,
    given: Sequence[Any],
    outputs: Sequence[Tensor],
    eps: float,
    atol: float,
    rtol: float,
    nondet_tol: float,
    check_dtypes: bool,
) -> None:
    inputs = _tracked(given)
    numerical = [numerical_jacobian(func, given, x, eps) for x in inputs]
    for o, output in enumerate(outputs):
        analytical = analytical_jacobian(output, inputs)
        for i, by_rules in enumerate(analytical):
            by_differences = numerical[i][o]
            if not np.allclose(by_rules, by_differences, rtol=rtol, atol=atol, equal_nan=False):
                raise GradcheckError(_mismatch(o, i, by_differences, by_rules))
        for first, second in zip(analytical, analytical_jacobian(output, inputs), strict=True):
            if first.size and np.abs(first - second).max() > nondet_tol:
                raise GradcheckError(
                    "Backward is not reentrant, i.e., running backward with same input and grad_output multiple times "
                    "gives different values, although analytical gradient matches numerical gradient. "
                    f"The tolerance for nondeterminism was {nondet_tol}."
                )
        if check_dtypes:
            _check_dtypes(output, inputs)


def _compare_projections(
    func: Function,
    given: Sequence[Any],
    outputs: Sequence[Tensor],
    eps: float,
    atol: float,
    rtol: float,
    nondet_tol: float,
    check_dtypes: bool,
) -> None:
    """``v J u`` for random unit vectors: two evaluations and one backward pass for each pair of output and input."""
    inputs = _tracked(given)
    for (o, output), (i, x) in itertools.product(enumerate(outputs), enumerate(inputs)):
        u, v = _unit(_count(x.array)), _unit(_count(output.array))
        before = x.array.copy()
        np.copyto(x.array, before + eps * _unflat(u, before))
        above = _values(func, given)[o]
        np.copyto(x.array, before - eps * _unflat(u, before))
        below = _values(func, given)[o]
        np.copyto(x.array, before)
        by_differences = np.vdot(v, above - below) / (2 * eps)
        seed = wrap(_unflat(v, output.array))
        passes = [_vjp(output, [x], seed)[0] for _ in range(2)]
        by_rules = [0.0 if g is None else float(np.vdot(_flat(g.array), u)) for g in passes]
        if not np.allclose(by_rules[0], by_differences, rtol=rtol, atol=atol):
            raise GradcheckError(
                _mismatch(o, i, by_differences, by_rules[0])
                + "\nThe numbers are a random projection of the Jacobians: run with fast_mode=False to see them whole."
            )
        if abs(by_rules[0] - by_rules[1]) > nondet_tol:
            raise GradcheckError(f"Backward is not reentrant: two passes gave {by_rules[0]} and {by_rules[1]}.")
        if check_dtypes:
            _check_dtypes(output, [x])


def _unit(n: int) -> Array:
    v = _random().standard_normal(n)
    return v / (np.linalg.norm(v) or 1.0)


def _mismatch(o: int, i: int, numerical: Any, analytical: Any) -> str:
    worst = ""
    if np.ndim(numerical) and np.size(numerical):
        distance = np.abs(np.subtract(numerical, analytical))
        row, column = np.unravel_index(int(np.argmax(np.where(np.isnan(distance), np.inf, distance))), distance.shape)
        worst = f"\nThe largest difference, {distance[row, column]:.3g}, is in row {row}, column {column}."
    return (
        f"Jacobian mismatch for output {o} with respect to input {i},\nnumerical:{numerical}\nanalytical:{analytical}\n"
        f"A row is a number of the input, a column one of the output.{worst}"
    )


def _check_dtypes(output: Tensor, inputs: Sequence[Tensor]) -> None:
    for i, (x, g) in enumerate(zip(inputs, _vjp(output, inputs, wrap(np.ones_like(output.array))), strict=True)):
        if g is not None and g.array.dtype != x.array.dtype:
            raise GradcheckError(f"Analytical gradient of input {i} has incorrect type: {g.dtype}, expected {x.dtype}.")


def _check_batched(given: Sequence[Any], outputs: Sequence[Tensor]) -> None:
    inputs = _tracked(given)
    for o, output in enumerate(t for t in outputs if t.requires_grad):
        rows = [_cotangent(output, gaps=False).detach() for _ in range(2)]
        seeds = wrap(np.stack([row.array for row in rows]))
        batched = grad(output, inputs, seeds, retain_graph=True, allow_unused=True, is_grads_batched=True)
        for i, (whole, *parts) in enumerate(zip(batched, *(_vjp(output, inputs, row) for row in rows), strict=True)):
            for row, part in enumerate(parts):
                if (whole is None) != (part is None) or (
                    part is not None and not np.allclose(whole.array[row], part.array)
                ):
                    raise GradcheckError(
                        f"While considering output {o} and input {i}: the batched gradient's row {row} is not the "
                        f"gradient of that row alone,\nbatched:{whole}\nalone:{part}"
                    )


def _check_undefined(given: Sequence[Any], outputs: Sequence[Tensor]) -> None:
    """Several outputs: leaving one out of the backward pass must be the same as giving it a gradient of zeros."""
    inputs = _tracked(given)
    live = [t for t in outputs if t.requires_grad]
    if len(live) < 2:
        return
    seeds = [_cotangent(t, gaps=False).detach() for t in live]
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
                    f"Expected backward function to handle undefined output grads: the gradient of input {i} without "
                    f"output {o} is not the one with zeros for it,\nwithout:{a}\nzeros:{b}"
                )
