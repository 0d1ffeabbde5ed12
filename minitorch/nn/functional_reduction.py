"""How losses end: "mean", "sum" or "none" over the elements, and the deprecated arguments that meant the same."""

from __future__ import annotations

import difflib
import warnings

from minitorch.core.tensor import Tensor
from minitorch.nn.common_types import Reduction

REDUCTIONS = ("none", "mean", "sum")


def legacy_reduction(size_average: bool | None, reduce: bool | None, reduction: Reduction) -> Reduction:
    """``reduction``, or what the deprecated ``size_average`` and ``reduce`` stand for if either is given."""
    if size_average is None and reduce is None:
        return reduction
    found: Reduction = "none"
    if reduce is None or reduce:
        found = "mean" if size_average is None or size_average else "sum"
    warnings.warn(
        f"size_average and reduce args will be deprecated, please use reduction='{found}' instead.", stacklevel=3
    )
    return found


def check_reduction(reduction: str, known: tuple[str, ...] = REDUCTIONS) -> None:
    """ValueError for an unknown reduction, naming the nearest known one."""
    if reduction not in known:
        near = difflib.get_close_matches(str(reduction), known, n=1)
        hint = f"did you mean '{near[0]}'?" if near else f"expected one of {', '.join(known)}"
        raise ValueError(f"{reduction} is not a valid value for reduction; {hint}")


def reduced(loss: Tensor, reduction: str) -> Tensor:
    """The mean, the sum or the elements themselves."""
    if reduction == "mean":
        return loss.mean()
    if reduction == "sum":
        return loss.sum()
    check_reduction(reduction)
    return loss
