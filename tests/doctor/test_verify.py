"""verify_accumulation: right ways agree to rounding, wrong ones are named."""

import copy

import pytest

import minitorch as torch
from minitorch import nn
from minitorch.doctor import verify_accumulation
from minitorch.nn import functional as F
from minitorch.nn.utils import clip_grad_norm_


@pytest.fixture
def batch():
    torch.manual_seed(0)
    return torch.randn(24, 5), torch.randint(0, 3, (24,))


@pytest.fixture
def model():
    torch.manual_seed(1)
    return nn.Sequential(nn.Linear(5, 8), nn.Tanh(), nn.Linear(8, 3))


CE = nn.CrossEntropyLoss()


def summed(model, loss, batch):
    x, y = batch
    for i in (0, 10, 20):
        (F.cross_entropy(model(x[i : i + 10]), y[i : i + 10], reduction="sum") / 24).backward()


def divided(model, loss, batch):
    x, y = batch
    for xb, yb in zip(x.chunk(4), y.chunk(4)):
        (loss(model(xb), yb) / 4).backward()


def clipped(model, loss, batch):
    x, y = batch
    for xb, yb in zip(x.chunk(4), y.chunk(4)):
        (loss(model(xb), yb) / 4).backward()
        clip_grad_norm_(model.parameters(), 0.01)


def dropped(model, loss, batch):
    loss(model(batch[0][:20]), batch[1][:20]).backward()


@pytest.mark.parametrize(
    ("loss", "micro", "scale"),
    [
        (CE, 4, None), (CE, 1, None), (CE, [10, 10, 4], [10 / 24, 10 / 24, 4 / 24]), (CE, summed, None),
        (CE, divided, None), (nn.CrossEntropyLoss(reduction="sum"), [20, 4], 1.0),
        (lambda out, y: F.cross_entropy(out, y), 6, None),
    ],
)  # fmt: skip
def test_right_ways_agree(model, batch, loss, micro, scale):
    found = verify_accumulation(model, loss, batch, micro, scale=scale)
    assert found.ok
    assert found.error <= 1e-12
    assert found.causes == []


@pytest.mark.parametrize(
    ("loss", "micro", "scale", "cause"),
    [
        (CE, 4, 1.0, "P13: the losses are not divided: the gradient is 4 times"),
        (CE, 4, 1 / 16, "P14: the losses are divided twice"),
        (CE, [10, 10, 4], None, "P15: unequal micro-batches of 10, 10, 4 rows weigh the same; a row weighs up to 2"),
        (CE, 1, 0.25, "P18: the losses are divided by 4, but the window has 1 micro-batch"),
        (CE, clipped, None, "P19: gradients are clipped 3 times"),
        (CE, dropped, None, "the window sees 20 rows of the batch's 24"),
        (nn.CrossEntropyLoss(reduction="sum"), 4, None, "the loss is a sum: it needs no division"),
        (lambda out, y: (out.mean(0) ** 2).sum(), 4, None, "no weights of the micro-batches"),
    ],
)  # fmt: skip
def test_wrong_ways_are_named(model, batch, loss, micro, scale, cause):
    found = verify_accumulation(model, loss, batch, micro, scale=scale)
    assert found.error > 1e-6
    assert found.causes[0].startswith(cause)
    assert cause in str(found)


def test_ignored_labels_are_named(model, batch):
    x, y = batch
    y[:5] = -100
    found = verify_accumulation(model, CE, (x, y), 4)
    assert found.causes[0].startswith("P15: ignored labels: micro-batches with 1, 6, 6, 6 labels weigh the same")
    kept = [1 / 19, 6 / 19, 6 / 19, 6 / 19]
    assert verify_accumulation(model, CE, (x, y), 4, scale=kept).error <= 1e-12


@pytest.mark.parametrize(
    ("layer", "cause"),
    [(nn.BatchNorm1d(8), "P21: BatchNorm1d computes its statistics of 6"), (nn.Dropout(0.5), "dropout: Dropout draws")],
)  # fmt: skip
def test_layers_of_the_batch_are_named(batch, layer, cause):
    # (one dropout layer alone draws the same for parts as for the whole)
    model = nn.Sequential(nn.Linear(5, 8), layer, nn.Linear(8, 8), nn.Tanh(), copy.deepcopy(layer), nn.Linear(8, 3))
    found = verify_accumulation(model, CE, batch, 4)
    assert found.error > 1e-6
    assert [c.startswith(cause) for c in found.causes] == [True]
    both = verify_accumulation(model, CE, batch, 4, scale=1.0).causes
    assert [both[0][:3], both[1].startswith(cause)] == ["P13", True]
    assert verify_accumulation(model.eval(), CE, batch, 4).error <= 1e-12


def test_it_leaves_model_and_generator_as_they_are(batch):
    model = nn.Sequential(nn.Linear(5, 8), nn.BatchNorm1d(8), nn.Dropout(0.5), nn.Linear(8, 3))
    before = {k: v.clone() for k, v in model.state_dict().items()}
    torch.manual_seed(3)
    expected = torch.rand(3)
    torch.manual_seed(3)
    with torch.doctor(show=False) as d:
        verify_accumulation(model, CE, batch, 4)
    assert torch.equal(torch.rand(3), expected)
    assert all(torch.equal(before[k], v) for k, v in model.state_dict().items())
    assert all(p.grad is None and p.dtype == torch.float32 for p in model.parameters())
    assert d.history.counts["backward"] == 0


@pytest.mark.parametrize(
    ("micro", "scale", "said"),
    [(0, None, "micro_batches"), ([3, 4], None, "add up to 24"), (4, [1.0], "scale"), (divided, 0.5, "scale")],
)
def test_bad_arguments(model, batch, micro, scale, said):
    with pytest.raises(ValueError, match=said):
        verify_accumulation(model, CE, batch, micro, scale=scale)
