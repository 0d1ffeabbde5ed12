"""Side by side: what is built twice runs eagerly and compiled, and everything that shows is compared by its bytes."""

import copy
import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

import minitorch as torch
from minitorch.core.tensor import Tensor
from minitorch.nn import Module

CALLS = 4  # two are recorded, the others replayed


def check(
    build: Callable[[], Any],
    calls: Sequence[Callable[[], Any]] | Callable[[int], Any],
    *,
    replayed: bool = True,
    before: Callable[[int, Any], None] | None = None,
    after: Callable[[Any, Any], Any] | None = None,
    late: bool = False,
    seed: int = 3,
) -> Any:
    """Runs what ``build`` gives as it is and compiled, with the same arguments, and fails where the two differ.

    ``build()`` gives the step, or the step and what it works on (modules, tensors, optimizers, in any nesting).
    ``calls`` makes the arguments of each call: a tuple, made anew for each side. ``before(i, state)`` is done ahead of
    call i, ``after(result, args)`` with its result (``late``: after all calls), and gives something to compare too.
    Unless ``replayed`` is False the compiled step must have a program, and no reason against replays. Gives the
    compiled step.
    """
    made = calls if callable(calls) else lambda i: calls[i]()
    count = CALLS if callable(calls) else len(calls)
    sides = []
    for _ in range(2):
        torch.manual_seed(seed)
        built = build()
        sides.append([*(built if isinstance(built, tuple) else (built, ())), torch.get_rng_state()])
    compiled = sides[1][0] = torch.compile(sides[1][0])
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="compile:")
        for i in range(count):
            shown = []
            for side in sides:
                step, state, random_state = side[:3]
                torch.set_rng_state(random_state)
                args = made(i)
                if before is not None:
                    before(i, state)
                result = outcome(step, args)
                side.append((result, args))
                later = None
                if after is not None and not late and not isinstance(result, Failure):
                    later = outcome(after, (result, args))
                side[2] = torch.get_rng_state()
                shows = {"result": result, "later": later, "arguments": args, "state": state}
                shown.append(seen(shows | {"random state": side[2].numpy()}, {}))
            what = difference(*shown, f"call {i}")
            if what is not None:
                raise AssertionError(f"compiled is not as eager: {what}\n{compiled.reason}\n{compiled.program}")
        for i in range(count if late and after is not None else 0):
            shown = []
            for side in sides:
                later = None if isinstance(side[3 + i][0], Failure) else outcome(after, side[3 + i])
                shown.append(seen([side[3 + i], later, side[1]], {}))
            what = difference(*shown, f"after call {i}")
            if what is not None:
                raise AssertionError(f"compiled is not as eager: {what}\n{compiled.reason}\n{compiled.program}")
    if replayed:
        assert compiled.reason is None, compiled.reason
        assert compiled.program, "there was no recording like another"
    return compiled


class Failure:
    """An exception that a step ended in."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Failure) and repr(self.error) == repr(other.error)

    def __repr__(self) -> str:
        return f"raised {self.error!r}"

    __hash__ = object.__hash__


def outcome(step: Callable[..., Any], args: Any) -> Any:
    try:
        return step(*args)
    except Exception as error:
        return Failure(error)


def seen(value: Any, names: dict[int, int]) -> Any:
    """All that shows of a nested value. ``names`` numbers the tensors, so that one that comes twice is known."""
    if isinstance(value, Tensor):
        if id(value) in names:
            return ("seen", names[id(value)])
        names[id(value)] = len(names)
        x = value.array
        assert type(x) is np.ndarray, f"{type(x)} in a tensor"
        grad = None if not value.is_leaf or value.grad is None else seen(value.grad, names)
        return {
            "dtype": str(x.dtype), "shape": x.shape, "strides": strides(x), "bytes": Bytes(x), "grad": grad,
            "requires_grad": value.requires_grad, "leaf": value.is_leaf, "inference": value.is_inference(),
            "version": None if value.is_inference() else value._version, "kind": type(value).__name__,
        }  # fmt: skip
    if isinstance(value, np.ndarray):
        return {"dtype": str(value.dtype), "shape": value.shape, "bytes": Bytes(value)}
    if isinstance(value, np.generic):
        return seen(np.asarray(value), names)
    if isinstance(value, Module):
        training = [m.training for m in value.modules()]
        inside = [dict(value.named_parameters()), dict(value.named_buffers()), training]
        return seen(inside, names)
    if hasattr(value, "state_dict"):
        return seen(value.state_dict(), names)
    if isinstance(value, dict):
        return {str(k): seen(v, names) for k, v in value.items()}
    if isinstance(value, (tuple, list)):
        return [type(value).__name__, *[seen(v, names) for v in value]]
    return copy.copy(value)


def strides(x: np.ndarray) -> Any:
    """The strides of the dims in which there are steps."""
    return tuple(s for s, n in zip(x.strides, x.shape, strict=True) if n > 1) if x.size else ()


class Bytes:
    """An array's values, by their bytes: -0 is not 0, and every nan is its own."""

    def __init__(self, x: np.ndarray) -> None:
        self.copy = np.array(x)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Bytes) and self.copy.tobytes() == other.copy.tobytes()

    def __repr__(self) -> str:
        return repr(self.copy)

    __hash__ = object.__hash__


def difference(a: Any, b: Any, place: str) -> str | None:
    """The first place at which two things seen are not the same."""
    if isinstance(a, (dict, list)) and type(a) is type(b):
        keys = [range(len(x)) if isinstance(x, list) else list(x) for x in (a, b)]
        if list(keys[0]) != list(keys[1]):
            return f"{place}: {keys[0]} and compiled {keys[1]}"
        return next((d for k in keys[0] if (d := difference(a[k], b[k], f"{place}, {k}")) is not None), None)
    if type(a) is type(b) and (a is b or repr(a) == repr(b) or bool(a == b)):
        return difference_of_bytes(a, b, place) if isinstance(a, Bytes) else None
    return f"{place}: {a!r} and compiled {b!r}"


def difference_of_bytes(a: Bytes, b: Bytes, place: str) -> str | None:
    return None if a == b else f"{place}: {a!r} and compiled {b!r}"
