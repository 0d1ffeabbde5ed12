"""A tour of autograd: the graph, requires_grad, grad, backward, accumulation, higher orders, clearing.

    python examples/autograd_tour.py

Read it from top to bottom, or run it: every lesson prints its text, then what it finds and why. Every value is checked
as it is printed. The same file runs on PyTorch: change the import below to ``import torch``.
"""

from __future__ import annotations

import inspect
import warnings
from collections.abc import Callable
from typing import Any

import minitorch as torch

# --- Printing --------------------------------------------------------------------------------------------------------


def check(label: str, value: Any, expected: Any, why: str = "") -> None:
    """Prints a value and the reason for it, and stops the tour if it is not the expected one."""
    plain = value.tolist() if isinstance(value, torch.Tensor) else value
    assert plain == expected, f"{label} is {value}, expected {expected}"
    print(f"{f'    {label} = {value!s}':54}{why and '# '}{why}".rstrip())


def refused(label: str, action: Callable[[], Any], error: type[Exception], phrase: str) -> None:
    """Runs what must fail, and prints the beginning of the message."""
    try:
        action()
    except error as caught:
        message = str(caught)
    else:
        message = "nothing was raised"
    assert phrase in message, f"{label}: {message}"
    print(f"    {label}\n        raises {error.__name__}: {phrase} ...")


def draw(t: torch.Tensor, names: dict[str, torch.Tensor]) -> list[str]:
    """The graph behind a tensor, as text: each operation, and below it where its inputs came from."""
    made_by = {id(named.grad_fn): name for name, named in names.items() if named.grad_fn is not None}
    seen: set[int] = set()
    lines: list[str] = []

    def visit(node: Any, before: str, below: str) -> None:
        if node is None:
            lines.append(f"{before}(needs no gradient)")
            return
        text = node.name().split("::")[-1]
        if hasattr(node, "variable"):  # the end of the line: a leaf, whose .grad is added to here
            name = next((name for name, named in names.items() if named is node.variable), "?")
            text += f": leaf {name} = {node.variable.tolist()}"
        elif id(node) in made_by:
            text += f"  made {made_by[id(node)]}"
        if id(node) in seen:
            lines.append(f"{before}{text} (the one above)")
            return
        seen.add(id(node))
        lines.append(f"{before}{text}")
        inputs = [edge[0] for edge in node.next_functions]
        for i, source in enumerate(inputs):
            last = i == len(inputs) - 1
            visit(source, below + ("└─ " if last else "├─ "), below + ("   " if last else "│  "))

    visit(t.grad_fn, "    ", "    ")
    print("\n".join(lines))
    return lines


# --- The lessons -----------------------------------------------------------------------------------------------------


def computational_graph() -> None:
    """1. The computational graph

    Whenever an operation touches a tensor that needs a gradient, the operation is recorded. What is recorded is a
    directed graph without cycles. One may draw it forwards, with tensors as its nodes:

        x ---.
             v
             * --> a ---.
             ^          v
        y ---'          + --> z
                        ^
        w --------------'

    It is stored backwards: each result keeps, in grad_fn, the operation that made it, and each operation keeps, in
    next_functions, the operations that made its inputs. So z holds the whole history:
    """
    x = torch.tensor(2.0, requires_grad=True)
    y = torch.tensor(3.0, requires_grad=True)
    w = torch.tensor(4.0, requires_grad=True)
    a = x * y
    z = a + w
    lines = draw(z, {"x": x, "y": y, "w": w, "a": a, "z": z})
    assert [line.split()[-1] for line in lines] == ["z", "a", "2.0", "3.0", "4.0"]

    print("\n    backward() walks this from z to the leaves. By hand, one operation at a time:")
    dz_da, dz_dw = z.grad_fn(torch.tensor(1.0))
    check("dz/da, dz/dw", (dz_da.item(), dz_dw.item()), (1.0, 1.0), "a sum passes its gradient on")
    dz_dx, dz_dy = a.grad_fn(dz_da)
    check("dz/dx, dz/dy", (dz_dx.item(), dz_dy.item()), (3.0, 2.0), "chain rule: dz/da * da/dx = 1 * y")

    print("\n    The engine does the same in one go:")
    z.backward()
    check("x.grad", x.grad, 3.0, "dz/dx = y")
    check("y.grad", y.grad, 2.0, "dz/dy = x")
    check("w.grad", w.grad, 1.0, "dz/dw = 1")


def requires_grad() -> None:
    """2. requires_grad: what is recorded

    A tensor of data needs no gradient, and nothing is recorded for it. What is to be learned must say so, when it is
    made or later. A result needs a gradient as soon as one of its inputs does.
    """
    x = torch.tensor(2.0)
    check("x.requires_grad", x.requires_grad, False, "the default")
    check("(x * 3).grad_fn", (x * 3).grad_fn, None, "so nothing is recorded")
    x.requires_grad_(True)
    check("x.requires_grad", x.requires_grad, True, "after x.requires_grad_(True)")
    check("(x * 3).requires_grad", (x * 3).requires_grad, True, "it spreads to what is computed from x")

    layer = torch.nn.Linear(3, 1)
    check("layer.weight.requires_grad", layer.weight.requires_grad, True, "a layer's parameters ask for it themselves")
    check("layer.bias.requires_grad", layer.bias.requires_grad, True)

    with torch.no_grad():
        check("(x * 3).requires_grad", (x * 3).requires_grad, False, "no_grad() switches recording off")
    refused(
        "torch.tensor([1, 2]).requires_grad_()",
        lambda: torch.tensor([1, 2]).requires_grad_(),
        RuntimeError,
        "only Tensors of floating point",
    )


