"""Compiled layers and losses give eager's bits: results, gradients, buffers, random numbers, in training and not."""

import numpy as np
import pytest

import minitorch as torch
from minitorch import nn
from tests.capture.harness import check


def real(*shape):
    return lambda: torch.randn(*shape)


def ints(high, *shape):
    return lambda: torch.randint(0, high, shape)


def positive(*shape):
    return lambda: torch.rand(*shape) + 0.1


def signs(*shape):
    return lambda: torch.randint(0, 2, shape) * 2.0 - 1


def sequences(*shape):
    return lambda: nn.utils.rnn.pack_padded_sequence(torch.randn(*shape), torch.tensor([4, 2]))


def mask(n):
    return lambda: nn.Transformer.generate_square_subsequent_mask(n)


class Each(nn.ModuleList):
    """Gives the results of several modules."""

    def forward(self, x):
        return [module(x) for module in self]


# fmt: off
LAYERS = {
    "Linear": (lambda: nn.Linear(3, 2), real(4, 3)),
    "Linear vector": (lambda: nn.Linear(3, 2, bias=False), real(3)),
    "Bilinear": (lambda: nn.Bilinear(3, 2, 2), real(4, 3), real(4, 2)),
    "Identity and Flatten": (
        lambda: nn.Sequential(nn.Linear(3, 4), nn.Identity(), nn.Unflatten(1, (2, 2)), nn.Flatten()), real(4, 3),
    ),
    "Embedding": (lambda: nn.Embedding(5, 3, padding_idx=1), ints(5, 4, 2)),
    "Embedding max_norm": (lambda: nn.Embedding(5, 3, max_norm=1.0), ints(5, 4)),
    "EmbeddingBag": (lambda: nn.EmbeddingBag(5, 3, mode="mean"), ints(5, 4, 2)),
    "Conv1d": (lambda: nn.Conv1d(2, 3, 3, padding=1), real(2, 2, 5)),
    "Conv2d": (lambda: nn.Conv2d(2, 4, 3, stride=2, padding=1, groups=2), real(2, 2, 5, 5)),
    "Conv2d reflect": (lambda: nn.Conv2d(2, 2, 3, padding=1, padding_mode="reflect"), real(2, 2, 5, 5)),
    "Conv2d circular": (lambda: nn.Conv2d(2, 2, 3, padding="same", padding_mode="circular"), real(2, 2, 4, 4)),
    "Conv3d": (lambda: nn.Conv3d(1, 2, 2), real(2, 1, 3, 3, 3)),
    "ConvTranspose1d": (lambda: nn.ConvTranspose1d(2, 3, 3, stride=2), real(2, 2, 4)),
    "ConvTranspose2d": (lambda: nn.ConvTranspose2d(2, 2, 2, stride=2, output_padding=1), real(2, 2, 3, 3)),
    "Unfold and Fold": (lambda: nn.Sequential(nn.Unfold(2), nn.Fold((3, 3), 2)), real(1, 2, 3, 3)),
    "MaxPool1d": (lambda: nn.MaxPool1d(2), real(2, 2, 6)),
    "MaxPool2d": (lambda: nn.MaxPool2d(3, 2, 1, return_indices=True), real(2, 2, 5, 5)),
    "AvgPool2d": (lambda: nn.AvgPool2d(2, padding=1, count_include_pad=False), real(2, 2, 4, 4)),
    "LPPool2d": (lambda: nn.LPPool2d(2, 2), positive(2, 2, 4, 4)),
    "FractionalMaxPool2d": (lambda: nn.FractionalMaxPool2d(2, output_size=2), real(2, 2, 5, 5)),
    "AdaptiveAvgPool2d": (lambda: nn.AdaptiveAvgPool2d((2, 3)), real(2, 2, 5, 5)),
    "AdaptiveMaxPool1d": (lambda: nn.AdaptiveMaxPool1d(2), real(2, 2, 5)),
    "BatchNorm1d": (lambda: nn.BatchNorm1d(3), real(4, 3)),
    "BatchNorm1d momentum=None": (lambda: nn.BatchNorm1d(3, momentum=None), real(4, 3, 2)),
    "BatchNorm2d": (lambda: nn.BatchNorm2d(2), real(3, 2, 2, 2)),
    "BatchNorm2d plain": (lambda: nn.BatchNorm2d(2, affine=False, track_running_stats=False), real(3, 2, 2, 2)),
    "InstanceNorm2d": (lambda: nn.InstanceNorm2d(2, affine=True, track_running_stats=True), real(3, 2, 3, 2)),
    "LayerNorm": (lambda: nn.LayerNorm(4), real(3, 4)),
    "GroupNorm": (lambda: nn.GroupNorm(2, 4), real(2, 4, 3)),
    "RMSNorm": (lambda: nn.RMSNorm(4), real(3, 4)),
    "LocalResponseNorm": (lambda: nn.LocalResponseNorm(2), real(2, 3, 4)),
    "Pixel shuffle and back": (lambda: nn.Sequential(nn.PixelShuffle(2), nn.PixelUnshuffle(2)), real(1, 4, 2, 2)),
    "Dropout": (lambda: nn.Dropout(0.4), real(4, 5)),
    "Dropout1d": (lambda: nn.Dropout1d(), real(3, 4, 2)),
    "Dropout2d": (lambda: nn.Dropout2d(0.3), real(2, 4, 2, 2)),
    "AlphaDropout": (lambda: nn.AlphaDropout(0.3), real(4, 5)),
    "FeatureAlphaDropout": (lambda: nn.FeatureAlphaDropout(0.3), real(2, 4, 2)),
    "RReLU": (lambda: nn.RReLU(), real(4, 5)),
    "PReLU": (lambda: nn.PReLU(3), real(4, 3)),
    "ReLU inplace": (lambda: nn.Sequential(nn.Linear(3, 4), nn.ReLU(inplace=True)), real(4, 3)),
    "Softmax": (lambda: nn.Softmax(-1), real(4, 5)),
    "Softmin": (lambda: nn.Softmin(1), real(4, 5)),
    "LogSoftmax": (lambda: nn.LogSoftmax(1), real(4, 5)),
    "GLU": (lambda: nn.GLU(), real(4, 6)),
    "AdaptiveLogSoftmaxWithLoss": (lambda: nn.AdaptiveLogSoftmaxWithLoss(4, 6, [2, 4]), real(5, 4), ints(6, 5)),
    "Upsample nearest": (lambda: nn.Upsample(scale_factor=2), real(1, 2, 3, 3)),
    "Upsample bilinear": (lambda: nn.Upsample(scale_factor=2, mode="bilinear", align_corners=True), real(1, 2, 3, 3)),
    "ReflectionPad2d": (lambda: nn.ReflectionPad2d(1), real(1, 2, 3, 3)),
    "ConstantPad1d": (lambda: nn.ConstantPad1d((1, 2), 3.0), real(1, 2, 3)),
    "CosineSimilarity": (lambda: nn.CosineSimilarity(), real(4, 3), real(4, 3)),
    "PairwiseDistance": (lambda: nn.PairwiseDistance(), real(4, 3), real(4, 3)),
    "RNN": (lambda: nn.RNN(3, 4, 2), real(3, 2, 3)),
    "RNN relu": (lambda: nn.RNN(3, 4, nonlinearity="relu", batch_first=True), real(2, 3, 3)),
    "LSTM": (lambda: nn.LSTM(3, 4, bidirectional=True, proj_size=2), real(3, 2, 3)),
    "LSTM dropout": (lambda: nn.LSTM(3, 4, 2, dropout=0.3, batch_first=True), real(2, 2, 3)),
    "GRU": (lambda: nn.GRU(3, 4, 2), real(3, 2, 3), real(2, 2, 4)),
    "GRU packed": (lambda: nn.GRU(3, 4), sequences(4, 2, 3)),
    "RNNCell": (lambda: nn.RNNCell(3, 4), real(2, 3)),
    "LSTMCell": (lambda: nn.LSTMCell(3, 4), real(2, 3)),
    "GRUCell": (lambda: nn.GRUCell(3, 4), real(2, 3), real(2, 4)),
    "MultiheadAttention": (
        lambda: nn.MultiheadAttention(4, 2, dropout=0.1), real(3, 2, 4), real(5, 2, 4), real(5, 2, 4),
    ),
    "TransformerEncoder": (
        lambda: nn.TransformerEncoder(
            nn.TransformerEncoderLayer(4, 2, 6, norm_first=True, activation="gelu"), 1, enable_nested_tensor=False
        ),
        real(3, 2, 4), mask(3),
    ),
    "TransformerDecoderLayer": (lambda: nn.TransformerDecoderLayer(4, 2, 6), real(3, 2, 4), real(5, 2, 4)),
    "weight_norm": (lambda: nn.utils.parametrizations.weight_norm(nn.Linear(3, 4)), real(2, 3)),
    "spectral_norm": (lambda: nn.utils.parametrizations.spectral_norm(nn.Linear(3, 4)), real(2, 3)),
    "orthogonal": (lambda: nn.utils.parametrizations.orthogonal(nn.Linear(3, 3)), real(2, 3)),
    "ChannelShuffle": (lambda: nn.ChannelShuffle(2), real(1, 4, 2, 2)),
}
ACTIVATIONS = (
    "ReLU", "ReLU6", "GELU", "SiLU", "Mish", "ELU", "CELU", "SELU", "LeakyReLU", "Sigmoid", "LogSigmoid", "Tanh",
    "Hardtanh", "Hardsigmoid", "Hardswish", "Hardshrink", "Softshrink", "Tanhshrink", "Softplus", "Softsign",
)
LAYERS |= {
    f"{ACTIVATIONS[i]} to {ACTIVATIONS[i + 4]}": (
        lambda i=i: Each([getattr(nn, name)() for name in ACTIVATIONS[i : i + 5]]), real(4, 5),
    )
    for i in range(0, len(ACTIVATIONS), 5)
}
LAYERS |= {
    "L1Loss": (nn.L1Loss, real(4, 3), real(4, 3)),
    "MSELoss": (nn.MSELoss, real(4, 3), real(4, 3)),
    "MSELoss none": (lambda: nn.MSELoss(reduction="none"), real(4, 3), real(4, 3)),
    "SmoothL1Loss": (nn.SmoothL1Loss, real(4, 3), real(4, 3)),
    "HuberLoss": (lambda: nn.HuberLoss(reduction="sum"), real(4, 3), real(4, 3)),
    "CrossEntropyLoss": (nn.CrossEntropyLoss, real(4, 3), ints(3, 4)),
    "CrossEntropyLoss smoothed": (
        lambda: nn.CrossEntropyLoss(torch.tensor([1.0, 2.0, 0.5]), label_smoothing=0.1, ignore_index=1),
        real(4, 3), ints(3, 4),
    ),
    "CrossEntropyLoss places": (nn.CrossEntropyLoss, real(2, 3, 4), ints(3, 2, 4)),
    "NLLLoss": (lambda: nn.NLLLoss(reduction="none"), real(4, 3), ints(3, 4)),
    "BCELoss": (nn.BCELoss, lambda: torch.rand(4, 3), lambda: torch.rand(4, 3)),
    "BCEWithLogitsLoss": (
        lambda: nn.BCEWithLogitsLoss(pos_weight=torch.tensor([1.0, 2.0, 3.0])), real(4, 3), lambda: torch.rand(4, 3),
    ),
    "KLDivLoss": (lambda: nn.KLDivLoss(reduction="batchmean"), real(4, 3), lambda: torch.rand(4, 3)),
    "PoissonNLLLoss": (lambda: nn.PoissonNLLLoss(full=True), real(4, 3), positive(4, 3)),
    "GaussianNLLLoss": (nn.GaussianNLLLoss, real(4, 3), real(4, 3), positive(4, 3)),
    "HingeEmbeddingLoss": (nn.HingeEmbeddingLoss, real(4, 3), signs(4, 3)),
    "MarginRankingLoss": (nn.MarginRankingLoss, real(4), real(4), signs(4)),
    "CosineEmbeddingLoss": (nn.CosineEmbeddingLoss, real(4, 3), real(4, 3), signs(4)),
    "SoftMarginLoss": (nn.SoftMarginLoss, real(4, 3), signs(4, 3)),
    "MultiMarginLoss": (nn.MultiMarginLoss, real(4, 3), ints(3, 4)),
    "MultiLabelMarginLoss": (nn.MultiLabelMarginLoss, real(2, 3), lambda: torch.tensor([[2, 0, -1], [1, -1, 0]])),
    "MultiLabelSoftMarginLoss": (nn.MultiLabelSoftMarginLoss, real(4, 3), lambda: torch.randint(0, 2, (4, 3)).float()),
    "TripletMarginLoss": (nn.TripletMarginLoss, real(4, 3), real(4, 3), real(4, 3)),
    "CTCLoss": (
        nn.CTCLoss, lambda: torch.randn(5, 2, 4).log_softmax(2), ints(3, 2, 2),
        lambda: torch.tensor([5, 4]), lambda: torch.tensor([2, 1]),
    ),
}
# fmt: on
# What runs as it is, and a word of the reason. (The results are compared all the same.)
VALUES, MEMORY = "takes a tensor's values to Python", "reads memory"
AS_IT_IS = {
    "Embedding max_norm": MEMORY, "AdaptiveMaxPool1d": MEMORY, "BatchNorm1d momentum=None": VALUES, "RReLU": MEMORY,
    "AdaptiveLogSoftmaxWithLoss": "", "GRU packed": "", "CTCLoss": MEMORY,
}  # fmt: skip


