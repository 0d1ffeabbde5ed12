"""Windows of micro-batches: the accumulated gradient is the gradient of everything they hold."""

import functools

import pytest

import minitorch as torch
from minitorch import nn
from minitorch.nn import functional as F
from minitorch.optim import SGD
from minitorch.train import Trainer, windows
from minitorch.train.windows import averages, holder

SIZES = [7, 7, 3, 1, 5]  # uneven micro-batches


def rows(n, classes=4):
    torch.manual_seed(0)
    x = torch.randn(n, 5, dtype=torch.float64)
    labels = torch.randint(0, classes, (n,))
    labels[2:6] = -100  # ignored, most of them in one micro-batch
    return x, labels


def model(outputs=4):
    torch.manual_seed(1)
    return nn.Sequential(nn.Linear(5, 6), nn.Tanh(), nn.Linear(6, outputs)).double()


def cut(*tensors, sizes=SIZES):
    return list(zip(*(torch.split(t, sizes) for t in tensors), strict=True))


class Gradients:
    """Stands for an optimizer and keeps what it was given to step on."""

    def __init__(self, net):
        self.seen = []
        self.inner = SGD(net.parameters(), lr=0.0)
        self.param_groups = self.inner.param_groups

    def zero_grad(self):
        self.inner.zero_grad()

    def step(self):
        self.seen.append([p.grad.clone() for p in self.param_groups[0]["params"] if p.grad is not None])


def accumulated(net, loss, batches, accumulate):
    optimizer = Gradients(net)
    Trainer(net, loss, optimizer, epochs=1, accumulate=accumulate).fit(batches)
    return optimizer.seen


def assert_close(ours, full):
    assert len(ours) == len(full)
    for a, b in zip(ours, full, strict=True):
        assert torch.allclose(a, b, rtol=1e-12, atol=1e-12), (a - b).abs().max()


weight = torch.tensor([0.5, 1.0, 3.0, 0.1], dtype=torch.float64)
LABEL_LOSSES = {
    "plain": nn.CrossEntropyLoss(),
    "weighted": nn.CrossEntropyLoss(weight=weight),
    "smoothed": nn.CrossEntropyLoss(label_smoothing=0.1),
    "weighted and smoothed": nn.CrossEntropyLoss(weight=weight, label_smoothing=0.1),
    "another label ignored": nn.CrossEntropyLoss(ignore_index=2),
    "sum": nn.CrossEntropyLoss(reduction="sum"),
    "function": F.cross_entropy,
    "partial": functools.partial(F.cross_entropy, weight=weight),
}


@pytest.mark.parametrize("name", LABEL_LOSSES)
def test_labels_some_of_them_ignored(name):
    loss, (x, labels) = LABEL_LOSSES[name], rows(sum(SIZES))
    if name == "another label ignored":
        labels = labels.clamp(min=0)
    (full,) = accumulated(model(), loss, [(x, labels)], 1)
    (ours,) = accumulated(model(), loss, cut(x, labels), len(SIZES))
    assert_close(ours, full)


@pytest.mark.parametrize(
    "loss",
    [nn.MSELoss(), nn.L1Loss(), nn.HuberLoss(), nn.MSELoss(reduction="sum"), F.mse_loss],
    ids=lambda f: getattr(f, "__name__", str(f)),
)
def test_values(loss):
    x, _ = rows(sum(SIZES))
    y = torch.randn(sum(SIZES), 4, dtype=torch.float64)
    (full,) = accumulated(model(), loss, [(x, y)], 1)
    (ours,) = accumulated(model(), loss, cut(x, y), len(SIZES))
    assert_close(ours, full)


def test_probabilities_as_targets():
    x, _ = rows(sum(SIZES))
    y = F.softmax(torch.randn(sum(SIZES), 4, dtype=torch.float64), dim=1)
    (full,) = accumulated(model(), nn.CrossEntropyLoss(weight=weight), [(x, y)], 1)
    (ours,) = accumulated(model(), nn.CrossEntropyLoss(weight=weight), cut(x, y), len(SIZES))
    assert_close(ours, full)


