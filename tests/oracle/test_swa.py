"""Averaged models, their schedule and their batch norms against PyTorch."""

import pytest

torch = pytest.importorskip("torch", reason="PyTorch is the oracle: pip install minitorch[oracle]")

from tests.oracle.layers import agree, draw, errors  # noqa: E402

MODELS = {
    "mean": lambda lib, model: lib.optim.swa_utils.AveragedModel(model),
    "mean_fn": lambda lib, model: averaged(lib, model, avg_fn="get_swa_avg_fn"),
    "mean_multi": lambda lib, model: averaged(lib, model, multi_avg_fn="get_swa_multi_avg_fn"),
    "mean_buffers": lambda lib, model: averaged(lib, model, use_buffers=True),
    "ema_fn": lambda lib, model: averaged(lib, model, 0.9, avg_fn="get_ema_avg_fn"),
    "ema_multi": lambda lib, model: averaged(lib, model, 0.9, multi_avg_fn="get_ema_multi_avg_fn"),
    "ema_buffers": lambda lib, model: averaged(
        lib, model, 0.9, multi_avg_fn="get_ema_multi_avg_fn", use_buffers=True, device="cpu"
    ),
    "own": lambda lib, model: lib.optim.swa_utils.AveragedModel(model, avg_fn=lambda a, b, n: a + b * n),
}


def averaged(lib, model, *decay, use_buffers=False, device=None, **functions):
    tools = lib.optim.swa_utils
    found = {name: getattr(tools, function)(*decay) for name, function in functions.items()}
    return tools.AveragedModel(model, device, use_buffers=use_buffers, **found)


@pytest.mark.parametrize("name", MODELS)
def test_averaged(name):
    def run(lib):
        model = lib.nn.Sequential(lib.nn.Linear(4, 3), lib.nn.BatchNorm1d(3), lib.nn.Linear(3, 1)).double()
        average = MODELS[name](lib, model)
        optimizer = lib.optim.SGD(model.parameters(), lr=0.1)
        schedule = lib.optim.swa_utils.SWALR(optimizer, 0.02, anneal_epochs=3)
        batches = [lib.tensor(draw(6, 4, seed=i)) for i in range(5)]
        for x in batches:
            optimizer.zero_grad()
            (model(x) ** 2).mean().backward()
            optimizer.step()
            schedule.step()
            average.update_parameters(model)
        before = {key: t.clone() for key, t in average.state_dict().items()}
        lib.optim.swa_utils.update_bn([[x, 0] for x in batches], average.eval(), device="cpu")
        lib.optim.swa_utils.update_bn(batches, average)
        facts = repr(average), average.training, [m.momentum for m in average.module if hasattr(m, "momentum")]
        return before, dict(average.state_dict()), average(batches[0]), facts, average.n_averaged

    agree(run)


@pytest.mark.parametrize("settings", [{}, {"anneal_epochs": 4, "anneal_strategy": "linear"}, {"anneal_epochs": 0}])
@pytest.mark.parametrize("swa_lr", [0.05, [0.05, 0.5]])
def test_rates(settings, swa_lr):
    def run(lib):
        groups = [{"params": [lib.zeros(1, requires_grad=True)], "lr": lr} for lr in (0.1, 0.3)]
        optimizer = lib.optim.SGD(groups)
        schedule = lib.optim.swa_utils.SWALR(optimizer, swa_lr, **settings)
        rates = [list(schedule.get_last_lr())]
        for epoch in range(20):
            optimizer.step()
            schedule.step()
            rates.append(list(schedule.get_last_lr()))
            if epoch == 7:
                other = lib.optim.swa_utils.SWALR(optimizer, swa_lr, **settings)
                other.load_state_dict(schedule.state_dict())
                schedule = other
        return rates, sorted(schedule.state_dict()), [group["swa_lr"] for group in optimizer.param_groups]

    agree(run)


def test_without_batch_norm_nothing_runs():
    agree(lambda lib: lib.optim.swa_utils.update_bn(iter([None]), lib.nn.Linear(2, 2)))


WRONG = [
    "tools.get_ema_avg_fn(1.5)",
    "tools.get_ema_multi_avg_fn(-0.1)",
    "tools.AveragedModel(model, None, tools.get_swa_avg_fn(), tools.get_swa_multi_avg_fn())",
    "tools.SWALR(optimizer, 0.1, anneal_strategy='exp')",
    "tools.SWALR(optimizer, 0.1, anneal_epochs=-1)",
    "tools.SWALR(optimizer, 0.1, anneal_epochs=1.5)",
    "tools.SWALR(optimizer, [0.1, 0.2])",
    "tools.AveragedModel(model, use_buffers=True).update_parameters(T.nn.Linear(3, 2))",
    "updated_twice(tools.AveragedModel(T.nn.BatchNorm1d(2), None, None, tools.get_swa_multi_avg_fn(), True))",
]


@pytest.mark.parametrize("text", WRONG)
def test_refused(text):
    def run(lib):
        def updated_twice(average):
            for _ in range(2):
                average.update_parameters(lib.nn.BatchNorm1d(2))

        model = lib.nn.Linear(2, 2)
        optimizer = lib.optim.SGD(model.parameters(), lr=0.1)
        names = {"tools": lib.optim.swa_utils, "model": model, "optimizer": optimizer, "T": lib}
        eval(text, names | {"updated_twice": updated_twice})

    errors(run)
