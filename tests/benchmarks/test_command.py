"""The command: what it measures, keeps and refuses, and the environment it runs in."""

import json
import warnings

import pytest

from benchmarks import configs, run
from benchmarks.__main__ import main
from benchmarks.threads import ONE_THREAD, XLA, settled_environment
from benchmarks.workload import WORKLOADS


def test_the_environment_has_one_thread_and_no_other_processors_kernels():
    found = settled_environment({"OPENBLAS_NUM_THREADS": "8", "OPENBLAS_CORETYPE": "Prescott", "HOME": "/home"})
    assert found == dict.fromkeys(ONE_THREAD, "1") | XLA | {"HOME": "/home"}
    assert settled_environment(found) == found


def test_a_list_of_names(capsys):
    assert main(["--list"]) == 0
    assert {"chain", "mlp_adam", "cnn_8", "small_ops", "import"} <= set(capsys.readouterr().out.split())


def test_an_unknown_name_is_refused_with_what_there_is(capsys):
    with pytest.raises(SystemExit) as stop:
        main(["--only", "transformer-xl"])
    assert stop.value.code == 2
    assert "mlp_adam" in capsys.readouterr().err


def test_rounds_must_be_positive(capsys):
    with pytest.raises(SystemExit):
        main(["--rounds", "0"])
    assert "1 or more" in capsys.readouterr().err


def test_a_run_is_kept_and_compared(tmp_path, capsys):
    path = tmp_path / "run.json"
    assert main(["--only", "logistic", "--rounds", "2", "--json", str(path)]) == 0
    kept = json.loads(path.read_text(encoding="utf-8"))["lines"]
    assert "logistic regression 569x30, SGD / floor" in kept
    assert main(["--only", "logistic", "--rounds", "2", "--json", str(path), "--against", str(path)]) == 0
    assert "logistic regression" in capsys.readouterr().out


def test_peers_and_the_compiled_step_have_lines_of_their_own(tmp_path, capsys, monkeypatch):
    pytest.importorskip("autograd", reason="a peer: pip install autograd")
    monkeypatch.setattr(run.modules()[0], "compile", lambda step, mode: step, raising=False)
    path = tmp_path / "run.json"
    assert main(["--only", "mlp_adam", "--rounds", "2", "--json", str(path), "--peers", "hips"]) == 0
    kept = json.loads(path.read_text(encoding="utf-8"))["lines"]
    title = "MLP 64-64-10, batch 32, Adam"
    for over, target in (("HIPS", None), ("floor", 1.0), ("eager", 1.0)):
        assert kept[f"{title}, compiled / {over}"]["target"] == target
    assert kept[f"{title} / HIPS"]["ours"] == pytest.approx(kept[f"{title} / floor"]["ours"])
    assert "compiled" in capsys.readouterr().out


def test_a_step_that_cannot_be_compiled_is_said_and_left_out(tmp_path, capsys, monkeypatch):
    def failing(step, mode):
        raise RuntimeError("no")

    monkeypatch.setattr(run.modules()[0], "compile", failing, raising=False)
    assert main(["--only", "logistic", "--rounds", "2", "--json", str(tmp_path / "run.json")]) == 0
    captured = capsys.readouterr()
    assert "logistic: its step cannot be compiled: RuntimeError: no" in captured.err
    assert "compiled" not in captured.out


def test_a_step_that_is_not_replayed_is_said(capsys, monkeypatch):
    def without_replays(step, mode):
        def call():
            warnings.warn("compile: it runs as it is", stacklevel=1)
            return step()

        return call

    monkeypatch.setattr(run, "FIRST_CALLS", 1)
    monkeypatch.setattr(run.modules()[0], "compile", without_replays, raising=False)
    run.compiled_step(WORKLOADS["logistic"], run.modules()[0])
    assert capsys.readouterr().err == "logistic: compile: it runs as it is\n"


def test_an_unknown_peer_is_refused_with_what_there_is(capsys):
    with pytest.raises(SystemExit):
        main(["--peers", "theano"])
    assert "there is no 'theano'; there are jax, mygrad" in capsys.readouterr().err


def test_without_pytorch_it_says_so_and_times_minitorch(tmp_path, capsys, monkeypatch):
    def without_torch(package, whole=run.whole):
        if package == "torch":
            raise ImportError(package)
        return whole(package)

    monkeypatch.setattr(run, "whole", without_torch)
    assert main(["--only", "accumulation", "--rounds", "2", "--json", str(tmp_path / "run.json")]) == 0
    captured = capsys.readouterr()
    assert "PyTorch is not installed" in captured.err
    assert "accumulation" in captured.out


def test_the_figures_of_a_run_are_its_last_line(tmp_path):
    path = tmp_path / "metrics.jsonl"
    path.write_text('{"kind": "epoch"}\n{"kind": "test", "test_accuracy": 0.98}\n', encoding="utf-8")
    assert configs.final_figures(path) == {"kind": "test", "test_accuracy": 0.98}
