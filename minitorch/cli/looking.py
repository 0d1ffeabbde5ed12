"""``minitorch runs``, ``compare`` and ``report``: what looks at runs."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from minitorch.cli.training import TRUST


def add(commands: Any) -> None:
    """Add the commands to a parser."""
    runs = commands.add_parser("runs", help="list runs: status, best figure, time, and what was changed")
    runs.add_argument("name", nargs="?", metavar="NAME", help="only the runs of this name")
    runs.set_defaults(wanted=_runs)

    compare = commands.add_parser("compare", help="what differs in runs, and their curves over each other")
    compare.add_argument("given", nargs="+", metavar="RUN", help="folders, name/number, or names for the latest run")
    compare.add_argument("--output", default="compare.png", metavar="FILE", help="the curves (default: compare.png)")
    compare.set_defaults(wanted=_compare)

    report = commands.add_parser("report", help="write one HTML page about a run")
    report.add_argument("run", metavar="RUN", help="its folder, name/number, or a name for the latest run")
    report.add_argument("--output", metavar="FILE", help="the page (default: report.html in the run's folder)")
    report.add_argument("--trust", action="store_true", help=TRUST)
    report.set_defaults(wanted=_report)
    for command in (runs, compare, report):
        command.add_argument("--runs", default="runs", metavar="DIR", help="where run folders are (default: runs)")


def _runs(options: argparse.Namespace) -> int:
    from minitorch.train.overview import overview, table_of

    print(table_of(overview(options.runs, options.name)))
    return 0


def _compare(options: argparse.Namespace) -> int:
    from minitorch.train.overview import curves_together, differences
    from minitorch.train.runs import Run

    found = [Run.find(given, options.runs) for given in options.given]
    print(differences(found))
    curves_together(found, options.output)
    print(f"curves: {options.output}")
    return 0


def _report(options: argparse.Namespace) -> int:
    from minitorch.train.checkpoint import write_whole
    from minitorch.train.report import report
    from minitorch.train.runs import Run

    run = Run.find(options.run, options.runs)
    file = Path(options.output) if options.output else run.folder / "report.html"
    write_whole(file, report(run, options.trust).encode())
    print(file)
    return 0
