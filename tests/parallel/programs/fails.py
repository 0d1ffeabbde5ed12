"""``minitorch`` in which one process may fail at its n-th forward pass: fails.py HOW RANK N ARGUMENTS.

Data come from a formula and no curves are drawn, since loading scikit-learn and Matplotlib takes longer than all else.
"""

import functools
import os
import signal
import sys

import numpy as np
from mpi4py import MPI

import minitorch.cli
from minitorch import nn
from minitorch.train import data, job

how, rank, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
true = nn.Linear.forward


@functools.wraps(true)
def failing(*args):
    global count
    count -= MPI.COMM_WORLD.rank == rank
    if count == 0 and how == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    if count == 0 and how == "raise":
        raise RuntimeError("a fault of one process")
    return true(*args)


def made(_):
    features = np.random.default_rng(0).normal(size=(150, 4))
    return features, np.arange(150) % 3


nn.Linear.forward, data.read, job.curves = failing, made, lambda *_: None
sys.exit(minitorch.cli.main(sys.argv[4:]))
