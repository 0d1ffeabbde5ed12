"""Complex numbers: parts, conjugates, angles, and the views between pairs of reals and complex numbers.

The gradient of a real loss in z = x + iy is, by PyTorch's convention, dL/dx + i dL/dy. For a holomorphic function
that is g times the *conjugate* of its derivative; the engine conjugates before and after the rule of a complex
result, so that the rules of exp or matmul read as in a textbook. A rule here whose result is real gives the gradient
itself.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from minitorch.core.primitive import Operation, primitive, promote_float, same
from minitorch.core.protocol import register
from minitorch.core.tensor import Tensor, wrap
from minitorch.ops import pointwise
from minitorch.ops.arithmetic import mul

# --- The table --------------------------------------------------------------------------------------------------------

real_part = primitive("Real", lambda x: x.real, view=True, prepare=same, x=lambda g: g)
imag_part = primitive("Imag", lambda x: x.imag, view=True, prepare=same, x=lambda g: g * 1j)
conjugate = primitive("Conj", np.conjugate, prepare=same, x=lambda g: np.conjugate(g))
from_parts = primitive("Complex", lambda a, b: _from_parts(a, b), prepare=same, a=lambda g: g, b=lambda g: g * 1j)
phase = primitive(
    "Angle",
    lambda x: _angle(x),
    prepare=promote_float,
    x=lambda g, x: g * _angle_slope(x),
)
direction = primitive(  # z / |z|, and 0 at 0
    "Sgn",
    lambda x: _direction(x),
    prepare=same,
    x=lambda g, x: _direction_backward(g, x),
)
as_pairs = primitive(
    "ViewAsReal",
    lambda x: x.reshape(*x.shape, 1).view(x.real.dtype) if x.flags.c_contiguous else np.stack([x.real, x.imag], -1),
    view=True,
    prepare=same,
    x=lambda g: as_complex(g),
)
as_complex: Operation = primitive(
    "ViewAsComplex",
    lambda x: _as_complex(x),
    view=True,
    prepare=same,
    x=lambda g: np.conjugate(as_pairs(np.conjugate(g))) if np.iscomplexobj(g) else as_pairs(g),
)


def _from_parts(a: Any, b: Any) -> Any:
    out = np.empty(np.broadcast_shapes(np.shape(a), np.shape(b)), np.result_type(a.dtype, np.complex64))
    out.real, out.imag = a, b
    return out


def _as_complex(x: Any) -> Any:
    x = x if x.flags.c_contiguous else np.ascontiguousarray(x)
    return x.view(np.result_type(x.dtype, np.complex64))[..., 0]


def _angle(x: Any) -> Any:
    return np.angle(x) if x.dtype.kind == "c" else np.where(np.isnan(x), x, np.where(x < 0, np.pi, 0.0).astype(x.dtype))


def _angle_slope(x: Any) -> Any:
    """The gradient of atan2(y, x) in the plane: (-y + ix) / |z|^2; a real input's angle is constant."""
    if not np.iscomplexobj(x):
        return 0.0
    size = np.real(x) * np.real(x) + np.imag(x) * np.imag(x)
    return np.where(size == 0, 0.0, x * 1j / np.where(size == 0, 1.0, size))


def _direction(x: Any) -> Any:
    if x.dtype.kind != "c":
        return x if x.dtype.kind == "b" else np.sign(x)
    size = np.abs(x)
    return np.where(size == 0, 0, x / np.where(size == 0, 1, size)).astype(x.dtype)


def _direction_backward(g: Any, x: Any) -> Any:
    """Of z / |z|: the part of g across z, over |z|. ``g`` comes conjugated, as to every rule of a complex result."""
    if not np.iscomplexobj(x):
        return g * 0
    size = np.abs(x)
    s = direction(x)
    across = np.conjugate(g) - np.real(g * s) * s
    return np.conjugate(np.where(size == 0, 0.0, across / np.where(size == 0, 1.0, size)))


register(np.conjugate, lambda x: conj(x))
register(np.sign, lambda x: (sgn if x.array.dtype.kind == "c" else pointwise.sign)(x))
register(np.real, lambda val: real(val) if val.array.dtype.kind == "c" else val)
register(np.imag, lambda val: imag(val))
register(np.angle, lambda z, deg=False: angle(z))
register(np.iscomplexobj, lambda x: x.array.dtype.kind == "c")

