"""The machine that reads a pickle: stack, memo and the few opcodes that data needs, with nothing it could run.

The standard library's ``pickletools`` takes the stream apart and checks every length; what each opcode does is here.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from pickle import UnpicklingError
from typing import Any, BinaryIO

from minitorch.serialization.admitted import Name, check_key, lookup, set_attributes

_CONSTANTS = {"NONE": None, "NEWTRUE": True, "NEWFALSE": False, "EMPTY_TUPLE": ()}
_FRESH: dict[str, Callable[[], Any]] = {"EMPTY_LIST": list, "EMPTY_DICT": dict, "EMPTY_SET": set}
_GIVEN = {
    "BININT", "BININT1", "BININT2", "LONG1", "BINFLOAT", "BINUNICODE", "SHORT_BINUNICODE", "BINUNICODE8", "BINBYTES",
    "SHORT_BINBYTES",
}  # fmt: skip
_SMALL_TUPLES = {"TUPLE1": 1, "TUPLE2": 2, "TUPLE3": 3}


def read_pickle(file: BinaryIO, persistent: Callable[[Any], Any]) -> Any:
    """The object that a pickle describes; ``persistent`` gives what its persistent ids mean.

    Raises ``UnpicklingError`` for whatever is not plain data, and for a stream that makes no sense.
    """
    import pickletools

    machine = _Machine(persistent)
    try:
        for opcode, argument, _ in pickletools.genops(file):
            if opcode.name == "STOP":
                return machine.result()
            machine.step(opcode.name, argument)
    except (ValueError, TypeError, LookupError, ArithmeticError, AttributeError, RecursionError) as error:
        raise UnpicklingError(f"the pickle is damaged: {error}") from None
    raise UnpicklingError("the pickle has no end")


class _Machine:
    def __init__(self, persistent: Callable[[Any], Any]) -> None:
        self.persistent = persistent
        self.stack: list[Any] = []
        self.below: list[list[Any]] = []  # the stacks under the marks
        self.memo: dict[int, Any] = {}

    def result(self) -> Any:
        if self.below or len(self.stack) != 1:
            raise UnpicklingError("the pickle ends in the middle of an object")
        return _plain(self.stack[0])

    def step(self, name: str, argument: Any) -> None:
        stack = self.stack
        if name in _GIVEN:
            stack.append(argument)
        elif name in ("BINGET", "LONG_BINGET"):
            stack.append(self.memo[argument])
        elif name in ("BINPUT", "LONG_BINPUT"):
            self.memo[argument] = stack[-1]
        elif name == "MEMOIZE":
            self.memo[len(self.memo)] = stack[-1]
        elif name in _CONSTANTS:
            stack.append(_CONSTANTS[name])
        elif name in _FRESH:
            stack.append(_FRESH[name]())
        elif name == "MARK":
            self.below.append(stack)
            self.stack = []
        elif name == "TUPLE":
            self._down(tuple(stack))
        elif name in _SMALL_TUPLES:
            items = [stack.pop() for _ in range(_SMALL_TUPLES[name])]
            stack.append(tuple(reversed(items)))
        elif name in ("APPEND", "APPENDS", "SETITEM", "SETITEMS", "ADDITEMS"):
            self._fill(name)
        elif name == "GLOBAL":
            module, _, attribute = argument.partition(" ")
            stack.append(lookup(module, attribute))
        elif name == "STACK_GLOBAL":
            attribute, module = stack.pop(), stack.pop()
            stack.append(lookup(str(module), str(attribute)))
        elif name == "REDUCE":
            arguments, function = stack.pop(), stack.pop()
            if not isinstance(function, Name) or function.call is None or type(arguments) is not tuple:
                raise UnpicklingError(f"the pickle calls what cannot be called, a {type(function).__name__}")
            try:
                stack.append(function.call(*arguments))
            except RuntimeError as error:
                raise UnpicklingError(f"{function.text} cannot make anything of what it is given: {error}") from None
        elif name == "BUILD":
            state = stack.pop()
            set_attributes(stack[-1], state)
        elif name == "BINPERSID":
            stack.append(self.persistent(stack.pop()))
        elif name not in ("PROTO", "FRAME"):
            raise UnpicklingError(f"Unsupported operand {name}: plain data does not need it, and it is not read here")

    def _down(self, item: Any) -> None:
        """Back to the stack under the newest mark, with one more item on it."""
        self.stack = self.below.pop()
        self.stack.append(item)

    def _fill(self, name: str) -> None:
        """Put items into a container. The names end in S where a mark says how many there are."""
        if name.endswith("S"):
            items = self.stack
            self.stack = self.below.pop()
        else:
            count = 1 if name == "APPEND" else 2
            items = [self.stack.pop() for _ in range(count)][::-1]
        for item in items:
            _plain(item)
        target = self.stack[-1]
        if name.startswith("APPEND") and type(target) is list:
            target.extend(items)
        elif name == "ADDITEMS" and type(target) is set:
            for item in items:
                check_key(item)
            target.update(items)
        elif name.startswith("SETITEM") and type(target) in (dict, OrderedDict) and len(items) % 2 == 0:
            for key, value in zip(items[::2], items[1::2]):
                check_key(key)
                target[key] = value
        else:
            raise UnpicklingError(f"the pickle puts {len(items)} items into a {type(target).__name__} by {name}")


def _plain(value: Any) -> Any:
    if isinstance(value, Name):
        raise UnpicklingError(f"{value.text} stands where data should be")
    return value
