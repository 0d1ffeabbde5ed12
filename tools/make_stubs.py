"""Writes the stubs that type checkers and editors read, from the functions that are bound at run time.

``minitorch/_methods.pyi`` declares Tensor's methods, operators and properties, ``minitorch/functions.pyi`` the
functions of
the module. Run ``python tools/make_stubs.py`` after a change to methods.py or to a signature; a test says when it is
due.
"""

from __future__ import annotations

import inspect
import types
import typing
from collections.abc import Callable
from pathlib import Path
from typing import Any

import minitorch
from minitorch import functions, methods
from minitorch.core.tensor import Tensor

PACKAGE = Path(minitorch.__file__).parent
Function = Callable[..., Any]

HEADER = '''"""{title}

Written by tools/make_stubs.py: do not edit.
"""

import builtins
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from minitorch.core.dtypes import dtype as DType
from minitorch.core.generator import Generator
from minitorch.core.tensor import Tensor, device as Device
{imports}
Number = builtins.bool | builtins.int | builtins.float | builtins.complex

'''

# Operators whose answer is no Tensor, or whose argument may be anything.
FIXED = {
    "__eq__": "(self, other: Any, /) -> Tensor: ...  # type: ignore[override]",
    "__ne__": "(self, other: Any, /) -> Tensor: ...  # type: ignore[override]",
}


class Stub:
    """The text of one stub file, and the result types that it must import."""

    def __init__(self) -> None:
        self.results: dict[str, set[str]] = {}

    def type(self, hint: Any) -> str:
        """A type as the stub writes it. Builtins are spelled out, for Tensor has methods called float, int and bool."""
        if hint is Any or isinstance(hint, (str, typing.TypeVar)):
            return "Any"
        if hint is None or hint is type(None):
            return "None"
        if hint is Ellipsis:
            return "..."
        if isinstance(hint, types.UnionType) or typing.get_origin(hint) is typing.Union:
            return " | ".join(dict.fromkeys(self.type(part) for part in typing.get_args(hint)))
        origin, args = typing.get_origin(hint), typing.get_args(hint)
        if origin is not None:
            inner = ", ".join(self.type(a) if not isinstance(a, list) else "..." for a in args)
            name = f"builtins.{origin.__name__}" if origin.__module__ == "builtins" else origin.__name__
            return f"{name}[{inner}]"
        if hint is minitorch.dtype:
            return "DType"
        if hint is minitorch.device:
            return "Device"
        if hint in (Tensor, minitorch.Generator):
            return str(hint.__name__)
        if hint.__module__ == "builtins":
            return f"builtins.{hint.__name__}"
        if hint.__module__.startswith("minitorch.ops"):
            self.results.setdefault(hint.__module__, set()).add(hint.__name__)
            return str(hint.__name__)
        return "Any"

    def signature(self, function: Function, *, method: bool) -> str:
        """Parameters and result: of a row, by the number of its inputs."""
        row = getattr(function, "row", None)
        if row is not None:
            out = "" if method else ", *, out: Tensor | None = None"
            first = "self" if method else "input: Tensor"
            if len(row.inputs) == 1:
                return f"({first}{out}) -> Tensor"
            return f"({first if method else 'input: Tensor | Number'}, other: Tensor | Number{out}) -> Tensor"
        hints = typing.get_type_hints(function)
        parts: list[str] = []
        star = False
        for k, (name, p) in enumerate(inspect.signature(function).parameters.items()):
            if k == 0 and method:
                parts.append("self")
                continue
            text = name
            if p.kind is p.VAR_POSITIONAL:
                text, star = f"*{name}", True
            elif p.kind is p.VAR_KEYWORD:
                text = f"**{name}"
            elif p.kind is p.KEYWORD_ONLY and not star:
                parts.append("*")
                star = True
            text += f": {self.type(hints.get(name, Any))}"
            if p.default is not p.empty:
                plain = p.default is None or isinstance(p.default, (bool, int, float, str, tuple))
                text += f" = {p.default!r}" if plain and "inf" not in repr(p.default) else " = ..."
            parts.append(text)
        return f"({', '.join(parts)}) -> {self.type(hints.get('return', Any))}"

    def operator(self, function: Function) -> str:
        """The signature of an operator, which has no keywords."""
        return self.signature(function, method=True).replace(", *, alpha: Any = 1", "")

    def imports(self) -> str:
        return "".join(
            f"from {module} import {', '.join(sorted(names))}\n" for module, names in sorted(self.results.items())
        )


