"""The base of all optimizers: parameter groups, state of each parameter, state dicts and hooks."""

import functools
import warnings
from collections import defaultdict
from collections.abc import Callable
from copy import deepcopy
from typing import Any, Concatenate, ParamSpec, TypeVar, cast, overload

import numpy as np

from minitorch.core.clearing import clear_gradients
from minitorch.core.hooks import Hooks, RemovableHandle
from minitorch.core.mode import enable_grad
from minitorch.core.recording import whole
from minitorch.core.tensor import Tensor, wrap
from minitorch.core.watch import tell, watchers
from minitorch.optim.groups import Group, Params, unzipped, warn_of_misspelt

__all__ = ["Group", "Optimizer", "Params", "register_optimizer_step_post_hook", "register_optimizer_step_pre_hook"]

StateDict = dict[str, Any]
P = ParamSpec("P")
R = TypeVar("R")
Self = TypeVar("Self", bound="Optimizer")

_before_any_step = Hooks()
_after_any_step = Hooks()
HOOKS_OF_ALL = (_before_any_step, _after_any_step)
_HOOKS = ("step_before", "step_after", "save_before", "save_after", "load_before", "load_after")


def register_optimizer_step_pre_hook(hook: Callable[..., Any]) -> RemovableHandle:
    """Calls ``hook(optimizer, args, kwargs)`` before every step of every optimizer; see ``register_step_pre_hook``."""
    return _before_any_step.add(hook)


def register_optimizer_step_post_hook(hook: Callable[..., None]) -> RemovableHandle:
    """Calls ``hook(optimizer, args, kwargs)`` after every step of every optimizer."""
    return _after_any_step.add(hook)


