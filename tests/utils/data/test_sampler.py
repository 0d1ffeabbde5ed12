"""Samplers: what they yield, and that their index arrays are the same indices drawn at the same moments."""

import numpy as np
import pytest

import minitorch as torch
from minitorch.utils.data import (
    BatchSampler,
    RandomSampler,
    Sampler,
    SequentialSampler,
    SubsetRandomSampler,
    WeightedRandomSampler,
)


def generator():
    return torch.Generator().manual_seed(1)


def test_sequential():
    sampler = SequentialSampler("abc")
    assert list(sampler) == [0, 1, 2]
    assert len(sampler) == 3


@pytest.mark.parametrize(("replacement", "number"), [(False, None), (False, 3), (False, 25), (True, None), (True, 70)])
def test_random(replacement, number):
    sampler = RandomSampler(range(10), replacement, number, generator())
    drawn = list(sampler)
    assert len(drawn) == len(sampler) == (number or 10)
    assert set(drawn) <= set(range(10))
    if not replacement:
        assert sorted(drawn[:10]) == sorted(set(drawn[:10]))
    assert list(sampler) != drawn


def test_random_follows_a_dataset_that_grows():
    data = [1, 2]
    sampler = RandomSampler(data)
    data.append(3)
    assert sorted(sampler) == [0, 1, 2]


def test_random_draws_one_number_from_the_global_generator():
    torch.manual_seed(0)
    list(RandomSampler(range(100)))
    after = torch.default_generator.random32(1)
    torch.manual_seed(0)
    torch.default_generator.random64(1)
    assert torch.default_generator.random32(1) == after


def test_subset_random():
    sampler = SubsetRandomSampler([10, 20, 30], generator())
    assert sorted(sampler) == [10, 20, 30]
    assert len(sampler) == 3


def test_weighted():
    sampler = WeightedRandomSampler([0, 1, 0, 2], 50, generator=generator())
    assert set(sampler) == {1, 3}
    assert len(sampler) == 50
    assert sorted(WeightedRandomSampler(torch.tensor([0.5, 1, 2]), 3, replacement=False)) == [0, 1, 2]


@pytest.mark.parametrize(("drop_last", "expected"), [(False, [[0, 1], [2, 3], [4]]), (True, [[0, 1], [2, 3]])])
def test_batches(drop_last, expected):
    sampler = BatchSampler(range(5), 2, drop_last)
    assert list(sampler) == expected
    assert len(sampler) == len(expected)


@pytest.mark.parametrize("drop_last", [False, True])
@pytest.mark.parametrize("batch_size", [1, 3, 32, 40])
@pytest.mark.parametrize(
    ("replacement", "number"), [(False, None), (False, 25), (False, 60), (True, None), (True, 100)]
)
def test_index_arrays_are_the_lists_drawn_at_the_same_moments(replacement, number, batch_size, drop_last):
    states = []
    for bulk in (False, True):
        g = generator()
        sampler = BatchSampler(RandomSampler(range(30), replacement, number, g), batch_size, drop_last)
        batches = sampler.__batches__() if bulk else iter(sampler)
        trace = [(list(batch), g.state_bytes()) for batch in batches]
        states.append((trace, g.state_bytes()))
    assert states[0] == states[1]


def test_a_subclass_that_overrides_iter_is_listened_to():
    class Even(SequentialSampler):
        def __iter__(self):
            return iter(range(0, len(self.data_source), 2))

    assert [list(batch) for batch in BatchSampler(Even(range(6)), 2, False).__batches__()] == [[0, 2], [4]]


def test_a_subclass_may_override_both():
    class Backwards(SequentialSampler):
        def __iter__(self):
            return reversed(range(len(self.data_source)))

        def __blocks__(self):
            yield np.arange(len(self.data_source))[::-1]

    sampler = BatchSampler(Backwards(range(3)), 2, False)
    assert [list(batch) for batch in sampler.__batches__()] == list(sampler) == [[2, 1], [0]]


def test_a_sampler_has_no_length_of_its_own():
    with pytest.raises(TypeError):
        len(Sampler())
    with pytest.raises(NotImplementedError, match="__iter__"):
        iter(Sampler())


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: RandomSampler(range(3), replacement=1), TypeError, "replacement should be a boolean value"),
        (lambda: RandomSampler([]), ValueError, "num_samples should be a positive integer value"),
        (lambda: RandomSampler(range(3), num_samples=0), ValueError, "num_samples should be a positive integer value"),
        (
            lambda: RandomSampler(range(3), num_samples=1.5),
            ValueError,
            "num_samples should be a positive integer value",
        ),
        (lambda: WeightedRandomSampler([1], True), ValueError, "num_samples should be a positive integer value"),
        (lambda: WeightedRandomSampler([1], 1, 1), ValueError, "replacement should be a boolean value"),
        (lambda: WeightedRandomSampler([[1.0]], 1), ValueError, "weights should be a 1d sequence"),
        (lambda: BatchSampler(range(3), 0, False), ValueError, "batch_size should be a positive integer value"),
        (lambda: BatchSampler(range(3), True, False), ValueError, "batch_size should be a positive integer value"),
        (lambda: BatchSampler(range(3), 1, 1), ValueError, "drop_last should be a boolean value"),
    ],
)
def test_wrong_arguments(make, error, message):
    with pytest.raises(error, match=message):
        make()
