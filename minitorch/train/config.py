"""What a training configuration may say: the schema, and reading a file against it with every error at once.

The tables of optimizers, schedules, layers, losses and data sets are made from constructors' signatures; the tables of
the program itself (`TrainerTable`, ...) are written here. TOML is validated as JSON in pydantic's strict mode, which
takes ``1`` for a float and an array for a tuple, but neither ``"1e-3"`` for a number nor ``true`` for 1.
"""

from __future__ import annotations

import functools
import json
import types
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path as File
from typing import Annotated, Any, Literal, NamedTuple, Union, get_args, get_origin

from pydantic import BaseModel, ConfigDict, Field, ValidationError, create_model

from minitorch.train import components, datasets, schema_errors
from minitorch.train.locate import Path
from minitorch.train.problems import ConfigError, Problem, dotted, got, one_of
from minitorch.train.signatures import REQUIRED, Parameter, Range
from minitorch.train.sources import Source, read


class Table(BaseModel):
    """A table of the configuration: no unknown keys, nothing converted."""

    model_config = ConfigDict(
        extra="forbid", strict=True, allow_inf_nan=False, validate_default=True, protected_namespaces=()
    )


class DataTable(Table):
    """``[data]``: which rows, how divided and scaled; the data set's own parameters stand beside."""

    test_size: float = Field(default=0.2, gt=0, lt=1, description="share of the rows kept for the last measure")
    val_size: float = Field(default=0.1, ge=0, lt=1, description="share of the rows measured after every epoch")
    stratify: bool | None = Field(
        default=None, description="keep classes in proportion; by default where there are classes"
    )
    standardise: bool = Field(default=True, description="columns of mean 0 and deviation 1, by the training part alone")
    standardise_target: bool = Field(default=False, description="the same for the values of a regression")
    as_images: bool = Field(default=False, description="digits as images (1, 8, 8) instead of rows of 64")
    split_seed: int | None = Field(
        default=None, ge=0, lt=2**63, description="seed of the division; by default the run's seed"
    )


class SchedulerTable(Table):
    """``[scheduler]``: when it steps; the schedule's own parameters stand beside."""

    interval: Literal["epoch", "step"] = Field(
        default="epoch", description="step after every epoch, or every optimizer step"
    )


class ModelTable(Table):
    """``[model]``: the layers, in order; sizes that the data decides may be left out."""

    layers: Any


class FactoryTable(Table):
    """``[model]`` made by a function of one's own; only with ``--trust``, since it runs code."""

    factory: str = Field(
        pattern=r"^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*:[A-Za-z_]\w*$", description="a function: my_module:build"
    )
    arguments: dict[str, Any] = Field(default={}, description="what it is called with")


class TrainerTable(Table):
    """``[trainer]``: how long, how much at once, what is watched and kept."""

    epochs: int = Field(default=10, ge=1)
    max_steps: int | None = Field(default=None, ge=1, description="stop after this many optimizer steps")
    batch_size: int = Field(default=32, ge=1, description="rows of one forward and backward pass")
    accumulate: int = Field(default=1, ge=1, description="passes whose gradients make one optimizer step")
    compile: bool = Field(default=False, description="record the passes and replay them: the same numbers, faster")
    shuffle: bool = True
    drop_last: bool = Field(default=False, description="leave out a last batch that is not full")
    eval_batch_size: int = Field(default=1024, ge=1)
    clip_norm: float | None = Field(default=None, gt=0, description="largest norm of all gradients together")
    clip_value: float | None = Field(default=None, gt=0, description="largest absolute value of any gradient")
    monitor: str | None = Field(
        default=None, description="the figure that says which epoch is best; by default val_loss"
    )
    patience: int | None = Field(default=None, ge=1, description="stop after this many epochs without a better figure")
    min_delta: float = Field(default=0.0, ge=0, description="what is better by less does not count")
    restore_best: bool = Field(default=False, description="end with the weights of the best epoch")
    threads: int = Field(default=1, ge=1, description="of matrix products; more of them round in another order")
    checkpoint_every: int | None = Field(default=None, ge=1, description="a checkpoint every so many optimizer steps")
    checkpoint_seconds: float = Field(default=1.0, ge=0, description="a checkpoint when the last one is this old")
    ema: float | None = Field(
        default=None, ge=0, lt=1, description="measure and end with a moving average of the weights, of this decay"
    )
    norms: bool = Field(default=False, description="note the norms of gradients and parameters")
    log: list[Literal["csv", "tensorboard", "mlflow"]] = Field(default=[], description="further places for the figures")
    fast_dev_run: bool = Field(default=False, description="one step and one measure of everything; nothing is kept")
    overfit_batches: int | None = Field(
        default=None, ge=1, description="train and measure on the first so many batches alone: a model must learn them"
    )


