"""Function transforms: gradients, Jacobians and their products as functions of functions (``torch.func``)."""

from minitorch.func.forward import jvp, linearize
from minitorch.func.jacobians import hessian, jacfwd, jacrev
from minitorch.func.mapping import vmap
from minitorch.func.modules import functional_call, stack_module_state
from minitorch.func.reverse import grad, grad_and_value, vjp

__all__ = [
    "functional_call",
    "grad",
    "grad_and_value",
    "hessian",
    "jacfwd",
    "jacrev",
    "jvp",
    "linearize",
    "stack_module_state",
    "vjp",
    "vmap",
]
