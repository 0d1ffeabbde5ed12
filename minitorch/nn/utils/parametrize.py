"""Parametrizations: a parameter computed, whenever it is read, by modules from another one that is trained.

``register_parametrization(layer, "weight", module)`` moves ``layer.weight`` to
``layer.parametrizations.weight.original`` and makes ``layer.weight`` what the module computes from it. The layer gets a
class of its own for that, a subclass of its old one with a property.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from minitorch.core.mode import no_grad
from minitorch.core.tensor import Tensor
from minitorch.nn.containers import ModuleDict
from minitorch.nn.module import Module
from minitorch.nn.parameter import Parameter
from minitorch.nn.utils.parametrization_list import ParametrizationList, check, register, right_inverse_or_same

_caches: list[dict[tuple[int, str], Tensor]] = []  # one for all ``cached()`` blocks, while there is one
_cache_depth = 0


@contextmanager
def cached() -> Iterator[None]:
    """Within the block each parametrized tensor is computed once, however often it is read.

    >>> import minitorch as torch
    >>> from minitorch.nn.utils import parametrizations, parametrize
    >>> layer = parametrizations.weight_norm(torch.nn.Linear(2, 2))
    >>> with parametrize.cached():
    ...     print(layer.weight is layer.weight)
    True
    """
    global _cache_depth
    _cache_depth += 1
    if not _caches:
        _caches.append({})
    try:
        yield
    finally:
        _cache_depth -= 1
        if not _cache_depth:
            _caches.clear()


def register_parametrization(
    module: Module, tensor_name: str, parametrization: Module, *, unsafe: bool = False
) -> Module:
    """Compute ``module.<tensor_name>`` by ``parametrization`` from now on; registered again, by one after the other.

    If the parametrization has a ``right_inverse``, assigning to the tensor works, and it gives what is trained: a
    tensor, or several (``original0``, ``original1``, ... which its forward takes).

    Args:
        module: has the tensor.
        tensor_name: a parameter, a buffer, or a parametrized tensor.
        parametrization: a module from the trained tensor or tensors to one of the same shape and dtype.
        unsafe: another shape or dtype is allowed, and nothing is tried out.

    Returns:
        ``module``.

    Raises:
        ValueError: no such tensor, or a parametrization that changes shape or dtype.

    >>> import minitorch as torch
    >>> class Symmetric(torch.nn.Module):
    ...     def forward(self, x):
    ...         return x.triu() + x.triu(1).mT
    >>> layer = torch.nn.Linear(3, 3)
    >>> _ = torch.nn.utils.parametrize.register_parametrization(layer, "weight", Symmetric())
    >>> bool((layer.weight == layer.weight.mT).all())
    True
    >>> [name for name, _ in layer.named_parameters()]
    ['bias', 'parametrizations.weight.original']
    """
    parametrization.train(module.training)
    if is_parametrized(module, tensor_name):
        parametrizations: Any = module.parametrizations[tensor_name]
        if not unsafe:
            _try_out(module, tensor_name, parametrization)
        parametrizations.append(parametrization)
        parametrizations.unsafe |= unsafe
    elif tensor_name in module._buffers or tensor_name in module._parameters:
        parametrizations = ParametrizationList([parametrization], getattr(module, tensor_name), unsafe=unsafe)
        delattr(module, tensor_name)
        if not is_parametrized(module):
            _inject_class(module)
            module.parametrizations = ModuleDict()
        _inject_property(type(module), tensor_name)
        module.parametrizations[tensor_name] = parametrizations
    else:
        raise ValueError(
            f"Module '{module}' does not have a parameter, a buffer, or a parametrized element with name "
            f"'{tensor_name}'"
        )
    return module


def is_parametrized(module: Module, tensor_name: str | None = None) -> bool:
    """Whether the module has a parametrized tensor, or this one."""
    parametrizations = getattr(module, "parametrizations", None)
    if not isinstance(parametrizations, ModuleDict):
        return False
    return len(parametrizations) > 0 if tensor_name is None else tensor_name in parametrizations


def remove_parametrizations(module: Module, tensor_name: str, leave_parametrized: bool = True) -> Module:
    """Make the tensor a plain parameter or buffer again, with its computed value or the original one.

    Args:
        module: has the parametrized tensor.
        tensor_name: its name.
        leave_parametrized: keep what is computed now; otherwise what was trained, if that is one tensor.

    Returns:
        ``module``.

    Raises:
        ValueError: the tensor is not parametrized, or there are several originals to leave.
    """
    if not is_parametrized(module, tensor_name):
        raise ValueError(f"Module {module} does not have a parametrization on {tensor_name}")
    parametrizations: Any = module.parametrizations[tensor_name]
    if parametrizations.is_tensor:
        original = parametrizations.original
        if leave_parametrized:
            with no_grad():
                original.data = getattr(module, tensor_name)
    elif leave_parametrized:
        value = getattr(module, tensor_name)
        original = Parameter(value.detach()) if value.requires_grad else value
    else:
        raise ValueError(
            "Cannot leave unparametrized (`leave_parametrized=False`) a tensor that is parametrized in terms of a "
            "sequence of tensors."
        )
    del module.parametrizations[tensor_name]
    register(module, tensor_name, original)
    if not is_parametrized(module):
        del module.parametrizations
        module.__class__ = type(module).__bases__[0]
    return module


def type_before_parametrizations(module: Module) -> type:
    """The module's class before something of it was parametrized."""
    return type(module).__bases__[0] if is_parametrized(module) else type(module)


