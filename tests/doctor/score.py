"""How good the doctor is: ``python -m tests.doctor.score [P01 P13 ...] [--seeds 3]``.

Rule by rule: how many seeded faults are found by their own code, how many of those name a line that makes it, after how
many steps; and beside it what three cheap checks find in the same scripts. Then the correct scripts, and the targets.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from typing import Any

import numpy as np

import minitorch
from minitorch.doctor import all_rules
from minitorch.optim.optimizer import register_optimizer_step_post_hook, register_optimizer_step_pre_hook
from tests.doctor.scripts import Script, clean, declared, execute, faults, reports

LATE = {"P17": 99, "P18": 99, "P29": 10, "P33": 10, "P38": 10, "P39": 10}  # at an epoch's end; leaks


class Plain:
    """A run without the doctor: what the cheap checks can see, and the weights after every step."""

    def __init__(self) -> None:
        self.first: dict[int, tuple[Any, np.ndarray]] = {}
        self.digests: list[str] = []
        self.finite = True

    def before(self, optimizer: Any, args: Any, kwargs: Any) -> None:
        for p in self._parameters(optimizer):
            self.first.setdefault(id(p), (p, p.array.copy()))
            self.finite &= p.grad is None or bool(np.isfinite(p.grad.array).all())

    def after(self, optimizer: Any, args: Any, kwargs: Any) -> None:
        self.digests.append(hashlib.sha1(b"".join(p.array.tobytes() for p in self._parameters(optimizer))).hexdigest())

    def _parameters(self, optimizer: Any) -> list[Any]:
        return [p for group in optimizer.param_groups for p in group["params"]]

    @property
    def nan(self) -> bool:
        return not self.finite or not all(np.isfinite(p.array).all() for p, _ in self.first.values())

    @property
    def stuck(self) -> bool:
        """Whether a parameter that an optimizer has is as it was."""
        return any(np.array_equal(p.array, old) for p, old in self.first.values())


@contextmanager
def plainly() -> Iterator[Plain]:
    plain = Plain()
    hooks = [register_optimizer_step_pre_hook(plain.before), register_optimizer_step_post_hook(plain.after)]
    try:
        yield plain
    finally:
        for hook in hooks:
            hook.remove()


def left(scope: dict[str, Any]) -> str:
    """All numbers that a script leaves in its variables, and where it leaves the generator of random numbers."""
    digest = hashlib.sha1(minitorch.get_rng_state().array.tobytes())
    for name in sorted(n for n in scope if not n.startswith("__")):
        for value in _numbers(scope[name]):
            digest.update(value.tobytes())
    return digest.hexdigest()


def _numbers(value: Any, depth: int = 4) -> Iterator[np.ndarray]:
    if isinstance(value, minitorch.Tensor):
        yield value.array
    elif isinstance(value, minitorch.nn.Module):
        yield from (t.array for t in value.state_dict().values())
    elif isinstance(value, (int, float)):
        yield np.asarray(value)
    elif isinstance(value, (list, tuple, dict)) and depth:
        for one in value.values() if isinstance(value, dict) else value:
            yield from _numbers(one, depth - 1)


@dataclass
class Seen:
    """What became of one faulty script."""

    script: Script
    found: bool
    line: bool
    latency: int
    others: list[str]  # other codes at error or warning
    quiet: bool  # the mended twin
    same: bool  # weights with and without the doctor are the same bits
    cheap: tuple[bool, bool, bool]
    alike: tuple[bool, bool]  # found by a code that says the same, and at a line that makes it

    @property
    def in_time(self) -> bool:
        return self.latency <= LATE.get(self.script.code, 3)


def examine(script: Script) -> Seen:
    with plainly() as wrong:
        scope, _ = execute(script.path, script.source(True), nullcontext())
        bits = left(scope)
    with plainly() as right:
        execute(script.path, script.source(False), nullcontext())
    pairs = list(zip(wrong.digests, right.digests))
    onset = next((k for k, (a, b) in enumerate(pairs) if a != b), 0)  # the first step that goes wrong

    doctor = minitorch.doctor(show=False, **script.declared)
    scope, _ = execute(script.path, script.source(True), doctor)
    same = left(scope) == bits
    loud = [f for f in doctor.findings if f.severity != "note"]
    own = [f for f in doctor.findings if f.code == script.code and (f.severity == "note") == script.is_note]
    alike = [f for f in loud if f.code in script.codes]
    mended = minitorch.doctor(show=False, **script.declared)
    execute(script.path, script.source(False), mended)
    return Seen(
        script,
        bool(own),
        any(f.line in script.causes for f in own),
        max(0, min((f.step for f in own), default=0) - onset),
        sorted({f.code for f in loud} - {script.code}),
        all(f.severity == "note" for f in mended.findings),
        same,
        ("zero_grad" not in script.source(True), wrong.nan, wrong.stuck),
        (bool(alike), any(f.line in script.causes for f in alike)),
    )


def table(seen: list[Seen]) -> None:
    print("code  scripts  found  line  latency  twin silent  | no zero_grad  NaN  unchanged |  also, or missed")
    for code in sorted({s.script.code for s in seen}):
        of = [s for s in seen if s.script.code == code]
        cheap = [sum(s.cheap[k] for s in of) for k in range(3)]
        missed = [s.script.name for s in of if not s.found]
        also = sorted({c for s in of for c in s.others})
        found = [s.latency for s in of if s.found]
        print(
            f"{code:5} {len(of):7}  {sum(s.found for s in of):5}  {sum(s.line for s in of):4}  "
            f"{max(found, default=0):7}  {sum(s.quiet for s in of):11}  | {cheap[0]:12}  {cheap[1]:3}  {cheap[2]:9} |  "
            + " ".join(also + [f"missed: {name}" for name in missed])
        )


def silence(seeds: int) -> tuple[int, list[str], int, list[bool], list[int]]:
    """Runs every correct script; gives the runs, what was said, how many scripts, G6 and the cheap checks on them."""
    runs, said, same, cheap = 0, [], [], [0, 0, 0]
    paths = clean()
    for path in paths:
        text = path.read_text()
        for seed in range(seeds):
            with plainly() as plain:
                bits = left(execute(path, text, nullcontext(), seed)[0])
            if not seed:
                cheap = [n + hit for n, hit in zip(cheap, ("zero_grad" not in text, plain.nan, plain.stuck))]
            for options in [{}, declared(path)] if declared(path) else [{}]:
                doctor = minitorch.doctor(show=False, **options)
                scope, error = execute(path, text, doctor, seed)
                runs += 1
                same.append(left(scope) == bits and error is None)
                if not same[-1]:
                    print(f"  not the same bits with a doctor: {path.stem} (seed {seed}) {error or ''}")
                said += [
                    f"{path.stem}:{f.line} {f.code} {f.severity} (seed {seed}{', declared' if options else ''})"
                    for f in doctor.findings
                    if f.severity != "note"
                ]
    return runs, said, len(paths), same, cheap


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.doctor.score", description=__doc__)
    parser.add_argument("codes", nargs="*", help="only these rules, and no correct scripts")
    parser.add_argument("--seeds", type=int, default=3)
    given = parser.parse_args(arguments)
    unknown = set(given.codes) - set(all_rules())
    if unknown:
        parser.error(f"no rule is called {', '.join(sorted(unknown))}")
    seen = [examine(s) for s in faults() if not given.codes or s.code in given.codes]
    table(seen)
    if not seen:
        return 0
    notes = [s for s in seen if s.script.is_note]
    every, seen = seen, [s for s in seen if not s.script.is_note]
    found = [s for s in seen if s.found]
    codes = {s.script.code for s in seen}
    whole = codes - {s.script.code for s in seen if not s.found}
    kept = [s.same for s in every]
    for s in every:
        if not s.same:
            print("  not the same bits with a doctor:", s.script.name)
    lines = sum(s.line for s in found) / max(1, len(found))
    rows: list[tuple[str, str, bool]] = [
        ("G1 faults found in all of their scripts", f"{len(whole)} of {len(codes)}", len(whole) >= 0.95 * len(codes)),
        ("G1 scripts found by their own code", f"{len(found)} of {len(seen)}", len(found) >= 0.95 * len(seen)),
        ("G2 of those, at a line that makes it", f"{lines:.0%}", lines >= 0.95),
        ("G3 of those, in time", f"{sum(s.in_time for s in found)} of {len(found)}", all(s.in_time for s in found)),
        (
            "notes found, in scripts of their own",
            f"{sum(s.found for s in notes)} of {len(notes)}",
            all(s.found for s in notes),
        ),
        (
            "mended twins without error or warning",
            f"{sum(s.quiet for s in every)} of {len(every)}",
            all(s.quiet for s in every),
        ),
    ]
    if not given.codes:
        runs, said, scripts, same, cheap = silence(given.seeds)
        kept += same
        bound = 1 - 0.05 ** (1 / scripts)
        what = f"{len(said)} in {runs} runs of {scripts} (0 of {scripts} bounds the rate below {bound:.1%})"
        rows.append(("G4 errors and warnings on correct scripts", what, not said))
        for line in said:
            print("  said of a correct script:", line)
        told = [examine(s) for s in reports()]
        kept += [s.same for s in told]
        n, hit = len(told), sum(s.alike[0] for s in told)
        own, line = sum(s.found for s in told), sum(s.alike[1] for s in told)
        what = f"{hit} of {n}, {own} by their own code, {line} at a line that makes it"
        rows.append(("G5 mistakes of public reports found", what, hit >= 0.8 * n and all(s.quiet for s in told)))
        for s in told:
            if not all(s.alike) or not s.quiet or not s.same:
                print("  of the public reports:", s.script.name, s.script.comments.get("unseen", "missed"))
    rows.append(("G6 weights and random numbers, bit for bit", f"{sum(kept)} of {len(kept)} runs", all(kept)))
    print()
    for name, value, good in rows:
        print(f"{'ok  ' if good else 'MISS'}  {name:45} {value}")
    names = ("is zero_grad in the file?", "NaN or infinity?", "did all parameters change?")
    for k, name in enumerate(names):
        hits = sum(s.cheap[k] for s in seen)
        wrong = "" if given.codes else f"; false alarms on correct scripts: {cheap[k]} of {scripts}"
        print(f"      G9 cheap check, {name:29} {hits} of {len(seen)} faulty scripts{wrong}")
    return 0 if all(good for _, _, good in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
