"""``mpiexec -n N python -m mpi4py -m minitorch train``: the trajectory of one process, and ends that are no hang."""

import json
from pathlib import Path

import numpy as np
import pytest

from minitorch.train import checkpoint, job
from minitorch.train.runs import Run

PROGRAMS = Path(__file__).parent / "programs"

# 105 rows in batches of 10: of every batch, and of the last one of 5, processes have parts of unequal sizes. The class
# weights make what a row holds unequal too, and 11 batches make the last window a smaller one.
PLAIN = """
name = "run"
seed = 3
dtype = "float64"
[data]
name = "iris"
val_size = 0.1
[model]
layers = [{ name = "Linear", out_features = 8 }, { name = "Tanh" }, { name = "Linear" }]
[loss]
name = "CrossEntropyLoss"
weight = [1.0, 2.0, 0.5]
[optimizer]
name = "SGD"
lr = 0.3
momentum = 0.9
weight_decay = 1e-3
[trainer]
epochs = 40
batch_size = 10
accumulate = 3
clip_norm = 0.5
norms = true
ema = 0.8
patience = 2
min_delta = 0.04
"""
# Random numbers in the model, running means, a schedule that looks at figures, a checkpoint every third step.
RICH = """
name = "run"
seed = 3
[data]
name = "iris"
val_size = 0.1
[model]
layers = [
  { name = "Linear", out_features = 8 }, { name = "BatchNorm1d" }, { name = "Dropout", p = 0.3 }, { name = "Linear" },
]
[optimizer]
name = "Adam"
lr = 0.05
[scheduler]
name = "ReduceLROnPlateau"
patience = 1
[trainer]
epochs = 3
batch_size = 21
patience = 3
restore_best = true
checkpoint_every = 3
checkpoint_seconds = 1e9
log = ["csv"]
"""


@pytest.fixture(scope="module")
def config(tmp_path_factory):
    def written(text):
        path = tmp_path_factory.mktemp("config") / "config.toml"
        path.write_text(text)
        return path

    return written


def lines(run):
    return [json.loads(line) for line in run.metrics.read_text().splitlines()]


@pytest.fixture(scope="module")
def alone(config, tmp_path_factory):
    path = config(PLAIN)
    return path, job.train(path, root=tmp_path_factory.mktemp("alone"), say=lambda _: None)


@pytest.mark.parametrize("processes", [2, 4])
def test_the_trajectory_is_that_of_one_process(mpiexec, alone, tmp_path, processes):
    path, reference = alone
    done = mpiexec(processes, "-m", "minitorch", "train", path, "--runs", tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("105 train") == 1, "one process speaks"
    assert [p.name for p in (tmp_path / "run").iterdir()] == ["1"], "and makes a folder"
    run = Run.find("run", tmp_path)
    assert {p.name for p in run.folder.iterdir()} == {p.name for p in reference.folder.iterdir()}
    there, expected = lines(run), lines(reference)
    assert 3 < len([line for line in expected if line["kind"] == "epoch"]) < 40, "it should be stopped early"
    assert [line.keys() for line in there] == [line.keys() for line in expected]
    for line, wanted in zip(there, expected, strict=True):
        assert line.pop("kind") == wanted.pop("kind")
        np.testing.assert_allclose([*line.values()], [*wanted.values()], rtol=1e-9, err_msg=str(wanted))
    state, wanted = (checkpoint.load(r.checkpoints / "last.safetensors")["model"] for r in (run, reference))
    for name, value in wanted.items():
        np.testing.assert_allclose(state[name].array, value.array, rtol=1e-9, err_msg=name)


def test_the_claims_of_the_program_hold(mpiexec):
    done = mpiexec(3, PROGRAMS / "trainer.py")
    assert (done.returncode, done.stdout) == (0, "all hold\n"), done.stderr


def test_a_killed_process_ends_the_job_and_the_last_checkpoint_resumes(mpiexec, config, tmp_path):
    # in the eighth step; that process can only get there when the first one has written the checkpoint of the sixth
    path = config(RICH)
    whole, part = tmp_path / "whole", tmp_path / "part"
    done = mpiexec(2, PROGRAMS / "fails.py", "never", 0, 0, "train", path, "--runs", whole)
    assert done.returncode == 0, done.stderr
    killed = mpiexec(2, PROGRAMS / "fails.py", "kill", 1, 22, "train", path, "--runs", part, timeout=30)
    assert killed.returncode != 0
    run, reference = Run.find("run", part), Run.find("run", whole)
    assert run.status == "interrupted"
    resumed = mpiexec(2, PROGRAMS / "fails.py", "never", 0, 0, "resume", "run", "--runs", part)
    assert resumed.returncode == 0, resumed.stderr
    assert "resumed at epoch 2, step 6" in resumed.stdout
    for name in ("metrics.jsonl", "metrics.csv", "checkpoints/last.safetensors", "checkpoints/best.safetensors"):
        assert (run.folder / name).read_bytes() == (reference.folder / name).read_bytes(), name


def test_a_fault_of_one_process_ends_the_job(mpiexec, config, tmp_path):
    arguments = ["raise", 1, 9, "train", config(RICH), "--runs", tmp_path]
    done = mpiexec(2, PROGRAMS / "fails.py", *arguments, timeout=30)
    assert done.returncode == 1, done.stderr
    assert "the training failed: a fault of one process" in done.stderr


def test_a_loss_that_is_not_finite_is_noted_by_the_leader(mpiexec, config, tmp_path):
    arguments = ["never", 0, 0, "train", config(RICH), "optimizer.lr=1e38", "--runs", tmp_path]
    done = mpiexec(2, PROGRAMS / "fails.py", *arguments, timeout=30)
    assert done.returncode == 1
    assert "the training failed: the loss is nan" in done.stderr
    assert Run.find("run", tmp_path).status == "failed"


def test_a_request_that_cannot_be_carried_out_is_refused_once(mpiexec, config, tmp_path):
    done = mpiexec(2, "-m", "minitorch", "train", config(PLAIN), "optimizer.lrr=1", "--runs", tmp_path)
    assert done.returncode == 2
    assert done.stderr.count("optimizer.lrr: unknown key") == 1
    assert not any(tmp_path.iterdir())
