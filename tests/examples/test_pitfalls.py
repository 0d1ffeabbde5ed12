"""The pitfall gallery: every script runs and shows its claim, its checks would notice if there were no harm, the doctor
finds its wrong loops and is silent on the right ones, and a page tells about it.

``cases()`` of a script are short runs of its loops by name: ``wrong...`` is to be found by the script's own code (or by
the one that its ``FOUND`` gives for it), ``right...`` is to be silent.
"""

import importlib.util
import sys
import warnings
from functools import cache
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

import minitorch
from minitorch.doctor import all_rules

ROOT = Path(__file__).parents[2]
GALLERY = ROOT / "examples" / "pitfalls"
PAGES = ROOT / "minitorch" / "doctor" / "pages"
SCRIPTS = sorted(GALLERY.glob("p*.py"))
CODES = [f"P{number:02}" for number in range(1, 46)]


@cache
def script(path: Path) -> ModuleType:
    """A script, imported as another script of its folder would import it."""
    spec = importlib.util.spec_from_file_location(f"pitfall_{path.stem}", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    sys.path.insert(0, str(GALLERY))
    try:
        spec.loader.exec_module(module)
    finally:
        sys.path.remove(str(GALLERY))
    return module


def code(path: Path) -> str:
    return path.stem[:3].upper()


def test_there_is_a_script_and_a_page_for_every_pitfall():
    assert [code(path) for path in SCRIPTS] == CODES
    assert [path.name for path in sorted(PAGES.glob("*.md"))] == [f"{code.lower()}.md" for code in CODES]


DRAWN = ("P03", "P35")  # drawing takes longer than training: these are drawn, of the others the curves are looked at


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
def test_the_script_shows_what_it_claims(path, tmp_path, monkeypatch, capsys):
    plots = []
    if code(path) not in DRAWN:
        monkeypatch.setattr(script(path)._show, "plot", lambda file, panels: plots.append((file, panels)))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # some of what goes wrong is warned of
        script(path).main(tmp_path)
    assert "  ----" in capsys.readouterr().out, "it prints a table"
    if code(path) in DRAWN:
        (plot,) = tmp_path.iterdir()
        assert plot.read_bytes().startswith(b"\x89PNG")
    else:
        ((plot, panels),) = plots
        curves = [curve for _, _, _, curves in panels for curve in curves.values()]
        assert curves
        assert all(np.isfinite(np.asarray(curve)).any() for curve in curves)
    assert plot == tmp_path / f"{path.stem}.png"


CASES = [(path, name) for path in SCRIPTS for name in script(path).cases()]


def test_each_script_has_wrong_and_right_cases():
    for path in SCRIPTS:
        names = [name for of, name in CASES if of == path]
        assert {name.partition("_")[0] for name in names} == {"wrong", "right"}, path.name
        assert set(getattr(script(path), "FOUND", {})) <= set(names), path.name


@pytest.mark.parametrize(("path", "name"), CASES, ids=[f"{code(path)}-{name}" for path, name in CASES])
def test_the_doctor_finds_the_wrong_loop_and_not_the_right_one(path, name):
    case = script(path).cases()[name]
    doctor = minitorch.doctor(show=False, notes=True)
    error = None
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            with doctor:
                case()
        except Exception as raised:
            error = raised
    assert not doctor.history.broken
    shown = [finding for finding in doctor.findings if finding.severity != "note"]
    if name.startswith("right"):
        assert error is None
        assert not shown, "\n".join(map(str, shown))
        return
    wanted = getattr(script(path), "FOUND", {}).get(name, code(path))
    found = doctor.findings if all_rules()[wanted].severity == "note" else shown
    places = [Path(finding.file).name for finding in found if finding.code == wanted]
    assert path.name in places, f"{wanted} was not found; there were {[(f.code, f.severity) for f in doctor.findings]}"


SAME_CALL = ("P01", "P03", "P04", "P09", "P10", "P12", "P13", "P15")  # where wrong loops and right are called alike


@pytest.mark.parametrize("path", [path for path in SCRIPTS if code(path) in SAME_CALL], ids=lambda path: path.stem)
def test_a_pitfall_that_does_no_harm_is_noticed(path, tmp_path, monkeypatch):
    """With the right loop in the place of each wrong one there is nothing to show, and the script's checks say so."""
    module = script(path)
    for name in [name for name in vars(module) if name.startswith("wrong")]:

        def harmless(*arguments, **options):
            return module.right(*arguments, **options)

        harmless.__name__ = name
        monkeypatch.setattr(module, name, harmless)
    with pytest.raises(AssertionError):
        module.main(tmp_path)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
def test_the_page_tells_it_in_short(path):
    page = (PAGES / f"{code(path).lower()}.md").read_text(encoding="utf-8")
    lines = page.splitlines()
    assert lines[0].startswith(f"# {code(path)}")
    assert len(lines) <= 60, "short enough for a terminal"
    assert max(map(len, lines)) <= 120
    assert page.count("```python") >= 2, "the wrong code and the right code"
    assert f"examples/pitfalls/{path.name}" in page


def test_the_index_lists_all_pages():
    index = (ROOT / "docs" / "pitfalls.md").read_text(encoding="utf-8")
    for name in CODES:
        assert index.count(f"(../minitorch/doctor/pages/{name.lower()}.md)") == 1
