"""Operations against PyTorch where inputs are many: memory layouts, drawn shapes, dims and indices, and all dtypes.

Arguments and edge cases of each operation, a line a case, are in test_ops_tier1.py and its kin; PyTorch's own
samples in test_opinfo.py.
"""

# ruff: noqa: E501, SIM905 (the tables are wide)

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from tests.oracle.compare import agree

few = settings(derandomize=True, max_examples=25, deadline=None)


def spread(*shape, low=-2.0, high=2.0):
    """Distinct numbers in random order: no ties."""
    n = math.prod(shape)
    order = np.random.default_rng(n).permutation(n)
    return (low + (high - low) * (order + 0.37) / max(n, 1)).reshape(shape)


# --- Layouts: every operation on every way that numbers may lie in memory -------------------------------------------

LAYOUTS = {
    "contiguous": spread(3, 4),
    "transposed": spread(4, 3).T,
    "every second": spread(3, 8)[:, ::2],
    "inner part": spread(5, 6)[1:4, 1:5],
    "expanded rows": np.broadcast_to(spread(1, 4), (3, 4)),
    "expanded columns": np.broadcast_to(spread(3, 1), (3, 4)),
    "expanded scalar": np.broadcast_to(spread(1, 1), (3, 4)),
    "one row": spread(1, 4),
    "one column": spread(3, 1),
    "one element": spread(1, 1),
    "empty": np.zeros((0, 4)),
    "empty columns": np.zeros((3, 0)),
    "scalar": spread(),
    "vector": spread(5),
    "three dims": spread(2, 3, 4),
    "permuted": spread(4, 2, 3).transpose(1, 2, 0),
}

UNARY = """
    exp expm1 sin cos tanh sigmoid relu abs sign neg square erf floor ceil round trunc frac atan sinh cosh asinh exp2 positive
    isnan isinf isfinite signbit logical_not
""".split()


@pytest.mark.parametrize("layout", LAYOUTS)
def test_pointwise_layouts(layout):
    agree(lambda T, x: [getattr(T, name)(x) for name in UNARY], LAYOUTS[layout])
    agree(
        lambda T, x: [T.log(x), T.sqrt(x), T.rsqrt(x), T.reciprocal(x), T.log1p(x)],
        np.asarray(np.abs(LAYOUTS[layout]) + 0.1),
    )


@pytest.mark.parametrize("second", LAYOUTS)
@pytest.mark.parametrize("first", ["contiguous", "transposed", "expanded rows", "scalar", "empty columns"])
def test_arithmetic_layouts(first, second):
    for f in (
        lambda T, x, y: x + y,
        lambda T, x, y: x * y - y / (x.abs() + 1),
        lambda T, x, y: (T.maximum(x, y), T.minimum(x, y), T.atan2(x, y), x > y),
        lambda T, x, y: T.where(x > 0, x, y),
    ):
        agree(f, LAYOUTS[first], LAYOUTS[second])


REDUCTIONS = {
    "sum": lambda T, x, *dims: x.sum(*dims),
    "mean": lambda T, x, *dims: x.mean(*dims),
    "prod": lambda T, x, *dims: x.prod(*dims),
    "amax": lambda T, x, *dims: x.amax(*dims),
    "argmin": lambda T, x, *dims: x.argmin(*dims),
    "var": lambda T, x, *dims: x.var(*dims),
    "std": lambda T, x, *dims: x.std(*dims),
    "logsumexp": lambda T, x, *dims: x.logsumexp(*(dims or (0,))),
    "norm": lambda T, x, *dims: x.norm(2, *dims),
    "max": lambda T, x, *dims: x.max(*dims),
    "any": lambda T, x, *dims: (x > 0).any(*dims),
    "cumsum": lambda T, x, *dims: x.cumsum(*(dims or (0,))),
    "softmax": lambda T, x, *dims: x.softmax(*(dims or (0,))),
}


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("name", REDUCTIONS)
def test_reduction_layouts(name, layout):
    x = LAYOUTS[layout]
    for dims in [(), *((d,) for d in range(-x.ndim, x.ndim)), (5,)]:
        if name in ("std", "var") and layout == "expanded scalar":
            continue  # of equal numbers: PyTorch's is 0, NumPy's within rounding of it
        agree(lambda T, x, dims=dims: REDUCTIONS[name](T, x, *dims), x, second=name not in ("std", "norm"))


