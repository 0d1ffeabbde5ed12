"""ONNX export: the same outputs in onnxruntime, for other values and sizes too; errors for what cannot be said."""

import io

import numpy as np
import pytest

import minitorch as torch
import minitorch.nn.functional as F
from minitorch import nn

onnx = pytest.importorskip("onnx", reason="pip install minitorch[onnx]")
onnxruntime = pytest.importorskip("onnxruntime", reason="pip install minitorch[test]")
onnxruntime.set_default_logger_severity(3)


class Of(nn.Module):
    """A function as a module."""

    def __init__(self, function):
        super().__init__()
        self.function = function

    def forward(self, x):
        return self.function(x)


def flat(output):
    return [output] if isinstance(output, torch.Tensor) else [t for part in output for t in flat(part)]


def agrees(model, *args, more=(), tolerance=1e-5, **options):
    """Exports, and compares onnxruntime with the model on the example and on ``more`` inputs; gives the graph."""
    made = torch.onnx.export(model, args, **options)
    session = onnxruntime.InferenceSession(made.SerializeToString(), providers=["CPUExecutionProvider"])
    names = [given.name for given in session.get_inputs()]
    training = model.training
    model.eval()
    for inputs in (args, *more):
        found = session.run(None, {name: x.array for name, x in zip(names, inputs, strict=True)})
        for a, b in zip(found, flat(model(*inputs)), strict=True):
            np.testing.assert_allclose(a, b.detach().array, rtol=tolerance, atol=tolerance, strict=True)
    model.train(training)
    return made.graph


def operators(graph):
    return [node.op_type for node in graph.node if node.op_type != "Identity"]


def test_mlp():
    model = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 2))
    graph = agrees(model, torch.randn(3, 4), dynamic_axes={"input": {0: "batch"}}, more=[[torch.randn(7, 4)]])
    assert operators(graph) == ["Gemm", "Relu", "Gemm"]
    assert sorted(weights.name for weights in graph.initializer) == ["0.bias", "0.weight", "2.bias", "2.weight"]
    assert [given.name for given in graph.input] == ["input"]
    assert graph.input[0].type.tensor_type.shape.dim[0].dim_param == "batch"
    assert [out.name for out in graph.output] == ["output"]


def test_cnn():
    model = nn.Sequential(
        nn.Conv2d(1, 4, 3, padding=1), nn.BatchNorm2d(4), nn.ReLU(inplace=True), nn.MaxPool2d(2), nn.Dropout(0.5),
        nn.Conv2d(4, 6, 3, stride=2, groups=2, dilation=2, padding_mode="reflect", padding=1), nn.Dropout2d(),
        nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(6, 3), nn.LogSoftmax(1),
    )  # fmt: skip
    model(torch.randn(8, 1, 12, 12))  # so that the running statistics are some
    graph = agrees(model, torch.randn(2, 1, 12, 12), dynamic_axes={"input": [0]}, more=[[torch.randn(5, 1, 12, 12)]])
    assert model.training
    assert operators(graph)[:4] == ["Conv", "BatchNormalization", "Relu", "MaxPool"]


class Attention(nn.Module):
    """A small GPT: embeddings, a causal attention written out, and tied weights."""

    def __init__(self, causal):
        super().__init__()
        self.token, self.place = nn.Embedding(11, 8), nn.Parameter(torch.randn(16, 8))
        self.norm, self.qkv, self.out = nn.LayerNorm(8), nn.Linear(8, 24), nn.Linear(8, 8, bias=False)
        self.register_buffer("mask", torch.tril(torch.ones(16, 16)) == 0, persistent=False)
        self.causal = causal

    def forward(self, tokens):
        n, t = tokens.shape
        x = self.token(tokens) + self.place[:t]
        q, k, v = (p.view(n, t, 2, 4).transpose(1, 2) for p in self.qkv(self.norm(x)).chunk(3, dim=-1))
        if self.causal:
            y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        else:
            scores = (q @ k.transpose(-2, -1) / 2).masked_fill(self.mask[:t, :t], float("-inf"))
            y = F.softmax(scores, dim=-1) @ v
        x = x + F.gelu(self.out(y.transpose(1, 2).reshape(n, t, 8)))
        return x[:, -1] @ self.token.weight.T


@pytest.mark.parametrize("causal", [True, False])
def test_attention(causal):
    tokens = torch.randint(0, 11, (2, 5))
    more = [[torch.randint(0, 11, (4, 5))]]
    agrees(Attention(causal), tokens, dynamic_axes={"tokens": {0: "batch"}}, more=more)


