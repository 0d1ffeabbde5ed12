"""Element types: PyTorch's names over NumPy's, and PyTorch's rules for mixing them."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:  # numpy.typing takes as long to load as all of minitorch
    from numpy.typing import DTypeLike, NDArray

    Array = NDArray[Any]
else:
    Array = np.ndarray

Scalar = bool | int | float | complex


class dtype:
    """An element type, one object each, so that ``is`` and ``==`` agree; printed as PyTorch prints it.

    >>> import minitorch
    >>> minitorch.float32, minitorch.float32.itemsize, minitorch.int64.is_floating_point
    (torch.float32, 4, False)
    """

    __slots__ = ("alias", "name", "numpy")

    def __init__(self, name: str, numpy: DTypeLike, alias: str) -> None:
        self.name = name
        self.numpy = np.dtype(numpy)
        self.alias = alias  # PyTorch's C++ name, which its error messages use

    @property
    def itemsize(self) -> int:
        return self.numpy.itemsize

    @property
    def is_floating_point(self) -> bool:
        return self.numpy.kind == "f"

    @property
    def is_complex(self) -> bool:
        return self.numpy.kind == "c"

    @property
    def is_signed(self) -> bool:
        return self.numpy.kind not in "bu"

    def to_complex(self) -> dtype:
        """The complex type of the same precision."""
        return self if self.is_complex else of(np.result_type(self.numpy, np.complex64))

    def to_real(self) -> dtype:
        """The real type of a complex type's parts."""
        return of(np.empty(0, self.numpy).real.dtype)

    def __repr__(self) -> str:
        return f"torch.{self.name}"

    def __reduce__(self) -> tuple[Any, tuple[str]]:
        return by_name, (self.name,)  # pickles and copies are the same object


bool_ = dtype("bool", np.bool_, "Bool")
uint8 = dtype("uint8", np.uint8, "Byte")
int8 = dtype("int8", np.int8, "Char")
int16 = dtype("int16", np.int16, "Short")
int32 = dtype("int32", np.int32, "Int")
int64 = dtype("int64", np.int64, "Long")
uint16 = dtype("uint16", np.uint16, "UInt16")
uint32 = dtype("uint32", np.uint32, "UInt32")
uint64 = dtype("uint64", np.uint64, "UInt64")
float16 = dtype("float16", np.float16, "Half")
float32 = dtype("float32", np.float32, "Float")
float64 = dtype("float64", np.float64, "Double")
complex64 = dtype("complex64", np.complex64, "ComplexFloat")
complex128 = dtype("complex128", np.complex128, "ComplexDouble")

ALL = (
    bool_, uint8, int8, int16, int32, int64, uint16, uint32, uint64, float16, float32, float64, complex64, complex128,
)  # fmt: skip
_BY_NUMPY = {d.numpy: d for d in ALL}
_BY_NAME = {d.name: d for d in ALL}


def by_name(name: str) -> dtype:
    """The dtype called so, ``"float32"`` for one."""
    return _BY_NAME[name]


def of(numpy_dtype: np.dtype[Any]) -> dtype:
    """minitorch's dtype for NumPy's."""
    found = _BY_NUMPY.get(numpy_dtype)
    if found is None:
        names = ", ".join(d.name for d in ALL)
        raise TypeError(
            f"can't convert np.ndarray of type numpy.{numpy_dtype}. The only supported types are: {names}. "
            "Convert it first with array.astype(...)."
        )
    return found


def as_numpy(d: Any) -> np.dtype[Any]:
    """NumPy's dtype for a minitorch dtype, or for what Python and NumPy call a type (float is the default dtype)."""
    if isinstance(d, dtype):
        return d.numpy
    if d is float:
        return _default.numpy
    if d is complex:
        return _default.to_complex().numpy
    try:
        return of(np.dtype(d)).numpy
    except TypeError:
        raise TypeError(f"dtype must be a minitorch dtype such as minitorch.float32, not {d!r}") from None