class Config(Table):
    """A whole configuration. The tables that depend on a name are made for the names at hand (`config_model`)."""

    name: str = Field(
        default="run", pattern=r"^[A-Za-z0-9_][A-Za-z0-9_.-]*$", description="the run's folder under runs/"
    )
    seed: int = Field(default=0, ge=0, lt=2**63)
    dtype: Literal["float32", "float64"] = "float32"
    data: Any
    model: Any
    loss: Any = None
    optimizer: Any
    scheduler: Any = None
    trainer: TrainerTable = TrainerTable()


class _Kind(NamedTuple):
    """A table whose keys depend on its ``name``."""

    base: type[Table]
    names: Callable[[], Iterable[str]]
    parameters: Callable[[str], list[Parameter]]


KINDS = {
    "data set": _Kind(DataTable, lambda: datasets.TASKS, datasets.parameters),
    "layer": _Kind(Table, components.layers, components.layer_parameters),
    "loss": _Kind(Table, components.losses, components.loss_parameters),
    "optimizer": _Kind(Table, components.optimizers, components.optimizer_parameters),
    "scheduler": _Kind(SchedulerTable, components.schedulers, components.scheduler_parameters),
}


def load(file: str | File, overrides: Sequence[str] = (), trust: bool = False) -> tuple[Config, Source]:
    """Read and check a configuration; ``trust`` lets it name a function of one's own as ``model.factory``.

    Raises `ConfigError` with everything that is wrong.
    """
    source = read(file, overrides)
    source.values.setdefault("name", File(file).stem)
    if "sweep" in source.values:
        what = "is for `minitorch sweep`, which tries several values of a key; one run has one"
        raise ConfigError([Problem(source.where(("sweep",)), "sweep", what)])
    return check(source, trust), source


def check(source: Source, trust: bool = False) -> Config:
    """Hold the values against the schema of exactly the things they name."""
    problems: list[Problem] = []
    values = source.values
    slot = functools.partial(_slot, source, problems)
    given = values.get("model")
    model: dict[str, Any] = given if isinstance(given, dict) else {}
    layers, own = model.get("layers"), "factory" in model
    if own and not trust:
        what = "runs code that a configuration must not bring along: allow it with --trust"
        problems.append(Problem(source.where(("model", "factory")), "model.factory", f"{what} {got(model['factory'])}"))
    tables: Any = list[dict[str, Any]]
    if isinstance(layers, list) and layers:
        tables = types.GenericAlias(tuple, tuple(slot("layer", ("model", "layers", i)) for i in range(len(layers))))
    schema = config_model(
        data=slot("data set", ("data",)),
        layers=Annotated[tables, Field(min_length=1)],
        loss=slot("loss", ("loss",)),
        optimizer=slot("optimizer", ("optimizer",)),
        scheduler=slot("scheduler", ("scheduler",)),
        model=FactoryTable if own else None,
    )
    try:
        config = schema.model_validate_json(json.dumps(values), strict=True)
    except ValidationError as error:
        errors = error.errors(include_url=False)
        problems += schema_errors.problems(errors, source, lambda path: _keys_at(schema, path))
    if problems:
        raise ConfigError(problems)
    return config


