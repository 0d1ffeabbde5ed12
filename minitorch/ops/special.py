"""Special functions: the gamma, error, Bessel and zeta families, from SciPy, which is imported at their first use."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from minitorch.core.primitive import Operation, primitive, promote_float
from minitorch.core.protocol import register
from minitorch.core.tensor import Tensor, wrap
from minitorch.ops.arguments import no_derivative
from minitorch.ops.arithmetic import mul
from minitorch.ops.pointwise import _special as scipy
from minitorch.ops.results import returned

# --- The table --------------------------------------------------------------------------------------------------------

_real: dict[str, Any] = {"prepare": promote_float}

lgamma = primitive("Lgamma", lambda x: scipy("gammaln", x), **_real, x=lambda g, x: g * digamma(x))
digamma: Operation = primitive("Digamma", lambda x: _digamma(x), **_real, x=lambda g, x: g * polygamma_n(x, n=1))
polygamma_n: Operation = primitive(
    "Polygamma",
    lambda x, *, n: _digamma(x) if n == 0 else scipy("polygamma", n, x).astype(x.dtype),
    **_real,
    x=lambda g, x, n: g * polygamma_n(x, n=n + 1),
)
erfc = primitive(
    "Erfc", lambda x: scipy("erfc", x), **_real, x=lambda g, x: g * (-2 / math.sqrt(math.pi)) * np.exp(-x * x)
)
erfinv = primitive(
    "Erfinv", lambda x: scipy("erfinv", x), **_real, x=lambda g, out: g * (math.sqrt(math.pi) / 2) * np.exp(out * out)
)
erfcx = primitive(
    "SpecialErfcx", lambda x: scipy("erfcx", x), **_real, x=lambda g, x, out: g * (2 * x * out - 2 / math.sqrt(math.pi))
)
ndtr = primitive(
    "SpecialNdtr", lambda x: scipy("ndtr", x), **_real, x=lambda g, x: g * np.exp(-x * x / 2) / math.sqrt(2 * math.pi)
)
log_ndtr = primitive(
    "SpecialLogNdtr",
    lambda x: scipy("log_ndtr", x),
    **_real,
    x=lambda g, x: g * math.sqrt(2 / math.pi) / erfcx(x * -math.sqrt(0.5)),
)
ndtri = primitive(
    "SpecialNdtri",
    lambda x: scipy("ndtri", x),
    **_real,
    x=lambda g, out: g * math.sqrt(2 * math.pi) * np.exp(out * out / 2),
)
entr = primitive("SpecialEntr", lambda x: scipy("entr", x), **_real, x=lambda g, x: g * (-1 - np.log(x)))
i0 = primitive("I0", lambda x: scipy("i0", x), **_real, x=lambda g, x: g * i1(x))
i0e = primitive("SpecialI0E", lambda x: scipy("i0e", x), **_real, x=lambda g, x, out: g * (i1e(x) - np.sign(x) * out))
i1: Operation = primitive(
    "SpecialI1", lambda x: scipy("i1", x), **_real, x=lambda g, x, out: g * (i0(x) - _over_x(out, x))
)
i1e: Operation = primitive(
    "SpecialI1E",
    lambda x: scipy("i1e", x),
    **_real,
    x=lambda g, x, out: g * (i0e(x) - np.sign(x) * out - _over_x(out, x)),
)
zeta: Operation = primitive(  # Hurwitz: sum of (k + b) ** -a
    "SpecialZeta",
    lambda a, b: scipy("zeta", a, b),
    **_real,
    a=lambda g: no_derivative("special_zeta", "self"),
    b=lambda g, a, b: -g * a * zeta(a + 1, b),
)
igamma = primitive(
    "Igamma",
    lambda a, b: scipy("gammainc", a, b),
    **_real,
    a=lambda g: no_derivative("igamma", "self"),
    b=lambda g, a, b: g * np.exp((a - 1) * np.log(b) - b - lgamma(a)),
)
igammac = primitive(
    "Igammac",
    lambda a, b: scipy("gammaincc", a, b),
    **_real,
    a=lambda g: no_derivative("igammac", "self"),
    b=lambda g, a, b: -g * np.exp((a - 1) * np.log(b) - b - lgamma(a)),
)
bessel_j0 = primitive("SpecialBesselJ0", lambda x: scipy("j0", x), **_real, x=lambda g, x: -g * bessel_j1(x))
bessel_j1: Operation = primitive(
    "SpecialBesselJ1", lambda x: scipy("j1", x), **_real, x=lambda g, x, out: g * (bessel_j0(x) - _over_x(out, x))
)
bessel_y0 = primitive("SpecialBesselY0", lambda x: scipy("y0", x), **_real, x=lambda g, x: -g * bessel_y1(x))
bessel_y1: Operation = primitive(
    "SpecialBesselY1", lambda x: scipy("y1", x), **_real, x=lambda g, x, out: g * (bessel_y0(x) - out / x)
)
modified_bessel_k0 = primitive(
    "SpecialModifiedBesselK0", lambda x: scipy("k0", x), **_real, x=lambda g, x: -g * modified_bessel_k1(x)
)
modified_bessel_k1: Operation = primitive(
    "SpecialModifiedBesselK1",
    lambda x: scipy("k1", x),
    **_real,
    x=lambda g, x, out: -g * (modified_bessel_k0(x) + out / x),
)
scaled_modified_bessel_k0 = primitive(
    "SpecialScaledModifiedBesselK0",
    lambda x: scipy("k0e", x),
    **_real,
    x=lambda g, x, out: g * (out - scaled_modified_bessel_k1(x)),
)
scaled_modified_bessel_k1: Operation = primitive(
    "SpecialScaledModifiedBesselK1",
    lambda x: scipy("k1e", x),
    **_real,
    x=lambda g, x, out: g * (out - scaled_modified_bessel_k0(x) - out / x),
)
spherical_bessel_j0 = primitive(  # sin(x) / x
    "SpecialSphericalBesselJ0",
    lambda x: np.sinc(x / math.pi),
    **_real,
    x=lambda g, x: g * _over_x(np.cos(x) - np.sinc(x / math.pi), x),
)
airy_ai = primitive(
    "SpecialAiryAi",
    lambda x: scipy("airy", x)[0].astype(x.dtype),
    **_real,
    x=lambda g: no_derivative("special_airy_ai", "x"),
)
modified_bessel_i0, modified_bessel_i1 = i0, i1


def _digamma(x: Any) -> Any:
    """SciPy's, with PyTorch's value at the pole 0: minus infinity on the side that the zero's sign says."""
    out = np.asarray(scipy("digamma", x))
    return np.where(x == 0, np.copysign(np.inf, -x), out).astype(out.dtype)


