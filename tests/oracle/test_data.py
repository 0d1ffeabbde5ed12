"""Datasets, samplers and loaders against PyTorch's: the same seeds give the same batches and leave the same states."""

from collections import namedtuple

import numpy as np
import pytest

import minitorch
from minitorch.utils import data as ours

torch = pytest.importorskip("torch", reason="PyTorch is the oracle: pip install minitorch[oracle]")
theirs = torch.utils.data

SEEDS = [0, 2**33 + 5]
SIZES = [1, 15, 16, 37, 1000]
BOTH = [(minitorch, ours), (torch, theirs)]


def plain(batch):
    """Nested Python values with types and dtypes, the same for both libraries."""
    if isinstance(batch, dict):
        return {name: plain(value) for name, value in batch.items()}
    if isinstance(batch, (list, tuple)):
        return type(batch).__name__, [plain(value) for value in batch]
    if isinstance(batch, (minitorch.Tensor, torch.Tensor)):
        return batch.tolist(), str(batch.dtype)
    return batch


def next_draw(library, generator):
    """What the generator, or the global one, draws next."""
    return library.randint(0, 2**62, (1,), generator=generator).tolist()


def same(build, seed):
    """`build(library, data, generator)` gives the same with the global generator and with one of its own."""
    found = []
    for library, data in BOTH:
        library.manual_seed(seed)
        drawn = build(library, data, None), next_draw(library, None)
        own = library.Generator().manual_seed(seed)
        found.append((drawn, build(library, data, own), next_draw(library, own), next_draw(library, None)))
    assert found[0] == found[1]


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(("replacement", "number"), [(False, None), (False, 40), (True, None), (True, 100)])
def test_random_sampler(size, replacement, number, seed):
    same(lambda library, data, g: list(data.RandomSampler(range(size), replacement, number, g)), seed)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("size", SIZES)
def test_subset_random_sampler(size, seed):
    same(lambda library, data, g: list(data.SubsetRandomSampler(range(5, 5 + size), g)), seed)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(("number", "replacement"), [(1, True), (50, True), (1, False), (20, False)])
def test_weighted_random_sampler(number, replacement, seed):
    weights = np.random.default_rng(0).uniform(0.1, 1, 20).tolist()
    same(lambda library, data, g: list(data.WeightedRandomSampler(weights, number, replacement, g)), seed)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("lengths", [[30, 7], [0.5, 0.5], [0.3, 0.3, 0.4], [37]])
def test_random_split(lengths, seed):
    same(lambda library, data, g: [list(part) for part in data.random_split(range(37), lengths, g)], seed)


LOADERS = {
    "in order": {},
    "shuffled": {"shuffle": True},
    "shuffled, last dropped": {"shuffle": True, "drop_last": True},
    "shuffled samples": {"shuffle": True, "batch_size": None},
}


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("kind", LOADERS)
def test_two_epochs_of_a_loader(kind, size, seed):
    options = {"batch_size": 8, **LOADERS[kind]}

    def build(library, data, g):
        x = library.arange(2 * size, dtype=library.float32).reshape(size, 2)
        loader = data.DataLoader(data.TensorDataset(x, library.arange(size)), generator=g, **options)
        return [plain(batch) for _ in range(2) for batch in loader]

    same(build, seed)


@pytest.mark.parametrize("stop", [1, 4, 5])
def test_a_loop_left_early_leaves_the_same_state(stop):
    """40 samples in batches of 8: the fifth is the last, but the order is exhausted only when a sixth is asked for."""

    def build(library, data, g):
        batches = iter(data.DataLoader(data.TensorDataset(library.arange(40)), batch_size=8, shuffle=True, generator=g))
        return [plain(next(batches)) for _ in range(stop)]

    same(build, 3)


@pytest.mark.parametrize("draws_first", [False, True])
def test_draws_between_the_beginning_and_the_first_batch(draws_first):
    def build(library, data, g):
        batches = iter(data.DataLoader(list(range(20)), batch_size=8, shuffle=True, generator=g))
        drawn = next_draw(library, g) if draws_first else None
        return drawn, [plain(batch) for batch in batches]

    same(build, 3)


@pytest.mark.parametrize(
    "options", [{"replacement": True}, {"num_samples": 50}, {"replacement": True, "num_samples": 70}]
)
def test_a_loader_with_a_sampler_that_draws_as_it_goes(options):
    def build(library, data, g):
        dataset = data.TensorDataset(library.arange(20))
        loader = data.DataLoader(dataset, 8, sampler=data.RandomSampler(dataset, generator=g, **options), generator=g)
        return [(plain(batch), next_draw(library, g)) for batch in loader]

    same(build, 5)


