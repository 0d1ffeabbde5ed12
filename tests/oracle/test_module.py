"""``Module`` and its containers against PyTorch: registration, traversal, state, text, hooks and errors.

Each case is a function of the library that returns something comparable; an error counts as its type and text.
"""

import copy
import pickle
import warnings
from collections import OrderedDict

import pytest

import minitorch
import minitorch.nn

torch = pytest.importorskip("torch", reason="PyTorch is the oracle: pip install minitorch[oracle]")

CASES = []


def case(function):
    CASES.append(function)
    return function


def plain(value):
    """Tensors as lists, so that both libraries' results compare."""
    if isinstance(value, (minitorch.Tensor, torch.Tensor)):
        return [type(value).__name__, str(value.dtype), value.requires_grad, value.detach().numpy().round(4).tolist()]
    if isinstance(value, dict):
        return [(k, plain(v)) for k, v in value.items()]
    if isinstance(value, (list, tuple, map, filter)) or hasattr(value, "__next__"):
        return [plain(v) for v in value]
    if isinstance(value, (minitorch.nn.Module, torch.nn.Module)):
        return repr(value)
    return value


def caught(function):
    try:
        return function()
    except Exception as error:
        return type(error).__name__, str(error)


def make_net(T, bias=True):
    nn = T.nn

    class Block(nn.Module):
        def __init__(self):
            super().__init__()
            self.lin = nn.Linear(2, 2, bias=bias)
            self.register_buffer("count", T.zeros(1))
            self.register_buffer("hidden", T.ones(2), persistent=False)
            self.register_buffer("empty", None)

        def forward(self, x, scale=1.0):
            return self.lin(x) * scale

        def extra_repr(self):
            return "a block"

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.a = Block()
            self.seq = nn.Sequential(OrderedDict(first=nn.Linear(2, 2), act=nn.ReLU()))
            self.tied = self.seq.first
            self.scale = nn.Parameter(T.ones(1))
            self.none = None
            self.maybe = nn.Linear(1, 1)
            self.maybe = None
            self.register_parameter("off", None)

        def forward(self, x):
            return self.tied(self.seq(self.a(x))) * self.scale

    T.manual_seed(0)
    return Net()


@case
def text(T):
    return repr(make_net(T))


@case
def state(T):
    net = make_net(T)
    return [net.state_dict(), net.state_dict(prefix="p."), dict(net.state_dict()._metadata)]


@case
def state_keeps_vars(T):
    net = make_net(T)
    return [net.state_dict(keep_vars=True)["scale"] is net.scale, net.state_dict()["scale"].requires_grad]


@case
def traversal(T):
    net = make_net(T)
    names = lambda pairs: [name for name, _ in pairs]
    return [
        names(net.named_parameters()),
        names(net.named_parameters(recurse=False)),
        names(net.named_parameters(prefix="p", remove_duplicate=False)),
        names(net.named_buffers()),
        names(net.named_buffers("q", recurse=False)),
        names(net.named_children()),
        names(net.named_modules()),
        names(net.named_modules(prefix="r", remove_duplicate=False)),
        len(list(net.parameters())),
        len(list(net.buffers())),
        len(list(net.children())),
        len(list(net.modules())),
    ]


@case
def attributes(T):
    net = make_net(T)
    found = [name for name in dir(net) if name in ("a", "scale", "off", "maybe", "none", "forward", "training")]
    del net.scale
    del net.a
    net.seq = None
    return [found, caught(lambda: net.scale), caught(lambda: net.a), net.seq, list(net._modules)]


@case
def reassignment_changes_the_kind(T):
    m = T.nn.Module()
    m.x = 3
    m.x = T.nn.Parameter(T.ones(1))
    kinds = [list(m._parameters), "x" in m.__dict__]
    m.x = None
    kinds += [list(m._parameters), m.x]
    m.y = T.nn.Buffer(T.ones(1), persistent=False)
    kinds += [list(m._buffers), list(m.state_dict())]
    m.y = T.zeros(2)
    kinds += [list(m.state_dict()), m.y]
    m.y = T.nn.Linear(1, 1)
    return [*kinds, list(m._modules), list(m._buffers), m._non_persistent_buffers_set]


