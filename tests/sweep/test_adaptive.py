"""Adaptive search: Optuna's proposals, remembered in a journal file that outlives any process."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("optuna", reason="adaptive search: pip install minitorch[optuna]")

from minitorch import cli
from minitorch.sweep.adaptive import Adaptive
from minitorch.sweep.job import sweep
from minitorch.sweep.space import Choices, Range

ROOT = Path(__file__).parents[2]
SPACE = {
    "lr": Range(1e-4, 1e-1, log=True),
    "width": Range(4, 64, log=True),
    "rate": Range(0.0, 0.5, step=0.1),
    "kind": Choices(({"name": "SGD"}, {"name": "Adam"})),
}


def search(tmp_path, trials, file="journal.log"):
    return Adaptive(tmp_path / file, "s", SPACE, "min", trials, seed=3)


def carry_on(given, count):
    """Ask and tell; gives the points."""
    points = []
    for _ in range(count):
        number, values = given.ask()
        points.append(values)
        given.tell(number, values["lr"] + values["rate"])
    return points


def test_points_are_of_the_space_and_a_search_taken_up_again_goes_on_as_it_would_have(tmp_path):
    whole = carry_on(search(tmp_path, 14), 14)
    for point in whole:
        assert point.keys() == SPACE.keys()
        assert 1e-4 <= point["lr"] <= 1e-1
        assert isinstance(point["width"], int)
        assert 4 <= point["width"] <= 64
        assert point["kind"] in ({"name": "SGD"}, {"name": "Adam"})
    assert len({json.dumps(point) for point in whole}) == 14
    parts = []
    for count in (3, 9, 2):  # the sampler draws the first ten, then learns
        parts += carry_on(search(tmp_path, 14, "other.log"), count)
    assert parts == whole
    assert search(tmp_path, 14).ask() is None
    assert len(search(tmp_path, 14).earlier()) == 14


def test_trials_that_nobody_told_are_known_and_a_torn_journal_is_mended(tmp_path):
    first = search(tmp_path, 3)
    asked = [first.ask(), first.ask()]
    first.tell(asked[0][0], None)
    first.study.ask()  # a process that is stopped before the point is whole
    with open(tmp_path / "journal.log", "ab") as file:
        file.write(b'{"op_code":')
    again = search(tmp_path, 3)
    assert again.earlier() == asked
    again.tell(asked[1][0], 1.0)
    assert again.ask() is not None
    assert again.ask() is None
    states = [trial.state.name for trial in again.study.trials]
    assert states == ["FAIL", "COMPLETE", "FAIL", "RUNNING"]


PROCESS = """
import sys, pathlib
sys.path.insert(0, sys.argv[2])
from test_adaptive import carry_on, search
carry_on(search(pathlib.Path(sys.argv[1]), 20), 10)
"""


def test_two_processes_at_one_journal(tmp_path):
    """They create it at the same moment and propose at the same time, and no trial is lost or given twice."""
    command = [sys.executable, "-c", PROCESS, str(tmp_path), str(Path(__file__).parent)]
    processes = [subprocess.Popen(command, cwd=ROOT) for _ in range(2)]
    assert [process.wait() for process in processes] == [0, 0]
    trials = search(tmp_path, 20).study.trials
    assert sorted(trial.number for trial in trials) == list(range(20))
    assert {trial.state.name for trial in trials} == {"COMPLETE"}
    assert len({json.dumps(trial.params) for trial in trials}) > 10


def test_an_adaptive_sweep_in_two_processes_grows(tiny, here, capsys):
    file = tiny("well", "raises")
    overrides = ["sweep.search=adaptive", "sweep.trials=4", "sweep.space.optimizer.lr={low=0.01, high=1.0, log=true}"]
    assert cli.main(["sweep", file, "--trust", "--workers", "2", *overrides]) == 1
    out = capsys.readouterr().out
    assert out.splitlines()[0].endswith("adaptive search, 4 points, 2 runs each")
    here()
    results = sweep(file, [*overrides, "sweep.trials=5"], trust=True, say=lambda line: None)
    assert len(results.rows) == 5
    failed = [row for row in results.rows if row.failed]
    assert {row.point.values["model.arguments.how"] for row in failed} == {"raises"}
    assert results.rows[-len(failed) :] == failed
    losses = [row.figures["val_loss"].mean for row in results.rows if not row.failed]
    assert losses == sorted(losses)


def test_without_the_package_it_is_said_before_anything_is_written(tiny, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "optuna", None)
    overrides = ["sweep.search=adaptive", "sweep.trials=4"]
    assert cli.main(["sweep", tiny("well"), "--trust", *overrides]) == 2
    assert capsys.readouterr().err == (
        "override: sweep.search: needs optuna: pip install 'minitorch[optuna]' (got \"adaptive\")\n"
    )
    assert not Path("runs").exists()
