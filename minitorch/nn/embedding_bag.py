"""``EmbeddingBag``: rows of a table, looked up by number and summed, averaged or maximised bag by bag."""

from __future__ import annotations

from typing import Literal, Self

from minitorch.core.mode import no_grad
from minitorch.core.tensor import Tensor
from minitorch.nn import functional as F
from minitorch.nn import init
from minitorch.nn.common_types import Device, DType
from minitorch.nn.module import Module
from minitorch.nn.parameter import Parameter, empty_parameter

Mode = Literal["sum", "mean", "max"]


class EmbeddingBag(Module):
    """One row for each bag of numbers: (B, N), or (N) with ``offsets`` (B), to (B, embedding_dim).

    Args:
        num_embeddings: number of rows of ``weight``, which starts as N(0, 1).
        embedding_dim: size of each.
        max_norm: rows with a larger norm are scaled down to it, in place, when they are looked up.
        norm_type: p of that norm.
        scale_grad_by_freq: divide a row's gradient by how often it was looked up; not for "max".
        mode: "sum", "mean" or "max" of a bag's rows.
        sparse: kept for compatibility; gradients are dense.
        _weight: use this table.
        include_last_offset: ``offsets`` ends with the number of elements.
        padding_idx: a row that starts as zeros, counts for nothing and gets no gradient.
        device: the CPU.
        dtype: of the table.

    Raises:
        AssertionError: ``padding_idx`` out of range, or a ``_weight`` of another shape.

    >>> import minitorch as torch
    >>> bags = torch.nn.EmbeddingBag(10, 3, mode="sum")
    >>> bags(torch.tensor([1, 2, 4, 5, 4]), offsets=torch.tensor([0, 3])).shape
    torch.Size([2, 3])
    """

    weight: Parameter

    def __init__(
        self,
        num_embeddings: int,
        embedding_dim: int,
        max_norm: float | None = None,
        norm_type: float = 2.0,
        scale_grad_by_freq: bool = False,
        mode: Mode = "mean",
        sparse: bool = False,
        _weight: Tensor | None = None,
        include_last_offset: bool = False,
        padding_idx: int | None = None,
        device: Device = None,
        dtype: DType = None,
    ) -> None:
        super().__init__()
        if padding_idx is not None:
            if not (padding_idx == 0 or -num_embeddings <= padding_idx < num_embeddings):
                raise AssertionError(
                    f"padding_idx must be within num_embeddings, got {padding_idx} for {num_embeddings} embeddings"
                )
            padding_idx = padding_idx + num_embeddings if padding_idx < 0 else padding_idx
        self.num_embeddings = num_embeddings
        self.embedding_dim = embedding_dim
        self.max_norm = max_norm
        self.norm_type = norm_type
        self.scale_grad_by_freq = scale_grad_by_freq
        self.padding_idx = padding_idx
        if _weight is None:
            self.weight = empty_parameter((num_embeddings, embedding_dim), device, dtype)
            self.reset_parameters()
        else:
            if tuple(_weight.shape) != (num_embeddings, embedding_dim):
                raise AssertionError(
                    "Shape of weight does not match num_embeddings and embedding_dim: "
                    f"{tuple(_weight.shape)} instead of {(num_embeddings, embedding_dim)}"
                )
            self.weight = Parameter(_weight)
        self.mode: Mode = mode
        self.sparse = sparse
        self.include_last_offset = include_last_offset

    def reset_parameters(self) -> None:
        """Draw a new table."""
        init.normal_(self.weight)
        if self.padding_idx is not None:
            with no_grad():
                self.weight[self.padding_idx].fill_(0)

    @classmethod
    def from_pretrained(
        cls,
        embeddings: Tensor,
        freeze: bool = True,
        max_norm: float | None = None,
        norm_type: float = 2.0,
        scale_grad_by_freq: bool = False,
        mode: Mode = "mean",
        sparse: bool = False,
        include_last_offset: bool = False,
        padding_idx: int | None = None,
    ) -> Self:
        """A layer with the given (num_embeddings, embedding_dim) table, frozen unless ``freeze=False``."""
        if embeddings.dim() != 2:
            raise AssertionError(
                f"Embeddings parameter is expected to be 2-dimensional, got {embeddings.dim()} dimensions"
            )
        rows, columns = embeddings.shape
        made = cls(
            rows,
            columns,
            _weight=embeddings,
            max_norm=max_norm,
            norm_type=norm_type,
            scale_grad_by_freq=scale_grad_by_freq,
            mode=mode,
            sparse=sparse,
            include_last_offset=include_last_offset,
            padding_idx=padding_idx,
        )
        made.weight.requires_grad_(not freeze)
        return made

    def forward(self, input: Tensor, offsets: Tensor | None = None, per_sample_weights: Tensor | None = None) -> Tensor:
        """Bags of one size (B, N), or numbers (N) and where each bag begins (B), to (B, embedding_dim).

        ``per_sample_weights`` has the input's shape and multiplies the rows, for mode "sum" only.
        """
        return F.embedding_bag(
            input,
            self.weight,
            offsets,
            self.max_norm,
            self.norm_type,
            self.scale_grad_by_freq,
            self.mode,
            self.sparse,
            per_sample_weights,
            self.include_last_offset,
            self.padding_idx,
        )

    def extra_repr(self) -> str:
        text = f"{self.num_embeddings}, {self.embedding_dim}"
        if self.max_norm is not None:
            text += f", max_norm={self.max_norm}"
        if self.norm_type != 2:
            text += f", norm_type={self.norm_type}"
        if self.scale_grad_by_freq is not False:
            text += f", scale_grad_by_freq={self.scale_grad_by_freq}"
        text += f", mode={self.mode!r}"
        return text if self.padding_idx is None else f"{text}, padding_idx={self.padding_idx}"
