"""minitorch: PyTorch's API and autograd semantics on NumPy.

>>> import minitorch
>>> x = minitorch.tensor(3.0, requires_grad=True)
>>> (x**2).backward()
>>> x.grad
tensor(6.)
"""

import warnings
from math import e, inf, nan, pi
from typing import TYPE_CHECKING, Any

from minitorch import functions
from minitorch.core.blas import touch_buffer as _touch_buffer
from minitorch.core.heap import keep_freed_memory as _keep_freed_memory
from minitorch.functions import *  # noqa: F403

# isort: split
# Some of PyTorch's names for dtypes are Python's, and are given last.
from minitorch.core.dtypes import bool_ as bool
from minitorch.core.dtypes import (
    can_cast,
    complex64,
    complex128,
    dtype,
    float16,
    float32,
    float64,
    get_default_dtype,
    int8,
    int16,
    int32,
    int64,
    promote_types,
    set_default_dtype,
    uint8,
    uint16,
    uint32,
    uint64,
)
from minitorch.core.dtypes import complex64 as cfloat
from minitorch.core.dtypes import complex128 as cdouble
from minitorch.core.dtypes import float16 as half
from minitorch.core.dtypes import float32 as float
from minitorch.core.dtypes import float64 as double
from minitorch.core.dtypes import int16 as short
from minitorch.core.dtypes import int32 as int
from minitorch.core.dtypes import int64 as long
from minitorch.core.generator import (
    Generator,
    default_generator,
    get_rng_state,
    initial_seed,
    manual_seed,
    seed,
    set_rng_state,
)
from minitorch.core.mode import (
    enable_grad,
    inference_mode,
    is_grad_enabled,
    is_inference_mode_enabled,
    no_grad,
    set_grad_enabled,
)
from minitorch.core.printing import set_printoptions
from minitorch.core.tensor import Size, Tensor, device, is_tensor
from minitorch.ops.arguments import strided
from minitorch.ops.conversion import finfo, iinfo
from minitorch.version import __version__

# isort: split
from minitorch import autograd, fft, linalg, random, signal, special
from minitorch.autograd.anomaly import is_anomaly_check_nan_enabled, is_anomaly_enabled

if TYPE_CHECKING:
    from minitorch import compiler, doctor, func, nn, onnx, optim, parallel, serialization, utils
    from minitorch.capture import compile
    from minitorch.func import vmap
    from minitorch.serialization import load, save
    from minitorch.utils.threads import (
        get_num_interop_threads,
        get_num_threads,
        set_num_interop_threads,
        set_num_threads,
    )

newaxis = None
_keep_freed_memory()
_touch_buffer()  # so that the first small matrix products are as fast as later ones

# NumPy warns of what PyTorch computes in silence, log(0) = -inf for one. Only warnings raised in minitorch's own lines.
warnings.filterwarnings("ignore", category=RuntimeWarning, module=r"minitorch\.(core|ops|optim|nn|autograd)\.")


_ROOMS = ("compiler", "doctor", "func", "nn", "onnx", "optim", "parallel", "serialization", "utils")
_LATE = {"compile": "capture", "load": "serialization", "save": "serialization", "vmap": "func"} | dict.fromkeys(
    ("get_num_interop_threads", "get_num_threads", "set_num_interop_threads", "set_num_threads"), "utils.threads"
)


def __getattr__(name: str) -> Any:
    """``minitorch.nn`` and the other rooms that a script on bare tensors does without, imported at first use."""
    import importlib

    if name in _ROOMS:
        return importlib.import_module(f"minitorch.{name}")
    if name in _LATE:
        return getattr(importlib.import_module(f"minitorch.{_LATE[name]}"), name)
    raise AttributeError(f"module 'minitorch' has no attribute {name!r}")


__all__ = [
    "Generator", "Size", "Tensor", "__version__", "autograd", "bool", "can_cast", "cdouble", "cfloat", "compile",
    "compiler", "complex64", "complex128", "default_generator", "device", "doctor", "double", "dtype", "e",
    "enable_grad", "fft", "finfo", "float", "float16", "float32", "float64", "func", "get_default_dtype",
    "get_num_interop_threads", "get_num_threads", "get_rng_state", "half", "iinfo", "inf", "inference_mode",
    "initial_seed", "int", "int8", "int16", "int32", "int64", "is_anomaly_check_nan_enabled", "is_anomaly_enabled",
    "is_grad_enabled", "is_inference_mode_enabled", "is_tensor", "linalg", "load", "long", "manual_seed", "nan",
    "newaxis", "nn", "no_grad", "onnx", "optim", "parallel", "pi", "promote_types", "random", "save", "seed",
    "serialization", "set_default_dtype", "set_grad_enabled", "set_num_interop_threads", "set_num_threads",
    "set_printoptions", "set_rng_state", "short", "signal", "special", "strided", "uint8", "uint16", "uint32",
    "uint64", "utils", "vmap",
]  # fmt: skip
__all__ += functions.__all__
