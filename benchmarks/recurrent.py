"""Workloads of recurrent networks on sequences."""

from __future__ import annotations

from typing import Any

from benchmarks import data, floors_recurrent
from benchmarks.dense import training
from benchmarks.workload import workload


@workload(
    "LSTM, T=32, hidden 64, batch 32, Adam",
    target=1.2,
    floor=floors_recurrent.lstm,
    floor_target=1.2,
    compiled={"PyTorch": 0.9},
)
def lstm(torch: Any) -> Any:
    return _train(torch, torch.nn.LSTM)


@workload("GRU, T=32, hidden 64, batch 32, Adam", target=0.6, floor=floors_recurrent.gru, floor_target=1.2)
def gru(torch: Any) -> Any:
    return _train(torch, torch.nn.GRU)


def _train(torch: Any, kind: Any) -> Any:
    """64 features a step; the class of a sequence from its last output."""
    x, y = map(torch.from_numpy, data.sequences())

    class Classifier(torch.nn.Module):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.layer = kind(64, 64)
            self.head = torch.nn.Linear(64, 10)

        def forward(self, x: Any) -> Any:
            return self.head(self.layer(x)[0][-1])

    model = Classifier()
    return training(model, torch.nn.CrossEntropyLoss(), torch.optim.Adam(model.parameters(), lr=1e-3), x, y)
