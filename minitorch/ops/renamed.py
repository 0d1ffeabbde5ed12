"""One row under several nodes' names: PyTorch tells overloads apart by them, ``SumBackward0`` from ``SumBackward1``."""

from __future__ import annotations

from minitorch.core.primitive import Operation, primitive


def renamed(op: Operation, name: str) -> Operation:
    """The same operation, whose node is called otherwise.

    >>> import minitorch
    >>> from minitorch.ops.arithmetic import neg
    >>> x = minitorch.ones(2, requires_grad=True)
    >>> renamed(neg, "Flipped")(x).grad_fn.name()
    'FlippedBackward0'
    """
    row = op.row
    return primitive(
        name,
        row.forward,
        prepare=row.prepare,
        view=row.view,
        outputs=row.outputs,
        residuals=row.residuals,
        definition=row.definition,
        joint=row.joint,
        **row.rules,
    )
