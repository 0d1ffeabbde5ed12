"""The documentation, run: the code in README, docs/ and every docstring, and the configs and commands they show."""

import doctest
import importlib
import json
import re
import shlex
from pathlib import Path

import pytest
from sybil import Document
from sybil.document import PythonDocStringDocument
from sybil.parsers.doctest import DocTestParser
from sybil.parsers.markdown import CodeBlockParser, PythonCodeBlockParser

from minitorch import cli
from minitorch.sweep import plan
from minitorch.train import config, datasets

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", *sorted(ROOT.glob("docs/*.md"))]
MODULES = [file for file in sorted(ROOT.glob("minitorch/**/*.py")) if ">>>" in file.read_text(encoding="utf-8")]
PROGRAMS = {"git", "cd", "pip", "pytest", "python", "python3", "minitorch", "ruff", "mypy", "lint-imports", "bash"}
PYTHON = PythonCodeBlockParser(doctest_optionflags=doctest.ELLIPSIS)  # for the ends of long error messages


def name(file):
    return file.relative_to(ROOT).as_posix()


def evaluate(document, parsers):
    """Runs a document's examples in order; gives how many there were."""
    for parser in parsers:
        for region in parser(document):
            document.add(region)
    examples = list(document.examples())
    for example in examples:
        example.evaluate()
    return len(examples)


def check_toml(example):
    """A configuration that a page shows in whole is one that could be run."""
    text = str(example.parsed)
    if "[model]" in text and "[optimizer]" in text:
        file = Path("shown.toml")
        file.write_text(text, encoding="utf-8")
        plan.load(file) if "[sweep]" in text else config.load(file)


def check_commands(example):
    """A command that a page shows exists, and so do the files it names and the keys it overrides."""
    for line in str(example.parsed).splitlines():
        for command in re.split(r"&&|\|", line.partition("#")[0]):
            if command.strip():
                check_command(shlex.split(command))


def check_command(words):
    words = [Path(words[0]).name, *words[1:]]
    if words[0] == "mpiexec":
        words = [word for word in words[3:] if word not in ("-m", "mpi4py", "python")]
    assert words[0] in PROGRAMS or (ROOT / words[0]).exists(), f"no such program: {words[0]}"
    for word in words[1:]:
        if re.fullmatch(r"(configs|examples|docs|tests|benchmarks|minitorch)/\S*", word):
            assert (ROOT / word).exists(), f"no such file: {word}"
    if words[:2] == ["python", "-m"] and words[2] == "minitorch":
        words = words[2:]
    if words[0] == "minitorch" and words[1] == "train":
        overrides = [word for word in words[3:] if "=" in word]
        config.load(ROOT / words[2], overrides)
    elif words[0] == "minitorch" and words[1] == "sweep":
        plan.load(ROOT / words[2], [word for word in words[3:] if "=" in word])
        cli._parser().parse_args(words[1:])
    elif words[0] == "minitorch":
        cli._parser().parse_args(words[1:])


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_page(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    document = Document(page.read_text(encoding="utf-8"), str(page))
    parsers = [PYTHON, CodeBlockParser("toml", check_toml), CodeBlockParser("bash", check_commands)]
    blocks = len(re.findall(r"^```\w+$", document.text, re.MULTILINE))
    others = len(re.findall(r"^```text$", document.text, re.MULTILINE))
    assert blocks > others, "a page without code?"
    assert evaluate(document, parsers) >= blocks - others, "a code block of an unknown language"


@pytest.mark.parametrize("module", MODULES, ids=name)
def test_docstrings(module, tmp_path, monkeypatch):
    """Each docstring is run on its own, with the names of its module at hand, as doctest has it."""
    monkeypatch.chdir(tmp_path)
    source = module.read_text(encoding="utf-8")
    names = vars(importlib.import_module(name(module).removesuffix(".py").removesuffix("/__init__").replace("/", ".")))
    run = 0
    for start, _, text in PythonDocStringDocument.extract_docstrings(source):
        above = "\n" * source.count("\n", 0, start)  # so that a failure tells the line in the module
        document = Document(above + text, str(module))
        document.namespace.update(names)
        run += evaluate(document, [DocTestParser()])
    assert run > 0


def test_links_between_pages_lead_somewhere():
    for page in PAGES:
        for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
            if not target.startswith(("http:", "https:")):
                assert (page.parent / target).exists(), f"{name(page)} links to {target}"


def test_paths_named_in_pages_exist():
    for page in PAGES:
        for path in re.findall(
            r"`((?:minitorch|configs|examples|docs|tests)/[\w/.]*)`", page.read_text(encoding="utf-8")
        ):
            assert (ROOT / path).exists(), f"{name(page)} names {path}"


def test_ci_runs_the_commands_of_the_readme():
    """CI takes them from README, one line each, so there must be just those two."""
    lines = [
        line
        for line in (ROOT / "README.md").read_text(encoding="utf-8").splitlines()
        if line.startswith("python3 -m venv ")
    ]
    train, test = lines
    assert "minitorch train configs/digits_mlp.toml" in train
    assert "pytest -n auto" in test
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert "readme_command 'minitorch train'" in script
    assert "readme_command 'pytest'" in script


@pytest.mark.parametrize(
    ("heading", "tables", "elsewhere"),
    [
        ("The top level", [config.Config], {"data", "model", "loss", "optimizer", "scheduler", "trainer"}),
        ("`[data]`", [config.DataTable], set()),
        ("`[model]`", [config.ModelTable, config.FactoryTable], set()),
        ("`[scheduler]`", [config.SchedulerTable], set()),
        ("`[trainer]`", [config.TrainerTable], set()),
    ],
)
def test_config_page_has_every_key_with_its_default(heading, tables, elsewhere):
    page = (ROOT / "docs" / "config.md").read_text(encoding="utf-8")
    section = page.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    rows = re.findall(r"^\| `(\w+)` \| (.*?) \|", section, re.MULTILINE)
    fields = {key: field for table in tables for key, field in table.model_fields.items() if key not in elsewhere}
    assert [key for key, _ in rows] == list(fields)
    for key, said in rows:
        default = fields[key].default
        if said.startswith("`") and key != "monitor":
            assert json.loads(said.strip("`")) == default, key
        elif key != "name":
            assert default in (None, {}) or fields[key].is_required(), key


def test_config_page_has_every_data_set():
    page = (ROOT / "docs" / "config.md").read_text(encoding="utf-8")
    section = page.split("\n## `[data]`\n")[1].split("The parameters of a generated set")[0]
    assert set(re.findall(r"`(\w+)`", section)) == {"name", *datasets.TASKS}
