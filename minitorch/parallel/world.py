"""The processes that were started together (MPI's world), and what a script asks of them."""

from __future__ import annotations

import os
import sys
from typing import Any

from minitorch.core.tensor import Tensor

Comm = Any  # an mpi4py communicator, whose package need not be installed

# How many processes were started, as the launchers of MPICH and of Open MPI tell them.
_STARTED = ("PMI_SIZE", "OMPI_COMM_WORLD_SIZE")


def world(group: Comm = None) -> Comm:
    """The communicator ``group``, or that of all processes.

    Raises ImportError when mpi4py is not installed.
    """
    if group is not None:
        return group
    try:
        from mpi4py import MPI
    except ImportError as error:
        raise ImportError("training on several processes needs mpi4py: pip install 'minitorch[mpi]'") from error
    return MPI.COMM_WORLD


def launched() -> Comm | None:
    """The communicator of a job of several processes, or None in a process by itself, where MPI is not loaded.

    Raises RuntimeError for several processes that were started without ``-m mpi4py``: one of them that fails would
    leave the others waiting.
    """
    if "mpi4py.run" not in sys.modules:
        if any(int(os.environ.get(name, 1)) > 1 for name in _STARTED):
            raise RuntimeError(
                "started on several processes without mpi4py's runner, under which a process that fails ends all: "
                "use mpiexec -n N python -m mpi4py -m minitorch ..."
            )
        return None
    comm = world()
    return comm if comm.Get_size() > 1 else None


def get_rank(group: Comm = None) -> int:
    """The number of this process, from 0 (``torch.distributed.get_rank``)."""
    return int(world(group).Get_rank())


def get_world_size(group: Comm = None) -> int:
    """How many processes there are (``torch.distributed.get_world_size``)."""
    return int(world(group).Get_size())


def barrier(group: Comm = None) -> None:
    """Wait until every process is here (``torch.distributed.barrier``)."""
    world(group).Barrier()


def all_reduce(tensor: Tensor, group: Comm = None) -> None:
    """Put the sum over all processes into ``tensor``, in place (``torch.distributed.all_reduce`` with SUM).

    Raises RuntimeError for a tensor that is tracked, and for dtypes that MPI cannot add (float16 and bool).
    """
    import numpy as np

    if tensor.requires_grad:
        raise RuntimeError("all_reduce writes in place, outside of autograd: give a detached tensor")
    if tensor.array.dtype in (np.float16, np.bool_):
        raise RuntimeError(f"all_reduce cannot add tensors of {tensor.dtype}: convert to float32 or int64")
    received = np.empty(tensor.array.shape, tensor.array.dtype)
    world(group).Allreduce(np.ascontiguousarray(tensor.array), received)
    tensor.array[...] = received
    tensor._bump()


def share(held: float, group: Comm = None) -> float:
    """The factor of a local mean loss that makes the average of gradients over processes the true one.

    ``held`` is how many things (rows, tokens, labels that count) the local mean is over; the factor is ``held`` by the
    mean of ``held`` over all processes, and 0 where nobody holds anything. Every process must call it.

    ::

        loss = loss_function(model(x), y)
        (loss * parallel.share(len(x))).backward()
    """
    comm = world(group)
    total = comm.allreduce(float(held))
    return held * comm.Get_size() / total if total else 0.0
