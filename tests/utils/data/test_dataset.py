"""Datasets: what they give by index, how they compose, and that a batch in bulk is the batch of the samples."""

import numpy as np
import pytest

import minitorch as torch
from minitorch.utils.data import (
    ChainDataset,
    ConcatDataset,
    Dataset,
    IterableDataset,
    StackDataset,
    Subset,
    TensorDataset,
    default_collate,
    random_split,
)
from minitorch.utils.data.dataset import collated


class Words(Dataset):
    def __len__(self):
        return 4

    def __getitem__(self, index):
        return "abcd"[index]


class Count(IterableDataset):
    def __init__(self, n):
        self.n = n

    def __iter__(self):
        return iter(range(self.n))

    def __len__(self):
        return self.n


@pytest.fixture
def data():
    return TensorDataset(torch.arange(10).reshape(5, 2), torch.arange(5) * 10.0)


def plain(batch):
    """A batch as nested Python values, with the dtypes."""
    if isinstance(batch, dict):
        return {name: plain(value) for name, value in batch.items()}
    if isinstance(batch, (list, tuple)):
        return type(batch), [plain(value) for value in batch]
    return (batch.tolist(), batch.dtype) if isinstance(batch, torch.Tensor) else batch


def test_tensor_dataset(data):
    assert len(data) == 5
    x, y = data[3]
    assert x.tolist() == [6, 7]
    assert y.item() == 30
    assert [part.tolist() for part in data[1:3]] == [[[2, 3], [4, 5]], [10, 20]]


def test_tensor_dataset_wants_one_length():
    with pytest.raises(AssertionError, match="Size mismatch between tensors"):
        TensorDataset(torch.ones(2), torch.ones(3))


def test_stack():
    both = StackDataset(Words(), [1, 2, 3, 4])
    assert len(both) == 4
    assert both[1] == ("b", 2)
    assert both.__getitems__([0, 2]) == [("a", 1), ("c", 3)]
    named = StackDataset(word=Words(), number=[1, 2, 3, 4])
    assert named[1] == {"word": "b", "number": 2}
    assert named.__getitems__([0, 2]) == [{"word": "a", "number": 1}, {"word": "c", "number": 3}]


@pytest.mark.parametrize(
    ("args", "kwargs", "message"),
    [
        ((), {}, "At least one dataset should be passed"),
        (([1],), {"a": [1]}, "but both types are given"),
        (([1], [1, 2]), {}, "Size mismatch between datasets"),
        ((), {"a": [1], "b": [1, 2]}, "Size mismatch between datasets"),
    ],
)
def test_stack_errors(args, kwargs, message):
    with pytest.raises(ValueError, match=message):
        StackDataset(*args, **kwargs)


def test_stack_checks_what_getitems_gives():
    class Short(Words):
        def __getitems__(self, indices):
            return ["a"]

    with pytest.raises(ValueError, match=r"Nested dataset's output size mismatch. Expected 2, got 1"):
        StackDataset(Short()).__getitems__([0, 1])


def test_concat():
    both = ConcatDataset([Words(), [1, 2]])
    assert [both[i] for i in range(len(both))] == ["a", "b", "c", "d", 1, 2]
    assert both[-1] == 2
    assert both.cumulative_sizes == [4, 6]
    assert type(Words() + Words()) is ConcatDataset
    with pytest.raises(ValueError, match="absolute value of index should not exceed dataset length"):
        both[-7]


def test_concat_errors():
    with pytest.raises(AssertionError, match="datasets should not be an empty iterable"):
        ConcatDataset([])
    with pytest.raises(AssertionError, match="ConcatDataset does not support IterableDataset"):
        ConcatDataset([Count(2)])


def test_chain():
    both = Count(2) + Count(3)
    assert type(both) is ChainDataset
    assert list(both) == [0, 1, 0, 1, 2]
    assert len(both) == 5
    with pytest.raises(AssertionError, match="ChainDataset only supports IterableDataset"):
        list(ChainDataset([[1]]))


def test_subset():
    part = Subset(Words(), [3, 1])
    assert len(part) == 2
    assert part[0] == "d"
    assert part.__getitems__([1, 0]) == ["b", "d"]


def test_subset_asks_for_getitems_where_getitem_is_overridden():
    class Loud(Subset):
        def __getitem__(self, index):
            return super().__getitem__(index).upper()

    with pytest.raises(NotImplementedError, match="Loud overrides __getitem__ but not __getitems__"):
        Loud(Words(), [0])


def test_abstract_methods():
    with pytest.raises(NotImplementedError, match="Subclasses of Dataset should implement __getitem__"):
        Dataset()[0]
    with pytest.raises(TypeError):
        len(Dataset())


# --- random_split -----------------------------------------------------------------------------------------------------


