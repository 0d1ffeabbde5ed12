"""Attention, bags of embeddings, sampling on grids, CTC and unpooling: nn.functional against PyTorch."""

import contextlib
import inspect
import itertools

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="PyTorch is the oracle: pip install minitorch[oracle]")

import minitorch  # noqa: E402
import minitorch.nn  # noqa: E402
from tests.oracle.compare import Constant, agree, agree_on_error  # noqa: E402

INF = float("inf")


def rand(*shape, seed=0):
    return np.random.default_rng([seed, *shape]).standard_normal(shape)


def plain(T):
    """PyTorch's attention without its fused kernels, which have no second derivative."""
    if T is not torch:
        return contextlib.nullcontext()
    return torch.nn.attention.sdpa_kernel(torch.nn.attention.SDPBackend.MATH)


# --- scaled_dot_product_attention -------------------------------------------------------------------------------------

MASK = rand(3, 5) > -0.5
MASK[1] = False
NUMBERS = np.where(MASK, rand(3, 5, seed=1), -INF)


def attend(T, q, k, v, mask=None, **settings):
    with plain(T):
        return T.nn.functional.scaled_dot_product_attention(q, k, v, mask, **settings)


SHAPES = [[(3, 4), (5, 4), (5, 2)], [(2, 3, 4), (2, 5, 4), (2, 5, 4)], [(2, 1, 3, 4), (1, 2, 5, 4), (2, 5, 2)]]


@pytest.mark.parametrize("shapes", SHAPES)
@pytest.mark.parametrize(
    "settings", [{}, {"is_causal": True}, {"scale": 0.3}, {"scale": 0.0}, {"scale": -1.0}], ids=str
)
def test_attention(shapes, settings):
    agree(lambda T, q, k, v: attend(T, q, k, v, **settings), *(rand(*s) for s in shapes))


@pytest.mark.parametrize("shapes", SHAPES)
@pytest.mark.parametrize("mask", [MASK, Constant(NUMBERS), rand(3, 5), MASK[:, :1], MASK[:, 0] > 2], ids=range(5))
def test_attention_masks(shapes, mask):
    if isinstance(mask, np.ndarray) and mask.ndim == 1:
        mask = np.zeros((1, 5), np.bool_)
    agree(attend, *(rand(*s) for s in shapes), mask)


def test_a_mask_of_float32_is_cast():
    agree(attend, rand(3, 4), rand(5, 4), rand(5, 4), rand(3, 5).astype(np.float32))


@pytest.mark.parametrize(("keys", "values"), [(2, 2), (2, 4), (1, 2), (4, 4)])
def test_attention_with_shared_heads(keys, values):
    agree(
        lambda T, q, k, v: attend(T, q, k, v, enable_gqa=True),
        rand(2, 4, 3, 4), rand(2, keys, 5, 4), rand(2, values, 5, 2),
    )  # fmt: skip


def test_attention_drops_the_same_weights():
    def dropped(T, q, k, v):
        T.manual_seed(3)
        return attend(T, q, k, v, dropout_p=0.4)

    agree(dropped, rand(2, 3, 4), rand(2, 5, 4), rand(2, 5, 4))


def test_attention_with_fused_kernels():
    agree(
        lambda T, q, k, v: T.nn.functional.scaled_dot_product_attention(q, k, v, is_causal=True),
        rand(2, 2, 3, 4), rand(2, 2, 3, 4), rand(2, 2, 3, 4), second=False,
    )  # fmt: skip


def test_attention_keeps_float32():
    q, k, v = (rand(2, 2, 3, 4, seed=s).astype(np.float32) for s in range(3))
    agree(attend, q, k, v)


def long(*shape):
    return np.ones(shape, np.int64)


@pytest.mark.parametrize(
    "inputs",
    [
        [rand(3), rand(3), rand(3)],
        [rand(3, 4), rand(5, 4), rand(5, 4).astype(np.float32)],
        [rand(3, 4), rand(5, 3), rand(5, 3)],
        [rand(3, 4), rand(5, 4), rand(6, 4)],
        [rand(2, 3, 4), rand(3, 5, 4), rand(3, 5, 4)],
        [rand(3, 4), rand(5, 4), rand(5, 4), long(3, 5)],
        [rand(3, 4).astype(np.float32)] + [rand(5, 4).astype(np.float32)] * 2 + [rand(3, 5)],
        [rand(3, 4), rand(5, 4), rand(5, 4), long(3, 4) > 0],
        [rand(3, 4), rand(5, 4), rand(5, 4), long(2, 3, 5) > 0],
        [long(3, 4), long(5, 4), long(5, 4)],
        [[1.0], rand(3, 4), rand(3, 4)],
        [rand(3, 4), rand(5, 4), rand(5, 4), [[1.0]]],
    ],
    ids=range(12),
)
def test_attention_refuses(inputs):
    agree_on_error(attend, *inputs)


