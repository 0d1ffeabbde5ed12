"""Fused kernels against their definitions, and what convolution and pooling promise beside their numbers."""

import math

import numpy as np
import pytest

import minitorch
import minitorch.nn.functional as F
from minitorch.ops import (
    batch_normalisation,
    convolution,
    convolution_layouts,
    ctc,
    largest,
    losses,
    normalisation,
    pooling,
)

# --- Kernels and definitions ------------------------------------------------------------------------------------------


def draw(*shape, seed=0, dtype=np.float64):
    return np.random.default_rng(seed).standard_normal(shape).astype(dtype)


def with_moments(op, x, *scaling):
    moments = batch_normalisation.channel_moments(x.array) if isinstance(x, minitorch.Tensor) else None
    return op(x, *scaling, moments=moments, eps=1e-5)


CLASSES = minitorch.from_numpy(np.array([2, 0, 1, 2]))
LABELS = np.array([[0, 1, 0, 2, 0], [0, 2, 0, 0, 0]])  # with blanks around each
FUSED = {
    "cross entropy": (losses.cross_entropy_mean, [draw(4, 3)], lambda op, x: op(x, CLASSES)),
    "logits": (losses.logits_loss_mean, [draw(4, 3) * 5, draw(4, 3, seed=1)], lambda op, x, t: op(x, t)),
    "mse": (losses.mse_mean, [draw(4, 3), draw(4, 3, seed=1)], lambda op, x, t: op(x, t)),
    "batch norm": (batch_normalisation.batch_normalised, [draw(4, 3, 2, 2), draw(3), draw(3, seed=1)], with_moments),
    "batch norm of rows": (batch_normalisation.batch_normalised, [draw(5, 3), draw(3), draw(3, seed=1)], with_moments),
    "layer norm": (
        normalisation.layer_normalised,
        [draw(4, 2, 3), draw(2, 3), draw(2, 3, seed=1)],
        lambda op, x, w, b: op(x, w, b, size=6, places=1, eps=1e-5),
    ),
    "group norm": (
        normalisation.group_normalised,
        [draw(2, 4, 3), draw(4), draw(4, seed=1)],
        lambda op, x, w, b: op(x, w, b, size=6, places=3, eps=1e-5),
    ),
    "alignments": (
        ctc.alignments,
        [draw(5, 2, 3)],
        lambda op, x: op(x, labels=LABELS, times=np.array([5, 4]), counts=np.array([2, 1])),
    ),
    "rms norm": (normalisation.rms_normalised, [draw(4, 3), draw(3)], lambda op, x, w: op(x, w, size=3, eps=1e-5)),
}


def derivatives(f, arrays, order):
    """The result, and the gradients of its projection, of theirs, and so on."""
    inputs = [minitorch.from_numpy(x.copy()).requires_grad_() for x in arrays]
    found, value = [], f(*inputs)
    for k in range(order + 1):
        found.append(value if k == 0 else list(value))
        parts = [value] if k == 0 else value
        total = sum((part * minitorch.from_numpy(draw(*part.shape, seed=7 + k))).sum() for part in parts)
        if k < order:
            value = minitorch.autograd.grad(total, inputs, create_graph=True, materialize_grads=True)
    return [x.detach().numpy() for part in found for x in (part if isinstance(part, list) else [part])]


@pytest.mark.parametrize("name", FUSED)
def test_a_kernel_computes_its_definition(name):
    op, arrays, call = FUSED[name]
    kernel = derivatives(lambda *xs: call(op, *xs), arrays, 2)
    definition = derivatives(lambda *xs: call(op.row.definition, *xs), arrays, 2)
    for a, b in zip(kernel, definition, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-11)


@pytest.mark.parametrize("name", FUSED)
def test_a_kernel_has_the_gradient_of_its_definition(name):
    """The plain backward pass runs the kernel's own rules; under create_graph the definition's are run."""
    op, arrays, call = FUSED[name]
    found = []
    for create_graph in (False, True):
        inputs = [minitorch.from_numpy(x.copy()).requires_grad_() for x in arrays]
        out = call(op, *inputs)
        g = minitorch.from_numpy(draw(*out.shape, seed=3))
        found.append(minitorch.autograd.grad(out, inputs, g, create_graph=create_graph))
    for a, b in zip(*found, strict=True):
        np.testing.assert_allclose(a.numpy(), b.detach().numpy(), rtol=1e-9, atol=1e-11)


@pytest.mark.parametrize("name", FUSED)
def test_a_float32_kernel_stays_float32(name):
    op, arrays, call = FUSED[name]
    inputs = [minitorch.from_numpy(x.astype(np.float32)).requires_grad_() for x in arrays]
    out = call(op, *inputs)
    assert out.dtype is minitorch.float32
    out.sum().backward()
    assert [x.grad.dtype for x in inputs] == [minitorch.float32] * len(inputs)