# What has a mode, buffers, random numbers or several results, and some of the others.
CALLED = (
    "Linear", "Embedding", "MaxPool2d", "FractionalMaxPool2d", "BatchNorm1d", "BatchNorm2d plain", "InstanceNorm2d",
    "Dropout", "Dropout2d", "AlphaDropout", "RReLU", "ReLU inplace", "LSTM dropout", "GRU packed", "MultiheadAttention",
    "spectral_norm", "CrossEntropyLoss",
)  # fmt: skip


def floating(value):
    """The floating tensors of a result."""
    if isinstance(value, torch.Tensor):
        return [value] if value.is_floating_point() else []
    if isinstance(value, nn.utils.rnn.PackedSequence):
        return [value.data]
    return [t for item in value or () for t in floating(item)] if isinstance(value, (tuple, list)) else []


def total(value):
    """A number to which each element of a result adds with a weight of its own."""
    found = 0
    for t in floating(value):
        found = found + (t * torch.from_numpy(np.cos(np.arange(t.numel()) + 1.0)).reshape(t.shape).to(t.dtype)).sum()
    return found


@pytest.mark.parametrize("name", LAYERS)
def test_training(name):
    """The step differentiates: results, and the gradients of parameters and inputs, which are added up."""
    make, *inputs = LAYERS[name]

    def build():
        module = make()

        def step(*args):
            leaves = [t.requires_grad_() for t in map(torch.clone, floating(args))]
            given = iter(leaves)
            loss = total(module(*[next(given) if floating(x) and isinstance(x, torch.Tensor) else x for x in args]))
            if not loss.requires_grad:
                return loss
            loss.backward()
            return loss.detach().clone(), [t.grad for t in leaves]

        return step, module

    compiled = check(build, lambda i: tuple(make() for make in inputs), replayed=name not in AS_IT_IS)
    assert (name in AS_IT_IS) == (compiled.reason is not None)
    assert AS_IT_IS.get(name, "") in (compiled.reason or "")


@pytest.mark.parametrize("name", CALLED)
def test_module(name):
    """The module is compiled, and differentiated afterwards; some calls are without gradients, or in eval mode."""
    make, *inputs = LAYERS[name]

    def build():
        module = make()
        return module, module

    def before(i, module):
        torch.set_grad_enabled(i != 2)
        module.train(i < 4)

    def after(result, args):
        loss = total(result)
        if not isinstance(loss, int) and loss.requires_grad:
            loss.backward()

    try:
        check(build, [lambda: tuple(make() for make in inputs)] * 6, before=before, after=after, replayed=False)
    finally:
        torch.set_grad_enabled(True)
