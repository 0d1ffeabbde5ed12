"""vmap by itself: what it shares, what it keeps alive, and what it refuses. (tests/oracle holds it against PyTorch.)"""

import gc
import weakref

import numpy as np
import pytest

import minitorch
from minitorch.core.batched import BatchedArray, is_batched
from minitorch.core.batched_indexing import read
from minitorch.core.batched_levels import BatchedDType, Level
from minitorch.core.primitive import primitive

X = np.arange(12.0).reshape(3, 4)


def samples(f, *arrays):
    """``f`` of batched arrays against a loop over their samples."""
    level = Level(3)
    found = f(*[BatchedArray(a, level) for a in arrays])
    np.testing.assert_array_equal(found.data, np.stack([f(*rows) for rows in zip(*arrays, strict=True)]))


@pytest.mark.parametrize(
    "f",
    [
        lambda x: x[1:3],
        lambda x: x[None, ::2],
        lambda x: x[[2, 0]],
        lambda x: np.outer(x, x)[0, :, None],
        lambda x: np.outer(x, x)[[0, 1], [1, 2]],
        lambda x: np.stack([x, x])[:, [1, 2], None],
        lambda x: np.broadcast_to(x, (2, 3, 4))[[0, 1], :, [1, 2]],
        lambda x: np.broadcast_to(x, (2, 3, 4))[0, :, [1, 2]],
        lambda x: read(np.arange(24), x.astype(int) % 4),
        lambda x: np.broadcast_to(x, (2, 4))[:, x.astype(int) % 4],
        lambda x: np.broadcast_to(x, (2, 3, 4))[1, ..., x.astype(int) % 4],
        lambda x: np.where(x > 3, x, 0.0),
        lambda x: np.histogram(x, 3)[0],  # no rule: sample by sample
        lambda x: np.tensordot(x, x, 1),
        lambda x: np.add.outer(x, x),
        lambda x: np.maximum.accumulate(x),
        lambda x: np.percentile(x, 30),
        lambda x: x.T.reshape(2, -1).sum(0).astype(np.float32),
    ],
)
def test_batched_arrays_compute_as_a_loop_does(f):
    samples(f, np.random.default_rng(0).permutation(X.reshape(-1)).reshape(3, 4))


@pytest.mark.parametrize(
    ("key", "value"),
    [
        (1, 5.0),
        (slice(1, 3), np.array([7.0, 8.0])),
        ([3, 0], np.array([[1.0, 2.0]])),
        (np.array([True, False, True, False]), 9.0),
        ((..., None), 4.0),
    ],
)
def test_writes_go_to_every_sample(key, value):
    def written(x):
        x = x.copy()
        x[key] = value
        return x

    samples(written, X)


def test_the_samples_share_memory_with_the_mapped_tensor():
    x = minitorch.zeros(2, 3)
    minitorch.vmap(lambda row: row[1:].add_(1))(x)
    assert x.tolist() == [[0, 1, 1], [0, 1, 1]]
    assert x._version == 1


def test_a_dtype_tells_the_levels_and_is_numpys_otherwise():
    array = BatchedArray(X, Level(3))
    assert isinstance(array, np.ndarray)
    assert type(array.dtype) is BatchedDType
    assert array.dtype == np.float64
    assert hash(array.dtype) == hash(np.dtype(np.float64))
    assert array.dtype is not X.dtype
    assert array.dtype is (array * 2).dtype
    assert type(np.zeros(2, array.dtype).dtype) is not BatchedDType
    assert type(X.astype(array.dtype).dtype) is not BatchedDType


def test_a_kernel_that_fills_a_buffer_runs_sample_by_sample():
    def forward(x):
        out = np.zeros(x.shape)
        for i in range(len(x)):
            out[i] = x[i] ** 2 if x[i] > 5 else -x[i]
        return out

    kernel = primitive("Kernel", forward, x=lambda g, x: g * (2 * x if np.all(x > 5) else -1.0))
    x = minitorch.tensor(X, requires_grad=True)
    out = minitorch.vmap(kernel)(x)
    assert out.tolist() == [forward(row).tolist() for row in X]
    (g,) = minitorch.autograd.grad(out.sum(), x)
    assert g.tolist() == [[-1.0] * 4] * 2 + [[16.0, 18.0, 20.0, 22.0]]


