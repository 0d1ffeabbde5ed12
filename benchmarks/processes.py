"""Whole processes: what ``import minitorch`` costs, and the main job from start to end."""

from __future__ import annotations

import importlib.util
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

from benchmarks.measure import Ratio, ratio

ROOT = Path(__file__).parent.parent
SCRIPT = Path(__file__).parent / "pytorch_digits.py"
CONFIG = ROOT / "configs" / "digits_mlp.toml"
IMPORT = "import numpy; from time import perf_counter as now; t = now(); import {0}; print(now() - t)"
IMPORT_TARGET = 60.0  # milliseconds


def import_milliseconds(package: str = "minitorch", rounds: int = 9) -> Ratio:
    """Milliseconds that importing a package takes when NumPy is there already."""
    command = [sys.executable, "-c", IMPORT.format(package)]
    found = [float(_output(command)) * 1e3 for _ in range(rounds + 1)][1:]  # the first may compile
    return ratio(found, [1.0] * rounds)


def whole_processes(rounds: int = 3) -> dict[str, tuple[Ratio, float, float]]:
    """Title -> (ratio, our seconds, PyTorch's), for the same script on both, and for ``minitorch train``."""
    if importlib.util.find_spec("torch") is None:
        return {}
    jobs: dict[str, Callable[[], object]] = {
        "torch": lambda: _output([sys.executable, str(SCRIPT), "torch"]),
        "script": lambda: _output([sys.executable, str(SCRIPT), "minitorch"]),
        "train": _train,
    }
    seconds: dict[str, list[float]] = {name: [] for name in jobs}
    for turn in range(rounds + 1):
        for name, job in jobs.items():
            start = perf_counter()
            job()
            if turn:  # the first round fills the disk's cache
                seconds[name].append(perf_counter() - start)
    titles = {"script": "whole process: the digits script", "train": "whole process: minitorch train digits_mlp"}
    return {
        title: (
            ratio(seconds[name], seconds["torch"]),
            statistics.median(seconds[name]),
            statistics.median(seconds["torch"]),
        )
        for name, title in titles.items()
    }


def _train() -> None:
    with tempfile.TemporaryDirectory() as runs:
        _output([sys.executable, "-m", "minitorch", "train", str(CONFIG), "--runs", runs])


def run(command: list[str]) -> subprocess.CompletedProcess[str]:
    """Run a command from the project's root. Bytecode is kept, as for an installed package."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return subprocess.run(command, capture_output=True, text=True, cwd=ROOT, env=kept, check=False)


def _output(command: list[str]) -> str:
    done = run(command)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command[:3])} ... ended with status {done.returncode}:\n{done.stderr[-2000:]}")
    return done.stdout
