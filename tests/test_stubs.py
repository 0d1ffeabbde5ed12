"""The stubs for type checkers say what the package is: tools/make_stubs.py would write them again as they are."""

import importlib.util
from pathlib import Path

import pytest

import minitorch

ROOT = Path(minitorch.__file__).parent.parent
TOOL = ROOT / "tools" / "make_stubs.py"


def tool():
    spec = importlib.util.spec_from_file_location("make_stubs", TOOL)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.skipif(not TOOL.exists(), reason="the tools are in the repository only")
@pytest.mark.parametrize("name", ["_methods.pyi", "functions.pyi"])
def test_stub_is_up_to_date(name):
    make = tool()
    assert (ROOT / "minitorch" / name).read_text() == make.formatted(make.STUBS[name]()), "run tools/make_stubs.py"


def test_every_method_is_declared():
    declared = (ROOT / "minitorch" / "_methods.pyi").read_text()
    from minitorch import methods

    assert [name for name in methods.methods() if f"def {name}(" not in declared] == []
