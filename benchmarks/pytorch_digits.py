"""The main job as one writes it for PyTorch: train digits_mlp. ``python pytorch_digits.py minitorch`` is on minitorch.

The model, data, batches, optimizer, schedule and epochs are those of configs/digits_mlp.toml.
"""

import importlib
import sys

from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

name = sys.argv[1] if len(sys.argv) > 1 else "torch"
torch = importlib.import_module(name)
nn = importlib.import_module(f"{name}.nn")
optim = importlib.import_module(f"{name}.optim")
library = importlib.import_module(f"{name}.utils.data")
if hasattr(torch, "set_num_threads"):
    torch.set_num_threads(1)


def loader(x, y, shuffle):
    data = library.TensorDataset(torch.tensor(x, dtype=torch.float32), torch.tensor(y, dtype=torch.int64))
    return library.DataLoader(data, batch_size=32, shuffle=shuffle)


def evaluate(model, criterion, batches):
    model.eval()
    loss, right, count = 0.0, 0, 0
    with torch.no_grad():
        for x, y in batches:
            output = model(x)
            loss += criterion(output, y).item() * len(y)
            right += (output.argmax(1) == y).sum().item()
            count += len(y)
    model.train()
    return loss / count, right / count


def main():
    torch.manual_seed(0)
    x, y = load_digits(return_X_y=True)
    x, x_test, y, y_test = train_test_split(x, y, test_size=0.2, stratify=y, random_state=0)
    x, x_val, y, y_val = train_test_split(x, y, test_size=0.125, stratify=y, random_state=0)
    mean, std = x.mean(0), x.std(0) + (x.std(0) == 0)
    train = loader((x - mean) / std, y, shuffle=True)
    val = loader((x_val - mean) / std, y_val, shuffle=False)
    test = loader((x_test - mean) / std, y_test, shuffle=False)

    model = nn.Sequential(nn.Linear(64, 64), nn.ReLU(), nn.Dropout(0.2), nn.Linear(64, 10))
    criterion = nn.CrossEntropyLoss()
    optimizer = optim.Adam(model.parameters(), lr=3e-3)
    scheduler = optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=30)
    for _ in range(30):
        for inputs, targets in train:
            optimizer.zero_grad()
            criterion(model(inputs), targets).backward()
            optimizer.step()
        scheduler.step()
        evaluate(model, criterion, val)
    loss, accuracy = evaluate(model, criterion, test)
    print(f"{name}: test loss {loss:.4f}, test accuracy {accuracy:.4f}")


if __name__ == "__main__":
    main()
