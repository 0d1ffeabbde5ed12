"""Bulk methods: how a dataset or a sampler offers whole batches, and when the offer counts.

A class may define beside its ordinary methods one that does the same for many elements at once. There are three:

- `Dataset.__getbatch__(indices)`: the collated batch of these samples, from an int64 array of shape (n,), n > 0. It may
  return NotImplemented, and the samples are then taken one by one. Stands for ``__getitem__`` and ``__getitems__``.
- `Sampler.__blocks__()`: index arrays of shape (k,), which one after another are what ``__iter__`` yields.
- `BatchSampler.__batches__()`: one index array a batch, where ``__iter__`` yields lists.

A subclass that overrides the ordinary method and not the bulk one means its own method to be used.
"""

from collections.abc import Callable
from typing import Any


def bulk_method(obj: object, bulk: str, *ordinary: str) -> Callable[..., Any] | None:
    """`obj`'s method `bulk`, or None if it has none, or a subclass has overridden one of the `ordinary` ones since."""
    for cls in type(obj).__mro__:
        if bulk in cls.__dict__:
            method: Callable[..., Any] = getattr(obj, bulk)
            return method
        if any(name in cls.__dict__ for name in ordinary):
            return None
    return None
