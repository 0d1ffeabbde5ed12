"""The one list of Tensor's methods and operators: what each name is bound to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from minitorch.core import dtypes
from minitorch.core.backward import backward
from minitorch.core.inplace import apply_, assign, check_writable, copy_, edge_of, rebase, write
from minitorch.core.mode import mode
from minitorch.core.printing import tensor_text
from minitorch.core.tensor import Tensor, device, wrap
from minitorch.ops import arithmetic, creation, indexing, linalg, normalisation, pointwise, random, reductions, shapes
from minitorch.ops.arguments import dim_index

Method = Callable[..., Any]

# --- In place ----------------------------------------------------------------------------------------------------------


def in_place(function: Method) -> Method:
    """``function``, writing its result into its first argument: ``x.add_(y)`` for ``add(x, y)``."""
    if hasattr(function, "row"):  # a row: recorded as itself, its result saved where it lies

        def method(self: Tensor, *args: Any, **kwargs: Any) -> Tensor:
            return apply_(function, self, *args, **kwargs)

    else:

        def method(self: Tensor, *args: Any, **kwargs: Any) -> Tensor:
            check_writable(self)
            before = wrap(self.array)
            if mode.grad:
                tracked = any(isinstance(x, Tensor) and x.requires_grad for x in (self, *args, *kwargs.values()))
                if tracked:  # what the operation saves must not be overwritten
                    before.array = np.array(self.array)
                before._edge, before._requires_grad = edge_of(self), self._requires_grad
            args = tuple(before if x is self else x for x in args)
            result = function(before, *args, **kwargs)
            write(self, result.array)
            if result._edge is not None:
                rebase(self, result._edge)
            return self

    return method


def _zero_(self: Tensor) -> Tensor:
    """Zeros in every place, in place: ``x.grad.zero_()``."""
    if self.requires_grad and mode.grad:
        return apply_(assign, self, 0)
    check_writable(self)
    self.array.fill(0)
    self._counter[0] += 1
    return self


def _fill_(self: Tensor, value: Any) -> Tensor:
    if isinstance(value, Tensor) and value.array.ndim:
        raise RuntimeError(
            f"fill_ only supports 0-dimension value tensor but got tensor with {value.array.ndim} dimensions."
        )
    return apply_(assign, self, value)


def _setitem(self: Tensor, index: Any, value: Any) -> None:
    k, fancy = indexing.key(index)
    v = value if isinstance(value, (Tensor, int, float, complex, bool)) else creation.as_tensor(value)
    if isinstance(v, Tensor):
        if fancy and v.array.dtype != self.array.dtype and not (v.array.size == 1 and getattr(k, "dtype", None) == np.bool_):
            raise RuntimeError(
                "Index put requires the source and destination dtypes match, got "
                f"{self.dtype.alias} for the destination and {v.dtype.alias} for the source. Convert it: value.to(x.dtype)"
            )
        v = v if v.array.dtype == self.array.dtype else arithmetic.cast(v, dtype=self.array.dtype)
        extra = v.array.ndim - self.array[k].ndim
        if extra > 0 and all(n == 1 for n in v.array.shape[:extra]):
            v = v.reshape(v.array.shape[extra:])
    try:
        apply_(indexing.put_into, self, v, index=k)
    except ValueError as error:
        raise RuntimeError(f"shape mismatch: value tensor of shape {list(np.shape(operand_array(v)))} cannot be broadcast to indexing result: {error}") from None


def operand_array(v: Any) -> Any:
    return v.array if isinstance(v, Tensor) else v


# --- Conversions -------------------------------------------------------------------------------------------------------


def _numpy(self: Tensor, *, force: bool = False) -> Any:
    """The ndarray itself, sharing memory. A tensor that requires grad refuses, since the graph would be lost."""
    if force:
        return self.detach().array
    if self.requires_grad:
        raise RuntimeError("Can't call numpy() on Tensor that requires grad. Use tensor.detach().numpy() instead.")
    return self.array


def _array(self: Tensor, dtype: Any = None, copy: bool | None = None) -> Any:
    array = _numpy(self)
    if dtype is not None and array.dtype != dtype:
        if copy is False:
            raise ValueError("a copy is needed to change the dtype")
        return array.astype(dtype)
    return array.copy() if copy else array


def _item(self: Tensor) -> Any:
    """The one element, as a Python number."""
    if self.array.size != 1:
        raise RuntimeError(f"a Tensor with {self.array.size} elements cannot be converted to Scalar")
    return self.array.item()


def _tolist(self: Tensor) -> Any:
    """The elements as nested lists of Python numbers."""
    return self.array.tolist()


def _to(self: Tensor, *args: Any, dtype: Any = None, device: Any = None, non_blocking: bool = False, copy: bool = False, memory_format: Any = None) -> Tensor:
    """The tensor in another dtype; itself when nothing changes (``Tensor.to``)."""
    for arg in args:
        if isinstance(arg, dtypes.dtype):
            dtype = arg
        elif isinstance(arg, Tensor):
            dtype = arg.dtype
        elif isinstance(arg, bool):
            continue
        elif arg is not None:
            device = arg
    if device is not None:
        _device(device)
    to = self.array.dtype if dtype is None else dtypes.as_numpy(dtype)
    if to == self.array.dtype:
        return arithmetic.copy(self) if copy else self  # type: ignore[no-any-return]
    return arithmetic.cast(self, dtype=to)  # type: ignore[no-any-return]


def _device(where: Any) -> None:
    device(where)


def _converter(dtype: dtypes.dtype) -> Method:
    def convert(self: Tensor, memory_format: Any = None) -> Tensor:
        return _to(self, dtype=dtype)

    convert.__doc__ = f"The tensor as {dtype}."
    return convert


def _type(self: Tensor, dtype: Any = None) -> Any:
    """The name of its type, or the tensor in another dtype (``Tensor.type``)."""
    return f"torch.{self.dtype.alias}Tensor" if dtype is None else _to(self, dtype=dtype)


def _cuda(self: Tensor, *args: Any, **kwargs: Any) -> Tensor:
    raise RuntimeError("minitorch computes on the CPU only: there is no .cuda(). Remove the call, or use .to('cpu').")


def _bool(self: Tensor) -> bool:
    if self.array.size != 1:
        if self.array.size == 0:
            raise RuntimeError("Boolean value of Tensor with no values is ambiguous")
        raise RuntimeError("Boolean value of Tensor with more than one value is ambiguous: use .any(), .all() or `is not None`")
    return bool(self.array.item())


def _number(kind: type) -> Method:
    return lambda self: kind(_item(self))


def _index(self: Tensor) -> int:
    if self.array.size != 1 or self.array.dtype.kind not in "iub":
        raise TypeError("only integer tensors of a single element can be converted to an index")
    return int(self.array.item())


def _length(self: Tensor) -> int:
    if self.array.ndim == 0:
        raise TypeError("len() of a 0-d tensor")
    return int(self.array.shape[0])


def _iterate(self: Tensor) -> Iterator[Tensor]:
    if self.array.ndim == 0:
        raise TypeError("iteration over a 0-d tensor")
    return iter(shapes.unbind(self, 0))


def _contains(self: Tensor, element: Any) -> bool:
    return bool((self.array == operand_array(element)).any())


def _format(self: Tensor, spec: str) -> str:
    if self.array.ndim == 0:
        return format(self.array.item(), spec)
    return object.__format__(self, spec) if spec else repr(self)


# --- Memory ------------------------------------------------------------------------------------------------------------


def _size(self: Tensor, dim: int | None = None) -> Any:
    """Its sizes, or one of them (``Tensor.size``)."""
    return self.shape if dim is None else self.array.shape[dim_index(dim, self.array.ndim)]


def _stride(self: Tensor, dim: int | None = None) -> Any:
    """How many elements apart neighbours along each dim lie (``Tensor.stride``)."""
    steps = tuple(s // self.array.itemsize for s in self.array.strides)
    return steps if dim is None else steps[dim_index(dim, self.array.ndim)]


def _contiguous(self: Tensor, memory_format: Any = None) -> Tensor:
    """The tensor in C order; itself if it is already (``Tensor.contiguous``)."""
    return self if self.array.flags.c_contiguous else ordered(self)


ordered = arithmetic.primitive("Clone", lambda x: np.array(x, order="C"), x=lambda g: g)


def _clone(self: Tensor, *, memory_format: Any = None) -> Tensor:
    """A copy with its own memory, through which gradients flow (``torch.clone``)."""
    return arithmetic.copy(self)  # type: ignore[no-any-return]


def _storage_offset(self: Tensor) -> int:
    """How many elements into its memory it begins."""
    base = self.array if self.array.base is None else self.array.base
    if not isinstance(base, np.ndarray):
        return 0
    return (self.array.__array_interface__["data"][0] - base.__array_interface__["data"][0]) // self.array.itemsize  # type: ignore[no-any-return]


def _deepcopy(self: Tensor, memo: dict[int, Any]) -> Tensor:
    if not self.is_leaf:
        raise RuntimeError(
            "Only Tensors created explicitly by the user (graph leaves) support the deepcopy protocol at the moment. "
            "If you were attempting to deepcopy a module, this may be because of an intermediate result kept in it: "
            "detach() or clone() it."
        )
    if id(self) in memo:
        return memo[id(self)]  # type: ignore[no-any-return]
    out = wrap(self.array.copy())
    if type(self) is not Tensor:
        out.__class__ = type(self)
    memo[id(self)] = out
    out._requires_grad = self._requires_grad
    if self._grad is not None:
        out._grad = _deepcopy(self._grad, memo)
    if self.__dict__:
        import copy

        out.__dict__.update(copy.deepcopy(self.__dict__, memo))
    return out


def _rebuild(kind: type[Tensor], array: Any, requires_grad: bool, extra: dict[str, Any]) -> Tensor:
    out = wrap(array)
    out.__class__ = kind
    out._requires_grad = requires_grad
    out.__dict__.update(extra)
    return out


def _reduce(self: Tensor, protocol_: int) -> Any:
    if not self.is_leaf:
        raise RuntimeError("Only leaf tensors can be pickled: detach() the result of an operation first")
    return _rebuild, (type(self), self.array, self._requires_grad, self.__dict__)


# --- The list ----------------------------------------------------------------------------------------------------------

_FUNCTIONS: dict[str, Method] = {
    # arithmetic
    "add": arithmetic.add_scaled, "sub": arithmetic.sub_scaled, "subtract": arithmetic.sub_scaled, "mul": arithmetic.mul,
    "multiply": arithmetic.mul, "div": arithmetic.divide, "divide": arithmetic.divide, "true_divide": arithmetic.div,
    "floor_divide": arithmetic.floor_divide, "remainder": arithmetic.remainder, "fmod": arithmetic.fmod,
    "pow": arithmetic.pow, "neg": arithmetic.neg, "negative": arithmetic.neg, "addcmul": arithmetic.addcmul,
    "addcdiv": arithmetic.addcdiv, "atan2": arithmetic.atan2, "arctan2": arithmetic.atan2, "lerp": arithmetic.lerp,
    "maximum": arithmetic.maximum, "minimum": arithmetic.minimum,
    "eq": arithmetic.eq, "ne": arithmetic.ne, "not_equal": arithmetic.ne, "lt": arithmetic.lt, "less": arithmetic.lt,
    "le": arithmetic.le, "less_equal": arithmetic.le, "gt": arithmetic.gt, "greater": arithmetic.gt, "ge": arithmetic.ge,
    "greater_equal": arithmetic.ge, "equal": arithmetic.equal, "isclose": arithmetic.isclose,
    "allclose": arithmetic.allclose, "logical_and": arithmetic.logical_and, "logical_or": arithmetic.logical_or,
    "logical_xor": arithmetic.logical_xor, "logical_not": arithmetic.logical_not, "bitwise_and": arithmetic.bitwise_and,
    "bitwise_or": arithmetic.bitwise_or, "bitwise_xor": arithmetic.bitwise_xor, "bitwise_not": arithmetic.bitwise_not,
    # pointwise
    "abs": pointwise.abs, "absolute": pointwise.abs, "exp": pointwise.exp, "exp2": pointwise.exp2,
    "expm1": pointwise.expm1, "log": pointwise.log, "log2": pointwise.log2, "log10": pointwise.log10,
    "log1p": pointwise.log1p, "sqrt": pointwise.sqrt, "rsqrt": pointwise.rsqrt, "reciprocal": pointwise.reciprocal,
    "square": pointwise.square, "sign": pointwise.sign, "sin": pointwise.sin, "cos": pointwise.cos, "tan": pointwise.tan,
    "asin": pointwise.asin, "arcsin": pointwise.asin, "acos": pointwise.acos, "arccos": pointwise.acos,
    "atan": pointwise.atan, "arctan": pointwise.atan, "sinh": pointwise.sinh, "cosh": pointwise.cosh,
    "tanh": pointwise.tanh, "asinh": pointwise.asinh, "arcsinh": pointwise.asinh, "acosh": pointwise.acosh,
    "arccosh": pointwise.acosh, "atanh": pointwise.atanh, "arctanh": pointwise.atanh, "ceil": pointwise.ceil,
    "floor": arithmetic.floor, "trunc": arithmetic.trunc, "fix": arithmetic.trunc, "round": pointwise.round,
    "frac": pointwise.frac, "erf": pointwise.erf, "relu": pointwise.relu, "sigmoid": pointwise.sigmoid,
    "clamp": pointwise.clamp, "clip": pointwise.clamp, "clamp_min": pointwise.clamp_min,
    "clamp_max": pointwise.clamp_max, "positive": pointwise.positive, "isnan": pointwise.isnan,
    "isinf": pointwise.isinf, "isfinite": pointwise.isfinite, "isreal": pointwise.isreal, "signbit": pointwise.signbit,
    # reductions
    "sum": reductions.sum, "mean": reductions.mean, "max": reductions.max, "min": reductions.min,
    "amax": reductions.amax, "amin": reductions.amin, "argmax": reductions.argmax, "argmin": reductions.argmin,
    "all": reductions.all, "any": reductions.any, "prod": reductions.prod, "var": reductions.var, "std": reductions.std,
    "logsumexp": reductions.logsumexp, "norm": reductions.norm,
    # shapes
    "reshape": shapes.reshape, "view": shapes.view, "view_as": shapes.view_as, "reshape_as": shapes.reshape_as,
    "permute": shapes.permute, "transpose": shapes.transpose, "swapaxes": shapes.transpose, "swapdims": shapes.transpose,
    "t": shapes.t, "movedim": shapes.movedim, "moveaxis": shapes.movedim, "expand": shapes.expand,
    "expand_as": shapes.expand_as, "broadcast_to": shapes.broadcast_to, "unsqueeze": shapes.unsqueeze,
    "squeeze": shapes.squeeze, "flatten": shapes.flatten, "ravel": shapes.ravel, "unflatten": shapes.unflatten,
    "split": shapes.split, "split_with_sizes": shapes.split_with_sizes, "chunk": shapes.chunk, "unbind": shapes.unbind,
    "narrow": shapes.narrow, "select": shapes.select, "flip": shapes.flip, "roll": shapes.roll, "repeat": shapes.repeat,
    "tile": shapes.tile, "repeat_interleave": shapes.repeat_interleave, "diagonal": shapes.diagonal,
    "diag": shapes.diag, "trace": shapes.trace, "triu": shapes.triu, "tril": shapes.tril,
    # indexing
    "gather": indexing.gather, "index_select": indexing.index_select, "masked_select": indexing.masked_select,
    "take": indexing.flat_take, "take_along_dim": indexing.take_along_dim, "nonzero": indexing.nonzero,
    # linear algebra
    "matmul": linalg.matmul, "mm": linalg.mm, "bmm": linalg.bmm, "mv": linalg.mv, "dot": linalg.dot,
    "inner": linalg.inner, "outer": linalg.outer, "addmm": linalg.addmm, "addmv": linalg.addmv,
    "baddbmm": linalg.baddbmm,
    # normalisation
    "softmax": normalisation.softmax, "log_softmax": normalisation.log_softmax,
    # random
    "bernoulli": random.bernoulli, "multinomial": random.multinomial,
    # memory
    "clone": _clone,
}  # fmt: skip


def where(condition: Tensor, input: Any = None, other: Any = None) -> Any:
    """Elements of ``input`` where ``condition`` holds, of ``other`` elsewhere; alone, where it holds (``torch.where``)."""
    if input is None:
        return indexing.nonzero(condition, as_tuple=True)
    if condition.array.dtype != np.bool_:
        raise RuntimeError(f"where expected condition to be a boolean tensor, but got a tensor with dtype {condition.dtype}")
    return arithmetic.where(condition, input, other)


def masked_fill(input: Tensor, mask: Tensor, value: Any) -> Tensor:
    """``value`` where ``mask`` is true (``Tensor.masked_fill``); the dtype is the input's."""
    if mask.array.dtype != np.bool_:
        raise RuntimeError(f"masked_fill_ only supports boolean masks, but got mask with dtype {mask.dtype}")
    if isinstance(value, Tensor) and value.array.ndim:
        raise RuntimeError(
            f"masked_fill_ only supports a 0-dimensional value tensor, but got tensor with {value.array.ndim} dimension(s)."
        )
    v = value if isinstance(value, Tensor) else wrap(np.asarray(value, dtype=input.array.dtype))
    return arithmetic.where(mask, v if v.array.dtype == input.array.dtype else v.to(input.dtype), input)  # type: ignore[no-any-return]


