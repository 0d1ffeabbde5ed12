"""Trains three small models from one seed and prints their losses: ``python same_losses.py torch`` or ``minitorch``.

An MLP, a CNN and a small language model on embeddings, each 50 steps, with a shuffling DataLoader, dropout, SGD or
Adam. The two libraries print the same losses: to 5 significant digits in float32, to 10 in float64.
"""

import importlib
import sys

STEPS = 50


def data(T, kind):
    """Inputs and targets, drawn from the library's own generator."""
    T.manual_seed(1)
    if kind == "language model":
        return T.randint(0, 20, (64, 6)), T.randint(0, 20, (64,))
    shape = (64, 1, 8, 8) if kind == "cnn" else (64, 10)
    x = T.randn(shape)
    return x, (x.flatten(1).sum(1) > 0).long()


def model(T, kind):
    """The layers, initialised from the library's own generator."""
    nn = T.nn
    if kind == "mlp":
        return nn.Sequential(
            nn.Linear(10, 32), nn.ReLU(), nn.Dropout(0.2), nn.Linear(32, 32), nn.Tanh(), nn.Linear(32, 2)
        )
    if kind == "cnn":
        return nn.Sequential(
            nn.Conv2d(1, 8, 3, padding=1), nn.BatchNorm2d(8), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(8, 8, 3), nn.GELU(),
            nn.Dropout2d(0.1), nn.Flatten(), nn.Linear(32, 2),
        )  # fmt: skip
    return nn.Sequential(
        nn.Embedding(20, 16), nn.Flatten(), nn.Linear(96, 48), nn.LayerNorm(48), nn.GELU(), nn.Dropout(0.1),
        nn.Linear(48, 20),
    )  # fmt: skip


def losses(T, kind, dtype):
    """The loss of each step."""
    x, y = data(T, kind)
    if x.is_floating_point():
        x = x.to(dtype)
    T.set_default_dtype(dtype)
    try:
        T.manual_seed(2)
        net = model(T, kind)
        if kind == "mlp":
            optimizer = T.optim.SGD(net.parameters(), lr=0.05, momentum=0.9, weight_decay=1e-3)
        else:
            optimizer = T.optim.Adam(net.parameters(), lr=1e-3)
        loader = T.utils.data.DataLoader(T.utils.data.TensorDataset(x, y), batch_size=16, shuffle=True)
        found = []
        while len(found) < STEPS:
            for inputs, targets in loader:
                optimizer.zero_grad()
                loss = T.nn.functional.cross_entropy(net(inputs), targets)
                loss.backward()
                optimizer.step()
                found.append(loss.item())
        return found[:STEPS]
    finally:
        T.set_default_dtype(T.float32)


KINDS = ("mlp", "cnn", "language model")

if __name__ == "__main__":
    library = importlib.import_module(sys.argv[1] if len(sys.argv) > 1 else "minitorch")
    for dtype, digits in (("float32", 5), ("float64", 10)):
        for kind in KINDS:
            print(kind, dtype)
            for step, loss in enumerate(losses(library, kind, getattr(library, dtype))):
                print(f"{step:3d}  {loss:.{digits - 1}e}")
