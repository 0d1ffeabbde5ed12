"""Padding layers: more elements at the edges of the last one to three dimensions."""

from __future__ import annotations

from typing import Literal

from minitorch.core.tensor import Tensor
from minitorch.nn import functional as F
from minitorch.nn.common_types import ntuple
from minitorch.nn.module import Module

Sides1 = int | tuple[int, int]
Sides2 = int | tuple[int, int, int, int]
Sides3 = int | tuple[int, int, int, int, int, int]


class _Pad(Module):
    """Pads the last ``_n`` dimensions; ``padding`` is (left, right, top, bottom, ...) or one number for all sides."""

    _n: int
    _mode: Literal["constant", "reflect", "replicate", "circular"] = "constant"
    padding: tuple[int, ...]
    value: float | None = None

    def _set_padding(self, padding: int | tuple[int, ...]) -> None:
        self.padding = ntuple(padding, 2 * self._n)

    def forward(self, input: Tensor) -> Tensor:
        """(N, C, *) or (C, *), to the same with larger last dimensions."""
        if self._mode == "circular" and input.dim() - self._n not in (1, 2):
            raise ValueError(f"expected {self._n + 1}D or {self._n + 2}D input (got {input.dim()}D input)")
        return F.pad(input, self.padding, self._mode, self.value)

    def extra_repr(self) -> str:
        return f"{self.padding}"


class _Pad1d(_Pad):
    _n = 1

    def __init__(self, padding: Sides1) -> None:
        super().__init__()
        self._set_padding(padding)


class _Pad2d(_Pad):
    _n = 2

    def __init__(self, padding: Sides2) -> None:
        super().__init__()
        self._set_padding(padding)


class _Pad3d(_Pad):
    _n = 3

    def __init__(self, padding: Sides3) -> None:
        super().__init__()
        self._set_padding(padding)


class _ConstantPad(_Pad):
    def extra_repr(self) -> str:
        return f"padding={self.padding}, value={self.value}"


class ConstantPad1d(_ConstantPad):
    """Pads the last dimension with ``value``.

    >>> import minitorch as torch
    >>> torch.nn.ConstantPad1d((1, 2), 9.0)(torch.zeros(1, 2))
    tensor([[9., 0., 0., 9., 9.]])
    """

    _n = 1

    def __init__(self, padding: Sides1, value: float) -> None:
        super().__init__()
        self._set_padding(padding)
        self.value = value


class ConstantPad2d(_ConstantPad):
    """Pads the last two dimensions with ``value``."""

    _n = 2

    def __init__(self, padding: Sides2, value: float) -> None:
        super().__init__()
        self._set_padding(padding)
        self.value = value


class ConstantPad3d(_ConstantPad):
    """Pads the last three dimensions with ``value``."""

    _n = 3

    def __init__(self, padding: Sides3, value: float) -> None:
        super().__init__()
        self._set_padding(padding)
        self.value = value


class ZeroPad1d(_Pad1d):
    """Pads the last dimension with zeros."""

    value = 0.0


class ZeroPad2d(_Pad2d):
    """Pads the last two dimensions with zeros."""

    value = 0.0


class ZeroPad3d(_Pad3d):
    """Pads the last three dimensions with zeros."""

    value = 0.0


class ReflectionPad1d(_Pad1d):
    """Pads the last dimension with its mirror image, the edge itself not repeated."""

    _mode = "reflect"


class ReflectionPad2d(_Pad2d):
    """Pads the last two dimensions with their mirror image, the edge itself not repeated."""

    _mode = "reflect"


class ReflectionPad3d(_Pad3d):
    """Pads the last three dimensions with their mirror image, the edge itself not repeated."""

    _mode = "reflect"


class ReplicationPad1d(_Pad1d):
    """Pads the last dimension by repeating its edge."""

    _mode = "replicate"


class ReplicationPad2d(_Pad2d):
    """Pads the last two dimensions by repeating their edge."""

    _mode = "replicate"


class ReplicationPad3d(_Pad3d):
    """Pads the last three dimensions by repeating their edge."""

    _mode = "replicate"


class CircularPad1d(_Pad1d):
    """Pads the last dimension from its other end.

    >>> import minitorch as torch
    >>> torch.nn.CircularPad1d(1)(torch.tensor([[1.0, 2.0, 3.0]]))
    tensor([[3., 1., 2., 3., 1.]])
    """

    _mode = "circular"


class CircularPad2d(_Pad2d):
    """Pads the last two dimensions from their other end."""

    _mode = "circular"


class CircularPad3d(_Pad3d):
    """Pads the last three dimensions from their other end."""

    _mode = "circular"
