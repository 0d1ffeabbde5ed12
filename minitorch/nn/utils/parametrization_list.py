"""``ParametrizationList``: the modules that compute one parametrized tensor, and the tensors that they start from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from minitorch.core.mode import no_grad
from minitorch.core.tensor import Tensor
from minitorch.nn.containers import ModuleList
from minitorch.nn.module import Module
from minitorch.nn.parameter import Parameter


class ParametrizationList(ModuleList):
    """The parametrizations of one tensor, in order; called, it computes the tensor.

    ``original`` (or ``original0``, ``original1``, ... if the first one's ``right_inverse`` gives several) is trained.

    Args:
        modules: one parametrization or more.
        original: the tensor as it was.
        unsafe: another shape or dtype is allowed.

    Raises:
        ValueError: no modules, or parametrizations that do not fit the tensor.
    """

    unsafe: bool
    is_tensor: bool

    def __init__(self, modules: Sequence[Module], original: Tensor, unsafe: bool = False) -> None:
        if len(modules) == 0:
            raise ValueError("ParametrizationList requires one or more modules.")
        super().__init__(modules)
        self.unsafe = unsafe
        new: Any = original
        with no_grad():
            for module in reversed(list(self)):
                new = right_inverse_or_same(module, new)
        if not isinstance(new, Tensor | Sequence):
            raise ValueError(
                "'right_inverse' must return a Tensor or a Sequence of tensors (list, tuple...). "
                f"Got {type(new).__name__}"
            )
        self.is_tensor = isinstance(new, Tensor)
        self.ntensors = 1 if isinstance(new, Tensor) else len(new)
        before = (tuple(original.shape), original.dtype)
        if isinstance(new, Tensor):
            if original.dtype != new.dtype:
                raise ValueError(
                    "When `right_inverse` outputs one tensor, it may not change the dtype.\n"
                    f"original.dtype: {original.dtype}\nright_inverse(original).dtype: {new.dtype}"
                )
            original.data = new
            register(self, "original", original)
        else:
            for i, tensor in enumerate(new):
                register(self, f"original{i}", self._as_original(i, tensor, original))
        if not unsafe:
            self._check_result(*before)

    @staticmethod
    def _as_original(i: int, tensor: Any, original: Tensor) -> Tensor:
        if not isinstance(tensor, Tensor):
            raise ValueError(
                "'right_inverse' must return a Tensor or a Sequence of tensors (list, tuple...). "
                f"Got element {i} of the sequence with type {type(tensor).__name__}."
            )
        if isinstance(original, Parameter):
            return Parameter(tensor, original.requires_grad)
        return tensor.requires_grad_(original.requires_grad)

    def _check_result(self, shape: tuple[int, ...], dtype: Any) -> None:
        result = self()
        if not isinstance(result, Tensor):
            raise ValueError(f"A parametrization must return a tensor. Got {type(result).__name__}.")
        for what, before, after in (("dtype", dtype, result.dtype), ("shape", shape, tuple(result.shape))):
            if before != after:
                raise ValueError(
                    f"Registering a parametrization may not change the {what} of the tensor, unless `unsafe` flag is "
                    f"enabled.\nunparametrized {what}: {before}\nparametrized {what}: {after}"
                )

    def right_inverse(self, value: Any) -> None:
        """Set the originals so that the computed tensor becomes ``value``: what assigning to it does.

        Raises:
            RuntimeError: a parametrization without ``right_inverse``.
            ValueError: results that do not fit the originals.
        """
        with no_grad():
            for module in reversed(list(self)):
                if not hasattr(module, "right_inverse"):
                    raise RuntimeError(
                        f"parametrization {type(module).__name__} does not implement right_inverse, which assigning to "
                        "the tensor needs"
                    )
                value = module.right_inverse(value)
            if self.is_tensor:
                if not isinstance(value, Tensor):
                    raise ValueError(f"`right_inverse` should return a tensor. Got {type(value).__name__}")
                self._put("original", value, "The tensor returned by `right_inverse`")
                return
            if not isinstance(value, Sequence):
                raise ValueError(f"'right_inverse' must return a sequence of tensors. Got {type(value).__name__}.")
            if len(value) != self.ntensors:
                raise ValueError(
                    f"'right_inverse' must return a sequence of tensors of length {self.ntensors}. Got a sequence of "
                    f"length {len(value)}."
                )
            for i, tensor in enumerate(value):
                if not isinstance(tensor, Tensor):
                    raise ValueError(f"`right_inverse` must return a sequence of tensors. Got element {i} of type "
                                     f"{type(tensor).__name__}")  # fmt: skip
                self._put(f"original{i}", tensor, f"Tensor {i} returned by `right_inverse`")

    def _put(self, name: str, value: Tensor, what: str) -> None:
        original: Tensor = getattr(self, name)
        if original.dtype != value.dtype:
            raise ValueError(f"{what} has dtype {value.dtype} while `{name}` has dtype {original.dtype}")
        original.data = value

    def forward(self) -> Tensor:
        """The tensor, computed from the originals by one parametrization after the other."""
        first, *rest = self
        x = (
            first(self.original)
            if self.is_tensor
            else first(*(getattr(self, f"original{i}") for i in range(self.ntensors)))
        )
        for parametrization in rest:
            x = parametrization(x)
        return x  # type: ignore[no-any-return]


def right_inverse_or_same(module: Any, value: Any) -> Any:
    """What the parametrization's ``right_inverse`` gives, if it has one that works."""
    if not hasattr(module, "right_inverse"):
        return value
    try:
        return module.right_inverse(value)
    except NotImplementedError:
        return value


def register(module: Module, name: str, tensor: Tensor) -> None:
    """Add a parameter or a buffer, whichever it is."""
    if isinstance(tensor, Parameter):
        module.register_parameter(name, tensor)
    else:
        module.register_buffer(name, tensor)


def check(after: Any, before: Tensor, was: str, now: str, no_tensor: str, changed: str) -> None:
    """Raise ValueError for a result that is not a tensor of the same dtype and shape."""
    if not isinstance(after, Tensor):
        raise ValueError(f"{no_tensor} Got {type(after).__name__}.")
    for what in ("dtype", "shape"):
        old, new = getattr(before, what), getattr(after, what)
        if old != new:
            raise ValueError(
                f"{changed} the {what} of the tensor, unless the `unsafe` flag is enabled.\n"
                f"{was}.{what}: {old}\n{now}.{what}: {new}"
            )
