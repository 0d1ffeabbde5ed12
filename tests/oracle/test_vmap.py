"""vmap against PyTorch's: dimensions and structures, nesting, autograd through it, writes in place, randomness, errors."""

# ruff: noqa: E501 (the tables are wide)

import numpy as np
import pytest

import minitorch

pytest.importorskip("torch", reason="PyTorch is the oracle: pip install minitorch[oracle]")
from tests.oracle.compare import same, torch

random = np.random.default_rng(5)
ARRAYS = {
    "x": random.normal(size=(3, 4)), "y": random.normal(size=(3, 4)), "v": random.normal(size=3), "w": random.normal(size=4),
    "x3": random.normal(size=(2, 3, 4)), "y3": random.normal(size=(2, 3, 4)), "A": random.normal(size=(3, 4, 4)),
    "i": random.integers(0, 4, (3, 4)), "k": random.integers(0, 3, 3), "u": random.uniform(size=(3, 4)),
}  # fmt: skip


def run(T, f, requires_grad=False):
    """What ``f(T, inputs)`` gives; the inputs are attributes."""

    class inputs:
        pass

    for name, array in ARRAYS.items():
        t = T.from_numpy(array.copy())
        setattr(inputs, name, t.requires_grad_() if requires_grad and array.dtype.kind == "f" else t)
    return f(T, inputs)


def agree(f, requires_grad=False):
    same(run(torch, f, requires_grad), run(minitorch, f, requires_grad))


