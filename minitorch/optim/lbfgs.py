"""L-BFGS: a quasi-Newton method that remembers the last steps and changes of the gradient."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from minitorch.core.dtypes import Array
from minitorch.core.tensor import Tensor, wrap
from minitorch.optim.arguments import check, number
from minitorch.optim.line_search import Point, strong_wolfe
from minitorch.optim.optimizer import Optimizer, Params


@dataclass
class History:
    """The last steps s and the changes y of the gradient along them, with ρ = 1 / yᵀs, and the scale γ of H₀ = γI."""

    y: list[Array]
    s: list[Array]
    rho: list[Any]
    scale: Any = 1

    def remember(self, y: Array, s: Array, size: int) -> None:
        """Adds a step, if the curvature along it is positive; beyond ``size`` the oldest is forgotten."""
        ys = y.dot(s)
        if ys <= 1e-10:
            return
        if len(self.y) == size:
            for items in (self.y, self.s, self.rho):
                items.pop(0)
        self.y.append(y)
        self.s.append(s)
        self.rho.append(1.0 / ys)
        self.scale = ys / y.dot(y)

    def direction(self, g: Array) -> Array:
        """−Hg, by the two-loop recursion: Nocedal and Wright, "Numerical optimization", algorithm 7.4."""
        q = -g
        alphas = []
        for y, s, rho in zip(reversed(self.y), reversed(self.s), reversed(self.rho), strict=True):
            alpha = s.dot(q) * rho
            q -= alpha * y
            alphas.append(alpha)
        q *= self.scale
        for y, s, rho, alpha in zip(self.y, self.s, self.rho, reversed(alphas), strict=True):
            q += (alpha - y.dot(q) * rho) * s
        return q


class LBFGS(Optimizer):
    """L-BFGS of Liu and Nocedal (1989), as in PyTorch: ``step`` makes up to ``max_iter`` iterations.

    ``step`` must be given a closure that clears the gradients, computes the loss, calls its ``backward`` and returns
    it; it is called up to ``max_eval`` times (None: 5/4 of ``max_iter``). ``history_size`` steps are remembered.
    Iterations end when the largest gradient is at most ``tolerance_grad``, or the step or the change of the loss less
    than ``tolerance_change``. Steps have the length ``lr``, or one that meets the strong Wolfe conditions if
    ``line_search_fn`` is "strong_wolfe". All parameters are in one group.

    Raises ``ValueError`` for several groups and a negative ``lr``.

    >>> import minitorch as torch
    >>> w = torch.tensor([3.0, -2.0], requires_grad=True)
    >>> opt = torch.optim.LBFGS([w], line_search_fn="strong_wolfe")
    >>> def closure():
    ...     opt.zero_grad()
    ...     loss = ((w - 1) ** 4).sum() + (w[0] * w[1]) ** 2
    ...     loss.backward()
    ...     return loss
    >>> first = opt.step(closure)
    >>> closure() < first
    tensor(True)
    """

    def __init__(
        self,
        params: Params,
        lr: float | Tensor = 1,
        max_iter: int = 20,
        max_eval: int | None = None,
        tolerance_grad: float = 1e-7,
        tolerance_change: float = 1e-9,
        history_size: int = 100,
        line_search_fn: Literal["strong_wolfe"] | None = None,
    ) -> None:
        check("learning rate", lr)
        if line_search_fn not in (None, "strong_wolfe"):
            raise RuntimeError(f"only 'strong_wolfe' is supported as line_search_fn, got {line_search_fn!r}")
        defaults = {
            "lr": lr,
            "max_iter": max_iter,
            "max_eval": max_iter * 5 // 4 if max_eval is None else max_eval,
            "tolerance_grad": tolerance_grad,
            "tolerance_change": tolerance_change,
            "history_size": history_size,
            "line_search_fn": line_search_fn,
        }
        super().__init__(params, defaults)
        if len(self.param_groups) != 1:
            raise ValueError("LBFGS doesn't support per-parameter options (parameter groups)")

    def step(self, closure: Callable[[], Any]) -> Any:  # type: ignore[override]
        """Minimizes the closure's loss, and returns the one it began with."""
        if not callable(closure):
            raise TypeError(f"LBFGS needs step(closure), a function that computes the loss anew; got {closure!r}")
        group = self.param_groups[0]
        line = Line(group["params"], lambda: self._evaluate(closure))
        lr, least_change = number(group["lr"]), group["tolerance_change"]
        state = self.state[group["params"][0]]
        state.setdefault("func_evals", 0)
        state.setdefault("n_iter", 0)
        first = line.evaluate()
        loss, g = float(first), line.gradient()
        if np.abs(g).max() <= group["tolerance_grad"]:
            state["func_evals"] += line.count
            return first
        memory, d, t, g_before, loss_before = _load(state)
        for iteration in range(1, group["max_iter"] + 1):
            state["n_iter"] += 1
            if state["n_iter"] == 1:
                d, memory = -g, History([], [], [])
                t = min(1.0, 1.0 / np.abs(g).sum()) * lr
            else:
                memory.remember(g - g_before, d * t, group["history_size"])
                d, t = memory.direction(g), lr
            g_before, loss_before = g, loss
            slope = g.dot(d)
            if slope > -least_change:
                break
            if group["line_search_fn"] == "strong_wolfe":
                evaluations = group["max_eval"] - line.count
                found = strong_wolfe(line.along(d), t, d, Point(0, loss, g, slope), least_change, evaluations)
                t, loss, g = found.t, found.f, found.g
                line.move(t, d)
            else:
                line.move(t, d)
                if iteration != group["max_iter"]:
                    loss, g = float(line.evaluate()), line.gradient()
            if (
                line.count >= group["max_eval"]
                or np.abs(g).max() <= group["tolerance_grad"]
                or np.abs(d * t).max() <= least_change
                or abs(loss - loss_before) < least_change
            ):
                break
        state["func_evals"] += line.count
        _save(state, memory, d, t, g_before, loss_before)
        return first