@pytest.mark.parametrize(
    "settings",
    [{"dropout_p": 1.5}, {"enable_gqa": True}, {"scale": "x"}],
    ids=str,
)
def test_attention_refuses_settings(settings):
    x = rand(3, 4)
    agree_on_error(lambda T, x: attend(T, x, x, x, **settings), x)


def test_attention_refuses_a_mask_beside_is_causal():
    agree_on_error(
        lambda T, x, m: attend(T, x, x, x, m, is_causal=True), rand(3, 4), long(3, 3) > 0, match="is_causal=True"
    )


def test_attention_refuses_heads_that_do_not_divide():
    agree_on_error(
        lambda T, q, k: attend(T, q, k, k, enable_gqa=True), rand(1, 4, 3, 4), rand(1, 3, 5, 4), match="must divide"
    )


# --- multi_head_attention_forward -------------------------------------------------------------------------------------

E, H, L, S, N = 4, 2, 3, 5, 2
HEAD = {
    "in_proj_weight": rand(3 * E, E), "in_proj_bias": rand(3 * E), "out_proj_weight": rand(E, E, seed=1),
    "out_proj_bias": rand(E, seed=2),
}  # fmt: skip
EXTRA = {"bias_k": rand(1, 1, E), "bias_v": rand(1, 1, E, seed=1)}
APART = {
    "in_proj_weight": None, "use_separate_proj_weight": True, "q_proj_weight": rand(E, E),
    "k_proj_weight": rand(E, 3), "v_proj_weight": rand(E, 2),
}  # fmt: skip
CAUSAL = np.triu(np.ones((L, L), np.bool_), 1)
PADDED = np.array([[False, False, False, True, True], [False, True, False, False, False]])
ONE_EACH = np.zeros((N * H, L, S), np.bool_)
ONE_EACH[:, 0, 1] = ONE_EACH[2, 1, :4] = True


def heads(settings):
    """The function of query, key, value and the arrays among the settings, and those arrays."""
    given = {"bias_k": None, "bias_v": None, "add_zero_attn": False, "dropout_p": 0.0, **HEAD, **settings}
    names = [name for name, x in given.items() if isinstance(x, np.ndarray)]

    def f(T, q, k, v, *tensors):
        T.manual_seed(1)
        with plain(T):
            tensors = dict(zip(names, tensors, strict=True))
            return T.nn.functional.multi_head_attention_forward(q, k, v, E, H, **{**given, **tensors})

    return f, [given[name] for name in names]


@pytest.mark.parametrize("need_weights", [True, False])
@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"in_proj_bias": None, "out_proj_bias": None},
        {"average_attn_weights": False},
        {"dropout_p": 0.5},
        {"dropout_p": 0.5, "training": False},
        {"key_padding_mask": PADDED},
        {"key_padding_mask": Constant(rand(N, S)).array},
        {"attn_mask": ONE_EACH[0]},
        {"attn_mask": ONE_EACH},
        {"attn_mask": rand(N * H, L, S), "key_padding_mask": PADDED},
        {"add_zero_attn": True, "attn_mask": ONE_EACH, "key_padding_mask": PADDED},
        {**EXTRA, "attn_mask": ONE_EACH, "key_padding_mask": PADDED},
        {**EXTRA, "add_zero_attn": True},
        {"static_k": rand(N * H, S, E // H), "static_v": rand(N * H, S, E // H, seed=1)},
    ],
    ids=range(14),
)
def test_heads(settings, need_weights):
    f, arrays = heads({**settings, "need_weights": need_weights})
    agree(f, rand(L, N, E), rand(S, N, E), rand(S, N, E, seed=1), *arrays)


@pytest.mark.parametrize("settings", [{}, {"attn_mask": ONE_EACH[:H]}, {"key_padding_mask": PADDED[0]}], ids=range(3))
def test_heads_unbatched(settings):
    f, arrays = heads(settings)
    agree(f, rand(L, E), rand(S, E), rand(S, E, seed=1), *arrays)


