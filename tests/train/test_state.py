"""A trainer saved after any step and loaded into a new one goes on bit for bit, whatever draws the random numbers."""

import random

import numpy as np
import pytest

import minitorch as torch
from minitorch import nn
from minitorch.optim import AdamW, lr_scheduler
from minitorch.train import Accuracy, Callback, EarlyStopping, Trainer
from minitorch.utils.data import DataLoader, RandomSampler, TensorDataset


class Stopped(Exception):
    pass


class SaveAndStop(Callback):
    """Stands for a kill: saves at a step (or at the end of an epoch) and raises."""

    def __init__(self, path=None, step=None, moment="on_window_end"):
        self.path, self.step, self.moment = path, step, moment

    def on_window_end(self, trainer):
        self.stop(trainer, "on_window_end")

    def on_epoch_end(self, trainer):
        self.stop(trainer, "on_epoch_end")

    def stop(self, trainer, moment):
        if (trainer.step, moment) == (self.step, self.moment):
            trainer.save(self.path)
            raise Stopped


def loader_of(kind):
    generator = torch.Generator().manual_seed(5)
    torch.manual_seed(0)
    data = TensorDataset(torch.randn(22, 3), torch.randint(0, 2, (22,)))
    if kind == "global":
        return DataLoader(data, batch_size=4, shuffle=True)
    if kind == "generator":
        return DataLoader(data, batch_size=4, shuffle=True, generator=generator)
    if kind == "sampler":
        return DataLoader(data, batch_size=4, sampler=RandomSampler(data, replacement=True, generator=generator))
    return Noisy(data)


class Noisy:
    """Not a loader at all: batches with noise from Python's and NumPy's own generators."""

    def __init__(self, data):
        self.data = data

    def __iter__(self):
        rows = list(range(len(self.data)))
        random.shuffle(rows)
        for at in range(0, len(rows), 4):
            x, y = self.data[rows[at : at + 4]]
            yield x + float(np.random.rand()), y


def made(kind, callback, scheduler="step", **options):
    random.seed(1)
    np.random.seed(1)
    loader = loader_of(kind)
    torch.manual_seed(2)
    net = nn.Sequential(nn.Linear(3, 5), nn.BatchNorm1d(5), nn.Dropout(0.3), nn.Linear(5, 2))
    optimizer = AdamW(net.parameters(), lr=0.05)
    schedule = lr_scheduler.CosineAnnealingLR(optimizer, 9)
    if scheduler == "plateau":
        schedule, scheduler = lr_scheduler.ReduceLROnPlateau(optimizer, patience=0), "epoch"
    trainer = Trainer(
        net,
        nn.CrossEntropyLoss(),
        optimizer,
        scheduler=schedule,
        interval=scheduler,
        metrics=Accuracy,
        epochs=3,
        accumulate=4,
        callbacks=[EarlyStopping(2, restore_best=True), callback],
        **options,
    )
    return trainer, loader


def outcome(trainer, loader):
    history = trainer.fit(loader, loader_of("generator"))
    return history, {name: value.tolist() for name, value in trainer.model.state_dict().items()}


def assert_resumes(tmp_path, stop, *args, **options):
    undisturbed = outcome(*made(*args, SaveAndStop(), **options))
    with pytest.raises(Stopped):
        outcome(*made(*args, SaveAndStop(tmp_path / "a", *stop), **options))
    trainer, loader = made(*args, SaveAndStop(), **options)
    torch.manual_seed(99)  # whatever the new process has drawn so far
    random.seed(99)
    np.random.seed(99)
    trainer.load(tmp_path / "a")
    assert outcome(trainer, loader) == undisturbed


# Six batches an epoch, in windows of four and two.
@pytest.mark.parametrize("step", [1, 2, 3, 4, 5])
@pytest.mark.parametrize("kind", ["global", "generator", "sampler", "anything"])
def test_after_any_window(tmp_path, kind, step):
    assert_resumes(tmp_path, (step, "on_window_end"), kind)


@pytest.mark.parametrize("step", [2, 4])
@pytest.mark.parametrize("kind", ["global", "anything"])
def test_after_an_epoch(tmp_path, kind, step):
    assert_resumes(tmp_path, (step, "on_epoch_end"), kind)


@pytest.mark.parametrize("scheduler", ["epoch", "step", "plateau"])
def test_schedules(tmp_path, scheduler):
    assert_resumes(tmp_path, (3, "on_window_end"), "generator", scheduler=scheduler)


@pytest.mark.parametrize("max_steps", [3, 4, 5])
def test_an_epoch_that_was_the_last_is_still_closed(tmp_path, max_steps):
    assert_resumes(tmp_path, (max_steps, "on_window_end"), "generator", max_steps=max_steps)


def test_after_the_end(tmp_path):
    assert_resumes(tmp_path, (6, "on_epoch_end"), "generator")


def test_other_callbacks_are_refused(tmp_path):
    trainer, _ = made("generator", SaveAndStop())
    state = trainer.state_dict()
    other, _ = made("generator", Callback())
    with pytest.raises(ValueError, match=r"callbacks \['EarlyStopping', 'SaveAndStop'\], this trainer has"):
        other.load_state_dict(state)


def test_another_loader_is_refused(tmp_path):
    trainer, loader = made("generator", SaveAndStop(tmp_path / "a", 1))
    with pytest.raises(Stopped):
        outcome(trainer, loader)
    trainer, loader = made("global", SaveAndStop())
    trainer.load(tmp_path / "a")
    with pytest.raises(ValueError, match="the checkpoint's loaders had 2 generators of their own, these have 1"):
        outcome(trainer, loader)
