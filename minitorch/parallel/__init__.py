"""Training on several processes at once, each with its part of every batch: data parallelism over MPI.

Start a script with ``mpiexec -n 4 python -m mpi4py script.py``: every process runs the same lines, and `get_rank` tells
which one it is. With ``-m mpi4py`` an exception in one process ends them all; without it the others wait forever.

>>> from minitorch import parallel
>>> [parallel.rows_of(10, rank, 4) for rank in range(4)]  # which rows of a batch of 10 are whose
[slice(0, 3, None), slice(3, 6, None), slice(6, 8, None), slice(8, 10, None)]
"""

from minitorch.parallel.agreement import broadcast, check_equal
from minitorch.parallel.module import DistributedDataParallel
from minitorch.parallel.reducer import Reducer
from minitorch.parallel.rows import cut, rows_of
from minitorch.parallel.team import Team
from minitorch.parallel.world import all_reduce, barrier, get_rank, get_world_size, share

__all__ = [
    "DistributedDataParallel",
    "Reducer",
    "Team",
    "all_reduce",
    "barrier",
    "broadcast",
    "check_equal",
    "cut",
    "get_rank",
    "get_world_size",
    "rows_of",
    "share",
]
