"""The names and attributes that a function's code looks up: read from its bytecode, without running it."""

from __future__ import annotations

import dis
from functools import lru_cache
from types import CodeType
from typing import Any, NamedTuple

_ROOTS = {"LOAD_GLOBAL": "global", "LOAD_NAME": "global", "STORE_GLOBAL": "global"}
_ROOTS |= dict.fromkeys(("LOAD_DEREF", "LOAD_CLASSDEREF", "LOAD_FROM_DICT_OR_DEREF"), "local")
_ROOTS |= dict.fromkeys(("LOAD_FAST", "LOAD_FAST_CHECK", "LOAD_FAST_BORROW", "LOAD_FAST_AND_CLEAR"), "local")
_PAIRS = ("LOAD_FAST_LOAD_FAST", "STORE_FAST_LOAD_FAST", "LOAD_FAST_BORROW_LOAD_FAST_BORROW")
_ATTRIBUTES = ("LOAD_ATTR", "LOAD_METHOD")
_NOTHING = ("CACHE", "EXTENDED_ARG", "PUSH_NULL", "PRECALL", "RESUME", "NOP", "COPY")


class Chain(NamedTuple):
    """``root.name[key].name``: where it starts and the steps from there."""

    kind: str  # "global" or "local" (an argument, a variable, one of an enclosing function)
    root: str
    steps: tuple[tuple[str, Any], ...]  # ("attribute", name) and ("item", key)


@lru_cache(maxsize=4096)
def chains(code: CodeType) -> tuple[Chain, ...]:
    """What a piece of code looks up, each chain once.

    >>> [c.steps for c in chains((lambda x: x * config.rate["a"]).__code__) if c.root == "config"][-1]
    (('attribute', 'rate'), ('item', 'a'))
    """
    found: dict[Chain, None] = {}
    root: tuple[str, str] | None = None
    steps: list[tuple[str, Any]] = []
    key: Any = None  # a constant that may become a subscript, in a tuple

    def end() -> None:
        if root is not None:
            found[Chain(*root, tuple(steps))] = None

    for i in dis.get_instructions(code):
        if i.opname in _NOTHING:
            continue
        if root is not None and i.opname in _ATTRIBUTES:
            steps.append(("attribute", i.argval))
            key = None
        elif root is not None and i.opname in ("LOAD_CONST", "LOAD_SMALL_INT"):
            end()  # it may be an operand, and the chain done
            if isinstance(i.argval, str) and "getattr" in code.co_names:
                found[Chain(*root, (*steps, ("attribute", i.argval)))] = None
            key = (i.argval,)
        elif root is not None and key is not None and (i.opname == "BINARY_SUBSCR" or i.argrepr == "[]"):
            steps.append(("item", key[0]))
            key = None
        else:
            end()
            root, steps, key = None, [], None
            if i.opname in _ROOTS:
                root = _ROOTS[i.opname], i.argval
            elif i.opname in _PAIRS:
                for name in i.argval:
                    found[Chain("local", name, ())] = None
                root = "local", i.argval[-1]
    end()
    return tuple(found)
