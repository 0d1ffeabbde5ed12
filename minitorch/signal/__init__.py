"""``minitorch.signal``: tools for signals."""

from minitorch.signal import windows

__all__ = ["windows"]
