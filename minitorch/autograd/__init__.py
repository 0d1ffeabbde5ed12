"""What users call to differentiate: backward and grad, Function, functional, checks, and the switches of grad mode."""

from minitorch.autograd import forward_ad, function, functional, graph
from minitorch.autograd.anomaly import detect_anomaly, set_detect_anomaly
from minitorch.autograd.function import Function
from minitorch.autograd.gradcheck import GradcheckError, gradcheck, gradgradcheck
from minitorch.core.backward import backward, grad
from minitorch.core.mode import enable_grad, inference_mode, no_grad, set_grad_enabled

__all__ = [
    "Function",
    "GradcheckError",
    "backward",
    "detect_anomaly",
    "enable_grad",
    "forward_ad",
    "function",
    "functional",
    "grad",
    "gradcheck",
    "gradgradcheck",
    "graph",
    "inference_mode",
    "no_grad",
    "set_detect_anomaly",
    "set_grad_enabled",
]