SHAPES = {
    "reshape": lambda T, x: x.reshape(-1) * x.reshape(x.numel(), 1).squeeze(-1),
    "t": lambda T, x: x.t() if x.dim() <= 2 else x.mT,
    "flatten": lambda T, x: x.flatten(),
    "unsqueeze": lambda T, x: (x.unsqueeze(0), x.unsqueeze(-1)),
    "squeeze": lambda T, x: x.squeeze(),
    "flip": lambda T, x: x.flip(tuple(range(x.dim()))),
    "roll": lambda T, x: x.roll(1),
    "expand": lambda T, x: x.expand(2, *x.shape),
    "repeat": lambda T, x: x.repeat(2, *[1] * x.dim()),
    "cat": lambda T, x: T.cat([x, x * 2], -1),
    "stack": lambda T, x: T.stack([x, x.sin()]),
    "chunk": lambda T, x: x.chunk(2, -1),
    "index": lambda T, x: x[..., -1:],
    "index by list": lambda T, x: x[[0, 0]],
    "mask": lambda T, x: x[x > 0],
    "none and ellipsis": lambda T, x: x[None, ..., None],
    "contiguous": lambda T, x: (x.contiguous(), x.contiguous().is_contiguous(), x.is_contiguous()),
    "clone": lambda T, x: x.clone(),
    "stride": lambda T, x: x.stride() if x.numel() > 1 else x.dim(),
    "matmul": lambda T, x: x @ x.mT,
    "masked_fill": lambda T, x: x.masked_fill(x > 0, 3.0),
    "tril": lambda T, x: x.tril(),
    "gather": lambda T, x: x.gather(-1, T.zeros(x.shape, dtype=T.int64)),
    "float": lambda T, x: x.float().double(),
}


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("name", SHAPES)
def test_shape_layouts(name, layout):
    agree(lambda T, x: SHAPES[name](T, x), LAYOUTS[layout])


@pytest.mark.parametrize("size", [3, 3000])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_relu_lets_no_nan_through_where_it_is_flat(dtype, size):
    x, g = spread(size).astype(dtype), np.resize([np.nan, np.inf, -np.inf, 1.5, -0.0], size).astype(dtype)

    def gradients(T, x, g):
        x.requires_grad_()
        return [T.autograd.grad(T.relu(x), x, g, create_graph=c)[0].detach() for c in (False, True)]

    agree(gradients, x, g, grad=False)
    agree(lambda T, x, g: [y == 0 for y in gradients(T, x, g)], np.negative(np.zeros_like(x)), g, grad=False)


# --- Drawn: broadcasting, reductions, indexing ----------------------------------------------------------------------


@few
@given(arrays.mutually_broadcastable_shapes(num_shapes=3, max_dims=4, max_side=3))
def test_broadcasting(shapes):
    x, y, z = (spread(*shape) for shape in shapes.input_shapes)
    agree(lambda T, x, y, z: (x * y + z).sin() - x / (1 + z * z), x, y, z)


@few
@given(st.data())
def test_reductions_over_any_dims(data):
    shape = data.draw(arrays.array_shapes(min_dims=1, max_dims=4, min_side=1, max_side=3))
    dims = data.draw(st.lists(st.integers(-len(shape), len(shape) - 1), unique_by=lambda d: d % len(shape), max_size=4))
    keepdim = data.draw(st.booleans())
    for name in ("sum", "mean", "amax", "amin", "logsumexp"):
        if name == "logsumexp" and not dims:
            continue
        agree(lambda T, x, name=name: getattr(x, name)(tuple(dims), keepdim=keepdim), spread(*shape))


@few
@given(st.data())
def test_indexing(data):
    shape = data.draw(arrays.array_shapes(min_dims=1, max_dims=3, min_side=1, max_side=4))
    index = data.draw(
        arrays.basic_indices(shape, allow_newaxis=True).filter(
            lambda i: all(not isinstance(p, slice) or (p.step or 1) > 0 for p in (i if isinstance(i, tuple) else (i,)))
        )
    )
    agree(lambda T, x: x[index] * 2, spread(*shape))

    def written(T, x):
        y = x * 1
        y[index] = y[index] * 3 + 1
        return y

    agree(written, spread(*shape))


