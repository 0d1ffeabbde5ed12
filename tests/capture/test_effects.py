"""What a step does besides computing: no replay may leave it out."""

import collections
import contextlib
import datetime
import io
import itertools
import logging
import os
import random
import tempfile
import time
import types
import uuid
from pathlib import Path

import numpy as np
import pytest

import minitorch as torch
from minitorch import nn
from tests.capture.scenarios import randn, side_by_side

COUNT = 0


@pytest.mark.parametrize(
    "look",
    [
        lambda: time.time() > 0,
        lambda: time.perf_counter() > 0,
        lambda: len(os.urandom(2)),
        lambda: datetime.datetime.now().year > 3,
        lambda: time.sleep(0) is None,
        lambda: len(str(uuid.uuid4())),
        lambda: os.system("true") == 0,
    ],
    ids=["time", "perf_counter", "urandom", "now", "sleep", "uuid", "system"],
)
def test_the_world_outside(look):
    """The clock, chance and the operating system are asked each time."""

    def scenario(compiled, log):
        f = compiled(lambda x: x * look())
        for i in range(6):
            log(f(randn(3, seed=i)))

    side_by_side(replayed=False)(scenario)()


@side_by_side(replayed=False)
def test_counter(compiled, log):
    n = 0

    def f(x):
        nonlocal n
        n += 1
        return x * 2

    f = compiled(f)
    for i in range(8):
        log(f(randn(3, seed=i)), n)


@side_by_side(replayed=False)
def test_gcounter(compiled, log):
    global COUNT
    COUNT = 0

    def f(x):
        global COUNT
        COUNT += 1
        return x * 2

    f = compiled(f)
    for i in range(8):
        log(f(randn(3, seed=i)), COUNT)


@side_by_side(replayed=False)
def test_counter_after(compiled, log):
    d = {"n": 0}

    def f(x):
        y = x * 2
        if y.sum() > 0:
            d["n"] += 1
        return y

    f = compiled(f)
    for i in range(20):
        log(f(randn(3, seed=i)), d["n"])


@side_by_side(replayed=False)
def test_append_list(compiled, log):
    l = []

    def f(x):
        y = x * 2
        l.append(y.shape)
        return y

    f = compiled(f)
    for i in range(8):
        log(f(randn(3, seed=i)), l)


@side_by_side(replayed=False)
def test_append_tensor(compiled, log):
    l = []

    def f(x):
        y = x * 2
        l.append(y.sum())
        return y

    f = compiled(f)
    for i in range(8):
        log(f(randn(3, seed=i)), l)


@side_by_side(replayed=False)
def test_deep_append(compiled, log):
    o = types.SimpleNamespace(
        a=types.SimpleNamespace(b=types.SimpleNamespace(c=types.SimpleNamespace(d=types.SimpleNamespace(l=[], n=0))))
    )

    def f(x):
        q = o.a.b.c.d
        q.l.append(1)
        q.n += 1
        return x * 2

    f = compiled(f)
    for i in range(8):
        log(f(randn(3, seed=i)), o.a.b.c.d.l, o.a.b.c.d.n)


@side_by_side(replayed=False)
def test_dict_store(compiled, log):
    d = {}

    def f(x):
        d["last"] = x * 2
        return d["last"]

    f = compiled(f)
    for i in range(8):
        log(f(randn(3, seed=i)), d)


@side_by_side(replayed=False)
def test_deque_append(compiled, log):
    d = collections.deque(maxlen=3)

    def f(x):
        d.append(x.shape[0])
        return x * len(d)

    f = compiled(f)
    for i in range(8):
        log(f(randn(3, seed=i)), d)


@side_by_side(replayed=False)
def test_counter_obj(compiled, log):
    d = collections.Counter()
    dd = collections.defaultdict(list)

    def f(x):
        d["n"] += 1
        dd["a"].append(1)
        return x * 2

    f = compiled(f)
    for i in range(8):
        log(f(randn(3, seed=i)), d, dict(dd))


