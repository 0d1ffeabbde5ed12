"""Recurrent layers, their cells and packed sequences against PyTorch: weights from one seed, derivatives, errors."""

import warnings

import numpy as np
import pytest

import minitorch
import minitorch.nn

torch = pytest.importorskip("torch", reason="PyTorch is the oracle: pip install minitorch[oracle]")

from tests.oracle.compare import agree, agree_on_error, same  # noqa: E402

TIGHT = (1e-10, 1e-10)
LENGTHS = [2, 5, 3]  # of three sequences; the longest is not the first


def draw(*shape, seed=0, dtype=np.float64):
    return np.random.default_rng(seed).standard_normal(shape).astype(dtype)


def flat(value):
    """The tensors of nested results in order."""
    if isinstance(value, (tuple, list)):
        return [t for part in value for t in flat(part)]
    return [] if value is None else [value]


def layer(T, text, training=True):
    T.manual_seed(3)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # dropout with one layer
        return eval("nn." + text, {"nn": T.nn, "T": T}).train(training)


def states_of(T, module, batch, dtype):
    """Initial states that require grad."""
    if isinstance(module, T.nn.RNNBase):
        count = module.num_layers * (2 if module.bidirectional else 1)
        batch = () if batch is None else (batch,)
        shapes = [(count, *batch, module.proj_size or module.hidden_size), (count, *batch, module.hidden_size)]
    else:
        shapes = [(module.hidden_size,) if batch is None else (batch, module.hidden_size)] * 2
    found = [T.from_numpy(draw(*s, seed=k, dtype=dtype)).requires_grad_() for k, s in enumerate(shapes)]
    return tuple(found) if isinstance(module, (T.nn.LSTM, T.nn.LSTMCell)) else found[0]


def everything(T, text, kind, dtype=np.float64, order=2):
    """A layer's weights, outputs and derivatives for one kind of input."""
    module = layer(T, text)
    first = getattr(module, "batch_first", False)
    sizes = {"padded": (3, 5) if first else (5, 3), "unbatched": (5,), "rows": (3,), "row": ()}
    shape = sizes["padded" if kind in ("packed", "states") else kind]
    x = T.from_numpy(draw(*shape, 4, seed=5, dtype=dtype)).requires_grad_()
    given = x
    if kind == "packed":
        given = T.nn.utils.rnn.pack_padded_sequence(x, T.tensor(LENGTHS), first, enforce_sorted=False)
    hx = None
    if kind != "padded":
        hx = states_of(T, module, None if kind in ("unbatched", "row") else 3, dtype)
    T.manual_seed(11)  # dropout
    result = module(given) if hx is None else module(given, hx)
    outs = flat(result)
    leaves = [x, *flat(hx), *module.parameters()]
    found = [list(module.parameters()), outs]
    live = [t for t in outs if t.requires_grad]
    for k in range(1, order + 1):
        weights = [T.from_numpy(draw(*t.shape, seed=20 + k, dtype=dtype)) for t in live]
        live = T.autograd.grad(live, leaves, weights, create_graph=k < order, materialize_grads=True)
        found.append(live)
        live = [t for t in live if t.requires_grad]
    return module, found


LAYERS = [
    "RNN(4, 3{})",
    "RNN(4, 3, 2, 'relu', bidirectional=True{})",
    "RNN(4, 3, bias=False, batch_first=True{})",
    "LSTM(4, 3{})",
    "LSTM(4, 3, 2, dropout=0.4, bidirectional=True{})",
    "LSTM(4, 3, 2, bias=False, batch_first=True{})",
    "LSTM(4, 3, 2, proj_size=2, bidirectional=True{})",
    "GRU(4, 3{})",
    "GRU(4, 3, 2, dropout=0.4, bidirectional=True{})",
    "GRU(4, 3, bias=False, batch_first=True{})",
]
CELLS = ["RNNCell(4, 3{})", "RNNCell(4, 3, False, 'relu'{})", "LSTMCell(4, 3{})", "LSTMCell(4, 3, False{})"]
CELLS += ["GRUCell(4, 3{})", "GRUCell(4, 3, bias=False{})"]
KINDS = [(text, kind) for text in LAYERS for kind in ("padded", "states", "packed", "unbatched")]
KINDS += [(text, kind) for text in CELLS for kind in ("rows", "row")]


