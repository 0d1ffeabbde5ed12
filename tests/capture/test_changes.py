"""Modules, parameters, gradients and optimizers that are changed between calls."""

import copy

import minitorch as torch
from minitorch import nn
from tests.capture.scenarios import randn, side_by_side, training


@side_by_side()
def test_swaps(compiled, log):
    m = nn.Sequential(nn.Linear(3, 3), nn.ReLU(), nn.Linear(3, 3))
    f = compiled(m)
    for i in range(20):
        if i == 4:
            m[1] = nn.Tanh()
        if i == 8:
            del m[1]
        if i == 12:
            m.append(nn.Sigmoid())
        if i == 16:
            m[0].bias = None
        log(f(randn(2, 3, seed=i)))


@side_by_side()
def test_traineval(compiled, log):
    m = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.Dropout(0.5))
    f = compiled(m)
    for i in range(20):
        m.train(i // 3 % 2 == 0)
        if i == 15:
            m[2].p = 0.2
        if i == 17:
            m[1].momentum = 0.5
        log(f(randn(5, 3, seed=i)), m[1].running_mean, m[1].num_batches_tracked)
        log(torch.get_rng_state())


@side_by_side()
def test_freezing(compiled, log):
    m = nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 1))
    opt = torch.optim.SGD(m.parameters(), lr=0.1, momentum=0.9)

    def step(x):
        opt.zero_grad()
        loss = m(x).square().mean()
        loss.backward()
        opt.step()
        return loss

    f = compiled(step)
    for i in range(20):
        if i == 4:
            m[0].requires_grad_(False)
        if i == 9:
            m[0].requires_grad_(True)
        if i == 14:
            m[2].weight.requires_grad = False
        log(f(randn(5, 3, seed=i)), *m.parameters())


@side_by_side()
def test_hooks(compiled, log):
    m, _opt, step = training()
    f = compiled(step)
    for i in range(24):
        if i == 4:
            h = m[1].register_forward_hook(lambda mod, i, o: o * 2)
        if i == 8:
            h.remove()
        if i == 12:
            h = m[0].weight.register_hook(lambda g: g * 0.5)
        if i == 16:
            h.remove()
        if i == 20:
            h = m[0].register_full_backward_hook(lambda mod, gi, go: (gi[0],) if gi[0] is None else None)
        log(f(randn(5, 3, seed=i)), *m.parameters())


@side_by_side(replayed=False)
def test_hooks_effect(compiled, log):
    m, _opt, step = training()
    f = compiled(step)
    seen = []
    m[1].register_forward_hook(lambda mod, i, o: seen.append(o.shape))
    for i in range(8):
        log(f(randn(5, 3, seed=i)), *m.parameters())
        log(list(seen))


@side_by_side(replayed=False)
def test_accgrad_hook(compiled, log):
    m, _opt, step = training()
    f = compiled(step)
    seen = []
    m[0].weight.register_post_accumulate_grad_hook(lambda p: seen.append(1))
    for i in range(8):
        log(f(randn(5, 3, seed=i)), *m.parameters())
        log(list(seen))


@side_by_side()
def test_accgrad_hook_step(compiled, log):
    m = nn.Linear(3, 1)
    opts = {p: torch.optim.SGD([p], lr=0.1) for p in m.parameters()}

    def apply(p):
        opts[p].step()
        opts[p].zero_grad()

    for p in m.parameters():
        p.register_post_accumulate_grad_hook(apply)

    def step(x):
        l = m(x).sum()
        l.backward()
        return l

    f = compiled(step)
    for i in range(8):
        log(f(randn(5, 3, seed=i)), *m.parameters())


@side_by_side()
def test_parametrize(compiled, log):
    from minitorch.nn.utils import parametrizations as P
    from minitorch.nn.utils import parametrize

    m, _opt, _step = training()
    f = compiled(m)
    for i in range(16):
        if i == 4:
            P.weight_norm(m[0])
        if i == 8:
            parametrize.remove_parametrizations(m[0], "weight")
        if i == 12:
            P.spectral_norm(m[2])
        log(f(randn(5, 3, seed=i)), *m.parameters())


@side_by_side()
def test_data_assign(compiled, log):
    m, opt, step = training()
    f = compiled(step)
    sd = copy.deepcopy(m.state_dict())
    for i in range(28):
        if i == 4:
            m[0].weight.data = randn(4, 3)
        if i == 8:
            m.load_state_dict(sd)
        if i == 12:
            m.load_state_dict(copy.deepcopy(sd), assign=True)
        if i == 16:
            m[0].weight.data.mul_(2)
        if i == 20:
            m[0].weight.grad = None
        if i == 22:
            m[0].weight.grad = randn(4, 3)
        if i == 24:
            m[0].weight.grad.mul_(3)
        if i == 26:
            opt.zero_grad(set_to_none=False)
        log(f(randn(5, 3, seed=i)), *m.parameters())