@side_by_side(replayed=False)
def test_toggle(compiled, log):

    class M(nn.Module):
        def __init__(self):
            super().__init__()
            self.flag = False

        def forward(self, x):
            self.flag = not self.flag
            return x * 2 if self.flag else x * 3

    f = compiled(M())
    for i in range(10):
        log(f(randn(3, seed=i)))


@side_by_side(replayed=False)
def test_selfcount(compiled, log):

    class M(nn.Module):
        def __init__(self):
            super().__init__()
            self.n = 0

        def forward(self, x):
            self.n += 1
            return x * 2

    m = M()
    f = compiled(m)
    for i in range(10):
        log(f(randn(3, seed=i)), m.n)


@side_by_side()
def test_lazycache(compiled, log):

    class M(nn.Module):
        def __init__(self):
            super().__init__()
            self.cache = {}

        def forward(self, x):
            n = x.shape[1]
            if n not in self.cache:
                self.cache[n] = torch.triu(torch.ones(n, n))
            return x @ self.cache[n]

    m = M()
    f = compiled(m)
    for i in range(10):
        log(f(randn(3, 3, seed=i)))
    for i in range(10):
        log(f(randn(4, 4, seed=i)))


@side_by_side()
def test_lazymodule(compiled, log):

    class M(nn.Module):
        def __init__(self):
            super().__init__()
            self.l = None

        def forward(self, x):
            if self.l is None:
                self.l = nn.Linear(x.shape[1], 2)
            if not hasattr(self, "buf"):
                self.register_buffer("buf", torch.zeros(2))
            self.buf.add_(1)
            return self.l(x) + self.buf

    m = M()
    f = compiled(m)
    for i in range(10):
        log(f(randn(3, 3, seed=i)), m.buf)


@side_by_side()
def test_lazylinear(compiled, log):
    m = nn.Sequential(nn.LazyLinear(4), nn.ReLU())
    f = compiled(m)
    for i in range(10):
        log(f(randn(3, 3, seed=i)))


@side_by_side()
def test_code_from_a_string(compiled, log):
    names = {"K": 1}
    exec("def h(x): return x*K", names)
    f = compiled(names["h"])
    for i in range(9):
        if i == 4:
            names["K"] = 5
        log(f(randn(3, seed=i)))


@side_by_side(replayed=False)
def test_prints(compiled, log):

    def f(x):
        print("hello", x.shape)
        return x * 2

    f = compiled(f)
    for i in range(8):
        b = io.StringIO()
        with contextlib.redirect_stdout(b):
            r = f(randn(3, seed=i))
        log(r, b.getvalue())


@side_by_side(replayed=False)
def test_logs(compiled, log):
    lg = logging.getLogger("zz")
    lg.setLevel(20)
    b = io.StringIO()
    h = logging.StreamHandler(b)
    lg.addHandler(h)
    lg.propagate = False

    def f(x):
        lg.info("hi %s", x.shape)
        return x * 2

    f = compiled(f)
    for i in range(8):
        log(f(randn(3, seed=i)), b.getvalue())
    lg.removeHandler(h)


@side_by_side(replayed=False)
def test_log_level(compiled, log):
    lg = logging.getLogger("zz2")
    lg.setLevel(30)
    b = io.StringIO()
    h = logging.StreamHandler(b)
    lg.addHandler(h)
    lg.propagate = False

    def f(x):
        lg.info("hi %s", x.shape)
        return x * 2

    f = compiled(f)
    for i in range(12):
        if i == 6:
            lg.setLevel(20)
        log(f(randn(3, seed=i)), b.getvalue())


@side_by_side(replayed=False)
def test_files(compiled, log):
    p = tempfile.mkstemp()[1]

    def f(x):
        with open(p, "a") as h:
            h.write("x")
        return x * 2

    f = compiled(f)
    for i in range(8):
        log(f(randn(3, seed=i)), Path(p).read_text())


