"""The commands that look at configurations and runs, on a few short runs."""

import html.parser
import json
import re
import shutil
import tomllib
from pathlib import Path

import pytest

from minitorch import cli

CONFIGS = Path(__file__).parents[1] / "configs"
SHORT = ["trainer.epochs=2", "trainer.checkpoint_seconds=0"]


def run_in(folder, monkeypatch, capsys, *arguments):
    monkeypatch.chdir(folder)
    capsys.readouterr()
    status = cli.main([str(a) for a in arguments])
    return status, *capsys.readouterr()


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Three finished runs and one that failed."""
    folder = tmp_path_factory.mktemp("runs")
    wine, moons, diabetes = (CONFIGS / f"{name}.toml" for name in ("wine_mlp", "moons_mlp", "diabetes_mlp"))
    root = ["--runs", str(folder / "runs")]
    assert cli.main(["train", str(wine), *SHORT, *root]) == 0
    assert cli.main(["train", str(wine), *SHORT, "optimizer.lr=0.5", "trainer.norms=true", *root]) == 0
    assert cli.main(["train", str(moons), *SHORT, "data.n_samples=100", *root]) == 0
    assert cli.main(["train", str(diabetes), *SHORT, *root]) == 0
    assert cli.main(["train", str(diabetes), *SHORT, *root, "optimizer.name=SGD", "optimizer.lr=1e30"]) == 1
    return folder


@pytest.fixture
def run(folder, monkeypatch, capsys):
    return lambda *arguments: run_in(folder, monkeypatch, capsys, *arguments)


def test_runs_lists_what_there_is_and_what_was_changed(run):
    status, out, err = run("runs")
    assert (status, err) == (0, "")
    lines = {line.split()[0]: line for line in out.splitlines()[1:]}
    assert list(lines) == ["diabetes_mlp/1", "diabetes_mlp/2", "moons_mlp/1", "wine_mlp/1", "wine_mlp/2"]
    assert lines["wine_mlp/2"].endswith("optimizer.lr=0.5 trainer.norms=true")
    assert re.search(r" finished +val_loss \d", lines["wine_mlp/1"])
    assert " failed " in lines["diabetes_mlp/2"]
    assert 'optimizer.name="SGD"' in lines["diabetes_mlp/2"]
    assert len(run("runs", "wine_mlp")[1].splitlines()) == 3
    assert run("runs", "beer")[0] == 2
    assert run("runs", "--runs", "nowhere")[2] == "nowhere is not a folder of runs\n"


def test_compare_shows_what_differs_and_draws(run, folder):
    status, out, _ = run("compare", "wine_mlp/1", "wine_mlp/2", "--output", "both.png")
    assert status == 0
    rows = [line.split() for line in out.splitlines()]
    assert rows[0] == ["wine_mlp/1", "wine_mlp/2"]
    assert ["optimizer.lr", "0.005", "0.5"] in rows
    keys = {row[0] for row in rows[1:]}
    assert {"optimizer.lr", "trainer.norms", "val_loss", "test_accuracy"} <= keys
    assert not {"optimizer.name", "trainer.epochs"} & keys
    assert (folder / "both.png").read_bytes().startswith(b"\x89PNG")
    assert run("compare", "wine_mlp/1", "wine_mlp/9")[0] == 2


class Outside(html.parser.HTMLParser):
    """Headings, and whatever a page would fetch or run."""

    def __init__(self):
        super().__init__()
        self.headings, self.outside, self.open = [], [], ""

    def handle_starttag(self, tag, attributes):
        self.open = tag
        self.outside += [tag] if tag in ("script", "link", "iframe") else []
        self.outside += [
            v for k, v in attributes if k in ("src", "href") and not v.startswith("data:image/png;base64,")
        ]

    def handle_data(self, data):
        if self.open == "h2" and data.strip():
            self.headings.append(data)


@pytest.mark.parametrize(
    ("name", "special"),
    [
        ("wine_mlp/2", ["Confusion matrix", "Norms while training"]),
        ("moons_mlp", ["Confusion matrix", "Decision boundary"]),
        ("diabetes_mlp/1", ["Residuals"]),
    ],
)
def test_a_report_is_one_page(run, folder, name, special):
    before = {p: p.read_bytes() for p in (folder / "runs").rglob("*") if p.is_file() and p.name != "report.html"}
    status, out, err = run("report", name)
    assert (status, err) == (0, "")
    page = Path(out.strip())
    text = page.read_text(encoding="utf-8")
    parser = Outside()
    parser.feed(text)
    assert parser.headings == [
        "Curves", *special, "Gradient norms of the trained model", "Model", "Configuration"
    ]  # fmt: skip
    assert not parser.outside
    summary = json.loads((page.parent / "summary.json").read_text())
    loss = summary["figures"]["test"]["loss"]
    assert f"<td>{loss:.4f}</td>" in text  # the model that the run ended with
    assert all(p.read_bytes() == content for p, content in before.items())


def test_what_has_no_checkpoint_has_no_report(run, folder):
    shutil.copytree(folder / "runs" / "wine_mlp" / "1", folder / "bare")
    shutil.rmtree(folder / "bare" / "checkpoints")
    assert run("report", "bare") == (2, "", "bare has no checkpoint yet\n")
    shutil.rmtree(folder / "bare")


def test_check_show_schema_and_lr_write_nothing(run, tmp_path, monkeypatch, capsys):
    wine = CONFIGS / "wine_mlp.toml"
    status, out, _ = run_in(tmp_path, monkeypatch, capsys, "check", wine, "--trust", "trainer.epochs=3")
    assert (status, "can be trained: wine, rows:" in out) == (0, True)
    status, _, err = run_in(tmp_path, monkeypatch, capsys, "check", wine, "trainer.epoch=3")
    assert (status, err.split(":")[:2]) == (2, ["override", " trainer.epoch"])
    status, out, _ = run_in(tmp_path, monkeypatch, capsys, "show", wine, "trainer.epochs=3")
    assert status == 0
    assert re.search(r"^epochs = 3 +# override$", out, re.MULTILINE)
    assert tomllib.loads(out)["data"]["name"] == "wine"
    status, out, _ = run_in(tmp_path, monkeypatch, capsys, "lr", wine, "--steps", "30")
    assert (status, "the loss falls fastest at lr" in out) == (0, True)
    assert not list(tmp_path.iterdir())


def test_a_dry_run_leaves_nothing_and_a_profile_is_printed(run, tmp_path, monkeypatch, capsys):
    arguments = ["train", CONFIGS / "moons_mlp.toml", "trainer.fast_dev_run=true", "--profile"]
    status, out, err = run_in(tmp_path, monkeypatch, capsys, *arguments)
    assert (status, err) == (0, "")
    assert "rows: 64 train, 64 val, 64 test" in out
    assert re.search(r"^forward +\d", out, re.MULTILINE)
    assert not list(tmp_path.iterdir())


def test_few_batches_are_learned_by_heart(run, tmp_path, monkeypatch, capsys):
    config = CONFIGS / "digits_mlp.toml"
    overrides = ["trainer.overfit_batches=1", "trainer.epochs=80", 'trainer.log=["csv"]']
    assert run_in(tmp_path, monkeypatch, capsys, "train", config, *overrides)[0] == 0
    figures = json.loads((tmp_path / "runs/digits_mlp/1/summary.json").read_text())["figures"]
    assert figures["train"] == figures["val"]
    assert figures["train"]["accuracy"] == 1.0
    assert len((tmp_path / "runs/digits_mlp/1/metrics.csv").read_text().splitlines()) == 81


def test_a_package_that_is_missing_is_said_before_anything_is_written(run, tmp_path, monkeypatch, capsys):
    import importlib.util

    found = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "mlflow" else found(name))
    arguments = ["train", CONFIGS / "wine_mlp.toml", 'trainer.log=["csv", "mlflow"]']
    status, _, err = run_in(tmp_path, monkeypatch, capsys, *arguments)
    assert (status, err.split("(got")[0]) == (
        2, "override: trainer.log.1: mlflow is not installed: pip install 'minitorch[mlflow]' "
    )  # fmt: skip
    assert not list(tmp_path.iterdir())
