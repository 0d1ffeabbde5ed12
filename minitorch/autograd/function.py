"""Function: operations whose derivative the user writes by hand, on Tensors.

``apply`` runs ``forward`` without recording it and makes one node of it, whose derivative is ``backward``; the two
share a context, ``ctx``, which the node owns.
"""

from __future__ import annotations

import functools
import inspect
import weakref
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from minitorch.autograd.function_vmap import mapped
from minitorch.autograd.saved import SavedArgument
from minitorch.core.batched_levels import running
from minitorch.core.graph import SECOND_BACKWARD, Edge, Node, edge_of, next_order
from minitorch.core.inplace import check_writable, rebase
from minitorch.core.mode import is_grad_enabled, mode, no_grad
from minitorch.core.tensor import Tensor, wrap
from minitorch.core.views import View
from minitorch.core.watch import close_watchers, made


class FunctionCtx:
    """What ``forward`` and ``backward`` of one call share: the tensors it saved, and any attribute the user sets."""

    needs_input_grad: tuple[bool, ...]
    """For each argument of ``forward``, whether its gradient is wanted: a ``backward`` may give None for the others."""

    def __init__(self, arguments: Sequence[Any]) -> None:
        self.needs_input_grad = tuple(isinstance(x, Tensor) and x.requires_grad for x in arguments)
        self._node: weakref.ref[FunctionNode] | None = None  # which owns the context
        self._to_save: tuple[Tensor | None, ...] = ()
        self._saved: list[SavedArgument] | None = []
        self._dirty: tuple[Tensor, ...] = ()
        self._constant: tuple[Tensor, ...] = ()
        self._materialize = True
        self._to_save_forward: tuple[Tensor | None, ...] = ()
        self._saved_forward: list[SavedArgument] | None = []
        self._in_jvp = False

    def save_for_backward(self, *tensors: Tensor | None) -> None:
        """Keeps tensors for ``backward``, where ``saved_tensors`` gives them; a modification in between is noticed."""
        for i, t in enumerate(tensors):
            if t is not None and not isinstance(t, Tensor):
                raise TypeError(
                    f"save_for_backward can only save variables, but argument {i} is of type {type(t).__name__}. Keep "
                    "other values as attributes: ctx.factor = factor"
                )
        self._to_save = tensors

    def save_for_forward(self, *tensors: Tensor | None) -> None:
        """Keeps tensors for ``jvp``, where ``saved_tensors`` gives these."""
        for i, t in enumerate(tensors):
            if t is not None and not isinstance(t, Tensor):
                raise TypeError(
                    f"save_for_forward can only save variables, but argument {i} is of type {type(t).__name__}. Keep "
                    "other values as attributes: ctx.factor = factor"
                )
        self._to_save_forward = tensors

    def mark_dirty(self, *tensors: Tensor) -> None:
        """Says which inputs ``forward`` has written to in place; it must return them."""
        self._dirty = tensors

    def mark_non_differentiable(self, *tensors: Tensor) -> None:
        """Says which results have no derivative; results of whole numbers and bools have none anyway."""
        self._constant = tensors

    def set_materialize_grads(self, value: bool) -> None:
        """Whether ``backward`` sees zeros (the default) or None for a result that nothing used."""
        self._materialize = value

    @property
    def saved_tensors(self) -> tuple[Tensor | None, ...]:
        """What ``save_for_backward`` kept, in ``jvp`` what ``save_for_forward`` did, each at its place in the graph."""
        kept = self._saved_forward if self._in_jvp else self._saved
        if kept is None:
            raise RuntimeError(SECOND_BACKWARD)
        node = None if self._node is None else self._node()
        return tuple(saved.unpack(node) for saved in kept)

    @property
    def _raw_saved_tensors(self) -> tuple[SavedArgument, ...]:
        """The same as the node holds them, for ``register_hooks`` on one of them."""
        if self._saved is None:
            raise RuntimeError(SECOND_BACKWARD)
        return tuple(self._saved)


