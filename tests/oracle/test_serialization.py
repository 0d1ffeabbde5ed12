"""Files between PyTorch and minitorch: .pt in both formats and safetensors, both ways, and what each refuses."""

import io
import pickle
import random
import warnings
from collections import Counter, OrderedDict

import numpy as np
import pytest

import minitorch
from minitorch.serialization import safetensors

torch = pytest.importorskip("torch", reason="PyTorch is the oracle: pip install minitorch[oracle]")

FORMATS = pytest.mark.parametrize("zipped", [True, False], ids=["zip", "legacy"])


def from_torch(obj, zipped=True, **options):
    file = io.BytesIO()
    torch.save(obj, file, _use_new_zipfile_serialization=zipped)
    file.seek(0)
    return minitorch.load(file, **options)


def to_torch(obj):
    file = io.BytesIO()
    minitorch.save(obj, file)
    file.seek(0)
    return torch.load(file, weights_only=True)


def tree(T):
    """Everything that may be in a file, in either library."""
    base = T.arange(12.0).reshape(3, 4)
    return OrderedDict(
        base=base, transposed=base.t(), row=base[1], column=base[:, 2], expanded=T.zeros(1).expand(3),
        empty=T.zeros(0, 3), scalar=T.tensor(5), half=T.ones(2, dtype=T.float16), double=T.ones(1, dtype=T.float64),
        bools=T.tensor([True, False]), small=T.tensor([1, -2], dtype=T.int8), young=T.tensor([1, 2], dtype=T.uint16),
        large=T.tensor([2**63], dtype=T.uint64), complex=T.tensor([1 + 2j]), leaf=T.ones(2, requires_grad=True),
        parameter=T.nn.Parameter(T.ones(2)), frozen=T.nn.Parameter(T.ones(2), requires_grad=False),
        model=T.nn.BatchNorm1d(3).state_dict(), size=base.shape, dtype=T.float32, device=T.device("cpu"),
        plain=[None, True, -5, 2**70, 0.1, "ä", b"\xff", bytearray(b"x"), 1 - 2j, {1}, (1, (2,)), {}, Counter("aab")],
    )  # fmt: skip


@FORMATS
def test_all_there_is_comes_from_pytorch(zipped):
    expected, found = tree(torch), from_torch(tree(torch), zipped)
    assert repr(found) == repr(expected)
    assert found["model"]._metadata == expected["model"]._metadata
    for name, t in expected.items():
        if isinstance(t, torch.Tensor):
            assert found[name].stride() == t.stride() or not t.numel(), name  # NumPy gives empty arrays strides of 0
            assert found[name].requires_grad == t.requires_grad, name
    found["transposed"].zero_()
    assert not found["row"].any()


@pytest.mark.parametrize("mmap", [False, True])
def test_all_there_is_goes_to_pytorch(mmap, tmp_path):
    expected = tree(torch)
    minitorch.save(tree(minitorch), tmp_path / "a.pt")
    found = torch.load(tmp_path / "a.pt", weights_only=True, mmap=mmap)
    assert repr(found) == repr(expected)
    assert found["model"]._metadata == expected["model"]._metadata
    for name, t in expected.items():
        if isinstance(t, torch.Tensor):
            assert found[name].stride() == t.stride() or not t.numel(), name  # NumPy gives empty arrays strides of 0
            assert found[name].requires_grad == t.requires_grad, name
    found["transposed"].zero_()
    assert not found["row"].any()


def test_views_that_pytorch_has_and_numpy_has_not():
    z = torch.tensor([1 + 2j])
    assert from_torch(z.conj()).tolist() == [1 - 2j]
    assert from_torch(z.conj().imag).tolist() == [-2]
    with pytest.raises(pickle.UnpicklingError, match="repeats"):
        from_torch(torch.ones(1, dtype=torch.complex64).expand(3).conj())


@FORMATS
def test_bfloat16_becomes_float32(zipped):
    values = torch.randn(4, 5).to(torch.bfloat16)
    with pytest.warns(UserWarning, match="bfloat16"):
        found = from_torch([values, values.t()], zipped)
    assert found[0].dtype is minitorch.float32
    np.testing.assert_array_equal(found[0].array, values.float().numpy())
    assert np.shares_memory(found[0].array, found[1].array)


def net(T):
    return T.nn.Sequential(
        T.nn.Conv2d(1, 4, 3), T.nn.BatchNorm2d(4), T.nn.ReLU(), T.nn.Flatten(), T.nn.Linear(4 * 36, 5)
    )


