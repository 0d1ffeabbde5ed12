"""Tensor: an ndarray with a place in a computational graph. Here are its fields; methods.py binds its operations."""

from __future__ import annotations

import warnings
import weakref
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, SupportsIndex, overload

import numpy as np

from minitorch.core import dtypes
from minitorch.core.hooks import Hooks, RemovableHandle
from minitorch.core.mode import mode
from minitorch.core.watch import tell, watchers

if TYPE_CHECKING:
    from minitorch._methods import Methods  # the names that methods.py binds, for type checkers and editors
    from minitorch.core.graph import Edge, Node
    from minitorch.core.views import View
else:
    Methods = object

Array = dtypes.Array
ndarray = np.ndarray


class Size(tuple[int, ...]):
    """A shape: a tuple of sizes that prints as PyTorch's and knows its number of elements."""

    __slots__ = ()

    def numel(self) -> int:
        """The number of elements of a tensor of this shape."""
        n = 1
        for size in self:
            n *= size
        return n

    def __repr__(self) -> str:
        return f"torch.Size({list(self)})"

    @overload
    def __getitem__(self, index: SupportsIndex) -> int: ...
    @overload
    def __getitem__(self, index: slice) -> Size: ...
    def __getitem__(self, index: Any) -> Any:
        found = super().__getitem__(index)
        return Size(found) if isinstance(index, slice) else found

    def __add__(self, other: Any) -> Size:
        return Size(super().__add__(tuple(other)))


class device:
    """Where a tensor lives: always the CPU. Other devices are refused by name."""

    __slots__ = ("index", "type")

    def __init__(self, type: str | device = "cpu", index: int | None = None) -> None:
        kind, _, number = str(type).partition(":")
        if kind != "cpu":
            raise RuntimeError(f"minitorch computes on the CPU only: device 'cpu' was expected, got {kind!r}")
        self.type = kind
        self.index = int(number) if number else index

    def __repr__(self) -> str:
        return "device(type='cpu')" if self.index is None else f"device(type='cpu', index={self.index})"

    def __str__(self) -> str:
        return "cpu" if self.index is None else f"cpu:{self.index}"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, device) and (self.type, self.index) == (other.type, other.index)

    def __hash__(self) -> int:
        return hash((self.type, self.index))


CPU = device()


