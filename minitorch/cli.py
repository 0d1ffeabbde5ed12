"""The command ``minitorch``: train what a configuration describes, resume what was interrupted."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from minitorch.version import __version__

# Exit status: 0 done, 1 the training failed, 2 the request cannot be carried out (argparse's own), 130 interrupted.


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; gives its exit status."""
    parser = _parser()
    options, further = parser.parse_known_args(argv)  # overrides may also stand after options
    if options.command != "train" or any(argument.startswith("-") for argument in further):
        parser.parse_args(argv)
    from minitorch.train import job
    from minitorch.train.problems import ConfigError
    from minitorch.train.runs import RunError

    try:
        if options.command == "train":
            job.train(options.config, options.overrides + further, options.runs)
        else:
            job.resume(options.run, options.runs)
    except (ConfigError, RunError) as error:
        print(error, file=sys.stderr)
        return 2
    except (FloatingPointError, OSError, RuntimeError, ValueError) as error:
        print(f"the training failed: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("interrupted; `minitorch resume` goes on from the last checkpoint", file=sys.stderr)
        return 130
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("minitorch", description="Train models in NumPy, the PyTorch way.")
    parser.add_argument("--version", action="version", version=f"minitorch {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    train = commands.add_parser("train", help="train what a TOML configuration describes")
    train.add_argument("config", metavar="CONFIG", help="for instance configs/digits_mlp.toml")
    train.add_argument("overrides", nargs="*", metavar="key.path=value", help="for instance optimizer.lr=1e-2")

    resume = commands.add_parser("resume", help="go on with a run that was interrupted")
    resume.add_argument("run", metavar="RUN", help="its folder, name/number, or a name for the latest run")

    for command in (train, resume):
        command.add_argument("--runs", default="runs", metavar="DIR", help="where run folders are (default: runs)")
    return parser