@side_by_side()
def test_opt_changes(compiled, log):
    m, opt, step = training()
    f = compiled(step)
    sd = None
    extra = nn.Parameter(randn(3))
    for i in range(28):
        if i == 4:
            opt.param_groups[0]["lr"] = 0.3
        if i == 6:
            sd = copy.deepcopy(opt.state_dict())
        if i == 8:
            opt.param_groups[0]["weight_decay"] = 0.3
        if i == 12:
            opt.load_state_dict(sd)
        if i == 16:
            opt.add_param_group({"params": [extra], "lr": 1.0})
        if i == 18:
            extra.grad = randn(3)
        if i == 20:
            opt.param_groups[0]["betas"] = (0.5, 0.6)
        if i == 22:
            opt.state.clear()
        if i == 24:
            opt.param_groups[0]["params"].pop()
        if i == 26:
            opt.param_groups[0]["maximize"] = True
        log(f(randn(5, 3, seed=i)), *m.parameters(), extra)
        log([opt.state[p] for p in m.parameters() if p in opt.state])


@side_by_side()
def test_accumulate_outside(compiled, log):
    m, opt, _ = training()

    def acc(x):
        l = m(x).square().mean()
        l.backward()
        return l

    f = compiled(acc)
    kept = []
    for i in range(24):
        log(f(randn(5, 3, seed=i)), *m.parameters())
        if i % 3 == 2:
            opt.step()
            opt.zero_grad(set_to_none=i % 2 == 0)
        if i == 10:
            m[0].weight.grad = None
        if i == 13:
            m[0].weight.grad = randn(4, 3)
        if i == 15:
            m[0].weight.grad.mul_(2)
        kept.append([p.grad for p in m.parameters()])
    log(kept)


@side_by_side()
def test_grads_kept(compiled, log):
    m, _opt, step = training()
    f = compiled(step)
    kept = []
    for i in range(10):
        log(f(randn(5, 3, seed=i)))
        gs = [p.grad for p in m.parameters()]
        kept.append((gs, [g.clone() for g in gs], [g.numpy() for g in gs]))
        log(*gs)
        if i == 6:
            m[0].weight.grad.zero_()
        if i == 7:
            m[0].weight.grad.detach().numpy()[:] = 3
    log(kept)
    for a, b, _n in kept[:6]:
        assert all(((x == y).all() for x, y in zip(a, b)))


@side_by_side()
def test_results_edited(compiled, log):
    m, _opt, _step = training()
    f = compiled(lambda x: (m(x), x * 2, torch.ones(3), m[0].weight * 1))
    kept = []
    for i in range(10):
        with torch.no_grad():
            r = f(randn(5, 3, seed=i))
            log(*r)
            [t.add_(1) for t in r]
            log(*r)
            ns = [t.numpy() for t in r]
            ns[2][:] = 5
            kept.append((r, ns))
    log(kept)


@side_by_side()
def test_setattr_module(compiled, log):

    class M(nn.Module):
        def __init__(self):
            super().__init__()
            self.k = 1.0
            self.l = nn.Linear(3, 3)

        def forward(self, x):
            return self.l(x) * self.k

    m = M()
    f = compiled(m)
    for i in range(20):
        if i == 4:
            f.k = 2.0
        if i == 8:
            f.l = nn.Linear(3, 2)
        if i == 12:
            m.k = 3.0
        if i == 16:
            f.register_forward_hook(lambda m, i, o: o * 2)
            m.register_forward_pre_hook(lambda m, i: (i[0] + 1,))
        log(f(randn(2, 3, seed=i)))


@side_by_side()
def test_deep_model_attr_list(compiled, log):

    class M(nn.Module):
        def __init__(self):
            super().__init__()
            self.ls = nn.ModuleList(nn.Linear(3, 3) for _ in range(3))
            self.acts = [torch.relu, torch.tanh, torch.sigmoid]
            self.ps = nn.ParameterList([nn.Parameter(randn(3))])
            self.order = (0, 1, 2)
            self.d = nn.ModuleDict({"a": nn.Linear(3, 3)})

        def forward(self, x):
            for i in self.order:
                x = self.acts[i](self.ls[i](x)) * self.ps[0]
            return self.d["a"](x)

    m = M()
    f = compiled(m)
    for i in range(24):
        if i == 4:
            m.acts[1] = torch.relu
        if i == 8:
            m.order = (2, 1)
        if i == 12:
            m.ls[2] = nn.Linear(3, 3)
        if i == 16:
            m.ps[0] = nn.Parameter(randn(3, seed=4))
        if i == 20:
            m.d["a"] = nn.Identity()
        log(f(randn(2, 3, seed=i)))
