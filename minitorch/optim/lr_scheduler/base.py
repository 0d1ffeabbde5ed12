"""The base of learning-rate schedulers: what they share is when the rate changes, not how."""

import functools
import warnings
import weakref
from collections.abc import Callable, Sequence
from typing import Any

from minitorch.core.recording import whole
from minitorch.core.tensor import Tensor
from minitorch.core.watch import tell, watchers
from minitorch.optim.arguments import number
from minitorch.optim.optimizer import Optimizer

Rate = Any  # a float, or a Tensor of one element if the optimizer was given one

EPOCH_WARNING = (
    "The epoch parameter in `scheduler.step()` was not necessary and is being deprecated where possible. Please use "
    "`scheduler.step()` to step the scheduler. With an epoch the closed form of the schedule is used, if it has one."
)


class LRScheduler:
    """Sets the learning rates of an optimizer's groups, epoch after epoch.

    Making a scheduler notes each group's rate as ``initial_lr`` and sets the rate of epoch 0; then call ``step()`` once
    an epoch (or batch, if that is how the schedule counts), after the optimizer's steps. ``last_epoch`` is the number
    of the epoch that the current rates are for; give it to go on from there, on an optimizer whose groups have
    ``initial_lr`` already.

    A subclass defines ``get_lr()``, the groups' next rates; they may depend on ``last_epoch``, ``base_lrs`` and the
    rates as they are now, which lets schedules be combined.

    >>> import minitorch as torch
    >>> class Halved(torch.optim.lr_scheduler.LRScheduler):
    ...     def get_lr(self):
    ...         return [rate * 0.5**self.last_epoch for rate in self.base_lrs]
    >>> opt = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.8)
    >>> schedule = Halved(opt)
    >>> opt.step()
    >>> schedule.step()
    >>> schedule.get_last_lr()
    [0.4]
    """

    _get_lr_called_within_step: bool = False
    _is_initial: bool = False
    _last_lr: list[Rate]

    def __init__(self, optimizer: Optimizer, last_epoch: int = -1) -> None:
        self.optimizer = check_optimizer(optimizer)
        for i, group in enumerate(optimizer.param_groups):
            if last_epoch == -1:
                group.setdefault("initial_lr", copied(group["lr"]))
            elif "initial_lr" not in group:
                raise KeyError(
                    f"param 'initial_lr' is not specified in param_groups[{i}] when resuming scheduler with "
                    "last_epoch >= 0: load the optimizer's state dict first, or leave last_epoch=-1 for a new run"
                )
        self.base_lrs = rates(optimizer, "initial_lr")
        self.last_epoch = last_epoch
        _note_steps(optimizer)
        self._initial_step()

    def _initial_step(self) -> None:
        """Sets the rates of the first epoch."""
        self._step_count = 0
        self._is_initial = True
        try:
            self.step()
        finally:
            self._is_initial = False

    def state_dict(self) -> dict[str, Any]:
        """All that the scheduler knows, except the optimizer."""
        return {key: value for key, value in self.__dict__.items() if key != "optimizer"}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Takes over what ``state_dict()`` gave. The optimizer's rates are not touched: its own state dict has them."""
        self.__dict__.update(state_dict)

    def get_last_lr(self) -> list[Rate]:
        """The rates that the last step set, one a group."""
        return self._last_lr

    def get_lr(self) -> list[Rate]:
        """The groups' rates of epoch ``last_epoch``. To look at the current ones use ``get_last_lr()``."""
        if not self._get_lr_called_within_step:
            warnings.warn(
                "To get the last learning rate computed by the scheduler, please use `get_last_lr()`.",
                UserWarning,
                stacklevel=2,
            )
        return self._next_lr()

    def _next_lr(self) -> list[Rate]:
        raise NotImplementedError(f"{type(self).__name__} must define get_lr()")

    def _scaled(self, factor: float) -> list[Rate]:
        """The current rates, each times a factor."""
        return [group["lr"] * factor for group in self.optimizer.param_groups]

    @whole
    def step(self, epoch: int | None = None) -> None:
        """Goes to the next epoch, or to ``epoch``, and sets its rates. Call the optimizer's ``step`` first."""
        if self._step_count == 1:
            self._check_order()
        self._step_count += 1
        if epoch is not None:
            warnings.warn(EPOCH_WARNING, UserWarning, stacklevel=3)
        self._update_lr(epoch)
        if watchers and not self._is_initial:
            tell("scheduled", self)

    def _check_order(self) -> None:
        """Warns of a first step of the schedule before the optimizer's: the first rate would never be used."""
        if not hasattr(self.optimizer.step, "_wrapped_by_lr_sched"):
            warnings.warn(
                "Seems like `optimizer.step()` has been overridden after learning rate scheduler initialization. "
                "Please, make sure to call `optimizer.step()` before `lr_scheduler.step()`.",
                UserWarning,
                stacklevel=3,
            )
        elif not getattr(self.optimizer, "_opt_called", False):
            warnings.warn(
                "Detected call of `lr_scheduler.step()` before `optimizer.step()`. Call them in the opposite order: "
                "`optimizer.step()` before `lr_scheduler.step()`. Otherwise the first value of the learning rate "
                "schedule is skipped.",
                UserWarning,
                stacklevel=3,
            )

    def _update_lr(self, epoch: int | None = None) -> None:
        closed_form: Callable[[], list[Rate]] | None = getattr(self, "_get_closed_form_lr", None)
        self._get_lr_called_within_step = True
        try:
            if epoch is None:
                self.last_epoch += 1
                new = self.get_lr()
            else:
                self.last_epoch = epoch
                new = closed_form() if closed_form else self.get_lr()
        finally:
            self._get_lr_called_within_step = False
        self._set(new)

    def _set(self, new: Sequence[Rate]) -> None:
        """Sets the groups' rates."""
        for group, rate in zip(self.optimizer.param_groups, new, strict=True):
            set_option(group, "lr", rate)
        self._last_lr = rates(self.optimizer)


