"""A convolutional network that reads handwritten digits: 98.5 % of those it has not seen.

    python examples/digits_cnn.py

The 1797 digits of scikit-learn are divided in three. The network learns from one part, each image moved and turned a
little every time it is seen; the second part says which epoch was best; the third is looked at once, at the end.
"""

from __future__ import annotations

import copy
from pathlib import Path

from _example import Amount, Count, Settings, figure, run, save
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from tqdm import tqdm

import minitorch as torch
from minitorch import nn, optim
from minitorch.nn import functional as F
from minitorch.utils.data import DataLoader, TensorDataset


class Digits(Settings):
    epochs: Count
    batch_size: Count
    channels: Count
    dropout: Amount
    lr: Amount  # the highest; one cycle of learning rates
    weight_decay: Amount
    shift: Amount  # the deviation of the moves, in pixels
    turn: Amount  # the deviation of the turns, in radians
    accuracy: Amount  # what must be reached


def digits(seed: int) -> tuple[TensorDataset, TensorDataset, TensorDataset]:
    """60 % to learn from, 20 % to choose by and 20 % to measure with, classes in proportion."""
    images, labels = load_digits(return_X_y=True)
    rest, test, rest_labels, test_labels = train_test_split(
        images, labels, test_size=0.2, stratify=labels, random_state=seed
    )
    train, val, train_labels, val_labels = train_test_split(
        rest, rest_labels, test_size=0.25, stratify=rest_labels, random_state=seed
    )
    parts = (train, train_labels), (val, val_labels), (test, test_labels)
    train_set, val_set, test_set = (
        TensorDataset(torch.tensor(x / 16, dtype=torch.float32).reshape(-1, 1, 8, 8), torch.tensor(y)) for x, y in parts
    )
    return train_set, val_set, test_set


def network(channels: int, dropout: float) -> nn.Module:
    def convolution(inputs: int, outputs: int) -> list[nn.Module]:
        return [nn.Conv2d(inputs, outputs, 3, padding=1, bias=False), nn.BatchNorm2d(outputs), nn.ReLU()]

    c = channels
    return nn.Sequential(
        *convolution(1, c),
        *convolution(c, c),
        nn.MaxPool2d(2),  # (c, 4, 4)
        *convolution(c, 2 * c),
        *convolution(2 * c, 2 * c),
        nn.MaxPool2d(2),  # (2c, 2, 2)
        nn.Flatten(),
        nn.Dropout(dropout),
        nn.Linear(8 * c, 10),
    )


def moved(images: torch.Tensor, shift: float, turn: float) -> torch.Tensor:
    """Each image turned and shifted by a random little, looked up between its pixels."""
    angle = torch.randn(len(images)) * turn
    offset = torch.randn(len(images), 2) * shift * 2 / 8  # a picture is 2 wide for grid_sample
    cos, sin = angle.cos(), angle.sin()
    rows = [torch.stack([cos, -sin, offset[:, 0]], dim=1), torch.stack([sin, cos, offset[:, 1]], dim=1)]
    grid = F.affine_grid(torch.stack(rows, dim=1), list(images.shape), align_corners=False)
    return F.grid_sample(images, grid, align_corners=False)


@torch.no_grad()
def measure(model: nn.Module, data: TensorDataset) -> tuple[float, float]:
    """Loss and accuracy."""
    model.eval()
    x, y = data.tensors
    scores = model(x)
    return F.cross_entropy(scores, y).item(), (scores.argmax(dim=1) == y).float().mean().item()


def main(s: Digits, out: Path) -> list[float]:
    torch.manual_seed(s.seed)
    train, val, test = digits(s.seed)
    loader = DataLoader(train, batch_size=s.batch_size, shuffle=True)
    model = network(s.channels, s.dropout)
    optimizer = optim.AdamW(model.parameters(), lr=s.lr, weight_decay=s.weight_decay)
    schedule = optim.lr_scheduler.OneCycleLR(optimizer, max_lr=s.lr, epochs=s.epochs, steps_per_epoch=len(loader))

    train_losses, val_losses, val_accuracies = [], [], []
    best = None
    for epoch in (bar := tqdm(range(1, s.epochs + 1), unit="epoch", disable=None)):
        model.train()
        total = 0.0
        for x, y in loader:
            optimizer.zero_grad()
            loss = F.cross_entropy(model(moved(x, s.shift, s.turn)), y)
            loss.backward()
            optimizer.step()
            schedule.step()
            total += loss.item() * len(y)
        val_loss, accuracy = measure(model, val)
        train_losses.append(total / len(train))
        val_losses.append(val_loss)
        val_accuracies.append(accuracy)
        if val_loss == min(val_losses):
            best = copy.deepcopy(model.state_dict())
        if epoch % max(1, s.epochs // 10) == 0:
            bar.write(f"epoch {epoch:3d}  train {train_losses[-1]:.4f}  val {val_loss:.4f}  accuracy {accuracy:.4f}")

    model.load_state_dict(best)
    loss, accuracy = measure(model, test)
    print(
        f"test, the weights of epoch {val_losses.index(min(val_losses)) + 1}: loss {loss:.4f}  accuracy {accuracy:.4f}"
    )

    picture, (left, right) = figure(2)
    left.plot(train_losses, label="train (images moved)")
    left.plot(val_losses, label="val")
    left.set(xlabel="epoch", ylabel="loss", yscale="log")
    left.legend()
    right.plot(val_accuracies, label="val")
    right.axhline(accuracy, color="tab:red", label=f"test {accuracy:.4f}")
    right.set(xlabel="epoch", ylabel="accuracy", ylim=(0.9, 1))
    right.legend()
    save(picture, out / "digits_cnn.png")
    assert accuracy >= s.accuracy, f"accuracy {accuracy:.4f} is below {s.accuracy}"
    return train_losses


if __name__ == "__main__":
    run(main, Digits)
