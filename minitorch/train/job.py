"""The main job: one configuration in, a run folder with a trained model out; and taking an interrupted one up again."""

from __future__ import annotations

import contextlib
import functools
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np

from minitorch.parallel import Team
from minitorch.train import checkpoint
from minitorch.train.averaging import WeightAverage
from minitorch.train.build import Parts, build
from minitorch.train.callbacks import Callback, Checkpoint, EarlyStopping
from minitorch.train.config import load
from minitorch.train.data_parallel import ParallelTrainer, followed
from minitorch.train.loggers import CsvLog, MLflowLog, TensorBoardLog
from minitorch.train.loop import Trainer
from minitorch.train.norms import Norms
from minitorch.train.plots import curves
from minitorch.train.reporting import MetricsLog, ProgressBar
from minitorch.train.resolved import flat
from minitorch.train.runs import Run, RunError

Say = Callable[[str], None]


def train(
    file: str | Path,
    overrides: Sequence[str] = (),
    root: str | Path = "runs",
    say: Say = print,
    *,
    trust: bool = False,
    further: Sequence[Callback] = (),
) -> Run:
    """Train what a configuration describes, in a new run folder (with ``fast_dev_run`` in one that does not stay).

    ``trust`` allows a model made by a function of one's own, ``further`` are callbacks that only look on.

    Raises `ConfigError` or `RunError`, and has then written nothing.
    """
    import tomli_w

    team = launched()
    with team.leader_first():
        parts = build(*load(file, overrides, trust))
    with contextlib.ExitStack() as stack:
        if parts.config.trainer.fast_dev_run:
            root = stack.enter_context(tempfile.TemporaryDirectory())
        config = tomli_w.dumps(parts.resolved)
        run = team.shared(lambda: Run.create(root, parts.config.name, config, parts.config.seed))
        if team.leads:
            stack.enter_context(run.lock())
        carry_out(run, parts, say, further, team=team)
    return run


def resume(
    given: str,
    root: str | Path = "runs",
    say: Say = print,
    *,
    trust: bool = False,
    further: Sequence[Callback] = (),
) -> Run:
    """Go on with a run from its last checkpoint, or from its beginning when it had none yet.

    Raises `RunError` for what is not a run, and for a run that another process is training.
    """
    team = launched()
    with team.leader_first():
        run = Run.find(given, root)
    with run.lock() if team.leads else contextlib.nullcontext():
        if not team.shared(lambda: run.finished):
            with team.leader_first():
                parts = build(*load(run.config, trust=trust))
            carry_out(run, parts, say, further, team=team)
        elif team.leads:
            say(f"{run.folder} is finished: nothing to resume, nothing changed")
    return run


def launched() -> Team:
    """The processes that train together, as ``mpiexec`` has started them."""
    try:
        return Team.launched()
    except RuntimeError as error:
        raise RunError(str(error)) from None


def trained(run: Run, trust: bool = False) -> tuple[Parts, Trainer]:
    """The parts of a run and a trainer whose model has the weights that the run ended with, or has got to.

    Raises `ConfigError`, and `RunError` when there is no checkpoint yet.
    """
    parts = build(*load(run.config, trust=trust))
    if not (run.checkpoints / "last.safetensors").exists():
        raise RunError(f"{run.folder} has no checkpoint yet")
    trainer = trainer_of(parts, callbacks_of(parts, run, MetricsLog(run.metrics)))
    trainer.load(run.checkpoints / "last.safetensors")
    for callback in trainer.callbacks:
        if isinstance(callback, WeightAverage | EarlyStopping):
            callback.on_fit_end(trainer)
    return parts, trainer


