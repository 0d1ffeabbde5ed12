"""Calling a module: straight to ``forward`` when nothing is hooked, else through its forward and backward hooks."""

from __future__ import annotations

import warnings
from collections import OrderedDict
from collections.abc import Callable, Iterator
from typing import Any

from minitorch.core.hooks import RemovableHandle
from minitorch.core.watch import tell, watchers
from minitorch.nn.backward_hooks import BackwardGate
from minitorch.nn.module_state import State

Hook = Callable[..., Any]
HookDict = OrderedDict[int, Hook]

# Caller that fire for every module, and the ids of those with an option.
_global_forward_pre_hooks: HookDict = OrderedDict()
_global_forward_hooks: HookDict = OrderedDict()
_global_backward_pre_hooks: HookDict = OrderedDict()
_global_backward_hooks: HookDict = OrderedDict()
_global_with_kwargs: set[int] = set()
_global_always_called: set[int] = set()


class Caller(State):
    """Hook registration, and ``__call__``."""

    # True when a hook may be there: on the instance for its own hooks, on the class for global ones.
    # It lets an unhooked call, the usual case, go to forward() after one look.
    _hooked: bool = False

    _forward_pre_hooks: HookDict
    _forward_pre_hooks_with_kwargs: OrderedDict[int, bool]
    _forward_hooks: HookDict
    _forward_hooks_with_kwargs: OrderedDict[int, bool]
    _forward_hooks_always_called: OrderedDict[int, bool]
    _backward_pre_hooks: HookDict
    _backward_hooks: HookDict

    def forward(self, *input: Any, **kwargs: Any) -> Any:
        """What the module computes; every subclass defines it. Call the module, not this, so that hooks run."""
        raise NotImplementedError(
            f'Module [{type(self).__name__}] is missing the required "forward" function; '
            f"define `def forward(self, x): ...` in {type(self).__name__}"
        )

    # ------------------------------------------------------------------ the call

    def _call_impl(self, *args: Any, **kwargs: Any) -> Any:
        if self._hooked:
            return self._call_with_hooks(args, kwargs)
        return self.forward(*args, **kwargs)

    __call__: Callable[..., Any] = _call_impl

    def _call_with_hooks(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        if not (self._forward_hooks or self._forward_pre_hooks or self._backward_hooks or self._backward_pre_hooks):
            self.__dict__.pop("_hooked", None)  # all were removed again
        result, done = None, set()
        try:
            args, kwargs = self._run_forward_pre_hooks(args, kwargs)
            gate = self._backward_gate()
            if gate is not None:
                args = gate.watch_inputs(args)
            result = self.forward(*args, **kwargs)
            for hook_id, hook in self._all_forward_hooks():
                done.add(hook_id)
                result = self._run_forward_hook(hook_id, hook, args, kwargs, result)
            return result if gate is None else gate.watch_outputs(result)
        except Exception:
            self._run_remaining_always_called(done, args, kwargs, result)
            raise

    def _run_forward_pre_hooks(
        self, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> tuple[tuple[Any, ...], dict[str, Any]]:
        for hook_id, hook in (*_global_forward_pre_hooks.items(), *self._forward_pre_hooks.items()):
            if hook_id in self._forward_pre_hooks_with_kwargs:
                changed = hook(self, args, kwargs)
                if changed is not None:
                    if not (isinstance(changed, tuple) and len(changed) == 2):
                        raise RuntimeError(
                            "forward pre-hook must return None or a tuple of (new_args, new_kwargs), "
                            f"but got {changed}."
                        )
                    args, kwargs = changed
            else:
                changed = hook(self, args)
                if changed is not None:
                    args = changed if isinstance(changed, tuple) else (changed,)
        return args, kwargs

    def _all_forward_hooks(self) -> Iterator[tuple[int, Hook]]:
        yield from (*_global_forward_hooks.items(), *self._forward_hooks.items())

    def _run_forward_hook(
        self, hook_id: int, hook: Hook, args: tuple[Any, ...], kwargs: dict[str, Any], result: Any
    ) -> Any:
        if hook_id in self._forward_hooks_with_kwargs or hook_id in _global_with_kwargs:
            changed = hook(self, args, kwargs, result)
        else:
            changed = hook(self, args, result)
        return result if changed is None else changed

    def _run_remaining_always_called(
        self, done: set[int], args: tuple[Any, ...], kwargs: dict[str, Any], result: Any
    ) -> None:
        """After an error: the ``always_call`` hooks that did not run yet, whose own errors become warnings."""
        for hook_id, hook in self._all_forward_hooks():
            always = hook_id in self._forward_hooks_always_called or hook_id in _global_always_called
            if not always or hook_id in done:
                continue
            try:
                result = self._run_forward_hook(hook_id, hook, args, kwargs, result)
            except Exception as error:
                warnings.warn(
                    "module forward hook with ``always_call=True`` raised an exception "
                    f"that was silenced as another error was raised in forward: {error}",
                    stacklevel=4,
                )

    def _backward_gate(self) -> BackwardGate | None:
        hooks = (*_global_backward_hooks.values(), *self._backward_hooks.values())
        pre_hooks = (*_global_backward_pre_hooks.values(), *self._backward_pre_hooks.values())
        return BackwardGate(self, hooks, pre_hooks) if hooks or pre_hooks else None

    # ------------------------------------------------------------------ registration

    def register_forward_pre_hook(
        self, hook: Hook, *, prepend: bool = False, with_kwargs: bool = False
    ) -> RemovableHandle:
        """Call ``hook(module, args)`` before forward; what it returns replaces the arguments.

        With ``with_kwargs=True`` it is ``hook(module, args, kwargs)`` and returns ``(args, kwargs)`` or None.
        """
        handle = self._hook_in(self._forward_pre_hooks, hook, prepend, self._forward_pre_hooks_with_kwargs)
        if with_kwargs:
            self._forward_pre_hooks_with_kwargs[handle.id] = True
        return handle

    def register_forward_hook(
        self, hook: Hook, *, prepend: bool = False, with_kwargs: bool = False, always_call: bool = False
    ) -> RemovableHandle:
        """Call ``hook(module, args, output)`` after forward; what it returns replaces the output.

        With ``with_kwargs=True`` it is ``hook(module, args, kwargs, output)``; with ``always_call=True`` it runs even
        if forward raises.

        >>> import minitorch as torch
        >>> layer = torch.nn.Flatten()
        >>> handle = layer.register_forward_hook(lambda module, args, out: print(tuple(out.shape)))
        >>> _ = layer(torch.zeros(2, 3, 4))
        (2, 12)
        >>> handle.remove()
        """
        extra = self._forward_hooks_with_kwargs, self._forward_hooks_always_called
        handle = self._hook_in(self._forward_hooks, hook, prepend, *extra)
        if with_kwargs:
            self._forward_hooks_with_kwargs[handle.id] = True
        if always_call:
            self._forward_hooks_always_called[handle.id] = True
        return handle

    def register_full_backward_pre_hook(self, hook: Hook, prepend: bool = False) -> RemovableHandle:
        """Call ``hook(module, grad_output)`` when the gradients of the outputs are there; its result replaces them."""
        return self._hook_in(self._backward_pre_hooks, hook, prepend)

    def register_full_backward_hook(self, hook: Hook, prepend: bool = False) -> RemovableHandle:
        """Call ``hook(module, grad_input, grad_output)`` when the gradients of the module's inputs are there.

        Both are tuples with None for what is not a tensor. A result replaces ``grad_input``.
        """
        return self._hook_in(self._backward_hooks, hook, prepend)

    def _hook_in(self, hooks: HookDict, hook: Hook, prepend: bool, *extra: OrderedDict[int, bool]) -> RemovableHandle:
        handle = RemovableHandle(hooks, extra=extra)
        hooks[handle.id] = hook
        if prepend:
            hooks.move_to_end(handle.id, last=False)
        self.__dict__["_hooked"] = True
        if watchers:
            tell("hooked", hooks, hook)
        return handle


def _hook_all(hooks: HookDict, hook: Hook) -> RemovableHandle:
    handle = RemovableHandle(hooks)
    hooks[handle.id] = hook
    Caller._hooked = True
    return handle


def register_module_forward_pre_hook(hook: Hook) -> RemovableHandle:
    """Call ``hook(module, args)`` before the forward of every module, before the module's own hooks."""
    return _hook_all(_global_forward_pre_hooks, hook)


def register_module_forward_hook(
    hook: Hook, *, with_kwargs: bool = False, always_call: bool = False
) -> RemovableHandle:
    """Call ``hook(module, args, output)`` after the forward of every module, before the module's own hooks."""
    handle = _hook_all(_global_forward_hooks, hook)
    if with_kwargs:
        _global_with_kwargs.add(handle.id)
    if always_call:
        _global_always_called.add(handle.id)
    return handle


def register_module_full_backward_pre_hook(hook: Hook) -> RemovableHandle:
    """Call ``hook(module, grad_output)`` for every module, as ``Module.register_full_backward_pre_hook`` for one."""
    return _hook_all(_global_backward_pre_hooks, hook)


def register_module_full_backward_hook(hook: Hook) -> RemovableHandle:
    """Call ``hook(module, grad_input, grad_output)`` for every module; see ``Module.register_full_backward_hook``."""
    return _hook_all(_global_backward_hooks, hook)
