"""Sweeps in worker processes of this machine, with runs that fail, workers that die and sweeps that are cut short."""

import contextlib
import csv
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from minitorch import cli
from minitorch.sweep.job import sweep
from minitorch.sweep.local import LocalExecutor
from minitorch.train.runs import Run, RunError

FOLDER = Path("runs", "tiny", "sweep")


def runs(folder=FOLDER):
    """What ``sweep.json`` says of the runs of each behaviour, in the order of their seeds."""
    points = json.loads((folder / "sweep.json").read_text())["points"]
    return {point["values"]["model.arguments.how"]: point["runs"] for point in points}


def statuses():
    return {how: [run["status"] for run in of_point] for how, of_point in runs().items()}


def records(folder=FOLDER):
    """Every finished run's record, with the moment it was written."""
    return {file.parent: (file.stat().st_mtime_ns, file.read_text()) for file in folder.glob("*/*/summary.json")}


def test_what_dies_is_done_again_and_what_fails_is_reported(tiny, here, capsys):
    command = ["sweep", tiny("well", "kills once", "raises", "kills"), "--trust", "sweep.seeds=1"]
    assert cli.main([*command, "--workers", "2"]) == 1
    out = capsys.readouterr().out
    ended = {"well": ["finished"], "kills once": ["finished"], "raises": ["failed"], "kills": ["failed"]}
    assert statuses() == ended
    (well,), (once,), (raises,), (kills,) = (runs()[how] for how in ended)
    assert once["figures"] == well["figures"]
    assert "resumed at epoch 1, step 2" in (FOLDER / once["folder"] / "output.txt").read_text()
    assert kills["error"] == "its worker process died 2 times, at last by signal SIGKILL"
    assert raises["error"] == "RuntimeError: no luck with this one"
    assert "RuntimeError: no luck with this one" in (FOLDER / raises["folder"] / "output.txt").read_text()
    assert [line.split(": ", 1)[1] for line in out.splitlines()[-2:]] == [raises["error"], kills["error"]]
    assert "best: model.arguments.how=" in out
    rows = list(csv.DictReader((FOLDER / "sweep.csv").open()))
    assert [(row["finished"], row["failed"]) for row in rows] == [("1", "0")] * 2 + [("0", "1")] * 2

    # again: what is done stays, also what failed by itself
    before = records()
    assert cli.main([*command, "sweep.space.model.arguments.how=['raises', 'well', 'kills once']"]) == 1
    assert not [line for line in capsys.readouterr().out.splitlines() if line.startswith("[")]
    # a run whose worker died is missing, and with --retry-failed so is what failed by itself; the causes are gone now
    here()
    source = Path("behaviour.py").read_text()
    Path("behaviour.py").write_text(source.replace("raise RuntimeError", "str").replace("os.kill", "max"))
    sys.modules.pop("behaviour")
    assert cli.main([*command, "--retry-failed"]) == 0
    said = [line.split("how=")[1] for line in capsys.readouterr().out.splitlines() if line.startswith("[")]
    assert [line.split(" 0.")[0] for line in said] == ["raises seed=0: val_loss", "kills seed=0: val_loss"]
    assert {run["figures"]["val_loss"] for (run,) in runs().values()} == {well["figures"]["val_loss"]}
    assert {path: record for path, record in records().items() if path in before} == before


def test_a_killed_sweep_leaves_no_worker_and_does_only_what_is_missing(tiny, here):
    file = tiny("well", "waits")
    command = [sys.executable, "-m", "minitorch", "sweep", file, "--trust", "--workers", "1"]
    environment = os.environ | {"PYTHONPATH": str(Path(cli.__file__).parents[2])}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        while not Path("waiting").exists():  # both runs of the first point are done then
            assert process.poll() is None
            time.sleep(0.02)
        with pytest.raises(RunError, match="by another process"):
            sweep(file, trust=True)
        process.send_signal(signal.SIGKILL)
    before = records()
    assert len(before) == 2
    (waiting,) = (Run(file.parent) for file in FOLDER.glob("*/*/.lock") if file.parent not in before)
    until_free(waiting)
    Path("go on").touch()
    said = []
    here()
    results = sweep(file, trust=True, say=said.append)
    assert {path: record for path, record in records().items() if path in before} == before
    assert sum(line.startswith("[") for line in said) == 2
    assert statuses() == {"well": ["finished"] * 2, "waits": ["finished"] * 2}
    assert results.rows[0].figures == results.rows[1].figures  # cut short or not, the numbers are those of the seed
    row = next(csv.DictReader((FOLDER / "sweep.csv").open()))
    losses = [run["figures"]["val_loss"] for run in runs()["well"]]
    assert float(row["val_loss"]) == pytest.approx(sum(losses) / 2)
    assert float(row["val_loss_deviation"]) == pytest.approx(abs(losses[0] - losses[1]) / 2**0.5)


def until_free(run):
    """Wait until nobody holds a run: a process that is gone holds none."""
    until = time.monotonic() + 20
    while True:
        with contextlib.suppress(RunError), run.lock():
            return
        assert time.monotonic() < until, f"{run.folder} is still held"
        time.sleep(0.05)


def test_an_interrupted_sweep_says_how_to_go_on(tiny, monkeypatch, capsys):
    def interrupted(self):
        raise KeyboardInterrupt

    file = tiny("waits")
    monkeypatch.setattr(LocalExecutor, "next", interrupted)
    assert cli.main(["sweep", file, "--trust", "--workers", "1"]) == 130
    assert capsys.readouterr().err == "interrupted; the same command does what is missing\n"
    assert json.loads((FOLDER / "sweep.json").read_text())["points"] == []


WORK = """
import os, pathlib

def work(what, folder):
    if what == "print":
        print("this is no answer")
    if what == "break":
        raise OSError("disk on fire")
    if what == "break once" and not (pathlib.Path(folder) / "broke").exists():
        (pathlib.Path(folder) / "broke").touch()
        raise OSError("disk on fire")
    if what == "exit":
        os._exit(3)
    return {"what": what, "pid": os.getpid()}
"""


def test_the_executor_of_this_machine(tmp_path, monkeypatch):
    """Whatever happens to one call, the others come back; a process is used again unless it died."""
    (tmp_path / "some_work.py").write_text(WORK)
    monkeypatch.syspath_prepend(tmp_path)
    from some_work import work

    executor = LocalExecutor(work, 1, tries=2)
    whats = ["print", "break", "break once", "exit", "plain", "äöü"]
    try:
        for what in whats:
            executor.submit(what, what, str(tmp_path))
        ended = {end.key: end for end in (executor.next() for _ in whats)}
    finally:
        executor.close()
    assert {key: end.error for key, end in ended.items() if end.error} == {
        "break": "OSError: disk on fire",
        "exit": "its worker process died 2 times, at last with exit status 3",
    }
    assert ended["äöü"].value["what"] == "äöü"
    pids = [ended[what].value["pid"] for what in ("print", "break once", "plain")]
    assert pids[0] == pids[1] != pids[2]
    for worker in executor.workers:
        assert worker.process.poll() is not None
