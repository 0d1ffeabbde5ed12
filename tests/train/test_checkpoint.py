"""The checkpoint file: what goes in comes out, bit for bit, and is never half there."""

import json
import math
from collections import Counter, OrderedDict

import numpy as np
import pytest

import minitorch
from minitorch.train import checkpoint


def through_a_file(tmp_path, value):
    checkpoint.save(tmp_path / "a.safetensors", {"value": value})
    return checkpoint.load(tmp_path / "a.safetensors")["value"]


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        3,
        10**30,
        0.1 + 0.2,
        -0.0,
        math.inf,
        "text",
        [1, [2, (3, "x")]],
        {"a": 1, "b": {}},
        {0: "integer keys", (1, 2): "tuples"},
        {"$float": "looks like a mark"},
        Counter({3: 2}),
        OrderedDict(b=1, a=2),
        (),
    ],
    ids=repr,
)
def test_plain_values(tmp_path, value):
    back = through_a_file(tmp_path, value)
    assert back == value
    assert type(back) is type(value)
    assert repr(back) == repr(value)


def test_nan(tmp_path):
    assert math.isnan(through_a_file(tmp_path, math.nan))


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", "int64", "uint8", "bool"])
@pytest.mark.parametrize("shape", [(), (0, 3), (2, 3)])
def test_tensors(tmp_path, dtype, shape):
    array = np.arange(math.prod(shape)).reshape(shape).astype(dtype)
    back = through_a_file(tmp_path, minitorch.from_numpy(array))
    assert isinstance(back, minitorch.Tensor)
    assert back.array.dtype == array.dtype
    assert back.array.shape == shape
    np.testing.assert_array_equal(back.array, array)


@pytest.mark.parametrize("view", [lambda a: a.T, lambda a: a[::2, 1:], np.asfortranarray, lambda a: a[::-1]])
def test_arrays_that_are_not_contiguous(tmp_path, view):
    array = view(np.arange(12.0).reshape(3, 4))
    np.testing.assert_array_equal(through_a_file(tmp_path, array), array)


def test_numpy_scalars(tmp_path):
    back = through_a_file(tmp_path, np.float32(0.1))
    assert type(back) is np.float32
    assert back == np.float32(0.1)


def test_the_same_state_gives_the_same_bytes(tmp_path):
    state = {f"tensor{i}": minitorch.full((i,), float(i)) for i in range(20)} | {"n": 1}
    for name in "ab":
        checkpoint.save(tmp_path / name, state)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_safetensors_and_json_can_read_it(tmp_path):
    from safetensors import safe_open

    checkpoint.save(tmp_path / "a", {"model": {"weight": minitorch.ones(2)}, "step": 3})
    with safe_open(tmp_path / "a", "numpy") as file:
        assert file.get_tensor("model.weight").tolist() == [1, 1]
        assert json.loads(file.metadata()["minitorch"])["step"] == 3


@pytest.mark.parametrize("value", [object(), {1, 2}, lambda: 0])
def test_what_cannot_be_kept_is_named(tmp_path, value):
    with pytest.raises(TypeError, match=r"cannot hold outer\.1 "):
        checkpoint.save(tmp_path / "a", {"outer": [0, value]})
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("content", [b"", b"rubbish", b"\x08\0\0\0\0\0\0\0{}      "])
def test_a_file_of_something_else(tmp_path, content):
    (tmp_path / "a").write_bytes(content)
    with pytest.raises(ValueError, match="not a checkpoint of minitorch"):
        checkpoint.load(tmp_path / "a")


def test_a_failed_write_leaves_the_old_one(tmp_path, monkeypatch):
    checkpoint.save(tmp_path / "a", {"step": 1})

    def full_disk(handle):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full_disk)
    with pytest.raises(OSError, match="No space"):
        checkpoint.save(tmp_path / "a", {"step": 2})
    assert checkpoint.load(tmp_path / "a") == {"step": 1}
