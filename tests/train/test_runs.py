"""Run folders: numbered without collision, whole from the first moment, locked against a second process."""

import json
import multiprocessing
import subprocess
import sys
import tomllib

import pytest

from minitorch.train.runs import Run, RunError


def test_numbers_go_up(tmp_path):
    folders = [Run.create(tmp_path, "a", "", 0).folder for _ in range(3)]
    assert folders == [tmp_path / "a" / str(n) for n in (1, 2, 3)]
    assert sorted(p.name for p in (tmp_path / "a").iterdir()) == ["1", "2", "3"]


def test_a_run_has_its_config_and_versions_from_the_first_moment(tmp_path):
    run = Run.create(tmp_path, "a", 'name = "a"\n', 7)
    assert tomllib.loads(run.config.read_text()) == {"name": "a"}
    versions = json.loads((run.folder / "versions.json").read_text())
    assert versions["seed"] == 7
    assert {"minitorch", "numpy", "python", "scikit-learn"} <= versions["versions"].keys()


def create(root):
    return str(Run.create(root, "a", "", 0).folder)


def test_many_at_once_never_share_a_number(tmp_path):
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        folders = pool.map(create, [tmp_path] * 20)
    assert len(set(folders)) == 20


def test_a_root_that_cannot_be_written(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(RunError, match=r"cannot make a run folder in .*file/a"):
        Run.create(tmp_path / "file", "a", "", 0)


def test_find(tmp_path):
    runs = [Run.create(tmp_path, "a", "", 0) for _ in range(11)]
    assert Run.find(str(runs[1].folder), "elsewhere").folder == runs[1].folder
    assert Run.find("a/2", tmp_path).folder == runs[1].folder
    assert Run.find("a", tmp_path).folder == runs[10].folder
    with pytest.raises(RunError, match="b is not a run: expected a folder with a config"):
        Run.find("b", tmp_path)


def test_a_second_process_is_refused(tmp_path):
    run = Run.create(tmp_path, "a", "", 0)
    code = f"from minitorch.train.runs import Run\nwith Run({str(run.folder)!r}).lock(): print('held')"
    with run.lock():
        held = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert held.returncode != 0
    assert "is being trained by another process" in held.stderr
    free = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert free.stdout == "held\n"
