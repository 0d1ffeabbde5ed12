"""The examples that train run on PyTorch with only the import changed, and their losses are the same."""

import sys
import types
from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="PyTorch is the oracle: pip install minitorch[oracle]")

EXAMPLES = Path(__file__).parents[2] / "examples"


def losses(name, library, overrides, out, monkeypatch):
    """What an example's main gives on this library."""
    import _example

    file = EXAMPLES / f"{name}.py"
    source = file.read_text(encoding="utf-8")
    assert source.count("import minitorch as torch\n") == 1
    if library == "torch":
        source = source.replace("import minitorch as torch\n", "import torch\n").replace("from minitorch", "from torch")
        assert "minitorch" not in source
    module = types.ModuleType(f"{name}_on_{library}")
    monkeypatch.setitem(sys.modules, module.__name__, module)
    exec(compile(source, str(file), "exec"), vars(module))
    (schema,) = (v for v in vars(module).values() if isinstance(v, type) and v.__base__ is _example.Settings)
    return module.main(_example.load(schema, EXAMPLES / "configs" / f"{name}.toml", overrides, quick=True), out)


@pytest.mark.parametrize(
    ("name", "overrides", "close"),
    [
        ("vae_digits", ["epochs=4", "nats=0.1", "near=2.0"], 1e-4),
        ("maml_sine", ["steps=15", "loss=4.0", "of_joint=1.0"], 1e-5),
        ("reinforce_cartpole", ["iterations=12", "steps=10.0"], 1e-5),
    ],
)
def test_an_example_learns_the_same_on_pytorch(name, overrides, close, tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(EXAMPLES)
    ours, theirs = (losses(name, library, overrides, tmp_path, monkeypatch) for library in ("minitorch", "torch"))
    assert ours == pytest.approx(theirs, rel=close)
