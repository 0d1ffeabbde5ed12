"""What a module owns: parameters, buffers and submodules, registered by assignment.

``Registry`` is the lowest layer of ``Module``. Three dictionaries hold what belongs to the module (``_parameters``,
``_buffers``, ``_modules``); ``__setattr__`` sorts an assigned value into the right one and ``__getattr__`` finds it
again. Everything else a user assigns is an ordinary attribute.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from minitorch.core.hooks import RemovableHandle
from minitorch.core.tensor import Tensor
from minitorch.nn.parameter import Buffer, Parameter

if TYPE_CHECKING:
    from minitorch.nn.module import Module

_registration_hooks: dict[str, dict[int, Callable[..., Any]]] = {
    "parameter": OrderedDict(),
    "buffer": OrderedDict(),
    "module": OrderedDict(),
}


def typename(value: object) -> str:
    """The name PyTorch's messages give to a value's type: ``torch.FloatTensor``, ``int``, ``numpy.ndarray``."""
    if isinstance(value, Tensor):
        return str(value.type())
    kind = value if isinstance(value, type) else type(value)
    return kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"


def _announce(kind: str, owner: Registry, name: str, value: Any) -> Any:
    """Show a value that is about to be registered to the global hooks; a hook may replace it."""
    for hook in _registration_hooks[kind].values():
        replacement = hook(owner, name, value)
        if replacement is not None:
            value = replacement
    return value


def _add_registration_hook(kind: str, hook: Callable[..., Any]) -> RemovableHandle:
    handle = RemovableHandle(_registration_hooks[kind])
    _registration_hooks[kind][handle.id] = hook
    return handle


def register_module_parameter_registration_hook(hook: Callable[..., Any]) -> RemovableHandle:
    """Call ``hook(module, name, parameter)`` whenever any module registers a parameter; its result replaces it."""
    return _add_registration_hook("parameter", hook)


def register_module_buffer_registration_hook(hook: Callable[..., Any]) -> RemovableHandle:
    """Call ``hook(module, name, buffer)`` whenever any module registers a buffer; its result replaces it."""
    return _add_registration_hook("buffer", hook)


def register_module_module_registration_hook(hook: Callable[..., Any]) -> RemovableHandle:
    """Call ``hook(module, name, submodule)`` whenever any module registers a submodule; its result replaces it."""
    return _add_registration_hook("module", hook)


class _Shortcut:
    """Finds what instances of a class registered under one name, several times faster than ``__getattr__`` does.

    Python asks ``__getattr__`` only after ordinary lookup has failed, at the price of an exception. So the first
    registration of a name puts a shortcut on the class; an ordinary attribute of an instance still comes before it,
    and where nothing is registered it behaves as if it were not there.
    """

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name

    def __get__(self, module: Registry | None, kind: type | None = None) -> Any:
        name = self.name
        if module is None:
            raise AttributeError(f"type object '{kind.__name__ if kind else kind}' has no attribute '{name}'")
        own = module.__dict__
        if "_parameters" in own:
            if name in own["_parameters"]:
                return own["_parameters"][name]
            if name in own["_modules"]:
                return own["_modules"][name]
            if name in own["_buffers"]:
                return own["_buffers"][name]
        raise AttributeError(name)  # Python goes on to __getattr__, which has the message


class Registry:
    """Registration of parameters, buffers and submodules, by method or by assignment."""

    # In its own body, a class says here that its instances' names are data (as a ModuleDict's are): no shortcuts.
    _open_names: bool = True

    _parameters: dict[str, Parameter | None]
    _buffers: dict[str, Tensor | None]
    _modules: dict[str, Module | None]
    _non_persistent_buffers_set: set[str]

    # ------------------------------------------------------------------ by method

    def register_parameter(self, name: str, param: Parameter | None) -> None:
        """Add a parameter under ``name``; None reserves the name (a layer without bias has ``bias`` None).

        Raises:
            AttributeError: before ``Module.__init__()``.
            KeyError: an empty or dotted name, or one that is taken by something else.
            TypeError: ``param`` is not a ``Parameter``.
            ValueError: ``param`` is the result of a computation.
        """
        self._check_name("parameter", name, "_parameters")
        if param is None:
            self._parameters[name] = None
            self._shorten(name)
            return
        if not isinstance(param, Parameter):
            raise TypeError(
                f"cannot assign '{typename(param)}' object to parameter '{name}' (torch.nn.Parameter or None required)"
            )
        if param.grad_fn is not None:
            raise ValueError(
                f"Cannot assign non-leaf Tensor to parameter '{name}'. Model parameters must be created explicitly. "
                f"To express '{name}' as a function of another Tensor, compute the value in the forward() method."
            )
        self._parameters[name] = _announce("parameter", self, name, param)
        self._shorten(name)

    def register_buffer(self, name: str, tensor: Tensor | None, persistent: bool = True) -> None:
        """Add a tensor that belongs to the state but is not trained; with ``persistent=False`` not to ``state_dict``.

        Raises:
            AttributeError: before ``Module.__init__()``.
            KeyError: an empty or dotted name, or one that is taken by something else.
            TypeError: ``tensor`` is not a Tensor.
        """
        self._check_name("buffer", name, "_buffers")
        if tensor is not None and not isinstance(tensor, Tensor):
            raise TypeError(
                f"cannot assign '{typename(tensor)}' object to buffer '{name}' (torch Tensor or None required)"
            )
        self._buffers[name] = _announce("buffer", self, name, tensor)
        self._shorten(name)
        if persistent:
            self._non_persistent_buffers_set.discard(name)
        else:
            self._non_persistent_buffers_set.add(name)

    def add_module(self, name: str, module: Module | None) -> None:
        """Add a submodule under ``name``, reachable as an attribute.

        Raises:
            TypeError: ``module`` is not a Module, or ``name`` not a string.
            KeyError: an empty or dotted name, or one that is taken by something else.
        """
        if not isinstance(module, Registry) and module is not None:
            raise TypeError(f"{typename(module)} is not a Module subclass")
        if not isinstance(name, str):
            raise TypeError(f"module name should be a string. Got {typename(name)}")
        if hasattr(self, name) and name not in self._modules:
            raise KeyError(f"attribute '{name}' already exists")
        if "." in name:
            raise KeyError(f'module name can\'t contain ".", got: {name}')
        if name == "":
            raise KeyError('module name can\'t be empty string ""')
        self._modules[name] = _announce("module", self, name, module)
        self._shorten(name)

    def register_module(self, name: str, module: Module | None) -> None:
        """Alias of ``add_module``."""
        self.add_module(name, module)

    def _check_name(self, kind: str, name: str, home: str) -> None:
        if home not in self.__dict__:
            raise AttributeError(f"cannot assign {kind} before Module.__init__() call")
        if not isinstance(name, str):
            raise TypeError(f"{kind} name should be a string. Got {typename(name)}")
        if "." in name:
            raise KeyError(f'{kind} name can\'t contain "."')
        if name == "":
            raise KeyError(f'{kind} name can\'t be empty string ""')
        if name not in self.__dict__[home] and hasattr(self, name):
            raise KeyError(f"attribute '{name}' already exists")

    # ------------------------------------------------------------------ by assignment

    def __getattr__(self, name: str) -> Any:
        # Called only when ordinary lookup failed. ``self.__dict__``, never ``self._parameters``: that would recurse
        # in a module whose __init__ has not run.
        own = self.__dict__
        if "_parameters" in own:
            if name in own["_parameters"]:
                return own["_parameters"][name]
            if name in own["_modules"]:
                return own["_modules"][name]
            if name in own["_buffers"]:
                return own["_buffers"][name]
        raise AttributeError(f"'{type(self).__name__}' object has no attribute '{name}'", name=name, obj=self)

    def __setattr__(self, name: str, value: Any) -> None:
        own = self.__dict__
        parameters = own.get("_parameters")
        if parameters is None:
            self._set_before_init(name, value)
        elif isinstance(value, Parameter):
            self._forget(name, keep="_parameters")
            self.register_parameter(name, value)
        elif name in parameters:
            self._refuse_unless_none(value, f"as parameter '{name}' (torch.nn.Parameter or None expected)")
            parameters[name] = None
        elif isinstance(value, Registry):
            self._forget(name, keep="_modules")
            own["_modules"][name] = _announce("module", self, name, value)
            self._shorten(name)
        elif name in own["_modules"]:
            self._refuse_unless_none(value, f"as child module '{name}' (torch.nn.Module or None expected)")
            own["_modules"][name] = _announce("module", self, name, None)
        elif name in own["_buffers"] or isinstance(value, Buffer):
            self._set_buffer(name, value)
        else:
            object.__setattr__(self, name, value)

    def __delattr__(self, name: str) -> None:
        if name in self._parameters:
            del self._parameters[name]
        elif name in self._buffers:
            del self._buffers[name]
            self._non_persistent_buffers_set.discard(name)
        elif name in self._modules:
            del self._modules[name]
        else:
            object.__delattr__(self, name)

    def __dir__(self) -> list[str]:
        names = {*dir(type(self)), *self.__dict__, *self._parameters, *self._modules, *self._buffers}
        return sorted(name for name in names if not name[0].isdigit())

    def _set_before_init(self, name: str, value: Any) -> None:
        if isinstance(value, Parameter):
            raise AttributeError("cannot assign parameters before Module.__init__() call")
        if isinstance(value, Registry):
            raise AttributeError("cannot assign module before Module.__init__() call")
        if isinstance(value, Buffer):
            raise AttributeError("cannot assign buffer before Module.__init__() call")
        object.__setattr__(self, name, value)

    def _set_buffer(self, name: str, value: Any) -> None:
        if value is not None and not isinstance(value, Tensor):
            raise TypeError(
                f"cannot assign '{typename(value)}' as buffer '{name}' (torch.nn.Buffer, torch.Tensor or None expected)"
            )
        persistent = value.persistent if isinstance(value, Buffer) else name not in self._non_persistent_buffers_set
        self.register_buffer(name, value, persistent)

    def _shorten(self, name: str) -> None:
        kind = type(self)
        if "_open_names" in kind.__dict__ or not name.isidentifier():
            return
        if not any(name in base.__dict__ for base in kind.__mro__):
            setattr(kind, name, _Shortcut(name))

    def _forget(self, name: str, keep: str) -> None:
        """A name has one home: drop it from every other one."""
        own = self.__dict__
        own.pop(name, None)
        for home in ("_parameters", "_buffers", "_modules"):
            if home != keep:
                own[home].pop(name, None)
        self._non_persistent_buffers_set.discard(name)

    @staticmethod
    def _refuse_unless_none(value: Any, where: str) -> None:
        if value is not None:
            raise TypeError(f"cannot assign '{typename(value)}' {where}")