def carry_out(
    run: Run,
    parts: Parts,
    say: Say,
    further: Sequence[Callback] = (),
    draw: bool = True,
    team: Team = Team(None),  # noqa: B008 (it never changes)
) -> None:
    """Train (on), measure, draw the curves, and say what came out; of a team, the leader does all but the training."""
    from threadpoolctl import threadpool_limits

    if not team.leads:
        follow(run, parts, team)
        return
    started = time.monotonic()
    say(f"{run.folder}: {described(parts)}")
    log = MetricsLog(run.metrics)
    trainer = trainer_of(parts, [*further, *callbacks_of(parts, run, log)], team)
    for unfinished in run.checkpoints.glob("*.tmp"):
        unfinished.unlink()
    if team.shared((run.checkpoints / "last.safetensors").exists):
        try:
            trainer.load(run.checkpoints / "last.safetensors")
        except ValueError as error:
            raise RunError(str(error)) from None
        say(f"resumed at epoch {trainer.epoch + 1}, step {trainer.step}")
    limits = threadpool_limits(parts.config.trainer.threads, "blas")
    # overflow shows as a loss that is not finite, which the trainer reports
    noting = noting_failure(run)
    with contextlib.closing(log), limits, team.leader_last(), noting, np.errstate(over="ignore", invalid="ignore"):
        history = trainer.fit(parts.train, parts.val)
        figures = final_figures(trainer, parts)
        tested = {f"test_{name}": value for name, value in figures["test"].items()}
        log.write({"kind": "test", "epoch": trainer.epoch, "step": trainer.step} | tested)
    if draw:
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


def follow(run: Run, parts: Parts, team: Team) -> None:
    """Train with a leader that carries out a run: everything that it asks all for, in the same order."""
    from threadpoolctl import threadpool_limits

    trainer = trainer_of(parts, followed(callbacks_of(parts, run, MetricsLog(run.metrics))), team)
    last = run.checkpoints / "last.safetensors"
    if team.shared(last.exists):
        trainer.load(last)
    limits = threadpool_limits(parts.config.trainer.threads, "blas")
    with limits, team.leader_last(), np.errstate(over="ignore", invalid="ignore"):
        trainer.fit(parts.train, parts.val)
        final_figures(trainer, parts)


@contextlib.contextmanager
def noting_failure(run: Run) -> Iterator[None]:
    """Leave the message of an exception in the run's folder; a run that is taken up again starts without one."""
    run.failure.unlink(missing_ok=True)
    try:
        yield
    except Exception as error:
        checkpoint.write_whole(run.failure, f"{type(error).__name__}: {error}\n".encode())
        raise


def callbacks_of(parts: Parts, run: Run, log: MetricsLog) -> list[Callback]:
    """What fills a run folder, and what the configuration asks for."""
    options = parts.config.trainer
    callbacks: list[Callback] = [ProgressBar(), log]
    if options.norms:
        callbacks.insert(1, Norms())
    makers: dict[str, Callable[[], Callback]] = {
        "csv": lambda: CsvLog(run.folder / "metrics.csv"),
        "tensorboard": lambda: TensorBoardLog(run.folder / "tensorboard"),
        "mlflow": lambda: MLflowLog(flat(parts.resolved), str(run.folder)),
    }
    callbacks += [makers[place]() for place in dict.fromkeys(options.log)]
    if options.ema is not None:
        callbacks.append(WeightAverage(options.ema))
    if options.patience is not None or options.restore_best:
        callbacks.append(
            EarlyStopping(
                options.patience, parts.monitor, min_delta=options.min_delta, restore_best=options.restore_best
            )
        )
    callbacks.append(
        Checkpoint(run.checkpoints, parts.monitor, every=options.checkpoint_every, seconds=options.checkpoint_seconds)
    )
    return callbacks


def trainer_of(parts: Parts, callbacks: Sequence[Callback] = (), team: Team = Team(None)) -> Trainer:  # noqa: B008
    """A trainer as the configuration wants it; one of several, in a team."""
    options = parts.config.trainer
    make: Callable[..., Trainer] = Trainer if team.size == 1 else functools.partial(ParallelTrainer, team)
    return make(
        parts.model,
        parts.loss,
        parts.optimizer,
        scheduler=parts.scheduler,
        interval=parts.config.scheduler.interval if parts.config.scheduler else "epoch",
        monitor=parts.monitor,
        epochs=options.epochs,
        max_steps=1 if options.fast_dev_run else options.max_steps,
        accumulate=options.accumulate,
        compile=options.compile,
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
