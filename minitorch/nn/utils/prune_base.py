"""What pruning is: a parameter kept as <name>_orig, a mask <name>_mask, and a hook that multiplies them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import Any

from minitorch.core.tensor import Tensor
from minitorch.nn.module import Module


class BasePruningMethod(ABC):
    """Computes masks; hung on a module as a hook, it sets ``module.<name>`` before each forward.

    A method of one's own defines ``compute_mask`` and, for use on top of others, ``PRUNING_TYPE``: "unstructured" for
    single elements, "structured" for slices along its ``dim``, "global" for all of the tensor.
    """

    PRUNING_TYPE: str
    _tensor_name: str

    def __call__(self, module: Module, inputs: Any) -> None:
        setattr(module, self._tensor_name, self.apply_mask(module))

    @abstractmethod
    def compute_mask(self, t: Tensor, default_mask: Tensor) -> Tensor:
        """The mask for a tensor of importances, on top of the mask that is there."""

    def apply_mask(self, module: Module) -> Tensor:
        """The original times the mask."""
        original: Tensor = getattr(module, self._tensor_name + "_orig")
        return getattr(module, self._tensor_name + "_mask").to(original.dtype) * original  # type: ignore[no-any-return]

    @classmethod
    def apply(
        cls, module: Module, name: str, *args: Any, importance_scores: Tensor | None = None, **kwargs: Any
    ) -> BasePruningMethod:
        """Prune ``module.<name>``, on top of what has pruned it before; returns the hook.

        Args:
            module: has the tensor.
            name: of the parameter.
            importance_scores: of the tensor's shape, to decide by instead of its values.
            *args, **kwargs: of the method's constructor.
        """
        method = cls._composed(module, name, *args, **kwargs)
        again = isinstance(method, PruningContainer)
        original: Any = getattr(module, name)
        if importance_scores is not None and importance_scores.shape != original.shape:
            raise AssertionError(
                f"importance_scores should have the same shape as parameter {name} of {module}, got "
                f"{importance_scores.shape} vs {original.shape}"
            )
        if again:
            mask = getattr(module, name + "_mask").detach().clone()
        else:
            module.register_parameter(name + "_orig", original)
            del module._parameters[name]
            mask = original.detach().new_ones(original.shape)
        try:
            scores = original if importance_scores is None else importance_scores
            module.register_buffer(name + "_mask", method.compute_mask(scores, default_mask=mask))
            setattr(module, name, method.apply_mask(module))
            module.register_forward_pre_hook(method)
        except Exception:
            if not again:  # as it was before
                module.register_parameter(name, original)
                del module._parameters[name + "_orig"]
            raise
        return method

    @classmethod
    def _composed(cls, module: Module, name: str, *args: Any, **kwargs: Any) -> BasePruningMethod:
        """The method, in a container with the one that is there already, whose hook is taken off."""
        found = {
            key: hook
            for key, hook in module._forward_pre_hooks.items()
            if isinstance(hook, BasePruningMethod) and hook._tensor_name == name
        }
        if len(found) > 1:
            raise AssertionError(
                f"Avoid adding multiple pruning hooks to the same tensor {name} of module {module}. Use a "
                "PruningContainer."
            )
        for key in found:
            del module._forward_pre_hooks[key]
        method = cls(*args, **kwargs)
        method._tensor_name = name
        if not found:
            return method
        (old,) = found.values()
        container = old if isinstance(old, PruningContainer) else PruningContainer(old)
        container.add_pruning_method(method)
        return container

    def prune(self, t: Tensor, default_mask: Tensor | None = None, importance_scores: Tensor | None = None) -> Tensor:
        """A tensor times the mask for it; no module is involved."""
        if importance_scores is None:
            importance_scores = t
        elif importance_scores.shape != t.shape:
            raise AssertionError(
                f"importance_scores should have the same shape as tensor t, got {importance_scores.shape} vs {t.shape}"
            )
        mask = t.detach().new_ones(t.shape) if default_mask is None else default_mask
        return t * self.compute_mask(importance_scores, default_mask=mask)

    def remove(self, module: Module) -> None:
        """Make the pruned tensor the parameter, for good."""
        name = self._tensor_name
        weight = self.apply_mask(module)
        if hasattr(module, name):
            delattr(module, name)
        original: Any = module._parameters[name + "_orig"]
        original.data = weight.data
        del module._parameters[name + "_orig"]
        del module._buffers[name + "_mask"]
        setattr(module, name, original)


class PruningContainer(BasePruningMethod):
    """Methods that have pruned one tensor, one after the other: the last one decides about what the others left.

    Raises:
        TypeError: something that is not a method.
        ValueError: methods of different tensors.
    """

    def __init__(self, *args: BasePruningMethod) -> None:
        self._pruning_methods: tuple[BasePruningMethod, ...] = ()
        if len(args) == 1:
            self._tensor_name = args[0]._tensor_name
        for method in args:
            self.add_pruning_method(method)

    def add_pruning_method(self, method: BasePruningMethod) -> None:
        """Put one more on top."""
        if not isinstance(method, BasePruningMethod):
            raise TypeError(f"{type(method)} is not a BasePruningMethod subclass")
        if self._tensor_name != method._tensor_name:
            raise ValueError(
                f"Can only add pruning methods acting on the parameter named '{self._tensor_name}' to PruningContainer "
                f"{self}. Found '{method._tensor_name}'"
            )
        self._pruning_methods += (method,)

    def __len__(self) -> int:
        return len(self._pruning_methods)

    def __iter__(self) -> Iterator[BasePruningMethod]:
        return iter(self._pruning_methods)

    def __getitem__(self, idx: int) -> BasePruningMethod:
        return self._pruning_methods[idx]

    def compute_mask(self, t: Tensor, default_mask: Tensor) -> Tensor:
        """The mask with what the last method takes out of the rest."""
        method = self._pruning_methods[-1]
        rest = self._rest(method, t, default_mask)
        mask = default_mask.to(t.dtype).clone()
        mask[rest] = method.compute_mask(t[rest], default_mask=default_mask[rest]).to(mask.dtype)
        return mask

    @staticmethod
    def _rest(method: Any, t: Tensor, mask: Tensor) -> Any:
        """Where the method may prune: elements, slices that are not all pruned, or everything."""
        kind = method.PRUNING_TYPE
        if kind == "unstructured":
            return mask == 1
        place: list[Any] = [slice(None)] * t.dim()
        if kind == "structured":
            if not hasattr(method, "dim"):
                raise AttributeError(
                    'Pruning methods of PRUNING_TYPE "structured" need to have the attribute `dim` defined.'
                )
            if method.dim < -t.dim():
                raise IndexError(f"Index is out of bounds for tensor with dimensions {t.dim()}")
            dim = method.dim % t.dim()
            place[dim] = mask.sum(dim=[d for d in range(t.dim()) if d != dim]) != 0
        elif kind != "global":
            raise ValueError(f"Unrecognized PRUNING_TYPE {kind}: expected unstructured, structured or global")
        return tuple(place)
