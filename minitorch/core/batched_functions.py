"""NumPy's functions on batched arrays: by the rule of the function; one that has none runs sample by sample."""

from __future__ import annotations

from typing import Any

import numpy as np

from minitorch.core import batched_axes, batched_several, batched_shapes  # noqa: F401  (they fill the table)
from minitorch.core.batched_fallback import by_sample
from minitorch.core.batched_levels import plain_dtype
from minitorch.core.batched_rules import RULES


def apply(function: Any, args: Any, kwargs: Any) -> Any:
    """``function(*args, **kwargs)``, some of the arguments batched."""
    if kwargs.get("out") is not None:
        kwargs = dict(kwargs)
        out = kwargs.pop("out")
        np.copyto(out, function(*args, **kwargs), casting="same_kind")
        return out
    if "dtype" in kwargs:
        kwargs = {**kwargs, "dtype": plain_dtype(kwargs["dtype"])}
    rule = RULES.get(function)
    return by_sample(function, *args, **kwargs) if rule is None else rule(*args, **kwargs)
