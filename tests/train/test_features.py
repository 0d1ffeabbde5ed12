"""What a trainer can do beside training: an average of weights, norms, rates, time, and what it says of nan."""

import numpy as np
import pytest

import minitorch
from minitorch import nn, optim
from minitorch.train import EarlyStopping, Trainer
from minitorch.train.averaging import WeightAverage
from minitorch.train.callbacks import Callback
from minitorch.train.loggers import CsvLog, TensorBoardLog
from minitorch.train.lr_finder import find_lr
from minitorch.train.norms import Norms
from minitorch.train.profiler import Profiler


def made(*callbacks, lr=0.1, **options):
    minitorch.manual_seed(0)
    model = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.ReLU(), nn.Linear(4, 1))
    optimizer = optim.SGD(model.parameters(), lr=lr, momentum=0.9)
    return Trainer(model, nn.MSELoss(), optimizer, callbacks=callbacks, **options)


def batches(count=4):
    draw = np.random.default_rng(0)
    rows = draw.normal(size=(count, 8, 3)).astype(np.float32)
    return [(minitorch.tensor(x), minitorch.tensor(x.sum(axis=1, keepdims=True))) for x in rows]


class Copies(Callback):
    """The weights after every step."""

    def __init__(self):
        self.copies = []

    def on_window_end(self, trainer):
        self.copies.append([p.detach().clone().array for p in trainer.model.parameters()])


def test_the_average_is_measured_and_left_in_the_model():
    copies = Copies()
    trainer = made(copies, WeightAverage(0.8), epochs=3)
    history = trainer.fit(batches(), batches(2))
    expected = copies.copies[0]
    for weights in copies.copies[1:]:
        expected = [0.8 * e + 0.2 * w for e, w in zip(expected, weights)]
    for p, e in zip(trainer.model.parameters(), expected, strict=True):
        np.testing.assert_allclose(p.array, e, rtol=1e-5)
    assert trainer.evaluate(batches(2))["loss"] == history[-1]["val_loss"]


def test_the_average_survives_a_checkpoint(tmp_path):
    whole = made(WeightAverage(0.8), EarlyStopping(None, restore_best=True), epochs=4)
    whole.fit(batches(), batches(2))
    half = made(WeightAverage(0.8), EarlyStopping(None, restore_best=True), epochs=2)
    half.callbacks[0].on_fit_end = lambda trainer: None  # as if it had been killed before the end
    half.callbacks[1].on_fit_end = lambda trainer: None
    half.fit(batches(), batches(2))
    half.save(tmp_path / "half")
    again = made(Profiler(), WeightAverage(0.8), EarlyStopping(None, restore_best=True), epochs=4)
    again.load(tmp_path / "half")  # a profiler is not part of a checkpoint
    again.fit(batches(), batches(2))
    for a, b in zip(whole.model.state_dict().values(), again.model.state_dict().values(), strict=True):
        np.testing.assert_array_equal(a.array, b.array)


@pytest.mark.parametrize("clip", [None, 0.01])
def test_norms_of_steps_and_epochs(clip):
    seen = []

    class Keep(Callback):
        def on_window_end(self, trainer):
            grads = np.concatenate([p.grad.array.ravel() for p in trainer.parameters])
            weights = np.concatenate([p.array.ravel() for p in trainer.parameters])
            seen.append((np.linalg.norm(grads), np.linalg.norm(weights), dict(trainer.window_figures)))

    trainer = made(Norms(), Keep(), epochs=1, clip_norm=clip)
    figures = trainer.fit(batches())[-1]
    for grad, weight, noted in seen:
        assert noted["param_norm"] == pytest.approx(weight, rel=1e-5)
        if clip is None:
            assert noted["grad_norm"] == pytest.approx(grad, rel=1e-5)
        else:
            assert noted["grad_norm"] > 2 * grad  # the one from before clipping
    first = trainer.parameters[0]
    assert figures["grad_norm/0.weight"] == pytest.approx(np.linalg.norm(first.grad.array), rel=1e-5)
    assert figures["param_norm/0.weight"] == pytest.approx(np.linalg.norm(first.array), rel=1e-5)


