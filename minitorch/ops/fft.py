"""Discrete Fourier transforms. A transform's matrix is symmetric, so that its rule is the same transform.

(The engine conjugates before and after the rule of a complex result: conj(F conj(g)) is the adjoint of F.)
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from minitorch.core.primitive import Operation, primitive
from minitorch.core.protocol import register
from minitorch.core.tensor import Tensor, wrap
from minitorch.ops.arguments import dim_index
from minitorch.ops.complex import conj
from minitorch.ops.indexing import put, take
from minitorch.ops.rearranging import roll

# --- The table --------------------------------------------------------------------------------------------------------


def _complexed(arrays: Sequence[Any]) -> Sequence[Any]:
    """Real inputs as complex ones of the same precision; whole numbers as complex64."""
    return [
        x
        if x.dtype.kind == "c"
        else x.astype(np.result_type(x.dtype, np.complex64) if x.dtype.kind == "f" else np.complex64)
        for x in arrays
    ]


def _floating(arrays: Sequence[Any]) -> Sequence[Any]:
    return [x if x.dtype.kind == "f" else x.astype(np.float32) for x in arrays]


to_complex: Operation = primitive(
    "FftC2C",
    lambda x, *, axes, norm, inverse: (np.fft.ifftn if inverse else np.fft.fftn)(x, axes=axes, norm=norm),
    prepare=_complexed,
    x=lambda g, axes, norm, inverse: to_complex(g, axes=axes, norm=norm, inverse=inverse),
)
from_real = primitive(  # the first half of the transform of a real signal, along the last of the axes
    "FftR2C",
    lambda x, *, axes, norm: np.fft.rfftn(x, axes=axes, norm=norm),
    prepare=_floating,
    x=lambda g, axes, norm, x_shape: to_complex(_filled(g, axes[-1], x_shape), axes=axes, norm=norm, inverse=False),
)
to_real = primitive(  # the real signal of length n whose half transform, along the last of the axes, this is
    "FftC2R",
    lambda x, *, axes, norm, n: np.fft.irfftn(x, [x.shape[a] for a in axes[:-1]] + [n], axes, norm),
    prepare=_complexed,
    x=lambda g, axes, norm, n: from_real(g, axes=axes, norm=_OTHER[norm]) * _weights(n, axes[-1], g.ndim),
)

_OTHER: dict[str, str] = {"backward": "forward", "forward": "backward", "ortho": "ortho"}


def _filled(g: Any, axis: int, shape: tuple[int, ...]) -> Any:
    """Half a spectrum with zeros for the other half."""
    whole = (*g.shape[:axis], shape[axis], *g.shape[axis + 1 :])
    return put(g, index=(slice(None),) * axis + (slice(g.shape[axis]),), shape=whole)


def _weights(n: int, axis: int, ndim: int) -> Any:
    """How often each frequency of half a spectrum stands in the whole: the first and the middle one once, others
    twice.
    """
    w = np.full(n // 2 + 1, 2.0, np.float32)  # exact, and does not widen a complex64
    w[0] = 1
    if n % 2 == 0:
        w[-1] = 1
    return w.reshape((-1,) + (1,) * (ndim - axis - 1))


# --- PyTorch's functions ----------------------------------------------------------------------------------------------


def _scaling(norm: str | None, function: str) -> str:
    if norm not in (None, "backward", "forward", "ortho"):
        raise RuntimeError(
            f'Invalid normalization mode: "{norm}" for {function}: expected "backward", "ortho" or "forward"'
        )
    return norm or "backward"


def resized(x: Tensor, axis: int, n: int) -> Tensor:
    """Cut or filled up with zeros to n elements along an axis."""
    have = x.array.shape[axis]
    lead = (slice(None),) * axis
    if n < have:
        return take(x, index=(*lead, slice(n)))
    if n == have:
        return x
    return put(x, index=(*lead, slice(have)), shape=(*x.array.shape[:axis], n, *x.array.shape[axis + 1 :]))


def _sized(x: Tensor, n: int | None, dim: int, function: str) -> tuple[Tensor, int, int]:
    axis = dim_index(dim, x.array.ndim)
    if x.array.ndim == 0:
        raise IndexError(f"{function}: Dimension specified as {dim} but tensor has no dimensions")
    length = x.array.shape[axis] if n is None else n
    if length < 1:
        raise RuntimeError(f"Invalid number of data points ({length}) specified")
    return x, axis, length


def fft(input: Tensor, n: int | None = None, dim: int = -1, norm: str | None = None) -> Tensor:
    """The discrete Fourier transform along ``dim`` (``torch.fft.fft``).

    >>> import minitorch
    >>> minitorch.fft.fft(minitorch.tensor([1.0, 0.0])).real
    tensor([1., 1.])
    """
    x, axis, length = _sized(input, n, dim, "fft")
    return to_complex(resized(x, axis, length), axes=(axis,), norm=_scaling(norm, "fft"), inverse=False)


def ifft(input: Tensor, n: int | None = None, dim: int = -1, norm: str | None = None) -> Tensor:
    """The inverse of ``fft`` (``torch.fft.ifft``)."""
    x, axis, length = _sized(input, n, dim, "ifft")
    return to_complex(resized(x, axis, length), axes=(axis,), norm=_scaling(norm, "ifft"), inverse=True)


def _must_be_real(input: Tensor, function: str) -> None:
    if input.array.dtype.kind == "c":
        raise RuntimeError(f"{function} expects a real input tensor, but got {input.dtype.alias}")


def rfft(input: Tensor, n: int | None = None, dim: int = -1, norm: str | None = None) -> Tensor:
    """The half of the transform of a real signal that says it all (``torch.fft.rfft``)."""
    _must_be_real(input, "rfft")
    x, axis, length = _sized(input, n, dim, "rfft")
    return from_real(resized(x, axis, length), axes=(axis,), norm=_scaling(norm, "rfft"))


def irfft(input: Tensor, n: int | None = None, dim: int = -1, norm: str | None = None) -> Tensor:
    """The inverse of ``rfft``: a real signal of length n (``torch.fft.irfft``)."""
    axis = dim_index(dim, input.array.ndim)
    length = 2 * (input.array.shape[axis] - 1) if n is None else n
    if length < 1:
        raise RuntimeError(f"Invalid number of data points ({length}) specified")
    x = resized(input, axis, length // 2 + 1)
    return to_real(x, axes=(axis,), norm=_scaling(norm, "irfft"), n=length)


def hfft(input: Tensor, n: int | None = None, dim: int = -1, norm: str | None = None) -> Tensor:
    """The real transform of a signal of which half is given, the rest being its conjugate (``torch.fft.hfft``)."""
    return irfft(conj(input), n, dim, _OTHER[_scaling(norm, "hfft")])


def ihfft(input: Tensor, n: int | None = None, dim: int = -1, norm: str | None = None) -> Tensor:
    """The inverse of ``hfft`` (``torch.fft.ihfft``)."""
    return conj(rfft(input, n, dim, _OTHER[_scaling(norm, "ihfft")]))


def _several(x: Tensor, s: Any, dim: Any, half: bool = False) -> tuple[Tensor, tuple[int, ...], int]:
    """The input resized, the axes, and the real length along the last one (for half spectra)."""
    ndim = x.array.ndim
    if dim is not None:
        axes = tuple(dim_index(d, ndim) for d in ([dim] if isinstance(dim, int) else dim))
    else:
        axes = tuple(range(ndim)) if s is None else tuple(range(ndim - len(s), ndim))
    if len(set(axes)) != len(axes):
        raise RuntimeError("FFT dims must be unique")
    if s is not None and len(s) != len(axes):
        raise RuntimeError("When given, dim and shape arguments must have the same length")
    sizes = [x.array.shape[a] if s is None or s[k] == -1 else s[k] for k, a in enumerate(axes)]
    last = sizes[-1] if sizes else 0
    if half and axes:
        last = 2 * (x.array.shape[axes[-1]] - 1) if s is None or s[-1] == -1 else s[-1]
        sizes[-1] = last // 2 + 1
    if any(n < 1 for n in sizes) or (axes and last < 1):
        raise RuntimeError(f"Invalid number of data points ({min([*sizes, last])}) specified")
    for a, n in zip(axes, sizes, strict=True):
        x = resized(x, a, n)
    return x, axes, last


def fftn(input: Tensor, s: Any = None, dim: Any = None, norm: str | None = None) -> Tensor:
    """The transform along several dims (``torch.fft.fftn``)."""
    x, axes, _ = _several(input, s, dim)
    return to_complex(x, axes=axes, norm=_scaling(norm, "fftn"), inverse=False)


def ifftn(input: Tensor, s: Any = None, dim: Any = None, norm: str | None = None) -> Tensor:
    """The inverse of ``fftn`` (``torch.fft.ifftn``)."""
    x, axes, _ = _several(input, s, dim)
    return to_complex(x, axes=axes, norm=_scaling(norm, "ifftn"), inverse=True)


def rfftn(input: Tensor, s: Any = None, dim: Any = None, norm: str | None = None) -> Tensor:
    """The half transform of a real signal along several dims (``torch.fft.rfftn``)."""
    _must_be_real(input, "rfftn")
    x, axes, _ = _several(input, s, dim)
    if not axes:
        raise RuntimeError("rfftn must transform at least one axis")
    return from_real(x, axes=axes, norm=_scaling(norm, "rfftn"))


def irfftn(input: Tensor, s: Any = None, dim: Any = None, norm: str | None = None) -> Tensor:
    """The inverse of ``rfftn`` (``torch.fft.irfftn``)."""
    x, axes, n = _several(input, s, dim, half=True)
    if not axes:
        raise RuntimeError("irfftn must transform at least one axis")
    return to_real(x, axes=axes, norm=_scaling(norm, "irfftn"), n=n)


def hfftn(input: Tensor, s: Any = None, dim: Any = None, norm: str | None = None) -> Tensor:
    """``hfft`` along the last of several dims, ``fft`` along the others (``torch.fft.hfftn``)."""
    return irfftn(conj(input), s, dim, _OTHER[_scaling(norm, "hfftn")])


def ihfftn(input: Tensor, s: Any = None, dim: Any = None, norm: str | None = None) -> Tensor:
    """The inverse of ``hfftn`` (``torch.fft.ihfftn``)."""
    return conj(rfftn(input, s, dim, _OTHER[_scaling(norm, "ihfftn")]))


def fft2(input: Tensor, s: Any = None, dim: Any = (-2, -1), norm: str | None = None) -> Tensor:
    """``fftn`` along the last two dims (``torch.fft.fft2``)."""
    return fftn(input, s, dim, norm)


def ifft2(input: Tensor, s: Any = None, dim: Any = (-2, -1), norm: str | None = None) -> Tensor:
    """``ifftn`` along the last two dims (``torch.fft.ifft2``)."""
    return ifftn(input, s, dim, norm)


def rfft2(input: Tensor, s: Any = None, dim: Any = (-2, -1), norm: str | None = None) -> Tensor:
    """``rfftn`` along the last two dims (``torch.fft.rfft2``)."""
    return rfftn(input, s, dim, norm)


def irfft2(input: Tensor, s: Any = None, dim: Any = (-2, -1), norm: str | None = None) -> Tensor:
    """``irfftn`` along the last two dims (``torch.fft.irfft2``)."""
    return irfftn(input, s, dim, norm)


def hfft2(input: Tensor, s: Any = None, dim: Any = (-2, -1), norm: str | None = None) -> Tensor:
    """``hfftn`` along the last two dims (``torch.fft.hfft2``)."""
    return hfftn(input, s, dim, norm)


def ihfft2(input: Tensor, s: Any = None, dim: Any = (-2, -1), norm: str | None = None) -> Tensor:
    """``ihfftn`` along the last two dims (``torch.fft.ihfft2``)."""
    return ihfftn(input, s, dim, norm)


def _shift(input: Tensor, dim: Any, inverse: bool) -> Tensor:
    dims = range(input.array.ndim) if dim is None else [dim] if isinstance(dim, int) else dim
    axes = [dim_index(d, input.array.ndim) for d in dims]
    by = [(input.array.shape[a] + inverse) // 2 for a in axes]
    return roll(input, by, axes) if axes else input.clone()


def fftshift(input: Tensor, dim: Any = None) -> Tensor:
    """The frequency 0 moved into the middle (``torch.fft.fftshift``)."""
    return _shift(input, dim, inverse=False)


def ifftshift(input: Tensor, dim: Any = None) -> Tensor:
    """The inverse of ``fftshift`` (``torch.fft.ifftshift``)."""
    return _shift(input, dim, inverse=True)


def fftfreq(n: int, d: float = 1.0, *, dtype: Any = None, requires_grad: bool = False) -> Tensor:
    """The frequencies that ``fft`` of n samples, d apart, gives (``torch.fft.fftfreq``)."""
    return _made(np.fft.fftfreq(n, d), dtype, requires_grad)


def rfftfreq(n: int, d: float = 1.0, *, dtype: Any = None, requires_grad: bool = False) -> Tensor:
    """The frequencies that ``rfft`` gives (``torch.fft.rfftfreq``)."""
    return _made(np.fft.rfftfreq(n, d), dtype, requires_grad)


def _made(array: Any, dtype: Any, requires_grad: bool) -> Tensor:
    from minitorch.core import dtypes

    out = wrap(array.astype(dtypes.get_default_dtype().numpy if dtype is None else dtype.numpy))
    out.requires_grad = requires_grad
    return out


register(np.fft.fft, lambda a, n=None, axis=-1, norm=None, out=None: fft(a, n, axis, norm))
register(np.fft.ifft, lambda a, n=None, axis=-1, norm=None, out=None: ifft(a, n, axis, norm))
register(np.fft.rfft, lambda a, n=None, axis=-1, norm=None, out=None: rfft(a, n, axis, norm))
register(np.fft.irfft, lambda a, n=None, axis=-1, norm=None, out=None: irfft(a, n, axis, norm))
register(np.fft.hfft, lambda a, n=None, axis=-1, norm=None, out=None: hfft(a, n, axis, norm))
register(np.fft.ihfft, lambda a, n=None, axis=-1, norm=None, out=None: ihfft(a, n, axis, norm))
register(np.fft.fftn, lambda a, s=None, axes=None, norm=None, out=None: fftn(a, s, axes, norm))
register(np.fft.ifftn, lambda a, s=None, axes=None, norm=None, out=None: ifftn(a, s, axes, norm))
register(np.fft.rfftn, lambda a, s=None, axes=None, norm=None, out=None: rfftn(a, s, axes, norm))
register(np.fft.irfftn, lambda a, s=None, axes=None, norm=None, out=None: irfftn(a, s, axes, norm))
register(np.fft.fft2, lambda a, s=None, axes=(-2, -1), norm=None, out=None: fft2(a, s, axes, norm))
register(np.fft.ifft2, lambda a, s=None, axes=(-2, -1), norm=None, out=None: ifft2(a, s, axes, norm))
register(np.fft.rfft2, lambda a, s=None, axes=(-2, -1), norm=None, out=None: rfft2(a, s, axes, norm))
register(np.fft.irfft2, lambda a, s=None, axes=(-2, -1), norm=None, out=None: irfft2(a, s, axes, norm))
register(np.fft.fftshift, lambda x, axes=None: fftshift(x, axes))
register(np.fft.ifftshift, lambda x, axes=None: ifftshift(x, axes))

# --- Short-time transforms --------------------------------------------------------------------------------------------
