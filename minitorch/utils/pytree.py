"""Pytrees: tensors inside dicts, lists, tuples and namedtuples, taken apart and put together again.

Whatever is not such a container, None too, is a leaf. The names are those of ``torch.utils._pytree``.
"""

from __future__ import annotations

from collections import OrderedDict, defaultdict, deque
from collections.abc import Callable, Sequence
from typing import Any

_MAPPINGS = (dict, OrderedDict, defaultdict)
_SEQUENCES = (list, tuple, deque)


class TreeSpec:
    """The structure of a tree without its leaves: a container's kind and the structures of its children."""

    __slots__ = ("children", "kind", "num_leaves", "shape")

    def __init__(self, kind: type | None, shape: Any, children: list[TreeSpec]) -> None:
        self.kind = kind  # None for a leaf
        self.shape = shape  # the keys of a mapping, and what a defaultdict makes its values with
        self.children = children
        self.num_leaves: int = 1 if kind is None else sum(child.num_leaves for child in children)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, TreeSpec) or self.kind is not other.kind:
            return False
        if self.kind in _MAPPINGS:  # the order of keys is not part of the structure
            mine, others = dict(zip(self.shape[1], self.children)), dict(zip(other.shape[1], other.children))
            return self.shape[0] == other.shape[0] and mine == others
        return self.children == other.children

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        if self.kind is None:
            return "*"
        if self.kind in _MAPPINGS:
            return "{" + ", ".join(f"{k!r}: {c}" for k, c in zip(self.shape[1], self.children, strict=True)) + "}"
        inside = ", ".join(map(repr, self.children))
        if self.kind is list:
            return f"[{inside}]"
        name = "" if self.kind is tuple else self.kind.__name__
        return f"{name}({inside}{',' if self.kind is tuple and len(self.children) == 1 else ''})"


LEAF = TreeSpec(None, None, [])


def _is_namedtuple(kind: type) -> bool:
    return issubclass(kind, tuple) and hasattr(kind, "_fields")


def tree_flatten(tree: Any) -> tuple[list[Any], TreeSpec]:
    """The leaves of a tree, in order, and the structure they were in.

    >>> from minitorch.utils.pytree import tree_flatten
    >>> tree_flatten({"a": 1, "b": (2, [3, None])})
    ([1, 2, 3, None], {'a': *, 'b': (*, [*, *])})
    """
    leaves: list[Any] = []
    return leaves, _flatten(tree, leaves)


def _flatten(tree: Any, leaves: list[Any]) -> TreeSpec:
    kind = type(tree)
    if kind in _MAPPINGS:
        shape = (tree.default_factory if kind is defaultdict else None, list(tree))
        return TreeSpec(kind, shape, [_flatten(child, leaves) for child in tree.values()])
    if kind in _SEQUENCES or _is_namedtuple(kind):
        return TreeSpec(kind, None, [_flatten(child, leaves) for child in tree])
    leaves.append(tree)
    return LEAF


def tree_unflatten(leaves: Sequence[Any], treespec: TreeSpec) -> Any:
    """The tree of that structure with those leaves.

    >>> from minitorch.utils.pytree import tree_flatten, tree_unflatten
    >>> leaves, spec = tree_flatten({"a": 1, "b": [2]})
    >>> tree_unflatten([x * 10 for x in leaves], spec)
    {'a': 10, 'b': [20]}
    """
    leaves = list(leaves)
    if len(leaves) != treespec.num_leaves:
        raise ValueError(
            f"tree_unflatten(leaves, treespec): `leaves` has length {len(leaves)} but the spec refers to a pytree that "
            f"holds {treespec.num_leaves} items ({treespec})."
        )
    return _unflatten(iter(leaves), treespec)


def _unflatten(leaves: Any, spec: TreeSpec) -> Any:
    if spec.kind is None:
        return next(leaves)
    children = [_unflatten(leaves, child) for child in spec.children]
    if spec.kind in _MAPPINGS:
        factory, keys = spec.shape
        items: Any = zip(keys, children, strict=True)
        return defaultdict(factory, items) if spec.kind is defaultdict else spec.kind(items)
    return spec.kind(*children) if _is_namedtuple(spec.kind) else spec.kind(children)


def tree_map(func: Callable[..., Any], tree: Any, *rests: Any) -> Any:
    """``func`` of every leaf, in a tree of the same structure; of several trees, of their leaves side by side.

    >>> from minitorch.utils.pytree import tree_map
    >>> tree_map(lambda a, b: a + b, (1, {"x": 2}), (10, {"x": 20}))
    (11, {'x': 22})
    """
    leaves, spec = tree_flatten(tree)
    columns = [leaves]
    for rest in rests:
        others, other_spec = tree_flatten(rest)
        if other_spec != spec:
            raise ValueError(f"tree_map: the trees differ in structure: {spec} and {other_spec}")
        columns.append(others)
    return tree_unflatten([func(*row) for row in zip(*columns, strict=True)], spec)


def tree_leaves(tree: Any) -> list[Any]:
    """The leaves of a tree, in order."""
    return tree_flatten(tree)[0]
