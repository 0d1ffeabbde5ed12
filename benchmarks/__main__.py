"""The command ``python -m benchmarks``."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path


def main(arguments: list[str]) -> int:
    """Runs the command; gives its exit status."""
    parser = argparse.ArgumentParser("python -m benchmarks", description="minitorch's time over PyTorch's and others'.")
    parser.add_argument("what", nargs="?", choices=("table", "configs", "scale", "profile"), default="table")
    parser.add_argument("--only", metavar="NAME", default="", help="what has NAME in its name")
    parser.add_argument("--rounds", type=int, default=31, help="blocks of each in the table (default: 31)")
    parser.add_argument("--peers", metavar="NAMES", default="", help="jax, mygrad, hips, sklearn, some or all")
    parser.add_argument("--json", type=Path, metavar="FILE", help="where the run is kept (default: benchmarks/out/)")
    parser.add_argument("--against", type=Path, metavar="FILE", help="show what changed since an earlier run")
    parser.add_argument("--list", action="store_true", help="the names that --only can choose from")
    options = parser.parse_args(arguments)
    if options.rounds < 1:
        parser.error(f"--rounds must be 1 or more, got {options.rounds}")
    if options.what == "configs":
        from benchmarks.configs import train_all

        return 0 if train_all(options.only) else 1
    if options.what == "scale":
        return scale(options, parser)
    if options.what == "profile":
        return profile(options, parser)
    return table(options, parser)


def table(options: argparse.Namespace, parser: argparse.ArgumentParser) -> int:
    """Measures and prints the table, keeps it as JSON, and compares it."""
    from benchmarks import report, run
    from benchmarks.peers import chosen as chosen_peers
    from benchmarks.peers import installed

    if options.list:
        print("\n".join(run.names()))
        return 0
    chosen = [name for name in run.names() if options.only in name]
    if not chosen:
        parser.error(f"--only: nothing is called {options.only!r}; there are {', '.join(run.names())}")
    try:
        peers, missing = installed(chosen_peers(options.peers))
        before = report.load(options.against) if options.against else None
    except ValueError as error:
        parser.error(str(error))
    if run.modules()[1] is None:
        print(run.NO_TORCH, file=sys.stderr)
    if missing:
        print(missing, file=sys.stderr)
    print(report.HEADER)
    lines = []
    for line in run.lines_of(chosen, options.rounds, peers):
        lines.append(line)
        print(line, flush=True)
    print(f"\nkept in {report.save(lines, options.json)}")
    if before is not None:
        print("\n".join(report.changes(lines, before) or ["no change beyond noise"]))
    return 0


def scale(options: argparse.Namespace, parser: argparse.ArgumentParser) -> int:
    """Measures and prints how cost grows, draws it, and keeps it as JSON."""
    from benchmarks import report, run
    from benchmarks import scale as curves

    if not any(options.only in name for name in curves.GROUPS):
        parser.error(f"--only: nothing is called {options.only!r}; there are {', '.join(curves.GROUPS)}")
    print(curves.HEADER)
    found = {}
    for curve in curves.curves_of(run.whole("minitorch"), options.only):
        found[curve.name] = curve.as_json()
        print(curve, flush=True)
        curves.draw(curve, report.OUT / "scale")
    print(f"\ndrawn in {report.OUT / 'scale'}, kept in {report.save([], options.json, curves=found)}")
    return 0


def profile(options: argparse.Namespace, parser: argparse.ArgumentParser) -> int:
    """Prints where the time of each workload's step goes, and keeps it as JSON."""
    from benchmarks import report
    from benchmarks import shares as sampled
    from benchmarks.run import WORKLOADS

    chosen = [name for name in WORKLOADS if options.only in name]
    if not chosen:
        parser.error(f"--only: nothing is called {options.only!r}; there are {', '.join(WORKLOADS)}")
    if sampled.sampler() is None:
        print(sampled.MISSING, file=sys.stderr)
        return 1
    print(sampled.HEADER)
    found = {}
    for name in chosen:
        try:
            shares = sampled.shares_of(name)
        except RuntimeError as error:
            print(error, file=sys.stderr)
            return 1
        found[name] = shares.as_json()
        print(shares, flush=True)
    print(f"\nkept in {report.save([], options.json, profile=found)}")
    return 0


if __name__ == "__main__":
    from benchmarks.threads import settle

    settle(sys.argv[1:])
    sys.exit(main(sys.argv[1:]))