class FunctionNode(Node):
    """The node of one call of a Function. What its context has, it shows too: ``y.grad_fn.saved_tensors``."""

    __slots__ = ("ctx", "function", "inputs", "is_tensor")

    def __init__(self, function: type[Function], ctx: FunctionCtx, arguments: Sequence[Any]) -> None:
        self.function = function
        self.ctx = ctx
        self.is_tensor = [isinstance(x, Tensor) for x in arguments]
        self.inputs = [(x.array.shape, x.array.dtype) for x in arguments if isinstance(x, Tensor)]
        self.edges: tuple[Edge | None, ...] = tuple(edge_of(x) for x in arguments if isinstance(x, Tensor))
        self.meta = ()
        self.hooks = None
        self.order = next_order()
        if close_watchers:
            made(self)

    def __getattr__(self, name: str) -> Any:
        if name in ("_metadata", "ctx"):
            raise AttributeError(name)
        return getattr(self.ctx, name)

    def name(self) -> str:
        return f"{self.function.__name__}Backward"

    def __repr__(self) -> str:
        return f"<torch.autograd.function.{self.name()} object at {id(self):#x}>"

    def release(self) -> None:
        if self.ctx._saved:
            self.ctx._saved = None
        if self.ctx._saved_forward:
            self.ctx._saved_forward = None

    def backward(self, g: Any, lifted: bool) -> list[Any]:
        several = [g] if len(self.meta) == 2 else list(g)
        grads = [self._shown(k, one) for k, one in enumerate(several)]
        result = self.function._derivative()(self.ctx, *grads)
        checked = self._checked(list(result) if isinstance(result, tuple) else [result])
        return checked if lifted else [x if x is None else x.array for x in checked]

    def push(self, tangents: Sequence[Tensor | None]) -> list[Tensor | None]:
        """The tangents of its results from those of its inputs, by the user's ``jvp``."""
        ctx, given = self.ctx, iter(zip(tangents, self.inputs, strict=True))
        arguments: list[Tensor | None] = []
        for tensor in self.is_tensor:
            t = None
            if tensor:
                t, meta = next(given)
                if t is None and ctx._materialize:
                    t = wrap(np.zeros(*meta))
            arguments.append(t)
        ctx._in_jvp = True
        try:
            result = self.function.jvp(ctx, *arguments)
        finally:
            ctx._in_jvp = False
        found = list(result) if isinstance(result, tuple) else [result]
        if len(found) != len(self.meta) // 2:
            raise RuntimeError(
                f"Function's jvp returned an invalid number of forward gradients (expected {len(self.meta) // 2} but "
                f"got {len(found)}): {self.function.__name__}.jvp gives one for each result"
            )
        for k, t in enumerate(found):
            if t is None:
                continue
            if not isinstance(t, Tensor):
                raise RuntimeError(f"expected Variable or None (got {type(t).__name__}) as result {k} of jvp")
            if t.array.shape != self.meta[2 * k]:
                raise RuntimeError(
                    "Trying to set a forward gradient that has a different size than that of the original Tensor, this "
                    f"is not supported. Tensor is of size {list(self.meta[2 * k])} while the given forward gradient is "
                    f"of size {list(t.array.shape)}: result {k} of {self.function.__name__}.jvp."
                )
        return found

    def _shown(self, k: int, g: Any) -> Tensor | None:
        if g is None:
            shape, dtype = self.meta[2 * k : 2 * k + 2]
            return wrap(np.zeros(shape, dtype)) if self.ctx._materialize else None
        return g if isinstance(g, Tensor) else wrap(g)

    def _checked(self, found: list[Any]) -> list[Tensor | None]:
        """One gradient for each tensor among the arguments, of its shape once broadcast dims are summed."""
        n = len(self.is_tensor)
        while len(found) > n and found[-1] is None:
            found.pop()
        if len(found) != n:
            raise RuntimeError(
                f"function {self.name()} returned an incorrect number of gradients (expected {n}, got {len(found)}): "
                "one is needed for each argument of forward, None for what is not a tensor"
            )
        for i, (x, tensor) in enumerate(zip(found, self.is_tensor, strict=True)):
            if x is not None and not tensor:
                raise RuntimeError(
                    f"function {self.name()} returned a gradient different than None at position {i + 1}, but the "
                    "corresponding forward input was not a Variable"
                )
            if x is not None and not isinstance(x, Tensor):
                raise RuntimeError(
                    f"expected Variable or None (got {type(x).__name__}) at position {i} of {self.name()}"
                )
        checked = [x for x, tensor in zip(found, self.is_tensor, strict=True) if tensor]
        for i, (x, edge) in enumerate(zip(checked, self.edges, strict=True)):
            if x is None or edge is None:
                continue
            node, number = edge
            shape = node.meta[2 * number]
            if not _sums_to(x.array.shape, shape):
                raise RuntimeError(
                    f"Function {self.name()} returned an invalid gradient at index {i} - got {list(x.array.shape)} but "
                    f"expected shape compatible with {list(shape)}"
                )
        return checked


