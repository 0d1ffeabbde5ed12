"""``nn.utils`` against PyTorch: parametrizations, the older norms by hooks, pruning, fusion and functional calls."""

import copy
import importlib
import pickle

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="PyTorch is the oracle: pip install minitorch[oracle]")

from tests.oracle.layers import agree, draw, errors, plain, studied  # noqa: E402

for name in ("prune", "stateless"):  # PyTorch loads them when they are asked for
    importlib.import_module(f"torch.nn.utils.{name}")


def seen(lib, module, *shape, second=True):
    """All of a module in training, then in evaluation."""
    first = studied(lib, module, [draw(*shape)], second=second)
    module.eval()
    return first, studied(lib, module, [draw(*shape)], second=second), dict(module.state_dict()), repr(module)


def layer(lib, text):
    return eval("nn." + text, {"nn": lib.nn, "T": lib}).double()


def own(lib):
    """Parametrizations of one's own: without an inverse, with one, and from two tensors."""

    class Symmetric(lib.nn.Module):
        def forward(self, x):
            return x.triu() + x.triu(1).mT

    class Double(lib.nn.Module):
        def forward(self, x):
            return 2 * x

        def right_inverse(self, x):
            return x / 2

    class Product(lib.nn.Module):
        def forward(self, a, b):
            return a * b

        def right_inverse(self, x):
            return x.abs().sqrt(), x.abs().sqrt() * x.sign()

    class Wrong(lib.nn.Module):
        def forward(self, x):
            return x[0]

    return Symmetric, Double, Product, Wrong


LAYERS = [("Linear(4, 6)", (3, 4)), ("Linear(6, 4)", (3, 6)), ("Conv2d(2, 4, 3)", (2, 2, 5, 5)),
          ("ConvTranspose1d(2, 4, 3)", (2, 2, 5))]  # fmt: skip


@pytest.mark.parametrize(("text", "shape"), LAYERS)
@pytest.mark.parametrize("dim", [0, 1, None])
def test_weight_norm(text, shape, dim):
    def run(lib):
        new = lib.nn.utils.parametrizations.weight_norm(layer(lib, text), dim=dim)
        old = lib.nn.utils.weight_norm(layer(lib, text), dim=dim)
        state = {name: t.clone() for name, t in old.state_dict().items()}
        # PyTorch's kernel for the first and the last dimension has no right second derivative.
        found = [seen(lib, m, *shape, second=dim is None) for m in (new, old)]
        keys = str(new.load_state_dict(state))
        new.weight = new.weight.detach() * 3
        lib.nn.utils.remove_weight_norm(old)
        return found, keys, dict(new.state_dict()), dict(old.state_dict()), repr(old), len(old._forward_pre_hooks)

    agree(run)


@pytest.mark.parametrize(("text", "shape"), LAYERS)
@pytest.mark.parametrize("settings", [{}, {"dim": 1, "n_power_iterations": 3, "eps": 1e-6}])
def test_spectral_norm(text, shape, settings):
    def run(lib):
        new = lib.nn.utils.parametrizations.spectral_norm(layer(lib, text), **settings)
        old = lib.nn.utils.spectral_norm(layer(lib, text), **settings)
        found = seen(lib, new, *shape), seen(lib, old, *shape)
        state = old.state_dict()
        versions = str(state._metadata[""])
        kept = {name: t.clone() for name, t in state.items() if name != "weight_v"}
        kept["weight"] = old.weight.detach().clone()  # as before version 1
        keys = str(old.load_state_dict(kept))
        old(lib.tensor(draw(*shape)))
        loaded = old.weight.detach().clone()
        lib.nn.utils.remove_spectral_norm(old)
        left = lib.nn.utils.parametrize.remove_parametrizations(new, "weight")
        return found, versions, keys, loaded, dict(old.state_dict()), dict(left.state_dict()), type(left).__name__

    agree(run)


