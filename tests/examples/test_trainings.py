"""The examples that train: a small run of each reaches what its [quick] table promises, and one of a moment does not.

What they claim of the full settings is asserted by the scripts themselves at their end.
"""

import importlib.util
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import minitorch

EXAMPLES = Path(__file__).parents[2] / "examples"
CONFIGS = EXAMPLES / "configs"

# The pictures an example leaves, what its quick run must print, and what makes it too short to reach anything.
TRAININGS = {
    "digits_cnn": (
        ["digits_cnn"],
        r"test, the weights of epoch \d: loss [\d.]+  accuracy 0\.9",
        ["epochs=1", "shift=9.0"],
    ),
    "char_gpt": (["char_gpt"], r"by counting: 1-grams 3\.\d+  2-grams 2\.\d+ .*(\n.*)+    \| .*", ["steps=10"]),
    "lstm_series": (["lstm_series"], r"LSTM  .*\nlinear  .*\nlast value  ", ["epochs=1"]),
    "vae_digits": (
        ["vae_latent", "vae_plane", "vae_reconstructions", "vae_samples"],
        r"held out: 26\.\d+ nats a digit; pixels without dependence: 27\.",
        ["epochs=1"],
    ),
    "gan_digits": (["gan_digits", "gan_losses"], r"0: [\d.]+%  1: .* 9: [\d.]+%", ["epochs=1"]),
    "wgan_gp": (["wgan_gp"], r"[\d.]+% of 2000 points lie on a heap; by heap \[\d+, \d+\]", ["steps=10"]),
    "reinforce_cartpole": (["reinforce_cartpole"], r"fresh episodes: [\d.]+ steps of 100", ["iterations=2"]),
    "maml_sine": (["maml_sine"], r"\nMAML( +[\d.]+){5}\nfirst order( +[\d.]+){5}\njointly( +[\d.]+){5}\n", ["steps=4"]),
}


@pytest.fixture
def example(monkeypatch):
    """Gives an example's module, and the settings of its quick run with some changed."""
    monkeypatch.syspath_prepend(EXAMPLES)
    shared = importlib.import_module("_example")

    def load(name, overrides=()):
        spec = importlib.util.spec_from_file_location(f"example_{name}", EXAMPLES / f"{name}.py")
        module = importlib.util.module_from_spec(spec)
        sys.modules[spec.name] = module  # where pydantic looks up annotations
        spec.loader.exec_module(module)
        (schema,) = (v for v in vars(module).values() if isinstance(v, type) and v.__base__ is shared.Settings)
        return module, shared.load(schema, CONFIGS / f"{name}.toml", list(overrides), quick=True)

    yield load
    for name in TRAININGS:
        sys.modules.pop(f"example_{name}", None)


def test_every_training_has_its_config_and_both_speak_of_the_same_settings(example):
    scripts = {f.stem for f in EXAMPLES.glob("*.py") if not f.name.startswith("_")} - {"autograd_tour"}
    assert scripts == set(TRAININGS) == {f.stem for f in CONFIGS.glob("*.toml")}
    for name in TRAININGS:
        values = tomllib.loads((CONFIGS / f"{name}.toml").read_text(encoding="utf-8"))
        _, settings = example(name)
        assert set(values.pop("quick")) <= set(values) == set(type(settings).model_fields)


@pytest.mark.parametrize("name", TRAININGS)
def test_a_small_run_reaches_its_figures(name, example, tmp_path, capsys):
    module, settings = example(name)
    pictures, printed, _ = TRAININGS[name]
    losses = module.main(settings, tmp_path / "out")
    assert len(losses) > 1
    assert re.search(printed, capsys.readouterr().out)
    files = sorted((tmp_path / "out").iterdir())
    assert [f.name for f in files] == [f"{picture}.png" for picture in pictures]
    assert all(f.read_bytes().startswith(b"\x89PNG") for f in files)


@pytest.mark.parametrize("name", TRAININGS)
def test_a_run_of_a_moment_does_not_and_the_doctor_finds_nothing(name, example, tmp_path):
    module, settings = example(name, TRAININGS[name][2])
    doctor = minitorch.doctor(notes=True, show=False)
    with pytest.raises(AssertionError), doctor:
        module.main(settings, tmp_path)
    assert doctor.findings == []
    assert doctor.history.counts["step"] > 1


def test_from_the_command_line_mistakes_are_reported_with_their_line(tmp_path):
    config = tmp_path / "mine.toml"
    text = (CONFIGS / "maml_sine.toml").read_text(encoding="utf-8")
    config.write_text(text.replace("hidden = 40", "hiden = 40"), encoding="utf-8")
    line = text[: text.index("hidden")].count("\n") + 1
    script = str(EXAMPLES / "maml_sine.py")
    command = [sys.executable, script, "--config", str(config), "--out", str(tmp_path / "out"), "tasks=2.5", "steps=0"]
    found = {**os.environ, "PYTHONPATH": str(EXAMPLES.parent)}
    done = subprocess.run(command, env=found, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2
    assert f"mine.toml:{line}: hiden: unknown key (got 40); did you mean 'hidden'?" in done.stderr
    assert "override: tasks: should be a" in done.stderr
    assert "(got 2.5)" in done.stderr
    assert "override: steps: should be greater than or equal to 1 (got 0)" in done.stderr
    assert "hidden: missing" in done.stderr
    assert not (tmp_path / "out").exists()


def test_overrides_come_before_the_quick_table(example):
    _, settings = example("maml_sine", ["steps=7"])
    assert (settings.steps, settings.lr, settings.hidden) == (7, 5e-3, 40)