@pytest.mark.parametrize("bias", [rand(3 * E), None], ids=["bias", "none"])
def test_heads_of_other_sizes(bias):
    f, arrays = heads({**APART, "in_proj_bias": bias})
    agree(f, rand(L, N, E), rand(S, N, 3), rand(S, N, 2), *arrays)


@pytest.mark.parametrize(
    "settings", [{"need_weights": False}, {}, {"need_weights": False, "key_padding_mask": PADDED[:, :L]}], ids=range(3)
)
def test_self_attention_with_a_causal_hint(settings):
    f, arrays = heads({"attn_mask": CAUSAL, "is_causal": True, **settings})
    agree(lambda T, x, *rest: f(T, x, x, x, *rest), rand(L, N, E), *arrays)


@pytest.mark.parametrize("need_weights", [True, False])
def test_a_query_that_may_look_nowhere(need_weights):
    nowhere = np.zeros((L, S), np.bool_)
    nowhere[1] = True
    f, arrays = heads({"attn_mask": nowhere, "need_weights": need_weights})
    agree(f, rand(L, N, E), rand(S, N, E), rand(S, N, E), *arrays, second=False)


Q, K = rand(L, N, E), rand(S, N, E)


@pytest.mark.parametrize(
    ("settings", "q", "k", "v"),
    [
        ({}, rand(E), K, K),
        ({}, Q, K[0], K),
        ({}, Q[:, 0], K, K),
        ({"key_padding_mask": PADDED[0]}, Q, K, K),
        ({"key_padding_mask": PADDED[:, :2]}, Q, K, K),
        ({"attn_mask": ONE_EACH[0, 0]}, Q, K, K),
        ({"attn_mask": ONE_EACH[:1]}, Q, K, K),
        ({"attn_mask": ONE_EACH[0, :2]}, Q, K, K),
        ({"attn_mask": ONE_EACH}, Q[:, 0], K[:, 0], K[:, 0]),
        ({"attn_mask": long(L, S)}, Q, K, K),
        ({"is_causal": True}, Q, K, K),
        ({}, rand(L, N, 6), K, K),
        ({"in_proj_weight": None}, Q, K, K),
        ({}, Q, K, K[:2]),
        ({**APART, "v_proj_weight": None}, Q, rand(S, N, 3), rand(S, N, 2)),
        (APART, Q, rand(S, N, 2), rand(S, N, 2)),
        (APART, Q, rand(S, N, 3), rand(L, N, 2)),
        ({**APART, "in_proj_bias": rand(6)}, Q, rand(S, N, 3), rand(S, N, 2)),
        ({"bias_k": EXTRA["bias_k"]}, Q, K, K),
        ({"bias_v": EXTRA["bias_v"]}, Q, K, K),
        ({**EXTRA, "static_k": rand(N * H, S, 2)}, Q, K, K),
        ({"static_k": rand(N, S, 2)}, Q, K, K),
        ({"static_v": rand(N * H, S, 3)}, Q, K, K),
    ],
    ids=range(23),
)
def test_heads_refuse(settings, q, k, v):
    f, arrays = heads(settings)
    agree_on_error(f, q, k, v, *arrays)


# --- pdist and embedding_bag ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("p", [0.0, 1.0, 1.5, 2.0, 3.0, INF])
def test_pdist(p):
    agree(lambda T, x: T.nn.functional.pdist(x, p), rand(4, 3), second=False)


TABLE = rand(5, 3)
NUMBERED = np.array([2, 2, 3, 2, 4, 0])


def bag(T, rows, table, offsets=None, weights=None, **settings):
    return T.nn.functional.embedding_bag(rows, table, offsets, per_sample_weights=weights, **settings)


@pytest.mark.parametrize("mode", ["sum", "mean", "max"])
@pytest.mark.parametrize("padding_idx", [None, 2, -3])
@pytest.mark.parametrize("offsets", [None, [0, 2, 5], [0, 2, 2], [0, 0, 6], [0]], ids=str)
def test_bags(mode, padding_idx, offsets):
    rows = NUMBERED.reshape(2, 3) if offsets is None else NUMBERED
    offsets = None if offsets is None else np.array(offsets)
    agree(lambda T, *x: bag(T, *x, mode=mode, padding_idx=padding_idx), rows, TABLE, offsets, second=False)


