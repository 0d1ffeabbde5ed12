"""Inputs for every row of the derivative tables: what gradcheck, and the tests beside it, are run on.

A row without an entry here fails test_derivatives.py. Values keep away from kinks and ties, where a derivative is a
convention: those are held against PyTorch in tests/oracle.
"""

import importlib
import math
import pkgutil
import sys
from typing import NamedTuple

import numpy as np

import minitorch.nn.functional
import minitorch.ops
from minitorch.core.primitive import Row


class Case(NamedTuple):
    inputs: tuple
    params: dict


def case(*inputs, **params):
    return Case(inputs, params)


def table():
    """Every row with a rule, by the module and name it is defined under: ``{"arithmetic.add": add, ...}``."""
    for module in pkgutil.iter_modules(minitorch.ops.__path__):
        importlib.import_module(f"minitorch.ops.{module.name}")
    found = {}
    for module_name in [name for name in sys.modules if name.startswith("minitorch.")]:
        for name, value in vars(sys.modules[module_name]).items():
            row = getattr(value, "row", None)
            if not isinstance(row, Row):
                continue
            rules = [rule for rule in (*row.rules.values(), row.joint) if rule is not None]
            if rules and rules[0].__module__ == module_name and not name.startswith("_"):
                found[f"{module_name.rpartition('.')[2]}.{name}"] = value
    return found


# --- Numbers -----------------------------------------------------------------------------------------------------------

_random = np.random.default_rng(7)


def spread(*shape, low=-2.0, high=2.0):
    """Distinct numbers at equal distances in random order: none is at a tie, few are near a whole number."""
    n = math.prod(shape)
    return _random.permutation(low + (high - low) * (np.arange(n) + 0.37) / max(n, 1)).reshape(shape)


M, M2 = spread(3, 4), spread(3, 4, low=-1.9, high=2.3)
V, C = spread(4), spread(3, 1, low=-1.7)
S, ROWLESS = spread(), spread(0, 3)
T3 = spread(2, 3, 4)
TRANSPOSED, STRIDED = spread(4, 3).T, spread(3, 8)[:, ::2]
POSITIVE, UNIT, ABOVE_ONE = spread(3, 4, low=0.2, high=3), spread(3, 4, low=-0.9, high=0.9), spread(3, 4, low=1.2, high=3)
MASK = _random.random((3, 4)) > 0.5
ALONG = _random.integers(0, 3, (2, 4))

ANY = [case(M), case(S), case(ROWLESS), case(TRANSPOSED), case(STRIDED)]
PAIRS = [case(M, M2), case(M, V), case(C, V), case(S, M), case(M, 1.3), case(2.1, M), case(TRANSPOSED.T, C.T[:, :1])]
UNARY_DOMAINS = {
    "log": POSITIVE, "log2": POSITIVE, "log10": POSITIVE, "log1p": UNIT, "sqrt": POSITIVE, "rsqrt": POSITIVE,
    "asin": UNIT, "acos": UNIT, "atanh": UNIT, "acosh": ABOVE_ONE, "reciprocal": POSITIVE,
}  # fmt: skip
UNARY = (
    "exp", "exp2", "expm1", "square", "abs", "sign", "sin", "cos", "tan", "atan", "sinh", "cosh", "tanh", "asinh", "ceil",
    "rint", "erf", "relu", "sigmoid", "silu", "log_sigmoid", "gelu_tanh", "gelu_erf",
)  # fmt: skip
REDUCED = [dict(axis=a, keepdims=k) for a in (None, 0, 1, -1, (0, 2), ()) for k in (False, True)]


def reductions(**params):
    """Every choice of dims, on three dims."""
    return [case(T3, **dims, **params) for dims in REDUCED] + [case(S, axis=(), keepdims=False, **params)]


ONE_D, TWO_D = ((1,), (0,), (1,), 1), ((2, 1), (1, 2), (1, 2), 1)
GROUPED = ((1, 2), (1, 0), (1, 1), 2)

