"""``AdaptiveLogSoftmaxWithLoss``: a softmax over many classes, the rarer the cheaper (Grave et al. 2017)."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any, NamedTuple

from minitorch.core.tensor import Tensor
from minitorch.nn import functional as F
from minitorch.nn.common_types import Device, DType
from minitorch.nn.containers import ModuleList, Sequential
from minitorch.nn.linear import Linear
from minitorch.nn.module import Module
from minitorch.ops.concatenation import cat


class _ASMoutput(NamedTuple):
    output: Tensor
    loss: Tensor


class AdaptiveLogSoftmaxWithLoss(Module):
    """Log-probabilities of the targets, and their negative mean: (N, in_features) and (N) to (N) and a scalar.

    Classes are numbered by falling frequency. The ``head`` scores those below the first cutoff and one cluster for
    each range between cutoffs; a cluster's classes are scored by its part of the ``tail``, through fewer features.

    Args:
        in_features: size of each input.
        n_classes: number of classes.
        cutoffs: rising class numbers at which clusters begin.
        div_value: cluster i has in_features / div_value^(i+1) features.
        head_bias: whether the head has a bias.
        device: the CPU.
        dtype: of the parameters.

    Raises:
        ValueError: cutoffs that are none, not rising, or out of range.

    >>> import minitorch as torch
    >>> softmax = torch.nn.AdaptiveLogSoftmaxWithLoss(16, 100, cutoffs=[10, 40])
    >>> out = softmax(torch.zeros(3, 16), torch.tensor([5, 20, 99]))
    >>> out.output.shape, out.loss.shape
    (torch.Size([3]), torch.Size([]))
    """

    def __init__(
        self,
        in_features: int,
        n_classes: int,
        cutoffs: Sequence[int],
        div_value: float = 4.0,
        head_bias: bool = False,
        device: Device = None,
        dtype: DType = None,
    ) -> None:
        super().__init__()
        cutoffs = list(cutoffs)
        if not cutoffs:
            raise ValueError("cutoffs should be a sequence of length larger than 0")
        rising = all(a < b for a, b in itertools.pairwise(cutoffs)) and all(int(c) == c for c in cutoffs)
        if not rising or cutoffs[0] <= 0 or cutoffs[-1] > n_classes - 1:
            raise ValueError(
                "cutoffs should be a sequence of unique, positive integers sorted in an increasing order, where each "
                f"value is between 1 and n_classes-1, got {cutoffs} for {n_classes} classes"
            )
        self.in_features = in_features
        self.n_classes = n_classes
        self.cutoffs = [*cutoffs, n_classes]
        self.div_value = div_value
        self.head_bias = head_bias
        self.shortlist_size = cutoffs[0]
        self.n_clusters = len(cutoffs)
        self.head_size = self.shortlist_size + self.n_clusters
        self.head = Linear(in_features, self.head_size, head_bias, device, dtype)
        self.tail: Any = ModuleList()
        for i, (low, high) in enumerate(itertools.pairwise(self.cutoffs)):
            hidden = int(in_features // div_value ** (i + 1))
            first = Linear(in_features, hidden, False, device, dtype)
            self.tail.append(Sequential(first, Linear(hidden, high - low, False, device, dtype)))

    def reset_parameters(self) -> None:
        """Draw new initial weights."""
        self.head.reset_parameters()
        for first, second in self.tail:
            first.reset_parameters()
            second.reset_parameters()

    def forward(self, input_: Tensor, target_: Tensor) -> _ASMoutput:
        """(N, in_features) and class numbers (N), or one of each, to log-probabilities (N) and a scalar loss.

        Raises:
            RuntimeError: sizes that do not fit, or targets that are no classes.
        """
        if target_.dim() > 1:
            raise RuntimeError(f"0D or 1D target tensor expected, multi-target not supported, got {target_.dim()}D")
        if target_.dim() == 1 and input_.shape[0] != target_.shape[0]:
            raise RuntimeError(
                "Input and target should have the same size in the batch dimension. Got "
                f"{input_.shape[0]} and {target_.shape[0]}"
            )
        if input_.dim() != target_.dim() + 1:
            raise RuntimeError(
                f"{target_.dim()}D target tensor expects {target_.dim() + 1}D input tensors, but found inputs with "
                f"size {input_.size()}"
            )
        batched = target_.dim() > 0
        input, target = (input_, target_) if batched else (input_.unsqueeze(0), target_.unsqueeze(0))
        if target.numel() and not 0 <= target.min().item() <= target.max().item() < self.n_classes:
            raise RuntimeError(
                f"Target values should be in [0, {self.n_classes - 1}], but values in range "
                f"[{target.min().item()}, {target.max().item()}] were found. "
            )
        output = input.new_zeros(target.shape[0])
        column = target.clone()  # of the head: the class itself, or its cluster
        for i, (low, high) in enumerate(itertools.pairwise(self.cutoffs)):
            rows = ((target >= low) & (target < high)).nonzero().squeeze(1)
            if rows.numel() == 0:
                continue
            column[rows] = self.shortlist_size + i
            scores = F.log_softmax(self.tail[i](input[rows]), dim=1)
            inside = scores.gather(1, (target[rows] - low).unsqueeze(1)).squeeze(1)
            output = output.index_copy(0, rows, inside)
        output = output + F.log_softmax(self.head(input), dim=1).gather(1, column.unsqueeze(1)).squeeze(1)
        loss = (-output).mean()
        return _ASMoutput(output if batched else output.squeeze(0), loss)

    def log_prob(self, input: Tensor) -> Tensor:
        """(N, in_features) to the log-probabilities of all classes, (N, n_classes)."""
        return self._all_of(input, self.head(input))

    def predict(self, input: Tensor) -> Tensor:
        """(N, in_features) to the most probable class of each, (N): looks into a cluster only where the head does."""
        head = self.head(input)
        best: Tensor = head.argmax(dim=1)
        rest = (best >= self.shortlist_size).nonzero().squeeze(1)
        if rest.numel():
            best[rest] = self._all_of(input[rest], head[rest]).argmax(dim=1)
        return best

    def _all_of(self, input: Tensor, head: Tensor) -> Tensor:
        scores = F.log_softmax(head, dim=1)
        parts = [scores[:, : self.shortlist_size]]
        for i, layers in enumerate(self.tail):
            cluster = scores[:, self.shortlist_size + i].unsqueeze(1)
            parts.append(F.log_softmax(layers(input), dim=1) + cluster)
        return cat(parts, 1)