def errors_of(*texts):
    def run(T):
        names = {"T": T, "nn": T.nn, "net": make_net(T), "copy": copy, "OrderedDict": OrderedDict}
        return [caught(lambda text=text: eval(text, dict(names))) for text in texts]

    return run


REGISTRATION_ERRORS = errors_of(
    "net.missing",
    "setattr(net, 'scale', 3)",
    "setattr(net, 'scale', T.ones(1))",
    "setattr(net, 'a', 3)",
    "setattr(net.a, 'count', 'x')",
    "net.register_parameter('a.b', None)",
    "net.register_parameter('', None)",
    "net.register_parameter(3, None)",
    "net.register_parameter('a', None)",
    "net.register_parameter('p', T.ones(1))",
    "net.register_parameter('p', 3)",
    "net.register_buffer('a.b', None)",
    "net.register_buffer('', None)",
    "net.register_buffer(3, None)",
    "net.register_buffer('forward', None)",
    "net.register_buffer('b', 3)",
    "net.add_module('a.b', None)",
    "net.add_module('', None)",
    "net.add_module('scale', None)",
    "net.add_module('m', 3)",
    "net.add_module(3, None)",
    "net.register_module('a.b', None)",
    "net.get_submodule('a.lin')",
    "net.get_submodule('')is net",
    "net.get_submodule('a.x')",
    "net.get_submodule('scale')",
    "net.get_parameter('a.lin.weight').shape[0]",
    "net.get_parameter('a.count')",
    "net.get_parameter('a.x')",
    "net.get_buffer('a.count')",
    "net.get_buffer('a.lin.weight')",
    "net.get_buffer('a.x')",
    "net.set_submodule('a.lin', nn.ReLU()) or net.a.lin",
    "net.set_submodule('', nn.ReLU())",
    "net.set_submodule('new', nn.ReLU(), strict=True)",
    "net.set_submodule('scale', nn.ReLU())",
    "net.train(3)",
    "net.train('x')" if False else "net.eval().training",
    "nn.Module(3)",
    "nn.Module(x=3)",
    "nn.Linear(1, 1).register_forward_hook(lambda *a: None) and None",
    "delattr(net, 'missing')",
    "nn.Parameter(T.ones(2), False)",
    "copy.deepcopy(nn.Parameter(T.ones(2)))",
    "nn.Buffer(T.ones(2)).requires_grad",
)


@case
def registration_errors(T):
    found = REGISTRATION_ERRORS(T)
    # Ours may go on after PyTorch's words: compare those.
    return [(f[0], " ".join(f[1].split()[:5])) if isinstance(f, tuple) else f for f in found]


@case
def before_init(T):
    nn = T.nn

    class A(nn.Module):
        def __init__(self, value):
            self.x = value

    class B(nn.Module):
        def __init__(self):
            self.register_buffer("b", None)

    plain_value = A(3)
    return [
        caught(lambda: A(nn.Parameter(T.ones(1)))),
        caught(lambda: A(nn.ReLU())),
        caught(B),
        plain_value.x,
        caught(lambda: plain_value.state_dict()),
        caught(lambda: list(plain_value.parameters())),
    ]


@case
def missing_forward(T):
    kind, words = caught(lambda: T.nn.Module()(1))
    return kind, words[:49]


def loading(change, **options):
    def run(T):
        net = make_net(T)
        with T.no_grad():
            state = OrderedDict((k, v + 1) for k, v in net.state_dict().items())
        change(T, state)
        result = caught(lambda: net.load_state_dict(state, **options))
        return [result if isinstance(result, tuple) and isinstance(result[0], str) else repr(result), net.state_dict()]

    return run


def drop(*keys):
    return lambda T, state: [state.pop(key) for key in keys]


def put(**entries):
    return lambda T, state: state.update({k.replace("__", "."): f(T) for k, f in entries.items()})


