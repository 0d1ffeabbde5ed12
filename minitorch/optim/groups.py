"""Parameter groups: what a user may give as parameters, and how it is taken apart."""

import difflib
import warnings
from collections.abc import Iterable
from typing import Any

from minitorch.core.tensor import Tensor

Params = Iterable[Tensor] | Iterable[dict[str, Any]] | Iterable[tuple[str, Tensor]]
Group = dict[str, Any]


def unzipped(params: Any) -> tuple[list[Tensor], list[str]]:
    """The tensors of a group, and their names if they came as ``(name, tensor)``."""
    if isinstance(params, Tensor):
        return [params], []
    if isinstance(params, (set, frozenset)):
        raise TypeError(
            "optimizer parameters need to be organized in ordered collections, but the ordering of tensors in sets "
            "will change between runs. Please use a list instead."
        )
    items = list(params)
    names = [item[0] for item in items if isinstance(item, tuple)]
    if names and len(names) != len(items):
        raise ValueError("all optimizer params should be with/without names. Some param names are missing")
    return [item[1] if isinstance(item, tuple) else item for item in items], names


def warn_of_misspelt(group: Group, defaults: dict[str, Any]) -> None:
    """Groups may carry options of the user's own, but a name that is nearly an option's is likely a slip."""
    for option in group:
        if option in defaults or option in ("params", "param_names", "initial_lr"):
            continue
        near = difflib.get_close_matches(str(option), defaults, n=1, cutoff=0.8)
        if near:
            warnings.warn(
                f"this optimizer has no option {option!r}, as is given in a parameter group: did you mean {near[0]!r}?",
                stacklevel=4,
            )
