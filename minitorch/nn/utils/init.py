"""``skip_init``: a module without the time of its initial values."""

from __future__ import annotations

import inspect
from typing import Any, TypeVar

from minitorch.core.generator import default_generator
from minitorch.nn.module import Module

M = TypeVar("M", bound=Module)


def skip_init(module_cls: type[M], *args: Any, **kwargs: Any) -> M:
    """A module whose parameters and buffers have arbitrary values, to be loaded or filled; no numbers are drawn.

    Args:
        module_cls: its class, which takes ``device=``.
        *args, **kwargs: of its constructor.

    Raises:
        RuntimeError: not a module class, or one without ``device``.

    >>> import minitorch as torch
    >>> torch.nn.utils.skip_init(torch.nn.Linear, 3, 4).weight.shape
    torch.Size([4, 3])
    """
    if not issubclass(module_cls, Module):
        raise RuntimeError(f"Expected a Module; got {module_cls}")
    if "device" not in inspect.signature(module_cls).parameters:
        raise RuntimeError("Module must support a 'device' arg to skip initialization")
    device = kwargs.pop("device", "cpu")
    # There are no tensors without memory here: the values are drawn, and the generator is put back.
    state = default_generator.get_state()
    try:
        made = module_cls(*args, **kwargs)
    finally:
        default_generator.set_state(state)
    return made.to_empty(device=device)
