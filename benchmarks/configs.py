"""Every shipped configuration, trained in full: ``python -m benchmarks configs``."""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path
from time import perf_counter
from typing import Any

from benchmarks.processes import ROOT, run


def train_all(only: str = "") -> bool:
    """Trains each and prints its figures and time; whether all of them came through."""
    print(f"{'configuration':<24}{'epochs':>7}{'seconds':>9}   test figures")
    fine = True
    for config in sorted((ROOT / "configs").glob("*.toml")):
        if only in config.stem:
            fine &= _train(config)
    return fine


def _train(config: Path) -> bool:
    with tempfile.TemporaryDirectory() as runs:
        start = perf_counter()
        command = [sys.executable, "-m", "minitorch", "train", str(config), "--runs", runs]
        done = run(command)
        seconds = perf_counter() - start
        if done.returncode:
            print(f"{config.stem:<24}failed with status {done.returncode}: {done.stderr.strip()[-500:]}")
            return False
        figures = final_figures(next(Path(runs).glob("*/*/metrics.jsonl")))
    named = ", ".join(f"{k.removeprefix('test_')} {v:.4f}" for k, v in figures.items() if k.startswith("test_"))
    print(f"{config.stem:<24}{figures.get('epoch', 0):>7}{seconds:>9.2f}   {named}", flush=True)
    return True


def final_figures(metrics: Path) -> dict[str, Any]:
    """The last line of a run's metrics.jsonl."""
    found: dict[str, Any] = json.loads(metrics.read_text(encoding="utf-8").splitlines()[-1])
    return found