def transfer_parametrizations_and_params(
    from_module: Module, to_module: Module, tensor_name: str | None = None
) -> Module:
    """Parametrize ``to_module`` as ``from_module`` is, one tensor or all, on the same originals; returns it."""
    if not is_parametrized(from_module):
        return to_module
    for name in list(from_module.parametrizations) if tensor_name is None else [tensor_name]:
        if not hasattr(to_module, name):
            setattr(to_module, name, Parameter(getattr(from_module, name).detach()))
        source = from_module.parametrizations[name]
        for parametrization in source:
            register_parametrization(to_module, name, parametrization)
        target = to_module.parametrizations[name]
        for original in [name for name in (*source._parameters, *source._buffers) if name.startswith("original")]:
            setattr(target, original, getattr(source, original))
    return to_module


# --- How it is done -----------------------------------------------------------------------------------------------


def _try_out(module: Module, name: str, parametrization: Module) -> None:
    """One more parametrization on top must keep the shape and dtype, there and back."""
    before = getattr(module, name)
    after = parametrization(before)
    check(
        after,
        before,
        f"module.{name}",
        f"parametrization(module.{name})",
        "A parametrization must return a tensor.",
        "Registering a parametrization may not change",
    )
    back = right_inverse_or_same(parametrization, after)
    if back is not after:
        check(
            back,
            before,
            f"module.{name}",
            "the tensor returned",
            "parametrization.right_inverse must return a tensor.",
            "The tensor returned by parametrization.right_inverse may not change",
        )


def _inject_class(module: Module) -> None:
    kind = type(module)
    members: dict[str, Any] = {"__getstate__": _no_pickle, "__module__": kind.__module__}
    if not hasattr(kind, "__deepcopy__"):
        members["__deepcopy__"] = _deepcopy
    module.__class__ = type(f"Parametrized{kind.__name__}", (kind,), members)


def _no_pickle(self: Module) -> Any:
    raise RuntimeError(
        "Serialization of parametrized modules is only supported through state_dict(), as their class is made at run "
        "time: save module.state_dict(), or remove the parametrizations first"
    )


def _deepcopy(self: Any, memo: dict[int, Any]) -> Any:
    replica = memo.get(id(self))
    if replica is None:
        replica = memo[id(self)] = object.__new__(type(self))
        replica.__dict__.update(copy.deepcopy(self.__dict__, memo))
    return replica


def _inject_property(kind: type, name: str) -> None:
    def parametrization_of(module: Any) -> Any:
        parametrizations = module._modules.get("parametrizations")
        if parametrizations is None or name not in parametrizations:  # removed here, but not from a copy
            raise AttributeError(name)
        return parametrizations[name]

    def get(module: Any) -> Any:
        compute = parametrization_of(module)
        if not _caches:
            return compute()
        key = (id(module), name)
        if key not in _caches[0]:
            _caches[0][key] = compute()
        return _caches[0][key]

    def put(module: Any, value: Tensor | Sequence[Tensor]) -> None:
        parametrization_of(module).right_inverse(value)

    setattr(kind, name, property(get, put))