def test_two_dynamic_axes():
    x = [torch.randn(2, 5, 8) for _ in range(3)]
    more = [[torch.randn(3, 7, 8) for _ in range(3)]]
    axes = {name: {0: "batch", 1: "time"} for name in ("query", "key", "value")}
    graph = agrees(nn.MultiheadAttention(8, 2, batch_first=True), *x, dynamic_axes=axes, more=more)
    assert [given.name for given in graph.input] == ["query", "key", "value"]
    assert [out.name for out in graph.output] == ["output_0", "output_1"]


def test_transformer_layer():
    model = nn.TransformerEncoderLayer(8, 2, 16, batch_first=True, activation="gelu")
    agrees(model, torch.randn(2, 5, 8), dynamic_axes={"src": [0]}, more=[[torch.randn(4, 5, 8)]])


@pytest.mark.parametrize(
    "layer",
    [
        nn.LSTM(3, 4, num_layers=2, bidirectional=True), nn.LSTM(3, 4, batch_first=True), nn.GRU(3, 4),
        nn.GRU(3, 4, bidirectional=True, bias=False), nn.RNN(3, 4), nn.RNN(3, 4, nonlinearity="relu"),
    ],
    ids=repr,
)  # fmt: skip
def test_recurrent_layers(layer):
    more = [[torch.randn(7, 4, 3)]]
    agrees(layer, torch.randn(5, 2, 3), dynamic_axes={"input": [0, 1]}, more=more)


def test_inputs_in_a_tuple():
    model, x, states = nn.LSTM(3, 4), torch.randn(5, 2, 3), (torch.randn(1, 2, 4), torch.randn(1, 2, 4))
    axes = {"input": {1: "n"}, "hx_0": {1: "n"}, "hx_1": {1: "n"}}
    made = torch.onnx.export(model, (x,), kwargs={"hx": states}, dynamic_axes=axes)
    session = onnxruntime.InferenceSession(made.SerializeToString(), providers=["CPUExecutionProvider"])
    inputs = {"input": x.array, "hx_0": states[0].array, "hx_1": states[1].array}
    for a, b in zip(session.run(None, inputs), flat(model(x, states)), strict=True):
        np.testing.assert_allclose(a, b.detach().array, rtol=1e-5, atol=1e-6)


ACTIVATIONS = [
    nn.ReLU(), nn.GELU(), nn.GELU("tanh"), nn.SiLU(), nn.Mish(), nn.ELU(0.5), nn.SELU(), nn.CELU(0.7),
    nn.Softplus(2.0, 3.0), nn.Hardswish(), nn.Hardsigmoid(), nn.LeakyReLU(0.2), nn.PReLU(), nn.Hardtanh(-0.5, 0.7),
    nn.ReLU6(), nn.Softsign(), nn.Tanhshrink(), nn.LogSigmoid(), nn.Softshrink(0.1), nn.Hardshrink(0.1), nn.GLU(),
    nn.Softmax(-1),
    nn.LogSoftmax(0), nn.Sigmoid(), nn.Tanh(), nn.Threshold(0.1, -1.0), nn.Hardtanh(inplace=True), nn.RReLU(),
]  # fmt: skip


def test_activations():
    model = Of(lambda x: [layer.eval()(x * 3) for layer in ACTIVATIONS])
    for opset in (18, 20, 23):
        agrees(model, torch.randn(3, 8), opset_version=opset, more=[[torch.randn(3, 8) * 5]])


NORMS = [
    nn.GroupNorm(2, 4), nn.InstanceNorm1d(4, affine=True), nn.InstanceNorm1d(4), nn.LayerNorm([4, 6]),
    nn.LayerNorm(6, elementwise_affine=False), nn.RMSNorm(6), nn.BatchNorm1d(4, affine=False),
]  # fmt: skip
POOLS = [
    nn.MaxPool2d(2, 3, 1, dilation=2, ceil_mode=True), nn.AvgPool2d(2, 3, ceil_mode=True),
    nn.MaxPool2d(1, 2, ceil_mode=True),
    nn.AvgPool2d(3, 2, 1, ceil_mode=True, count_include_pad=False), nn.MaxPool2d(2, 1, 2, dilation=4),
    nn.LocalResponseNorm(3), nn.AvgPool2d(2, 1, 1), nn.AvgPool2d(3, 2, 1, count_include_pad=False), nn.AvgPool2d(2,
    divisor_override=3),
    nn.MaxPool2d(3, 2, 1, ceil_mode=True), nn.AdaptiveAvgPool2d((3, 2)), nn.AdaptiveAvgPool2d(3),
    nn.AdaptiveMaxPool2d((1, 1)), nn.ConvTranspose2d(2, 3, 3, stride=2, padding=1, output_padding=1),
    nn.ReflectionPad2d(1), nn.ZeroPad2d((1, 2, 0, 1)), nn.ReplicationPad2d(2), nn.CircularPad2d(1),
    nn.PixelUnshuffle(3), nn.Upsample(scale_factor=2), nn.Upsample((5, 7), mode="bilinear"),
    nn.Conv2d(2, 3, 3, padding="same"), nn.Upsample(scale_factor=2, mode="bilinear", align_corners=True),
]  # fmt: skip


