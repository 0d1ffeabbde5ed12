"""Recurrent layers: numbers worked out by hand, what packing, directions and memory promise."""

import copy
import gc
import math
import pickle

import numpy as np
import pytest

import minitorch
from minitorch import nn
from minitorch.nn.utils.rnn import pack_sequence, pad_sequence, unpack_sequence
from minitorch.ops import recurrent_parts

LAYERS = [nn.RNN, nn.LSTM, nn.GRU]


def draw(*shape, seed=0):
    return minitorch.from_numpy(np.random.default_rng(seed).standard_normal(shape))


def made(kind, *args, **kwargs):
    minitorch.manual_seed(1)
    return kind(*args, dtype=minitorch.float64, **kwargs)


def with_weights(module, value):
    with minitorch.no_grad():
        for parameter in module.parameters():
            parameter.fill_(value)
    return module


def sigmoid(x):
    return 1 / (1 + math.exp(-x))


def test_two_steps_of_an_rnn_by_hand():
    out, h = with_weights(nn.RNN(1, 1), 0.5)(minitorch.tensor([[1.0], [2.0]]))
    first = math.tanh(0.5 * 1 + 0.5 + 0.5)
    second = math.tanh(0.5 * 2 + 0.5 + 0.5 * first + 0.5)
    assert out.flatten().tolist() == pytest.approx([first, second])
    assert h.tolist() == [[out[1].item()]]


def test_two_steps_of_an_lstm_by_hand():
    out, (h, c) = with_weights(nn.LSTM(1, 1, bias=False), 0.5)(minitorch.tensor([[1.0], [2.0]]))
    state, cell = 0.0, 0.0
    for x in (1.0, 2.0):
        z = 0.5 * x + 0.5 * state
        cell = sigmoid(z) * cell + sigmoid(z) * math.tanh(z)
        state = sigmoid(z) * math.tanh(cell)
    assert (out[1].item(), h.item(), c.item()) == pytest.approx((state, state, cell))


def test_a_gru_keeps_its_state_where_the_update_gate_is_open():
    cell = with_weights(nn.GRUCell(2, 1), 0.0)
    with minitorch.no_grad():
        cell.bias_ih[1] = 100.0
    assert cell(minitorch.ones(1, 2), minitorch.tensor([[0.7]])).item() == pytest.approx(0.7)


@pytest.mark.parametrize("kind", LAYERS)
def test_saturated_gates_are_finite_in_silence(kind, recwarn):
    x = minitorch.full((3, 2, 4), 1e4).requires_grad_()
    for sign in (1.0, -1.0):
        out, _ = with_weights(kind(4, 5), sign)(x)
        out.sum().backward()
        assert np.isfinite(out.detach().numpy()).all()
        assert np.isfinite(x.grad.numpy()).all()
    assert not recwarn.list


@pytest.mark.parametrize("kind", LAYERS)
def test_packed_sequences_are_run_as_if_each_were_alone(kind):
    layer = made(kind, 4, 3, num_layers=2, bidirectional=True)
    sequences = [draw(n, 4, seed=n) for n in (2, 5, 1, 5)]
    out, states = layer(pack_sequence(sequences, enforce_sorted=False))
    h = states[0] if kind is nn.LSTM else states
    for k, (sequence, part) in enumerate(zip(sequences, unpack_sequence(out), strict=True)):
        alone, last = layer(sequence)
        np.testing.assert_allclose(part.detach().numpy(), alone.detach().numpy(), atol=1e-12)
        last = last[0] if kind is nn.LSTM else last
        np.testing.assert_allclose(h[:, k].detach().numpy(), last.detach().numpy(), atol=1e-12)


@pytest.mark.parametrize("kind", LAYERS)
def test_the_second_direction_is_the_first_on_the_reversed_sequence(kind):
    both, one = made(kind, 4, 3, bidirectional=True), made(kind, 4, 3)
    one.load_state_dict({k.removesuffix("_reverse"): v for k, v in both.state_dict().items() if k.endswith("_reverse")})
    x = draw(5, 2, 4)
    backward = both(x)[0][..., 3:]
    np.testing.assert_allclose(backward.detach().numpy(), one(x.flip(0))[0].flip(0).detach().numpy(), atol=1e-12)


@pytest.mark.parametrize("kind", LAYERS)
def test_batch_first_only_exchanges_dims(kind):
    layer, other = made(kind, 4, 3, batch_first=True), made(kind, 4, 3)
    x = draw(2, 5, 4)
    np.testing.assert_array_equal(
        layer(x)[0].detach().numpy(), other(x.transpose(0, 1))[0].transpose(0, 1).detach().numpy()
    )


