"""Lazy modules against PyTorch: before and after the first call, loaded, copied, converted and pickled."""

import copy
import pickle

import pytest

torch = pytest.importorskip("torch", reason="PyTorch is the oracle: pip install minitorch[oracle]")

from tests.oracle.layers import agree, draw, errors, studied  # noqa: E402

LAYERS = [
    ("LazyLinear(3)", (4, 6)),
    ("LazyLinear(3, bias=False)", (2, 4, 6)),
    ("LazyConv1d(6, 3, stride=2, padding=1, groups=2)", (2, 4, 9)),
    ("LazyConv2d(5, (3, 2), padding='same', padding_mode='circular', bias=False)", (3, 7, 6)),
    ("LazyConv3d(3, 2, dilation=2)", (2, 2, 4, 5, 4)),
    ("LazyConvTranspose1d(6, 3, stride=2, padding=1, output_padding=1)", (2, 4, 5)),
    ("LazyConvTranspose2d(6, 3, groups=2, bias=False)", (2, 4, 3, 4)),
    ("LazyConvTranspose3d(3, 2, 2)", (2, 2, 3, 2, 3)),
    ("LazyBatchNorm1d()", (4, 6)),
    ("LazyBatchNorm2d(1e-3, None, bias=False)", (4, 3, 2, 5)),
    ("LazyBatchNorm3d(affine=False)", (2, 3, 2, 2, 3)),
    ("LazyInstanceNorm1d()", (2, 3, 5)),
    ("LazyInstanceNorm2d(track_running_stats=False)", (2, 3, 4, 5)),
    ("LazyInstanceNorm3d(affine=False, momentum=0.3)", (2, 3, 2, 2, 3)),
]


def facts(module):
    return {
        "text": repr(module),
        "type": type(module).__name__,
        "parameters": [
            (name, type(p).__name__, str(getattr(p, "dtype", None))) for name, p in module._parameters.items()
        ],
        "buffers": [(name, type(p).__name__) for name, p in module._buffers.items()],
        "state": list(module.state_dict()),
        "hooks": (len(module._forward_pre_hooks), len(module._load_state_dict_pre_hooks)),
    }


@pytest.mark.parametrize(("text", "shape"), LAYERS, ids=[text for text, _ in LAYERS])
def test_lazy(text, shape):
    def run(lib):
        module = eval("lib.nn." + text).double()
        before = facts(module), str(list(module.parameters())), module.has_uninitialized_params()
        # PyTorch copies no lazy buffers, and its pickles forget a dtype that is not the default.
        copied = module if list(module.buffers()) else copy.deepcopy(module)
        first = studied(lib, module, [draw(*shape)])
        lib.manual_seed(1)
        second = studied(lib, copied, [draw(*shape)])
        pickled = pickle.loads(pickle.dumps(eval("lib.nn." + text)))
        return before, first, facts(module), second, facts(copied), facts(pickled), pickled(lib.ones(*shape))

    agree(run)


def test_loading():
    def run(lib):
        full = lib.nn.Sequential(lib.nn.Linear(4, 3), lib.nn.BatchNorm1d(3))
        lazy = lib.nn.Sequential(lib.nn.LazyLinear(3), lib.nn.LazyBatchNorm1d())
        empty = str(lib.nn.LazyLinear(3).load_state_dict(lib.nn.LazyLinear(3).state_dict()))
        lazy.load_state_dict(full.state_dict())
        before = repr(lazy)
        x = lib.tensor(draw(5, 4)).float()
        return empty, before, lazy(x), full(x), repr(lazy), dict(lazy.state_dict())

    agree(run)


def test_only_some_are_lazy():
    def run(lib):
        class Scale(lib.nn.modules.lazy.LazyModuleMixin, lib.nn.Module):
            def __init__(self):
                super().__init__()
                self.weight = lib.nn.UninitializedParameter()
                self.mean = lib.nn.UninitializedBuffer(persistent=False)

            def initialize_parameters(self, x):
                self.weight.materialize(x.shape[-1:])
                self.mean.materialize((2,), dtype=lib.float64)
                lib.nn.init.ones_(self.weight)
                lib.nn.init.zeros_(self.mean)

            def forward(self, x):
                return x * self.weight

        scale = Scale()
        out = scale(lib.ones(2, 3))
        return out, type(scale).__name__, scale.weight, scale.mean, [*scale.state_dict()]

    agree(run)


WRONG = [
    "nn.LazyLinear(3).weight + 1",
    "nn.LazyLinear(3).weight.shape",
    "T.optim.SGD(nn.LazyLinear(3).parameters(), lr=0.1).step(nn.LazyLinear(3).weight.sum)",
    "nn.LazyConv2d(4, 3)(T.ones(2, 2))",
    "nn.LazyConv2d(4, 3, groups=2)(T.ones(1, 3, 4, 4))",
    "nn.Linear(4, 3).load_state_dict(nn.LazyLinear(3).state_dict())",
    "nn.modules.lazy.LazyModuleMixin.initialize_parameters(nn.LazyLinear(2))",
]


@pytest.mark.parametrize("text", WRONG)
def test_refused(text):
    errors(lambda lib: eval(text, {"nn": lib.nn, "T": lib}))
