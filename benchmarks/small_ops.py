"""Small operations, one by one: 8x8 matrices, recorded, forward and backward. What is measured is mostly overhead."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks.measure import Step

Operation = Callable[[Any, Any, Any], Any]  # of the module and two matrices

OPERATIONS: dict[str, Operation] = {
    "a + b": lambda torch, a, b: a + b,
    "a - 1": lambda torch, a, b: a - 1.0,
    "a * b": lambda torch, a, b: a * b,
    "a / b": lambda torch, a, b: a / b,
    "-a": lambda torch, a, b: -a,
    "a ** 2": lambda torch, a, b: a**2,
    "a @ b": lambda torch, a, b: a @ b,
    "a @ vector": lambda torch, a, b: a @ b[0],
    "exp": lambda torch, a, b: a.exp(),
    "log": lambda torch, a, b: a.log(),
    "sqrt": lambda torch, a, b: a.sqrt(),
    "tanh": lambda torch, a, b: a.tanh(),
    "sigmoid": lambda torch, a, b: a.sigmoid(),
    "relu": lambda torch, a, b: a.relu(),
    "abs": lambda torch, a, b: a.abs(),
    "clamp": lambda torch, a, b: a.clamp(0.5, 1.5),
    "maximum": lambda torch, a, b: torch.maximum(a, b),
    "where": lambda torch, a, b: torch.where(a > b, a, b),
    "sum": lambda torch, a, b: a.sum(),
    "sum of a dim": lambda torch, a, b: a.sum(1),
    "mean": lambda torch, a, b: a.mean(),
    "max of a dim": lambda torch, a, b: a.max(1).values,
    "var": lambda torch, a, b: a.var(1),
    "softmax": lambda torch, a, b: a.softmax(1),
    "log_softmax": lambda torch, a, b: a.log_softmax(1),
    "logsumexp": lambda torch, a, b: a.logsumexp(1),
    "reshape": lambda torch, a, b: a.reshape(4, 16),
    "transpose": lambda torch, a, b: a.transpose(0, 1),
    "a[2:5]": lambda torch, a, b: a[2:5],
    "cat": lambda torch, a, b: torch.cat([a, b]),
    "stack": lambda torch, a, b: torch.stack([a, b]),
    "linear": lambda torch, a, b: torch.nn.functional.linear(a, b),
}


def step_of(torch: Any, operation: Operation) -> Step:
    """Forward and backward of one operation, with a gradient of ones."""
    rng = np.random.default_rng(0)
    a, b = (torch.from_numpy(rng.uniform(0.5, 2, (8, 8)).astype(np.float32)).requires_grad_() for _ in range(2))
    g = torch.ones_like(operation(torch, a, b)).detach()

    def step() -> Any:
        operation(torch, a, b).backward(g)
        a.grad = b.grad = None

    return step
