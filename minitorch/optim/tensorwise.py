"""TensorwiseOptimizer: the base of the optimizers whose rule looks at each parameter as a whole."""

from collections.abc import Callable
from typing import Any

from minitorch.core.dtypes import Array
from minitorch.optim.optimizer import Group, Optimizer


class TensorwiseOptimizer(Optimizer):
    """An optimizer that updates one tensor at a time, where norms or products of the whole tensor count."""

    def _update(self, group: Group, x: Array, g: Array, entry: dict[str, Any]) -> None:
        """Updates the parameter ``x`` in place, given its gradient, and its state."""
        raise NotImplementedError

    def _check_group(self, group: Group) -> None:
        if any(p.array.dtype.kind == "c" for p in group["params"]):
            raise RuntimeError(f"{type(self).__name__} does not support complex parameters")

    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Updates the parameters that have gradients. ``closure`` computes those and the loss anew, and returns it."""
        loss = self._evaluate(closure)
        for group in self.param_groups:
            for p in group["params"]:
                if p.grad is not None:
                    g = p.grad.array
                    self._update(group, p.array, -g if group.get("maximize") else g, self.state[p])
                    p._bump()
        return loss
