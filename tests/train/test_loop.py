"""The training loop: what happens, in which order, and that it learns."""

import math

import numpy as np
import pytest
from sklearn.metrics import mean_absolute_error, r2_score, root_mean_squared_error

import minitorch as torch
from minitorch import nn
from minitorch.optim import SGD
from minitorch.train import Accuracy, Callback, EarlyStopping, Regression, Trainer
from minitorch.utils.data import DataLoader, TensorDataset


def problem(n=40):
    torch.manual_seed(0)
    x = torch.randn(n, 3)
    return x, (x.sum(dim=1) > 0).long()


def made(dropout=0.0, **options):
    torch.manual_seed(1)
    net = nn.Sequential(nn.Linear(3, 8), nn.Tanh(), nn.Dropout(dropout), nn.Linear(8, 2))
    return Trainer(net, nn.CrossEntropyLoss(), SGD(net.parameters(), lr=0.5), metrics=Accuracy, **options)


def loader(batch_size=10, **options):
    return DataLoader(TensorDataset(*problem()), batch_size=batch_size, **options)


class Moments(Callback):
    def __init__(self):
        self.seen = []

    def __getattribute__(self, name):
        if name.startswith("on_"):
            return lambda trainer: self.seen.append((name, trainer.epoch, trainer.step))
        return super().__getattribute__(name)


def test_moments():
    moments = Moments()
    made(epochs=2, callbacks=[moments]).fit(loader(20))
    assert moments.seen == [
        ("on_fit_start", 0, 0),
        ("on_epoch_start", 0, 0),
        ("on_window_end", 0, 1),
        ("on_window_end", 0, 2),
        ("on_epoch_end", 1, 2),
        ("on_epoch_start", 1, 2),
        ("on_window_end", 1, 3),
        ("on_window_end", 1, 4),
        ("on_epoch_end", 2, 4),
        ("on_fit_end", 2, 4),
    ]


def test_it_is_the_loop_one_would_write():
    trainer = made(epochs=3)
    trainer.fit(loader())
    net = made().model
    optimizer = SGD(net.parameters(), lr=0.5)
    for _ in range(3):
        for x, y in loader():
            optimizer.zero_grad()
            nn.CrossEntropyLoss()(net(x), y).backward()
            optimizer.step()
    assert all(torch.equal(a, b) for a, b in zip(net.parameters(), trainer.model.parameters(), strict=True))


def test_figures_of_an_epoch():
    history = made(epochs=10).fit(loader(), loader())
    assert list(history[0]) == ["epoch", "step", "train_loss", "train_accuracy", "val_loss", "val_accuracy", "lr"]
    assert (history[-1]["epoch"], history[-1]["step"]) == (10, 40)
    assert history[-1]["val_loss"] < history[0]["val_loss"]
    assert history[-1]["val_accuracy"] > 0.9


def test_evaluation_does_not_depend_on_how_rows_are_batched():
    trainer = made()
    values = [trainer.evaluate(loader(size)) for size in (40, 7)]
    assert values[0] == pytest.approx(values[1], rel=1e-6)


def test_evaluation_is_without_gradients_or_dropout_and_puts_modes_back():
    trainer = made(dropout=0.5)
    trainer.model.train()
    trainer.model[0].eval()  # frozen by its owner
    tracked = []
    trainer.model.register_forward_hook(lambda m, i, out: tracked.append((m.training, out.requires_grad)))
    assert trainer.evaluate(loader()) == trainer.evaluate(loader())
    assert set(tracked) == {(False, False)}
    assert [m.training for m in trainer.model.modules()] == [True, False, True, True, True]


def test_modes_are_put_back_after_an_error():
    trainer = made()
    with pytest.raises(Exception, match=r"."):
        trainer.evaluate([(torch.zeros(2, 99), torch.zeros(2).long())])
    assert trainer.model.training


def test_training_leaves_modules_in_eval_that_its_owner_put_there():
    trainer = made(epochs=1)
    trainer.model[2].eval()
    trainer.fit(loader(), loader())
    assert trainer.model.training
    assert not trainer.model[2].training


def test_a_model_in_eval_is_put_to_train():
    trainer = made(epochs=1)
    trainer.model.eval()
    trainer.fit(loader())
    assert trainer.model.training


def test_clipping_by_norm():
    norms = []

    class Norms(Callback):
        def on_window_end(self, trainer):
            total = math.sqrt(sum(float((p.grad**2).sum()) for p in trainer.model.parameters()))
            norms.append((trainer.window_figures["grad_norm"], total))

    made(epochs=1, clip_norm=0.01, callbacks=[Norms()]).fit(loader())
    assert all(before > after == pytest.approx(0.01, rel=1e-3) for before, after in norms)


def test_clipping_by_value():
    largest = []

    class Largest(Callback):
        def on_window_end(self, trainer):
            largest.append(max(float(p.grad.abs().max()) for p in trainer.model.parameters()))

    made(epochs=1, clip_value=0.01, callbacks=[Largest()]).fit(loader())
    assert largest == pytest.approx([0.01] * 4)


def test_schedules():
    for interval, steps in (("epoch", 3), ("step", 12)):
        trainer = made(epochs=3, interval=interval)
        trainer.scheduler = torch.optim.lr_scheduler.ExponentialLR(trainer.optimizer, 0.5)
        history = trainer.fit(loader())
        assert trainer.optimizer.param_groups[0]["lr"] == 0.5 * 0.5**steps
        assert history[0]["lr"] == (0.5 if interval == "epoch" else 0.5 * 0.5**4)


