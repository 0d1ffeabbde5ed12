"""Layers and functions against PyTorch: initial weights, text, state, outputs, gradients and errors."""

import warnings

import numpy as np
import pytest

import minitorch
import minitorch.nn

torch = pytest.importorskip("torch", reason="PyTorch is the oracle: pip install minitorch[oracle]")

TOLERANCE = {"rtol": 2e-5, "atol": 2e-6}


def draws(*shapes, seed=0):
    """The same arrays for both sides; a shape that starts with an int type gives integers below 3."""
    rng = np.random.default_rng(seed)
    return [
        rng.integers(0, 3, shape[1:]) if shape and shape[0] == "int" else rng.standard_normal(shape).astype(np.float32)
        for shape in shapes
    ]


def leaf(lib, array):
    t = lib.tensor(array)
    return t.requires_grad_() if array.dtype.kind == "f" else t


def close(ours, theirs):
    if isinstance(theirs, (tuple, list)):
        assert len(ours) == len(theirs)
        for a, b in zip(ours, theirs, strict=True):
            close(a, b)
        return
    assert str(ours.dtype) == str(theirs.dtype)
    assert tuple(ours.shape) == tuple(theirs.shape)
    np.testing.assert_allclose(ours.detach().numpy(), theirs.detach().numpy(), **TOLERANCE)


def loss_of(out):
    """A scalar in which every element of every floating result has a weight of its own."""
    parts = out if isinstance(out, (tuple, list)) else [out]
    total = 0
    for part in parts:
        if part.is_floating_point() and part.requires_grad:
            flat = part.reshape(-1)
            weights = np.cos(np.arange(flat.shape[0])).astype(part.detach().numpy().dtype)
            lib = torch if isinstance(part, torch.Tensor) else minitorch
            total = total + (flat * lib.tensor(weights)).sum()
    return total


def both(build):
    """``build(lib)`` for both, from the same seed."""
    results = []
    for lib in (minitorch, torch):
        lib.manual_seed(7)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            results.append(build(lib))
    return results


