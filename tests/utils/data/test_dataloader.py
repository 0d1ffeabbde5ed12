"""DataLoader: batches of every kind of dataset, what custom parts of it see, and its arguments."""

import copy
import pickle

import numpy as np
import pytest

import minitorch as torch
from minitorch.utils.data import (
    BatchSampler,
    DataLoader,
    Dataset,
    IterableDataset,
    RandomSampler,
    Sampler,
    SequentialSampler,
    TensorDataset,
    get_worker_info,
)


class Squares(Dataset):
    """Remembers what it was asked for."""

    def __init__(self, n=5):
        self.n = n
        self.asked = []

    def __len__(self):
        return self.n

    def __getitem__(self, index):
        self.asked.append(index)
        return index**2


class Stream(IterableDataset):
    def __init__(self, n, length=None):
        self.n = n
        self.length = length

    def __iter__(self):
        return iter(range(self.n))

    def __len__(self):
        if self.length is None:
            raise TypeError("no length")
        return self.length


def lists(loader):
    return [batch.tolist() for batch in loader]


def tensors(n=5):
    return TensorDataset(torch.arange(2 * n).reshape(n, 2), torch.arange(n))


# --- Map-style datasets -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("drop_last", "expected"), [(False, [[0, 1], [2, 3], [4]]), (True, [[0, 1], [2, 3]])])
def test_batches_of_tensors(drop_last, expected):
    loader = DataLoader(tensors(), batch_size=2, drop_last=drop_last)
    assert [y.tolist() for _, y in loader] == expected
    assert len(loader) == len(iter(loader)) == len(expected)
    x, y = next(iter(loader))
    assert type(next(iter(loader))) is list
    assert x.tolist() == [[0, 1], [2, 3]]
    assert y.dtype is torch.int64


def test_the_same_loader_gives_every_epoch():
    loader = DataLoader(Squares(), batch_size=3)
    assert lists(loader) == lists(loader) == [[0, 1, 4], [9, 16]]


def test_shuffling_visits_every_sample_once_in_a_new_order():
    loader = DataLoader(tensors(50), batch_size=7, shuffle=True)
    epochs = [[i for _, y in loader for i in y.tolist()] for _ in range(2)]
    assert sorted(epochs[0]) == sorted(epochs[1]) == list(range(50))
    assert epochs[0] != epochs[1]


@pytest.mark.parametrize("generator", [True, False])
def test_bulk_and_single_samples_come_in_the_same_order(generator):
    def order(dataset):
        torch.manual_seed(3)
        g = torch.Generator().manual_seed(4) if generator else None
        loader = DataLoader(dataset, batch_size=4, shuffle=True, generator=g)
        return [(batch[1] if isinstance(batch, list) else batch).tolist() for _ in range(2) for batch in loader]

    assert order(tensors(30)) == order(list(range(30)))


def test_a_dataset_sees_python_ints():
    data = Squares()
    assert lists(DataLoader(data, batch_size=2, shuffle=True))
    assert sorted(data.asked) == [0, 1, 2, 3, 4]
    assert {type(index) for index in data.asked} == {int}


def test_a_collate_fn_sees_the_samples():
    seen = []
    loader = DataLoader(tensors(3), batch_size=2, collate_fn=lambda batch: seen.append(batch) or len(batch))
    assert list(loader) == [2, 1]
    assert type(seen[0]) is list
    assert type(seen[0][1]) is tuple
    assert [part.tolist() for part in seen[0][1]] == [[2, 3], 1]


def test_getitems_sees_a_list_of_indices():
    class Batched(Squares):
        def __getitems__(self, indices):
            assert type(indices) is list
            self.asked.append(indices)
            return [i + 0.5 for i in indices]

    data = Batched()
    assert lists(DataLoader(data, batch_size=2)) == [[0.5, 1.5], [2.5, 3.5], [4.5]]
    assert data.asked == [[0, 1], [2, 3], [4]]


def test_a_sampler_of_ones_own():
    class Backwards(Sampler):
        def __iter__(self):
            return iter([4, 2, 0])

    assert [y.tolist() for _, y in DataLoader(tensors(), batch_size=2, sampler=Backwards())] == [[4, 2], [0]]
    assert lists(DataLoader(Squares(), sampler=[1, 3])) == [[1], [9]]


@pytest.mark.parametrize("batches", [[[0, 3], [1]], BatchSampler(SequentialSampler(range(3)), 2, False)])
def test_a_batch_sampler_of_ones_own(batches):
    loader = DataLoader(tensors(), batch_sampler=batches)
    assert [y.tolist() for _, y in loader] == [list(batch) for batch in batches]
    assert loader.batch_size is None
    assert len(loader) == 2


def test_keys_need_not_be_integers():
    data = {"a": 1, "b": 2}
    assert lists(DataLoader(data, sampler=["b", "a"], batch_size=2)) == [[2, 1]]


def test_single_samples_are_only_converted():
    loader = DataLoader([np.array([1.0]), np.array([2.0])], batch_size=None)
    assert lists(loader) == [[1.0], [2.0]]
    assert len(loader) == 2
    assert list(DataLoader("ab", batch_size=None)) == ["a", "b"]


def test_batches_may_be_written_into():
    data = tensors()
    for x, _ in DataLoader(data, batch_size=5):
        x.zero_()
    assert data.tensors[0].sum().item() == 45


# --- Iterable-style datasets ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("n", "options", "expected"),
    [
        (5, {"batch_size": 2}, [[0, 1], [2, 3], [4]]),
        (4, {"batch_size": 2}, [[0, 1], [2, 3]]),
        (5, {"batch_size": 2, "drop_last": True}, [[0, 1], [2, 3]]),
        (0, {}, []),
    ],
)
def test_batches_of_a_stream(n, options, expected):
    assert lists(DataLoader(Stream(n), **options)) == expected


