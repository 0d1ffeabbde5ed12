"""Convolutions, pools, norms and losses against PyTorch: every setting, with first and second derivatives."""

import itertools

import numpy as np
import pytest

from minitorch.ops import convolution

torch = pytest.importorskip("torch", reason="PyTorch is the oracle: pip install minitorch[oracle]")

from tests.oracle.compare import Constant, agree  # noqa: E402


def draw(*shape, seed=0, dtype=np.float64):
    return np.random.default_rng(seed).standard_normal(shape).astype(dtype)


SPATIAL = {1: (9,), 2: (7, 8), 3: (5, 6, 4)}
KERNEL = {1: (3,), 2: (3, 2), 3: (2, 3, 1)}


@pytest.mark.parametrize("dims", [1, 2, 3])
@pytest.mark.parametrize(
    ("stride", "padding", "dilation", "groups"), list(itertools.product((1, 2), (0, 1), (1, 2), (1, 2)))
)
def test_convolution(dims, stride, padding, dilation, groups):
    x, w, b = draw(3, 4, *SPATIAL[dims]), draw(6, 4 // groups, *KERNEL[dims], seed=1), draw(6, seed=2)
    agree(lambda T, *xs: _conv(T, dims)(*xs, stride, padding, dilation, groups), x, w, b)


def _conv(T, dims):
    return getattr(T.nn.functional, f"conv{dims}d")


@pytest.mark.parametrize("dims", [1, 2, 3])
@pytest.mark.parametrize(
    ("stride", "padding", "dilation", "groups", "extra"),
    [(1, 0, 1, 1, 0), (2, 1, 1, 2, 1), (3, 0, 2, 1, 2), (1, 1, 2, 2, 1), (2, 0, 3, 1, 2)],
)
def test_transposed_convolution(dims, stride, padding, dilation, groups, extra):
    """``extra``, the output padding, may be larger than the stride if it is smaller than the dilation."""
    x, w, b = draw(2, 4, *SPATIAL[dims]), draw(4, 3, *KERNEL[dims], seed=1), draw(3 * groups, seed=2)
    agree(
        lambda T, x, w, b: getattr(T.nn.functional, f"conv_transpose{dims}d")(
            x, w, b, stride, padding, extra, groups, dilation
        ),
        x, w, b,
    )  # fmt: skip


def test_convolution_of_many_examples(monkeypatch):
    """More than one chunk of them, and a last one that is smaller."""
    monkeypatch.setattr(convolution, "CHUNK", 20000)
    agree(
        lambda T, x, w, b: T.nn.functional.conv2d(x, w, b, padding=1), draw(37, 3, 8, 8), draw(5, 3, 3, 3), draw(5),
        second=False,
    )  # fmt: skip


def test_convolution_in_float32():
    agree(
        lambda T, x, w, b: T.nn.functional.conv2d(x, w, b, padding=1),
        *(draw(*shape, dtype=np.float32) for shape in ((8, 3, 6, 6), (4, 3, 3, 3), (4,))),
        tolerance=(1e-4, 1e-4),
    )


@pytest.mark.parametrize("dims", [1, 2, 3])
@pytest.mark.parametrize(
    ("kernel", "stride", "padding", "dilation", "ceil"),
    [
        (2, 2, 0, 1, False),
        (2, None, 0, 1, True),
        (3, 2, 1, 1, True),
        (3, 1, 1, 2, False),
        (2, 3, 1, 1, True),
        (1, 2, 0, 1, False),
    ],
)
@pytest.mark.parametrize("kind", ["random", "ties", "nan", "-inf"])
def test_max_pool(dims, kernel, stride, padding, dilation, ceil, kind):
    x = draw(2, 3, *SPATIAL[dims])
    special = draw(*x.shape, seed=1)
    x = {
        "random": x,
        "ties": np.round(x),
        "nan": np.where(special > 1, np.nan, x),
        "-inf": np.where(special > -0.5, -np.inf, x),
    }[kind]
    agree(
        lambda T, x: getattr(T.nn.functional, f"max_pool{dims}d")(x, kernel, stride, padding, dilation, ceil, True), x
    )


@pytest.mark.parametrize("dims", [1, 2, 3])
@pytest.mark.parametrize(
    ("kernel", "stride", "padding", "ceil", "include"),
    [
        (2, None, 0, False, True),
        (3, 2, 1, True, True),
        (3, 2, 1, True, False),
        (2, 3, 1, True, False),
        (3, 1, 1, False, False),
    ],
)
def test_avg_pool(dims, kernel, stride, padding, ceil, include):
    x = draw(2, 3, *SPATIAL[dims])
    agree(lambda T, x: getattr(T.nn.functional, f"avg_pool{dims}d")(x, kernel, stride, padding, ceil, include), x)
    if dims > 1:
        agree(
            lambda T, x: getattr(T.nn.functional, f"avg_pool{dims}d")(x, kernel, stride, padding, ceil, include, 5), x
        )


@pytest.mark.parametrize("size", [1, 3, (2, 5), (None, 4), (9, 9)])
def test_adaptive_pools(size):
    x = draw(2, 3, 7, 8)
    agree(lambda T, x: T.nn.functional.adaptive_avg_pool2d(x, size), x)
    agree(lambda T, x: T.nn.functional.adaptive_max_pool2d(x, size, True), x)


@pytest.mark.parametrize("shape", [(6, 5), (4, 5, 3), (3, 5, 2, 2), (2, 5, 2, 1, 2)])
@pytest.mark.parametrize("affine", [True, False])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_norms(shape, affine, dtype):
    x, w, b = (draw(*s, seed=k, dtype=dtype) for k, s in enumerate((shape, shape[1:2], shape[1:2])))
    last, last_b = (draw(*shape[1:], seed=k, dtype=dtype) for k in (3, 4))
    mean, var = Constant(draw(5, seed=5, dtype=dtype)), Constant(draw(5, seed=6, dtype=dtype) ** 2 + 0.5)
    loose = (2e-4, 2e-4) if dtype is np.float32 else None
    scaling, last_scaling = ((w, b), (last, last_b)) if affine else ((), ())

    def check(f, *inputs):
        agree(f, *inputs, tolerance=loose)

    check(lambda T, x, *wb: T.nn.functional.batch_norm(x, None, None, *wb, training=True), x, *scaling)
    check(lambda T, x, m, v, *wb: T.nn.functional.batch_norm(x, m, v, *wb, eps=0.1), x, mean, var, *scaling)
    check(lambda T, x, *wb: T.nn.functional.layer_norm(x, shape[1:], *wb), x, *last_scaling)
    check(lambda T, x, *w: T.nn.functional.rms_norm(x, shape[1:], *w, eps=1e-3), x, *last_scaling[:1])
    check(lambda T, x, *wb: T.nn.functional.group_norm(x, 1, *wb), x, *scaling)
    if len(shape) > 2:
        check(lambda T, x, *wb: T.nn.functional.group_norm(x, 5, *wb), x, *scaling)
        check(lambda T, x, *wb: T.nn.functional.instance_norm(x, None, None, *wb), x, *scaling)


def test_running_statistics():
    def run(T, x):
        mean, var = T.zeros(5, dtype=T.float64), T.ones(5, dtype=T.float64)
        outs = [T.nn.functional.batch_norm(part, mean, var, training=True, momentum=0.3) for part in x.split(4)]
        return outs, mean, var

    agree(run, Constant(draw(12, 5, 3)))


CLASSES = np.array([1, 0, 4, 2, 1, 3])


@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
@pytest.mark.parametrize(
    "settings", [{}, {"label_smoothing": 0.1}, {"ignore_index": 1}, {"ignore_index": 1, "label_smoothing": 0.2}]
)
@pytest.mark.parametrize("weighted", [True, False])
def test_cross_entropy(reduction, settings, weighted):
    weight = [Constant(np.arange(1.0, 6))] if weighted else []

    def loss(T, x, *weight):
        target = T.from_numpy(CLASSES[: len(x)])
        if x.ndim == 3:
            target = target.unsqueeze(1).expand(-1, 4)
        return T.nn.functional.cross_entropy(x, target, *weight, reduction=reduction, **settings)

    agree(loss, draw(6, 5), *weight)
    agree(loss, draw(3, 5, 4), *weight)


@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
def test_losses_of_pairs(reduction):
    x, t = draw(4, 3) * 3, np.abs(draw(4, 3, seed=1)) % 1
    agree(lambda T, x, t: T.nn.functional.mse_loss(x, t, reduction=reduction), x, t)
    for settings in ({}, {"weight": np.arange(1.0, 4)}, {"pos_weight": np.arange(1.0, 4)}):
        agree(
            lambda T, x, t, s=settings: T.nn.functional.binary_cross_entropy_with_logits(
                x, t, reduction=reduction, **{k: T.from_numpy(v).expand(4, 3) for k, v in s.items()}
            ),
            x, t,
        )  # fmt: skip


def test_the_nodes_have_pytorchs_names():
    def names(T, x):
        f = T.nn.functional
        outs = (
            f.conv2d(x, x[:, :, :2, :2]), f.max_pool2d(x, 2), f.avg_pool2d(x, 2),
            f.layer_norm(x, (4, 4)), f.group_norm(x, 2),
            f.batch_norm(x, None, None, training=True), f.mse_loss(x, x * 2), f.softmax(x, 1), f.log_softmax(x, 1),
            f.binary_cross_entropy_with_logits(x, x), f.cross_entropy(x[:, :, 0, 0], T.tensor([0, 1])),
        )  # fmt: skip
        return [out.grad_fn.name() for out in outs]

    agree(names, draw(2, 2, 4, 4), grad=True)
