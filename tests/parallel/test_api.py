"""minitorch.parallel for loops of one's own: what holds on several processes, and what one process can tell."""

from pathlib import Path

import pytest

import minitorch
from minitorch.parallel import Team, cut, rows_of
from minitorch.parallel.reducer import _parts
from minitorch.parallel.world import launched

PROGRAMS = Path(__file__).parent / "programs"


def test_the_claims_of_the_program_hold(mpiexec):
    done = mpiexec(3, PROGRAMS / "api.py")
    assert (done.returncode, done.stdout) == (0, "all hold\n"), done.stderr


@pytest.mark.parametrize(("rows", "size"), [(0, 2), (1, 4), (7, 3), (8, 4)])
def test_every_row_is_one_process_s(rows, size):
    parts = [list(range(rows))[rows_of(rows, rank, size)] for rank in range(size)]
    assert [row for part in parts for row in part] == list(range(rows))
    assert max(map(len, parts)) - min(map(len, parts)) <= 1


def test_what_cannot_be_cut_into_rows_is_refused():
    with pytest.raises(ValueError, match=r"first dimension, which is 3 .* shape \(2, 3\)"):
        cut((minitorch.ones(2, 3),), 3, slice(0, 1))
    with pytest.raises(TypeError, match="made of tensors, got str"):
        cut({"name": "x"}, 3, slice(0, 1))


def test_buckets_go_backwards_within_a_size_and_a_dtype():
    sizes = [("a", 4, "float32"), ("b", 2, "float32"), ("c", 1, "float64"), ("d", 100, "float32"), ("e", 1, "float32")]
    tensors = {name: minitorch.ones(n, dtype=getattr(minitorch, dtype)) for name, n, dtype in sizes}
    names = {id(t): name for name, t in tensors.items()}
    assert [[names[id(t)] for t in part] for part in _parts(list(tensors.values()), 20)] == [
        *(["e"], ["d"], ["c"], ["b"], ["a"])
    ]
    assert [[names[id(t)] for t in part] for part in _parts(list(tensors.values()), 24)][-1] == ["b", "a"]


def test_several_processes_without_the_runner_are_refused(monkeypatch):
    assert Team.launched().size == 1
    monkeypatch.setenv("PMI_SIZE", "2")
    with pytest.raises(RuntimeError, match="use mpiexec -n N python -m mpi4py"):
        launched()
