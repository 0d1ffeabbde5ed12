"""Sweeps on a Dask cluster: a scheduler and two worker processes here, of which some die in the middle of a run."""

import json
import socket
import time
from pathlib import Path

import pytest

pytest.importorskip("distributed", reason="Dask: pip install minitorch[dask]")

import dask
from distributed import LocalCluster

from minitorch import cli
from minitorch.sweep.cluster import DaskExecutor
from minitorch.sweep.executor import ExecutorLost
from minitorch.sweep.task import perform


def cluster(workers):
    return LocalCluster(
        n_workers=workers, threads_per_worker=1, dashboard_address=":0", host="127.0.0.1", silence_logs=50
    )


def test_a_worker_is_killed_in_the_middle(tiny, capsys):
    """No finished run is lost, the run is done again, and the cluster lives on; as with worker processes here."""
    file = tiny("well", "kills once", "raises", "kills")
    with dask.config.set({"distributed.scheduler.allowed-failures": 1}), cluster(2) as two:
        address = two.scheduler_address
        assert cli.main(["sweep", file, "--trust", "--dask", address, "sweep.seeds=1"]) == 1
    assert len([line for line in capsys.readouterr().out.splitlines() if line.startswith("[")]) == 4
    points = json.loads(Path("runs", "tiny", "sweep", "sweep.json").read_text())["points"]
    ended = {point["values"]["model.arguments.how"]: point["runs"][0] for point in points}
    assert {how: run.get("error") for how, run in ended.items()} == {
        "well": None,
        "kills once": None,
        "raises": "RuntimeError: no luck with this one",
        "kills": "its worker process died as often as the scheduler allows",
    }
    assert ended["kills once"]["figures"] == ended["well"]["figures"]


def test_what_a_cluster_may_lack(tmp_path):
    """The folder of the runs, its workers, and at last everything: each is said, and nobody waits for ever."""
    with cluster(1) as one:
        address = one.scheduler_address
        executor = DaskExecutor(perform, address, tries=2, patience=0.0)
        try:
            executor.submit("elsewhere", str(tmp_path))
            error = executor.next().error
            assert error.startswith(f"FileNotFoundError: {tmp_path}/config.toml is not to be seen from here")
            with pytest.raises(ExecutorLost, match="nothing is under way"):
                executor.next()
            one.scale(0)
            while executor.client.nthreads():
                time.sleep(0.05)
            executor.submit("alone", str(tmp_path))
            with pytest.raises(ExecutorLost, match="has no workers any more"):
                executor.next()
            one.close()
            with pytest.raises(ExecutorLost, match=f"the Dask cluster at {address} is gone"):
                executor.next()
        finally:
            executor.close()


def test_no_cluster_at_the_address():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        for address in (f"tcp://127.0.0.1:{free.getsockname()[1]}", "tpc://nowhere"):
            with pytest.raises(ExecutorLost, match=f"no Dask cluster answers at {address}"):
                DaskExecutor(perform, address, connect=0.2)
