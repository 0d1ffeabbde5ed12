"""A checkpointed call that is run again: what it saves is packed as a number, and asked for by number."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from minitorch.autograd.saved import SavedArgument, saved_tensors_hooks
from minitorch.core.generator import fork_rng, get_rng_state, set_rng_state
from minitorch.core.graph import Node
from minitorch.core.mode import enable_grad
from minitorch.core.tensor import Tensor
from minitorch.core.watch import Watcher, watching


class CheckpointError(RuntimeError):
    """The second run of a checkpointed function did not save what the first one had."""


class Recomputed:
    """One checkpointed call: what it saved, in order, and how to compute that again."""

    compares: bool
    early_stop: bool
    log: Log | None

    def __init__(
        self,
        function: Callable[..., Any],
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        context: AbstractContextManager[Any],
        preserve_rng_state: bool,
    ) -> None:
        self.function = function
        # Saved as an operation's inputs would be, so that a checkpoint around this one need not keep them.
        self.args = [SavedArgument(x, ()) if isinstance(x, Tensor) else x for x in args]
        self.kwargs = kwargs
        self.context = context
        self.state = get_rng_state() if preserve_rng_state else None
        self.made: list[tuple[Any, Any]] = []  # shape and dtype of each tensor that the first run saved
        self.values: dict[int, Tensor] = {}  # what the last run again has found, until it is asked for

    def logged(self, which: str) -> AbstractContextManager[Any]:
        if self.log is None:
            return contextlib.nullcontext()
        self.log.names = self.log.lists[which] = []
        return watching(self.log)

    def pack(self, t: Tensor) -> int:
        self.made.append((t.shape, t.dtype))
        return len(self.made) - 1

    def unpack(self, number: int) -> Tensor:
        if number not in self.values:
            self.recompute()
        return self.values.pop(number)

    def recompute(self) -> None:
        """Runs the function again and keeps what it saves."""
        self.values.clear()
        count = 0

        def keep(t: Tensor) -> Tensor:
            nonlocal count
            if count == len(self.made):
                raise self.error(
                    "torch.utils.checkpoint: trying to save more tensors during recomputation than during the original "
                    "forward pass."
                )
            self.values[count] = kept = t.detach()
            count += 1
            if self.early_stop and count == len(self.made):
                raise _Stop
            return kept

        args = [x.unpack(None) if isinstance(x, SavedArgument) else x for x in self.args]
        with fork_rng(enabled=self.state is not None), contextlib.suppress(_Stop):
            if self.state is not None:
                set_rng_state(self.state)
            with saved_tensors_hooks(keep, lambda t: t), enable_grad(), self.logged("recomputation"), self.context:
                self.function(*args, **self.kwargs)
        if count < len(self.made):
            raise self.error(
                "torch.utils.checkpoint: A different number of tensors was saved during the original forward and "
                f"recomputation.\nNumber of tensors saved during forward: {len(self.made)}\nNumber of tensors saved "
                f"during recomputation: {count}."
            )
        found = [(t.shape, t.dtype) for t in self.values.values()]
        if self.compares and found != self.made:
            differ = [
                f"tensor at position {i}: saved {list(a[0])} {a[1]}, recomputed {list(b[0])} {b[1]}"
                for i, (a, b) in enumerate(zip(self.made, found, strict=True))
                if a != b
            ]
            raise self.error(
                "torch.utils.checkpoint: Recomputed values for the following tensors have different metadata than "
                "during the forward pass.\n" + "\n".join(differ)
            )

    def error(self, message: str) -> CheckpointError:
        if self.log is None:
            return CheckpointError(
                f"{message}\nThe function must compute the same both times: does it depend on something that has "
                "changed since? checkpoint(..., debug=True) lists the operations of both runs."
            )
        runs = [f"Operations recorded in the {name}: {', '.join(names)}" for name, names in self.log.lists.items()]
        return CheckpointError("\n".join([message, *runs]))


class _Stop(BaseException):
    """Ends a run again when all is there. No Exception, so that the function's own handlers let it pass."""


class Log(Watcher):
    """The names of the operations that are recorded, run by run."""

    def __init__(self) -> None:
        self.lists: dict[str, list[str]] = {}
        self.names: list[str] = []

    def made(self, node: Node) -> None:
        self.names.append(node.name())
