"""Pytrees: every container comes back as it was, and structures are compared."""

from collections import OrderedDict, defaultdict, deque, namedtuple

import pytest

from minitorch.utils.pytree import tree_flatten, tree_leaves, tree_map, tree_unflatten

Point = namedtuple("Point", "x y")
TREES = [
    3, None, (), [], {}, (1,), [1, (2, {"a": 3})], {"b": 1, "a": [2, 3]}, Point(1, (2, 3)), deque([1, 2]),
    OrderedDict(z=1, a=2), defaultdict(list, {"k": [1, 2]}),
]  # fmt: skip


@pytest.mark.parametrize("tree", TREES, ids=repr)
def test_there_and_back(tree):
    leaves, spec = tree_flatten(tree)
    back = tree_unflatten(leaves, spec)
    assert back == tree
    assert type(back) is type(tree)
    assert spec.num_leaves == len(leaves)
    assert tree_flatten(back)[1] == spec
    assert tree_leaves(tree_map(lambda x: x, tree)) == leaves


def test_structures_differ_by_kind_keys_and_length_but_not_by_the_order_of_keys():
    def spec(tree):
        return tree_flatten(tree)[1]

    assert spec({"a": 1, "b": [2]}) == spec({"b": [1], "a": 2})
    for a, b in [((1,), [1]), ((1,), (1, 2)), ({"a": 1}, {"b": 1}), (Point(1, 2), (1, 2)), (1, (1,))]:
        assert spec(a) != spec(b)


def test_misfits_are_refused():
    with pytest.raises(ValueError, match="`leaves` has length 1 but the spec refers to a pytree that holds 2"):
        tree_unflatten([1], tree_flatten((1, 2))[1])
    with pytest.raises(ValueError, match="differ in structure"):
        tree_map(lambda a, b: a, (1, 2), [1, 2])
