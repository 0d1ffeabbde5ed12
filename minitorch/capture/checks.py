"""Checks: what must be as it was when a step was recorded, in the words of the replay's first lines."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from types import MappingProxyType
from typing import Any

from minitorch.capture.facts import SCALARS, Fact, alike
from minitorch.capture.parts import parts
from minitorch.capture.source import Source
from minitorch.core import dtypes
from minitorch.core.mode import mode
from minitorch.core.recording import Condition
from minitorch.core.tensor import Tensor


def environment_checks(facts: Iterable[Fact], source: Source) -> list[str]:
    """The conditions under which something outside is not as it was."""
    found, empty = [], []
    for how, holder, key, value, _ in facts:
        if how == "len":
            if value:
                found.append(f"len({source.name(holder, 'e')}) != {value}")
            else:
                empty.append(holder)
            continue
        name = source.name(holder, "e")
        if how == "copy":
            found.append(f"not {source.function(alike)}({name}, {source.name(value, 'k')})")
        else:
            found.append(_differs(_place(how, name, holder, key, source), value, source))
    if empty:  # most of them a module's hooks
        found.append(f"any({source.name(tuple(empty), 'empty')})")
    return found


def broken(conditions: Iterable[Condition], source: Source) -> str:
    """An expression that is true if one of the conditions does not hold."""
    found, empty = [], []
    for how, holder, key, value in conditions:
        if how == "len" and not value:
            empty.append(holder)
            continue
        name = source.name(holder, "e")
        if how == "len":
            found.append(f"len({name}) != {value}")
        elif how == "call":
            found.append(f"{name}({source.name(key, 'e')}) != {source.name(value, 'k')}")
        elif how == "array":
            found.append(f"{name}.array is not {source.name(value, 'k')}")
        else:
            place = key if isinstance(key, (int, str)) else source.name(key, "e")
            found.append(f"{name}[{place!r}]" if place is key else f"{name}[{place}]")
            found[-1] += f" is not {source.name(value, 'k')}"
    if empty:
        found.append(f"any({source.name(tuple(empty), 'empty')})")
    return " or ".join(found)


def _place(how: str, name: str, holder: Any, key: Any, source: Source) -> str:
    if how == "cell":
        return f"{name}.cell_contents"
    if how == "item":
        key = source.text(key, str)
        plain = type(holder).__getitem__ in (dict.__getitem__, list.__getitem__) or type(holder) is MappingProxyType
        default = isinstance(holder, dict) and hasattr(type(holder), "__missing__")
        return f"{name}[{key}]" if plain and not default else f"{source.function(_item)}({name}, {key})"
    return f"{name}.{key}" + (".__func__" if how == "method" else "")


def _item(holder: Any, key: Any) -> Any:
    """An item as it is in the container itself, whatever its class makes of it."""
    return dict.__getitem__(holder, key) if isinstance(holder, dict) else list.__getitem__(holder, key)


def tensor_checks(name: str, t: Tensor, array: str) -> list[str]:
    """The conditions under which a tensor outside is not as it was: other memory, frozen or not, other hooks."""
    found = [f"{name}.array is not {array} or {name}._requires_grad is not {t._requires_grad}"]
    if t._view is not None:
        found[0] += f" or {name}._view is None or {name}.requires_grad is not {t.requires_grad}"
    if t._edge is None:
        hooks = t._hooks
        if hooks is None or not (hooks.before or hooks.after):
            found[0] += f" or {name}._hooks is not None and ({name}._hooks.before or {name}._hooks.after)"
        else:
            counts = len(hooks.before), len(hooks.after)
            found.append(f"(len({name}._hooks.before), len({name}._hooks.after)) != {counts}")
    return found


def _differs(place: str, value: Any, source: Source) -> str:
    if value is None or value is True or value is False:
        return f"{place} is not {value}"
    name = source.name(value, "k")
    if isinstance(value, SCALARS):
        return f"{place} is not {name} and not same({place}, {name})"
    return f"{place} is not {name}"


def signature(args: Any, kwargs: Any) -> Any:
    """What arguments are alike: layouts of tensors, values of the rest, and the grad mode."""

    def visit(value: Any) -> Any:
        if isinstance(value, Tensor):
            x = value.array
            return type(value), x.shape, x.dtype, x.strides, value.requires_grad, value.is_leaf
        found = parts(value)
        if found is not None:
            return (type(value), *[(key, visit(item)) for _, key, item in found])
        return (type(value), repr(value)) if isinstance(value, SCALARS) else id(value)

    return *modes(), visit(args), visit(kwargs)


def modes() -> tuple[Any, ...]:
    """Grad mode, inference mode and the default dtype."""
    return mode.grad, mode.inference, dtypes.get_default_dtype()


def argument_checks(args: Any, kwargs: Any, facts: Iterable[Fact]) -> Callable[[Source], list[str]]:
    """Writes the lines that take arguments apart and return MISS unless they are like these.

    A tensor that the function knows in another way, too (one of the ``facts``), must be the very same one.
    """
    known = {id(fact.value) for fact in facts if isinstance(fact.value, Tensor)}
    grad, inference, default = modes()

    def prelude(source: Source) -> list[str]:
        default_dtype = f"default_dtype() is not {source.name(default, 'k')}"
        lines = [f"if mode.grad is not {grad} or mode.inference is not {inference} or {default_dtype}: return MISS"]
        count = 0
        seen: dict[int, str] = {}

        def visit(place: str, value: Any) -> None:
            nonlocal count
            if isinstance(value, Tensor):
                x, name = value.array, f"x{count}"
                kind = "Tensor" if type(value) is Tensor else source.name(type(value), "k")
                lines.append(f"t = {place}")
                if id(value) in known:
                    lines.append(f"if t is not {source.name(value, 't')}: return MISS")
                lines.append(f"if t.__class__ is not {kind}: return MISS")
                lines.append(f"{name} = t.array")
                if id(x) in seen:  # one array came twice
                    lines.append(f"if {name} is not {seen[id(x)]}: return MISS")
                seen.setdefault(id(x), name)
                edge = f"t.requires_grad is not {value.requires_grad} or t.is_leaf is not {value.is_leaf}"
                if not value._requires_grad and value._view is None:
                    edge = "t._requires_grad or t._view is not None"
                lines.append(
                    f"if {name}.shape != {x.shape} or {name}.strides != {x.strides} or "
                    f"{name}.dtype is not {source.name(x.dtype, 'k')} or {edge}: return MISS"
                )
                count += 1
            elif found := parts(value):
                kind = type(value).__name__ if type(value) in (tuple, list, dict) else source.name(type(value), "k")
                if place not in ("args", "kwargs"):
                    lines.append(f"if {place}.__class__ is not {kind}: return MISS")
                if found[0][0] == "item":
                    lines.append(f"if len({place}) != {len(value)}: return MISS")
                if type(value) is dict and place != "kwargs":  # whose order shows
                    keys = source.text(tuple(value), str)
                    lines.append(f"if tuple({place}) != {keys}: return MISS")
                for how, key, item in found:
                    if place == "kwargs":
                        lines.append(f"if {key!r} not in kwargs: return MISS")
                    visit(f"{place}[{source.text(key, str)}]" if how == "item" else f"{place}.{key}", item)
            elif found is not None:  # empty
                if place in ("args", "kwargs"):
                    lines.append(f"if {place}: return MISS")
                else:
                    lines.append(f"if {place}.__class__ is not {source.name(type(value), 'k')} or {place}: return MISS")
            else:
                lines.append(f"if {_differs(place, value, source)}: return MISS")

        visit("args", args)
        visit("kwargs", kwargs)
        return lines

    return prelude