def test_spectral_norm_of_a_vector():
    def run(lib):
        norm = lib.nn.LayerNorm(5).double()
        lib.nn.init.uniform_(norm.bias)
        return seen(lib, lib.nn.utils.parametrizations.spectral_norm(norm, "bias"), 2, 5)

    agree(run)


@pytest.mark.parametrize("name", ["matrix_exp", "cayley", "householder", None])
@pytest.mark.parametrize("around", [True, False])
@pytest.mark.parametrize("text", ["Linear(4, 4)", "Linear(3, 5)", "Linear(5, 3)"])
def test_orthogonal(name, around, text):
    def run(lib):
        module = layer(lib, text)
        lib.nn.utils.parametrizations.orthogonal(module, "weight", name, use_trivialization=around)
        found = seen(lib, module, 2, module.in_features, second=False)
        if around or name == "householder":
            with lib.no_grad():
                module.weight = lib.nn.init.orthogonal_(lib.empty_like(module.weight))
        return found, module.weight, dict(module.state_dict())

    agree(run)


def test_parametrizations_of_ones_own():
    def run(lib):
        symmetric, double, product, _ = own(lib)
        tools = lib.nn.utils.parametrize
        module = lib.nn.Linear(4, 4).double()
        tools.register_parametrization(module, "weight", symmetric())
        tools.register_parametrization(module, "weight", double())
        tools.register_parametrization(module, "bias", product())
        found = [seen(lib, module, 3, 4), type(module).__name__, tools.type_before_parametrizations(module).__name__]
        found += [tools.is_parametrized(module), tools.is_parametrized(module, "x"), module.bias.shape]
        module.bias = lib.tensor(draw(4))
        copied = copy.deepcopy(module)
        copied.bias = copied.bias.detach() + 1
        with tools.cached():
            found += [module.weight is module.weight, module.bias]
        found += [
            copied.bias,
            module.weight is module.weight,
            len(module.parametrizations.weight),
            [*module.state_dict()],
        ]
        other = tools.transfer_parametrizations_and_params(module, lib.nn.Linear(4, 4).double())
        found += [repr(other), other.bias, other.weight, dict(other.state_dict())]
        tools.remove_parametrizations(module, "weight", leave_parametrized=False)
        found += [repr(module), dict(module.state_dict()), type(module).__name__]
        tools.remove_parametrizations(module, "bias")
        found += [repr(module), dict(module.state_dict()), type(module) is lib.nn.Linear]
        found += [[name for name, _ in module.named_parameters()], module.weight.requires_grad]
        return found

    agree(run)


def test_parametrized_buffers():
    def run(lib):
        module = lib.nn.BatchNorm1d(3)
        lib.nn.utils.parametrize.register_parametrization(module, "running_mean", own(lib)[1]())
        found = module.eval()(lib.ones(2, 3)), [name for name, _ in module.named_buffers()], dict(module.state_dict())
        return found, repr(lib.nn.utils.parametrize.remove_parametrizations(module, "running_mean"))

    agree(run)


def test_training_parametrized():
    """Some steps with an optimizer, pruned and normed, stay the same on both sides."""

    def run(lib):
        model = lib.nn.Sequential(lib.nn.Linear(4, 6), lib.nn.Tanh(), lib.nn.Linear(6, 6), lib.nn.Linear(6, 1)).double()
        lib.nn.utils.parametrizations.orthogonal(model[2])
        lib.nn.utils.parametrizations.spectral_norm(model[0])
        lib.nn.utils.prune.l1_unstructured(model[3], "weight", 2)
        optimizer = lib.optim.Adam(model.parameters(), lr=0.1)
        for step in range(5):
            optimizer.zero_grad()
            loss = (model(lib.tensor(draw(7, 4, seed=step))) ** 2).mean()
            loss.backward()
            optimizer.step()
        return loss, model[2].weight, dict(model.state_dict())

    agree(run)