DIMENSIONS = {
    "one": lambda T, d: T.vmap(lambda a: a.sum())(d.x),
    "in_dims": lambda T, d: T.vmap(lambda a, b: a @ b, in_dims=(1, None))(d.x, d.v),
    "negative": lambda T, d: T.vmap(lambda a: a * 2, in_dims=-1, out_dims=-1)(d.x3),
    "out_dims": lambda T, d: T.vmap(lambda a: (a, a.sum(0)), in_dims=1, out_dims=(2, 1))(d.x3),
    "nested structures": lambda T, d: T.vmap(
        lambda p, c: {"a": p["x"] * c, "b": [p["y"][0], c]}, in_dims=({"x": 0, "y": (1,)}, None)
    )({"x": d.x, "y": (d.x3,)}, d.w),
    "one number for a tree": lambda T, d: T.vmap(lambda p: p["x"] + p["y"], in_dims=(1,))({"x": d.x, "y": d.y}),
    "out_dims of a tree": lambda T, d: T.vmap(lambda a: [a, {"s": a * 2}], out_dims=[1, {"s": -1}])(d.x),
    "out_dims None": lambda T, d: T.vmap(lambda a: (a, d.w), out_dims=(0, None))(d.x),
    "a number for a tuple of one": lambda T, d: T.vmap(lambda a: a, out_dims=(1,))(d.x),
    "unmapped result": lambda T, d: T.vmap(lambda a: T.zeros(2))(d.x),
    "keywords": lambda T, d: T.vmap(lambda a, *, b: a + b.sum())(d.x, b=d.v),
    "numbers pass": lambda T, d: T.vmap(lambda a, n: a * n, in_dims=(0, None))(d.x, 3),
    "empty": lambda T, d: T.vmap(lambda a: a * 2)(d.x[:0]),
    "chunks": lambda T, d: T.vmap(lambda a, b: (a @ d.x.T, a @ b), in_dims=(1, None), out_dims=(1, -1), chunk_size=3)(
        d.A, d.w
    ),
    "captured": lambda T, d: T.vmap(lambda a: a * d.x + d.w)(d.A[0]),
}
NESTED = {
    "outer product": lambda T, d: T.vmap(T.vmap(lambda a, b: a * b, in_dims=(None, 0)), in_dims=(0, None))(d.v, d.w),
    "both levels": lambda T, d: T.vmap(T.vmap(lambda a, b: a.dot(b)))(d.x3, d.y3),
    "inner captures outer": lambda T, d: T.vmap(lambda a: T.vmap(lambda b: (a * b).exp().sum())(d.y))(d.x),
    "only inside": lambda T, d: T.vmap(lambda a: T.vmap(lambda b: b * 2, in_dims=1, out_dims=1)(d.y) + a.sum())(d.x),
    "three": lambda T, d: T.vmap(T.vmap(T.vmap(lambda a, b: a * b + a)))(d.x3, d.y3),
    "matmul": lambda T, d: T.vmap(lambda a: T.vmap(lambda b: a @ b, in_dims=1)(d.x.T))(d.A),
    "index": lambda T, d: T.vmap(lambda a, i: T.vmap(lambda j: a[j])(i))(d.x, d.i),
    "stack and where": lambda T, d: T.vmap(
        lambda a: T.vmap(lambda b: T.where(b > a, T.stack([a, b]), T.stack([b, b])))(d.y)
    )(d.x),
}
AUTOGRAD = {
    "vmap of grad": lambda T, d: T.func.vmap(T.func.grad(lambda a: (a**3).sum()))(d.x),
    "per-sample gradients": lambda T, d: T.func.vmap(T.func.grad(lambda w, a: (a @ w).tanh() ** 2), in_dims=(None, 0))(
        d.w, d.x
    ),
    "grad and value": lambda T, d: T.func.vmap(T.func.grad_and_value(lambda a: a.exp().sum()))(d.x),
    "captured weights": lambda T, d: T.func.vmap(lambda a: T.func.grad(lambda w: (a * w).sin().sum())(d.w))(d.x),
    "vmap inside grad": lambda T, d: T.func.grad(lambda w: T.vmap(lambda a: (a @ w).sin())(d.x).sum())(d.w),
    "grad of vmap of grad": lambda T, d: T.func.grad(
        lambda w: T.vmap(T.func.grad(lambda a: (a @ w) ** 3))(d.x).pow(2).sum()
    )(d.w),
    "vmap of grad of vmap": lambda T, d: T.vmap(T.func.grad(lambda a: T.vmap(lambda b: (a * b).sum() ** 2)(d.y).sum()))(
        d.x
    ),
    "vmap of vmap of grad": lambda T, d: T.vmap(
        T.vmap(T.func.grad(lambda w, a: (w @ a) ** 2), in_dims=(None, 0)), in_dims=(0, None)
    )(d.y, d.x),
    "hessian": lambda T, d: T.vmap(T.func.hessian(lambda a: (a**3).sum() * a[0]))(d.x),
    "jacrev": lambda T, d: T.vmap(T.func.jacrev(lambda a: a.sin() * a.sum()))(d.x),
    "jacfwd": lambda T, d: T.vmap(T.func.jacfwd(lambda a: a.sin() * a.sum()))(d.x),
    "vjp": lambda T, d: T.vmap(lambda a, g: T.func.vjp(lambda b: b.sin() * d.w, a)[1](g)[0])(d.x, d.y),
    "jvp": lambda T, d: T.vmap(lambda a, t: T.func.jvp(lambda b: b.sin() * b.sum(), (a,), (t,)))(d.x, d.y),
    "jvp of vmap": lambda T, d: T.func.jvp(T.vmap(lambda b: b.sin() * b.sum()), (d.x,), (d.y,)),
    "vjp mapped over cotangents": lambda T, d: T.vmap(T.func.vjp(lambda w: d.x @ w, d.w)[1])(T.eye(3, dtype=T.float64)),
    "integers beside": lambda T, d: T.func.vmap(
        T.func.grad(lambda a, i: a[i].sum() + a.gather(0, i).prod()), in_dims=(0, 0)
    )(d.x, d.i),
}
BACKWARD = {  # the gradients of the leaves are compared
    "mapped": lambda T, d: T.vmap(lambda a: a.sin().sum())(d.x).pow(2).sum(),
    "captured": lambda T, d: T.vmap(lambda a: (a * d.w).sum() ** 2)(d.x).sum(),
    "captured and mapped": lambda T, d: T.vmap(lambda a: (a * d.x).sum(0) * a)(d.y).pow(2).sum(),
    "dimensions": lambda T, d: T.vmap(lambda a, b: a * b, in_dims=(1, None), out_dims=1)(d.x, d.v).pow(3).sum(),
    "nested": lambda T, d: T.vmap(lambda a: T.vmap(lambda b: (a * b * d.w).sum())(d.y))(d.x).pow(2).sum(),
    "unmapped result": lambda T, d: (T.vmap(lambda a: d.w * 2)(d.x) * d.y).sum(),
    "kernels": lambda T, d: (
        T.vmap(lambda a: T.nn.functional.layer_norm(a, (4,), d.w).softmax(-1) @ d.y.T)(d.x).pow(2).sum()
    ),
    "in place": lambda T, d: T.vmap(lambda a, b: (a * 1).mul_(b).add_(d.w).sin_())(d.x, d.y).pow(2).sum(),
    "a view written": lambda T, d: T.vmap(lambda a, b: _write_view(a.clone(), b))(d.x, d.y).pow(2).sum(),
    "a mapped tensor written": lambda T, d: _write_mapped(T, d.x * 1, d.y).pow(2).sum(),
    "chunks": lambda T, d: T.vmap(lambda a: (a * d.w).sum() ** 2, chunk_size=2)(d.x).sum(),
}


