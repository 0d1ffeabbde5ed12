"""backward() and grad(): the two ways to ask for gradients, and the checks on what is asked."""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np

from minitorch.core import dtypes
from minitorch.core.batched import raw
from minitorch.core.batched_levels import Level, running
from minitorch.core.engine import run
from minitorch.core.graph import Edge, GradientEdge, accumulating, edge_of
from minitorch.core.mode import mode
from minitorch.core.tensor import Size, Tensor, wrap

Place = Tensor | GradientEdge  # a tensor, or the edge that get_gradient_edge gave for one
Tensors = Place | Sequence[Place]
_F32, _F64 = np.dtype(np.float32), np.dtype(np.float64)
OptionalTensors = Tensor | Sequence[Tensor | None] | None


def backward(
    tensors: Tensors,
    grad_tensors: OptionalTensors = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    inputs: Tensors | None = None,
) -> None:
    """Adds the gradients of ``tensors`` to the ``.grad`` of the leaves they depend on (``torch.autograd.backward``).

    Args:
        tensors: what to differentiate; a tensor of one element needs no ``grad_tensors``.
        grad_tensors: the vector of the vector-Jacobian product, a tensor of its shape for each of ``tensors``.
        retain_graph: keep the saved values for another backward pass; by default, only with ``create_graph``.
        create_graph: record the backward pass itself, so that the gradients can be differentiated again.
        inputs: accumulate into these only.

    Raises:
        RuntimeError: no graph, a second pass over a freed one, a saved value modified, or a gradient of wrong shape.

    >>> import minitorch
    >>> x = minitorch.tensor([2.0], requires_grad=True)
    >>> for power in (2, 3):
    ...     minitorch.autograd.backward(x**power)
    >>> x.grad  # 2x, and 3x^2 added to it
    tensor([16.])
    """
    if running.levels:
        raise RuntimeError(
            "backward() called inside torch.vmap. This is not supported, please call backward() outside torch.vmap or "
            "instead use minitorch.func.grad."
        )
    chosen = targets = None
    if inputs is not None:
        chosen = _tuple(inputs, "inputs")
        if not chosen:
            raise RuntimeError("`inputs` argument to `backward()` cannot be empty.")
    outputs = _tuple(tensors, "tensors")
    roots = _roots(outputs, _per_output(outputs, grad_tensors, "grad_tensors"), create_graph)
    if chosen is not None:
        targets = [_target(t) for t in chosen]
    keep = create_graph if retain_graph is None else retain_graph
    if create_graph:
        _warn_of_cycle()
    before = mode.grad, mode.targeted
    mode.grad, mode.targeted = create_graph, targets is not None
    try:
        if targets is None:
            run(roots, keep_graph=keep, lifted=create_graph)
            return
        captured = run(roots, keep_graph=keep, lifted=create_graph, targets=targets)
        assert chosen is not None
        for t, edge in zip(chosen, targets, strict=True):
            if isinstance(t, GradientEdge) or t._edge is None or edge not in captured or t.retains_grad:
                continue  # leaves have accumulated theirs, and an edge has no tensor to keep it
            g = captured[edge] if create_graph else wrap(np.array(captured[edge]))
            with accumulating:
                t._grad = g if t._grad is None else t._grad + g
    finally:
        mode.grad, mode.targeted = before


