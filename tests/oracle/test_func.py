"""func.grad, vjp, jvp, jacrev, jacfwd, hessian, linearize and functional_call against torch.func, alone and nested."""

# ruff: noqa: E501 (the tables are wide)

from collections import OrderedDict, namedtuple

import numpy as np
import pytest

import minitorch
from tests.oracle.compare import assert_raises_alike, attempt, same, tensor, torch

random = np.random.default_rng(5)
INPUTS = {
    "x": random.standard_normal(3), "y": random.standard_normal(3), "t": random.standard_normal(3),
    "m": random.standard_normal((4, 3)), "w": random.standard_normal((3, 2)), "v": random.standard_normal((2, 4, 3)),
    "s": np.array(0.7), "img": random.standard_normal((2, 2, 5, 5)), "k": random.standard_normal((3, 2, 3, 3)),
    "z": random.standard_normal(3) + 1j * random.standard_normal(3), "i": np.array([2, 0, 1, 1]),
}  # fmt: skip
Pair = namedtuple("Pair", "a b")


def run(T, f, requires_grad=False):
    return f(T, **{name: tensor(T, x, requires_grad) for name, x in INPUTS.items()})


def both(f):
    theirs, ours = attempt(run, torch, f), attempt(run, minitorch, f)
    if isinstance(theirs, Exception) or isinstance(ours, Exception):
        assert_raises_alike(theirs, ours)
    return theirs, ours


def cube(x):
    return (x**3).sum()


def mlp(T, p, x):
    return T.tanh(x @ p["w"] + p["b"]).pow(2).mean()


def params(T, w):
    return {"w": w, "b": w[0] * 0.1}


def written(T, x):
    y = x.exp().clone()
    y[1:] = y[:-1].clone() * x[0]
    y.mul_(x)
    y[0].add_(x.sum())
    return y.view(3, 1).expand(3, 2).sum(1).flip(0)


def convolved(T, img, k):
    return T.nn.functional.conv2d(img, k, padding=1).relu().flatten(1)[:, ::7]


def loss(T, p, x):
    return T.nn.functional.cross_entropy(T.nn.functional.layer_norm(x @ p, (2,)), (x[:, 0] > 0).long())


def twice(T, y):
    """A function that keeps its first argument and differentiates the second."""
    return lambda x, z: (x * z.exp()).sum() * y.sum()


