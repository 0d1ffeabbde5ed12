"""Configurations: what is wrong is said all at once, with its line, its key, what came and what is allowed."""

import json
import re
import tomllib
from pathlib import Path

import pytest
import tomli_w
from hypothesis import given
from hypothesis import strategies as st

from minitorch.train import components, config
from minitorch.train.build import build
from minitorch.train.json_schema import json_schema
from minitorch.train.problems import ConfigError
from minitorch.train.signatures import REQUIRED, configurable

CONFIGS = sorted(Path(__file__).parents[2].glob("configs/*.toml"))

GOOD = """\
name = "test"
[data]
name = "iris"
[model]
layers = [
  { name = "Linear", out_features = 8 },
  { name = "ReLU" },
  { name = "Linear" },
]
[optimizer]
name = "Adam"
"""


def written(tmp_path, text):
    file = tmp_path / "test.toml"
    file.write_text(text)
    return file


def problems(tmp_path, text, *overrides, whole=False):
    """The lines of the error, without the folder; with ``whole`` building is tried too."""

    def attempt():
        made = config.load(written(tmp_path, text), overrides)
        if whole:
            build(*made)

    with pytest.raises(ConfigError) as error:
        attempt()
    return str(error.value).replace(f"{tmp_path}/", "").splitlines()


def one_problem(*args, **kwargs):
    (line,) = problems(*args, **kwargs)
    return line


@pytest.mark.parametrize("file", CONFIGS, ids=lambda p: p.stem)
def test_shipped_configs_are_valid(file):
    loaded, source = config.load(file)
    assert loaded.name == file.stem
    assert build(loaded, source).resolved["model"]["layers"]


def test_defaults_come_from_the_constructor(tmp_path):
    loaded, _ = config.load(written(tmp_path, GOOD))
    assert config.arguments(loaded.optimizer)["betas"] == (0.9, 0.999)
    assert loaded.seed == 0
    assert loaded.trainer.batch_size == 32


