"""What may be in a .pt file: the names that its pickle may call, each by a checked function of our own.

The list is that of PyTorch's ``torch.load(weights_only=True)``, as far as a CPU with NumPy has the things named.
Nothing in a file is ever imported or called: a name that is not in this table is an error.
"""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Callable
from pickle import UnpicklingError
from typing import Any

from minitorch.core import dtypes
from minitorch.core.tensor import CPU, Size, Tensor
from minitorch.nn.parameter import Parameter
from minitorch.serialization.storage import STORAGES, tensor_on


class Name:
    """A name met in a pickle. Only ``REDUCE`` calls it, and only what the table has for it."""

    __slots__ = ("call", "text")

    def __init__(self, text: str, call: Callable[..., Any] | None = None) -> None:
        self.text = text
        self.call = call


def check_key(key: Any, depth: int = 0) -> None:
    """Keys are numbers, strings and small tuples of them: nothing whose hash takes long or is somebody's code."""
    if isinstance(key, tuple) and len(key) <= 64 and depth < 3:
        for part in key:
            check_key(part, depth + 1)
    elif key is not None and not isinstance(key, (str, int, float, bytes, complex, dtypes.dtype)):
        raise UnpicklingError(f"a key of a dict or set should be a string or number, but got {type(key).__name__}")


def set_attributes(instance: Any, state: Any) -> None:
    """Attributes that the file gives to an ``OrderedDict`` or a tensor (``_metadata`` of a state dict, for one)."""
    if not isinstance(instance, (OrderedDict, Tensor)) or not isinstance(state, dict):
        raise UnpicklingError(f"only an OrderedDict or a tensor may have attributes, not {type(instance).__name__}")
    for name in state:
        if not isinstance(name, str) or hasattr(type(instance), name):
            raise UnpicklingError(f"a {type(instance).__name__} in a file cannot have its attribute {name!r:.80} set")
    instance.__dict__.update(state)


def _tensor(storage: Any, offset: Any, size: Any, stride: Any) -> Tensor:
    return tensor_on(storage, offset, size, stride)


def _tensor_v2(
    storage: Any, offset: Any, size: Any, stride: Any, requires_grad: Any, hooks: Any, metadata: Any = None
) -> Tensor:
    return _finished(tensor_on(storage, offset, size, stride), requires_grad, hooks, metadata)


def _tensor_v3(
    storage: Any, offset: Any, size: Any, stride: Any, requires_grad: Any, hooks: Any, dtype: Any, metadata: Any = None
) -> Tensor:
    if not isinstance(dtype, dtypes.dtype):
        raise UnpicklingError(f"the dtype of a tensor should be one that minitorch has, not {_shown(dtype)}")
    return _finished(tensor_on(storage, offset, size, stride, dtype.name), requires_grad, hooks, metadata)


def _finished(t: Tensor, requires_grad: Any, hooks: Any, metadata: Any) -> Tensor:
    if type(requires_grad) is not bool or hooks:
        raise UnpicklingError("a tensor should have requires_grad True or False, and no hooks")
    for flag, value in (metadata or {}).items():
        if flag not in ("conj", "neg") or type(value) is not bool:
            raise UnpicklingError(f"a tensor has metadata {flag!r:.80}, which is not known")
        if value and 0 in t.array.strides and t.array.size > 1:
            raise UnpicklingError("a tensor that repeats its elements should not be conjugated or negated")
        if value:
            t = t.conj() if flag == "conj" else -t
    return t.requires_grad_(requires_grad) if t.is_floating_point() or t.is_complex() or requires_grad else t


def _parameter(data: Any, requires_grad: Any, hooks: Any, state: Any = None) -> Parameter:
    if not isinstance(data, Tensor) or type(requires_grad) is not bool or hooks:
        raise UnpicklingError("a parameter should be made of a tensor, requires_grad True or False, and no hooks")
    made = Parameter(data.detach(), requires_grad)
    if state:
        set_attributes(made, state)
    return made