@pytest.mark.parametrize(("text", "kind"), KINDS)
def test_outputs_and_both_derivatives(text, kind):
    text = text.format(", dtype=T.float64")
    (theirs, expected), (ours, found) = (everything(T, text, kind) for T in (torch, minitorch))
    assert repr(ours) == repr(theirs)
    assert list(ours.state_dict()) == list(theirs.state_dict())
    for what, a, b in zip(("weights", "results", "gradients", "second derivatives"), expected, found, strict=True):
        same(a, b, what, TIGHT)


@pytest.mark.parametrize("text", [*LAYERS[:2], *LAYERS[3:5], *LAYERS[6:9], *CELLS[::2]])
@pytest.mark.filterwarnings("ignore:LSTM with projections")
def test_float32(text):
    """PyTorch has other kernels for this; the weights and the dropout are the same for one seed."""
    text = text.format("")
    for kind in ("states", "packed") if "Cell" not in text else ("rows",):
        (_, expected), (_, found) = (everything(T, text, kind, np.float32, 1) for T in (torch, minitorch))
        for what, a, b in zip(("weights", "results", "gradients"), expected, found, strict=True):
            same(a, b, what)


def test_functions_of_cells():
    x, h, c = draw(2, 4), draw(2, 3), draw(2, 3, seed=1)

    def weights(gates):
        return [draw(gates * 3, *rest, seed=k) for k, rest in enumerate(((4,), (3,), (), ()))]

    agree(lambda T, x, h, c, *ws: T.lstm_cell(x, (h, c), *ws), x, h, c, *weights(4))
    agree(lambda T, x, h, c, *ws: T.lstm_cell(x, [h, c], *ws), x, h, c, *weights(4)[:2])
    agree(lambda T, x, h, w, u, b, d: T.gru_cell(input=x, hx=h, w_ih=w, w_hh=u, b_ih=b, b_hh=d), x, h, *weights(3))
    agree(lambda T, *xs: T.gru_cell(*xs), x, h, *weights(3)[:3])  # one bias alone
    agree(lambda T, x, h, w, u, b: T.gru_cell(x, h, w, u, None, b), x, h, *weights(3)[:3])
    agree(lambda T, *xs: T.rnn_tanh_cell(*xs), x, h, *weights(1)[:3])
    agree(lambda T, *xs: T.rnn_relu_cell(*xs), x, h, *weights(1))
    agree_on_error(lambda T, x, h, *ws: T.lstm_cell(x, (h,), *ws), x, h, *weights(4), match="expects two hidden states")
    agree_on_error(lambda T, *xs: T.gru_cell(*xs), x, h, *weights(4), match="weight_ih first dim must be 3 * hidden")


def packing(T):
    """Results of the functions for packed and padded sequences."""
    R = T.nn.utils.rnn
    x, flat_x = T.from_numpy(draw(5, 4, 2)), T.arange(20).reshape(4, 5)
    pieces = [T.from_numpy(draw(n, 2, seed=n)) for n in (3, 1, 4)]
    yield R.pack_padded_sequence(x, [5, 3, 3, 1])
    yield R.pack_padded_sequence(x, [4, 4, 2, 2])
    packed = R.pack_padded_sequence(flat_x, T.tensor([2, 4, 1, 4]), batch_first=True, enforce_sorted=False)
    yield packed
    yield R.pad_packed_sequence(packed)
    yield R.pad_packed_sequence(packed, batch_first=True, padding_value=-1, total_length=6)
    yield [R.pad_sequence(pieces, b, 7.0, side) for b in (False, True) for side in ("left", "right")]
    yield R.pack_sequence(pieces, enforce_sorted=False)
    yield R.unpack_sequence(R.pack_sequence(pieces, enforce_sorted=False))
    yield R.unpad_sequence(R.pad_sequence(pieces, batch_first=True), T.tensor([3, 1, 4]), batch_first=True)
    yield packed.double().to(T.float32).long().int()
    yield R.PackedSequence((pieces[0], T.tensor([2, 1])))
    yield [R.invert_permutation(T.tensor([2, 0, 1])), R.invert_permutation(None)]


