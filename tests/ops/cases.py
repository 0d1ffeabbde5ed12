"""Inputs for every row of the derivative tables: what gradcheck, and the tests beside it, are run on.

A row without an entry here fails test_derivatives.py. Values keep away from kinks and ties, where a derivative is a
convention: those are held against PyTorch in tests/oracle.
"""

# ruff: noqa: E501, C420 (the tables are wide)

import importlib
import math
import pkgutil
import sys
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

import minitorch.nn.functional
import minitorch.ops
from minitorch.core import batched_rows
from minitorch.core.batched_levels import Level
from minitorch.core.primitive import Row
from minitorch.ops import batch_normalisation


class Case(NamedTuple):
    inputs: tuple
    call: Callable  # of the operation and the inputs as tensors


# Rows that PyTorch has without a derivative; they say so when one is asked for.
WITHOUT_DERIVATIVE = {
    "airy_ai", "chebyshev_polynomial_t", "chebyshev_polynomial_u", "hermite_polynomial_h", "hermite_polynomial_he",
    "laguerre_polynomial_l", "legendre_polynomial_p",
}  # fmt: skip


def case(*inputs, call=None, **params):
    """Arrays for an operation, and its parameters; or ``call``, where the inputs are not the operation's own."""
    return Case(inputs, call or (lambda op, *tensors: op(*tensors, **params)))


def table():
    """Every row with a rule, by its name: ``{"add": add, ...}``."""
    for module in pkgutil.iter_modules(minitorch.ops.__path__):
        importlib.import_module(f"minitorch.ops.{module.name}")
    importlib.import_module("minitorch.core.vanishing")
    found = {}
    for module_name in [name for name in sys.modules if name.startswith("minitorch.")]:
        for name, value in vars(sys.modules[module_name]).items():
            row = getattr(value, "row", None)
            if not isinstance(row, Row):
                continue
            rules = [rule for rule in (*row.rules.values(), row.joint) if rule is not None]
            if rules and rules[0].__module__ == module_name and not name.startswith("_"):
                assert found.setdefault(name, value) is value, f"two rows are called {name}"
    return found


# --- Numbers --------------------------------------------------------------------------------------------------------

_random = np.random.default_rng(7)


def spread(*shape, low=-2.0, high=2.0):
    """Distinct numbers at equal distances in random order: none is at a tie, few are near a whole number."""
    n = math.prod(shape)
    return _random.permutation(low + (high - low) * (np.arange(n) + 0.37) / max(n, 1)).reshape(shape)


M, M2 = spread(3, 4), spread(3, 4, low=-1.9, high=2.3)
V, W, C = spread(4), spread(4, low=0.3), spread(3, 1, low=-1.7)
S, ROWLESS = spread(), spread(0, 3)
T3, NCHW = spread(2, 3, 4), spread(2, 3, 2, 2)
SQUARE = spread(3, 3) + 2 * np.eye(3)
BATCH = spread(2, 3, 3) + 2 * np.eye(3)
Z = spread(3, 4) + 1j * spread(3, 4, low=-1.5)
TRANSPOSED, STRIDED = spread(4, 3).T, spread(3, 8)[:, ::2]
POSITIVE, UNIT, ABOVE_ONE = (
    spread(3, 4, low=0.2, high=3),
    spread(3, 4, low=-0.9, high=0.9),
    spread(3, 4, low=1.2, high=3),
)
MASK = _random.random((3, 4)) > 0.5
LEVEL = Level(3)  # of a vmap over three samples
ALONG = _random.integers(0, 3, (2, 4))