def test_a_schedule_that_waits_for_a_plateau():
    trainer = made(epochs=4, monitor="val_accuracy")
    schedule = torch.optim.lr_scheduler.ReduceLROnPlateau(trainer.optimizer, mode="max", patience=0, threshold=1.0)
    trainer.scheduler = schedule
    history = trainer.fit(loader(), loader())
    assert history[-1]["lr"] < 0.5
    assert schedule.best == history[0]["val_accuracy"]


def test_a_monitor_that_there_is_not():
    trainer = made(epochs=1, monitor="val_loss", callbacks=[EarlyStopping(3)])
    with pytest.raises(ValueError, match="no figure is called 'val_loss', there are epoch, step, train_loss"):
        trainer.fit(loader())


def test_early_stopping_and_the_best_weights():
    trainer = made(epochs=50)
    losses = iter([0.5, 0.3, 0.4, 0.35, 0.31])
    weights = []

    class Scripted(Callback):
        def on_epoch_end(self, trainer):
            trainer.figures["val_loss"] = next(losses)
            weights.append(trainer.model.state_dict()["0.weight"].clone())

    stopping = EarlyStopping(patience=3, restore_best=True)
    trainer.callbacks = [Scripted(), stopping]
    history = trainer.fit(loader())
    assert len(history) == 5
    assert stopping.best.value == 0.3
    assert torch.equal(trainer.model.state_dict()["0.weight"], weights[1])
    assert not torch.equal(weights[1], weights[4])


@pytest.mark.parametrize(
    ("values", "mode", "min_delta", "epochs"),
    [([1, 2, 3], "min", 0, 2), ([1, 2, 1, 1], "max", 0, 4), ([1, 0.95, 0.94], "min", 0.1, 3), ([1, 1, 1], "min", 0, 3)],
)
def test_what_counts_as_better(values, mode, min_delta, epochs):
    stopping = EarlyStopping(1 if epochs == 2 else 2, "figure", mode, min_delta)
    trainer = made(epochs=epochs)
    done = 0
    while not trainer.should_stop:
        trainer.figures = {"figure": values[done]}
        stopping.on_epoch_end(trainer)
        done += 1
    assert done == epochs


def test_nan_is_never_better():
    stopping = EarlyStopping(2, "figure")
    trainer = made()
    for value in (math.nan, math.nan):
        trainer.figures = {"figure": value}
        stopping.on_epoch_end(trainer)
    assert trainer.should_stop


@pytest.mark.parametrize("max_steps", [1, 4, 5, 8])
def test_max_steps(max_steps):
    history = made(epochs=9, max_steps=max_steps).fit(loader(), loader())
    assert history[-1]["step"] == max_steps
    assert len(history) == math.ceil(max_steps / 4)


def test_a_callback_stops_in_the_middle_of_an_epoch():
    class Stop(Callback):
        def on_window_end(self, trainer):
            trainer.should_stop = trainer.step == 6

    history = made(epochs=9, callbacks=[Stop()]).fit(loader())
    assert [epoch["step"] for epoch in history] == [4, 6]


def test_a_loss_that_is_not_finite_stops_before_the_weights_are_touched():
    trainer = made(epochs=1)
    before = [p.detach().clone() for p in trainer.model.parameters()]
    with pytest.raises(FloatingPointError, match="the loss is nan in step 1 of epoch 1"):
        trainer.fit([(torch.full((2, 3), math.nan), torch.tensor([0, 1]))])
    assert all(torch.equal(a, b) for a, b in zip(before, trainer.model.parameters(), strict=True))


def test_a_model_with_several_inputs():
    class Sum(nn.Module):
        def __init__(self):
            super().__init__()
            self.inner = nn.Linear(3, 1)

        def forward(self, a, b):
            return self.inner(a + b)

    net = Sum()
    x, y = torch.ones(4, 3), torch.ones(4, 1)
    history = Trainer(net, nn.MSELoss(), SGD(net.parameters(), lr=0.01), epochs=5).fit([(x, x, y)])
    assert history[-1]["train_loss"] < history[0]["train_loss"]


@pytest.mark.parametrize("targets", [1, 3])
@pytest.mark.parametrize("sizes", [[20], [7, 12, 1]])
def test_figures_of_a_regression_are_scikit_learns(targets, sizes):
    rng = np.random.default_rng(0)
    truth = rng.normal(3, 2, (20, targets))
    said = truth + rng.normal(0, 0.5, truth.shape)
    scale = np.linspace(1, 2, targets)
    figures = Regression(scale)
    at = 0
    for size in sizes:
        rows = slice(at, at + size)
        figures.update(torch.from_numpy(said[rows]), torch.from_numpy(truth[rows]))
        at += size
    assert figures.compute() == pytest.approx(
        {
            "rmse": math.sqrt(
                np.mean(root_mean_squared_error(truth * scale, said * scale, multioutput="raw_values") ** 2)
            ),
            "mae": mean_absolute_error(truth * scale, said * scale),
            "r2": r2_score(truth, said),
        }
    )


def test_accuracy_of_bits():
    logits, bits = torch.tensor([[1.0, -1.0], [2.0, 3.0]]), torch.tensor([[1.0, 0.0], [0.0, 1.0]])
    for accuracy, expected in (
        (Accuracy(), 0.75),
        (Accuracy(exclusive=True), 0.5 + 0.5),
        (Accuracy(threshold=2.5), 0.75),
    ):
        accuracy.update(logits, bits)
        assert accuracy.compute()["accuracy"] == expected


def test_compiled_training_has_the_same_numbers():
    plain, compiled = made(epochs=3), made(epochs=3, compile=True)
    assert plain.fit(loader()) == compiled.fit(loader())
    for p, q in zip(plain.model.parameters(), compiled.model.parameters(), strict=True):
        assert p.numpy(force=True).tobytes() == q.numpy(force=True).tobytes()
    assert compiled.differentiate.reason is None
    assert "replay" in compiled.differentiate.program