@pytest.mark.parametrize("mode", ["sum", "mean", "max"])
def test_bags_whose_last_end_is_given(mode):
    agree(
        lambda T, *x: bag(T, *x, mode=mode, include_last_offset=True),
        NUMBERED,
        TABLE,
        np.array([0, 2, 6]),
        second=False,
    )


@pytest.mark.parametrize("padding_idx", [None, 2])
@pytest.mark.parametrize("offsets", [None, np.array([0, 2, 2])], ids=["rows", "offsets"])
def test_weighted_bags(padding_idx, offsets):
    shape = (2, 3) if offsets is None else (6,)
    agree(
        lambda T, *x: bag(T, *x, mode="sum", padding_idx=padding_idx),
        NUMBERED.reshape(shape), TABLE, offsets, rand(*shape), second=False,
    )  # fmt: skip


@pytest.mark.parametrize("mode", ["sum", "mean"])
def test_gradients_of_bags_by_frequency(mode):
    rows = np.array([2, 2, 3, 3])
    agree(lambda T, *x: bag(T, *x, mode=mode, scale_grad_by_freq=True), rows, TABLE, np.array([0, 3]), second=False)


def test_the_first_of_equal_rows_has_the_gradient():
    agree(lambda T, *x: bag(T, *x, mode="max"), np.array([[1, 2, 3]]), np.zeros((5, 2)), second=False)


def test_bags_of_int32_and_float32():
    agree(bag, NUMBERED.astype(np.int32), TABLE.astype(np.float32), np.array([0, 2], np.int32), second=False)


def test_bags_shorten_long_rows():
    def f(T, rows, table):
        return bag(T, rows, table, mode="sum", max_norm=0.7), table

    agree(f, NUMBERED.reshape(2, 3), Constant(TABLE))


START = np.array([0, 2])


@pytest.mark.parametrize(
    ("inputs", "settings"),
    [
        ([NUMBERED, TABLE, np.array([1, 2])], {}),
        ([NUMBERED, TABLE, np.array([0, 9])], {}),
        ([np.array([1, 2, 7]), TABLE, START], {}),
        ([np.array([1.0, 2.0]), TABLE, START], {}),
        ([NUMBERED, TABLE, np.array([0.0, 2.0])], {}),
        ([NUMBERED, TABLE, START], {"mode": "prod"}),
        ([NUMBERED, TABLE, START], {"mode": "max", "sparse": True}),
        ([NUMBERED, TABLE, START], {"mode": "max", "scale_grad_by_freq": True}),
        ([NUMBERED, TABLE, START, rand(6)], {}),
        ([NUMBERED, TABLE, START, rand(6).astype(np.float32)], {"mode": "sum"}),
        ([NUMBERED, TABLE, START, rand(3)], {"mode": "sum"}),
        ([NUMBERED, TABLE, START], {"padding_idx": 5}),
        ([NUMBERED, TABLE, START], {"padding_idx": -6}),
        ([NUMBERED, TABLE], {}),
        ([NUMBERED.reshape(2, 3), TABLE, START], {}),
        ([np.array(1), TABLE, START], {}),
        ([NUMBERED, TABLE[0], START], {}),
        ([NUMBERED, long(5, 3), START], {}),
        ([NUMBERED, TABLE, START[None]], {}),
    ],
    ids=range(19),
)
def test_bags_refuse(inputs, settings):
    agree_on_error(lambda T, *x: bag(T, *x, **settings), *inputs)


# --- grid_sample and affine_grid --------------------------------------------------------------------------------------


def sampled(T, x, grid, *settings):
    return T.nn.functional.grid_sample(x, grid, *settings)


WAYS = list(itertools.product(["zeros", "border", "reflection"], [True, False]))


@pytest.mark.parametrize(("padding", "align"), WAYS)
@pytest.mark.parametrize("mode", ["bilinear", "nearest", "bicubic"])
def test_images_sampled(mode, padding, align):
    agree(lambda T, x, g: sampled(T, x, g, mode, padding, align), rand(2, 3, 4, 5), rand(2, 6, 3, 2) * 2, second=False)


