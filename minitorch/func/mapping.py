"""vmap: a function of one sample becomes a function of a batch."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from minitorch.core.batched import levels_of
from minitorch.core.batched_levels import Level
from minitorch.core.batched_rows import enter, leave
from minitorch.core.generator import default_generator
from minitorch.core.tensor import Tensor
from minitorch.utils.pytree import TreeSpec, tree_flatten, tree_unflatten

Dims = Any  # an int or None, or a pytree of them


def vmap(
    func: Callable[..., Any],
    in_dims: Dims = 0,
    out_dims: Dims = 0,
    randomness: str = "error",
    *,
    chunk_size: int | None = None,
) -> Callable[..., Any]:
    """The function that maps ``func`` over a dimension of its arguments, all samples at once (``torch.vmap``).

    Args:
        func: a function of one sample, of tensors or pytrees of them; it must return tensors, or a pytree of them.
        in_dims: for each positional argument the dimension to map over, None for an argument that is the same for
            all samples: one number for all, or a tuple with the arguments' structure. Keyword arguments are not mapped.
        out_dims: where the samples' dimension is in the results; None for a result that is the same for all samples.
        randomness: random operations inside "error" raise, "same" draw once for all samples, "different" for each. The
            numbers are PyTorch's.
        chunk_size: how many samples to compute at once, to save memory; all by default.

    Inside, a tensor looks like one sample. Its operations work on all samples at once; one without a rule for that runs
    sample by sample, and gives the same. vmaps nest, and compose with autograd: ``vmap(grad(f), in_dims=(None, 0))``
    gives the gradient of each sample, and a backward pass through vmap's result the sum.

    Raises:
        ValueError: dimensions that do not fit the arguments or results, sizes that differ, results that are no tensors.
        RuntimeError: a question about values inside (``.item()``, ``if x > 0``), an in-place write of what is mapped
            over to a tensor that is not, a random operation under "error".

    >>> import minitorch
    >>> x = minitorch.arange(6.0).reshape(3, 2)
    >>> minitorch.vmap(lambda row: row.sum())(x)
    tensor([1., 5., 9.])
    >>> minitorch.vmap(minitorch.dot, in_dims=(1, None), out_dims=0)(x, minitorch.tensor([1.0, 0.0, 0.0]))
    tensor([0., 1.])
    >>> loss = lambda w, x: (w @ x) ** 2
    >>> minitorch.vmap(minitorch.func.grad(loss), in_dims=(None, 0))(minitorch.ones(2), x)
    tensor([[ 0.,  2.],
            [20., 30.],
            [72., 90.]])
    """
    if randomness not in ("error", "different", "same"):
        raise RuntimeError(f"Only allowed values for randomness are 'error', 'different', or 'same'. Got {randomness}")
    if chunk_size is not None and not chunk_size > 0:
        raise ValueError(f"vmap: chunk_size should be None or greater than 0. (got {chunk_size})")

    @functools.wraps(func)
    def mapped(*args: Any, **kwargs: Any) -> Any:
        leaves, spec = tree_flatten(args)
        dims, size = _inputs(func, in_dims, leaves, spec)
        if chunk_size is None or chunk_size >= size:
            flat, out_spec, _ = _call(func, leaves, dims, spec, size, kwargs, out_dims, randomness)
            return tree_unflatten(flat, out_spec)
        state = default_generator.state_bytes()
        chunks = []
        for start in range(0, size, chunk_size):
            n = min(chunk_size, size - start)
            part = [x if d is None else x.narrow(d, start, n) for x, d in zip(leaves, dims, strict=True)]
            if randomness == "same":
                default_generator.load_state_bytes(state)
            chunks.append(_call(func, part, dims, spec, n, kwargs, out_dims, randomness))
        join: Any = np.concatenate
        columns = zip(*[flat for flat, _, _ in chunks], strict=True)
        _, out_spec, outs = chunks[0]
        joined = [c[0] if d is None else join(c, axis=d % c[0].ndim) for c, d in zip(columns, outs, strict=True)]
        return tree_unflatten(joined, out_spec)

    return mapped


def _call(
    func: Callable[..., Any],
    leaves: list[Any],
    dims: list[int | None],
    spec: TreeSpec,
    size: int,
    kwargs: dict[str, Any],
    out_dims: Dims,
    randomness: str,
) -> tuple[list[Tensor], TreeSpec, list[int | None]]:
    """Runs ``func`` once on all samples, and gives its results, their structure and where the samples are in them."""
    with Level(size, randomness) as level:
        inside = [x if d is None else enter(x.movedim(d, 0), level=level) for x, d in zip(leaves, dims, strict=True)]
        outputs = func(*tree_unflatten(inside, spec), **kwargs)
    flat, out_spec = tree_flatten(outputs)
    outs = _outputs(func, out_dims, flat, out_spec, isinstance(outputs, Tensor))
    found = []
    for t, d in zip(flat, outs, strict=True):
        if d is not None:
            t = leave(t, level=level).movedim(0, d)
        elif level in levels_of(t.array):
            raise ValueError(
                f"vmap({_name(func)}, ...): `{_name(func)}` can not return a BatchedTensor when out_dim is None"
            )
        found.append(t)
    return found, out_spec, outs


# --- What is mapped over ----------------------------------------------------------------------------------------------


def _name(func: Any) -> str:
    return str(getattr(func, "__name__", repr(func)))


def _inputs(func: Any, in_dims: Dims, leaves: list[Any], spec: TreeSpec) -> tuple[list[int | None], int]:
    """The mapped dimension of each leaf of the arguments, None for what is not mapped, and the number of samples."""
    who = f"vmap({_name(func)}, in_dims={in_dims}, ...)(<inputs>)"
    if not isinstance(in_dims, (int, tuple)):
        raise ValueError(
            f"{who}: expected `in_dims` to be int or a (potentially nested) tuple matching the structure of inputs, "
            f"got: {type(in_dims)}."
        )
    if not leaves:
        raise ValueError(
            f"vmap({_name(func)})(<inputs>): got no inputs. Maybe you forgot to add inputs, or you are trying to vmap "
            "over a function with no inputs. The latter is unsupported."
        )
    dims = _spread(in_dims, spec)
    if dims is None:
        raise ValueError(
            f"{who}: in_dims is not compatible with the structure of `inputs`. in_dims has structure "
            f"{tree_flatten(in_dims)[1]} but inputs has structure {spec}."
        )
    sizes = []
    for i, (x, d) in enumerate(zip(leaves, dims, strict=True)):
        if d is None:
            continue
        if not isinstance(d, int) or isinstance(d, bool):
            raise ValueError(
                f"{who}: Got in_dim={d} for an input but in_dim must be either an integer dimension or None."
            )
        if not isinstance(x, Tensor):
            raise ValueError(
                f"{who}: Got in_dim={d} for an input but the input is of type {type(x)}. We cannot vmap over "
                "non-Tensor arguments, please use None as the respective in_dim"
            )
        if not -x.ndim <= d < x.ndim:
            raise ValueError(
                f"{who}: Got in_dim={d} for some input, but that input is a Tensor of dimensionality {x.ndim} so "
                f"expected in_dim to satisfy -{x.ndim} <= in_dim < {x.ndim}."
            )
        dims[i] = d % x.ndim
        sizes.append(x.shape[d])
    if not sizes:
        raise ValueError("vmap: Expected at least one Tensor to vmap over")
    if len(set(sizes)) > 1:
        raise ValueError(
            f"vmap: Expected all tensors to have the same size in the mapped dimension, got sizes {sizes} for the "
            "mapped dimension"
        )
    return dims, sizes[0]


def _outputs(func: Any, out_dims: Dims, flat: list[Any], spec: TreeSpec, alone: bool) -> list[int | None]:
    """Where the samples' dimension goes in each leaf of the results."""
    for t in flat:
        if not isinstance(t, Tensor):
            raise ValueError(
                f"vmap({_name(func)}, ...): `{_name(func)}` must only return Tensors, got type {type(t)}. Did you mean "
                "to set out_dims= to None for output?"
            )
    if alone and isinstance(out_dims, tuple) and len(out_dims) == 1:
        out_dims = out_dims[0]
    given, dims_spec = tree_flatten(out_dims)
    if any(d is not None and (not isinstance(d, int) or isinstance(d, bool)) for d in given):
        raise ValueError(
            f"vmap({_name(func)}, ..., out_dims={out_dims}): `out_dims` must be an int, None or a python collection of "
            "ints representing where in the outputs the vmapped dimension should appear."
        )
    dims = _spread(out_dims, spec)
    if dims is None:
        raise ValueError(
            f"vmap({_name(func)}, ..., out_dims={out_dims})(<inputs>): out_dims is not compatible with the structure "
            f"of `outputs`. out_dims has structure {dims_spec} but outputs has structure {spec}."
        )
    return dims


def _spread(dims: Dims, spec: TreeSpec) -> list[Any] | None:
    """A number for each leaf: one that stands for a whole subtree is repeated. None when the structures differ."""
    given, dims_spec = tree_flatten(dims)
    numbers = iter(given)

    def visit(part: TreeSpec, tree: TreeSpec) -> list[Any] | None:
        if part.kind is None:
            return [next(numbers)] * tree.num_leaves
        same = part.kind is tree.kind and len(part.children) == len(tree.children)
        if not same or (part.shape is not None and part.shape[1] != tree.shape[1]):
            return None
        found: list[Any] = []
        for one, other in zip(part.children, tree.children, strict=True):
            below = visit(one, other)
            if below is None:
                return None
            found += below
        return found

    return visit(dims_spec, spec)