def test_norms_of_an_epoch_do_not_need_the_gradients_of_its_last_step(tmp_path):
    class Save(Callback):
        def on_window_end(self, trainer):
            if trainer.step == 8:
                trainer.save(tmp_path / "last_window")

    saved, resumed = made(Norms(), Save(), epochs=3), made(Norms(), Save(), epochs=3)
    whole = saved.fit(batches())
    resumed.load(tmp_path / "last_window")
    assert resumed.fit(batches()) == whole
    assert "grad_norm/0.weight" in whole[1]


def test_the_rate_finder_puts_everything_back():
    trainer = made()
    before = {name: value.clone().array for name, value in trainer.model.state_dict().items()}
    place = minitorch.get_rng_state().array.copy()
    found = find_lr(trainer, batches(), 1e-5, 100.0, 60)
    assert 1e-3 < found.suggestion < 1
    assert len(found.rates) == len(found.losses) < 60  # it stopped where the loss left
    assert found.rates[0] == pytest.approx(1e-5)
    after = trainer.model.state_dict()
    assert all(np.array_equal(after[name].array, value) for name, value in before.items())
    assert trainer.optimizer.param_groups[0]["lr"] == 0.1
    assert not trainer.optimizer.state_dict()["state"]
    np.testing.assert_array_equal(minitorch.get_rng_state().array, place)
    with pytest.raises(ValueError, match="0 < low < high"):
        find_lr(trainer, batches(), 1.0, 0.1)


def test_the_profiler_books_all_time_and_leaves_the_trainer_as_it_was():
    profiler = Profiler()
    watched, plain = made(profiler, epochs=3), made(epochs=3)
    assert watched.fit(batches(), batches(1)) == plain.fit(batches(), batches(1))
    wanted = {"forward", "backward", "optimizer", "validation", "data", "callbacks", "loss and figures"}
    assert wanted <= profiler.phases.keys()
    assert profiler.calls["Addmm"] == 3 * 4 * 2
    assert 0 < profiler.backwards["Addmm"] < profiler.phases["backward"]
    table = profiler.table().splitlines()
    assert table[0].split() == ["phase", "seconds", "share"]
    assert any(line.startswith("Addmm ") for line in table)
    assert not {"evaluate", "learn", "clip", "schedule", "notify", "batches"} & vars(watched).keys()
    assert not minitorch.core.watch.watchers


def spoilt_input(trainer, data):
    data[2][0].array[3, 1] = np.nan


def spoilt_target(trainer, data):
    data[2][1].array[5, 0] = np.inf


def spoilt_layer(trainer, data):
    trainer.model[2] = nn.Threshold(-1e9, 0.0)
    trainer.model[2].register_forward_hook(lambda module, inputs, output: output.log())


def spoilt_parameter(trainer, data):
    trainer.parameters[0].array[1, 2] = np.nan


def large_outputs(trainer, data):
    trainer.parameters[-1].array[:] = 1e30


@pytest.mark.parametrize(
    ("spoil", "step", "said"),
    [
        (spoilt_input, 3, "batch 3 of the epoch: the input itself holds nan at [3, 1]"),
        (spoilt_target, 3, "batch 3 of the epoch: the target itself holds inf at [5, 0]"),
        (spoilt_layer, 1, "batch 1 of the epoch: layer '2' (Threshold) made nan at"),
        (spoilt_parameter, 1, "batch 1 of the epoch: parameter '0.weight' holds nan at [1, 2]"),
        (large_outputs, 1, "batch 1 of the epoch: the loss made inf at [] of finite outputs, the largest is 1e+30"),
    ],
)
def test_nan_stops_with_the_batch_and_the_layer(spoil, step, said):
    trainer, data = made(), batches()
    spoil(trainer, data)
    with np.errstate(all="ignore"), pytest.raises(FloatingPointError) as error:
        trainer.fit(data)
    assert f"in step {step} of epoch 1: {said}" in str(error.value)
    assert "smaller lr" in str(error.value)


def test_figures_as_csv_and_for_tensorboard(tmp_path):
    pytest.importorskip("tensorboardX")
    trainer = made(CsvLog(tmp_path / "a.csv"), TensorBoardLog(tmp_path / "board"), epochs=2)
    history = trainer.fit(batches(), batches(1))
    lines = (tmp_path / "a.csv").read_text().splitlines()
    assert lines[0] == ",".join(history[0])
    assert [float(v) for v in lines[2].split(",")] == list(history[1].values())
    (events,) = (tmp_path / "board").iterdir()
    content = events.read_bytes()
    assert content.count(b"step/loss") == 8
    assert content.count(b"val/loss") == 2
