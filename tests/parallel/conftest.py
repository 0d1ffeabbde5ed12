"""How the tests start several processes under MPI; they are skipped where there is none."""

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
PLACES = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])


@pytest.fixture(scope="session")
def mpiexec():
    """Runs ``python -m mpi4py ARGUMENTS`` on so many processes, and gives what came of it."""
    program = shutil.which("mpiexec", path=PLACES)
    if program is None or importlib.util.find_spec("mpi4py") is None:
        pytest.skip("training on several processes needs MPI: pip install minitorch[mpi]")

    def run(processes, *arguments, timeout=60):
        command = [program, "-n", str(processes), sys.executable, "-m", "mpi4py", *map(str, arguments)]
        environment = os.environ | {"OPENBLAS_NUM_THREADS": "1", "PYTHONPATH": str(HERE.parents[1])}
        return subprocess.run(
            command, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=timeout, env=environment
        )

    return run
