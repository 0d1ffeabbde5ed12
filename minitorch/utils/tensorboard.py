"""``SummaryWriter``: curves, histograms and images of a training run for TensorBoard, written by tensorboardX."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

from minitorch.core.tensor import Tensor

__all__ = ["SummaryWriter"]


class SummaryWriter:
    """Writes event files that TensorBoard shows, with PyTorch's calls (``torch.utils.tensorboard.SummaryWriter``).

    Needs tensorboardX: ``pip install 'minitorch[tensorboard]'``. Values may be tensors, also ones that require grad,
    arrays and numbers. ``global_step`` is the place on the horizontal axis, ``walltime`` a time in seconds to note
    instead of now.

    Args:
        log_dir: the folder; ``runs/<date and time>_<host><comment>`` if not given.
        comment: added to that name.
        purge_step: events from this step on, of an earlier run in the folder, are hidden.
        max_queue: how many events are kept before they are written.
        flush_secs: how many seconds they are kept at most.
        filename_suffix: added to the names of the files.

    Raises:
        ModuleNotFoundError: tensorboardX is not installed.
    """

    def __init__(
        self,
        log_dir: str | os.PathLike[str] | None = None,
        comment: str = "",
        purge_step: int | None = None,
        max_queue: int = 10,
        flush_secs: int = 120,
        filename_suffix: str = "",
    ) -> None:
        try:
            import tensorboardX
        except ModuleNotFoundError as error:
            raise ModuleNotFoundError(
                "SummaryWriter writes through tensorboardX, which is not installed: "
                "pip install 'minitorch[tensorboard]'",
                name=error.name,
            ) from None
        self._writer: Any = tensorboardX.SummaryWriter(
            None if log_dir is None else os.fspath(log_dir),
            comment=comment,
            purge_step=purge_step,
            max_queue=max_queue,
            flush_secs=flush_secs,
            filename_suffix=filename_suffix,
        )
        self.log_dir = str(self._writer.logdir)

    def get_logdir(self) -> str:
        """The folder that is written to."""
        return self.log_dir

    def add_scalar(
        self, tag: str, scalar_value: Any, global_step: int | None = None, walltime: float | None = None
    ) -> None:
        """A point of the curve ``tag``."""
        self._writer.add_scalar(tag, _number(tag, scalar_value), global_step, walltime)

    def add_scalars(
        self,
        main_tag: str,
        tag_scalar_dict: Mapping[str, Any],
        global_step: int | None = None,
        walltime: float | None = None,
    ) -> None:
        """A point of each of several curves in one chart, each in a folder of its own."""
        values = {tag: _number(tag, value) for tag, value in tag_scalar_dict.items()}
        self._writer.add_scalars(main_tag, values, global_step, walltime)

    def add_histogram(
        self,
        tag: str,
        values: Any,
        global_step: int | None = None,
        bins: str = "tensorflow",
        walltime: float | None = None,
        max_bins: int | None = None,
    ) -> None:
        """How values are distributed, those of weights for one."""
        self._writer.add_histogram(tag, _array(values), global_step, bins, walltime, max_bins)

    def add_image(
        self,
        tag: str,
        img_tensor: Any,
        global_step: int | None = None,
        walltime: float | None = None,
        dataformats: str = "CHW",
    ) -> None:
        """An image: floats from 0 to 1 or uint8, its dimensions in the order of ``dataformats``. (Needs Pillow.)"""
        self._writer.add_image(tag, _array(img_tensor), global_step, walltime, dataformats)

    def add_images(
        self,
        tag: str,
        img_tensor: Any,
        global_step: int | None = None,
        walltime: float | None = None,
        dataformats: str = "NCHW",
    ) -> None:
        """A batch of images, side by side."""
        self._writer.add_images(tag, _array(img_tensor), global_step, walltime, dataformats)

    def add_figure(
        self, tag: str, figure: Any, global_step: int | None = None, close: bool = True, walltime: float | None = None
    ) -> None:
        """A figure of matplotlib, or several, as an image."""
        self._writer.add_figure(tag, figure, global_step, close, walltime)

    def add_text(
        self, tag: str, text_string: str, global_step: int | None = None, walltime: float | None = None
    ) -> None:
        """Text, shown as Markdown."""
        self._writer.add_text(tag, text_string, global_step, walltime)

    def add_hparams(
        self,
        hparam_dict: Mapping[str, Any],
        metric_dict: Mapping[str, Any],
        run_name: str | None = None,
        global_step: int | None = None,
    ) -> None:
        """Hyperparameters (numbers, strings, booleans) and what was reached with them, to compare runs.

        They are in a folder of their own, called ``run_name`` or by the time.
        """
        metrics = {tag: _number(tag, value) for tag, value in metric_dict.items()}
        settings = {key: _number(key, v) if isinstance(v, Tensor) else v for key, v in hparam_dict.items()}
        if run_name is None:
            self._writer.add_hparams(settings, metrics, global_step=global_step)
        else:
            self._writer.add_hparams(settings, metrics, Path(run_name).name, global_step)

    def flush(self) -> None:
        """Write what is waiting."""
        self._writer.flush()

    def close(self) -> None:
        """Write what is waiting and end."""
        self._writer.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()


def _array(values: Any) -> Any:
    return values.detach().array if isinstance(values, Tensor) else values


def _number(tag: str, value: Any) -> float:
    found = _array(value)
    if getattr(found, "size", 1) != 1 or isinstance(found, (str, bytes, list, tuple, dict)):
        raise ValueError(f"scalar should be 0D: {tag!r} takes one number, but got {value!r:.80}")
    return float(found.item() if hasattr(found, "item") else found)
