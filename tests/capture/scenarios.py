"""Scenarios: a piece of a program that runs twice, with ``minitorch.compile`` and without, and must show the same."""

import random
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

import minitorch as torch
from minitorch import nn
from minitorch.capture import Compiled, OptimizedModule

Scenario = Callable[[Any, Any], None]


def randn(*shape: int, seed: int = 0, dtype: str = "f4", grad: bool = False) -> torch.Tensor:
    """Normal numbers, the same for the same seed."""
    return torch.tensor(np.random.RandomState(seed).randn(*shape).astype(dtype), requires_grad=grad)


def mlp() -> nn.Sequential:
    """A small network."""
    return nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 1))


def training() -> tuple[nn.Sequential, torch.optim.Optimizer, Callable[[torch.Tensor], torch.Tensor]]:
    """A small network, its optimizer, and a step."""
    model = mlp()
    optimizer = torch.optim.Adam(model.parameters(), lr=0.1)

    def step(x: torch.Tensor) -> torch.Tensor:
        optimizer.zero_grad()
        loss = model(x).square().mean()
        loss.backward()
        optimizer.step()
        return loss

    return model, optimizer, step


def visible(value: Any) -> Any:
    """All that shows of a value, to be compared."""
    if isinstance(value, torch.Tensor):
        grad = visible(value.grad) if value.is_leaf and value.grad is not None else None
        version = None if value.is_inference() else value._version
        x = value.array
        return str(x.dtype), x.shape, x.strides, x.tobytes(), value.requires_grad, value.is_leaf, version, grad
    if isinstance(value, np.ndarray):
        return str(value.dtype), value.shape, value.tobytes()
    if isinstance(value, (list, tuple)):
        return type(value).__name__, *[visible(item) for item in value]
    if isinstance(value, dict):
        return tuple((key, visible(item)) for key, item in value.items())
    return (type(value).__name__, str(value)) if isinstance(value, BaseException) else repr(value)


def _run(scenario: Scenario, compiled: Callable[..., Any]) -> tuple[list[Any], list[Any]]:
    torch.manual_seed(0)
    random.seed(0)
    np.random.seed(0)
    kept, shown = [], []

    def log(*values: Any) -> None:
        kept.append(values)
        shown.append(visible(values))

    scenario(compiled, log)
    return shown, [visible(values) for values in kept]


def side_by_side(replayed: bool = True) -> Callable[[Scenario], Callable[[], None]]:
    """Makes a test of a scenario: a function of ``compiled`` (compile, or nothing) and of ``log``.

    What is logged must be the same, when it is logged and at the end. All that is compiled must come to be replayed;
    if not ``replayed``, something must give a reason, and a warning.
    """

    def decorate(scenario: Scenario) -> Callable[[], None]:
        def test() -> None:
            made: list[Any] = []

            def compiled(function: Any = None, **options: Any) -> Any:
                if function is None:
                    return lambda f: compiled(f, **options)
                made.append(torch.compile(function, **options))
                return made[-1]

            with warnings.catch_warnings(record=True) as caught:
                warnings.simplefilter("always")
                expected, expected_at_the_end = _run(scenario, lambda f=None, **_: f if f is not None else lambda g: g)
                del caught[:]
                found, found_at_the_end = _run(scenario, compiled)
            assert len(found) == len(expected)
            for i, (one, other) in enumerate(zip(found, expected)):
                assert one == other, f"differs from eager at log {i}"
            assert found_at_the_end == expected_at_the_end, "what was returned earlier is overwritten"
            reasons = [f.reason for f in made if f.reason is not None]
            assert len([w for w in caught if str(w.message).startswith("compile: ")]) == len(reasons)
            if replayed:
                assert not reasons
                assert any(_functions(f)._programs for f in made)
            else:
                assert reasons

        test.__name__ = scenario.__name__
        test.__doc__ = scenario.__doc__
        return test

    return decorate


def _functions(f: Any) -> Compiled:
    return f.__dict__["_compiled"] if isinstance(f, OptimizedModule) else f
