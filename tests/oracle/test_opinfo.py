"""Every operation that PyTorch's own tests describe and minitorch has, on PyTorch's own sample inputs.

``op_db`` is the table (OpInfo rows) that PyTorch is tested with: for each operation, sample inputs of all shapes and
arguments. Each is run on both with first and second derivatives. A name that minitorch does not have is passed over;
what differs on purpose stands in DIFFERENT, with the reason.
"""

import itertools
import os
import sys
import types
import unittest

import pytest

import minitorch
import minitorch.nn.functional
from tests.oracle.compare import Constant, agree, array, outcome, torch

# PyTorch's test tables import a snapshot tester that they do not need here.
sys.modules.setdefault("expecttest", types.SimpleNamespace(TestCase=unittest.TestCase, assert_expected_inline=None))
database = pytest.importorskip("torch.testing._internal.common_methods_invocations")
for module in (torch.testing._internal.common_utils, torch.testing._internal.opinfo.core):
    module.extract_test_fn = lambda: None  # it reads the sources of the whole stack for each operation

# How many of PyTorch's samples of each operation run: a few by default, more for a thorough look.
SAMPLES = int(os.environ.get("OPINFO_SAMPLES", "3"))
DIFFERENT = {
    "empty": "its values are what the memory held", "empty_like": "as empty", "empty_permuted": "as empty",
    "empty_strided": "as empty", "new_empty": "as empty", "new_empty_strided": "as empty",
}  # fmt: skip

FIRST_ORDER = {"nn.functional.ctc_loss"}  # PyTorch has no second derivative


def resolve(T, name):
    """The function called so, or the method of that name as a function; None where there is none."""
    found = T
    for part in name.split("."):
        found = getattr(found, part, None)
    return found if found is not None else getattr(T.Tensor, name, None) or getattr(T.Tensor, f"{name}_", None)


def function(T, op):
    """What a row of PyTorch's table calls. A lambda there, which orders arguments, is run on the other library too."""
    if T is torch or not (isinstance(op.op, types.FunctionType) and op.op.__name__ == "<lambda>"):
        return op.op if T is torch else resolve(T, op.name)

    def seeded(f, *args, **kwargs):
        T.manual_seed(42)
        return f(*args, **kwargs)

    names = op.op.__globals__ | {"torch": T, "wrapper_set_seed": seeded}
    moved = types.FunctionType(op.op.__code__, names, "<lambda>", op.op.__defaults__, op.op.__closure__)
    moved.__kwdefaults__ = op.op.__kwdefaults__
    return moved


# What differs from PyTorch, and why. An entry that passes fails the run, so that the list stays true.
TIES = "which of several equal elements is named is PyTorch's accident of sorting"
KNOWN = {
    "float64": {
        "as_strided_scatter": "PyTorch's gradient with respect to overlapping memory differs from finite differences",
        "linalg.norm-subgradients_at_zero": "PyTorch gives NaN where zero is a subgradient",
        "special.bessel_j0": "1e-7 apart near a zero: SciPy's approximation",
        "special.bessel_y1": "1e-7 apart near a zero: SciPy's approximation",
    },
    "int64": {"kthvalue": TIES, "topk": TIES},
    "in_place": {
        "addbmm": "PyTorch's addbmm_ gives its first argument another shape; here it must have the result's",
        "resize_as_": "PyTorch says whether a resized tensor is still a leaf in another way",
    },
    "bad_inputs": {
        "narrow_copy": "an IndexError, as narrow raises in both",
    },
}


# Views of memory that a sample's numbers do not show; and the options of linear_cross_entropy that say how PyTorch's
# chunked kernel saves memory, which are refused here.
LEFT_OUT = {"partial_views", "chunked", "chunked_none"}


def described():
    """The rows of PyTorch's table, without the variants that are left out."""
    return [op for op in database.op_db if op.variant_test_name not in LEFT_OUT]


def rows(kind, suits=lambda op: True):
    """The operations that both have; those that are known to differ are expected to fail."""
    for op in described():
        if callable(resolve(minitorch, op.name)) and callable(resolve(torch, op.name)) and suits(op):
            name = f"{op.name}{'-' + op.variant_test_name if op.variant_test_name else ''}"
            known = KNOWN[kind].get(name)
            marks = [pytest.mark.xfail(strict=True, reason=known)] if known else []
            yield pytest.param(op, id=name, marks=marks)


def flattened(value, tensors):
    """The same structure with a placeholder for each tensor, which is added to the list."""
    if isinstance(value, torch.Tensor):
        x = array(value)
        # Inputs that require no grad, and layouts that NumPy cannot say, are given as they are.
        tensors.append(x if value.requires_grad or x.dtype.kind not in "fc" else Constant(x))
        return Placeholder(len(tensors) - 1)
    if isinstance(value, (list, tuple)):
        return type(value)([flattened(v, tensors) for v in value]) if type(value) in (list, tuple) else tuple(value)
    if isinstance(value, dict):
        return {k: flattened(v, tensors) for k, v in value.items()}
    return value