_FUNCTIONS["masked_fill"] = masked_fill

_IN_PLACE = (
    "add", "sub", "subtract", "mul", "multiply", "div", "divide", "true_divide", "floor_divide", "remainder", "fmod",
    "pow", "neg", "negative", "addcmul", "addcdiv", "atan2", "lerp", "eq", "ne", "lt", "le", "gt", "ge", "logical_and",
    "logical_or", "logical_xor", "logical_not", "abs", "absolute", "exp", "exp2", "expm1", "log", "log2", "log10", "log1p",
    "sqrt", "rsqrt", "reciprocal", "square", "sign", "sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh",
    "asinh", "acosh", "atanh", "ceil", "floor", "trunc", "round", "frac", "erf", "relu", "sigmoid", "clamp", "clip",
    "clamp_min", "clamp_max", "masked_fill", "triu", "tril", "addmm", "addmv", "baddbmm",
)  # fmt: skip

_METHODS: dict[str, Method] = {
    "backward": lambda self, gradient=None, retain_graph=None, create_graph=False, inputs=None: backward(
        self, gradient, retain_graph, create_graph, inputs
    ),
    "zero_": _zero_, "fill_": _fill_, "copy_": lambda self, src, non_blocking=False: copy_(self, src),
    "numpy": _numpy, "item": _item, "tolist": _tolist, "to": _to, "type": _type,
    "type_as": lambda self, other: _to(self, other), "cpu": lambda self, memory_format=None: self, "cuda": _cuda,
    "size": _size, "stride": _stride, "contiguous": _contiguous, "storage_offset": _storage_offset,
    "is_contiguous": lambda self, memory_format=None: bool(self.array.flags.c_contiguous),
    "numel": lambda self: self.array.size, "nelement": lambda self: self.array.size,
    "dim": lambda self: self.array.ndim, "ndimension": lambda self: self.array.ndim,
    "element_size": lambda self: self.array.itemsize,
    "data_ptr": lambda self: self.array.__array_interface__["data"][0],
    "is_floating_point": lambda self: self.array.dtype.kind == "f",
    "is_complex": lambda self: self.array.dtype.kind == "c",
    "is_signed": lambda self: self.array.dtype.kind not in "bu",
    "where": lambda self, condition, other: where(condition, self, other),
    "new_zeros": creation.new_zeros, "new_ones": creation.new_ones, "new_empty": creation.new_empty,
    "new_full": creation.new_full, "new_tensor": creation.new_tensor,
    "uniform_": random.uniform_, "normal_": random.normal_, "bernoulli_": random.bernoulli_, "random_": random.random_,
    "exponential_": random.exponential_, "cauchy_": random.cauchy_, "log_normal_": random.log_normal_,
    "geometric_": random.geometric_,
}  # fmt: skip

