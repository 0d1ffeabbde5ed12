"""Mistakes of public reports are found, at a line that makes them; their mended twins are silent."""

import pytest

from tests.doctor.scripts import Script, differ, reports


@pytest.mark.parametrize("script", reports(), ids=lambda s: s.name)
def test_report_is_found_and_its_mended_twin_is_silent(script: Script) -> None:
    doctor, wrong, _ = script.run(faulty=True)
    loud = [f for f in doctor.findings if f.severity != "note"]
    assert not doctor.history.broken
    if "unseen" in script.comments:
        assert not loud, "it is found by now: say so in docs/doctor.md, and take the comment away"
    else:
        lines = [(f.code, f.line) for f in loud]
        assert any(code in script.codes and line in script.causes for code, line in lines), f"found: {lines}"
    mended, right, error = script.run(faulty=False)
    assert error is None
    assert not mended.history.broken
    assert not [str(f) for f in mended.findings if f.severity != "note"]
    assert differ(wrong, right), "the mistake changes nothing"
