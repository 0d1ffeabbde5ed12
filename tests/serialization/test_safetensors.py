"""safetensors files: bit for bit, with metadata, shared weights, and clear errors."""

import io

import numpy as np
import pytest

import minitorch as torch
from minitorch import nn
from minitorch.serialization import safetensors


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", "complex64", "int64", "uint8", "uint16", "bool"])
@pytest.mark.parametrize("view", [lambda a: a, lambda a: a.T, lambda a: a[::2, 1:], lambda a: a[1, 1]])
def test_every_dtype_and_layout(tmp_path, dtype, view):
    t = view(torch.from_numpy(np.arange(12).reshape(3, 4).astype(dtype)))
    safetensors.save_file({"t": t}, tmp_path / "a.safetensors", {"format": "pt", "note": "ä"})
    (back,) = safetensors.load_file(tmp_path / "a.safetensors").values()
    assert back.dtype is t.dtype
    assert back.shape == t.shape
    assert torch.equal(back, t)
    assert safetensors.load_metadata(tmp_path / "a.safetensors") == {"format": "pt", "note": "ä"}
    back.fill_(1)  # ours to change


class Tied(nn.Module):
    """An embedding that is the last layer's weight too."""

    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(5, 3)
        self.last = nn.Linear(3, 5)
        self.last.weight = self.embedding.weight


def test_models_with_shared_weights(tmp_path):
    one, two = Tied(), Tied()
    with pytest.raises(RuntimeError, match="Some tensors share memory"):
        safetensors.save_file(one.state_dict(), tmp_path / "a.safetensors")
    safetensors.save_model(one, tmp_path / "a.safetensors")
    assert sorted(safetensors.load_file(tmp_path / "a.safetensors")) == ["embedding.weight", "last.bias"]
    assert safetensors.load_model(two, tmp_path / "a.safetensors") == ([], [])
    assert torch.equal(one.last.weight, two.last.weight)
    assert two.last.weight is two.embedding.weight
    with pytest.raises(RuntimeError, match=r"missing keys \['weight', 'bias'\]"):
        safetensors.load_model(nn.Linear(3, 5), tmp_path / "a.safetensors")


def test_errors(tmp_path):
    with pytest.raises(ValueError, match=r"Key `a` is invalid, expected torch\.Tensor but received int"):
        safetensors.save({"a": 1})
    with pytest.raises(ValueError, match="Expected a dict"):
        safetensors.save([torch.ones(1)])
    with pytest.raises(TypeError, match="metadata"):
        safetensors.save({}, {"a": 1})
    whole = safetensors.save({"a": torch.ones(3)})
    for content in (b"", whole[:-1], whole[:20], b"x" * 100):
        (tmp_path / "a").write_bytes(content)
        with pytest.raises(RuntimeError, match="no safetensors file"):
            safetensors.load_file(tmp_path / "a")
    with pytest.raises(RuntimeError, match="no safetensors file"):
        safetensors.load_metadata(tmp_path / "a")
    with pytest.raises(FileNotFoundError):
        safetensors.load_file(tmp_path / "b")
    with pytest.raises(RuntimeError, match="cuda"):
        safetensors.load_file(tmp_path / "a", device="cuda")
    half = torch.zeros(4)
    model = nn.Module()
    model.register_buffer("a", half)
    model.register_buffer("b", half[:2])
    with pytest.raises(RuntimeError, match="in part"):
        safetensors.save_model(model, io.BytesIO())
