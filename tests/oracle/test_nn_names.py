"""Every public name of torch.nn is here with the same signature, or in the list of what is left out and why."""

import importlib
import inspect

import pytest

import minitorch.nn
import minitorch.optim

torch = pytest.importorskip("torch", reason="PyTorch is the oracle: pip install minitorch[oracle]")

QUANTISED, SEVERAL, OLDER = (
    "quantised",
    "several devices or processes",
    "deprecated for years in favour of another name",
)
INTERNAL, DEVICE = "an import or a helper of PyTorch's file", "another device or a compiler"
MISSING = {
    "nn": {
        "attention": DEVICE, "factory_kwargs": INTERNAL, "Container": OLDER, "NLLLoss2d": OLDER,
        "CrossMapLRN2d": "its sums keep the first channel for ever, LocalResponseNorm's do not",
        "DataParallel": SEVERAL, "SyncBatchNorm": SEVERAL, "parallel": SEVERAL,
        "LinearCrossEntropyOptions": "how PyTorch's chunked kernel saves memory",
        "intrinsic": QUANTISED, "qat": QUANTISED, "quantizable": QUANTISED, "quantized": QUANTISED,
    },
    "nn.functional": {
        "grouped_mm": DEVICE, "scaled_grouped_mm": QUANTISED, "scaled_mm": QUANTISED,
        "ScalingType": QUANTISED, "SwizzleType": QUANTISED,
        "assert_int_or_pair": INTERNAL, "boolean_dispatch": INTERNAL, "handle_torch_function": INTERNAL,
        "has_torch_function": INTERNAL, "has_torch_function_unary": INTERNAL, "has_torch_function_variadic": INTERNAL,
        "BroadcastingList1": INTERNAL, "BroadcastingList2": INTERNAL, "BroadcastingList3": INTERNAL, "grad": INTERNAL,
    },
    "nn.init": dict.fromkeys(
        ("constant", "dirac", "eye", "kaiming_normal", "kaiming_uniform", "normal", "orthogonal", "sparse", "uniform",
         "xavier_normal", "xavier_uniform"), OLDER,
    ),
    "nn.utils": {
        "clip_grad_norm": OLDER, "memory_format": DEVICE,
        "convert_conv2d_weight_memory_format": DEVICE, "convert_conv3d_weight_memory_format": DEVICE,
    },
    "nn.parameter": {},
    "nn.grad": {},
    "nn.utils.parametrize": dict.fromkeys(
        ("get_swap_module_params_on_conversion", "is_opaque_reference_type", "is_traceable_wrapper_subclass",
         "OpaqueBase", "ModuleList"), INTERNAL,
    ),
    "nn.utils.parametrizations": {"parametrize": INTERNAL},
    "nn.utils.prune": {},
    "nn.utils.fusion": {"ConvT": INTERNAL, "LinearT": INTERNAL},
    "optim.swa_utils": {},
}  # fmt: skip
METHODS = {
    "bfloat16": "NumPy has no such dtype", "compile": DEVICE, "ipu": DEVICE, "mtia": DEVICE, "xpu": DEVICE,
    "share_memory": SEVERAL, "register_backward_hook": OLDER,
}  # fmt: skip


def public(room):
    """The names that a room of PyTorch defines: not those it imports from Python or from elsewhere in PyTorch."""
    for name in dir(room):
        found = getattr(room, name)
        home = getattr(found, "__module__", None) or getattr(found, "__name__", "")
        own = "torch" in home and "typing" not in home and not isinstance(found, torch.dtype)
        if own and not name.startswith("_") and name not in ("torch", "Tensor", "DType"):
            yield name


def parameters(function):
    """Names, kinds and defaults; of a default that is a function only that there is one."""
    try:
        found = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):  # of a function in C
        return None
    return [(p.name, p.kind.name, "function" if inspect.isroutine(p.default) else repr(p.default)) for p in found]


@pytest.mark.parametrize("room", MISSING)
def test_names(room):
    ours, theirs = (importlib.import_module(f"{lib}.{room}") for lib in ("minitorch", "torch"))
    assert {name for name in public(theirs) if not hasattr(ours, name)} == set(MISSING[room])


@pytest.mark.parametrize("room", MISSING)
def test_signatures(room):
    ours, theirs = (importlib.import_module(f"{lib}.{room}") for lib in ("minitorch", "torch"))
    for name in public(theirs):
        a, b = getattr(ours, name, None), getattr(theirs, name)
        if (
            not callable(a)
            or not a.__module__.startswith("minitorch")
            or name in ("Module", "UninitializedTensorMixin")
        ):
            continue
        expected = parameters(b)
        if expected is not None and expected[:1] != [("args", "VAR_POSITIONAL", repr(inspect.Parameter.empty))]:
            assert parameters(a) == expected, name
        if inspect.isclass(b) and issubclass(b, torch.nn.Module):
            for method in ("forward", "from_pretrained", "reset_parameters", "extra_repr"):
                if method in b.__dict__:
                    assert parameters(getattr(a, method)) == parameters(getattr(b, method)), (name, method)


def test_methods_of_modules():
    ours, theirs = minitorch.nn.Module, torch.nn.Module
    names = [name for name in dir(theirs) if not name.startswith("_") and callable(getattr(theirs, name))]
    assert {name for name in names if not hasattr(ours, name)} == set(METHODS)
    for name in names:
        if name not in METHODS and name != "forward":
            assert parameters(getattr(ours, name)) == parameters(getattr(theirs, name)), name
