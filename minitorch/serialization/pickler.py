"""Writes a tree of plain data and tensors as the pickle that PyTorch would write, opcode by opcode."""

from __future__ import annotations

import pickle
import struct
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from minitorch.core import dtypes
from minitorch.core.tensor import Size, Tensor, device
from minitorch.nn.module import Module
from minitorch.nn.parameter import Parameter
from minitorch.serialization.layout import Place
from minitorch.serialization.storage import STORAGE_OF

_ALLOWED = (
    "tensors, parameters, numbers, strings, bytes, None, dtypes, devices, torch.Size, and dicts, OrderedDicts, "
    "Counters, lists, tuples and sets of them"
)
_TUPLES = {0: pickle.EMPTY_TUPLE, 1: pickle.TUPLE1, 2: pickle.TUPLE2, 3: pickle.TUPLE3}
_OPEN = object()  # in the memo: a tuple that is being written


def write_pickle(tree: Any, place: Callable[[Tensor], Place]) -> bytes:
    """The pickle of a tree, where ``place`` says in which storage a tensor lies.

    Raises ``TypeError`` that names the place of whatever is not data.
    """
    writer = _Writer(place)
    try:
        writer.write(tree, "the object")
    except RecursionError:
        raise ValueError("the object to save is nested too deeply") from None
    return b"".join((pickle.PROTO, b"\x02", *writer.out, pickle.STOP))


