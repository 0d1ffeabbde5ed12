"""The helper of the layer tests: one text builds and runs a layer on both sides, from one seed, and all is compared."""

import warnings

import numpy as np
import pytest

import minitorch
import minitorch.nn

torch = pytest.importorskip("torch", reason="PyTorch is the oracle: pip install minitorch[oracle]")

F64 = {"rtol": 1e-8, "atol": 1e-9}
F32 = {"rtol": 3e-5, "atol": 5e-6}


def draw(*shape, seed=0):
    """The same numbers for both sides; a shape that begins with "int" gives integers below 3, with "bool" bools."""
    rng = np.random.default_rng(seed + sum(size for size in shape if not isinstance(size, str)))
    if shape and shape[0] == "int":
        return rng.integers(0, 3, shape[1:])
    if shape and shape[0] == "bool":
        return rng.random(shape[1:]) < 0.3
    return rng.standard_normal(shape)


def leaf(lib, array):
    """A tensor of either library; floating ones record gradients."""
    t = lib.tensor(array)
    return t.requires_grad_() if array.dtype.kind == "f" else t


def parts(value):
    """All tensors in a result, in order."""
    if isinstance(value, tuple | list):
        return [part for item in value for part in parts(item)]
    return [value] if isinstance(value, minitorch.Tensor | torch.Tensor) else []


def weighted(lib, tensors):
    """A scalar in which each element of each tensor has a weight of its own."""
    total = 0
    for t in tensors:
        if t.is_floating_point() and t.requires_grad:
            flat = t.reshape(-1)
            total = total + (flat * lib.tensor(np.cos(np.arange(flat.shape[0]) + 1.0)).to(t.dtype)).sum()
    return total


def plain(value):
    """Tensors as arrays with their dtype, everything else as it is."""
    if isinstance(value, minitorch.Tensor | torch.Tensor):
        return value.detach().numpy()
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    return [plain(item) for item in value] if isinstance(value, tuple | list) else value


def close(ours, theirs, path="result"):
    """Two plain results are the same, arrays of one dtype and shape within that dtype's tolerance."""
    if isinstance(theirs, np.ndarray):
        assert isinstance(ours, np.ndarray), path
        assert (ours.dtype, ours.shape) == (theirs.dtype, theirs.shape), path
        tolerance = F32 if ours.dtype in (np.float32, np.complex64) else F64
        np.testing.assert_allclose(ours, theirs, **tolerance, err_msg=path)
    elif isinstance(theirs, list | dict):
        assert type(ours) is type(theirs), path
        assert len(ours) == len(theirs), path
        items = theirs.items() if isinstance(theirs, dict) else enumerate(theirs)
        for key, item in items:
            close(ours[key], item, f"{path}.{key}")
        assert list(ours) == list(theirs) if isinstance(theirs, dict) else True, path
    else:
        assert ours == theirs, path


def both(build, seed=7):
    """What ``build`` gives for minitorch and for PyTorch, both seeded."""
    results = []
    for lib in (minitorch, torch):
        lib.manual_seed(seed)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            results.append(plain(build(lib)))
    return results


def agree(build):
    """``build`` gives the same for both."""
    ours, theirs = both(build)
    close(ours, theirs)


def errors(build):
    """Both raise an exception of one name, and our text begins as PyTorch's does."""
    ours, theirs = (caught(build, lib) for lib in (minitorch, torch))
    assert theirs is not None, "PyTorch raises nothing"
    assert ours is not None, f"only PyTorch raises: {theirs!r}"
    assert type(ours).__name__ == type(theirs).__name__, (ours, theirs)
    assert str(ours)[:12] == str(theirs)[:12], (ours, theirs)


def caught(build, lib):
    """The exception that ``build`` ends in, or None."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            build(lib)
        except Exception as error:
            return error
    return None


def studied(lib, module, inputs, call=None, second=True):
    """A layer's text and state, its results, and their gradients and, if asked for, second gradients."""
    leaves = [leaf(lib, array) for array in inputs]
    out = (call or (lambda m, *xs: m(*xs)))(module, *leaves)
    outputs = parts(out)
    wanted = [t for t in (*leaves, *module.parameters()) if t.requires_grad]
    loss = weighted(lib, outputs)
    grads = list(lib.autograd.grad(loss, wanted, create_graph=second, allow_unused=True)) if wanted else []
    tracked = [g for g in grads if g is not None and g.requires_grad]
    again = lib.autograd.grad(weighted(lib, tracked), wanted, allow_unused=True) if tracked else [None] * len(wanted)
    return {
        "text": repr(module),
        "state": dict(module.state_dict()),
        "outputs": outputs,
        "gradients": grads,
        # PyTorch tells a gradient of zero from none by how it computes it, which is not what is compared.
        "second": [None if g is None or not g.detach().numpy().any() else g for g in again],
    }