def test_graphs_through_vmap_are_freed_without_the_garbage_collector():
    x = minitorch.tensor(X, requires_grad=True)
    gc.collect()
    gc.disable()
    try:
        before = {id(o) for o in gc.get_objects() if type(o) in (BatchedArray, Level)}
        y = minitorch.vmap(lambda a: minitorch.vmap(lambda b: (a * b).sin().sum())(x))(x)
        (g,) = minitorch.autograd.grad(y.sum(), x, create_graph=True)
        nodes = [weakref.ref(y.grad_fn), weakref.ref(g.grad_fn)]
        del y, g
        assert [node() for node in nodes] == [None, None]
        assert not [o for o in gc.get_objects() if type(o) in (BatchedArray, Level) and id(o) not in before]
    finally:
        gc.enable()


def test_an_error_inside_ends_the_map():
    with pytest.raises(ZeroDivisionError):
        minitorch.vmap(lambda a: 1 / 0)(minitorch.ones(2))
    assert minitorch.rand(2).shape == (2,)  # not refused: no vmap is running


def test_no_backward_inside():
    x = minitorch.ones(2, 2, requires_grad=True)
    with pytest.raises(RuntimeError, match=r"backward\(\) called inside torch.vmap"):
        minitorch.vmap(lambda a: a.sum().backward())(x)
    assert x.grad is None


def test_gradients_asked_for_inside_are_each_samples_own():
    w = minitorch.tensor([1.0, 2.0], requires_grad=True)
    x = minitorch.tensor([[1.0, 2.0], [3.0, 4.0]])
    (inside,) = minitorch.vmap(lambda a: minitorch.autograd.grad((a * w).sum() ** 2, w))(x)
    assert inside.tolist() == [[10.0, 20.0], [66.0, 88.0]]
    (outside,) = minitorch.autograd.grad(minitorch.vmap(lambda a: (a * w).sum() ** 2)(x).sum(), w)
    assert outside.tolist() == [76.0, 108.0]


def test_it_prints_all_samples():
    seen = []
    minitorch.vmap(lambda a: (seen.append(repr(a)), a)[1])(minitorch.tensor([1, 2]))
    assert seen[0].startswith("BatchedTensor(lvl=")
    assert "tensor([1, 2])" in seen[0]


class Cube(minitorch.autograd.Function):
    """A Function with a rule of its own for vmap."""

    @staticmethod
    def forward(x):
        return minitorch.from_numpy(x.detach().numpy() ** 3)

    @staticmethod
    def setup_context(ctx, inputs, output):
        ctx.save_for_backward(*inputs)

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return 3 * x * x * g

    @staticmethod
    def vmap(info, in_dims, x):
        assert (info.batch_size, info.randomness, in_dims) == (3, "error", (0,))
        return Cube.apply(x), 0


def test_a_functions_own_rule():
    x = minitorch.tensor(X)
    assert minitorch.vmap(Cube.apply, in_dims=0)(x).tolist() == (X**3).tolist()
    gradient = minitorch.vmap(minitorch.func.grad(lambda a: Cube.apply(a).sum()))(x)
    assert gradient.tolist() == (3 * X**2).tolist()


def test_what_is_made_inside_for_a_mapped_tensor_can_take_all_samples():
    def f(a):
        made = [minitorch.zeros_like(a), a.new_ones(4), minitorch.full_like(a, 2.0)]
        assert all(is_batched(t.array) for t in made)
        return sum(t.mul_(a) for t in made)

    assert minitorch.vmap(f)(minitorch.tensor(X)).tolist() == (3 * X).tolist()
