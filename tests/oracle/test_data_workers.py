"""Loaders with worker processes against PyTorch's: the same seeds, orders, draws in the workers, streams and errors."""

import random

import numpy as np
import pytest

import minitorch
from minitorch.utils import data as ours

torch = pytest.importorskip("torch", reason="PyTorch is the oracle: pip install minitorch[oracle]")
theirs = torch.utils.data

BOTH = [(minitorch, ours), (torch, theirs)]
FORK = {"num_workers": 2, "multiprocessing_context": "fork"}


def plain(batch):
    if isinstance(batch, (list, tuple)):
        return [plain(part) for part in batch]
    return batch.tolist() if isinstance(batch, (minitorch.Tensor, torch.Tensor)) else batch


def noisy(library, data):
    """A dataset that tells which worker made a sample, from which seed, and what all generators drew there."""

    class Noisy(data.Dataset):
        shift = 0

        def __len__(self):
            return 19

        def __getitem__(self, index):
            info = data.get_worker_info()
            assert info.dataset is self
            drawn = library.randint(0, 2**40, (1,)), random.random(), np.random.rand()
            return index + self.shift, info.id, info.num_workers, info.seed, drawn

    return Noisy()


def shifted(worker_id):
    """A worker_init_fn, called after the seeding."""
    for data in ours, theirs:
        if info := data.get_worker_info():
            info.dataset.shift = 1000 * (worker_id + 1) + random.randrange(100)


def same(build, own):
    """`build(library, data, generator)` gives the same; then so do the generators."""
    found = []
    for library, data in BOTH:
        library.manual_seed(5)
        g = library.Generator().manual_seed(2**40 + 3) if own else None
        found.append((build(library, data, g), plain(library.randint(0, 2**40, (2,), generator=g))))
    assert found[0] == found[1]


@pytest.mark.parametrize("own", [False, True])
@pytest.mark.parametrize(
    "options",
    [
        {"batch_size": 4, "shuffle": True},
        {"batch_size": 4, "shuffle": True, "drop_last": True, "persistent_workers": True, "worker_init_fn": shifted},
        {"batch_size": None, "prefetch_factor": 1, "worker_init_fn": shifted},
    ],
    ids=["shuffled", "persistent", "samples"],
)
def test_two_epochs(options, own):
    def build(library, data, g):
        loader = data.DataLoader(noisy(library, data), generator=g, **FORK, **options)
        return [plain(batch) for _ in range(2) for batch in loader]

    same(build, own)


class Fickle:
    """A sampler that draws when it begins: PyTorch begins twice."""

    def __init__(self, library):
        self.library = library

    def __iter__(self):
        return iter(self.library.randperm(19).tolist())


@pytest.mark.parametrize("kind", ["begins with a draw", "draws as it goes"])
def test_samplers_are_asked_at_the_same_moments(kind):
    def build(library, data, g):
        dataset = list(range(19))
        sampler = Fickle(library) if kind == "begins with a draw" else data.RandomSampler(dataset, True, 80, g)
        loader = data.DataLoader(dataset, 4, sampler=sampler, generator=g, **FORK)
        return [(plain(batch), plain(library.randint(0, 100, (1,), generator=g))) for batch in loader]

    same(build, own=kind == "draws as it goes")


@pytest.mark.filterwarnings("ignore:This DataLoader will create 3 worker processes")
@pytest.mark.parametrize("options", [{"batch_size": 3}, {"batch_size": 3, "drop_last": True}, {"batch_size": None}])
@pytest.mark.parametrize("ends", [[5, 14, 0], [1, 2, 9], [7, 7, 7]])
def test_a_stream_shared_out(ends, options):
    """Worker i yields ends[i] samples, so that workers end at different times."""

    def build(library, data, g):
        class Stream(data.IterableDataset):
            def __iter__(self):
                info = data.get_worker_info()
                return iter([(100 * info.id + i, np.random.rand()) for i in range(ends[info.id])])

        loader = data.DataLoader(Stream(), generator=g, **(FORK | {"num_workers": 3}), **options)
        return [plain(batch) for batch in loader]

    same(build, own=True)