def _from_type(function: Any, kind: Any, args: Any, state: Any) -> Any:
    """A tensor with attributes, as PyTorch writes one."""
    if not isinstance(function, Name) or function.call not in (_tensor_v2, _tensor_v3, _parameter):
        raise UnpicklingError("a tensor with attributes should be rebuilt by a tensor's own function")
    if not isinstance(kind, Name) or kind.text not in ("torch.Tensor", "torch.nn.parameter.Parameter"):
        raise UnpicklingError(f"a tensor should be a torch.Tensor or Parameter, not {_shown(kind)}")
    made = function.call(*args)
    set_attributes(made, state or {})
    return made


def _ordered_dict(pairs: Any = ()) -> OrderedDict[Any, Any]:
    made: OrderedDict[Any, Any] = OrderedDict()
    for key, value in _of(pairs, list, tuple):
        check_key(key)
        made[key] = value
    return made


def _counter(counts: Any = None) -> Counter[Any]:
    return Counter(_of(counts or {}, dict))


def _set(items: Any = ()) -> set[Any]:
    for item in _of(items, list, tuple):
        check_key(item)
    return set(items)


def _size(sizes: Any = ()) -> Size:
    if any(type(n) is not int for n in _of(sizes, tuple, list)):
        raise UnpicklingError(f"a torch.Size should be of whole numbers, but got {sizes!r:.80}")
    return Size(sizes)


def _encoded(text: Any, codec: Any = "latin1") -> bytes:
    if codec not in ("latin1", "latin-1"):
        raise UnpicklingError(f"bytes in a pickle should be written as latin1, not {codec!r:.80}")
    return str(_of(text, str)).encode("latin1")


def _bytearray(content: Any = b"") -> bytearray:
    return bytearray(_of(content, bytes))


def _complex(real: Any, imag: Any) -> complex:
    return complex(float(_of(real, float, int)), float(_of(imag, float, int)))


def _of(value: Any, *kinds: type) -> Any:
    """``value``, which must be of one of these very types."""
    if type(value) not in kinds:
        raise UnpicklingError(f"expected {' or '.join(k.__name__ for k in kinds)}, but got {type(value).__name__}")
    return value


def _shown(value: Any) -> str:
    return value.text if isinstance(value, Name) else repr(value)[:80]


_TABLE: dict[str, Any] = {
    "collections.OrderedDict": _ordered_dict,
    "collections.Counter": _counter,
    "builtins.set": _set,
    "builtins.bytearray": _bytearray,
    "builtins.complex": _complex,
    "_codecs.encode": _encoded,
    "torch.Size": _size,
    "torch.device": lambda *where: CPU,  # whatever it was there
    "torch._utils._rebuild_tensor": _tensor,
    "torch._utils._rebuild_tensor_v2": _tensor_v2,
    "torch._utils._rebuild_tensor_v3": _tensor_v3,
    "torch._utils._rebuild_parameter": _parameter,
    "torch._utils._rebuild_parameter_with_state": _parameter,
    "torch._tensor._rebuild_from_type_v2": _from_type,
}
_ONLY_NAMED = {"torch.Tensor", "torch.nn.parameter.Parameter", "torch.storage.UntypedStorage"}
_ONLY_NAMED |= {f"torch.{storage}" for storage in STORAGES}
_DTYPES = {f"torch.{d.name}": d for d in dtypes.ALL}


def lookup(module: str, name: str) -> Any:
    """What a pickle means by a name: one of the table's functions, a dtype, or a class that is only named."""
    if module == "__builtin__":  # Python 2's name, which pickles of protocol 2 still have
        module = "builtins"
    text = f"{module}.{name}"
    if text in _TABLE:
        return Name(text, _TABLE[text])
    if text in _DTYPES:
        return _DTYPES[text]
    if text in _ONLY_NAMED:
        return Name(text)
    advice = "Save the state_dict() of a model or optimizer, not the object itself."
    if module == "torch" and (name.endswith("Storage") or name in ("bfloat16",) or name.startswith("float8")):
        advice = "minitorch has no such dtype: convert the tensors in PyTorch first, with .float() for one."
    elif module.startswith("numpy"):
        advice = "NumPy's own objects are not admitted: save tensors, as in torch.from_numpy(array), or Python numbers."
    raise UnpicklingError(
        f"Weights only load failed. Unsupported global: GLOBAL {text} was not an allowed global by default. A file is "
        f"data here and nothing in it is run: only tensors and plain containers are admitted. {advice}"
    )
