"""Anomaly mode: when a backward pass fails or meets NaN, it names the line of the forward pass that is behind it."""

from __future__ import annotations

import functools
import os.path
import sys
import threading
import warnings
from collections.abc import Callable, Sequence
from types import FrameType, TracebackType
from typing import Any, TypeVar

import numpy as np

from minitorch.core.batched import raw
from minitorch.core.graph import Edge, Gradient, Node
from minitorch.core.tensor import Tensor
from minitorch.core.watch import Watcher, close_watchers, watchers

F = TypeVar("F", bound=Callable[..., Any])

PACKAGE = os.path.dirname(os.path.dirname(__file__))  # (pathlib takes a tenth of the whole package's time to import)
CORE = os.path.join(PACKAGE, "core")


class _Thread(threading.local):
    """The mode of one thread."""

    def __init__(self) -> None:
        self.enabled = False
        self.check_nan = True
        self.running: list[Node | None] = []  # the node that each of the nested backward passes is at


_thread = _Thread()


def is_anomaly_enabled() -> bool:
    """Whether anomaly mode is on in this thread (``torch.is_anomaly_enabled``)."""
    return _thread.enabled


def is_anomaly_check_nan_enabled() -> bool:
    """Whether anomaly mode, where it is on, looks for NaN (``torch.is_anomaly_check_nan_enabled``)."""
    return _thread.check_nan


class _Anomaly(Watcher):
    """Notes where nodes are made, and speaks up when one fails. It heeds the threads whose mode is on."""

    def made(self, node: Node) -> None:
        """Notes the stack, and under ``create_graph`` the node whose derivative this one computes."""
        if not _thread.enabled:
            return
        node.metadata["traceback_"] = _stack(sys._getframe(1))
        if _thread.running and _thread.running[-1] is not None:
            node.metadata["parent_"] = _thread.running[-1]

    def began(self, roots: Sequence[tuple[Edge, Gradient]], keep_graph: bool, lifted: bool, accumulate: bool) -> None:
        """Another pass, inside the one that runs if any."""
        _thread.running.append(None)

    def runs(self, node: Node) -> None:
        """The pass is at this node."""
        if _thread.running:
            _thread.running[-1] = node

    def ran(self, node: Node, g: Any, found: Sequence[Gradient | None]) -> None:
        """Raises if one of the gradients has NaN in it."""
        if _thread.enabled and _thread.check_nan:
            for k, one in enumerate(found):
                if one is not None and _has_nan(one):
                    raise RuntimeError(f"Function '{node.name()}' returned nan values in its {k}th output.")
        if _thread.running:
            _thread.running[-1] = None

    def failed(self, node: Node, error: BaseException) -> None:
        """Warns of the line that made the node, and tells it with the error."""
        if not _thread.enabled or getattr(error, "__notes__", None):  # a pass inside another has told it
            return
        stack = node.metadata.get("traceback_")
        if stack is None:
            warnings.warn(
                f"Error detected in {node.name()}. No forward pass information available. Enable detect anomaly during "
                "forward pass for more information.",
                stacklevel=4,
            )
            return
        error.add_note(f"{node.name()} was made at\n{_own_line(stack)}")
        begin = f"Error detected in {node.name()}. Traceback of forward call that caused the error:"
        above: Node | None = node
        while above is not None and (stack := above.metadata.get("traceback_")) is not None:
            whole = "".join(stack)
            warnings.warn(f"{begin}\n{_own_line(stack)}The whole of it:\n{whole}", stacklevel=4)
            above = above.metadata.get("parent_")
            if above is not None:
                begin = (
                    f"\n\nPrevious calculation was induced by {above.name()}. Traceback of forward call that induced "
                    "the previous calculation:"
                )

    def ended(self) -> None:
        """Back in the outer pass."""
        if _thread.running:
            _thread.running.pop()


_anomaly = _Anomaly()
_threads = threading.Lock()
_count = [0]  # threads whose mode is on


