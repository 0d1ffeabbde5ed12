"""Pruning methods: each says which elements of a tensor a mask takes out. ``prune.py`` applies them by name."""

from __future__ import annotations

import math
import numbers
from typing import Any

from minitorch.core.tensor import Tensor
from minitorch.nn.module import Module
from minitorch.nn.utils.prune_base import BasePruningMethod
from minitorch.ops.random import rand, rand_like


class Identity(BasePruningMethod):
    """Prunes nothing: a mask of ones, to be changed by hand or to hold the place."""

    PRUNING_TYPE = "unstructured"

    def compute_mask(self, t: Tensor, default_mask: Tensor) -> Tensor:
        """The mask as it was."""
        return default_mask


class _OfAmount(BasePruningMethod):
    """Prunes a number of elements, or a part of them."""

    amount: Any

    def __init__(self, amount: Any) -> None:
        if not isinstance(amount, numbers.Real):
            raise TypeError(f"Invalid type for amount: {amount}. Must be int or float.")
        most: Any = math.inf if isinstance(amount, numbers.Integral) else 1
        if not 0 <= float(amount) <= most:
            raise ValueError(f"amount={amount} should either be a float in the range [0, 1] or a non-negative integer")
        self.amount = amount

    def _count(self, size: int) -> int:
        n = int(self.amount) if isinstance(self.amount, numbers.Integral) else round(self.amount * size)
        if n > size:
            raise ValueError(f"amount={n} should be smaller than the number of parameters to prune={size}")
        return n


class RandomUnstructured(_OfAmount):
    """Prunes elements at random.

    Args:
        amount: how many, or, as a float, which part of them.
    """

    PRUNING_TYPE = "unstructured"

    def compute_mask(self, t: Tensor, default_mask: Tensor) -> Tensor:
        """The mask without the elements drawn."""
        return _without_top(default_mask, lambda: rand_like(t), self._count(t.numel()), largest=True)

    @classmethod
    def apply(cls, module: Module, name: str, amount: float) -> Any:  # type: ignore[override]
        """Prune ``module.<name>`` so."""
        return super().apply(module, name, amount=amount)


class L1Unstructured(_OfAmount):
    """Prunes the elements with the smallest absolute values.

    Args:
        amount: how many, or, as a float, which part of them.
    """

    PRUNING_TYPE = "unstructured"

    def compute_mask(self, t: Tensor, default_mask: Tensor) -> Tensor:
        """The mask without the smallest elements."""
        return _without_top(default_mask, t.abs, self._count(t.numel()), largest=False)

    @classmethod
    def apply(cls, module: Module, name: str, amount: float, importance_scores: Tensor | None = None) -> Any:  # type: ignore[override]
        """Prune ``module.<name>`` so, by its own values or by ``importance_scores``."""
        return super().apply(module, name, amount=amount, importance_scores=importance_scores)


class _Structured(_OfAmount):
    """Prunes whole slices along a dimension."""

    PRUNING_TYPE = "structured"
    dim: int

    def _slices(self, t: Tensor) -> tuple[int, int]:
        """How many slices there are, and how many to prune."""
        if t.dim() <= 1:
            raise ValueError(
                "Structured pruning can only be applied to multidimensional tensors. Found tensor of shape "
                f"{t.shape} with {t.dim()} dims"
            )
        if self.dim >= t.dim():
            raise IndexError(f"Invalid index {self.dim} for tensor of size {t.shape}")
        return t.shape[self.dim], self._count(t.shape[self.dim])

    def _keep(self, t: Tensor, default_mask: Tensor, which: Any) -> Tensor:
        mask = t.detach().new_zeros(t.shape)
        place: list[Any] = [slice(None)] * t.dim()
        place[self.dim] = which
        mask[tuple(place)] = 1
        return mask * default_mask.to(mask.dtype)


class RandomStructured(_Structured):
    """Prunes slices along a dimension at random.

    Args:
        amount: how many, or, as a float, which part of them.
        dim: the dimension.
    """

    def __init__(self, amount: float, dim: int = -1) -> None:
        super().__init__(amount)
        self.dim = dim

    def compute_mask(self, t: Tensor, default_mask: Tensor) -> Tensor:
        """The mask without the slices drawn."""
        slices, n = self._slices(t)
        if n == 0:
            return default_mask
        drawn = rand(slices)
        return self._keep(t, default_mask, drawn > drawn.kthvalue(n).values)

    @classmethod
    def apply(cls, module: Module, name: str, amount: float, dim: int = -1) -> Any:  # type: ignore[override]
        """Prune ``module.<name>`` so."""
        return super().apply(module, name, amount=amount, dim=dim)


class LnStructured(_Structured):
    """Prunes the slices along a dimension that have the smallest norms.

    Args:
        amount: how many, or, as a float, which part of them.
        n: p of the norm: a number, inf, -inf, "fro" or "nuc".
        dim: the dimension.
    """

    def __init__(self, amount: float, n: Any, dim: int = -1) -> None:
        super().__init__(amount)
        self.n = n
        self.dim = dim

    def compute_mask(self, t: Tensor, default_mask: Tensor) -> Tensor:
        """The mask without the smallest slices."""
        slices, n = self._slices(t)
        others = [d for d in range(t.dim()) if d != self.dim % t.dim()]
        kept = t.detach().norm(p=self.n, dim=others).topk(slices - n, largest=True).indices
        return default_mask if n == 0 else self._keep(t, default_mask, kept)

    @classmethod
    def apply(  # type: ignore[override]
        cls, module: Module, name: str, amount: float, n: Any, dim: int, importance_scores: Tensor | None = None
    ) -> Any:
        """Prune ``module.<name>`` so, by its own values or by ``importance_scores``."""
        return super().apply(module, name, amount=amount, n=n, dim=dim, importance_scores=importance_scores)


class CustomFromMask(BasePruningMethod):
    """Prunes what a given mask has zeros for."""

    PRUNING_TYPE = "global"

    def __init__(self, mask: Tensor) -> None:
        self.mask = mask

    def compute_mask(self, t: Tensor, default_mask: Tensor) -> Tensor:
        """Both masks at once."""
        if default_mask.shape != self.mask.shape:
            raise AssertionError(
                f"default_mask shape {default_mask.shape} must match self.mask shape {self.mask.shape}"
            )
        return default_mask * self.mask.to(default_mask.dtype)

    @classmethod
    def apply(cls, module: Module, name: str, mask: Tensor) -> Any:  # type: ignore[override]
        """Prune ``module.<name>`` so."""
        return super().apply(module, name, mask=mask)


def _without_top(mask: Tensor, scores: Any, n: int, largest: bool) -> Tensor:
    mask = mask.clone()
    if n:
        mask.view(-1)[scores().detach().reshape(-1).topk(n, largest=largest).indices] = 0
    return mask
