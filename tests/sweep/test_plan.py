"""What a sweep's configuration may say: every mistake is told with its place before anything is run or written."""

import json
import re
from pathlib import Path

import pytest

from minitorch import cli
from minitorch.sweep.plan import load
from minitorch.sweep.space import Choices, Range
from minitorch.train.problems import ConfigError
from minitorch.train.sweep_table import SweepTable

ROOT = Path(__file__).parents[2]
CONFIGS = sorted(ROOT.glob("configs/sweeps/*.toml"))

TEXT = """
name = "s"
seed = 4
[data]
name = "iris"
[model]
layers = [{ name = "Linear", out_features = 8 }, { name = "ReLU" }, { name = "Linear" }]
[optimizer]
name = "SGD"
lr = 0.1
[sweep]
"""


def plan(tmp_path, text, *overrides):
    file = tmp_path / "s.toml"
    file.write_text(TEXT + text)
    return load(file, overrides)


@pytest.mark.parametrize("file", CONFIGS, ids=lambda file: file.stem)
def test_shipped_sweeps_are_right(file):
    assert load(file).point({}).id


def test_axes_are_keys_quoted_or_not_and_overrides(tmp_path):
    text = """
    search = "random"
    trials = 5
    seeds = [3, 9]
    space.optimizer.lr = { low = 1e-4, high = 0.1, log = true }
    space."model.layers.0.out_features" = [4, 8]
    """
    made = plan(tmp_path, text, "sweep.space.trainer.epochs={low=2, high=8, step=2}")
    assert made.space == {
        "optimizer.lr": Range(1e-4, 0.1, log=True),
        "model.layers.0.out_features": Choices((4, 8)),
        "trainer.epochs": Range(2, 8, step=2),
    }
    assert (made.seeds, made.monitor, made.goal) == ([3, 9], "val_loss", "min")
    points = made.listed()
    assert len(points) == 5
    config = made.config_of(points[0], 9)
    assert config["seed"] == 9
    assert config["optimizer"]["lr"] == points[0].values["optimizer.lr"]
    assert config["model"]["layers"][0]["out_features"] in (4, 8)
    assert made.source.values["model"]["layers"][0]["out_features"] == 8  # as it was


def test_a_value_may_be_a_whole_table(tmp_path):
    text = 'space.optimizer = [{ name = "SGD", lr = 0.1 }, { name = "Adam" }]\nmonitor = "val_accuracy"\nseeds = 2'
    made = plan(tmp_path, text)
    assert [made.config_of(p, 4)["optimizer"]["name"] for p in made.listed()] == ["SGD", "Adam"]
    assert (made.seeds, made.goal) == ([4, 5], "max")


def test_a_point_is_known_by_its_configuration(tmp_path):
    """Name and seed aside, since they are not what a point is; so a grown sweep finds the runs it had."""
    small = plan(tmp_path, "space.optimizer.lr = [0.1, 0.2]").listed()
    grown = plan(tmp_path, "seeds = 3\nspace.optimizer.lr = [0.05, 0.1, 0.2]", "name=t", "seed=0").listed()
    assert [p.id for p in grown[1:]] == [p.id for p in small]
    assert plan(tmp_path, "space.optimizer.lr = [0.1]", "trainer.epochs=3").listed()[0].id != small[0].id