ANY = [case(M), case(S), case(ROWLESS), case(TRANSPOSED), case(STRIDED)]
PAIRS = [case(M, M2), case(M, V), case(C, V), case(S, M), case(M, 1.3), case(2.1, M), case(TRANSPOSED.T, C.T[:, :1])]
UNARY_DOMAINS = {
    "log": POSITIVE, "log2": POSITIVE, "log10": POSITIVE, "log1p": UNIT, "sqrt": POSITIVE, "rsqrt": POSITIVE,
    "asin": UNIT, "acos": UNIT, "atanh": UNIT, "acosh": ABOVE_ONE, "reciprocal": POSITIVE,
}  # fmt: skip
UNARY = (
    "exp", "exp2", "expm1", "square", "abs", "sign", "sin", "cos", "tan", "atan", "sinh", "cosh", "tanh", "asinh", "ceil",
    "rint", "erf", "relu", "sigmoid", "silu", "mish", "hardsigmoid", "log_sigmoid", "gelu_tanh", "gelu_erf",
)  # fmt: skip
REDUCED = [{"axis": a, "keepdims": k} for a in (None, 0, 1, -1, (0, 2), ()) for k in (False, True)]


def reductions(**params):
    """Every choice of dims, on three dims."""
    return [case(T3, **dims, **params) for dims in REDUCED] + [case(S, axis=(), keepdims=False, **params)]


def with_moments(op, x, w, b):
    return op(x, w, b, moments=batch_normalisation.channel_moments(x.array), eps=1e-5)


def with_fixed_moments(op, x, w, b):
    return op(x, w, b, moments=(W[:3].astype(x.array.dtype), POSITIVE[0, :3].astype(x.array.dtype)), eps=1e-5)


def recurrent(gates, outputs, hidden=2):
    """First states, and the weights of one input and of the state, for two sequences."""
    return spread(2, outputs), spread(2, hidden), spread(gates * hidden, 1), spread(gates * hidden, outputs)


def symmetric(op, x, **params):
    return op(x + x.mT, **params)


def positive_definite(op, x):
    return op(x @ x.mT + x.new_full((), 0.5))


def without_phase(op, x):
    """Eigenvectors have a phase of their own: their size is what a derivative can be held to."""
    w, v = op(x)
    return w, v.abs()


NEAR_ONE = spread(3, 4, low=0.1, high=0.9)
ORDER = np.array(3)
OWN = ((3, 4), (4, 1), 0)  # the layout of M
ONE_D, TWO_D = ((1,), (0,), (1,), 1), ((2, 1), (1, 2), (1, 2), 1)
GROUPED = ((1, 2), (1, 0), (1, 1), 2)

