"""A sweep of seconds, over a model whose behaviour is an axis: well, or deadly to its process in one way or another."""

import pytest

from minitorch.sweep import job
from minitorch.sweep.executor import Ended

BEHAVIOUR = """
import os, pathlib, signal, time
from minitorch import nn

class Model(nn.Module):
    def __init__(self, how, folder, in_features, out_features):
        super().__init__()
        self.how, self.folder, self.calls = how, pathlib.Path(folder), 0
        self.linear = nn.Linear(in_features, out_features)

    def forward(self, x):
        self.calls += self.training
        if self.calls == 3:
            if self.how == "raises":
                raise RuntimeError("no luck with this one")
            if self.how == "kills":
                os.kill(os.getpid(), signal.SIGKILL)
            if self.how == "kills once":
                try:
                    (self.folder / "killed").touch(exist_ok=False)
                except FileExistsError:
                    pass
                else:
                    os.kill(os.getpid(), signal.SIGKILL)
            if self.how == "waits":
                (self.folder / "waiting").touch()
                while not (self.folder / "go on").exists():
                    time.sleep(0.02)
        return self.linear(x)
"""

CONFIG = """
name = "tiny"

[data]
name = "moons"
n_samples = 60
random_state = 0

[model]
factory = "behaviour:Model"
arguments = {{ folder = "{folder}" }}

[optimizer]
name = "SGD"
lr = 0.1

[trainer]
epochs = 3
batch_size = 20
checkpoint_seconds = 0

[sweep]
seeds = 2
tries = 2
monitor = "val_loss"

[sweep.space]
model.arguments.how = {how}
"""


class Here:
    """An executor without processes, where those are not what is tested: importing scikit-learn once is enough."""

    def __init__(self):
        self.slots, self.submitted = 1, []

    def submit(self, key, *arguments):
        self.submitted.append((key, arguments))

    def next(self):
        key, arguments = self.submitted.pop()
        return Ended(key, job.perform(*arguments))

    def close(self):
        self.submitted.clear()


@pytest.fixture
def here(monkeypatch):
    """A function that has all further sweeps of the test done in this process."""
    return lambda: monkeypatch.setattr(job, "_executor", lambda *given: Here())


@pytest.fixture
def tiny(tmp_path, monkeypatch):
    """A function that writes the configuration of a sweep over these behaviours, and gives the file's name."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "behaviour.py").write_text(BEHAVIOUR)

    def write(*how):
        (tmp_path / "tiny.toml").write_text(CONFIG.format(folder=tmp_path.as_posix(), how=list(how)))
        return "tiny.toml"

    return write
