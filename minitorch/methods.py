"""The one list of Tensor's methods and operators, and of the module's functions: what each name is bound to.

``names`` reads a line such as ``"exp log arcsin=asin"``: each name's function is its module's of the same name, or of
the name after ``=``. Rows of the derivative tables are bound directly, so that an operation is one call.
"""

from __future__ import annotations

from collections.abc import Callable
from numbers import Number
from types import ModuleType
from typing import Any

import numpy as np

from minitorch.core import dtypes
from minitorch.core.backward import backward
from minitorch.core.graph import edge_of
from minitorch.core.inplace import apply_, assign, check_recordable, check_writable, copy_, rebase, write
from minitorch.core.mode import mode
from minitorch.core.printing import tensor_text
from minitorch.core.tensor import Tensor, wrap
from minitorch.ops import (
    activations,
    arithmetic,
    binary,
    bins,
    complex,
    concatenation,
    conversion,
    copies,
    creation,
    cumulative,
    diagonals,
    distances,
    einsum,
    extremes,
    from_data,
    gathering,
    indexing,
    inverses,
    joining,
    linalg,
    matrix_functions,
    memory,
    moments,
    normalisation,
    norms,
    older_names,
    orthogonal,
    pointwise,
    random,
    ranges,
    rearranging,
    recurrent,
    reductions,
    scatter,
    searching,
    shapes,
    short_time,
    solving,
    sorting,
    special,
    triangular,
    windows,
    writing,
)
from minitorch.ops import numpy_names as _numpy_names  # noqa: F401  (registers NumPy's names)

Method = Callable[..., Any]


def words(text: str) -> list[str]:
    """The words of a text."""
    return text.split()


def names(lists: dict[ModuleType, str]) -> dict[str, Method]:
    """The functions that lists of names stand for, by module."""
    found: dict[str, Method] = {}
    for module, text in lists.items():
        for word in text.split():
            name, _, function = word.partition("=")
            found[name] = getattr(module, function or name)
    return found


# --- The list ---------------------------------------------------------------------------------------------------------

BOTH = names(
    {  # methods that PyTorch also has as functions of its module: x.exp() and minitorch.exp(x)
        arithmetic: """
        add=add_scaled sub=sub_scaled subtract=sub_scaled mul multiply=mul div=divide divide true_divide=div
        floor_divide remainder fmod pow neg negative=neg addcmul addcdiv atan2 arctan2=atan2 lerp maximum minimum
        eq ne not_equal=ne lt less=lt le less_equal=le gt greater=gt ge greater_equal=ge equal isclose allclose
        logical_and logical_or logical_xor logical_not bitwise_and bitwise_or bitwise_xor bitwise_not floor trunc
        fix=trunc
    """,
        binary: """
        hypot logaddexp logaddexp2 xlogy fmax fmin copysign heaviside nextafter gcd lcm float_power ldexp
        bitwise_left_shift bitwise_right_shift
    """,
        pointwise: """
        abs absolute=abs exp exp2 expm1 log log2 log10 log1p sqrt rsqrt reciprocal square sign sin cos tan asin
        arcsin=asin acos arccos=acos atan arctan=atan sinh cosh tanh asinh arcsinh=asinh acosh arccosh=acosh atanh
        arctanh=atanh ceil round frac erf sigmoid clamp clip=clamp clamp_min clamp_max positive isnan isinf isfinite
        signbit isneginf isposinf deg2rad rad2deg sinc logit nan_to_num
    """,
        activations: "relu",
        special: "lgamma digamma erfc erfinv i0 mvlgamma igamma igammac frexp",
        complex: "angle sgn conj conj_physical resolve_conj resolve_neg is_conj is_neg isreal",
        reductions: "sum mean all any prod logsumexp norm nansum nanmean",
        extremes: "max min amax amin argmax argmin",
        moments: "var std",
        cumulative: "cumsum cumprod logcumsumexp cummax cummin diff",
        sorting: "sort argsort msort topk kthvalue median nanmedian mode aminmax quantile nanquantile",
        searching: "unique unique_consecutive isin",
        bins: "histc histogram bincount count_nonzero nonzero_static argwhere",
        shapes: """
        reshape permute transpose swapaxes=transpose swapdims=transpose t movedim moveaxis=movedim broadcast_to
        unsqueeze squeeze flatten ravel unflatten
    """,
        concatenation: "split split_with_sizes chunk unbind narrow select",
        diagonals: "diagonal diag trace triu tril",
        rearranging: "flip roll tile repeat_interleave",
        joining: """
        tensor_split hsplit vsplit dsplit fliplr flipud rot90 diag_embed diagflat kron adjoint unsafe_chunk unsafe_split
    """,
        memory: "as_strided as_strided_scatter numel",
        gathering: "gather index_select masked_select take=flat_take take_along_dim nonzero",
        scatter: "scatter scatter_add scatter_reduce",
        writing: """
        index_add index_copy index_fill index_put index_reduce put masked_fill masked_scatter select_scatter
        slice_scatter diagonal_scatter
    """,
        linalg: "matmul mm bmm mv dot inner outer ger=outer addmm addmv addbmm addr baddbmm",
        norms: "vdot cross=cross_old",
        distances: "dist cov corrcoef renorm",
        orthogonal: "geqrf ormqr",
        solving: "cholesky_solve cholesky_inverse lu_solve=lu_solve_old triangular_solve",
        inverses: "det logdet slogdet inverse=inv pinverse",
        matrix_functions: "matrix_exp matrix_power",
        older_names: "cholesky=cholesky_old qr=qr_old svd=svd_old",
        short_time: "stft istft",
        normalisation: "softmax log_softmax",
        random: "bernoulli multinomial",
        conversion: "clone is_nonzero is_floating_point is_complex",
        copies: "narrow_copy",
    }
)

