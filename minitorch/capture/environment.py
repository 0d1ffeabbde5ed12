"""What a step looks at besides its arguments: the names and attributes that its functions read, to be compared later.

While a step is recorded, a profile function sees each function that is called. Of the user's functions it notes the
globals, enclosing variables and attributes that their code names (looked_up.py), and what is in these, some levels
down; of methods, and of modules, the object's attributes; of built-in methods, the container that they work on.
"""

from __future__ import annotations

import functools
import gc
import os
import random
import sys
import sysconfig
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType, FunctionType, MethodType, ModuleType
from typing import Any

import numpy as np

from minitorch.capture.effects import stream_state, unrepeatable
from minitorch.capture.facts import LOOK, SCALARS, Fact, copy_of, equal_copies, same, words
from minitorch.capture.looked_up import Chain, chains
from minitorch.capture.parts import is_record, parts
from minitorch.core.tensor import Tensor

CONTAINERS = (dict, list, set, deque, bytearray)
_NESTS = (tuple, *CONTAINERS)  # however deep these are inside each other, it is one value
_DEPTH, _WIDTH, _SMALL = 4, 64, 4096
_PACKAGE = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "")
_CAPTURE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "")
_LIBRARIES = {os.path.dirname(np.__file__), *[sysconfig.get_path(name) for name in ("stdlib", "purelib", "platlib")]}
_OWN = (_PACKAGE, *[os.path.join(p, "") for p in _LIBRARIES], "<frozen", "<minitorch", "<__array_function__")
_LOGGING = os.path.join(sysconfig.get_path("stdlib"), "logging", "__init__.py")
_UNKNOWN: Any = object()
_WHOLE = frozenset(("getattr", "vars", "hasattr", "dir"))


