"""A training is killed at random moments, each time resumed, and must end with the bytes of one that never was.

    python -m tests.train.kills [MOMENTS] [--seed N]

Every moment is a run of its own: started, sent SIGKILL after a random part of the time that training takes (by the
clock, so anywhere: in writing files, a backward pass, the last figures), and resumed.
"""

import argparse
import json
import random
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

# Accumulation, dropout, batch norm, a schedule, early stopping, an average of weights: all of them have a state.
SETTINGS = """
name = "run"
seed = 3
[data]
name = "iris"
[model]
layers = [
  { name = "Linear", out_features = 16 },
  { name = "BatchNorm1d" },
  { name = "Dropout", p = 0.3 },
  { name = "Linear" },
]
[optimizer]
name = "Adam"
lr = 0.05
[scheduler]
name = "ReduceLROnPlateau"
patience = 1
[trainer]
batch_size = 9
accumulate = 5
clip_norm = 0.5
restore_best = true
norms = true
ema = 0.9
"""
CONFIG = f"""{SETTINGS}
epochs = 60
patience = 1000
checkpoint_seconds = 0.02
"""

FILES = ["config.toml", "metrics.jsonl", "checkpoints/last.safetensors", "checkpoints/best.safetensors"]


def command(*arguments):
    return [sys.executable, "-m", "minitorch", *map(str, arguments)]


def contents(folder):
    """What a run leaves that must not depend on whether it was killed."""
    figures = json.loads((folder / "summary.json").read_text())["figures"]
    return [(folder / name).read_bytes() for name in FILES] + [figures]


def kill_at(config, root, wait):
    """Train in ``root``, kill after ``wait`` seconds of training; gives the exit status."""
    process = subprocess.Popen(command("train", config, "--runs", root), stdout=subprocess.PIPE)
    with process.stdout:
        process.stdout.readline()  # training begins
        try:
            return process.wait(wait)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            return process.wait()


def moments(count, seed=0, say=print):
    """Kill and resume ``count`` runs; gives how many were killed, had a checkpoint, and ended equal."""
    draw = random.Random(seed)
    killed = resumed = equal = 0
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder, "config.toml")
        config.write_text(CONFIG)
        kill_at(config, f"{folder}/whole", 600)
        length = json.loads(Path(folder, "whole", "run", "1", "summary.json").read_text())["seconds"]
        whole = contents(Path(folder, "whole", "run", "1"))
        for moment in range(1, count + 1):
            root = Path(folder, str(moment))
            wait = draw.uniform(0, length)
            status = kill_at(config, root, wait)
            killed += status == -signal.SIGKILL
            run = root / "run" / "1"
            kept = (run / "checkpoints" / "last.safetensors").exists()
            resumed += kept
            again = ("resume", run) if run.exists() else ("train", config, "--runs", root)
            done = subprocess.run(command(*again), capture_output=True, text=True)
            same = done.returncode == 0 and contents(run) == whole and not list(root.rglob("*.tmp"))
            equal += same
            how = "from its checkpoint" if kept else "from the beginning"
            say(f"{moment:>3}: killed after {wait:.2f} of {length:.2f} s, {how}: {'equal' if same else 'NOT EQUAL'}")
            if not same:
                say(done.stderr)
    return killed, resumed, equal


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("moments", nargs="?", type=int, default=50)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    killed, resumed, equal = moments(options.moments, options.seed)
    print(f"{options.moments} moments, {killed} killed, {resumed} went on from a checkpoint, {equal} equal bit for bit")
    sys.exit(equal != options.moments)
