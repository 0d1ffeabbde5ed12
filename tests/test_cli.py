"""The command line: what it leaves behind, what it prints, and its exit status."""

import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from minitorch import cli
from minitorch.train.runs import Run

CONFIGS = sorted(Path(__file__).parents[1].glob("configs/*.toml"))


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    """Run the command in an empty folder; gives exit status, output and errors."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments):
        status = cli.main(arguments)
        return status, *capsys.readouterr()

    return run


@pytest.mark.parametrize("file", CONFIGS, ids=lambda p: p.stem)
def test_every_shipped_config_trains(run, file):
    status, out, err = run("train", str(file), "trainer.max_steps=3", "trainer.checkpoint_seconds=0")
    assert (status, err) == (0, "")
    folder = Path("runs") / file.stem / "1"
    lines = [json.loads(line) for line in (folder / "metrics.jsonl").read_text().splitlines()]
    assert [line["kind"] for line in lines] == ["step"] * 3 + ["epoch", "test"]
    assert {"loss", "lr", "epoch", "step"} <= lines[0].keys()
    assert {"train_loss", "val_loss", "lr", "epoch", "step"} <= lines[-2].keys()
    assert ("val_accuracy" in lines[-2]) != ("val_r2" in lines[-2])
    assert ("test_accuracy" in lines[-1]) != ("test_rmse" in lines[-1])
    assert tomllib.loads((folder / "config.toml").read_text())["name"] == file.stem
    assert (folder / "curves.png").read_bytes().startswith(b"\x89PNG")
    assert {p.name for p in (folder / "checkpoints").iterdir()} == {"last.safetensors", "best.safetensors"}
    assert json.loads((folder / "summary.json").read_text())["status"] == "finished"
    assert [line.split()[0] for line in out.splitlines()[1:3]] == ["train", "loss"]


def test_errors_exit_with_2_and_write_nothing(run, tmp_path):
    status, out, err = run("train", str(CONFIGS[0]), "optimizer.lrr=1", "--runs", "other", "trainer.epochs=0")
    assert (status, out) == (2, "")
    assert [line.split(":")[1].strip() for line in err.splitlines()] == ["optimizer.lrr", "trainer.epochs"]
    assert not list(tmp_path.iterdir())


def test_a_layer_that_does_not_fit_writes_nothing_either(run, tmp_path):
    status, _, err = run("train", str(CONFIGS[0]), "model.layers.0.in_features=7")
    assert status == 2
    assert err == "override: model.layers.0.in_features: should be 30, since rows of shape (30,) come in (got 7)\n"
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("arguments", [["train", "missing.toml"], ["resume", "missing"], ["train", "."]])
def test_what_is_not_there(run, tmp_path, arguments):
    status, _, err = run(*arguments)
    assert status == 2
    assert err.startswith(arguments[1])
    assert not list(tmp_path.iterdir())


def test_a_run_that_another_process_trains_is_refused(run):
    made = Run.create("runs", "a", "", 0)
    with made.lock():
        status, out, err = run("resume", "a")
    assert (status, out, err) == (2, "", "runs/a/1 is being trained by another process\n")


def test_a_folder_that_cannot_be_written(run, tmp_path):
    (tmp_path / "runs").write_text("a file in the way")
    status, _, err = run("train", str(CONFIGS[0]))
    assert status == 2
    assert err.startswith("cannot make a run folder in runs/")


def test_a_training_that_diverges_exits_with_1(run):
    file = next(p for p in CONFIGS if p.stem == "diabetes_mlp")
    status, _, err = run("train", str(file), "optimizer.name=SGD", "optimizer.lr=1e30")
    assert status == 1
    assert err.startswith("the training failed: the loss is ")


@pytest.mark.parametrize("arguments", [[], ["trian"], ["train"], ["resume", "a", "b=c"], ["train", "a", "--bogus"]])
def test_wrong_usage(run, arguments):
    with pytest.raises(SystemExit) as error:
        run(*arguments)
    assert error.value.code == 2


def test_the_module_is_the_command():
    for arguments, expected in ((["--version"], "minitorch "), (["train", "--help"], "usage: minitorch train")):
        done = subprocess.run(
            [sys.executable, "-m", "minitorch", *arguments], capture_output=True, text=True, check=True, env=os.environ
        )
        assert done.stdout.startswith(expected)


def test_nothing_heavy_is_imported_early():
    code = (
        "import sys, minitorch.cli, minitorch.train; "
        "print([m for m in ('sklearn', 'scipy', 'matplotlib', 'pydantic', 'tqdm', 'safetensors') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_the_doctor_reports_at_the_end_and_in_the_run_folder(run):
    status, out, err = run("train", str(CONFIGS[0]), "trainer.max_steps=3", "--doctor")
    assert (status, err) == (0, "")
    assert "doctor: no findings in 3 steps." in out
    data = json.loads((Path("runs") / CONFIGS[0].stem / "1" / "doctor.json").read_text())
    assert data["findings"] == []
    assert data["steps"] == 3
    status, out, _ = run("train", str(CONFIGS[0]), "model.layers.0.in_features=7", "--doctor")
    assert (status, out) == (2, "")


def test_pitfalls_are_listed_explained_and_run(run, monkeypatch, tmp_path):
    from minitorch.doctor import gallery

    status, out, _ = run("pitfalls")
    assert status == 0
    assert "P01  zero_grad() is forgotten" in out
    status, out, _ = run("pitfalls", "forgotten-zero", "--explain")
    assert status == 2
    status, out, _ = run("pitfalls", "zero_grad_forgotten", "--explain")
    assert (status, out.split(":")[0]) == (0, "# P01")
    (tmp_path / "p01_short.py").write_text("print('shown')\nraise SystemExit(3)\n")
    monkeypatch.setattr(gallery, "folder", lambda: tmp_path)
    assert run("pitfalls", "p1")[0] == 3
    status, _, err = run("pitfalls", "P02")
    assert (status, err.startswith("P02 has no script in ")) == (2, True)
    monkeypatch.setattr(gallery, "folder", lambda: None)
    status, _, err = run("pitfalls", "P01")
    assert (status, err) == (2, "the scripts are not installed: they are examples/pitfalls in the source tree\n")