def _sums_to(have: tuple[int, ...], want: tuple[int, ...]) -> bool:
    """Whether a gradient of one shape is another's, but for dims that broadcasting made."""
    if len(have) < len(want):
        return False
    return all(m in (1, n) for n, m in zip(have[len(have) - len(want) :], want, strict=True))


# --- Function -------------------------------------------------------------------------------------------------------

VIEW_OF_A_FUNCTION = (
    "Output {} of {} is a view and is being modified inplace. This view was created inside a custom Function (or "
    "because an input was returned as-is) and the autograd logic to handle view+inplace would override the custom "
    "backward associated with the custom Function, leading to incorrect gradients. This behavior is forbidden. You can "
    "fix this by cloning the output of the custom Function."
)


class Function:
    """An operation with a derivative of your own: subclass it and call ``apply`` (``torch.autograd.Function``).

    ``forward(ctx, *args)`` computes the result, a tensor or a tuple; ``backward(ctx, *grads)`` gives a gradient for
    each argument from the gradients of the results, None for an argument that is no tensor. What ``backward`` needs of
    ``forward`` goes by ``ctx.save_for_backward`` (tensors) or by attributes of ``ctx``. In the other style,
    ``forward(*args)`` only computes and ``setup_context(ctx, inputs, output)`` saves. A ``backward`` that computes with
    tensors can itself be differentiated. For forward mode, ``jvp(ctx, *tangents)`` gives the results' tangents, from
    what ``ctx.save_for_forward`` kept.

    >>> import minitorch
    >>> class Cube(minitorch.autograd.Function):
    ...     @staticmethod
    ...     def forward(ctx, x):
    ...         ctx.save_for_backward(x)
    ...         return x**3
    ...     @staticmethod
    ...     def backward(ctx, g):
    ...         (x,) = ctx.saved_tensors
    ...         return 3 * x**2 * g
    >>> x = minitorch.tensor(2.0, requires_grad=True)
    >>> y = Cube.apply(x)
    >>> y
    tensor(8., grad_fn=<CubeBackward>)
    >>> minitorch.autograd.grad(y, x)
    (tensor(12.),)
    """

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        raise RuntimeError(
            "Legacy autograd function with non-static forward method is deprecated. Write forward and backward as "
            f"static methods and call {type(self).__name__}.apply(...)"
        )

    @staticmethod
    def forward(*args: Any, **kwargs: Any) -> Any:
        """Computes the result; yours to write."""
        raise NotImplementedError("You must implement the forward function for custom autograd.Function.")

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: Any) -> None:
        """Saves what ``backward`` needs, in the style where ``forward`` has no ``ctx``; yours to write."""
        raise NotImplementedError("setup_context is not implemented.")

    @staticmethod
    def backward(ctx: Any, *grad_outputs: Any) -> Any:
        """Gives the gradients of the arguments; yours to write (``vjp`` is another name for it)."""
        raise NotImplementedError(
            "You must implement either the backward or vjp method for your custom autograd.Function to use it with "
            "backward mode AD."
        )

    vjp = backward

    @staticmethod
    def jvp(ctx: Any, *grad_inputs: Any) -> Any:
        """Gives the tangents of the results from those of the arguments, for forward mode; yours to write."""
        raise NotImplementedError(
            "You must implement the jvp function for custom autograd.Function to use it with forward mode AD."
        )

    @classmethod
    def _derivative(cls) -> Callable[..., Any]:
        return cls.backward if cls.backward is not Function.backward else cls.vjp

    @classmethod
    def apply(cls, *args: Any, **kwargs: Any) -> Any:
        """Runs ``forward`` on the arguments and records one node for it."""
        separate = cls.setup_context is not Function.setup_context
        if kwargs or separate:
            given = args if separate else (None, *args)
            bound = inspect.signature(cls.forward).bind(*given, **kwargs)
            bound.apply_defaults()
            args = bound.args if separate else bound.args[1:]
        if running.levels and hasattr(cls, "vmap"):
            found = mapped(cls, args)
            if found is not NotImplemented:
                return found
        ctx = FunctionCtx(args)
        recorded = is_grad_enabled() and any(ctx.needs_input_grad)
        levels, mode.forward = mode.forward, 0  # tangents go by jvp, not through forward
        try:
            with no_grad():
                if separate:
                    result = cls.forward(*args)
                    cls.setup_context(ctx, args, result)
                else:
                    result = cls.forward(ctx, *args)
        finally:
            mode.forward = levels
        outputs = list(result) if isinstance(result, tuple) else [result]
        _record(FunctionNode(cls, ctx, args if recorded else ()), ctx, args, outputs, recorded)
        return tuple(outputs) if isinstance(result, tuple) else outputs[0]


