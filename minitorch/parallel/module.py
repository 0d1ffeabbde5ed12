"""DistributedDataParallel: a module whose gradients are averaged over all processes as ``backward()`` runs."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

from minitorch.core.graph import AccumulateGrad, Node
from minitorch.core.mode import is_grad_enabled
from minitorch.core.tensor import Tensor
from minitorch.nn.module import Module
from minitorch.parallel.agreement import broadcast
from minitorch.parallel.reducer import Reducer
from minitorch.parallel.world import Comm, world
from minitorch.utils.pytree import tree_leaves


class DistributedDataParallel(Module):
    """``torch.nn.parallel.DistributedDataParallel``, over MPI.

    Every process makes the same ``module``, wraps it, and gives it its own part of each batch. Parameters and buffers
    begin with the values of process 0. Every ``backward()`` of a loss made from an output ends with ``.grad`` the mean
    over processes: PyTorch's rule, which is right where all parts are equally large. Where they are not, multiply each
    loss by `minitorch.parallel.share` of what it holds.

    Args:
        module: what is trained; it stays in ``.module``, which has the state to save.
        device_ids, output_device, dim: for PyTorch's scripts; only None, None and 0 mean something on a CPU.
        broadcast_buffers: every forward in training mode starts from process 0's buffers (running means).
        init_sync: parameters and buffers begin with process 0's.
        process_group: an mpi4py communicator, by default that of all processes.
        bucket_cap_mb: how large a bucket of gradients that travel together may be, 25 when None.
        find_unused_parameters: look in every output's graph for parameters that it does not use, and send zeros for
            them. Without it the next forward raises RuntimeError when some got no gradient.

    ::

        model = parallel.DistributedDataParallel(nn.Linear(4, 1))  # mpiexec -n 2 python -m mpi4py script.py
        for x, y in loader:  # with a DistributedSampler(dataset, parallel.get_world_size(), parallel.get_rank())
            optimizer.zero_grad()
            mse_loss(model(x), y).backward()
            optimizer.step()
    """

    def __init__(
        self,
        module: Module,
        device_ids: Any = None,
        output_device: Any = None,
        dim: int = 0,
        broadcast_buffers: bool = True,
        init_sync: bool = True,
        process_group: Comm = None,
        bucket_cap_mb: float | None = None,
        find_unused_parameters: bool = False,
    ) -> None:
        super().__init__()
        if device_ids or output_device is not None or dim != 0:
            raise ValueError(
                f"device_ids and output_device should be None, dim 0 on a CPU: got {device_ids}, {output_device}, {dim}"
            )
        trained = [p for p in module.parameters() if p.requires_grad]
        if not trained:
            raise RuntimeError(
                "DistributedDataParallel is not needed when a module doesn't have any parameters that require a "
                "gradient: use the module itself"
            )
        if bucket_cap_mb is not None and bucket_cap_mb <= 0:
            raise ValueError(f"bucket_cap_mb should be more than 0, got {bucket_cap_mb}")
        self.module = module
        self.process_group = world(process_group)
        self.broadcast_buffers = broadcast_buffers
        self.find_unused_parameters = find_unused_parameters
        self.require_backward_grad_sync = True
        if init_sync:
            broadcast([*module.parameters(), *module.buffers()], group=self.process_group)
        size = int((25 if bucket_cap_mb is None else bucket_cap_mb) * 2**20)
        self.reducer = Reducer(trained, self.process_group, bucket_bytes=size, average=True, automatic=True)

    def forward(self, *inputs: Any, **kwargs: Any) -> Any:
        """The module's own; the backward pass of what it gives will average gradients."""
        if self.reducer.underway:
            raise RuntimeError(
                "Expected to have finished reduction in the prior iteration before starting a new one: some parameters "
                "got no gradient in the last backward. Leave them out of the optimizer's model, or give "
                "find_unused_parameters=True"
            )
        syncs = is_grad_enabled() and self.require_backward_grad_sync
        if syncs and self.training and self.broadcast_buffers and any(True for _ in self.module.buffers()):
            broadcast(self.module.buffers(), group=self.process_group)
        output = self.module(*inputs, **kwargs)
        if syncs:
            self.reducer.prepare(self._absent(output) if self.find_unused_parameters else ())
        else:
            self.reducer.syncing = False
        return output

    @contextlib.contextmanager
    def no_sync(self) -> Iterator[None]:
        """Forward and backward in here only accumulate; the first backward after it averages the sum.

        ::

            with model.no_sync():
                loss_function(model(x1), y1).backward()
            loss_function(model(x2), y2).backward()
        """
        before, self.require_backward_grad_sync = self.require_backward_grad_sync, False
        try:
            yield
        finally:
            self.require_backward_grad_sync = before

    def _absent(self, output: Any) -> set[int]:
        """The ids of parameters that no tensor of an output depends on."""
        used: set[int] = set()
        roots = [leaf for leaf in tree_leaves(output) if isinstance(leaf, Tensor)]
        used |= {id(t) for t in roots if t.is_leaf}
        stack: list[Node] = [t.grad_fn for t in roots if t.grad_fn is not None]
        seen = set(stack)
        while stack:
            node = stack.pop()
            if isinstance(node, AccumulateGrad):
                used.add(id(node.variable))
            for edge in node.edges:
                if edge is not None and edge[0] not in seen:
                    seen.add(edge[0])
                    stack.append(edge[0])
        return {id(p) for p in self.module.parameters() if id(p) not in used}