LOADS = {
    "all": loading(drop()),
    "missing": loading(drop("scale", "a.lin.bias")),
    "unexpected": loading(put(more=lambda T: T.ones(1), a__more=lambda T: T.ones(1), b__c=lambda T: T.ones(1))),
    "shape": loading(put(scale=lambda T: T.ones(2), a__lin__weight=lambda T: T.ones(3, 3))),
    "not a tensor": loading(put(scale=lambda T: [1.0])),
    "everything": loading(lambda T, s: (s.pop("scale"), s.update(x=T.ones(1), **{"a.count": T.ones(4)}))),
    "not strict": loading(lambda T, s: (s.pop("scale"), s.update(x=T.ones(1))), strict=False),
    "not strict but shape": loading(put(scale=lambda T: T.ones(2)), strict=False),
    "assign": loading(put(scale=lambda T: T.ones(1, dtype=T.float64)), assign=True),
    "other dtype": loading(put(scale=lambda T: T.ones(1, dtype=T.float64))),
    "not a dict": lambda T: caught(lambda: make_net(T).load_state_dict([1])),
}


@pytest.mark.parametrize("name", LOADS)
def test_load_state_dict(name):
    assert plain(LOADS[name](minitorch)) == plain(LOADS[name](torch))


@case
def loading_a_scalar_from_a_vector(T):
    m = T.nn.Module()
    m.x = T.nn.Parameter(T.tensor(1.0))
    m.load_state_dict({"x": T.tensor([5.0])})
    return m.x


@case
def load_hooks(T):
    log = []
    net = make_net(T)
    net.a.register_load_state_dict_pre_hook(lambda m, state, prefix, *rest: log.append((type(m).__name__, prefix)))
    net.register_load_state_dict_post_hook(lambda m, keys: log.append(list(keys.missing_keys)) or keys[0].clear())
    state = net.state_dict()
    del state["scale"]
    result = net.load_state_dict(state)
    net.register_load_state_dict_post_hook(lambda m, keys: 3)
    return [log, repr(result), caught(lambda: net.load_state_dict(net.state_dict()))[0]]


@case
def state_dict_hooks(T):
    log = []
    net = make_net(T)
    net.register_state_dict_pre_hook(lambda m, prefix, keep: log.append((prefix, keep)))
    net.a.register_state_dict_post_hook(lambda m, state, prefix, meta: state.__delitem__(prefix + "lin.bias"))
    net._register_state_dict_hook(lambda m, state, prefix, meta: {**state, "extra": meta["version"]})
    found = list(net.state_dict())
    net.a.register_state_dict_post_hook(lambda *args: 3)
    return [log, found, caught(net.a.state_dict)]


@case
def extra_state(T):
    class M(T.nn.Module):
        value = 1

        def get_extra_state(self):
            return {"value": self.value}

        def set_extra_state(self, state):
            self.value = state["value"]

    a, b = T.nn.Sequential(M()), T.nn.Sequential(M())
    a[0].value = 5
    b.load_state_dict(a.state_dict())
    return [
        a.state_dict(),
        b[0].value,
        caught(lambda: b.load_state_dict({})),
        caught(lambda: T.nn.Sequential(T.nn.ReLU()).load_state_dict(a.state_dict())),
    ]


@case
def older_batch_norm(T):
    m = T.nn.BatchNorm1d(2)
    state = OrderedDict(m.state_dict())
    del state["num_batches_tracked"]
    return [repr(m.load_state_dict(state)), m._version]


@case
def conversions(T):
    m = T.nn.BatchNorm1d(2)
    found = []
    for convert in ("double", "half", "float"):
        getattr(m, convert)()
        found.append([str(t.dtype) for t in m.state_dict().values()])
    weight = m.weight
    m.weight.grad = T.ones(2)
    m.to(T.float64)
    found.append([weight is m.weight, str(m.weight.dtype), str(m.weight.grad.dtype), m.weight.requires_grad])
    m.to(T.ones(1))
    m.to("cpu", T.float32)
    m.to(device="cpu", dtype=T.float64)
    m.type(T.float32)
    found.append(str(m.weight.dtype))
    return [*found, caught(lambda: m.to(T.int64)), m.cpu() is m, m.to(m.weight.device) is m]


