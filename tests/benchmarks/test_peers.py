"""The peers train the same models: their parameters after three steps are ours."""

import numpy as np
import pytest

from benchmarks import peers, run
from benchmarks.peers import PEERS
from benchmarks.workload import WORKLOADS

OURS = run.whole("minitorch")
DENSE = ["logistic", "mlp_adam", "mlp_momentum", "mlp_wide"]
MORE = ["chain", *DENSE, "mlp_deep", "accumulation"]
PAIRS = {
    "jax": [*MORE, "penalty", "cnn_8", "cnn_28", "lstm", "gru", "gpt"],
    "hips": [*MORE, "penalty"],
    "mygrad": MORE,
    "sklearn": DENSE,
}
LOOSE = {("sklearn", "mlp_adam"), ("sklearn", "mlp_wide")}  # where a gradient is about 1e-8, its epsilon counts else


@pytest.mark.parametrize(("peer", "name"), [(peer, name) for peer, names in PAIRS.items() for name in names])
def test_a_peer_trains_the_same_parameters(peer, name):
    pytest.importorskip(peer.replace("hips", "autograd"), reason=f"a peer: pip install {PEERS[peer].package}")
    step, parameters = WORKLOADS[name].build(OURS)
    before = [np.array(p.detach().numpy()) for p in parameters]
    their_step, now = PEERS[peer].steps()[name]([p.copy() for p in before])
    for _ in range(3):
        mine, theirs = float(step()), float(their_step())
        assert theirs == pytest.approx(mine, rel=1e-3 if (peer, name) in LOOSE else 1e-4)
    if name == "chain":
        np.testing.assert_allclose(now()[0], parameters[0].grad.numpy(), rtol=1e-4)
        return
    for p, q, start in zip(parameters, now(), before, strict=True):
        assert q.dtype == np.float32
        if (peer, name) in LOOSE:
            assert np.quantile(np.abs(q - p.detach().numpy()), 0.99) < 1e-4
        else:
            np.testing.assert_allclose(q, p.detach().numpy(), rtol=1e-3, atol=1e-5)
        assert p.grad is None or not p.grad.numpy().any() or np.abs(q - start).max() > 1e-5


@pytest.mark.parametrize("peer", PEERS)
def test_every_step_of_a_peer_is_tested(peer):
    pytest.importorskip(peer.replace("hips", "autograd"), reason=f"a peer: pip install {PEERS[peer].package}")
    assert sorted(PEERS[peer].steps()) == sorted(PAIRS[peer])
    assert set(PAIRS[peer]) <= set(WORKLOADS)


def test_peers_are_chosen_by_name():
    assert peers.chosen("") == []
    assert peers.chosen("jax, hips") == ["jax", "hips"]
    assert peers.chosen("all") == list(PEERS)
    with pytest.raises(ValueError, match="--peers: there is no 'theano'; there are jax, mygrad"):
        peers.chosen("theano")


def test_what_is_not_installed_is_left_out_in_one_line(monkeypatch):
    def nowhere(name):
        raise ImportError(name)

    monkeypatch.setattr(peers.importlib, "import_module", nowhere)
    assert peers.installed(["jax", "hips"]) == (
        {},
        "left out, since not installed: JAX, HIPS. pip install jax autograd",
    )
    assert peers.installed([]) == ({}, "")
