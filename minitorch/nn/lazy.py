"""``LazyModuleMixin``: modules that learn the shapes of their parameters from the first batch they see."""

from __future__ import annotations

import itertools
from typing import Any

from minitorch.core.hooks import RemovableHandle
from minitorch.core.mode import no_grad
from minitorch.nn.module import Module
from minitorch.nn.parameter import is_lazy


class LazyModuleMixin(Module):
    """Makes a module lazy; comes before the layer among the bases, as in ``class LazyLinear(LazyModuleMixin, Linear)``.

    Its ``__init__`` puts ``UninitializedParameter`` and ``UninitializedBuffer`` in the places of what depends on the
    input, and its ``initialize_parameters`` materialises them from a first input. After that call the module becomes
    a ``cls_to_become``. Loading a state dict also tells the shapes.
    """

    cls_to_become: type[Module] | None = None
    _load_hook: RemovableHandle
    _initialize_hook: RemovableHandle

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._load_hook = self._register_load_state_dict_pre_hook(self._lazy_load_hook)
        self._initialize_hook = self.register_forward_pre_hook(self._infer_parameters, with_kwargs=True)

    def initialize_parameters(self, *args: Any, **kwargs: Any) -> None:
        """Materialise what is uninitialised, from the arguments of the first call; a lazy module defines it."""
        raise NotImplementedError(
            f"initialize_parameters is not implemented for {type(self).__name__}: define it, with forward's arguments"
        )

    def has_uninitialized_params(self) -> bool:
        """Whether a parameter or buffer of this module itself still has no shape."""
        return any(is_lazy(t) for t in itertools.chain(self._parameters.values(), self._buffers.values()))

    def _lazy_load_hook(self, state_dict: Any, prefix: str, *_: Any) -> None:
        for name, tensor in itertools.chain(self._parameters.items(), self._buffers.items()):
            given = state_dict.get(prefix + name)
            if is_lazy(tensor) and given is not None and not is_lazy(given):
                with no_grad():
                    tensor.materialize(given.shape)  # type: ignore[union-attr]

    def _infer_parameters(self, module: Any, args: Any, kwargs: Any = None) -> None:
        module.initialize_parameters(*args, **(kwargs or {}))
        if module.has_uninitialized_params():
            raise RuntimeError(
                f"module {self._get_name()} has not been fully initialized: its initialize_parameters left some out"
            )
        for name in ("_initialize_hook", "_load_hook"):
            getattr(module, name).remove()
            delattr(module, name)
        if module.cls_to_become is not None:
            module.__class__ = module.cls_to_become
