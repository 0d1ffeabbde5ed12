"""Worker processes: batches arrive whole and in order, errors and deaths are told, and no process is left behind."""

import gc
import multiprocessing
import os
import random
import signal
import subprocess
import sys
import time
from multiprocessing import resource_tracker

import numpy as np
import pytest

import minitorch as torch
from minitorch.utils.data import DataLoader, Dataset, IterableDataset, TensorDataset, get_worker_info

pytestmark = pytest.mark.skipif(
    "fork" not in multiprocessing.get_all_start_methods(), reason="these datasets cannot be pickled"
)
FORK = multiprocessing.get_context("fork") if "fork" in multiprocessing.get_all_start_methods() else None


class Made(Dataset):
    """Eight samples, each made by a function of its index."""

    def __init__(self, make):
        self.make = make

    def __len__(self):
        return 8

    def __getitem__(self, index):
        return self.make(index)


def workers(dataset, number=2, **options):
    if not isinstance(dataset, Dataset):
        dataset = Made(dataset)
    return DataLoader(dataset, num_workers=number, **({"batch_size": 2, "multiprocessing_context": FORK} | options))


@pytest.fixture(autouse=True)
def nothing_left():
    """Neither a process nor an open file."""
    resource_tracker.ensure_running()  # what a spawned process would open for good
    files = os.listdir("/proc/self/fd") if os.path.isdir("/proc/self/fd") else []
    yield
    assert multiprocessing.active_children() == []
    if files:
        assert len(os.listdir("/proc/self/fd")) <= len(files)


# --- Batches ----------------------------------------------------------------------------------------------------------


def test_batches_come_in_order_and_are_ones_own():
    def make(index):
        time.sleep(0.02 * (index == 0))  # the first batch is there last
        return index, np.full(3, index), {"name": str(index)}, torch.tensor([[]])

    batches = list(workers(make))
    assert [numbers.tolist() for numbers, *_ in batches] == [[0, 1], [2, 3], [4, 5], [6, 7]]
    _, arrays, names, empty = batches[1]
    assert arrays.tolist() == [[2, 2, 2], [3, 3, 3]]
    assert names == {"name": ["2", "3"]}
    assert empty.shape == (2, 1, 0)
    arrays.zero_()
    assert arrays.sum().item() == 0


def test_large_batches_go_through_memory():
    batches = workers(
        lambda i: (torch.full((300, 300), float(i)), np.full(70_000, i, np.int8), "text"), prefetch_factor=4
    )
    for number, (floats, bytes_, text) in enumerate(batches):
        i = 2 * number
        assert floats.mean((1, 2)).tolist() == [i, i + 1]
        assert bytes_.numpy().min(1).tolist() == bytes_.numpy().max(1).tolist() == [i, i + 1]
        assert list(text) == ["text", "text"]
        floats.zero_()


def test_more_indices_than_a_connection_holds():
    """A loader that waited to hand over its tasks, and workers that waited to hand over theirs, would wait for ever."""
    x = torch.arange(600_000)
    batches = list(workers(TensorDataset(x), batch_size=200_000, shuffle=True))
    assert torch.cat([part for (part,) in batches]).sort()[0].equal(x)


def test_single_samples():
    assert list(workers(lambda i: str(i), batch_size=None)) == list("01234567")


def test_out_of_order():
    """Sample 0 is not there before another batch was handed out."""
    gate = FORK.Event()
    batches = iter(workers(lambda i: i if i else gate.wait(10) and 0, in_order=False))
    first = next(batches).tolist()
    gate.set()
    rest = [batch.tolist() for batch in batches]
    assert first != [0, 1]
    assert sorted([first, *rest]) == [[0, 1], [2, 3], [4, 5], [6, 7]]


def test_a_started_method_of_ones_choice():
    data = TensorDataset(torch.arange(4))
    found = list(DataLoader(data, 2, num_workers=1, multiprocessing_context="spawn", worker_init_fn=random.seed))
    assert [part.tolist() for (part,) in found] == [[0, 1], [2, 3]]


def test_a_stream_longer_than_announced_warns():
    class Stream(IterableDataset):
        def __iter__(self):
            assert get_worker_info().num_workers == 2
            return iter(range(3))

        def __len__(self):
            return 4

    loader = workers(Stream(), batch_size=1)
    assert len(loader) == 4
    with pytest.warns(UserWarning, match="was reported to be 4.*share its samples out"):
        assert [batch.item() for batch in loader] == [0, 0, 1, 1, 2, 2]


# --- Errors -----------------------------------------------------------------------------------------------------------


def failing(kind, *args):
    def make(index):
        if index == 4:
            raise kind(*args)
        return index

    return make


class Local(Exception):
    def __reduce__(self):
        raise TypeError("cannot be sent")


def test_an_error_has_its_type_and_its_traceback():
    batches = iter(workers(failing(ValueError, "sample 4 is bad")))
    assert [next(batches).tolist(), next(batches).tolist()] == [[0, 1], [2, 3]]
    with pytest.raises(ValueError, match="Caught ValueError in DataLoader worker process 0") as caught:
        next(batches)
    assert "in make\n" in str(caught.value)
    assert "ValueError: sample 4 is bad" in str(caught.value)
    assert [batch.tolist() for batch in batches] == [[6, 7]]


