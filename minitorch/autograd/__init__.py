"""What users call to differentiate: backward and grad, Function, functional, checks, and the switches of grad mode."""

from minitorch.autograd import function, functional
from minitorch.autograd.function import Function
from minitorch.autograd.gradcheck import GradcheckError, gradcheck, gradgradcheck
from minitorch.core.backward import backward, grad
from minitorch.core.mode import enable_grad, inference_mode, no_grad, set_grad_enabled

__all__ = [
    "Function",
    "GradcheckError",
    "backward",
    "enable_grad",
    "function",
    "functional",
    "grad",
    "gradcheck",
    "gradgradcheck",
    "inference_mode",
    "no_grad",
    "set_grad_enabled",
]
