"""An LSTM on a chaotic time series: 84 steps ahead, each forecast the next input.

    python examples/lstm_series.py

The series, dx/dt = 0.2 x(t-17) / (1 + x(t-17)^10) - 0.1 x (Mackey and Glass, Science 1977), is a benchmark of
forecasting. The network learns the beginning, the middle says which epoch was best, the end is forecast. A linear
autoregression, fitted by least squares to as much of the past, is measured in the same way.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path

import numpy as np
from _example import Amount, Count, Settings, figure, run, save
from tqdm import tqdm

import minitorch as torch
from minitorch import nn, optim
from minitorch.nn import functional as F
from minitorch.utils.data import DataLoader, TensorDataset


class Series(Settings):
    length: Count  # of the series: 60 % to learn from, 20 % to choose by, 20 % to measure with
    window: Count
    stride: Count  # between the beginnings of two windows
    warm: Count  # steps of a window that are read before forecasts count
    hidden: Count
    layers: Count
    batch_size: Count
    epochs: Count
    lr: Amount
    clip: Amount
    horizon: Count
    error: Amount  # normalised error at the horizon that must be reached
    of_linear: Amount  # and as a share of the linear model's


def mackey_glass(length: int, delay: int = 17, fine: int = 10) -> np.ndarray:
    """The series at whole times, integrated with Heun's method in steps of 1/fine, without its first 300 steps."""
    lag, dt = delay * fine, 1 / fine
    x = np.full((length + 300) * fine + lag, 1.2)

    def slope(now: float, then: float) -> float:
        return 0.2 * then / (1 + then**10) - 0.1 * now

    for t in range(lag, len(x) - 1):
        first = slope(x[t], x[t - lag])
        second = slope(x[t] + dt * first, x[t + 1 - lag])
        x[t + 1] = x[t] + dt * (first + second) / 2
    return x[lag + 300 * fine :: fine]


def windows(series: torch.Tensor, size: int, stride: int) -> torch.Tensor:
    """(number, size, 1): pieces of a series."""
    return series.unfold(0, size, stride).unsqueeze(-1)


class Forecaster(nn.Module):
    """Says at every step how much the series will change until the next."""

    def __init__(self, hidden: int, layers: int) -> None:
        super().__init__()
        self.lstm = nn.LSTM(1, hidden, num_layers=layers, batch_first=True)
        self.head = nn.Linear(hidden, 1)

    def forward(self, x: torch.Tensor, state: object = None) -> tuple[torch.Tensor, object]:
        """Forecasts of the next values for x (N, T, 1), and the state to go on from."""
        h, state = self.lstm(x, state)
        return x + self.head(h), state


def loss_of(model: Forecaster, x: torch.Tensor, warm: int) -> torch.Tensor:
    """The mean squared error one step ahead, the first steps left out: there the network knows too little."""
    forecast, _ = model(x[:, :-1])
    return F.mse_loss(forecast[:, warm:], x[:, warm + 1 :])


@torch.no_grad()
def forecast(model: Forecaster, past: torch.Tensor, steps: int) -> torch.Tensor:
    """The next steps (N, steps) after each past (N, T, 1): every forecast is the next input."""
    model.eval()
    out, state = model(past)
    values = [out[:, -1:]]
    while len(values) < steps:
        out, state = model(values[-1], state)
        values.append(out)
    model.train()
    return torch.cat(values, dim=1).squeeze(-1)


def linear_forecaster(train: np.ndarray, lags: int) -> Callable[[np.ndarray, int], np.ndarray]:
    """The autoregression of this many lags, by least squares."""
    rows = np.lib.stride_tricks.sliding_window_view(train, lags + 1)
    weights, *_ = np.linalg.lstsq(np.c_[rows[:, :-1], np.ones(len(rows))], rows[:, -1], rcond=1e-8)

    def forecast(past: np.ndarray, steps: int) -> np.ndarray:
        for _ in range(steps):
            past = np.c_[past, past[:, -lags:] @ weights[:-1] + weights[-1]]
        return past[:, -steps:]

    return forecast