@pytest.mark.parametrize(
    ("make", "options", "kind", "message"),
    [
        (failing(KeyError, "k"), {}, KeyError, "Original Traceback.*\n  File"),  # lines, not their repr
        (failing(StopIteration), {}, RuntimeError, "Caught StopIteration in DataLoader worker process 0"),
        (failing(type("Unknown", (Exception,), {})), {}, RuntimeError, "Caught Unknown in DataLoader worker process 0"),
        (lambda i: lambda: i, {"collate_fn": list}, Exception, "worker process 0.*\n(?s:.*)pickle"),
        (lambda i: torch.ones(1, requires_grad=True) * 2, {}, RuntimeError, "Only leaf tensors can be pickled"),
        (lambda i: i, {"worker_init_fn": lambda i: 1 // i}, ZeroDivisionError, "worker process 0"),
        (
            failing(SystemExit, 3),
            {},
            RuntimeError,
            r"DataLoader worker \(pid\(s\) \d+\) exited unexpectedly: exit code 3",
        ),
        (lambda i: time.sleep(0.2), {"timeout": 0.02}, RuntimeError, "DataLoader timed out after 0.02 seconds"),
    ],
    ids=lambda value: value.__name__ if isinstance(value, type) else "",
)
def test_what_goes_wrong_is_told(make, options, kind, message):
    with pytest.raises(kind, match=message):
        list(workers(make, **options))


def test_a_killed_worker_is_an_error():
    batches = iter(workers(lambda i: os.kill(os.getpid(), signal.SIGKILL) if i == 3 else i))
    assert next(batches).tolist() == [0, 1]
    with pytest.raises(
        RuntimeError, match=r"DataLoader worker \(pid\(s\) \d+\) exited unexpectedly: killed by .*SIGKILL"
    ):
        next(batches)
    with pytest.raises(RuntimeError, match="were ended: start a new iteration"):
        next(batches)


def test_a_worker_killed_while_it_waits_is_an_error():
    loader = workers(lambda i: i, number=1, prefetch_factor=1, persistent_workers=True)
    list(loader)
    (process,) = multiprocessing.active_children()
    process.kill()
    process.join()
    with pytest.raises(RuntimeError, match="exited unexpectedly: killed by signal SIGKILL"):
        list(loader)
    assert len(list(loader)) == 4  # with a new one


def test_what_cannot_be_pickled_is_explained():
    with pytest.raises((AttributeError, TypeError, Exception), match="local object") as caught:
        next(iter(workers(lambda i: i, multiprocessing_context="spawn")))
    assert "the start method 'spawn' pickles the dataset" in caught.value.__notes__[0]


# --- The workers' lives -----------------------------------------------------------------------------------------------


def test_workers_end_with_the_loop_however_it_ends():
    for _ in workers(lambda i: np.zeros(100_000)):
        assert len(multiprocessing.active_children()) == 2
        break
    assert multiprocessing.active_children() == []
    circle = [iter(workers(lambda i: i))]
    circle.append(circle)
    del circle
    gc.collect()
    assert multiprocessing.active_children() == []


def test_persistent_workers_live_as_long_as_the_loader():
    loader = workers(lambda i: (i, os.getpid()), persistent_workers=True)
    pids = {pid for _ in range(2) for _, parts in loader for pid in parts.tolist()}
    left = iter(loader)
    next(left)
    assert [numbers.tolist() for numbers, _ in loader] == [[0, 1], [2, 3], [4, 5], [6, 7]]
    assert {process.pid for process in multiprocessing.active_children()} == pids
    assert len(pids) == 2
    with pytest.raises(RuntimeError, match="a later iter\\(loader\\) took its workers"):
        next(left)
    del loader, left


def test_two_loaders_at_once_end_on_their_own():
    """The second's workers inherit the first's connections when they are forked."""
    first = iter(workers(lambda i: i))
    second = iter(workers(lambda i: i + 10))
    assert [next(first).tolist(), next(second).tolist()] == [[0, 1], [10, 11]]
    start = time.monotonic()
    del first
    assert time.monotonic() - start < 4  # not only when patience ends
    assert len(multiprocessing.active_children()) == 2
    assert [batch.tolist() for batch in second] == [[12, 13], [14, 15], [16, 17]]


SCRIPT = """
import os, signal, time
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background jobs ignore it
from multiprocessing import active_children
from minitorch.utils.data import DataLoader, Dataset

class Slow(Dataset):
    def __len__(self):
        return 1000

    def __getitem__(self, index):
        time.sleep(0.01)
        return index

batches = iter(DataLoader(Slow(), num_workers=2, multiprocessing_context="fork"))
next(batches)
print(*[child.pid for child in active_children()], flush=True)
if {wait}:
    list(batches)
"""


def running(pid):
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


@pytest.mark.skipif(not os.path.isdir("/proc/self"), reason="asks /proc who is running")
@pytest.mark.parametrize(
    ("end", "code"), [(signal.SIGINT, -signal.SIGINT), (signal.SIGKILL, -signal.SIGKILL), (None, 0)], ids=str
)
def test_workers_end_with_the_process_however_it_ends(end, code):
    command = [sys.executable, "-c", SCRIPT.format(wait=end is not None)]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, text=True, start_new_session=True, **pipes) as process:
        pids = process.stdout.readline().split()
        if end is signal.SIGINT:
            os.killpg(process.pid, end)  # as a terminal does it: to the workers too
        elif end is not None:
            process.send_signal(end)
        assert process.wait(20) == code
        complaints = process.stderr.read()
    assert len(pids) == 2
    deadline = time.monotonic() + 10
    while any(running(pid) for pid in pids) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not any(running(pid) for pid in pids)
    assert complaints.count("Traceback") == (end is signal.SIGINT)
    assert ("KeyboardInterrupt" in complaints) == (end is signal.SIGINT)