def trained(T, x, y, steps=5):
    model = net(T)
    optimizer = T.optim.Adam(model.parameters(), lr=0.01)
    for _ in range(steps):
        optimizer.zero_grad()
        T.nn.functional.cross_entropy(model(x), y).backward()
        optimizer.step()
    return model.eval()


def digits():
    x = np.random.default_rng(0).normal(size=(8, 1, 8, 8)).astype(np.float32)
    return x, np.arange(8) % 5


@pytest.mark.parametrize("form", ["zip", "legacy", "safetensors"])
def test_a_model_trained_in_pytorch_predicts_the_same_here(form, tmp_path):
    from safetensors.torch import save_file

    x, y = digits()
    model, path = trained(torch, torch.from_numpy(x), torch.from_numpy(y)), tmp_path / "file"
    if form == "safetensors":
        save_file(model.state_dict(), path, {"format": "pt"})
        state = safetensors.load_file(path)
        assert safetensors.load_metadata(path) == {"format": "pt"}
    else:
        torch.save(model.state_dict(), path, _use_new_zipfile_serialization=form == "zip")
        state = minitorch.load(path)
    here = net(minitorch)
    here.load_state_dict(state)
    found = here.eval()(minitorch.from_numpy(x)).detach().array
    np.testing.assert_allclose(found, model(torch.from_numpy(x)).detach().numpy(), rtol=1e-5, atol=1e-6)
    for name, value in model.state_dict().items():
        np.testing.assert_array_equal(here.state_dict()[name].array, value.numpy(), strict=True)


@pytest.mark.parametrize("form", ["zip", "safetensors"])
def test_a_model_trained_here_predicts_the_same_in_pytorch(form, tmp_path):
    from safetensors.torch import load_file

    x, y = digits()
    model, path = trained(minitorch, minitorch.from_numpy(x), minitorch.from_numpy(y)), tmp_path / "file"
    if form == "safetensors":
        safetensors.save_file(model.state_dict(), path)
        state = load_file(path)
    else:
        minitorch.save(model.state_dict(), path)
        state = torch.load(path, weights_only=True)
    there = net(torch)
    there.load_state_dict(state)
    found = there.eval()(torch.from_numpy(x)).detach().numpy()
    np.testing.assert_allclose(found, model(minitorch.from_numpy(x)).detach().array, rtol=1e-5, atol=1e-6)
    for name, value in model.state_dict().items():
        np.testing.assert_array_equal(there.state_dict()[name].numpy(), value.array, strict=True)


def test_safetensors_files_are_the_same_bytes():
    from safetensors.torch import save

    tensors = {"a": np.arange(6.0).reshape(2, 3), "b": np.array(3), "c": np.array([True])}
    there = save({name: torch.from_numpy(a) for name, a in tensors.items()}, {"note": "x"})
    assert safetensors.save({name: minitorch.from_numpy(a) for name, a in tensors.items()}, {"note": "x"}) == there


@pytest.mark.parametrize("shared", ["here", "there"])
def test_models_with_shared_weights_go_both_ways(shared, tmp_path):
    from safetensors.torch import load_model, save_model

    def tied(T):
        model = T.nn.ModuleDict({"embedding": T.nn.Embedding(5, 3), "last": T.nn.Linear(3, 5)})
        model["last"].weight = model["embedding"].weight
        return model

    one, two = tied(torch), tied(minitorch)
    if shared == "there":
        save_model(one, tmp_path / "a")
        safetensors.load_model(two, tmp_path / "a")
    else:
        safetensors.save_model(two, tmp_path / "a")
        load_model(one, tmp_path / "a")
    for name, value in one.state_dict().items():
        np.testing.assert_array_equal(two.state_dict()[name].array, value.numpy())


OPTIMIZERS = {
    "SGD": {"lr": 0.1, "momentum": 0.9}, "Adam": {"lr": 0.1, "amsgrad": True}, "AdamW": {},
    "RMSprop": {"momentum": 0.5}, "Adagrad": {}, "Adadelta": {}, "Adamax": {}, "NAdam": {},
    "RAdam": {}, "Rprop": {}, "ASGD": {}, "Adafactor": {}, "LBFGS": {"lr": 0.1},
}  # fmt: skip
SCHEDULERS = {
    "StepLR": {"step_size": 2}, "MultiStepLR": {"milestones": [1, 3]}, "OneCycleLR": {"max_lr": 0.5, "total_steps": 20},
    "CosineAnnealingWarmRestarts": {"T_0": 3}, "ReduceLROnPlateau": {"patience": 1}, "ExponentialLR": {"gamma": 0.5},
    "CyclicLR": {"base_lr": 0.1, "max_lr": 0.5, "cycle_momentum": False},
}  # fmt: skip