@pytest.mark.parametrize(("padding", "align"), WAYS)
@pytest.mark.parametrize("mode", ["bilinear", "nearest"])
def test_volumes_sampled(mode, padding, align):
    x, grid = rand(2, 2, 3, 4, 5), rand(2, 3, 2, 4, 3) * 2
    agree(lambda T, x, g: sampled(T, x, g, mode, padding, align), x, grid, second=False)


@pytest.mark.parametrize(("padding", "align"), WAYS)
@pytest.mark.parametrize("mode", ["bilinear", "nearest", "bicubic"])
def test_one_element_sampled(mode, padding, align):
    agree(lambda T, x, g: sampled(T, x, g, mode, padding, align), rand(1, 2, 1, 1), rand(1, 3, 3, 2), second=False)


@pytest.mark.parametrize("padding", ["zeros", "border"])
@pytest.mark.parametrize("mode", ["bilinear", "nearest", "bicubic"])
def test_places_that_are_no_numbers(mode, padding):
    grid = np.repeat(np.array([np.nan, INF, -INF, 1e9, 0.1]), 2).reshape(1, 1, 5, 2)
    agree(lambda T, x, g: sampled(T, x, g, mode, padding, False), rand(1, 2, 3, 3), grid, grad=False)


@pytest.mark.parametrize("align", [True, False])
@pytest.mark.parametrize("mode", ["bilinear", "nearest", "bicubic"])
def test_the_identity_grid(mode, align):
    def f(T, x):
        grid = T.nn.functional.affine_grid(T.eye(2, 3, dtype=T.float64)[None], [1, 2, 4, 3], align)
        return sampled(T, x, grid, mode, "zeros", align)

    agree(f, rand(1, 2, 4, 3), second=False)


def test_sampling_keeps_float32_and_empty_results():
    x = rand(1, 2, 3, 3).astype(np.float32)
    for shape in ((1, 4, 4, 2), (1, 0, 4, 2)):
        agree(
            lambda T, x, g: sampled(T, x, g, "bicubic", "reflection", True),
            x,
            rand(*shape).astype(np.float32),
            second=False,
        )


def test_nearest_has_a_gradient_of_zero_for_the_grid_alone():
    agree(lambda T, x, g: sampled(T, x, g, "nearest"), Constant(rand(1, 2, 3, 3)), rand(1, 2, 2, 2), second=False)


@pytest.mark.parametrize(
    ("x", "grid", "settings"),
    [
        (rand(1, 2, 3, 3), rand(2, 4, 4, 2), ()),
        (rand(1, 2, 3, 3), rand(1, 4, 4, 3), ()),
        (rand(1, 2, 3, 3), rand(1, 4, 4, 4, 2), ()),
        (rand(1, 2, 3, 3), rand(1, 4, 4, 2).astype(np.float32), ()),
        (rand(1, 3, 3), rand(1, 4, 4, 2), ()),
        (rand(1, 2, 0, 3), rand(1, 4, 4, 2), ()),
        (rand(1, 2, 3, 3, 3), rand(1, 4, 4, 4, 3), ("bicubic",)),
        (rand(1, 2, 3, 3), rand(1, 4, 4, 2), ("cubic",)),
        (rand(1, 2, 3, 3), rand(1, 4, 4, 2), ("bilinear", "reflect")),
    ],
    ids=range(9),
)
def test_sampling_refuses(x, grid, settings):
    agree_on_error(lambda T, x, g: sampled(T, x, g, *settings), x, grid)


@pytest.mark.parametrize("align", [True, False])
@pytest.mark.parametrize(
    ("theta", "size"), [((2, 2, 3), (2, 1, 3, 4)), ((2, 3, 4), (2, 1, 3, 1, 4)), ((1, 2, 3), (1, 1, 1, 1))]
)
def test_affine_grid(theta, size, align):
    agree(lambda T, theta: T.nn.functional.affine_grid(theta, size, align), rand(*theta))


@pytest.mark.parametrize(
    ("theta", "size"),
    [
        (rand(1, 2, 3), [2, 1, 2, 2]),
        (rand(1, 2, 4), [1, 1, 2, 2]),
        (rand(1, 2, 3), [1, 1, 2]),
        (long(1, 2, 3), [1, 1, 2, 2]),
        (rand(1, 2, 3), [1, 1, 0, 2]),
        (rand(1, 2, 3), 3),
    ],
    ids=range(6),
)
def test_affine_grid_refuses(theta, size):
    agree_on_error(lambda T, theta: T.nn.functional.affine_grid(theta, size), theta)