class Line:
    """The parameters as a point that moves along lines, and the loss there."""

    def __init__(self, params: list[Tensor], closure: Callable[[], Any]) -> None:
        self.params, self.closure = params, closure
        self.count = 0  # of evaluations

    def evaluate(self) -> Any:
        """The loss, with the gradients computed."""
        self.count += 1
        return self.closure()

    def gradient(self) -> Array:
        """The gradients as one vector, zeros for missing ones, complex numbers as pairs of real ones."""
        return np.concatenate(
            [
                _real(np.zeros(p.array.size, p.array.dtype) if p.grad is None else p.grad.array.ravel())
                for p in self.params
            ]
        )

    def move(self, t: Any, d: Array) -> None:
        """x ← x + td."""
        start = 0
        for p in self.params:
            flat = _real(p.array.ravel())  # a copy, if the parameter's memory is not contiguous
            flat = (flat + t * d[start : start + flat.size]).astype(flat.dtype, copy=False)
            start += flat.size
            p.array[...] = flat.view(p.array.dtype).reshape(p.array.shape)
            p._bump()

    def along(self, d: Array) -> Callable[[Any], Point]:
        """The function of t that evaluates the loss at x + td, and comes back to x."""
        start = [p.array.copy() for p in self.params]

        def at(t: Any) -> Point:
            self.move(t, d)
            loss, g = float(self.evaluate()), self.gradient()
            for p, array in zip(self.params, start, strict=True):
                p.array[...] = array
                p._bump()
            return Point(t, loss, g, g.dot(d))

        return at


def _real(flat: Array) -> Array:
    return flat.view(flat.real.dtype) if flat.dtype.kind == "c" else flat


def _load(state: dict[str, Any]) -> tuple[History, Any, Any, Any, Any]:
    """What the last step left in the state. PyTorch's names stand here and in ``_save`` only."""
    y, s, rho = ([_array(item) for item in state.get(name) or []] for name in ("old_dirs", "old_stps", "ro"))
    memory = History(y, s, rho, _array(state.get("H_diag", 1)))
    d, t, g = (_array(state.get(name)) for name in ("d", "t", "prev_flat_grad"))
    return memory, d, t, g, state.get("prev_loss")


def _save(state: dict[str, Any], memory: History, d: Any, t: Any, g: Any, loss: Any) -> None:
    """Puts what the next step goes on from into the state."""
    lists = {"old_dirs": memory.y, "old_stps": memory.s, "ro": memory.rho}
    state.update(
        d=_tensor(d), t=_tensor(t), **{name: [_tensor(item) for item in items] for name, items in lists.items()}
    )
    state.update(H_diag=_tensor(memory.scale), prev_flat_grad=_tensor(g), prev_loss=loss)


def _array(value: Any) -> Any:
    """A tensor's array, a 0-d one as a number of its dtype; other values as they are."""
    return value.array[()] if isinstance(value, Tensor) else value


def _tensor(value: Any) -> Any:
    """NumPy's numbers and arrays as tensors, as PyTorch keeps them; Python's numbers as they are."""
    return wrap(np.asarray(value)) if isinstance(value, (np.ndarray, np.generic)) else value
