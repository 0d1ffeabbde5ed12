"""First and second derivatives of nn.functional against finite differences."""

import numpy as np
import pytest

import minitorch
import minitorch.nn
from minitorch.autograd import gradcheck, gradgradcheck

F = minitorch.nn.functional


def tensors():
    rng = np.random.default_rng(0)
    shapes = {"x": (3, 4), "y": (3, 4), "w": (4,), "image": (1, 2, 4, 3), "kernel": (2, 2, 2, 2), "cube": (2, 2, 3)}
    found = {name: rng.standard_normal(shape) for name, shape in shapes.items()}
    found["p"] = rng.uniform(0.1, 0.9, (3, 4))
    found["q"] = rng.uniform(0.1, 0.9, (3, 4))
    return {name: minitorch.tensor(array, requires_grad=True) for name, array in found.items()}


C = minitorch.tensor([0, 3, 1])
FIXED = minitorch.tensor([0.5, -1.0, 2.0, 1.0], dtype=minitorch.float64)
SIGN = minitorch.tensor([[1.0, -1.0, -1.0, 1.0]] * 3, dtype=minitorch.float64)
CASES = {
    "linear": lambda x, w: F.linear(x, x, w[:3]),
    "bilinear": lambda x, y, w: F.bilinear(x, y, w.reshape(1, 4, 1).expand(2, 4, 4)),
    "hardtanh": lambda x: F.hardtanh(x, -0.5, 0.5),
    "prelu": lambda image, w: F.prelu(image, w[:2]),
    "mish": lambda x: F.mish(x),
    "hardswish": lambda x: F.hardswish(x * 3),
    "softshrink": lambda x: F.softshrink(x),
    "softsign": lambda x: F.softsign(x),
    "glu": lambda x: F.glu(x),
    "celu": lambda x: F.celu(x, 0.7),
    "embedding": lambda x: F.embedding(minitorch.tensor([0, 2, 2]), x) ** 2,
    "reflect": lambda cube: F.pad(cube, (2, 1), mode="reflect") ** 2,
    "constant": lambda cube: F.pad(cube, (2, -1, 0, 1), value=2.0) ** 2,
    "conv2d": lambda image, kernel, w: F.conv2d(image, kernel, w[:2], padding=1, stride=(2, 1)),
    "conv_transpose2d": lambda image, kernel: F.conv_transpose2d(image, kernel, stride=2, output_padding=1),
    "same": lambda image, kernel: F.conv2d(image, kernel, padding="same"),
    "unfold": lambda image: F.unfold(image, 2, padding=1) ** 2,
    "max_pool2d": lambda image: F.max_pool2d(image, 2) ** 2,
    "avg_pool2d": lambda image: F.avg_pool2d(image, 2, 1, 1, count_include_pad=False) ** 2,
    "adaptive_avg_pool2d": lambda image: F.adaptive_avg_pool2d(image, (3, 2)) ** 2,
    "adaptive_max_pool1d": lambda cube: F.adaptive_max_pool1d(cube, 2) ** 2,
    "bicubic": lambda image: F.interpolate(image, size=(3, 5), mode="bicubic") ** 2,
    "nearest": lambda cube: F.interpolate(cube, scale_factor=2) ** 2,
    "batch_norm": lambda cube, w: F.batch_norm(cube, None, None, w[:2], w[2:], training=True),
    "batch_norm_eval": lambda x, w: F.batch_norm(x, FIXED, FIXED**2, w, w) ** 2,
    "instance_norm": lambda cube: F.instance_norm(cube),
    "layer_norm": lambda x, w: F.layer_norm(x, (4,), w, w),
    "rms_norm": lambda x, w: F.rms_norm(x, (4,), w),
    "group_norm": lambda cube, w: F.group_norm(cube, 1, w[:2], w[2:]),
    "local_response_norm": lambda cube: F.local_response_norm(cube, 2, alpha=0.5),
    "cosine_similarity": lambda x, y: F.cosine_similarity(x, y),
    "normalize": lambda x: F.normalize(x, p=3),
    "pairwise_distance": lambda x, y: F.pairwise_distance(x, y, p=3.0),
    "mse": lambda x, y: F.mse_loss(x, y, reduction="none"),
    "smooth_l1": lambda x, y: F.smooth_l1_loss(x, y, beta=0.7),
    "huber": lambda x, y: F.huber_loss(x, y, delta=0.7, reduction="sum"),
    "cross_entropy": lambda x: F.cross_entropy(x, C),
    "smoothed": lambda x: F.cross_entropy(x, C, label_smoothing=0.2, weight=minitorch.ones(4, dtype=minitorch.float64)),
    "probabilities": lambda x, p: F.cross_entropy(x, p, label_smoothing=0.1),
    "nll": lambda x: F.nll_loss(F.log_softmax(x, 1), C, ignore_index=3),
    "bce": lambda p, q: F.binary_cross_entropy(p, q),
    "bce_logits": lambda x, q, w: F.binary_cross_entropy_with_logits(x, q, pos_weight=w),
    "kl_div": lambda x, p: F.kl_div(x, p, reduction="batchmean"),
    "kl_div_log": lambda x, y: F.kl_div(x, y, reduction="sum", log_target=True),
    "poisson": lambda x, p: F.poisson_nll_loss(x, p * 5, full=True),
    "gaussian": lambda x, y, p: F.gaussian_nll_loss(x, y, p, full=True),
    "hinge": lambda x: F.hinge_embedding_loss(x, SIGN) ** 2,
    "soft_margin": lambda x: F.soft_margin_loss(x, SIGN),
    "cosine_embedding": lambda x, y: F.cosine_embedding_loss(x, y, SIGN[0, :3], margin=-0.9),
    "multi_margin": lambda x: F.multi_margin_loss(x, C, p=2),
    "multilabel_soft_margin": lambda x, p: F.multilabel_soft_margin_loss(x, p),
    "triplet": lambda x, y: F.triplet_margin_loss(x, y, x * y, margin=3.0, swap=True),
}


@pytest.mark.parametrize("name", CASES)
def test_derivatives(name):
    function, given = CASES[name], tensors()
    inputs = [given[n] for n in function.__code__.co_varnames[: function.__code__.co_argcount]]
    assert gradcheck(function, inputs)
    assert gradgradcheck(function, inputs)