WRONG = {
    'serch = "grid"\nspace.optimizer.lr = [1.0]': "s.toml:12: sweep.serch: unknown key",
    "": "s.toml:11: sweep.space: missing",
    'search = "radom"\nspace.optimizer.lr = [1.0]': "sweep.search: should be 'grid', 'random' or 'adaptive'",
    'search = "random"\nspace.optimizer.lr = [1.0]': "sweep.trials: missing: how many points a random search may try",
    "trials = 3\nspace.optimizer.lr = [1.0]": "sweep.trials: a grid runs all its points (got 3)",
    "seeds = 0\nspace.optimizer.lr = [1.0]": "sweep.seeds: should be at least 1 (got 0)",
    "seeds = [1, 1]\nspace.optimizer.lr = [1.0]": "sweep.seeds: should be different whole numbers",
    "space.seed = [1, 2]": "sweep.space.seed: cannot be swept; `seeds` says",
    "space.optimizer.lr = 3": "sweep.space.optimizer.lr: should be an array of values or a range",
    "space.optimizer.lr = []": "sweep.space.optimizer.lr: should be an array of values or a range",
    'space.optimizer.lr = [1.0]\nspace."optimizer.lr" = [2.0]': "s.toml:13: sweep.space.optimizer.lr: is swept twice",
    "space.optimizer.lr = { low = 0.1, high = 1.0 }": "sweep.space.optimizer.lr: a grid needs an array of values, or",
    "space.optimizer.lr = { low = 1, hi = 2 }": "sweep.space.optimizer.lr.hi: unknown key (got 2); did you mean",
    "space.optimizer.lr = { low = 2, high = 1 }": "sweep.space.optimizer.lr.low: should be below high",
    "space.optimizer.lr = { low = 0, high = 1, log = true }": "lr.low: should be above 0 for log",
    "space.optimizer.lr = { low = 1, high = 2, log = true, step = 1 }": "lr.step: does not go with log",
    "space.optimizer.lr = { low = 1, high = 2, step = 0 }": "lr.step: should be above 0",
    "space.trainer.epochs = { low = 1, high = 20000, step = 1 }": "sweep.space: a grid of 20,000 points",
    'space.optimizer.lr = [0.1, "a"]': 's.toml:12: optimizer.lr: should be a number (got "a")',
    "space.optimizer.lrr = [0.1, 0.2]": "s.toml:12: optimizer.lrr: unknown key (got 0.1); did you mean 'lr'?",
    "space.model.layers.3.out_features = [1]": "s.toml:12: model.layers.3.out_features: is no place in this",
    "space.optimizer.lr.x = [1]": "s.toml:12: optimizer.lr.x: is no place in this configuration",
    "space.model.layers.0.in_features = [7, 9]": "s.toml:12: model.layers.0.in_features: should be 4",
    'monitor = "val_los"\nspace.optimizer.lr = [0.1]': "sweep.monitor: unknown figure (got \"val_los\"); did",
    'monitor = "test_loss"\nspace.optimizer.lr = [0.1]': "sweep.monitor: points chosen by the test rows are not tested",
}  # fmt: skip


@pytest.mark.parametrize(("text", "said"), WRONG.items(), ids=range(len(WRONG)))
def test_mistakes(tmp_path, text, said):
    with pytest.raises(ConfigError) as error:
        plan(tmp_path, text)
    assert said in str(error.value)


def test_a_layer_that_fits_at_one_point_only_is_left_to_the_run(tmp_path):
    """What a schema cannot know shows when a point is built; only if no point can be, nothing is begun."""
    assert len(plan(tmp_path, "space.model.layers.0.in_features = [7, 4]").listed()) == 2


def test_the_commands_tell_a_sweep_from_a_run(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert cli.main(["train", str(CONFIGS[0])]) == 2
    assert ": sweep: is for `minitorch sweep`" in capsys.readouterr().err
    assert cli.main(["check", str(CONFIGS[0])]) == 0
    assert "can be swept: grid search, 6 points, 3 runs each" in capsys.readouterr().out
    assert cli.main(["sweep", str(ROOT / "configs" / "iris_softmax.toml")]) == 2
    assert "sweep: missing: a sweep has a table [sweep]" in capsys.readouterr().err
    with pytest.raises(SystemExit, match="2"):
        cli.main(["sweep", str(CONFIGS[0]), "--workers", "0"])
    assert "should be a number from 1 on (got '0')" in capsys.readouterr().err
    assert cli.main(["schema"]) == 0
    assert "space" in json.loads(capsys.readouterr().out)["else"]["properties"]["sweep"]["properties"]
    assert not list(tmp_path.iterdir())


def test_the_page_has_every_key_with_its_default():
    page = (ROOT / "docs" / "sweeps.md").read_text(encoding="utf-8")
    section = page.split("\n## `[sweep]`\n")[1].split("\n\n")[0]
    rows = dict(re.findall(r"^\| `(\w+)` \| (.*?) \|", section, re.MULTILINE))
    assert list(rows) == list(SweepTable.model_fields)
    for key, said in rows.items():
        field = SweepTable.model_fields[key]
        if said.startswith("`"):
            assert json.loads(said.strip("`")) == field.default, key
        else:
            assert field.default is None or field.is_required(), key