X = (4, 6)
LAYERS = [
    ("Identity()", [X]),
    ("Linear(6, 3)", [X]),
    ("Linear(6, 3, bias=False)", [(6,)]),
    ("Linear(6, 3)", [(2, 4, 6)]),
    ("Linear(6, 3, dtype=T.float64)", []),
    ("Bilinear(6, 3, 5)", [(4, 6), (4, 3)]),
    ("Bilinear(6, 3, 5, bias=False)", [(2, 4, 6), (2, 4, 3)]),
    ("Conv1d(4, 6, 3)", [(2, 4, 9)]),
    ("Conv1d(4, 6, 3, stride=2, padding=1, dilation=2, groups=2)", [(2, 4, 9)]),
    ("Conv1d(4, 6, 4, padding='same')", [(4, 9)]),
    ("Conv1d(4, 6, 3, padding='valid', bias=False)", [(2, 4, 9)]),
    ("Conv1d(4, 6, 3, padding=2, padding_mode='circular')", [(2, 4, 9)]),
    ("Conv1d(4, 6, 3, padding=2, padding_mode='reflect')", [(2, 4, 9)]),
    ("Conv1d(4, 6, 4, padding='same', padding_mode='replicate')", [(2, 4, 9)]),
    ("Conv2d(3, 5, 3)", [(2, 3, 7, 6)]),
    ("Conv2d(3, 5, (3, 2), stride=(2, 1), padding=(1, 0), dilation=(1, 2))", [(3, 7, 6)]),
    ("Conv2d(4, 8, 3, groups=4, padding='same')", [(2, 4, 5, 6)]),
    ("Conv2d(3, 5, 3, padding=(2, 1), padding_mode='reflect')", [(2, 3, 7, 6)]),
    ("Conv3d(2, 3, 2, stride=2, padding=1)", [(2, 2, 4, 5, 4)]),
    ("ConvTranspose1d(4, 6, 3, stride=2, padding=1, output_padding=1)", [(2, 4, 5)]),
    ("ConvTranspose2d(4, 6, 3, stride=2, groups=2, dilation=2)", [(2, 4, 3, 4)]),
    ("ConvTranspose3d(2, 3, 2, bias=False)", [(2, 3, 2, 3)]),
    ("MaxPool1d(3)", [(2, 3, 10)]),
    ("MaxPool1d(3, stride=2, padding=1, ceil_mode=True)", [(3, 10)]),
    ("MaxPool2d(2)", [(2, 3, 6, 7)]),
    ("MaxPool2d((3, 2), stride=(2, 1), padding=1, dilation=(1, 2), return_indices=True)", [(2, 3, 6, 7)]),
    ("MaxPool2d(3, 2, ceil_mode=True)", [(2, 3, 6, 7)]),
    ("MaxPool3d(2)", [(2, 3, 4, 4, 5)]),
    ("AvgPool1d(3, stride=2, padding=1)", [(2, 3, 10)]),
    ("AvgPool1d(3, 2, 1, True, False)", [(2, 3, 10)]),
    ("AvgPool2d(2)", [(2, 3, 6, 7)]),
    ("AvgPool2d((3, 2), stride=2, padding=1, ceil_mode=True)", [(2, 3, 6, 7)]),
    ("AvgPool2d(3, stride=2, padding=1, count_include_pad=False)", [(3, 6, 7)]),
    ("AvgPool2d(2, divisor_override=3)", [(2, 3, 6, 7)]),
    ("AvgPool3d(2)", [(2, 3, 4, 4, 5)]),
    ("AdaptiveAvgPool1d(4)", [(2, 3, 10)]),
    ("AdaptiveAvgPool1d(5)", [(3, 10)]),
    ("AdaptiveAvgPool2d((3, None))", [(2, 3, 7, 5)]),
    ("AdaptiveAvgPool2d(1)", [(2, 3, 7, 5)]),
    ("AdaptiveAvgPool3d((2, 3, 1))", [(2, 3, 4, 4, 5)]),
    ("AdaptiveMaxPool1d(4, return_indices=True)", [(2, 3, 10)]),
    ("AdaptiveMaxPool2d((3, None))", [(2, 3, 7, 5)]),
    ("AdaptiveMaxPool3d(2)", [(3, 4, 4, 5)]),
    ("LPPool1d(2, 3)", [(2, 3, 10)]),
    ("LPPool2d(2, 2, stride=1)", [(2, 3, 5, 4)]),
    ("LPPool3d(3, 2)", [(2, 3, 4, 4, 4)]),
    ("Flatten()", [(2, 3, 4)]),
    ("Flatten(0, 1)", [(2, 3, 4)]),
    ("Unflatten(1, (2, 3))", [X]),
    ("Unflatten(-1, (-1, 2))", [X]),
    ("BatchNorm1d(6)", [X]),
    ("BatchNorm1d(3, eps=1e-3, momentum=0.3)", [(4, 3, 5)]),
    ("BatchNorm1d(6, momentum=None)", [X]),
    ("BatchNorm1d(6, affine=False)", [X]),
    ("BatchNorm1d(6, bias=False)", [X]),
    ("BatchNorm1d(6, track_running_stats=False)", [X]),
    ("BatchNorm2d(3)", [(4, 3, 2, 5)]),
    ("BatchNorm3d(3)", [(2, 3, 2, 2, 3)]),
    ("InstanceNorm1d(3, affine=True, track_running_stats=True)", [(2, 3, 5)]),
    ("InstanceNorm2d(3)", [(3, 4, 5)]),
    ("LayerNorm(6)", [X]),
    ("LayerNorm((4, 6), bias=False)", [(2, 4, 6)]),
    ("LayerNorm(6, elementwise_affine=False, eps=1e-3)", [X]),
    ("RMSNorm(6)", [X]),
    ("RMSNorm((4, 6), eps=1e-4)", [(2, 4, 6)]),
    ("GroupNorm(2, 6)", [X]),
    ("GroupNorm(3, 6, affine=False)", [(2, 6, 4)]),
    ("LocalResponseNorm(3, alpha=0.1)", [(2, 6, 4)]),
    ("LocalResponseNorm(2, alpha=0.1)", [(2, 6, 4, 3)]),
    ("Dropout(0.4)", [(5, 20)]),
    ("Dropout(0.0)", [X]),
    ("Dropout(1.0)", [X]),
    ("Dropout1d(0.5)", [(6, 4, 3)]),
    ("Dropout1d(0.5)", [(6, 3)]),
    ("Dropout2d(0.5)", [(4, 6, 3, 2)]),
    ("Dropout3d(0.5)", [(4, 6, 3, 2, 2)]),
    ("AlphaDropout(0.4)", [(5, 20)]),
    ("FeatureAlphaDropout(0.4)", [(5, 6, 3)]),
    ("Embedding(3, 4)", [("int", 5)]),
    ("Embedding(3, 4, padding_idx=1)", [("int", 2, 5)]),
    ("Embedding(3, 4, padding_idx=-1, scale_grad_by_freq=True)", [("int", 2, 5)]),
    ("Embedding(3, 4, max_norm=1.0)", [("int", 5)]),
    ("Embedding(3, 4, max_norm=1.0, norm_type=1.0)", [("int", 5)]),
    *[(name, [X]) for name in (
        "ReLU()", "ReLU6()", "LeakyReLU()", "LeakyReLU(0.3)", "ELU()", "ELU(0.5)", "SELU()", "CELU()", "CELU(0.7)",
        "GELU()", "GELU('tanh')", "SiLU()", "Mish()", "Sigmoid()", "Tanh()", "Softmax(dim=1)", "LogSoftmax(dim=0)",
        "Softmax()", "Softmin(dim=1)", "Softplus()", "Softplus(2.0, 1.0)", "Softsign()", "Hardtanh()",
        "Hardtanh(-0.5, 0.7)", "Hardswish()", "Hardsigmoid()", "Threshold(0.1, 20)", "PReLU()", "PReLU(6, 0.1)",
        "LogSigmoid()", "Tanhshrink()", "Softshrink()", "Softshrink(0.2)", "Hardshrink()", "Hardshrink(0.2)", "GLU()",
        "GLU(0)", "RReLU()",
    )],
    ("Softmax2d()", [(2, 3, 2, 2)]),
    ("ConstantPad1d((1, 2), 3.5)", [(2, 3, 4)]),
    ("ConstantPad2d((1, -1, 0, 2), 3.5)", [(2, 3, 4)]),
    ("ConstantPad3d(1, 0.0)", [(2, 3, 4)]),
    ("ZeroPad1d(2)", [(2, 3, 4)]),
    ("ZeroPad2d((1, 0, 2, 1))", [(2, 3, 4)]),
    ("ReflectionPad1d((1, 2))", [(2, 3, 4)]),
    ("ReflectionPad2d(1)", [(2, 3, 4, 5)]),
    ("ReplicationPad2d((1, 0, 2, 3))", [(2, 3, 4, 5)]),
    ("ReplicationPad3d(1)", [(2, 3, 4, 5)]),
    ("CircularPad1d((1, 2))", [(2, 3, 4)]),
    ("CircularPad2d(2)", [(2, 3, 4, 5)]),
    ("PixelShuffle(2)", [(2, 8, 3, 2)]),
    ("PixelUnshuffle(2)", [(8, 4, 2)]),
    ("ChannelShuffle(3)", [(2, 6, 4)]),
    ("Unfold(2, padding=1, stride=2)", [(2, 3, 4, 5)]),
    ("Fold((4, 5), (2, 3))", [(2, 12, 9)]),
    ("Upsample(scale_factor=2)", [(2, 3, 4)]),
    ("Upsample(size=(5, 7), mode='bilinear')", [(2, 3, 4, 5)]),
    ("Upsample(scale_factor=1.7, mode='bicubic', align_corners=True)", [(2, 3, 4, 5)]),
    ("UpsamplingNearest2d(scale_factor=2.0)", [(2, 3, 4, 5)]),
    ("UpsamplingBilinear2d(size=7)", [(2, 3, 4, 5)]),
    ("CosineSimilarity(dim=1)", [X, X]),
    ("PairwiseDistance(p=1.0, keepdim=True)", [X, X]),
    ("L1Loss()", [X, X]),
    ("MSELoss(reduction='sum')", [X, X]),
    ("SmoothL1Loss(beta=0.5)", [X, X]),
    ("SmoothL1Loss(beta=0.0)", [X, X]),
    ("HuberLoss(reduction='none', delta=0.5)", [X, X]),
    ("CrossEntropyLoss()", [(5, 3), ("int", 5)]),
    ("CrossEntropyLoss(reduction='none')", [(5, 3), ("int", 5)]),
    ("CrossEntropyLoss(reduction='sum', ignore_index=1)", [(5, 3), ("int", 5)]),
    ("CrossEntropyLoss(ignore_index=1)", [(5, 3), ("int", 5)]),
    ("CrossEntropyLoss(weight=T.tensor([1.0, 2.0, 0.5]))", [(5, 3), ("int", 5)]),
    ("CrossEntropyLoss(weight=T.tensor([1.0, 2.0, 0.5]), ignore_index=2)", [(5, 3), ("int", 5)]),
    ("CrossEntropyLoss(label_smoothing=0.1)", [(5, 3), ("int", 5)]),
    ("CrossEntropyLoss(T.tensor([1.0, 2.0, 0.5]), label_smoothing=0.2, ignore_index=0)", [(5, 3), ("int", 5)]),
    ("CrossEntropyLoss(label_smoothing=0.2, reduction='none')", [(5, 3, 2), ("int", 5, 2)]),
    ("CrossEntropyLoss()", [(3,), ("int",)]),
    ("CrossEntropyLoss(ignore_index=1)", [(2, 3, 4, 5), ("int", 2, 4, 5)]),
    ("CrossEntropyLoss()", [(5, 3), (5, 3)]),
    ("CrossEntropyLoss(label_smoothing=0.2, weight=T.tensor([1.0, 2.0, 0.5]))", [(5, 3, 2), (5, 3, 2)]),
    ("CrossEntropyLoss(reduction='none')", [(5, 3, 2), (5, 3, 2)]),
    ("NLLLoss()", [(5, 3), ("int", 5)]),
    ("NLLLoss(weight=T.tensor([1.0, 2.0, 0.5]), reduction='sum')", [(5, 3), ("int", 5)]),
    ("NLLLoss(ignore_index=0)", [(5, 3, 2), ("int", 5, 2)]),
    ("BCEWithLogitsLoss()", [X, X]),
    ("BCEWithLogitsLoss(weight=T.tensor([2.0, 1.0, 1.0, 0.0, 3.0, 1.0]))", [X, X]),
    ("BCEWithLogitsLoss(pos_weight=T.tensor([2.0, 1.0, 1.0, 0.0, 3.0, 1.0]), reduction='none')", [X, X]),
    ("KLDivLoss(reduction='batchmean', log_target=True)", [X, X]),
    ("KLDivLoss(log_target=True)", [X, X]),
    ("PoissonNLLLoss()", [X, X]),
    ("HingeEmbeddingLoss()", [X, X]),
    ("MarginRankingLoss(0.3)", [X, X, X]),
    ("MultiMarginLoss()", [(5, 3), ("int", 5)]),
    ("MultiMarginLoss(p=2, margin=0.5, weight=T.tensor([1.0, 2.0, 0.5]), reduction='none')", [(5, 3), ("int", 5)]),
    ("MultiLabelSoftMarginLoss()", [X, X]),
    ("TripletMarginLoss()", [X, X, X]),
    ("TripletMarginLoss(margin=2.0, p=1.0, swap=True, reduction='sum')", [X, X, X]),
    ("TripletMarginWithDistanceLoss(swap=True)", [X, X, X]),
]  # fmt: skip


