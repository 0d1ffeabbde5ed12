"""Window functions for signals: made in float64 and given in the dtype asked for."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from minitorch.core import dtypes
from minitorch.core.tensor import Tensor, wrap
from minitorch.core.tensor import device as on
from minitorch.ops.arguments import check_strided


def _made(
    window: Any, dtype: dtypes.dtype | None, requires_grad: bool, layout: Any = None, where: Any = None
) -> Tensor:
    check_strided(layout, "window functions")
    if where is not None:
        on(where)  # raises for anything but the CPU
    to = dtypes.get_default_dtype() if dtype is None else dtype
    if to not in (dtypes.float32, dtypes.float64):
        raise ValueError(f"window functions expect float32 or float64 dtypes, got: {to}")
    out = wrap(window.astype(to.numpy))
    out.requires_grad = requires_grad
    return out


def _points(M: int, sym: bool, name: str) -> tuple[Any, int]:
    """The numbers 0 to M-1, and one less than the window's period."""
    if M < 0:
        raise ValueError(f"{name}: M must be non-negative, got {M}")
    return np.arange(M, dtype=np.float64), (M - 1 if sym else M)


def _cosines(M: int, a: Sequence[float], sym: bool, name: str) -> Any:
    """The sum of (-1)^k a_k cos(2 pi k n / N)."""
    n, period = _points(M, sym, name)
    if M == 1:
        return np.ones(1)
    return sum((-1) ** k * c * np.cos(2 * math.pi * k * n / max(period, 1)) for k, c in enumerate(a)) + 0 * n


