"""Attention, bags of embeddings, sampling on grids, CTC and unpooling: derivatives against finite differences, and
what the functions promise by themselves."""

import itertools
import math

import numpy as np
import pytest

import minitorch
import minitorch.nn
from minitorch.autograd import gradcheck, gradgradcheck

F = minitorch.nn.functional


def leaf(*shape, seed=0):
    return minitorch.tensor(np.random.default_rng([seed, *shape]).standard_normal(shape), requires_grad=True)


CAUSAL = minitorch.ones(3, 3).tril().bool()
ROWS = minitorch.tensor([[0, 2, 2], [1, 0, 3]])
LABELS = minitorch.tensor([[1, 1], [2, 1]])
PLACES = minitorch.tensor([[[5, 0, 2], [1, 3, 4]]])
CASES = {
    "attention": (lambda q, k, v: F.scaled_dot_product_attention(q, k, v, CAUSAL), (2, 3, 2), (2, 3, 2), (2, 3, 2)),
    "added mask": (lambda q, k, m: F.scaled_dot_product_attention(q, k, k, m), (3, 2), (4, 2), (3, 4)),
    "heads": (
        lambda x, w, out, k: F.multi_head_attention_forward(x, x, x, 4, 2, w, None, k, k, True, 0.0, out, None),
        (3, 1, 4), (12, 4), (4, 4), (1, 1, 4),
    ),
    "sum of bags": (lambda t, w: F.embedding_bag(ROWS, t, mode="sum", per_sample_weights=w), (4, 2), (2, 3)),
    "mean of bags": (lambda t: F.embedding_bag(ROWS, t, padding_idx=2) ** 2, (4, 2)),
    "largest of bags": (lambda t: F.embedding_bag(ROWS, t, mode="max") ** 2, (4, 2)),
    "affine grid": (lambda theta: F.affine_grid(theta, [1, 1, 2, 3], True) ** 2, (1, 2, 3)),
    "ctc": (lambda x: F.ctc_loss(x.log_softmax(-1), LABELS, (4, 3), (2, 1)), (4, 2, 3)),
    "unpooling": (lambda x: F.max_unpool1d(x, PLACES, 2) ** 2, (1, 2, 3)),
}  # fmt: skip
for _mode, _padding in itertools.product(("bilinear", "nearest", "bicubic"), ("zeros", "border", "reflection")):
    CASES[f"{_mode} {_padding}"] = (
        lambda x, g, mode=_mode, padding=_padding: F.grid_sample(x, g, mode, padding, False),
        (1, 1, 3, 2), (1, 2, 1, 2),
    )  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_derivatives(name):
    function, *shapes = CASES[name]
    inputs = [leaf(*shape, seed=i) for i, shape in enumerate(shapes)]
    assert gradcheck(function, inputs)
    assert gradgradcheck(function, inputs)


def test_a_query_that_may_look_nowhere_gets_zeros_and_no_gradient():
    x = leaf(2, 3)
    out = F.scaled_dot_product_attention(x, x.detach(), x.detach(), minitorch.tensor([[True, True], [False, False]]))
    out.sum().backward()
    assert not out.array[1].any()
    assert not x.grad.array[1].any()
    assert x.grad.array[0].any()


def test_attention_refuses_a_negative_probability():
    with pytest.raises(RuntimeError, match="dropout probability has to be between 0 and 1"):
        F.scaled_dot_product_attention(*[leaf(2, 2)] * 3, dropout_p=-0.1)


def test_ctc_is_the_sum_over_all_alignments():
    x = leaf(4, 1, 3).detach().log_softmax(-1)

    def read(path):
        return tuple(label for label, _ in itertools.groupby(path) if label)

    paths = [path for path in itertools.product(range(3), repeat=4) if read(path) == (1, 1)]
    expected = -math.log(sum(math.exp(sum(x.array[t, 0, c] for t, c in enumerate(path))) for path in paths))
    loss = F.ctc_loss(x, minitorch.tensor([[1, 1]]), (4,), (2,), reduction="sum")
    assert loss.item() == pytest.approx(expected, rel=1e-12)


def test_ctc_of_probabilities_that_are_zero():
    x = minitorch.tensor([[[0.0, -math.inf, -math.inf]], [[-math.inf, 0.0, -math.inf]]], requires_grad=True)
    loss = F.ctc_loss(x, minitorch.tensor([[1]]), (2,), (1,))
    loss.backward()
    assert loss.item() == 0
    assert not x.grad.isnan().any()


@pytest.mark.parametrize("labels", [[[1, 3]], [[-1, 1]]], ids=str)
def test_ctc_refuses_labels_out_of_range(labels):
    with pytest.raises(RuntimeError, match="labels from 0 to 2"):
        F.ctc_loss(leaf(4, 1, 3), minitorch.tensor(labels), (4,), (2,))


def test_ctc_refuses_lengths_of_two_kinds():
    with pytest.raises(TypeError, match="both be Tensors, or both tuples"):
        F.ctc_loss(leaf(4, 1, 3), minitorch.tensor([[1]]), minitorch.tensor([4]), (1,))


def test_a_last_offset_ends_the_last_bag():
    table = leaf(4, 2).detach()
    found = F.embedding_bag(minitorch.tensor([1, 2, 3]), table, minitorch.tensor([0, 2]), include_last_offset=True)
    np.testing.assert_array_equal(found.array, [table.array[1:3].mean(0)])


def test_gradients_by_frequency_are_divided_by_each_rows_own():
    table = leaf(4, 2)
    rows, offsets = minitorch.tensor([2, 2, 3, 2]), minitorch.tensor([0, 2])
    F.embedding_bag(rows, table, offsets, mode="sum", scale_grad_by_freq=True).sum().backward()
    np.testing.assert_allclose(table.grad.array, [[0, 0], [0, 0], [1, 1], [1, 1]])


def test_bags_refuse_offsets_that_decrease():
    with pytest.raises(RuntimeError, match=r"offsets must not decrease, got \[0, 2, 1\]"):
        F.embedding_bag(minitorch.tensor([1, 2, 3]), leaf(4, 2), minitorch.tensor([0, 2, 1]))


def test_names_that_are_nearly_right():
    with pytest.raises(ValueError, match="did you mean 'bicubic'"):
        F.grid_sample(leaf(1, 1, 2, 2), leaf(1, 1, 1, 2), "cubic", align_corners=False)
    with pytest.raises(ValueError, match="did you mean 'mean'"):
        F.embedding_bag(ROWS, leaf(4, 2), mode="men")