def _switch(enabled: bool, check_nan: bool) -> None:
    """Sets this thread's mode; nobody watches while it is off in all threads."""
    with _threads:
        _count[0] += enabled - _thread.enabled
        for table in (watchers, close_watchers):
            if _count[0] and _anomaly not in table:
                table.append(_anomaly)
            elif not _count[0] and _anomaly in table:
                table.remove(_anomaly)
    if not enabled:
        _thread.running = []
    _thread.enabled, _thread.check_nan = enabled, check_nan


def _has_nan(g: Any) -> bool:
    x = g.array if isinstance(g, Tensor) else g
    return x.dtype.kind in "fc" and bool(np.any(np.isnan(raw(x))))


def _stack(frame: FrameType | None) -> list[str]:
    """The calls that lead to a frame, without the framework's innermost ones."""
    import traceback

    frames = list(traceback.walk_stack(frame))
    own = next((i for i, (f, _) in enumerate(frames) if not f.f_code.co_filename.startswith(CORE)), 0)
    return traceback.format_list(traceback.StackSummary.extract(frames[own:][::-1]))


def _own_line(stack: list[str]) -> str:
    """The innermost line that is not the framework's."""
    inside = f'  File "{PACKAGE}'
    return next((line for line in reversed(stack) if not line.startswith(inside)), stack[-1])


class set_detect_anomaly:
    """Switches anomaly mode at once, and back again when used as a context manager or decorator.

    ``torch.autograd.set_detect_anomaly``; see ``detect_anomaly`` for what the mode does.

    >>> import minitorch
    >>> with minitorch.autograd.set_detect_anomaly(True, check_nan=False):
    ...     minitorch.is_anomaly_enabled(), minitorch.is_anomaly_check_nan_enabled()
    (True, False)
    """

    def __init__(self, mode: bool, check_nan: bool = True) -> None:
        for name, value in (("mode", mode), ("check_nan", check_nan)):
            if not isinstance(value, bool):
                raise TypeError(f"{type(self).__name__}(): argument '{name}' must be bool, not {type(value).__name__}")
        self._wanted = mode, check_nan
        self._outside = _thread.enabled, _thread.check_nan
        _switch(mode, check_nan)

    def __enter__(self) -> None:
        """It is on already."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        _switch(*self._outside)

    def __call__(self, function: F) -> F:
        _switch(*self._outside)  # as a decorator it acts on calls, not now

        @functools.wraps(function)
        def wrapper(*args: Any, **kwargs: Any) -> Any:
            with set_detect_anomaly(*self._wanted):
                return function(*args, **kwargs)

        return wrapper  # type: ignore[return-value]


class detect_anomaly:
    """Finds the operation behind a failing backward pass (``torch.autograd.detect_anomaly``).

    Inside the ``with`` block, of the forward pass as of the backward pass, and in this thread: an exception in the
    backward pass comes with a warning that shows the line of the forward pass which made the failing node; and with
    ``check_nan`` a gradient with NaN in it is an error. It is slow, for it notes the stack at every operation.

    Raises:
        RuntimeError: in the backward pass, ``Function 'LogBackward0' returned nan values in its 0th output.``

    >>> import warnings
    >>> import minitorch
    >>> x = minitorch.tensor(-1.0, requires_grad=True)
    >>> with warnings.catch_warnings():
    ...     warnings.simplefilter("ignore")
    ...     try:
    ...         with minitorch.autograd.detect_anomaly():
    ...             x.sqrt().backward()
    ...     except RuntimeError as error:
    ...         print(error)
    Function 'SqrtBackward0' returned nan values in its 0th output.
    """

    def __init__(self, check_nan: bool = True) -> None:
        self.check_nan = bool(check_nan)
        self._before: list[tuple[bool, bool]] = []
        warnings.warn(
            "Anomaly Detection has been enabled. This mode will increase the runtime and should only be enabled for "
            "debugging.",
            stacklevel=2,
        )

    def __enter__(self) -> None:
        self._before.append((_thread.enabled, _thread.check_nan))
        _switch(True, self.check_nan)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        _switch(*self._before.pop())

    def __call__(self, function: F) -> F:
        @functools.wraps(function)
        def wrapper(*args: Any, **kwargs: Any) -> Any:
            with self:
                return function(*args, **kwargs)

        return wrapper  # type: ignore[return-value]
