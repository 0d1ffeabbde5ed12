"""The optimizers that look at whole tensors: Adafactor, Muon, LBFGS."""

import numpy as np
import pytest

import minitorch as torch
from minitorch.optim import LBFGS, Adafactor, Muon
from minitorch.optim.muon import bfloat16, orthogonalized


def given(array):
    w = torch.from_numpy(np.array(array, np.float64)).requires_grad_()
    w.grad = torch.ones(*w.shape, dtype=torch.float64)
    return w


@pytest.mark.parametrize("cls", [Adafactor, Muon])
def test_complex_parameters_are_refused(cls):
    with pytest.raises(RuntimeError, match=f"{cls.__name__} does not support complex parameters"):
        cls([torch.ones(2, 2, dtype=torch.complex64, requires_grad=True)])


@pytest.mark.parametrize("cls", [Adafactor, Muon])
def test_a_parameter_without_gradient_is_skipped(cls):
    w, v = given(np.eye(2)), given(np.eye(2))
    v.grad = None
    opt = cls([w, v])
    opt.step()
    assert set(opt.state) == {w}
    assert v.tolist() == np.eye(2).tolist()


@pytest.mark.parametrize("cls", [Adafactor, Muon])
def test_the_version_is_counted_and_the_gradient_left(cls):
    w = given(np.eye(2))
    cls([w]).step()
    assert w._version == 1
    assert w.grad.tolist() == [[1.0, 1.0], [1.0, 1.0]]


def test_adafactor_on_an_empty_tensor():
    w = given(np.zeros((0, 3)))
    opt = Adafactor([w])
    opt.step()
    assert opt.state[w]["step"].item() == 1.0


def test_adafactor_steps_as_far_as_the_parameters_are_large():
    w = given([3.0, -4.0, 3.0, 4.0])
    before = w.array.copy()
    Adafactor([w], lr=0.01).step()
    np.testing.assert_allclose(before - w.array, 0.01 * np.sqrt(50 / 4))


def test_orthogonalized_has_singular_values_of_about_one():
    g = np.random.default_rng(0).standard_normal((6, 4)).astype(np.float32)
    singular = np.linalg.svd(orthogonalized(g, (3.4445, -4.775, 2.0315), 5, 1e-7), compute_uv=False)
    assert singular.min() > 0.6
    assert singular.max() < 1.3


def test_bfloat16_rounds_ties_to_even():
    ulp = 2.0**-7
    numbers = [1.0, 1.0 + ulp / 2, 1.0 + 3 * ulp / 2, 1.0 + ulp * 0.51, -1.0 - ulp * 0.49, 0.0, np.inf]
    assert bfloat16(numbers).tolist() == [1.0, 1.0, 1.0 + 2 * ulp, 1.0 + ulp, -1.0, 0.0, np.inf]
    assert np.isnan(bfloat16(np.nan))


def test_muon_wants_matrices_in_added_groups_too():
    opt = Muon([given(np.eye(2))])
    with pytest.raises(ValueError, match=r"Muon only supports 2D parameters.*size: \[3\]"):
        opt.add_param_group({"params": [given(np.ones(3))]})
    assert len(opt.param_groups) == 1


@pytest.mark.parametrize(("options", "message"), [
    ({"ns_steps": 100}, "Number of steps must be less than 100"),
    ({"ns_coefficients": (1.0, 2.0)}, "Coefficients must be a tuple of exactly 3 values"),
])  # fmt: skip
def test_muon_refuses_options(options, message):
    with pytest.raises(ValueError, match=message):
        Muon([given(np.eye(2))], **options)


def parabola(w, opt):
    scale = torch.tensor([1.0, 10.0, 100.0], dtype=torch.float64)

    def closure():
        opt.zero_grad()
        loss = (scale * (w - 1) ** 2).sum()
        loss.backward()
        return loss

    return closure


def test_lbfgs_finds_the_bottom_of_a_parabola():
    w = given([5.0, -3.0, 2.0])
    opt = LBFGS([w], line_search_fn="strong_wolfe")
    opt.step(parabola(w, opt))
    np.testing.assert_allclose(w.array, 1.0, atol=1e-5)


def test_lbfgs_gives_back_the_loss_it_began_with():
    w = given([2.0, 1.0, 1.0])
    opt = LBFGS([w], lr=0.01, max_iter=2)
    assert opt.step(parabola(w, opt)).item() == 1.0


def test_lbfgs_at_the_bottom_does_nothing():
    w = given([1.0, 1.0, 1.0])
    opt = LBFGS([w])
    opt.step(parabola(w, opt))
    assert w.tolist() == [1.0, 1.0, 1.0]
    assert opt.state[w]["n_iter"] == 0
    assert opt.state[w]["func_evals"] == 1


def test_lbfgs_moves_a_transposed_parameter():
    w = torch.from_numpy(np.array([[5.0, -3.0, 2.0], [1.0, 2.0, 0.0]]).T).requires_grad_()
    opt = LBFGS([w], line_search_fn="strong_wolfe")

    def closure():
        opt.zero_grad()
        loss = ((w - torch.arange(6.0, dtype=torch.float64).reshape(3, 2)) ** 2).sum()
        loss.backward()
        return loss

    opt.step(closure)
    np.testing.assert_allclose(w.array, np.arange(6.0).reshape(3, 2), atol=1e-6)


def test_lbfgs_needs_a_closure():
    with pytest.raises(TypeError, match=r"LBFGS needs step\(closure\)"):
        LBFGS([given([1.0])]).step(None)


def test_lbfgs_has_one_group():
    with pytest.raises(ValueError, match="LBFGS doesn't support per-parameter options"):
        LBFGS([{"params": [given([1.0])]}, {"params": [given([2.0])]}])


def test_lbfgs_knows_one_line_search():
    with pytest.raises(RuntimeError, match="only 'strong_wolfe' is supported"):
        LBFGS([given([1.0])], line_search_fn="backtracking")
