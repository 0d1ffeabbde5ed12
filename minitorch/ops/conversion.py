"""Conversions: a tensor as another dtype, as an ndarray, as Python numbers; copies and pickles."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from minitorch.core import dtypes
from minitorch.core.batched import is_batched
from minitorch.core.batched_levels import CONTROL_FLOW, Unbatchable
from minitorch.core.recording import truth, values
from minitorch.core.tensor import Tensor, device, wrap
from minitorch.core.watch import tell, watchers
from minitorch.ops import arithmetic

# --- Python and NumPy ------------------------------------------------------------------------------------------------


def numpy(self: Tensor, *, force: bool = False) -> Any:
    """The ndarray itself, sharing memory. A tensor that requires grad refuses, since the graph would be lost."""
    if force:
        return values(self.detach())
    if self.requires_grad:
        raise RuntimeError("Can't call numpy() on Tensor that requires grad. Use tensor.detach().numpy() instead.")
    return values(self)


def as_array(self: Tensor, dtype: Any = None, copy: bool | None = None) -> Any:
    """``np.asarray(t)``: the ndarray, which a tensor that requires grad refuses to give."""
    array = numpy(self)
    if dtype is not None and array.dtype != dtype:
        if copy is False:
            raise ValueError("a copy is needed to change the dtype")
        return array.astype(dtype)
    return array.copy() if copy else array


def dlpack(self: Tensor, **options: Any) -> Any:
    """The DLPack capsule by which other libraries share the memory."""
    return numpy(self).__dlpack__(**options)


def dlpack_device(self: Tensor) -> tuple[int, int]:
    """Where DLPack finds the memory: the CPU."""
    return (1, 0)


def item(self: Tensor) -> Any:
    """The one element, as a Python number."""
    if self.array.size != 1:
        raise RuntimeError(f"a Tensor with {self.array.size} elements cannot be converted to Scalar")
    if watchers and self._requires_grad:
        tell("cut", self, "item")
    return values(self).item()


def tolist(self: Tensor) -> Any:
    """The elements as nested lists of Python numbers."""
    if watchers and self._requires_grad:
        tell("cut", self, "tolist")
    return values(self).tolist()


def as_bool(self: Tensor) -> bool:
    """``bool(t)``: the truth of the one element."""
    if self.array.size != 1:
        if self.array.size == 0:
            raise RuntimeError("Boolean value of Tensor with no values is ambiguous")
        raise RuntimeError(
            "Boolean value of Tensor with more than one value is ambiguous: use .any(), .all() or `is not None`"
        )
    if is_batched(self.array):
        raise Unbatchable(CONTROL_FLOW)
    return truth(self)


def is_nonzero(input: Tensor) -> bool:
    """Whether the one element is not zero (``torch.is_nonzero``)."""
    return as_bool(input)


def _scalar(self: Tensor) -> Any:
    if self.array.size != 1:
        raise ValueError(f"only one element tensors can be converted to Python scalars: this one has {self.array.size}")
    if watchers and self._requires_grad:
        tell("cut", self, "item")
    return values(self).item()


def as_float(self: Tensor) -> float:
    """``float(t)``."""
    return float(_scalar(self))


def as_int(self: Tensor) -> int:
    """``int(t)``."""
    return int(_scalar(self))


def as_complex(self: Tensor) -> complex:
    """``complex(t)``."""
    return complex(_scalar(self))


def as_index(self: Tensor) -> int:
    """The one element of a whole-number tensor, as an index of Python sequences."""
    if self.array.size != 1 or self.array.dtype.kind not in "iub":
        raise TypeError("only integer tensors of a single element can be converted to an index")
    return int(values(self).item())


def formatted(self: Tensor, spec: str) -> str:
    """``f"{t:.3f}"``: the one element so formatted."""
    if self.array.ndim == 0:
        return format(values(self).item(), spec)
    return object.__format__(self, spec) if spec else repr(self)


# --- Dtypes ----------------------------------------------------------------------------------------------------------


def to(
    self: Tensor,
    *args: Any,
    dtype: Any = None,
    device: Any = None,
    non_blocking: bool = False,
    copy: bool = False,
    memory_format: Any = None,
) -> Tensor:
    """The tensor in another dtype; itself when nothing changes (``Tensor.to``)."""
    for arg in args:
        if isinstance(arg, dtypes.dtype):
            dtype = arg
        elif isinstance(arg, Tensor):
            dtype = arg.dtype
        elif isinstance(arg, bool):
            continue
        elif arg is not None:
            device = arg
    if device is not None:
        check_device(device)
    wanted = self.array.dtype if dtype is None else dtypes.as_numpy(dtype)
    if wanted == self.array.dtype:
        return arithmetic.copy(self) if copy else self
    return arithmetic.cast(self, dtype=wanted)


def check_device(where: Any) -> None:
    """Raises for any device but the CPU."""
    device(where)


def converter(dtype: dtypes.dtype) -> Callable[..., Tensor]:
    """The method that converts to one dtype: ``Tensor.float`` and its kin."""

    def convert(self: Tensor, memory_format: Any = None) -> Tensor:
        return self if self.array.dtype == dtype.numpy else arithmetic.cast(self, dtype=dtype.numpy)

    convert.__doc__ = f"The tensor as {dtype}."
    return convert


def type(self: Tensor, dtype: Any = None, non_blocking: bool = False) -> Any:
    """The name of its type, or the tensor in another dtype (``Tensor.type``)."""
    if isinstance(dtype, str):
        found = next((d for d in dtypes.ALL if dtype in (str(d), f"torch.{d.alias}Tensor")), None)
        if found is None:
            raise ValueError(f"invalid type: '{dtype}'")
        dtype = found
    return f"torch.{self.dtype.alias}Tensor" if dtype is None else to(self, dtype=dtype)


def type_as(self: Tensor, other: Tensor) -> Tensor:
    """The tensor in the dtype of ``other``."""
    return to(self, dtype=other.dtype)


def cpu(self: Tensor, memory_format: Any = None) -> Tensor:
    """The tensor itself: it is on the CPU."""
    return self


def cuda(self: Tensor, *args: Any, **kwargs: Any) -> Tensor:
    """Always raises: there is only the CPU."""
    raise RuntimeError("minitorch computes on the CPU only: there is no .cuda(). Remove the call, or use .to('cpu').")


def result_type(tensor1: Any, tensor2: Any) -> dtypes.dtype:
    """The dtype of an arithmetic operation on two tensors or numbers (``torch.result_type``).

    >>> import minitorch
    >>> minitorch.result_type(minitorch.tensor([1, 2]), 1.5)
    torch.float32
    """
    return dtypes.of(dtypes.result_numpy(*(x.array if isinstance(x, Tensor) else x for x in (tensor1, tensor2))))


def is_floating_point(input: Tensor) -> bool:
    """Whether its dtype is a floating one (``torch.is_floating_point``)."""
    return input.array.dtype.kind == "f"


def is_complex(input: Tensor) -> bool:
    """Whether its dtype is a complex one (``torch.is_complex``)."""
    return input.array.dtype.kind == "c"


def is_signed(self: Tensor) -> bool:
    """Whether its dtype has negative numbers (``Tensor.is_signed``)."""
    return self.array.dtype.kind not in "bu"


class finfo:
    """The limits of a floating dtype (``torch.finfo``).

    >>> import minitorch
    >>> minitorch.finfo(minitorch.float32).eps
    1.1920928955078125e-07
    """

    def __init__(self, type: dtypes.dtype | None = None) -> None:
        of = dtypes.get_default_dtype() if type is None else type
        if of.numpy.kind not in "fc":
            raise TypeError(f"torch.finfo() requires a floating point input type. Use torch.iinfo to handle '{of}'")
        info = np.finfo(of.numpy)
        self.dtype = str(dtypes.of(np.dtype(info.dtype))).removeprefix("torch.")
        self.bits = int(info.bits)
        self.eps, self.max, self.min = float(info.eps), float(info.max), float(info.min)
        self.tiny = self.smallest_normal = float(info.tiny)
        self.resolution = 10.0**-info.precision  # of the decimal digits that survive

    def __repr__(self) -> str:
        return (
            f"finfo(resolution={self.resolution:g}, min={self.min:g}, max={self.max:g}, eps={self.eps:g}, "
            f"smallest_normal={self.smallest_normal:g}, tiny={self.tiny:g}, dtype={self.dtype})"
        )


class iinfo:
    """The limits of a whole-number dtype (``torch.iinfo``).

    >>> import minitorch
    >>> minitorch.iinfo(minitorch.int8).max
    127
    """

    def __init__(self, type: dtypes.dtype) -> None:
        if type.numpy.kind not in "iu":
            raise TypeError(f"torch.iinfo() requires an integer input type. Use torch.finfo to handle '{type}'")
        info = np.iinfo(type.numpy)
        self.dtype = type.name
        self.bits, self.max, self.min = int(info.bits), int(info.max), int(info.min)

    def __repr__(self) -> str:
        return f"iinfo(min={self.min}, max={self.max}, dtype={self.dtype})"


# --- Copies ----------------------------------------------------------------------------------------------------------


def clone(input: Tensor, *, memory_format: Any = None) -> Tensor:
    """A copy with its own memory, through which gradients flow (``torch.clone``)."""
    return arithmetic.copy(input)


def deepcopy(self: Tensor, memo: dict[int, Any]) -> Tensor:
    """``copy.deepcopy(t)``: a leaf with the same values, gradient and attributes."""
    if not self.is_leaf:
        raise RuntimeError(
            "Only Tensors created explicitly by the user (graph leaves) support the deepcopy protocol at the moment. "
            "If you were attempting to deepcopy a module, this may be because of an intermediate result kept in it: "
            "detach() or clone() it."
        )
    known: Tensor | None = memo.get(id(self))
    if known is not None:
        return known
    out = wrap(self.array.copy())
    if self.__class__ is not Tensor:
        out.__class__ = self.__class__
    memo[id(self)] = out
    out._requires_grad = self._requires_grad
    if self._grad is not None:
        out._grad = deepcopy(self._grad, memo)
    if self.__dict__:
        import copy

        out.__dict__.update(copy.deepcopy(self.__dict__, memo))
    return out


def _rebuild(kind: Any, array: Any, requires_grad: bool, extra: dict[str, Any]) -> Tensor:
    out = wrap(array)
    out.__class__ = kind
    out._requires_grad = requires_grad
    out.__dict__.update(extra)
    return out


def reduced(self: Tensor, protocol: Any) -> Any:
    """How a leaf is pickled: its array, whether it requires grad, its attributes."""
    if not self.is_leaf:
        raise RuntimeError("Only leaf tensors can be pickled: detach() the result of an operation first")
    return _rebuild, (self.__class__, self.array, self._requires_grad, self.__dict__)