CASES = {
    **{f"pointwise.{name}": ANY for name in UNARY},
    **{f"pointwise.{name}": [case(x), case(x[0, 0].copy()), case(x.T)] for name, x in UNARY_DOMAINS.items()},
    "pointwise.softplus": [case(M, beta=1.5, threshold=2.0)],
    "pointwise.elu": [case(M, alpha=1.3, scale=1.1, input_scale=0.9)],
    "pointwise.leaky_relu": [case(M, slope=0.1)],
    "pointwise.clip": [case(M, low=-1.0, high=1.1), case(M, low=None, high=0.5), case(M, low=0.3, high=None)],
    "pointwise.threshold": [case(M, threshold=0.2, value=7.0)],
    # arithmetic
    "arithmetic.add": PAIRS,
    "arithmetic.sub": PAIRS,
    "arithmetic.mul": PAIRS,
    "arithmetic.div": PAIRS,
    "arithmetic.neg": ANY,
    "arithmetic.power": [case(POSITIVE, exponent=p) for p in (2, 3, 1, 0, -1, 0.5, 2.5)] + [case(M, exponent=3)],
    "arithmetic.pow_tensor": [case(POSITIVE, M), case(POSITIVE, V), case(POSITIVE[0, 0], M)],
    "arithmetic.remainder": [case(M, POSITIVE), case(M, 0.7), case(2.5, POSITIVE)],
    "arithmetic.fmod": [case(M, POSITIVE), case(M, 0.7), case(2.5, POSITIVE)],
    "arithmetic.maximum": [case(M, M2), case(M, V), case(M, 0.11)],
    "arithmetic.minimum": [case(M, M2), case(M, V), case(M, 0.11)],
    "arithmetic.atan2": [case(M, M2), case(C, V)],
    "arithmetic.lerp": [case(M, M2, UNIT), case(M, V, S)],
    "arithmetic.where": [case(MASK, M, M2), case(MASK, V, C), case(MASK, M, 0.5)],
    "arithmetic.cast": [case(M, dtype=np.dtype(np.float64))],
    "arithmetic.copy": ANY,
    "arithmetic.floor": ANY,
    "arithmetic.trunc": ANY,
    "memory.ordered": ANY,
    # shapes
    "shapes.reshape_to": [case(M, shape=(2, 6)), case(TRANSPOSED, shape=(12,)), case(S, shape=(1, 1))],
    "shapes.permute_axes": [case(T3, axes=(2, 0, 1)), case(S, axes=())],
    "shapes.swap_axes": [case(T3, a=0, b=2), case(M, a=-1, b=0)],
    "shapes.spread": [case(C, shape=(3, 5)), case(V, shape=(2, 3, 4)), case(S, shape=(2,))],
    "shapes.insert_axes": [case(M, axis=1), case(S, axis=0)],
    "shapes.drop_axes": [case(C, axis=1), case(C.reshape(1, 3, 1), axis=(0, 2)), case(M, axis=())],
    "shapes.join": [case(M, M2, axis=0), case(M, C, M2, axis=1), case(V, V, axis=0), case(ROWLESS, M[:, :3], axis=0)],
    "shapes.pieces": [case(M, lengths=(1, 3), axis=1), case(M, lengths=(3,), axis=0), case(V, lengths=(0, 4), axis=0)],
    "shapes.pile": [case(M, M2, axis=0), case(V, V, axis=1), case(S, S, axis=0)],
    "shapes.layers": [case(M, axis=0), case(T3, axis=2)],
    "shapes.reverse": [case(T3, axes=(0, 2)), case(S, axes=())],
    "shapes.shift": [case(M, shifts=(1, -2), axes=(0, 1)), case(V, shifts=(5,), axes=(0,))],
    "shapes.take_diagonal": [case(M, offset=1, a=0, b=1), case(T3, offset=-1, a=0, b=2)],
    "shapes.put_diagonal": [case(V, offset=-1, a=0, b=1, shape=(5, 5)), case(M, offset=0, a=0, b=2, shape=(4, 3, 4))],
    "shapes.upper": [case(M, k=0), case(T3, k=1)],
    "shapes.lower": [case(M, k=0), case(T3, k=-1)],
    # indexing
    "indexing.take": [case(M, index=(slice(1, 3), None, 2)), case(M, index=(Ellipsis, slice(None, None, 2)))],
    "indexing.put": [case(M[:2, :3], index=(slice(1, 3), slice(0, 3)), shape=(4, 4))],
    "indexing.take_fancy": [case(M, index=np.array([0, 2, 0])), case(M, index=MASK), case(M, index=(0, ALONG[0]))],
    "indexing.put_fancy": [case(M, index=np.array([1, 1, 0]), shape=(2, 4)), case(V, index=ALONG[0], shape=(3,))],
    "indexing.put_into": [case(M, V, index=1), case(M, S, index=MASK), case(M, M2[:2], index=np.array([2, 0]))],
    "indexing.take_along": [case(M, ALONG, axis=0), case(V, np.array([3, 3, 0]), axis=0)],
    "indexing.put_along": [case(M[:2], ALONG, axis=0, shape=(3, 4))],
    "scatter.add_at": [case(M, M2, index=np.array([2, 2, 0])), case(M, V, index=1)],
    "scatter.set_along": [case(M, M2[:2], np.array([[0, 1, 2, 0], [1, 2, 0, 1]]), axis=0)],
    "scatter.add_along": [case(M, M2[:2], ALONG, axis=0)],
    "scatter.extreme_along": [case(M, M2[:2], ALONG, axis=0, smallest=s) for s in (False, True)],
    "scatter.product_along": [case(M, M2[:2], ALONG, axis=0)],
    # reductions
    "reductions.sum_all": ANY,
    "reductions.sum_dims": reductions(),
    "reductions.mean_all": [case(M), case(S), case(TRANSPOSED)],
    "reductions.mean_dims": reductions(),
    "reductions.extreme": [*reductions(smallest=False), *reductions(smallest=True)],
    "reductions.pick": [case(T3, axis=a, smallest=s) for a in (0, 1, 2) for s in (False, True)],
    "reductions.variance": [case(T3, **dims, correction=c) for dims in REDUCED[:-2] for c in (0, 1)],
    "reductions.product": [case(T3, axis=a, keepdims=k) for a in (None, 0, -1) for k in (False, True)]
    + [case(np.array([[0.0, 2.0, 3.0], [0.0, 0.0, 4.0]]), axis=1, keepdims=False)],
    "reductions.logsumexp_dims": reductions(),
    "reductions.norm_2": reductions(),
    # linear algebra
    "linalg.matmul_2d": [case(M, M2.T), case(TRANSPOSED, V.reshape(4, 1)), case(ROWLESS, M)],
    "linalg.matmul_batched": [case(T3, M.T), case(T3, T3.swapaxes(1, 2)), case(T3[:, None], M.T[None])],
    "linalg.dot_1d": [case(V, M[0])],
    "linalg.matvec": [case(M, V), case(TRANSPOSED, V)],
    "linalg.linear": [case(M, M2[:2], V[:2]), case(T3, M, V[:3])],
    # normalisation, losses
    "normalisation.softmax_dim": [case(T3, axis=a) for a in (0, 1, -1)],
    "normalisation.log_softmax_dim": [case(T3, axis=a) for a in (0, 1, -1)],
    "normalisation.standardised": [case(T3, axes=(0, 2), eps=1e-5), case(M, axes=(1,), eps=0.1)],
    "losses.cross_entropy_mean": [case(M, np.array([1, 3, 0]))],
    "functional_loss.cross_entropy_of_two": [case(spread(3, 4, low=0.1, high=0.9), spread(3, 4, low=0.2, high=0.8))],
    # convolution and pooling
    "convolution.convolve": [case(spread(2, 2, 5), spread(3, 2, 3), how=ONE_D),
                             case(spread(1, 2, 4, 5), spread(4, 1, 2, 2), how=GROUPED),
                             case(spread(1, 2, 4, 5), spread(2, 2, 2, 2), how=TWO_D)],
    "convolution.convolve_input": [case(spread(2, 3, 3), spread(3, 2, 3), how=ONE_D, spatial=(5,))],
    "convolution.convolve_weight": [case(spread(2, 3, 3), spread(2, 2, 5), how=ONE_D, kernel=(3,))],
    "convolution.columns": [case(spread(1, 2, 4, 5), kernel=(2, 2), how=TWO_D)],
    "convolution.uncolumns": [case(spread(2, 3, 2, 3), spatial=(5,), kernel=(3,), how=ONE_D)],
    "pooling.window_max": [case(spread(1, 2, 4, 4), kernel=(2, 2), how=((2, 2), (0, 0), (1, 1), 1), out=(2, 2)),
                           case(spread(1, 1, 5), kernel=(3,), how=((2,), (1,), (1,), 1), out=(3,))],
    "pooling.spatial_take": [case(spread(1, 2, 4), np.array([[[0, 3, 3], [1, 0, 2]]]))],
    "pooling.spatial_put": [case(spread(1, 2, 3), np.array([[[0, 3, 3], [1, 0, 2]]]), spatial=(4,))],
    "pooling.window_sum": [case(spread(1, 1, 5), kernel=(3,), how=((2,), (1,), (1,), 1), out=(3,))],
    "pooling.window_spread": [case(spread(1, 1, 3), spatial=(5,), kernel=(3,), how=((2,), (1,), (1,), 1))],
    # the rest
    "random.masked_scale": [case(M, mask=(MASK * 2).astype(np.float32))],
    "inplace.outside": [case(M, steps=(lambda x: x[1:], lambda x: x[:, 0]))],
    "inplace.replaced": [case(M, M[1:, 0], steps=(lambda x: x[1:], lambda x: x[:, 0]))],
    "inplace.assign": [case(M, V), case(M, S), case(M, 3.0)],
    "backward_hooks.gate": [case(M, V)],
}  # fmt: skip
