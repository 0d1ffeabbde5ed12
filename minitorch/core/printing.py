"""Printing tensors as PyTorch prints them."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from minitorch.core import dtypes
from minitorch.core.batched import is_batched
from minitorch.core.recording import values
from minitorch.core.tensor import Array, Tensor, wrap


class _Options:
    precision = 4
    threshold = 1000.0
    edgeitems = 3
    linewidth = 80
    sci_mode: bool | None = None


options = _Options()

_PROFILES = {
    "default": (4, 1000, 3, 80),
    "short": (2, 1000, 2, 80),
    "full": (4, math.inf, 3, 80),
}


def set_printoptions(
    precision: int | None = None,
    threshold: float | None = None,
    edgeitems: int | None = None,
    linewidth: int | None = None,
    profile: str | None = None,
    sci_mode: bool | None = None,
) -> None:
    """Sets how tensors are printed (``torch.set_printoptions``).

    Args:
        precision: digits after the point.
        threshold: more elements than this are summarised, with ``edgeitems`` at each end of a dim.
        linewidth: characters a line.
        profile: "default", "short" or "full", before the other arguments are applied.
        sci_mode: scientific notation always (True), never (False), or by the numbers (None).
    """
    if profile is not None:
        if profile not in _PROFILES:
            raise ValueError(f"profile must be one of {', '.join(_PROFILES)}, got {profile!r}")
        options.precision, options.threshold, options.edgeitems, options.linewidth = _PROFILES[profile]
    if precision is not None:
        options.precision = precision
    if threshold is not None:
        options.threshold = threshold
    if edgeitems is not None:
        options.edgeitems = edgeitems
    if linewidth is not None:
        options.linewidth = linewidth
    options.sci_mode = sci_mode


class _Format:
    """How the numbers of one tensor are written: all to one width."""

    def __init__(self, values: Array) -> None:
        self.floating = values.dtype.kind == "f"
        self.whole = True
        self.scientific = False
        self.width = 1
        flat = values.ravel()
        if not self.floating:
            for value in flat.tolist():
                self.width = max(self.width, len(str(value)))
            return
        flat = flat.astype(np.float64)
        flat = flat[np.isfinite(flat) & (flat != 0)]
        if not flat.size:
            return
        sizes = np.abs(flat)
        low, high = sizes.min(), sizes.max()
        self.whole = bool((flat == np.ceil(flat)).all())
        wide = high / low > 1000.0 or high > 1.0e8
        self.scientific = bool(wide or (not self.whole and low < 1.0e-4))
        if options.sci_mode is not None:
            self.scientific = options.sci_mode
        for value in flat.tolist():
            self.width = max(self.width, len(self._text(value)))

    def _text(self, value: Any) -> str:
        if not self.floating:
            return str(value)
        if self.scientific:
            return f"{value:.{options.precision}e}"
        if self.whole:
            return f"{value:.0f}" + ("." if math.isfinite(value) else "")
        return f"{value:.{options.precision}f}"

    def __call__(self, value: Any) -> str:
        return self._text(value).rjust(self.width)


class _ComplexFormat:
    """Real and imaginary part, each to its own width."""

    def __init__(self, values: Array) -> None:
        self.real, self.imag = _Format(values.real), _Format(values.imag)
        self.width = self.real.width + self.imag.width + 1

    def __call__(self, value: Any) -> str:
        imaginary = self.imag(value.imag).lstrip()
        if imaginary[0] not in "+-":
            imaginary = "+" + imaginary
        return self.real(value.real) + imaginary + "j"


def _body(x: Array, indent: int, write: Any, summarise: bool) -> str:
    if x.ndim == 0:
        return str(write(x.item()))
    edge = options.edgeitems
    cut = summarise and x.shape[0] > 2 * edge
    if x.ndim == 1:
        per_line = max(1, (options.linewidth - indent) // (write.width + 2))
        if cut:
            words = [*map(write, x[:edge].tolist()), " ...", *map(write, x[-edge:].tolist())]
        else:
            words = [write(v) for v in x.tolist()]
        lines = [", ".join(words[i : i + per_line]) for i in range(0, len(words), per_line)]
        return "[" + (",\n" + " " * (indent + 1)).join(lines) + "]"
    rows = [*x[:edge], None, *x[len(x) - edge :]] if cut else list(x)
    parts = ["..." if row is None else _body(row, indent + 1, write, summarise) for row in rows]
    return "[" + ("," + "\n" * (x.ndim - 1) + " " * (indent + 1)).join(parts) + "]"


def _shown(x: Array) -> Array:
    """The elements of a summarised tensor that will be printed: they alone decide the format."""
    edge = options.edgeitems
    for axis in range(x.ndim):
        if x.shape[axis] > 2 * edge:
            keep = [*range(edge), *range(x.shape[axis] - edge, x.shape[axis])]
            x = np.take(x, keep, axis)
    return x


def tensor_text(t: Tensor) -> str:
    """What ``repr`` of a tensor says."""
    x: Any = values(t)
    if is_batched(x):
        samples = "\n".join("    " + line for line in tensor_text(wrap(x.data)).split("\n"))
        return f"BatchedTensor(lvl={x.level.number}, bdim=0, value=\n{samples}\n)"
    prefix = "tensor("
    notes: list[str] = []
    kind = dtypes.of(x.dtype)
    default = (dtypes.get_default_dtype(), dtypes.get_default_dtype().to_complex(), dtypes.int64, dtypes.bool_)
    if x.size == 0:
        body = "[]"
        if x.ndim != 1:
            notes.append(f"size={tuple(x.shape)}")
        if kind is not default[0]:
            notes.append(f"dtype={kind}")
    else:
        if kind not in default:
            notes.append(f"dtype={kind}")
        summarise = x.size > options.threshold
        seen = _shown(x) if summarise else x
        write = _ComplexFormat(seen) if x.dtype.kind == "c" else _Format(seen)
        body = _body(x, len(prefix), write, summarise)
    node = t.grad_fn
    if node is not None:
        notes.append(f"grad_fn=<{node.name()}>")
    elif t._requires_grad:
        notes.append("requires_grad=True")
    text = prefix + body
    length = len(text) - text.rfind("\n") + 1
    for note in notes:
        if length + len(note) + 2 > options.linewidth:
            text += ",\n" + " " * len(prefix) + note
            length = len(prefix) + len(note)
        else:
            text += ", " + note
            length += len(note) + 2
    return text + ")"