def test_unaligned_corners_by_default_with_a_warning():
    for T in (torch, minitorch):
        with pytest.warns(UserWarning, match="align_corners=False since 1.3.0"):
            T.nn.functional.affine_grid(T.zeros(1, 2, 3), [1, 1, 2, 2])


# --- ctc_loss ---------------------------------------------------------------------------------------------------------


def ctc(T, x, targets, times, counts, **settings):
    return T.nn.functional.ctc_loss(x.log_softmax(-1), targets, times, counts, **settings)


SPOKEN = rand(8, 3, 4)
LABELS = np.array([[1, 2, 2], [3, 3, 1], [2, 1, 3]])


@pytest.mark.parametrize("reduction", ["none", "sum", "mean"])
@pytest.mark.parametrize("counts", [[3, 3, 3], [2, 0, 3], [1, 3, 2], [0, 0, 0]], ids=str)
@pytest.mark.parametrize("joined", [False, True])
def test_ctc(reduction, counts, joined):
    targets = np.concatenate([row[:n] for row, n in zip(LABELS, counts, strict=True)]) if joined else LABELS
    agree(
        lambda T, *x: ctc(T, *x, reduction=reduction),
        SPOKEN,
        targets,
        np.array([8, 6, 7]),
        np.array(counts),
        second=False,
    )


def test_ctc_of_log_probs_themselves():
    """PyTorch's gradient is for normalised log-probabilities, also where it is asked for theirs."""
    x = SPOKEN - np.log(np.exp(SPOKEN).sum(-1, keepdims=True))
    agree(
        lambda T, x, y: T.nn.functional.ctc_loss(x, y, (8, 5, 7), (3, 2, 1), reduction="none"), x, LABELS, second=False
    )


@pytest.mark.parametrize("zero_infinity", [False, True])
@pytest.mark.parametrize("reduction", ["none", "mean"])
def test_ctc_of_targets_that_are_too_long(zero_infinity, reduction):
    agree(
        lambda T, x, y: T.nn.functional.ctc_loss(
            x, y, T.tensor([2, 8, 3]), T.tensor([3, 3, 3]), reduction=reduction, zero_infinity=zero_infinity
        ),
        np.log(np.full((8, 3, 4), 0.25)), LABELS, second=False,
    )  # fmt: skip


def test_ctc_of_steps_that_none_uses():
    agree(lambda T, x, y: ctc(T, x, y, (5, 4, 1), (3, 2, 1)), SPOKEN, LABELS, second=False)


def test_ctc_without_steps():
    agree(lambda T, x, y: ctc(T, x, y, (0, 0, 4), (0, 2, 1), reduction="none"), Constant(SPOKEN), LABELS, grad=False)


def test_ctc_with_another_blank():
    agree(lambda T, *x: ctc(T, *x, blank=2), SPOKEN, LABELS % 2, np.array([8, 8, 8]), np.array([3, 1, 3]), second=False)


def test_ctc_of_one_sequence():
    agree(
        lambda T, x, y: ctc(T, x, y, T.tensor(8), T.tensor(2), reduction="none"),
        rand(8, 4),
        LABELS[0, :2],
        second=False,
    )
    agree(lambda T, x, y: ctc(T, x, y, (8,), (2,)), rand(8, 4), LABELS[0, :2], second=False)


def test_ctc_keeps_float32():
    agree(lambda T, x, y: ctc(T, x, y, (8, 8, 8), (3, 3, 3)), SPOKEN.astype(np.float32), LABELS, second=False)


@pytest.mark.parametrize(
    ("targets", "times", "counts", "settings"),
    [
        ([1, 2], [6, 5], [2, 1], {}),
        ([1, 2, 3, 1], [6, 5], [2, 1], {}),
        ([[1, 2], [3, 3]], [7, 5], [2, 1], {}),
        ([[1, 2], [3, 3]], [6, 5], [3, 1], {}),
        ([[1, 2], [3, 3]], [6, -1], [2, 1], {}),
        ([[1, 2], [3, 3]], [6, 5], [2, -1], {}),
        ([[1, 2], [3, 3]], [6], [2, 1], {}),
        ([[1, 2], [3, 3]], [6, 5], [2], {}),
        ([[1, 2], [3, 3]], [6.0, 5.0], [2, 1], {}),
        ([[1, 2], [3, 3], [1, 1]], [6, 5], [2, 1], {}),
        ([[1, 2], [3, 3]], [6, 5], [2, 1], {"blank": 4}),
        ([[1, 2], [3, 3]], [6, 5], [2, 1], {"blank": -1}),
        ([[1, 2], [3, 3]], [6, 5], [2, 1], {"reduction": "means"}),
    ],
    ids=range(13),
)
def test_ctc_refuses(targets, times, counts, settings):
    agree_on_error(
        lambda T, x, *rest: T.nn.functional.ctc_loss(x, *rest, **settings),
        rand(6, 2, 4), np.array(targets), np.array(times), np.array(counts),
    )  # fmt: skip


