"""``minitorch sweep``: many runs of one configuration, compared."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from minitorch.cli.training import add_config


def add(commands: Any) -> None:
    """Add the command to a parser."""
    sweep = commands.add_parser("sweep", help="run what a [sweep] tries, and compare; given again, do what is missing")
    add_config(sweep)
    where = sweep.add_mutually_exclusive_group()
    where.add_argument("--workers", type=_count, metavar="N", help="processes on this machine (default: one a core)")
    where.add_argument("--dask", metavar="ADDRESS", help="the Dask cluster to run on, for instance tcp://host:8786")
    sweep.add_argument("--retry-failed", action="store_true", help="also runs that failed by themselves are missing")
    sweep.add_argument("--runs", default="runs", metavar="DIR", help="where run folders are (default: runs)")
    sweep.set_defaults(
        wanted=_sweep,
        failing="the sweep failed",
        interrupted="interrupted; the same command does what is missing",
    )


def _sweep(options: argparse.Namespace) -> int:
    from minitorch.sweep.executor import ExecutorLost
    from minitorch.sweep.job import sweep

    try:
        results = sweep(
            options.config,
            options.overrides,
            options.runs,
            workers=options.workers,
            dask=options.dask,
            trust=options.trust,
            retry_failed=options.retry_failed,
        )
    except (ExecutorLost, ModuleNotFoundError) as error:
        print(error, file=sys.stderr)
        return 2
    return 1 if results.failed else 0


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) > 0):
        raise argparse.ArgumentTypeError(f"should be a number from 1 on (got {text!r})")
    return int(text)
