"""Configurations on top of others: what is merged, what is replaced, where values come from, what is refused."""

import tomllib

import pytest

from minitorch.train import config
from minitorch.train.build import build
from minitorch.train.problems import ConfigError
from minitorch.train.resolved import explained, toml

BASE = """
seed = 3
[data]
name = "iris"
[model]
layers = [{ name = "Linear" }]
[optimizer]
name = "SGD"
lr = 0.1
momentum = 0.5
[trainer]
epochs = 4
batch_size = 8
"""


@pytest.fixture
def files(tmp_path, monkeypatch):
    """Write files by name."""
    monkeypatch.chdir(tmp_path)

    def write(**texts):
        for name, text in texts.items():
            path = tmp_path / (name.replace("__", "/") + ".toml")
            path.parent.mkdir(exist_ok=True)
            path.write_text(text)

    return write


def said(file, *overrides, **options):
    with pytest.raises(ConfigError) as error:
        build(*config.load(file, overrides, **options))
    return str(error.value)


def test_tables_are_merged_down_a_chain_of_folders(files):
    files(
        shared__base=BASE,
        shared__middle='extends = "base.toml"\n[optimizer]\nlr = 0.2\n[trainer]\nepochs = 5\n',
        top='extends = "shared/middle.toml"\n[trainer]\nepochs = 6\n',
    )
    found, source = config.load("top.toml", ["trainer.batch_size=9"])
    assert (found.name, found.seed, found.optimizer.lr, found.optimizer.momentum) == ("top", 3, 0.2, 0.5)
    assert (found.trainer.epochs, found.trainer.batch_size) == (6, 9)
    places = [("seed",), ("optimizer", "lr"), ("trainer", "epochs"), ("trainer", "batch_size")]
    assert [source.where(p) for p in places] == ["shared/base.toml:2", "shared/middle.toml:3", "top.toml:3", "override"]


def test_a_table_of_another_name_replaces_and_arrays_do(files):
    files(base=BASE, top='extends = "base.toml"\n[optimizer]\nname = "Adam"\n[model]\nlayers = [{ name = "ReLU" }]\n')
    found, source = config.load("top.toml")
    assert found.optimizer.lr == 1e-3  # Adam's own, and no momentum left to refuse
    assert [layer.name for layer in found.model.layers] == ["ReLU"]
    assert not any(
        origin.startswith("base.toml") for path, origin in source.origins.items() if path[0] == "model" and path[1:]
    )


def test_an_error_names_the_file_it_stands_in(files):
    files(base=BASE.replace("momentum", "momentun"), top='extends = "base.toml"\n[trainer]\nepoch = 1\n')
    lines = said("top.toml").splitlines()
    assert [line.split(": ")[:2] for line in lines] == [
        ["base.toml:10", "optimizer.momentun"], ["top.toml:3", "trainer.epoch"]
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("extends", "key", "message"),
    [
        ('"a.toml"', "extends", "the files extend each other in a circle"),
        ('"b.toml"', "extends", "the files extend each other in a circle"),
        ('"c.toml"', "extends", "there is no such file: c.toml"),
        ("3", "extends", "should be the name of a TOML file (got 3)"),
        ('"."', "extends", "there is no such file"),
    ],
)
def test_what_cannot_be_extended(files, extends, key, message):
    files(a=f"extends = {extends}\n", b='extends = "a.toml"\n')
    assert f"toml:1: {key}: {message}" in said("a.toml")


def test_extends_is_no_override(files):
    files(a=BASE)
    assert said("a.toml", "extends=a.toml").startswith("override: extends: belongs into a file")


def test_the_explained_configuration_is_the_resolved_one(files):
    files(base=BASE, top='extends = "base.toml"\n')
    made, source = config.load("top.toml", ["optimizer.nesterov=true"])
    parts = build(made, source)
    text = explained(parts.resolved, source, made.model_dump())
    assert tomllib.loads(text) == parts.resolved
    comments = {line.split(" = ")[0]: line.split("# ")[1] for line in text.splitlines() if "#" in line}
    assert comments["lr"] == "base.toml:9"
    assert comments["nesterov"] == "override"
    assert comments["dampening"] == "default"
    assert comments["in_features"].startswith("from the data")


def test_toml_values_are_read_back():
    value = {"a b": [1, 2.5e-9, 'q"\\\n\x7fé'], "c": {"d": True}, "e": [{"f": []}]}
    assert tomllib.loads(f"v = {toml(value)}")["v"] == value


# --- A model of one's own ---------------------------------------------------------------------------------------------

OWN = BASE.replace('layers = [{ name = "Linear" }]', 'factory = "own_model:build"')
MODULE = """
from minitorch import nn
def build(in_features, out_features, width=4):
    return nn.Sequential(nn.Linear(in_features, width), nn.ReLU(), nn.Linear(width, out_features))
def nothing():
    return None
def wrong():
    return nn.Linear(4, 7)
"""


def test_a_factory_runs_only_when_trusted(files, tmp_path, monkeypatch):
    files(own=OWN)
    (tmp_path / "own_model.py").write_text(MODULE)
    message = said("own.toml")
    assert message.startswith("own.toml:6: model.factory: runs code")
    assert "--trust" in message
    monkeypatch.delitem(__import__("sys").modules, "own_model", raising=False)
    parts = build(*config.load("own.toml", ["model.arguments.width=6"], trust=True))
    assert [tuple(p.shape) for p in parts.model.parameters()] == [(6, 4), (6,), (3, 6), (3,)]
    for override, what in {
        "model.factory=own_model:missing": "own_model has no function missing",
        "model.factory=no_such_module:build": "there is no module no_such_module",
        "model.factory=own_model:nothing": "should give an nn.Module",
        "model.factory=own_model:wrong": "gives (2, 7) for 2 rows, should give (2, 3)",
        "model.arguments.depth=6": "unexpected keyword argument 'depth'",
        "model.factory='own_model'": "should be",
    }.items():
        assert what in said("own.toml", override, trust=True)
