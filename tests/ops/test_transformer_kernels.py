"""What the fast paths of a Transformer's operations promise beside their definitions' numbers."""

import math

import numpy as np
import pytest

import minitorch
import minitorch.nn.functional as F
from minitorch.ops import attention, concatenation, indexing
from minitorch.ops.erf import gelu_backward, gelu_of


def draw(*shape, seed=0, dtype=np.float32):
    return np.random.default_rng(seed).standard_normal(shape).astype(dtype)


ndtr = np.vectorize(lambda x: math.erfc(-x / math.sqrt(2)) / 2)  # the normal distribution's probability below x


# --- GELU -------------------------------------------------------------------------------------------------------------


def test_gelu_in_single_precision_is_near_the_truth():
    x = np.linspace(-12, 12, 40001, dtype=np.float32)
    wide = x.astype(np.float64)
    out, below = gelu_of(x)
    slope = gelu_backward(np.ones_like(x), x, below)
    density = np.exp(-wide * wide / 2) / math.sqrt(2 * math.pi)
    assert np.abs(out - wide * ndtr(wide)).max() < 1.5e-6
    assert np.abs(slope - (ndtr(wide) + wide * density)).max() < 5e-7
    within = np.abs(x) < 1
    np.testing.assert_allclose(out[within], (wide * ndtr(wide))[within], rtol=6e-7, atol=1e-12)


def test_gelu_far_out_is_exactly_zero_or_its_input():
    x = np.array([-3e38, -1e4, -6, 6, 1e4, 3e38, math.inf], np.float32)
    out, below = gelu_of(x)
    np.testing.assert_array_equal(out, np.maximum(x, 0))
    np.testing.assert_array_equal(gelu_backward(np.ones_like(x), x, below)[[0, 1, 4, 5]], [0, 0, 1, 1])


# --- Attention --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [1e-3, 1.0, 30.0, 1e4])
def test_attention_of_any_size_of_scores_is_its_definition(size):
    mask = np.where(np.tri(5, dtype=bool), 0, -math.inf)
    mask[3] = -math.inf  # a query that may look nowhere
    found = []
    for f in (attention.attend, attention.attend.row.definition):
        q, k, v = (minitorch.tensor(draw(2, 5, 3, seed=s, dtype=np.float64), requires_grad=True) for s in range(3))
        out = f(q * size, k, v, minitorch.from_numpy(mask), scale=0.5)
        gradients = minitorch.autograd.grad((out * out).sum(), [q, k, v])
        found.append([t.detach().numpy() for t in (out, *gradients)])
    for fused, defined in zip(*found, strict=True):
        np.testing.assert_allclose(fused, defined, rtol=1e-9, atol=1e-9)


def test_attention_keeps_the_memory_order_of_split_heads():
    x = minitorch.tensor(draw(2, 5, 4 * 3), requires_grad=True)
    heads = x.view(2, 5, 4, 3).transpose(1, 2)
    out = F.scaled_dot_product_attention(heads, heads, heads)
    assert out.transpose(1, 2).is_contiguous()
    (g,) = minitorch.autograd.grad(out.sum(), heads)
    assert g.transpose(1, 2).is_contiguous()


# --- Products, rows and parts -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("shapes", [((2, 3, 4), (4, 5)), ((2, 3, 0), (0, 4)), ((2, 3, 4), (4, 0)), ((0, 3, 4), (4, 5))])
def test_a_batch_of_matrices_times_a_matrix(shapes):
    a, b = (minitorch.tensor(draw(*s, seed=k, dtype=np.float64), requires_grad=True) for k, s in enumerate(shapes))
    out = a @ b
    np.testing.assert_allclose(out.detach().numpy(), np.einsum("bij,jk->bik", a.numpy(force=True), b.numpy(force=True)))
    g = draw(*out.shape, seed=2, dtype=np.float64)
    out.backward(minitorch.from_numpy(g))
    np.testing.assert_allclose(a.grad.numpy(), np.einsum("bik,jk->bij", g, b.numpy(force=True)))
    np.testing.assert_allclose(b.grad.numpy(), np.einsum("bij,bik->jk", a.numpy(force=True), g))


@pytest.mark.parametrize("rows", [7, (1 << 16) + 3])
def test_the_gradient_of_rows_taken_again_and_again(rows):
    index = np.array([[3, rows - 1, 3], [0, -1, 3]])
    g = draw(2, 3, 4, dtype=np.float64)
    wanted = np.zeros((rows, 4))
    np.add.at(wanted, index, g)
    np.testing.assert_allclose(indexing.put_fancy(g, index=index, shape=(rows, 4)), wanted)


@pytest.mark.parametrize("axis", [0, 1, -1])
def test_parts_are_views(axis):
    x = draw(6, 6)
    parts = concatenation.pieces.row.forward(x, lengths=(1, 0, 5), axis=axis)
    for part, wanted in zip(parts, np.split(x, [1, 1], axis), strict=True):
        np.testing.assert_array_equal(part, wanted)
        assert part.base is x
