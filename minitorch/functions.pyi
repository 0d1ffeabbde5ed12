"""The functions of the module, which functions.py makes from the list in methods.py.

Written by tools/make_stubs.py: do not edit.
"""

import builtins
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from minitorch.core.dtypes import dtype as DType
from minitorch.core.generator import Generator
from minitorch.core.tensor import Tensor, device as Device
from minitorch.ops.bins import histogram_result, histogramdd_result
from minitorch.ops.cumulative import cummax_result, cummin_result
from minitorch.ops.inverses import slogdet_result
from minitorch.ops.orthogonal import geqrf_result
from minitorch.ops.solving import triangular_solve_result
from minitorch.ops.sorting import aminmax_result, kthvalue_result, mode_result, sort_result, topk_result
from minitorch.ops.special import frexp_result
from minitorch.ops.triangular import lu_result

Number = builtins.bool | builtins.int | builtins.float | builtins.complex

__all__ = [
    "abs",
    "abs_",
    "absolute",
    "absolute_",
    "acos",
    "acos_",
    "acosh",
    "acosh_",
    "add",
    "add_",
    "addbmm",
    "addbmm_",
    "addcdiv",
    "addcdiv_",
    "addcmul",
    "addcmul_",
    "addmm",
    "addmm_",
    "addmv",
    "addmv_",
    "addr",
    "addr_",
    "adjoint",
    "alias_copy",
    "all",
    "allclose",
    "amax",
    "amin",
    "aminmax",
    "angle",
    "any",
    "arange",
    "arccos",
    "arccos_",
    "arccosh",
    "arccosh_",
    "arcsin",
    "arcsin_",
    "arcsinh",
    "arcsinh_",
    "arctan",
    "arctan2",
    "arctan2_",
    "arctan_",
    "arctanh",
    "arctanh_",
    "argmax",
    "argmin",
    "argsort",
    "argwhere",
    "as_strided",
    "as_strided_",
    "as_strided_scatter",
    "as_tensor",
    "asarray",
    "asin",
    "asin_",
    "asinh",
    "asinh_",
    "atan",
    "atan2",
    "atan2_",
    "atan_",
    "atanh",
    "atanh_",
    "atleast_1d",
    "atleast_2d",
    "atleast_3d",
    "baddbmm",
    "baddbmm_",
    "bartlett_window",
    "bernoulli",
    "bincount",
    "bitwise_and",
    "bitwise_and_",
    "bitwise_left_shift",
    "bitwise_left_shift_",
    "bitwise_not",
    "bitwise_not_",
    "bitwise_or",
    "bitwise_or_",
    "bitwise_right_shift",
    "bitwise_right_shift_",
    "bitwise_xor",
    "bitwise_xor_",
    "blackman_window",
    "block_diag",
    "bmm",
    "broadcast_tensors",
    "broadcast_to",
    "bucketize",
    "cartesian_prod",
    "cat",
    "cdist",
    "ceil",
    "ceil_",
    "cholesky",
    "cholesky_inverse",
    "cholesky_solve",
    "chunk",
    "clamp",
    "clamp_",
    "clamp_max",
    "clamp_max_",
    "clamp_min",
    "clamp_min_",
    "clip",
    "clip_",
    "clone",
    "column_stack",
    "combinations",
    "complex",
    "concat",
    "concatenate",
    "conj",
    "conj_physical",
    "conj_physical_",
    "constant_pad_nd",
    "copysign",
    "copysign_",
    "corrcoef",
    "cos",
    "cos_",
    "cosh",
    "cosh_",
    "count_nonzero",
    "cov",
    "cross",
    "cummax",
    "cummin",
    "cumprod",
    "cumprod_",
    "cumsum",
    "cumsum_",
    "cumulative_trapezoid",
    "deg2rad",
    "deg2rad_",
    "det",
    "diag",
    "diag_embed",
    "diagflat",
    "diagonal",
    "diagonal_copy",
    "diagonal_scatter",
    "diff",
    "digamma",
    "digamma_",
    "dist",
    "div",
    "div_",
    "divide",
    "divide_",
    "dot",
    "dsplit",
    "dstack",
    "einsum",
    "empty",
    "empty_like",
    "empty_permuted",
    "empty_strided",
    "eq",
    "eq_",
    "equal",
    "erf",
    "erf_",
    "erfc",
    "erfc_",
    "erfinv",
    "erfinv_",
    "exp",
    "exp2",
    "exp2_",
    "exp_",
    "expand_copy",
    "expm1",
    "expm1_",
    "eye",
    "fill",
    "fill_",
    "fix",
    "fix_",
    "flatten",
    "flip",
    "fliplr",
    "flipud",
    "float_power",
    "float_power_",
    "floor",
    "floor_",
    "floor_divide",
    "floor_divide_",
    "fmax",
    "fmin",
    "fmod",
    "fmod_",
    "frac",
    "frac_",
    "frexp",
    "from_dlpack",
    "from_numpy",
    "full",
    "full_like",
    "gather",
    "gcd",
    "gcd_",
    "ge",
    "ge_",
    "geqrf",
    "ger",
    "gradient",
    "greater",
    "greater_",
    "greater_equal",
    "greater_equal_",
    "gru_cell",
    "gt",
    "gt_",
    "hamming_window",
    "hann_window",
    "heaviside",
    "heaviside_",
    "histc",
    "histogram",
    "histogramdd",
    "hsplit",
    "hstack",
    "hypot",
    "hypot_",
    "i0",
    "i0_",
    "igamma",
    "igamma_",
    "igammac",
    "igammac_",
    "imag",
    "index_add",
    "index_add_",
    "index_copy",
    "index_copy_",
    "index_fill",
    "index_fill_",
    "index_put",
    "index_put_",
    "index_reduce",
    "index_reduce_",
    "index_select",
    "inner",
    "inverse",
    "is_complex",
    "is_conj",
    "is_floating_point",
    "is_neg",
    "is_nonzero",
    "isclose",
    "isfinite",
    "isin",
    "isinf",
    "isnan",
    "isneginf",
    "isposinf",
    "isreal",
    "istft",
    "kaiser_window",
    "kron",
    "kthvalue",
    "lcm",
    "lcm_",
    "ldexp",
    "ldexp_",
    "le",
    "le_",
    "lerp",
    "lerp_",
    "less",
    "less_",
    "less_equal",
    "less_equal_",
    "lgamma",
    "lgamma_",
    "linspace",
    "log",
    "log10",
    "log10_",
    "log1p",
    "log1p_",
    "log2",
    "log2_",
    "log_",
    "log_softmax",
    "logaddexp",
    "logaddexp2",
    "logcumsumexp",
    "logdet",
    "logical_and",
    "logical_and_",
    "logical_not",
    "logical_not_",
    "logical_or",
    "logical_or_",
    "logical_xor",
    "logical_xor_",
    "logit",
    "logit_",
    "logspace",
    "logsumexp",
    "lstm_cell",
    "lt",
    "lt_",
    "lu",
    "lu_solve",
    "lu_unpack",
    "masked_fill",
    "masked_fill_",
    "masked_scatter",
    "masked_scatter_",
    "masked_select",
    "matmul",
    "matrix_exp",
    "matrix_power",
    "max",
    "maximum",
    "mean",
    "median",
    "meshgrid",
    "min",
    "minimum",
    "mm",
    "mode",
    "moveaxis",
    "movedim",
    "msort",
    "mul",
    "mul_",
    "multinomial",
    "multiply",
    "multiply_",
    "mv",
    "mvlgamma",
    "mvlgamma_",
    "nan_to_num",
    "nan_to_num_",
    "nanmean",
    "nanmedian",
    "nanquantile",
    "nansum",
    "narrow",
    "narrow_copy",
    "ne",
    "ne_",
    "neg",
    "neg_",
    "negative",
    "negative_",
    "nextafter",
    "nextafter_",
    "nonzero",
    "nonzero_static",
    "norm",
    "normal",
    "not_equal",
    "not_equal_",
    "numel",
    "ones",
    "ones_like",
    "ormqr",
    "outer",
    "pdist",
    "permute",
    "permute_copy",
    "pinverse",
    "polar",
    "polygamma",
    "polygamma_",
    "positive",
    "pow",
    "pow_",
    "prod",
    "put",
    "put_",
    "qr",
    "quantile",
    "rad2deg",
    "rad2deg_",
    "rand",
    "rand_like",
    "randint",
    "randint_like",
    "randn",
    "randn_like",
    "randperm",
    "ravel",
    "real",
    "reciprocal",
    "reciprocal_",
    "relu",
    "relu_",
    "remainder",
    "remainder_",
    "renorm",
    "renorm_",
    "repeat_interleave",
    "reshape",
    "resize_as_",
    "resolve_conj",
    "resolve_neg",
    "result_type",
    "rnn_relu_cell",
    "rnn_tanh_cell",
    "roll",
    "rot90",
    "round",
    "round_",
    "row_stack",
    "rsqrt",
    "rsqrt_",
    "rsub",
    "scalar_tensor",
    "scatter",
    "scatter_",
    "scatter_add",
    "scatter_add_",
    "scatter_reduce",
    "scatter_reduce_",
    "searchsorted",
    "select",
    "select_scatter",
    "sgn",
    "sgn_",
    "sigmoid",
    "sigmoid_",
    "sign",
    "sign_",
    "signbit",
    "sin",
    "sin_",
    "sinc",
    "sinc_",
    "sinh",
    "sinh_",
    "slice_scatter",
    "slogdet",
    "softmax",
    "sort",
    "split",
    "split_with_sizes",
    "split_with_sizes_copy",
    "sqrt",
    "sqrt_",
    "square",
    "square_",
    "squeeze",
    "squeeze_copy",
    "stack",
    "std",
    "std_mean",
    "stft",
    "sub",
    "sub_",
    "subtract",
    "subtract_",
    "sum",
    "svd",
    "swapaxes",
    "swapdims",
    "t",
    "t_copy",
    "take",
    "take_along_dim",
    "tan",
    "tan_",
    "tanh",
    "tanh_",
    "tensor",
    "tensor_split",
    "tensordot",
    "tile",
    "topk",
    "trace",
    "transpose",
    "transpose_copy",
    "trapezoid",
    "trapz",
    "triangular_solve",
    "tril",
    "tril_",
    "tril_indices",
    "triu",
    "triu_",
    "triu_indices",
    "true_divide",
    "true_divide_",
    "trunc",
    "trunc_",
    "unbind",
    "unbind_copy",
    "unflatten",
    "unfold_copy",
    "unique",
    "unique_consecutive",
    "unsafe_chunk",
    "unsafe_split",
    "unsqueeze",
    "unsqueeze_copy",
    "var",
    "var_mean",
    "vdot",
    "view_as_complex",
    "view_as_real",
    "view_copy",
    "vsplit",
    "vstack",
    "where",
    "xlogy",
    "xlogy_",
    "zero_",
    "zeros",
    "zeros_like",
]