@case
def training_mode(T):
    net = make_net(T)
    net.eval()
    seen = [m.training for m in net.modules()]
    net.a.train()
    return [seen, [m.training for m in net.modules()]]


@case
def gradients(T):
    net = make_net(T)
    net(T.ones(1, 2)).sum().backward()
    before = [p.grad is not None for p in net.parameters()]
    net.zero_grad(set_to_none=False)
    zeros = [p.grad for p in net.parameters()]
    net.zero_grad()
    net.requires_grad_(False)
    return [before, zeros, [p.grad for p in net.parameters()], [p.requires_grad for p in net.parameters()]]


@case
def apply(T):
    log = []
    net = make_net(T)
    return [net.apply(lambda m: log.append(type(m).__name__)) is net, log]


@case
def copies(T):
    net = make_net(T)
    net(T.ones(1, 2)).sum().backward()
    twin = copy.deepcopy(net)
    with T.no_grad():
        twin.scale += 1
    return [
        net.scale,
        twin.scale,
        twin.tied is twin.seq.first,
        [p.grad for p in twin.parameters()],
        type(twin.scale).__name__,
        list(twin.state_dict()),
    ]


@case
def pickles(T):
    net = T.nn.Sequential(T.nn.Linear(2, 2), T.nn.BatchNorm1d(2))
    back = pickle.loads(pickle.dumps(net))
    return [repr(back), [type(p).__name__ for p in back.parameters()], back(T.ones(3, 2)).shape == (3, 2)]


@case
def forward_hooks(T):
    log = []
    net = make_net(T).a
    x = T.ones(1, 2)
    handles = [
        net.register_forward_pre_hook(lambda m, args: log.append(("pre", len(args)))),
        net.register_forward_pre_hook(lambda m, args, kw: (args, {"scale": 3.0}), with_kwargs=True, prepend=True),
        net.register_forward_hook(lambda m, args, out: log.append(("post", len(args)))),
        net.register_forward_hook(lambda m, args, kw, out: log.append(kw) or out + 1, with_kwargs=True, prepend=True),
        net.register_forward_pre_hook(lambda m, args: args[0] * 2),
    ]
    first = net(x)
    for handle in handles:
        handle.remove()
    with net.register_forward_hook(lambda m, args, out: out * 0):
        second = net(x)
    return [log, first, second, net(x), len(net._forward_hooks)]


@case
def bad_pre_hook(T):
    net = make_net(T).a
    net.register_forward_pre_hook(lambda m, args, kw: 3, with_kwargs=True)
    return caught(lambda: net(T.ones(1, 2)))


@case
def always_called_hooks(T):
    log = []
    net = make_net(T).a
    net.register_forward_hook(lambda m, args, out: log.append(out), always_call=True)
    net.register_forward_hook(lambda m, args, out: log.append("not called"))
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        net.register_forward_hook(lambda m, args, out: 1 / 0, always_call=True)
        failed = caught(lambda: net("x"))[0]
    return [failed, log, [str(w.message) for w in seen]]


@case
def global_hooks(T):
    from_module = T.nn.modules.module
    log = []
    net = make_net(T).seq
    handles = [
        from_module.register_module_forward_pre_hook(lambda m, args: log.append(["pre", type(m).__name__])),
        from_module.register_module_forward_hook(lambda m, args, out: log.append(["post", type(m).__name__])),
        from_module.register_module_forward_hook(lambda m, a, kw, out: log.append(kw), with_kwargs=True),
        from_module.register_module_parameter_registration_hook(lambda m, name, p: log.append(["param", name])),
        from_module.register_module_buffer_registration_hook(lambda m, name, p: log.append(["buffer", name])),
        from_module.register_module_module_registration_hook(lambda m, name, p: log.append(["module", name])),
    ]
    net(T.ones(1, 2))
    net.p = T.nn.Parameter(T.ones(1))
    net.b = T.nn.Buffer(T.ones(1))
    net.m = T.nn.ReLU()
    for handle in handles:
        handle.remove()
    net(T.ones(1, 2))
    net.q = T.nn.Parameter(T.ones(1))
    return log