METHODS = names(
    {  # methods that are no functions
        shapes: "view view_as reshape_as expand expand_as",
        rearranging: "repeat",
        joining: "sum_to_size",
        memory: """
        unfold size stride contiguous is_contiguous storage_offset data_ptr nelement=numel dim ndimension=dim
        element_size resize_ resize_as_
    """,
        conversion: "numpy item tolist to type type_as cpu cuda is_signed",
        creation: "new_zeros new_ones new_empty new_full new_empty_strided",
        from_data: "new_tensor",
        special: "polygamma=polygamma_method",
        older_names: "lu=lu_old",
        random: "uniform_ normal_ bernoulli_ random_ exponential_ cauchy_ log_normal_ geometric_",
    }
)

FUNCTIONS = names(
    {  # functions that are no methods
        arithmetic: "rsub",
        special: "polygamma",
        cumulative: "trapezoid trapz cumulative_trapezoid gradient",
        searching: "searchsorted bucketize",
        bins: "histogramdd",
        moments: "std_mean var_mean",
        shapes: "broadcast_tensors",
        concatenation: "cat concat=cat concatenate=cat stack hstack vstack row_stack=vstack",
        rearranging: "meshgrid",
        joining: """
        atleast_1d atleast_2d atleast_3d column_stack dstack block_diag cartesian_prod combinations constant_pad_nd
    """,
        complex: "real imag complex polar view_as_real view_as_complex",
        einsum: "einsum tensordot",
        distances: "cdist pdist",
        triangular: "lu_unpack",
        older_names: "lu=lu_old",
        memory: "resize_as_",
        conversion: "result_type",
        recurrent: "rnn_tanh_cell rnn_relu_cell lstm_cell gru_cell",
        windows: "hann_window hamming_window bartlett_window blackman_window kaiser_window",
        copies: """
        alias_copy expand_copy permute_copy squeeze_copy t_copy transpose_copy unbind_copy unsqueeze_copy view_copy
        diagonal_copy split_with_sizes_copy unfold_copy
    """,
        creation: "empty empty_like empty_permuted empty_strided full full_like ones ones_like zeros zeros_like",
        from_data: "as_tensor asarray from_dlpack from_numpy scalar_tensor tensor",
        ranges: "arange eye linspace logspace tril_indices triu_indices",
        random: "normal rand rand_like randint randint_like randn randn_like randperm",
    }
)

# Methods whose name with an underscore works in place: x.exp_().
IN_PLACE = words("""
    add sub subtract mul multiply div divide true_divide floor_divide remainder fmod pow neg negative addcmul
    addcdiv atan2 arctan2 lerp eq ne not_equal lt less le less_equal gt greater ge greater_equal logical_and
    logical_or logical_xor logical_not bitwise_and bitwise_or bitwise_xor bitwise_not bitwise_left_shift
    bitwise_right_shift floor trunc fix hypot xlogy copysign heaviside nextafter gcd lcm float_power ldexp abs
    absolute exp exp2 expm1 log log2 log10 log1p sqrt rsqrt reciprocal square sign sin cos tan asin arcsin acos
    arccos atan arctan sinh cosh tanh asinh arcsinh acosh arccosh atanh arctanh ceil round frac erf relu sigmoid
    clamp clip clamp_min clamp_max deg2rad rad2deg sinc logit nan_to_num lgamma digamma polygamma erfc erfinv i0
    mvlgamma igamma igammac sgn conj_physical cumsum cumprod triu tril scatter scatter_add scatter_reduce
    index_add index_copy index_fill index_put index_reduce put masked_fill masked_scatter addmm addmv addbmm addr
    baddbmm renorm
""")

