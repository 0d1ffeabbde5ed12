"""Initial weights: their spread, their order of draws, and messages that help."""

import math

import pytest

import minitorch
from minitorch import nn


def test_fans_of_a_convolution_count_its_kernel():
    assert nn.init._calculate_fan_in_and_fan_out(minitorch.empty(8, 3, 5, 5)) == (75, 200)


@pytest.mark.parametrize(
    ("fill", "std"),
    [
        (nn.init.xavier_uniform_, math.sqrt(2 / 300)),
        (nn.init.xavier_normal_, math.sqrt(2 / 300)),
        (lambda w: nn.init.kaiming_normal_(w, nonlinearity="relu"), math.sqrt(2 / 100)),
        (lambda w: nn.init.kaiming_uniform_(w, mode="fan_out", nonlinearity="linear"), math.sqrt(1 / 200)),
    ],
)
def test_spread(fill, std):
    assert float(fill(minitorch.empty(200, 100)).std()) == pytest.approx(std, rel=0.03)


def test_a_truncated_normal_stays_inside():
    for low, high in ((-1.0, 1.0), (1.5, 2.5)):
        drawn = nn.init.trunc_normal_(minitorch.empty(1000), a=low, b=high)
        assert low <= float(drawn.min()) < float(drawn.max()) <= high


def test_orthogonal_rows():
    w = nn.init.orthogonal_(minitorch.empty(3, 5), gain=2.0)
    assert minitorch.allclose(w @ w.T, 4 * minitorch.eye(3), atol=1e-5)


def test_sparse_columns():
    w = nn.init.sparse_(minitorch.empty(10, 4), 0.3)
    assert (w == 0).sum(0).tolist() == [3, 3, 3, 3]


def test_a_dirac_kernel_passes_its_input_through():
    x = minitorch.randn(1, 3, 6)
    w = nn.init.dirac_(minitorch.empty(3, 3, 3))
    assert minitorch.allclose(nn.functional.conv1d(x, w, padding=1), x)


def test_a_generator_of_its_own_leaves_the_global_one_alone():
    before = minitorch.get_rng_state()
    first = nn.init.normal_(minitorch.empty(20), generator=minitorch.Generator().manual_seed(1))
    second = nn.init.normal_(minitorch.empty(20), generator=minitorch.Generator().manual_seed(1))
    assert minitorch.equal(first, second)
    assert minitorch.equal(before, minitorch.get_rng_state())


def test_an_unknown_nonlinearity_offers_the_nearest_one():
    with pytest.raises(ValueError, match="Unsupported nonlinearity leaky_rel; did you mean 'leaky_relu'"):
        nn.init.calculate_gain("leaky_rel")