def test_saturated_logits_give_finite_losses_and_slopes():
    x = minitorch.tensor([-1e4, -100.0, 0.0, 100.0, 1e4], requires_grad=True)
    t = minitorch.tensor([0.0, 0.0, 1.0, 1.0, 0.0])
    loss = F.binary_cross_entropy_with_logits(x, t)
    loss.backward()
    assert loss.item() == pytest.approx((math.log(2) + 1e4) / 5)
    np.testing.assert_allclose(x.grad.numpy(), [0, 0, -0.1, 0, 0.2], atol=1e-8)


def test_a_constant_row_normalises_to_zero_exactly():
    x = minitorch.full((2, 7), 5.0)
    assert not F.layer_norm(x, (7,)).numpy().any()


# --- Convolution ------------------------------------------------------------------------------------------------------

HOW = ((2, 1), (1, 0), (1, 2), 2)  # stride, padding, dilation, groups


def parts_of_a_convolution(n=5):
    x, w = draw(n, 4, 7, 8), draw(6, 2, 3, 2, seed=1)
    y = draw(n, 6, *convolution.out_sizes((7, 8), (3, 2), HOW), seed=2)
    return x, w, y


def test_the_three_convolutions_are_partial_derivatives_of_one_form():
    x, w, y = parts_of_a_convolution()
    form = (convolution.convolve(x, w, how=HOW) * y).sum()
    assert (convolution.convolve_input(y, w, how=HOW, spatial=(7, 8)) * x).sum() == pytest.approx(form)
    assert (convolution.convolve_weight(y, x, how=HOW, kernel=(3, 2)) * w).sum() == pytest.approx(form)


def test_chunks_change_nothing(monkeypatch):
    x, w, y = parts_of_a_convolution(n=37)
    calls = (
        lambda: convolution.convolve(x, w, how=HOW),
        lambda: convolution.convolve_input(y, w, how=HOW, spatial=(7, 8)),
        lambda: convolution.convolve_weight(y, x, how=HOW, kernel=(3, 2)),
    )
    whole = [call() for call in calls]
    monkeypatch.setattr(convolution, "CHUNK", 1)  # one example at a time
    for call, expected in zip(calls, whole, strict=True):
        np.testing.assert_allclose(call(), expected, rtol=1e-12, atol=1e-12)


LAYOUTS = [  # an input, a weight, padding and dilation of windows that move by one and are as many as the places
    ((5, 2, 7), (3, 2, 3), (1,), (1,)),
    ((5, 3, 4, 6), (4, 3, 3, 5), (1, 2), (1, 1)),
    ((2, 3, 5, 5), (4, 3, 3, 3), (2, 2), (2, 2)),
    ((2, 3, 4, 4), (4, 3, 1, 1), (0, 0), (1, 1)),
    ((3, 2, 3, 4, 2), (2, 2, 3, 1, 3), (1, 0, 1), (1, 1, 1)),
]


@pytest.mark.parametrize(("x", "w", "padding", "dilation"), LAYOUTS)
def test_both_layouts_give_one_convolution(monkeypatch, x, w, padding, dilation):
    x, w, how = draw(*x), draw(*w, seed=1), ((1,) * len(padding), padding, dilation, 1)
    y = draw(len(x), len(w), *x.shape[2:], seed=2)
    calls = (
        lambda: convolution.convolve(x, w, how=how),
        lambda: convolution.convolve_input(y, w, how=how, spatial=x.shape[2:]),
        lambda: convolution.convolve_weight(y, x, how=how, kernel=w.shape[2:]),
    )
    shifted = [call() for call in calls]
    monkeypatch.setattr(convolution_layouts, "LARGEST", 0)  # no masks, so no shifts
    convolution._chunks.cache_clear()
    for call, found in zip(calls, shifted, strict=True):
        np.testing.assert_allclose(found, call(), rtol=1e-12, atol=1e-12)
    convolution._chunks.cache_clear()


def test_what_is_not_finite_stays_within_its_windows():
    x, w = np.zeros((2, 2, 4, 4), np.float32), np.ones((1, 2, 3, 3), np.float32)
    x[0, 0, 0, 3] = np.inf  # at an edge, beside another line's begin
    x[1, 1, 3, 3] = np.nan
    found = convolution.convolve(x, w, how=((1, 1), (1, 1), (1, 1), 1))[:, 0]
    assert np.argwhere(np.isinf(found)).tolist() == [[0, 0, 2], [0, 0, 3], [0, 1, 2], [0, 1, 3]]
    assert np.argwhere(np.isnan(found)).tolist() == [[1, 2, 2], [1, 2, 3], [1, 3, 2], [1, 3, 3]]