def test_bits():
    x, _ = rows(sum(SIZES))
    y = (x[:, :1] > 0).double()
    loss = nn.BCEWithLogitsLoss(pos_weight=torch.tensor([3.0], dtype=torch.float64))
    (full,) = accumulated(model(1), loss, [(x, y)], 1)
    (ours,) = accumulated(model(1), loss, cut(x, y), len(SIZES))
    assert_close(ours, full)


def test_a_loss_of_ones_own_counts_rows_or_what_it_is_told():
    def own(output, target):
        return ((output - target) ** 2).sum() / len(target)

    x, _ = rows(sum(SIZES))
    y = torch.randn(sum(SIZES), 4, dtype=torch.float64)
    (full,) = accumulated(model(), own, [(x, y)], 1)
    (ours,) = accumulated(model(), own, cut(x, y), len(SIZES))
    assert_close(ours, full)
    net, seen = model(), []
    trainer = Trainer(net, own, Gradients(net), epochs=1, accumulate=5, held=lambda y: seen.append(y) or float(len(y)))
    trainer.fit(cut(x, y))
    assert len(seen) == len(SIZES)


def test_the_last_window_is_a_window_like_any_other():
    loss, (x, labels) = nn.CrossEntropyLoss(), rows(sum(SIZES))
    labels = labels.clamp(min=0)
    ours = accumulated(model(), loss, cut(x, labels), 2)
    assert len(ours) == 3
    full = accumulated(model(), loss, cut(x, labels, sizes=[14, 4, 5]), 1)
    for a, b in zip(ours, full, strict=True):
        assert_close(a, b)


def test_one_clip_and_one_step_of_the_schedule_a_window():
    loss, (x, labels) = nn.CrossEntropyLoss(), rows(sum(SIZES))
    labels = labels.clamp(min=0)
    weights = []
    for batches, accumulate in ((cut(x, labels), 5), ([(x, labels)], 1)):
        net = model()
        optimizer = SGD(net.parameters(), lr=0.5, momentum=0.9)
        schedule = torch.optim.lr_scheduler.StepLR(optimizer, 1, gamma=0.5)
        trainer = Trainer(
            net, loss, optimizer, scheduler=schedule, interval="step", epochs=3, accumulate=accumulate, clip_norm=0.01
        )
        trainer.fit(batches)
        assert optimizer.param_groups[0]["lr"] == 0.5**4
        weights.append([p.detach() for p in net.parameters()])
    assert_close(*weights)


def test_a_window_without_a_single_label_changes_nothing():
    net, (x, labels) = model(), rows(6)
    before = [p.detach().clone() for p in net.parameters()]
    trainer = Trainer(net, nn.CrossEntropyLoss(), SGD(net.parameters(), lr=1.0), epochs=1)
    history = trainer.fit([(x, torch.full_like(labels, -100)), (x, labels)])
    assert history[0]["step"] == 2
    assert not any(torch.equal(a, b) for a, b in zip(before, net.parameters(), strict=True))
    net2 = model()
    Trainer(net2, nn.CrossEntropyLoss(), SGD(net2.parameters(), lr=1.0), epochs=1).fit([(x, labels)])
    assert all(torch.equal(a, b) for a, b in zip(net2.parameters(), net.parameters(), strict=True))


def test_shares():
    batches = [([0] * n, [0] * n) for n in (3, 1, 2)]
    cutting = list(windows(batches, 2, held=len))
    assert [[b.share for b in w] for w in cutting] == [[0.75, 0.25], [1.0]]
    assert [[b.share for b in w] for w in windows(batches, 2, held=len, mean=False)] == [[1.0, 1.0], [1.0]]


def test_what_a_target_holds():
    labels = torch.tensor([0, 1, -100, 1])
    assert holder(nn.CrossEntropyLoss())(labels) == 3
    assert holder(nn.CrossEntropyLoss(weight=torch.tensor([2.0, 5.0])))(labels) == 12
    assert holder(nn.MSELoss())(torch.zeros(4, 3)) == 12
    assert holder(lambda output, target: output)(torch.zeros(4, 3)) == 4
    assert averages(nn.MSELoss())
    assert not averages(nn.MSELoss(reduction="sum"))


def test_a_loss_that_gives_no_number_is_refused():
    net = model()
    with pytest.raises(ValueError, match="reduction should be 'mean' or 'sum'"):
        Trainer(net, nn.MSELoss(reduction="none"), SGD(net.parameters(), lr=0.1))