PRUNED = {
    "identity": lambda p, m: p.identity(m, "weight"),
    "random": lambda p, m: p.random_unstructured(m, "weight", 0.3),
    "l1": lambda p, m: p.l1_unstructured(m, "weight", 5),
    "l1_scored": lambda p, m: p.l1_unstructured(m, "weight", 0.5, m.weight.detach().exp()),
    "random_slices": lambda p, m: p.random_structured(m, "weight", 2, 1),
    "ln": lambda p, m: p.ln_structured(m, "weight", 0.5, 2, 0),
    "ln_inf": lambda p, m: p.ln_structured(m, "weight", 1, float("inf"), -1, -m.weight.detach()),
    "none": lambda p, m: p.ln_structured(m, "weight", 0, 1, 1),
    "mask": lambda p, m: p.custom_from_mask(m, "bias", m.bias.detach() > 0),
    "twice": lambda p, m: p.ln_structured(p.l1_unstructured(m, "weight", 0.4), "weight", 2, 1, 1),
    "thrice": lambda p, m: p.random_unstructured(PRUNED["twice"](p, m), "weight", 3),
    "over_mask": lambda p, m: p.custom_from_mask(PRUNED["l1"](p, m), "weight", m.weight.detach() > -0.2),
}


@pytest.mark.parametrize("name", PRUNED)
def test_pruned(name):
    def run(lib):
        module = PRUNED[name](lib.nn.utils.prune, layer(lib, "Linear(6, 5)"))
        found = seen(lib, module, 3, 6), lib.nn.utils.prune.is_pruned(module), len(module._forward_pre_hooks)
        lib.nn.utils.prune.remove(module, "bias" if name == "mask" else "weight")
        return found, dict(module.state_dict()), lib.nn.utils.prune.is_pruned(module)

    agree(run)


def test_pruned_globally():
    def run(lib):
        model = lib.nn.Sequential(lib.nn.Linear(4, 6), lib.nn.Linear(6, 3)).double()
        tools, places = lib.nn.utils.prune, [(model[0], "weight"), (model[1], "weight"), (model[1], "bias")]
        tools.global_unstructured(places, tools.L1Unstructured, amount=0.4)
        scores = {(model[0], "weight"): lib.tensor(draw(6, 4))}
        tools.global_unstructured(places[:2], tools.L1Unstructured, scores, amount=5)
        method = tools.L1Unstructured(0.5)
        alone = method.prune(lib.tensor(draw(3, 4)), importance_scores=lib.tensor(draw(3, 4, seed=9)))
        return dict(model.state_dict()), model[1].weight, alone, len(model[0]._forward_pre_hooks)

    agree(run)


@pytest.mark.parametrize("conv", ["Conv1d(4, 6, 3)", "Conv2d(4, 6, 3, bias=False)", "ConvTranspose2d(4, 6, 3)"])
@pytest.mark.parametrize("affine", [True, False])
def test_fused_convolutions(conv, affine):
    def run(lib):
        first = layer(lib, conv).eval()
        dims = first.weight.dim() - 2
        norm = normed(lib, f"BatchNorm{dims}d(6, affine={affine}, eps=1e-2)")
        fused = lib.nn.utils.fuse_conv_bn_eval(first, norm, transpose="Transpose" in conv)
        x = lib.tensor(draw(2, 4, *(5, 6)[:dims]))
        return repr(fused), dict(fused.state_dict()), fused(x), norm(first(x)), fused.bias.requires_grad

    agree(run)


def normed(lib, text):
    norm = layer(lib, text).eval()
    for i, t in enumerate([*norm.parameters(), norm.running_mean, norm.running_var]):
        t.data = lib.tensor(draw(*t.shape, seed=i) ** 2 + 0.1)
    return norm