def run_layer(lib, text, shapes, training):
    module = eval("nn." + text, {"nn": lib.nn, "T": lib})
    module.train(training)
    if "MarginRanking" not in text and training:
        for parameter in module.parameters():  # away from the ones and zeros they may start as
            parameter.data += 0.1
    inputs = [leaf(lib, array) for array in draws(*shapes)]
    out = module(*inputs) if inputs else None
    loss = loss_of(out) if inputs else 0
    if isinstance(loss, (minitorch.Tensor, torch.Tensor)):
        loss.backward()
    state = dict(module.state_dict())
    return module, out, [t.grad for t in inputs], {n: p.grad for n, p in module.named_parameters()}, state


@pytest.mark.parametrize("training", [True, False], ids=["train", "eval"])
@pytest.mark.parametrize(("text", "shapes"), LAYERS, ids=[f"{t}-{s}" for t, s in LAYERS])
def test_layer(text, shapes, training):
    ours, theirs = both(lambda lib: run_layer(lib, text, shapes, training))
    assert repr(ours[0]) == repr(theirs[0])
    assert list(ours[4]) == list(theirs[4])
    close(list(ours[4].values()), list(theirs[4].values()))
    if ours[1] is not None:
        close(ours[1], theirs[1])
    for mine, other in [*zip(ours[2], theirs[2], strict=True), *((g, theirs[3][n]) for n, g in ours[3].items())]:
        assert (mine is None) == (other is None)
        if mine is not None:
            close(mine, other)


