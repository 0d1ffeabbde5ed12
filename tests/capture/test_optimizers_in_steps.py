"""Optimizers and schedulers inside a compiled step, and steps made by hand."""

import copy

import minitorch as torch
from minitorch import nn
from tests.capture.scenarios import mlp, randn, side_by_side


@side_by_side(replayed=False)
def test_closure_optimizer(compiled, log):
    m = mlp()
    opt = torch.optim.LBFGS(m.parameters(), lr=0.1, max_iter=3)
    opt2 = torch.optim.SGD(m.parameters(), lr=0.01)

    def step(x):

        def cl():
            opt.zero_grad()
            l = m(x).square().mean()
            l.backward()
            return l

        return opt.step(cl)

    def step2(x):

        def cl():
            opt2.zero_grad()
            l = m(x).square().mean()
            l.backward()
            return l

        return opt2.step(cl)

    f = compiled(step)
    g = compiled(step2)
    for i in range(8):
        log(f(randn(5, 3, seed=i)), g(randn(5, 3, seed=i)), *m.parameters())


@side_by_side(replayed=False)
def test_own_optimizer(compiled, log):

    class Mine(torch.optim.Optimizer):
        def __init__(self, ps, lr):
            super().__init__(ps, {"lr": lr})
            self.n = 0

        @torch.no_grad()
        def step(self):
            self.n += 1
            for g in self.param_groups:
                for p in g["params"]:
                    if p.grad is None:
                        continue
                    st = self.state[p]
                    st["m"] = st.get("m", torch.zeros_like(p)) * 0.9 + p.grad
                    st["step"] = st.get("step", 0) + 1
                    p.add_(st["m"], alpha=-g["lr"] / st["step"])

    m = mlp()
    opt = Mine(m.parameters(), 0.1)

    def step(x):
        opt.zero_grad()
        l = m(x).square().mean()
        l.backward()
        opt.step()
        return l

    f = compiled(step)
    for i in range(10):
        if i == 6:
            opt.param_groups[0]["lr"] = 0.5
        log(f(randn(5, 3, seed=i)), *m.parameters(), opt.n)


@side_by_side()
def test_hand_sgd(compiled, log):
    m = mlp()
    lr = [0.1]

    def step(x):
        l = m(x).square().mean()
        l.backward()
        with torch.no_grad():
            for p in m.parameters():
                p -= lr[0] * p.grad
                p.grad = None
        return l

    f = compiled(step)
    for i in range(12):
        if i == 6:
            lr[0] = 0.3
        log(f(randn(5, 3, seed=i)), *m.parameters())


@side_by_side()
def test_ema(compiled, log):
    m = mlp()
    e = copy.deepcopy(m)
    opt = torch.optim.AdamW(m.parameters(), lr=0.01)
    sch = torch.optim.lr_scheduler.CosineAnnealingLR(opt, 20)
    av = torch.optim.swa_utils.AveragedModel(m) if hasattr(torch.optim, "swa_utils") else None

    def step(x):
        opt.zero_grad()
        l = m(x).square().mean()
        l.backward()
        nn.utils.clip_grad_norm_(m.parameters(), 0.5)
        opt.step()
        sch.step()
        with torch.no_grad():
            for p, q in zip(m.parameters(), e.parameters()):
                q.mul_(0.9).add_(p, alpha=0.1)
        if av:
            av.update_parameters(m)
        return l

    f = compiled(step)
    for i in range(12):
        log(
            f(randn(5, 3, seed=i)),
            *m.parameters(),
            *e.parameters(),
            sch.get_last_lr(),
            *(av.parameters() if av else ()),
        )


@side_by_side()
def test_sched_lambda(compiled, log):
    m = mlp()
    opt = torch.optim.SGD(m.parameters(), lr=1.0)
    k = [0.5]
    sch = torch.optim.lr_scheduler.LambdaLR(opt, lambda e: k[0] ** e)

    def step(x):
        opt.zero_grad()
        l = m(x).square().mean()
        l.backward()
        opt.step()
        sch.step()
        return l

    f = compiled(step)
    for i in range(10):
        if i == 6:
            k[0] = 0.9
        log(f(randn(5, 3, seed=i)), *m.parameters(), sch.get_last_lr())


@side_by_side(replayed=False)
def test_plateau(compiled, log):
    m = mlp()
    opt = torch.optim.SGD(m.parameters(), lr=1.0)
    sch = torch.optim.lr_scheduler.ReduceLROnPlateau(opt, patience=1)

    def step(x):
        opt.zero_grad()
        l = m(x).square().mean()
        l.backward()
        opt.step()
        sch.step(l)
        return l

    f = compiled(step)
    for i in range(10):
        log(f(randn(5, 3, seed=i)), *m.parameters(), opt.param_groups[0]["lr"])