class _Writer:
    def __init__(self, place: Callable[[Tensor], Place]) -> None:
        self.place = place
        self.out: list[bytes] = []
        self.memo: dict[int, Any] = {}  # number of every container and tensor written, by id
        self.names: dict[str, int] = {}  # and of every global name
        self.kept: list[Any] = []  # keeps ids from being used again
        self.count = 0

    def write(self, x: Any, where: str) -> None:
        """Any value; ``where`` is its place in the tree, for errors."""
        if isinstance(x, np.generic):
            x = x.item()
        kind = type(x)
        if x is None:
            self.out.append(pickle.NONE)
        elif kind is bool:
            self.out.append(pickle.NEWTRUE if x else pickle.NEWFALSE)
        elif kind is int:
            self._int(x, where)
        elif kind is float:
            self.out.append(pickle.BINFLOAT + struct.pack(">d", x))
        elif kind is str:
            self._text(x)
        elif kind is complex:
            self._call("__builtin__ complex", (x.real, x.imag), where)
        elif kind is bytes:
            self._call("_codecs encode", (x.decode("latin1"), "latin1"), where)
        elif kind is bytearray:
            self._call("__builtin__ bytearray", (bytes(x),), where)
        elif isinstance(x, dtypes.dtype):
            self._name(f"torch {x.name}")
        elif isinstance(x, device):
            self._call("torch device", (x.type,) if x.index is None else (x.type, x.index), where)
        elif kind is Size:
            self._call("torch Size", (tuple(x),), where)
        elif id(x) in self.memo:
            self._get(x, where)
        elif isinstance(x, Tensor):
            self._tensor(x, where)
        elif kind in (dict, OrderedDict, Counter, list, tuple, set):
            self._container(x, kind, where)
        else:
            self._refuse(x, where)

    def _refuse(self, x: Any, where: str) -> None:
        advice = f"only {_ALLOWED}"
        if isinstance(x, Module) or hasattr(x, "state_dict"):
            advice = "save its state_dict() instead, and load_state_dict() it later"
        elif isinstance(x, np.ndarray):
            advice = "make a tensor of it first, with minitorch.from_numpy(array)"
        raise TypeError(f"save() cannot write {where}, which is of type {type(x).__name__}: {advice}")

    # ------------------------------------------------------------------ numbers and names

    def _int(self, x: int, where: str) -> None:
        if -(2**31) <= x < 2**31:
            self.out.append(pickle.BININT + struct.pack("<i", x))
            return
        content = pickle.encode_long(x)
        if len(content) > 255:
            raise ValueError(f"save() cannot write {where}: whole numbers may have up to 255 bytes")
        self.out.append(pickle.LONG1 + bytes([len(content)]) + content)

    def _text(self, x: str) -> None:
        content = x.encode("utf-8", "surrogatepass")
        self.out.append(pickle.BINUNICODE + struct.pack("<I", len(content)) + content)

    def _name(self, text: str) -> None:
        if text in self.names:
            self._recall(self.names[text])
            return
        module, _, name = text.partition(" ")
        self.out.append(pickle.GLOBAL + f"{module}\n{name}\n".encode())
        self.names[text] = self._remember()

    def _remember(self) -> int:
        """Give what was just written a number by which it can be had again."""
        n = self.count
        self.out.append(pickle.BINPUT + bytes([n]) if n < 256 else pickle.LONG_BINPUT + struct.pack("<I", n))
        self.count += 1
        return n

    def _recall(self, n: int) -> None:
        self.out.append(pickle.BINGET + bytes([n]) if n < 256 else pickle.LONG_BINGET + struct.pack("<I", n))

    def _get(self, x: Any, where: str) -> None:
        n = self.memo[id(x)]
        if n is _OPEN:
            raise ValueError(f"save() cannot write {where}: a tuple or set that contains itself")
        self._recall(n)

    def _note(self, x: Any) -> None:
        self.memo[id(x)] = self._remember()
        self.kept.append(x)

    # ------------------------------------------------------------------ composite values

    def _call(self, name: str, arguments: tuple[Any, ...], where: str) -> None:
        """A value that is made by calling ``name``."""
        self._name(name)
        self._tuple(arguments, where)
        self.out.append(pickle.REDUCE)

    def _tuple(self, items: Iterable[Any], where: str) -> None:
        items = tuple(items)
        if len(items) > 3:
            self.out.append(pickle.MARK)
        for k, item in enumerate(items):
            self.write(item, f"{where}[{k}]")
        self.out.append(_TUPLES.get(len(items), pickle.TUPLE))

    def _container(self, x: Any, kind: type, where: str) -> None:
        if kind is tuple or kind is set or kind is Counter:  # known only when complete
            if x:
                self.memo[id(x)] = _OPEN
            if kind is tuple:
                self._tuple(x, where)
            elif kind is set:
                self._call("__builtin__ set", (list(x),), where)
            else:
                self._call("collections Counter", (dict(x),), where)
            if x:
                self._note(x)
        elif kind is list:
            self.out.append(pickle.EMPTY_LIST)
            self._note(x)
            self.out.append(pickle.MARK)
            for k, item in enumerate(x):
                self.write(item, f"{where}[{k}]")
            self.out.append(pickle.APPENDS)
        else:
            self._mapping(x, kind, where)

    def _mapping(self, x: Any, kind: type, where: str) -> None:
        if kind is dict:
            self.out.append(pickle.EMPTY_DICT)
        else:
            self._call("collections OrderedDict", (), where)
        self._note(x)
        self.out.append(pickle.MARK)
        for key, item in x.items():
            self.write(key, f"a key of {where}")
            self.write(item, f"{where}[{key!r:.80}]")
        self.out.append(pickle.SETITEMS)
        if kind is OrderedDict and x.__dict__:  # _metadata of a state dict
            self.write(dict(x.__dict__), f"the attributes of {where}")
            self.out.append(pickle.BUILD)

    def _tensor(self, x: Tensor, where: str) -> None:
        if isinstance(x, Parameter):
            self._name("torch._utils _rebuild_parameter")
            self._values(x, False, where)
            self.write(x.requires_grad, where)
            self._call("collections OrderedDict", (), where)
            self.out += (pickle.TUPLE3, pickle.REDUCE)
        else:
            self._values(x, x.requires_grad, where)
        self._note(x)

    def _values(self, x: Tensor, requires_grad: bool, where: str) -> None:
        place, name = self.place(x), x.dtype.name
        typed = name in STORAGE_OF
        width = 1 if typed else x.array.itemsize
        self._name(f"torch._utils _rebuild_tensor_v{2 if typed else 3}")
        self.out += (pickle.MARK, pickle.MARK)
        self.write("storage", where)
        self._name(f"torch {STORAGE_OF[name]}" if typed else "torch.storage UntypedStorage")
        for part in (place.key, "cpu", place.numel * width):
            self.write(part, where)
        self.out += (pickle.TUPLE, pickle.BINPERSID)
        self.write(place.offset, where)
        self._tuple(x.array.shape, where)
        self._tuple(place.stride, where)
        self.write(requires_grad, where)
        self._call("collections OrderedDict", (), where)
        if not typed:
            self._name(f"torch {name}")
        self.out += (pickle.TUPLE, pickle.REDUCE)