def declared(name: str, signature: str, doc: str | None, indent: str) -> str:
    """One function, with the first line of its docstring for editors to show."""
    first = (doc or "").strip().split("\n")[0]
    if not first or first.startswith("The primitive"):
        return f"{indent}def {name}{signature}: ...\n"
    quoted = first.replace("\\", "\\\\")
    return f'{indent}def {name}{signature}:\n{indent}    """{quoted}"""\n'


def methods_stub() -> str:
    """The text of _methods.pyi."""
    stub = Stub()
    body = "class Methods:\n    __hash__: Any\n    __array_ufunc__: Any\n    __array_function__: Any\n"
    bound = methods.methods()
    for name, function in sorted(bound.items()):
        base = bound.get(name[:-1]) if name.endswith("_") and not name.endswith("__") else None
        partner = f"__{name[3:]}" if name.startswith("__i") else ""  # x -= y has the arguments of x - y
        base = bound.get(partner, base)
        if name in FIXED:
            body += f"    def {name}{FIXED[name]}\n"
        elif base is not None:  # the in-place form: the same arguments, the tensor itself as the result
            parameters = (stub.operator(base) if partner in bound else stub.signature(base, method=True)).rpartition(
                " -> "
            )[0]
            doc = None if name.startswith("__") else f"``{name[:-1]}``, in place."
            body += declared(name, f"{parameters} -> Tensor", doc, "    ")
        elif name in methods.OPERATORS and function.__name__ == name and name not in ("__getitem__",):
            body += f"    def {name}(self, other: Any, /) -> Tensor: ...\n"
        else:
            signature = stub.operator(function) if name in methods.OPERATORS else stub.signature(function, method=True)
            body += declared(name, signature, function.__doc__, "    ")
    for name, function in sorted(methods.PROPERTIES.items()):
        body += "    @property\n"
        body += declared(name, stub.signature(function, method=True), function.__doc__, "    ")
    title = "Tensor's methods, operators and properties, which methods.py binds."
    return HEADER.format(title=title, imports=stub.imports()) + body


def functions_stub() -> str:
    """The text of functions.pyi."""
    stub = Stub()
    body = ""
    listed = methods.functions()
    for name, function in sorted(functions.public().items()):
        base = listed.get(name[:-1]) if name.endswith("_") else None
        signature = stub.signature(listed.get(name, function), method=False)
        if base is not None:
            signature = stub.signature(base, method=False).replace(", *, out: Tensor | None = None", "")
            signature = signature.rpartition(" -> ")[0] + " -> Tensor"
        elif name in functions.TAKES_OUT and getattr(function, "row", None) is None and "out:" not in signature:
            parameters, _, result = signature.rpartition(") -> ")
            star = "" if "*, " in parameters or "*" in parameters.replace("**", "") else "*, "
            parameters += f", {star}out: Tensor | None = None"
            signature = f"{parameters}) -> {result}"
        body += declared(name, signature, f"``{name[:-1]}``, in place." if base is not None else function.__doc__, "")
    names = "".join(f"    {name!r},\n".replace("'", '"') for name in functions.__all__)
    title = "The functions of the module, which functions.py makes from the list in methods.py."
    return HEADER.format(title=title, imports=stub.imports()) + f"__all__ = [\n{names}]\n\n" + body


STUBS = {"_methods.pyi": methods_stub, "functions.pyi": functions_stub}


def formatted(text: str) -> str:
    """The text as ``ruff format`` leaves it."""
    import subprocess
    import sys

    command = [sys.executable, "-m", "ruff", "format", "--stdin-filename", str(PACKAGE / "functions.pyi"), "-"]
    return subprocess.run(command, input=text, capture_output=True, text=True, check=True).stdout


def main() -> None:
    """Writes both stubs."""
    for name, make in STUBS.items():
        (PACKAGE / name).write_text(formatted(make()))
        print(f"wrote minitorch/{name}")


if __name__ == "__main__":
    main()
