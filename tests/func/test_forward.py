"""Forward mode where it is minitorch's own: nested levels, what it asks of a function, and what it refuses."""

import threading

import pytest

import minitorch as torch
import minitorch.autograd.forward_ad as fwAD
from minitorch.core.mode import mode
from minitorch.func import jacfwd, jvp, linearize
from minitorch.utils.checkpoint import checkpoint

X, V = torch.tensor([0.5, 2.0]), torch.tensor([1.0, 10.0])


def test_levels_nest_without_taking_each_others_tangents():
    with fwAD.dual_level() as outer:
        x = fwAD.make_dual(X, V)
        with fwAD.dual_level() as inner:
            y = fwAD.make_dual(x, torch.ones(2)) ** 3
            first = fwAD.unpack_dual(y).tangent
            assert fwAD.unpack_dual(first).tangent is None
            assert torch.allclose(fwAD.unpack_dual(first, level=outer).tangent, 6 * X * V)
            assert torch.allclose(fwAD.unpack_dual(y, level=outer).tangent, 3 * X**2 * V)
            assert fwAD.unpack_dual(x * 2, level=inner).tangent is None
        assert torch.allclose(fwAD.unpack_dual(y).tangent, 3 * X**2 * V)
    assert mode.forward == 0


def test_a_level_is_a_threads_own():
    found = []

    def other():
        try:
            fwAD.make_dual(X, V)
        except RuntimeError as error:
            found.append(str(error))

    with fwAD.dual_level():
        thread = threading.Thread(target=other)
        thread.start()
        thread.join()
    assert "no level exists" in found[0]


def test_tangents_are_cast_to_their_primal_and_real_where_it_is():
    assert jvp(lambda x: x * 2, (X.double(),), (V,))[1].dtype == torch.float64
    with pytest.raises(RuntimeError, match="a real tensor has a real tangent"):
        jvp(lambda x: x * 2, (X,), (V * 1j,))


def test_the_function_runs_once():
    calls = []

    def f(x):
        calls.append(1)
        return x * torch.rand(2)

    _, push = linearize(f, X)
    assert torch.equal(push(V), push(V))
    jacfwd(f)(X)
    assert len(calls) == 2


def test_no_grad_inside_is_warned_of_and_stops_tangents():
    def f(x):
        with torch.no_grad():
            y = x * x
        return x + y

    with pytest.warns(UserWarning, match="operations under no_grad carry no tangents"):
        assert torch.equal(jvp(f, (X,), (V,))[1], V)


def test_a_saved_value_written_to_is_refused():
    def f(x):
        y = x.exp()
        y.mul_(2)
        return y

    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        jvp(f, (X,), (V,))


def test_a_tensor_in_a_graph_is_not_written_to_through_its_dual():
    with pytest.raises(RuntimeError, match="is being used in an in-place operation"):
        jvp(lambda x: x.mul_(2), (X.clone().requires_grad_(),), (V,))


def test_a_freed_graph_has_no_tangents_left():
    with fwAD.dual_level():
        y = fwAD.make_dual(X, V).exp()
        y.sum().backward()
        with pytest.raises(RuntimeError, match="a second time"):
            fwAD.unpack_dual(y)


def test_through_a_checkpoint():
    assert torch.allclose(
        jvp(lambda x: checkpoint(lambda x: x.exp().sin(), x, use_reentrant=False), (X,), (V,))[1],
        X.exp().cos() * X.exp() * V,
    )


def test_long_chains_take_no_recursion_and_time_in_proportion():
    def f(x):
        for _ in range(3000):
            x = x + x.view(2) * 1e-4
        return x

    (expected,) = jvp(lambda x: x * (1 + 1e-4) ** 3000, (X,), (V,))[1:]
    assert torch.allclose(jvp(f, (X,), (V,))[1], expected, rtol=1e-3)
