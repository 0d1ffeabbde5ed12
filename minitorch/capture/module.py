"""A compiled module: calls of it are replayed, everything else is the module's own."""

from __future__ import annotations

from typing import Any

from minitorch.capture.compiled import Compiled
from minitorch.nn import Module

_OWN = ("_orig_mod", "_compiled", "training")


class OptimizedModule(Module):
    """What ``compile(module)`` gives: the module under ``_orig_mod``, whose attributes show as its own.

    As in PyTorch, the names in ``state_dict()`` begin with ``_orig_mod.``; save and load the module itself to be rid of
    them.

    >>> import minitorch as torch
    >>> model = torch.compile(torch.nn.Linear(2, 1))
    >>> model.in_features, list(model.state_dict()), model(torch.ones(3, 2)).shape
    (2, ['_orig_mod.weight', '_orig_mod.bias'], torch.Size([3, 1]))
    """

    def __init__(self, module: Module, fullgraph: bool = False, fused: bool = False) -> None:
        super().__init__()
        self._orig_mod = module
        self.__dict__["_compiled"] = Compiled(module.__call__, fullgraph, fused)
        self.training = module.training

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """The module's result, from a replay once it is recorded."""
        return self._compiled(*args, **kwargs)

    @property
    def program(self) -> str:
        """The replays as source text."""
        return self.__dict__["_compiled"].program  # type: ignore[no-any-return]

    @property
    def reason(self) -> str | None:
        """Why it is not replayed; None if it is."""
        return self.__dict__["_compiled"].reason  # type: ignore[no-any-return]

    def __getattr__(self, name: str) -> Any:
        if name == "_orig_mod":
            return super().__getattr__(name)
        return getattr(self._orig_mod, name)

    def __setattr__(self, name: str, value: Any) -> None:
        if name in _OWN or "_orig_mod" not in self.__dict__.get("_modules", ()):
            super().__setattr__(name, value)
        else:
            setattr(self._orig_mod, name, value)

    def __reduce__(self) -> Any:
        compiled = self.__dict__["_compiled"]
        return OptimizedModule, (self._orig_mod, compiled._fullgraph, compiled._fused)