class Fit:
    """A small regression with one optimizer and one scheduler, in either library."""

    def __init__(self, T, optimizer, scheduler):
        self.T = T
        self.w = T.nn.Parameter(T.from_numpy(np.linspace(-1, 1, 6).reshape(2, 3)))
        self.parts = [getattr(T.optim, optimizer)([self.w], **OPTIMIZERS[optimizer])]
        self.parts.append(getattr(T.optim.lr_scheduler, scheduler)(self.parts[0], **SCHEDULERS[scheduler]))

    def loss(self):
        self.parts[0].zero_grad()
        loss = (self.w * self.w * self.T.arange(1.0, 4.0, dtype=self.T.float64) - self.w).sum()
        loss.backward()
        return loss

    def steps(self, n):
        for _ in range(n):
            loss = self.parts[0].step(self.loss)
            self.parts[1].step(*[loss.detach()] if "Plateau" in type(self.parts[1]).__name__ else [])
        return self.w.detach().tolist()


PAIRS = [(name, "StepLR") for name in OPTIMIZERS] + [("SGD", name) for name in SCHEDULERS]


@pytest.mark.parametrize(("optimizer", "scheduler"), PAIRS)
@pytest.mark.filterwarnings("ignore")
def test_training_goes_on_in_the_other_library(optimizer, scheduler):
    whole = Fit(torch, optimizer, scheduler).steps(6)
    for there, here, carry in ((torch, minitorch, from_torch), (minitorch, torch, to_torch)):
        first, second = Fit(there, optimizer, scheduler), Fit(here, optimizer, scheduler)
        first.steps(3)
        w, *states = carry([first.w, *(part.state_dict() for part in first.parts)])
        with here.no_grad():
            second.w.copy_(w)
        for part, state in zip(second.parts, states):
            part.load_state_dict(state)
        np.testing.assert_allclose(second.steps(3), whole, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize(
    "value",
    [
        torch.nn.Linear(1, 1),
        np.zeros(2),
        np.float64(1),
        torch.zeros(2, dtype=torch.float8_e4m3fn),
        slice(1),
        frozenset(),
    ],
    ids=lambda value: type(value).__name__,
)
@FORMATS
def test_what_pytorch_refuses_is_refused_here(value, zipped):
    with pytest.raises(pickle.UnpicklingError, match=r"Unsupported (global|operand)|dtype"):
        from_torch({"a": value}, zipped)


def test_sparse_and_quantised_tensors_are_refused_by_name():
    with pytest.raises(pickle.UnpicklingError, match="_rebuild_sparse_tensor"):
        from_torch(torch.eye(2).to_sparse())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        quantised = torch.quantize_per_tensor(torch.ones(2), 0.1, 0, torch.qint8)
    with pytest.raises(pickle.UnpicklingError, match="Unsupported global"):
        from_torch(quantised)


@FORMATS
def test_damaged_files_of_pytorch(zipped):
    """The old format has no checksums: values may be others then, but never a crash, and nothing runs."""
    model = torch.nn.Linear(3, 2)
    optimizer = torch.optim.Adam(model.parameters())
    model(torch.ones(1, 3)).sum().backward()
    optimizer.step()
    file = io.BytesIO()
    torch.save([model.state_dict(), optimizer.state_dict()], file, _use_new_zipfile_serialization=zipped)
    content, source = file.getvalue(), random.Random(0)
    whole = repr(minitorch.load(io.BytesIO(content)))
    damaged = [content[:k] for k in range(0, len(content), 97)]
    for _ in range(150):
        flipped = bytearray(content)
        flipped[source.randrange(len(content))] ^= source.randrange(1, 256)
        damaged.append(bytes(flipped))
    same = 0
    for case in damaged:
        try:
            found = minitorch.load(io.BytesIO(case))
        except (RuntimeError, pickle.UnpicklingError):
            continue
        same += repr(found) == whole
        assert not zipped or repr(found) == whole
    assert 0 < same < len(damaged) - 100 + 60 * zipped
