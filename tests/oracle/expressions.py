"""Expressions that run on PyTorch and on minitorch, and the inputs that they may name."""

# ruff: noqa: E501 (a table of inputs)

import ast
import re

import numpy as np

from tests.oracle.compare import agree

random = np.random.default_rng(3)


def numbers(*shape, low=-2.0, high=2.0):
    """Distinct numbers at equal distances, in random order: no ties, none on a whole number."""
    n = int(np.prod(shape))
    return random.permutation(low + (high - low) * (np.arange(n) + 0.37) / max(n, 1)).reshape(shape)


def positive_definite(*batch, n=3):
    a = numbers(*batch, n, n)
    return a @ np.swapaxes(a, -1, -2) + np.eye(n)


INPUTS = {
    "x": numbers(3, 4), "y": numbers(3, 4, low=-1.9, high=2.3), "v": numbers(4), "c": numbers(3, 1), "s": np.array(0.7),
    "s3": numbers(3), "x3": numbers(2, 3, 4), "b3": numbers(2, 2, 4), "c3": numbers(2, 4, 2), "p": numbers(3, 4, low=0.2),
    "u": numbers(3, 4, low=-0.9, high=0.9), "w": numbers(5), "e": np.zeros((0, 3)),
    "n": np.array([[1.0, np.nan, -np.inf], [np.inf, -2.0, 0.0]]), "o": np.array([[1.0, 0.0, 2.0], [0.0, 3.0, 0.0]]),
    "i": random.integers(-5, 6, (3, 4)), "j": random.integers(1, 5, (3, 4)), "j4": np.array([1, 0, 2, 1]),
    "m": random.random((3, 4)) > 0.5, "b": random.random((3, 4)) > 0.5, "k": np.array([2, 0]),
    "i0": random.integers(0, 3, (3, 4)), "i1": random.integers(0, 4, (3, 4)),
    "f": numbers(3, 4).astype(np.float32), "h": numbers(3, 4).astype(np.float16), "g": random.integers(0, 200, (3, 4)).astype(np.uint8),
    "q": random.integers(-100, 100, (3, 4)).astype(np.int8), "z": numbers(3, 4) + 1j * numbers(3, 4),
    "A": numbers(3, 3) + 2 * np.eye(3), "B": numbers(2, 3, 3) + 2 * np.eye(3), "P": positive_definite(), "PB": positive_definite(2),
    "tall": numbers(4, 2), "wide": numbers(2, 4), "Z": numbers(3, 3) + 1j * numbers(3, 3) + 2 * np.eye(3),
    "r": numbers(3, 2), "zr": numbers(3, 2) + 1j * numbers(3, 2), "ties": np.array([[1.0, 2.0, 2.0, 0.0], [3.0, 3.0, 3.0, 1.0], [0.0, -1.0, 0.0, 0.0]]),
    "sig": numbers(2, 16), "zsig": numbers(2, 9) + 1j * numbers(2, 9), "win": numbers(8, low=0.5, high=1.5), "sorted": np.array([-1.0, -0.2, 0.5, 1.4]),
    "unit": numbers(3, 4, low=0.05, high=0.95), "inc": np.array([0.0, 0.5, 1.5, 2.0]), "word": np.array([3, 1, 1, 2, 3, 3]), "tz": numbers(4, 2) + 1j * numbers(4, 2),
}  # fmt: skip


def lines(text):
    """The expressions of a text, which semicolons and line ends divide.

    ``^0`` before one says that only its result is compared, ``^1`` that its second derivative is not: PyTorch has none, or
    NaN where the derivative exists.
    """
    return [part.strip() for line in text.strip().splitlines() for part in line.split("; ") if part.strip()]


def parsed(expression):
    """Of a line: the function of T and its inputs, those inputs, and the mark that it begins with, or None."""
    mark, expression = (expression[:2], expression[3:]) if expression.startswith("^") else (None, expression)
    named = [node.id for node in ast.walk(ast.parse(expression, mode="eval")) if isinstance(node, ast.Name)]
    inputs = [name for name in dict.fromkeys(named) if name in INPUTS]
    return eval(f"lambda T, {', '.join(inputs)}: {expression}"), [INPUTS[name] for name in inputs], mark


def check(expression):
    """Runs an expression on both libraries and fails unless all agrees (compare.agree)."""
    f, inputs, mark = parsed(expression)
    agree(f, *inputs, grad=mark != "^0", second=mark != "^1")


def calling(name):
    """The lines of the test_ops tables in which a name is called."""
    from tests.oracle import test_ops_tier1, test_ops_tier2, test_ops_tier3

    called = re.compile(rf"\.{re.escape(name)}(_?\(|$|\W)")
    for module in (test_ops_tier1, test_ops_tier2, test_ops_tier3):
        for table in vars(module).values():
            if isinstance(table, list):
                yield from (line for line in table if isinstance(line, str) and called.search(line))
