"""``minitorch pitfalls``: list the pitfalls of training loops, or see one happen."""

from __future__ import annotations

import argparse
import sys
from typing import Any


def add(commands: Any) -> None:
    """Add the command to a parser."""
    pitfalls = commands.add_parser("pitfalls", help="list the pitfalls of training loops, or see one happen")
    pitfalls.add_argument("name", nargs="?", metavar="NAME", help="for instance P01; runs its script")
    pitfalls.add_argument("--explain", action="store_true", help="print the page about it instead")
    pitfalls.set_defaults(carry_out=_pitfalls)


def _pitfalls(options: argparse.Namespace) -> int:
    """Lists the pitfalls, prints the page about one, or runs its script."""
    from minitorch.doctor import gallery

    try:
        if options.name is None:
            print("\n".join(f"{code}  {title}" for code, title in gallery.titles().items()))
        elif options.explain:
            gallery.explain(options.name)
        else:
            return gallery.run(options.name)
    except (gallery.UnknownPitfall, FileNotFoundError) as error:
        print(error, file=sys.stderr)
        return 2
    return 0
