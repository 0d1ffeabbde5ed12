"""Workloads on sequences of characters: a small GPT."""

from __future__ import annotations

from typing import Any

from benchmarks import data, floors_text
from benchmarks.data import CHARACTERS, LENGTH
from benchmarks.dense import training
from benchmarks.workload import workload

WIDTH, HEADS = floors_text.WIDTH, floors_text.HEADS


@workload("GPT: 2 layers, width 64, T=32, batch 16, AdamW", target=0.9, floor=floors_text.gpt, floor_target=1.3)
def gpt(torch: Any) -> Any:
    model = _gpt(torch)
    x, y = map(torch.from_numpy, data.characters())
    cross_entropy = torch.nn.functional.cross_entropy

    def criterion(scores: Any, target: Any) -> Any:
        return cross_entropy(scores.view(-1, CHARACTERS), target.view(-1))

    return training(model, criterion, torch.optim.AdamW(model.parameters(), lr=1e-3), x, y)


def _gpt(torch: Any) -> Any:
    """Causal self-attention and a hidden layer with GELU, twice, each after a LayerNorm (GPT-2, 2019)."""
    nn = torch.nn

    class Attention(nn.Module):  # type: ignore[misc, name-defined]
        def __init__(self) -> None:
            super().__init__()
            self.qkv, self.out = nn.Linear(WIDTH, 3 * WIDTH), nn.Linear(WIDTH, WIDTH)

        def forward(self, x: Any) -> Any:
            parts = (part.view(*part.shape[:2], HEADS, -1).transpose(1, 2) for part in self.qkv(x).split(WIDTH, 2))
            attended = nn.functional.scaled_dot_product_attention(*parts, is_causal=True)
            return self.out(attended.transpose(1, 2).reshape(x.shape))

    class Block(nn.Module):  # type: ignore[misc, name-defined]
        def __init__(self) -> None:
            super().__init__()
            self.before, self.attention, self.between = nn.LayerNorm(WIDTH), Attention(), nn.LayerNorm(WIDTH)
            self.hidden = nn.Sequential(nn.Linear(WIDTH, 4 * WIDTH), nn.GELU(), nn.Linear(4 * WIDTH, WIDTH))

        def forward(self, x: Any) -> Any:
            x = x + self.attention(self.before(x))
            return x + self.hidden(self.between(x))

    class GPT(nn.Module):  # type: ignore[misc, name-defined]
        def __init__(self) -> None:
            super().__init__()
            self.token, self.place = nn.Embedding(CHARACTERS, WIDTH), nn.Embedding(LENGTH, WIDTH)
            self.blocks = nn.Sequential(Block(), Block())
            self.last, self.scores = nn.LayerNorm(WIDTH), nn.Linear(WIDTH, CHARACTERS, bias=False)

        def forward(self, x: Any) -> Any:
            return self.scores(self.last(self.blocks(self.token(x) + self.place(torch.arange(LENGTH)))))

    return GPT()
