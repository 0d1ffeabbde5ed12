"""Parameters as one vector, and back."""

from __future__ import annotations

from collections.abc import Iterable

from minitorch.core.tensor import Tensor
from minitorch.ops.concatenation import cat


def parameters_to_vector(parameters: Iterable[Tensor]) -> Tensor:
    """All parameters, flattened, one after the other. Gradients flow back to them.

    >>> import minitorch as torch
    >>> layer = torch.nn.Linear(2, 3)
    >>> torch.nn.utils.parameters_to_vector(layer.parameters()).shape
    torch.Size([9])
    """
    return cat([parameter.reshape(-1) for parameter in parameters])


def vector_to_parameters(vec: Tensor, parameters: Iterable[Tensor]) -> None:
    """Give the parameters the values of ``vec``, in the order of ``parameters_to_vector``.

    Raises:
        TypeError: ``vec`` is not a Tensor.
    """
    if not isinstance(vec, Tensor):
        raise TypeError(f"expected torch.Tensor, but got: {type(vec).__name__}")
    start = 0
    for parameter in parameters:
        stop = start + parameter.numel()
        parameter.data = vec[start:stop].view_as(parameter).data
        start = stop
