"""Parameters of an estimator's parts: ``module__hidden=64`` in the constructor, in set_params and in a grid."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from typing import Any

from sklearn.base import BaseEstimator


class Nested(BaseEstimator):  # type: ignore[misc]
    """An estimator whose parameters may be followed by ``__`` and the name of an argument of theirs."""

    __signature__: inspect.Signature
    _parts: tuple[str, ...] = ()

    def __init_subclass__(cls, **options: Any) -> None:
        """The name of ``**parts`` is no parameter: leave it out of what scikit-learn and editors are shown."""
        super().__init_subclass__(**options)
        _, *own = inspect.signature(cls.__init__).parameters.values()
        cls.__signature__ = inspect.Signature([p for p in own if p.kind is not p.VAR_KEYWORD])

    def _set_nested(self, given: Mapping[str, Any]) -> None:
        for name, value in given.items():
            part = name.partition("__")[0]
            if "__" not in name or part not in self._parts:
                raise TypeError(f"{type(self).__name__}: unexpected parameter {name!r}{self._near(name)}")
            setattr(self, name, value)

    def _near(self, name: str) -> str:
        known = [*self._get_param_names(), *(f"{part}__..." for part in self._parts)]
        close = get_close_matches(name, known, 1)
        return f"; did you mean {close[0]!r}?" if close else f"; there are {', '.join(known)}"

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """The parameters by name, with the arguments for the parts."""
        nested = [name for name in vars(self) if name.partition("__")[0] in self._parts and "__" in name]
        params: dict[str, Any] = super().get_params(deep=deep)
        return params | {name: getattr(self, name) for name in nested}

    def set_params(self, **params: Any) -> Nested:
        """Set parameters, and arguments for the parts.

        Raises `ValueError` for a name that there is not.
        """
        nested = {name: value for name, value in params.items() if "__" in name}
        plain = {name: value for name, value in params.items() if name not in nested}
        for name in plain:
            if name not in self._get_param_names():
                raise ValueError(f"Invalid parameter {name!r} for estimator {type(self).__name__}{self._near(name)}")
        try:
            self._set_nested(nested)
        except TypeError as error:
            raise ValueError(str(error)) from None
        super().set_params(**plain)
        return self

    def _arguments(self, part: str) -> dict[str, Any]:
        """What has been said about a part, by the names of its arguments."""
        return {name.partition("__")[2]: value for name, value in vars(self).items() if name.startswith(f"{part}__")}


def accepted(factory: Callable[..., Any]) -> tuple[set[str], bool]:
    """The names of a callable's arguments, and whether it takes any name."""
    parameters = inspect.signature(factory).parameters.values()
    return {p.name for p in parameters}, any(p.kind is p.VAR_KEYWORD for p in parameters)


def made(part: str, factory: Callable[..., Any], *leading: Any, **arguments: Any) -> Any:
    """Call a part's factory.

    Raises `ValueError` for an argument it does not take, under the name the user gave it.
    """
    names, any_name = accepted(factory)
    for name in arguments:
        if not any_name and name not in names:
            close = get_close_matches(name, names, 1)
            hint = f"did you mean {part}__{close[0]}?" if close else f"it takes {', '.join(sorted(names))}"
            raise ValueError(f"{part}__{name}: {getattr(factory, '__name__', factory)} has no such argument; {hint}")
    return factory(*leading, **arguments)


def named(part: str, room: Any, given: Any) -> Any:
    """A class, or the class of that name in a room of minitorch."""
    if not isinstance(given, str):
        return given
    names = {name.lower(): name for name in dir(room) if isinstance(getattr(room, name), type)}
    if given.lower() in names:
        return getattr(room, names[given.lower()])
    close = get_close_matches(given.lower(), names, 1)
    hint = f"; did you mean {names[close[0]]!r}?" if close else ""
    raise ValueError(f"{part}: {room.__name__} has no {given!r}{hint}")