class Tensor(Methods):
    """A multi-dimensional array whose operations are recorded, so that ``backward()`` can differentiate them.

    ``t.array`` is the NumPy array itself, shared and never copied; writing into it by hand is not recorded. Make
    tensors with ``minitorch.tensor`` and its kin; ``Tensor(data)`` is float32 as in PyTorch.

    >>> import minitorch
    >>> x = minitorch.tensor([1.0, 2.0], requires_grad=True)
    >>> (x * x).sum().backward()
    >>> x.grad
    tensor([2., 4.])
    """

    # A leaf is a tensor that no recorded operation made. Its gradient sink (an AccumulateGrad node) is only weakly
    # held: the graphs that use the leaf own the sink, and the sink owns the leaf, so nothing is a cycle.
    __slots__ = (
        "__dict__",
        "__weakref__",
        "_counter",  # [number of in-place writes], one list for all tensors on the same memory
        "_edge",  # (node, which of its results) that made this tensor; None for a leaf
        "_grad",
        "_hooks",  # gradient hooks of a leaf (a recorded result keeps them on its node)
        "_requires_grad",
        "_sink",  # weak reference to the leaf's AccumulateGrad
        "_view",  # where a view came from, None for a tensor on memory of its own
        "array",
    )

    array: Array
    _counter: list[int]
    _edge: Edge | None
    _grad: Tensor | None
    _hooks: LeafHooks | None
    _requires_grad: bool
    _sink: weakref.ref[Node] | None
    _view: View | None

    __array_priority__ = 1000
    __hash__ = object.__hash__

    def __new__(cls, *args: Any, **kwargs: Any) -> Any:
        self = object.__new__(cls)
        self._counter = [0]
        self._edge = self._grad = self._hooks = self._sink = self._view = None
        self._requires_grad = False
        return self

    def __init__(self, *data: Any) -> None:
        if len(data) == 1 and not isinstance(data[0], (int, np.integer)):
            source = data[0].array if isinstance(data[0], Tensor) else data[0]
            self.array = np.array(source, dtype=dtypes.get_default_dtype().numpy)
        else:  # sizes, as PyTorch's legacy constructor takes them
            self.array = np.empty(data if data else (0,), dtype=dtypes.get_default_dtype().numpy)

    # --- What it is ----------------------------------------------------------------------------------------------

    @property
    def shape(self) -> Size:
        """Its sizes, as a ``Size``."""
        return Size(self.array.shape)

    @property
    def dtype(self) -> dtypes.dtype:
        """Its element type."""
        return dtypes.of(self.array.dtype)

    @property
    def ndim(self) -> int:
        """The number of dimensions."""
        return self.array.ndim

    @property
    def device(self) -> device:
        """Always ``device(type='cpu')``."""
        return CPU

    @property
    def itemsize(self) -> int:
        """Bytes an element."""
        return self.array.itemsize

    @property
    def nbytes(self) -> int:
        """Bytes of all elements."""
        return self.array.nbytes

    # --- Its place in the graph ------------------------------------------------------------------------------------

    @property
    def requires_grad(self) -> bool:
        """Whether operations on it are recorded. Settable on leaves of floating or complex dtype."""
        if self._view is not None:
            self._view.refresh(self)
        return self._requires_grad

    @requires_grad.setter
    def requires_grad(self, value: bool) -> None:
        value = bool(value)
        if not self.is_leaf:
            if value:
                return
            raise RuntimeError(
                "you can only change requires_grad flags of leaf variables. If you want to use a computed variable in "
                "a subgraph that doesn't require differentiation use var_no_grad = var.detach()."
            )
        if value and self.array.dtype.kind not in "fc":
            raise RuntimeError(
                f"only Tensors of floating point dtype can require gradients: this one is {self.dtype}. "
                "Convert it first, with .float() for example."
            )
        if value and self.is_inference() and not mode.inference:
            raise RuntimeError(
                "Setting requires_grad=True on inference tensor outside InferenceMode is not allowed. Use .clone() "
                "first."
            )
        if watchers and value is not self._requires_grad:
            tell("tracked", self, value)
        self._requires_grad = value

    def requires_grad_(self, requires_grad: bool = True) -> Tensor:
        """Sets ``requires_grad`` in place and returns the tensor."""
        self.requires_grad = requires_grad
        return self

    @property
    def is_leaf(self) -> bool:
        """True when no recorded operation made it: gradients are accumulated in leaves only."""
        if self._view is not None:
            self._view.refresh(self)
        return self._edge is None

    @property
    def grad_fn(self) -> Node | None:
        """The node of the operation that made it; None for a leaf."""
        if self._view is not None:
            self._view.refresh(self)
        return None if self._edge is None else self._edge[0]

    @property
    def output_nr(self) -> int:
        """Which of its operation's results it is."""
        return 0 if self._edge is None else self._edge[1]

    @property
    def grad(self) -> Tensor | None:
        """The gradient that backward passes have accumulated here; None before the first."""
        if self._grad is None and self._edge is not None and self._requires_grad and not self.retains_grad:
            if watchers:
                tell("grad_missed", self)
            warnings.warn(
                "The .grad attribute of a Tensor that is not a leaf Tensor is being accessed. Its .grad attribute "
                "won't be populated during autograd.backward(). If you indeed want the .grad field to be populated "
                "for a "
                "non-leaf Tensor, use .retain_grad() on the non-leaf Tensor.",
                UserWarning,
                stacklevel=2,
            )
        return self._grad

    @grad.setter
    def grad(self, value: Tensor | None) -> None:
        if value is not None:
            if not isinstance(value, Tensor):
                raise TypeError(
                    f"assigned grad expected to be a Tensor or None but got grad of type {type(value).__name__}"
                )
            if value is self:
                raise RuntimeError("can't assign Variable as its own grad")
            if value.array.dtype != self.array.dtype:
                raise RuntimeError(
                    f"attempting to assign a gradient with dtype '{value.dtype}' to a tensor of dtype '{self.dtype}'. "
                    "Convert it first, with gradient.to(tensor.dtype)."
                )
            if value.array.shape != self.array.shape:
                raise RuntimeError(
                    f"attempting to assign a gradient of size '{list(value.array.shape)}' to a tensor of size "
                    f"'{list(self.array.shape)}'. Please ensure that the gradient and the tensor are the same size."
                )
        elif watchers:
            tell("cleared", self)
        self._grad = value

    @grad.deleter
    def grad(self) -> None:
        self._grad = None

    @property
    def _version(self) -> int:
        """How often this memory was written in place; shared with views and with what ``detach()`` gave."""
        if self.is_inference():
            raise RuntimeError("Inference tensors do not track version counter.")
        return self._counter[0]

    def _bump(self) -> None:
        """Notes an in-place write, so that a backward pass that needed the old values will say so."""
        if self._counter is not INFERENCE:
            self._counter[0] += 1

    def is_inference(self) -> bool:
        """Whether ``inference_mode`` made it: such a tensor is never recorded."""
        return self._counter is INFERENCE

    def detach(self) -> Tensor:
        """The same memory without the history: never requires grad. In-place writes are seen by both."""
        out = wrap(self.array)
        out._counter = self._counter
        if watchers and self._requires_grad:
            tell("cut", self, "detach")
        return out

    def detach_(self) -> Tensor:
        """Forgets its history in place: it becomes a leaf that does not require grad."""
        if self._view is not None:
            raise RuntimeError(
                "Can't detach views in-place. Use detach() instead. If you are using DistributedDataParallel (DDP) for "
                "training, and gradient_as_bucket_view is set as True, gradients are views of DDP buckets."
            )
        self._edge = None
        self._requires_grad = False
        return self

    @property
    def data(self) -> Tensor:
        """A detached tensor on the same memory, whose in-place writes autograd does not notice. Prefer ``detach()``."""
        if watchers and self._requires_grad:
            tell("cut", self, "data")
        out = wrap(self.array)
        if mode.inference and not self.is_inference():
            out._counter = [0]
        return out

    @data.setter
    def data(self, value: Tensor) -> None:
        if not isinstance(value, Tensor):
            raise TypeError(f"Variable data has to be a tensor, but got {type(value).__name__}")
        if value.array.dtype.kind not in "fc" and self._requires_grad:
            raise RuntimeError("data set to a tensor that requires gradients must be floating point or complex dtype")
        self.array = value.array
        self._sink = None  # the old sink expects gradients of the old shape and dtype

    # --- Hooks -------------------------------------------------------------------------------------------------------

    def retain_grad(self) -> None:
        """Keeps this intermediate result's gradient in ``.grad`` as well; nothing to do on a leaf."""
        if not self.requires_grad:
            raise RuntimeError("can't retain_grad on Tensor that has requires_grad=False")
        if self._edge is not None:
            node, number = self._edge
            node.retain(number, self)

    @property
    def retains_grad(self) -> bool:
        """Whether ``retain_grad()`` was called on this intermediate result."""
        return self._edge is not None and self._edge[0].retains(self._edge[1], self)

    def register_hook(self, hook: Callable[[Tensor], Tensor | None]) -> RemovableHandle:
        """Calls ``hook(grad)`` whenever its gradient is computed; a returned tensor takes the gradient's place."""
        if not self.requires_grad:
            raise RuntimeError("cannot register a hook on a tensor that doesn't require gradient")
        if self._edge is not None:
            node, number = self._edge
            return node.tensor_hooks(number).add(hook)
        return self._leaf_hooks().before.add(hook)

    def register_post_accumulate_grad_hook(self, hook: Callable[[Tensor], None]) -> RemovableHandle:
        """Calls ``hook(tensor)`` after a gradient was accumulated into this leaf's ``.grad``."""
        if not self.requires_grad:
            raise RuntimeError("cannot register a hook on a tensor that doesn't require gradient")
        if self._edge is not None:
            raise RuntimeError("post accumulate grad hooks cannot be registered on non-leaf tensors")
        return self._leaf_hooks().after.add(hook)

    def _leaf_hooks(self) -> LeafHooks:
        if self._hooks is None:
            self._hooks = LeafHooks()
        return self._hooks


