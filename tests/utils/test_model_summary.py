"""The table of a model's layers, its parameter counts and multiply-adds."""

import pytest

import minitorch as torch
from minitorch import nn
from minitorch.utils import count_parameters, summary


def rows(found):
    return {layer.name: layer for layer in found.layers}


def test_cnn_by_hand():
    model = nn.Sequential(
        nn.Conv2d(3, 8, 3, padding=1), nn.BatchNorm2d(8), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(8 * 16, 5)
    )
    model[5].bias.requires_grad_(False)
    model[1].eval()
    mean = model[1].running_mean.clone()
    found = summary(model, (2, 3, 8, 8))
    layers = rows(found)
    assert layers["0"].output_shape == [2, 8, 8, 8]
    assert layers["0"].parameters == 3 * 8 * 9 + 8
    assert layers["0"].multiply_adds == 2 * 8 * 64 * 3 * 9
    assert layers["5"].multiply_adds == 2 * 5 * 128
    assert (layers["5"].parameters, layers["5"].trainable) == (128 * 5 + 5, 128 * 5)
    assert found.total_params == count_parameters(model) == 224 + 16 + 645
    assert found.trainable_params == count_parameters(model, trainable_only=True) == 224 + 16 + 640
    assert found.total_mult_adds == layers["0"].multiply_adds + layers["5"].multiply_adds
    assert model.training
    assert not model[1].training
    assert torch.equal(model[1].running_mean, mean)
    assert not model[0]._forward_hooks


@pytest.mark.parametrize(
    ("layer", "shape", "expected"),
    [
        (nn.Conv1d(4, 6, 3, groups=2), (2, 4, 9), 2 * 6 * 7 * 2 * 3),
        (nn.ConvTranspose2d(4, 6, 3, stride=2), (2, 4, 5, 5), 2 * 4 * 25 * 6 * 9),
        (nn.LSTM(3, 4, num_layers=2), (5, 2, 3), 10 * (16 * 3 + 16 * 4 + 16 * 4 + 16 * 4)),
        (nn.GRU(3, 4, bidirectional=True), (5, 2, 3), 10 * 2 * (12 * 3 + 12 * 4)),
        (nn.LayerNorm(3), (5, 3), 0),
    ],
    ids=lambda value: type(value).__name__,
)
def test_multiply_adds(layer, shape, expected):
    assert summary(layer, shape).total_mult_adds == expected


def test_attention_multiply_adds():
    x = torch.zeros(2, 5, 8)
    found = summary(nn.MultiheadAttention(8, 2, batch_first=True), input_data=(x, x, x))
    assert found.total_mult_adds == 2 * (4 * 5 * 64 + 2 * 25 * 8)
    assert found.layers[0].output_shape == ([2, 5, 8], [2, 5, 5])


class Shared(nn.Module):
    def __init__(self):
        super().__init__()
        self.once = nn.Linear(4, 4)
        self.scale = nn.Parameter(torch.ones(4))

    def forward(self, x, y=None):
        return {"out": self.once(self.once(x)) * self.scale, "other": (x, y)}


def test_layers_called_twice_count_once():
    found = summary(Shared(), input_data={"x": torch.ones(1, 4), "y": torch.ones(3)})
    assert [layer.name for layer in found.layers] == ["", "once", "once"]
    assert found.layers[2].reused
    assert sum(layer.parameters for layer in found.layers) == found.total_params == 24
    assert found.total_mult_adds == 32
    assert found.layers[0].output_shape == {"out": [1, 4], "other": ([1, 4], [3])}
    assert "(reused)" in str(found)


def test_depth_adds_up_what_is_below():
    block = nn.Sequential(nn.Linear(4, 4), nn.Sequential(nn.Linear(4, 2)))
    lines = str(summary(nn.Sequential(block, nn.ReLU()), (1, 4), depth=1)).splitlines()
    assert lines[3].split() == ["0", "(Sequential)", "[1,", "2]", "30", "24"]
    assert "Linear" not in str(lines)


def test_without_an_input():
    found = summary(nn.Sequential(nn.Linear(4, 4), nn.ReLU()))
    assert [layer.parameters for layer in found.layers] == [0, 20, 0]
    assert "--" in str(found)
    assert found.total_mult_adds == 0


def test_several_inputs_with_dtypes():
    class Two(nn.Module):
        def __init__(self):
            super().__init__()
            self.embedding = nn.Embedding(5, 3)

        def forward(self, index, x):
            return self.embedding(index) + x

    assert summary(Two(), [(2,), (2, 3)], dtypes=[torch.int64, torch.float32]).layers[0].output_shape == [2, 3]
    with pytest.raises(ValueError, match="1 for 2"):
        summary(Two(), [(2,), (2, 3)], dtypes=[torch.int64])


def test_wrong_calls():
    with pytest.raises(TypeError, match="takes a Module"):
        summary(3, (1,))
    with pytest.raises(ValueError, match="got both"):
        summary(nn.ReLU(), (1,), torch.ones(1))
    model = nn.Linear(2, 2)
    with pytest.raises(RuntimeError):
        summary(model, (1, 3))
    assert not model._forward_hooks
    assert model.training