CASES = {
    **{name: ANY for name in UNARY},
    **{name: [case(x), case(x[0, 0].copy()), case(x.T)] for name, x in UNARY_DOMAINS.items()},
    "softplus": [case(M, beta=1.5, threshold=2.0)],
    "elu": [case(M, alpha=1.3, scale=1.1, input_scale=0.9)],
    "leaky_relu": [case(M, slope=0.1)],
    "clip": [case(M, low=-1.0, high=1.1), case(M, low=None, high=0.5), case(M, low=0.3, high=None)],
    "threshold": [case(M, threshold=0.2, value=7.0)],
    # arithmetic
    "add": PAIRS,
    "sub": PAIRS,
    "minus": PAIRS,
    "mul": PAIRS,
    "div": PAIRS,
    "neg": ANY,
    "power": [case(POSITIVE, exponent=p) for p in (2, 3, 1, 0, -1, 0.5, 2.5)] + [case(M, exponent=3)],
    "pow_tensor": [case(POSITIVE, M), case(POSITIVE, V), case(POSITIVE[0, 0], M)],
    "remainder": [case(M, POSITIVE), case(M, 0.7), case(2.5, POSITIVE)],
    "fmod": [case(M, POSITIVE), case(M, 0.7), case(2.5, POSITIVE)],
    "maximum": [case(M, M2), case(M, V), case(M, 0.11)],
    "minimum": [case(M, M2), case(M, V), case(M, 0.11)],
    "atan2": [case(M, M2), case(C, V)],
    "blend": [case(M, M2, UNIT), case(M, V, S)],
    "where": [case(MASK, M, M2), case(MASK, V, C), case(MASK, M, 0.5)],
    "cast": [case(M, dtype=np.dtype(np.float64))],
    "copy": ANY,
    "floor": ANY,
    "trunc": ANY,
    "ordered": ANY,
    # shapes
    "reshape_to": [case(M, shape=(2, 6)), case(TRANSPOSED, shape=(12,)), case(S, shape=(1, 1))],
    "permute_axes": [case(T3, axes=(2, 0, 1)), case(S, axes=())],
    "swap_axes": [case(T3, a=0, b=2), case(M, a=-1, b=0)],
    "spread": [case(C, shape=(3, 5)), case(V, shape=(2, 3, 4)), case(S, shape=(2,))],
    "insert_axes": [case(M, axis=1), case(S, axis=0)],
    "drop_axes": [case(C, axis=1), case(C.reshape(1, 3, 1), axis=(0, 2)), case(M, axis=())],
    "join": [case(M, M2, axis=0), case(M, C, M2, axis=1), case(V, V, axis=0), case(ROWLESS, M[:, :3], axis=0)],
    "pieces": [case(M, lengths=(1, 3), axis=1), case(M, lengths=(3,), axis=0), case(V, lengths=(0, 4), axis=0)],
    "pile": [case(M, M2, axis=0), case(V, V, axis=1), case(S, S, axis=0)],
    "layers": [case(M, axis=0), case(T3, axis=2)],
    "reverse": [case(T3, axes=(0, 2)), case(S, axes=())],
    "shift": [case(M, shifts=(1, -2), axes=(0, 1)), case(V, shifts=(5,), axes=(0,))],
    "take_diagonal": [case(M, offset=1, a=0, b=1), case(T3, offset=-1, a=0, b=2)],
    "put_diagonal": [case(V, offset=-1, a=0, b=1, shape=(5, 5)), case(M, offset=0, a=0, b=2, shape=(4, 3, 4))],
    "upper": [case(M, k=0), case(T3, k=1)],
    "lower": [case(M, k=0), case(T3, k=-1)],
    # indexing
    "take": [case(M, index=(slice(1, 3), None, 2)), case(M, index=(Ellipsis, slice(None, None, 2)))],
    "take_select": [case(M, index=1), case(T3, index=(slice(None), 1))],
    "put": [case(M[:2, :3], index=(slice(1, 3), slice(0, 3)), shape=(4, 4))],
    "take_fancy": [case(M, index=np.array([0, 2, 0])), case(M, index=MASK), case(M, index=(0, ALONG[0]))],
    "put_fancy": [case(M, index=np.array([1, 1, 0]), shape=(2, 4)), case(V, index=ALONG[0], shape=(3,))],
    "put_into": [case(M, V, index=1), case(M, S, index=MASK), case(M, M2[:2], index=np.array([2, 0]))],
    "take_along": [case(M, ALONG, axis=0), case(V, np.array([3, 3, 0]), axis=0)],
    "put_along": [case(M[:2], ALONG, axis=0, shape=(3, 4))],
    "add_at": [case(M, M2, index=np.array([2, 2, 0])), case(M, V, index=1)],
    "set_along": [case(M, M2[:2], np.array([[0, 1, 2, 0], [1, 2, 0, 1]]), axis=0)],
    "add_along": [case(M, M2[:2], ALONG, axis=0)],
    "extreme_along": [case(M, M2[:2], ALONG, axis=0, smallest=s) for s in (False, True)],
    "product_along": [case(M, M2[:2], ALONG, axis=0)],
    # reductions
    "sum_all": ANY,
    "sum_dims": reductions(),
    "mean_all": [case(M), case(S), case(TRANSPOSED)],
    "mean_dims": reductions(),
    "extreme": [*reductions(smallest=False), *reductions(smallest=True)],
    "pick": [case(T3, axis=a, keepdims=k, smallest=s) for a, k in ((0, False), (1, True), (2, False)) for s in (False, True)],
    "variance": [case(T3, **dims, correction=c) for dims in REDUCED[:-2] for c in (0, 1)],
    "deviation": [case(T3, **dims, correction=c) for dims in REDUCED[:-2] for c in (0, 1)],
    "product": [case(T3, axis=a, keepdims=k) for a in (None, 0, -1) for k in (False, True)]
    + [case(np.array([[0.0, 2.0, 3.0], [0.0, 0.0, 4.0]]), axis=1, keepdims=False)],
    "logsumexp_dims": reductions(),
    "norm_2": reductions(),
    # linear algebra
    "matmul_2d": [case(M, M2.T), case(TRANSPOSED, V.reshape(4, 1)), case(ROWLESS, M)],
    "matmul_batched": [case(T3, M.T), case(T3, T3.swapaxes(1, 2)), case(T3[:, None], M.T[None])],
    "dot_1d": [case(V, M[0])],
    "matvec": [case(M, V), case(TRANSPOSED, V)],
    "linear": [case(M, M2[:2], V[:2]), case(T3, M, V[:3])],
    # normalisation, losses
    "softmax_dim": [case(T3, axis=a) for a in (0, 1, -1)],
    "log_softmax_dim": [case(T3, axis=a) for a in (0, 1, -1)],
    "batch_normalised": [case(x, V[:3], W[:3], call=with_moments) for x in (T3.swapaxes(0, 1).reshape(4, 3, 2), NCHW)],
    "batch_scaled": [case(NCHW, V[:3], W[:3], call=with_fixed_moments)],
    "attend": [
        case(T3, T3[:, :2] * 0.7, spread(2, 2, 5), None, scale=0.5),
        case(T3[0], T3[:, :2], spread(2, 2, 5), spread(3, 2), scale=0.5),
    ],
    "layer_normalised": [case(T3, V, W, size=4, places=1, eps=1e-5), case(M, None, None, size=4, places=1, eps=0.1)],
    "group_normalised": [case(NCHW, V[:3], W[:3], size=4, places=4, eps=1e-5)],
    "rms_normalised": [case(T3, V, size=4, eps=1e-5), case(M, None, size=4, eps=0.1)],
    "cross_entropy_mean": [case(M, np.array([1, 3, 0]))],
    "cross_entropy_of_two": [case(spread(3, 4, low=0.1, high=0.9), spread(3, 4, low=0.2, high=0.8))],
    "logits_loss": [case(M, NEAR_ONE), case(M, V)],
    "logits_loss_mean": [case(M, NEAR_ONE)],
    "mse_mean": [case(M, M2)],
    # convolution and pooling
    "convolve": [case(spread(2, 2, 5), spread(3, 2, 3), how=ONE_D),
                             case(spread(1, 2, 4, 5), spread(4, 1, 2, 2), how=GROUPED),
                             case(spread(1, 2, 4, 5), spread(2, 2, 2, 2), how=TWO_D)],
    "convolve_input": [case(spread(2, 3, 3), spread(3, 2, 3), how=ONE_D, spatial=(5,))],
    "convolve_weight": [case(spread(2, 3, 3), spread(2, 2, 5), how=ONE_D, kernel=(3,))],
    "columns": [case(spread(1, 2, 4, 5), kernel=(2, 2), how=TWO_D)],
    "uncolumns": [case(spread(2, 3, 2, 3), spatial=(5,), kernel=(3,), how=ONE_D)],
    "window_max": [case(spread(1, 2, 4, 4), kernel=(2, 2), how=((2, 2), (0, 0), (1, 1), 1), out=(2, 2)),
                           case(spread(1, 1, 5), kernel=(3,), how=((2,), (1,), (1,), 1), out=(3,))],
    "alignments": [case(spread(4, 2, 3), labels=np.array([[0, 1, 0, 1, 0], [0, 2, 0, 0, 0]]), times=np.array(times),
                        counts=np.array([2, 1])) for times in ((4, 4), (4, 2), (3, 0))],
    "window_largest": [case(spread(1, 2, 4, 4), kernel=(2, 2), how=((2, 2), (0, 0), (1, 1), 1), sizes=(2, 2)),
                           case(spread(1, 1, 5), kernel=(3,), how=((2,), (1,), (1,), 1), sizes=(3,))],
    "spatial_take": [case(spread(1, 2, 4), np.array([[[0, 3, 3], [1, 0, 2]]]))],
    "spatial_put": [case(spread(1, 2, 3), np.array([[[0, 3, 3], [1, 0, 2]]]), spatial=(4,))],
    "window_sum": [case(spread(1, 1, 5), kernel=(3,), how=((2,), (1,), (1,), 1), out=(3,))],
    "window_mean": [
        case(spread(1, 1, 5), kernel=(3,), how=((2,), (1,), (1,), 1), out=(3,), divisor=divisor)
        for divisor in (3, np.array([2, 3, 2], np.float32))
    ],
    "window_spread": [case(spread(1, 1, 3), spatial=(5,), kernel=(3,), how=((2,), (1,), (1,), 1))],
    "convolution": [case(spread(2, 2, 5), spread(3, 2, 3), V[:3], how=ONE_D),
                      case(spread(1, 2, 4, 5), spread(4, 1, 2, 2), V, how=GROUPED)],
    # two inputs
    "hypot": PAIRS, "logaddexp": PAIRS, "logaddexp2": PAIRS, "copysign": PAIRS,
    "fmax": [case(M, M2), case(M, V), case(M, 0.11)],
    "fmin": [case(M, M2), case(M, V), case(M, 0.11)],
    "xlogy": [case(M, POSITIVE), case(C, POSITIVE)],
    "xlog1py": [case(M, POSITIVE), case(C, POSITIVE)],
    # complex
    "real_part": [case(Z), case(Z.T)], "imag_part": [case(Z)], "conjugate": [case(Z), case(Z.T)], "phase": [case(Z)],
    "direction": [case(Z)], "as_pairs": [case(Z), case(Z.T)], "from_parts": [case(M, M2), case(C, V)],
    "as_complex": [case(spread(3, 4, 2))],
    # cumulative, sorting
    "running_sum": [case(T3, axis=a) for a in (0, 2)],
    "running_product": [case(T3, axis=a) for a in (0, 2)] + [case(np.array([[0.0, 2.0, 3.0, 0.0, 4.0]]), axis=1)],
    "running_logsumexp": [case(T3, axis=a) for a in (0, 2)],
    "running_extreme": [case(T3, axis=a, smallest=s) for a in (0, 2) for s in (False, True)],
    "middle": [case(M, skip_nan=False), case(M, skip_nan=True)],
    # matrices
    "contraction": [case(M, M2, labels=("ab", "cb"), into="ca"), case(T3, M, V, labels=("abc", "bc", "c"), into="a"),
                    case(T3, labels=("abc",), into="cb")],
    "cholesky_lower": [case(SQUARE, call=positive_definite), case(BATCH, call=positive_definite)],
    "qr_tall": [case(M.T), case(BATCH)],
    "singular": [case(M), case(SQUARE)],
    "eigen_symmetric": [case(SQUARE, call=lambda op, x, u=u: symmetric(op, x, upper=u)) for u in (False, True)],
    "eigen": [case(SQUARE, call=without_phase)],
    "lu_unpivoted": [case(SQUARE + 5 * np.eye(3))],
    "inverse": [case(SQUARE), case(BATCH)],
    "solution": [case(SQUARE, M), case(BATCH, spread(2, 3, 2)), case(BATCH, M)],
    "determinant": [case(SQUARE), case(BATCH)],
    "sign_and_log": [case(SQUARE), case(BATCH)],
    "exponential": [case(SQUARE * 0.4), case(BATCH * 0.4)],
    "pseudo_inverse": [case(M, rcond=1e-15, hermitian=False), case(M.T, rcond=1e-15, hermitian=False),
                       case(SQUARE, call=lambda op, x: symmetric(op, x, rcond=1e-15, hermitian=True))],
    # transforms
    "to_complex": [case(Z, axes=a, norm=n, inverse=i) for a in ((1,), (0, 1)) for n in ("backward", "ortho") for i in (0, 1)],
    "from_real": [case(M, axes=a, norm=n) for a in ((1,), (1, 0)) for n in ("backward", "forward")],
    "to_real": [case(Z[:, :3], axes=(1,), norm=n, n=m) for n in ("backward", "forward") for m in (4, 5)],
    # special functions
    "deg2rad": ANY, "rad2deg": ANY, "sinc": ANY, "finite": [case(M, nan=0.0, posinf=None, neginf=None)],
    "log_odds": [case(NEAR_ONE, eps=None), case(NEAR_ONE, eps=0.2)],
    "erfinv": [case(UNIT)], "ndtri": [case(NEAR_ONE)], "entr": [case(POSITIVE)],
    "polygamma_n": [case(POSITIVE, n=n) for n in (0, 1, 2)],
    "zeta": [case(np.array(2.0).astype(np.int64), POSITIVE)],
    "igamma": [case(np.array(2), POSITIVE)], "igammac": [case(np.array(2), POSITIVE)],
    **{name: ANY for name in ("erfc", "erfcx", "log_ndtr", "ndtr")},
    **{name: [case(POSITIVE), case(POSITIVE[0, 0])] for name in (
        "lgamma", "digamma", "airy_ai", "bessel_j0", "bessel_j1", "bessel_y0", "bessel_y1", "i0", "i0e", "i1", "i1e",
        "modified_bessel_i0", "modified_bessel_i1", "modified_bessel_k0", "modified_bessel_k1",
        "scaled_modified_bessel_k0", "scaled_modified_bessel_k1", "spherical_bessel_j0")},
    **{name: [case(UNIT, ORDER)] for name in (
        "chebyshev_polynomial_t", "chebyshev_polynomial_u", "hermite_polynomial_h", "hermite_polynomial_he",
        "laguerre_polynomial_l", "legendre_polynomial_p")},
    # the rest
    "strided": [case(M, layout=((2, 3), (4, 1), 1), own=OWN, length=12), case(M, layout=((3, 2), (3, 4), 0), own=OWN, length=12)],
    "added_up": [case(M[:2, :3], layout=((2, 3), (4, 1), 1), own=OWN, length=12)],
    "masked_scale": [case(M, mask=(MASK * 2).astype(np.float32))],
    "outside": [case(M, steps=(lambda x: x[1:], lambda x: x[:, 0]))],
    "replaced": [case(M, M[1:, 0], steps=(lambda x: x[1:], lambda x: x[:, 0]))],
    "vanishing": [case(M, V), case(S, M)],
    "enter": [case(M, call=lambda op, x: batched_rows.leave(op(x, level=LEVEL) * 2, level=LEVEL))],
    "leave": [case(M, call=lambda op, x: op(batched_rows.enter(x, level=LEVEL) * 2, level=LEVEL))],
    "spread_samples": [case(M, call=lambda op, x: batched_rows.leave(op(x, level=LEVEL) * 2, level=LEVEL))],
    "sum_samples": [case(M, call=lambda op, x: op(batched_rows.enter(x, level=LEVEL) * 2, level=LEVEL))],
    "assign": [case(M, V), case(M, S), case(M, 3.0)],
    "prelu": [case(M, C), case(M, S)],
    "gated": [case(T3, axis=2), case(M, axis=1)],
    "hardswish": [case(M * 2.1)],
    "hardshrink": [case(M, lambd=0.5)],
    "softshrink": [case(M, lambd=0.5)],
    "hardtanh": [case(M, low=-1.0, high=0.7)],
    "nextafter": [case(M, M2)],
    "gate_one": ANY,
    "gate_several": [case(M, V)],
    # recurrent layers: two steps of two sequences, or of two and one
    "lstm_layer": [case(spread(2, 2, 1), *recurrent(4, 2), spread(8), None, None),
                   case(spread(3, 1), *recurrent(4, 1), spread(8), spread(8), spread(1, 2), sizes=(2, 1), reverse=True)],
    "gru_layer": [case(spread(2, 2, 1), *recurrent(3, 2)[:1], *recurrent(3, 2)[2:], spread(6), spread(6)),
                  case(spread(3, 1), *recurrent(3, 2)[:1], *recurrent(3, 2)[2:], None, None, sizes=(2, 1), reverse=True)],
    "rnn_layer": [case(spread(2, 2, 1), *recurrent(1, 2)[:1], *recurrent(1, 2)[2:], spread(2), spread(2)),
                  case(spread(3, 1), *recurrent(1, 2)[:1], *recurrent(1, 2)[2:], None, spread(2), relu=True, sizes=(2, 1))],
}  # fmt: skip