class Optimizer:
    """Holds the parameters to optimize, in groups with options of their own, and what the algorithm remembers of each.

    ``params`` is an iterable of tensors, of ``(name, tensor)`` pairs, or of dicts: one for each group, with the tensors
    under ``"params"`` and options that take the place of ``defaults``. A subclass defines ``step``.

    ``param_groups`` is the list of groups, each a dict with ``"params"`` and every option; changing an option there
    takes effect at the next step. ``state[p]`` is what the algorithm remembers of ``p``.

    Raises ``TypeError`` for what is not a tensor, ``ValueError`` for no parameters at all, for the result of a
    recorded operation and for a parameter in two groups.

    >>> import minitorch as torch
    >>> w, b = torch.zeros(2, requires_grad=True), torch.zeros(1, requires_grad=True)
    >>> opt = torch.optim.SGD([{"params": [w]}, {"params": [b], "lr": 0.5}], lr=0.1)
    >>> [group["lr"] for group in opt.param_groups]
    [0.1, 0.5]
    """

    def __init__(self, params: Params, defaults: dict[str, Any]) -> None:
        if isinstance(params, Tensor):
            raise TypeError(
                "params argument given to the optimizer should be an iterable of Tensors or dicts, but got "
                f"{type(params).__name__}: put it in a list"
            )
        self.defaults = defaults
        self.state: defaultdict[Any, Any] = defaultdict(dict)
        self.param_groups: list[Group] = []
        self._prepare()
        groups: list[Any] = list(params)
        if not groups:
            raise ValueError(
                "optimizer got an empty parameter list: if it came from a generator such as model.parameters(), "
                "it may have been used up already, or the model has no parameters"
            )
        if not isinstance(groups[0], dict):
            groups = [{"params": groups}]
        for group in groups:
            self.add_param_group(group)

    def _prepare(self) -> None:
        """What every optimizer has beside its pickled fields; called on making and on unpickling it."""
        self._hooks = {name: Hooks() for name in _HOOKS}
        cls = type(self)
        if not hasattr(cls.step, "hooked"):  # so that a subclass's own step runs the hooks too
            cls.step = self.profile_hook_step(cls.step)  # type: ignore[method-assign, assignment]

    def __getstate__(self) -> dict[str, Any]:
        return {"defaults": self.defaults, "state": self.state, "param_groups": self.param_groups}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        if "_hooks" not in self.__dict__:
            self._prepare()

    def __repr__(self) -> str:
        lines = []
        for number, group in enumerate(self.param_groups):
            lines += ["", f"Parameter Group {number}"]
            lines += [f"    {key}: {group[key]}" for key in sorted(group) if key != "params"]
        return f"{type(self).__name__} (" + "\n".join(lines) + "\n)"

    # --- Groups ------------------------------------------------------------------------------------------------------

    def add_param_group(self, param_group: Group) -> None:
        """Adds a group: a dict with ``"params"`` and any options; missing options are filled in from the defaults."""
        if not isinstance(param_group, dict):
            raise TypeError(f"param_group must be a dict, but got {type(param_group)}")
        if "params" not in param_group:
            raise KeyError(f"params: a parameter group needs its tensors under 'params'; it has {sorted(param_group)}")
        tensors, names = unzipped(param_group["params"])
        for p in tensors:
            if not isinstance(p, Tensor):
                raise TypeError(f"optimizer can only optimize Tensors, but one of the params is {type(p).__name__}")
            if not (p.is_leaf or p.retains_grad):
                raise ValueError(
                    "can't optimize a non-leaf Tensor: it is the result of a recorded operation, and writing into it "
                    "would not change what it was made of. Optimize the leaf, or .detach().requires_grad_() it first."
                )
        param_group["params"] = tensors
        if names:
            param_group["param_names"] = names
        warn_of_misspelt(param_group, self.defaults)
        for option, value in self.defaults.items():
            param_group.setdefault(option, value)
        if len(tensors) != len(set(tensors)):
            warnings.warn(
                "optimizer contains a parameter group with duplicate parameters; each counts as often as it is listed",
                stacklevel=3,
            )
        for group in self.param_groups:
            if ("param_names" in param_group) != ("param_names" in group):
                raise ValueError(
                    "all optimizer param groups should be with/without names. cannot add param group "
                    f"{'with' if names else 'without'} names to the optimizer"
                )
        taken = {p for group in self.param_groups for p in group["params"]}
        if not taken.isdisjoint(tensors):
            raise ValueError("some parameters appear in more than one parameter group")
        self._check_group(param_group)
        self.param_groups.append(param_group)
        if watchers:
            tell("grouped", self, param_group)

    def _check_group(self, group: Group) -> None:
        """Raises for what the algorithm cannot do with a group."""

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Forgets the gradients of all parameters, or fills them with zeros if not ``set_to_none``.

        The two differ: a step skips a parameter without a gradient, but takes a gradient of zeros as any other, so
        that momentum still moves it and weight decay still shrinks it.
        """
        clear_gradients(self, [p for group in self.param_groups for p in group["params"]], set_to_none)

    # --- A step ------------------------------------------------------------------------------------------------------

    @overload
    def step(self, closure: None = None) -> None: ...

    @overload
    def step(self, closure: Callable[[], R]) -> R: ...

    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Updates the parameters. ``closure`` clears the gradients, computes the loss anew and returns it."""
        raise NotImplementedError(
            f"{type(self).__name__} must define step(closure=None): Optimizer has no algorithm of its own"
        )

    @staticmethod
    def _evaluate(closure: Callable[[], R] | None) -> R | None:
        """The closure's loss, recorded even where recording is off; None without a closure."""
        if closure is None:
            return None
        with enable_grad():
            return closure()

    @staticmethod
    def profile_hook_step(step: Callable[Concatenate[Self, P], R]) -> Callable[Concatenate[Self, P], R]:
        """A ``step`` method that runs the hooks around ``step``. Every optimizer's own is wrapped so by itself."""

        @whole
        @functools.wraps(step)
        def hooked_step(self: Self, *args: P.args, **kwargs: P.kwargs) -> R:
            hooks = self._hooks
            before, after = hooks["step_before"], hooks["step_after"]
            if not (before or after or _before_any_step or _after_any_step):
                return step(self, *args, **kwargs)
            for hook in (*_before_any_step.values(), *before.values()):
                changed = hook(self, args, kwargs)
                if changed is not None:
                    if not (isinstance(changed, tuple) and len(changed) == 2):
                        raise RuntimeError(
                            f"{step} must return None or a tuple of (new_args, new_kwargs), but got {changed}."
                        )
                    args, kwargs = changed
            result = step(self, *args, **kwargs)
            for hook in (*after.values(), *_after_any_step.values()):
                hook(self, args, kwargs)
            return result

        hooked_step.hooked = True  # type: ignore[attr-defined]
        return cast(Callable[Concatenate[Self, P], R], hooked_step)

    # --- Saving and loading ------------------------------------------------------------------------------------------

    def state_dict(self) -> StateDict:
        """``{"state": {number: {...}}, "param_groups": [...]}``: parameters go by number, counted over the groups.

        The state's tensors are the live ones, as in PyTorch: copy them (or save them) to keep them as they are now.
        """
        for hook in self._hooks["save_before"].values():
            hook(self)
        number_of: dict[int, int] = {}
        groups, start = [], 0
        for group in self.param_groups:
            number_of |= {id(p): i for i, p in enumerate(group["params"], start) if id(p) not in number_of}
            packed = {option: value for option, value in group.items() if option != "params"}
            packed["params"] = [number_of[id(p)] for p in group["params"]]
            start += len(packed["params"])
            groups.append(packed)
        state = {(number_of[id(p)] if isinstance(p, Tensor) else p): entry for p, entry in self.state.items()}
        saved: StateDict = {"state": state, "param_groups": groups}
        for hook in self._hooks["save_after"].values():
            changed = hook(self, saved)
            if changed is not None:
                saved = changed
        return saved

    def load_state_dict(self, state_dict: StateDict) -> None:
        """Takes over the options and the state of a ``state_dict`` of an optimizer with groups of the same sizes.

        The state is copied, and floating-point state cast to its parameter's dtype, except ``step``. Make schedulers
        before loading: making one sets the learning rate.

        Raises ``ValueError`` when the groups differ in number or size.
        """
        state_dict = dict(state_dict)
        for hook in self._hooks["load_before"].values():
            changed = hook(self, state_dict)
            if changed is not None:
                state_dict = changed
        for key in ("param_groups", "state"):
            if key not in state_dict:
                raise KeyError(
                    f"{key}: an optimizer's state dict has 'state' and 'param_groups'; got {sorted(state_dict)}"
                )
        groups, saved = self.param_groups, deepcopy(state_dict["param_groups"])
        if len(groups) != len(saved):
            raise ValueError(
                "loaded state dict has a different number of parameter groups: "
                f"{len(saved)} there and {len(groups)} here"
            )
        for number, (group, loaded) in enumerate(zip(groups, saved, strict=True)):
            if len(group["params"]) != len(loaded["params"]):
                raise ValueError(
                    "loaded state dict contains a parameter group that doesn't match the size of optimizer's group: "
                    f"group {number} has {len(loaded['params'])} parameters there and {len(group['params'])} here"
                )
        owner: dict[Any, Tensor] = {}
        for group, loaded in zip(groups, saved, strict=True):
            owner.update(zip(loaded["params"], group["params"], strict=True))
            loaded["params"] = group["params"]
            if "param_names" in group:
                loaded.setdefault("param_names", group["param_names"])
            for option, value in self.defaults.items():  # a checkpoint may be older than an option
                loaded.setdefault(option, value)
        state: defaultdict[Any, Any] = defaultdict(dict)
        for number, entry in state_dict["state"].items():
            if number in owner:
                state[owner[number]] = _cast(entry, owner[number])
            else:
                state[number] = entry
        self.__setstate__({"state": state, "param_groups": saved})
        for hook in self._hooks["load_after"].values():
            hook(self)

    # --- Hooks -------------------------------------------------------------------------------------------------------

    def register_step_pre_hook(self, hook: Callable[..., Any]) -> RemovableHandle:
        """Calls ``hook(optimizer, args, kwargs)`` before each step; it may return other ``(args, kwargs)``."""
        return self._hooks["step_before"].add(hook)

    def register_step_post_hook(self, hook: Callable[..., None]) -> RemovableHandle:
        """Calls ``hook(optimizer, args, kwargs)`` after each step."""
        return self._hooks["step_after"].add(hook)

    def register_state_dict_pre_hook(self, hook: Callable[..., None], prepend: bool = False) -> RemovableHandle:
        """Calls ``hook(optimizer)`` before ``state_dict`` is made."""
        return _add(self._hooks["save_before"], hook, prepend)

    def register_state_dict_post_hook(
        self, hook: Callable[..., StateDict | None], prepend: bool = False
    ) -> RemovableHandle:
        """Calls ``hook(optimizer, state_dict)`` when it is made; it may change it or return another."""
        return _add(self._hooks["save_after"], hook, prepend)

    def register_load_state_dict_pre_hook(
        self, hook: Callable[..., StateDict | None], prepend: bool = False
    ) -> RemovableHandle:
        """Calls ``hook(optimizer, state_dict)`` with a shallow copy, before loading; it may return another."""
        return _add(self._hooks["load_before"], hook, prepend)

    def register_load_state_dict_post_hook(self, hook: Callable[..., None], prepend: bool = False) -> RemovableHandle:
        """Calls ``hook(optimizer)`` after a state dict was loaded."""
        return _add(self._hooks["load_after"], hook, prepend)


def _add(hooks: Hooks, hook: Callable[..., Any], first: bool) -> RemovableHandle:
    """Registers a hook behind the others, or before them."""
    others = dict(hooks) if first else {}
    handle = hooks.add(hook)
    for number, other in others.items():
        del hooks[number]
        hooks[number] = other
    return handle


def _cast(value: Any, p: Tensor, key: str | None = None) -> Any:
    """A copy of one parameter's loaded state, floating-point tensors in the parameter's dtype, except ``step``."""
    if isinstance(value, Tensor):
        like_param = key != "step" and p.array.dtype.kind == "f"
        return wrap(np.array(value.array, p.array.dtype if like_param else value.array.dtype))
    if isinstance(value, dict):
        return {k: _cast(v, p, k) for k, v in value.items()}
    if isinstance(value, (list, tuple, set)):
        return cast(Any, type(value))(_cast(v, p) for v in value)
    return value