def test_all_errors_at_once(tmp_path):
    text = GOOD.replace('"Adam"', '"SGD"\nlr = -1\nmomentun = 0.9') + "[trainer]\nepoch = 3\nbatch_size = 1.5\n"
    assert problems(tmp_path, text, "seed=-1", "scheduler.name=StepLR") == [
        "test.toml:12: optimizer.lr: should be greater than 0 (got -1)",
        "test.toml:13: optimizer.momentun: unknown key (got 0.9); did you mean 'momentum'? "
        "allowed: dampening, lr, momentum, name, nesterov, weight_decay",
        next(line for line in problems(tmp_path, text) if line.startswith("test.toml:15: trainer.epoch: unknown key")),
        "test.toml:16: trainer.batch_size: should be an integer (got 1.5)",
        "override: scheduler.step_size: missing",
        "override: seed: should be greater than or equal to 0 (got -1)",
    ]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (
            '"iris"',
            '"irsi"',
            r"test.toml:3: data.name: unknown data set \(got \"irsi\"\); did you mean 'iris'\? allowed: .*wine",
        ),
        ('"ReLU"', '"relu"', r"test.toml:7: model.layers.1.name: unknown layer .*did you mean 'ReLU'\?"),
        ('"Adam"', '"adamm"', r"test.toml:11: optimizer.name: unknown optimizer .*did you mean 'Adam'\?"),
        ('"Adam"', "3", r"test.toml:11: optimizer.name: unknown optimizer \(got 3\)"),
        ('name = "Adam"', "lr = 0.1", r"test.toml:10: optimizer.name: missing; allowed: Ada"),
        ('"Adam"', '"Adam"\nlr = "1e-3"', r"test.toml:12: optimizer.lr: should be a number \(got \"1e-3\"\)"),
        ('"Adam"', '"Adam"\nlr = true', r"test.toml:12: optimizer.lr: should be a number \(got true\)"),
        ('"Adam"', '"Adam"\nlr = nan', r"test.toml:12: optimizer.lr: should be a finite number"),
        ('"Adam"', '"Adam"\nlr = inf', r"test.toml:12: optimizer.lr: should be a finite number"),
        ('"Adam"', '"Adam"\nlr = 0', r"test.toml:12: optimizer.lr: should be greater than 0 \(got 0\)"),
        ('"Adam"', '"Adam"\nlr = 2001-01-01', r"test.toml:12: optimizer.lr: dates and times have no meaning here"),
        ('"Adam"', '"Adam"\nbetas = [0.9]', r"test.toml:12: optimizer.betas.1: missing"),
        ('"Adam"', '"Adam"\nbetas = [0.9, 1]', r"test.toml:12: optimizer.betas.1: should be less than 1 \(got 1\)"),
        ('"Adam"', '"Adam"\namsgrad = 1', r"test.toml:12: optimizer.amsgrad: should be true or false \(got 1\)"),
        ("out_features = 8", "out_features = true", r"test.toml:6: model.layers.0.out_features: should be an integer"),
        ("out_features = 8", "out_features = 0", r"test.toml:6: model.layers.0.out_features: .*greater.*\(got 0\)"),
        ('{ name = "ReLU" }', '{ name = "Dropout", p = 1.5 }', r"test.toml:7: model.layers.1.p: .*less.*\(got 1.5\)"),
        ('{ name = "ReLU" }', "3", r"test.toml:7: model.layers.1: should be a table \(got 3\)"),
        ('"iris"', '"iris"\ntest_size = 1', r"test.toml:4: data.test_size: should be less than 1 \(got 1\)"),
        ('"iris"', '"moons"\nnoise = -1', r"test.toml:4: data.noise: .*\(got -1\)"),
        ('"test"', '"../test"', r"test.toml:1: name: should be letters, digits"),
        ('"test"', '"test"\nseed = 1.0', r"test.toml:2: seed: should be an integer \(got 1.0\)"),
        ('"test"', '"test"\nepochs = 3', r"test.toml:2: epochs: unknown key \(got 3\); .*allowed: data, dtype"),
        ("[optimizer]\n", "[optimiser]\n", r"test.toml:10: optimiser: unknown key .*did you mean 'optimizer'\?"),
    ],
)
def test_message(tmp_path, old, new, expected):
    assert any(re.match(expected, line) for line in problems(tmp_path, GOOD.replace(old, new, 1)))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ["test.toml: data: missing", "test.toml: model: missing", "test.toml: optimizer: missing"]),
        ("a = \n", ["test.toml:1: not TOML: Invalid value, column 5"]),
        ("\n[a\n", ["test.toml:2: not TOML: Expected ']' at the end of a table declaration, column 3"]),
    ],
)
def test_files_with_nothing_to_train(tmp_path, text, expected):
    assert problems(tmp_path, text) == expected


def test_a_file_that_is_not_utf8(tmp_path):
    (tmp_path / "a.toml").write_bytes(b'name = "\xff"')
    with pytest.raises(ConfigError, match=r"a\.toml: cannot read this configuration: not UTF-8 text \(byte 8\)"):
        config.load(tmp_path / "a.toml")


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(ConfigError, match="No such file"):
        config.load(tmp_path / "a.toml")


def test_a_folder(tmp_path):
    with pytest.raises(ConfigError, match="Is a directory"):
        config.load(tmp_path)


def test_layers_as_an_array_of_tables(tmp_path):
    text = GOOD[: GOOD.index("[model]")] + GOOD[GOOD.index("[optimizer]") :]
    text += '[[model.layers]]\nname = "Linear"\nout_features = 8\n[[model.layers]]\nname = "Dropout"\np = 2\n'
    assert one_problem(tmp_path, text) == "test.toml:11: model.layers.1.p: should be less than or equal to 1 (got 2)"