def test_datasets_composed():
    def build(library, data, g):
        pairs = data.TensorDataset(library.arange(12).reshape(6, 2), library.arange(6))
        first, second = data.random_split(pairs, [4, 2], *([g] if g else []))
        composed = [
            first,
            data.ConcatDataset([first, second]),
            data.StackDataset(first, list("abcd")),
            data.StackDataset(x=first, y=data.Subset(pairs, [5, 4, 3, 2])),
        ]
        return [plain(batch) for dataset in composed for batch in data.DataLoader(dataset, 3, True, generator=g)]

    same(build, 1)


def test_a_stream_that_draws():
    def build(library, data, g):
        class Stream(data.IterableDataset):
            def __iter__(self):
                for _ in range(7):
                    yield library.randint(0, 100, (2,), generator=g)

        return [plain(batch) for batch in data.DataLoader(Stream(), 3, generator=g)]

    same(build, 1)


Point = namedtuple("Point", ["x", "y"])


@pytest.mark.parametrize(
    "batch",
    [
        [1, 2.5],
        [1.5, 2],
        [True, False],
        [True, 2],
        [np.float32(1), np.float64(2)],
        [np.float64(1)],
        [np.int8(1)],
        [np.bool_(1)],
        ["a", "b"],
        [b"a"],
        [np.array([1, 2]), np.array([3, 4])],
        [np.array([1], np.uint16)],
        [{"a": 1, "b": [2.0, "s"]}, {"a": 3, "b": [4.0, "t"]}],
        [Point(1, (2, "s")), Point(3, (4, "t"))],
        [range(2), range(2)],
    ],
    ids=str,
)
def test_collate_and_convert(batch):
    assert plain(ours.default_collate(batch)) == plain(theirs.default_collate(batch))
    assert plain(ours.default_convert(batch)) == plain(theirs.default_convert(batch))


def collate(batch):
    return lambda library, data: data.default_collate(batch)


def loader(dataset, **options):
    return lambda library, data: data.DataLoader(dataset, **options)


ERRORS = {
    "collate None": collate([None]),
    "collate nothing": collate([]),
    "collate complex": collate([1j]),
    "collate sizes": collate([(1,), (2, 3)]),
    "collate shapes": collate([np.ones(2), np.ones(3)]),
    "collate keys": collate([{"a": 1}, {"b": 1}]),
    "collate strings": collate([np.array(["a"])]),
    "collate a large int": collate([2**70]),
    "tensors": lambda library, data: data.TensorDataset(library.ones(2), library.ones(3)),
    "sample out of range": lambda library, data: data.TensorDataset(library.ones(2))[2],
    "batch out of range": lambda library, data: list(
        data.DataLoader(data.TensorDataset(library.ones(2)), batch_sampler=[[0, 5]])
    ),
    "concat nothing": lambda library, data: data.ConcatDataset([]),
    "concat out of range": lambda library, data: data.ConcatDataset([[1]])[-2],
    "concat too far": lambda library, data: data.ConcatDataset([[1]])[1],
    "stack nothing": lambda library, data: data.StackDataset(),
    "stack sizes": lambda library, data: data.StackDataset([1], [1, 2]),
    "stack both": lambda library, data: data.StackDataset([1], a=[1]),
    "split sum": lambda library, data: data.random_split([1, 2, 3], [1, 1]),
    "split fractions": lambda library, data: data.random_split([1, 2], [1.5, -0.5]),
    "sampler of nothing": lambda library, data: data.RandomSampler([]),
    "sampler replacement": lambda library, data: data.RandomSampler([1], 1),
    "weights": lambda library, data: data.WeightedRandomSampler([[1.0]], 1),
    "weights number": lambda library, data: data.WeightedRandomSampler([1.0], 0),
    "batch size": loader([1], batch_size=0),
    "batch size of the wrong type": loader([1], batch_size=1.5),
    "drop_last": loader([1], drop_last=1),
    "shuffle nothing": loader([], shuffle=True),
    "workers": loader([1], num_workers=-1),
    "prefetch": loader([1], prefetch_factor=2),
    "persistent": loader([1], persistent_workers=True),
    "context": loader([1], multiprocessing_context="fork"),
    "sampler and shuffle": loader([1], sampler=[0], shuffle=True),
    "batch sampler and size": loader([1], batch_sampler=[[0]], batch_size=3),
    "no batches to drop": loader([1], batch_size=None, drop_last=True),
    "dataset": lambda library, data: setattr(data.DataLoader([1]), "dataset", [2]),
    "no getitem": lambda library, data: data.Dataset()[0],
}


@pytest.mark.parametrize("name", ERRORS)
def test_errors(name):
    with pytest.raises(Exception) as expected:  # noqa: PT011
        ERRORS[name](torch, theirs)
    with pytest.raises(expected.type) as found:
        ERRORS[name](minitorch, ours)
    assert str(found.value)[:25] == str(expected.value)[:25]
