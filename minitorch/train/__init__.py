"""Training: a loop that reads as prose, callbacks, exact checkpoints, and the job that a configuration describes."""

from minitorch.train.callbacks import Callback, Checkpoint, EarlyStopping
from minitorch.train.loop import Trainer
from minitorch.train.metrics import Accuracy, Metric, Regression
from minitorch.train.reporting import MetricsLog, ProgressBar
from minitorch.train.windows import MicroBatch, windows

__all__ = [
    "Accuracy",
    "Callback",
    "Checkpoint",
    "EarlyStopping",
    "Metric",
    "MetricsLog",
    "MicroBatch",
    "ProgressBar",
    "Regression",
    "Trainer",
    "windows",
]
