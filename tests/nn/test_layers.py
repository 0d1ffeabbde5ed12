"""Layers: numbers worked out by hand, modes, and messages that help."""

import inspect
import math
import typing

import numpy as np
import pytest

import minitorch
from minitorch import nn

F = nn.functional


def test_linear_is_the_affine_map():
    layer = nn.Linear(2, 1)
    with minitorch.no_grad():
        layer.weight.copy_(minitorch.tensor([[2.0, 3.0]]))
        layer.bias.fill_(1.0)
    assert layer(minitorch.tensor([[1.0, 10.0]])).tolist() == [[33.0]]


def test_initial_weights_of_linear_lie_within_their_bound():
    layer = nn.Linear(100, 50)
    for parameter in layer.parameters():
        assert 0.08 < float(parameter.abs().max()) <= 0.1


def test_batch_norm_learns_statistics_in_training_and_uses_them_in_evaluation():
    layer = nn.BatchNorm1d(1, momentum=0.5)
    x = minitorch.tensor([[0.0], [2.0]])
    assert layer(x).tolist() == pytest.approx(np.array([[-1.0], [1.0]]), abs=1e-4)
    assert layer.running_mean.tolist() == [0.5]
    assert layer.running_var.tolist() == [1.5]  # half of 1, half of the unbiased 2
    assert layer.num_batches_tracked.item() == 1
    layer.eval()
    assert layer(x)[1, 0].item() == pytest.approx(1.5 / math.sqrt(1.5), abs=1e-4)
    assert layer.num_batches_tracked.item() == 1


def test_batch_norm_without_momentum_averages_over_all_batches():
    layer = nn.BatchNorm1d(1, momentum=None)
    for value in (1.0, 3.0, 8.0):
        layer(minitorch.tensor([[value - 1], [value + 1]]))
    assert layer.running_mean.item() == pytest.approx(4.0)


def test_a_batch_norm_needs_more_than_one_value():
    with pytest.raises(ValueError, match="Expected more than 1 value per channel when training"):
        nn.BatchNorm1d(3)(minitorch.ones(1, 3))


def test_dropout_keeps_the_mean_and_rests_in_evaluation():
    layer, x = nn.Dropout(0.25), minitorch.ones(100, 100)
    dropped = layer(x)
    assert np.unique(dropped.array).tolist() == pytest.approx([0.0, 4 / 3])
    assert float(dropped.mean()) == pytest.approx(1.0, abs=0.03)
    assert layer.eval()(x) is x


def test_dropout2d_drops_whole_channels():
    out = nn.Dropout2d(0.5)(minitorch.ones(8, 8, 3, 3)).array
    assert set(np.unique(out)) == {0.0, 2.0}
    assert (out == out[:, :, :1, :1]).all()


def test_the_padding_row_of_an_embedding_gets_no_gradient():
    table = nn.Embedding(4, 2, padding_idx=-1)
    assert table.padding_idx == 3
    assert table.weight[3].tolist() == [0.0, 0.0]
    table(minitorch.tensor([3, 1, 1])).sum().backward()
    assert table.weight.grad.tolist() == [[0.0, 0.0], [2.0, 2.0], [0.0, 0.0], [0.0, 0.0]]


def test_an_embedding_outside_the_table_says_which():
    with pytest.raises(IndexError, match="index out of range in self: 7 is not a row of a table of 4"):
        nn.Embedding(4, 2)(minitorch.tensor([1, 7]))
    with pytest.raises(IndexError, match="-1 is not a row"):
        nn.Embedding(4, 2)(minitorch.tensor([-1]))


def test_a_pretrained_embedding_is_frozen():
    table = nn.Embedding.from_pretrained(minitorch.ones(3, 2))
    assert not table.weight.requires_grad
    assert nn.Embedding.from_pretrained(minitorch.ones(3, 2), freeze=False).weight.requires_grad


def test_same_padding_keeps_the_size_for_even_kernels_too():
    for kernel in (2, 3, 4):
        assert nn.Conv2d(1, 1, kernel, padding="same", dilation=2)(minitorch.ones(1, 9, 8)).shape == (1, 9, 8)


def test_a_transposed_convolution_reaches_the_size_asked_for():
    layer = nn.ConvTranspose2d(1, 1, 3, stride=2)
    assert layer(minitorch.ones(1, 1, 4, 4), output_size=(10, 9)).shape == (1, 1, 10, 9)


def test_max_pool_gives_the_places_of_the_maxima():
    values, places = nn.MaxPool2d(2, return_indices=True)(minitorch.tensor([[[1.0, 5.0], [2.0, 3.0]]]))
    assert values.tolist() == [[[5.0]]]
    assert places.tolist() == [[[1]]]


def test_in_place_activations_write_into_their_input():
    for layer in (nn.ReLU(inplace=True), nn.ELU(inplace=True), nn.Hardtanh(-9.0, 0.0, inplace=True)):
        x = minitorch.tensor([-1.0, 2.0])
        assert layer(x) is x
    leaf = minitorch.ones(2, requires_grad=True)
    with pytest.raises(RuntimeError, match="a leaf Variable that requires grad is being used in an in-place operation"):
        nn.ReLU(inplace=True)(leaf)


def test_an_unknown_reduction_offers_the_nearest_one():
    with pytest.raises(ValueError, match="meen is not a valid value for reduction; did you mean 'mean'"):
        nn.MSELoss(reduction="meen")(minitorch.ones(1), minitorch.ones(1))


def test_a_broadcast_target_is_warned_of():
    with pytest.warns(UserWarning, match="Using a target size .* that is different to the input size"):
        F.mse_loss(minitorch.ones(3, 1), minitorch.ones(3))


def test_class_weights_are_state():
    loss = nn.CrossEntropyLoss(weight=minitorch.tensor([1.0, 2.0]))
    assert list(loss.state_dict()) == ["weight"]
    assert nn.CrossEntropyLoss().state_dict() == {}


def test_gradients_of_a_float32_network_are_float32():
    net = nn.Sequential(
        nn.Conv1d(2, 4, 3, padding=1), nn.BatchNorm1d(4), nn.GELU(), nn.AvgPool1d(2), nn.Flatten(), nn.LayerNorm(8),
        nn.Linear(8, 3), nn.Softplus(),
    )  # fmt: skip
    x = minitorch.randn(5, 2, 4, requires_grad=True)
    loss = F.huber_loss(net(x), minitorch.ones(5, 3), delta=0.3)
    loss.backward()
    assert {str(t.dtype) for t in (loss, x.grad, *(p.grad for p in net.parameters()))} == {"torch.float32"}


def layers():
    return [thing for name, thing in vars(nn).items() if inspect.isclass(thing) and issubclass(thing, nn.Module)]


@pytest.mark.parametrize("layer", layers(), ids=lambda c: c.__name__)
def test_every_setting_has_a_type(layer):
    """Configuration schemas are made from the constructors' annotations."""
    signature = inspect.signature(layer.__init__)
    hints = typing.get_type_hints(layer.__init__)
    variadic = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    named = [p.name for p in signature.parameters.values() if p.kind not in variadic and p.name != "self"]
    assert [name for name in named if name not in hints] == []
