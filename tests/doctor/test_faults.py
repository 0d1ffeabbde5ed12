"""Every seeded fault is found by its own rule, at a line that makes it; its mended twin is silent."""

from pathlib import Path
from typing import Any

import pytest

from tests.doctor.scripts import Script, clean, declared, differ, faults, run_clean


@pytest.mark.parametrize("script", faults(), ids=lambda s: s.name)
def test_fault_is_found_at_its_line_and_the_mended_twin_is_silent(script: Script) -> None:
    doctor, wrong, _ = script.run(faulty=True)
    found = [f for f in doctor.findings if f.code == script.code and (f.severity == "note") == script.is_note]
    assert not doctor.history.broken
    assert found, f"{script.code} was not found; there were {[(f.code, f.line) for f in doctor.findings]}"
    assert any(f.line in script.causes for f in found), f"named line {[f.line for f in found]}, not {script.causes}"
    mended, right, error = script.run(faulty=False)
    assert error is None
    assert not mended.history.broken
    loud = [str(f) for f in mended.findings if f.severity != "note"]
    assert not loud, "\n".join(loud)
    assert differ(wrong, right), "the fault changes nothing"


CLEAN = [(path, options) for path in clean() for options in ([{}, declared(path)] if declared(path) else [{}])]


@pytest.mark.parametrize(("path", "options"), CLEAN, ids=[p.stem + ("-declared" if o else "") for p, o in CLEAN])
def test_a_correct_script_is_silent(path: Path, options: dict[str, Any]) -> None:
    doctor = run_clean(path, **options)
    assert doctor.history.counts["backward"], "it trains nothing while the doctor watches"
    assert not doctor.history.broken
    loud = [str(f) for f in doctor.findings if f.severity != "note"]
    assert not loud, "\n".join(loud)