def test_absurd_nesting_and_numbers(tmp_path):
    for value in ("[" * 5000 + "]" * 5000, "9" * 5000):
        with pytest.raises(ConfigError):
            config.load(written(tmp_path, f"name = {value}"))
        with pytest.raises(ConfigError):
            config.load(written(tmp_path, GOOD), [f"name={value}"])


# --- Overrides --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("override", "read", "value"),
    [
        ("optimizer.lr=1e-2", lambda c: c.optimizer.lr, 0.01),
        ("optimizer.lr = 1", lambda c: c.optimizer.lr, 1.0),
        ("optimizer.betas=[0.5, 0.6]", lambda c: c.optimizer.betas, (0.5, 0.6)),
        ("optimizer.amsgrad=true", lambda c: c.optimizer.amsgrad, True),
        ("optimizer.name=AdamW", lambda c: c.optimizer.name, "AdamW"),
        ('optimizer.name="AdamW"', lambda c: c.optimizer.name, "AdamW"),
        ("model.layers.0.out_features=5", lambda c: c.model.layers[0].out_features, 5),
        ('model.layers=[{name="Linear"}]', lambda c: len(c.model.layers), 1),
        ("trainer.epochs=3", lambda c: c.trainer.epochs, 3),
        ("name=other", lambda c: c.name, "other"),
    ],
)
def test_override(tmp_path, override, read, value):
    assert read(config.load(written(tmp_path, GOOD), [override])[0]) == value


@pytest.mark.parametrize(
    ("override", "expected"),
    [
        ("optimizer.lr", "should be key.path=value"),
        ("=3", "should be key.path=value"),
        ("optimizer..lr=3", "should be key.path=value"),
        ("optimizer.lrr=1", r"optimizer.lrr: unknown key \(got 1\); did you mean 'lr'\?"),
        ("optimizer.lr=abc", r'optimizer.lr: should be a number \(got "abc"\)'),
        ('optimizer.lr="1"', r'optimizer.lr: should be a number \(got "1"\)'),
        ("optimizer.lr=1\nseed=3", r"optimizer.lr: should be one value"),
        ("model.layers.9.p=1", r"model.layers.9.p: model.layers has elements 0 to 2 \(got \"9\"\)"),
        ("name.first=1", r'name.first: name is "test", not a table'),
        ("data=3", r"data: should be a table \(got 3\)"),
        ("model.layers=[]", r"model.layers: should be an array of at least 1 \(got \[\]\)"),
        ("nothing.at.all=1", r"nothing: unknown key .*allowed: data,"),
    ],
)
def test_bad_override(tmp_path, override, expected):
    assert re.match(f"override: {expected}", one_problem(tmp_path, GOOD, override))


def test_an_override_takes_the_place_of_a_bad_value(tmp_path):
    bad = GOOD.replace('"Adam"', '"Adam"\nlr = "fast"')
    assert config.load(written(tmp_path, bad), ["optimizer.lr=0.1"])[0].optimizer.lr == 0.1