# Views that are taken in place: x.t_() is x with its dims exchanged.
VIEWS_IN_PLACE = words("t transpose swapaxes swapdims squeeze unsqueeze as_strided")

# --- In place ---------------------------------------------------------------------------------------------------------


def in_place(function: Method) -> Method:
    """``function``, writing its result into its first argument: ``x.add_(y)`` for ``add(x, y)``."""
    row = getattr(function, "row", None)
    if row is not None and any(row.rules.values()):  # recorded as itself, its result saved where it lies

        def method(self: Tensor, *args: Any, **kwargs: Any) -> Tensor:
            return apply_(function, self, *args, **kwargs)

    else:

        def method(self: Tensor, *args: Any, **kwargs: Any) -> Tensor:
            check_writable(self)
            before = wrap(self.array)
            if mode.grad:
                tracked = any(isinstance(x, Tensor) and x.requires_grad for x in (self, *args, *kwargs.values()))
                if tracked:  # what the operation saves must not be overwritten
                    before.array = self.array.copy()
                before._edge, before._requires_grad = edge_of(self), self._requires_grad
            args = tuple(before if x is self else x for x in args)
            result = function(before, *args, **kwargs)
            if result._edge is not None:
                check_recordable(self)
            write(self, result.array)
            if result._edge is not None:
                rebase(self, result._edge)
            elif before._requires_grad and mode.grad:  # what was there no longer matters to any gradient
                apply_(assign, self, result)
            return self

    return method


def view_in_place(view: Method) -> Method:
    """A view function that changes how its argument looks at its own memory: ``x.t_()``."""

    def method(self: Tensor, *args: Any, **kwargs: Any) -> Tensor:
        check_writable(self)
        before = wrap(self.array)
        before._edge, before._requires_grad, before._view = self._edge, self._requires_grad, self._view
        before._counter = self._counter
        seen = view(before, *args, **kwargs)
        self.array = seen.array
        if mode.grad:
            self._edge, self._requires_grad = seen._edge, seen._requires_grad
        else:  # its place in the graph stays, and a leaf's sink is one of another shape
            self._sink = None
        if self._view is not None:
            self._view = seen._view
        self._bump()
        return self

    return method


def zero_(self: Tensor) -> Tensor:
    """Zeros in every place, in place: ``x.grad.zero_()``."""
    if self.requires_grad and mode.grad:
        return apply_(assign, self, 0)
    check_writable(self)
    self.array.fill(0)
    self._bump()
    return self


def fill_(self: Tensor, value: Any) -> Tensor:
    """One number in every place, in place (``Tensor.fill_``)."""
    if isinstance(value, Tensor) and value.array.ndim:
        raise RuntimeError(
            f"fill_ only supports 0-dimension value tensor but got tensor with {value.array.ndim} dimensions."
        )
    return apply_(assign, self, value)


def fill(input: Tensor, value: Any) -> Tensor:
    """A tensor of the same shape and dtype with one number in every place (``torch.fill``)."""
    return in_place_of(arithmetic.copy(input), fill_, value)


def in_place_of(out: Tensor, function: Method, *args: Any) -> Tensor:
    function(out, *args)
    return out


def fill_diagonal_(self: Tensor, fill_value: float, wrap: bool = False) -> Tensor:
    """One number on the main diagonal, in place (``Tensor.fill_diagonal_``)."""
    shape = self.array.shape
    if len(shape) < 2:
        raise RuntimeError("dimensions must larger than 1")
    if len(shape) > 2 and len(set(shape)) > 1:
        raise RuntimeError("all dimensions of input must be of equal length")
    places = np.zeros(shape, np.bool_)
    np.fill_diagonal(places, True, wrap=wrap)
    in_place(writing.masked_fill)(self, tensor_of(places), fill_value)
    return self


tensor_of = wrap


