"""``Module``, the base class of every layer and network.

A module is built in rooms, one on top of the other: ``module_registry`` (what it owns), ``module_tree`` (walking it),
``module_state`` (saving it), ``module_hooks`` (calling it) and, here, what acts on all of it at once.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import Any, Self

from minitorch.core.clearing import clear_gradients
from minitorch.core.dtypes import dtype as DType
from minitorch.core.mode import no_grad
from minitorch.core.tensor import Tensor
from minitorch.core.watch import tell, watchers
from minitorch.nn.module_hooks import (
    Caller,
    register_module_forward_hook,
    register_module_forward_pre_hook,
    register_module_full_backward_hook,
    register_module_full_backward_pre_hook,
)
from minitorch.nn.module_registry import (
    register_module_buffer_registration_hook,
    register_module_module_registration_hook,
    register_module_parameter_registration_hook,
)
from minitorch.nn.parameter import empty

__all__ = [
    "Module",
    "register_module_buffer_registration_hook",
    "register_module_forward_hook",
    "register_module_forward_pre_hook",
    "register_module_full_backward_hook",
    "register_module_full_backward_pre_hook",
    "register_module_module_registration_hook",
    "register_module_parameter_registration_hook",
]


class Module(Caller):
    """A computation that owns parameters, buffers and other modules.

    Assign them as attributes in ``__init__``, after ``super().__init__()``, and define ``forward``.

    >>> import minitorch as torch
    >>> class Net(torch.nn.Module):
    ...     def __init__(self):
    ...         super().__init__()
    ...         self.hidden = torch.nn.Linear(4, 8)
    ...         self.out = torch.nn.Linear(8, 1)
    ...
    ...     def forward(self, x):
    ...         return self.out(torch.relu(self.hidden(x)))
    >>> net = Net()
    >>> net
    Net(
      (hidden): Linear(in_features=4, out_features=8, bias=True)
      (out): Linear(in_features=8, out_features=1, bias=True)
    )
    >>> [name for name, _ in net.named_parameters()]
    ['hidden.weight', 'hidden.bias', 'out.weight', 'out.bias']
    >>> net(torch.zeros(3, 4)).shape
    torch.Size([3, 1])
    """

    _open_names = True
    training: bool
    call_super_init: bool = False
    dump_patches: bool = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        if not self.call_super_init and kwargs:
            raise TypeError(
                f"{type(self).__name__}.__init__() got an unexpected keyword argument '{next(iter(kwargs))}'"
            )
        if not self.call_super_init and args:
            raise TypeError(
                f"{type(self).__name__}.__init__() takes 1 positional argument but {len(args) + 1} were given"
            )
        self.__dict__.update(
            training=True,
            _parameters={},
            _buffers={},
            _non_persistent_buffers_set=set(),
            _modules={},
            _forward_pre_hooks=OrderedDict(),
            _forward_pre_hooks_with_kwargs=OrderedDict(),
            _forward_hooks=OrderedDict(),
            _forward_hooks_with_kwargs=OrderedDict(),
            _forward_hooks_always_called=OrderedDict(),
            _backward_pre_hooks=OrderedDict(),
            _backward_hooks=OrderedDict(),
            _state_dict_hooks=OrderedDict(),
            _state_dict_pre_hooks=OrderedDict(),
            _load_state_dict_pre_hooks=OrderedDict(),
            _load_state_dict_post_hooks=OrderedDict(),
        )
        if self.call_super_init:
            super().__init__(*args, **kwargs)

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Take the attributes of a pickle or a copy; a subclass that overrides this calls it first."""
        self.__dict__.update(state)

    # ------------------------------------------------------------------ mode and gradients

    def train(self, mode: bool = True) -> Self:
        """Set training mode here and below: dropout drops, batch norm uses and updates batch statistics."""
        if not isinstance(mode, bool):
            raise ValueError(f"training mode is expected to be boolean, got {type(mode).__name__}")
        if watchers:
            tell("switched", self, mode)
        self.training = mode
        for module in self.children():
            module.train(mode)
        return self

    def eval(self) -> Self:
        """Set evaluation mode: ``train(False)``."""
        return self.train(False)

    def requires_grad_(self, requires_grad: bool = True) -> Self:
        """Have all parameters record gradients, or none: freezing for fine-tuning."""
        for parameter in self.parameters():
            parameter.requires_grad_(requires_grad)
        return self

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Forget all gradients; with ``set_to_none=False`` fill them with zeros instead."""
        clear_gradients(self, list(self.parameters()), set_to_none)

    def apply(self, fn: Callable[[Module], Any]) -> Self:
        """Call ``fn`` on every module below and then on this one, as for initial weights."""
        for module in self.children():
            module.apply(fn)
        fn(self)
        return self

    # ------------------------------------------------------------------ conversion

    def _apply(self, fn: Callable[[Tensor], Tensor], recurse: bool = True) -> Self:
        """Replace every parameter's and buffer's values by ``fn`` of them; parameters stay the same objects."""
        if recurse:
            for module in self.children():
                module._apply(fn)
        for parameter in self._parameters.values():
            if parameter is None:
                continue
            grad = parameter.grad
            with no_grad():
                parameter.data = fn(parameter)
                if grad is not None:
                    grad.data = fn(grad)
        for name, buffer in self._buffers.items():
            if buffer is not None:
                self._buffers[name] = fn(buffer)
        return self

    def to(self, *args: Any, **kwargs: Any) -> Self:
        """Convert floating-point parameters and buffers: ``to(dtype)``, ``to(device, dtype)``, ``to(tensor)``.

        The only device is the CPU. Changes the module in place and returns it.

        Raises:
            TypeError: a dtype that is neither floating point nor complex.
        """
        device, dtype, non_blocking = _parse_to(*args, **kwargs)
        if dtype is not None and not (dtype.is_floating_point or dtype.is_complex):
            raise TypeError(
                f"nn.Module.to only accepts floating point or complex dtypes, but got desired dtype={dtype}"
            )

        def convert(tensor: Tensor) -> Tensor:
            fractional = tensor.is_floating_point() or tensor.is_complex()
            return tensor.to(device, dtype if fractional else None, non_blocking)

        return self._apply(convert)

    def type(self, dst_type: DType | str) -> Self:
        """Convert all parameters and buffers, integers too, to ``dst_type``."""
        return self._apply(lambda t: t.type(dst_type))

    def float(self) -> Self:
        """Convert floating-point parameters and buffers to float32."""
        return self._apply(lambda t: t.float() if t.is_floating_point() else t)

    def double(self) -> Self:
        """Convert floating-point parameters and buffers to float64."""
        return self._apply(lambda t: t.double() if t.is_floating_point() else t)

    def half(self) -> Self:
        """Convert floating-point parameters and buffers to float16."""
        return self._apply(lambda t: t.half() if t.is_floating_point() else t)

    def cpu(self) -> Self:
        """Return the module: it lives on the CPU."""
        return self._apply(lambda t: t.cpu())

    def cuda(self, device: Any = None) -> Self:
        """Raise RuntimeError: the only device is the CPU."""
        return self._apply(lambda t: t.cuda(device))

    def to_empty(self, *, device: Any, recurse: bool = True) -> Self:
        """Give all parameters and buffers new, uninitialised memory on ``device``."""
        return self._apply(lambda t: empty(*t.shape, device=device, dtype=t.dtype), recurse=recurse)

    # ------------------------------------------------------------------ text

    def _get_name(self) -> str:
        return self.__class__.__name__

    def extra_repr(self) -> str:
        """The settings shown between the parentheses of ``repr``; override it."""
        return ""

    def __repr__(self) -> str:
        own = self.extra_repr()
        own_lines = own.split("\n") if own else []
        child_lines = [f"({name}): {indent(repr(module))}" for name, module in self._modules.items()]
        return lines_in_parentheses(self._get_name(), own_lines, child_lines)


def indent(text: str) -> str:
    """All lines but the first two spaces to the right; blank lines become empty."""
    first, *rest = text.split("\n")
    return "\n".join([first, *("  " + line if line.strip() else "" for line in rest)])


def lines_in_parentheses(name: str, own_lines: list[str], child_lines: list[str]) -> str:
    """``Name(text)`` if one line of its own is all there is, else a line each, indented."""
    if not own_lines and not child_lines:
        return f"{name}()"
    if len(own_lines) == 1 and not child_lines:
        return f"{name}({own_lines[0]})"
    body = "\n  ".join([*own_lines, *child_lines])
    return f"{name}(\n  {body}\n)"


def _parse_to(*args: Any, **kwargs: Any) -> tuple[Any, DType | None, bool]:
    """The three forms of ``to``: (device, dtype, non_blocking), (dtype, non_blocking), (tensor, non_blocking)."""
    device, dtype = kwargs.pop("device", None), kwargs.pop("dtype", None)
    non_blocking = kwargs.pop("non_blocking", False)
    other = kwargs.pop("tensor", None)
    kwargs.pop("memory_format", None)  # NumPy arrays have strides, not formats: layout is never observable
    if kwargs:
        raise TypeError(
            f"to() received an invalid combination of arguments - unexpected keyword '{next(iter(kwargs))}'; "
            "expected device=, dtype=, tensor= or non_blocking="
        )
    for value in args:
        if isinstance(value, Tensor):
            other = value
        elif isinstance(value, DType):
            dtype = value
        elif isinstance(value, bool):
            non_blocking = value
        elif value is not None:
            device = value
    if other is not None:
        device, dtype = other.device, other.dtype
    return device, dtype, non_blocking
