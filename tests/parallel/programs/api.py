"""What every process runs in test_api.py: the API for loops of one's own, each claim an assertion."""

import numpy as np
import pytest
from mpi4py import MPI

import minitorch as torch
from minitorch import nn, parallel
from minitorch.nn import functional as F
from minitorch.utils.data import DistributedSampler

RANK, SIZE = parallel.get_rank(), parallel.get_world_size()
X = torch.from_numpy(np.random.default_rng(0).normal(size=(11, 3)))
Y = torch.from_numpy(np.random.default_rng(1).normal(size=(11, 2)))
OWN = parallel.rows_of(11, RANK, SIZE)


def network():
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 2)).double()


def close(model, reference):
    for p, q in zip(model.parameters(), reference.parameters(), strict=True):
        np.testing.assert_allclose(p.grad.array, q.grad.array, rtol=1e-12, atol=1e-15)


def raises(kind, words, function):
    with pytest.raises(kind, match=words):
        function()


def initial_weights_are_those_of_process_0():
    torch.manual_seed(RANK)
    model = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.Linear(4, 1).half())
    model[1].running_mean += RANK
    wrapped = parallel.DistributedDataParallel(model)
    assert list(wrapped.state_dict()) == ["module." + name for name in model.state_dict()]
    torch.manual_seed(0)
    expected = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.Linear(4, 1).half()).state_dict()
    for name, value in model.state_dict().items():
        assert np.array_equal(value.array, expected[name].array), name


def unequal_shards_give_the_gradient_of_the_whole_batch():
    for bucket_cap_mb in (None, 1e-5):  # all in one bucket, and each parameter in one of its own
        reference, model = network(), network()
        F.mse_loss(reference(X), Y).backward()
        wrapped = parallel.DistributedDataParallel(model, bucket_cap_mb=bucket_cap_mb)
        assert len(wrapped.reducer.buckets) == (1 if bucket_cap_mb is None else 4)
        for _ in range(2):
            wrapped.zero_grad()
            loss = F.mse_loss(wrapped(X[OWN]), Y[OWN])
            (loss * parallel.share(len(X[OWN]))).backward()
            close(model, reference)


def a_bucket_is_sent_before_the_backward_pass_has_ended():
    model, seen = network(), []
    wrapped = parallel.DistributedDataParallel(model, bucket_cap_mb=1e-5)
    model[0].weight.register_hook(lambda _: seen.append(wrapped.reducer.sent))
    wrapped(X[OWN]).sum().backward()
    assert seen[0] >= 2, seen  # those of the layers above


def no_sync_adds_up_and_the_next_backward_averages():
    model, reference = network(), network()
    wrapped = parallel.DistributedDataParallel(model)
    with wrapped.no_sync():
        (wrapped(X[:6]).square().sum() * (RANK + 1)).backward()
    local = model[0].weight.grad.clone()
    (reference(X[:6]).square().sum() * (RANK + 1)).backward()
    assert np.array_equal(local.array, reference[0].weight.grad.array)
    wrapped(X[6:]).square().sum().backward()
    reference.zero_grad()
    ((reference(X[:6]).square().sum() * (SIZE + 1) / 2) + reference(X[6:]).square().sum()).backward()
    close(model, reference)


class Branches(nn.Module):
    def __init__(self):
        super().__init__()
        self.even, self.odd, self.never = nn.Linear(3, 1), nn.Linear(3, 1), nn.Linear(3, 1)

    def forward(self, x, rank):
        return (self.odd if rank % 2 else self.even)(x)