class Broken(list):
    def __init__(self, error):
        super().__init__(range(6))
        self.error = error

    def __getitem__(self, index):
        if index == 2:
            raise self.error
        return index


class Picky(Exception):
    def __init__(self, one, two):
        super().__init__(one, two)


@pytest.mark.parametrize(
    "error",
    [ValueError("no"), KeyError("key"), IndexError(3), Picky(1, 2), UnicodeDecodeError("utf-8", b"a", 0, 1, "no")],
    ids=lambda error: type(error).__name__,
)
def test_errors_reach_the_caller_and_the_rest_can_be_had(error):
    found = []
    for _, data in BOTH:
        batches = iter(data.DataLoader(Broken(error), 2, **FORK))
        assert plain(next(batches)) == [0, 1]
        with pytest.raises(Exception, match="DataLoader worker process 1") as caught:
            next(batches)
        head, _, traceback = str(caught.value).partition("\n")
        found.append((type(caught.value), head, traceback.splitlines()[0], traceback.splitlines()[-1], list(batches)))
    assert plain(found[0]) == plain(found[1])


def worker_arguments(**options):
    return lambda data: iter(data.DataLoader([1, 2], num_workers=1, **options))


@pytest.mark.parametrize(
    "make",
    [
        worker_arguments(timeout=-1),
        worker_arguments(prefetch_factor=-1),
        worker_arguments(multiprocessing_context="thread"),
        worker_arguments(multiprocessing_context=3),
        lambda data: data.DistributedSampler([1], 2, 2),
        lambda data: data.get_worker_info().id,
        lambda data: data.DataLoader([1], num_workers="2"),
    ],
)
def test_wrong_arguments(make):
    with pytest.raises(Exception) as expected:  # noqa: PT011
        make(theirs)
    with pytest.raises(expected.type) as found:
        make(ours)
    if expected.type is not TypeError:
        assert str(found.value)[:25] == str(expected.value)[:25]


@pytest.mark.parametrize("options", [{}, {"shuffle": False}, {"seed": 3, "drop_last": True}])
@pytest.mark.parametrize(("size", "replicas"), [(10, 3), (9, 3), (2, 5)])
def test_distributed_sampler(size, replicas, options):
    for rank in range(replicas):
        found = []
        for _, data in BOTH:
            sampler = data.DistributedSampler(range(size), replicas, rank, **options)
            sampler.set_epoch(4)
            found.append((list(sampler), len(sampler), list(data.DataLoader(range(size), 2, sampler=sampler))))
        assert plain(found[0]) == plain(found[1])


def test_collate_with_a_map_of_ones_own():
    class Word(str):
        __slots__ = ()

    batch = [(Word("a"), 1, {"x": [2.5]}), (Word("b"), 2, {"x": [3.5]})]
    functions = {
        str: lambda batch, **_: "".join(batch),
        int: lambda batch, *, collate_fn_map: (len(batch), len(collate_fn_map)),
        (float, complex): lambda batch, **_: sum(batch),
    }
    for library, data in BOTH:
        collate = data._utils.collate
        assert collate.collate(batch, collate_fn_map=functions) == ["ab", (2, 3), {"x": [6.0]}]
        with pytest.raises(TypeError, match="batch must contain tensors"):
            collate.collate([1])
        assert collate.default_collate_fn_map.keys() >= {library.Tensor, np.ndarray, float, int, str, bytes}


def test_the_public_names_are_theirs_but_for_the_data_pipes():
    pipes = {"DFIterDataPipe", "DataChunk", "IterDataPipe", "MapDataPipe", "functional_datapipe"}
    of_pipes = {
        "argument_validation",
        "guaranteed_datapipes_determinism",
        "non_deterministic",
        "runtime_validation",
        "runtime_validation_disabled",
    }
    assert set(theirs.__all__) - set(ours.__all__) == pipes | of_pipes | {"_DatasetKind"}
    assert set(ours.__all__) <= set(theirs.__all__)