def abs(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Absolute values; of complex numbers, their sizes. (``torch.abs``)"""

def abs_(input: Tensor) -> Tensor:
    """``abs``, in place."""

def absolute(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Absolute values; of complex numbers, their sizes. (``torch.absolute``)"""

def absolute_(input: Tensor) -> Tensor:
    """``absolute``, in place."""

def acos(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Arc cosines. (``torch.acos``)"""

def acos_(input: Tensor) -> Tensor:
    """``acos``, in place."""

def acosh(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Inverse hyperbolic cosines. (``torch.acosh``)"""

def acosh_(input: Tensor) -> Tensor:
    """``acosh``, in place."""

def add(input: Any, other: Any, *, alpha: Any = 1, out: Tensor | None = None) -> Tensor:
    """``input + alpha * other`` (``torch.add``)."""

def add_(input: Any, other: Any, *, alpha: Any = 1) -> Tensor:
    """``add``, in place."""

def addbmm(
    input: Tensor, batch1: Tensor, batch2: Tensor, *, beta: Any = 1, alpha: Any = 1, out: Tensor | None = None
) -> Tensor:
    """``beta * input + alpha * (the sum of batch1 @ batch2 over the batch)`` (``torch.addbmm``)."""

def addbmm_(input: Tensor, batch1: Tensor, batch2: Tensor, *, beta: Any = 1, alpha: Any = 1) -> Tensor:
    """``addbmm``, in place."""

def addcdiv(input: Tensor, tensor1: Tensor, tensor2: Tensor, *, value: Any = 1, out: Tensor | None = None) -> Tensor:
    """``input + value * tensor1 / tensor2`` (``torch.addcdiv``)."""

def addcdiv_(input: Tensor, tensor1: Tensor, tensor2: Tensor, *, value: Any = 1) -> Tensor:
    """``addcdiv``, in place."""

def addcmul(input: Tensor, tensor1: Tensor, tensor2: Tensor, *, value: Any = 1, out: Tensor | None = None) -> Tensor:
    """``input + value * tensor1 * tensor2`` (``torch.addcmul``)."""

def addcmul_(input: Tensor, tensor1: Tensor, tensor2: Tensor, *, value: Any = 1) -> Tensor:
    """``addcmul``, in place."""

def addmm(
    input: Tensor, mat1: Tensor, mat2: Tensor, *, beta: Any = 1, alpha: Any = 1, out: Tensor | None = None
) -> Tensor:
    """``beta * input + alpha * (mat1 @ mat2)`` (``torch.addmm``)."""

def addmm_(input: Tensor, mat1: Tensor, mat2: Tensor, *, beta: Any = 1, alpha: Any = 1) -> Tensor:
    """``addmm``, in place."""

def addmv(
    input: Tensor, mat: Tensor, vec: Tensor, *, beta: Any = 1, alpha: Any = 1, out: Tensor | None = None
) -> Tensor:
    """``beta * input + alpha * (mat @ vec)`` (``torch.addmv``)."""

def addmv_(input: Tensor, mat: Tensor, vec: Tensor, *, beta: Any = 1, alpha: Any = 1) -> Tensor:
    """``addmv``, in place."""

def addr(
    input: Tensor, vec1: Tensor, vec2: Tensor, *, beta: Any = 1, alpha: Any = 1, out: Tensor | None = None
) -> Tensor:
    """``beta * input + alpha * outer(vec1, vec2)`` (``torch.addr``)."""

def addr_(input: Tensor, vec1: Tensor, vec2: Tensor, *, beta: Any = 1, alpha: Any = 1) -> Tensor:
    """``addr``, in place."""

def adjoint(input: Tensor) -> Tensor:
    """The conjugate transpose of the last two dims (``torch.adjoint``, ``Tensor.mH``)."""

def alias_copy(input: Tensor) -> Tensor:
    """A copy (``torch.alias_copy``)."""

def all(
    input: Tensor,
    dim: builtins.int | Sequence[builtins.int] | None = None,
    keepdim: builtins.bool = False,
    *,
    out: Tensor | None = None,
) -> Tensor:
    """Whether all elements are true (``torch.all``)."""

def allclose(
    input: Tensor,
    other: Tensor,
    rtol: builtins.float = 1e-05,
    atol: builtins.float = 1e-08,
    equal_nan: builtins.bool = False,
) -> builtins.bool:
    """Whether every element is close (``torch.allclose``)."""

def amax(
    input: Tensor,
    dim: builtins.int | Sequence[builtins.int] | None = (),
    keepdim: builtins.bool = False,
    *,
    out: Tensor | None = None,
) -> Tensor:
    """The largest value over ``dim``; ties share the gradient equally (``torch.amax``)."""

def amin(
    input: Tensor,
    dim: builtins.int | Sequence[builtins.int] | None = (),
    keepdim: builtins.bool = False,
    *,
    out: Tensor | None = None,
) -> Tensor:
    """The smallest value over ``dim``; ties share the gradient equally (``torch.amin``)."""

def aminmax(input: Tensor, *, dim: builtins.int | None = None, keepdim: builtins.bool = False) -> aminmax_result:
    """The smallest and the largest value, of all or along ``dim`` (``torch.aminmax``)."""

def angle(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The angle of each number in the plane (``torch.angle``)."""

def any(
    input: Tensor,
    dim: builtins.int | Sequence[builtins.int] | None = None,
    keepdim: builtins.bool = False,
    *,
    out: Tensor | None = None,
) -> Tensor:
    """Whether any element is true (``torch.any``)."""

def arange(
    *bounds: Any,
    start: Any = None,
    end: Any = None,
    step: Any = 1,
    out: Tensor | None = None,
    dtype: DType | None = None,
    device: Device | builtins.str | None = None,
    requires_grad: builtins.bool = False,
) -> Tensor:
    """Numbers from ``start`` up to but without ``end`` by ``step`` (``torch.arange``)."""

def arccos(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Arc cosines. (``torch.arccos``)"""

def arccos_(input: Tensor) -> Tensor:
    """``arccos``, in place."""

def arccosh(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Inverse hyperbolic cosines. (``torch.arccosh``)"""

def arccosh_(input: Tensor) -> Tensor:
    """``arccosh``, in place."""

def arcsin(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Arc sines. (``torch.arcsin``)"""

def arcsin_(input: Tensor) -> Tensor:
    """``arcsin``, in place."""

def arcsinh(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Inverse hyperbolic sines. (``torch.arcsinh``)"""

def arcsinh_(input: Tensor) -> Tensor:
    """``arcsinh``, in place."""

def arctan(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Arc tangents. (``torch.arctan``)"""

def arctan2(input: Tensor | Number, other: Tensor | Number, *, out: Tensor | None = None) -> Tensor:
    """Angles of the points (other, input), in (-pi, pi]. (``torch.arctan2``)"""

def arctan2_(input: Tensor | Number, other: Tensor | Number) -> Tensor:
    """``arctan2``, in place."""

def arctan_(input: Tensor) -> Tensor:
    """``arctan``, in place."""

def arctanh(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Inverse hyperbolic tangents. (``torch.arctanh``)"""

def arctanh_(input: Tensor) -> Tensor:
    """``arctanh``, in place."""

def argmax(
    input: Tensor, dim: builtins.int | None = None, keepdim: builtins.bool = False, *, out: Tensor | None = None
) -> Tensor:
    """Where the largest element is: an index into the flat tensor, or along ``dim`` (``torch.argmax``)."""

def argmin(
    input: Tensor, dim: builtins.int | None = None, keepdim: builtins.bool = False, *, out: Tensor | None = None
) -> Tensor:
    """Where the smallest element is (``torch.argmin``)."""

def argsort(
    input: Tensor, dim: builtins.int = -1, descending: builtins.bool = False, stable: builtins.bool = False
) -> Tensor:
    """The indices that ``sort`` gives (``torch.argsort``)."""

def argwhere(input: Tensor) -> Tensor:
    """The indices of the elements that are not zero, a row each (``torch.argwhere``)."""

def as_strided(
    input: Tensor,
    size: Sequence[builtins.int],
    stride: Sequence[builtins.int],
    storage_offset: builtins.int | None = None,
) -> Tensor:
    """A view of the tensor's memory with any sizes, strides and offset (``torch.as_strided``)."""

def as_strided_(
    input: Tensor,
    size: Sequence[builtins.int],
    stride: Sequence[builtins.int],
    storage_offset: builtins.int | None = None,
) -> Tensor:
    """``as_strided``, in place."""

def as_strided_scatter(
    input: Tensor,
    src: Tensor,
    size: Sequence[builtins.int],
    stride: Sequence[builtins.int],
    storage_offset: builtins.int | None = None,
) -> Tensor:
    """A copy of ``input`` with the elements of ``as_strided`` taken from ``src`` (``torch.as_strided_scatter``)."""

def as_tensor(data: Any, dtype: DType | None = None, device: Device | builtins.str | None = None) -> Tensor:
    """``data`` as a tensor, sharing memory where it can (``torch.as_tensor``)."""

def asarray(data: Any, dtype: DType | None = None, device: Device | builtins.str | None = None) -> Tensor:
    """``data`` as a tensor, sharing memory where it can (``torch.as_tensor``)."""

def asin(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Arc sines. (``torch.asin``)"""

def asin_(input: Tensor) -> Tensor:
    """``asin``, in place."""

def asinh(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Inverse hyperbolic sines. (``torch.asinh``)"""

def asinh_(input: Tensor) -> Tensor:
    """``asinh``, in place."""

def atan(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Arc tangents. (``torch.atan``)"""

def atan2(input: Tensor | Number, other: Tensor | Number, *, out: Tensor | None = None) -> Tensor:
    """Angles of the points (other, input), in (-pi, pi]. (``torch.atan2``)"""

def atan2_(input: Tensor | Number, other: Tensor | Number) -> Tensor:
    """``atan2``, in place."""

def atan_(input: Tensor) -> Tensor:
    """``atan``, in place."""

def atanh(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Inverse hyperbolic tangents. (``torch.atanh``)"""

def atanh_(input: Tensor) -> Tensor:
    """``atanh``, in place."""

def atleast_1d(*tensors: Any) -> Any:
    """Views with at least one dim (``torch.atleast_1d``)."""

def atleast_2d(*tensors: Any) -> Any:
    """Views with at least two dims, new ones in front (``torch.atleast_2d``)."""

def atleast_3d(*tensors: Any) -> Any:
    """Views with at least three dims: vectors lie along the second, matrices before a new last one"""

def baddbmm(
    input: Tensor, batch1: Tensor, batch2: Tensor, *, beta: Any = 1, alpha: Any = 1, out: Tensor | None = None
) -> Tensor:
    """``beta * input + alpha * (batch1 @ batch2)``, batch by batch (``torch.baddbmm``)."""

def baddbmm_(input: Tensor, batch1: Tensor, batch2: Tensor, *, beta: Any = 1, alpha: Any = 1) -> Tensor:
    """``baddbmm``, in place."""

def bartlett_window(
    window_length: builtins.int,
    periodic: builtins.bool = True,
    *,
    dtype: Any = None,
    layout: Any = None,
    device: Any = None,
    requires_grad: builtins.bool = False,
) -> Tensor:
    """``bartlett``, periodic unless told otherwise (``torch.bartlett_window``)."""

def bernoulli(
    input: Tensor, p: builtins.float | None = None, *, generator: Generator | None = None, out: Tensor | None = None
) -> Tensor:
    """1 with the probability that stands in each place, otherwise 0 (``torch.bernoulli``)."""

def bincount(input: Tensor, weights: Tensor | None = None, minlength: builtins.int = 0) -> Tensor:
    """How often each whole number occurs, or the sum of its weights (``torch.bincount``)."""

def bitwise_and(input: Tensor | Number, other: Tensor | Number, *, out: Tensor | None = None) -> Tensor:
    """Both bits. (``torch.bitwise_and``)"""

def bitwise_and_(input: Tensor | Number, other: Tensor | Number) -> Tensor:
    """``bitwise_and``, in place."""

def bitwise_left_shift(input: Tensor | Number, other: Tensor | Number, *, out: Tensor | None = None) -> Tensor:
    """``input * 2 ** other``, by shifting bits. (``torch.bitwise_left_shift``)"""

def bitwise_left_shift_(input: Tensor | Number, other: Tensor | Number) -> Tensor:
    """``bitwise_left_shift``, in place."""

def bitwise_not(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Bits turned over; of bools, not. (``torch.bitwise_not``)"""

def bitwise_not_(input: Tensor) -> Tensor:
    """``bitwise_not``, in place."""

def bitwise_or(input: Tensor | Number, other: Tensor | Number, *, out: Tensor | None = None) -> Tensor:
    """Either bit. (``torch.bitwise_or``)"""

def bitwise_or_(input: Tensor | Number, other: Tensor | Number) -> Tensor:
    """``bitwise_or``, in place."""

def bitwise_right_shift(input: Tensor | Number, other: Tensor | Number, *, out: Tensor | None = None) -> Tensor:
    """``input // 2 ** other``, by shifting bits. (``torch.bitwise_right_shift``)"""

def bitwise_right_shift_(input: Tensor | Number, other: Tensor | Number) -> Tensor:
    """``bitwise_right_shift``, in place."""

def bitwise_xor(input: Tensor | Number, other: Tensor | Number, *, out: Tensor | None = None) -> Tensor:
    """One bit but not both. (``torch.bitwise_xor``)"""

def bitwise_xor_(input: Tensor | Number, other: Tensor | Number) -> Tensor:
    """``bitwise_xor``, in place."""

def blackman_window(
    window_length: builtins.int,
    periodic: builtins.bool = True,
    *,
    dtype: Any = None,
    layout: Any = None,
    device: Any = None,
    requires_grad: builtins.bool = False,
) -> Tensor:
    """``blackman``, periodic unless told otherwise (``torch.blackman_window``)."""

def block_diag(*tensors: Tensor) -> Tensor:
    """Matrices along the diagonal of a larger one, zeros elsewhere (``torch.block_diag``)."""

def bmm(input: Tensor, mat2: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The products of two batches of matrices (``torch.bmm``)."""

def broadcast_tensors(*tensors: Tensor) -> builtins.tuple[Tensor, ...]:
    """Views of all in their common shape (``torch.broadcast_tensors``)."""

def broadcast_to(input: Tensor, size: Sequence[builtins.int]) -> Tensor:
    """``expand``, with the shape as one argument (``torch.broadcast_to``)."""

def bucketize(
    input: Any,
    boundaries: Tensor,
    *,
    out_int32: builtins.bool = False,
    right: builtins.bool = False,
    out: Tensor | None = None,
) -> Tensor:
    """Which interval between boundaries each value falls into (``torch.bucketize``)."""

def cartesian_prod(*tensors: Tensor) -> Tensor:
    """All tuples of elements of some vectors, a row each (``torch.cartesian_prod``)."""

def cat(tensors: Sequence[Tensor], dim: builtins.int = 0, *, out: Tensor | None = None) -> Tensor:
    """Tensors joined along an existing dim (``torch.cat``); an empty 1-d tensor joins with anything."""

def cdist(
    x1: Tensor, x2: Tensor, p: builtins.float = 2.0, compute_mode: builtins.str = "use_mm_for_euclid_dist_if_necessary"
) -> Tensor:
    """The p-norm distances between all rows of two batches of matrices (``torch.cdist``)."""

def ceil(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The next whole numbers above. (``torch.ceil``)"""

def ceil_(input: Tensor) -> Tensor:
    """``ceil``, in place."""

def cholesky(input: Tensor, upper: builtins.bool = False, *, out: Tensor | None = None) -> Tensor:
    """``linalg.cholesky`` by its older name (``torch.cholesky``)."""

def cholesky_inverse(L: Tensor, upper: builtins.bool = False, *, out: Tensor | None = None) -> Tensor:
    """The inverse of A from its Cholesky factor (``torch.cholesky_inverse``)."""

def cholesky_solve(B: Tensor, L: Tensor, upper: builtins.bool = False, *, out: Tensor | None = None) -> Tensor:
    """X with ``A @ X == B``, from the Cholesky factor of A (``torch.cholesky_solve``)."""

def chunk(input: Tensor, chunks: builtins.int, dim: builtins.int = 0) -> builtins.tuple[Tensor, ...]:
    """Views of up to ``chunks`` parts of equal size, the last perhaps smaller (``torch.chunk``)."""

def clamp(input: Tensor, min: Any = None, max: Any = None, *, out: Tensor | None = None) -> Tensor:
    """Limits every element to ``[min, max]``; the bounds are numbers or tensors, one of which may be missing."""

def clamp_(input: Tensor, min: Any = None, max: Any = None) -> Tensor:
    """``clamp``, in place."""

def clamp_max(input: Tensor, max: Any, *, out: Tensor | None = None) -> Tensor:
    """``clamp`` from above only."""

def clamp_max_(input: Tensor, max: Any) -> Tensor:
    """``clamp_max``, in place."""

def clamp_min(input: Tensor, min: Any, *, out: Tensor | None = None) -> Tensor:
    """``clamp`` from below only."""

def clamp_min_(input: Tensor, min: Any) -> Tensor:
    """``clamp_min``, in place."""

def clip(input: Tensor, min: Any = None, max: Any = None, *, out: Tensor | None = None) -> Tensor:
    """Limits every element to ``[min, max]``; the bounds are numbers or tensors, one of which may be missing."""

def clip_(input: Tensor, min: Any = None, max: Any = None) -> Tensor:
    """``clip``, in place."""

def clone(input: Tensor, *, memory_format: Any = None) -> Tensor:
    """A copy with its own memory, through which gradients flow (``torch.clone``)."""

def column_stack(tensors: Sequence[Tensor], *, out: Tensor | None = None) -> Tensor:
    """Side by side, vectors as columns (``torch.column_stack``)."""

def combinations(input: Tensor, r: builtins.int = 2, with_replacement: builtins.bool = False) -> Tensor:
    """All r-element combinations of a vector, a row each, in order (``torch.combinations``)."""

def complex(real: Tensor, imag: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Complex numbers from their parts (``torch.complex``)."""

def concat(tensors: Sequence[Tensor], dim: builtins.int = 0, *, out: Tensor | None = None) -> Tensor:
    """Tensors joined along an existing dim (``torch.cat``); an empty 1-d tensor joins with anything."""

def concatenate(tensors: Sequence[Tensor], dim: builtins.int = 0, *, out: Tensor | None = None) -> Tensor:
    """Tensors joined along an existing dim (``torch.cat``); an empty 1-d tensor joins with anything."""

def conj(input: Tensor) -> Tensor:
    """The complex conjugate; a real tensor itself (``torch.conj``). Here it is computed at once, never lazily."""

def conj_physical(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """``conj`` in memory of its own (``torch.conj_physical``)."""

def conj_physical_(input: Tensor) -> Tensor:
    """``conj_physical``, in place."""

def constant_pad_nd(input: Tensor, pad: Sequence[builtins.int], value: builtins.float = 0) -> Tensor:
    """A border of ``value`` around the last dims, two widths a dim from the last one on; negative ones cut"""

def copysign(input: Tensor | Number, other: Tensor | Number, *, out: Tensor | None = None) -> Tensor:
    """``input`` with the signs of ``other``. (``torch.copysign``)"""

def copysign_(input: Tensor | Number, other: Tensor | Number) -> Tensor:
    """``copysign``, in place."""

def corrcoef(input: Tensor) -> Tensor:
    """Pearson's correlation coefficients of variables (rows), limited to [-1, 1] (``torch.corrcoef``)."""

def cos(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Cosines. (``torch.cos``)"""

def cos_(input: Tensor) -> Tensor:
    """``cos``, in place."""

def cosh(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Hyperbolic cosines. (``torch.cosh``)"""

def cosh_(input: Tensor) -> Tensor:
    """``cosh``, in place."""

def count_nonzero(input: Tensor, dim: Any = None) -> Tensor:
    """How many elements are not zero, of all or along ``dim`` (``torch.count_nonzero``)."""

def cov(
    input: Tensor, *, correction: builtins.int = 1, fweights: Tensor | None = None, aweights: Tensor | None = None
) -> Tensor:
    """The covariances of variables (rows) over observations (columns) (``torch.cov``)."""

def cross(input: Tensor, other: Tensor, dim: builtins.int | None = None, *, out: Tensor | None = None) -> Tensor:
    """``linalg.cross`` along the first dim of size 3 unless another is given (``torch.cross``)."""

def cummax(input: Tensor, dim: builtins.int) -> cummax_result:
    """Running maxima along ``dim`` and where they are, the last of equals (``torch.cummax``)."""

def cummin(input: Tensor, dim: builtins.int) -> cummin_result:
    """Running minima along ``dim`` and where they are, the last of equals (``torch.cummin``)."""

def cumprod(input: Tensor, dim: builtins.int, *, dtype: DType | None = None, out: Tensor | None = None) -> Tensor:
    """Running products along ``dim`` (``torch.cumprod``)."""

def cumprod_(input: Tensor, dim: builtins.int, *, dtype: DType | None = None) -> Tensor:
    """``cumprod``, in place."""

def cumsum(input: Tensor, dim: builtins.int, *, dtype: DType | None = None, out: Tensor | None = None) -> Tensor:
    """Running sums along ``dim``; whole numbers add up as int64 (``torch.cumsum``)."""

def cumsum_(input: Tensor, dim: builtins.int, *, dtype: DType | None = None) -> Tensor:
    """``cumsum``, in place."""

def cumulative_trapezoid(y: Tensor, x: Tensor | None = None, *, dx: Any = 1, dim: builtins.int = -1) -> Tensor:
    """Running integrals of samples along ``dim`` by the trapezoid rule (``torch.cumulative_trapezoid``)."""

def deg2rad(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Degrees in radians. (``torch.deg2rad``)"""

def deg2rad_(input: Tensor) -> Tensor:
    """``deg2rad``, in place."""

def det(A: Tensor) -> Tensor:
    """The determinant (``torch.linalg.det``)."""

def diag(input: Tensor, diagonal: builtins.int = 0, *, out: Tensor | None = None) -> Tensor:
    """A matrix's diagonal, or the matrix with a vector on its diagonal (``torch.diag``)."""

def diag_embed(input: Tensor, offset: builtins.int = 0, dim1: builtins.int = -2, dim2: builtins.int = -1) -> Tensor:
    """Matrices, in two new dims, with the last dim on their diagonal (``torch.diag_embed``)."""

def diagflat(input: Tensor, offset: builtins.int = 0) -> Tensor:
    """A matrix with all elements on its diagonal (``torch.diagflat``)."""

def diagonal(input: Tensor, offset: builtins.int = 0, dim1: builtins.int = 0, dim2: builtins.int = 1) -> Tensor:
    """A view of the diagonal of two dims, as the last dim (``torch.diagonal``)."""

def diagonal_copy(input: Tensor, *args: Any, **kwargs: Any) -> Any:
    """``diagonal``, in memory of its own."""

def diagonal_scatter(
    input: Tensor, src: Tensor, offset: builtins.int = 0, dim1: builtins.int = 0, dim2: builtins.int = 1
) -> Tensor:
    """``input`` with a diagonal replaced (``torch.diagonal_scatter``)."""

def diff(
    input: Tensor,
    n: builtins.int = 1,
    dim: builtins.int = -1,
    prepend: Tensor | None = None,
    append: Tensor | None = None,
    *,
    out: Tensor | None = None,
) -> Tensor:
    """Differences of neighbours along ``dim``, n times over (``torch.diff``)."""

def digamma(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The derivative of lgamma. (``torch.digamma``)"""

def digamma_(input: Tensor) -> Tensor:
    """``digamma``, in place."""

def dist(input: Tensor, other: Tensor, p: builtins.float = 2) -> Tensor:
    """The p-norm of ``input - other`` (``torch.dist``)."""

def div(input: Any, other: Any, *, rounding_mode: builtins.str | None = None, out: Tensor | None = None) -> Tensor:
    """``input / other``; with ``rounding_mode`` "floor" or "trunc", rounded so and of the promoted dtype"""

def div_(input: Any, other: Any, *, rounding_mode: builtins.str | None = None) -> Tensor:
    """``div``, in place."""

def divide(input: Any, other: Any, *, rounding_mode: builtins.str | None = None, out: Tensor | None = None) -> Tensor:
    """``input / other``; with ``rounding_mode`` "floor" or "trunc", rounded so and of the promoted dtype"""

def divide_(input: Any, other: Any, *, rounding_mode: builtins.str | None = None) -> Tensor:
    """``divide``, in place."""

def dot(input: Tensor, tensor: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The inner product of two vectors (``torch.dot``)."""

def dsplit(input: Tensor, indices_or_sections: Any) -> builtins.tuple[Tensor, ...]:
    """``tensor_split`` along the third dim (``torch.dsplit``)."""

def dstack(tensors: Sequence[Tensor], *, out: Tensor | None = None) -> Tensor:
    """Joined along the third dim (``torch.dstack``)."""

def einsum(equation: Any, *operands: Any) -> Tensor:
    """The sum of products that an equation such as ``"ij,jk->ik"`` describes (``torch.einsum``)."""

def empty(
    *args: Any,
    size: Any = None,
    out: Tensor | None = None,
    dtype: DType | None = None,
    device: Device | builtins.str | None = None,
    requires_grad: builtins.bool = False,
    memory_format: Any = None,
    pin_memory: builtins.bool = False,
) -> Tensor:
    """A tensor whose elements are whatever the memory held (``torch.empty``)."""

def empty_like(
    input: Tensor,
    *,
    dtype: DType | None = None,
    device: Device | builtins.str | None = None,
    requires_grad: builtins.bool = False,
    memory_format: Any = None,
) -> Tensor:
    """An uninitialised tensor of another's shape and dtype (``torch.empty_like``)."""

def empty_permuted(
    size: Any,
    physical_layout: Any,
    *,
    dtype: DType | None = None,
    device: Device | builtins.str | None = None,
    requires_grad: builtins.bool = False,
) -> Tensor:
    """An uninitialised tensor whose dims lie in memory in the order given (``torch.empty_permuted``)."""

def empty_strided(
    size: Any,
    stride: Any,
    *,
    dtype: DType | None = None,
    device: Device | builtins.str | None = None,
    requires_grad: builtins.bool = False,
) -> Tensor:
    """An uninitialised tensor with the strides given (``torch.empty_strided``)."""

def eq(input: Tensor | Number, other: Tensor | Number, *, out: Tensor | None = None) -> Tensor:
    """Where they are equal. (``torch.eq``)"""

def eq_(input: Tensor | Number, other: Tensor | Number) -> Tensor:
    """``eq``, in place."""

def equal(input: Tensor, other: Tensor) -> builtins.bool:
    """Whether both have the same shape and elements (``torch.equal``)."""

def erf(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The error function. (``torch.erf``)"""

def erf_(input: Tensor) -> Tensor:
    """``erf``, in place."""

def erfc(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """1 - erf, without losing digits. (``torch.erfc``)"""

def erfc_(input: Tensor) -> Tensor:
    """``erfc``, in place."""

def erfinv(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The inverse of erf. (``torch.erfinv``)"""

def erfinv_(input: Tensor) -> Tensor:
    """``erfinv``, in place."""

def exp(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """e to the power of each element. (``torch.exp``)"""

def exp2(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """2 to the power of each element. (``torch.exp2``)"""

def exp2_(input: Tensor) -> Tensor:
    """``exp2``, in place."""

def exp_(input: Tensor) -> Tensor:
    """``exp``, in place."""

def expand_copy(input: Tensor, *args: Any, **kwargs: Any) -> Any:
    """``expand``, in memory of its own."""

def expm1(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """exp - 1, without losing digits near 0. (``torch.expm1``)"""

def expm1_(input: Tensor) -> Tensor:
    """``expm1``, in place."""

def eye(
    n: builtins.int,
    m: builtins.int | None = None,
    *,
    out: Tensor | None = None,
    dtype: DType | None = None,
    device: Device | builtins.str | None = None,
    requires_grad: builtins.bool = False,
) -> Tensor:
    """Ones on the diagonal of a matrix of zeros (``torch.eye``)."""

def fill(input: Tensor, value: Any) -> Tensor:
    """A tensor of the same shape and dtype with one number in every place (``torch.fill``)."""

def fill_(input: Tensor, value: Any) -> Tensor:
    """``fill``, in place."""

def fix(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Whole numbers towards 0. (``torch.fix``)"""

def fix_(input: Tensor) -> Tensor:
    """``fix``, in place."""

def flatten(input: Tensor, start_dim: builtins.int = 0, end_dim: builtins.int = -1) -> Tensor:
    """Dims ``start_dim`` to ``end_dim`` as one (``torch.flatten``)."""

def flip(input: Tensor, *args: Any, dims: Any = None) -> Tensor:
    """A copy with the order of elements along ``dims`` reversed (``torch.flip``)."""

def fliplr(input: Tensor) -> Tensor:
    """Left and right swapped (``torch.fliplr``)."""

def flipud(input: Tensor) -> Tensor:
    """Up and down swapped (``torch.flipud``)."""

def float_power(input: Any, exponent: Any, *, out: Tensor | None = None) -> Tensor:
    """``input ** exponent`` computed in float64, or complex128 (``torch.float_power``)."""

def float_power_(input: Any, exponent: Any) -> Tensor:
    """``float_power``, in place."""

def floor(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The next whole numbers below. (``torch.floor``)"""

def floor_(input: Tensor) -> Tensor:
    """``floor``, in place."""

def floor_divide(input: Any, other: Any, *, out: Tensor | None = None) -> Tensor:
    """``input // other``, rounded down (``torch.floor_divide``)."""

def floor_divide_(input: Any, other: Any) -> Tensor:
    """``floor_divide``, in place."""

def fmax(input: Tensor | Number, other: Tensor | Number, *, out: Tensor | None = None) -> Tensor:
    """The larger of two; NaN only where both are. (``torch.fmax``)"""

def fmin(input: Tensor | Number, other: Tensor | Number, *, out: Tensor | None = None) -> Tensor:
    """The smaller of two; NaN only where both are. (``torch.fmin``)"""

def fmod(input: Tensor | Number, other: Tensor | Number, *, out: Tensor | None = None) -> Tensor:
    """The remainder with the sign of the dividend. (``torch.fmod``)"""

def fmod_(input: Tensor | Number, other: Tensor | Number) -> Tensor:
    """``fmod``, in place."""

def frac(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The part behind the point, with the sign of the input (``torch.frac``)."""

def frac_(input: Tensor) -> Tensor:
    """``frac``, in place."""

def frexp(input: Tensor) -> frexp_result:
    """Mantissas in [0.5, 1) and exponents of 2 (``torch.frexp``); the exponents are int32."""

def from_dlpack(ext_tensor: Any) -> Tensor:
    """A tensor on the memory of anything that speaks DLPack: a tensor of PyTorch, an array (``torch.from_dlpack``)."""

def from_numpy(ndarray: Any) -> Tensor:
    """A tensor on the array's own memory: writes are seen by both (``torch.from_numpy``)."""

def full(
    size: Any,
    fill_value: Any,
    *,
    out: Tensor | None = None,
    dtype: DType | None = None,
    device: Device | builtins.str | None = None,
    requires_grad: builtins.bool = False,
) -> Tensor:
    """One number in every place, which also says the dtype (``torch.full``)."""

def full_like(
    input: Tensor,
    fill_value: Any,
    *,
    dtype: DType | None = None,
    device: Device | builtins.str | None = None,
    requires_grad: builtins.bool = False,
    memory_format: Any = None,
) -> Tensor:
    """One number in every place of another tensor's shape, in its dtype (``torch.full_like``)."""

def gather(
    input: Tensor, dim: builtins.int, index: Tensor, *, sparse_grad: builtins.bool = False, out: Tensor | None = None
) -> Tensor:
    """``out[i][j] = input[index[i][j]][j]`` for dim 0, and so for others (``torch.gather``)."""

def gcd(input: Tensor | Number, other: Tensor | Number, *, out: Tensor | None = None) -> Tensor:
    """Greatest common divisors. (``torch.gcd``)"""

def gcd_(input: Tensor | Number, other: Tensor | Number) -> Tensor:
    """``gcd``, in place."""

def ge(input: Tensor | Number, other: Tensor | Number, *, out: Tensor | None = None) -> Tensor:
    """Where input >= other. (``torch.ge``)"""

def ge_(input: Tensor | Number, other: Tensor | Number) -> Tensor:
    """``ge``, in place."""

def geqrf(input: Tensor) -> geqrf_result:
    """LAPACK's compact QR: R above, Householder vectors below the diagonal, and their factors (``torch.geqrf``)."""

def ger(input: Tensor, vec2: Tensor) -> Tensor:
    """All products of the elements of two vectors (``torch.outer``)."""

def gradient(
    input: Tensor, *, spacing: Any = 1, dim: Any = None, edge_order: builtins.int = 1
) -> builtins.tuple[Tensor, ...]:
    """The derivative of samples along each dim, by second-order differences (``torch.gradient``)."""

def greater(input: Tensor | Number, other: Tensor | Number, *, out: Tensor | None = None) -> Tensor:
    """Where input > other. (``torch.greater``)"""

def greater_(input: Tensor | Number, other: Tensor | Number) -> Tensor:
    """``greater``, in place."""

def greater_equal(input: Tensor | Number, other: Tensor | Number, *, out: Tensor | None = None) -> Tensor:
    """Where input >= other. (``torch.greater_equal``)"""

def greater_equal_(input: Tensor | Number, other: Tensor | Number) -> Tensor:
    """``greater_equal``, in place."""

def gru_cell(
    input: Tensor, hx: Tensor, w_ih: Tensor, w_hh: Tensor, b_ih: Tensor | None = None, b_hh: Tensor | None = None
) -> Tensor:
    """One step of a GRU (``torch.gru_cell``): from (batch, inputs) and the state (batch, hidden), the new state."""

def gt(input: Tensor | Number, other: Tensor | Number, *, out: Tensor | None = None) -> Tensor:
    """Where input > other. (``torch.gt``)"""

def gt_(input: Tensor | Number, other: Tensor | Number) -> Tensor:
    """``gt``, in place."""

def hamming_window(
    window_length: builtins.int,
    periodic: builtins.bool = True,
    alpha: builtins.float = 0.54,
    beta: builtins.float = 0.46,
    *,
    dtype: Any = None,
    layout: Any = None,
    device: Any = None,
    requires_grad: builtins.bool = False,
) -> Tensor:
    """``alpha - beta cos(2 pi n / N)`` (``torch.hamming_window``)."""

def hann_window(
    window_length: builtins.int,
    periodic: builtins.bool = True,
    *,
    dtype: Any = None,
    layout: Any = None,
    device: Any = None,
    requires_grad: builtins.bool = False,
) -> Tensor:
    """``hann``, periodic unless told otherwise (``torch.hann_window``)."""

def heaviside(input: Tensor, values: Tensor) -> Tensor:
    """0 below zero, 1 above it, and ``values`` at it (``torch.heaviside``)."""

def heaviside_(input: Tensor, values: Tensor) -> Tensor:
    """``heaviside``, in place."""

def histc(
    input: Tensor,
    bins: builtins.int = 100,
    min: builtins.float = 0,
    max: builtins.float = 0,
    *,
    out: Tensor | None = None,
) -> Tensor:
    """How many elements fall into each of some equal bins (``torch.histc``)."""

def histogram(
    input: Tensor, bins: Any, *, range: Any = None, weight: Tensor | None = None, density: builtins.bool = False
) -> histogram_result:
    """Counts in bins, given by their number (and range) or their edges (``torch.histogram``)."""

def histogramdd(
    input: Tensor, bins: Any, *, range: Any = None, weight: Tensor | None = None, density: builtins.bool = False
) -> histogramdd_result:
    """Counts of points (the last dim) in bins of several dims (``torch.histogramdd``)."""

def hsplit(input: Tensor, indices_or_sections: Any) -> builtins.tuple[Tensor, ...]:
    """``tensor_split`` along the second dim, of a vector along its only one (``torch.hsplit``)."""

def hstack(tensors: Sequence[Tensor], *, out: Tensor | None = None) -> Tensor:
    """Joined side by side (``torch.hstack``)."""

def hypot(input: Tensor | Number, other: Tensor | Number, *, out: Tensor | None = None) -> Tensor:
    """sqrt(input^2 + other^2). (``torch.hypot``)"""

def hypot_(input: Tensor | Number, other: Tensor | Number) -> Tensor:
    """``hypot``, in place."""

def i0(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The modified Bessel function of order 0. (``torch.i0``)"""

def i0_(input: Tensor) -> Tensor:
    """``i0``, in place."""

def igamma(input: Tensor | Number, other: Tensor | Number, *, out: Tensor | None = None) -> Tensor:
    """The regularised lower incomplete gamma function. (``torch.igamma``)"""

def igamma_(input: Tensor | Number, other: Tensor | Number) -> Tensor:
    """``igamma``, in place."""

def igammac(input: Tensor | Number, other: Tensor | Number, *, out: Tensor | None = None) -> Tensor:
    """The regularised upper incomplete gamma function. (``torch.igammac``)"""

def igammac_(input: Tensor | Number, other: Tensor | Number) -> Tensor:
    """``igammac``, in place."""

def imag(input: Tensor) -> Tensor:
    """The imaginary parts of a complex tensor, a view (``torch.imag``)."""

def index_add(
    input: Tensor, dim: builtins.int, index: Tensor, source: Tensor, *, alpha: Any = 1, out: Tensor | None = None
) -> Tensor:
    """``input`` with ``alpha`` times the rows of ``source`` added to the rows (along ``dim``) that ``index`` names."""

def index_add_(input: Tensor, dim: builtins.int, index: Tensor, source: Tensor, *, alpha: Any = 1) -> Tensor:
    """``index_add``, in place."""

def index_copy(input: Tensor, dim: builtins.int, index: Tensor, source: Tensor, *, out: Tensor | None = None) -> Tensor:
    """``input`` with the rows (along ``dim``) that ``index`` names replaced by those of ``source``."""

def index_copy_(input: Tensor, dim: builtins.int, index: Tensor, source: Tensor) -> Tensor:
    """``index_copy``, in place."""

def index_fill(input: Tensor, dim: builtins.int, index: Tensor, value: Any) -> Tensor:
    """``input`` with one value in the rows (along ``dim``) that ``index`` names."""

def index_fill_(input: Tensor, dim: builtins.int, index: Tensor, value: Any) -> Tensor:
    """``index_fill``, in place."""

def index_put(input: Tensor, indices: Any, values: Tensor, accumulate: builtins.bool = False) -> Tensor:
    """``input`` with ``input[indices] = values``; with ``accumulate``, added instead (``torch.index_put``)."""

def index_put_(input: Tensor, indices: Any, values: Tensor, accumulate: builtins.bool = False) -> Tensor:
    """``index_put``, in place."""

def index_reduce(
    input: Tensor,
    dim: builtins.int,
    index: Tensor,
    source: Tensor,
    reduce: builtins.str,
    *,
    include_self: builtins.bool = True,
) -> Tensor:
    """``index_add`` that combines by "prod", "mean", "amax" or "amin" (``torch.index_reduce``)."""

def index_reduce_(
    input: Tensor,
    dim: builtins.int,
    index: Tensor,
    source: Tensor,
    reduce: builtins.str,
    *,
    include_self: builtins.bool = True,
) -> Tensor:
    """``index_reduce``, in place."""

def index_select(input: Tensor, dim: builtins.int, index: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The rows (along ``dim``) that ``index`` lists (``torch.index_select``)."""

def inner(input: Tensor, other: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Inner products over the last dims (``torch.inner``)."""

def inverse(A: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The inverse (``torch.linalg.inv``); ``LinAlgError`` where A is singular."""

def is_complex(input: Tensor) -> builtins.bool:
    """Whether its dtype is a complex one (``torch.is_complex``)."""

def is_conj(input: Tensor) -> builtins.bool:
    """False: conjugates are never lazy (``torch.is_conj``)."""

def is_floating_point(input: Tensor) -> builtins.bool:
    """Whether its dtype is a floating one (``torch.is_floating_point``)."""

def is_neg(input: Tensor) -> builtins.bool:
    """False: negatives are never lazy (``torch.is_neg``)."""

def is_nonzero(input: Tensor) -> builtins.bool:
    """Whether the one element is not zero (``torch.is_nonzero``)."""

def isclose(
    input: Tensor,
    other: Tensor,
    rtol: builtins.float = 1e-05,
    atol: builtins.float = 1e-08,
    equal_nan: builtins.bool = False,
) -> Tensor:
    """Elementwise ``|input - other| <= atol + rtol * |other|`` (``torch.isclose``)."""

def isfinite(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Where it is neither infinite nor NaN. (``torch.isfinite``)"""

def isin(
    elements: Any,
    test_elements: Any,
    *,
    assume_unique: builtins.bool = False,
    invert: builtins.bool = False,
    out: Tensor | None = None,
) -> Tensor:
    """Which elements are among the others (``torch.isin``)."""

def isinf(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Where it is infinite. (``torch.isinf``)"""

def isnan(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Where it is NaN. (``torch.isnan``)"""

def isneginf(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Which elements are minus infinity (``torch.isneginf``)."""

def isposinf(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Which elements are plus infinity (``torch.isposinf``)."""

def isreal(input: Tensor) -> Tensor:
    """Which elements have no imaginary part (``torch.isreal``)."""

def istft(
    input: Tensor,
    n_fft: builtins.int,
    hop_length: builtins.int | None = None,
    win_length: builtins.int | None = None,
    window: Tensor | None = None,
    center: builtins.bool = True,
    normalized: builtins.bool = False,
    onesided: builtins.bool | None = None,
    length: builtins.int | None = None,
    return_complex: builtins.bool = False,
) -> Tensor:
    """The signal whose ``stft`` this is, by overlapping and adding windows (``torch.istft``)."""

def kaiser_window(
    window_length: builtins.int,
    periodic: builtins.bool = True,
    beta: builtins.float = 12.0,
    *,
    dtype: Any = None,
    layout: Any = None,
    device: Any = None,
    requires_grad: builtins.bool = False,
) -> Tensor:
    """``kaiser``, periodic unless told otherwise (``torch.kaiser_window``)."""

def kron(input: Tensor, other: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The Kronecker product: ``input`` with each element replaced by it times ``other`` (``torch.kron``)."""

def kthvalue(input: Tensor, k: builtins.int, dim: builtins.int = -1, keepdim: builtins.bool = False) -> kthvalue_result:
    """The k-th smallest value along ``dim`` and where it is (``torch.kthvalue``)."""

def lcm(input: Tensor | Number, other: Tensor | Number, *, out: Tensor | None = None) -> Tensor:
    """Least common multiples. (``torch.lcm``)"""

def lcm_(input: Tensor | Number, other: Tensor | Number) -> Tensor:
    """``lcm``, in place."""

def ldexp(input: Tensor, other: Tensor, *, out: Tensor | None = None) -> Tensor:
    """``input * 2 ** other`` (``torch.ldexp``)."""

def ldexp_(input: Tensor, other: Tensor) -> Tensor:
    """``ldexp``, in place."""

def le(input: Tensor | Number, other: Tensor | Number, *, out: Tensor | None = None) -> Tensor:
    """Where input <= other. (``torch.le``)"""

def le_(input: Tensor | Number, other: Tensor | Number) -> Tensor:
    """``le``, in place."""

def lerp(input: Tensor, end: Tensor, weight: Any, *, out: Tensor | None = None) -> Tensor:
    """``input + weight * (end - input)``, a number or a tensor for the weight (``torch.lerp``)."""

def lerp_(input: Tensor, end: Tensor, weight: Any) -> Tensor:
    """``lerp``, in place."""

def less(input: Tensor | Number, other: Tensor | Number, *, out: Tensor | None = None) -> Tensor:
    """Where input < other. (``torch.less``)"""

def less_(input: Tensor | Number, other: Tensor | Number) -> Tensor:
    """``less``, in place."""

def less_equal(input: Tensor | Number, other: Tensor | Number, *, out: Tensor | None = None) -> Tensor:
    """Where input <= other. (``torch.less_equal``)"""

def less_equal_(input: Tensor | Number, other: Tensor | Number) -> Tensor:
    """``less_equal``, in place."""

def lgamma(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Logarithms of the absolute gamma function. (``torch.lgamma``)"""

def lgamma_(input: Tensor) -> Tensor:
    """``lgamma``, in place."""

def linspace(
    start: Any,
    end: Any,
    steps: builtins.int,
    *,
    out: Tensor | None = None,
    dtype: DType | None = None,
    device: Device | builtins.str | None = None,
    requires_grad: builtins.bool = False,
) -> Tensor:
    """``steps`` numbers at equal distances, from ``start`` to ``end`` (``torch.linspace``)."""

def log(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Natural logarithms. (``torch.log``)"""

def log10(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Logarithms to base 10. (``torch.log10``)"""

def log10_(input: Tensor) -> Tensor:
    """``log10``, in place."""

def log1p(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """log(1 + x), without losing digits near 0. (``torch.log1p``)"""

def log1p_(input: Tensor) -> Tensor:
    """``log1p``, in place."""

def log2(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Logarithms to base 2. (``torch.log2``)"""

def log2_(input: Tensor) -> Tensor:
    """``log2``, in place."""

def log_(input: Tensor) -> Tensor:
    """``log``, in place."""

def log_softmax(
    input: Tensor, dim: builtins.int | None = None, dtype: DType | None = None, *, out: Tensor | None = None
) -> Tensor:
    """``x - log(sum(exp(x)))`` along ``dim`` (``torch.log_softmax``)."""

def logaddexp(input: Tensor | Number, other: Tensor | Number, *, out: Tensor | None = None) -> Tensor:
    """log(exp(input) + exp(other)), without overflow. (``torch.logaddexp``)"""

def logaddexp2(input: Tensor | Number, other: Tensor | Number, *, out: Tensor | None = None) -> Tensor:
    """log2(2^input + 2^other), without overflow. (``torch.logaddexp2``)"""

def logcumsumexp(input: Tensor, dim: builtins.int, *, out: Tensor | None = None) -> Tensor:
    """Logarithms of running sums of exponentials along ``dim`` (``torch.logcumsumexp``)."""

def logdet(input: Tensor) -> Tensor:
    """The logarithm of the determinant; NaN where that is negative (``torch.logdet``)."""

def logical_and(input: Tensor | Number, other: Tensor | Number, *, out: Tensor | None = None) -> Tensor:
    """Where both are not zero. (``torch.logical_and``)"""

def logical_and_(input: Tensor | Number, other: Tensor | Number) -> Tensor:
    """``logical_and``, in place."""

def logical_not(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Where it is zero. (``torch.logical_not``)"""

def logical_not_(input: Tensor) -> Tensor:
    """``logical_not``, in place."""

def logical_or(input: Tensor | Number, other: Tensor | Number, *, out: Tensor | None = None) -> Tensor:
    """Where one is not zero. (``torch.logical_or``)"""

def logical_or_(input: Tensor | Number, other: Tensor | Number) -> Tensor:
    """``logical_or``, in place."""

def logical_xor(input: Tensor | Number, other: Tensor | Number, *, out: Tensor | None = None) -> Tensor:
    """Where just one is not zero. (``torch.logical_xor``)"""

def logical_xor_(input: Tensor | Number, other: Tensor | Number) -> Tensor:
    """``logical_xor``, in place."""

def logit(input: Tensor, eps: builtins.float | None = None, *, out: Tensor | None = None) -> Tensor:
    """``log(x / (1 - x))``; with ``eps``, of x moved into [eps, 1 - eps] (``torch.logit``)."""

def logit_(input: Tensor, eps: builtins.float | None = None) -> Tensor:
    """``logit``, in place."""

def logspace(
    start: Any,
    end: Any,
    steps: builtins.int,
    base: builtins.float = 10.0,
    *,
    out: Tensor | None = None,
    dtype: DType | None = None,
    device: Device | builtins.str | None = None,
    requires_grad: builtins.bool = False,
) -> Tensor:
    """``base`` to the powers that ``linspace`` gives (``torch.logspace``)."""

def logsumexp(
    input: Tensor,
    dim: builtins.int | Sequence[builtins.int] | None,
    keepdim: builtins.bool = False,
    *,
    out: Tensor | None = None,
) -> Tensor:
    """``log(sum(exp(input)))`` over ``dim``, without overflow (``torch.logsumexp``)."""

def lstm_cell(
    input: Tensor,
    hx: Sequence[Tensor],
    w_ih: Tensor,
    w_hh: Tensor,
    b_ih: Tensor | None = None,
    b_hh: Tensor | None = None,
) -> builtins.tuple[Tensor, Tensor]:
    """One step of an LSTM (``torch.lstm_cell``): from (batch, inputs) and the states h and c, the new h and c."""

def lt(input: Tensor | Number, other: Tensor | Number, *, out: Tensor | None = None) -> Tensor:
    """Where input < other. (``torch.lt``)"""

def lt_(input: Tensor | Number, other: Tensor | Number) -> Tensor:
    """``lt``, in place."""

def lu(A: Tensor, pivot: builtins.bool = True, get_infos: builtins.bool = False) -> Any:
    """``linalg.lu_factor`` by its older name (``torch.lu``); with ``get_infos``, its info too."""

def lu_solve(b: Tensor, LU_data: Tensor, LU_pivots: Tensor) -> Tensor:
    """``linalg.lu_solve`` with the arguments of ``torch.lu_solve``."""

def lu_unpack(
    LU_data: Tensor, LU_pivots: Tensor, unpack_data: builtins.bool = True, unpack_pivots: builtins.bool = True
) -> lu_result:
    """P, L and U from what ``lu_factor`` gives (``torch.lu_unpack``)."""

def masked_fill(input: Tensor, mask: Tensor, value: Any) -> Tensor:
    """``value`` where ``mask`` is true (``torch.masked_fill``); the dtype is the input's."""

def masked_fill_(input: Tensor, mask: Tensor, value: Any) -> Tensor:
    """``masked_fill``, in place."""

def masked_scatter(input: Tensor, mask: Tensor, source: Tensor) -> Tensor:
    """The elements of ``source``, in order, in the places where ``mask`` is true (``torch.masked_scatter``)."""

def masked_scatter_(input: Tensor, mask: Tensor, source: Tensor) -> Tensor:
    """``masked_scatter``, in place."""

def masked_select(input: Tensor, mask: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The elements where ``mask`` is true, in one dimension (``torch.masked_select``)."""

def matmul(input: Tensor, other: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The matrix product, by PyTorch's rules for vectors and batches (``torch.matmul``)."""

def matrix_exp(A: Tensor) -> Tensor:
    """The exponential of a square matrix (``torch.linalg.matrix_exp``)."""

def matrix_power(A: Tensor, n: builtins.int) -> Tensor:
    """A multiplied by itself, or its inverse, by repeated squaring (``torch.linalg.matrix_power``)."""

def max(input: Tensor, dim: Any = None, keepdim: builtins.bool = False) -> Any:
    """The largest element; with ``dim``, values and indices; with a tensor, the elementwise maximum (``torch.max``)."""

def maximum(input: Tensor | Number, other: Tensor | Number, *, out: Tensor | None = None) -> Tensor:
    """The larger of two; a tie shares the gradient. (``torch.maximum``)"""

def mean(
    input: Tensor,
    dim: builtins.int | Sequence[builtins.int] | None = None,
    keepdim: builtins.bool = False,
    *,
    dtype: DType | None = None,
    out: Tensor | None = None,
) -> Tensor:
    """The mean over ``dim``, or of all elements, of a floating tensor (``torch.mean``)."""

def median(input: Tensor, dim: builtins.int | None = None, keepdim: builtins.bool = False) -> Any:
    """The lower median: of all elements, or along ``dim`` with its place (``torch.median``). NaN if there is one."""

def meshgrid(*tensors: Any, indexing: builtins.str | None = None) -> builtins.tuple[Tensor, ...]:
    """Coordinate grids from vectors, in matrix ("ij", the default) or Cartesian ("xy") order (``torch.meshgrid``)."""

def min(input: Tensor, dim: Any = None, keepdim: builtins.bool = False) -> Any:
    """The smallest element; with ``dim``, values and indices; with a tensor, elementwise (``torch.min``)."""

def minimum(input: Tensor | Number, other: Tensor | Number, *, out: Tensor | None = None) -> Tensor:
    """The smaller of two; a tie shares the gradient. (``torch.minimum``)"""

def mm(input: Tensor, mat2: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The product of two matrices (``torch.mm``)."""

def mode(input: Tensor, dim: builtins.int = -1, keepdim: builtins.bool = False) -> mode_result:
    """The commonest value along ``dim``, the smallest of equals, and where its last occurrence is (``torch.mode``)."""

def moveaxis(input: Tensor, source: Any, destination: Any) -> Tensor:
    """A view with dims moved to other places, the rest in order (``torch.movedim``)."""

def movedim(input: Tensor, source: Any, destination: Any) -> Tensor:
    """A view with dims moved to other places, the rest in order (``torch.movedim``)."""

def msort(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Sorted along the first dim (``torch.msort``)."""

def mul(input: Tensor | Number, other: Tensor | Number, *, out: Tensor | None = None) -> Tensor:
    """Products. (``torch.mul``)"""

def mul_(input: Tensor | Number, other: Tensor | Number) -> Tensor:
    """``mul``, in place."""

def multinomial(
    input: Tensor,
    num_samples: builtins.int,
    replacement: builtins.bool = False,
    *,
    generator: Generator | None = None,
    out: Tensor | None = None,
) -> Tensor:
    """Indices drawn with the weights of each row (``torch.multinomial``)."""

def multiply(input: Tensor | Number, other: Tensor | Number, *, out: Tensor | None = None) -> Tensor:
    """Products. (``torch.multiply``)"""

def multiply_(input: Tensor | Number, other: Tensor | Number) -> Tensor:
    """``multiply``, in place."""

def mv(input: Tensor, vec: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The product of a matrix and a vector (``torch.mv``)."""

def mvlgamma(input: Tensor, p: builtins.int, *, out: Tensor | None = None) -> Tensor:
    """The logarithm of the multivariate gamma function of dimension p (``torch.mvlgamma``)."""

def mvlgamma_(input: Tensor, p: builtins.int) -> Tensor:
    """``mvlgamma``, in place."""

def nan_to_num(
    input: Tensor,
    nan: builtins.float | None = None,
    posinf: builtins.float | None = None,
    neginf: builtins.float | None = None,
    *,
    out: Tensor | None = None,
) -> Tensor:
    """NaN and infinities replaced: by 0 and the dtype's largest and smallest numbers, or as said"""

def nan_to_num_(
    input: Tensor,
    nan: builtins.float | None = None,
    posinf: builtins.float | None = None,
    neginf: builtins.float | None = None,
) -> Tensor:
    """``nan_to_num``, in place."""

def nanmean(
    input: Tensor,
    dim: builtins.int | Sequence[builtins.int] | None = None,
    keepdim: builtins.bool = False,
    *,
    dtype: DType | None = None,
    out: Tensor | None = None,
) -> Tensor:
    """``mean`` of what is not NaN (``torch.nanmean``)."""

def nanmedian(input: Tensor, dim: builtins.int | None = None, keepdim: builtins.bool = False) -> Any:
    """``median`` of what is not NaN (``torch.nanmedian``)."""

def nanquantile(
    input: Tensor,
    q: Any,
    dim: builtins.int | None = None,
    keepdim: builtins.bool = False,
    *,
    interpolation: builtins.str = "linear",
    out: Tensor | None = None,
) -> Tensor:
    """``quantile`` of what is not NaN (``torch.nanquantile``)."""

def nansum(
    input: Tensor,
    dim: builtins.int | Sequence[builtins.int] | None = None,
    keepdim: builtins.bool = False,
    *,
    dtype: DType | None = None,
    out: Tensor | None = None,
) -> Tensor:
    """``sum`` of what is not NaN (``torch.nansum``)."""

def narrow(input: Tensor, dim: builtins.int, start: builtins.int | Tensor, length: builtins.int) -> Tensor:
    """A view of ``length`` elements along ``dim`` from ``start`` on (``torch.narrow``)."""

def narrow_copy(input: Tensor, *args: Any, **kwargs: Any) -> Any:
    """``narrow``, in memory of its own."""

def ne(input: Tensor | Number, other: Tensor | Number, *, out: Tensor | None = None) -> Tensor:
    """Where they differ. (``torch.ne``)"""

def ne_(input: Tensor | Number, other: Tensor | Number) -> Tensor:
    """``ne``, in place."""

def neg(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Negatives. (``torch.neg``)"""

def neg_(input: Tensor) -> Tensor:
    """``neg``, in place."""

def negative(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Negatives. (``torch.negative``)"""

def negative_(input: Tensor) -> Tensor:
    """``negative``, in place."""

def nextafter(input: Tensor | Number, other: Tensor | Number, *, out: Tensor | None = None) -> Tensor:
    """The next floating numbers towards ``other``. (``torch.nextafter``)"""

def nextafter_(input: Tensor | Number, other: Tensor | Number) -> Tensor:
    """``nextafter``, in place."""

def nonzero(input: Tensor, *, as_tuple: builtins.bool = False, out: Tensor | None = None) -> Any:
    """Indices of the elements that are not zero: a row each, or a tuple of indices a dim (``torch.nonzero``)."""

def nonzero_static(input: Tensor, *, size: builtins.int, fill_value: builtins.int = -1) -> Tensor:
    """``nonzero`` cut or filled up to ``size`` rows (``torch.nonzero_static``)."""

def norm(
    input: Tensor,
    p: Any = "fro",
    dim: builtins.int | Sequence[builtins.int] | None = None,
    keepdim: builtins.bool = False,
    dtype: DType | None = None,
) -> Tensor:
    """The p-norm of the elements over ``dim`` (``torch.norm``); the derivative at 0 is 0."""

def normal(
    mean: Any = 0.0,
    std: Any = 1.0,
    size: Any = None,
    *,
    generator: Generator | None = None,
    out: Tensor | None = None,
    dtype: DType | None = None,
    layout: Any = None,
    device: Device | builtins.str | None = None,
    requires_grad: builtins.bool = False,
) -> Tensor:
    """Normal numbers of given means and standard deviations: tensors, or numbers with a ``size`` (``torch.normal``)."""

def not_equal(input: Tensor | Number, other: Tensor | Number, *, out: Tensor | None = None) -> Tensor:
    """Where they differ. (``torch.not_equal``)"""

def not_equal_(input: Tensor | Number, other: Tensor | Number) -> Tensor:
    """``not_equal``, in place."""

def numel(input: Tensor) -> builtins.int:
    """The number of its elements (``torch.numel``)."""

def ones(
    *args: Any,
    size: Any = None,
    out: Tensor | None = None,
    dtype: DType | None = None,
    device: Device | builtins.str | None = None,
    requires_grad: builtins.bool = False,
) -> Tensor:
    """Ones of a shape (``torch.ones``)."""

def ones_like(
    input: Tensor,
    *,
    dtype: DType | None = None,
    device: Device | builtins.str | None = None,
    requires_grad: builtins.bool = False,
    memory_format: Any = None,
) -> Tensor:
    """Ones of another tensor's shape and dtype (``torch.ones_like``)."""

def ormqr(
    input: Tensor, tau: Tensor, other: Tensor, left: builtins.bool = True, transpose: builtins.bool = False
) -> Tensor:
    """``other`` times the Q of ``geqrf``, from the left or right, perhaps transposed (``torch.ormqr``)."""

def outer(input: Tensor, vec2: Tensor, *, out: Tensor | None = None) -> Tensor:
    """All products of the elements of two vectors (``torch.outer``)."""

def pdist(input: Tensor, p: builtins.float = 2) -> Tensor:
    """The p-norm distances between all pairs of rows of a matrix (``torch.pdist``)."""

def permute(input: Tensor, *args: Any, dims: Any = None) -> Tensor:
    """A view with its dims in another order (``torch.permute``)."""

def permute_copy(input: Tensor, *args: Any, **kwargs: Any) -> Any:
    """``permute``, in memory of its own."""

def pinverse(input: Tensor, rcond: builtins.float = 1e-15) -> Tensor:
    """``linalg.pinv`` by its older name (``torch.pinverse``)."""

def polar(abs: Tensor, angle: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Complex numbers from their sizes and angles (``torch.polar``)."""

def polygamma(n: builtins.int, input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The n-th derivative of the digamma function (``torch.polygamma``)."""

def polygamma_(n: builtins.int, input: Tensor) -> Tensor:
    """``polygamma``, in place."""

def positive(input: Tensor) -> Tensor:
    """The input itself (``torch.positive``)."""

def pow(input: Any, exponent: Any, *, out: Tensor | None = None) -> Tensor:
    """``input ** exponent``, elementwise; either may be a number (``torch.pow``)."""

def pow_(input: Any, exponent: Any) -> Tensor:
    """``pow``, in place."""

def prod(
    input: Tensor,
    dim: builtins.int | None = None,
    keepdim: builtins.bool = False,
    *,
    dtype: DType | None = None,
    out: Tensor | None = None,
) -> Tensor:
    """The product over ``dim``, or of all elements (``torch.prod``)."""

def put(input: Tensor, index: Tensor, source: Tensor, accumulate: builtins.bool = False) -> Tensor:
    """``input`` with elements of the flat tensor replaced (or added to) by ``source`` (``torch.put``)."""

def put_(input: Tensor, index: Tensor, source: Tensor, accumulate: builtins.bool = False) -> Tensor:
    """``put``, in place."""

def qr(input: Tensor, some: builtins.bool = True) -> Any:
    """``linalg.qr``, complete unless ``some`` (``torch.qr``)."""

def quantile(
    input: Tensor,
    q: Any,
    dim: builtins.int | None = None,
    keepdim: builtins.bool = False,
    *,
    interpolation: builtins.str = "linear",
    out: Tensor | None = None,
) -> Tensor:
    """The values below which the fractions ``q`` of the elements lie, along ``dim`` (``torch.quantile``)."""

def rad2deg(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Radians in degrees. (``torch.rad2deg``)"""

def rad2deg_(input: Tensor) -> Tensor:
    """``rad2deg``, in place."""

def rand(
    *args: Any,
    size: Any = None,
    generator: Generator | None = None,
    out: Tensor | None = None,
    dtype: DType | None = None,
    device: Device | builtins.str | None = None,
    requires_grad: builtins.bool = False,
) -> Tensor:
    """Uniform numbers in [0, 1), the same as PyTorch's for one seed (``torch.rand``)."""

def rand_like(
    input: Tensor,
    *,
    generator: Generator | None = None,
    dtype: DType | None = None,
    device: Device | builtins.str | None = None,
    requires_grad: builtins.bool = False,
    memory_format: Any = None,
) -> Tensor:
    """``rand`` in another tensor's shape and dtype (``torch.rand_like``)."""

def randint(
    low: builtins.int,
    high: Any = None,
    size: Any = None,
    *,
    generator: Generator | None = None,
    out: Tensor | None = None,
    dtype: DType | None = None,
    device: Device | builtins.str | None = None,
    requires_grad: builtins.bool = False,
) -> Tensor:
    """Whole numbers in [low, high); with one bound, from 0 (``torch.randint``)."""

def randint_like(
    input: Tensor,
    low: builtins.int,
    high: builtins.int | None = None,
    *,
    generator: Generator | None = None,
    dtype: DType | None = None,
    device: Device | builtins.str | None = None,
    requires_grad: builtins.bool = False,
    memory_format: Any = None,
) -> Tensor:
    """``randint`` in another tensor's shape and dtype (``torch.randint_like``)."""

def randn(
    *args: Any,
    size: Any = None,
    generator: Generator | None = None,
    out: Tensor | None = None,
    dtype: DType | None = None,
    device: Device | builtins.str | None = None,
    requires_grad: builtins.bool = False,
) -> Tensor:
    """Normal numbers of mean 0 and standard deviation 1 (``torch.randn``)."""

def randn_like(
    input: Tensor,
    *,
    generator: Generator | None = None,
    dtype: DType | None = None,
    device: Device | builtins.str | None = None,
    requires_grad: builtins.bool = False,
    memory_format: Any = None,
) -> Tensor:
    """``randn`` in another tensor's shape and dtype (``torch.randn_like``)."""

def randperm(
    n: builtins.int,
    *,
    generator: Generator | None = None,
    out: Tensor | None = None,
    dtype: DType | None = None,
    device: Device | builtins.str | None = None,
    requires_grad: builtins.bool = False,
) -> Tensor:
    """The numbers 0 to n-1 in random order (``torch.randperm``)."""

def ravel(input: Tensor) -> Tensor:
    """All elements in one dimension (``torch.ravel``)."""

def real(input: Tensor) -> Tensor:
    """The real parts, a view; a real tensor itself (``torch.real``)."""

def reciprocal(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """1 / x. (``torch.reciprocal``)"""

def reciprocal_(input: Tensor) -> Tensor:
    """``reciprocal``, in place."""

def relu(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """max(x, 0). (``torch.relu``)"""

def relu_(input: Tensor) -> Tensor:
    """``relu``, in place."""

def remainder(input: Tensor | Number, other: Tensor | Number, *, out: Tensor | None = None) -> Tensor:
    """The remainder with the sign of the divisor, as Python's %. (``torch.remainder``)"""

def remainder_(input: Tensor | Number, other: Tensor | Number) -> Tensor:
    """``remainder``, in place."""

def renorm(
    input: Tensor, p: builtins.float, dim: builtins.int, maxnorm: builtins.float, *, out: Tensor | None = None
) -> Tensor:
    """Slices along ``dim`` whose p-norm exceeds ``maxnorm`` scaled down to it (``torch.renorm``)."""

def renorm_(input: Tensor, p: builtins.float, dim: builtins.int, maxnorm: builtins.float) -> Tensor:
    """``renorm``, in place."""

def repeat_interleave(
    input: Tensor,
    repeats: builtins.int | Tensor | None = None,
    dim: builtins.int | None = None,
    *,
    output_size: builtins.int | None = None,
) -> Tensor:
    """Each element (or slice along ``dim``) repeated in place, so often (``torch.repeat_interleave``)."""

def reshape(input: Tensor, *args: Any, shape: Any = None) -> Tensor:
    """The same elements in another shape, one of whose sizes may be -1; a view if possible (``torch.reshape``)."""

def resize_as_(self: Tensor, other: Tensor, memory_format: Any = None) -> Tensor:
    """``resize_`` to the shape of another (``Tensor.resize_as_``)."""

def resolve_conj(input: Tensor) -> Tensor:
    """The tensor itself: conjugates are never lazy (``torch.resolve_conj``)."""

def resolve_neg(input: Tensor) -> Tensor:
    """The tensor itself: negatives are never lazy (``torch.resolve_neg``)."""

def result_type(tensor1: Any, tensor2: Any) -> DType:
    """The dtype of an arithmetic operation on two tensors or numbers (``torch.result_type``)."""

def rnn_relu_cell(
    input: Tensor, hx: Tensor, w_ih: Tensor, w_hh: Tensor, b_ih: Tensor | None = None, b_hh: Tensor | None = None
) -> Tensor:
    """``max(w_ih x + b_ih + w_hh h + b_hh, 0)`` (``torch.rnn_relu_cell``)."""

def rnn_tanh_cell(
    input: Tensor, hx: Tensor, w_ih: Tensor, w_hh: Tensor, b_ih: Tensor | None = None, b_hh: Tensor | None = None
) -> Tensor:
    """``tanh(w_ih x + b_ih + w_hh h + b_hh)`` (``torch.rnn_tanh_cell``)."""

def roll(input: Tensor, shifts: Any, dims: Any = None) -> Tensor:
    """Elements moved along ``dims``, those that fall off coming in at the other end (``torch.roll``)."""

def rot90(input: Tensor, k: builtins.int = 1, dims: Sequence[builtins.int] = (0, 1)) -> Tensor:
    """Turned by k quarters in the plane of two dims, from the first towards the second (``torch.rot90``)."""

def round(input: Tensor, *, decimals: builtins.int = 0, out: Tensor | None = None) -> Tensor:
    """The nearest whole number, halves to even; with ``decimals``, that many places kept (``torch.round``)."""

def round_(input: Tensor, *, decimals: builtins.int = 0) -> Tensor:
    """``round``, in place."""

def row_stack(tensors: Sequence[Tensor], *, out: Tensor | None = None) -> Tensor:
    """Joined one above the other (``torch.vstack``)."""

def rsqrt(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """1 / sqrt(x). (``torch.rsqrt``)"""

def rsqrt_(input: Tensor) -> Tensor:
    """``rsqrt``, in place."""

def rsub(input: Any, other: Any, *, alpha: Any = 1) -> Tensor:
    """``other - alpha * input`` (``torch.rsub``)."""

def scalar_tensor(
    s: Any,
    *,
    dtype: DType | None = None,
    device: Device | builtins.str | None = None,
    requires_grad: builtins.bool = False,
) -> Tensor:
    """A 0-d tensor of the default dtype (``torch.scalar_tensor``)."""

def scatter(
    input: Tensor,
    dim: builtins.int,
    index: Tensor,
    src: Any = None,
    *,
    value: Any = None,
    reduce: builtins.str | None = None,
    out: Tensor | None = None,
) -> Tensor:
    """``out[index[i][j]][j] = src[i][j]`` for dim 0, and so for others (``torch.scatter``); src may be a number."""

def scatter_(
    input: Tensor,
    dim: builtins.int,
    index: Tensor,
    src: Any = None,
    *,
    value: Any = None,
    reduce: builtins.str | None = None,
) -> Tensor:
    """``scatter``, in place."""

def scatter_add(input: Tensor, dim: builtins.int, index: Tensor, src: Tensor, *, out: Tensor | None = None) -> Tensor:
    """``scatter`` that adds to what is there (``torch.scatter_add``)."""

def scatter_add_(input: Tensor, dim: builtins.int, index: Tensor, src: Tensor) -> Tensor:
    """``scatter_add``, in place."""

def scatter_reduce(
    input: Tensor,
    dim: builtins.int,
    index: Tensor,
    src: Tensor,
    reduce: builtins.str,
    *,
    include_self: builtins.bool = True,
) -> Tensor:
    """``scatter`` that combines by "sum", "prod", "mean", "amax" or "amin" (``torch.scatter_reduce``)."""

def scatter_reduce_(
    input: Tensor,
    dim: builtins.int,
    index: Tensor,
    src: Tensor,
    reduce: builtins.str,
    *,
    include_self: builtins.bool = True,
) -> Tensor:
    """``scatter_reduce``, in place."""

def searchsorted(
    sorted_sequence: Tensor,
    input: Any,
    *,
    out_int32: builtins.bool = False,
    right: builtins.bool = False,
    side: builtins.str | None = None,
    sorter: Tensor | None = None,
    out: Tensor | None = None,
) -> Tensor:
    """Where each value would go into an ordered sequence, row by row (``torch.searchsorted``)."""

def select(input: Tensor, dim: builtins.int, index: builtins.int) -> Tensor:
    """A view of one slice along ``dim``, without that dim (``torch.select``)."""

def select_scatter(input: Tensor, src: Tensor, dim: builtins.int, index: builtins.int) -> Tensor:
    """``input`` with one slice along ``dim`` replaced (``torch.select_scatter``)."""

def sgn(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """``z / |z|``, and 0 at 0; for real numbers the sign (``torch.sgn``)."""

def sgn_(input: Tensor) -> Tensor:
    """``sgn``, in place."""

def sigmoid(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """1 / (1 + exp(-x)). (``torch.sigmoid``)"""

def sigmoid_(input: Tensor) -> Tensor:
    """``sigmoid``, in place."""

def sign(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """-1, 0 or 1. (``torch.sign``)"""

def sign_(input: Tensor) -> Tensor:
    """``sign``, in place."""

def signbit(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Where the sign bit is set. (``torch.signbit``)"""

def sin(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Sines. (``torch.sin``)"""

def sin_(input: Tensor) -> Tensor:
    """``sin``, in place."""

def sinc(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """sin(pi x) / (pi x). (``torch.sinc``)"""

def sinc_(input: Tensor) -> Tensor:
    """``sinc``, in place."""

def sinh(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Hyperbolic sines. (``torch.sinh``)"""

def sinh_(input: Tensor) -> Tensor:
    """``sinh``, in place."""

def slice_scatter(
    input: Tensor,
    src: Tensor,
    dim: builtins.int = 0,
    start: builtins.int | None = None,
    end: builtins.int | None = None,
    step: builtins.int = 1,
) -> Tensor:
    """``input`` with a slice along ``dim`` replaced (``torch.slice_scatter``)."""

def slogdet(A: Tensor) -> slogdet_result:
    """Sign and logarithm of the absolute value of the determinant (``torch.linalg.slogdet``)."""

def softmax(
    input: Tensor, dim: builtins.int | None = None, dtype: DType | None = None, *, out: Tensor | None = None
) -> Tensor:
    """``exp(x) / sum(exp(x))`` along ``dim`` (``torch.softmax``)."""

def sort(
    input: Tensor, dim: builtins.int = -1, descending: builtins.bool = False, stable: builtins.bool = False
) -> sort_result:
    """Values in order along ``dim`` and where they were; always stable, NaN the largest (``torch.sort``)."""

def split(
    tensor: Tensor, split_size_or_sections: builtins.int | Sequence[builtins.int], dim: builtins.int = 0
) -> builtins.tuple[Tensor, ...]:
    """Views of consecutive parts: of one size (the last may be smaller), or of the sizes listed (``torch.split``)."""

def split_with_sizes(
    input: Tensor, split_sizes: Sequence[builtins.int], dim: builtins.int = 0
) -> builtins.tuple[Tensor, ...]:
    """``split`` into parts of the sizes listed."""

def split_with_sizes_copy(input: Tensor, *args: Any, **kwargs: Any) -> Any:
    """``split_with_sizes``, in memory of its own."""

def sqrt(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Square roots. (``torch.sqrt``)"""

def sqrt_(input: Tensor) -> Tensor:
    """``sqrt``, in place."""

def square(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Squares. (``torch.square``)"""

def square_(input: Tensor) -> Tensor:
    """``square``, in place."""

def squeeze(input: Tensor, dim: builtins.int | Sequence[builtins.int] | None = None) -> Tensor:
    """A view without its dims of size 1, all or those named (``torch.squeeze``)."""

def squeeze_copy(input: Tensor, *args: Any, **kwargs: Any) -> Any:
    """``squeeze``, in memory of its own."""

def stack(tensors: Sequence[Tensor], dim: builtins.int = 0, *, out: Tensor | None = None) -> Tensor:
    """Tensors of one shape joined along a new dim (``torch.stack``)."""

def std(
    input: Tensor,
    dim: Any = None,
    unbiased: builtins.bool | None = None,
    keepdim: builtins.bool = False,
    *,
    correction: builtins.float | None = None,
    out: Tensor | None = None,
) -> Tensor:
    """The standard deviation over ``dim`` (``torch.std``)."""

def std_mean(
    input: Tensor,
    dim: Any = None,
    unbiased: builtins.bool | None = None,
    keepdim: builtins.bool = False,
    *,
    correction: builtins.float | None = None,
) -> builtins.tuple[Tensor, Tensor]:
    """Standard deviation and mean over ``dim`` (``torch.std_mean``)."""

def stft(
    input: Tensor,
    n_fft: builtins.int,
    hop_length: builtins.int | None = None,
    win_length: builtins.int | None = None,
    window: Tensor | None = None,
    center: builtins.bool = True,
    pad_mode: builtins.str = "reflect",
    normalized: builtins.bool = False,
    onesided: builtins.bool | None = None,
    return_complex: builtins.bool | None = None,
    align_to_window: builtins.bool | None = None,
) -> Tensor:
    """The transforms of overlapping windows of a signal: (..., frequencies, frames) (``torch.stft``)."""

def sub(input: Any, other: Any, *, alpha: Any = 1, out: Tensor | None = None) -> Tensor:
    """``input - alpha * other`` (``torch.sub``); bools are refused, as in PyTorch."""

def sub_(input: Any, other: Any, *, alpha: Any = 1) -> Tensor:
    """``sub``, in place."""

def subtract(input: Any, other: Any, *, alpha: Any = 1, out: Tensor | None = None) -> Tensor:
    """``input - alpha * other`` (``torch.sub``); bools are refused, as in PyTorch."""

def subtract_(input: Any, other: Any, *, alpha: Any = 1) -> Tensor:
    """``subtract``, in place."""

def sum(
    input: Tensor,
    dim: builtins.int | Sequence[builtins.int] | None = None,
    keepdim: builtins.bool = False,
    *,
    dtype: DType | None = None,
    out: Tensor | None = None,
) -> Tensor:
    """The sum over ``dim``, or of all elements; whole numbers add up as int64 (``torch.sum``)."""

def svd(input: Tensor, some: builtins.bool = True, compute_uv: builtins.bool = True) -> Any:
    """``linalg.svd`` that gives V rather than its adjoint (``torch.svd``)."""

def swapaxes(input: Tensor, dim0: builtins.int, dim1: builtins.int) -> Tensor:
    """A view with two dims swapped (``torch.transpose``)."""

def swapdims(input: Tensor, dim0: builtins.int, dim1: builtins.int) -> Tensor:
    """A view with two dims swapped (``torch.transpose``)."""

def t(input: Tensor) -> Tensor:
    """The transpose of a matrix; a vector as it is (``torch.t``)."""

def t_copy(input: Tensor, *args: Any, **kwargs: Any) -> Any:
    """``t``, in memory of its own."""

def take(input: Tensor, index: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Elements of the flat tensor by index, in the index's shape (``torch.take``)."""

def take_along_dim(
    input: Tensor, indices: Tensor, dim: builtins.int | None = None, *, out: Tensor | None = None
) -> Tensor:
    """Elements by index along ``dim``, with broadcasting; over the flat tensor without (``torch.take_along_dim``)."""

def tan(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Tangents. (``torch.tan``)"""

def tan_(input: Tensor) -> Tensor:
    """``tan``, in place."""

def tanh(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Hyperbolic tangents. (``torch.tanh``)"""

def tanh_(input: Tensor) -> Tensor:
    """``tanh``, in place."""

def tensor(
    data: Any,
    *,
    dtype: DType | None = None,
    device: Device | builtins.str | None = None,
    requires_grad: builtins.bool = False,
    pin_memory: builtins.bool = False,
) -> Tensor:
    """A tensor with a copy of ``data``: a number, nested sequences, an array or a tensor (``torch.tensor``)."""

def tensor_split(input: Tensor, indices_or_sections: Any, dim: builtins.int = 0) -> builtins.tuple[Tensor, ...]:
    """Views of parts: so many of nearly equal size, or cut at the indices given (``torch.tensor_split``)."""

def tensordot(a: Tensor, b: Tensor, dims: Any = 2, *, out: Tensor | None = None) -> Tensor:
    """The sum of products over pairs of dims: so many last and first ones, or those listed (``torch.tensordot``)."""

def tile(input: Tensor, *args: Any, dims: Any = None) -> Tensor:
    """``repeat`` that fills up missing leading dims with 1 (``torch.tile``)."""

def topk(
    input: Tensor, k: builtins.int, dim: builtins.int = -1, largest: builtins.bool = True, sorted: builtins.bool = True
) -> topk_result:
    """The k largest (or smallest) values along ``dim``, in order, and where they are (``torch.topk``)."""

def trace(input: Tensor) -> Tensor:
    """The sum of a matrix's diagonal (``torch.trace``)."""

def transpose(input: Tensor, dim0: builtins.int, dim1: builtins.int) -> Tensor:
    """A view with two dims swapped (``torch.transpose``)."""

def transpose_copy(input: Tensor, *args: Any, **kwargs: Any) -> Any:
    """``transpose``, in memory of its own."""

def trapezoid(y: Tensor, x: Tensor | None = None, *, dx: Any = 1, dim: builtins.int = -1) -> Tensor:
    """The integral of samples along ``dim`` by the trapezoid rule (``torch.trapezoid``)."""

def trapz(y: Tensor, x: Tensor | None = None, *, dx: Any = 1, dim: builtins.int = -1) -> Tensor:
    """The integral of samples along ``dim`` by the trapezoid rule (``torch.trapezoid``)."""

def triangular_solve(
    b: Tensor,
    A: Tensor,
    upper: builtins.bool = True,
    transpose: builtins.bool = False,
    unitriangular: builtins.bool = False,
) -> triangular_solve_result:
    """``solve_triangular`` by its older name (``torch.triangular_solve``)."""

def tril(input: Tensor, diagonal: builtins.int = 0, *, out: Tensor | None = None) -> Tensor:
    """A copy with zeros above the diagonal (``torch.tril``)."""

def tril_(input: Tensor, diagonal: builtins.int = 0) -> Tensor:
    """``tril``, in place."""

def tril_indices(
    row: builtins.int,
    col: builtins.int,
    offset: builtins.int = 0,
    *,
    dtype: DType | None = ...,
    device: Device | builtins.str | None = None,
) -> Tensor:
    """Row and column numbers of a matrix's lower triangle (``torch.tril_indices``)."""

def triu(input: Tensor, diagonal: builtins.int = 0, *, out: Tensor | None = None) -> Tensor:
    """A copy with zeros below the diagonal (``torch.triu``)."""

def triu_(input: Tensor, diagonal: builtins.int = 0) -> Tensor:
    """``triu``, in place."""

def triu_indices(
    row: builtins.int,
    col: builtins.int,
    offset: builtins.int = 0,
    *,
    dtype: DType | None = ...,
    device: Device | builtins.str | None = None,
) -> Tensor:
    """Row and column numbers of a matrix's upper triangle (``torch.triu_indices``)."""

def true_divide(input: Tensor | Number, other: Tensor | Number, *, out: Tensor | None = None) -> Tensor:
    """Quotients. (``torch.true_divide``)"""

def true_divide_(input: Tensor | Number, other: Tensor | Number) -> Tensor:
    """``true_divide``, in place."""

def trunc(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Whole numbers towards 0. (``torch.trunc``)"""

def trunc_(input: Tensor) -> Tensor:
    """``trunc``, in place."""

def unbind(input: Tensor, dim: builtins.int = 0) -> builtins.tuple[Tensor, ...]:
    """Views of the slices along a dim (``torch.unbind``)."""

def unbind_copy(input: Tensor, *args: Any, **kwargs: Any) -> Any:
    """``unbind``, in memory of its own."""

def unflatten(input: Tensor, dim: builtins.int, sizes: Sequence[builtins.int]) -> Tensor:
    """One dim as several, one of whose sizes may be -1 (``torch.unflatten``)."""

def unfold_copy(input: Tensor, *args: Any, **kwargs: Any) -> Any:
    """``unfold``, in memory of its own."""

def unique(
    input: Tensor,
    sorted: builtins.bool = True,
    return_inverse: builtins.bool = False,
    return_counts: builtins.bool = False,
    dim: builtins.int | None = None,
) -> Any:
    """The distinct elements, or slices along ``dim``, in order; with their places and counts if asked"""

def unique_consecutive(
    input: Tensor,
    return_inverse: builtins.bool = False,
    return_counts: builtins.bool = False,
    dim: builtins.int | None = None,
) -> Any:
    """The first of every run of equal elements, or slices along ``dim`` (``torch.unique_consecutive``)."""

def unsafe_chunk(input: Tensor, chunks: builtins.int, dim: builtins.int = 0) -> builtins.tuple[Tensor, ...]:
    """``chunk`` in memory of its own (``torch.unsafe_chunk``)."""

def unsafe_split(tensor: Tensor, split_size: builtins.int, dim: builtins.int = 0) -> builtins.tuple[Tensor, ...]:
    """``split`` in memory of its own (``torch.unsafe_split``)."""

def unsqueeze(input: Tensor, dim: builtins.int) -> Tensor:
    """A view with a new dim of size 1 (``torch.unsqueeze``)."""

def unsqueeze_copy(input: Tensor, *args: Any, **kwargs: Any) -> Any:
    """``unsqueeze``, in memory of its own."""

def var(
    input: Tensor,
    dim: Any = None,
    unbiased: builtins.bool | None = None,
    keepdim: builtins.bool = False,
    *,
    correction: builtins.float | None = None,
    out: Tensor | None = None,
) -> Tensor:
    """The variance over ``dim``, with Bessel's correction unless told otherwise (``torch.var``)."""

def var_mean(
    input: Tensor,
    dim: Any = None,
    unbiased: builtins.bool | None = None,
    keepdim: builtins.bool = False,
    *,
    correction: builtins.float | None = None,
) -> builtins.tuple[Tensor, Tensor]:
    """Variance and mean over ``dim`` (``torch.var_mean``)."""

def vdot(input: Tensor, other: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The inner product of two vectors; the first is conjugated (``torch.vdot``)."""

def view_as_complex(input: Tensor) -> Tensor:
    """A view of pairs of reals, the last dim, as complex numbers (``torch.view_as_complex``)."""

def view_as_real(input: Tensor) -> Tensor:
    """A view of complex numbers as pairs of reals, in a new last dim (``torch.view_as_real``)."""

def view_copy(input: Tensor, *args: Any, **kwargs: Any) -> Any:
    """``view``, in memory of its own."""

def vsplit(input: Tensor, indices_or_sections: Any) -> builtins.tuple[Tensor, ...]:
    """``tensor_split`` along the first dim (``torch.vsplit``)."""

def vstack(tensors: Sequence[Tensor], *, out: Tensor | None = None) -> Tensor:
    """Joined one above the other (``torch.vstack``)."""

def where(condition: Tensor, input: Any = None, other: Any = None) -> Any:
    """Elements of ``input`` where ``condition`` holds, of ``other`` elsewhere; alone, where it holds"""

def xlogy(input: Tensor | Number, other: Tensor | Number, *, out: Tensor | None = None) -> Tensor:
    """input * log(other), and 0 where input is 0. (``torch.xlogy``)"""

def xlogy_(input: Tensor | Number, other: Tensor | Number) -> Tensor:
    """``xlogy``, in place."""

def zero_(self: Tensor) -> Tensor:
    """Zeros in every place, in place: ``x.grad.zero_()``."""

def zeros(
    *args: Any,
    size: Any = None,
    out: Tensor | None = None,
    dtype: DType | None = None,
    device: Device | builtins.str | None = None,
    requires_grad: builtins.bool = False,
) -> Tensor:
    """Zeros of a shape (``torch.zeros``)."""

def zeros_like(
    input: Tensor,
    *,
    dtype: DType | None = None,
    device: Device | builtins.str | None = None,
    requires_grad: builtins.bool = False,
    memory_format: Any = None,
) -> Tensor:
    """Zeros of another tensor's shape and dtype (``torch.zeros_like``)."""