def main(s: Series, out: Path) -> list[float]:
    torch.manual_seed(s.seed)
    series = mackey_glass(s.length)
    first, second = int(0.6 * s.length), int(0.8 * s.length)
    series = (series - series[:first].mean()) / series[:first].std()
    train, val, test = (torch.tensor(part, dtype=torch.float32) for part in np.split(series, [first, second]))

    model = Forecaster(s.hidden, s.layers)
    optimizer = optim.Adam(model.parameters(), lr=s.lr)
    schedule = optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=s.epochs)
    data = TensorDataset(windows(train, s.window + 1, s.stride))
    val_windows = windows(val, s.warm + s.horizon, s.stride)
    loader = DataLoader(data, batch_size=s.batch_size, shuffle=True)

    losses, val_errors = [], []
    best = None
    for epoch in (bar := tqdm(range(1, s.epochs + 1), unit="epoch", disable=None)):
        total = 0.0
        for (x,) in loader:
            optimizer.zero_grad()
            loss = loss_of(model, x, s.warm)
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), s.clip)
            optimizer.step()
            total += loss.item() * len(x)
        schedule.step()
        losses.append(total / len(data))
        guess = forecast(model, val_windows[:, : s.warm], s.horizon)
        val_errors.append((guess - val_windows[:, s.warm :, 0])[:, -1].square().mean().sqrt().item())
        if val_errors[-1] == min(val_errors):
            best = copy.deepcopy(model.state_dict())
        if epoch % max(1, s.epochs // 10) == 0:
            bar.write(
                f"epoch {epoch:3d}  loss {losses[-1]:.2e}  val error {s.horizon} steps ahead {val_errors[-1]:.4f}"
            )

    model.load_state_dict(best)
    pieces = windows(test, s.warm + s.horizon, 7)
    past, future = pieces[:, : s.warm], pieces[:, s.warm :, 0].numpy()
    linear = linear_forecaster(train.numpy(), s.warm)
    forecasts = {
        "LSTM": forecast(model, past, s.horizon).numpy(),
        "linear": linear(past.squeeze(-1).numpy().astype(float), s.horizon),
        "last value": np.repeat(past[:, -1].numpy(), s.horizon, axis=1),
    }
    # Normalised by the deviation of what is forecast: 1 is no better than always saying the mean.
    errors = {name: np.sqrt(((f - future) ** 2).mean(axis=0)) / test.numpy().std() for name, f in forecasts.items()}
    ahead = sorted({1, 10, s.horizon // 2, s.horizon})
    print(f"test, {len(pieces)} forecasts, weights of epoch {val_errors.index(min(val_errors)) + 1}; normalised error")
    print(f"{'steps ahead':12}" + "".join(f"{h:>10}" for h in ahead))
    for name, error in errors.items():
        print(f"{name:12}" + "".join(f"{error[h - 1]:10.4f}" for h in ahead))

    picture, (left, right) = figure(2)
    left.plot(pieces[0].numpy(), color="black", label="the series")
    for name, values in list(forecasts.items())[:2]:
        left.plot(range(s.warm, s.warm + s.horizon), values[0], "--", label=name)
    left.set(xlabel="time", title="the first forecast of the test part")
    left.legend()
    for name, error in errors.items():
        right.plot(range(1, s.horizon + 1), error, label=name)
    right.set(xlabel="steps ahead", ylabel="normalised error", yscale="log")
    right.legend()
    save(picture, out / "lstm_series.png")
    last = {name: error[-1] for name, error in errors.items()}
    assert last["LSTM"] <= s.error, f"the error {s.horizon} steps ahead is {last['LSTM']:.3f}, above {s.error}"
    assert last["LSTM"] <= s.of_linear * last["linear"], f"the LSTM's {last['LSTM']:.3f} is not far below the line's"
    return losses


if __name__ == "__main__":
    run(main, Series)