def grad() -> None:
    """3. grad: where the answer is put

    After backward() the gradient of a leaf that asked for one is in its .grad. Those that did not ask have None there.
    """
    x = torch.tensor(2.0, requires_grad=True)
    y = torch.tensor(3.0, requires_grad=False)
    w = torch.tensor(4.0, requires_grad=False)
    a = x * y
    z = a + w
    check("a.requires_grad", a.requires_grad, True, "because x does")
    check("z.requires_grad", z.requires_grad, True, "because a does")
    draw(z, {"x": x, "y": y, "w": w, "a": a, "z": z})
    check("x.grad", x.grad, None, "nothing has been computed yet")
    z.backward()
    check("x.grad", x.grad, 3.0, "dz/dx = dz/da * da/dx = 1 * y")
    check("y.grad", y.grad, None, "requires_grad=False")
    check("w.grad", w.grad, None, "requires_grad=False")


def backward() -> None:
    """4. backward: leaves keep their gradient, intermediate results do not

    A leaf is a tensor that no recorded operation made. backward() starts at the tensor it is called on, usually the
    loss, and stores gradients in leaves only. It needs the gradients of intermediate results as well, but drops each
    as soon as it has been used.
    """
    x = torch.tensor(2.0, requires_grad=True)
    y = torch.tensor(3.0, requires_grad=True)
    a = x * y
    z = a**2
    check("x.is_leaf, y.is_leaf", (x.is_leaf, y.is_leaf), (True, True), "made by the user")
    check("a.is_leaf, z.is_leaf", (a.is_leaf, z.is_leaf), (False, False), "made by recorded operations")
    z.backward()
    check("x.grad", x.grad, 36.0, "2a * y = 12 * 3")
    check("y.grad", y.grad, 24.0, "2a * x = 12 * 2")
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        check("a.grad", a.grad, None, "not kept, and reading it warns:")
    assert len(caught) == 1
    print(f"        {str(caught[0].message).split('.')[0]}.{str(caught[0].message).split('.')[1]} ...")

    print("\n    retain_grad() keeps an intermediate gradient:")
    a = x * y
    a.retain_grad()
    (a**2).backward()
    check("a.grad", a.grad, 12.0, "dz/da = 2a")

    print("\n    The values saved for the graph are freed by the pass, so there is no second one ...")
    refused("z.backward()", z.backward, RuntimeError, "Trying to backward through the graph a second time")
    print("    ... unless the first was asked to keep them. And it starts from one number:")
    u = x**2
    u.backward(retain_graph=True)
    u.backward()
    refused(
        "(x * torch.ones(2)).backward()",
        (x * torch.ones(2)).backward,
        RuntimeError,
        "grad can be implicitly created only for scalar outputs",
    )


def accumulation() -> None:
    """5. Gradients accumulate

    backward() adds to .grad what it finds. Nothing clears it but you.
    """
    x = torch.tensor([2.0], requires_grad=True)
    y1 = x**2
    y1.backward()
    check("x.grad", x.grad, [4.0], "dy1/dx = 2x")
    y2 = x**3
    y2.backward()
    check("x.grad", x.grad, [16.0], "4 + dy2/dx = 4 + 3x^2 = 4 + 12")

    print("\n    That is what lets a big batch be done in parts: gradients of a sum are sums of gradients.")
    rows = torch.tensor([1.0, 2.0, 3.0, 4.0])
    whole = torch.tensor(0.5, requires_grad=True)
    ((whole * rows) ** 2).sum().backward()
    parts = torch.tensor(0.5, requires_grad=True)
    for half in (rows[:2], rows[2:]):
        ((parts * half) ** 2).sum().backward()
    check("whole.grad", whole.grad, 30.0, "four rows in one pass")
    check("parts.grad", parts.grad, 30.0, "two rows in each of two passes: 5 + 25")


def autograd_grad() -> None:
    """6. autograd.grad: the gradient as a return value

    torch.autograd.grad(outputs, inputs) asks the same engine, but hands the gradients back and touches no .grad.
    """
    x = torch.tensor(2.0, requires_grad=True)
    y = torch.tensor(3.0, requires_grad=True)
    z = x**2 + y**3
    gradients = torch.autograd.grad(z, (x, y))
    check("dz/dx, dz/dy", gradients, (4.0, 27.0), "2x and 3y^2")
    check("x.grad, y.grad", (x.grad, y.grad), (None, None), "not modified")
    refused(
        "torch.autograd.grad(x**2, y)",
        lambda: torch.autograd.grad(x**2, y),
        RuntimeError,
        "appears to not have been used in the graph",
    )
    check(
        "the same with allow_unused=True",
        torch.autograd.grad(x**2, y, allow_unused=True),
        (None,),
        "x**2 does not depend on y",
    )