for _name, _dtype in {
    "float": dtypes.float32, "double": dtypes.float64, "half": dtypes.float16, "long": dtypes.int64, "int": dtypes.int32,
    "short": dtypes.int16, "char": dtypes.int8, "byte": dtypes.uint8, "bool": dtypes.bool_,
    "cfloat": dtypes.complex64, "cdouble": dtypes.complex128,
}.items():  # fmt: skip
    _METHODS[_name] = _converter(_dtype)


def _swapped(op: Method) -> Method:
    return lambda self, other: op(other, self)


_OPERATORS: dict[str, Method] = {
    "__add__": arithmetic.add, "__radd__": _swapped(arithmetic.add), "__sub__": arithmetic.sub_scaled,
    "__rsub__": _swapped(arithmetic.sub_scaled), "__mul__": arithmetic.mul, "__rmul__": _swapped(arithmetic.mul),
    "__truediv__": arithmetic.div, "__rtruediv__": _swapped(arithmetic.div), "__floordiv__": arithmetic.floor_divide,
    "__rfloordiv__": _swapped(arithmetic.floor_divide), "__mod__": arithmetic.remainder,
    "__rmod__": _swapped(arithmetic.remainder), "__pow__": arithmetic.pow, "__rpow__": _swapped(arithmetic.pow),
    "__neg__": arithmetic.neg, "__pos__": pointwise.positive, "__abs__": pointwise.abs, "__matmul__": linalg.matmul,
    "__rmatmul__": _swapped(linalg.matmul), "__eq__": arithmetic.eq, "__ne__": arithmetic.ne, "__lt__": arithmetic.lt,
    "__le__": arithmetic.le, "__gt__": arithmetic.gt, "__ge__": arithmetic.ge, "__and__": arithmetic.bitwise_and,
    "__rand__": _swapped(arithmetic.bitwise_and), "__or__": arithmetic.bitwise_or,
    "__ror__": _swapped(arithmetic.bitwise_or), "__xor__": arithmetic.bitwise_xor,
    "__rxor__": _swapped(arithmetic.bitwise_xor), "__invert__": arithmetic.bitwise_not,
    "__iadd__": in_place(arithmetic.add), "__isub__": in_place(arithmetic.sub), "__imul__": in_place(arithmetic.mul),
    "__itruediv__": in_place(arithmetic.div), "__ifloordiv__": in_place(arithmetic.floor_divide),
    "__imod__": in_place(arithmetic.remainder), "__ipow__": in_place(arithmetic.pow),
    "__iand__": in_place(arithmetic.bitwise_and), "__ior__": in_place(arithmetic.bitwise_or),
    "__ixor__": in_place(arithmetic.bitwise_xor),
    "__getitem__": indexing.getitem, "__setitem__": _setitem, "__len__": _length, "__iter__": _iterate,
    "__contains__": _contains, "__bool__": _bool, "__float__": _number(float), "__int__": _number(int),
    "__complex__": _number(complex), "__index__": _index, "__array__": _array, "__format__": _format,
    "__repr__": tensor_text, "__deepcopy__": _deepcopy, "__reduce_ex__": _reduce,
}  # fmt: skip

