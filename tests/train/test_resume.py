"""A run that is killed anywhere and resumed ends with the bytes of the run that never was.

The moments are exact: a driver kills its own process at the n-th forward pass (between the micro-batches of a window)
or at the n-th step of writing files. One more test kills by the clock, and ``python -m tests.train.kills`` does so as
often as it is told.
"""

import json
import random
import signal
import subprocess
import sys
import textwrap
import time

import pytest

from tests.train.kills import FILES, SETTINGS

CONFIG = f"""{SETTINGS}
epochs = 6
patience = 3
checkpoint_every = 2
checkpoint_seconds = 0
"""

KILLER = textwrap.dedent("""
    import functools, os, signal, sys
    import minitorch.cli
    from minitorch import nn

    what, count = sys.argv[1], int(sys.argv[2])
    owner, name = {"forward": (nn.Linear, "forward"), "fsync": (os, "fsync"), "replace": (os, "replace")}[what]
    true = getattr(owner, name)

    @functools.wraps(true)
    def deadly(*args):
        global count
        count -= 1
        if count == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return true(*args)

    setattr(owner, name, deadly)
    sys.exit(minitorch.cli.main(sys.argv[3:]))
""")


def command(*arguments, killed_at=()):
    program = ["-c", KILLER, *killed_at] if killed_at else ["-m", "minitorch"]
    return subprocess.run([sys.executable, *program, *arguments], capture_output=True, text=True, check=False)


def contents(folder):
    return {name: (folder / name).read_bytes() for name in FILES}


@pytest.fixture(scope="module")
def config(tmp_path_factory):
    file = tmp_path_factory.mktemp("config") / "config.toml"
    file.write_text(CONFIG)
    return str(file)


@pytest.fixture(scope="module")
def undisturbed(config, tmp_path_factory):
    root = tmp_path_factory.mktemp("undisturbed")
    done = command("train", config, "--runs", str(root))
    assert done.returncode == 0, done.stderr
    return root / "run" / "1"


def resume_until_done(folder, undisturbed):
    done = command("resume", str(folder))
    assert done.returncode == 0, done.stderr
    assert contents(folder) == contents(undisturbed)
    summaries = [json.loads((f / "summary.json").read_text()) for f in (folder, undisturbed)]
    assert summaries[0]["figures"] == summaries[1]["figures"]
    assert not list(folder.rglob("*.tmp"))


def test_the_same_seed_gives_the_same_bytes(config, undisturbed, tmp_path):
    assert command("train", config, "--runs", str(tmp_path)).returncode == 0
    assert contents(tmp_path / "run" / "1") == contents(undisturbed)


# Forward passes of Linear: 4 in building; an epoch has 2 a micro-batch (windows of 5, 5 and 2) and 2 of validation.
@pytest.mark.parametrize("count", [6, 17, 27, 29, 36, 90])
def test_killed_between_micro_batches(config, undisturbed, tmp_path, count):
    killed = command("train", config, "--runs", str(tmp_path), killed_at=("forward", str(count)))
    assert killed.returncode == -signal.SIGKILL
    resume_until_done(tmp_path / "run" / "1", undisturbed)


# The first syncs and renames are those of the run folder itself.
@pytest.mark.parametrize(("what", "count"), [("fsync", 9), ("fsync", 22), ("replace", 4), ("replace", 9)])
def test_killed_while_writing_a_checkpoint(config, undisturbed, tmp_path, what, count):
    killed = command("train", config, "--runs", str(tmp_path), killed_at=(what, str(count)))
    assert killed.returncode == -signal.SIGKILL
    resume_until_done(tmp_path / "run" / "1", undisturbed)


def test_killed_again_and_again(config, undisturbed, tmp_path):
    command("train", config, "--runs", str(tmp_path), killed_at=("forward", "40"))
    for count in ("25", "19", "31"):
        killed = command("resume", str(tmp_path / "run" / "1"), killed_at=("forward", count))
        assert killed.returncode == -signal.SIGKILL
    resume_until_done(tmp_path / "run" / "1", undisturbed)


def test_killed_at_the_very_end(config, undisturbed, tmp_path):
    """All epochs are done, the figures of the test are written, the summary is not."""
    killed = command("train", config, "--runs", str(tmp_path), killed_at=("forward", "9999"))
    assert killed.returncode == 0
    folder = tmp_path / "run" / "1"
    (folder / "summary.json").unlink()
    resume_until_done(folder, undisturbed)


def test_killed_by_the_clock(config, tmp_path):
    """A longer run, so that there is something to hit: as seldom a checkpoint as the clock happens to allow."""
    overrides = ["trainer.epochs=150", "trainer.patience=1000", "trainer.checkpoint_seconds=0.05"]
    assert command("train", config, *overrides, "--runs", str(tmp_path / "whole")).returncode == 0
    program = [sys.executable, "-m", "minitorch", "train", config, *overrides, "--runs", str(tmp_path / "killed")]
    folder = tmp_path / "killed" / "run" / "1"
    wait = random.Random(0)
    for _ in range(3):
        process = subprocess.Popen(program, stdout=subprocess.PIPE, text=True)
        process.stdout.readline()  # training begins
        time.sleep(wait.uniform(0.05, 0.5))
        process.kill()
        process.wait()
        process.stdout.close()
        program = [sys.executable, "-m", "minitorch", "resume", str(folder)]
    resume_until_done(folder, tmp_path / "whole" / "run" / "1")


def test_a_finished_run_is_left_alone(undisturbed):
    before = {p: p.stat().st_mtime_ns for p in undisturbed.rglob("*")}
    done = command("resume", str(undisturbed))
    assert done.returncode == 0
    assert "is finished: nothing to resume, nothing changed" in done.stdout
    assert {p: p.stat().st_mtime_ns for p in undisturbed.rglob("*")} == before
