"""The command ``minitorch``: train, look at configurations and runs, show the pitfalls."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from minitorch.cli import configs, looking, pitfalls, sweeping, training
from minitorch.version import __version__

# Exit status: 0 done, 1 the training failed, 2 the request cannot be carried out (argparse's own), 130 interrupted.


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; gives its exit status."""
    parser = _parser()
    options, further = parser.parse_known_args(argv)
    if "overrides" not in options or any(argument.startswith("-") for argument in further):
        parser.parse_args(argv)  # says what is wrong, if something is
    else:
        options.overrides += further  # they may also stand after options
    status: int = options.carry_out(options)
    return status


def refusing(options: argparse.Namespace) -> int:
    """Carry out a command whose configuration or run may be at fault; the faults are told, and the status is then 2."""
    from minitorch.train.problems import ConfigError
    from minitorch.train.runs import RunError

    try:
        status: int = options.wanted(options)
    except (ConfigError, RunError) as error:
        print(error, file=sys.stderr)
        return 2
    except (FloatingPointError, OSError, RuntimeError, ValueError) as error:
        print(f"{options.failing}: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print(options.interrupted, file=sys.stderr)
        return 130
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("minitorch", description="Train models in NumPy, the PyTorch way.")
    parser.add_argument("--version", action="version", version=f"minitorch {__version__}")
    parser.set_defaults(carry_out=refusing, failing="this failed", interrupted="interrupted")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for group in (training, sweeping, configs, looking, pitfalls):
        group.add(commands)
    return parser