_PROPERTIES: dict[str, Method] = {
    "T": lambda self: shapes.permute(self, tuple(range(self.array.ndim))[::-1]),
    "mT": linalg.swap_last,
    "real": lambda self: self,
    "_base": lambda self: None if self._view is None else self._view.base,
    "is_cuda": lambda self: False,
    "is_sparse": lambda self: False,
}


def bind() -> None:
    """Gives Tensor everything on the list."""
    for name, function in {**_FUNCTIONS, **_METHODS, **_OPERATORS}.items():
        setattr(Tensor, name, _as_method(function, name))
    for name in _IN_PLACE:
        setattr(Tensor, name + "_", _as_method(in_place(_FUNCTIONS[name]), name + "_"))
    for name, function in _PROPERTIES.items():
        setattr(Tensor, name, property(function))


def _as_method(function: Method, name: str) -> Method:
    if function.__name__ == "<lambda>" or function.__name__ == "method":
        function.__name__ = name
    return function


bind()


def functions() -> dict[str, Method]:
    """The methods that PyTorch also has as functions of its module: ``minitorch.exp(x)`` for ``x.exp()``."""
    only_methods = {"view", "view_as", "reshape_as", "expand", "expand_as", "repeat"}
    return {name: function for name, function in _FUNCTIONS.items() if name not in only_methods}