@few
@given(st.data())
def test_indexing_with_arrays(data):
    shape = data.draw(arrays.array_shapes(min_dims=2, max_dims=3, min_side=1, max_side=4))
    where = data.draw(st.integers(0, len(shape) - 1))
    n = data.draw(st.integers(0, 5))
    chosen = data.draw(arrays.arrays(np.int64, (n,), elements=st.integers(-shape[where], shape[where] - 1)))
    before = (slice(None),) * where
    agree(lambda T, x, i: x[(*before, i)].sin(), spread(*shape), chosen)
    agree(lambda T, x, i: x[(*before, i.reshape(-1, 1))] * 2, spread(*shape), chosen)
    agree(lambda T, x, i: x.index_select(where, i % x.shape[where]), spread(*shape), chosen)


@few
@given(st.data())
def test_matmul_of_any_shapes(data):
    shapes = data.draw(arrays.mutually_broadcastable_shapes(signature=np.matmul.signature, max_dims=2, max_side=3))
    x, y = (spread(*shape) for shape in shapes.input_shapes)
    agree(lambda T, x, y: x @ y, x, y)


@few
@given(st.data())
def test_views_of_any_shape(data):
    shape = data.draw(arrays.array_shapes(min_dims=1, max_dims=4, min_side=1, max_side=3))
    order = data.draw(st.permutations(range(len(shape))))
    a, b = data.draw(st.integers(-len(shape), len(shape) - 1)), data.draw(st.integers(-len(shape), len(shape) - 1))
    agree(lambda T, x: x.permute(*order).transpose(a, b).reshape(-1).sin(), spread(*shape))
    agree(lambda T, x: x.movedim(a, b).flatten().unflatten(0, shape), spread(*shape))


# --- Dtypes: every pair ---------------------------------------------------------------------------------------------

DTYPES = [
    "bool",
    "uint8",
    "int8",
    "int16",
    "int32",
    "int64",
    "float16",
    "float32",
    "float64",
    "complex64",
    "complex128",
]
BINARY = {
    "add": lambda T, x, y: x + y,
    "sub": lambda T, x, y: x - y,
    "mul": lambda T, x, y: x * y,
    "div": lambda T, x, y: x / y,
    "floor_divide": lambda T, x, y: x // y,
    "remainder": lambda T, x, y: x % y,
    "pow": lambda T, x, y: x**y,
    "maximum": lambda T, x, y: T.maximum(x, y),
    "atan2": lambda T, x, y: T.atan2(x, y),
    "eq": lambda T, x, y: x == y,
    "lt": lambda T, x, y: x < y,
    "and": lambda T, x, y: x & y,
    "logical_and": lambda T, x, y: T.logical_and(x, y),
    "where": lambda T, x, y: T.where(x == 1, x, y),
    "cat": lambda T, x, y: T.cat([x.reshape(-1), y.reshape(-1)]),
    "matmul": lambda T, x, y: x @ y,
    "promote_types": lambda T, x, y: (
        T.promote_types(x.dtype, y.dtype),
        T.result_type(x, y),
        T.can_cast(x.dtype, y.dtype),
    ),
    "in place": lambda T, x, y: x.clone().add_(y),
    "copy_": lambda T, x, y: x.clone().copy_(y),
}


@pytest.mark.parametrize("first", DTYPES)
@pytest.mark.parametrize("name", BINARY)
def test_dtypes_of_two(name, first):
    x = np.array([1, 2, 3])
    for second in DTYPES:
        if "float16" in (first, second) and "complex" in first + second:
            continue  # PyTorch has a complex type of half precision there, NumPy none
        for y in (np.array([1, 1, 2]), np.array(2)):
            if name == "pow" and first == second == "bool":
                continue
            agree(lambda T, x, y: BINARY[name](T, x, y), x.astype(first), y.astype(second), grad=False)


