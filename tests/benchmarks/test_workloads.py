"""What is compared is the same: each workload on PyTorch, on minitorch, and on its floor in NumPy."""

import numpy as np
import pytest

import minitorch
from benchmarks import run
from benchmarks.floors_images import dropped
from benchmarks.small_ops import OPERATIONS, step_of
from benchmarks.workload import WORKLOADS

OURS = run.whole("minitorch")
TRAINED = [name for name, w in WORKLOADS.items() if name not in ("chain", "loader")]


@pytest.fixture(scope="module")
def torch():
    pytest.importorskip("torch", reason="PyTorch is the oracle: pip install minitorch[oracle]")
    module = run.whole("torch")
    module.set_num_threads(1)
    return module


def arrays(parameters):
    return [np.array(p.detach().numpy()) for p in parameters]


@pytest.mark.parametrize("name", TRAINED)
def test_both_libraries_take_the_same_steps(name, torch):
    built = {}
    for module in (torch, OURS):
        module.manual_seed(0)
        built[module] = WORKLOADS[name].build(module)
    with OURS.no_grad():
        for p, q in zip(built[OURS][1], built[torch][1], strict=True):
            p.copy_(OURS.from_numpy(q.detach().numpy().copy()))
    for module in (torch, OURS):
        module.manual_seed(1)  # dropout draws
    for _ in range(2):
        ours, theirs = built[OURS][0]().item(), built[torch][0]().item()
        assert ours == pytest.approx(theirs, rel=1e-4)


def same_dropout():
    """Draws of the floor's dropout that are ours: features come first there."""
    OURS.manual_seed(1)
    masks = [OURS.nn.functional.dropout(OURS.ones(64, 128), 0.25).numpy().T.copy() for _ in range(3)]
    return lambda into: np.copyto(into, masks.pop(0))


@pytest.mark.parametrize("name", [name for name, w in WORKLOADS.items() if w.floor is not None])
def test_a_floor_trains_the_same_parameters(name):
    w = WORKLOADS[name]
    step, parameters = w.build(OURS)
    before = arrays(parameters)
    own = arrays(parameters)
    floor = w.floor(own, same_dropout()) if name == "cnn_8_norm" else w.floor(own)
    OURS.manual_seed(1)
    for _ in range(3):
        assert step().item() * (4 if name == "accumulation" else 1) > 0
        floor()
    for parameter, p, q, start in zip(parameters, arrays(parameters), own, before, strict=True):
        if np.abs(parameter.grad.numpy()).max() < 1e-6:  # of a bias that BatchNorm takes off again: Adam steps on noise
            continue
        np.testing.assert_allclose(q, p, rtol=1e-3, atol=1e-5)
        assert np.abs(p - start).max() > 1e-5


@pytest.mark.skipif(not hasattr(minitorch, "compile"), reason="there is no minitorch.compile")
@pytest.mark.parametrize("name", [name for name, w in WORKLOADS.items() if w.compiled is not None])
def test_a_compiled_step_changes_no_bit(name):
    w, built = WORKLOADS[name], {}
    for compiled in (False, True):
        OURS.manual_seed(0)
        step, parameters = w.build(OURS)
        step = OURS.compile(step) if compiled else step
        OURS.manual_seed(1)  # dropout draws
        built[compiled] = (
            [step().item() for _ in range(5)],
            arrays(parameters) + arrays([p.grad for p in parameters if p.grad is not None]),
        )
    assert built[True][0] == built[False][0]
    for p, q in zip(built[True][1], built[False][1], strict=True):
        np.testing.assert_array_equal(p, q)


def test_the_floors_dropout_drops_as_often_as_it_should():
    dropped(0.25)(kept := np.empty((100, 100), np.float32))
    np.testing.assert_allclose(np.unique(kept), [0, 4 / 3], rtol=1e-6)
    assert abs((kept == 0).mean() - 0.25) < 0.02


def test_the_chain_has_200_operations():
    step, _ = WORKLOADS["chain"].build(OURS)
    seen, stack = set(), [step().grad_fn]
    while stack:
        node = stack.pop()
        if node is not None and node not in seen and node.next_functions:
            seen.add(node)
            stack += [edge[0] for edge in node.next_functions]
    assert len(seen) == 200


def test_the_loader_gives_all_rows():
    step, _ = WORKLOADS["loader"].build(OURS)
    assert step().shape == (1437 % 32, 64)


@pytest.mark.parametrize("title", OPERATIONS)
def test_a_small_operation_runs(title):
    step_of(OURS, OPERATIONS[title])()


def test_names_are_distinct_and_titles_too():
    assert len({w.title for w in WORKLOADS.values()}) == len(WORKLOADS)
    assert not set(WORKLOADS) & set(run.GROUPS)
    assert minitorch.is_grad_enabled()