def test_packing():
    for a, b in zip(packing(torch), packing(minitorch), strict=True):
        assert type(a).__name__ == type(b).__name__
        same(a, b)
        assert repr(a) == repr(b)


def test_gradients_pass_through_packing():
    def round_trip(T, x, *pieces):
        R = T.nn.utils.rnn
        packed = R.pack_padded_sequence(x, LENGTHS, True, False)
        padded, lengths = R.pad_packed_sequence(R.PackedSequence(packed.data * packed.data, *packed[1:]))
        return packed.data, padded, lengths, R.pad_sequence(pieces), R.unpack_sequence(R.pack_sequence(pieces, False))

    agree(round_trip, draw(3, 5, 2), draw(2, 3), draw(4, 3), draw(1, 3))


ZEROS = np.zeros((2, 2, 4))
WRONG_LAYERS = {
    "nn.LSTM(4, 3, dropout=1.5)": "dropout should be a number in range [0, 1]",
    "nn.LSTM(4, 3, dropout=True)": "dropout should be a number",
    "nn.LSTM(4, 3, bias=1)": "bias should be of type bool, got: int",
    "nn.GRU(4, 3, batch_first=1)": "batch_first should be of type bool, got: int",
    "nn.GRU(4, 3, num_layers=0)": "num_layers must be greater than zero",
    "nn.GRU(4.0, 3)": "input_size should be of type int, got: float",
    "nn.RNN(4, 0)": "hidden_size must be greater than zero",
    "nn.LSTM(4, 3, proj_size=-1)": "proj_size should be a positive integer or zero",
    "nn.LSTM(4, 3, proj_size=3)": "proj_size has to be smaller than hidden_size",
    "nn.RNN(4, 3, proj_size=2)": "proj_size argument is only supported for LSTM, not RNN or GRU",
    "nn.GRU(4, 3, hidden=2)": "got an unexpected keyword argument 'hidden'",
    "nn.RNN(4, 3, nonlinearity='selu')": "Unknown nonlinearity 'selu'. Select from 'tanh' or 'relu'.",
    "nn.RNNBase('X', 4, 3)": "Unrecognized RNN mode: X",
    "nn.LSTM(4, 3)(x.double())": "RNN input dtype (torch.float64) does not match weight dtype (torch.float32)",
    "nn.LSTM(4, 3)(x[0, 0])": "LSTM: Expected input to be 2D or 3D, got 1D",
    "nn.RNN(4, 3)(T.zeros(1, 2, 3, 4))": "RNN: Expected input to be 2D or 3D, got 4D",
    "nn.LSTM(5, 3)(x)": "input.size(-1) must be equal to input_size. Expected 5, got 4",
    "nn.LSTM(4, 3)(x, (x[0], x[0]))": "For batched 3-D input, hx and cx should also be 3-D but got (2-D, 2-D) tensors",
    "nn.GRU(4, 3)(x[0], x)": "For unbatched 2-D input, hx should also be 2-D but got 3-D tensor",
    "nn.LSTM(4, 3)(x, (T.zeros(1, 3, 3), T.zeros(1, 2, 3)))": "Expected hidden[0] size (1, 2, 3), got [1, 3, 3]",
    "nn.LSTM(4, 3)(x, (T.zeros(1, 2, 3), T.zeros(1, 2, 4)))": "Expected hidden[1] size (1, 2, 3), got [1, 2, 4]",
    "nn.LSTM(4, 3)(x, T.zeros(1, 2, 3))": "index 1 is out of bounds",
    "nn.GRU(4, 3)(x, T.zeros(2, 2, 3))": "Expected hidden size (1, 2, 3), got [2, 2, 3]",
    "nn.GRU(4, 3)(x, T.zeros(1, 2, 3).double())": "mat1 and mat2 must have the same dtype",
    "nn.GRU(4, 3)(T.zeros(0, 2, 4))": "Expected sequence length to be larger than 0 in RNN",
    "nn.RNNBase('GRU', 4, 3)(x)": "",
    "nn.GRU(4, 3)(R.PackedSequence(x[0], T.tensor([1, 2])))": "",
    "nn.GRU(4, 3)(R.PackedSequence(x[0], T.tensor([2, 2])))": "",
    "nn.GRUCell(4, 3)(x)": "GRUCell: Expected input to be 1D or 2D, got 3D instead",
    "nn.LSTMCell(4, 3)(x[0], (x, x))": "LSTMCell: Expected hx[0] to be 1D or 2D, got 3D instead",
    "nn.RNNCell(5, 3)(x[0])": "input has inconsistent input_size: got 4 expected 5",
    "nn.LSTMCell(4, 3)(x[0], (x[0], x[0]))": "hidden0 has inconsistent hidden_size: got 4, expected 3",
    "nn.GRUCell(4, 3)(x[0], T.zeros(5, 3))": "Input batch size 2 doesn't match hidden0 batch size 5",
    "nn.RNNCell(4, 3, nonlinearity='selu')(x[0])": "Unknown nonlinearity: selu",
    "R.pack_padded_sequence(x, [1, 2])": "`lengths` array must be sorted in decreasing order when `enforce_sorted`",
    "R.pack_padded_sequence(x, [2])": "Expected `len(lengths)` to be equal to batch_size, but got 1 (batch_size=2)",
    "R.pack_padded_sequence(x, [2, 0])": "Length of all samples has to be greater than 0",
    "R.pack_padded_sequence(x, T.tensor([[2, 1]]))": "'lengths' argument should be a 1D CPU int64 tensor, but got 2D",
    "R.pack_padded_sequence(x[0, 0], [2])": "Dimension out of range",
    "R.pack_padded_sequence(x[:0], [1, 1])": "Cannot pack empty tensors.",
    "R.pad_packed_sequence(R.pack_sequence([x[0]]), total_length=1)": "Expected total_length to be at least the length",
    "R.pad_sequence([])": "received an empty list of sequences",
    "R.pad_sequence(3)": "pad_sequence: Expected iterable for input sequences",
    "R.pad_sequence(['a'])": "expected Tensor as element 0 in argument 0, but got str",
    "R.pad_sequence([x[0], x[0, :, :2]])": "The size of tensor a",
    "R.pad_sequence([x[0, 0, 0]])": "",
    "R.pad_sequence([x[0]], padding_side='top')": "Expected padding_side to be one of left or right, but got top.",
    "R.PackedSequence(x)": "Expected data to be a list or tuple of length 2",
    "R.invert_permutation(x[0, 0])": "scatter(): Expected dtype int32/int64 for index",
    "R.unpad_sequence(x, T.tensor([1]), True)": "",
}


@pytest.mark.parametrize(("text", "match"), WRONG_LAYERS.items())
def test_errors(text, match):
    def call(T, x):
        return eval(text, {"nn": T.nn, "R": T.nn.utils.rnn, "T": T, "x": x.float()})

    agree_on_error(call, ZEROS, match=match)


def test_dropout_after_the_only_layer_is_warned_about():
    for T in (torch, minitorch):
        with pytest.warns(UserWarning, match="dropout option adds dropout after all but last recurrent layer"):
            T.nn.GRU(4, 3, dropout=0.5)


def test_no_sequences_at_all_and_weights_by_layer():
    def shapes(T, x):
        module = layer(T, "LSTM(4, 3, 2, proj_size=2, bidirectional=True, dtype=T.float64)")
        out, (h, c) = module(x)
        return out, h, c, [[tuple(w.shape) for w in ws] for ws in module.all_weights], module.flatten_parameters()

    agree(shapes, np.zeros((5, 0, 4)))