def test_single_samples_of_a_stream():
    assert list(DataLoader(Stream(3), batch_size=None)) == [0, 1, 2]


def test_the_length_of_a_stream_is_the_datasets():
    assert len(DataLoader(Stream(5, length=5), batch_size=2)) == 3
    assert len(DataLoader(Stream(5, length=5), batch_size=2, drop_last=True)) == 2
    assert len(DataLoader(Stream(5, length=5), batch_size=None)) == 5
    with pytest.raises(TypeError, match="no length"):
        len(DataLoader(Stream(5)))


def test_a_stream_longer_than_announced_warns():
    loader = DataLoader(Stream(3, length=2))
    assert len(loader) == 2
    with pytest.warns(UserWarning, match="was reported to be 2"):
        assert len(list(loader)) == 3


@pytest.mark.parametrize(
    ("options", "name"),
    [({"shuffle": True}, "shuffle"), ({"sampler": [0]}, "sampler"), ({"batch_sampler": [[0]]}, "batch_sampler")],
)
def test_a_stream_has_no_order_to_choose(options, name):
    with pytest.raises(ValueError, match=f"DataLoader with IterableDataset: expected unspecified {name} option"):
        DataLoader(Stream(3), **options)


# --- Arguments --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"num_workers": -1}, "num_workers option should be non-negative"),
        ({"num_workers": 1, "timeout": -1}, "timeout option should be non-negative"),
        ({"num_workers": 1, "prefetch_factor": -1}, "prefetch_factor option should be non-negative"),
        ({"num_workers": 1, "multiprocessing_context": "thread"}, "should specify a valid start method"),
        ({"timeout": 5}, "timeout option should be 0"),
        ({"prefetch_factor": 2}, "prefetch_factor option could only be specified in multiprocessing"),
        ({"persistent_workers": True}, "persistent_workers option needs num_workers > 0"),
        ({"multiprocessing_context": "fork"}, "multiprocessing_context can only be used with multi-process loading"),
        ({"sampler": [0], "shuffle": True}, "sampler option is mutually exclusive with shuffle"),
        ({"batch_sampler": [[0]], "batch_size": 2}, "batch_sampler option is mutually exclusive"),
        ({"batch_sampler": [[0]], "drop_last": True}, "batch_sampler option is mutually exclusive"),
        ({"batch_size": None, "drop_last": True}, "batch_size=None option disables auto-batching"),
        ({"batch_size": 0}, "batch_size should be a positive integer value"),
    ],
)
def test_wrong_arguments(options, message):
    with pytest.raises(ValueError, match=message):
        DataLoader([1, 2], **options)


@pytest.mark.parametrize(
    "name", ["batch_size", "batch_sampler", "sampler", "drop_last", "dataset", "persistent_workers"]
)
def test_what_cannot_be_changed_later(name):
    loader = DataLoader([1, 2])
    with pytest.raises(ValueError, match=f"{name} attribute should not be set after DataLoader is initialized"):
        setattr(loader, name, None)


def test_what_is_accepted_and_changes_nothing():
    loader = DataLoader([1, 2], worker_init_fn=print, pin_memory=True, pin_memory_device="", in_order=False)
    with pytest.warns(UserWarning, match="no accelerator is found"):
        assert lists(loader) == [[1], [2]]
    assert get_worker_info() is None


def test_workers_are_numbered_and_few():
    with pytest.raises(TypeError, match="num_workers option should be an int, got 'two'"):
        DataLoader([1], num_workers="two")
    with pytest.raises(AssertionError, match="prefetch_factor must be greater than 0"):
        DataLoader([1], num_workers=1, prefetch_factor=0)
    with pytest.raises(TypeError, match="should be a valid context object or a string"):
        DataLoader([1], num_workers=1, multiprocessing_context=3)
    with pytest.warns(UserWarning, match="will create 9999 worker processes in total"):
        loader = DataLoader([1], num_workers=9999)
    assert loader.prefetch_factor == 2


def test_the_collate_fn_may_be_changed_later():
    loader = DataLoader([1, 2])
    loader.collate_fn = tuple
    assert list(loader) == [(1,), (2,)]


@pytest.mark.parametrize("duplicate", [copy.deepcopy, lambda loader: pickle.loads(pickle.dumps(loader))])
def test_loaders_can_be_copied_in_the_middle(duplicate):
    loader = DataLoader(list(range(6)), batch_size=2, shuffle=True, generator=torch.Generator().manual_seed(0))
    next(iter(loader))
    other = duplicate(loader)
    assert lists(other) == lists(loader)


# --- Order of draws ---------------------------------------------------------------------------------------------------


def test_an_unshuffled_epoch_takes_one_draw_when_it_begins():
    torch.manual_seed(0)
    iter(DataLoader([1, 2]))
    after = torch.default_generator.random32(1)
    torch.manual_seed(0)
    torch.default_generator.random64(1)
    assert torch.default_generator.random32(1) == after


def test_a_generator_of_ones_own_spares_the_global_one():
    before = torch.default_generator.state_bytes()
    list(DataLoader([1, 2, 3], shuffle=True, generator=torch.Generator()))
    assert torch.default_generator.state_bytes() == before


def test_the_order_is_drawn_with_the_first_batch():
    g = torch.Generator().manual_seed(0)
    batches = iter(DataLoader([1, 2, 3], sampler=RandomSampler([1, 2, 3], generator=g)))
    assert g.state_bytes() == torch.Generator().manual_seed(0).state_bytes()
    next(batches)
    assert g.state_bytes() != torch.Generator().manual_seed(0).state_bytes()