def test_random_split_parts_the_dataset():
    parts = random_split(range(10), [7, 3])
    assert [len(part) for part in parts] == [7, 3]
    assert sorted(i for part in parts for i in part.indices) == list(range(10))


@pytest.mark.parametrize(
    ("n", "fractions", "lengths"),
    [(10, [0.5, 0.5], [5, 5]), (10, [0.35, 0.65], [4, 6]), (11, [0.3, 0.3, 0.4], [4, 3, 4]), (3, [1.0], [3])],
)
def test_fractions_are_rounded_down_and_the_rest_dealt_out(n, fractions, lengths):
    assert [len(part) for part in random_split(range(n), fractions)] == lengths


def test_an_empty_split_warns():
    with pytest.warns(UserWarning, match="Length of split at index 1 is 0"):
        random_split(range(2), [1.0, 0.0])


def test_random_split_errors():
    with pytest.raises(ValueError, match="Sum of input lengths does not equal the length of the input dataset!"):
        random_split(range(10), [7, 4])
    with pytest.raises(ValueError, match="Fraction at index 0 is not between 0 and 1"):
        random_split(range(10), [-0.5, 1.5])


# --- Batches in bulk --------------------------------------------------------------------------------------------------

COMPOSED = {
    "tensors": lambda data: data,
    "subset": lambda data: Subset(data, [4, 2, 0, 1]),
    "subset by array": lambda data: Subset(data, np.array([4, 2, 0, 1])),
    "subset of a subset": lambda data: Subset(Subset(data, [4, 2, 0, 1]), range(4)),
    "split": lambda data: random_split(data, [4, 1])[0],
    "stack": lambda data: StackDataset(data, data),
    "stack by name": lambda data: StackDataset(a=data, b=Subset(data, [4, 3, 2, 1, 0])),
    "stack with others": lambda data: StackDataset(Words(), Subset(data, [4, 3, 2, 1])),
    "concat": lambda data: ConcatDataset([data, data]),
}


@pytest.mark.parametrize("kind", COMPOSED)
@pytest.mark.parametrize("indices", [[0], [3, 1], [2, 2, -1]])
def test_a_batch_in_bulk_is_the_batch_of_the_samples(data, kind, indices):
    dataset = COMPOSED[kind](data)
    expected = plain(default_collate([dataset[i] for i in indices]))
    assert plain(collated(dataset, indices)) == expected
    assert plain(collated(dataset, np.array(indices))) == expected


@pytest.mark.parametrize("places", [[4, 3], np.array([4, 3]), range(4, 2, -1)], ids=["list", "array", "range"])
def test_a_tensor_dataset_is_not_asked_for_samples(data, monkeypatch, places):
    monkeypatch.setattr(torch.Tensor, "__getitem__", None)
    x, y = collated(Subset(data, places), [0, 1])
    assert x.tolist() == [[8, 9], [6, 7]]
    assert y.tolist() == [40, 30]


def test_a_batch_is_a_contiguous_copy():
    data = TensorDataset(torch.arange(6).reshape(2, 3).t())
    (batch,) = collated(data, [2, 0])
    assert batch.tolist() == [[2, 5], [0, 3]]
    assert batch.array.flags.c_contiguous
    batch.zero_()
    assert data.tensors[0].tolist() == [[0, 3], [1, 4], [2, 5]]


def test_what_requires_grad_is_recorded():
    x = torch.ones(3, 2, requires_grad=True)
    (batch,) = collated(TensorDataset(x), [0, 0, 2])
    batch.sum().backward()
    assert x.grad.tolist() == [[2, 2], [0, 0], [1, 1]]
    with torch.no_grad():
        assert not collated(TensorDataset(x), [0])[0].requires_grad


def test_an_index_out_of_range_is_reported_as_the_sample_reports_it(data):
    with pytest.raises(IndexError, match="index 7 is out of bounds for dimension 0 with size 5"):
        collated(data, np.array([1, 7]))


def test_a_subclass_that_overrides_getitem_is_listened_to(data):
    class Doubled(TensorDataset):
        def __getitem__(self, index):
            return tuple(2 * part for part in super().__getitem__(index))

    assert collated(Doubled(*data.tensors), [1])[1].tolist() == [20]


def test_a_subclass_that_adds_getitems_is_listened_to(data):
    class Constant(TensorDataset):
        def __getitems__(self, indices):
            return [7] * len(indices)

    assert collated(Constant(*data.tensors), [1, 2]).tolist() == [7, 7]


def test_a_dataset_of_ones_own_may_give_batches():
    class Squares(Dataset):
        def __getitem__(self, index):
            return index**2

        def __getbatch__(self, indices):
            assert indices.dtype == np.int64
            return torch.tensor((indices**2).tolist()) if len(indices) > 1 else NotImplemented

    assert collated(Squares(), [3, 4]).tolist() == [9, 16]
    assert collated(Squares(), [3]).tolist() == [9]