def test_norms():
    agrees(Of(lambda x: [layer.eval()(x) for layer in NORMS]), torch.randn(3, 4, 6))


def test_pools_and_padding():
    model = Of(lambda x: [layer.eval()(x) for layer in POOLS])
    agrees(model, torch.randn(2, 2, 9, 9), dynamic_axes={"x": [0]}, more=[[torch.randn(3, 2, 9, 9)]])


def test_without_a_batch():
    model = nn.Sequential(nn.Conv1d(2, 3, 3), nn.MaxPool1d(2), nn.ConvTranspose1d(3, 1, 2), nn.Conv1d(1, 1, 1))
    agrees(model, torch.randn(2, 9))


def grown(x, constant):
    """A constant that changes between its uses."""
    return [x + constant, x + constant.add_(1), x * constant.detach()]


FUNCTIONS = {
    "elementwise": lambda x: [
        x + 1, 2 - x, x * x, 1 / x, -x, x**2, x.abs() ** 0.5, 2.0**x, x.exp(), x.abs().log(), x.sin(), x.cos(), x.erf(),
        x.sign(), x.floor(), x.round(), x.ceil(), x.abs().rsqrt(), x.reciprocal(), x.square(), x.abs().log1p(),
        torch.maximum(x, -x), torch.minimum(x, x * 2), x.clamp(-0.5), x.clamp(max=0.5), x.double() + x, x.long() + 0.5,
    ],
    "comparisons": lambda x: [
        x > 0, x >= 0.5, x < x.T.T, x <= 0, x == x, x != 0, (x > 0) & (x < 1), (x > 0) | (x < -1), ~(x > 0),
        torch.where(x > 0, x, 2 * x), torch.where(x > 0, 1.0, x), x.masked_fill(x < 0, 0.5), (x > 0).float(),
    ],
    "reductions": lambda x: [
        x.sum(), x.mean(), x.sum(1), x.mean((0, 2), keepdim=True), x.amax(2), x.amin((0, 1)), x.max(-1), x.min(0),
        x.argmax(1), x.argmin(), x.var(1), x.std(), x.var((0, 1), correction=0), x.logsumexp(1), x.prod(1), x.norm(),
        x.cumsum(1), (x > 0).sum(), F.cosine_similarity(x, x + 1), F.normalize(x, dim=-1),
    ],
    "shapes": lambda x: [
        x.reshape(-1), x.view(2, 12), x.permute(2, 0, 1), x.mT, x.unsqueeze(1).expand(2, 5, 3, 4), x.squeeze(),
        x.flatten(1), torch.cat([x, x], 1), torch.stack([x, 2 * x], -1), x.split([1, 2], 1), x.chunk(2, -1),
        x.unbind(1), x.flip(0, 2), x[0], x[:, 1:], x[..., -1], x[:, None, ::2], x[1, :, 1:3], x.tril(), x.triu(1),
        x.repeat(1, 2, 1),
        x.narrow(2, 1, 2),
    ],
    "products": lambda x: [
        x @ x.mT, x @ torch.ones(4), torch.einsum("bij,bkj->bik", x, x), torch.outer(x[0, 0], x[1, 1]), x[0] @ x[1].T,
        x[0, 0] @ x[0, 1], torch.bmm(x, x.mT), torch.addmm(x[0] @ x[0].T, x[0], x[1].T, beta=0.5),
    ],
    "lookup": lambda x: [
        x[:, torch.tensor([2, 0])], x.index_select(2, torch.tensor([1])), x.gather(1, (x[:, :1] > 0).long()),
    ],
    "in place": lambda x: [torch.relu(x * 2).add_(1).mul_(x), (x + 1).clamp_(min=0), torch.zeros(3, 4).add_(x[0])],
    "constants": lambda x: grown(x, torch.zeros(3, 4)),
    "detached": lambda x: [x.detach() * 2, x.clone() + x.data, x.new_zeros(3) + x.sum()],
}  # fmt: skip


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.filterwarnings("ignore")
def test_functions(name):
    agrees(Of(FUNCTIONS[name]), torch.randn(2, 3, 4), tolerance=2e-5, more=[[torch.randn(2, 3, 4)]])


