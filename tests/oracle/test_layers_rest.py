"""Bags, unpooling, drawn pools, alignments and adaptive softmax as layers against PyTorch, with all derivatives."""

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="PyTorch is the oracle: pip install minitorch[oracle]")

from tests.oracle.layers import agree, draw, errors, studied  # noqa: E402


def build(lib, text):
    return eval("nn." + text, {"nn": lib.nn, "T": lib}).double()


SAMPLES = "_random_samples=T.tensor([[[0.1, 0.7], [0.5, 0.2]]], dtype=T.float64)"
LAYERS = [
    ("EmbeddingBag(3, 4)", [("int", 2, 5)]),
    ("EmbeddingBag(3, 4, mode='sum', padding_idx=-1)", [("int", 2, 5)]),
    ("EmbeddingBag(3, 4, mode='max', max_norm=1.0)", [("int", 2, 5)]),
    ("EmbeddingBag(3, 4, scale_grad_by_freq=True, norm_type=1.0, max_norm=2.0)", [("int", 1, 1)]),
    ("EmbeddingBag.from_pretrained(T.ones(3, 2), mode='sum', freeze=False, padding_idx=0)", [("int", 2, 5)]),
    ("EmbeddingBag.from_pretrained(T.ones(3, 2))", [("int", 2, 5)]),
    ("FractionalMaxPool2d(2, output_size=(3, 4))", [(2, 3, 7, 9)]),
    ("FractionalMaxPool2d((3, 2), output_ratio=(0.5, 0.4))", [(3, 7, 9)]),
    ("FractionalMaxPool2d(2, output_ratio=0.6, return_indices=True)", [(2, 3, 7, 9)]),
    (f"FractionalMaxPool2d(2, 3, {SAMPLES})", [(1, 2, 8, 7)]),
    ("FractionalMaxPool2d(3, output_size=(1, 5))", [(2, 3, 7, 9)]),
    ("FractionalMaxPool3d(2, output_size=(2, 3, 4))", [(2, 2, 5, 6, 7)]),
    ("FractionalMaxPool3d((1, 2, 3), output_ratio=(0.5, 0.6, 0.5), return_indices=True)", [(2, 5, 6, 7)]),
    ("LinearCrossEntropyLoss(6, 3)", [(5, 6), ("int", 5)]),
    ("LinearCrossEntropyLoss(6, 3, bias=True, ignore_index=1, reduction='sum')", [(5, 6), ("int", 5)]),
    ("LinearCrossEntropyLoss(6, 3, weight=T.tensor([1.0, 2.0, 0.5]), label_smoothing=0.1)", [(6,), ("int",)]),
    ("LinearCrossEntropyLoss(6, 3, out_features=(2,), bias=True, reduction='none')", [(5, 6), ("int", 5, 2)]),
    ("LinearCrossEntropyLoss(6, 3)", [(5, 6), (5, 3)]),
    ("AdaptiveLogSoftmaxWithLoss(8, 3, [1, 2])", [(5, 8), ("int", 5)]),
    ("AdaptiveLogSoftmaxWithLoss(8, 20, (2, 9), div_value=2.0, head_bias=True)", [(5, 8), ("int", 5)]),
    ("AdaptiveLogSoftmaxWithLoss(8, 20, [5])", [(8,), ("int",)]),
]


@pytest.mark.parametrize(("text", "shapes"), LAYERS, ids=[f"{t}-{s}" for t, s in LAYERS])
def test_layer(text, shapes):
    agree(lambda lib: studied(lib, build(lib, text), [draw(*s, seed=i) for i, s in enumerate(shapes)]))


def test_bags_with_offsets_and_weights():
    def run(lib):
        bags = build(lib, "EmbeddingBag(6, 4, mode='sum', include_last_offset=True)")
        numbers, ends = lib.tensor([1, 2, 4, 5, 4, 3]), lib.tensor([0, 2, 6])
        return studied(lib, bags, [draw(6)], lambda m, w: m(numbers, ends, w), second=False)

    agree(run)


@pytest.mark.parametrize("n", [1, 2, 3])
@pytest.mark.parametrize("settings", ["2", "3, stride=2, padding=1"])
def test_unpooled(n, settings):
    def run(lib):
        pool = build(lib, f"MaxPool{n}d({settings}, return_indices=True)")
        back = build(lib, f"MaxUnpool{n}d({settings})")
        return studied(lib, back, [draw(2, 3, *(7, 6, 5)[:n])], lambda m, x: m(*pool(x), output_size=x.shape))

    agree(run)


@pytest.mark.parametrize("settings", ["", "blank=2, reduction='sum'", "reduction='none', zero_infinity=True"])
def test_ctc(settings):
    def run(lib):
        targets, times, counts = lib.tensor([[1, 3, 3], [4, 1, 0]]), lib.tensor([6, 2]), lib.tensor([3, 2])
        return studied(
            lib, build(lib, f"CTCLoss({settings})"), [draw(6, 2, 5)],
            lambda m, x: m(x.log_softmax(2), targets, times, counts), second=False,
        )  # fmt: skip

    agree(run)


def test_adaptive_softmax_of_all_classes():
    def run(lib):
        softmax = build(lib, "AdaptiveLogSoftmaxWithLoss(8, 20, [5, 9], div_value=2.0)")
        x = lib.tensor(draw(40, 8) * 3)
        short = lib.zeros(2, 8).double()
        softmax.reset_parameters()
        return softmax.log_prob(x), softmax.predict(x), softmax.predict(short)

    agree(run)


