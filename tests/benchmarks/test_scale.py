"""The curves of growing sizes: what is measured, the fitted slopes, the pictures and the file."""

import json
import math

import pytest

from benchmarks import report, run, scale
from benchmarks.__main__ import main
from benchmarks.scale import Curve

OURS = run.whole("minitorch")
SIZES = (10, 100, 1000, 10_000)


def curve(costs, sizes=SIZES, unit="s"):
    return Curve("name", "a title", "things", sizes, tuple(costs), unit)


@pytest.mark.parametrize("slope", [-1.0, 0.0, 0.5, 1.0])
def test_the_slope_is_that_of_the_logarithms(slope):
    found = curve([3e-6 * n**slope for n in SIZES])
    assert found.slope == pytest.approx(slope, abs=1e-9)
    assert found.upper == pytest.approx(slope, abs=1e-9)
    assert found.verdict == {-1.0: "falls", 0.0: "flat"}.get(slope, "grows")


def test_the_verdict_is_that_of_the_upper_half():
    """A fixed cost of 1 ms that 10,000 units share no longer counts."""
    found = curve([1e-3 / n + 1e-5 for n in (1, 10, 10_000, 100_000)], sizes=(1, 10, 10_000, 100_000))
    assert found.slope < -0.3
    assert abs(found.upper) < 0.01
    assert found.verdict == "flat"


def test_one_size_has_no_slope():
    assert math.isnan(curve([1.0], sizes=(10,)).slope)
    assert curve([1.0], sizes=(10,)).verdict == ""


def test_a_line_shows_sizes_and_costs():
    assert "10: 2.00 us  100: 2.00 us  10^3: 2.00 ms  10^4: 2.00 us" in str(curve([2e-6, 2e-6, 2e-3, 2e-6]))
    assert "10: 500 B  100: 97.66 kB  10^3: 3.00 MB" in str(curve([500, 1e5, 3 * 2**20], SIZES[:3], "bytes"))


@pytest.mark.parametrize(
    ("group", "arguments", "names"),
    [
        ("nodes", {"sizes": (10, 100)}, ["node_forward", "node_backward", "node_memory"]),
        ("tensors", {"sizes": (2, 20)}, ["tensor_SGD", "tensor_SGD_memory", "tensor_Adam", "tensor_Adam_memory"]),
        ("samples", {"sizes": (1, 4)}, ["sample_MLP", "sample_MLP_memory", "sample_CNN", "sample_CNN_memory"]),
        ("steps", {"count": 40}, ["step", "step_memory"]),
    ],
)
def test_a_group_measures_its_curves(monkeypatch, group, arguments, names):
    monkeypatch.setattr(scale, "ENOUGH", 0.0)
    found = list(scale.GROUPS[group](OURS, **arguments))
    assert [c.name for c in found] == names
    for c in found:
        assert len(c.costs) == len(c.sizes) > 1
        assert min(c.costs) > 0
        assert c.unit == ("bytes" if "memory" in c.name else "s")


def test_a_node_keeps_as_many_bytes_in_a_longer_chain():
    *_, memory = scale.GROUPS["nodes"](OURS, sizes=(1000, 4000))
    assert 100 < memory.costs[0] < 2000
    assert memory.costs[1] == pytest.approx(memory.costs[0], rel=0.05)


def test_the_command_prints_draws_and_keeps(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(report, "OUT", tmp_path)
    monkeypatch.setattr(scale, "GROUPS", {"some": lambda ours: iter([curve([1e-6] * 4)])})
    path = tmp_path / "run.json"
    assert main(["scale", "--json", str(path)]) == 0
    assert "a title" in capsys.readouterr().out
    assert (tmp_path / "scale" / "name.png").read_bytes().startswith(b"\x89PNG")
    kept = json.loads(path.read_text(encoding="utf-8"))["curves"]["name"]
    assert kept["sizes"] == list(SIZES)
    assert kept["slope"] == pytest.approx(0, abs=1e-9)
    assert report.load(path)["lines"] == {}


@pytest.mark.parametrize("what", ["scale", "profile"])
def test_an_unknown_group_is_refused_with_what_there_is(capsys, what):
    with pytest.raises(SystemExit):
        main([what, "--only", "nothing"])
    assert {"scale": "nodes", "profile": "mlp_adam"}[what] in capsys.readouterr().err