def named_inputs(lib):
    rng = np.random.default_rng(3)
    x, y, z = (rng.standard_normal((4, 6)).astype(np.float32) for _ in range(3))
    image = rng.standard_normal((2, 4, 6, 5)).astype(np.float32)
    kernel = rng.standard_normal((6, 2, 3, 2)).astype(np.float32)
    leaves = {"x": x, "y": y, "z": z, "image": image, "kernel": kernel, "vector": z[0], "column": z[:, :1]}
    leaves |= {"p": 1 / (1 + np.exp(-x)), "q": 1 / (1 + np.exp(-y)), "edge": np.array([0, 1, 0.3, 1], np.float32)}
    fixed = {"sign": np.where(z > 0, 1, -1).astype(np.float32), "side": np.array([1.0, -1, 1, -1], np.float32)}
    fixed |= {"c": rng.integers(0, 6, 4), "labels": np.array([[2, 0, -1, 1, 0, 0], [-1, 3, 0, 0, 0, 0]]).repeat(2, 0)}
    fixed |= {"zero_one": np.array([0, 1, 1, 0], np.float32), "counts": rng.integers(0, 5, (4, 6)).astype(np.float32)}
    return {k: leaf(lib, v) for k, v in leaves.items()} | {k: lib.tensor(v) for k, v in fixed.items()}


