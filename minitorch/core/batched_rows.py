"""The operations between one level and the next, recorded like any other: into a vmap and out of it, sums and spreads.

Each is linear, and stands beside its adjoint.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from minitorch.core.batched import levels_of, put, take
from minitorch.core.batched_levels import BatchedDType, Level
from minitorch.core.primitive import primitive, same
from minitorch.core.tensor import Tensor

# The samples along the first dimension <-> one sample to look at.
enter: Any = primitive(
    "AddBatchDim",
    lambda x, *, level: put(x, level),
    prepare=same,
    view=True,
    x=lambda g, level: leave(g, level=level),
)
leave: Any = primitive(
    "RemoveBatchDim",
    lambda x, *, level: take(x, level),
    prepare=same,
    view=True,
    x=lambda g, level: enter(g, level=level),
)
# The same for all samples <-> the sum over them. (The engine takes the gradient to the input's levels.)
spread_samples: Any = primitive(
    "SpreadBatch",
    lambda x, *, level: put(np.broadcast_to(x, (level.size, *x.shape)), level),
    prepare=same,
    x=lambda g: g,
)
sum_samples: Any = primitive(
    "SumBatch", lambda x, *, level: np.sum(take(x, level), axis=0), prepare=same, x=lambda g: g
)


def fit_levels(g: Any, dtype: Any) -> Any:
    """A gradient on the levels of its input, whose dtype is given: summed over levels that the input is not on.

    A vmap that is still running is left alone: what asks for the gradient is inside it, and wants each sample's own.
    """
    have = levels_of(g.array if isinstance(g, Tensor) else g)
    want: tuple[Level, ...] = dtype.levels if type(dtype) is BatchedDType else ()
    for level in want:
        if level not in have:
            g = spread_samples(g, level=level)
    for level in have:
        if level not in want and not level.active:
            g = sum_samples(g, level=level)
    return g