@pytest.mark.parametrize("bias", [True, False])
def test_fused_linear_layers(bias):
    def run(lib):
        first, norm = layer(lib, f"Linear(4, 6, bias={bias})").eval(), normed(lib, "BatchNorm1d(6)")
        fused = lib.nn.utils.fuse_linear_bn_eval(first, norm)
        return dict(fused.state_dict()), fused(lib.tensor(draw(2, 4))), fused.weight.requires_grad

    agree(run)


def test_functional_call():
    def run(lib):
        class Tied(lib.nn.Module):
            def __init__(self):
                super().__init__()
                self.a, self.b, self.norm = lib.nn.Linear(3, 3), lib.nn.Linear(3, 3), lib.nn.BatchNorm1d(3)
                self.b.weight = self.a.weight

            def forward(self, x, scale=1):
                return self.norm(self.b(self.a(x))) * scale

        module, call = Tied().double(), lib.nn.utils.stateless.functional_call
        x, w = lib.tensor(draw(4, 3)), lib.tensor(draw(3, 3)).requires_grad_()
        given = {"a.weight": w, "norm.running_mean": lib.ones(3).double()}
        tied = call(module, given, x, {"scale": 2})
        slope = lib.autograd.grad((tied**3).sum(), w)
        untied = call(module, given, (x,), tie_weights=False)
        return tied, untied, slope, given, dict(module.state_dict()), module.a.weight is module.b.weight

    agree(run)


def test_skipped_initial_values():
    def run(lib):
        module = lib.nn.utils.skip_init(lib.nn.Linear, 3, 4, dtype=lib.float64)
        return repr(module), [(name, p.shape, str(p.dtype)) for name, p in module.named_parameters()], lib.rand(2)

    agree(run)


def test_norms_of_gradients():
    def run(lib):
        tensors = [lib.tensor(draw(3, 4)), lib.tensor(draw(5, seed=1)).requires_grad_()]
        tensors[1].grad = lib.tensor(draw(5, seed=2))
        total = lib.nn.utils.get_total_norm(tensors[:1])
        lib.nn.utils.clip_grads_with_norm_(tensors, 0.5, total)
        norms = [lib.nn.utils.get_total_norm(tensors, p) for p in (1.0, 3.0, float("inf"))]
        return total, tensors[1].grad, norms

    agree(run)