FUNCTIONS = [
    "F.linear(x, y)",
    "F.linear(x, y, z[:, 0])",
    "F.linear(x, vector)",
    "F.linear(vector, y, z[:, 0])",
    "F.relu(x + 0, inplace=True)",
    "F.relu_(x + 0)",
    "F.gelu(x + 0, approximate='tanh')",
    "F.silu(x + 0, inplace=True)",
    "F.mish(x + 0, True)",
    "F.elu_(x + 0, 0.7)",
    "F.selu_(x + 0)",
    "F.celu_(x + 0, 0.7)",
    "F.leaky_relu_(x + 0, 0.2)",
    "F.hardtanh_(x + 0, -0.2, 0.5)",
    "F.relu6(x + 0, inplace=True)",
    "F.threshold_(x + 0, 0.2, -1.0)",
    "F.hardswish(5 * x, inplace=True)",
    "F.hardsigmoid(5 * x, inplace=True)",
    "F.rrelu_(x + 0, training=True)",
    "F.dropout(x + 0, 0.3, inplace=True)",
    "F.dropout(x.t(), 0.3)",
    "F.alpha_dropout(x + 0, 0.3, training=True, inplace=True)",
    "F.dropout2d(image, 0.4, True, True) if False else F.dropout2d(image, 0.4)",
    "F.relu(T.zeros(3, requires_grad=True))",
    "F.hardtanh(T.tensor([-1.0, 1.0, 0.5, float('nan')], requires_grad=True))",
    "F.hardshrink(T.tensor([-0.5, 0.5, 0.7, float('nan')], requires_grad=True))",
    "F.softshrink(T.tensor([-0.5, 0.5, 0.7, float('nan')], requires_grad=True))",
    "F.hardswish(T.tensor([-3.0, 3.0, 0.7, float('nan')], requires_grad=True))",
    "F.softplus(20 * x, beta=2, threshold=5)",
    "F.prelu(image, vector[:4])",
    "F.glu(x, dim=0)",
    "F.softmax(x, dim=0, dtype=T.float64)",
    "F.log_softmax(30 * x, -1)",
    "F.softmin(x, 1)",
    "F.gumbel_softmax(x, tau=0.7)",
    "F.gumbel_softmax(x, hard=True, dim=0)",
    "F.normalize(x)",
    "F.normalize(x, p=1, dim=0)",
    "F.normalize(x * 0, eps=0.1)",
    "F.cosine_similarity(x, y)",
    "F.cosine_similarity(x, vector, dim=-1)",
    "F.cosine_similarity(x * 1e-9, y, dim=0)",
    "F.pairwise_distance(x, y, p=3.0)",
    "F.pairwise_distance(x, vector, eps=0.1)",
    "F.one_hot(c)",
    "F.one_hot(c, 9)",
    "F.embedding(c, x)",
    "F.embedding(c, T.cat([x, y]), padding_idx=-3, scale_grad_by_freq=True)",
    "F.pad(x, (1, 2))",
    "F.pad(image, (1, -1, -2, 0), value=3.0)",
    "F.pad(image, (2, 1, 0, 3), mode='reflect')",
    "F.pad(image, (-1, 1, 0, 2), mode='circular')",
    "F.pad(x, (2, 1), mode='replicate')",
    "F.conv2d(image, kernel, groups=2, stride=(2, 1), padding=1)",
    "F.conv2d(image[0], kernel, vector, groups=2, padding='same')",
    "F.conv2d(image, kernel, vector, groups=2, padding='valid', dilation=2)",
    "F.conv1d(image[0], kernel[:, :, 0], groups=3)",
    "F.conv_transpose2d(image, kernel[:4], vector[:2], stride=2, padding=1, output_padding=1)",
    "F.max_pool2d(image, 2, stride=1, return_indices=True)",
    "F.max_pool1d(image[0], 3, padding=1)",
    "F.avg_pool2d(image, 3, 2, 1, True, False)",
    "F.lp_pool2d(image, 3, 2)",
    "F.lp_pool1d(image[0].abs(), float('inf'), 2)",
    "F.adaptive_max_pool2d(image, (3, 2), return_indices=True)",
    "F.adaptive_avg_pool2d(image, (4, 3))",
    "F.interpolate(image, scale_factor=2)",
    "F.interpolate(image, scale_factor=(1.5, 0.7))",
    "F.interpolate(image, size=(4, 9), mode='nearest-exact')",
    "F.interpolate(image, size=(4, 9), mode='bilinear')",
    "F.interpolate(image, scale_factor=1.3, mode='bilinear')",
    "F.interpolate(image, scale_factor=1.3, mode='bilinear', recompute_scale_factor=True)",
    "F.interpolate(image, size=(9, 3), mode='bicubic')",
    "F.interpolate(image, size=(4, 3), mode='area')",
    "F.interpolate(image[0], size=7, mode='linear', align_corners=True)",
    "F.upsample(image, scale_factor=2)",
    "F.upsample_nearest(image, size=(3, 9))",
    "F.upsample_bilinear(image, scale_factor=2)",
    "F.unfold(image, (2, 3), dilation=(2, 1), padding=1, stride=2)",
    "F.fold(F.unfold(image, 2), (6, 5), 2)",
    "F.pixel_shuffle(image, 2)",
    "F.layer_norm(x, (6,), vector, vector)",
    "F.layer_norm(image, (6, 5))",
    "F.rms_norm(x, (6,), vector)",
    "F.rms_norm(x.double(), (6,))",
    "F.group_norm(image, 2, vector[:4], vector[:4], 0.1)",
    "F.batch_norm(x, None, None, vector, vector, training=True)",
    "F.batch_norm(x, T.ones(6), T.ones(6) * 2, vector, vector)",
    "F.instance_norm(image, weight=vector[:4])",
    "F.local_response_norm(image, 2, alpha=0.5, beta=0.6, k=2)",
    "F.mse_loss(x, y)",
    "F.mse_loss(x, vector)",
    "F.mse_loss(x, y, weight=p.detach())",
    "F.mse_loss(x, y, size_average=False)",
    "F.l1_loss(x, x.detach())",
    "F.l1_loss(x, y, reduce=False)",
    "F.l1_loss(x, y, weight=p.detach(), reduction='sum')",
    "F.smooth_l1_loss(x, y, beta=0.3, reduction='none')",
    "F.huber_loss(x, y, delta=2.0)",
    "F.huber_loss(x, y, delta=2.0, weight=p.detach())",
    "F.cross_entropy(1000 * x, c)",
    "F.cross_entropy(x, c, ignore_index=int(c[0]))",
    "F.cross_entropy(x, T.full((4,), -100))",
    "F.cross_entropy(x, c, weight=vector.abs().detach(), reduction='none')",
    "F.cross_entropy(x, p)",
    "F.nll_loss(x.log_softmax(1), c, reduction='sum')",
    "F.binary_cross_entropy(p, q)",
    "F.binary_cross_entropy(p, q, weight=p.detach(), reduction='sum')",
    "F.binary_cross_entropy(p, q, weight=vector.abs().detach(), reduction='none')",
    "F.binary_cross_entropy(edge, zero_one, reduction='none')",
    "F.binary_cross_entropy_with_logits(x, q, pos_weight=vector.abs().detach())",
    "F.binary_cross_entropy_with_logits(100 * x, q.detach())",
    "F.kl_div(x, q, reduction='batchmean')",
    "F.kl_div(x, zero_one[:, None], reduction='sum')",
    "F.kl_div(x, y, reduction='none', log_target=True)",
    "F.poisson_nll_loss(x, counts, full=True)",
    "F.poisson_nll_loss(p, counts, log_input=False, reduction='sum')",
    "F.gaussian_nll_loss(x, y, p)",
    "F.gaussian_nll_loss(x, y, p[:, :1], full=True)",
    "F.gaussian_nll_loss(x, y, p[:, 0], eps=0.5, reduction='none')",
    "F.gaussian_nll_loss(x, y, 0.3)",
    "F.hinge_embedding_loss(x, sign, margin=0.5)",
    "F.soft_margin_loss(x, sign)",
    "F.margin_ranking_loss(x, y, sign, margin=0.2, reduction='none')",
    "F.cosine_embedding_loss(x, y, side, margin=-0.3)",
    "F.cosine_embedding_loss(x[0], y[0], side[0])",
    "F.multi_margin_loss(x, c, p=2)",
    "F.multi_margin_loss(vector, c[0], margin=0.4, reduction='sum')",
    "F.multilabel_margin_loss(x, labels)",
    "F.multilabel_margin_loss(x[0], labels[0], reduction='none')",
    "F.multilabel_soft_margin_loss(x, (sign + 1) / 2, weight=vector.abs().detach())",
    "F.triplet_margin_loss(x, y, z, p=2, swap=True)",
    "F.triplet_margin_loss(x, y, z, margin=2.0, reduction='none')",
    "F.bilinear(x, y, T.ones(3, 6, 6), T.ones(3))",
]


