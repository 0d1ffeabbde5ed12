"""Layers and losses inside vmap: gradients of each sample, and second derivatives through vmap, as PyTorch computes them."""

# ruff: noqa: E501 (the tables are wide)

import ast

import numpy as np
import pytest

import minitorch
import minitorch.nn.functional

pytest.importorskip("torch", reason="PyTorch is the oracle: pip install minitorch[oracle]")
from tests.oracle.compare import torch
from tests.oracle.expressions import lines

random = np.random.default_rng(0)
N = 4  # samples
ARRAYS = {
    "x": random.normal(size=(N, 3, 6)), "y": random.normal(size=(N, 3, 6)), "w": random.normal(size=(N, 4, 6)), "b": random.normal(size=(N, 4)),
    "image": random.normal(size=(N, 2, 4, 6, 6)), "filter": random.normal(size=(N, 3, 4, 3, 3)), "halves": random.normal(size=(N, 6, 2, 3, 3)),
    "b3": random.normal(size=(N, 3)), "line": random.normal(size=(N, 4, 3, 3)), "up": random.normal(size=(N, 4, 3, 3, 3)), "scale": random.normal(size=(N, 2, 6)),
    "square": random.normal(size=(N, 2, 6, 6)), "table": random.normal(size=(N, 6, 4)), "places": random.uniform(-1, 1, (N, 2, 3, 3, 2)), "label": random.integers(0, 6, (N, 3)),
}  # fmt: skip

EXPRESSIONS = lines("""
F.relu(x); F.gelu(x); F.gelu(x, approximate="tanh"); F.silu(x); F.elu(x); F.leaky_relu(x); F.softplus(x); F.mish(x); F.hardswish(x); F.glu(x); F.logsigmoid(x); F.prelu(x, b[:1])
F.softmax(x, -1); F.log_softmax(x, 0); F.layer_norm(x, (6,)); F.layer_norm(x, (6,), scale[0], scale[1]); F.rms_norm(x, (6,)); F.group_norm(image, 2); F.instance_norm(image); F.normalize(x)
F.batch_norm(image, None, None, training=True); F.linear(x, w); F.linear(x, w, b); F.bilinear(x, y, square); T.einsum("ij,kj->ik", x, y); T.baddbmm(square, square, square)
F.conv2d(image, filter); F.conv2d(image, filter, b3, padding=1, stride=2); F.conv2d(image, halves, groups=2, dilation=2); F.conv1d(x, line); F.conv_transpose2d(image, up, stride=2); F.unfold(image, 2)
F.max_pool2d(image, 2); F.avg_pool2d(image, 2); F.adaptive_avg_pool2d(image, 3); F.adaptive_max_pool2d(image, 3); F.lp_pool2d(image, 2, 2); F.pixel_shuffle(image, 2)
F.interpolate(image, scale_factor=2); F.interpolate(image, scale_factor=2, mode="bilinear"); F.pad(x, (1, 2)); F.pad(x, (1, 1), mode="reflect"); F.grid_sample(image, places, align_corners=False)
F.cross_entropy(x, label); F.cross_entropy(x, label, reduction="sum", label_smoothing=0.1); F.cross_entropy(x, label, scale[0].detach().exp()); F.cross_entropy(x, y.softmax(-1)); F.nll_loss(x, label); F.cross_entropy(x[0], label[0])
F.mse_loss(x, y); F.l1_loss(x, y); F.huber_loss(x, y); F.smooth_l1_loss(x, y); F.binary_cross_entropy(x.sigmoid(), y.sigmoid()); F.binary_cross_entropy_with_logits(x, y.sigmoid()); F.cosine_similarity(x, y)
F.kl_div(x.log_softmax(-1), y.softmax(-1), reduction="batchmean"); F.triplet_margin_loss(x, y, x + y); F.embedding(label, table); F.scaled_dot_product_attention(x, y, x + 1); F.scaled_dot_product_attention(x, y, x, is_causal=True)
""")


def called(expression):
    named = [node.id for node in ast.walk(ast.parse(expression, mode="eval")) if isinstance(node, ast.Name)]
    names = [name for name in dict.fromkeys(named) if name in ARRAYS]
    return eval(f"lambda T, F, {', '.join(names)}: {expression}"), [ARRAYS[name] for name in names]


def assert_all_close(theirs, ours):
    assert len(theirs) == len(ours)
    for a, b in zip(theirs, ours, strict=True):
        np.testing.assert_allclose(b.detach().numpy(), a.detach().numpy(), rtol=1e-9, atol=1e-10)