CASES = {
    "grad": lambda T, x, **_: T.func.grad(cube)(x),
    "grad 2nd, 3rd": lambda T, s, **_: [
        T.func.grad(T.func.grad(T.sin))(s), T.func.grad(T.func.grad(T.func.grad(T.sin)))(s)
    ],
    "grad argnums": lambda T, x, y, **_: T.func.grad(lambda a, b: (a * b * a).sum(), argnums=(1, 0))(x, y),
    "grad argnums -1": lambda T, x, y, **_: T.func.grad(lambda a, b: (a * b * a).sum(), argnums=-1)(x, y),
    "grad unused": lambda T, x, y, **_: T.func.grad(lambda a, b: a.sum(), argnums=(0, 1))(x, y),
    "grad constant": lambda T, x, **_: T.func.grad(lambda a: T.tensor(2.0))(x),
    "grad pytree": lambda T, w, m, **_: T.func.grad(lambda p, x: mlp(T, p, x))(params(T, w), m),
    "grad list": lambda T, x, y, **_: T.func.grad(lambda p: (p[0] * p[1]["q"][0]).sum())([x, {"q": (y,)}]),
    "grad namedtuple": lambda T, x, y, **_: T.func.grad(lambda p: (p.a * p.b).sum())(Pair(x, y)),
    "grad ordered": lambda T, x, y, **_: list(T.func.grad(lambda p: (p["b"] * x).sum())(OrderedDict(b=y)).items()),
    "grad aux": lambda T, x, **_: T.func.grad(lambda a: (cube(a), {"twice": a * 2}), has_aux=True)(x),
    "grad_and_value": lambda T, x, **_: T.func.grad_and_value(cube)(x),
    "grad_and_value aux": lambda T, x, **_: T.func.grad_and_value(lambda a: (cube(a), a[0]), has_aux=True)(x),
    "grad keywords": lambda T, x, y, **_: T.func.grad(lambda a, *, b: (a * b).sum())(x, b=y),
    "grad written": lambda T, x, **_: T.func.grad(lambda a: written(T, a).pow(2).sum())(x),
    "grad closes over": lambda T, x, y, **_: T.func.grad(
        lambda a: (a * T.func.grad(lambda b: (b * a * b).sum())(y)).sum()
    )(x),
    "grad of its own value": lambda T, s, **_: T.func.grad(lambda a: a * T.func.grad(lambda b: a + b)(s))(s),
    "perturbation": lambda T, s, **_: T.func.jvp(
        lambda a: a * T.func.jvp(lambda b: a + b, (s,), (T.ones_like(s),))[1], (s,), (T.ones_like(s),)
    ),
    "grad no_grad inside": lambda T, x, **_: T.func.grad(lambda a: (a * T.no_grad()(lambda: a * a)()).sum())(x),
    "grad detach": lambda T, x, **_: T.func.grad(lambda a: (a * a.detach()).sum())(x),
    "vjp": lambda T, x, t, **_: T.func.vjp(lambda a: a.exp() * a.sum(), x)[1](t),
    "vjp two": lambda T, x, y, t, **_: T.func.vjp(lambda a, b: (a * b, {"s": a.sum()}), x, y)[1]((t, {"s": t[0]})),
    "vjp output": lambda T, x, **_: T.func.vjp(lambda a: (a * 2, [a.sum()]), x)[0],
    "vjp aux": lambda T, x, **_: T.func.vjp(lambda a: (a * 2, (a + 1,)), x, has_aux=True)[::2],
    "vjp pytree in": lambda T, x, y, t, **_: T.func.vjp(lambda p: p["a"] * p["b"], {"a": x, "b": y})[1](t),
    "vjp independent": lambda T, x, t, **_: T.func.vjp(lambda a: T.ones(3, dtype=a.dtype), x)[1](t),
    "vjp complex": lambda T, z, **_: T.func.vjp(lambda a: a * a.abs() + a.conj().exp(), z)[1](z * 2),
    "jvp": lambda T, x, t, **_: T.func.jvp(lambda a: a.exp() * a.sum(), (x,), (t,)),
    "jvp tree": lambda T, x, y, t, **_: T.func.jvp(
        lambda p, b: {"r": p["a"] * b, "s": [p["a"].sum()]}, ({"a": x}, y), ({"a": t}, x)
    ),
    "jvp aux": lambda T, x, t, **_: T.func.jvp(lambda a: (a * a, a.sum()), (x,), (t,), has_aux=True),
    "jvp independent": lambda T, x, t, **_: T.func.jvp(lambda a: (a.argmax(), T.ones(2)), (x,), (t,)),
    "jvp written": lambda T, x, t, **_: T.func.jvp(lambda a: written(T, a), (x,), (t,)),
    "jvp in place": lambda T, x, t, **_: [T.func.jvp(lambda a: a.mul_(2).exp_(), (x,), (t,)), x],
    "jvp complex": lambda T, z, t, **_: T.func.jvp(lambda a: a * a.abs() + a.conj().exp() * a.real, (z,), (z * 2,)),
    "jvp complex of real": lambda T, x, z, t, **_: T.func.jvp(lambda a: (a * z).exp().abs(), (x,), (t,)),
    "jvp conv": lambda T, img, k, **_: T.func.jvp(lambda a, b: convolved(T, a, b), (img, k), (img + 1, k * 2)),
    "jvp loss": lambda T, w, m, **_: T.func.jvp(lambda a: loss(T, a, m), (w,), (w * 2,)),
    "jvp strict": lambda T, x, t, **_: T.func.jvp(lambda a: a * 2, (x,), (t,), strict=True),
    "linearize": lambda T, x, y, t, **_: [
        T.func.linearize(lambda a, b: {"p": (a * b).sin()}, x, y)[0],
        T.func.linearize(lambda a, b: {"p": (a * b).sin()}, x, y)[1](t, x),
    ],
    "jacrev": lambda T, x, **_: T.func.jacrev(lambda a: a.exp() * a.sum())(x),
    "jacrev tree": lambda T, x, y, **_: T.func.jacrev(lambda p: {"r": p["a"] * p["b"], "s": (p["a"].sum(),)})(
        {"a": x, "b": y}
    ),
    "jacrev argnums": lambda T, x, y, w, **_: T.func.jacrev(lambda a, b: (a @ w, (a * b).sum()), argnums=(0, 1))(x, y),
    "jacrev chunks": lambda T, m, **_: T.func.jacrev(lambda a: a.sin() @ a.T, chunk_size=3)(m),
    "jacrev aux": lambda T, x, **_: T.func.jacrev(lambda a: (a.exp(), a + 1), has_aux=True)(x),
    "jacrev constant": lambda T, x, **_: T.func.jacrev(lambda a: T.ones(2, dtype=a.dtype))(x),
    "jacfwd": lambda T, x, **_: T.func.jacfwd(lambda a: a.exp() * a.sum())(x),
    "jacfwd tree": lambda T, x, y, **_: T.func.jacfwd(lambda p: {"r": p["a"] * p["b"], "s": (p["a"].sum(),)})(
        {"a": x, "b": y}
    ),
    "jacfwd argnums": lambda T, x, y, w, **_: T.func.jacfwd(lambda a, b: (a @ w, (a * b).sum()), argnums=(0, 1))(x, y),
    "jacfwd aux": lambda T, x, **_: T.func.jacfwd(lambda a: (a.exp(), a + 1), has_aux=True)(x),
    "jacfwd constant": lambda T, x, **_: T.func.jacfwd(lambda a: T.ones(2, dtype=a.dtype))(x),
    "jacfwd written": lambda T, x, **_: T.func.jacfwd(lambda a: written(T, a))(x),
    "hessian": lambda T, x, **_: T.func.hessian(lambda a: (a.exp() * a.sum()).prod())(x),
    "hessian two": lambda T, x, y, **_: T.func.hessian(lambda a, b: (a * b * a).sum(), argnums=(0, 1))(x, y),
    "hessian tree": lambda T, w, m, **_: T.func.hessian(lambda p: mlp(T, p, m))(params(T, w)),
    "hessian loss": lambda T, w, m, **_: T.func.hessian(lambda p: loss(T, p, m))(w),
    "hessian written": lambda T, x, **_: T.func.hessian(lambda a: written(T, a).pow(2).sum())(x),
    "jacrev jacrev": lambda T, x, **_: T.func.jacrev(T.func.jacrev(lambda a: a.sin() * a.sum()))(x),
    "jacrev jacfwd": lambda T, x, **_: T.func.jacrev(T.func.jacfwd(lambda a: a.sin() * a.sum()))(x),
    "jacfwd jacfwd": lambda T, x, **_: T.func.jacfwd(T.func.jacfwd(lambda a: a.sin() * a.sum()))(x),
    "third": lambda T, x, **_: T.func.jacfwd(T.func.hessian(lambda a: (a.sin() * a.sum()).prod()))(x),
    "jvp of grad": lambda T, x, t, **_: T.func.jvp(T.func.grad(lambda a: (a.sin() * a.sum()).prod()), (x,), (t,)),
    "grad of jvp": lambda T, x, t, **_: T.func.grad(lambda a: T.func.jvp(lambda b: b.exp() * b[0], (a,), (t,))[1].sum())(x),
    "jvp of jvp": lambda T, x, y, t, **_: T.func.jvp(
        lambda a: T.func.jvp(lambda b: b.exp() * b[0] * a, (a,), (t,)), (x,), (y,)
    ),
    "jvp of vjp": lambda T, x, y, t, **_: T.func.jvp(lambda a: T.func.vjp(lambda b: b.exp() * b[0], a)[1](y), (x,), (t,)),
    "vjp of vjp": lambda T, x, y, t, **_: T.func.vjp(lambda a: T.func.vjp(lambda b: b.exp() * b[0], a)[1](a)[0], x)[1](t),
    "three kinds": lambda T, s, **_: T.func.grad(
        lambda a: T.func.jvp(lambda b: T.func.grad(lambda c: (a * b * c) ** 2)(b), (a,), (a * 2,))[1]
    )(s),
    "vmap grad": lambda T, w, m, **_: T.func.vmap(T.func.grad(lambda p, r: mlp(T, p, r)), in_dims=(None, 0))(
        params(T, w), m
    ),
    "vmap jvp": lambda T, m, w, **_: T.func.vmap(lambda r: T.func.jvp(lambda a: a.exp() @ w, (r,), (r * 2,)))(m),
    "vmap jacrev": lambda T, m, w, **_: T.func.vmap(T.func.jacrev(lambda a: a.exp() @ w))(m),
    "vmap hessian": lambda T, m, w, **_: T.func.vmap(T.func.hessian(lambda a: (a.exp() @ w).prod()))(m),
    "grad vmap": lambda T, m, w, **_: T.func.grad(lambda p: T.func.vmap(lambda r: (r @ p).sin())(m).sum())(w),
    "jvp vmap": lambda T, m, w, **_: T.func.jvp(lambda p: T.func.vmap(lambda r: (r @ p).sin())(m), (w,), (w * 2,)),
    "jacfwd vmap grad": lambda T, m, w, **_: T.func.jacfwd(
        lambda p: T.func.vmap(T.func.grad(lambda r: (r @ p).sin().sum()))(m)
    )(w),
    "vmap vmap grad": lambda T, v, w, **_: T.func.vmap(T.func.vmap(T.func.grad(lambda r: (r @ w).prod())))(v),
    "indices": lambda T, m, i, **_: T.func.hessian(lambda a: (a[i] * a.gather(1, i[:, None])).prod(0).sum())(m),
    "no_grad outside": lambda T, x, t, **_: T.no_grad()(
        lambda: [T.func.grad(cube)(x), T.func.jvp(cube, (x,), (t,)), T.func.hessian(cube)(x)]
    )(),
    "inference mode outside": lambda T, x, t, **_: T.inference_mode()(
        lambda: [T.func.grad(cube)(x), T.func.jvp(cube, (x,), (t,))]
    )(),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_transforms_agree(name):
    same(*both(CASES[name]))


TRACKED = {
    "grad": lambda T, w, x: T.func.grad(lambda a: (a * a * w).sum())(x),
    "grad of leaf": lambda T, w, x: T.func.grad(lambda a: (a * a * a).sum())(w),
    "vjp": lambda T, w, x: [*T.func.vjp(lambda a: a * w, x)[1](x), T.func.vjp(lambda a: a * w, x)[0]],
    "jvp": lambda T, w, x: T.func.jvp(lambda a: a * w.exp(), (x,), (x,)),
    "jvp tangent": lambda T, w, x: T.func.jvp(lambda a: a.exp(), (x,), (w,))[1],
    "hessian": lambda T, w, x: T.func.hessian(lambda a: (a * a * w).prod())(x),
    "jacfwd": lambda T, w, x: T.func.jacfwd(lambda a: a.exp() * w)(x),
    "aux": lambda T, w, x: T.func.grad(lambda a: ((a * w).sum(), a.exp() * w), has_aux=True)(x),
    "vmap": lambda T, w, x: T.func.vmap(lambda r: T.func.grad(lambda a: (a * r * w).sum() ** 2)(r))(w),
}


@pytest.mark.parametrize("name", TRACKED)
def test_results_can_be_differentiated_by_what_lies_outside(name):
    found = []
    for T in (torch, minitorch):
        w, x = tensor(T, INPUTS["y"]), tensor(T, INPUTS["x"], requires_grad=False)
        results = TRACKED[name](T, w, x)
        results = list(results) if isinstance(results, (tuple, list)) else [results]
        results = [r for r in results if r.requires_grad]
        assert results
        sum((r * r).sum() for r in results).backward()
        found.append([*results, w.grad])
        assert x.grad is None
    same(*found)


def test_results_that_depend_on_nothing_outside_have_no_graph():
    x = minitorch.tensor([1.0, 2.0])
    value, pull = minitorch.func.vjp(lambda a: a.exp(), x)
    results = [
        value, *pull(x), minitorch.func.grad(cube)(x), *minitorch.func.jvp(cube, (x,), (x,)),
        minitorch.func.hessian(cube)(x), minitorch.func.grad(lambda a: (cube(a), a), has_aux=True)(x)[1],
    ]  # fmt: skip
    assert not any(t.requires_grad for t in results)
    w = x.clone().requires_grad_()
    with minitorch.no_grad():
        assert not minitorch.func.grad(lambda a: (a * w).sum())(x).requires_grad


ERRORS = {
    "not a scalar": (lambda T, x, **_: T.func.grad(lambda a: a)(x), "Expected f(*args) to return a scalar Tensor"),
    "not a tensor": (lambda T, x, **_: T.func.grad(lambda a: 1.0)(x), "Expected f(*args) to return a Tensor"),
    "no pair": (lambda T, x, **_: T.func.grad(cube, has_aux=True)(x), "should be a tuple: (output, aux)"),
    "number": (lambda T, **_: T.func.grad(lambda a: a)(3.0), "Thing passed to transform API must be Tensor"),
    "integers": (lambda T, i, **_: T.func.grad(lambda a: a.sum())(i), "only Tensors of floating point dtype"),
    "out of range": (lambda T, x, **_: T.func.grad(cube, argnums=1)(x), "Got argnum=1, but only 1 positional inputs"),
    "repeated": (lambda T, x, **_: T.func.grad(cube, argnums=(0, 0))(x), "argnums elements must be unique"),
    "none": (lambda T, x, **_: T.func.grad(cube, argnums=())(x), "argnums must be non-empty"),
    "a name": (lambda T, x, **_: T.func.grad(cube, argnums="x")(x), "argnums must be int or Tuple[int, ...]"),
    "in place": (lambda T, x, **_: T.func.grad(lambda a: a.mul_(2).sum())(x), "is being used in an in-place operation"),
    "complex": (lambda T, z, **_: T.func.grad(lambda a: a.sum())(z), "only for real scalar outputs"),
    "cotangents": (lambda T, x, **_: T.func.vjp(lambda a: (a, a), x)[1]((x,)), "Expected pytree structure"),
    "cotangent": (lambda T, x, **_: T.func.vjp(lambda a: a, x)[1](x[:2]), "Mismatch in shape"),
    "vjp number": (lambda T, x, **_: T.func.vjp(lambda a: 1.0, x), "to return only tensors"),
    "vjp integers": (lambda T, x, **_: T.func.vjp(lambda a: a.argmax(), x), "All outputs of f must be floating-point"),
    "primals": (lambda T, x, t, **_: T.func.jvp(lambda a: a, x, t), "Expected primals to be a tuple"),
    "structures": (lambda T, x, t, **_: T.func.jvp(lambda a: a, (x,), (t, t)), "to have the same python structure"),
    "shapes": (lambda T, x, t, **_: T.func.jvp(lambda a: a, (x,), (t[:2],)), "Trying to set a forward gradient"),
    "no primals": (lambda T, x, **_: T.func.jvp(lambda: x, (), ()), "Expected primals to contain at least one Tensor"),
    "jvp number": (lambda T, x, t, **_: T.func.jvp(lambda a: 1.0, (x,), (t,)), "to return only tensors"),
    "jvp integers": (lambda T, i, **_: T.func.jvp(lambda a: a, (i,), (i,)), "Expected primal to be floating point"),
    "strict": (
        lambda T, x, t, **_: T.func.jvp(lambda a: T.ones(2), (x,), (t,), strict=True), "independent of the inputs",
    ),
    "linearize": (lambda T, x, t, **_: T.func.linearize(lambda a: a * 2, x)[1](t[:2]), "doesn't match the shape"),
    "chunks": (lambda T, x, **_: T.func.jacrev(cube, chunk_size=0)(x), "`chunk_size` should be greater than 0"),
    "jacrev complex": (lambda T, z, **_: T.func.jacrev(lambda a: a)(z), "to be real but received complex"),
    "jacfwd complex": (lambda T, z, **_: T.func.jacfwd(lambda a: a)(z), "to be real but received complex"),
    "randomness": (lambda T, x, **_: T.func.jacfwd(cube, randomness="no")(x), "Only allowed values for randomness"),
}  # fmt: skip


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", ERRORS)
def test_errors_agree(name):
    f, match = ERRORS[name]
    theirs, ours = both(f)
    assert match in str(theirs), str(theirs)
    assert match in str(ours), str(ours)


# --- Modules ----------------------------------------------------------------------------------------------------------


def tied(T):
    class Tied(T.nn.Module):
        def __init__(self):
            super().__init__()
            self.a = T.nn.Linear(3, 3)
            self.b = T.nn.Linear(3, 3)
            self.b.weight = self.a.weight
            self.register_buffer("count", T.zeros(1))

        def forward(self, x, scale=1.0):
            self.count.add_(1)
            return self.b(self.a(x)).sum() * scale * self.count

    T.manual_seed(0)
    return Tied().double()


CALLS = {
    "one name": lambda T, F, m, x: F(m, {"a.weight": T.eye(3, dtype=x.dtype)}, x),
    "args and kwargs": lambda T, F, m, x: F(m, {}, (x,), {"scale": 3.0}),
    "two dicts": lambda T, F, m, x: F(m, ({"a.bias": x}, {"count": T.ones(1)}), (x,)),
    "not tied": lambda T, F, m, x: F(m, {"a.weight": T.eye(3, dtype=x.dtype)}, x, tie_weights=False),
    "twice": lambda T, F, m, x: F(m, ({"a.bias": x}, {"a.bias": x}), (x,)),
    "two values": lambda T, F, m, x: F(m, {"a.weight": T.eye(3), "b.weight": T.ones(3, 3)}, x),
    "no dicts": lambda T, F, m, x: F(m, 3, x),
    "strict": lambda T, F, m, x: F(m, {"a.bias": x}, x, strict=True),
    "strict, unknown": lambda T, F, m, x: F(m, {**dict(m.named_parameters()), "c": x}, x, strict=True),
    "strict, all": lambda T, F, m, x: F(m, (dict(m.named_parameters()), dict(m.named_buffers())), x, strict=True),
    "no tensor": lambda T, F, m, x: F(m, {"a.bias": 3.0}, x),
    "gradient": lambda T, F, m, x: T.func.grad(lambda p: F(m, p, x))(dict(m.named_parameters())),
    "buffer": lambda T, F, m, x: [c := {"count": T.ones(1)}, F(m, c, x), m.count],
}


@pytest.mark.parametrize("name", CALLS)
def test_functional_call(name):
    found = []
    for T in (torch, minitorch):
        module, x = tied(T), tensor(T, INPUTS["x"], requires_grad=False)
        before = list(module.named_parameters()), list(module.named_buffers())
        found.append(attempt(CALLS[name], T, T.func.functional_call, module, x))
        after = list(module.named_parameters()), list(module.named_buffers())
        assert [[(k, id(t)) for k, t in part] for part in before] == [[(k, id(t)) for k, t in part] for part in after]
    if any(isinstance(r, Exception) for r in found):
        assert_raises_alike(*found)
    else:
        same(*found)


def test_an_ensemble_of_stacked_modules():
    found = []
    for T in (torch, minitorch):
        T.manual_seed(0)
        models = [T.nn.Sequential(T.nn.Linear(3, 4), T.nn.Tanh(), T.nn.Linear(4, 2)) for _ in range(3)]
        parameters, buffers = T.func.stack_module_state(models)
        assert all(p.requires_grad and p.is_leaf for p in parameters.values())
        x = T.from_numpy(INPUTS["m"].astype(np.float32))

        def call(p, b, x, model=models[0], T=T):
            return T.func.functional_call(model, (p, b), (x,))

        out = T.func.vmap(call, in_dims=(0, 0, None))(parameters, buffers, x)
        out.pow(2).sum().backward()
        found.append([out, *[p.grad for p in parameters.values()]])
        with pytest.raises(RuntimeError, match="Expected all models to be of the same class"):
            T.func.stack_module_state([models[0], models[0][0]])
        with pytest.raises(RuntimeError, match="Expected at least one model"):
            T.func.stack_module_state([])
        models[0].eval()
        with pytest.raises(RuntimeError, match="same training/eval mode"):
            T.func.stack_module_state(models)
    same(*found)
