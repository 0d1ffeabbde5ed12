"""primitive(): turns a NumPy function and its derivative rules into an operation on Tensors.

A row of a derivative table reads

    mul = primitive("Mul", np.multiply, a=lambda g, b: g * b, b=lambda g, a: g * a)

The keywords name the inputs, in order, and give each its rule: the gradient of that input from ``g``, the gradient of
the result. What else a rule names is saved when the operation is recorded, and nothing more:

    g             the gradient of the result (``g_<name>``: of the result called so, where there are several)
    out           the result (or a result's own name, where there are several)
    a             the input called so, as an array
    a_shape       only that input's shape
    axis, ...     a keyword parameter of the forward function
    needs         for a joint rule: whether each input needs a gradient

A backward pass runs the rules on plain arrays. Under ``create_graph`` the same rules run on Tensors: their operators
and ``np.`` functions arrive at primitives again (see protocol.py), so every order of derivative comes from the one row.
The engine sums a gradient down to its input's shape, spreads it up to it and casts it, so no rule does.

A row whose forward is a fused kernel gives its ``definition`` in primitives as well; that is what is differentiated
under ``create_graph``. Such a forward may return ``residuals`` after its result, values for its rules alone.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol, cast

from minitorch.core.dispatch import general, record
from minitorch.core.plan import Plan, Rule
from minitorch.core.promotion import Policy, operand, promote, promote_float, same
from minitorch.core.row import Op, Row
from minitorch.core.tensor import Tensor
from minitorch.core.unrolled import binary, fixed, unary

__all__ = ["Operation", "Plan", "Row", "operand", "primitive", "promote", "promote_float", "record", "same"]


class Operation(Protocol):
    """What ``primitive`` makes: inputs by position, parameters by keyword. (Several results are a tuple.)"""

    __name__: str
    row: Row

    def __call__(self, *inputs: Any, **params: Any) -> Tensor: ...


def primitive(
    name: str,
    forward: Callable[..., Any],
    /,
    *,
    prepare: Policy = promote,
    view: bool = False,
    outputs: tuple[str, ...] = ("out",),
    residuals: tuple[str, ...] = (),
    definition: Op | None = None,
    joint: Rule | None = None,
    **rules: Rule | None,
) -> Operation:
    """An operation on Tensors from a NumPy function and its derivative rules; the module's docstring has the form.

    The operation takes its inputs by position and its parameters by keyword. Given only arrays and numbers it computes
    on them and records nothing, so that a rule may use it on arrays as well.

    ``name`` is its node's (``"Mul"`` shows as ``MulBackward0``), ``prepare`` what happens to the inputs' dtypes.
    ``view`` says that a result shares its input's memory where NumPy's does; ``outputs`` names several results,
    ``("*",)`` a varying number of them; ``joint`` is one rule that gives the gradients of all inputs.

    >>> import numpy as np, minitorch
    >>> from minitorch.core.primitive import primitive
    >>> cube = primitive("Cube", lambda x: x ** 3, x=lambda g, x: 3 * g * x ** 2)
    >>> x = minitorch.tensor(2.0, requires_grad=True)
    >>> g, = minitorch.autograd.grad(cube(x), x, create_graph=True)
    >>> g, *minitorch.autograd.grad(g, x)
    (tensor(12., grad_fn=<MulBackward0>), tensor(12.))
    """
    row = Row(
        name, forward, rules, prepare=prepare, view=view, outputs=outputs, residuals=residuals, definition=definition,
        joint=joint,
    )  # fmt: skip
    single = not row.variadic and len(outputs) == 1 and outputs != ("*",)
    plain = single and not (view or row.params or residuals or joint or definition)
    if plain and len(row.inputs) == 2:
        op = binary(row)
    elif plain and len(row.inputs) == 1:
        op = unary(row)
    elif single:
        op = fixed(row)
    else:
        op = general(row)
    op.__name__ = op.__qualname__ = name
    op.__doc__ = f"The primitive {name}: {', '.join(row.inputs)} -> {', '.join(outputs)}."
    op.row = row
    return cast(Operation, op)