class LeafHooks:
    """A leaf's hooks: on its gradient before it is accumulated, and on the leaf after."""

    __slots__ = ("after", "before")

    def __init__(self) -> None:
        self.before = Hooks()
        self.after = Hooks()


class _NoVersion(list[int]):
    """The version counter that all inference tensors share, and are known by: whoever saves its version is told."""

    def __getitem__(self, index: Any) -> Any:
        raise RuntimeError(
            "Inference tensors cannot be saved for backward. Please do not use Tensors created in inference mode in "
            "computation tracked by autograd. To work around this, you can make a clone to get a normal tensor and "
            "use it in autograd, or use `no_grad()` instead of `inference_mode()`."
        )

    def __setitem__(self, index: Any, value: Any) -> None:
        """In-place writes to inference tensors are not counted."""


INFERENCE = _NoVersion([0])

_new = object.__new__


def as_array(z: Any) -> Array:
    """An array as it is; NumPy's scalar as a 0-d array."""
    return z if isinstance(z, ndarray) else np.asarray(z)


def wrap(array: Array) -> Tensor:
    """A tensor on that very array, not recorded. NumPy's scalars, which 0-d results come as, become 0-d arrays."""
    t: Tensor = _new(Tensor)
    t.array = array if array.__class__ is ndarray else np.asarray(array)
    t._counter = INFERENCE if mode.inference else [0]
    t._edge = t._grad = t._hooks = t._sink = t._view = None
    t._requires_grad = False
    return t


def is_tensor(obj: object) -> bool:
    """Whether it is a Tensor (``torch.is_tensor``)."""
    return isinstance(obj, Tensor)
