"""The short-time Fourier transform and its inverse."""

from __future__ import annotations

from typing import Any

import numpy as np

from minitorch.core.batched import raw
from minitorch.core.tensor import Tensor, wrap
from minitorch.ops.arithmetic import mul
from minitorch.ops.fft import fft, ifft, irfft, resized, rfft
from minitorch.ops.indexing import put


def _window(window: Tensor | None, win_length: int, n_fft: int, dtype: Any) -> Tensor:
    """The window in the middle of n_fft places."""
    w = wrap(np.ones(win_length, dtype)) if window is None else window
    if w.array.ndim != 1 or w.array.shape[0] != win_length:
        raise RuntimeError(
            f"expected a 1D window tensor of size equal to win_length={win_length}, but got window with size "
            f"{list(w.array.shape)}"
        )
    left = (n_fft - win_length) // 2
    return put(w, index=(slice(left, left + win_length),), shape=(n_fft,))


def stft(
    input: Tensor,
    n_fft: int,
    hop_length: int | None = None,
    win_length: int | None = None,
    window: Tensor | None = None,
    center: bool = True,
    pad_mode: str = "reflect",
    normalized: bool = False,
    onesided: bool | None = None,
    return_complex: bool | None = None,
    align_to_window: bool | None = None,
) -> Tensor:
    """The transforms of overlapping windows of a signal: (..., frequencies, frames) (``torch.stft``)."""
    from minitorch.ops.complex import view_as_real
    from minitorch.ops.indexing import take_fancy
    from minitorch.ops.memory import unfold

    if align_to_window is not None and center:
        raise RuntimeError("stft align_to_window should only be set when center = false")
    is_complex = input.array.dtype.kind == "c" or (window is not None and window.array.dtype.kind == "c")
    if return_complex is None:
        if not is_complex:
            raise RuntimeError(
                "stft requires the return_complex parameter be given for real inputs: use return_complex=True"
            )
        return_complex = True
    hop = n_fft // 4 if hop_length is None else hop_length
    length = n_fft if win_length is None else win_length
    x = input if input.array.ndim > 1 else input.unsqueeze(0)
    if input.array.ndim not in (1, 2):
        raise RuntimeError(f"stft: expected a 1D or 2D tensor, but got {input.array.ndim}D")
    if center:
        n, p = x.array.shape[-1], n_fft // 2
        if pad_mode not in ("reflect", "constant", "replicate", "circular"):
            raise RuntimeError(f"stft: pad_mode must be reflect, constant, replicate or circular, got {pad_mode!r}")
        if pad_mode == "constant":
            x = put(x, index=(slice(None), slice(p, p + n)), shape=(x.array.shape[0], n + 2 * p))
        else:
            kind: Any = {"reflect": "reflect", "replicate": "edge", "circular": "wrap"}[pad_mode]
            if pad_mode == "reflect" and p >= n:
                raise RuntimeError(
                    "Argument #4: Padding size should be less than the corresponding input dimension, but got: "
                    f"padding ({p}, {p}) at dimension 2 of input"
                )
            x = take_fancy(x, index=(slice(None), np.pad(np.arange(n), p, mode=kind)))
    if not 0 < n_fft <= x.array.shape[-1]:
        raise RuntimeError(f"stft: expected 0 < n_fft < {x.array.shape[-1]}, but got n_fft={n_fft}")
    if hop <= 0:
        raise RuntimeError(f"stft: expected hop_length > 0, but got hop_length={hop}")
    if not 0 < length <= n_fft:
        raise RuntimeError(f"stft: expected 0 < win_length <= n_fft, but got win_length={length}")
    frames = mul(unfold(x, -1, n_fft, hop), _window(window, length, n_fft, x.array.real.dtype))
    norm = "ortho" if normalized else "backward"
    half = not is_complex if onesided is None else onesided
    if half and is_complex:
        raise RuntimeError("Cannot have onesided output if window or input is complex")
    out = (rfft(frames, norm=norm) if half else fft(frames, norm=norm)).mT
    out = out if input.array.ndim > 1 else out.squeeze(0)
    return out if return_complex else view_as_real(out)


def istft(
    input: Tensor,
    n_fft: int,
    hop_length: int | None = None,
    win_length: int | None = None,
    window: Tensor | None = None,
    center: bool = True,
    normalized: bool = False,
    onesided: bool | None = None,
    length: int | None = None,
    return_complex: bool = False,
) -> Tensor:
    """The signal whose ``stft`` this is, by overlapping and adding windows (``torch.istft``)."""
    from minitorch.ops.scatter import add_at

    if input.array.dtype.kind != "c":
        raise RuntimeError(
            "istft requires a complex-valued input tensor matching the output from stft with return_complex=True."
        )
    hop = n_fft // 4 if hop_length is None else hop_length
    width = n_fft if win_length is None else win_length
    x = input if input.array.ndim > 2 else input.unsqueeze(0)
    half = x.array.shape[-2] != n_fft if onesided is None else onesided
    norm = "ortho" if normalized else "backward"
    spectra = x.mT
    frames = irfft(spectra, n_fft, norm=norm) if half and not return_complex else ifft(spectra, norm=norm)
    if frames.array.dtype.kind == "c" and not return_complex:
        frames = frames.real
    w = _window(window, width, n_fft, frames.array.real.dtype)
    count = frames.array.shape[-2]
    total = n_fft + hop * (count - 1)
    place = np.arange(count)[:, None] * hop + np.arange(n_fft)
    zeros = wrap(np.zeros((frames.array.shape[0], total), frames.array.dtype))
    signal = add_at(zeros, mul(frames, w), index=(slice(None), place))
    weight = add_at(wrap(np.zeros(total, w.array.dtype)), (w * w).expand(count, n_fft), index=(place,))
    start = n_fft // 2 if center else 0
    end = start + length if length is not None else total - start if center else total
    signal, weight = signal[:, start:end], weight[start:end]
    if weight.array.size and np.abs(raw(weight.array)).min() < 1e-11:
        raise RuntimeError("window overlap add min: 1: the window and hop_length leave samples that no window covers")
    out = signal / weight
    if end > total:
        out = resized(out, 1, end - start)
    return out if input.array.ndim > 2 else out.squeeze(0)