@pytest.mark.parametrize("dtype", DTYPES)
def test_dtypes_with_python_numbers(dtype):
    x = np.array([1, 2, 3]).astype(dtype)
    for number in (2, 2.5, True, 1j):
        if dtype in ("float16", "bool") and number == 1j:
            continue  # as above; and PyTorch's bools take a complex number for true
        for f in (
            lambda T, x, n: x + n, lambda T, x, n: x * n, lambda T, x, n: x / n, lambda T, x, n: n - x, lambda T, x, n: x == n,
            lambda T, x, n: T.where(x == 1, x, n), lambda T, x, n: x**n, lambda T, x, n: x.clone().mul_(n),
            lambda T, x, n: T.full_like(x, n), lambda T, x, n: x.masked_fill(x == 1, n), lambda T, x, n: T.result_type(x, n),
        ):  # fmt: skip
            agree(lambda T, x, f=f, n=number: f(T, x, n), x, grad=False)


ONE = """
    abs neg sign exp sqrt sigmoid floor round square relu sum prod mean max argmax all any cumsum isnan logical_not
    bitwise_not var std sort median float long bool clone item tolist softmax
""".split()


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", ONE)
def test_dtypes_of_one(name, dtype):
    x = np.array([1]).astype(dtype) if name == "item" else np.array([1, 0, 3]).astype(dtype)
    agree(lambda T, x: getattr(x, name)(*((0,) if name in ("softmax", "cumsum") else ())), x, grad=False)


@pytest.mark.parametrize("source", DTYPES)
def test_casts(source):
    x = np.array([0, 1, 3]).astype(source)
    for target in DTYPES:
        agree(lambda T, x, t=target: (x.to(getattr(T, t)), x.type(getattr(T, t))), x, grad=False)
    agree(lambda T, x: x.to(T.float32) * 2, x, grad=source.startswith("float"), second=False)


@pytest.mark.parametrize("dtype", ["float16", "float32"])
def test_low_precision_gradients(dtype):
    x = spread(3, 4).astype(dtype)
    agree(lambda T, x: (x.exp() * x).sum(0), x, second=False)
    agree(lambda T, x: x.softmax(1).log(), x, second=False)
    agree(lambda T, x: (x @ x.t()).tanh(), x, second=False, tolerance=(2e-2, 2e-2) if dtype == "float16" else None)


def test_mixed_precision_gradients():
    agree(lambda T, x, y: x * y, spread(3).astype(np.float32), spread(3))
    agree(lambda T, x, y: (x * y).sum() * x, spread(3).astype(np.float32), spread().astype(np.float64))
    agree(lambda T, x, i: x * i, spread(3).astype(np.float32), np.array([1, 2, 3]))


@pytest.mark.parametrize("p", [math.inf, -math.inf, -1, 0, 2])
@pytest.mark.parametrize(("shape", "dim"), [((0,), None), ((2, 0), 1), ((0, 3), 1), ((2, 0, 3), (1, 2))])
def test_norms_of_nothing(p, shape, dim):
    """A norm without an identity is refused where there is nothing to take it of; a matrix norm's maximum is 0."""
    agree(lambda T, x: T.linalg.vector_norm(x, p, dim), np.zeros(shape))
    if len(shape) > 1 and p:
        agree(lambda T, x: T.linalg.matrix_norm(x, p), np.zeros(shape))


@pytest.mark.parametrize("x", [np.eye(3), np.ones((2, 3)), np.zeros((3, 2))], ids=["equal", "singular", "zero"])
def test_singular_values_alone_have_a_gradient_where_vectors_have_none(x):
    agree(lambda T, x: T.linalg.matrix_norm(x, "nuc"), x, second=False)
    agree(lambda T, x: T.linalg.eigvalsh(x @ x.mT), x, second=False)


@pytest.mark.parametrize("dims", [(0, 1, 2), (2, 0, 1), (1, 2, 0)])
def test_dropout_draws_in_the_order_of_expanded_memory(dims):
    def program(T, x):
        T.manual_seed(0)
        return T.nn.functional.dropout(x.expand(4, 3, 5).permute(dims))

    agree(program, np.ones((4, 1, 5)))
