"""``save`` and ``load``: what goes in comes out, nothing in a file runs, and every damaged file is an error."""

import contextlib
import io
import os
import pickle
import random
import struct
import sys
import zipfile
from collections import Counter, OrderedDict, defaultdict

import numpy as np
import pytest

import minitorch as torch
from minitorch import nn
from minitorch.serialization.archive import write_archive

ERRORS = (RuntimeError, pickle.UnpicklingError)


def through(obj, **options):
    file = io.BytesIO()
    torch.save(obj, file)
    file.seek(0)
    return torch.load(file, **options)


def loaded(tree, storages=(), **changed):
    """What loading an archive of this pickle and these storages gives."""
    file = io.BytesIO()
    write_archive(file, tree, [(str(k), memoryview(np.asarray(s).view(np.uint8))) for k, s in enumerate(storages)])
    return torch.load(rewritten(file.getvalue(), **changed))


def rewritten(content, compress=zipfile.ZIP_STORED, change=None, drop=(), more=()):
    """The same archive with records changed, dropped or added."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", compress) as new:
        for name in old.namelist():
            if name.partition("/")[2] not in drop:
                new.writestr(name, (change or {}).get(name.partition("/")[2], old.read(name)))
        for name, text in more:
            new.writestr(f"archive/{name}", text)
    out.seek(0)
    return out


# --- What goes in comes out ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "value",
    [
        None, True, 3, -5, 2**31, -(2**31) - 1, 2**70, 0.1, -0.0, float("inf"), 1 - 2j, "",
        "naïve \ud800", b"a\xff", (), (1,),
        (1, 2, 3, (4, [])), [], [1, [2, "x"]], {}, {"a": {0: 1}, (1, "b"): 2, None: 3, 2.5: 4}, OrderedDict(b=1, a=2),
        Counter("aab"), {1, "a"}, set(), bytearray(b"x"), torch.Size([2, 3]), torch.float16, torch.device("cpu"),
    ],
    ids=lambda value: "a set" if isinstance(value, set) and value else ascii(value)[:30],  # whose order is no one's
)  # fmt: skip
def test_plain_data(value):
    back = through([value])[0]
    assert back == value
    assert type(back) is type(value)
    assert repr(back) == repr(value)


def test_more_than_a_byte_counts():
    tree = {f"key {i}": [i] for i in range(600)}
    assert through((tree, tree["key 599"])) == (tree, [599])


@pytest.mark.parametrize("dtype", torch.core.dtypes.ALL, ids=repr)
@pytest.mark.parametrize("shape", [(), (0, 3), (2, 3)])
def test_every_dtype(dtype, shape):
    t = torch.arange(int(np.prod(shape))).reshape(shape).to(dtype)
    back = through(t)
    assert back.dtype is dtype
    assert back.shape == t.shape
    assert torch.equal(back, t)


@pytest.mark.parametrize(
    "view",
    [lambda a: a.T, lambda a: a[::2, 1:], lambda a: a[:1].expand(5, 4), lambda a: a[:, :1], lambda a: a[2, 3]],
)
def test_strides_are_kept(view):
    t = view(torch.arange(12.0).reshape(3, 4))
    back = through(t)
    assert torch.equal(back, t)
    assert back.stride() == t.stride()


def test_negative_strides_become_a_copy():
    t = torch.from_numpy(np.arange(4.0)[::-1])
    assert torch.equal(through(t), t)


def test_memory_is_shared_as_before():
    base = torch.zeros(3, 4)
    a, b, c = through((base, base.T[1:], torch.zeros(3, 4)))
    b.fill_(1.0)
    assert a.sum() == 9
    assert c.sum() == 0


def test_one_object_twice_is_one_object():
    t, inner = torch.ones(2), [1]
    loop = [t, t, inner, inner]
    loop.append(loop)
    back = through(loop)
    assert back[0] is back[1]
    assert back[2] is back[3]
    assert back[4] is back


def test_a_view_of_much_makes_a_small_file():
    file = io.BytesIO()
    torch.save(torch.zeros(100_000)[5:7], file)
    assert len(file.getvalue()) < 2000


def test_parameters_and_requires_grad():
    leaf = torch.ones(2, requires_grad=True)
    parameter, frozen, plain = through((nn.Parameter(torch.ones(3)), nn.Parameter(torch.ones(1), False), leaf))
    assert type(parameter) is nn.Parameter
    assert parameter.requires_grad
    assert not frozen.requires_grad
    assert type(plain) is torch.Tensor
    assert plain.requires_grad


def test_a_training_state_goes_on_as_if_nothing_was():
    def fresh():
        torch.manual_seed(1)
        net = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.Linear(4, 1))
        optimizer = torch.optim.AdamW(net.parameters(), lr=0.1)
        return net, optimizer, torch.optim.lr_scheduler.OneCycleLR(optimizer, 0.2, total_steps=9)

    def step(net, optimizer, scheduler):
        optimizer.zero_grad()
        net(torch.arange(12.0).reshape(4, 3)).square().mean().backward()
        optimizer.step()
        scheduler.step()

    one, two = fresh(), fresh()
    for _ in range(3):
        step(*one)
    for part, state in zip(two, through([part.state_dict() for part in one])):
        part.load_state_dict(state)
    for _ in range(3):
        step(*one)
        step(*two)
    for a, b in zip(one[0].state_dict().values(), two[0].state_dict().values()):
        assert torch.equal(a, b)


def test_numpy_scalars_become_numbers():
    assert through([np.float64(1.5), np.int8(3), np.bool_(True)]) == [1.5, 3, True]


@pytest.mark.parametrize("mmap", [False, True])
def test_paths(tmp_path, mmap):
    state = nn.Linear(3, 2).state_dict()
    torch.save(state, tmp_path / "a.pt")
    back = torch.load(tmp_path / "a.pt", "cpu", mmap=mmap)
    assert back._metadata == state._metadata
    assert torch.equal(back["weight"], state["weight"])
    back["weight"].zero_()  # ours to change, and not the file's
    assert torch.equal(torch.load(tmp_path / "a.pt", lambda storage, place: storage)["weight"], state["weight"])
    assert os.listdir(tmp_path) == ["a.pt"]


@pytest.mark.parametrize("mmap", [False, True])
def test_views_of_what_was_loaded_are_views(tmp_path, mmap):
    torch.save(torch.arange(6.0).reshape(2, 3), tmp_path / "a.pt")
    t = torch.load(tmp_path / "a.pt", mmap=mmap).requires_grad_()
    assert t[0]._base is t
    with pytest.raises(RuntimeError, match="a view of a leaf"):
        t[0].add_(1)


def test_the_same_state_gives_the_same_bytes():
    files = [io.BytesIO(), io.BytesIO()]
    for file in files:
        torch.save({"a": torch.ones(2), "b": [1, "x"]}, file)
    assert files[0].getvalue() == files[1].getvalue()


def test_an_error_while_writing_leaves_the_old_file(tmp_path, monkeypatch):
    torch.save([1], tmp_path / "a.pt")

    def full_disk(handle):
        raise OSError("No space left on device")

    with pytest.raises(TypeError, match=r"the object\['x'\]\[0\].*type object"):
        torch.save({"x": [object()]}, tmp_path / "a.pt")
    monkeypatch.setattr("os.fsync", full_disk)
    with pytest.raises(OSError, match="No space"):
        torch.save([2], tmp_path / "a.pt")
    assert torch.load(tmp_path / "a.pt") == [1]
    assert os.listdir(tmp_path) == ["a.pt"]


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there, and files have no modes")
def test_a_link_is_followed_and_a_mode_kept(tmp_path):
    (tmp_path / "link.pt").symlink_to(tmp_path / "real.pt")
    torch.save([1], tmp_path / "link.pt")
    assert (tmp_path / "link.pt").is_symlink()
    assert torch.load(tmp_path / "real.pt") == [1]
    (tmp_path / "real.pt").chmod(0o600)
    torch.save([2], tmp_path / "real.pt")
    assert (tmp_path / "real.pt").stat().st_mode & 0o777 == 0o600


# --- Wrong arguments ----------------------------------------------------------------------------------------------


class Pair(tuple):
    """A subclass of a plain type, which would come back as something else."""


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (nn.Linear(1, 1), "state_dict"),
        (np.zeros(2), "from_numpy"),
        (lambda: 1, "function"),
        (Pair((1,)), "Pair"),
        (defaultdict(list), "defaultdict"),
        (slice(1), "slice"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_is_no_data_is_refused_by_its_place(value, told):
    with pytest.raises(TypeError, match=rf"(?s)\['model'\]\[1\].*{told}"):
        through({"model": [0, value]})


def test_wrong_calls(tmp_path):
    torch.save([1], tmp_path / "a.pt")
    with pytest.raises(RuntimeError, match=r"Parent directory .* does not exist"):
        torch.save([1], tmp_path / "no" / "a.pt")
    with pytest.raises(TypeError, match="int"):
        torch.save([1], 3)
    with pytest.raises(ValueError, match="weights_only=False"):
        torch.load(tmp_path / "a.pt", weights_only=False)
    with pytest.raises(RuntimeError, match="cuda"):
        torch.load(tmp_path / "a.pt", map_location="cuda:0")
    with pytest.raises(FileNotFoundError):
        torch.load(tmp_path / "b.pt")
    with pytest.raises(ValueError, match="mmap"):
        torch.load(io.BytesIO(), mmap=True)
    with pytest.raises(TypeError, match="str"):
        torch.load(io.StringIO("text"))
    with pytest.raises(TypeError, match="read"):
        torch.load(None)


def test_data_that_cannot_be_written():
    z = torch.zeros(2, dtype=torch.complex64)
    with pytest.raises(RuntimeError, match="view the same data as different types"):
        through([z, torch.view_as_real(z)])
    with pytest.raises(ValueError, match="255 bytes"):
        through(1 << 2040)
    loop = []
    loop.append((loop,))
    with pytest.raises(ValueError, match="contains itself"):
        through(loop[0])
    deep = []
    for _ in range(100_000):
        deep = [deep]
    with pytest.raises(ValueError, match="deeply"):
        through(deep)


# --- Hostile files ------------------------------------------------------------------------------------------------


class Call:
    """Pickles as a call."""

    def __init__(self, function, *args):
        self.call = function, args

    def __reduce__(self):
        return self.call


@pytest.mark.parametrize("protocol", [2, 4])
@pytest.mark.parametrize(
    "call",
    [
        Call(os.system, "touch ran"), Call(eval, "open('ran', 'w')"), Call(exec, "open('ran', 'w')"),
        Call(getattr, "text", "upper"), Call(__import__, "os"), Call(print, "ran"), Call(open, "ran", "w"),
        Call(np.zeros, 10**12), Call(bytes, 10**12), Call(range, 10**12), Call(type, "T", (), {}),
    ],
    ids=lambda value: value.call[0].__name__ if isinstance(value, Call) else None,
)  # fmt: skip
def test_nothing_is_called(call, protocol, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(pickle.UnpicklingError, match=r"Unsupported (global|operand)"):
        loaded(pickle.dumps({"weights": [call]}, protocol))
    assert not os.listdir(tmp_path)
    assert capsys.readouterr().out == ""


G = b"c%s\n%s\n"
REBUILD, ORDERED, FLOATS = (
    G % (b"torch._utils", b"_rebuild_tensor_v2"),
    G % (b"collections", b"OrderedDict"),
    b"FloatStorage",
)


def number(n):
    return pickle.LONG1 + bytes([len(pickle.encode_long(n))]) + pickle.encode_long(n)


def numbers(values):
    return b"(" + b"".join(number(n) for n in values) + b"t"


def tensor_pickle(
    numel=6, offset=0, size=(2, 3), stride=(3, 1), kind=FLOATS, key="0", grad=b"\x89", hooks=ORDERED + b")R"
):
    place = b"(X\x07\0\0\0storage" + G % (b"torch", kind) + b"X%c\0\0\0" % len(key) + key.encode() + b"X\x03\0\0\0cpu"
    place += number(numel) + b"tQ" + number(offset) + numbers(size) + numbers(stride)
    return b"\x80\x02" + REBUILD + b"(" + place + grad + hooks + b"tR."


def test_a_tensor_written_by_hand():
    data = np.arange(6, dtype=np.float32)
    assert torch.equal(loaded(tensor_pickle(), [data]), torch.arange(6.0).reshape(2, 3))
    swapped = {
        "change": {"byteorder": b"big" if sys.byteorder == "little" else b"little", "data/0": data.byteswap().tobytes()}
    }
    assert torch.equal(loaded(tensor_pickle(), [data], **swapped), torch.arange(6.0).reshape(2, 3))
    elsewhere = tensor_pickle().replace(b"\x03\0\0\0cpu", b"\x06\0\0\0cuda:0")
    assert torch.equal(loaded(elsewhere, [data]), torch.arange(6.0).reshape(2, 3))
    bools = loaded(tensor_pickle(kind=b"BoolStorage"), [np.array([0, 1, 2, 255, 0, 1], np.uint8)])
    assert bools.tolist() == [[False, True, True], [True, False, True]]
    assert bools.sum() == 4


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"size": (3, 3)}, "reaches element 8 of a storage of 6"),
        ({"stride": (4, 1)}, "reaches element 6"),
        ({"offset": 1}, "reaches element 6"),
        ({"offset": -1}, "offset"),
        ({"offset": 7, "size": (0, 3)}, "reaches"),
        ({"stride": (-3, 1)}, "strides"),
        ({"size": (-2, 3)}, "sizes"),
        ({"size": (2,)}, "cannot have strides"),
        ({"size": (2**40, 2**40), "stride": (0, 0)}, "too large"),
        ({"size": (1, 1), "stride": (2**70, 0)}, "too large"),
        ({"size": (1,) * 65, "stride": (0,) * 65}, "cannot have strides"),
        ({"numel": 7}, "should have 7 elements"),
        ({"numel": 2**60}, "should have"),
        ({"numel": -6}, "not described"),
        ({"kind": b"DoubleStorage"}, "48 bytes"),
        ({"kind": b"QInt8Storage"}, "Unsupported global"),
        ({"kind": b"UntypedStorage", "numel": 24}, "Unsupported global|dtype"),
        ({"key": "1"}, "data/1"),
        ({"key": "/../../etc/passwd"}, "file not found: data//../../etc/passwd"),
        ({"grad": b"K\x05"}, "requires_grad"),
        ({"kind": b"LongStorage", "numel": 3, "size": (3,), "stride": (1,), "grad": b"\x88"}, "floating point"),
        ({"hooks": b"]K\x01a"}, "hooks"),
    ],
    ids=str,
)
def test_tensors_outside_of_their_storage(wrong, told):
    with pytest.raises(ERRORS, match=told):
        loaded(tensor_pickle(**wrong), [np.arange(1, 7, dtype=np.float32)])


@pytest.mark.parametrize(
    ("tree", "told"),
    [
        (G % (b"torch._utils", b"_rebuild_tensor_v2") + b".", "stands where data should be"),
        (b"]" + ORDERED + b"a.", "stands where data should be"),
        (ORDERED + b")R}X\x05\0\0\0itemsK\x01sb.", "attribute 'items'"),
        (b"]}b.", "only an OrderedDict or a tensor"),
        (b"K\x01)R.", "cannot be called"),
        (G % (b"builtins", b"set") + b"](K\x01]e\x85R.", "key"),
        (G % (b"builtins", b"bytearray") + number(10**12) + b"\x85R.", "expected bytes"),
        (G % (b"torch", b"Size") + b"X\x01\0\0\0a\x85R.", "expected tuple"),
        (G % (b"_codecs", b"encode") + b"X\x01\0\0\0aX\x06\0\0\0base64\x86R.", "latin1"),
        (b"])(K\x01K\x02u.", "puts 2 items into a tuple"),
        (b"})0.", "Unsupported operand POP"),
        (b"K\x01a.", "puts 1 items|damaged"),
        (b"\x95" + b"\xff" * 8 + b".", "middle"),
        (b"X\xff\xff\xff\x7fa.", "damaged"),
        (b"r\xff\xff\xff\xffK\x01.", "damaged"),
        (b"h\x07.", "damaged"),
        (b"K\x01K\x02.", "middle"),
        (b"(K\x01.", "middle"),
        (b"]", "damaged"),
        (b"", "damaged"),
        (b"K\x01Q.", "Only persistent_load of storage"),
        (b"}" + b"K\x01" + b"\x85" * 50 + b"K\x01s.", "key"),
        (b"}])s.", "key"),
        (b"I" + b"9" * 5000 + b"\n.", "damaged|Unsupported"),
    ],
    ids=lambda value: ascii(value)[:40],
)
def test_pickles_that_make_no_sense(tree, told):
    with pytest.raises(ERRORS, match=told):
        loaded(tree)


def test_containers_within_containers_cost_no_time():
    """Nested pairs double in text with every level; as a key, in the time of their hash too."""
    levels = b"K\x01q\0" + b"".join(b"h%c\x86q%c" % (k, k + 1) for k in range(60))
    with pytest.raises(pickle.UnpicklingError, match="key"):
        loaded(b"}" + levels + b"K\x01s.")


def archive():
    file = io.BytesIO()
    torch.save({"a": torch.arange(6.0), "b": nn.Linear(2, 2).state_dict()}, file)
    return file.getvalue()


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"compress": zipfile.ZIP_DEFLATED}, "compressed"),
        ({"drop": ["data.pkl"]}, "data.pkl"),
        ({"drop": ["data/0"]}, "data/0"),
        ({"change": {"byteorder": b"middle"}}, "endianness"),
        ({"change": {"data/0": b"123"}}, "3 bytes"),
        ({"more": [("constants.pkl", b"")]}, "TorchScript"),
        ({"more": [("data/0", b"123")]}, "twice"),
    ],
    ids=str,
)
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_archives_that_are_not_what_they_should_be(options, told, tmp_path):
    (tmp_path / "a.pt").write_bytes(rewritten(archive(), **options).getvalue())
    for mmap in (False, True):
        with pytest.raises(ERRORS, match=told) as caught:
            torch.load(tmp_path / "a.pt", mmap=mmap)
        assert "a.pt" in str(caught.value)


def test_a_bomb_is_refused_by_its_size():
    bomb = bytearray(rewritten(archive()).getvalue())
    at = bomb.index(b"PK\1\2")
    struct.pack_into("<II", bomb, at + 20, 2**31, 2**31)
    with pytest.raises(ERRORS):
        torch.load(io.BytesIO(bytes(bomb)))


@pytest.mark.parametrize("content", [b"", b"PK\3\4", b"hello", b"\x80\x02", b"\x89HDF", pickle.dumps([1])])
def test_other_files(content, tmp_path):
    (tmp_path / "a.pt").write_bytes(content)
    with pytest.raises(ERRORS, match=r"a\.pt"):
        torch.load(tmp_path / "a.pt")


def test_damaged_archives_give_the_same_data_or_an_error(tmp_path):
    """Cuts everywhere and flipped bits: checksums find what the checks of structure do not."""
    content = archive()
    whole = repr(torch.load(io.BytesIO(content)))
    source = random.Random(0)
    damaged = [content[:k] for k in range(0, len(content), 23)]
    for _ in range(250):
        flipped = bytearray(content)
        for _ in range(source.choice((1, 1, 3))):
            flipped[source.randrange(len(content))] ^= 1 << source.randrange(8)
        damaged.append(bytes(flipped))
    refused = 0
    for case in damaged:
        try:
            found = torch.load(io.BytesIO(case))
        except ERRORS:
            refused += 1
        else:
            assert repr(found) == whole
    assert refused > len(damaged) // 2
    for case in damaged[::10]:  # a mapped file has no checksums, but the same checks of structure
        (tmp_path / "a.pt").write_bytes(case)
        with contextlib.suppress(*ERRORS):
            torch.load(tmp_path / "a.pt", mmap=True)


def test_damaged_pickles_are_data_or_an_error():
    """The machine by itself, with checksums that are right."""
    with zipfile.ZipFile(io.BytesIO(archive())) as file:
        tree = file.read("archive/data.pkl")
        storages = [np.frombuffer(file.read(f"archive/data/{k}"), np.uint8) for k in range(3)]
    source = random.Random(1)
    refused = 0
    for _ in range(250):
        flipped = bytearray(tree)
        for _ in range(source.choice((1, 2))):
            flipped[source.randrange(len(tree))] = source.randrange(256)
        try:
            loaded(bytes(flipped), storages)
        except ERRORS:
            refused += 1
    assert refused > 100