def set_item(self: Tensor, index: Any, value: Any) -> None:
    """``x[index] = value``, in place."""
    k, fancy = indexing.key(index)
    if fancy and isinstance(k, tuple) and any(isinstance(part, int) for part in k):
        basic, k = indexing.in_two_steps(k)
        self = indexing.take(self, index=basic)
    elif not fancy and 0 in self.array.strides:  # of an expanded tensor, only what is written to must not overlap
        self, k = indexing.take(self, index=k), ...
    v = value if isinstance(value, (Tensor, Number)) else from_data.as_tensor(value)
    if isinstance(v, Tensor):
        if v.array.dtype != self.array.dtype:
            if fancy and not (v.array.size == 1 and getattr(k, "dtype", None) == np.bool_):
                raise RuntimeError(
                    "Index put requires the source and destination dtypes match, got "
                    f"{self.dtype.alias} for the destination and {v.dtype.alias} for the source: convert the value "
                    "first"
                )
            v = arithmetic.cast(v, dtype=self.array.dtype)
        extra = v.array.ndim - self.array[k].ndim
        if extra > 0 and all(n == 1 for n in v.array.shape[:extra]):
            v = v.reshape(v.array.shape[extra:])
    try:
        apply_(indexing.put_into, self, v, index=k)
    except (ValueError, TypeError) as error:
        shape = list(v.array.shape) if isinstance(v, Tensor) else []
        raise RuntimeError(
            f"shape mismatch: value tensor of shape {shape} cannot be broadcast to indexing result: {error}"
        ) from None


def where(condition: Tensor, input: Any = None, other: Any = None) -> Any:
    """Elements of ``input`` where ``condition`` holds, of ``other`` elsewhere; alone, where it holds
    (``torch.where``).
    """
    if input is None:
        return gathering.nonzero(condition, as_tuple=True)
    if condition.array.dtype != np.bool_:
        raise RuntimeError(
            f"where expected condition to be a boolean tensor, but got a tensor with dtype {condition.dtype}"
        )
    return arithmetic.where(condition, input, other)


# --- Operators and properties -----------------------------------------------------------------------------------------


def _swapped(op: Method) -> Method:
    return lambda self, other: op(other, self)


OPERATORS: dict[str, Method] = {
    "__add__": arithmetic.add, "__radd__": _swapped(arithmetic.add), "__sub__": arithmetic.minus,
    "__rsub__": _swapped(arithmetic.minus), "__mul__": arithmetic.mul, "__rmul__": _swapped(arithmetic.mul),
    "__truediv__": arithmetic.div, "__rtruediv__": _swapped(arithmetic.div), "__rdiv__": _swapped(arithmetic.div),
    "__floordiv__": arithmetic.floor_divide, "__rfloordiv__": _swapped(arithmetic.floor_divide),
    "__mod__": arithmetic.remainder, "__rmod__": _swapped(arithmetic.remainder), "__pow__": arithmetic.pow,
    "__rpow__": _swapped(arithmetic.pow), "__neg__": arithmetic.neg, "__pos__": pointwise.positive,
    "__abs__": pointwise.abs, "__matmul__": linalg.matmul, "__rmatmul__": _swapped(linalg.matmul),
    "__eq__": arithmetic.eq, "__ne__": arithmetic.ne, "__lt__": arithmetic.lt, "__le__": arithmetic.le,
    "__gt__": arithmetic.gt, "__ge__": arithmetic.ge, "__and__": arithmetic.bitwise_and,
    "__rand__": _swapped(arithmetic.bitwise_and), "__or__": arithmetic.bitwise_or,
    "__ror__": _swapped(arithmetic.bitwise_or), "__xor__": arithmetic.bitwise_xor,
    "__rxor__": _swapped(arithmetic.bitwise_xor), "__invert__": arithmetic.bitwise_not,
    "__lshift__": binary.bitwise_left_shift, "__rlshift__": _swapped(binary.bitwise_left_shift),
    "__rrshift__": _swapped(binary.bitwise_right_shift), "__rshift__": binary.bitwise_right_shift,
    "__iadd__": in_place(arithmetic.add), "__isub__": in_place(arithmetic.sub), "__imul__": in_place(arithmetic.mul),
    "__itruediv__": in_place(arithmetic.div), "__ifloordiv__": in_place(arithmetic.floor_divide),
    "__imod__": in_place(arithmetic.remainder), "__ipow__": in_place(arithmetic.pow),
    "__iand__": in_place(arithmetic.bitwise_and), "__ior__": in_place(arithmetic.bitwise_or),
    "__ixor__": in_place(arithmetic.bitwise_xor),
    "__getitem__": indexing.getitem, "__setitem__": set_item, "__len__": memory.length, "__iter__": memory.iterate,
    "__contains__": memory.contains, "__bool__": conversion.as_bool, "__float__": conversion.as_float,
    "__int__": conversion.as_int, "__complex__": conversion.as_complex, "__index__": conversion.as_index,
    "__array__": conversion.as_array, "__dlpack__": conversion.dlpack, "__dlpack_device__": conversion.dlpack_device,
    "__format__": conversion.formatted, "__repr__": tensor_text, "__deepcopy__": conversion.deepcopy,
    "__reduce_ex__": conversion.reduced,
}  # fmt: skip


