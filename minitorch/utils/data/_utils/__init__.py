"""The path by which PyTorch documents its `collate` and the map that extends it: ``utils.data._utils.collate``."""

from minitorch.utils.data import collate

__all__ = ["collate"]
