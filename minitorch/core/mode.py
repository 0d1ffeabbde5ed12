"""Grad mode: whether operations are recorded, a switch per thread."""

from __future__ import annotations

import functools
import inspect
import threading
import warnings
from collections.abc import Callable, Generator
from types import TracebackType
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])


class _Mode(threading.local):
    """The switches of one thread. Read on every operation, so plain attributes."""

    grad: bool = True  # whether operations are recorded
    inference: bool = False
    wanted: bool = True  # what the switches say, though inference mode records nothing
    targeted: bool = False  # whether the backward pass that is running was asked for certain tensors' gradients only
    forward: int = 0  # how many levels of forward mode are running


mode = _Mode()


def is_grad_enabled() -> bool:
    """Whether operations are being recorded in this thread (``torch.is_grad_enabled``).

    >>> import minitorch
    >>> with minitorch.no_grad():
    ...     minitorch.is_grad_enabled()
    False
    """
    return mode.grad or (mode.inference and mode.wanted)


def is_inference_mode_enabled() -> bool:
    """Whether ``inference_mode`` is on in this thread."""
    return mode.inference


def _current() -> tuple[bool, bool, bool]:
    return mode.grad, mode.inference, mode.wanted


def _switch(wanted: bool, inference: bool) -> None:
    if mode.forward and mode.grad and not wanted:
        warnings.warn(
            "forward mode: operations under no_grad carry no tangents here, where PyTorch's do. If that is what you "
            "want, use detach(); if not, leave the no_grad out of what is differentiated.",
            stacklevel=3,
        )
    mode.grad, mode.inference, mode.wanted = wanted and not inference, inference, wanted


class _Switch:
    """A grad-mode setting that serves as context manager and as decorator.

    A decorated generator runs each of its steps under the setting, and gives the caller its own mode back in between.
    """

    _state: tuple[bool, bool]  # (grad, inference) inside

    def __init__(self) -> None:
        self._before: list[
            tuple[bool, bool, bool]
        ] = []  # a stack, so that one object can be entered again inside itself

    def __enter__(self) -> None:
        self._before.append(_current())
        _switch(*self._state)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        mode.grad, mode.inference, mode.wanted = self._before.pop()

    def _again(self) -> _Switch:
        """A fresh switch of the same setting, for one call of a decorated function."""
        return type(self)()

    def __call__(self, function: F) -> F:
        if inspect.isgeneratorfunction(function):

            @functools.wraps(function)
            def generator(*args: Any, **kwargs: Any) -> Generator[Any, Any, Any]:
                with self._again():
                    steps = function(*args, **kwargs)
                send: Callable[[], Any] = functools.partial(next, steps)
                while True:
                    try:
                        with self._again():
                            value = send()
                    except StopIteration as stop:
                        return stop.value
                    try:
                        received = yield value
                        send = functools.partial(steps.send, received)
                    except GeneratorExit:
                        with self._again():
                            steps.close()
                        raise
                    except BaseException as error:
                        send = functools.partial(steps.throw, error)

            return generator  # type: ignore[return-value]

        @functools.wraps(function)
        def wrapper(*args: Any, **kwargs: Any) -> Any:
            with self._again():
                return function(*args, **kwargs)

        return wrapper  # type: ignore[return-value]


class no_grad(_Switch):
    """Records nothing inside: results do not require grad (``torch.no_grad``).

    Use it as ``with no_grad():``, ``@no_grad()`` or ``@no_grad``.

    >>> import minitorch
    >>> x = minitorch.ones(2, requires_grad=True)
    >>> with minitorch.no_grad():
    ...     y = x * 2
    >>> y.requires_grad
    False
    """

    def __new__(cls, function: Callable[..., Any] | None = None) -> Any:
        switch = super().__new__(cls)
        if function is None:
            return switch
        switch.__init__()  # type: ignore[misc]
        return switch(function)

    @property
    def _state(self) -> tuple[bool, bool]:  # type: ignore[override]
        return (False, mode.inference)


class enable_grad(no_grad):
    """Records again inside a ``no_grad`` block (``torch.enable_grad``); ``inference_mode`` stays as it is."""

    @property
    def _state(self) -> tuple[bool, bool]:  # type: ignore[override]
        return (True, mode.inference)


class set_grad_enabled(_Switch):
    """Sets grad mode at once, and back again when used as a context manager (``torch.set_grad_enabled``).

    >>> import minitorch
    >>> with minitorch.set_grad_enabled(False):
    ...     minitorch.is_grad_enabled()
    False
    """

    def __init__(self, mode_: bool) -> None:
        super().__init__()
        self._wanted = bool(mode_)
        self._outside = _current()
        _switch(self._wanted, mode.inference)

    @property
    def _state(self) -> tuple[bool, bool]:  # type: ignore[override]
        return (self._wanted, mode.inference)

    def __enter__(self) -> None:
        self._before.append(self._outside)
        _switch(self._wanted, mode.inference)

    def __call__(self, function: F) -> F:
        mode.grad, mode.inference, mode.wanted = self._outside  # as a decorator it acts on calls, not now
        return super().__call__(function)

    def _again(self) -> _Switch:
        return type(self)(self._wanted)


class inference_mode(_Switch):
    """``no_grad`` and more: tensors made inside can never be recorded later (``torch.inference_mode``).

    >>> import minitorch
    >>> with minitorch.inference_mode():
    ...     y = minitorch.ones(2)
    >>> y.is_inference()
    True
    """

    def __new__(cls, mode: bool | Callable[..., Any] = True) -> Any:
        switch = super().__new__(cls)
        if isinstance(mode, bool):
            return switch
        switch.__init__()  # type: ignore[misc]
        return switch(mode)

    def __init__(self, mode: bool = True) -> None:
        super().__init__()
        self._wanted = mode

    @property
    def _state(self) -> tuple[bool, bool]:  # type: ignore[override]
        return (False, True) if self._wanted else (True, False)

    def _again(self) -> _Switch:
        return type(self)(self._wanted)
