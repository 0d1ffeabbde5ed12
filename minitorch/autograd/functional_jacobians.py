"""Jacobians and Hessians of functions of tensors (``torch.autograd.functional``)."""

from __future__ import annotations

from typing import Any

import numpy as np

from minitorch.autograd.functional_tuples import (
    Function,
    Several,
    Tensors,
    check_gradient,
    check_scalar,
    done,
    gradients,
    outputs_of,
    prepared,
    several,
)
from minitorch.core import forward
from minitorch.core.batched_levels import Level
from minitorch.core.batched_rows import enter, leave
from minitorch.core.mode import enable_grad, mode, set_grad_enabled
from minitorch.core.tensor import Tensor, wrap


def jacobian(
    func: Function,
    inputs: Tensors,
    create_graph: bool = False,
    strict: bool = False,
    vectorize: bool = False,
    strategy: str = "reverse-mode",
) -> Any:
    """The Jacobian of ``func``: a tensor of shape ``output.shape + input.shape`` for each output and input.

    Several outputs make an outer tuple, several inputs an inner one.

    Args:
        func: takes the inputs, returns a tensor or a tuple of them.
        inputs: a tensor or a tuple.
        create_graph: record the computation, so that the result can be differentiated.
        strict: raise where an output does not depend on an input, instead of giving zeros.
        vectorize: compute all rows at once, as vmap does, instead of one by one.
        strategy: "reverse-mode", a row an output number, or "forward-mode", a column an input number, all at once.

    Raises:
        AssertionError: another strategy.
        RuntimeError: ``strict`` with ``vectorize`` or forward mode, and strict mode's own errors.

    >>> import minitorch
    >>> from minitorch.autograd.functional import jacobian
    >>> jacobian(lambda x: x * x, minitorch.tensor([1.0, 2.0]))
    tensor([[2., 0.],
            [0., 4.]])
    """
    if strategy not in ("forward-mode", "reverse-mode"):
        raise AssertionError(
            'Expected strategy to be either "forward-mode" or "reverse-mode". Hint: If your function has more outputs '
            f'than inputs, "forward-mode" tends to be faster. Got: {strategy!r}'
        )
    other = 'strategy="forward-mode"' if strategy == "forward-mode" else "vectorized=True" if vectorize else None
    if strict and other is not None:
        raise RuntimeError(
            f"torch.autograd.functional.jacobian: `strict=True` and `{other}` are not supported together. Set "
            "`strict=False`, or compute row by row."
        )
    if strategy == "forward-mode":
        return _by_columns(func, inputs, create_graph)
    with enable_grad():
        xs = prepared(inputs, create_graph, "jacobian")
        outputs = outputs_of(func, xs, strict, "jacobian")
        blocks = [_rows(i, out, xs, create_graph, strict, vectorize) for i, out in enumerate(outputs.values)]
    return done(outputs.like([xs.like(block) for block in blocks]), create_graph)


def _rows(i: int, out: Tensor, xs: Several, create_graph: bool, strict: bool, vectorize: bool) -> list[Tensor]:
    """One output's block of the Jacobian for each input, by reverse mode."""
    one = Several([out], False)
    seeds = wrap(np.eye(out.array.size, dtype=out.array.dtype).reshape(out.array.size, *out.array.shape))
    columns: list[list[Any]]
    if vectorize and out.array.size:
        columns = [[g] for g in gradients(one, xs, Several([seeds], False), create_graph, batched=True)]
    else:
        rows = [gradients(one, xs, Several([seed], False), create_graph) for seed in seeds]
        columns = [[row[k] for row in rows] for k in range(len(xs.values))]
    found: list[Tensor] = []
    for k, (column, x) in enumerate(zip(columns, xs.values, strict=True)):
        if strict and any(g is None for g in column):
            raise RuntimeError(
                f"Output {i} of the user-provided function is independent of input {k}. This is not allowed in strict "
                "mode."
            )
        if strict and create_graph and any(not g.requires_grad for g in column):
            raise RuntimeError(
                f"The jacobian of the user-provided function is independent of input {k}. This is not allowed in "
                "strict mode when create_graph=True."
            )
        shape = (*out.array.shape, *x.array.shape)
        if not column or all(g is None for g in column):
            found.append(wrap(np.zeros(shape, x.array.dtype)))
            continue
        stack: Any = np.stack
        zeros = wrap(np.zeros_like(x.array))
        whole = column[0] if vectorize else stack([zeros if g is None else g for g in column])
        found.append(whole.reshape(shape))
    return found


def _by_columns(func: Function, inputs: Any, create_graph: bool) -> Any:
    """The Jacobian by forward mode: the unit vectors are pushed along the graph together."""
    given = several(inputs, "inputs", "jacobian")
    before, mode.forward = mode.forward, mode.forward + 1
    try:
        with enable_grad():
            xs = [forward.source(t if create_graph else t.detach(), writable=True) for t in given.values]
            own = [forward.place(x) for x in xs]
            outputs = several(func(*xs), "outputs of the user-provided function", "jacobian")
    finally:
        mode.forward = before
    sizes = [x.array.size for x in xs]
    ends = np.cumsum(sizes)
    units = np.eye(int(ends[-1]))
    starts = {}
    with Level(int(ends[-1])) as level, set_grad_enabled(create_graph):
        for x, node, end in zip(xs, own, ends, strict=True):
            part = units[:, int(end) - x.array.size : int(end)].astype(x.array.dtype)
            starts[node] = enter(wrap(part.reshape(-1, *x.array.shape)), level=level)
        pushed = forward.push(outputs.values, starts)
        tangents = [None if t is None else leave(t, level=level) for t in pushed]
    blocks = []
    for out, t in zip(outputs.values, tangents, strict=True):
        block = []
        for x, end in zip(xs, ends, strict=True):
            shape = (*out.array.shape, *x.array.shape)
            if t is None:
                block.append(wrap(np.zeros(shape, out.array.dtype)))
            else:
                block.append(t[int(end) - x.array.size : int(end)].movedim(0, -1).reshape(shape))
        blocks.append(given.like(block))
    return done(outputs.like(blocks), create_graph)


def hessian(
    func: Function,
    inputs: Tensors,
    create_graph: bool = False,
    strict: bool = False,
    vectorize: bool = False,
    outer_jacobian_strategy: str = "reverse-mode",
) -> Any:
    """The second derivatives of ``func``, whose result is one number: the Jacobian of its gradient.

    ``outer_jacobian_strategy`` is that Jacobian's ``strategy``; the other arguments are as for ``jacobian``.

    >>> import minitorch
    >>> from minitorch.autograd.functional import hessian
    >>> hessian(lambda x: (x**3).sum(), minitorch.tensor([1.0, 2.0]))
    tensor([[ 6.,  0.],
            [ 0., 12.]])
    """
    given = several(inputs, "inputs", "hessian")

    def gradient(*xs: Tensor) -> Any:
        outputs = outputs_of(func, Several(list(xs), True), strict, "hessian")
        check_scalar(outputs, "hessian")
        found = gradients(outputs, Several(list(xs), True), Several([None], False), True)
        check_gradient(found, strict)
        return tuple(wrap(np.zeros_like(x.array)) if g is None else g for g, x in zip(found, xs, strict=True))

    blocks = jacobian(gradient, tuple(given.values), create_graph, strict, vectorize, outer_jacobian_strategy)
    return blocks if given.many else blocks[0][0]