WRONG = [
    "T.nn.utils.parametrize.register_parametrization(T.nn.Linear(3, 3), 'w', symmetric())",
    "T.nn.utils.parametrize.register_parametrization(T.nn.Linear(3, 3), 'weight', wrong())",
    "T.nn.utils.parametrize.register_parametrization(twice(double), 'weight', wrong())",
    "T.nn.utils.parametrize.remove_parametrizations(T.nn.Linear(3, 3), 'weight')",
    "T.nn.utils.parametrize.remove_parametrizations(twice(product), 'weight', leave_parametrized=False)",
    "T.nn.utils.parametrize.ParametrizationList([], T.ones(2))",
    "setattr(twice(symmetric), 'weight', T.ones(3, 3))",
    "pickle.dumps(twice(symmetric))",
    "T.nn.utils.parametrizations.spectral_norm(T.nn.Linear(3, 3), 'w')",
    "T.nn.utils.parametrizations.spectral_norm(T.nn.Linear(3, 3), n_power_iterations=0)",
    "T.nn.utils.parametrizations.spectral_norm(T.nn.Linear(3, 3), dim=2)",
    "T.nn.utils.parametrizations.orthogonal(T.nn.Linear(3, 3), 'bias')",
    "T.nn.utils.parametrizations.orthogonal(T.nn.Linear(3, 3), 'w')",
    "T.nn.utils.parametrizations.orthogonal(T.nn.Linear(3, 3), 'weight', 'expm')",
    "setattr(T.nn.utils.parametrizations.orthogonal(T.nn.Linear(3, 3)), 'weight', T.ones(2, 2))",
    "setattr(T.nn.utils.parametrizations.orthogonal(T.nn.Linear(3, 3), use_trivialization=False), 'weight', T.eye(3))",
    "T.nn.utils.weight_norm(T.nn.utils.weight_norm(T.nn.Linear(3, 3)))",
    "T.nn.utils.spectral_norm(T.nn.utils.spectral_norm(T.nn.Linear(3, 3)))",
    "T.nn.utils.spectral_norm(T.nn.Linear(3, 3), n_power_iterations=0)",
    "T.nn.utils.spectral_norm(T.nn.Linear(3, 3, bias=False), 'bias')",
    "T.nn.utils.remove_weight_norm(T.nn.Linear(3, 3))",
    "T.nn.utils.remove_spectral_norm(T.nn.Linear(3, 3))",
    "T.nn.utils.weight_norm(T.nn.LazyLinear(3))",
    "T.nn.utils.prune.l1_unstructured(T.nn.Linear(3, 3), 'weight', 10)",
    "T.nn.utils.prune.l1_unstructured(T.nn.Linear(3, 3), 'weight', 1.5)",
    "T.nn.utils.prune.l1_unstructured(T.nn.Linear(3, 3), 'weight', -1)",
    "T.nn.utils.prune.l1_unstructured(T.nn.Linear(3, 3), 'weight', 'all')",
    "T.nn.utils.prune.l1_unstructured(T.nn.Linear(3, 3), 'weight', 1, T.ones(2))",
    "T.nn.utils.prune.l1_unstructured(T.nn.Linear(3, 3), 'w', 1)",
    "T.nn.utils.prune.ln_structured(T.nn.Linear(3, 3), 'bias', 1, 2, 0)",
    "T.nn.utils.prune.ln_structured(T.nn.Linear(3, 3), 'weight', 1, 2, 2)",
    "T.nn.utils.prune.custom_from_mask(T.nn.Linear(3, 3), 'weight', T.ones(2))",
    "T.nn.utils.prune.remove(T.nn.Linear(3, 3), 'weight')",
    "T.nn.utils.prune.global_unstructured(3, T.nn.utils.prune.L1Unstructured, amount=1)",
    "T.nn.utils.prune.global_unstructured([(T.nn.Linear(3, 3), 'bias')], T.nn.utils.prune.LnStructured, amount=1, n=1)",
    "T.nn.utils.prune.PruningContainer(1, 2)",
    "T.nn.utils.fuse_conv_bn_eval(T.nn.Conv1d(2, 3, 1), T.nn.BatchNorm1d(3))",
    "T.nn.utils.fuse_conv_bn_eval(T.nn.Conv1d(2, 3, 1).eval(), T.nn.BatchNorm1d(3, track_running_stats=False).eval())",
    "T.nn.utils.fuse_linear_bn_eval(T.nn.Linear(2, 3).eval(), T.nn.BatchNorm1d(2).eval())",
    "T.nn.utils.stateless.functional_call(T.nn.Linear(2, 2), {'weight': T.ones(2, 2)}, T.ones(2), strict=True)",
    "T.nn.utils.skip_init(T.nn.ReLU)",
    "T.nn.utils.skip_init(int)",
]


@pytest.mark.parametrize("text", WRONG)
def test_refused(text):
    def run(lib):
        symmetric, double, product, wrong = own(lib)

        def twice(kind):
            return lib.nn.utils.parametrize.register_parametrization(lib.nn.Linear(3, 3), "weight", kind())

        names = {"T": lib, "pickle": pickle, "twice": twice, "symmetric": symmetric, "double": double}
        eval(text, names | {"product": product, "wrong": wrong})

    errors(run)


def test_a_failed_pruning_leaves_the_module_as_it_was():
    def run(lib):
        module = lib.nn.Linear(3, 2)
        with pytest.raises(ValueError, match="should be smaller"):
            lib.nn.utils.prune.l1_unstructured(module, "weight", 7)
        return (
            sorted(module.state_dict()),
            len(module._forward_pre_hooks),
            plain(module(lib.tensor(np.ones((1, 3), np.float32)))),
        )

    agree(run)
