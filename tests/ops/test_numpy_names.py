"""NumPy's functions on Tensors: NumPy's values, and a graph; others raise and name themselves."""

import numpy as np
import pytest

import minitorch

X = np.arange(6.0).reshape(2, 3) - 2.5
V = np.array([0.5, -1.0, 2.0])

CALLS = {
    "clip": lambda x, v: np.clip(x, -1, 1),
    "clip from above": lambda x, v: np.clip(x, None, 1),
    "dot of matrices": lambda x, v: np.dot(x, x.T),
    "dot of vectors": lambda x, v: np.dot(v, v),
    "inner": lambda x, v: np.inner(x, v),
    "outer": lambda x, v: np.outer(x, v),
    "vstack": lambda x, v: np.vstack([x, v]),
    "hstack": lambda x, v: np.hstack([v, v]),
    "trace": lambda x, v: np.trace(np.outer(v, v)),
    "tile": lambda x, v: np.tile(x, (2, 1)),
    "repeat": lambda x, v: np.repeat(x, 2, axis=1),
    "norm": lambda x, v: np.linalg.norm(x),
    "norm of a dim": lambda x, v: np.linalg.norm(x, axis=1),
    "median of an even number": lambda x, v: np.median(x),
    "median of a dim": lambda x, v: np.median(x, axis=1, keepdims=True),
    "tensordot": lambda x, v: np.tensordot(x, v, axes=1),
    "tensordot of dims": lambda x, v: np.tensordot(x, x, axes=([0, 1], [0, 1])),
    "concatenate": lambda x, v: np.concatenate([x, x], axis=1),
    "exp": lambda x, v: np.exp(x),
    "sum": lambda x, v: np.sum(x, axis=0),
}


@pytest.mark.parametrize("name", CALLS)
def test_value_and_graph(name):
    x, v = (minitorch.tensor(a, requires_grad=True) for a in (X, V))
    out = CALLS[name](x, v)
    assert isinstance(out, minitorch.Tensor)
    assert out.requires_grad
    np.testing.assert_allclose(out.detach().numpy(), CALLS[name](X, V), rtol=1e-12)


@pytest.mark.parametrize("function", [np.isclose, np.allclose, np.array_equal])
def test_comparisons(function):
    x = minitorch.tensor(X)
    assert np.all(np.asarray(function(x, x)))


def test_what_is_not_registered_names_itself():
    with pytest.raises(TypeError, match=r"np\.convolve|numpy\.convolve"):
        np.convolve(minitorch.tensor(V), minitorch.tensor(V))


def test_named_results_print_as_in_pytorch():
    found = minitorch.tensor(X).max(1)
    assert (
        repr(found)
        == "torch.return_types.max(\nvalues=tensor([-0.5000,  2.5000], dtype=torch.float64),\nindices=tensor([2, 2]))"
    )


def test_from_dlpack_shares_memory():
    array = np.zeros(3)
    t = minitorch.from_dlpack(array)
    array[1] = 5
    assert t.tolist() == [0, 5, 0]