@pytest.mark.parametrize(("padding", "dilation"), [(0, 1), (1, 1), (2, 1), (1, 2)])
def test_a_depthwise_convolution_is_one_of_each_channel(padding, dilation):
    inputs = [draw(3, 4, 6, 7), draw(4, 1, 3, 2, seed=1), draw(4, seed=2)]

    def apart(x, w, b):
        parts = [F.conv2d(x[:, i : i + 1], w[i : i + 1], b[i : i + 1], 1, padding, dilation) for i in range(4)]
        return minitorch.cat(parts, 1)

    together = derivatives(lambda x, w, b: F.conv2d(x, w, b, 1, padding, dilation, 4), inputs, 1)
    for a, b in zip(together, derivatives(apart, inputs, 1), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-11)


def test_a_convolution_is_contiguous_so_that_view_works():
    x = minitorch.from_numpy(draw(3, 2, 6, 6).transpose(0, 1, 3, 2))
    out = F.conv2d(x, minitorch.from_numpy(draw(4, 2, 3, 3)), padding=1)
    assert out.is_contiguous()
    assert out.view(3, -1).shape == (3, 144)


def test_a_convolution_of_no_examples():
    x, w = minitorch.zeros(0, 2, 5, 5), minitorch.ones(3, 2, 3, 3, requires_grad=True)
    out = F.conv2d(x, w, minitorch.zeros(3))
    out.sum().backward()
    assert out.shape == (0, 3, 3, 3)
    assert not w.grad.numpy().any()


def test_columns_and_their_sum_are_adjoint():
    x, how = draw(2, 3, 5, 6), ((2, 1), (1, 1), (1, 2), 1)
    cols = convolution.columns(x, kernel=(2, 3), how=how)
    v = draw(*cols.shape, seed=1)
    back = convolution.uncolumns(v, spatial=(5, 6), kernel=(2, 3), how=how)
    assert (cols * v).sum() == pytest.approx((x * back).sum())


# --- Pooling ----------------------------------------------------------------------------------------------------------


def test_sums_of_windows_and_their_spread_are_adjoint():
    x, how, out = draw(2, 3, 7, 6), ((2, 3), (1, 0), (1, 1), 1), (4, 2)
    v = draw(2, 3, *out, seed=1)
    total = pooling.window_sum(x, kernel=(3, 2), how=how, out=out)
    back = pooling.window_spread(v, spatial=(7, 6), kernel=(3, 2), how=how)
    assert (total * v).sum() == pytest.approx((x * back).sum())


def test_the_first_of_equal_elements_is_the_largest():
    x = minitorch.zeros(1, 1, 4, 4, requires_grad=True)
    values, indices = F.max_pool2d(x, 2, return_indices=True)
    values.sum().backward()
    assert indices.tolist() == [[[[0, 2], [8, 10]]]]
    assert x.grad.flatten().nonzero().flatten().tolist() == [0, 2, 8, 10]


def test_nan_is_the_largest_of_all():
    x = minitorch.tensor([[[1.0, math.nan, 3.0, 4.0]]])
    values, indices = F.max_pool1d(x, 2, return_indices=True)
    assert math.isnan(values[0, 0, 0].item())
    assert values[0, 0, 1].item() == 4.0
    assert indices.tolist() == [[[1, 3]]]


def test_overlapping_windows_add_their_gradients():
    x = minitorch.tensor([[[1.0, 5.0, 2.0]]], requires_grad=True)
    F.max_pool1d(x, 2, stride=1).sum().backward()
    assert x.grad.tolist() == [[[0.0, 2.0, 0.0]]]


def test_pooling_leaves_its_input_alone():
    x = draw(1, 2, 4, 4)
    kept = x.copy()
    t = minitorch.from_numpy(x)
    for kernel in (1, 2, 3):
        F.max_pool2d(t, kernel, stride=1)
        F.avg_pool2d(t, kernel, stride=1)
    np.testing.assert_array_equal(x, kept)


@pytest.mark.parametrize("dims", [1, 2, 3])
@pytest.mark.parametrize("dtype", [np.float32, np.int64])
def test_windows_of_two_are_windows_like_others(dims, dtype):
    """Ties and what is not a number too; 34 in a line makes offsets that are longer than a byte."""
    random, two = np.random.default_rng(0), (2,) * dims
    x = random.integers(0, 3, (2, 2, *(4,) * (dims - 1), 34)).astype(dtype)
    how, out = (two, (0,) * dims, (1,) * dims, 1), tuple(n // 2 for n in x.shape[2:])
    small = largest._offset_type(x.shape[2:], two, how)
    for a, b in zip(largest._largest_of_halves(x, small), largest._largest(x, x.shape[2:], two, how, out), strict=True):
        np.testing.assert_array_equal(a, b)
    if dtype is np.float32:
        x[random.random(x.shape) < 0.1] = np.nan
        values, offset = largest.window_offsets(x, two, how, out)
        assert np.isnan(values).any()
        np.testing.assert_array_equal(offset, largest._largest(x, x.shape[2:], two, how, out, nan=True)[1])
