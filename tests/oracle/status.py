"""What minitorch has of PyTorch's operations, name by name: a table for the eyes, and an exit status for CI.

    python -m tests.oracle.status                  all names (some minutes)
    python -m tests.oracle.status matmul cumsum    these
    python -m tests.oracle.status --tier 1 --count 100
    python -m tests.oracle.status --write          keeps the outcomes in status.txt, which docs/operations.md shows

The names stand in op_names.txt. Each is looked up as function and as method, wherever PyTorch has it, and run on the
samples that PyTorch itself is tested with (test_opinfo.py); a name that PyTorch's tables do not have is run on the
expressions of the test_ops files that hold it. The columns:

    where      f function, m method, i in place: "-" where PyTorch has none, "." where it is missing
    forward    values, shapes and dtypes agree; then gradient and second derivative
    in place   the method with an underscore does too
    bad input  PyTorch's samples of wrong use raise the same type of exception
    drawn      forward, gradient and second derivative agree on samples whose shapes, layouts and dims hypothesis draws
               (drawn.py), --count of them for each name

"ok" agrees, "FAIL" does not, "-" is not there to compare. The status is 1 if a name of tiers 1 to 3 is missing or fails
and has no reason in test_opinfo.KNOWN.
"""

import argparse
import os
import sys
import warnings
from collections import Counter
from pathlib import Path

import pytest

import minitorch
import minitorch.nn.functional

torch = pytest.importorskip("torch", reason="PyTorch is the oracle: pip install minitorch[oracle]")


def reasons():
    """Why a name differs from PyTorch on purpose, as test_opinfo.py has it."""
    from tests.oracle.test_opinfo import KNOWN

    return {name.partition("-")[0]: why for known in KNOWN.values() for name, why in known.items()}


def kept():
    """The lines of status.txt by name."""
    lines = KEPT.read_text(encoding="utf-8").splitlines() if KEPT.exists() else []
    return {line.split()[0]: line for line in lines if not line.startswith("#")}


def keep(outcomes):
    """Writes the outcomes to status.txt; a name that was not run keeps its line."""
    from tests.oracle.test_opinfo import DIFFERENT

    why, lines = DIFFERENT | reasons(), kept()
    for name, cells in outcomes.items():
        told = " ".join("differs" if cell.startswith("FAIL") else cell for cell in cells)
        apart = "ok" not in cells or "differs" in told
        lines[name] = f"{name} {told}" + (f"  # {why[name]}" if apart and name in why else "")
    text = "".join(f"{lines[name]}\n" for _, name in names() if name in lines)
    KEPT.write_text(HEADER + text, encoding="utf-8")


COLUMNS = ("forward", "gradient", "second", "in place", "bad input", "drawn")
KEPT = Path(__file__).parent / "status.txt"
HEADER = f"# Written by tests.oracle.status --write. Of each name: {', '.join(COLUMNS)}; after # why it differs.\n"


def names():
    """Pairs of tier and name, in the order of the list."""
    for line in (Path(__file__).parent / "op_names.txt").read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            tier, *rest = line.split()
            yield from ((int(tier), name) for name in rest)


def function(T, name):
    """The function of that name, or None."""
    found = T
    for part in name.split("."):
        found = getattr(found, part, None)
    return found if callable(found) and not isinstance(found, (torch.dtype, minitorch.dtype)) else None


def method(T, name):
    """The method or property of that name, or None."""
    found = getattr(T.Tensor, name, None)
    own = found is not None and found is not getattr(object, name, None)
    return found if own and "." not in name else None


def variants(name):
    """Where a name is: for function, method and method in place, whether PyTorch has it, and whether minitorch has."""
    in_place = name if name.endswith("_") else f"{name}_"
    looks = {"f": (function, name), "m": (method, name), "i": (method, in_place)}
    return {letter: (look(torch, n) is not None, look(minitorch, n) is not None) for letter, (look, n) in looks.items()}


def missing(name):
    """The variants of a name that PyTorch has and minitorch has not; everything, if minitorch has none at all."""
    found = variants(name)
    return [letter for letter, (theirs, ours) in found.items() if theirs and not ours]


def where(name):
    found = variants(name)
    return "".join(letter if ours else "." if theirs else "-" for letter, (theirs, ours) in found.items())


# --- Running a name ---------------------------------------------------------------------------------------------------


def attempt(test, *args):
    """ "ok", "-" where there is nothing to compare, or what is different."""
    try:
        test(*args)
    except pytest.skip.Exception:
        return "-"
    except Exception as error:
        return " ".join(f"FAIL {type(error).__name__}: {error}".split())[:300]
    return "ok"


def by_order(found, differentiable, twice):
    """One test's outcome as three: a difference of a later order leaves the earlier ones right."""
    if not found.startswith("FAIL"):
        return [found, found if differentiable else "-", found if differentiable and twice else "-"]
    order = 2 if "second derivative" in found else 1 if "gradient" in found or "requires_grad" in found else 0
    return ["ok"] * order + [found] + ["-"] * (2 - order)


