"""Checkpointing: a part of a model keeps its inputs only, and is computed again when the backward pass comes to it.

Without ``use_reentrant`` it rests on saved-tensor hooks (recomputation.py): what the part saves is packed as a number,
and the first number that is asked for runs the part again, which fills in the values of all of them.
"""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from minitorch.autograd.function import Function
from minitorch.autograd.saved import saved_tensors_hooks
from minitorch.core.backward import backward as run_backward
from minitorch.core.generator import fork_rng, get_rng_state, set_rng_state
from minitorch.core.mode import enable_grad, is_grad_enabled, mode, no_grad
from minitorch.core.tensor import Tensor
from minitorch.nn.containers import Sequential
from minitorch.utils.recomputation import CheckpointError, Log, Recomputed

__all__ = [
    "CheckpointError",
    "CheckpointFunction",
    "check_backward_validity",
    "checkpoint",
    "checkpoint_sequential",
    "detach_variable",
    "noop_context_fn",
    "set_checkpoint_debug_enabled",
    "set_checkpoint_early_stop",
]

Contexts = tuple[AbstractContextManager[Any], AbstractContextManager[Any]]


def noop_context_fn() -> Contexts:
    """The default ``context_fn``: nothing around either run."""
    return contextlib.nullcontext(), contextlib.nullcontext()


class _Settings:
    """What the two ``set_...`` switches say; None leaves it to the arguments of ``checkpoint``."""

    debug: bool | None = None
    early_stop: bool | None = None


@contextmanager
def set_checkpoint_debug_enabled(enabled: bool | None) -> Iterator[None]:
    """Sets ``debug`` for all checkpoints made inside, whatever they are given."""
    before, _Settings.debug = _Settings.debug, enabled
    try:
        yield
    finally:
        _Settings.debug = before


@contextmanager
def set_checkpoint_early_stop(enable: bool) -> Iterator[None]:
    """Sets ``early_stop`` for all checkpoints made inside: whether a second run ends once all values are there."""
    before, _Settings.early_stop = _Settings.early_stop, enable
    try:
        yield
    finally:
        _Settings.early_stop = before


def checkpoint(
    function: Callable[..., Any],
    *args: Any,
    use_reentrant: bool | None = None,
    context_fn: Callable[[], Contexts] = noop_context_fn,
    determinism_check: str = "default",
    debug: bool = False,
    early_stop: bool = True,
    preserve_rng_state: bool = True,
    **kwargs: Any,
) -> Any:
    """``function(*args, **kwargs)`` without keeping what it saves for backward (``torch.utils.checkpoint.checkpoint``).

    Args:
        function: must compute the same when it is run again in the backward pass.
        use_reentrant: False is recommended. True runs a backward pass inside the backward pass: it takes no keyword
            arguments, needs an input that requires grad, and works with ``.backward()`` alone. Not giving it warns, and
            is True, as in PyTorch.
        context_fn: gives two context managers, for the first and the second run.
        determinism_check: "default" compares shapes and dtypes of what the two runs saved, "none" does not.
        debug: list the operations of both runs in the error when they differ.
        early_stop: end the second run as soon as everything needed is there.
        preserve_rng_state: draw the same random numbers in the second run, so that dropout is the same.

    Raises:
        CheckpointError: the two runs saved different numbers of tensors, or of different shape or dtype.
        ValueError: arguments that do not go together, an unknown ``determinism_check``.

    >>> import minitorch
    >>> from minitorch.utils.checkpoint import checkpoint
    >>> layer = minitorch.nn.Sequential(minitorch.nn.Linear(3, 3), minitorch.nn.ReLU(), minitorch.nn.Dropout())
    >>> x = minitorch.ones(2, 3, requires_grad=True)
    >>> checkpoint(layer, x, use_reentrant=False).sum().backward()
    >>> x.grad.shape
    torch.Size([2, 3])
    """
    if use_reentrant is None:
        use_reentrant = _unspecified("checkpoint")
    if use_reentrant:
        if kwargs:
            raise ValueError(f"Unexpected keyword arguments: {','.join(kwargs)}: use_reentrant=False takes them")
        if context_fn is not noop_context_fn or debug:
            raise ValueError("Passing `context_fn` or `debug` is only supported when use_reentrant=False.")
        return CheckpointFunction.apply(function, preserve_rng_state, *args)
    if determinism_check not in ("default", "none"):
        raise ValueError(f"determinism_check should be one of ['default', 'none'], but got {determinism_check}")
    debug = debug if _Settings.debug is None else _Settings.debug
    if debug and context_fn is not noop_context_fn:
        raise ValueError("debug=True is incompatible with non-default context_fn")
    forward_context, recompute_context = context_fn()
    if not is_grad_enabled():
        return function(*args, **kwargs)
    frame = Recomputed(function, args, kwargs, recompute_context, preserve_rng_state)
    frame.compares = determinism_check == "default"
    frame.early_stop = early_stop if _Settings.early_stop is None else _Settings.early_stop
    frame.log = Log() if debug else None
    with saved_tensors_hooks(frame.pack, frame.unpack), forward_context, frame.logged("forward"):
        return function(*args, **kwargs)