def _record(node: FunctionNode, ctx: FunctionCtx, args: Sequence[Any], outputs: list[Any], recorded: bool) -> None:
    """Hangs the results on the node, and saves what was to be saved."""
    raw = list(outputs)
    if any(all(out is not t for out in outputs) for t in ctx._dirty):
        raise RuntimeError(
            "Some elements marked as dirty during the forward method were not returned as output. The inputs that are "
            "modified inplace must all be outputs of the Function."
        )
    memories = [x for x in args if isinstance(x, Tensor)]
    constant = {id(t) for t in ctx._constant}
    dirty = {id(t) for t in ctx._dirty}
    for k, out in enumerate(raw):
        x = out.array if isinstance(out, Tensor) else np.zeros(())
        node.meta += (x.shape, x.dtype)
        if not isinstance(out, Tensor):
            continue
        tracked = recorded and id(out) not in constant and out.array.dtype.kind in "fc"
        if id(out) in dirty:
            if recorded:
                check_writable(out)
            out._bump()
            if tracked:
                rebase(out, (node, k))
        elif any(out is t for t in memories) or out._view is not None or out.requires_grad:
            outputs[k] = _alias(out, (node, k) if tracked else None, k, node.function)
        elif tracked:
            out._edge, out._requires_grad = (node, k), True
    if recorded:
        ctx._node = weakref.ref(node)
        ctx._saved = [SavedArgument(t, raw) for t in ctx._to_save]
        ctx._saved_forward = [SavedArgument(t, raw) for t in ctx._to_save_forward]
    ctx._to_save, ctx._to_save_forward, ctx._dirty, ctx._constant = (), (), (), ()


def _alias(out: Tensor, edge: Edge | None, k: int, function: type[Function]) -> Tensor:
    """A result on an input's memory, as a tensor of its own that refuses to be written to while grad mode is on."""
    hidden, shown = wrap(out.array), wrap(out.array.view())
    for t in (hidden, shown):
        t._counter = out._counter
        t._edge, t._requires_grad = edge, edge is not None
    shown._view = View(hidden, (), VIEW_OF_A_FUNCTION.format(k, function.__name__))
    return shown


# --- once_differentiable --------------------------------------------------------------------------------------------


class _Twice(Node):
    """Stands for the derivative of a backward that has none."""

    __slots__ = ()

    def __init__(self, inputs: Sequence[Tensor], meta: tuple[Any, ...]) -> None:
        self.edges = tuple(edge_of(t) for t in inputs)
        self.meta = meta
        self.hooks = None
        self.order = next_order()

    def name(self) -> str:
        return "torch::autograd::Error"

    def backward(self, g: Any, lifted: bool) -> Sequence[Any]:
        raise RuntimeError("trying to differentiate twice a function that was marked with @once_differentiable")


def once_differentiable(backward: Callable[..., Any]) -> Callable[..., Any]:
    """Decorates a ``backward`` that computes outside the graph, with NumPy say: a second derivative then raises.

    >>> import minitorch
    >>> from minitorch.autograd.function import once_differentiable
    >>> class Square(minitorch.autograd.Function):
    ...     @staticmethod
    ...     def forward(ctx, x):
    ...         ctx.save_for_backward(x)
    ...         return x * x
    ...     @staticmethod
    ...     @once_differentiable
    ...     def backward(ctx, g):
    ...         return 2 * g * ctx.saved_tensors[0]
    """

    @functools.wraps(backward)
    def wrapper(ctx: FunctionCtx, *grads: Any) -> Any:
        with no_grad():
            result = backward(ctx, *grads)
        tracked = [g for g in grads if isinstance(g, Tensor) and g.requires_grad]
        if not is_grad_enabled() or not tracked:
            return result
        outputs = result if isinstance(result, tuple) else (result,)
        for out in outputs:
            if isinstance(out, Tensor):
                out._edge = (_Twice(tracked, (out.array.shape, out.array.dtype)), 0)
                out._requires_grad = True
        return result

    return wrapper