@side_by_side(replayed=False)
def test_file_held(compiled, log):
    h = io.StringIO()

    def f(x):
        h.write("x")
        return x * 2

    f = compiled(f)
    for i in range(8):
        log(f(randn(3, seed=i)), h.getvalue())


@side_by_side(replayed=False)
def test_rnd(compiled, log):
    random.seed(0)

    def f(x):
        return x * random.random()

    f = compiled(f)
    for i in range(8):
        log(f(randn(3, seed=i)))


@side_by_side(replayed=False)
def test_rnd_unused(compiled, log):
    random.seed(0)

    def f(x):
        return x * (3 if random.random() < 2 else 4)

    f = compiled(f)
    for i in range(8):
        log(f(randn(3, seed=i)), random.random())


@side_by_side(replayed=False)
def test_rnd_choice(compiled, log):
    random.seed(0)

    def f(x):
        return x * random.choice([1, 1, 1, 1, 1, 2])

    f = compiled(f)
    for i in range(30):
        log(f(randn(3, seed=i)))


@side_by_side(replayed=False)
def test_nprnd(compiled, log):
    g = np.random.default_rng(0)

    def f(x):
        return x * float(g.integers(0, 2) > -1)

    f = compiled(f)
    for i in range(8):
        log(f(randn(3, seed=i)), g.random())


@side_by_side(replayed=False)
def test_nprnd2(compiled, log):
    np.random.seed(0)

    def f(x):
        return x * torch.from_numpy(np.random.randn(3).astype("f"))

    f = compiled(f)
    for _i in range(8):
        log(f(torch.ones(3)))


@side_by_side(replayed=False)
def test_next_iter(compiled, log):
    it = itertools.cycle([1, 2, 3])

    def f(x):
        return x * next(it)

    f = compiled(f)
    for i in range(8):
        log(f(randn(3, seed=i)))


@side_by_side(replayed=False)
def test_next_iter_same(compiled, log):
    it = iter([1] * 100)
    self = types.SimpleNamespace(it=itertools.count())

    def f(x):
        next(self.it)
        return x * next(it)

    f = compiled(f)
    for i in range(8):
        log(f(randn(3, seed=i)))
    log(len(list(it)), next(self.it))


@side_by_side(replayed=False)
def test_next_loader(compiled, log):
    dl = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(torch.arange(60).float().view(20, 3)), batch_size=2)
    it = iter(dl)

    def f():
        (x,) = next(it)
        return x * 2

    f = compiled(f)
    for _i in range(10):
        log(f())
    try:
        log(f())
    except StopIteration:
        log("stop")


@side_by_side(replayed=False)
def test_next_loader_same(compiled, log):
    dl = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(torch.ones(20, 3)), batch_size=2)
    it = iter(dl)

    def f():
        (x,) = next(it)
        return x * 2

    f = compiled(f)
    for _i in range(10):
        log(f())
    try:
        log(f())
    except StopIteration:
        log("stop")


@side_by_side()
def test_next_params(compiled, log):
    m = nn.Linear(3, 3)

    def f(x):
        return m(x.to(next(m.parameters()).dtype))

    f = compiled(f)
    for i in range(8):
        log(f(randn(2, 3, seed=i)))


def test_fullgraph_raises_instead_of_running_eagerly():
    count = []
    f = torch.compile(lambda x: x * len(count.append(1) or count), fullgraph=True)
    with pytest.raises(RuntimeError, match=r"fullgraph=True.*the number of items of a list"):
        list(map(f, [randn(3)] * 8))


def test_the_reason_says_what_to_do_and_comes_as_a_warning():
    f = torch.compile(lambda x: x * x.sum().item())
    with pytest.warns(UserWarning, match="runs as it is, without replays: it takes a tensor's values to Python"):
        found = [f(torch.ones(2)).tolist() for _ in range(6)]
    assert found == [[2.0, 2.0]] * 6
    assert "return the tensor and read it outside" in f.reason