def test_drawn_pools_of_float32():
    """α is computed in the input's precision, which decides where some windows begin."""
    agree(lambda lib: lib.nn.FractionalMaxPool2d(2, 33)(lib.tensor(draw(4, 8, 50, 50)).float()))


FUNCTIONS = {
    "conv_tbc": lambda lib, F: F.conv_tbc(*leaves(lib, (7, 2, 3), (3, 3, 4), (4,)), 1),
    "fractional": lambda lib, F: F.fractional_max_pool2d(*leaves(lib, (2, 3, 7, 7)), 2, 4, return_indices=True),
    "fractional_3d": lambda lib, F: F.fractional_max_pool3d_with_indices(*leaves(lib, (2, 5, 5, 5)), 2, None, 0.6),
    "adaptive_1d": lambda lib, F: F.adaptive_max_pool1d_with_indices(*leaves(lib, (2, 7)), 3),
    "adaptive_2d": lambda lib, F: F.adaptive_max_pool2d_with_indices(*leaves(lib, (2, 7, 6)), (3, None)),
    "adaptive_3d": lambda lib, F: F.adaptive_max_pool3d_with_indices(*leaves(lib, (2, 7, 6, 5)), 2),
    "shuffle": lambda lib, F: F.native_channel_shuffle(*leaves(lib, (2, 6, 3)), 3),
}


def leaves(lib, *shapes):
    return [lib.tensor(draw(*shape, seed=i)) for i, shape in enumerate(shapes)]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_functions(name):
    agree(lambda lib: FUNCTIONS[name](lib, lib.nn.functional))


@pytest.mark.parametrize("n", [1, 2, 3])
def test_gradients_of_convolutions_as_functions(n):
    def run(lib):
        how = {"stride": 2, "padding": 1, "dilation": 1, "groups": 2}
        x, w = leaves(lib, (3, 4, *(8, 7, 6)[:n]), (6, 2, *(3, 2, 1)[:n]))
        out = getattr(lib.nn.functional, f"conv{n}d")(x, w, None, **how)
        g = lib.cos(out)
        of_input = getattr(lib.nn.grad, f"conv{n}d_input")(x.shape, w.requires_grad_(), g, **how)
        of_weight = getattr(lib.nn.grad, f"conv{n}d_weight")(x, w.shape, g, **how)
        return of_input, of_weight, lib.autograd.grad((of_input**2).sum(), w)

    agree(run)


WRONG = [
    "nn.EmbeddingBag(3, 2, padding_idx=3)",
    "nn.EmbeddingBag(3, 2, _weight=T.ones(2, 2))",
    "nn.EmbeddingBag(3, 2, mode='median')(T.zeros(2, 2, dtype=T.int64))",
    "nn.EmbeddingBag.from_pretrained(T.ones(2))",
    "nn.FractionalMaxPool2d(2)",
    "nn.FractionalMaxPool2d(2, output_ratio=1.5)",
    "nn.FractionalMaxPool2d(2, 3, 0.5)",
    "nn.FractionalMaxPool3d(0, 2)",
    "nn.FractionalMaxPool2d(4, 5)(T.ones(1, 6, 6))",
    "nn.functional.fractional_max_pool2d(T.ones(1, 6, 6), 2)",
    "nn.functional.fractional_max_pool3d(T.ones(6, 6, 6, 6, 6, 6), 2, 2)",
    "nn.AdaptiveLogSoftmaxWithLoss(8, 5, [])",
    "nn.AdaptiveLogSoftmaxWithLoss(8, 5, [3, 2])",
    "nn.AdaptiveLogSoftmaxWithLoss(8, 5, [5])",
    "nn.AdaptiveLogSoftmaxWithLoss(8, 5, [2])(T.ones(2, 8), T.tensor([0, 5]))",
    "nn.AdaptiveLogSoftmaxWithLoss(8, 5, [2])(T.ones(2, 8), T.tensor([0]))",
    "nn.AdaptiveLogSoftmaxWithLoss(8, 5, [2])(T.ones(2, 8), T.tensor([[0, 1]]))",
    "nn.AdaptiveLogSoftmaxWithLoss(8, 5, [2])(T.ones(2, 8), T.tensor(0))",
    "nn.LinearCrossEntropyLoss(6, 3, weight=T.ones(2))",
    "nn.LinearCrossEntropyLoss(6, 3, label_smoothing=2.0)",
    "nn.LinearCrossEntropyLoss(6, 3)(T.ones(2, 5), T.tensor([0, 1]))",
    "nn.LinearCrossEntropyLoss(6, 3)(T.ones(2, 2, 6), T.tensor([0, 1]))",
    "nn.LinearCrossEntropyLoss(6, 3, ignore_index=1)(T.ones(2, 6), T.ones(2, 3))",
    "nn.LinearCrossEntropyLoss(6, 3, out_features=(2,))(T.ones(6), T.ones(2))",
    "nn.MaxUnpool2d(2)(T.ones(1, 2, 2), T.zeros(1, 2, 2))",
    "nn.CTCLoss()(T.ones(4, 1, 3), T.tensor([[1, 5]]), T.tensor([4]), T.tensor([3]))",
    "nn.functional.conv_tbc(T.ones(2, 3), T.ones(2, 3, 4), T.ones(4))",
]


@pytest.mark.parametrize("text", WRONG)
def test_refused(text):
    errors(lambda lib: eval(text, {"nn": lib.nn, "T": lib}))


def test_drawn_windows_of_nan():
    x = np.arange(36.0).reshape(1, 6, 6)
    x[0, 3, 2] = np.nan
    agree(lambda lib: lib.nn.FractionalMaxPool2d(2, 3, return_indices=True)(lib.tensor(x)))