@pytest.mark.parametrize("x", [rand(6), rand(0, 2, 4), long(6, 2, 4)], ids=range(3))
def test_ctc_refuses_log_probs(x):
    agree_on_error(lambda T, x, y: T.nn.functional.ctc_loss(x, y, (0, 0), (1, 1)), x, np.array([[1], [2]]))


# --- max_unpool -------------------------------------------------------------------------------------------------------


def unpooled(n, *pooling, **settings):
    def f(T, x):
        F = T.nn.functional
        values, indices = getattr(F, f"max_pool{n}d")(x, *pooling, return_indices=True)
        return getattr(F, f"max_unpool{n}d")(values, indices, *pooling, **settings)

    return f


@pytest.mark.parametrize("batch", [(2, 3), (3,)], ids=["batch", "one"])
@pytest.mark.parametrize("n", [1, 2, 3])
def test_unpooled(n, batch):
    x = rand(*batch, *(4, 6, 2)[:n])
    agree(unpooled(n, 2), x)
    agree(unpooled(n, 2, output_size=(5, 7, 3)[:n]), x)


@pytest.mark.parametrize("n", [1, 2, 3])
def test_unpooled_to_a_whole_shape(n):
    agree(unpooled(n, 2, output_size=(2, 3, 5, 6, 2)[: n + 2]), rand(2, 3, *(4, 6, 2)[:n]))


@pytest.mark.parametrize("n", [1, 2, 3])
def test_pooled_with_indices(n):
    agree(lambda T, x: getattr(T.nn.functional, f"max_pool{n}d_with_indices")(x, 3, 2, 1), rand(2, 3, *(4, 6, 5)[:n]))


def test_unpooled_windows_that_overlap():
    agree(unpooled(2, 3, 2, 1), rand(1, 2, 6, 7))


def test_values_for_one_place():
    agree(
        lambda T, x, i: T.nn.functional.max_unpool1d(x * x, i, 2) ** 3,
        rand(1, 2, 3),
        np.array([[[1, 1, 4], [0, 5, 0]]]),
    )


VALUES, PLACES = rand(1, 2, 2, 2), np.arange(8).reshape(1, 2, 2, 2) % 4


@pytest.mark.parametrize(
    ("x", "indices", "settings"),
    [
        (VALUES, PLACES[:, :1], {}),
        (VALUES, PLACES.astype(np.float64), {}),
        (VALUES, PLACES.astype(np.int32), {}),
        (VALUES, PLACES + 100, {}),
        (VALUES, PLACES - 100, {}),
        (VALUES[0, 0], PLACES[0, 0], {}),
        (VALUES, PLACES, {"output_size": (9, 9)}),
        (VALUES, PLACES, {"output_size": (9,)}),
        (VALUES, PLACES, {"padding": 3}),
        (VALUES[:, :0], PLACES[:, :0], {}),
    ],
    ids=range(10),
)
def test_unpooling_refuses(x, indices, settings):
    agree_on_error(lambda T, x, i: T.nn.functional.max_unpool2d(x, i, 2, **settings), x, indices)


# --- Signatures -------------------------------------------------------------------------------------------------------

NAMES = [
    "affine_grid", "ctc_loss", "embedding_bag", "grid_sample", "max_pool1d_with_indices", "max_pool2d_with_indices",
    "max_pool3d_with_indices", "max_unpool1d", "max_unpool2d", "max_unpool3d", "multi_head_attention_forward",
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_signatures(name):
    theirs, ours = (
        [(p.name, p.default, p.kind) for p in inspect.signature(getattr(T.nn.functional, name)).parameters.values()]
        for T in (torch, minitorch)
    )
    assert ours == theirs