def check_optimizer(optimizer: Any) -> Optimizer:
    """Raises ``TypeError`` for what is not an optimizer."""
    if not isinstance(optimizer, Optimizer):
        raise TypeError(f"{type(optimizer).__name__} is not an Optimizer")
    return optimizer


def rates(optimizer: Optimizer, option: str = "lr") -> list[Rate]:
    """The groups' values of an option, tensors copied."""
    return [copied(group[option]) for group in optimizer.param_groups]


def copied(value: Rate) -> Rate:
    return value.detach().clone() if isinstance(value, Tensor) else value


def set_option(group: dict[str, Any], option: str, value: Rate) -> None:
    """Sets an option of a group; a tensor stays the same tensor and gets the new value."""
    held = group[option]
    if isinstance(held, Tensor):
        held.array[...] = number(value)
        held._bump()
    else:
        group[option] = value


def per_group(name: str, optimizer: Optimizer, value: Any) -> list[Any]:
    """One value a group, from one for all or a list."""
    count = len(optimizer.param_groups)
    if not isinstance(value, (list, tuple)):
        return [copied(value) for _ in range(count)]
    if len(value) != count:
        raise ValueError(
            f"{name} must have the same length as optimizer.param_groups. "
            f"{name} has {len(value)} values, param_groups has {count}."
        )
    return [copied(item) for item in value]


def _note_steps(optimizer: Optimizer) -> None:
    """Wraps the optimizer's ``step``, once, so that schedulers can tell whether it was called before theirs."""
    if hasattr(optimizer.step, "_wrapped_by_lr_sched"):
        return
    step, itself = optimizer.step.__func__, weakref.ref(optimizer)  # type: ignore[attr-defined]

    @functools.wraps(step)
    def noted_step(*args: Any, **kwargs: Any) -> Any:
        opt: Any = itself()
        opt._opt_called = True
        return step(opt, *args, **kwargs)

    noted_step._wrapped_by_lr_sched = True  # type: ignore[attr-defined]
    optimizer.step = noted_step  # type: ignore[method-assign]
