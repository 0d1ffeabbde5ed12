"""Random programs of views, writes in place and derivatives, as compiled steps: all that they make has eager's bits."""

import re
import warnings
from collections import Counter

import numpy as np
import pytest

pytest.importorskip("torch", reason="PyTorch is the oracle: pip install minitorch[oracle]")
import minitorch
from tests.capture.harness import check
from tests.oracle import programs

COUNT, BATCH = 12, 6
LEAF = re.compile(r"(v\d+) = T\.(tensor|zeros)\(")


def lines_of(seed):
    """The lines of a program that raise nothing."""
    lines = programs.draw_program(seed).lines
    while True:
        run = programs.Run(minitorch)
        run.all(lines)
        if not run.errors:
            return lines
        lines = [line for number, line in enumerate(lines) if number not in run.errors]


def copied(value):
    if isinstance(value, (tuple, list)):
        return [copied(item) for item in value]
    return value.detach().clone() if isinstance(value, minitorch.Tensor) else value


def step_of(lines):
    """The source of a step with the program's leaves as arguments, and the leaves."""
    count = next(k for k, line in enumerate([*lines, ""]) if not LEAF.match(line))
    names = [LEAF.match(line)[1] for line in lines[:count]]
    made = dict.fromkeys(names)
    text = [f"def step({', '.join(names)}):"]
    for name, line in zip(names, lines, strict=False):
        text.append(f"    {name} = {name}.clone(){'.requires_grad_()' if 'requires_grad_' in line else ''}")
    for line in lines[count:]:
        text.append(f"    {line}")
        targets = re.match(r"((?:[vgh]\d+(?:, )?)+),? = ", line)
        made |= dict.fromkeys(targets[1].split(", ") if targets else ())
    text.append(
        f"    return [copied(x) for x in ({', '.join(made)},)], [copied(x.grad) for x in ({', '.join(names)},)]"
    )
    space = {"T": minitorch}
    leaves = [eval(line.partition(" = ")[2].replace(".requires_grad_()", ""), space).array for line in lines[:count]]
    return "\n".join(text), leaves


def compare(seed):
    """Whether the program of a seed is replayed. Fails unless compiled is as eager."""
    text, leaves = step_of(lines_of(seed))

    def build():
        space = {"T": minitorch, "weights": programs.weights, "copied": copied}
        exec(compile(text, f"program {seed}", "exec"), space)
        return space["step"]

    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            step = check(
                build,
                lambda i: tuple(minitorch.from_numpy(np.asarray(x * (1 + 0.1 * i))) for x in leaves),
                replayed=False,
            )
        except AssertionError as error:
            raise AssertionError(f"program {seed}:\n{text}\n{error}") from None
    return "replayed" if step.reason is None and step.program else "as it is"


@pytest.mark.parametrize("first", range(0, COUNT, BATCH))
def test_programs(first):
    counts = Counter(compare(seed) for seed in range(first, first + BATCH))
    assert counts["replayed"] >= BATCH / 2, counts