class Environment:
    """The facts that a step relied on, and what it did that no replay would do again."""

    def __init__(self) -> None:
        self.facts: list[Fact] = []
        self.iterators: list[Any] = []  # that the step names
        self._streams: list[tuple[Any, Any]] = []  # random streams that are not ours, and their states
        self._seen: set[Any] = set()
        self._keep: list[Any] = []  # so that no id is used twice
        self._passing: set[int] = set()  # ids of containers among the arguments: others may come

    @staticmethod
    def is_own(filename: str) -> bool:
        """Whether a file is of this package, of another library or of Python, and not the user's."""
        return filename.startswith(_OWN)

    @contextmanager
    def watching(self, recorder: Any) -> Iterator[None]:
        """Notes what the functions called inside look at."""

        def profile(frame: FrameType, event: str, arg: Any) -> None:
            filename = frame.f_code.co_filename
            if filename.startswith(_CAPTURE):
                return
            if event == "call":
                if filename == _LOGGING and frame.f_code.co_name == "handle":
                    recorder.fault = "it writes to a log, which a replay would not do: do that outside the step"
                self.enter(frame)
            elif event == "return":
                if not self.is_own(filename):
                    self._look_up(frame)
            elif event == "c_call" and not recorder.inside and not filename.startswith(_PACKAGE):
                if isinstance(getattr(arg, "__self__", None), CONTAINERS) and not self.is_own(filename):
                    self.note(arg.__self__, 1)
                reason = unrepeatable(arg)
                if reason:
                    recorder.fault = f"{reason} (line {frame.f_lineno} of {filename.rpartition('/')[2]})"

        before = sys.getprofile()
        self._streams += [(x, stream_state(x)) for x in (np.random, random)]
        can_tell = gc.get_freeze_count() == 0
        if can_tell:
            gc.freeze()  # what the collector knows afterwards is new
        sys.setprofile(profile)
        try:
            yield
        finally:
            sys.setprofile(before)
            if can_tell:
                self._forget({id(x) for x in gc.get_objects()})
                gc.unfreeze()
            self._seen.clear()
            self._keep.clear()
        if any(stream_state(x) != state for x, state in self._streams):
            recorder.fault = "it draws random numbers that are not minitorch's: use minitorch.rand and its kin"
        if self.iterators:
            recorder.fault = f"it takes from an iterator (a {type(self.iterators[0]).__name__}): pass what comes of it"

    def _forget(self, new: set[int]) -> None:
        """Leaves out what is about objects that the step made itself."""
        self.facts = [f for f in self.facts if id(f.holder if f.owner is None else f.owner) not in new]
        self.iterators = [x for x in self.iterators if id(x) not in new]
        self._streams = [(x, state) for x, state in self._streams if id(x) not in new]

    def enter(self, frame: FrameType) -> None:
        """Notes what a function that begins may look at."""
        code = frame.f_code
        own = self.is_own(code.co_filename)
        if code.co_argcount and code.co_varnames[0] == "self":
            owner = frame.f_locals.get("self")
            if own and not _is_module(owner):
                return
            if not isinstance(owner, Tensor):
                self.note(owner)
                if not own:
                    self._method(type(owner), code.co_name, code)
        if not own:
            self._look_up(frame)

    def _method(self, kind: type, name: str, code: Any) -> None:
        """Notes where a method stands that was called by its name."""
        for base in kind.__mro__:
            if getattr(vars(base).get(name), "__code__", None) is code:
                self._attribute(base, name)
                return

    def _look_up(self, frame: FrameType) -> None:
        """Follows the chains of names in a function's code."""
        names = frame.f_locals
        for chain in chains(frame.f_code):
            holder = frame.f_globals if chain.kind == "global" else names
            if chain.root not in holder:
                continue
            value = holder[chain.root]
            if chain.kind == "global":
                self._item("item", holder, chain.root, value, 1)
            elif chain.root in frame.f_code.co_freevars:
                self._named(value)
            if chain.steps:
                self._follow(value, chain)
            elif isinstance(value, (ModuleType, type)) and not _WHOLE.isdisjoint(frame.f_code.co_names):
                self._all_of(value)
        if "globals" in frame.f_code.co_names:
            self._copy(frame.f_globals)

    def _follow(self, value: Any, chain: Chain) -> None:
        for how, key in chain.steps:
            if how == "attribute":
                value = self._attribute(value, key)
            elif isinstance(value, (dict, list)) and not isinstance(key, slice):
                try:
                    found = LOOK["item"](value, key)
                except (KeyError, IndexError, TypeError):
                    self.note(value, 1)
                    return
                self._item("item", value, key, found, 1)
                value = found
            else:
                return
            if value is _UNKNOWN:
                return

    def _attribute(self, value: Any, name: str) -> Any:
        """Notes one attribute of an object, a class or a module; gives it, if it can be had without running code."""
        if isinstance(value, (Tensor, np.ndarray, np.generic, *SCALARS)):
            return _UNKNOWN
        if value is os and name in ("environ", "getenv"):
            self._copy(os.environ._data)  # type: ignore[attr-defined]
        if name == "__dict__":
            self._all_of(value)
        if isinstance(value, ModuleType):
            found = vars(value).get(name, _UNKNOWN)
            if found is not _UNKNOWN and not _is_library(value.__name__):
                self._item("item", vars(value), name, found, 1)
            return found
        if isinstance(value, type):
            return self._class_attribute(value, name)
        static = _static(type(value), name)
        attributes = getattr(value, "__dict__", None)
        if isinstance(static, property):
            return self._class_attribute(type(value), name)
        if isinstance(attributes, dict) and name in attributes:
            self._item("item", attributes, name, attributes[name], 1, owner=value)
            return attributes[name]
        if static is not _UNKNOWN:
            if hasattr(type(static), "__set__"):  # a slot
                found = getattr(value, name, _UNKNOWN)
                if found is not _UNKNOWN:
                    self._item("attribute", value, name, found, 1)
                return found
            self.note(value)
            return self._class_attribute(type(value), name)
        if _is_module(value):
            for table in (value._parameters, value._buffers, value._modules):
                if name in table:
                    self._item("item", table, name, table[name], 1, owner=value)
                    return table[name]
        return _UNKNOWN

    def _all_of(self, value: Any) -> None:
        """Notes all attributes of a module or a class of the user's, for code that looks one up by a name it has."""
        if isinstance(value, ModuleType) and not _is_library(value.__name__):
            self._copy(vars(value))
        elif isinstance(value, type) and not _is_library(value.__module__):
            for name in list(vars(value)):
                if not name.startswith("__"):
                    self._class_attribute(value, name)

    def _copy(self, holder: Any) -> None:
        if self._new(("copy", id(holder)), holder):
            self.facts.append(Fact("copy", holder, None, copy_of(holder)))

    def _class_attribute(self, kind: type, name: str) -> Any:
        static = _static(kind, name)
        if static is _UNKNOWN or _is_library(kind.__module__):
            return _UNKNOWN if static is _UNKNOWN else getattr(kind, name, _UNKNOWN)
        if isinstance(static, classmethod):
            self._item("method", kind, name, static.__func__, 1)
            return _UNKNOWN
        found = getattr(kind, name, _UNKNOWN)
        if found is not _UNKNOWN and found is getattr(kind, name, None):
            self._item("attribute", kind, name, found, 1)
        return _UNKNOWN if isinstance(static, property) else found

    def note_function(self, function: Any) -> None:
        """Notes the code, the defaults and the enclosing variables of a function, which may be given other values."""
        if self.is_own(function.__code__.co_filename):
            return
        self._item("attribute", function, "__code__", function.__code__, _DEPTH)
        for name in ("__defaults__", "__kwdefaults__"):
            if getattr(function, name) is not None:
                self._item("attribute", function, name, getattr(function, name), 1)
        for cell in function.__closure__ or ():
            try:
                value = cell.cell_contents
            except ValueError:  # not set yet
                continue
            self._item("cell", cell, None, value, 1)

    def changed(self) -> str | None:
        """What is not any more as it was noted; None if all is."""
        for fact in self.facts:
            if not fact.holds():
                return words(fact)
        return None

    def parts_from(self, other: Environment) -> str | None:
        """What another recording found to be something else; None if both saw the same."""
        known = {fact.mark: fact for fact in other.facts}
        for fact in self.facts:
            before = known.get(fact.mark)
            if before is not None and not (same(before.value, fact.value) or equal_copies(before, fact)):
                return words(fact)
        return None

    def note_called(self, function: Any) -> None:
        """Notes the compiled function itself, or the object that is called."""
        self.note(function)
        if not isinstance(function, (FunctionType, MethodType, type)):
            self._class_attribute(type(function), "__call__")

    def note_arguments(self, value: Any) -> None:
        """Notes arguments: of what they are made of, only that the step itself does not change it."""
        found = parts(value)
        if found is None:
            self._named(value)
            return
        holder = value.__dict__ if is_record(value) and hasattr(value, "__dict__") else value
        self._passing |= {id(holder), id(value)}
        self._new((id(value),), value)
        if not isinstance(value, tuple):
            for how, key, item in found:
                self.facts.append(Fact("item" if holder is not value else how, holder, key, item, value))
            if isinstance(holder, (dict, list)):
                self.facts.append(Fact("len", holder, None, len(holder), value))
        for _, _, item in found:
            self.note_arguments(item)

    def is_argument(self, value: Any) -> bool:
        """Whether a container came as an argument, or in one."""
        return id(value) in self._passing

    def knows(self, value: Any) -> bool:
        """Whether a container was there before, and something is noted of it."""
        return any(fact.holder is value for fact in self.facts)

    def settle(self) -> None:
        """Leaves out what is about the arguments' containers, which are checked as arguments."""
        self.facts = [f for f in self.facts if id(f.holder) not in self._passing]

    def _named(self, value: Any) -> None:
        """Notes what the step has a name for."""
        if hasattr(type(value), "__next__"):
            self.iterators.append(value)
        self.note(value, 1)

    def note(self, value: Any, depth: int = 0) -> None:
        """Notes what is in a container, and in objects some levels down; deeper ones are noted as they are named."""
        kind = type(value)
        if depth > _DEPTH or isinstance(value, (*SCALARS, type, ModuleType, Tensor, np.generic)):
            return
        if not self._new((id(value),), value):
            return
        if isinstance(value, FunctionType):
            self.note_function(value)
        elif isinstance(value, MethodType):
            self.note(value.__self__, depth)
            self.note(value.__func__, depth)
        elif kind.__module__ == "minitorch.capture.compiled":
            self.note(value._function, depth)
        elif isinstance(value, functools.partial):
            for part in (value.func, value.args, value.keywords):
                self.note(part, depth)
        elif isinstance(value, np.ndarray):
            self.facts.append(Fact("copy", value, None, copy_of(value)))
        elif isinstance(value, CONTAINERS):
            if isinstance(value, (dict, list)) and len(value) <= _WIDTH and kind is not deque:
                self.facts.append(Fact("len", value, None, len(value)))
                for key, item in value.items() if isinstance(value, dict) else enumerate(value):
                    self._item("item", value, key, item, depth + (not isinstance(item, _NESTS)))
            else:
                self.facts.append(Fact("copy", value, None, copy_of(value)))
        elif isinstance(value, tuple):
            for item in value:
                self.note(item, depth + (not isinstance(item, _NESTS)))
        elif isinstance(value, (np.random.Generator, np.random.RandomState, random.Random)):
            self._streams.append((value, stream_state(value)))
        elif not kind.__module__.startswith(("numpy", "builtins")):
            attributes = getattr(value, "__dict__", None)
            if _is_optimizer(kind):  # whose step is replayed by itself
                if "param_groups" in value.__dict__:
                    self._note_groups(value)
            elif isinstance(attributes, dict):
                module = _is_module(value)
                if not _is_library(kind.__module__):
                    self.facts.append(Fact("attribute", value, "__class__", kind))
                self.facts.append(Fact("len", attributes, None, len(attributes), value))
                for key, item in attributes.items():
                    if module and key.startswith("_") and isinstance(item, (dict, set)):
                        self.note(item, depth)  # never another dict
                    else:
                        self._item("item", attributes, key, item, depth + 1, owner=value)

    def _note_groups(self, optimizer: Any) -> None:
        """Notes which parameters an optimizer has, whose gradients it clears."""
        groups = optimizer.param_groups
        self._item("item", optimizer.__dict__, "param_groups", groups, _DEPTH + 1, owner=optimizer)
        self.facts.append(Fact("copy", groups, None, list(groups)))
        for group in groups:
            self._item("item", group, "params", group["params"], _DEPTH + 1)
            self.facts.append(Fact("copy", group["params"], None, list(group["params"])))

    def _item(self, how: str, holder: Any, key: Any, value: Any, depth: int, owner: Any = None) -> None:
        if not self._new((how, id(holder), key if isinstance(key, (str, int)) else id(key)), (holder, key)):
            return
        if isinstance(value, ModuleType):
            return
        self.facts.append(Fact(how, holder, key, value, owner))
        if depth <= 1:
            self._named(value)
        else:
            self.note(value, depth)

    def _new(self, mark: Any, keep: Any) -> bool:
        if mark in self._seen:
            return False
        self._seen.add(mark)
        self._keep.append(keep)
        return True


def _static(kind: type, name: str) -> Any:
    """A class's attribute as it stands in the class."""
    for base in kind.__mro__:
        if name in vars(base):
            return vars(base)[name]
    return _UNKNOWN


@functools.lru_cache(maxsize=1024)
def _is_library(module: str) -> bool:
    if module.partition(".")[0] in sys.stdlib_module_names:
        return True
    filename = getattr(sys.modules.get(module), "__file__", None)
    return filename is not None and Environment.is_own(filename)


def _is_module(value: Any) -> bool:
    return hasattr(type(value), "_call_impl")


def _is_optimizer(kind: type) -> bool:
    """Whether it is a class of optimizers or schedulers."""
    return kind.__module__.startswith("minitorch.optim.")
