"""The main job: one configuration in, a run folder with a trained model out; and taking an interrupted one up again."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from minitorch.train.build import Parts, build
from minitorch.train.callbacks import Callback, Checkpoint, EarlyStopping
from minitorch.train.config import load
from minitorch.train.loop import Trainer
from minitorch.train.plots import curves
from minitorch.train.reporting import MetricsLog, ProgressBar
from minitorch.train.runs import Run, RunError

Say = Callable[[str], None]


def train(file: str | Path, overrides: Sequence[str] = (), root: str | Path = "runs", say: Say = print) -> Run:
    """Train what a configuration describes, in a new run folder.

    Raises `ConfigError` or `RunError`, and has then written nothing.
    """
    import tomli_w

    parts = build(*load(file, overrides))
    run = Run.create(root, parts.config.name, tomli_w.dumps(parts.resolved), parts.config.seed)
    with run.lock():
        carry_out(run, parts, say)
    return run


def resume(given: str, root: str | Path = "runs", say: Say = print) -> Run:
    """Go on with a run from its last checkpoint, or from its beginning when it had none yet.

    Raises `RunError` for what is not a run, and for a run that another process is training.
    """
    run = Run.find(given, root)
    with run.lock():
        if run.finished:
            say(f"{run.folder} is finished: nothing to resume, nothing changed")
        else:
            carry_out(run, build(*load(run.config)), say)
    return run


def carry_out(run: Run, parts: Parts, say: Say) -> None:
    """Train (on), measure, draw, and say what came out."""
    from threadpoolctl import threadpool_limits

    started = time.monotonic()
    say(f"{run.folder}: {described(parts)}")
    log = MetricsLog(run.metrics)
    trainer = trainer_of(parts, run, log)
    for unfinished in run.checkpoints.glob("*.tmp"):
        unfinished.unlink()
    if (run.checkpoints / "last.safetensors").exists():
        try:
            trainer.load(run.checkpoints / "last.safetensors")
        except ValueError as error:
            raise RunError(str(error)) from None
        say(f"resumed at epoch {trainer.epoch + 1}, step {trainer.step}")
    limits = threadpool_limits(parts.config.trainer.threads, "blas")
    # overflow shows as a loss that is not finite, which the trainer reports
    with contextlib.closing(log), limits, np.errstate(over="ignore", invalid="ignore"):
        history = trainer.fit(parts.train, parts.val)
        figures = final_figures(trainer, parts)
        tested = {f"test_{name}": value for name, value in figures["test"].items()}
        log.write({"kind": "test", "epoch": trainer.epoch, "step": trainer.step} | tested)
    curves(history, run.curves)
    seconds = round(time.monotonic() - started, 3)
    best = next(c.best for c in trainer.callbacks if isinstance(c, Checkpoint))
    run.finish(
        {
            "status": "finished",
            "epochs": trainer.epoch,
            "steps": trainer.step,
            "best": {best.monitor: best.value},
            "figures": figures,
            "seconds": seconds,
        }
    )
    say(table(figures))


def trainer_of(parts: Parts, run: Run, log: MetricsLog) -> Trainer:
    """A trainer as the configuration wants it, with the callbacks that fill a run folder."""
    options = parts.config.trainer
    callbacks: list[Callback] = [ProgressBar(), log]
    if options.patience is not None or options.restore_best:
        callbacks.append(
            EarlyStopping(
                options.patience, parts.monitor, min_delta=options.min_delta, restore_best=options.restore_best
            )
        )
    callbacks.append(
        Checkpoint(run.checkpoints, parts.monitor, every=options.checkpoint_every, seconds=options.checkpoint_seconds)
    )
    return Trainer(
        parts.model,
        parts.loss,
        parts.optimizer,
        scheduler=parts.scheduler,
        interval=parts.config.scheduler.interval if parts.config.scheduler else "epoch",
        monitor=parts.monitor,
        epochs=options.epochs,
        max_steps=options.max_steps,
        accumulate=options.accumulate,
        clip_norm=options.clip_norm,
        clip_value=options.clip_value,
        metrics=parts.task.metric,
        callbacks=callbacks,
    )


def final_figures(trainer: Trainer, parts: Parts) -> dict[str, dict[str, float]]:
    """Loss and figures of the trained model over each part of the data."""
    loaders = {"train": parts.train_in_order, "val": parts.val, "test": parts.test}
    return {part: trainer.evaluate(loader) for part, loader in loaders.items() if loader is not None}


def described(parts: Parts) -> str:
    data = parts.data
    rows = [f"{len(rows[1])} {part}" for part, rows in data.parts.items()]
    parameters = sum(p.numel() for p in parts.model.parameters())
    return f"{data.name}, rows: {', '.join(rows)}; {parameters:,} parameters"


def table(figures: dict[str, dict[str, float]]) -> str:
    """Figures as text: a row a figure, a column a part of the data."""
    names = list(next(iter(figures.values())))
    width = max(map(len, names))
    lines = [" " * width + "".join(f"{part:>12}" for part in figures)]
    lines += [f"{name:<{width}}" + "".join(f"{values[name]:>12.4f}" for values in figures.values()) for name in names]
    return "\n".join(lines)