@case
def backward_hooks(T):
    log = []
    layer = T.nn.Bilinear(2, 3, 2)
    with T.no_grad():
        for p in layer.parameters():
            p.fill_(0.5)
    layer.register_full_backward_hook(lambda m, gi, go: log.append((gi, go)) or (gi[0] * 10, gi[1]))
    layer.register_full_backward_pre_hook(lambda m, go: log.append(go) or (go[0] * 2,))
    a, b = T.ones(1, 2, requires_grad=True), T.ones(1, 3)
    layer(a, b).sum().backward()
    return [log, a.grad, layer.weight.grad]


@case
def backward_hook_without_tracked_input(T):
    log = []
    layer = T.nn.Linear(2, 2)
    layer.register_full_backward_hook(lambda m, gi, go: log.append((gi, go)))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        layer(T.ones(1, 2)).sum().backward()
    return log


@case
def backward_hook_of_several_outputs(T):
    class Two(T.nn.Module):
        def forward(self, x, y=None):
            return x * 2, x * 3, 7

    log = []
    two = Two()
    handle = two.register_full_backward_hook(lambda m, gi, go: log.append((gi, go)))
    x = T.ones(2, requires_grad=True)
    _, b, c = two(x, 5)
    b.sum().backward()
    handle.remove()
    two(x)[0].sum().backward()
    return [log, x.grad, c]


@case
def backward_hook_with_create_graph(T):
    log = []
    layer = T.nn.Tanh()
    layer.register_full_backward_hook(lambda m, gi, go: log.append(gi[0].requires_grad))
    x = T.full((2,), 0.5, requires_grad=True)
    (g,) = T.autograd.grad(layer(x).sum(), x, create_graph=True)
    (h,) = T.autograd.grad(g.sum(), x)
    return [log, g, h]


@case
def backward_hook_of_wrong_length(T):
    layer = T.nn.Tanh()
    layer.register_full_backward_hook(lambda m, gi, go: (gi[0], gi[0]))
    x = T.ones(2, requires_grad=True)
    return caught(lambda: layer(x).sum().backward())


@case
def in_place_after_backward_hook(T):
    layer = T.nn.Tanh()
    layer.register_full_backward_hook(lambda m, gi, go: None)
    y = layer(T.ones(2, requires_grad=True))
    kind, words = caught(lambda: y.mul_(2))
    return kind, words[:78]


@case
def sequential(T):
    nn = T.nn
    seq = nn.Sequential(nn.Linear(2, 3), nn.ReLU(), nn.Linear(3, 1))
    out = [len(seq), seq[0], seq[-1], seq[1:], seq[::2], list(seq), 1 in seq]
    seq[1] = nn.Tanh()
    seq.append(nn.Sigmoid()).insert(1, nn.Identity()).extend([nn.Flatten()])
    out += [repr(seq), list(seq.state_dict())]
    out += [repr(seq.pop(0)), repr(seq.pop(-1)), repr(seq), list(seq._modules)]
    del seq[0]
    del seq[-1:]
    out += [repr(seq), repr(seq + seq), repr(seq * 2), repr(2 * seq)]
    seq += nn.Sequential(nn.ReLU())
    seq *= 2
    return [*out, repr(seq), caught(lambda: seq[9]), caught(lambda: seq["x"])[0]]


@case
def named_sequential(T):
    nn = T.nn
    seq = nn.Sequential(OrderedDict(a=nn.Linear(2, 3), b=nn.ReLU()))
    return [seq, seq[:1], seq.a, seq.append(nn.Tanh()), [n for n in dir(seq) if n.isdigit()], list(seq.state_dict())]


@case
def module_list(T):
    nn = T.nn
    layers = nn.ModuleList([nn.Linear(2, 2) for _ in range(3)])
    out = [layers, len(layers), layers[1:], layers[-1]]
    layers.append(nn.ReLU())
    layers.extend([nn.ReLU(), nn.Tanh()])
    layers.insert(0, nn.Identity())
    layers[1] = nn.ReLU()
    out.append(repr(layers))
    del layers[0]
    del layers[-2:]
    layers += [nn.Sequential(nn.ReLU())] * 2
    out += [repr(layers), repr(layers + nn.ModuleList([nn.Tanh()])), repr(layers.pop(0)), [repr(m) for m in layers]]
    return [*out, repr(nn.ModuleList()), caught(lambda: layers(1))[0]]


