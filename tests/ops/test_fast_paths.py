"""The unrolled paths of an operation and of its node, against the general ones that they stand beside."""

import numpy as np
import pytest

import minitorch
from minitorch.core.batched import raw
from minitorch.core.dispatch import general
from minitorch.core.primitive import primitive
from minitorch.core.pulls import MANY, pull_of
from minitorch.core.row_node import RowNode
from tests.ops.test_derivatives import ALL, CASES, PARTIAL, TABLE, prepared, tensors_of

CHOSEN = [p for p in ALL if p.values[0] not in PARTIAL]


def same(a, b):
    """Whether two values, or two lists of them, are the same bit by bit; of a kernel's own objects, of one kind."""
    if isinstance(a, (tuple, list)):
        return len(a) == len(b) and all(map(same, a, b))
    a, b = raw(a), raw(b)
    if isinstance(a, (np.ndarray, np.generic)):
        return a.shape == b.shape and np.array_equal(a, b, equal_nan=a.dtype.kind in "fc")
    return type(a) is type(b) and (not isinstance(a, (str, int, float)) or a == b)


def node_of(f, inputs):
    minitorch.manual_seed(0)
    results = tensors_of(f(*inputs))
    return results, results[0].grad_fn


@pytest.mark.parametrize(("name", "k"), CHOSEN)
def test_an_operation_is_what_the_general_path_makes_of_it(name, k):
    op, case = TABLE[name], CASES[name][k]
    _, inputs = prepared(name, k)
    fast, node = node_of(lambda *tensors: case.call(op, *tensors), inputs)
    plain, other = node_of(lambda *tensors: case.call(general(op.row), *tensors), inputs)
    assert same([t.array for t in fast], [t.array for t in plain])
    assert [t.array.dtype for t in fast] == [t.array.dtype for t in plain]
    assert [t._view is None for t in fast] == [t._view is None for t in plain]
    assert type(node) is type(other)
    assert isinstance(node, RowNode)
    assert node.plan is other.plan
    assert same(node.saved[::3], other.saved[::3])
    assert node.meta == other.meta


@pytest.mark.parametrize(("name", "k"), CHOSEN)
def test_rules_written_out_give_what_the_loop_gives(name, k):
    f, inputs = prepared(name, k)
    results, node = node_of(f, inputs)
    g = np.ones(results[0].array.shape, results[0].array.dtype)
    if not node.plan.single:
        g = node.plan.gradients(node, [g] + [None] * (len(node.meta) // 2 - 1), False)
    pull, plain = pull_of(node.plan), node.plainly(g)
    if pull is None:
        return
    assert same(list(pull(node, g)), list(plain))
    for i, rule in enumerate(plain):
        if rule is not None and node.plan.rules[0][0] >= 0:
            part = list(pull_of(node.plan, (i,))(node, g))
            assert same(part, [None if j == i else x for j, x in enumerate(plain)])


def test_of_many_values_the_loop_does_it():
    xs = [minitorch.ones(2, requires_grad=True) for _ in range(MANY + 1)]
    out = minitorch.cat(xs)
    assert pull_of(out.grad_fn.plan) is None
    out.sum().backward()
    assert all(x.grad.tolist() == [1.0, 1.0] for x in xs)


@pytest.mark.parametrize("create_graph", [False, True])
def test_a_gradient_that_leads_to_no_target_is_not_computed(create_graph):
    ran = []

    def noted(name, g):
        ran.append(name)
        return g

    op = primitive("Noted", lambda a, b: a + b, a=lambda g: noted("a", g), b=lambda g: noted("b", g))
    a, b = (minitorch.ones(2, requires_grad=True) for _ in range(2))
    (g,) = minitorch.autograd.grad(op(a, b).sum(), b, create_graph=create_graph)
    assert g.tolist() == [1.0, 1.0]
    assert ran == ["b"]
    op(a, b).sum().backward(inputs=[a])
    assert ran == ["b", "a"]
    op(a, b).sum().backward()
    assert sorted(ran[2:]) == ["a", "b"]


def test_a_modified_value_is_noticed_though_its_rule_need_not_run():
    a, b = (minitorch.ones(2, requires_grad=True) * 1 for _ in range(2))
    out = (a * b).sum()
    b.add_(1)
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        out.backward()


def test_wrong_numbers_of_inputs_and_arrays():
    from minitorch.ops.linalg import linear

    x, w, b = np.ones((2, 3)), np.ones((4, 3)), np.zeros(4)
    assert linear(x, w, b).tolist() == [[3.0] * 4] * 2
    with pytest.raises(TypeError):
        linear(minitorch.ones(2, 3), minitorch.ones(4, 3))