class Placeholder(int):
    pass


def filled(T, value, tensors):
    if isinstance(value, Placeholder):
        return tensors[value]
    if isinstance(value, (list, tuple)):
        return type(value)([filled(T, v, tensors) for v in value])
    if isinstance(value, dict):
        return {k: filled(T, v, tensors) for k, v in value.items()}
    if isinstance(value, torch.dtype):
        return getattr(T, str(value).removeprefix("torch."), value)
    if value is torch.strided:
        return T.strided
    if isinstance(value, torch.nn.Module):  # a distance, of which only the kind matters
        return getattr(T.nn, type(value).__name__)()
    return value


def compare(op, sample, grad=True, tolerance=(1e-7, 1e-8)):
    tensors = []
    args = flattened((sample.input, *sample.args), tensors)
    kwargs = flattened(sample.kwargs, tensors)

    def program(T, *given):
        T.manual_seed(0)
        return sample.output_process_fn_grad(function(T, op)(*filled(T, args, given), **filled(T, kwargs, given)))

    theirs, _ = outcome(torch, program, tensors, grad)
    assert not isinstance(theirs, Exception), f"PyTorch refuses its own sample: {theirs}"
    agree(
        program,
        *tensors,
        grad=grad,
        second=grad and op.supports_gradgrad and op.name not in FIRST_ORDER,
        tolerance=tolerance,
    )


def chosen(samples, most):
    samples = list(itertools.islice(samples, 10 * most))
    return samples[:: max(1, -(-len(samples) // most))]


@pytest.mark.parametrize("op", rows("float64"))
def test_float64(op):
    if op.name in DIFFERENT:
        pytest.skip(DIFFERENT[op.name])
    if torch.float64 not in op.dtypes:
        pytest.skip("not an operation on floating tensors")
    grad = op.supports_autograd
    for k, sample in enumerate(chosen(op.sample_inputs("cpu", torch.float64, requires_grad=grad), SAMPLES)):
        compare(op, sample.noncontiguous() if k % 2 else sample, grad)


@pytest.mark.parametrize("op", rows("int64"))
def test_int64(op):
    if op.name in DIFFERENT:
        pytest.skip(DIFFERENT[op.name])
    if torch.int64 not in op.dtypes:
        pytest.skip("not an operation on whole numbers")
    for sample in chosen(op.sample_inputs("cpu", torch.int64, requires_grad=False), SAMPLES - 1):
        compare(op, sample, grad=False, tolerance=None)


def in_place_name(op):
    """The name of its method that works in place, if both have one."""
    name = getattr(op.inplace_variant, "__name__", "")
    return name if callable(getattr(minitorch.Tensor, name, None)) else ""


@pytest.mark.parametrize("op", rows("in_place", in_place_name))
def test_in_place(op):
    """The method with an underscore: the same numbers and derivatives, in the tensor's own memory."""
    name = in_place_name(op)
    for sample in chosen(op.sample_inputs("cpu", torch.float64, requires_grad=op.supports_autograd), SAMPLES - 1):
        tensors = []
        args = flattened((sample.input, *sample.args), tensors)
        kwargs = flattened(sample.kwargs, tensors)

        def program(T, *given, args=args, kwargs=kwargs):
            T.manual_seed(0)
            x, *rest = filled(T, args, given)
            y = x.clone()
            result = getattr(y, name)(*rest, **filled(T, kwargs, given))
            return result is y, y._version > 0, y

        agree(program, *tensors, grad=op.supports_autograd, second=False, tolerance=(1e-7, 1e-8))


def has_bad_inputs(op):
    return op.error_inputs_func is not None and not op.name.startswith("__r")


@pytest.mark.parametrize("op", rows("bad_inputs", has_bad_inputs))
def test_bad_inputs(op):
    """PyTorch's own samples of wrong use: the same type of exception."""
    for error in op.error_inputs("cpu"):
        sample = error.sample_input
        if "out" in sample.kwargs:
            continue
        tensors = []
        try:
            args = flattened((sample.input, *sample.args), tensors)
            kwargs = flattened(sample.kwargs, tensors)
        except (NotImplementedError, ValueError):
            continue  # a tensor without memory, or of more than 64 dims: NumPy has no such arrays

        def program(T, *given, args=args, kwargs=kwargs):
            return function(T, op)(*filled(T, args, given), **filled(T, kwargs, given))

        theirs, _ = outcome(torch, program, tensors, False)
        if isinstance(theirs, TypeError):
            continue  # an overload that PyTorch has not: numbers in place of tensors mostly, which minitorch takes
        agree(program, *tensors, grad=False)
