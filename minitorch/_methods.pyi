"""Tensor's methods, operators and properties, which methods.py binds.

Written by tools/make_stubs.py: do not edit.
"""

import builtins
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from minitorch.core.dtypes import dtype as DType
from minitorch.core.generator import Generator
from minitorch.core.tensor import Tensor, device as Device
from minitorch.ops.bins import histogram_result
from minitorch.ops.cumulative import cummax_result, cummin_result
from minitorch.ops.inverses import slogdet_result
from minitorch.ops.orthogonal import geqrf_result
from minitorch.ops.solving import triangular_solve_result
from minitorch.ops.sorting import aminmax_result, kthvalue_result, mode_result, sort_result, topk_result
from minitorch.ops.special import frexp_result

Number = builtins.bool | builtins.int | builtins.float | builtins.complex

class Methods:
    __hash__: Any
    __array_ufunc__: Any
    __array_function__: Any
    def __abs__(self) -> Tensor: ...
    def __add__(self, other: Tensor | Number) -> Tensor: ...
    def __and__(self, other: Tensor | Number) -> Tensor: ...
    def __array__(self, dtype: Any = None, copy: builtins.bool | None = None) -> Any:
        """``np.asarray(t)``: the ndarray, which a tensor that requires grad refuses to give."""
    def __bool__(self) -> builtins.bool:
        """``bool(t)``: the truth of the one element."""
    def __complex__(self) -> builtins.complex:
        """``complex(t)``."""
    def __contains__(self, element: Any) -> builtins.bool:
        """``element in t``."""
    def __deepcopy__(self, memo: builtins.dict[builtins.int, Any]) -> Tensor:
        """``copy.deepcopy(t)``: a leaf with the same values, gradient and attributes."""
    def __dlpack__(self, **options: Any) -> Any:
        """The DLPack capsule by which other libraries share the memory."""
    def __dlpack_device__(self) -> builtins.tuple[builtins.int, builtins.int]:
        """Where DLPack finds the memory: the CPU."""
    def __eq__(self, other: Any, /) -> Tensor: ...  # type: ignore[override]
    def __float__(self) -> builtins.float:
        """``float(t)``."""
    def __floordiv__(self, other: Any) -> Tensor:
        """``input // other``, rounded down (``torch.floor_divide``)."""
    def __format__(self, spec: builtins.str) -> builtins.str:
        """``f"{t:.3f}"``: the one element so formatted."""
    def __ge__(self, other: Tensor | Number) -> Tensor: ...
    def __getitem__(self, index: Any) -> Tensor:
        """``input[index]``: a view for ints, slices, None and ``...``; a copy when tensors are in the index."""
    def __gt__(self, other: Tensor | Number) -> Tensor: ...
    def __iadd__(self, other: Tensor | Number) -> Tensor: ...
    def __iand__(self, other: Tensor | Number) -> Tensor: ...
    def __ifloordiv__(self, other: Any) -> Tensor: ...
    def __imod__(self, other: Tensor | Number) -> Tensor: ...
    def __imul__(self, other: Tensor | Number) -> Tensor: ...
    def __index__(self) -> builtins.int:
        """The one element of a whole-number tensor, as an index of Python sequences."""
    def __int__(self) -> builtins.int:
        """``int(t)``."""
    def __invert__(self) -> Tensor: ...
    def __ior__(self, other: Tensor | Number) -> Tensor: ...
    def __ipow__(self, exponent: Any) -> Tensor: ...
    def __isub__(self, other: Tensor | Number) -> Tensor: ...
    def __iter__(self) -> Iterator[Tensor]:
        """``iter(t)``: its slices along the first dim."""
    def __itruediv__(self, other: Tensor | Number) -> Tensor: ...
    def __ixor__(self, other: Tensor | Number) -> Tensor: ...
    def __le__(self, other: Tensor | Number) -> Tensor: ...
    def __len__(self) -> builtins.int:
        """``len(t)``: the size of the first dim."""
    def __lshift__(self, other: Tensor | Number) -> Tensor: ...
    def __lt__(self, other: Tensor | Number) -> Tensor: ...
    def __matmul__(self, other: Tensor) -> Tensor:
        """The matrix product, by PyTorch's rules for vectors and batches (``torch.matmul``)."""
    def __mod__(self, other: Tensor | Number) -> Tensor: ...
    def __mul__(self, other: Tensor | Number) -> Tensor: ...
    def __ne__(self, other: Any, /) -> Tensor: ...  # type: ignore[override]
    def __neg__(self) -> Tensor: ...
    def __or__(self, other: Tensor | Number) -> Tensor: ...
    def __pos__(self) -> Tensor:
        """The input itself (``torch.positive``)."""
    def __pow__(self, exponent: Any) -> Tensor:
        """``input ** exponent``, elementwise; either may be a number (``torch.pow``)."""
    def __radd__(self, other: Any, /) -> Tensor: ...
    def __rand__(self, other: Any, /) -> Tensor: ...
    def __rdiv__(self, other: Any, /) -> Tensor: ...
    def __reduce_ex__(self, protocol: Any) -> Any:
        """How a leaf is pickled: its array, whether it requires grad, its attributes."""
    def __repr__(self) -> builtins.str:
        """What ``repr`` of a tensor says."""
    def __rfloordiv__(self, other: Any, /) -> Tensor: ...
    def __rlshift__(self, other: Any, /) -> Tensor: ...
    def __rmatmul__(self, other: Any, /) -> Tensor: ...
    def __rmod__(self, other: Any, /) -> Tensor: ...
    def __rmul__(self, other: Any, /) -> Tensor: ...
    def __ror__(self, other: Any, /) -> Tensor: ...
    def __rpow__(self, other: Any, /) -> Tensor: ...
    def __rrshift__(self, other: Any, /) -> Tensor: ...
    def __rshift__(self, other: Tensor | Number) -> Tensor: ...
    def __rsub__(self, other: Any, /) -> Tensor: ...
    def __rtruediv__(self, other: Any, /) -> Tensor: ...
    def __rxor__(self, other: Any, /) -> Tensor: ...
    def __setitem__(self, index: Any, value: Any) -> None:
        """``x[index] = value``, in place."""
    def __sub__(self, other: Tensor | Number) -> Tensor: ...
    def __truediv__(self, other: Tensor | Number) -> Tensor: ...
    def __xor__(self, other: Tensor | Number) -> Tensor: ...
    def abs(self) -> Tensor: ...
    def abs_(self) -> Tensor:
        """``abs``, in place."""
    def absolute(self) -> Tensor: ...
    def absolute_(self) -> Tensor:
        """``absolute``, in place."""
    def acos(self) -> Tensor: ...
    def acos_(self) -> Tensor:
        """``acos``, in place."""
    def acosh(self) -> Tensor: ...
    def acosh_(self) -> Tensor:
        """``acosh``, in place."""
    def add(self, other: Any, *, alpha: Any = 1) -> Tensor:
        """``input + alpha * other`` (``torch.add``)."""
    def add_(self, other: Any, *, alpha: Any = 1) -> Tensor:
        """``add``, in place."""
    def addbmm(self, batch1: Tensor, batch2: Tensor, *, beta: Any = 1, alpha: Any = 1) -> Tensor:
        """``beta * input + alpha * (the sum of batch1 @ batch2 over the batch)`` (``torch.addbmm``)."""
    def addbmm_(self, batch1: Tensor, batch2: Tensor, *, beta: Any = 1, alpha: Any = 1) -> Tensor:
        """``addbmm``, in place."""
    def addcdiv(self, tensor1: Tensor, tensor2: Tensor, *, value: Any = 1) -> Tensor:
        """``input + value * tensor1 / tensor2`` (``torch.addcdiv``)."""
    def addcdiv_(self, tensor1: Tensor, tensor2: Tensor, *, value: Any = 1) -> Tensor:
        """``addcdiv``, in place."""
    def addcmul(self, tensor1: Tensor, tensor2: Tensor, *, value: Any = 1) -> Tensor:
        """``input + value * tensor1 * tensor2`` (``torch.addcmul``)."""
    def addcmul_(self, tensor1: Tensor, tensor2: Tensor, *, value: Any = 1) -> Tensor:
        """``addcmul``, in place."""
    def addmm(self, mat1: Tensor, mat2: Tensor, *, beta: Any = 1, alpha: Any = 1) -> Tensor:
        """``beta * input + alpha * (mat1 @ mat2)`` (``torch.addmm``)."""
    def addmm_(self, mat1: Tensor, mat2: Tensor, *, beta: Any = 1, alpha: Any = 1) -> Tensor:
        """``addmm``, in place."""
    def addmv(self, mat: Tensor, vec: Tensor, *, beta: Any = 1, alpha: Any = 1) -> Tensor:
        """``beta * input + alpha * (mat @ vec)`` (``torch.addmv``)."""
    def addmv_(self, mat: Tensor, vec: Tensor, *, beta: Any = 1, alpha: Any = 1) -> Tensor:
        """``addmv``, in place."""
    def addr(self, vec1: Tensor, vec2: Tensor, *, beta: Any = 1, alpha: Any = 1) -> Tensor:
        """``beta * input + alpha * outer(vec1, vec2)`` (``torch.addr``)."""
    def addr_(self, vec1: Tensor, vec2: Tensor, *, beta: Any = 1, alpha: Any = 1) -> Tensor:
        """``addr``, in place."""
    def adjoint(self) -> Tensor:
        """The conjugate transpose of the last two dims (``torch.adjoint``, ``Tensor.mH``)."""
    def all(self, dim: builtins.int | Sequence[builtins.int] | None = None, keepdim: builtins.bool = False) -> Tensor:
        """Whether all elements are true (``torch.all``)."""
    def allclose(
        self,
        other: Tensor,
        rtol: builtins.float = 1e-05,
        atol: builtins.float = 1e-08,
        equal_nan: builtins.bool = False,
    ) -> builtins.bool:
        """Whether every element is close (``torch.allclose``)."""
    def amax(self, dim: builtins.int | Sequence[builtins.int] | None = (), keepdim: builtins.bool = False) -> Tensor:
        """The largest value over ``dim``; ties share the gradient equally (``torch.amax``)."""
    def amin(self, dim: builtins.int | Sequence[builtins.int] | None = (), keepdim: builtins.bool = False) -> Tensor:
        """The smallest value over ``dim``; ties share the gradient equally (``torch.amin``)."""
    def aminmax(self, *, dim: builtins.int | None = None, keepdim: builtins.bool = False) -> aminmax_result:
        """The smallest and the largest value, of all or along ``dim`` (``torch.aminmax``)."""
    def angle(self) -> Tensor:
        """The angle of each number in the plane (``torch.angle``)."""
    def any(self, dim: builtins.int | Sequence[builtins.int] | None = None, keepdim: builtins.bool = False) -> Tensor:
        """Whether any element is true (``torch.any``)."""
    def arccos(self) -> Tensor: ...
    def arccos_(self) -> Tensor:
        """``arccos``, in place."""
    def arccosh(self) -> Tensor: ...
    def arccosh_(self) -> Tensor:
        """``arccosh``, in place."""
    def arcsin(self) -> Tensor: ...
    def arcsin_(self) -> Tensor:
        """``arcsin``, in place."""
    def arcsinh(self) -> Tensor: ...
    def arcsinh_(self) -> Tensor:
        """``arcsinh``, in place."""
    def arctan(self) -> Tensor: ...
    def arctan2(self, other: Tensor | Number) -> Tensor: ...
    def arctan2_(self, other: Tensor | Number) -> Tensor:
        """``arctan2``, in place."""
    def arctan_(self) -> Tensor:
        """``arctan``, in place."""
    def arctanh(self) -> Tensor: ...
    def arctanh_(self) -> Tensor:
        """``arctanh``, in place."""
    def argmax(self, dim: builtins.int | None = None, keepdim: builtins.bool = False) -> Tensor:
        """Where the largest element is: an index into the flat tensor, or along ``dim`` (``torch.argmax``)."""
    def argmin(self, dim: builtins.int | None = None, keepdim: builtins.bool = False) -> Tensor:
        """Where the smallest element is (``torch.argmin``)."""
    def argsort(
        self, dim: builtins.int = -1, descending: builtins.bool = False, stable: builtins.bool = False
    ) -> Tensor:
        """The indices that ``sort`` gives (``torch.argsort``)."""
    def argwhere(self) -> Tensor:
        """The indices of the elements that are not zero, a row each (``torch.argwhere``)."""
    def as_strided(
        self, size: Sequence[builtins.int], stride: Sequence[builtins.int], storage_offset: builtins.int | None = None
    ) -> Tensor:
        """A view of the tensor's memory with any sizes, strides and offset (``torch.as_strided``)."""
    def as_strided_(
        self, size: Sequence[builtins.int], stride: Sequence[builtins.int], storage_offset: builtins.int | None = None
    ) -> Tensor:
        """``as_strided``, in place."""
    def as_strided_scatter(
        self,
        src: Tensor,
        size: Sequence[builtins.int],
        stride: Sequence[builtins.int],
        storage_offset: builtins.int | None = None,
    ) -> Tensor:
        """A copy of ``input`` with the elements of ``as_strided`` taken from ``src`` (``torch.as_strided_scatter``)."""
    def asin(self) -> Tensor: ...
    def asin_(self) -> Tensor:
        """``asin``, in place."""
    def asinh(self) -> Tensor: ...
    def asinh_(self) -> Tensor:
        """``asinh``, in place."""
    def atan(self) -> Tensor: ...
    def atan2(self, other: Tensor | Number) -> Tensor: ...
    def atan2_(self, other: Tensor | Number) -> Tensor:
        """``atan2``, in place."""
    def atan_(self) -> Tensor:
        """``atan``, in place."""
    def atanh(self) -> Tensor: ...
    def atanh_(self) -> Tensor:
        """``atanh``, in place."""
    def backward(
        self,
        gradient: Any = None,
        retain_graph: builtins.bool | None = None,
        create_graph: builtins.bool = False,
        inputs: Any = None,
    ) -> None:
        """Adds this tensor's gradients to the ``.grad`` of the leaves it depends on (``Tensor.backward``)."""
    def baddbmm(self, batch1: Tensor, batch2: Tensor, *, beta: Any = 1, alpha: Any = 1) -> Tensor:
        """``beta * input + alpha * (batch1 @ batch2)``, batch by batch (``torch.baddbmm``)."""
    def baddbmm_(self, batch1: Tensor, batch2: Tensor, *, beta: Any = 1, alpha: Any = 1) -> Tensor:
        """``baddbmm``, in place."""
    def bernoulli(
        self, p: builtins.float | None = None, *, generator: Generator | None = None, out: Tensor | None = None
    ) -> Tensor:
        """1 with the probability that stands in each place, otherwise 0 (``torch.bernoulli``)."""
    def bernoulli_(
        self, p: builtins.float | None = None, *, generator: Generator | None = None, out: Tensor | None = None
    ) -> Tensor:
        """``bernoulli``, in place."""
    def bincount(self, weights: Tensor | None = None, minlength: builtins.int = 0) -> Tensor:
        """How often each whole number occurs, or the sum of its weights (``torch.bincount``)."""
    def bitwise_and(self, other: Tensor | Number) -> Tensor: ...
    def bitwise_and_(self, other: Tensor | Number) -> Tensor:
        """``bitwise_and``, in place."""
    def bitwise_left_shift(self, other: Tensor | Number) -> Tensor: ...
    def bitwise_left_shift_(self, other: Tensor | Number) -> Tensor:
        """``bitwise_left_shift``, in place."""
    def bitwise_not(self) -> Tensor: ...
    def bitwise_not_(self) -> Tensor:
        """``bitwise_not``, in place."""
    def bitwise_or(self, other: Tensor | Number) -> Tensor: ...
    def bitwise_or_(self, other: Tensor | Number) -> Tensor:
        """``bitwise_or``, in place."""
    def bitwise_right_shift(self, other: Tensor | Number) -> Tensor: ...
    def bitwise_right_shift_(self, other: Tensor | Number) -> Tensor:
        """``bitwise_right_shift``, in place."""
    def bitwise_xor(self, other: Tensor | Number) -> Tensor: ...
    def bitwise_xor_(self, other: Tensor | Number) -> Tensor:
        """``bitwise_xor``, in place."""
    def bmm(self, mat2: Tensor) -> Tensor:
        """The products of two batches of matrices (``torch.bmm``)."""
    def bool(self, memory_format: Any = None) -> Tensor:
        """The tensor as torch.bool."""
    def broadcast_to(self, size: Sequence[builtins.int]) -> Tensor:
        """``expand``, with the shape as one argument (``torch.broadcast_to``)."""
    def byte(self, memory_format: Any = None) -> Tensor:
        """The tensor as torch.uint8."""
    def cauchy_(
        self, median: builtins.float = 0.0, sigma: builtins.float = 1.0, *, generator: Generator | None = None
    ) -> Tensor:
        """Fills with Cauchy numbers (``Tensor.cauchy_``)."""
    def cdouble(self, memory_format: Any = None) -> Tensor:
        """The tensor as torch.complex128."""
    def ceil(self) -> Tensor: ...
    def ceil_(self) -> Tensor:
        """``ceil``, in place."""
    def cfloat(self, memory_format: Any = None) -> Tensor:
        """The tensor as torch.complex64."""
    def char(self, memory_format: Any = None) -> Tensor:
        """The tensor as torch.int8."""
    def cholesky(self, upper: builtins.bool = False) -> Tensor:
        """``linalg.cholesky`` by its older name (``torch.cholesky``)."""
    def cholesky_inverse(self, upper: builtins.bool = False) -> Tensor:
        """The inverse of A from its Cholesky factor (``torch.cholesky_inverse``)."""
    def cholesky_solve(self, L: Tensor, upper: builtins.bool = False) -> Tensor:
        """X with ``A @ X == B``, from the Cholesky factor of A (``torch.cholesky_solve``)."""
    def chunk(self, chunks: builtins.int, dim: builtins.int = 0) -> builtins.tuple[Tensor, ...]:
        """Views of up to ``chunks`` parts of equal size, the last perhaps smaller (``torch.chunk``)."""
    def clamp(self, min: Any = None, max: Any = None) -> Tensor:
        """Limits every element to ``[min, max]``; the bounds are numbers or tensors, one of which may be missing."""
    def clamp_(self, min: Any = None, max: Any = None) -> Tensor:
        """``clamp``, in place."""
    def clamp_max(self, max: Any) -> Tensor:
        """``clamp`` from above only."""
    def clamp_max_(self, max: Any) -> Tensor:
        """``clamp_max``, in place."""
    def clamp_min(self, min: Any) -> Tensor:
        """``clamp`` from below only."""
    def clamp_min_(self, min: Any) -> Tensor:
        """``clamp_min``, in place."""
    def clip(self, min: Any = None, max: Any = None) -> Tensor:
        """Limits every element to ``[min, max]``; the bounds are numbers or tensors, one of which may be missing."""
    def clip_(self, min: Any = None, max: Any = None) -> Tensor:
        """``clip``, in place."""
    def clone(self, *, memory_format: Any = None) -> Tensor:
        """A copy with its own memory, through which gradients flow (``torch.clone``)."""
    def conj(self) -> Tensor:
        """The complex conjugate; a real tensor itself (``torch.conj``). Here it is computed at once, never lazily."""
    def conj_physical(self) -> Tensor:
        """``conj`` in memory of its own (``torch.conj_physical``)."""
    def conj_physical_(self) -> Tensor:
        """``conj_physical``, in place."""
    def contiguous(self, memory_format: Any = None) -> Tensor:
        """The tensor in C order; itself if it is already (``Tensor.contiguous``)."""
    def copy_(self, src: Any, non_blocking: builtins.bool = False) -> Tensor:
        """Writes ``src``, spread and cast, into the tensor (``Tensor.copy_``)."""
    def copysign(self, other: Tensor | Number) -> Tensor: ...
    def copysign_(self, other: Tensor | Number) -> Tensor:
        """``copysign``, in place."""
    def corrcoef(self) -> Tensor:
        """Pearson's correlation coefficients of variables (rows), limited to [-1, 1] (``torch.corrcoef``)."""
    def cos(self) -> Tensor: ...
    def cos_(self) -> Tensor:
        """``cos``, in place."""
    def cosh(self) -> Tensor: ...
    def cosh_(self) -> Tensor:
        """``cosh``, in place."""
    def count_nonzero(self, dim: Any = None) -> Tensor:
        """How many elements are not zero, of all or along ``dim`` (``torch.count_nonzero``)."""
    def cov(
        self, *, correction: builtins.int = 1, fweights: Tensor | None = None, aweights: Tensor | None = None
    ) -> Tensor:
        """The covariances of variables (rows) over observations (columns) (``torch.cov``)."""
    def cpu(self, memory_format: Any = None) -> Tensor:
        """The tensor itself: it is on the CPU."""
    def cross(self, other: Tensor, dim: builtins.int | None = None) -> Tensor:
        """``linalg.cross`` along the first dim of size 3 unless another is given (``torch.cross``)."""
    def cuda(self, *args: Any, **kwargs: Any) -> Tensor:
        """Always raises: there is only the CPU."""
    def cummax(self, dim: builtins.int) -> cummax_result:
        """Running maxima along ``dim`` and where they are, the last of equals (``torch.cummax``)."""
    def cummin(self, dim: builtins.int) -> cummin_result:
        """Running minima along ``dim`` and where they are, the last of equals (``torch.cummin``)."""
    def cumprod(self, dim: builtins.int, *, dtype: DType | None = None) -> Tensor:
        """Running products along ``dim`` (``torch.cumprod``)."""
    def cumprod_(self, dim: builtins.int, *, dtype: DType | None = None) -> Tensor:
        """``cumprod``, in place."""
    def cumsum(self, dim: builtins.int, *, dtype: DType | None = None) -> Tensor:
        """Running sums along ``dim``; whole numbers add up as int64 (``torch.cumsum``)."""
    def cumsum_(self, dim: builtins.int, *, dtype: DType | None = None) -> Tensor:
        """``cumsum``, in place."""
    def data_ptr(self) -> builtins.int:
        """The address of its first element (``Tensor.data_ptr``)."""
    def deg2rad(self) -> Tensor: ...
    def deg2rad_(self) -> Tensor:
        """``deg2rad``, in place."""
    def det(self) -> Tensor:
        """The determinant (``torch.linalg.det``)."""
    def diag(self, diagonal: builtins.int = 0) -> Tensor:
        """A matrix's diagonal, or the matrix with a vector on its diagonal (``torch.diag``)."""
    def diag_embed(self, offset: builtins.int = 0, dim1: builtins.int = -2, dim2: builtins.int = -1) -> Tensor:
        """Matrices, in two new dims, with the last dim on their diagonal (``torch.diag_embed``)."""
    def diagflat(self, offset: builtins.int = 0) -> Tensor:
        """A matrix with all elements on its diagonal (``torch.diagflat``)."""
    def diagonal(self, offset: builtins.int = 0, dim1: builtins.int = 0, dim2: builtins.int = 1) -> Tensor:
        """A view of the diagonal of two dims, as the last dim (``torch.diagonal``)."""
    def diagonal_scatter(
        self, src: Tensor, offset: builtins.int = 0, dim1: builtins.int = 0, dim2: builtins.int = 1
    ) -> Tensor:
        """``input`` with a diagonal replaced (``torch.diagonal_scatter``)."""
    def diff(
        self, n: builtins.int = 1, dim: builtins.int = -1, prepend: Tensor | None = None, append: Tensor | None = None
    ) -> Tensor:
        """Differences of neighbours along ``dim``, n times over (``torch.diff``)."""
    def digamma(self) -> Tensor: ...
    def digamma_(self) -> Tensor:
        """``digamma``, in place."""
    def dim(self) -> builtins.int:
        """The number of its dims (``Tensor.dim``)."""
    def dist(self, other: Tensor, p: builtins.float = 2) -> Tensor:
        """The p-norm of ``input - other`` (``torch.dist``)."""
    def div(self, other: Any, *, rounding_mode: builtins.str | None = None) -> Tensor:
        """``input / other``; with ``rounding_mode`` "floor" or "trunc", rounded so and of the promoted dtype"""
    def div_(self, other: Any, *, rounding_mode: builtins.str | None = None) -> Tensor:
        """``div``, in place."""
    def divide(self, other: Any, *, rounding_mode: builtins.str | None = None) -> Tensor:
        """``input / other``; with ``rounding_mode`` "floor" or "trunc", rounded so and of the promoted dtype"""
    def divide_(self, other: Any, *, rounding_mode: builtins.str | None = None) -> Tensor:
        """``divide``, in place."""
    def dot(self, tensor: Tensor) -> Tensor:
        """The inner product of two vectors (``torch.dot``)."""
    def double(self, memory_format: Any = None) -> Tensor:
        """The tensor as torch.float64."""
    def dsplit(self, indices_or_sections: Any) -> builtins.tuple[Tensor, ...]:
        """``tensor_split`` along the third dim (``torch.dsplit``)."""
    def element_size(self) -> builtins.int:
        """The bytes of one element (``Tensor.element_size``)."""
    def eq(self, other: Tensor | Number) -> Tensor: ...
    def eq_(self, other: Tensor | Number) -> Tensor:
        """``eq``, in place."""
    def equal(self, other: Tensor) -> builtins.bool:
        """Whether both have the same shape and elements (``torch.equal``)."""
    def erf(self) -> Tensor: ...
    def erf_(self) -> Tensor:
        """``erf``, in place."""
    def erfc(self) -> Tensor: ...
    def erfc_(self) -> Tensor:
        """``erfc``, in place."""
    def erfinv(self) -> Tensor: ...
    def erfinv_(self) -> Tensor:
        """``erfinv``, in place."""
    def exp(self) -> Tensor: ...
    def exp2(self) -> Tensor: ...
    def exp2_(self) -> Tensor:
        """``exp2``, in place."""
    def exp_(self) -> Tensor:
        """``exp``, in place."""
    def expand(self, *args: Any, size: Any = None) -> Tensor:
        """A view spread over dims of size 1 and new leading ones; -1 keeps a size (``Tensor.expand``)."""
    def expand_as(self, other: Tensor) -> Tensor:
        """``expand`` to the shape of ``other``."""
    def expm1(self) -> Tensor: ...
    def expm1_(self) -> Tensor:
        """``expm1``, in place."""
    def exponential_(self, lambd: builtins.float = 1.0, *, generator: Generator | None = None) -> Tensor:
        """Fills with exponential numbers of rate ``lambd`` (``Tensor.exponential_``)."""
    def fill_(self, value: Any) -> Tensor:
        """One number in every place, in place (``Tensor.fill_``)."""
    def fill_diagonal_(self, fill_value: builtins.float, wrap: builtins.bool = False) -> Tensor:
        """One number on the main diagonal, in place (``Tensor.fill_diagonal_``)."""
    def fix(self) -> Tensor: ...
    def fix_(self) -> Tensor:
        """``fix``, in place."""
    def flatten(self, start_dim: builtins.int = 0, end_dim: builtins.int = -1) -> Tensor:
        """Dims ``start_dim`` to ``end_dim`` as one (``torch.flatten``)."""
    def flip(self, *args: Any, dims: Any = None) -> Tensor:
        """A copy with the order of elements along ``dims`` reversed (``torch.flip``)."""
    def fliplr(self) -> Tensor:
        """Left and right swapped (``torch.fliplr``)."""
    def flipud(self) -> Tensor:
        """Up and down swapped (``torch.flipud``)."""
    def float(self, memory_format: Any = None) -> Tensor:
        """The tensor as torch.float32."""
    def float_power(self, exponent: Any) -> Tensor:
        """``input ** exponent`` computed in float64, or complex128 (``torch.float_power``)."""
    def float_power_(self, exponent: Any) -> Tensor:
        """``float_power``, in place."""
    def floor(self) -> Tensor: ...
    def floor_(self) -> Tensor:
        """``floor``, in place."""
    def floor_divide(self, other: Any) -> Tensor:
        """``input // other``, rounded down (``torch.floor_divide``)."""
    def floor_divide_(self, other: Any) -> Tensor:
        """``floor_divide``, in place."""
    def fmax(self, other: Tensor | Number) -> Tensor: ...
    def fmin(self, other: Tensor | Number) -> Tensor: ...
    def fmod(self, other: Tensor | Number) -> Tensor: ...
    def fmod_(self, other: Tensor | Number) -> Tensor:
        """``fmod``, in place."""
    def frac(self) -> Tensor:
        """The part behind the point, with the sign of the input (``torch.frac``)."""
    def frac_(self) -> Tensor:
        """``frac``, in place."""
    def frexp(self) -> frexp_result:
        """Mantissas in [0.5, 1) and exponents of 2 (``torch.frexp``); the exponents are int32."""
    def gather(self, dim: builtins.int, index: Tensor, *, sparse_grad: builtins.bool = False) -> Tensor:
        """``out[i][j] = input[index[i][j]][j]`` for dim 0, and so for others (``torch.gather``)."""
    def gcd(self, other: Tensor | Number) -> Tensor: ...
    def gcd_(self, other: Tensor | Number) -> Tensor:
        """``gcd``, in place."""
    def ge(self, other: Tensor | Number) -> Tensor: ...
    def ge_(self, other: Tensor | Number) -> Tensor:
        """``ge``, in place."""
    def geometric_(self, p: builtins.float, *, generator: Generator | None = None) -> Tensor:
        """Fills with the number of trials up to the first success (``Tensor.geometric_``)."""
    def geqrf(self) -> geqrf_result:
        """LAPACK's compact QR: R above, Householder vectors below the diagonal, and their factors (``torch.geqrf``)."""
    def ger(self, vec2: Tensor) -> Tensor:
        """All products of the elements of two vectors (``torch.outer``)."""
    def greater(self, other: Tensor | Number) -> Tensor: ...
    def greater_(self, other: Tensor | Number) -> Tensor:
        """``greater``, in place."""
    def greater_equal(self, other: Tensor | Number) -> Tensor: ...
    def greater_equal_(self, other: Tensor | Number) -> Tensor:
        """``greater_equal``, in place."""
    def gt(self, other: Tensor | Number) -> Tensor: ...
    def gt_(self, other: Tensor | Number) -> Tensor:
        """``gt``, in place."""
    def half(self, memory_format: Any = None) -> Tensor:
        """The tensor as torch.float16."""
    def heaviside(self, values: Tensor) -> Tensor:
        """0 below zero, 1 above it, and ``values`` at it (``torch.heaviside``)."""
    def heaviside_(self, values: Tensor) -> Tensor:
        """``heaviside``, in place."""
    def histc(self, bins: builtins.int = 100, min: builtins.float = 0, max: builtins.float = 0) -> Tensor:
        """How many elements fall into each of some equal bins (``torch.histc``)."""
    def histogram(
        self, bins: Any, *, range: Any = None, weight: Tensor | None = None, density: builtins.bool = False
    ) -> histogram_result:
        """Counts in bins, given by their number (and range) or their edges (``torch.histogram``)."""
    def hsplit(self, indices_or_sections: Any) -> builtins.tuple[Tensor, ...]:
        """``tensor_split`` along the second dim, of a vector along its only one (``torch.hsplit``)."""
    def hypot(self, other: Tensor | Number) -> Tensor: ...
    def hypot_(self, other: Tensor | Number) -> Tensor:
        """``hypot``, in place."""
    def i0(self) -> Tensor: ...
    def i0_(self) -> Tensor:
        """``i0``, in place."""
    def igamma(self, other: Tensor | Number) -> Tensor: ...
    def igamma_(self, other: Tensor | Number) -> Tensor:
        """``igamma``, in place."""
    def igammac(self, other: Tensor | Number) -> Tensor: ...
    def igammac_(self, other: Tensor | Number) -> Tensor:
        """``igammac``, in place."""
    def index_add(self, dim: builtins.int, index: Tensor, source: Tensor, *, alpha: Any = 1) -> Tensor:
        """``input`` with ``alpha`` times the rows of ``source`` added to the rows (along ``dim``) that ``index`` names."""
    def index_add_(self, dim: builtins.int, index: Tensor, source: Tensor, *, alpha: Any = 1) -> Tensor:
        """``index_add``, in place."""
    def index_copy(self, dim: builtins.int, index: Tensor, source: Tensor) -> Tensor:
        """``input`` with the rows (along ``dim``) that ``index`` names replaced by those of ``source``."""
    def index_copy_(self, dim: builtins.int, index: Tensor, source: Tensor) -> Tensor:
        """``index_copy``, in place."""
    def index_fill(self, dim: builtins.int, index: Tensor, value: Any) -> Tensor:
        """``input`` with one value in the rows (along ``dim``) that ``index`` names."""
    def index_fill_(self, dim: builtins.int, index: Tensor, value: Any) -> Tensor:
        """``index_fill``, in place."""
    def index_put(self, indices: Any, values: Tensor, accumulate: builtins.bool = False) -> Tensor:
        """``input`` with ``input[indices] = values``; with ``accumulate``, added instead (``torch.index_put``)."""
    def index_put_(self, indices: Any, values: Tensor, accumulate: builtins.bool = False) -> Tensor:
        """``index_put``, in place."""
    def index_reduce(
        self,
        dim: builtins.int,
        index: Tensor,
        source: Tensor,
        reduce: builtins.str,
        *,
        include_self: builtins.bool = True,
    ) -> Tensor:
        """``index_add`` that combines by "prod", "mean", "amax" or "amin" (``torch.index_reduce``)."""
    def index_reduce_(
        self,
        dim: builtins.int,
        index: Tensor,
        source: Tensor,
        reduce: builtins.str,
        *,
        include_self: builtins.bool = True,
    ) -> Tensor:
        """``index_reduce``, in place."""
    def index_select(self, dim: builtins.int, index: Tensor) -> Tensor:
        """The rows (along ``dim``) that ``index`` lists (``torch.index_select``)."""
    def inner(self, other: Tensor) -> Tensor:
        """Inner products over the last dims (``torch.inner``)."""
    def int(self, memory_format: Any = None) -> Tensor:
        """The tensor as torch.int32."""
    def inverse(self) -> Tensor:
        """The inverse (``torch.linalg.inv``); ``LinAlgError`` where A is singular."""
    def is_complex(self) -> builtins.bool:
        """Whether its dtype is a complex one (``torch.is_complex``)."""
    def is_conj(self) -> builtins.bool:
        """False: conjugates are never lazy (``torch.is_conj``)."""
    def is_contiguous(self, memory_format: Any = None) -> builtins.bool:
        """Whether its elements lie in C order without gaps (``Tensor.is_contiguous``)."""
    def is_floating_point(self) -> builtins.bool:
        """Whether its dtype is a floating one (``torch.is_floating_point``)."""
    def is_neg(self) -> builtins.bool:
        """False: negatives are never lazy (``torch.is_neg``)."""
    def is_nonzero(self) -> builtins.bool:
        """Whether the one element is not zero (``torch.is_nonzero``)."""
    def is_signed(self) -> builtins.bool:
        """Whether its dtype has negative numbers (``Tensor.is_signed``)."""
    def isclose(
        self,
        other: Tensor,
        rtol: builtins.float = 1e-05,
        atol: builtins.float = 1e-08,
        equal_nan: builtins.bool = False,
    ) -> Tensor:
        """Elementwise ``|input - other| <= atol + rtol * |other|`` (``torch.isclose``)."""
    def isfinite(self) -> Tensor: ...
    def isin(
        self, test_elements: Any, *, assume_unique: builtins.bool = False, invert: builtins.bool = False
    ) -> Tensor:
        """Which elements are among the others (``torch.isin``)."""
    def isinf(self) -> Tensor: ...
    def isnan(self) -> Tensor: ...
    def isneginf(self) -> Tensor:
        """Which elements are minus infinity (``torch.isneginf``)."""
    def isposinf(self) -> Tensor:
        """Which elements are plus infinity (``torch.isposinf``)."""
    def isreal(self) -> Tensor:
        """Which elements have no imaginary part (``torch.isreal``)."""
    def istft(
        self,
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
    def item(self) -> Any:
        """The one element, as a Python number."""
    def kron(self, other: Tensor) -> Tensor:
        """The Kronecker product: ``input`` with each element replaced by it times ``other`` (``torch.kron``)."""
    def kthvalue(self, k: builtins.int, dim: builtins.int = -1, keepdim: builtins.bool = False) -> kthvalue_result:
        """The k-th smallest value along ``dim`` and where it is (``torch.kthvalue``)."""
    def lcm(self, other: Tensor | Number) -> Tensor: ...
    def lcm_(self, other: Tensor | Number) -> Tensor:
        """``lcm``, in place."""
    def ldexp(self, other: Tensor) -> Tensor:
        """``input * 2 ** other`` (``torch.ldexp``)."""
    def ldexp_(self, other: Tensor) -> Tensor:
        """``ldexp``, in place."""
    def le(self, other: Tensor | Number) -> Tensor: ...
    def le_(self, other: Tensor | Number) -> Tensor:
        """``le``, in place."""
    def lerp(self, end: Tensor, weight: Any) -> Tensor:
        """``input + weight * (end - input)``, a number or a tensor for the weight (``torch.lerp``)."""
    def lerp_(self, end: Tensor, weight: Any) -> Tensor:
        """``lerp``, in place."""
    def less(self, other: Tensor | Number) -> Tensor: ...
    def less_(self, other: Tensor | Number) -> Tensor:
        """``less``, in place."""
    def less_equal(self, other: Tensor | Number) -> Tensor: ...
    def less_equal_(self, other: Tensor | Number) -> Tensor:
        """``less_equal``, in place."""
    def lgamma(self) -> Tensor: ...
    def lgamma_(self) -> Tensor:
        """``lgamma``, in place."""
    def log(self) -> Tensor: ...
    def log10(self) -> Tensor: ...
    def log10_(self) -> Tensor:
        """``log10``, in place."""
    def log1p(self) -> Tensor: ...
    def log1p_(self) -> Tensor:
        """``log1p``, in place."""
    def log2(self) -> Tensor: ...
    def log2_(self) -> Tensor:
        """``log2``, in place."""
    def log_(self) -> Tensor:
        """``log``, in place."""
    def log_normal_(
        self, mean: builtins.float = 1.0, std: builtins.float = 2.0, *, generator: Generator | None = None
    ) -> Tensor:
        """Fills with exponentials of normal numbers (``Tensor.log_normal_``)."""
    def log_softmax(self, dim: builtins.int | None = None, dtype: DType | None = None) -> Tensor:
        """``x - log(sum(exp(x)))`` along ``dim`` (``torch.log_softmax``)."""
    def logaddexp(self, other: Tensor | Number) -> Tensor: ...
    def logaddexp2(self, other: Tensor | Number) -> Tensor: ...
    def logcumsumexp(self, dim: builtins.int) -> Tensor:
        """Logarithms of running sums of exponentials along ``dim`` (``torch.logcumsumexp``)."""
    def logdet(self) -> Tensor:
        """The logarithm of the determinant; NaN where that is negative (``torch.logdet``)."""
    def logical_and(self, other: Tensor | Number) -> Tensor: ...
    def logical_and_(self, other: Tensor | Number) -> Tensor:
        """``logical_and``, in place."""
    def logical_not(self) -> Tensor: ...
    def logical_not_(self) -> Tensor:
        """``logical_not``, in place."""
    def logical_or(self, other: Tensor | Number) -> Tensor: ...
    def logical_or_(self, other: Tensor | Number) -> Tensor:
        """``logical_or``, in place."""
    def logical_xor(self, other: Tensor | Number) -> Tensor: ...
    def logical_xor_(self, other: Tensor | Number) -> Tensor:
        """``logical_xor``, in place."""
    def logit(self, eps: builtins.float | None = None) -> Tensor:
        """``log(x / (1 - x))``; with ``eps``, of x moved into [eps, 1 - eps] (``torch.logit``)."""
    def logit_(self, eps: builtins.float | None = None) -> Tensor:
        """``logit``, in place."""
    def logsumexp(self, dim: builtins.int | Sequence[builtins.int] | None, keepdim: builtins.bool = False) -> Tensor:
        """``log(sum(exp(input)))`` over ``dim``, without overflow (``torch.logsumexp``)."""
    def long(self, memory_format: Any = None) -> Tensor:
        """The tensor as torch.int64."""
    def lt(self, other: Tensor | Number) -> Tensor: ...
    def lt_(self, other: Tensor | Number) -> Tensor:
        """``lt``, in place."""
    def lu(self, pivot: builtins.bool = True, get_infos: builtins.bool = False) -> Any:
        """``linalg.lu_factor`` by its older name (``torch.lu``); with ``get_infos``, its info too."""
    def lu_solve(self, LU_data: Tensor, LU_pivots: Tensor) -> Tensor:
        """``linalg.lu_solve`` with the arguments of ``torch.lu_solve``."""
    def masked_fill(self, mask: Tensor, value: Any) -> Tensor:
        """``value`` where ``mask`` is true (``torch.masked_fill``); the dtype is the input's."""
    def masked_fill_(self, mask: Tensor, value: Any) -> Tensor:
        """``masked_fill``, in place."""
    def masked_scatter(self, mask: Tensor, source: Tensor) -> Tensor:
        """The elements of ``source``, in order, in the places where ``mask`` is true (``torch.masked_scatter``)."""
    def masked_scatter_(self, mask: Tensor, source: Tensor) -> Tensor:
        """``masked_scatter``, in place."""
    def masked_select(self, mask: Tensor) -> Tensor:
        """The elements where ``mask`` is true, in one dimension (``torch.masked_select``)."""
    def matmul(self, other: Tensor) -> Tensor:
        """The matrix product, by PyTorch's rules for vectors and batches (``torch.matmul``)."""
    def matrix_exp(self) -> Tensor:
        """The exponential of a square matrix (``torch.linalg.matrix_exp``)."""
    def matrix_power(self, n: builtins.int) -> Tensor:
        """A multiplied by itself, or its inverse, by repeated squaring (``torch.linalg.matrix_power``)."""
    def max(self, dim: Any = None, keepdim: builtins.bool = False) -> Any:
        """The largest element; with ``dim``, values and indices; with a tensor, the elementwise maximum (``torch.max``)."""
    def maximum(self, other: Tensor | Number) -> Tensor: ...
    def mean(
        self,
        dim: builtins.int | Sequence[builtins.int] | None = None,
        keepdim: builtins.bool = False,
        *,
        dtype: DType | None = None,
    ) -> Tensor:
        """The mean over ``dim``, or of all elements, of a floating tensor (``torch.mean``)."""
    def median(self, dim: builtins.int | None = None, keepdim: builtins.bool = False) -> Any:
        """The lower median: of all elements, or along ``dim`` with its place (``torch.median``). NaN if there is one."""
    def min(self, dim: Any = None, keepdim: builtins.bool = False) -> Any:
        """The smallest element; with ``dim``, values and indices; with a tensor, elementwise (``torch.min``)."""
    def minimum(self, other: Tensor | Number) -> Tensor: ...
    def mm(self, mat2: Tensor) -> Tensor:
        """The product of two matrices (``torch.mm``)."""
    def mode(self, dim: builtins.int = -1, keepdim: builtins.bool = False) -> mode_result:
        """The commonest value along ``dim``, the smallest of equals, and where its last occurrence is (``torch.mode``)."""
    def moveaxis(self, source: Any, destination: Any) -> Tensor:
        """A view with dims moved to other places, the rest in order (``torch.movedim``)."""
    def movedim(self, source: Any, destination: Any) -> Tensor:
        """A view with dims moved to other places, the rest in order (``torch.movedim``)."""
    def msort(self) -> Tensor:
        """Sorted along the first dim (``torch.msort``)."""
    def mul(self, other: Tensor | Number) -> Tensor: ...
    def mul_(self, other: Tensor | Number) -> Tensor:
        """``mul``, in place."""
    def multinomial(
        self,
        num_samples: builtins.int,
        replacement: builtins.bool = False,
        *,
        generator: Generator | None = None,
        out: Tensor | None = None,
    ) -> Tensor:
        """Indices drawn with the weights of each row (``torch.multinomial``)."""
    def multiply(self, other: Tensor | Number) -> Tensor: ...
    def multiply_(self, other: Tensor | Number) -> Tensor:
        """``multiply``, in place."""
    def mv(self, vec: Tensor) -> Tensor:
        """The product of a matrix and a vector (``torch.mv``)."""
    def mvlgamma(self, p: builtins.int) -> Tensor:
        """The logarithm of the multivariate gamma function of dimension p (``torch.mvlgamma``)."""
    def mvlgamma_(self, p: builtins.int) -> Tensor:
        """``mvlgamma``, in place."""
    def nan_to_num(
        self,
        nan: builtins.float | None = None,
        posinf: builtins.float | None = None,
        neginf: builtins.float | None = None,
    ) -> Tensor:
        """NaN and infinities replaced: by 0 and the dtype's largest and smallest numbers, or as said"""
    def nan_to_num_(
        self,
        nan: builtins.float | None = None,
        posinf: builtins.float | None = None,
        neginf: builtins.float | None = None,
    ) -> Tensor:
        """``nan_to_num``, in place."""
    def nanmean(
        self,
        dim: builtins.int | Sequence[builtins.int] | None = None,
        keepdim: builtins.bool = False,
        *,
        dtype: DType | None = None,
    ) -> Tensor:
        """``mean`` of what is not NaN (``torch.nanmean``)."""
    def nanmedian(self, dim: builtins.int | None = None, keepdim: builtins.bool = False) -> Any:
        """``median`` of what is not NaN (``torch.nanmedian``)."""
    def nanquantile(
        self,
        q: Any,
        dim: builtins.int | None = None,
        keepdim: builtins.bool = False,
        *,
        interpolation: builtins.str = "linear",
    ) -> Tensor:
        """``quantile`` of what is not NaN (``torch.nanquantile``)."""
    def nansum(
        self,
        dim: builtins.int | Sequence[builtins.int] | None = None,
        keepdim: builtins.bool = False,
        *,
        dtype: DType | None = None,
    ) -> Tensor:
        """``sum`` of what is not NaN (``torch.nansum``)."""
    def narrow(self, dim: builtins.int, start: builtins.int | Tensor, length: builtins.int) -> Tensor:
        """A view of ``length`` elements along ``dim`` from ``start`` on (``torch.narrow``)."""
    def narrow_copy(self, *args: Any, **kwargs: Any) -> Any:
        """``narrow``, in memory of its own."""
    def ndimension(self) -> builtins.int:
        """The number of its dims (``Tensor.dim``)."""
    def ne(self, other: Tensor | Number) -> Tensor: ...
    def ne_(self, other: Tensor | Number) -> Tensor:
        """``ne``, in place."""
    def neg(self) -> Tensor: ...
    def neg_(self) -> Tensor:
        """``neg``, in place."""
    def negative(self) -> Tensor: ...
    def negative_(self) -> Tensor:
        """``negative``, in place."""
    def nelement(self) -> builtins.int:
        """The number of its elements (``torch.numel``)."""
    def new_empty(
        self,
        *args: Any,
        size: Any = None,
        dtype: DType | None = None,
        device: Device | builtins.str | None = None,
        requires_grad: builtins.bool = False,
    ) -> Tensor:
        """An uninitialised tensor of a shape in this tensor's dtype (``Tensor.new_empty``)."""
    def new_empty_strided(
        self,
        size: Any,
        stride: Any,
        *,
        dtype: DType | None = None,
        device: Device | builtins.str | None = None,
        requires_grad: builtins.bool = False,
    ) -> Tensor:
        """``empty_strided`` in this tensor's dtype (``Tensor.new_empty_strided``)."""
    def new_full(
        self,
        size: Any,
        fill_value: Any,
        *,
        dtype: DType | None = None,
        device: Device | builtins.str | None = None,
        requires_grad: builtins.bool = False,
    ) -> Tensor:
        """One number in every place of a shape, in this tensor's dtype (``Tensor.new_full``)."""
    def new_ones(
        self,
        *args: Any,
        size: Any = None,
        dtype: DType | None = None,
        device: Device | builtins.str | None = None,
        requires_grad: builtins.bool = False,
    ) -> Tensor:
        """Ones of a shape in this tensor's dtype (``Tensor.new_ones``)."""
    def new_tensor(
        self,
        data: Any,
        *,
        dtype: DType | None = None,
        device: Device | builtins.str | None = None,
        requires_grad: builtins.bool = False,
    ) -> Tensor:
        """A tensor with a copy of ``data`` in this tensor's dtype (``Tensor.new_tensor``)."""
    def new_zeros(
        self,
        *args: Any,
        size: Any = None,
        dtype: DType | None = None,
        device: Device | builtins.str | None = None,
        requires_grad: builtins.bool = False,
    ) -> Tensor:
        """Zeros of a shape in this tensor's dtype (``Tensor.new_zeros``)."""
    def nextafter(self, other: Tensor | Number) -> Tensor: ...
    def nextafter_(self, other: Tensor | Number) -> Tensor:
        """``nextafter``, in place."""
    def nonzero(self, *, as_tuple: builtins.bool = False) -> Any:
        """Indices of the elements that are not zero: a row each, or a tuple of indices a dim (``torch.nonzero``)."""
    def nonzero_static(self, *, size: builtins.int, fill_value: builtins.int = -1) -> Tensor:
        """``nonzero`` cut or filled up to ``size`` rows (``torch.nonzero_static``)."""
    def norm(
        self,
        p: Any = "fro",
        dim: builtins.int | Sequence[builtins.int] | None = None,
        keepdim: builtins.bool = False,
        dtype: DType | None = None,
    ) -> Tensor:
        """The p-norm of the elements over ``dim`` (``torch.norm``); the derivative at 0 is 0."""
    def normal_(
        self, mean: builtins.float = 0.0, std: builtins.float = 1.0, *, generator: Generator | None = None
    ) -> Tensor:
        """Fills with normal numbers (``Tensor.normal_``)."""
    def not_equal(self, other: Tensor | Number) -> Tensor: ...
    def not_equal_(self, other: Tensor | Number) -> Tensor:
        """``not_equal``, in place."""
    def numel(self) -> builtins.int:
        """The number of its elements (``torch.numel``)."""
    def numpy(self, *, force: builtins.bool = False) -> Any:
        """The ndarray itself, sharing memory. A tensor that requires grad refuses, since the graph would be lost."""
    def ormqr(self, tau: Tensor, other: Tensor, left: builtins.bool = True, transpose: builtins.bool = False) -> Tensor:
        """``other`` times the Q of ``geqrf``, from the left or right, perhaps transposed (``torch.ormqr``)."""
    def outer(self, vec2: Tensor) -> Tensor:
        """All products of the elements of two vectors (``torch.outer``)."""
    def permute(self, *args: Any, dims: Any = None) -> Tensor:
        """A view with its dims in another order (``torch.permute``)."""
    def pinverse(self, rcond: builtins.float = 1e-15) -> Tensor:
        """``linalg.pinv`` by its older name (``torch.pinverse``)."""
    def polygamma(self, n: builtins.int) -> Tensor:
        """``polygamma(n, self)``, as a method."""
    def polygamma_(self, n: builtins.int) -> Tensor:
        """``polygamma``, in place."""
    def positive(self) -> Tensor:
        """The input itself (``torch.positive``)."""
    def pow(self, exponent: Any) -> Tensor:
        """``input ** exponent``, elementwise; either may be a number (``torch.pow``)."""
    def pow_(self, exponent: Any) -> Tensor:
        """``pow``, in place."""
    def prod(
        self, dim: builtins.int | None = None, keepdim: builtins.bool = False, *, dtype: DType | None = None
    ) -> Tensor:
        """The product over ``dim``, or of all elements (``torch.prod``)."""
    def put(self, index: Tensor, source: Tensor, accumulate: builtins.bool = False) -> Tensor:
        """``input`` with elements of the flat tensor replaced (or added to) by ``source`` (``torch.put``)."""
    def put_(self, index: Tensor, source: Tensor, accumulate: builtins.bool = False) -> Tensor:
        """``put``, in place."""
    def qr(self, some: builtins.bool = True) -> Any:
        """``linalg.qr``, complete unless ``some`` (``torch.qr``)."""
    def quantile(
        self,
        q: Any,
        dim: builtins.int | None = None,
        keepdim: builtins.bool = False,
        *,
        interpolation: builtins.str = "linear",
    ) -> Tensor:
        """The values below which the fractions ``q`` of the elements lie, along ``dim`` (``torch.quantile``)."""
    def rad2deg(self) -> Tensor: ...
    def rad2deg_(self) -> Tensor:
        """``rad2deg``, in place."""
    def random_(
        self, from_: builtins.int | None = None, to: builtins.int | None = None, *, generator: Generator | None = None
    ) -> Tensor:
        """Fills with whole numbers: of the dtype's range, below a bound, or between two (``Tensor.random_``)."""
    def ravel(self) -> Tensor:
        """All elements in one dimension (``torch.ravel``)."""
    def reciprocal(self) -> Tensor: ...
    def reciprocal_(self) -> Tensor:
        """``reciprocal``, in place."""
    def relu(self) -> Tensor: ...
    def relu_(self) -> Tensor:
        """``relu``, in place."""
    def remainder(self, other: Tensor | Number) -> Tensor: ...
    def remainder_(self, other: Tensor | Number) -> Tensor:
        """``remainder``, in place."""
    def renorm(self, p: builtins.float, dim: builtins.int, maxnorm: builtins.float) -> Tensor:
        """Slices along ``dim`` whose p-norm exceeds ``maxnorm`` scaled down to it (``torch.renorm``)."""
    def renorm_(self, p: builtins.float, dim: builtins.int, maxnorm: builtins.float) -> Tensor:
        """``renorm``, in place."""
    def repeat(self, *args: Any, repeats: Any = None) -> Tensor:
        """The tensor laid side by side, so often along each dim (``Tensor.repeat``)."""
    def repeat_interleave(
        self,
        repeats: builtins.int | Tensor | None = None,
        dim: builtins.int | None = None,
        *,
        output_size: builtins.int | None = None,
    ) -> Tensor:
        """Each element (or slice along ``dim``) repeated in place, so often (``torch.repeat_interleave``)."""
    def reshape(self, *args: Any, shape: Any = None) -> Tensor:
        """The same elements in another shape, one of whose sizes may be -1; a view if possible (``torch.reshape``)."""
    def reshape_as(self, other: Tensor) -> Tensor:
        """``reshape`` to the shape of ``other``."""
    def resize_(self, *shape: Any, memory_format: Any = None) -> Tensor:
        """Another shape in place; new elements, if more are needed, are zeros (``Tensor.resize_``)."""
    def resize_as_(self, other: Tensor, memory_format: Any = None) -> Tensor:
        """``resize_`` to the shape of another (``Tensor.resize_as_``)."""
    def resolve_conj(self) -> Tensor:
        """The tensor itself: conjugates are never lazy (``torch.resolve_conj``)."""
    def resolve_neg(self) -> Tensor:
        """The tensor itself: negatives are never lazy (``torch.resolve_neg``)."""
    def roll(self, shifts: Any, dims: Any = None) -> Tensor:
        """Elements moved along ``dims``, those that fall off coming in at the other end (``torch.roll``)."""
    def rot90(self, k: builtins.int = 1, dims: Sequence[builtins.int] = (0, 1)) -> Tensor:
        """Turned by k quarters in the plane of two dims, from the first towards the second (``torch.rot90``)."""
    def round(self, *, decimals: builtins.int = 0) -> Tensor:
        """The nearest whole number, halves to even; with ``decimals``, that many places kept (``torch.round``)."""
    def round_(self, *, decimals: builtins.int = 0) -> Tensor:
        """``round``, in place."""
    def rsqrt(self) -> Tensor: ...
    def rsqrt_(self) -> Tensor:
        """``rsqrt``, in place."""
    def scatter(
        self,
        dim: builtins.int,
        index: Tensor,
        src: Any = None,
        *,
        value: Any = None,
        reduce: builtins.str | None = None,
    ) -> Tensor:
        """``out[index[i][j]][j] = src[i][j]`` for dim 0, and so for others (``torch.scatter``); src may be a number."""
    def scatter_(
        self,
        dim: builtins.int,
        index: Tensor,
        src: Any = None,
        *,
        value: Any = None,
        reduce: builtins.str | None = None,
    ) -> Tensor:
        """``scatter``, in place."""
    def scatter_add(self, dim: builtins.int, index: Tensor, src: Tensor) -> Tensor:
        """``scatter`` that adds to what is there (``torch.scatter_add``)."""
    def scatter_add_(self, dim: builtins.int, index: Tensor, src: Tensor) -> Tensor:
        """``scatter_add``, in place."""
    def scatter_reduce(
        self, dim: builtins.int, index: Tensor, src: Tensor, reduce: builtins.str, *, include_self: builtins.bool = True
    ) -> Tensor:
        """``scatter`` that combines by "sum", "prod", "mean", "amax" or "amin" (``torch.scatter_reduce``)."""
    def scatter_reduce_(
        self, dim: builtins.int, index: Tensor, src: Tensor, reduce: builtins.str, *, include_self: builtins.bool = True
    ) -> Tensor:
        """``scatter_reduce``, in place."""
    def select(self, dim: builtins.int, index: builtins.int) -> Tensor:
        """A view of one slice along ``dim``, without that dim (``torch.select``)."""
    def select_scatter(self, src: Tensor, dim: builtins.int, index: builtins.int) -> Tensor:
        """``input`` with one slice along ``dim`` replaced (``torch.select_scatter``)."""
    def sgn(self) -> Tensor:
        """``z / |z|``, and 0 at 0; for real numbers the sign (``torch.sgn``)."""
    def sgn_(self) -> Tensor:
        """``sgn``, in place."""
    def short(self, memory_format: Any = None) -> Tensor:
        """The tensor as torch.int16."""
    def sigmoid(self) -> Tensor: ...
    def sigmoid_(self) -> Tensor:
        """``sigmoid``, in place."""
    def sign(self) -> Tensor: ...
    def sign_(self) -> Tensor:
        """``sign``, in place."""
    def signbit(self) -> Tensor: ...
    def sin(self) -> Tensor: ...
    def sin_(self) -> Tensor:
        """``sin``, in place."""
    def sinc(self) -> Tensor: ...
    def sinc_(self) -> Tensor:
        """``sinc``, in place."""
    def sinh(self) -> Tensor: ...
    def sinh_(self) -> Tensor:
        """``sinh``, in place."""
    def size(self, dim: builtins.int | None = None) -> Any:
        """Its sizes, or one of them (``Tensor.size``)."""
    def slice_scatter(
        self,
        src: Tensor,
        dim: builtins.int = 0,
        start: builtins.int | None = None,
        end: builtins.int | None = None,
        step: builtins.int = 1,
    ) -> Tensor:
        """``input`` with a slice along ``dim`` replaced (``torch.slice_scatter``)."""
    def slogdet(self) -> slogdet_result:
        """Sign and logarithm of the absolute value of the determinant (``torch.linalg.slogdet``)."""
    def softmax(self, dim: builtins.int | None = None, dtype: DType | None = None) -> Tensor:
        """``exp(x) / sum(exp(x))`` along ``dim`` (``torch.softmax``)."""
    def sort(
        self, dim: builtins.int = -1, descending: builtins.bool = False, stable: builtins.bool = False
    ) -> sort_result:
        """Values in order along ``dim`` and where they were; always stable, NaN the largest (``torch.sort``)."""
    def split(
        self, split_size_or_sections: builtins.int | Sequence[builtins.int], dim: builtins.int = 0
    ) -> builtins.tuple[Tensor, ...]:
        """Views of consecutive parts: of one size (the last may be smaller), or of the sizes listed (``torch.split``)."""
    def split_with_sizes(
        self, split_sizes: Sequence[builtins.int], dim: builtins.int = 0
    ) -> builtins.tuple[Tensor, ...]:
        """``split`` into parts of the sizes listed."""
    def sqrt(self) -> Tensor: ...
    def sqrt_(self) -> Tensor:
        """``sqrt``, in place."""
    def square(self) -> Tensor: ...
    def square_(self) -> Tensor:
        """``square``, in place."""
    def squeeze(self, dim: builtins.int | Sequence[builtins.int] | None = None) -> Tensor:
        """A view without its dims of size 1, all or those named (``torch.squeeze``)."""
    def squeeze_(self, dim: builtins.int | Sequence[builtins.int] | None = None) -> Tensor:
        """``squeeze``, in place."""
    def std(
        self,
        dim: Any = None,
        unbiased: builtins.bool | None = None,
        keepdim: builtins.bool = False,
        *,
        correction: builtins.float | None = None,
    ) -> Tensor:
        """The standard deviation over ``dim`` (``torch.std``)."""
    def stft(
        self,
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
    def storage_offset(self) -> builtins.int:
        """How many elements into its memory it begins (``Tensor.storage_offset``)."""
    def stride(self, dim: builtins.int | None = None) -> Any:
        """How many elements apart neighbours along each dim lie (``Tensor.stride``)."""
    def sub(self, other: Any, *, alpha: Any = 1) -> Tensor:
        """``input - alpha * other`` (``torch.sub``); bools are refused, as in PyTorch."""
    def sub_(self, other: Any, *, alpha: Any = 1) -> Tensor:
        """``sub``, in place."""
    def subtract(self, other: Any, *, alpha: Any = 1) -> Tensor:
        """``input - alpha * other`` (``torch.sub``); bools are refused, as in PyTorch."""
    def subtract_(self, other: Any, *, alpha: Any = 1) -> Tensor:
        """``subtract``, in place."""
    def sum(
        self,
        dim: builtins.int | Sequence[builtins.int] | None = None,
        keepdim: builtins.bool = False,
        *,
        dtype: DType | None = None,
    ) -> Tensor:
        """The sum over ``dim``, or of all elements; whole numbers add up as int64 (``torch.sum``)."""
    def sum_to_size(self, *size: Any) -> Tensor:
        """Summed over the dims by which a tensor of that size would be spread (``Tensor.sum_to_size``)."""
    def svd(self, some: builtins.bool = True, compute_uv: builtins.bool = True) -> Any:
        """``linalg.svd`` that gives V rather than its adjoint (``torch.svd``)."""
    def swapaxes(self, dim0: builtins.int, dim1: builtins.int) -> Tensor:
        """A view with two dims swapped (``torch.transpose``)."""
    def swapaxes_(self, dim0: builtins.int, dim1: builtins.int) -> Tensor:
        """``swapaxes``, in place."""
    def swapdims(self, dim0: builtins.int, dim1: builtins.int) -> Tensor:
        """A view with two dims swapped (``torch.transpose``)."""
    def swapdims_(self, dim0: builtins.int, dim1: builtins.int) -> Tensor:
        """``swapdims``, in place."""
    def t(self) -> Tensor:
        """The transpose of a matrix; a vector as it is (``torch.t``)."""
    def t_(self) -> Tensor:
        """``t``, in place."""
    def take(self, index: Tensor) -> Tensor:
        """Elements of the flat tensor by index, in the index's shape (``torch.take``)."""
    def take_along_dim(self, indices: Tensor, dim: builtins.int | None = None) -> Tensor:
        """Elements by index along ``dim``, with broadcasting; over the flat tensor without (``torch.take_along_dim``)."""
    def tan(self) -> Tensor: ...
    def tan_(self) -> Tensor:
        """``tan``, in place."""
    def tanh(self) -> Tensor: ...
    def tanh_(self) -> Tensor:
        """``tanh``, in place."""
    def tensor_split(self, indices_or_sections: Any, dim: builtins.int = 0) -> builtins.tuple[Tensor, ...]:
        """Views of parts: so many of nearly equal size, or cut at the indices given (``torch.tensor_split``)."""
    def tile(self, *args: Any, dims: Any = None) -> Tensor:
        """``repeat`` that fills up missing leading dims with 1 (``torch.tile``)."""
    def to(
        self,
        *args: Any,
        dtype: Any = None,
        device: Any = None,
        non_blocking: builtins.bool = False,
        copy: builtins.bool = False,
        memory_format: Any = None,
    ) -> Tensor:
        """The tensor in another dtype; itself when nothing changes (``Tensor.to``)."""
    def tolist(self) -> Any:
        """The elements as nested lists of Python numbers."""
    def topk(
        self, k: builtins.int, dim: builtins.int = -1, largest: builtins.bool = True, sorted: builtins.bool = True
    ) -> topk_result:
        """The k largest (or smallest) values along ``dim``, in order, and where they are (``torch.topk``)."""
    def trace(self) -> Tensor:
        """The sum of a matrix's diagonal (``torch.trace``)."""
    def transpose(self, dim0: builtins.int, dim1: builtins.int) -> Tensor:
        """A view with two dims swapped (``torch.transpose``)."""
    def transpose_(self, dim0: builtins.int, dim1: builtins.int) -> Tensor:
        """``transpose``, in place."""
    def triangular_solve(
        self,
        A: Tensor,
        upper: builtins.bool = True,
        transpose: builtins.bool = False,
        unitriangular: builtins.bool = False,
    ) -> triangular_solve_result:
        """``solve_triangular`` by its older name (``torch.triangular_solve``)."""
    def tril(self, diagonal: builtins.int = 0) -> Tensor:
        """A copy with zeros above the diagonal (``torch.tril``)."""
    def tril_(self, diagonal: builtins.int = 0) -> Tensor:
        """``tril``, in place."""
    def triu(self, diagonal: builtins.int = 0) -> Tensor:
        """A copy with zeros below the diagonal (``torch.triu``)."""
    def triu_(self, diagonal: builtins.int = 0) -> Tensor:
        """``triu``, in place."""
    def true_divide(self, other: Tensor | Number) -> Tensor: ...
    def true_divide_(self, other: Tensor | Number) -> Tensor:
        """``true_divide``, in place."""
    def trunc(self) -> Tensor: ...
    def trunc_(self) -> Tensor:
        """``trunc``, in place."""
    def type(self, dtype: Any = None, non_blocking: builtins.bool = False) -> Any:
        """The name of its type, or the tensor in another dtype (``Tensor.type``)."""
    def type_as(self, other: Tensor) -> Tensor:
        """The tensor in the dtype of ``other``."""
    def unbind(self, dim: builtins.int = 0) -> builtins.tuple[Tensor, ...]:
        """Views of the slices along a dim (``torch.unbind``)."""
    def unflatten(self, dim: builtins.int, sizes: Sequence[builtins.int]) -> Tensor:
        """One dim as several, one of whose sizes may be -1 (``torch.unflatten``)."""
    def unfold(self, dimension: builtins.int, size: builtins.int, step: builtins.int) -> Tensor:
        """A view of all windows of ``size`` along a dim, ``step`` apart, in a new last dim (``Tensor.unfold``)."""
    def uniform_(
        self, a: builtins.float = 0.0, b: builtins.float = 1.0, *, generator: Generator | None = None
    ) -> Tensor:
        """Fills with uniform numbers in [a, b) (``Tensor.uniform_``)."""
    def unique(
        self,
        sorted: builtins.bool = True,
        return_inverse: builtins.bool = False,
        return_counts: builtins.bool = False,
        dim: builtins.int | None = None,
    ) -> Any:
        """The distinct elements, or slices along ``dim``, in order; with their places and counts if asked"""
    def unique_consecutive(
        self,
        return_inverse: builtins.bool = False,
        return_counts: builtins.bool = False,
        dim: builtins.int | None = None,
    ) -> Any:
        """The first of every run of equal elements, or slices along ``dim`` (``torch.unique_consecutive``)."""
    def unsafe_chunk(self, chunks: builtins.int, dim: builtins.int = 0) -> builtins.tuple[Tensor, ...]:
        """``chunk`` in memory of its own (``torch.unsafe_chunk``)."""
    def unsafe_split(self, split_size: builtins.int, dim: builtins.int = 0) -> builtins.tuple[Tensor, ...]:
        """``split`` in memory of its own (``torch.unsafe_split``)."""
    def unsqueeze(self, dim: builtins.int) -> Tensor:
        """A view with a new dim of size 1 (``torch.unsqueeze``)."""
    def unsqueeze_(self, dim: builtins.int) -> Tensor:
        """``unsqueeze``, in place."""
    def var(
        self,
        dim: Any = None,
        unbiased: builtins.bool | None = None,
        keepdim: builtins.bool = False,
        *,
        correction: builtins.float | None = None,
    ) -> Tensor:
        """The variance over ``dim``, with Bessel's correction unless told otherwise (``torch.var``)."""
    def vdot(self, other: Tensor) -> Tensor:
        """The inner product of two vectors; the first is conjugated (``torch.vdot``)."""
    def view(self, *shape: Any) -> Tensor:
        """The same memory in another shape; where that is impossible it raises (``Tensor.view``). With a dtype, a cast of"""
    def view_as(self, other: Tensor) -> Tensor:
        """``view`` to the shape of ``other``."""
    def vsplit(self, indices_or_sections: Any) -> builtins.tuple[Tensor, ...]:
        """``tensor_split`` along the first dim (``torch.vsplit``)."""
    def where(self, condition: Tensor, other: Any) -> Any:
        """Its elements where ``condition`` holds, those of ``other`` elsewhere (``Tensor.where``)."""
    def xlogy(self, other: Tensor | Number) -> Tensor: ...
    def xlogy_(self, other: Tensor | Number) -> Tensor:
        """``xlogy``, in place."""
    def zero_(self) -> Tensor:
        """Zeros in every place, in place: ``x.grad.zero_()``."""
    @property
    def H(self) -> Tensor:
        """The conjugate transpose of a matrix (``Tensor.H``)."""
    @property
    def T(self) -> Tensor:
        """The dims in reverse order (``Tensor.T``)."""
    @property
    def _base(self) -> Tensor | None:
        """The tensor that a view looks at; None if it is no view."""
    @property
    def imag(self) -> Tensor:
        """The imaginary parts of a complex tensor, a view (``torch.imag``)."""
    @property
    def is_cuda(self) -> builtins.bool:
        """False: there are only dense tensors on the CPU."""
    @property
    def is_meta(self) -> builtins.bool:
        """False: there are only dense tensors on the CPU."""
    @property
    def is_mps(self) -> builtins.bool:
        """False: there are only dense tensors on the CPU."""
    @property
    def is_quantized(self) -> builtins.bool:
        """False: there are only dense tensors on the CPU."""
    @property
    def is_sparse(self) -> builtins.bool:
        """False: there are only dense tensors on the CPU."""
    @property
    def mH(self) -> Tensor:
        """The conjugate transpose of the last two dims (``torch.adjoint``, ``Tensor.mH``)."""
    @property
    def mT(self) -> Tensor:
        """The matrices of a batch transposed (``Tensor.mT``)."""
    @property
    def real(self) -> Tensor:
        """The real parts, a view; a real tensor itself (``torch.real``)."""
