"""default_collate and default_convert: which samples become which batches."""

from collections import OrderedDict, namedtuple

import numpy as np
import pytest

import minitorch as torch
from minitorch.utils.data import DataLoader, TensorDataset, default_collate, default_convert
from minitorch.utils.data.collate import collate, default_collate_fn_map

Point = namedtuple("Point", ["x", "y"])


@pytest.mark.parametrize(
    ("batch", "values", "dtype"),
    [
        ([1, 2], [1, 2], "int64"),
        ([1.5, 2], [1.5, 2], "float64"),
        ([1, 2.5], [1, 2.5], "float32"),
        ([True, False], [True, False], "bool"),
        ([np.float32(1), np.float32(2)], [1, 2], "float32"),
        ([np.float32(1), np.float64(2)], [1, 2], "float64"),
        ([np.float64(1), np.float64(2)], [1, 2], "float64"),
        ([np.int8(1), np.int8(2)], [1, 2], "int8"),
        ([np.bool_(True)], [True], "bool"),
        ([np.array([1, 2]), np.array([3, 4])], [[1, 2], [3, 4]], "int64"),
        ([np.array(3.0, np.float32)], [3], "float32"),
        ([np.array([1, 2]), torch.tensor([3, 4])], [[1, 2], [3, 4]], "int64"),
    ],
)
def test_numbers_and_arrays_become_tensors(batch, values, dtype):
    out = default_collate(batch)
    assert out.tolist() == values
    assert out.dtype is getattr(torch, dtype)


def test_tensors_are_stacked_and_recorded():
    x = torch.ones(2, requires_grad=True)
    out = default_collate([x, x])
    out.sum().backward()
    assert out.shape == (2, 2)
    assert x.grad.tolist() == [2, 2]


@pytest.mark.parametrize("batch", [["a", "b"], [b"a"], [np.str_("a")]])
def test_strings_stay_as_they_are(batch):
    assert default_collate(batch) is batch


def test_containers_keep_their_type_but_tuples_become_lists():
    out = default_collate([{"a": (1, [2.0]), "p": Point(1, "s")}, {"a": (3, [4.0]), "p": Point(2, "t")}])
    assert list(out) == ["a", "p"]
    assert type(out["a"]) is list
    assert [out["a"][0].tolist(), out["a"][1][0].tolist()] == [[1, 3], [2, 4]]
    assert type(out["p"]) is Point
    assert out["p"].x.tolist() == [1, 2]
    assert out["p"].y == ("s", "t")


def test_a_mutable_mapping_is_copied_with_its_extras():
    class Named(OrderedDict):
        pass

    sample = Named(a=1)
    sample.name = "first"
    out = default_collate([sample, Named(a=2)])
    assert type(out) is Named
    assert out.name == "first"
    assert out["a"].tolist() == [1, 2]
    assert sample["a"] == 1


def test_a_sequence_that_cannot_be_made_becomes_a_list():
    out = default_collate([range(2), range(2)])
    assert type(out) is list
    assert [column.tolist() for column in out] == [[0, 0], [1, 1]]


@pytest.mark.parametrize("sample", [None, 1 + 2j, object(), {1}, np.datetime64("2020-01-01"), np.array(["a"])])
def test_what_cannot_be_collated_is_named(sample):
    with pytest.raises(
        TypeError, match="default_collate: batch must contain tensors, numpy arrays, numbers, dicts or lists"
    ):
        default_collate([sample])


def test_sizes_must_agree():
    with pytest.raises(RuntimeError, match="each element in list of batch should be of equal size"):
        default_collate([(1,), (2, 3)])
    with pytest.raises(RuntimeError, match="stack expects each tensor to be equal size"):
        default_collate([torch.ones(2), torch.ones(3)])


@pytest.mark.parametrize("value", [2**63, 2**70])
def test_ints_must_fit(value):
    with pytest.raises(ValueError, match="Overflow when unpacking long long"):
        default_collate([value])


def test_convert_turns_arrays_into_tensors_wherever_they_are():
    array = np.array([1.0, 2.0])
    out = default_convert({"a": array, "b": (np.float32(3), "s"), "p": Point(np.ones(1), None)})
    assert out["a"].array is array
    assert type(out["b"]) is list
    assert out["b"][0].dtype is torch.float32
    assert out["b"][1] == "s"
    assert isinstance(out["p"].x, torch.Tensor)
    assert out["p"].y is None


@pytest.mark.parametrize("data", [3, 2.5, "abc", b"abc", None, np.str_("a")])
def test_convert_leaves_everything_else(data):
    assert default_convert(data) is data


def test_convert_leaves_arrays_of_strings():
    data = np.array(["a"])
    assert default_convert(data) is data
    assert default_convert(range(2)) == [0, 1]


class Span:
    def __init__(self, start, end):
        self.start, self.end = start, end


def test_a_type_of_ones_own_can_be_added(monkeypatch):
    monkeypatch.setitem(default_collate_fn_map, Span, lambda batch, **_: sum(span.end - span.start for span in batch))
    loader = DataLoader([(1, Span(0, 3)), (2, Span(1, 2))], batch_size=2)
    assert [[numbers.tolist(), length] for numbers, length in loader] == [[[1, 2], 4]]


def test_bulk_batches_heed_what_is_made_of_tensors(monkeypatch):
    monkeypatch.setitem(default_collate_fn_map, torch.Tensor, lambda batch, **_: len(batch))
    assert list(DataLoader(TensorDataset(torch.ones(3)), batch_size=2)) == [[2], [1]]


def test_a_map_of_ones_own_goes_down_into_containers():
    functions = {int: lambda batch, *, collate_fn_map: (sum(batch), len(collate_fn_map)), str: lambda batch, **_: batch}
    assert collate([(1, {"a": [True]}), (2, {"a": [3]})], collate_fn_map=functions) == [(3, 2), {"a": [(4, 2)]}]
    with pytest.raises(TypeError, match="batch must contain tensors"):
        collate([1.5], collate_fn_map=functions)
