"""Callbacks that tell what a training does: a progress bar for people, a JSON Lines file for programs."""

from __future__ import annotations

import json
import math
import os
import sys
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from minitorch.train.callbacks import Callback

if TYPE_CHECKING:
    from minitorch.train.loop import Trainer


class ProgressBar(Callback):
    """Epochs, loss, accuracy and learning rate while training, by tqdm; silent when not on a terminal."""

    def __init__(self, enabled: bool | None = None) -> None:
        self.enabled = sys.stderr.isatty() if enabled is None else enabled
        self.bar: Any = None

    def on_fit_start(self, trainer: Trainer) -> None:
        if self.enabled:
            from tqdm import tqdm

            self.bar = tqdm(total=trainer.epochs, initial=trainer.epoch, unit="epoch", file=sys.stderr)

    def on_epoch_end(self, trainer: Trainer) -> None:
        if self.bar is not None:
            shown = ("train_loss", "val_loss", "val_accuracy", "val_r2", "lr")
            figures = {key: f"{trainer.figures[key]:.4g}" for key in shown if key in trainer.figures}
            self.bar.set_postfix(figures, refresh=False)
            self.bar.update()

    def on_fit_end(self, trainer: Trainer) -> None:
        if self.bar is not None:
            self.bar.close()


class MetricsLog(Callback):
    """``metrics.jsonl``: a line a window (``"kind": "step"``) and a line an epoch (``"kind": "epoch"``).

    It holds nothing that depends on the clock, so two runs of one configuration write the same bytes. Its length is
    part of a checkpoint: resuming cuts off what was written after it.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self.length = 0
        self.file: IO[bytes] | None = None

    def on_fit_start(self, trainer: Trainer) -> None:
        file = open(self.path, "ab")  # noqa: SIM115 (open as long as the training lasts)
        file.truncate(self.length)
        self.file = file

    def on_window_end(self, trainer: Trainer) -> None:
        # the epoch under way is written with the number that its own line will have
        line = {"kind": "step", "epoch": trainer.epoch + 1, "step": trainer.step, "loss": trainer.window_loss}
        self.write(line | trainer.window_figures)

    def on_epoch_end(self, trainer: Trainer) -> None:
        self.write({"kind": "epoch"} | trainer.figures)
        if self.file is not None:
            self.file.flush()

    def write(self, line: dict[str, Any]) -> None:
        """Add a line; what is not finite becomes null, since JSON has no word for it."""
        content = {k: None if isinstance(v, float) and not math.isfinite(v) else v for k, v in line.items()}
        written = (json.dumps(content) + "\n").encode()
        if self.file is None:
            raise RuntimeError("the metrics log is not open: it opens when fit() starts")
        self.file.write(written)
        self.length += len(written)

    def state_dict(self) -> dict[str, Any]:
        if self.file is not None:  # a checkpoint must not know more lines than the disk has
            self.file.flush()
            os.fsync(self.file.fileno())
        return {"length": self.length}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self.length = state["length"]

    def close(self) -> None:
        if self.file is not None:
            self.file.flush()
            os.fsync(self.file.fileno())
            self.file.close()
            self.file = None
