"""What users call to differentiate: backward and grad, their checks, and the switches of grad mode."""

from minitorch.autograd.gradcheck import GradcheckError, gradcheck, gradgradcheck
from minitorch.core.backward import backward, grad
from minitorch.core.mode import enable_grad, inference_mode, no_grad, set_grad_enabled

__all__ = [
    "GradcheckError",
    "backward",
    "enable_grad",
    "grad",
    "gradcheck",
    "gradgradcheck",
    "inference_mode",
    "no_grad",
    "set_grad_enabled",
]