@case
def module_dict(T):
    nn = T.nn
    d = nn.ModuleDict({"b": nn.ReLU(), "a": nn.Linear(1, 1)})
    d["c"] = nn.Tanh()
    d.update([("a", nn.Sigmoid())])
    d.update(nn.ModuleDict({"z": nn.ELU()}))
    out = [d, len(d), list(d), list(d.keys()), [k for k, _ in d.items()], list(d.values()), "a" in d, "q" in d]
    out.append(repr(d.pop("b")))
    del d["c"]
    out.append(repr(d))
    d.clear()
    return [*out, len(d), repr(d)]


@case
def parameter_list(T):
    nn = T.nn
    items = nn.ParameterList([nn.Parameter(T.ones(2, 3)), T.zeros(2), "text"])
    items.append(T.ones(1))
    items += [nn.Parameter(T.ones(()))]
    items[1] = T.ones(4)
    return [repr(items), len(items), items[-1], items[1:3], [type(i).__name__ for i in items], list(items.state_dict())]


@case
def parameter_dict(T):
    nn = T.nn
    d = nn.ParameterDict({"b": T.ones(2), "a": nn.Parameter(T.zeros(1)), "t": 3})
    d["c"] = T.ones(())
    out = [repr(d), list(d), len(d), d["a"], "b" in d, d.get("q", 5), d.setdefault("b"), list(reversed(d))]
    out += [
        d.pop("t"),
        [k for k, _ in d.items()],
        d.popitem(),
        list(d.copy()),
        list(d | nn.ParameterDict({"z": T.ones(1)})),
    ]
    d |= nn.ParameterDict({"y": T.ones(1)})
    out += [list(d.fromkeys(["u", "v"])), list(d.keys()), [type(v).__name__ for v in d.values()], list(d.state_dict())]
    d.clear()
    return [*out, repr(d)]


@case
def clipping(T):
    utils = T.nn.utils
    a, b = T.nn.Parameter(T.zeros(2)), T.nn.Parameter(T.zeros(3, dtype=T.float64))
    unused = T.nn.Parameter(T.zeros(1))

    def reset():
        a.grad, b.grad = T.tensor([3.0, -4.0]), T.tensor([1.0, 0.0, 5.0], dtype=T.float64)

    out = []
    for norm_type in (2.0, 1, 3.0, float("inf")):
        reset()
        out += [float(utils.clip_grad_norm_([a, unused], 1.0, norm_type)), a.grad]
        out += [float(utils.get_total_norm([T.tensor([3.0, -4.0]), T.tensor([1.0])], norm_type))]
    reset()
    out += [float(utils.clip_grad_norm_([a, b], 1.0)), a.grad, b.grad]
    reset()
    out += [float(utils.clip_grad_norm_(a, 100.0)), a.grad]
    utils.clip_grad_value_([a, b, unused], 2.5)
    out += [a.grad, b.grad]
    utils.clip_grads_with_norm_(a, 1.0, T.tensor(4.0))
    out += [a.grad, utils.clip_grad_norm_([], 1.0), utils.clip_grad_norm_([unused], 1.0)]
    a.grad = T.tensor([float("inf"), 1.0])
    out.append(caught(lambda: utils.clip_grad_norm_(a, 1.0, error_if_nonfinite=True)))
    utils.clip_grad_norm_(a, 1.0)
    return [*out, str(a.grad)]


@case
def vectors(T):
    net = make_net(T)
    vector = T.nn.utils.parameters_to_vector(net.parameters())
    T.nn.utils.vector_to_parameters(vector * 0 + T.arange(float(len(vector))), net.parameters())
    return [vector, list(net.parameters())]


@pytest.mark.parametrize("function", CASES, ids=lambda f: f.__name__)
def test_module(function):
    assert plain(function(minitorch)) == plain(function(torch))