def _write_view(a, b):
    a[1:3] = b[:2] * 2
    a[0] += b[3]
    return a * a


def _write_mapped(T, x, y):
    T.vmap(lambda a, b: a.mul_(b))(x, y)
    return x


@pytest.mark.parametrize("name", [*DIMENSIONS, *NESTED])
def test_results(name):
    agree((DIMENSIONS | NESTED)[name])


@pytest.mark.parametrize("name", AUTOGRAD)
def test_transforms_compose(name):
    agree(AUTOGRAD[name])


@pytest.mark.parametrize("name", BACKWARD)
def test_backward_through_vmap(name):
    def gradients(T, d):
        leaves = [d.x, d.y, d.v, d.w]
        first = T.autograd.grad(BACKWARD[name](T, d), leaves, create_graph=True, allow_unused=True)
        total = sum((g**2).sum() for g in first if g is not None)
        second = T.autograd.grad(total, leaves, allow_unused=True) if total.requires_grad else ()
        return [g for g in (*first, *second) if g is not None and g.abs().sum() > 0]

    agree(gradients, requires_grad=True)


@pytest.mark.parametrize("create_graph", [False, True])
def test_gradients_by_batches_of_vectors(create_graph):
    def f(T, d):
        out = (d.x @ d.w).tanh() * d.v
        found = T.autograd.grad(
            out,
            [d.x, d.w, d.y],
            T.eye(3, dtype=T.float64),
            is_grads_batched=True,
            create_graph=create_graph,
            allow_unused=True,
        )
        assert found[2] is None
        return found[:2] if not create_graph else T.autograd.grad(found[1].pow(2).sum(), [d.x, d.w, d.v])

    agree(f, requires_grad=True)


def test_writes_reach_the_mapped_tensor():
    def f(T, d):
        T.vmap(lambda a, b: a.add_(b), in_dims=(1, None))(d.x, d.v)
        T.vmap(lambda a, i: a.__setitem__(i, 0.0) or a)(d.y, d.k)
        return d.x, d.y, d.x._version > 0

    agree(f)


DRAWS = {
    "rand": lambda T, a: T.rand(2, 3), "randn": lambda T, a: T.randn(5, dtype=T.float64), "randn 20": lambda T, a: T.randn(20),
    "randint": lambda T, a: T.randint(0, 9, (4,)), "randperm": lambda T, a: T.randperm(6), "rand_like": lambda T, a: T.rand_like(a), "randn_like": lambda T, a: T.randn_like(a),
    "dropout": lambda T, a: T.nn.functional.dropout(a, 0.4), "bernoulli": lambda T, a: T.bernoulli(a),
    "multinomial": lambda T, a: T.multinomial(a, 2), "multinomial replaced": lambda T, a: T.multinomial(a, 6, replacement=True), "uniform_": lambda T, a: T.zeros_like(a).uniform_(), "normal_": lambda T, a: T.zeros_like(a).normal_(), "exponential_": lambda T, a: a.clone().exponential_(),
    "feature dropout": lambda T, a: T.nn.functional.dropout1d(a[:, None], 0.5), "alpha dropout": lambda T, a: T.nn.functional.alpha_dropout(a, 0.5, training=True), "captured": lambda T, a: T.bernoulli(T.full((3,), 0.5)),
}  # fmt: skip


@pytest.mark.parametrize("randomness", ["different", "same"])
@pytest.mark.parametrize("name", DRAWS)
def test_the_same_random_numbers(name, randomness):
    def f(T, d):
        T.manual_seed(3)
        try:
            found = T.vmap(lambda a: DRAWS[name](T, a), randomness=randomness)(d.u)
        except RuntimeError as error:
            return type(error).__name__, str(error)[:75]
        return found, T.rand(1)  # both are at the same place of the stream

    agree(f)


@pytest.mark.parametrize("modes", [("different", "different"), ("different", "same"), ("same", "different")])
def test_random_numbers_of_nested_maps(modes):
    def f(T, d):
        T.manual_seed(3)
        inner = T.vmap(lambda a: a + T.rand(4, dtype=T.float64), randomness=modes[1])
        return T.vmap(inner, randomness=modes[0])(d.x3)

    agree(f)