def on_samples(op):
    """The columns of one row of PyTorch's table."""
    from tests.oracle import test_opinfo

    found = attempt(test_opinfo.test_float64, op)
    cells = by_order(found, op.supports_autograd, op.supports_gradgrad)
    if found == "-":
        cells[0] = attempt(test_opinfo.test_int64, op)
    cells.append(attempt(test_opinfo.test_in_place, op) if test_opinfo.in_place_name(op) else "-")
    bad = op.error_inputs_func is not None and not op.name.startswith("__r")
    cells.append(attempt(test_opinfo.test_bad_inputs, op) if bad else "-")
    return cells


def on_expressions(name):
    """The columns of a name that PyTorch's table has not: all of its lines at once, derivatives included."""
    from tests.oracle.expressions import calling, check

    lines = list(calling(name))
    found = next((f for f in (attempt(check, line) for line in lines) if f != "ok"), "ok") if lines else "-"
    return [*by_order(found, True, True), "-", "-"]


def worst(cells):
    """Of several outcomes the one that counts: a difference, else an agreement, else nothing."""
    return next((c for c in cells if c.startswith("FAIL")), "ok" if "ok" in cells else "-")


def status(name, count):
    """The columns of a name, over all rows that PyTorch's table has of it."""
    from tests.oracle import drawn, test_opinfo

    if function(minitorch, name) is None and method(minitorch, name) is None:
        return ["-"] * len(COLUMNS)
    if name in test_opinfo.DIFFERENT:
        return ["-"] * len(COLUMNS)
    ops = [op for op in test_opinfo.described() if name in (op.name, *(a.name for a in op.aliases))]
    rows = [on_samples(op) for op in ops if callable(test_opinfo.resolve(minitorch, op.name))]
    if not rows or all(cell == "-" for row in rows for cell in row):
        rows = [on_expressions(name)]
    cells = [worst(column) for column in zip(*rows, strict=True)]
    return [*cells, attempt(drawn.check, name, count) if name not in drawn.NOT_DRAWN else "-"]


def main():
    parser = argparse.ArgumentParser(description="What minitorch has of PyTorch's operations.")
    parser.add_argument("names", nargs="*", help="only these")
    parser.add_argument("--count", type=int, default=5, help="how many inputs of each name are drawn")
    parser.add_argument("--write", action="store_true", help="keep the outcomes in status.txt")
    parser.add_argument("--tier", type=int, nargs="*", default=[1, 2, 3, 4], help="only these tiers")
    options = parser.parse_args()
    torch.set_num_threads(1)
    warnings.simplefilter("ignore")
    os.environ.setdefault("OPINFO_SAMPLES", "3")
    print(f"{'tier name':48}where  {'  '.join(f'{c:9}' for c in COLUMNS)}")
    counts: dict[int, Counter] = {}
    failed, outcomes = [], {}
    for tier, name in names():
        if tier not in options.tier or (options.names and name not in options.names):
            continue
        cells = outcomes[name] = status(name, options.count)
        absent = missing(name)
        print(f"{tier}    {name:43}{where(name):5}  {'  '.join(f'{c[:4]:9}' for c in cells)}", flush=True)
        different = [
            f"{column}: {cell}" for column, cell in zip(COLUMNS, cells, strict=True) if cell.startswith("FAIL")
        ]
        if absent or different:
            failed.append((tier, name, absent, different))
        count = counts.setdefault(tier, Counter())
        count["names"] += 1
        count["there"] += where(name).strip("-.") != ""
        for column, cell in zip(COLUMNS, cells, strict=True):
            count[column, cell[:4]] += 1
    if options.write:
        keep(outcomes)
    why = reasons()
    report(counts, failed, why)
    sys.exit(any(tier < 4 and name not in why for tier, name, _, _ in failed))


def report(counts, failed, why):
    print(
        "\ntier  names  there  "
        + "  ".join(f"{c:>15}" for c in COLUMNS)
        + "\n"
        + " " * 21
        + "   ok / differ / -" * len(COLUMNS)
    )
    for tier, count in sorted(counts.items()):
        cells = (f"{count[c, 'ok']:4} /{count[c, 'FAIL']:4} /{count[c, '-']:4}" for c in COLUMNS)
        print(f"{tier:4}  {count['names']:5}  {count['there']:5}  " + "  ".join(f"{cell:>15}" for cell in cells))
    for tier, name, absent, different in failed:
        print(f"\n{tier} {name}" + (f": {why[name]}" if name in why else ""))
        if absent:
            kinds = {"f": "function", "m": "method", "i": f"{name}_"}
            print(f"    missing: {', '.join(kinds[letter] for letter in absent)}")
        for line in different:
            print(f"    {line}")


if __name__ == "__main__":
    main()