# --- What only building shows -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (
            '{ name = "Linear" }',
            '{ name = "Linear", in_features = 9 }',
            r"test.toml:8: model.layers.2.in_features: should be 8, .*\(got 9\)",
        ),
        (
            '{ name = "Linear" }',
            '{ name = "Linear", out_features = 2 }',
            r"test.toml:8: model.layers.2.out_features: .*iris needs \(3,\)",
        ),
        (", out_features = 8", "", r"test.toml:6: model.layers.0.out_features: missing"),
        (
            '{ name = "ReLU" }',
            '{ name = "MaxPool2d", kernel_size = 9 }',
            r"test.toml:7: model.layers.1: MaxPool2d cannot",
        ),
        ('"Adam"', '"SGD"\nnesterov = true', r"test.toml:1\d: optimizer: Nesterov"),
        ('"iris"', '"iris"\nas_images = true', r"test.toml:4: data.as_images: only digits has images"),
        (
            '"iris"',
            '"iris"\ntest_size = 0.9\nval_size = 0.5',
            r"test.toml:2: data: the train part of 150 rows would be empty",
        ),
        (
            '"iris"',
            '"digits"\nn_class = 2\ntest_size = 0.001',
            r"test.toml:2: data: the test part of 360 rows would be empty",
        ),
        ('"Adam"', '"Adam"\n[loss]\nname = "MSELoss"', r"test.toml:13: loss.name: does not fit iris, .*allowed: BCE"),
        (
            '"Adam"',
            '"Adam"\n[loss]\nname = "CrossEntropyLoss"\nweight = [1, 2]',
            r"test.toml:1[24]: loss.*: .*weight",
        ),
        (
            '"Adam"',
            '"Adam"\n[trainer]\nmonitor = "val_acuracy"',
            r"test.toml:13: trainer.monitor: .*did you mean 'val_accuracy'",
        ),
    ],
)
def test_problems_of_building(tmp_path, old, new, expected):
    line = one_problem(tmp_path, GOOD.replace(old, new, 1), whole=True)
    assert re.match(expected, line)


def test_a_last_batch_of_one_row_and_batch_normalisation(tmp_path):
    text = GOOD.replace('"ReLU"', '"BatchNorm1d"')
    line = one_problem(tmp_path, text, "trainer.batch_size=8", whole=True)  # 105 rows
    assert line.startswith("override: trainer.batch_size: leaves a last batch of one of 105 rows, which BatchNorm1d")
    assert build(*config.load(written(tmp_path, text), ["trainer.batch_size=8", "trainer.drop_last=true"]))


def test_batches_that_are_never_full(tmp_path):
    line = one_problem(tmp_path, GOOD, "trainer.batch_size=500", "trainer.drop_last=true", whole=True)
    assert line == "override: trainer.batch_size: should be at most 105, or no batch is full (got 500)"


def test_a_single_row_to_train_on(tmp_path):
    parts = build(*config.load(written(tmp_path, GOOD), ["data.test_size=0.99", "data.val_size=0"]))
    assert len(parts.data.train[1]) <= 2
    assert parts.val is None
    assert parts.monitor == "train_loss"


def test_scikit_learns_own_refusals_name_the_parameter(tmp_path):
    text = GOOD.replace('"iris"', '"circles"\nfactor = 0.5\nn_samples = 50').replace("factor = 0.5", "noise = 0.1")
    assert config.load(written(tmp_path, text))
    bad = GOOD.replace('"iris"', '"classification"\nn_informative = 30\nn_redundant = 0')
    assert re.match(r"test.toml:2: data: .*informative", one_problem(tmp_path, bad, whole=True))


def test_sizes_are_inferred_and_written_down(tmp_path):
    parts = build(*config.load(written(tmp_path, GOOD), ["scheduler.name=CosineAnnealingLR", "trainer.epochs=7"]))
    assert [layer.get("in_features") for layer in parts.resolved["model"]["layers"]] == [4, None, 8]
    assert parts.resolved["model"]["layers"][2]["out_features"] == 3
    assert parts.resolved["scheduler"]["T_max"] == 7
    assert parts.resolved["loss"]["name"] == "CrossEntropyLoss"
    assert parts.resolved["data"]["split_seed"] == 0


def test_a_resolved_config_gives_the_same_again(tmp_path):
    parts = build(*config.load(written(tmp_path, GOOD), ["data.name=moons", "seed=5"]))
    again = build(*config.load(written(tmp_path, tomli_w.dumps(parts.resolved))))
    assert again.resolved == parts.resolved
    assert (again.data.train[0] == parts.data.train[0]).all()
    weights = zip(parts.model.parameters(), again.model.parameters(), strict=True)
    assert all((a.array == b.array).all() for a, b in weights)


# --- The schema -------------------------------------------------------------------------------------------------------


