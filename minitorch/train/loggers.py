"""Further places for a training's figures: a CSV table, and TensorBoard and MLflow through their own packages."""

from __future__ import annotations

import csv
import io
import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

from minitorch.train import checkpoint
from minitorch.train.callbacks import Callback

if TYPE_CHECKING:
    from minitorch.train.loop import Trainer


class CsvLog(Callback):
    """A row an epoch, a column a figure; written whole at the end, since columns may come late, and on failure."""

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)

    def on_fit_end(self, trainer: Trainer) -> None:
        columns = list(dict.fromkeys(key for epoch in trainer.history for key in epoch))
        text = io.StringIO()
        table = csv.DictWriter(text, columns, lineterminator="\n")
        table.writeheader()
        table.writerows(trainer.history)
        checkpoint.write_whole(self.path, text.getvalue().encode())

    def on_failure(self, trainer: Trainer, error: BaseException) -> None:
        self.on_fit_end(trainer)


class TensorBoardLog(Callback):
    """Loss and rates of every step, figures of every epoch, as event files in a folder (``minitorch[tensorboard]``).

    A resumed training hides what an earlier one wrote after the checkpoint.
    """

    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder)
        self.writer: Any = None

    def on_fit_start(self, trainer: Trainer) -> None:
        from minitorch.utils.tensorboard import SummaryWriter

        self.writer = SummaryWriter(self.folder, purge_step=trainer.step + 1 if trainer.step else None)

    def on_window_end(self, trainer: Trainer) -> None:
        for name, value in ({"loss": trainer.window_loss} | trainer.window_figures).items():
            self.writer.add_scalar(f"step/{name}", value, trainer.step)

    def on_epoch_end(self, trainer: Trainer) -> None:
        for name, value in _measured(trainer.figures).items():
            self.writer.add_scalar(name.replace("_", "/", 1) if name != "lr" else name, value, trainer.step)

    def on_fit_end(self, trainer: Trainer) -> None:
        self.writer.close()

    def on_failure(self, trainer: Trainer, error: BaseException) -> None:
        self.writer.close()


class MLflowLog(Callback):
    """Figures of every epoch in a run of MLflow (``minitorch[mlflow]``), and ``params``, the configuration.

    Where to is MLflow's own business (``MLFLOW_TRACKING_URI``). A resumed training goes on in the same run.
    """

    def __init__(self, params: dict[str, Any], name: str | None = None) -> None:
        self.params, self.name = params, name
        self.run: str | None = None

    def on_fit_start(self, trainer: Trainer) -> None:
        import mlflow

        begun = self.run is not None
        self.run = mlflow.start_run(run_id=self.run, run_name=None if begun else self.name).info.run_id
        if not begun:
            mlflow.log_params(self.params)

    def on_epoch_end(self, trainer: Trainer) -> None:
        import mlflow

        mlflow.log_metrics(_measured(trainer.figures), step=trainer.epoch)

    def on_fit_end(self, trainer: Trainer) -> None:
        import mlflow

        mlflow.end_run()

    def on_failure(self, trainer: Trainer, error: BaseException) -> None:
        import mlflow

        mlflow.end_run("FAILED" if isinstance(error, Exception) else "KILLED")

    def state_dict(self) -> dict[str, Any]:
        return {"run": self.run}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self.run = state["run"]


def _measured(figures: dict[str, Any]) -> dict[str, float]:
    return {k: float(v) for k, v in figures.items() if k not in ("epoch", "step") and math.isfinite(float(v))}
