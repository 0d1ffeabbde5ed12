"""minitorch: PyTorch's API and autograd semantics on NumPy.

>>> import minitorch
>>> x = minitorch.tensor(3.0, requires_grad=True)
>>> (x**2).backward()
>>> x.grad
tensor(6.)
"""

from __future__ import annotations

import math
from math import e, inf, nan, pi
from typing import TYPE_CHECKING, Any

from minitorch import methods as _methods_module
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
from minitorch.core.dtypes import bool_ as bool
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
from minitorch.methods import where
from minitorch.ops.creation import (
    arange,
    as_tensor,
    asarray,
    empty,
    empty_like,
    eye,
    from_numpy,
    full,
    full_like,
    linspace,
    logspace,
    ones,
    ones_like,
    scalar_tensor,
    tensor,
    tril_indices,
    triu_indices,
    zeros,
    zeros_like,
)
from minitorch.ops.random import normal, rand, rand_like, randint, randint_like, randn, randn_like, randperm
from minitorch.ops.reductions import std_mean, var_mean
from minitorch.ops.shapes import broadcast_tensors, cat, hstack, meshgrid, stack, vstack
from minitorch.ops.shapes import cat as concat
from minitorch.ops.shapes import cat as concatenate
from minitorch.version import __version__

# Every operation that is a method of PyTorch's Tensor and a function of its module is both here too.
globals().update(_methods_module.functions())

newaxis = None

from minitorch import autograd  # noqa: E402