@pytest.mark.parametrize("text", FUNCTIONS)
def test_function(text):
    def run(lib):
        names = named_inputs(lib)
        out = eval(text, {"F": lib.nn.functional, "T": lib, **names})
        loss = loss_of(out)
        if isinstance(loss, (minitorch.Tensor, torch.Tensor)):
            loss.backward()
        return out, {name: t.grad for name, t in names.items()}

    ours, theirs = both(run)
    close(ours[0], theirs[0])
    for name, grad in ours[1].items():
        assert (grad is None) == (theirs[1][name] is None), name
        if grad is not None:
            close(grad, theirs[1][name])


# Each raises the same type of error in both, and our message begins with the first words of PyTorch's.
ERRORS = [
    "nn.Linear(3, 4)([1.0, 2.0, 3.0])",
    "nn.Linear(3, 4)(T.zeros(2, 5))",
    "nn.Linear(3, 4, bias=False)(T.zeros(2, 5))",
    "nn.Linear(3, 4)(T.zeros(5))",
    "nn.Linear(3, 4)(T.zeros(2, 3).double())",
    "nn.Linear(3, 4)(T.zeros(2, 3).long())",
    "nn.Linear(3, 4)()",
    "nn.Bilinear(0, 3, 4)",
    "nn.Bilinear(3, 3, 4)(T.zeros(2, 3), T.zeros(2, 4))",
    "nn.Conv2d(3, 4, 3, groups=2)",
    "nn.Conv2d(4, 3, 3, groups=2)",
    "nn.Conv2d(4, 4, 3, groups=0)",
    "nn.Conv2d(4, 4, 3, padding='sam')",
    "nn.Conv2d(4, 4, 3, padding='same', stride=2)",
    "nn.Conv2d(4, 4, 3, padding_mode='mirror')",
    "nn.ConvTranspose2d(4, 4, 3, padding_mode='reflect')",
    "nn.ConvTranspose2d(4, 4, 3, stride=2)(T.zeros(1, 4, 3, 3), output_size=(9, 9))",
    "nn.Conv2d(3, 4, 3)(T.zeros(2, 2))",
    "nn.Conv2d(3, 4, 3)(T.zeros(1, 4, 5, 5))",
    "nn.Conv2d(3, 4, 3)(T.zeros(1, 3, 2, 2))",
    "nn.Conv2d(3, 4, 3, bias=False)(T.zeros(1, 3, 5, 5).double())",
    "F.conv2d(T.zeros(1, 3, 5, 5), T.zeros(2, 3, 3, 3), T.zeros(3))",
    "F.conv2d(T.zeros(1, 3, 5, 5), T.zeros(2, 3, 3, 3), padding='sam')",
    "F.conv2d(T.zeros(1, 3, 5, 5), T.zeros(2, 3, 3, 3), stride=0)",
    "F.conv2d(T.zeros(1, 3, 5, 5), T.zeros(2, 3, 3, 3), stride=(1, 2, 3))",
    "F.conv2d(T.zeros(1, 3, 5, 5), T.zeros(2, 3, 3, 3), padding=-1)",
    "F.conv2d(T.zeros(1, 3, 5, 5), T.zeros(2, 3, 3, 3), dilation=0)",
    "F.conv2d(T.zeros(1, 3, 5, 5), T.zeros(3, 1, 3, 3), groups=2)",
    "F.conv1d(T.zeros(1, 3, 5, 5), T.zeros(2, 3, 3))",
    "nn.MaxPool2d(2, padding=2)(T.zeros(1, 3, 5, 5))",
    "nn.MaxPool2d(6)(T.zeros(1, 3, 5, 5))",
    "F.max_pool2d(T.zeros(1, 3, 5, 5), 2, stride=0)",
    "F.max_pool2d(T.zeros(1, 3, 5, 5), (2, 2, 2))",
    "F.max_pool2d(T.zeros(1, 3, 5, 5), 2, dilation=0)",
    "F.max_pool1d(T.zeros(1, 3, 5, 5), 2)",
    "F.avg_pool2d(T.zeros(1, 3, 5, 5), 2, divisor_override=0)",
    "F.adaptive_avg_pool2d(T.zeros(1, 3, 5, 5), (2,))",
    "F.adaptive_avg_pool2d(T.zeros(1, 3, 5, 5), -1)",
    "F.adaptive_avg_pool2d(T.zeros(5), 2)",
    "nn.BatchNorm1d(3)(T.zeros(1, 3))",
    "nn.BatchNorm1d(3)(T.zeros(2, 3, 4, 5))",
    "nn.BatchNorm2d(3)(T.zeros(2, 3))",
    "nn.BatchNorm1d(3)(T.zeros(2, 4))",
    "nn.BatchNorm1d(3)(T.zeros(2, 3).long())",
    "F.batch_norm(T.zeros(2, 3), None, None)",
    "F.batch_norm(T.zeros(2, 3), None, None, training=True, eps=0.0)",
    "nn.LayerNorm(4)(T.zeros(2, 3))",
    "F.layer_norm(T.zeros(2, 3), ())",
    "F.layer_norm(T.zeros(2, 3), 3)",
    "F.layer_norm(T.zeros(2, 3), (3,), T.zeros(4))",
    "nn.GroupNorm(2, 3)",
    "F.group_norm(T.zeros(2, 3), 2)",
    "F.group_norm(T.zeros(2, 4), 2, T.zeros(3))",
    "F.group_norm(T.zeros(1, 2), 2)",
    "F.instance_norm(T.zeros(2, 3, 1))",
    "nn.InstanceNorm1d(3, affine=True)(T.zeros(2, 4, 5))",
    "nn.Dropout(1.5)",
    "F.dropout(T.zeros(3), -0.1)",
    "F.dropout1d(T.zeros(3))",
    "nn.Embedding(3, 4, padding_idx=3)",
    "nn.Embedding(3, 4)(T.tensor([3]))",
    "nn.Embedding(3, 4)(T.tensor([1.0]))",
    "nn.Embedding.from_pretrained(T.zeros(3))",
    "nn.Embedding(3, 4, _weight=T.zeros(3, 5))",
    "F.one_hot(T.tensor([1.0]))",
    "F.one_hot(T.tensor([-1]))",
    "F.one_hot(T.tensor([3]), 2)",
    "nn.Hardtanh(1.0, 1.0)",
    "F.hardtanh(T.zeros(3), 1.0, 0.0)",
    "F.softshrink(T.zeros(3), -1.0)",
    "F.gelu(T.zeros(3), approximate='erf')",
    "F.glu(T.zeros(3))",
    "F.glu(T.tensor(1.0))",
    "F.prelu(T.zeros(2, 3), T.zeros(4))",
    "F.rrelu(T.zeros(3), 0.5, 0.1)",
    "nn.Softmax2d()(T.zeros(2, 3))",
    "F.softmax(T.zeros(2, 3), 2)",
    "nn.Unflatten(1, 3)",
    "nn.Unflatten(1, (2.0, 3))",
    "nn.Unflatten(1, (2, 4))(T.zeros(2, 6))",
    "nn.Flatten()(T.zeros(3))",
    "nn.ReflectionPad1d(5)(T.zeros(1, 2, 5))",
    "nn.CircularPad1d(6)(T.zeros(1, 2, 5))",
    "nn.CircularPad1d(1)(T.zeros(1, 1, 2, 5))",
    "F.pad(T.zeros(2, 3), (1,))",
    "F.pad(T.zeros(3), (1, 1, 1, 1))",
    "F.pad(T.zeros(2, 3), (1, 1), mode='mirror')",
    "F.pad(T.zeros(1, 2, 3, 4), (1, 1), mode='reflect')",
    "F.pad(T.zeros(2, 3), (1, 1), mode='reflect', value=2.0)",
    "F.pad(T.zeros(2, 3), (-2, -2))",
    "F.pixel_shuffle(T.zeros(1, 3, 2, 2), 2)",
    "F.pixel_unshuffle(T.zeros(1, 3, 3, 2), 2)",
    "F.channel_shuffle(T.zeros(1, 3, 2, 2), 2)",
    "F.interpolate(T.zeros(1, 3, 4))",
    "F.interpolate(T.zeros(1, 3, 4), size=3, scale_factor=2)",
    "F.interpolate(T.zeros(1, 3, 4), size=(3, 3))",
    "F.interpolate(T.zeros(1, 3, 4), size=3, mode='bilinear')",
    "F.interpolate(T.zeros(1, 3, 4), size=3, align_corners=True)",
    "F.fold(T.zeros(1, 12, 5), (4, 5), (2, 3))",
    "F.cross_entropy(T.zeros(2, 3), T.tensor([1, 2, 0]))",
    "F.cross_entropy(T.zeros(2, 3), T.tensor([1.0, 2.0]))",
    "F.cross_entropy(T.zeros(2, 3), T.tensor([1, 2], dtype=T.int32))",
    "F.cross_entropy(T.zeros(2, 3), T.tensor([1, 3]))",
    "F.cross_entropy(T.zeros(2, 3), T.tensor([1, -1]))",
    "F.cross_entropy(T.zeros(2, 3), T.tensor([[1], [2]]))",
    "F.cross_entropy(T.zeros(2, 3), T.zeros(2, 3, dtype=T.int64))",
    "F.cross_entropy(T.zeros(2, 3), T.tensor([1, 2]), reduction='men')",
    "F.cross_entropy(T.zeros(2, 3), T.tensor([1, 2]), weight=T.ones(4))",
    "F.cross_entropy(T.zeros(2, 3), T.tensor([1, 2]), label_smoothing=2.0)",
    "F.cross_entropy(T.zeros(2, 3, 4), T.zeros(2, 3, dtype=T.int64))",
    "F.nll_loss(T.zeros(2, 3), T.tensor([1, 3]))",
    "F.mse_loss(T.zeros(2, 3), T.zeros(4))",
    "F.mse_loss(T.zeros(2, 3), T.zeros(2, 3), reduction='avg')",
    "F.mse_loss(T.zeros(2, 3), T.zeros(2, 3), weight=T.zeros(3))",
    "F.l1_loss(T.zeros(3), T.zeros(3), reduction='batchmean')",
    "F.smooth_l1_loss(T.zeros(3), T.zeros(3), beta=-1.0)",
    "F.huber_loss(T.zeros(3), T.zeros(3), delta=0.0)",
    "F.kl_div(T.zeros(3), T.zeros(3), reduction='avg')",
    "F.binary_cross_entropy(T.zeros(3) + 2, T.zeros(3))",
    "F.binary_cross_entropy(T.zeros(3), T.zeros(4))",
    "F.binary_cross_entropy_with_logits(T.zeros(3), T.zeros(3, 1))",
    "F.gaussian_nll_loss(T.zeros(3), T.zeros(3), -T.ones(3))",
    "F.gaussian_nll_loss(T.zeros(2, 3), T.zeros(2, 3), T.ones(3))",
    "F.poisson_nll_loss(T.zeros(3), T.zeros(3), reduction='avg')",
    "F.margin_ranking_loss(T.zeros(3), T.zeros(3), T.zeros(3, 1))",
    "F.cosine_embedding_loss(T.zeros(3), T.zeros(3), T.zeros(3))",
    "F.cosine_embedding_loss(T.zeros(3, 2), T.zeros(3, 2), T.zeros(3, 2))",
    "F.multi_margin_loss(T.zeros(2, 3), T.tensor([1, 2]), p=3)",
    "F.multi_margin_loss(T.zeros(2, 3), T.tensor([1, 3]))",
    "F.multilabel_margin_loss(T.zeros(2, 3), T.tensor([1, 2]))",
    "F.triplet_margin_loss(T.zeros(3), T.zeros(3), T.zeros(3), margin=0.0)",
    "nn.TripletMarginLoss(margin=-1.0)",
    "nn.MultiMarginLoss(p=3)",
    "nn.Sequential(nn.ReLU())[1]",
    "nn.Sequential(3)",
    "nn.Sequential(nn.ReLU()) + [nn.ReLU()]",
    "nn.Sequential(nn.ReLU()) * 0",
    "nn.Sequential(nn.ReLU()) * 1.5",
    "nn.Sequential().insert(1, nn.ReLU())",
    "nn.ModuleList(3)",
    "nn.ModuleList([nn.ReLU()])[2]",
    "nn.ModuleDict(3)",
    "nn.ModuleDict([1])",
    "nn.ModuleDict([(1, 2, 3)])",
    "nn.ModuleDict({'a.b': nn.ReLU()})",
    "nn.ModuleDict({'keys': nn.ReLU()})",
    "nn.ModuleDict()['a']",
    "nn.ParameterList(T.zeros(3))",
    "nn.ParameterList([T.zeros(3)])[1]",
    "nn.ParameterList()(3)",
    "nn.ParameterDict({3: T.zeros(3)})",
    "nn.ParameterDict()(3)",
    "nn.Parameter(T.tensor([1, 2]))",
    "nn.utils.vector_to_parameters([1.0], [])",
]


