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
