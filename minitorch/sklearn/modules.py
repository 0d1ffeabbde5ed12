"""The module that the estimators train when they are given none: a multilayer perceptron."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from minitorch import nn
from minitorch.core.tensor import Tensor

ACTIVATIONS: dict[str, type[nn.Module]] = {
    "identity": nn.Identity,
    "logistic": nn.Sigmoid,
    "tanh": nn.Tanh,
    "relu": nn.ReLU,
}


class MLP(nn.Sequential):
    """Linear layers with an activation, and dropout if wanted, after each but the last; (N, in) to (N, out).

    Args:
        in_features, out_features: sizes of the first input and the last output.
        hidden: sizes between them, or a number when there is one.
        activation: "identity", "logistic", "tanh" or "relu".
        dropout: the probability of an activation to be dropped; 0 makes no dropout layers.

    >>> MLP(4, 3, hidden=(8,), activation="tanh")
    MLP(
      (0): Linear(in_features=4, out_features=8, bias=True)
      (1): Tanh()
      (2): Linear(in_features=8, out_features=3, bias=True)
    )
    """

    def __init__(
        self,
        in_features: int,
        out_features: int,
        hidden: int | Sequence[int] = (100,),
        activation: str = "relu",
        dropout: float = 0.0,
    ) -> None:
        if activation not in ACTIVATIONS:
            raise ValueError(f"activation should be one of {', '.join(ACTIVATIONS)}, got {activation!r}")
        between = [hidden] if isinstance(hidden, int) else [int(size) for size in hidden]
        if any(size <= 0 for size in between):
            raise ValueError(f"hidden layer sizes must be > 0, got {between}")
        layers: list[nn.Module] = []
        for inputs, outputs in pairwise([in_features, *between, out_features]):
            layers += [nn.Linear(inputs, outputs), ACTIVATIONS[activation]()]
            if dropout:
                layers.append(nn.Dropout(dropout))
        super().__init__(*layers[: -2 if dropout else -1])

    @property
    def weights(self) -> list[Tensor]:
        """The weights (out, in) of the linear layers, in order."""
        return [layer.weight for layer in self if isinstance(layer, nn.Linear)]

    @property
    def biases(self) -> list[Tensor]:
        """The biases (out,) of the linear layers, in order."""
        return [layer.bias for layer in self if isinstance(layer, nn.Linear) and layer.bias is not None]