def _over_x(y: Any, x: Any) -> Any:
    """``y / x`` for an odd function y that is x/2 near 0, as the Bessel functions of order 1 are."""
    return np.where(x == 0, 0.5, y / np.where(x == 0, 1.0, x))


def _orthogonal(name: str) -> Any:
    """A family of orthogonal polynomials: (x, n) -> p_n(x), without a derivative, as in PyTorch."""
    return primitive(
        f"Special{name.title()}",
        lambda x, n: _polynomial(name, x, n),
        **_real,
        x=lambda g: no_derivative(f"special_{name}", "x"),
        n=None,
    )


def _polynomial(name: str, x: Any, n: Any) -> Any:
    """Of a whole degree, as PyTorch cuts it off; 0 for a negative one."""
    degree = np.asarray(n).astype(np.int64)
    out = scipy(f"eval_{name}", np.maximum(degree, 0), x)
    return np.where(degree < 0, 0, out).astype(
        np.result_type(*(a for a in (x, n) if isinstance(a, (np.ndarray, np.generic))))
    )


chebyshev_polynomial_t, chebyshev_polynomial_u = _orthogonal("chebyt"), _orthogonal("chebyu")
hermite_polynomial_h, hermite_polynomial_he = _orthogonal("hermite"), _orthogonal("hermitenorm")
laguerre_polynomial_l, legendre_polynomial_p = _orthogonal("laguerre"), _orthogonal("legendre")

register(np.i0, i0)

# --- PyTorch's functions ----------------------------------------------------------------------------------------------


def polygamma(n: int, input: Tensor) -> Tensor:
    """The n-th derivative of the digamma function (``torch.polygamma``).

    >>> import minitorch
    >>> minitorch.polygamma(1, minitorch.tensor([1.0]))
    tensor([1.6449])
    """
    if n < 0:
        raise RuntimeError("polygamma(n, x) does not support negative n.")
    return polygamma_n(input, n=n)


def polygamma_method(self: Tensor, n: int) -> Tensor:
    """``polygamma(n, self)``, as a method."""
    return polygamma(n, self)


def mvlgamma(input: Tensor, p: int) -> Tensor:
    """The logarithm of the multivariate gamma function of dimension p (``torch.mvlgamma``)."""
    if p < 1:
        raise RuntimeError("p has to be greater than or equal to 1")
    out = lgamma(input)
    for k in range(1, p):
        out = out + lgamma(input - k / 2)
    return out + p * (p - 1) / 4 * math.log(math.pi)


def multigammaln(input: Tensor, p: int) -> Tensor:
    """``mvlgamma`` by SciPy's name (``torch.special.multigammaln``)."""
    return mvlgamma(input, p)


@returned("frexp")
class frexp_result(NamedTuple):
    """What ``frexp`` gives."""

    mantissa: Tensor
    exponent: Tensor


def frexp(input: Tensor) -> frexp_result:
    """Mantissas in [0.5, 1) and exponents of 2 (``torch.frexp``); the exponents are int32."""
    if input.array.dtype.kind != "f":
        raise RuntimeError("torch.frexp() only supports floating-point dtypes")
    exponent = np.frexp(input.array)[1]
    return frexp_result(mul(input, wrap(np.exp2(-exponent.astype(input.array.dtype)))), wrap(exponent.astype(np.int32)))