@pytest.mark.parametrize("text", ERRORS)
def test_error(text):
    caught = []
    for lib in (minitorch, torch):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with pytest.raises(Exception) as info:  # noqa: PT011  # the type is compared below
                eval(text, {"nn": lib.nn, "F": lib.nn.functional, "T": lib})
        caught.append(info)
    ours, theirs = caught
    assert ours.type is theirs.type
    mine, other = ([word.strip(",.;:'") for word in str(e.value).split()[:5]] for e in caught)
    assert mine[: len(other)] == other


def test_a_seeded_training_run_is_the_same():
    """Initial weights, dropout masks, running statistics and gradients together, over several steps."""

    def run(lib):
        nn = lib.nn
        net = nn.Sequential(
            nn.Conv2d(2, 6, 3, padding=1), nn.BatchNorm2d(6), nn.ReLU(), nn.MaxPool2d(2), nn.Dropout(0.3), nn.Flatten(),
            nn.Linear(24, 8), nn.LayerNorm(8), nn.GELU(), nn.Linear(8, 3),
        )  # fmt: skip
        x, y = lib.tensor(draws((16, 2, 4, 4))[0]), lib.tensor(draws(("int", 16))[0])
        losses = []
        for _ in range(20):
            loss = nn.functional.cross_entropy(net(x), y, label_smoothing=0.1)
            net.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(net.parameters(), 1.0)
            with lib.no_grad():
                for p in net.parameters():
                    p -= 0.1 * p.grad
            losses.append(loss.item())
        return losses, list(net.state_dict().values()), net.eval()(x)

    ours, theirs = both(run)
    np.testing.assert_allclose(ours[0], theirs[0], rtol=1e-4)
    assert ours[0][-1] < 0.8 * ours[0][0]
    for mine, other in zip(ours[1] + [ours[2]], theirs[1] + [theirs[2]], strict=True):
        np.testing.assert_allclose(mine.detach().numpy(), other.detach().numpy(), rtol=1e-3, atol=1e-4)
