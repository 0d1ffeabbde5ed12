"""docs/operations.md says what the derivative tables say: tools/ops_page.py would write it again as it is."""

import importlib.util
from pathlib import Path

import pytest

import minitorch
from tests.ops.cases import CASES, table

ROOT = Path(minitorch.__file__).parent.parent
TOOL = ROOT / "tools" / "ops_page.py"
pytestmark = pytest.mark.skipif(not TOOL.exists(), reason="the tools are in the repository only")


@pytest.fixture(scope="module")
def tool():
    spec = importlib.util.spec_from_file_location("ops_page", TOOL)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_page_is_up_to_date(tool):
    assert tool.PAGE.read_text(encoding="utf-8") == tool.page(), "run tools/ops_page.py"


def test_every_row_with_a_rule_is_on_the_page(tool):
    listed = {name for file in tool.files() for name, _, rules in tool.rows(file) if rules}
    assert sorted(set(table()) - listed) == []


def test_rules_are_the_tables_own(tool):
    rows = {name: rules for name, _, rules in tool.rows(ROOT / "minitorch" / "ops" / "arithmetic.py")}
    assert rows["mul"] == {"a": "g * b", "b": "g * a"}
    assert rows["eq"] == {}


def test_a_row_serves_the_functions_that_call_it(tool):
    serves = tool.served()
    assert "mul" in serves[id(table()["mul"].row)]
    assert "softmax" in serves[id(table()["softmax_dim"].row)]


def test_checked_counts_the_cases(tool):
    line = next(line for line in tool.page().splitlines() if line.startswith("| `atan2` |"))
    assert line.endswith(f"| {len(CASES['atan2'])} |")


def test_the_page_shows_what_the_tests_gave(tool):
    """Each name of PyTorch with its rows and the outcomes of status.txt."""
    columns, outcomes = tool.outcomes()
    assert columns[:3] == ["forward", "gradient", "second"]
    assert "bad input" in columns
    assert all(len(cells) == len(columns) and {"ok", "differs", "-"} >= set(cells) for cells, _ in outcomes.values())
    lines = [line for line in tool.page().splitlines() if line.startswith("| `atan2` | `atan2` |")]
    assert lines == [f"| `atan2` | `atan2` | {' | '.join(outcomes['atan2'][0])} |"]
