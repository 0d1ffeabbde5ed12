"""The cases of an operation drawn anew, by its name: other memory layouts, sizes of 0 and 1, batches, dims.

A case is a call and its arrays: one of PyTorch's own samples (test_opinfo.py) or, for a name without any, a line of the
test_ops tables. ``redrawn`` asks hypothesis for

- a shape: the case's own, an axis of it cut to 1 or to 0 wherever it stands, or a batch axis put in front;
- other dims, and keepdim the other way, where the function has such parameters;
- the layout of each tensor: how its elements lie in the memory of the leaf that it is a view of.
"""

import functools
import inspect
import os
import re
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

import minitorch
from tests.oracle import expressions, test_opinfo
from tests.oracle.compare import TOLERANCE, Constant, agree, outcome, torch

SAMPLES = int(os.environ.get("DRAWN_SAMPLES", "6"))  # of PyTorch's samples, how many to draw from
EXAMPLES = int(os.environ.get("DRAWN_EXAMPLES", "3"))  # how many are drawn of each name
NOT_DRAWN = {  # names whose results cannot be compared, and why
    **test_opinfo.DIFFERENT,
    "nn.functional.max_unpool3d": "PyTorch's backward pass refuses layouts that its forward pass takes",
    "resize_": "it reads memory beyond the tensor's numbers",
    "view_copy": "which layouts it takes is PyTorch's own choice",
}

# What is not drawn of some, and why: changes of shape, as ``resized`` calls them, and layouts.
KINDS = ("as it is", "one", "none", "batch", "expanded batch", "empty batch")
NOTHING = ("none", "empty batch")
BATCHES = ("batch", "expanded batch", "empty batch")
SPARED = {
    "addmv": (NOTHING, "PyTorch's result has not the broadcast shape where the matrix is empty"),
    "index_fill": (NOTHING, "PyTorch has no gradient of an empty index into a scalar"),
    "kthvalue": (BATCHES, "which of several equal elements is named is PyTorch's accident of sorting"),
    "linalg.cond": (NOTHING, "PyTorch's result for an empty batch is no part of the graph"),
    "nn.functional.adaptive_avg_pool1d": (NOTHING, "PyTorch's mean of nothing is nan where the result is one mean"),
    "nn.functional.adaptive_avg_pool2d": (
        (*NOTHING, *BATCHES),
        "PyTorch refuses no channels in the backward pass only",
    ),
    "nn.functional.adaptive_avg_pool3d": (
        (*BATCHES, "none"),
        "PyTorch takes any number of dims where the result is one mean",
    ),
    "nn.functional.channel_shuffle": (NOTHING, "PyTorch refuses no channels in the backward pass only"),
    "nn.functional.ctc_loss": (("one",), "a target may not be the blank"),
    "nn.functional.multilabel_margin_loss": (NOTHING, "PyTorch's mean of no losses is what the memory held"),
    "nn.functional.nll_loss": (("transposed",), "PyTorch's backward pass refuses layouts that its forward pass takes"),
    "nn.functional.pixel_shuffle": (NOTHING, "PyTorch's result has not the right shape where it is empty"),
    "nn.functional.pixel_unshuffle": (NOTHING, "PyTorch's result has not the right shape where it is empty"),
    "gradient": (BATCHES, "its spacings belong to certain dims"),
    "linalg.matrix_norm": (BATCHES, "a batch of equal rows is a singular matrix: no derivative of the least value"),
    "linalg.norm": (BATCHES, "as linalg.matrix_norm"),
    "norm": (BATCHES, "as linalg.matrix_norm"),
    "linalg.lstsq": (NOTHING, "PyTorch's residuals of nothing have the batch's shape"),
    "nn.functional.bilinear": (BATCHES, "PyTorch takes a batch of weights where it is empty"),
    "nn.functional.group_norm": (NOTHING, "PyTorch has nan gradients of the weights of nothing"),
    "cholesky": (NOTHING, "PyTorch does not ask for square matrices where they are empty"),
    "linalg.lu_solve": (KINDS[1:], "PyTorch reads beyond its memory where pivots are out of range"),
    "lu_solve": (KINDS[1:], "as linalg.lu_solve"),
    "lu_unpack": (KINDS[1:], "as linalg.lu_solve"),
    "as_strided_scatter": (("negative",), "as as_strided"),
    "as_strided": (("negative",), "it reads memory, which lies the other way round"),
    "searchsorted": (("batch",), "a sorter belongs to its own sequence"),
    "take_along_dim": (BATCHES, "PyTorch reads and writes beyond its memory where an index is out of range"),
    **{
        f"nn.functional.conv{kind}": (NOTHING, "PyTorch's result has not the right shape where there are no channels")
        for kind in ("1d", "2d", "3d", "_transpose1d", "_transpose2d", "_transpose3d")
    },
}
# Whose indices are to be distinct, and why.
DISTINCT = {"index_fill": "PyTorch counts the gradient of a value as often as its index comes"}