def sample_gradients(T, f, arrays):
    """The result and the gradients of each sample: vmap of grad."""
    floating = tuple(i for i, a in enumerate(arrays) if a.dtype.kind == "f")

    def loss(*xs):
        out = f(T, T.nn.functional, *xs)
        return (out * out).sum(), out

    gradients, out = T.func.vmap(T.func.grad(loss, floating, has_aux=True))(*map(T.from_numpy, arrays))
    return [*gradients, out]


def through(T, f, arrays):
    """First and second derivatives of vmap's result; only the first argument is mapped over if there are several."""
    dims = tuple(0 if i == 0 else None for i in range(len(arrays)))
    tensors = [T.from_numpy((a if d == 0 else a[0]).copy()) for a, d in zip(arrays, dims, strict=True)]
    leaves = [t.requires_grad_() for t in tensors if t.is_floating_point()]
    out = T.func.vmap(lambda *xs: f(T, T.nn.functional, *xs), dims)(*tensors)
    first = T.autograd.grad((out * out).sum(), leaves, create_graph=True, materialize_grads=True)
    total = sum((g * g).sum() for g in first)
    second = T.autograd.grad(total, leaves, materialize_grads=True) if total.requires_grad else []
    return [*first, *second]


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_gradients(expression):
    f, arrays = called(expression)
    assert_all_close(sample_gradients(torch, f, arrays), sample_gradients(minitorch, f, arrays))


# What PyTorch's vmap cannot do: the target's number is compared with the logits' in an in-place operation.
@pytest.mark.parametrize("expression", [e for e in EXPRESSIONS if "label_smoothing" not in e])
def test_second_derivatives_through_vmap(expression):
    f, arrays = called(expression)
    assert_all_close(through(torch, f, arrays), through(minitorch, f, arrays))


MODULES = {
    "mlp": (lambda n, d: n.Sequential(n.Linear(4, 5, dtype=d), n.Tanh(), n.LayerNorm(5, dtype=d), n.Dropout(0.0), n.Linear(5, 2, dtype=d)), (3, 4)),
    "cnn": (lambda n, d: n.Sequential(n.Conv2d(2, 3, 3, padding=1, dtype=d), n.ReLU(), n.MaxPool2d(2), n.GroupNorm(1, 3, dtype=d), n.Flatten(), n.Linear(12, 2, dtype=d)), (2, 2, 4, 4)),
    "lstm": (lambda n, d: n.LSTM(4, 3, batch_first=True, dtype=d), (2, 5, 4)),
    "gru": (lambda n, d: n.GRU(4, 3, bidirectional=True, dtype=d), (2, 5, 4)),
    "transformer": (lambda n, d: n.TransformerEncoderLayer(4, 2, 8, dropout=0.0, batch_first=True, dtype=d), (2, 5, 4)),
    "batch norm": (lambda n, d: n.BatchNorm1d(4, track_running_stats=False, dtype=d), (3, 4)),
    "batch norm, eval": (lambda n, d: n.BatchNorm1d(4, dtype=d).eval(), (3, 4)),
}  # fmt: skip


@pytest.mark.parametrize("name", MODULES)
def test_modules(name):
    """Samples under one module, and one sample under several: each as PyTorch computes it alone."""
    make, shape = MODULES[name]
    xs = random.normal(size=(3, *shape))

    def loss(T, module, parameters, buffers, x):
        out = T.func.functional_call(module, (parameters, buffers), (x,))
        while isinstance(out, tuple):
            out = out[0]
        return (out * out).sum()

    def setting(T):
        T.manual_seed(0)
        modules = [make(T.nn, T.float64) for _ in range(2)]
        return modules, [{k: p.detach() for k, p in m.named_parameters()} for m in modules], T.from_numpy(xs.copy())

    modules, parameters, x = setting(torch)
    gradient = torch.func.grad(
        lambda m, p, x: loss(torch, modules[m], p, dict(modules[m].named_buffers()), x), argnums=1
    )
    expected = [gradient(0, parameters[0], sample) for sample in x], [gradient(m, parameters[m], x[0]) for m in (0, 1)]

    modules, parameters, x = setting(minitorch)
    gradient = minitorch.func.grad(lambda p, b, x: loss(minitorch, modules[0], p, b, x))
    stacked, buffers = minitorch.func.stack_module_state(modules)
    found = (
        minitorch.vmap(gradient, in_dims=(None, None, 0))(parameters[0], dict(modules[0].named_buffers()), x),
        minitorch.vmap(gradient, in_dims=(0, 0, None))({k: p.detach() for k, p in stacked.items()}, buffers, x[0]),
    )
    for theirs, ours in zip(expected, found, strict=True):
        for name, g in ours.items():
            np.testing.assert_allclose(g.numpy(), np.stack([t[name].numpy() for t in theirs]), rtol=1e-9, atol=1e-10)
