"""``Parameter`` and ``Buffer``: tensors that a module registers when they are assigned to it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from minitorch.core import dtypes
from minitorch.core.tensor import Tensor, wrap
from minitorch.core.tensor import device as Device


class _Owned(Tensor):
    """A tensor on the memory of another, as a leaf of its own."""

    def _share(self, data: Tensor | None, kind: str) -> None:
        if data is None:
            data = empty()
        if not isinstance(data, Tensor):
            raise TypeError(
                f"{kind} takes a Tensor, but got {type(data).__name__}: make one first, as in "
                f"{kind}(minitorch.tensor(data))"
            )
        self.array = data.array
        self._counter = data._counter

    def _copy_into(self, result: Any, memo: dict[int, Any]) -> Any:
        memo[id(self)] = result
        result.__dict__.update(self.__dict__)
        return result


class Parameter(_Owned):
    """A tensor that a module trains: assigned to one, it appears in ``parameters()`` and in ``state_dict()``.

    Args:
        data: a Tensor, whose memory is shared; empty if left out.
        requires_grad: whether gradients are recorded; False freezes it.

    Raises:
        TypeError: ``data`` is not a Tensor.
        RuntimeError: gradients are wanted for an integer tensor.

    >>> import minitorch as torch
    >>> torch.nn.Parameter(torch.ones(2))
    Parameter containing:
    tensor([1., 1.], requires_grad=True)
    """

    def __init__(self, data: Tensor | None = None, requires_grad: bool = True) -> None:
        self._share(data, "Parameter")
        if requires_grad and self.array.dtype.kind not in "fc":
            raise RuntimeError(
                f"Only Tensors of floating point and complex dtype can require gradients, got {self.dtype}: convert it "
                "with .float(), or pass requires_grad=False"
            )
        self.requires_grad = requires_grad

    def __repr__(self) -> str:
        return f"Parameter containing:\n{super().__repr__()}"

    def __deepcopy__(self, memo: dict[int, Any]) -> Parameter:
        if id(self) in memo:
            return memo[id(self)]  # type: ignore[no-any-return]
        copied = type(self)(wrap(self.array.copy()), self.requires_grad)
        return self._copy_into(copied, memo)  # type: ignore[no-any-return]

    def __reduce_ex__(self, protocol: Any) -> tuple[Any, ...]:
        return _rebuild, (type(self), self.data, {"requires_grad": self.requires_grad}, dict(self.__dict__))


class Buffer(_Owned):
    """A tensor that belongs to a module's state without being trained, as a running mean does.

    Args:
        data: a Tensor, whose memory is shared; empty if left out.
        persistent: whether ``state_dict()`` has it.

    Raises:
        TypeError: ``data`` is not a Tensor.

    >>> import minitorch as torch
    >>> module = torch.nn.Module()
    >>> module.count = torch.nn.Buffer(torch.zeros(1))
    >>> module.state_dict()["count"]
    tensor([0.])
    """

    persistent: bool

    def __init__(self, data: Tensor | None = None, *, persistent: bool = True) -> None:
        self._share(data, "Buffer")
        self.requires_grad = data is not None and data.requires_grad
        self.persistent = persistent

    def __deepcopy__(self, memo: dict[int, Any]) -> Buffer:
        if id(self) in memo:
            return memo[id(self)]  # type: ignore[no-any-return]
        copied = type(self)(wrap(self.array.copy()), persistent=self.persistent)
        copied.requires_grad = self.requires_grad
        return self._copy_into(copied, memo)  # type: ignore[no-any-return]

    def __reduce_ex__(self, protocol: Any) -> tuple[Any, ...]:
        return _rebuild, (type(self), self.data, {"persistent": self.persistent}, dict(self.__dict__))


class UninitializedTensorMixin(Tensor):
    """What a lazy module's parameters and buffers are before their shape is known: only a dtype.

    ``materialize`` gives one its shape and makes it an ordinary one; until then every use raises ValueError.
    """

    cls_to_become: type

    def __init__(self, requires_grad: bool, device: Any = None, dtype: dtypes.dtype | None = None) -> None:
        if device is not None:
            Device(device)
        self.__dict__["_dtype"] = dtype or dtypes.get_default_dtype()
        self._requires_grad = requires_grad

    @property
    def array(self) -> Any:  # type: ignore[override]
        raise ValueError(
            "Attempted to use an uninitialized parameter or buffer of a lazy module: call the module on a first batch, "
            "which tells it the shapes"
        )

    @property
    def shape(self) -> Any:
        raise RuntimeError(
            "Can't access the shape of an uninitialized parameter or buffer. It is known after the lazy module's first "
            "call; load_state_dict cannot copy it into an initialized one before"
        )

    @property
    def dtype(self) -> dtypes.dtype:
        return self.__dict__["_dtype"]  # type: ignore[no-any-return]

    @property
    def requires_grad(self) -> bool:
        return self._requires_grad

    @requires_grad.setter
    def requires_grad(self, value: bool) -> None:
        self._requires_grad = bool(value)

    @property
    def data(self) -> Any:
        return self

    @data.setter
    def data(self, value: Any) -> None:  # what Module.to() and its kin do: only the dtype can change
        self.__dict__["_dtype"] = value.dtype

    def materialize(self, shape: Sequence[int], device: Any = None, dtype: dtypes.dtype | None = None) -> None:
        """Become an ordinary parameter or buffer with a shape, uninitialised values, and the dtype given before."""
        made = empty(*shape, device=device, dtype=dtype or self.dtype)
        del self.__dict__["_dtype"]
        self.__class__ = self.cls_to_become
        self.array = made.array  # type: ignore[misc]

    def detach(self) -> Any:
        return self

    def is_floating_point(self) -> bool:
        return self.dtype.is_floating_point

    def is_complex(self) -> bool:
        return self.dtype.is_complex

    def to(self, *args: Any, **kwargs: Any) -> Any:
        """The same with another dtype."""
        dtype = empty(0, dtype=self.dtype).to(*args, **kwargs).dtype
        return type(self)(self._requires_grad, dtype=dtype)

    def float(self, *args: Any, **kwargs: Any) -> Any:
        return self.to(dtypes.float32)

    def double(self, *args: Any, **kwargs: Any) -> Any:
        return self.to(dtypes.float64)

    def half(self, *args: Any, **kwargs: Any) -> Any:
        return self.to(dtypes.float16)

    def cpu(self, *args: Any, **kwargs: Any) -> Any:
        return self

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        return memo.setdefault(id(self), type(self)(self._requires_grad, dtype=self.dtype))

    def __reduce_ex__(self, protocol: Any) -> tuple[Any, ...]:
        return type(self), (self._requires_grad, None, self.dtype)


class UninitializedParameter(UninitializedTensorMixin, Parameter):
    """A lazy module's parameter whose shape is not known yet.

    >>> import minitorch as torch
    >>> weight = torch.nn.UninitializedParameter()
    >>> weight.materialize((2, 3))
    >>> type(weight).__name__, weight.shape
    ('Parameter', torch.Size([2, 3]))
    """

    cls_to_become = Parameter

    def __init__(self, requires_grad: bool = True, device: Any = None, dtype: dtypes.dtype | None = None) -> None:
        UninitializedTensorMixin.__init__(self, requires_grad, device, dtype)


class UninitializedBuffer(UninitializedTensorMixin, Buffer):
    """A lazy module's buffer whose shape is not known yet; it becomes a plain tensor."""

    cls_to_become = Tensor

    def __init__(
        self,
        requires_grad: bool = False,
        device: Any = None,
        dtype: dtypes.dtype | None = None,
        persistent: bool = True,
    ) -> None:
        UninitializedTensorMixin.__init__(self, requires_grad, device, dtype)
        self.persistent = persistent


def is_lazy(param: Any) -> bool:
    """Whether a parameter or buffer still waits for its shape."""
    return isinstance(param, UninitializedTensorMixin)


def _rebuild(kind: Any, data: Tensor, settings: dict[str, Any], attributes: dict[str, Any]) -> Any:
    """What a pickle calls to make a parameter or buffer again."""
    made = kind(data, **settings)
    made.__dict__.update(attributes)
    return made


def empty(*shape: int, device: Any = None, dtype: dtypes.dtype | None = None) -> Tensor:
    """An uninitialised tensor with a layer's ``device=`` and ``dtype=`` arguments; None is the default of each."""
    if device is not None:
        Device(device)  # refuses what is not the CPU
    return wrap(np.empty(shape, (dtype or dtypes.get_default_dtype()).numpy))


def empty_parameter(shape: Sequence[int], device: Any = None, dtype: dtypes.dtype | None = None) -> Parameter:
    """A parameter for a layer's ``reset_parameters`` to fill."""
    return Parameter(empty(*shape, device=device, dtype=dtype))
