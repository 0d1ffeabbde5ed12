"""The doctor around what the project itself trains: the trainer, its callback, every configuration, the examples."""

import contextlib
import io
import runpy
from pathlib import Path

import pytest

import minitorch as torch
from minitorch import nn, optim
from minitorch.doctor import Doctor, DoctorCallback, DoctorError, explain
from minitorch.doctor.gallery import UnknownPitfall
from minitorch.train import Trainer
from minitorch.train.build import build
from minitorch.train.config import load
from minitorch.utils.data import DataLoader, TensorDataset

ROOT = Path(__file__).parents[2]
CONFIGS = sorted(ROOT.glob("configs/*.toml"))


def trainer(callbacks, **options):
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(3, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Dropout(0.2), nn.Linear(8, 2))
    data = TensorDataset(torch.randn(22, 3), torch.randint(0, 2, (22,)))
    optimizer = optim.Adam(model.parameters(), lr=0.01)
    made = Trainer(model, nn.CrossEntropyLoss(), optimizer, callbacks=callbacks, **options)
    made.fit(DataLoader(data, batch_size=4, shuffle=True), DataLoader(data, batch_size=8))
    return made


@pytest.mark.parametrize(
    "options", [{}, {"accumulate": 2}, {"accumulate": 4, "clip_norm": 0.1, "max_steps": 5}], ids=str
)
def test_the_callback_finds_nothing_in_the_trainer_and_changes_nothing(options):
    callback = DoctorCallback(show=False)
    watched, plain = trainer([callback], epochs=3, **options), trainer([], epochs=3, **options)
    assert not [str(f) for f in callback.doctor.findings if f.severity != "note"]
    assert callback.doctor.history.counts["step"] == plain.step
    for p, q in zip(watched.model.parameters(), plain.model.parameters()):
        assert p.array.tobytes() == q.array.tobytes()


def test_the_callback_leaves_when_the_training_raises():
    class Broken(nn.Linear):
        def forward(self, x):
            raise ZeroDivisionError

    callback = DoctorCallback(show=False)
    model = Broken(3, 2)
    t = Trainer(model, nn.MSELoss(), optim.SGD(model.parameters(), lr=0.1), callbacks=[callback])
    for _ in range(2):  # it can be used again
        with pytest.raises(ZeroDivisionError):
            t.fit([(torch.ones(1, 3), torch.ones(1, 2))])
    assert not torch.core.watch.watchers


def test_the_callback_raises_when_strict():
    class Frozen(nn.Module):
        def __init__(self):
            super().__init__()
            self.layers = [nn.Linear(3, 3)]
            self.out = nn.Linear(3, 2)

        def forward(self, x):
            return self.out(self.layers[0](x))

    model = Frozen()
    t = Trainer(
        model, nn.MSELoss(), optim.SGD(model.parameters(), lr=0.1), callbacks=[DoctorCallback(show=False, strict=True)]
    )
    with pytest.raises(DoctorError, match="P25"):
        t.fit([(torch.ones(1, 3), torch.ones(1, 2))])


@pytest.mark.parametrize("file", CONFIGS, ids=lambda p: p.stem)
def test_every_configuration_is_trained_without_a_finding(file):
    parts = build(*load(file, ["trainer.epochs=2"]))
    options = parts.config.trainer
    t = Trainer(
        parts.model, parts.loss, parts.optimizer, scheduler=parts.scheduler, monitor=parts.monitor, epochs=2,
        interval=parts.config.scheduler.interval if parts.config.scheduler else "epoch", max_steps=40,
        accumulate=options.accumulate, clip_norm=options.clip_norm, metrics=parts.task.metric,
    )  # fmt: skip
    with Doctor(show=False) as d:
        t.fit(parts.train, parts.val)
    assert not [str(f) for f in d.findings if f.severity != "note"]
    assert d.history.counts["step"] == t.step > 3


def test_the_tour_shows_four_mistakes_and_makes_no_other():
    with contextlib.redirect_stdout(io.StringIO()), Doctor(show=False) as d:
        runpy.run_path(str(ROOT / "examples" / "autograd_tour.py"), run_name="__main__")
    assert {f.code for f in d.findings if f.severity != "note"} == {"P01", "P30", "P32", "P35"}


def test_every_pitfall_is_explained(capsys):
    for number in range(1, 46):
        explain(f"P{number:02d}")
        assert capsys.readouterr().out.startswith(f"# P{number:02d}")
    explain("zero_grad_forgotten")
    assert capsys.readouterr().out.startswith("# P01")
    with pytest.raises(UnknownPitfall, match="did you mean 'zero_grad_forgotten'"):
        explain("zero_grad_forgoten")