def parameters_that_one_process_does_not_use_count_as_zero():
    x = torch.ones(2, 3)
    model = Branches()
    wrapped = parallel.DistributedDataParallel(model, find_unused_parameters=True)
    for _ in range(2):
        wrapped.zero_grad()
        wrapped(x, RANK).sum().backward()
        np.testing.assert_allclose(
            model.even.weight.grad.array, np.full((1, 3), 2 * (SIZE - SIZE // 2) / SIZE), rtol=1e-6
        )
        np.testing.assert_allclose(model.odd.weight.grad.array, np.full((1, 3), 2 * (SIZE // 2) / SIZE), rtol=1e-6)
        assert model.never.weight.grad is None
    strict = parallel.DistributedDataParallel(Branches())
    strict(x, 0).sum().backward()
    raises(RuntimeError, "Expected to have finished reduction in the prior iteration", lambda: strict(x, 0))


def a_second_gradient_in_one_round_is_refused():
    reducer = parallel.Reducer([w := nn.Parameter(torch.ones(2)), nn.Parameter(torch.ones(2))])
    reducer.prepare()
    w.sum().backward()
    raises(RuntimeError, "Expected to mark a variable ready only once", lambda: w.sum().backward())
    reducer.close()


def running_means_are_those_of_process_0_at_every_forward():
    model = nn.BatchNorm1d(3).double()
    wrapped = parallel.DistributedDataParallel(model)
    wrapped(X[OWN])
    wrapped(X[OWN])  # starts from what the first one made on process 0
    own = 0.09 * X[parallel.rows_of(11, 0, SIZE)].array.mean(axis=0) + 0.1 * X[OWN].array.mean(axis=0)
    np.testing.assert_allclose(model.running_mean.array, own, rtol=1e-12)


def processes_that_have_come_apart_are_told():
    model = network()
    parallel.check_equal(dict(model.named_parameters()))
    if RANK == SIZE - 1:
        with torch.no_grad():
            model[2].bias[0] += 1e-15
    named = dict(model.named_parameters())
    raises(RuntimeError, f"'2.bias' on rank {SIZE - 1} is not that of rank 0", lambda: parallel.check_equal(named))
    parallel.broadcast(named.values())
    parallel.check_equal(named)
    other = nn.Linear(3, 2 + RANK)
    words = "DDP expects same model across all ranks"
    raises(RuntimeError, words, lambda: parallel.DistributedDataParallel(other))


def sums_and_shares():
    t = torch.tensor([RANK, 1])
    parallel.all_reduce(t)
    assert t.tolist() == [SIZE * (SIZE - 1) // 2, SIZE]
    raises(RuntimeError, "float16", lambda: parallel.all_reduce(torch.ones(1).half()))
    raises(RuntimeError, "detached", lambda: parallel.all_reduce(torch.ones(1, requires_grad=True)))
    assert parallel.share(0) == 0.0
    assert sum(MPI.COMM_WORLD.allgather(parallel.share(RANK))) == SIZE
    mine = list(DistributedSampler(range(SIZE * 2), SIZE, RANK))
    assert sorted(i for part in MPI.COMM_WORLD.allgather(mine) for i in part) == list(range(SIZE * 2))
    half = nn.Parameter(torch.ones(2).half())
    reducer = parallel.Reducer([half])
    reducer.prepare()
    (half * (RANK + 1)).sum().backward()
    reducer.finish()
    assert half.grad.dtype is torch.float16
    assert half.grad.tolist() == [SIZE * (SIZE + 1) / 2] * 2


def wrong_arguments_are_named():
    model = nn.Linear(1, 1)
    raises(ValueError, "device_ids", lambda: parallel.DistributedDataParallel(model, device_ids=[0]))
    raises(ValueError, "bucket_cap_mb", lambda: parallel.DistributedDataParallel(model, bucket_cap_mb=0))
    model.requires_grad_(False)
    raises(RuntimeError, "is not needed when a module", lambda: parallel.DistributedDataParallel(model))


CLAIMS = [
    initial_weights_are_those_of_process_0,
    unequal_shards_give_the_gradient_of_the_whole_batch,
    a_bucket_is_sent_before_the_backward_pass_has_ended,
    no_sync_adds_up_and_the_next_backward_averages,
    parameters_that_one_process_does_not_use_count_as_zero,
    a_second_gradient_in_one_round_is_refused,
    running_means_are_those_of_process_0_at_every_forward,
    processes_that_have_come_apart_are_told,
    sums_and_shares,
    wrong_arguments_are_named,
]


if __name__ == "__main__":
    for claim in CLAIMS:
        claim()
        parallel.barrier()
    if RANK == 0:
        print("all hold")