def _transposed(self: Tensor) -> Tensor:
    """The dims in reverse order (``Tensor.T``)."""
    return shapes.permute(self, tuple(range(self.array.ndim))[::-1])


def _adjoint(self: Tensor) -> Tensor:
    """The conjugate transpose of a matrix (``Tensor.H``)."""
    if self.array.ndim not in (0, 2):
        raise RuntimeError(f"tensor.H is only supported on matrices (2-D tensors). Got {self.array.ndim}-D tensor.")
    return joining.adjoint(self) if self.array.ndim else complex.conj(self)


def _base(self: Tensor) -> Tensor | None:
    """The tensor that a view looks at; None if it is no view."""
    return None if self._view is None else self._view.base


def _never(self: Tensor) -> bool:
    """False: there are only dense tensors on the CPU."""
    return False


PROPERTIES: dict[str, Method] = {
    "T": _transposed, "H": _adjoint, "mT": linalg.swap_last, "mH": joining.adjoint, "real": complex.real,
    "imag": complex.imag, "_base": _base, "is_cuda": _never, "is_sparse": _never, "is_quantized": _never,
    "is_meta": _never, "is_mps": _never,
}  # fmt: skip


# --- Binding ----------------------------------------------------------------------------------------------------------


def _backward(
    self: Tensor,
    gradient: Any = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    inputs: Any = None,
) -> None:
    """Adds this tensor's gradients to the ``.grad`` of the leaves it depends on (``Tensor.backward``)."""
    backward(self, gradient, retain_graph, create_graph, inputs)


def _copy(self: Tensor, src: Any, non_blocking: bool = False) -> Tensor:
    """Writes ``src``, spread and cast, into the tensor (``Tensor.copy_``)."""
    try:
        return copy_(self, src)
    except ValueError:
        raise RuntimeError(
            f"output with shape {list(self.array.shape)} doesn't match the broadcast shape of {list(src.array.shape)}"
        ) from None


def _where(self: Tensor, condition: Tensor, other: Any) -> Any:
    """Its elements where ``condition`` holds, those of ``other`` elsewhere (``Tensor.where``)."""
    return where(condition, self, other)


_CONVERTERS = {
    "float": dtypes.float32, "double": dtypes.float64, "half": dtypes.float16, "long": dtypes.int64, "int":
    dtypes.int32, "short": dtypes.int16, "char": dtypes.int8, "byte": dtypes.uint8, "bool": dtypes.bool_,
    "cfloat": dtypes.complex64, "cdouble": dtypes.complex128,
}  # fmt: skip


def methods() -> dict[str, Method]:
    """Every method and operator of Tensor by name."""
    every = {**BOTH, **METHODS, **OPERATORS}
    every |= {name: conversion.converter(dtype) for name, dtype in _CONVERTERS.items()}
    every |= {f"{name}_": in_place(every[name]) for name in IN_PLACE}
    every |= {f"{name}_": view_in_place(every[name]) for name in VIEWS_IN_PLACE}
    every |= {"backward": _backward, "copy_": _copy, "where": _where}
    return every | {"zero_": zero_, "fill_": fill_, "fill_diagonal_": fill_diagonal_}


def functions() -> dict[str, Method]:
    """Every function of the module by name, as the methods have it (functions.py adds ``out=``)."""
    return {**BOTH, **FUNCTIONS, "where": where, "fill": fill}


def bind() -> None:
    """Gives Tensor everything on the list."""
    for name, function in methods().items():
        if function.__name__ in ("method", "convert", "<lambda>"):
            function.__name__ = name
        setattr(Tensor, name, function)
    for name, function in PROPERTIES.items():
        setattr(Tensor, name, property(function))


bind()