@pytest.mark.parametrize("kind", LAYERS)
def test_cells_step_by_step_are_the_layer(kind):
    layer, x = made(kind, 4, 3), draw(5, 2, 4)
    cell = made({nn.RNN: nn.RNNCell, nn.LSTM: nn.LSTMCell, nn.GRU: nn.GRUCell}[kind], 4, 3)
    assert [k.removesuffix("_l0") for k in layer.state_dict()] == list(cell.state_dict())
    state = None
    for step in x:
        state = cell(step, state)
    h = state[0] if kind is nn.LSTM else state
    np.testing.assert_allclose(h.detach().numpy(), layer(x)[0][-1].detach().numpy(), atol=1e-12)


@pytest.mark.parametrize("kind", LAYERS)
def test_results_may_be_written_to_before_the_backward_pass(kind):
    """Nothing that the backward pass needs lies in the memory of a result, nor of the states that were given."""
    layer, x = made(kind, 4, 3), draw(5, 2, 4)
    h = draw(1, 2, 3)
    found = []
    for spoil in (False, True):
        layer.zero_grad()
        out, last = layer(x, (h, h) if kind is nn.LSTM else h)
        states = last if kind is nn.LSTM else (last,)
        loss = out.sum() + sum((k + 2) * s.sum() for k, s in enumerate(states))
        if spoil:
            with minitorch.no_grad():
                out.fill_(9.0)
                for s in states:
                    s.fill_(9.0)
        loss.backward()
        found.append([p.grad.tolist() for p in layer.parameters()])
    assert found[0] == found[1]
    assert np.array_equal(h.numpy(), draw(1, 2, 3).numpy())


@pytest.mark.parametrize("kind", [nn.LSTM, nn.GRU])
def test_memory_is_used_again_only_when_its_graph_is_gone(kind):
    layer, x = made(kind, 4, 3), draw(5, 2, 4)

    def gradient(out, keep=False):
        layer.zero_grad()
        out[0].sum().backward(retain_graph=keep)
        return layer.weight_hh_l0.grad.tolist()

    expected = gradient(layer(x))
    first, second = layer(x), layer(x * 2)  # alive at once: each has its own
    other = gradient(second)
    layer(x * 3)
    assert gradient(first, keep=True) == expected
    layer(x * 3)
    assert gradient(first) == expected
    assert gradient(layer(x * 2)) == other


def test_memory_that_is_kept_is_bounded():
    gc.collect()
    for n in range(1, 30):
        nn.GRU(2, 4)(minitorch.zeros(n, 2, 2))
    assert len(recurrent_parts._free) <= 8
    large = recurrent_parts.Room(np.float64, (recurrent_parts.LARGEST // 8 + 1,))
    memory = large.memory
    del large
    assert all(piece is not memory for piece in recurrent_parts._free)


@pytest.mark.parametrize("kind", LAYERS)
def test_copies_and_pickles_compute_the_same(kind):
    layer, x = made(kind, 4, 3, num_layers=2), draw(5, 2, 4)
    expected = layer(x)[0].tolist()
    for other in (copy.deepcopy(layer), pickle.loads(pickle.dumps(layer))):
        assert other(x)[0].tolist() == expected
        assert other.all_weights[1][0] is other.weight_ih_l1


def test_a_frozen_weight_gets_no_gradient_and_changes_no_other():
    layer, x = made(nn.LSTM, 4, 3, proj_size=2), draw(5, 2, 4)
    layer(x)[0].sum().backward()
    expected = {name: p.grad.tolist() for name, p in layer.named_parameters()}
    for name, parameter in layer.named_parameters():
        layer.zero_grad()
        parameter.requires_grad_(False)
        layer(x)[0].sum().backward()
        parameter.requires_grad_()
        assert parameter.grad is None
        assert all(p.grad.tolist() == expected[n] for n, p in layer.named_parameters() if n != name)


def test_an_lstm_learns_to_remember_its_first_input():
    minitorch.manual_seed(0)
    layer, head = nn.LSTM(1, 8), nn.Linear(8, 1)
    optimizer = minitorch.optim.Adam([*layer.parameters(), *head.parameters()], lr=0.03)
    x = minitorch.randn(6, 64, 1)
    losses = []
    for _ in range(100):
        optimizer.zero_grad()
        loss = nn.functional.mse_loss(head(layer(x)[0][-1]), x[0])
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert losses[-1] < 0.1 * losses[0]


def test_padding_makes_no_graph_of_its_own():
    pieces = [minitorch.ones(2), minitorch.ones(3)]
    assert not pad_sequence(pieces).requires_grad
    pieces[0].requires_grad_()
    pad_sequence(pieces).sum().backward()
    assert pieces[0].grad.tolist() == [1.0, 1.0]
    assert pieces[1].grad is None