# --- PyTorch's functions ----------------------------------------------------------------------------------------------


def real(input: Tensor) -> Tensor:
    """The real parts, a view; a real tensor itself (``torch.real``)."""
    return real_part(input) if input.array.dtype.kind == "c" else input


def imag(input: Tensor) -> Tensor:
    """The imaginary parts of a complex tensor, a view (``torch.imag``)."""
    if input.array.dtype.kind != "c":
        raise RuntimeError("imag is not implemented for tensors with non-complex dtypes.")
    return imag_part(input)


def conj(input: Tensor) -> Tensor:
    """The complex conjugate; a real tensor itself (``torch.conj``). Here it is computed at once, never lazily."""
    return conjugate(input) if input.array.dtype.kind == "c" else input


def conj_physical(input: Tensor) -> Tensor:
    """``conj`` in memory of its own (``torch.conj_physical``)."""
    return conjugate(input)


def resolve_conj(input: Tensor) -> Tensor:
    """The tensor itself: conjugates are never lazy (``torch.resolve_conj``)."""
    return input


def resolve_neg(input: Tensor) -> Tensor:
    """The tensor itself: negatives are never lazy (``torch.resolve_neg``)."""
    return input


def is_conj(input: Tensor) -> bool:
    """False: conjugates are never lazy (``torch.is_conj``)."""
    return False


def is_neg(input: Tensor) -> bool:
    """False: negatives are never lazy (``torch.is_neg``)."""
    return False


def angle(input: Tensor) -> Tensor:
    """The angle of each number in the plane (``torch.angle``)."""
    return phase(input)


def sgn(input: Tensor) -> Tensor:
    """``z / |z|``, and 0 at 0; for real numbers the sign (``torch.sgn``)."""
    return direction(input)


def complex(real: Tensor, imag: Tensor) -> Tensor:
    """Complex numbers from their parts (``torch.complex``).

    >>> import minitorch
    >>> minitorch.complex(minitorch.tensor([1.0]), minitorch.tensor([2.0]))
    tensor([1.+2.j])
    """
    if real.array.dtype != imag.array.dtype:
        raise RuntimeError(
            f"Expected object of scalar type {real.dtype.alias} but got scalar type {imag.dtype.alias} for second "
            "argument"
        )
    if real.array.dtype.kind != "f":
        raise RuntimeError(
            f"Expected both inputs to be Half, Float or Double tensors but got {real.dtype.alias} and "
            f"{imag.dtype.alias}"
        )
    return from_parts(real, imag)


def polar(abs: Tensor, angle: Tensor) -> Tensor:
    """Complex numbers from their sizes and angles (``torch.polar``)."""
    if abs.array.dtype.kind != "f" or angle.array.dtype.kind != "f":
        raise RuntimeError(
            f"Expected both inputs to be Half, Float or Double tensors but got {abs.dtype.alias} and "
            f"{angle.dtype.alias}"
        )
    return complex(mul(abs, pointwise.cos(angle)), mul(abs, pointwise.sin(angle)))


def view_as_real(input: Tensor) -> Tensor:
    """A view of complex numbers as pairs of reals, in a new last dim (``torch.view_as_real``)."""
    if input.array.dtype.kind != "c":
        raise RuntimeError("view_as_real is only supported for complex tensors")
    return as_pairs(input)


def view_as_complex(input: Tensor) -> Tensor:
    """A view of pairs of reals, the last dim, as complex numbers (``torch.view_as_complex``)."""
    if input.array.dtype not in (np.float32, np.float64):
        raise RuntimeError(
            "view_as_complex is only supported for half, float and double tensors, but got a tensor of scalar "
            f"type: {input.dtype.alias}"
        )
    if input.array.ndim == 0:
        raise RuntimeError("Input tensor must have one or more dimensions")
    if input.array.shape[-1] != 2:
        raise RuntimeError("Tensor must have a last dimension of size 2")
    return as_complex(input)


def isreal(input: Tensor) -> Tensor:
    """Which elements have no imaginary part (``torch.isreal``)."""
    return wrap(np.isreal(input.array))