def test_every_component_has_a_schema():
    for kind, (_, names, parameters) in config.KINDS.items():
        for name in names():
            fields = set(config.component_table(kind, name).model_fields)
            assert {p.name for p in parameters(name)} <= fields, (kind, name)
            if not any(p.default is REQUIRED for p in parameters(name)):
                config.default_table(kind, name)  # the constructor's defaults fit its own annotations


def test_the_closed_sets():
    assert {"SGD", "Adam", "AdamW", "RMSprop", "Adagrad"} <= components.optimizers().keys()
    assert {"StepLR", "MultiStepLR", "ExponentialLR", "CosineAnnealingLR", "LinearLR", "ReduceLROnPlateau"} <= (
        components.schedulers().keys()
    )
    assert not {"LambdaLR", "SequentialLR", "LRScheduler"} & components.schedulers().keys()
    assert {"Linear", "Conv2d", "BatchNorm1d", "LayerNorm", "Dropout", "Flatten", "GELU"} <= components.layers().keys()
    assert not {"Module", "Sequential", "ModuleList", "MSELoss", "Bilinear"} & components.layers().keys()


def test_parameters_that_a_config_does_not_decide():
    names = {p.name for p in components.optimizer_parameters("Adam")}
    assert {"lr", "betas", "eps", "weight_decay", "amsgrad"} <= names
    assert not {"params", "foreach", "fused", "capturable", "differentiable"} & names


def test_what_must_be_given_but_cannot_be_written_is_no_component():
    def made(size: int, hook: "type[object]"): ...

    with pytest.raises(TypeError, match="'hook'"):
        configurable(made)


def test_json_schema():
    schema = json_schema()
    assert json.dumps(schema)
    assert schema["$defs"]["Adam"]["properties"]["lr"]["exclusiveMinimum"] == 0
    assert (
        schema["$defs"]["trainer" if "trainer" in schema["$defs"] else "TrainerTable"]["properties"]["epochs"][
            "minimum"
        ]
        == 1
    )
    assert schema["if"] == {"required": ["extends"]}  # such a file may leave things out
    assert "optimizer" in schema["else"]["required"]
    assert "extends" in schema["then"]["properties"]


# --- Anything at all --------------------------------------------------------------------------------------------------

scalars = st.one_of(st.just("Adam"), st.booleans(), st.integers(-2, 2**70), st.floats(-2, 2), st.text(max_size=3))
values = st.recursive(
    scalars,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(["name", "lr", "p"]), inner)),
    max_leaves=4,
)
places = ["name", "seed", "data", "data.name", "data.test_size", "model", "model.layers", "model.layers.1", "loss"]
places += ["model.layers.0.out_features", "optimizer", "optimizer.name", "optimizer.betas", "trainer", "trainer.epochs"]


@given(st.lists(st.tuples(st.sampled_from(places), values), min_size=1, max_size=3))
def test_every_mutation_is_valid_or_a_clear_error(tmp_path_factory, changes):
    tree = tomllib.loads(GOOD)
    for place, value in changes:
        node = tree
        *outer, last = [int(part) if part.isdigit() else part for part in place.split(".")]
        for part in outer:
            node = node.get(part) if isinstance(node, dict) else node[part] if isinstance(node, list) and node else None
        if isinstance(node, dict) or (isinstance(node, list) and isinstance(last, int) and last < len(node)):
            node[last] = value
    file = tmp_path_factory.mktemp("mutated") / "test.toml"
    file.write_text(tomli_w.dumps(tree))
    found = None
    try:
        config.load(file)
    except ConfigError as error:
        found = error.problems
    if found is not None:
        assert found
        assert all(p.where.startswith(str(file)) and p.key.split(".")[0] in tree for p in found)


def test_a_wrong_name_hides_no_other_error_of_its_table(tmp_path):
    first, second = problems(tmp_path, GOOD.replace('name = "iris"', 'name = "irus"\ntest_size = 1.5'))
    assert "did you mean 'iris'" in first
    assert second == "test.toml:4: data.test_size: should be less than 1 (got 1.5)"
