"""The command ``python -m benchmarks``."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path


def main(arguments: list[str]) -> int:
    """Runs the command; gives its exit status."""
    parser = argparse.ArgumentParser("python -m benchmarks", description="minitorch's time over PyTorch's.")
    parser.add_argument("what", nargs="?", choices=("table", "configs"), default="table")
    parser.add_argument("--only", metavar="NAME", default="", help="what has NAME in its name")
    parser.add_argument("--rounds", type=int, default=31, help="blocks of each (default: 31)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="where the run is kept (default: benchmarks/out/)")
    parser.add_argument("--against", type=Path, metavar="FILE", help="show what changed since an earlier run")
    parser.add_argument("--list", action="store_true", help="the names that --only can choose from")
    options = parser.parse_args(arguments)
    if options.rounds < 1:
        parser.error(f"--rounds must be 1 or more, got {options.rounds}")
    if options.what == "configs":
        from benchmarks.configs import train_all

        return 0 if train_all(options.only) else 1
    return table(options, parser)


def table(options: argparse.Namespace, parser: argparse.ArgumentParser) -> int:
    """Measures and prints the table, keeps it as JSON, and compares it."""
    from benchmarks import report, run

    if options.list:
        print("\n".join(run.names()))
        return 0
    chosen = [name for name in run.names() if options.only in name]
    if not chosen:
        parser.error(f"--only: nothing is called {options.only!r}; there are {', '.join(run.names())}")
    try:
        before = report.load(options.against) if options.against else None
    except ValueError as error:
        parser.error(str(error))
    if run.modules()[1] is None:
        print(run.NO_TORCH, file=sys.stderr)
    print(report.HEADER)
    lines = []
    for line in run.lines_of(chosen, options.rounds):
        lines.append(line)
        print(line, flush=True)
    print(f"\nkept in {report.save(lines, options.json)}")
    if before is not None:
        print("\n".join(report.changes(lines, before) or ["no change beyond noise"]))
    return 0


if __name__ == "__main__":
    from benchmarks.threads import settle

    settle(sys.argv[1:])
    sys.exit(main(sys.argv[1:]))
