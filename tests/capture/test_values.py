"""Values of tensors that go to Python, and Python values and NumPy arrays that become tensors."""

import types

import numpy as np
import pytest

import minitorch as torch
from tests.capture.scenarios import randn, side_by_side

TAKEN = {
    "item": lambda x: x.sum().item(),
    "float": lambda x: float(x.sum()),
    "int": lambda x: int(x[0]),
    "complex": lambda x: complex(x[0]).real,
    "tolist": lambda x: x.tolist()[0],
    "numpy": lambda x: float(x.numpy()[0]),
    "asarray": lambda x: np.asarray(x)[0],
    "np.sum": lambda x: np.sum(x.detach().numpy()),
    "f-string": lambda x: len(f"{x}"),
    "format": lambda x: len(f"{x.sum():.2f}"),
    "percent": lambda x: len("%f" % x.sum()),  # noqa: UP031
    "repr": lambda x: len(repr(x)),
    "str": lambda x: len(str(x.sum())),
    "index": lambda x: [1, 2, 3][(x[0] > 0).long()],
    "range": lambda x: len(range((x > 0).sum())),
    "round": lambda x: round(x.sum().item()),
    "nonzero": lambda x: len((x > 0).nonzero()),
    "unique": lambda x: len((x > 0).unique()),
}
DECIDED = {
    "array": lambda x: x.array[0],
    "all": lambda x: bool((x == x).all()),
    "equal": lambda x: torch.equal(x, x * 1),
    "allclose": lambda x: torch.allclose(x, x + 1),
    "in": lambda x: 1.0 in x,
    "max": lambda x: max(x),
    "sorted": lambda x: sorted(x)[0],
    "sum": lambda x: sum(v for v in x),
    "hash": lambda x: hash(x) and 1,
    "len": lambda x: len(x),
    "any": lambda x: (x.sum().isnan().any() and 2) or 3,
}


@pytest.mark.parametrize(
    ("take", "replayed"),
    [*[(f, False) for f in TAKEN.values()], *[(f, True) for f in DECIDED.values()]],
    ids=[*TAKEN, *DECIDED],
)
def test_values_taken_from_tensors(take, replayed):
    """What only decides is looked at by each replay; what goes to Python makes the function run as it is."""

    def scenario(compiled, log):
        f = compiled(lambda x: x * take(x))
        for i in range(12):
            log(f(randn(3, seed=i)))

    side_by_side(replayed)(scenario)()


@side_by_side(replayed=False)
def test_a_function_that_takes_too_many_scalars(compiled, log):
    f = compiled(lambda x, k: x * k)
    for k in range(24):
        for i in range(3):
            log(f(randn(3, seed=i), k))


@side_by_side()
def test_scalars(compiled, log):
    f = compiled(lambda x, a, b=1.0, *, k=None, s="a": (x * a + b) * (2 if k is None else k) + (1 if s == "a" else 0))
    for i in range(3):
        x = randn(3, seed=i)
        for args in ((1,), (1.0,), (True,), (2, 3.0), (float("nan"),), (0.0,), (-0.0,)):
            log(f(x, *args))
        log(f(x, 1, k=3), f(x, 1, k=3, s="b"), f(x, a=1))


@side_by_side(replayed=False)
def test_size_from_tensor(compiled, log):

    def f(x, n):
        return x[:n] * 2

    f = compiled(f)
    for i in range(8):
        log(f(randn(9, seed=i), torch.tensor(i)))


@side_by_side()
def test_size_from_tensor2(compiled, log):
    lens = [3, 2]

    def f(x):
        t = torch.tensor(lens)
        m = torch.arange(4)[None] < t[:, None]
        return x * m

    f = compiled(f)
    for i in range(16):
        if i % 4 == 3:
            lens[1] = i % 3
        log(f(randn(2, 4, seed=i)))


@side_by_side()
def test_tensor_of_arg_list(compiled, log):

    def f(x, l):
        return x * torch.tensor(l)

    f = compiled(f)
    for i in range(8):
        log(f(randn(3, seed=i), [1.0, 2.0, i // 3]))


@side_by_side()
def test_from_numpy_edit(compiled, log):
    a = np.ones(3, "f")
    h = types.SimpleNamespace(a=np.ones(3, "f"))
    f = compiled(lambda x: x * torch.from_numpy(a))
    g = compiled(lambda x: x * torch.tensor(h.a))
    q = compiled(lambda x: x * float(a.sum()))
    z = compiled(lambda x: x * float(h.a[0]))
    for i in range(20):
        if i == 4:
            a[0] = 3
        if i == 10:
            h.a = np.full(3, 2, "f")
        if i == 14:
            a[1] += 1
        x = randn(3, seed=i)
        log(f(x), g(x), q(x), z(x))


@side_by_side(replayed=False)
def test_from_numpy_edit_always(compiled, log):
    a = np.ones(3, "f")
    f = compiled(lambda x: x * torch.from_numpy(a))
    for i in range(20):
        a[0] += 1
        log(f(randn(3, seed=i)))


@side_by_side()
def test_numpy_const(compiled, log):

    def f(x):
        return x * torch.tensor(np.linspace(0, 1, 3, dtype="f")) + torch.arange(3) + torch.tensor([1, 2, 3])

    f = compiled(f)
    for i in range(8):
        r = f(randn(3, seed=i))
        log(r)
