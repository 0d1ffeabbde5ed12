"""One thread for every library, settled before NumPy is loaded."""

from __future__ import annotations

import os
import sys

ONE_THREAD = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")
XLA = {"XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false", "NPROC": "1"}  # JAX's
SLOWING = ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")  # they give OpenBLAS the kernels or blocks of another processor


def settled_environment(environment: dict[str, str]) -> dict[str, str]:
    """The environment that the measurements run in."""
    kept = {name: value for name, value in environment.items() if name not in SLOWING}
    return kept | dict.fromkeys(ONE_THREAD, "1") | XLA


def settle(arguments: list[str]) -> None:
    """Start this command again in that environment, unless it is in it already."""
    wanted = settled_environment(dict(os.environ))
    if wanted != dict(os.environ):
        sys.stdout.flush()
        os.execve(sys.executable, [sys.executable, "-m", "benchmarks", *arguments], wanted)