def grad(
    outputs: Tensors,
    inputs: Tensors,
    grad_outputs: OptionalTensors = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    allow_unused: bool | None = None,
    is_grads_batched: bool = False,
    materialize_grads: bool = False,
) -> tuple[Tensor, ...]:
    """The gradients of ``outputs`` with respect to ``inputs``, returned and not accumulated (``torch.autograd.grad``).

    Args:
        outputs, inputs: a tensor or several; the result has one gradient an input, summed over the outputs.
        grad_outputs: the vector of the vector-Jacobian product, as for ``backward``.
        retain_graph, create_graph: as for ``backward``.
        allow_unused: give None for an input that the outputs do not depend on, where an error is the default.
        is_grads_batched: ``grad_outputs`` have a leading dimension, over which the product is taken row by row.
        materialize_grads: give zeros instead of None.

    >>> import minitorch
    >>> x = minitorch.tensor(3.0, requires_grad=True)
    >>> (first,) = minitorch.autograd.grad(x**3, x, create_graph=True)
    >>> first.item(), minitorch.autograd.grad(first, x)
    (27.0, (tensor(18.),))
    """
    if materialize_grads and allow_unused is False:
        raise ValueError(
            "Expected allow_unused to be True or not passed when materialize_grads=True, but got: allow_unused=False."
        )
    create_graph = create_graph or mode.forward > 0  # gradients carry tangents too
    allow = bool(allow_unused) or materialize_grads
    outs, ins = _tuple(outputs, "outputs"), _tuple(inputs, "inputs")
    if not ins:
        raise RuntimeError("`inputs` argument to `grad()` cannot be empty.")
    seeds = _per_output(outs, grad_outputs, "grad_outputs")
    if is_grads_batched:
        return _batched(outs, ins, seeds, retain_graph, create_graph, allow, materialize_grads)
    roots = _roots(outs, seeds, create_graph)
    targets = [_target(t) for t in ins]
    keep = create_graph if retain_graph is None else retain_graph
    before = mode.grad, mode.targeted
    mode.grad, mode.targeted = create_graph, True
    try:
        captured = run(roots, keep_graph=keep, lifted=create_graph, targets=targets, accumulate=False)
    finally:
        mode.grad, mode.targeted = before
    found: list[Any] = []
    given: set[int] = set()
    for i, edge in enumerate(targets):
        g = captured.get(edge)
        if g is None:
            if not allow:
                raise RuntimeError(
                    f"The differentiated Tensor at index {i} appears to not have been used in the graph. Set "
                    "allow_unused=True if this is the desired behavior."
                )
            found.append(wrap(np.zeros(*_meta(edge))) if materialize_grads else None)
        elif isinstance(g, Tensor):
            found.append(g)
        else:  # an array of its own: the seed may pass through unchanged, and two inputs may get the same one
            own = raw(g)
            alone = isinstance(own, np.ndarray) and own.base is None and id(own) not in given and own.flags.writeable
            given.add(id(own))
            found.append(wrap(g if alone and not _is_seed(g, seeds) else np.copy(g)))
    return tuple(found)


def _is_seed(g: Any, seeds: Sequence[Tensor | None]) -> bool:
    return any(s is not None and s.array is g for s in seeds)


_warned: list[bool] = []


def _warn_of_cycle() -> None:
    """PyTorch's warning, once a process."""
    if not _warned:
        _warned.append(True)
        warnings.warn(
            "Using backward() with create_graph=True will create a reference cycle between the parameter and its "
            "gradient which can cause a memory leak. We recommend using autograd.grad when creating the graph to avoid "
            "this. If you have to use this function, make sure to reset the .grad fields of your parameters to None "
            "after use to break the cycle and avoid the leak.",
            UserWarning,
            stacklevel=4,
        )


def _meta(edge: Edge) -> tuple[tuple[int, ...], np.dtype[Any]]:
    """Shape and dtype of the gradient that an edge takes."""
    node, number = edge
    shape, dtype = node.meta[2 * number : 2 * number + 2]
    return shape, dtype


def _tuple(tensors: Any, name: str) -> tuple[Any, ...]:
    if isinstance(tensors, (Tensor, GradientEdge)):
        return (tensors,)
    found = tuple(tensors)
    for t in found:
        if not isinstance(t, (Tensor, GradientEdge)):
            raise TypeError(f"{name}: expected a Tensor or a sequence of Tensors, but found {type(t).__name__}")
    return found


