"""Utilities beside tensors and modules: ``minitorch.utils.data``."""

from minitorch.utils import data

__all__ = ["data"]
