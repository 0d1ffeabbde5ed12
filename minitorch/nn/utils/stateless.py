"""``functional_call``: a module run with other parameters and buffers, which take part in the graph."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from minitorch.core.tensor import Tensor
from minitorch.nn.module import Module


def functional_call(
    module: Module,
    parameters_and_buffers: dict[str, Tensor],
    args: Any = None,
    kwargs: dict[str, Any] | None = None,
    *,
    tie_weights: bool = True,
    strict: bool = False,
) -> Any:
    """``module(*args, **kwargs)`` with other tensors by dotted name. Deprecated: ``torch.func.functional_call``.

    Args:
        module: is as before afterwards.
        parameters_and_buffers: what takes whose place; changed buffers are written back here.
        args: one argument, or a tuple of them.
        kwargs: by name.
        tie_weights: a tensor that the module has under several names is replaced under all of them.
        strict: all names must be there, and no others.

    Raises:
        ValueError: several values for tied names.
        RuntimeError: names that do not match, if ``strict``.
        AttributeError: a name that the module does not have.
    """
    warnings.warn(
        "`torch.nn.utils.stateless.functional_call` is deprecated: use `torch.func.functional_call`, which takes the "
        "same arguments.",
        FutureWarning,
        stacklevel=2,
    )
    return call_with(module, parameters_and_buffers, args, kwargs, tie_weights=tie_weights, strict=strict)


def call_with(
    module: Module,
    tensors: dict[str, Tensor],
    args: Any = None,
    kwargs: dict[str, Any] | None = None,
    *,
    tie_weights: bool = True,
    strict: bool = False,
) -> Any:
    """What ``functional_call`` does, without its warning."""
    args = () if args is None else args if isinstance(args, tuple) else (args,)
    with _replaced(module, tensors, tie_weights, strict):
        return module(*args, **(kwargs or {}))


@contextmanager
def _replaced(module: Module, tensors: dict[str, Tensor], tie_weights: bool, strict: bool) -> Iterator[None]:
    own = {
        **dict(module.named_parameters(remove_duplicate=False)),
        **dict(module.named_buffers(remove_duplicate=False)),
    }
    given = _for_all_names(own, tensors) if tie_weights else dict(tensors)
    if strict:
        _check_names(module, set(own), set(given))
    before: dict[str, tuple[Any, str, Any]] = {}
    try:
        for name, tensor in given.items():
            path, _, last = name.rpartition(".")
            owner = module.get_submodule(path)
            home = _home(owner, last, name)
            before[name] = (home, last, home[last])
            home[last] = tensor
        yield
    finally:
        for name, (home, last, tensor) in reversed(before.items()):
            if name in tensors:
                tensors[name] = home[last]  # a buffer may have been put anew
            home[last] = tensor


def _home(owner: Any, last: str, name: str) -> Any:
    """Which of the module's tables has the name."""
    for home in (owner._parameters, owner._buffers):
        if last in home:
            return home
    raise AttributeError(f"{owner._get_name()} has no attribute `{last}` among its parameters and buffers: {name!r}")


def _check_names(module: Module, own: set[str], given: set[str]) -> None:
    texts = [
        f"{kind} key(s): {', '.join(map(repr, sorted(names)))}."
        for kind, names in (("Unexpected", given - own), ("Missing", own - given))
        if names
    ]
    if texts:
        listed = "\n\t".join(texts)
        raise RuntimeError(f"Error(s) in reparametrizing for {module._get_name()}:\n\t{listed}")


def _for_all_names(own: dict[str, Tensor], tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    names_of: dict[int, list[str]] = {}
    for name, tensor in own.items():
        names_of.setdefault(id(tensor), []).append(name)
    given = dict(tensors)
    for names in names_of.values():
        values = [tensors[name] for name in names if name in tensors]
        if len(names) == 1 or not values:
            continue
        if any(value is not values[0] for value in values):
            raise ValueError(
                f"functional_call got multiple values for keys {sorted(names)}, which are tied. Consider using "
                "tie_weights=False"
            )
        given.update(dict.fromkeys(names, values[0]))
    return given