def checkpoint_sequential(
    functions: Sequential | Sequence[Callable[[Any], Any]],
    segments: int,
    input: Any,
    use_reentrant: bool | None = None,
    preserve_rng_state: bool = True,
) -> Any:
    """Runs functions one after another in ``segments`` parts, each but the last a ``checkpoint``.

    >>> import minitorch
    >>> from minitorch.utils.checkpoint import checkpoint_sequential
    >>> model = minitorch.nn.Sequential(*[minitorch.nn.Linear(3, 3) for _ in range(4)])
    >>> checkpoint_sequential(model, 2, minitorch.ones(1, 3), use_reentrant=False).shape
    torch.Size([1, 3])
    """
    if use_reentrant is None:
        use_reentrant = _unspecified("checkpoint_sequential")
    steps = list(functions.children()) if isinstance(functions, Sequential) else list(functions)
    if not 1 <= segments <= len(steps):
        raise ValueError(f"segments: expected 1 to {len(steps)}, the number of functions, but got {segments}")

    def run(part: Sequence[Callable[[Any], Any]]) -> Callable[[Any], Any]:
        def forward(x: Any) -> Any:
            for step in part:
                x = step(x)
            return x

        return forward

    size = len(steps) // segments
    for k in range(segments - 1):
        part = run(steps[k * size : (k + 1) * size])
        input = checkpoint(part, input, use_reentrant=use_reentrant, preserve_rng_state=preserve_rng_state)
    return run(steps[(segments - 1) * size :])(input)


def _unspecified(name: str) -> bool:
    warnings.warn(
        f"torch.utils.checkpoint.{name}: the use_reentrant parameter should be passed explicitly. "
        "use_reentrant=False is recommended; without it, use_reentrant=True is used.",
        stacklevel=3,
    )
    return True


# --- With reentrant -------------------------------------------------------------------------------------------------


class CheckpointFunction(Function):
    """``checkpoint`` with ``use_reentrant=True``: backward runs the function again, and a backward pass on that."""

    @staticmethod
    def forward(ctx: Any, run_function: Callable[..., Any], preserve_rng_state: bool, *args: Any) -> Any:
        """Runs the function without a graph."""
        check_backward_validity(args)
        ctx.run_function = run_function
        ctx.state = get_rng_state() if preserve_rng_state else None
        ctx.inputs = [None if isinstance(x, Tensor) else x for x in args]
        ctx.places = [i for i, x in enumerate(args) if isinstance(x, Tensor)]
        ctx.save_for_backward(*[args[i] for i in ctx.places])
        with no_grad():
            return run_function(*args)

    @staticmethod
    def backward(ctx: Any, *grads: Any) -> Any:
        """Runs it again with a graph, and that graph's backward pass."""
        if mode.targeted:
            raise RuntimeError(
                "When use_reentrant=True, torch.utils.checkpoint is incompatible with .grad() or passing an `inputs` "
                "parameter to .backward(). To resolve this error, you can either set use_reentrant=False, or call "
                ".backward() without passing the `inputs` argument."
            )
        given = list(ctx.inputs)
        for i, t in zip(ctx.places, ctx.saved_tensors, strict=True):
            given[i] = t
        inputs = detach_variable(tuple(given))
        with fork_rng(enabled=ctx.state is not None):
            if ctx.state is not None:
                set_rng_state(ctx.state)
            with enable_grad():
                outputs = ctx.run_function(*inputs)
        outputs = outputs if isinstance(outputs, tuple) else (outputs,)
        live = [(t, g) for t, g in zip(outputs, grads, strict=True) if isinstance(t, Tensor) and t.requires_grad]
        if not live:
            raise RuntimeError("none of output has requires_grad=True, this checkpoint() is not necessary")
        run_backward([t for t, _ in live], [g for _, g in live])
        return (None, None, *[x.grad if isinstance(x, Tensor) else None for x in inputs])


def detach_variable(inputs: tuple[Any, ...]) -> tuple[Any, ...]:
    """Tensors among the inputs as leaves that require grad if they did; other values as they are."""
    if not isinstance(inputs, tuple):
        raise RuntimeError(f"Only tuple of tensors is supported. Got Unsupported input type: {type(inputs).__name__}")
    return tuple(x.detach().requires_grad_(x.requires_grad) if isinstance(x, Tensor) else x for x in inputs)


def check_backward_validity(inputs: Sequence[Any]) -> None:
    """Warns if no input requires grad: then neither will the checkpoint's result."""
    if not any(x.requires_grad for x in inputs if isinstance(x, Tensor)):
        warnings.warn("None of the inputs have requires_grad=True. Gradients will be None", stacklevel=2)