_default = float32


def get_default_dtype() -> dtype:
    """The dtype of Python floats turned into tensors (``torch.get_default_dtype``)."""
    return _default


def set_default_dtype(d: dtype) -> None:
    """Sets the dtype of Python floats turned into tensors; only a floating one (``torch.set_default_dtype``)."""
    global _default
    if not isinstance(d, dtype):
        raise TypeError(f"invalid dtype object: only floating-point types are supported as the default type, got {d!r}")
    if not d.is_floating_point:
        raise TypeError(f"only floating-point types are supported as the default type, got {d}")
    _default = d


# --- Promotion -----------------------------------------------------------------------------------------------------
# PyTorch ranks bool < integer < float < complex. Within a rank NumPy's table serves; across ranks the higher one's
# dtype wins unchanged (int64 with float32 is float32, where NumPy says float64). A tensor with dimensions outranks a
# 0-d tensor, which outranks a Python scalar: the lower of them only counts when its rank is higher.

_RANK = {"b": 0, "u": 1, "i": 1, "f": 2, "c": 3}


def promote_numpy(a: np.dtype[Any], b: np.dtype[Any]) -> np.dtype[Any]:
    if a == b:
        return a
    rank_a, rank_b = _RANK[a.kind], _RANK[b.kind]
    if rank_a == rank_b or rank_a + rank_b == 5:  # 5: a float with a complex, where NumPy's table is PyTorch's
        return np.promote_types(a, b)
    return a if rank_a > rank_b else b


def promote_types(type1: dtype, type2: dtype) -> dtype:
    """The smallest dtype that holds both, by PyTorch's table (``torch.promote_types``).

    >>> import minitorch
    >>> minitorch.promote_types(minitorch.int64, minitorch.float32)
    torch.float32
    """
    return of(promote_numpy(type1.numpy, type2.numpy))


def _outrank(high: np.dtype[Any] | None, low: np.dtype[Any] | None) -> np.dtype[Any] | None:
    if high is None or low is None:
        return low if high is None else high
    if _RANK[high.kind] >= _RANK[low.kind]:
        return high
    if high.kind == "f":  # with a complex below it: complex of the float's own precision
        return of(high).to_complex().numpy
    return promote_numpy(high, low)


def scalar_dtype(value: Scalar) -> np.dtype[Any]:
    """The dtype a Python scalar has on its own."""
    if isinstance(value, bool):
        return bool_.numpy
    if isinstance(value, int):
        return int64.numpy
    return _default.numpy if isinstance(value, float) else _default.to_complex().numpy


def result_numpy(*operands: Array | Scalar) -> np.dtype[Any]:
    """The dtype of an operation on arrays and Python scalars (``torch.result_type``)."""
    levels: list[np.dtype[Any] | None] = [None, None, None]  # with dimensions, 0-d, Python scalars
    for x in operands:
        if isinstance(x, (np.ndarray, np.generic)):
            level, d = (0 if x.ndim else 1), x.dtype
        else:
            level, d = 2, scalar_dtype(x)
        held = levels[level]
        levels[level] = d if held is None else promote_numpy(held, d)
    found = _outrank(levels[0], _outrank(levels[1], levels[2]))
    assert found is not None
    return found


def can_cast(from_: dtype, to: dtype) -> bool:
    """Whether PyTorch casts silently: never down the ranks bool < integer < float < complex (``torch.can_cast``)."""
    a, b = from_.numpy, to.numpy
    return _RANK[a.kind] <= _RANK[b.kind]


def as_float(d: np.dtype[Any]) -> np.dtype[Any]:
    """The dtype of a function with real results (exp, sqrt, division): integers go to the default dtype."""
    return d if d.kind in "fc" else _default.numpy


def table() -> list[tuple[dtype, dtype, dtype]]:
    """Every pair of dtypes and their promotion, for the documentation and the tests."""
    return [(a, b, promote_types(a, b)) for a, b in itertools.product(ALL, ALL)]