def general_cosine(
    M: int,
    *,
    a: Sequence[float],
    sym: bool = True,
    dtype: dtypes.dtype | None = None,
    layout: Any = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """A sum of cosines with alternating signs and weights ``a`` (``torch.signal.windows.general_cosine``).

    >>> import minitorch
    >>> minitorch.signal.windows.general_cosine(3, a=[0.5, 0.5])
    tensor([0., 1., 0.])
    """
    if not isinstance(a, (list, tuple)):
        raise TypeError("Coefficients must be a list/tuple")
    if not a:
        raise ValueError("Coefficients cannot be empty")
    return _made(_cosines(M, a, sym, "general_cosine"), dtype, requires_grad, layout, device)


def general_hamming(
    M: int,
    *,
    alpha: float = 0.54,
    sym: bool = True,
    dtype: dtypes.dtype | None = None,
    layout: Any = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """``alpha - (1 - alpha) cos(2 pi n / N)`` (``torch.signal.windows.general_hamming``)."""
    return _made(_cosines(M, [alpha, 1 - alpha], sym, "general_hamming"), dtype, requires_grad, layout, device)


def hamming(
    M: int,
    *,
    sym: bool = True,
    dtype: dtypes.dtype | None = None,
    layout: Any = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """Hamming's window (``torch.signal.windows.hamming``)."""
    return _made(_cosines(M, [0.54, 0.46], sym, "hamming"), dtype, requires_grad, layout, device)


def hann(
    M: int,
    *,
    sym: bool = True,
    dtype: dtypes.dtype | None = None,
    layout: Any = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """Von Hann's window (``torch.signal.windows.hann``)."""
    return _made(_cosines(M, [0.5, 0.5], sym, "hann"), dtype, requires_grad, layout, device)


def blackman(
    M: int,
    *,
    sym: bool = True,
    dtype: dtypes.dtype | None = None,
    layout: Any = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """Blackman's window (``torch.signal.windows.blackman``)."""
    return _made(_cosines(M, [0.42, 0.5, 0.08], sym, "blackman"), dtype, requires_grad, layout, device)


def nuttall(
    M: int,
    *,
    sym: bool = True,
    dtype: dtypes.dtype | None = None,
    layout: Any = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """Nuttall's four-term window (``torch.signal.windows.nuttall``)."""
    return _made(
        _cosines(M, [0.3635819, 0.4891775, 0.1365995, 0.0106411], sym, "nuttall"), dtype, requires_grad, layout, device
    )


def bartlett(
    M: int,
    *,
    sym: bool = True,
    dtype: dtypes.dtype | None = None,
    layout: Any = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """Bartlett's triangle (``torch.signal.windows.bartlett``)."""
    n, period = _points(M, sym, "bartlett")
    w = np.ones(1) if M == 1 else 1 - np.abs(2 * n / max(period, 1) - 1)
    return _made(w, dtype, requires_grad, layout, device)


def cosine(
    M: int,
    *,
    sym: bool = True,
    dtype: dtypes.dtype | None = None,
    layout: Any = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """Half a period of a sine (``torch.signal.windows.cosine``)."""
    n, period = _points(M, sym, "cosine")
    return _made(np.sin(math.pi * (n + 0.5) / (period + 1)), dtype, requires_grad, layout, device)


def exponential(
    M: int,
    *,
    center: float | None = None,
    tau: float = 1.0,
    sym: bool = True,
    dtype: dtypes.dtype | None = None,
    layout: Any = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """``exp(-|n - center| / tau)`` (``torch.signal.windows.exponential``)."""
    if tau <= 0:
        raise ValueError(f"Tau must be positive, got: {tau} instead.")
    if sym and center is not None:
        raise ValueError("Center must be None for symmetric windows")
    n, period = _points(M, sym, "exponential")
    middle = period / 2 if center is None else center
    return _made(np.exp(-np.abs(n - middle) / tau), dtype, requires_grad, layout, device)


def gaussian(
    M: int,
    *,
    std: float = 1.0,
    sym: bool = True,
    dtype: dtypes.dtype | None = None,
    layout: Any = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """``exp(-((n - N/2) / std)^2 / 2)`` (``torch.signal.windows.gaussian``)."""
    if std <= 0:
        raise ValueError(f"Standard deviation must be positive, got: {std} instead.")
    n, period = _points(M, sym, "gaussian")
    return _made(np.exp(-(((n - period / 2) / std) ** 2) / 2), dtype, requires_grad, layout, device)


def kaiser(
    M: int,
    *,
    beta: float = 12.0,
    sym: bool = True,
    dtype: dtypes.dtype | None = None,
    layout: Any = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """Kaiser's window, by Bessel functions (``torch.signal.windows.kaiser``)."""
    if beta < 0:
        raise ValueError(f"beta must be non-negative, got: {beta} instead.")
    n, period = _points(M, sym, "kaiser")
    w = (
        np.ones(1)
        if M == 1
        else np.i0(beta * np.sqrt(np.maximum(1 - (2 * n / max(period, 1) - 1) ** 2, 0))) / np.i0(beta)
    )
    return _made(w, dtype, requires_grad, layout, device)


# --- Their older names in the module itself ---------------------------------------------------------------------------


def hann_window(
    window_length: int,
    periodic: bool = True,
    *,
    dtype: Any = None,
    layout: Any = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """``hann``, periodic unless told otherwise (``torch.hann_window``)."""
    return hann(window_length, sym=not periodic, dtype=dtype, layout=layout, device=device, requires_grad=requires_grad)


def hamming_window(
    window_length: int,
    periodic: bool = True,
    alpha: float = 0.54,
    beta: float = 0.46,
    *,
    dtype: Any = None,
    layout: Any = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """``alpha - beta cos(2 pi n / N)`` (``torch.hamming_window``)."""
    return _made(
        _cosines(window_length, [alpha, beta], not periodic, "hamming_window"), dtype, requires_grad, layout, device
    )


def bartlett_window(
    window_length: int,
    periodic: bool = True,
    *,
    dtype: Any = None,
    layout: Any = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """``bartlett``, periodic unless told otherwise (``torch.bartlett_window``)."""
    return bartlett(
        window_length, sym=not periodic, dtype=dtype, layout=layout, device=device, requires_grad=requires_grad
    )


def blackman_window(
    window_length: int,
    periodic: bool = True,
    *,
    dtype: Any = None,
    layout: Any = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """``blackman``, periodic unless told otherwise (``torch.blackman_window``)."""
    return blackman(
        window_length, sym=not periodic, dtype=dtype, layout=layout, device=device, requires_grad=requires_grad
    )


def kaiser_window(
    window_length: int,
    periodic: bool = True,
    beta: float = 12.0,
    *,
    dtype: Any = None,
    layout: Any = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """``kaiser``, periodic unless told otherwise (``torch.kaiser_window``)."""
    return kaiser(
        window_length,
        beta=beta,
        sym=not periodic,
        dtype=dtype,
        layout=layout,
        device=device,
        requires_grad=requires_grad,
    )
