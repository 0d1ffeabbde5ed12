"""DistributedDataParallel takes PyTorch's arguments, in PyTorch's order."""

import inspect

import pytest

from minitorch.parallel import DistributedDataParallel

torch = pytest.importorskip("torch", reason="PyTorch is the oracle: pip install minitorch[oracle]")


def test_distributed_data_parallel_has_pytorchs_arguments():
    own = inspect.signature(DistributedDataParallel).parameters
    theirs = inspect.signature(torch.nn.parallel.DistributedDataParallel).parameters
    assert list(own) == list(theirs)[: len(own)]
    differing = {name for name in own if own[name].default != theirs[name].default}
    assert differing == {"broadcast_buffers"}  # None there, which means True
