"""``minitorch check``, ``show`` and ``schema``: what is about configurations and trains nothing."""

from __future__ import annotations

import argparse
import json
from typing import Any

from minitorch.cli.training import add_config


def add(commands: Any) -> None:
    """Add the commands to a parser."""
    check = commands.add_parser("check", help="say everything that is wrong with a configuration; writes nothing")
    add_config(check)
    check.set_defaults(wanted=_check)
    show = commands.add_parser(
        "show", help="print a configuration with all that it leaves open, and whence each value is"
    )
    add_config(show)
    show.set_defaults(wanted=_show)
    schema = commands.add_parser("schema", help="print the JSON Schema of configurations, for editors")
    schema.set_defaults(wanted=_schema)


def _check(options: argparse.Namespace) -> int:
    from minitorch.train.build import build
    from minitorch.train.config import load
    from minitorch.train.job import described
    from minitorch.train.sources import read

    if "sweep" in read(options.config, options.overrides).values:
        from minitorch.sweep.plan import load as load_sweep

        print(f"{options.config} can be swept: {load_sweep(options.config, options.overrides, options.trust)}")
        return 0
    parts = build(*load(options.config, options.overrides, options.trust))
    print(f"{options.config} can be trained: {described(parts)}")
    return 0


def _show(options: argparse.Namespace) -> int:
    from minitorch.train.build import build
    from minitorch.train.config import load
    from minitorch.train.resolved import explained

    config, source = load(options.config, options.overrides, options.trust)
    print(explained(build(config, source).resolved, source, config.model_dump()))
    return 0


def _schema(options: argparse.Namespace) -> int:
    from minitorch.train.json_schema import json_schema

    print(json.dumps(json_schema(), indent=1))
    return 0
