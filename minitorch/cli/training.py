"""``minitorch train``, ``resume`` and ``lr``: what trains."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from minitorch.train.runs import Run

TRUST = "allow model.factory, a function of your own"


def add(commands: Any) -> None:
    """Add the commands to a parser."""
    train = commands.add_parser("train", help="train what a TOML configuration describes")
    add_config(train)
    resume = commands.add_parser("resume", help="go on with a run that was interrupted")
    resume.add_argument("run", metavar="RUN", help="its folder, name/number, or a name for the latest run")
    for command in (train, resume):
        command.add_argument("--doctor", action="store_true", help="watch the training, and say what is wrong with it")
        command.add_argument("--profile", action="store_true", help="say at the end where the time has gone")
        command.add_argument("--runs", default="runs", metavar="DIR", help="where run folders are (default: runs)")
        command.set_defaults(
            wanted=_train,
            failing="the training failed",
            interrupted="interrupted; `minitorch resume` goes on from the last checkpoint",
        )
    resume.add_argument("--trust", action="store_true", help=TRUST)

    lr = commands.add_parser("lr", help="find a learning rate by trying ever larger ones; trains and writes nothing")
    add_config(lr)
    lr.add_argument("--low", type=float, default=1e-6, help="the first rate (default: 1e-6)")
    lr.add_argument("--high", type=float, default=10.0, help="the last rate (default: 10)")
    lr.add_argument("--steps", type=int, default=100, help="optimizer steps (default: 100)")
    lr.set_defaults(wanted=_lr)


def add_config(command: argparse.ArgumentParser) -> None:
    """Add what every command about a configuration takes."""
    command.add_argument("config", metavar="CONFIG", help="for instance configs/digits_mlp.toml")
    command.add_argument("overrides", nargs="*", metavar="key.path=value", help="for instance optimizer.lr=1e-2")
    command.add_argument("--trust", action="store_true", help=TRUST)


def _train(options: argparse.Namespace) -> int:
    from minitorch.train.profiler import Profiler

    further = [Profiler()] if options.profile else []
    try:
        if options.doctor:
            _watched(options, further)
        else:
            _trained(options, further)
    finally:
        for profiler in further:
            if profiler.phases:
                print(profiler.table())
    return 0


def _trained(options: argparse.Namespace, further: list[Any]) -> Run:
    from minitorch.train import job

    if options.command == "train":
        return job.train(options.config, options.overrides, options.runs, trust=options.trust, further=further)
    return job.resume(options.run, options.runs, trust=options.trust, further=further)


def _watched(options: argparse.Namespace, further: list[Any]) -> None:
    """Trains under the doctor; its report comes last, and stands in the run folder as ``doctor.json``."""
    from minitorch.doctor import Doctor

    doctor = Doctor(show=False)
    try:
        with doctor:
            run = _trained(options, further)
        if run.folder.exists():  # that of a fast_dev_run does not stay
            (run.folder / "doctor.json").write_text(doctor.to_json() + "\n", encoding="utf-8")
    finally:
        if doctor.history.counts["forward"]:
            print(doctor.report())


def _lr(options: argparse.Namespace) -> int:
    from minitorch.train.build import build
    from minitorch.train.config import load
    from minitorch.train.job import trainer_of
    from minitorch.train.lr_finder import find_lr

    parts = build(*load(options.config, options.overrides, options.trust))
    found = find_lr(trainer_of(parts), parts.train, options.low, options.high, options.steps)
    print(f"{'lr':>10}{'loss':>10}")
    for at in range(0, len(found.rates), max(1, len(found.rates) // 20)):
        print(f"{found.rates[at]:>10.2e}{found.losses[at]:>10.4f}")
    given = f"the configuration says {parts.resolved['optimizer'].get('lr', 'nothing')}"
    if found.suggestion is None:
        print(f"the loss falls at none of these rates; {given}")
        return 1
    print(f"the loss falls fastest at lr {found.suggestion:.1e}; {given}")
    return 0
