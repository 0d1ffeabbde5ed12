"""The table's lines, the file they are kept in, and what is called a change."""

import pytest

from benchmarks.measure import Ratio
from benchmarks.report import HEADER, Line, changes, load, save


def line(low, median, high, target=0.7, title="MLP", over="PyTorch"):
    return Line(title, over, Ratio(median, low, high, best=low), target, ours=2e-4, theirs=4e-4)


@pytest.mark.parametrize(
    ("figures", "verdict"),
    [((0.5, 0.6, 0.7), "met"), ((0.6, 0.69, 0.8), "met~"), ((0.6, 0.71, 0.8), "missed~"), ((0.8, 0.9, 1.0), "missed")],
)
def test_a_verdict_says_where_the_target_lies(figures, verdict):
    assert line(*figures).verdict == verdict


def test_no_target_no_verdict():
    assert line(1.0, 1.0, 1.0, target=None).verdict == ""


def test_target_and_times_stand_beside_the_figure():
    text = str(line(0.5, 0.6, 0.7))
    assert all(part in text for part in ("MLP", "PyTorch", "0.60 (0.50-0.70)", "0.7", "met", "200.0 us", "400.0 us"))
    assert len(text) == len(HEADER)


def test_a_run_is_kept_and_read_again(tmp_path):
    path = save([line(0.5, 0.6, 0.7)], tmp_path / "new" / "run.json")
    found = load(path)
    assert found["lines"]["MLP / PyTorch"]["figure"] == Ratio(median=0.6, low=0.5, high=0.7, best=0.5)
    assert "numpy" in found["machine"]


def test_only_what_is_beyond_the_quartiles_has_changed(tmp_path):
    before = load(save([line(0.5, 0.6, 0.7), line(0.5, 0.6, 0.7, title="CNN")], tmp_path / "run.json"))
    assert changes([line(0.65, 0.75, 0.8)], before) == []
    assert [c.split()[0] for c in changes([line(0.3, 0.4, 0.45)], before)] == ["better"]
    assert [c.split()[0] for c in changes([line(0.8, 0.9, 1.0, title="CNN")], before)] == ["worse"]
    assert [c.split()[0] for c in changes([line(1, 1, 1, title="LSTM")], before)] == ["new"]


def test_a_small_change_is_noise_even_where_quartiles_lie_apart(tmp_path):
    before = load(
        save([line(0.99, 1.0, 1.01), line(0.99, 1.0, 1.01, title="import", over="ms")], tmp_path / "run.json")
    )
    for factor, found in ((1.05, []), (0.95, []), (1.15, ["worse"]), (0.85, ["better"])):
        now = line(0.99 * factor, factor, 1.01 * factor)
        assert [c.split()[0] for c in changes([now], before)] == found
    for factor, found in ((1.2, []), (0.8, []), (1.4, ["worse"]), (0.7, ["better"])):  # a time, not a ratio
        now = line(0.99 * factor, factor, 1.01 * factor, title="import", over="ms")
        assert [c.split()[0] for c in changes([now], before)] == found


@pytest.mark.parametrize(
    "content", ["not JSON", "[]", '{"lines": 3}', '{"lines": {"MLP / PyTorch": {"figure": {"median": 1}}}}']
)
def test_another_file_is_no_run(tmp_path, content):
    path = tmp_path / "other.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(ValueError, match="--against"):
        load(path)


def test_a_missing_file_is_no_run(tmp_path):
    with pytest.raises(ValueError, match="cannot read"):
        load(tmp_path / "missing.json")
