"""The scanner of TOML lines, held against tomllib: it finds every key that tomllib reads, on the right line."""

import tomllib
from pathlib import Path

import pytest
import tomli_w
from hypothesis import given
from hypothesis import strategies as st

from minitorch.train.locate import line_of, locate

TEXT = '''name = "a" # [not] = a table
"quoted key".b.'c d' = """
text = 3
[nor.this]
"""
[data]
name = 'single # quoted'
escaped = "a \\" ] # still"
[model]
layers = [ # comment ]
  { name = "Linear", out_features = 64 },

  { name = "ReLU", deep = { list = [1, [2,
    3]] } }, { name = "Tanh" }
]
[[runs.list]]
key = 1
when = 1979-05-27 07:32:00
[runs.list.inner]
key = 2
[[runs.list]]
key = 3
[[runs.list.nested]]
key = 4
'''


def paths(node, path=()):
    children = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, value in children:
        yield (*path, key)
        yield from paths(value, (*path, key))


def test_every_key_is_found():
    assert set(locate(TEXT)) == set(paths(tomllib.loads(TEXT)))


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("name",), 1),
        (("quoted key", "b", "c d"), 2),
        (("data",), 6),
        (("data", "name"), 7),
        (("data", "escaped"), 8),
        (("model", "layers"), 10),
        (("model", "layers", 0, "out_features"), 11),
        (("model", "layers", 1), 13),
        (("model", "layers", 1, "deep", "list", 1, 1), 14),
        (("model", "layers", 2, "name"), 14),
        (("runs", "list", 0, "when"), 18),
        (("runs", "list", 0, "inner", "key"), 20),
        (("runs", "list", 1), 21),
        (("runs", "list", 1, "nested", 0, "key"), 24),
    ],
)
def test_line(path, line):
    assert locate(TEXT)[path] == line
    assert locate(TEXT.replace("\n", "\r\n"))[path] == line


def test_a_missing_key_is_told_by_what_is_around_it():
    assert line_of(locate(TEXT), ("model", "layers", 0, "bias")) == 11
    assert line_of(locate(TEXT), ("nothing",)) is None


@pytest.mark.parametrize("file", sorted(Path(__file__).parents[2].glob("configs/*.toml")), ids=lambda p: p.stem)
def test_shipped_configs(file):
    text = file.read_text()
    assert set(locate(text)) == set(paths(tomllib.loads(text)))


scalars = st.one_of(st.integers(-9, 9), st.booleans(), st.floats(-1, 1), st.text(max_size=8))
tables = st.dictionaries(st.text(max_size=5), st.recursive(scalars, lambda v: st.lists(v, max_size=3)), max_size=4)


@given(st.dictionaries(st.text(max_size=5), st.one_of(scalars, tables, st.lists(tables, max_size=3)), max_size=4))
def test_whatever_is_written_is_found(tree):
    for multiline in (False, True):
        text = tomli_w.dumps(tree, multiline_strings=multiline)
        assert set(locate(text)) == set(paths(tomllib.loads(text)))