def _per_output(outputs: tuple[Tensor, ...], grads: Any, name: str) -> tuple[Tensor | None, ...]:
    if grads is None:
        return (None,) * len(outputs)
    found = (grads,) if isinstance(grads, Tensor) else tuple(grads)
    for g in found:
        if g is not None and not isinstance(g, Tensor):
            raise TypeError(f"gradients can be either Tensors or None, but got {type(g).__name__} in {name}")
    if len(found) != len(outputs):
        raise RuntimeError(f"got {len(outputs)} tensors and {len(found)} gradients: {name} needs one for each tensor")
    return found


def _roots(outputs: tuple[Tensor, ...], seeds: tuple[Tensor | None, ...], create_graph: bool) -> list[tuple[Edge, Any]]:
    """The edges to start from, each with the gradient that is given or, for a tensor of one element, 1."""
    roots: list[tuple[Edge, Any]] = []
    for i, (t, seed) in enumerate(zip(outputs, seeds, strict=True)):
        edge = _edge(t)
        if edge is None:
            raise RuntimeError(
                f"element {i} of tensors does not require grad and does not have a grad_fn: no operation on a tensor "
                "that requires grad led to it. Was it computed under no_grad(), or detached?"
            )
        shape, dtype = _meta(edge) if isinstance(t, GradientEdge) else (t.array.shape, t.array.dtype)
        if seed is None:
            if shape != () and math.prod(shape) != 1:
                raise RuntimeError(
                    f"grad can be implicitly created only for scalar outputs, but this one has shape {list(shape)}. "
                    "Reduce it first, with .sum() or .mean(), or give the gradient."
                )
            if dtype.kind == "c":
                raise RuntimeError(
                    f"grad can be implicitly created only for real scalar outputs but got {dtypes.of(dtype)}"
                )
            # NumPy computes on its scalars ten times faster than on 0-d arrays.
            g: Any = dtype.type(1) if shape == () and (dtype is _F32 or dtype is _F64) else np.ones(shape, dtype)
        else:
            if seed.array.shape != shape:
                raise RuntimeError(
                    f"Mismatch in shape: grad_output[{i}] has a shape of {seed.shape} and output[{i}] has a shape of "
                    f"{Size(shape)}."
                )
            if (seed.array.dtype.kind == "c") != (dtype.kind == "c"):
                raise RuntimeError(
                    "For complex Tensors, both grad_output and output are required to have the same dtype. "
                    f"Mismatch in dtype: grad_output[{i}] has a dtype of {seed.dtype} and output[{i}] has a dtype of "
                    f"{dtypes.of(dtype)}."
                )
            if create_graph:
                roots.append((edge, seed if seed.array.dtype == dtype else seed.to(dtypes.of(dtype))))
                continue
            g = seed.array if seed.array.dtype == dtype else seed.array.astype(dtype)
        roots.append((edge, wrap(g) if create_graph else g))
    return roots


def _edge(t: Place) -> Edge | None:
    return (t.node, t.output_nr) if isinstance(t, GradientEdge) else edge_of(t)


def _target(t: Place) -> Edge:
    edge = _edge(t)
    if edge is None:
        raise RuntimeError("One of the differentiated Tensors does not require grad")
    return edge


def _batched(
    outs: tuple[Tensor, ...],
    ins: tuple[Tensor, ...],
    seeds: tuple[Tensor | None, ...],
    retain_graph: bool | None,
    create_graph: bool,
    allow: bool,
    materialize: bool,
) -> tuple[Tensor, ...]:
    """One pass for all rows of the seeds at once: each is a sample of a vmap."""
    from minitorch.core.batched_rows import enter, leave

    rows = {s.array.shape[0] if s.array.ndim else None for s in seeds if s is not None}
    if any(s is None for s in seeds) or len(rows) != 1 or None in rows:
        raise RuntimeError("is_grads_batched=True needs grad_outputs that all have the same leading dimension")
    with Level(int(rows.pop() or 0)) as level:
        batched = [enter(s, level=level) for s in seeds]
        found = grad(outs, ins, batched, retain_graph, create_graph, allow, False, materialize)
        return tuple([None if g is None else leave(g, level=level) for g in found])