ERRORS = [
    (lambda T, d: T.vmap(lambda a: a, in_dims=2)(d.x), "Got in_dim=2 for some input, but that input is a Tensor of dimensionality 2"),
    (lambda T, d: T.vmap(lambda a: a, in_dims=(0, 0))(d.x), "in_dims is not compatible with the structure of `inputs`"),
    (lambda T, d: T.vmap(lambda a: a, in_dims=({"a": 0},))(d.x), "in_dims is not compatible with the structure of `inputs`"),
    (lambda T, d: T.vmap(lambda a: a, in_dims="a")(d.x), "expected `in_dims` to be int or a (potentially nested) tuple"),
    (lambda T, d: T.vmap(lambda a: a, in_dims=None)(d.x), "expected `in_dims` to be int or a (potentially nested) tuple"),
    (lambda T, d: T.vmap(lambda a: a, in_dims=(0.5,))(d.x), "Got in_dim=0.5 for an input but in_dim must be either an integer"),
    (lambda T, d: T.vmap(lambda a: a, in_dims=(None,))(d.x), "vmap: Expected at least one Tensor to vmap over"),
    (lambda T, d: T.vmap(lambda: 0)(), "got no inputs. Maybe you forgot to add inputs"),
    (lambda T, d: T.vmap(lambda a: a)(3.0), "Got in_dim=0 for an input but the input is of type <class 'float'>"),
    (lambda T, d: T.vmap(lambda a: a)(d.x.sum()), "Got in_dim=0 for some input, but that input is a Tensor of dimensionality 0"),
    (lambda T, d: T.vmap(lambda a, b: a)(d.x, d.w), "vmap: Expected all tensors to have the same size in the mapped dimension, got sizes [3, 4]"),
    (lambda T, d: T.vmap(lambda a: 1)(d.x), "must only return Tensors, got type <class 'int'>"),
    (lambda T, d: T.vmap(lambda a: (a, None))(d.x), "must only return Tensors, got type <class 'NoneType'>"),
    (lambda T, d: T.vmap(lambda a: (a, a), out_dims=(0, 0, 0))(d.x), "out_dims is not compatible with the structure of `outputs`"),
    (lambda T, d: T.vmap(lambda a: a, out_dims="a")(d.x), "`out_dims` must be an int, None or a python collection of ints"),
    (lambda T, d: T.vmap(lambda a: a, out_dims=None)(d.x), "can not return a BatchedTensor when out_dim is None"),
    (lambda T, d: T.vmap(lambda a: a, out_dims=3)(d.x), "Dimension out of range"),
    (lambda T, d: T.vmap(lambda a: a, randomness="no")(d.x), "Only allowed values for randomness are 'error', 'different', or 'same'. Got no"),
    (lambda T, d: T.vmap(lambda a: a, chunk_size=0)(d.x), "vmap: chunk_size should be None or greater than 0. (got 0)"),
    (lambda T, d: T.vmap(lambda a: T.rand(2))(d.x), "vmap: called random operation while in randomness error mode"),
    (lambda T, d: T.vmap(lambda a: T.nn.functional.dropout(a))(d.x), "vmap: called random operation while in randomness error mode"),
    (lambda T, d: T.vmap(lambda a: a.uniform_(), in_dims=None)(d.x), "expected `in_dims` to be int"),
    (lambda T, d: T.vmap(lambda a: d.w.uniform_(), randomness="different")(d.x), "vmap: Cannot ask for different inplace randomness on an unbatched tensor"),
    (lambda T, d: T.vmap(lambda a: a.sum().item())(d.x), "vmap: It looks like you're calling .item() on a Tensor"),
    (lambda T, d: T.vmap(lambda a: float(a.sum()))(d.x), "vmap: It looks like you're calling .item() on a Tensor"),
    (lambda T, d: T.vmap(lambda a: a if a.sum() > 0 else -a)(d.x), "vmap: It looks like you're attempting to use a Tensor in some data-dependent control flow"),
    (lambda T, d: T.vmap(lambda a: d.w.mul_(a))(d.x), "vmap: inplace arithmetic(self, *extra_args) is not possible because there exists a Tensor `other`"),
    (lambda T, d: T.vmap(lambda a: T.nonzero(a))(d.x), "vmap: We do not support batching operators that can output dynamic shape"),
    (lambda T, d: T.vmap(lambda a: a.unique())(d.x), "vmap: We do not support batching operators that can output dynamic shape"),
    (lambda T, d: T.vmap(lambda a: T.nn.functional.batch_norm(a, T.zeros(4, dtype=T.float64), T.ones(4, dtype=T.float64), training=True))(d.A), "Batch norm got a batched tensor as input while the running_mean or running_var, which will be updated in place, were not batched"),
]  # fmt: skip


@pytest.mark.parametrize(("f", "message"), ERRORS, ids=[message[:50] for _, message in ERRORS])
def test_errors(f, message):
    kinds = []
    for T in (torch, minitorch):
        with pytest.raises((ValueError, RuntimeError, IndexError)) as raised:
            run(T, f)
        assert message in str(raised.value), f"{T.__name__}: {raised.value}"
        kinds.append(raised.type)
    assert issubclass(kinds[1], kinds[0])