class Case(NamedTuple):
    """A call ``program(T, params, *tensors)`` and what it is compared on."""

    program: Callable[..., Any]
    arrays: tuple[Any, ...]
    params: dict[str, Any]  # the dims among its arguments, by name, which may be drawn anew
    grad: bool
    second: bool
    tolerance: Any
    text: str

    def __repr__(self):
        return self.text


# --- The cases of a name ----------------------------------------------------------------------------------------------


@functools.cache
def rows():
    """The rows of PyTorch's table by their names and aliases."""
    found: dict[str, list[Any]] = {}
    for op in test_opinfo.described():
        for name in dict.fromkeys((op.name, *(alias.name for alias in op.aliases))):
            found.setdefault(name, []).append(op)
    return found


def cases(name):
    """The cases of a name: of PyTorch's samples the first few of every row, else the lines of the test_ops tables."""
    ops = [op for op in rows().get(name, []) if callable(test_opinfo.resolve(minitorch, op.name))]
    ops = [op for op in ops if f"{op.name}-{op.variant_test_name}" not in test_opinfo.KNOWN["float64"]]
    found = [case for op in ops for case in samples(op, max(2, SAMPLES // len(ops)))]
    return found or [of_line(line) for line in expressions.calling(name)]


def samples(op, most):
    """Some of PyTorch's samples of one row, in the widest dtype that it has."""
    dtype = next((d for d in (torch.float64, torch.complex128, torch.int64, torch.bool) if d in op.dtypes), None)
    if dtype is None:
        return
    grad = op.supports_autograd and dtype.is_floating_point
    torch.manual_seed(0)
    for sample in test_opinfo.chosen(op.sample_inputs("cpu", dtype, requires_grad=grad), most):
        yield of_sample(op, sample, grad)


def of_sample(op, sample, grad):
    tensors = []
    args = test_opinfo.flattened((sample.input, *sample.args), tensors)
    kwargs = test_opinfo.flattened(sample.kwargs, tensors)
    places = dims_of(op, args, kwargs)

    def program(T, params, *given):
        T.manual_seed(0)
        now, named = list(args), dict(kwargs)
        for key, value in params.items():
            if isinstance(places[key][0], int):
                now[places[key][0]] = value
            else:
                named[key] = value
        result = test_opinfo.function(T, op)(
            *test_opinfo.filled(T, tuple(now), given), **test_opinfo.filled(T, named, given)
        )
        return sample.output_process_fn_grad(result)

    params = {key: value for key, (_, value) in places.items()}
    second = grad and op.supports_gradgrad and op.name not in test_opinfo.FIRST_ORDER
    text = f"{op.name}{shapes(args, tensors)}{shapes(kwargs, tensors)}"
    narrow = any(plain(x).dtype.name in ("float32", "complex64") for x in tensors)  # a weight, beside wide numbers
    return Case(program, tuple(tensors), params, grad, second, TOLERANCE["float32"] if narrow else (1e-7, 1e-8), text)


def shapes(value, tensors):
    """A call's arguments in short: of a tensor its shape."""
    if isinstance(value, test_opinfo.Placeholder):
        return plain(tensors[value]).shape
    if isinstance(value, dict):
        return {key: shapes(v, tensors) for key, v in value.items()}
    return tuple(shapes(v, tensors) for v in value) if isinstance(value, (tuple, list)) else value


DIMS = {"dim", "dim0", "dim1", "dim2", "dims", "keepdim", "axis0", "axis1"}


def dims_of(op, args, kwargs):
    """The dims among a call's arguments: by name, where each stands (a position or a keyword) and its value."""
    found = {key: (key, value) for key, value in kwargs.items() if key in DIMS}
    try:
        names = list(inspect.signature(test_opinfo.function(minitorch, op)).parameters)
    except (TypeError, ValueError):
        return found
    return found | {key: (k, value) for k, (key, value) in enumerate(zip(names, args, strict=False)) if key in DIMS}


def of_line(line):
    """The case of one line of the tables."""
    f, inputs, mark = expressions.parsed(line)
    in_place = re.search(r"\w_\(", line) is not None  # PyTorch does not write to a leaf or a view of it

    def program(T, params, *given):
        return f(T, *(t.clone() if in_place else t for t in given))

    return Case(program, tuple(inputs), {}, mark != "^0", mark is None, None, line)


# --- Shapes -----------------------------------------------------------------------------------------------------------


def plain(x):
    return x.array if isinstance(x, Constant) else x


def like(x, array):
    """An array as it is, or constant if the one that it stands for is."""
    return Constant(array) if isinstance(x, Constant) else array


def resized(draw, arrays, spared=()):
    """The arrays with one axis cut, or a batch axis more; the same axis, counted from the end, in all that have it."""
    kinds = draw(st.sampled_from([kind for kind in KINDS if kind not in spared]))
    largest = max((plain(x) for x in arrays), key=lambda x: (x.ndim, x.size), default=np.zeros(()))
    if kinds == "as it is" or not largest.ndim:
        return arrays
    if kinds.endswith("batch"):
        n = {"batch": 2, "expanded batch": 3, "empty batch": 0}[kinds]
        return [like(x, batch(plain(x), n, kinds == "batch")) if plain(x).ndim == largest.ndim else x for x in arrays]
    axis = draw(st.integers(-largest.ndim, -1))
    size, keep = largest.shape[axis], kinds == "one"
    cut = [like(x, plain(x).take(range(min(keep, size)), axis)) if has(plain(x), axis, size) else x for x in arrays]
    return within(cut) or arrays


def within(arrays):
    """Arrays whose indices are in range after a cut: PyTorch does not check all of them before it reads and writes."""
    indices = [x for x in arrays if plain(x).dtype.kind == "i"]
    if len(indices) in (0, len(arrays)):
        return arrays
    if any(plain(x).dtype == np.int32 for x in indices):  # pivots, which count from 1
        return None
    if any(not plain(x).size for x in arrays) and any(plain(x).size for x in indices):
        return None
    return [like(x, plain(x) * 0) if plain(x).dtype.kind == "i" else x for x in arrays]


def has(x, axis, size):
    return x.ndim >= -axis and x.shape[axis] == size


def batch(x, n, distinct):
    """n copies of an array along a new first axis; distinct ones if they are floating numbers."""
    out = np.broadcast_to(x, (n, *x.shape))
    if not distinct or x.dtype.kind != "f":
        return out
    if x.ndim == 1:
        return np.stack([np.roll(x, k) for k in range(n)])
    return out * (0.9 ** np.arange(n)).reshape(-1, *(1,) * x.ndim)


# --- Layouts ----------------------------------------------------------------------------------------------------------


def transposed(x):
    return np.ascontiguousarray(x.T), lambda t: t.permute(*reversed(range(x.ndim)))


def strided(x):
    return np.repeat(x, 2, -1), lambda t: t[..., ::2]


def inner(x):
    return np.concatenate([x[:1], x, x[-1:]]), lambda t: t[min(1, len(x)) : 1 + len(x) if len(x) else 0]


def flipped(x):
    return np.flip(x).copy(), lambda t: t.flip(tuple(range(x.ndim)))


def negative(x):
    """Negative strides, in minitorch's memory (PyTorch has none)."""
    return np.flip(np.flip(x).copy()), lambda t: t


def expanded(x):
    """As x, if all its slices along an axis are the same: then that axis has stride 0."""
    for axis, n in enumerate(x.shape):
        first = x.take([0] if n else [], axis)
        if n > 1 and np.array_equal(np.broadcast_to(first, x.shape), x):
            return np.array(first), lambda t: t.expand(*x.shape)
    return np.array(x), lambda t: t


LAYOUTS = {f.__name__: f for f in (transposed, strided, negative, inner, flipped, expanded)}


def laid_out(draw, x, spared=()):
    """A leaf's array and the view of it that is the input."""
    if isinstance(x, Constant):
        array, view = laid_out(draw, x.array, spared)
        return Constant(array), view
    likely = "expanded" if 0 in x.strides else "transposed"
    layout = draw(st.sampled_from([name for name in (likely, *LAYOUTS) if name not in spared]))
    return LAYOUTS[layout](np.asarray(x)) if x.ndim else (np.array(x), lambda t: t)


# --- Dims -------------------------------------------------------------------------------------------------------------


def dims(draw, params, ndim):
    """Other dims for a tensor of so many."""
    return {key: other(draw, value, max(ndim, 1)) for key, value in params.items() if draw(st.booleans())}


def other(draw, value, n):
    if isinstance(value, bool):
        return not value
    one = st.integers(-n, n - 1)
    if isinstance(value, int):
        return draw(one)
    if isinstance(value, (tuple, list)) and len(value) <= n and all(type(d) is int for d in value):
        return type(value)(draw(st.lists(one, min_size=len(value), max_size=len(value), unique_by=lambda d: d % n)))
    return value


# --- A case drawn anew ------------------------------------------------------------------------------------------------


def redrawn(draw, every, spared=()):
    """One of the cases drawn anew: the case, as a program of its leaves alone, and the leaves."""
    case = every[draw(st.integers(0, len(every) - 1))]
    arrays = resized(draw, case.arrays, spared)
    params = dims(draw, case.params, max((plain(x).ndim for x in arrays), default=0))
    given = [laid_out(draw, x, spared) for x in arrays]
    views = [view for _, view in given]

    def program(T, *leaves):
        return case.program(T, params, *(view(t) for view, t in zip(views, leaves, strict=True)))

    text = (
        f"{case} on {[plain(x).shape for x in arrays]} {[view.__qualname__.split('.')[0] for view in views]} {params}"
    )
    return case, program, [leaf for leaf, _ in given], text


def check(name, examples=EXAMPLES):
    """Fails unless the libraries agree on drawings of a name's cases. Gives how many were compared, not those that
    PyTorch refuses (they may have a meaning here).
    """
    every, compared, (spared, _) = cases(name), [], SPARED.get(name, ((), ""))

    def compare(data):
        case, program, leaves, text = redrawn(data.draw, every, spared)
        if name in DISTINCT and any(len(np.unique(x)) < x.size for x in map(plain, leaves) if x.dtype.kind == "i"):
            return
        theirs, _ = outcome(torch, program, leaves, case.grad)
        if isinstance(theirs, Exception):
            return
        try:
            agree(program, *leaves, grad=case.grad, second=case.second, tolerance=case.tolerance)
        except AssertionError as error:
            raise AssertionError(f"{text}\n{error}") from None
        compared.append(case)

    @seed(0)
    @settings(
        max_examples=examples, deadline=None, database=None,
        phases=(Phase.generate, Phase.shrink), suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(st.data())
    def run(data):  # of few lines: hypothesis reads them each time
        compare(data)

    if every:
        run()
    return len(compared)