# --- What cannot be said ------------------------------------------------------------------------------------------


def set_item(x):
    x = x * 2
    x[0] = 1.0
    return x


def view_written(x):
    y = x * 2
    y[0].add_(1)
    return y


@pytest.mark.parametrize(
    ("function", "told"),
    [
        (torch.special.i0, "'I0'"),
        (lambda x: x.sort()[0], "not supported"),
        (lambda x: torch.linalg.svd(x)[1], "'LinalgSvd'"),
        (lambda x: x if x.sum() > 0 else -x, "as_bool"),
        (lambda x: x * x.sum().item(), "item"),
        (lambda x: x + torch.from_numpy(x.array * 2), "'Add' is given something that depends"),
        (lambda x: x * float(x.array[0, 0]), "'Mul' is given something that depends"),
        (lambda x: torch.from_numpy(x.array * 2), "computed by other means"),
        (set_item, "IndexPut"),
        (view_written, "written in place"),
        (lambda x: F.dropout(x, 0.5), "in training"),
        (lambda x: x[x > 0], "getitem"),
        (lambda x: F.max_pool1d(x, 2, return_indices=True)[0], "indices"),
        (lambda x: F.avg_pool1d(x, 3, 3, 1, ceil_mode=True), "avg_pool1d"),
    ],
)
def test_what_has_no_form_is_an_error_that_names_it(function, told):
    with pytest.raises(torch.onnx.UnsupportedOperatorError, match=told):
        torch.onnx.export(Of(function), torch.randn(3, 3))


def test_sizes_that_were_fixed_are_errors_when_the_axis_is_dynamic():
    grown = Of(lambda x: x + torch.arange(x.shape[1]))
    agrees(grown, torch.randn(2, 3), dynamic_axes={"x": [0]}, more=[[torch.randn(5, 3)]])
    with pytest.raises(torch.onnx.UnsupportedOperatorError, match=r"'Add'.*dynamic axis"):
        torch.onnx.export(grown, torch.randn(2, 3), dynamic_axes={"x": [1]})
    with pytest.raises(torch.onnx.UnsupportedOperatorError, match="other operations"):
        torch.onnx.export(Of(lambda x: sum(list(x))), torch.randn(2, 3), dynamic_axes={"x": [0]})


def test_wrong_calls(tmp_path):
    model, x = nn.Linear(2, 2), torch.ones(1, 2)
    with pytest.raises(TypeError, match="takes a Module"):
        torch.onnx.export(lambda x: x, x)
    with pytest.raises(ValueError, match="from 18 to 23, but got 9"):
        torch.onnx.export(model, x, opset_version=9)
    with pytest.raises(ValueError, match="input_names has 2"):
        torch.onnx.export(model, x, input_names=["a", "b"])
    with pytest.raises(ValueError, match="output_names has 2"):
        torch.onnx.export(model, x, output_names=["a", "b"])
    with pytest.raises(ValueError, match="'z', which is no input: they are input"):
        torch.onnx.export(model, x, dynamic_axes={"z": [0]})
    with pytest.raises(ValueError, match="dim 2"):
        torch.onnx.export(model, x, dynamic_axes={"input": [2]})
    with pytest.raises(RuntimeError, match=r"shapes|size"):
        torch.onnx.export(model, torch.ones(1, 3))
    with pytest.raises(torch.onnx.UnsupportedOperatorError):
        torch.onnx.export(Of(torch.special.i0), x, tmp_path / "a.onnx")
    assert not list(tmp_path.iterdir())


def test_files_and_names(tmp_path):
    model, x, file = nn.Linear(2, 3), torch.ones(1, 2), io.BytesIO()
    names = {"input_names": ["x"], "output_names": ["y"], "dynamic_axes": {"x": {0: "n"}, "y": {0: "n"}}}
    torch.onnx.export(model, x, tmp_path / "a.onnx", **names)
    torch.onnx.export(model, (x,), file, **names)
    assert (tmp_path / "a.onnx").read_bytes() == file.getvalue()
    graph = onnx.load(tmp_path / "a.onnx").graph
    assert [graph.input[0].name, graph.output[0].name] == ["x", "y"]
    assert graph.output[0].type.tensor_type.shape.dim[0].dim_param == "n"
    assert sorted(weights.name for weights in graph.initializer) == ["bias", "weight"]
