"""Workloads of scalars and of dense layers: chains, logistic regression, multilayer perceptrons."""

from __future__ import annotations

import itertools
from typing import Any

from benchmarks import data, floors
from benchmarks.workload import workload


@workload("scalar chain, 200 ops, forward and backward", target=0.55)
def chain(torch: Any) -> Any:
    x = torch.tensor(0.5, requires_grad=True)

    def step() -> Any:
        y = x
        for _ in range(50):
            y = (y * 1.01 + x).tanh() - 0.1
        x.grad = None
        y.backward()
        return y

    return step, [x]


@workload("logistic regression 569x30, SGD", target=0.7, floor=floors.logistic, floor_target=1.3)
def logistic(torch: Any) -> Any:
    model = torch.nn.Linear(30, 1)
    x, y = map(torch.from_numpy, data.breast_cancer())
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    return training(model, torch.nn.BCEWithLogitsLoss(), optimizer, x, y)


@workload(
    "MLP 64-64-10, batch 32, Adam",
    target=0.33,
    floor=floors.mlp_adam,
    floor_target=1.3,
    compiled={"floor": 1.0, "JAX": 1.0},
)
def mlp_adam(torch: Any) -> Any:
    model = mlp(torch, [64, 64, 10])
    x, y = digits(torch, 32)
    return training(model, torch.nn.CrossEntropyLoss(), torch.optim.Adam(model.parameters(), lr=1e-3), x, y)


@workload("MLP 64-256-128-10, batch 128, SGD momentum", target=0.8, floor=floors.mlp_momentum, floor_target=1.15)
def mlp_momentum(torch: Any) -> Any:
    model = mlp(torch, [64, 256, 128, 10])
    x, y = digits(torch, 128)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
    return training(model, torch.nn.CrossEntropyLoss(), optimizer, x, y)


@workload("MLP 12 layers of 32, tanh, batch 64, AdamW", target=0.5, floor=floors.mlp_deep, floor_target=1.4)
def mlp_deep(torch: Any) -> Any:
    model = mlp(torch, [64, *[32] * 12, 10], activation=torch.nn.Tanh)
    x, y = digits(torch, 64)
    return training(model, torch.nn.CrossEntropyLoss(), torch.optim.AdamW(model.parameters(), lr=1e-3), x, y)


@workload("MLP 784-1024-1024-10, batch 256, Adam", target=1.0, floor=floors.mlp_wide, floor_target=1.05)
def mlp_wide(torch: Any) -> Any:
    model = mlp(torch, [784, 1024, 1024, 10])
    images, classes = data.images(256, 28)
    x, y = torch.from_numpy(images.reshape(256, 784)), torch.from_numpy(classes)
    return training(model, torch.nn.CrossEntropyLoss(), torch.optim.Adam(model.parameters(), lr=1e-3), x, y)


@workload("gradient penalty through an MLP (double backward)", target=0.8)
def penalty(torch: Any) -> Any:
    model = mlp(torch, [64, 64, 1], activation=torch.nn.Tanh)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    x = digits(torch, 32)[0].requires_grad_()

    def step() -> Any:
        optimizer.zero_grad()
        (slope,) = torch.autograd.grad(model(x).sum(), x, create_graph=True)
        loss = ((slope.pow(2).sum(1) + 1e-12).sqrt() - 1).pow(2).mean()
        loss.backward()
        optimizer.step()
        return loss

    return step, list(model.parameters())


@workload("accumulation over 4 micro-batches of 8, Adam", target=0.5, floor=floors.accumulation, floor_target=1.4)
def accumulation(torch: Any) -> Any:
    model = mlp(torch, [64, 64, 10])
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    criterion = torch.nn.CrossEntropyLoss()
    x, y = digits(torch, 32)
    parts = list(zip(x.split(8), y.split(8)))

    def step() -> Any:
        optimizer.zero_grad()
        for inputs, targets in parts:
            loss = criterion(model(inputs), targets) / len(parts)
            loss.backward()
        optimizer.step()
        return loss

    return step, list(model.parameters())


# --- What they share --------------------------------------------------------------------------------------------------


def mlp(torch: Any, sizes: list[int], activation: Any = None) -> Any:
    """Linear layers of these sizes with an activation (ReLU) between them."""
    layers: list[Any] = []
    for inputs, outputs in itertools.pairwise(sizes):
        layers += [torch.nn.Linear(inputs, outputs), (activation or torch.nn.ReLU)()]
    return torch.nn.Sequential(*layers[:-1])


def digits(torch: Any, batch: int) -> tuple[Any, Any]:
    """The first digits as a batch of tensors."""
    x, y = data.digits()
    return torch.from_numpy(x[:batch].copy()), torch.from_numpy(y[:batch].copy())


def training(model: Any, criterion: Any, optimizer: Any, x: Any, y: Any) -> Any:
    """The usual training step on one batch, over and over."""

    def step() -> Any:
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
        return loss

    return step, list(model.parameters())
