"""Utilities beside tensors and modules: ``checkpoint``, ``data``, ``tensorboard``, ``summary``, threads."""

from minitorch.utils import checkpoint, data, pytree, tensorboard
from minitorch.utils.model_summary import count_parameters, summary

__all__ = ["checkpoint", "count_parameters", "data", "pytree", "summary", "tensorboard"]
