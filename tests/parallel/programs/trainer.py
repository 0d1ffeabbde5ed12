"""What every process runs in test_train.py: `ParallelTrainer` on data of its own, each claim an assertion."""

import numpy as np
import pytest
from mpi4py import MPI

import minitorch as torch
from minitorch import nn, optim
from minitorch.parallel import Team
from minitorch.train.data_parallel import LossNotFinite, ParallelTrainer
from minitorch.train.loop import Trainer
from minitorch.train.metrics import Accuracy, Regression

TEAM = Team.launched()


class Pair(nn.Module):
    """Two inputs, of which the second matters only in some rows: a process that has none does not use its layer."""

    def __init__(self):
        super().__init__()
        self.first, self.second = nn.Linear(3, 2), nn.Linear(2, 2)

    def forward(self, x, z):
        some = x[:, :1] > 0
        return self.first(x) + self.second(z) * some if some.any() else self.first(x)


def batches(sizes, kind):
    random = np.random.default_rng(5)
    for rows in sizes:
        x, z = random.normal(size=(rows, 3)), random.normal(size=(rows, 2))
        if kind == "labels":
            y = random.integers(-1, 2, size=rows)  # -1 is ignored: some processes have rows and nothing to learn
        else:
            y = random.normal(size=(rows, 2))
        yield torch.from_numpy(x), torch.from_numpy(z), torch.from_numpy(y)


def trainer(make, kind, **options):
    torch.manual_seed(0)
    model = Pair().double()
    loss = nn.CrossEntropyLoss(ignore_index=-1) if kind == "labels" else nn.MSELoss(reduction=kind)
    options = {"epochs": 2, "metrics": Accuracy if kind == "labels" else Regression} | options
    return make(model, loss, optim.AdamW(model.parameters(), lr=0.1), **options)


def parallel(*args, **kwargs):
    return ParallelTrainer(TEAM, *args, **kwargs)


def few_rows_give_what_one_process_gives(kind, accumulate):
    data = list(batches([4, 1, 2, 7, 1, 1, 3], kind))
    one, own = (trainer(make, kind, accumulate=accumulate, clip_norm=0.3) for make in (Trainer, parallel))
    expected, found = one.fit(data, data), own.fit(data, data)
    for there, here in zip(expected, found, strict=True):
        assert there.keys() == here.keys()
        np.testing.assert_allclose([*here.values()], [*there.values()], rtol=1e-9)
    for p, q in zip(one.parameters, own.parameters, strict=True):
        np.testing.assert_allclose(q.array, p.array, rtol=1e-9)


def a_process_that_has_come_apart_is_told():
    own = trainer(parallel, "mean", check_every=2)
    data = list(batches([4, 4, 4], "mean"))
    if TEAM.rank == 1:
        own.optimizer.register_step_post_hook(lambda *_: own.parameters[0].array.__iadd__(1e-9))
    with pytest.raises(RuntimeError, match=r"'first.weight' on rank 1 is not that of rank 0"):
        own.fit(data)
    assert own.step == 2


def a_loss_that_is_not_finite_stops_all_alike():
    own = trainer(parallel, "mean")
    data = list(batches([6], "mean"))
    data[0][0].array[-1] = np.nan  # a row of the last process
    with pytest.raises(LossNotFinite, match="batch 1 of the epoch: the input itself holds nan at") as caught:
        own.fit(data)
    assert len(set(MPI.COMM_WORLD.allgather(str(caught.value)))) == 1


def processes_have_random_numbers_of_their_own_and_one_stream_in_common():
    own = trainer(parallel, "mean")
    before = torch.get_rng_state()
    with own.own_numbers():
        drawn = MPI.COMM_WORLD.allgather(torch.rand(1).item())
    with own.own_numbers():
        assert torch.rand(1).item() == drawn[TEAM.rank]
    assert len(set(drawn)) == TEAM.size
    assert torch.equal(torch.get_rng_state(), before)


if __name__ == "__main__":
    for kind in ("labels", "mean", "sum"):
        for accumulate in (1, 3):
            few_rows_give_what_one_process_gives(kind, accumulate)
    a_process_that_has_come_apart_is_told()
    a_loss_that_is_not_finite_stops_all_alike()
    processes_have_random_numbers_of_their_own_and_one_stream_in_common()
    if TEAM.leads:
        print("all hold")
