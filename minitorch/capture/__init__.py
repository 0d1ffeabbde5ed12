"""Capture and replay: ``compile`` records what a function does with arrays, and does that again without the framework.

standin.py      what tensors hold while a function is recorded
nested.py       arrays and stand-ins in lists, tuples and dictionaries
calls.py        what a recording is made of
recorder.py     the run that notes every NumPy call
touched.py      what is touched outside: arrays and gradients of tensors
environment.py  the Python values that the function looked at
looked_up.py    the names and attributes that its code names
effects.py      what it may call that no replay would do again
facts.py        what is noted of these values, to be compared
checks.py       that comparison as the first lines of a replay
parts.py        what arguments and results are made of
compare.py      whether two recordings are the same
needed.py       what of a recording something comes of
buffers.py      memory that is used again
rewrite.py      calls written so that their results go to buffers
elementwise.py  calls as expressions of an element
fuse.py         runs of those as one loop
source.py       lines of Python and the names in them
naming.py       names for a program's arrays
homes.py        gradients that stay where they are, and the optimizer's step
program.py      a recording as a Python function
backward.py     the derivative of a compiled function
compiled.py     when to record and when to replay
module.py       compiled modules
"""

from __future__ import annotations

import warnings
from difflib import get_close_matches
from typing import Any

from minitorch.capture.compiled import Compiled
from minitorch.capture.module import OptimizedModule
from minitorch.core.jit import numba
from minitorch.nn import Module

__all__ = ["Compiled", "OptimizedModule", "compile"]

_BACKENDS = ("inductor", "eager")
_MODES = (None, "default", "reduce-overhead", "max-autotune", "max-autotune-no-cudagraphs")
_LOOPS = _MODES[3:]


def compile(
    model: Any = None,
    *,
    fullgraph: bool = False,
    dynamic: bool | None = None,
    backend: str = "inductor",
    mode: str | None = None,
    options: dict[str, Any] | None = None,
    disable: bool = False,
) -> Any:
    """A function or a module that is recorded the first times it is called, and then replayed (``torch.compile``).

    The first two calls of a kind run as ever, on stand-ins for arrays, and every NumPy call is noted: of the forward
    pass, of ``backward()``, of gradient clipping, of the optimizer's step. Later calls do the same NumPy calls, without
    tensors and graphs, into arrays that are there already. Results are equal to the last bit. ``step.program`` is the
    Python source of the replays. Also a decorator, ``@compile``.

    Before a replay it is checked that everything is as it was recorded: the arguments' shapes, dtypes, strides and
    Python values; grad mode; the parameters, frozen or not; modules' modes, hooks and attributes; the globals,
    enclosing variables and attributes that the function and those it calls look at. If not, the call is recorded anew.
    Where the way depends on a tensor (``if loss > 3:``) the replay looks, and goes on the other way if need be. Random
    numbers are drawn afresh, an optimizer or a scheduler steps with the options it has then.

    What no replay would do again makes the function run as it is, with a warning that says why (``step.reason``): a
    tensor's values taken to Python (``loss.item()``; return the tensor and read it outside), a counter, a list that
    grows, printing, files, other random numbers and the clock. ``fullgraph`` raises instead of the warning. What is not
    seen: class attributes looked up by a computed name, and what C code of others does.

    ``mode="max-autotune"`` takes longer to get ready and makes faster replays, where Numba is installed (``pip install
    minitorch[numba]``; without it there is a warning): runs of elementwise calls become loops, compiled when they are
    first reached, in a second or so each, and the rules of SGD, Adam and AdamW one loop. Results are still equal to the
    last bit, but for the sign of a NaN; overflow is not warned of.

    ``backend="eager"`` and ``disable`` give the function back as it is. ``dynamic``, the other modes and ``options``
    choose between ways of PyTorch's compiler; here they change nothing.

    Raises ``TypeError`` for what cannot be called, ``RuntimeError`` for an unknown backend or mode, and, when called,
    for a derivative of a derivative (``create_graph=True`` through a compiled function; inside one it works).

    >>> import minitorch as torch
    >>> w = torch.ones(2, requires_grad=True)
    >>> optimizer = torch.optim.SGD([w], lr=0.5)
    >>> @torch.compile
    ... def step(x):
    ...     optimizer.zero_grad()
    ...     loss = (w * x).sum()
    ...     loss.backward()
    ...     optimizer.step()
    ...     return loss
    >>> [step(torch.tensor([1.0, 2.0])).item() for _ in range(4)]
    [3.0, 0.5, -2.0, -4.5]
    >>> print(step.reason, len(step.program.splitlines()) > 10)
    None True
    """
    if model is None:
        return lambda function: compile(
            function, fullgraph=fullgraph, dynamic=dynamic, backend=backend, mode=mode, options=options, disable=disable
        )
    if backend not in _BACKENDS:
        (near,) = get_close_matches(str(backend), _BACKENDS, 1, 0)
        raise RuntimeError(f"Invalid backend: {backend!r}, there are {', '.join(_BACKENDS)}; did you mean {near!r}?")
    if mode not in _MODES:
        raise RuntimeError(f"Unrecognized mode={mode}, should be one of: {', '.join(map(str, _MODES[1:]))}")
    if not callable(model):
        raise TypeError(f"compile: a function or a module was expected, got {type(model).__name__}")
    if disable or backend == "eager" or isinstance(model, (Compiled, OptimizedModule)):
        return model
    fused = mode in _LOOPS and numba() is not None
    if mode in _LOOPS and not fused:
        warnings.warn(f"compile(mode={mode!r}) makes its loops with Numba: pip install minitorch[numba]", stacklevel=2)
    return (OptimizedModule if isinstance(model, Module) else Compiled)(model, fullgraph, fused)