def higher_orders() -> None:
    """7. create_graph: derivatives of derivatives

    A backward pass computes with tensors as any other code does. With create_graph=True it is recorded too, so that its
    result can be differentiated again, as often as one likes.
    """
    x = torch.tensor(2.0, requires_grad=True)
    y = torch.tensor(3.0, requires_grad=True)
    z = x**2 + y**3
    (grad_x,) = torch.autograd.grad(z, x, create_graph=True)
    check("grad_x", grad_x.item(), 4.0, "dz/dx = 2x")
    check("grad_x.requires_grad", grad_x.requires_grad, True, "it has a graph of its own, which leads to x:")
    draw(grad_x, {"x": x, "y": y, "grad_x": grad_x})
    (second_grad_x,) = torch.autograd.grad(grad_x, x)
    check("second_grad_x", second_grad_x, 2.0, "d(2x)/dx")
    check("second_grad_x.requires_grad", second_grad_x.requires_grad, False, "asked without create_graph: no third one")

    print("\n    Without create_graph (or retain_graph) the first call frees the graph of z, for every input:")
    z = x**2 + y**3
    torch.autograd.grad(z, (x, y))
    refused(
        "torch.autograd.grad(z, x, create_graph=True)",
        lambda: torch.autograd.grad(z, x, create_graph=True),
        RuntimeError,
        "Trying to backward through the graph a second time",
    )

    print("\n    All derivatives of x^4 at x = 2:")
    derivative = x**4
    for order, (expected, formula) in enumerate(
        [(32.0, "4x^3"), (48.0, "12x^2"), (48.0, "24x"), (24.0, "24")], start=1
    ):
        (derivative,) = torch.autograd.grad(derivative, x, create_graph=True)
        check(f"order {order}", derivative.item(), expected, formula)


class MyModel(torch.nn.Module):
    """A straight line: slope * x + intercept."""

    def __init__(self) -> None:
        super().__init__()
        self.line = torch.nn.Linear(1, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.line(x)


def clearing() -> None:
    """8. Clearing gradients

    Since .grad is added to, a training loop clears it once for every step. By hand that is zero_(), which writes zeros
    into one gradient; optimizer.zero_grad() does all parameters it was given, and by default sets .grad to None, which
    also tells the optimizer that a parameter had no part in a step.
    """
    x = torch.tensor(2.0, requires_grad=True)
    refused("x.grad.zero_()", lambda: x.grad.zero_(), AttributeError, "'NoneType' object has no attribute 'zero_'")
    (x**2).backward()
    check("x.grad", x.grad, 4.0, "before the first backward there was nothing to clear")
    x.grad.zero_()
    check("x.grad", x.grad, 0.0, "after x.grad.zero_()")
    (x**3).backward()
    check("x.grad", x.grad, 12.0, "3x^2 alone, not 16 as in lesson 5")

    print("\n    With an optimizer:")
    model = MyModel()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    model(torch.ones(1, 1)).sum().backward()
    check("model.line.weight.grad", model.line.weight.grad, [[1.0]])
    optimizer.zero_grad(set_to_none=False)
    check("model.line.weight.grad", model.line.weight.grad, [[0.0]], "zero_grad(set_to_none=False)")
    optimizer.zero_grad()
    check("model.line.weight.grad", model.line.weight.grad, None, "zero_grad()")

    print("\n    A whole loop, fitting y = 3x + 1, with and without the line that clears:")
    points = torch.tensor([[-1.0], [0.0], [1.0], [2.0]])
    target = 3 * points + 1
    for clears in (True, False):
        model = MyModel()
        with torch.no_grad():  # the same start for both
            model.line.weight.fill_(0.0)
            model.line.bias.fill_(0.0)
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        for _ in range(100):
            if clears:
                optimizer.zero_grad()
            loss = ((model(points) - target) ** 2).mean()
            loss.backward()
            optimizer.step()
        slope, intercept = model.line.weight.item(), model.line.bias.item()
        close = abs(slope - 3) < 1e-3 and abs(intercept - 1) < 1e-3
        how = "cleared" if clears else "never cleared"
        check(f"fits when {how}", close, clears, f"slope {slope:.3f}, intercept {intercept:.3f}")
    print("    (examples/pitfalls/p01_zero_grad_forgotten.py shows what this does to a real model)")


LESSONS = [computational_graph, requires_grad, grad, backward, accumulation, autograd_grad, higher_orders, clearing]


def main() -> None:
    for lesson in LESSONS:
        title, _, text = inspect.cleandoc(lesson.__doc__ or "").partition("\n")
        print(f"{title}\n{'-' * len(title)}{text}\n")
        lesson()
        print("\n")


if __name__ == "__main__":
    main()