def config_model(data: Any, layers: Any, loss: Any, optimizer: Any, scheduler: Any, model: Any = None) -> type[Config]:
    """The schema with these types in the places that depend on a name."""
    model = model or create_model("model", __base__=ModelTable, layers=(layers, ...))
    return create_model(
        "config",
        __base__=Config,
        data=(data, ...),
        model=(model, ...),
        loss=(loss | None, None),
        optimizer=(optimizer, ...),
        scheduler=(scheduler | None, None),
    )


@functools.cache
def component_table(kind: str, name: str) -> type[Table]:
    """The table of one optimizer, layer, ...: its name and its constructor's parameters."""
    base, _, parameters = KINDS[kind]
    fields: dict[str, Any] = {"name": (Literal[name], ...)}
    for p in parameters(name):
        fields[p.name] = (_ranged(p.type, p.range), ... if p.default is REQUIRED else p.default)
    return create_model(name, __base__=base, **fields)


@functools.cache
def _unnamed_table(kind: str) -> type[Table]:
    """The table of a component whose name is wrong: what all of its kind have is checked, the rest is not."""
    base = KINDS[kind].base
    fields = {"__annotations__": {"name": Any}, "name": None, "__module__": __name__}
    return type("unnamed", (base,), {**fields, "model_config": ConfigDict(extra="allow")})


def default_table(kind: str, name: str) -> Any:
    """The table of a component that the configuration does not speak of."""
    return component_table(kind, name).model_validate({"name": name})


def arguments(table: Table) -> dict[str, Any]:
    """What the constructor is called with: the table without what the program itself reads."""
    base = type(table).__base__
    own = {"name", *getattr(base, "model_fields", {})}
    return {key: value for key, value in table.model_dump().items() if key not in own}


def _slot(source: Source, problems: list[Problem], kind: str, path: Path) -> Any:
    """The schema of a table that has a name; a missing or unknown name is a problem of its own."""
    given: Any = source.values
    for part in path:
        given = given.get(part) if isinstance(given, dict) else given[part]
    if not isinstance(given, dict):
        return dict[str, Any]
    names = KINDS[kind].names()
    name = given.get("name")
    if isinstance(name, str) and name in names:
        return component_table(kind, name)
    key = dotted((*path, "name"))
    if "name" not in given:
        problems.append(Problem(source.where(path), key, f"missing; {one_of(names)}"))
    else:
        close = components.nearest(name, names)
        what = f"unknown {kind} {got(name)}; {one_of(names, close)}"
        problems.append(Problem(source.where((*path, "name")), key, what))
    return _unnamed_table(kind)


def _keys_at(schema: Any, path: Path) -> Iterable[str]:
    """The keys that the table at a path may have."""
    for part in path:
        if isinstance(part, int):
            schema = get_args(schema)[part]
            continue
        schema = schema.model_fields[part].annotation
        if get_origin(schema) in (Union, types.UnionType):  # a table that may be left out
            schema = get_args(schema)[0]
    return list(schema.model_fields)


def _ranged(kind: Any, limits: Range | None) -> Any:
    """A type whose numbers must lie in a range."""
    if limits is None:
        return kind
    if kind in (int, float):
        low, high, ends = limits
        bounds: dict[str, Any] = {}
        if low is not None:
            bounds["ge" if ends[0] == "[" else "gt"] = low
        if high is not None:
            bounds["le" if ends[1] == "]" else "lt"] = high
        return Annotated[kind, Field(**bounds)]
    inner = tuple(_ranged(part, limits) for part in get_args(kind))
    if get_origin(kind) in (Union, types.UnionType):
        return Union[inner]  # noqa: UP007
    if get_origin(kind) in (tuple, list):
        return types.GenericAlias(get_origin(kind), inner)
    return kind
