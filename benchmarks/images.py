"""Workloads of convolutional networks on small images."""

from __future__ import annotations

from typing import Any

from benchmarks import data, floors_images
from benchmarks.dense import training
from benchmarks.workload import workload


@workload("CNN on 8x8, batch 64, Adam", target=0.7, floor=floors_images.cnn_8, floor_target=1.3)
def cnn_8(torch: Any) -> Any:
    nn = torch.nn
    return _train(
        torch,
        8,
        nn.Sequential(
            nn.Conv2d(1, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
            nn.Conv2d(16, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
            nn.Flatten(), nn.Linear(128, 10),
        ),
    )  # fmt: skip


@workload("the same with BatchNorm and dropout", target=0.7, floor=floors_images.cnn_8_norm, floor_target=1.3)
def cnn_8_norm(torch: Any) -> Any:
    nn = torch.nn
    return _train(
        torch,
        8,
        nn.Sequential(
            nn.Conv2d(1, 16, 3, padding=1), nn.BatchNorm2d(16), nn.ReLU(), nn.MaxPool2d(2),
            nn.Conv2d(16, 32, 3, padding=1), nn.BatchNorm2d(32), nn.ReLU(), nn.MaxPool2d(2),
            nn.Flatten(), nn.Dropout(0.25), nn.Linear(128, 10),
        ),
    )  # fmt: skip


@workload(
    "CNN on 28x28, batch 64 (32 and 64 channels), Adam", target=1.2, floor=floors_images.cnn_28, floor_target=1.15
)
def cnn_28(torch: Any) -> Any:
    nn = torch.nn
    return _train(
        torch,
        28,
        nn.Sequential(
            nn.Conv2d(1, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
            nn.Conv2d(32, 64, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
            nn.Flatten(), nn.Linear(3136, 10),
        ),
    )  # fmt: skip


def _train(torch: Any, size: int, model: Any) -> Any:
    x, y = map(torch.from_numpy, data.images(64, size))
    return training(model, torch.nn.CrossEntropyLoss(), torch.optim.Adam(model.parameters(), lr=1e-3), x, y)
