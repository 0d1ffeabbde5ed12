"""What a sweep's configuration asks for: an ordinary one, and a table ``[sweep]`` with what is to be tried in it."""

from __future__ import annotations

import copy
import dataclasses
import hashlib
import importlib.util
import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path as File
from typing import Any, Literal

from pydantic import BaseModel, ValidationError

from minitorch.sweep.space import Choices, Range, Space, Values, drawn, grid
from minitorch.train import schema_errors
from minitorch.train.build import build
from minitorch.train.callbacks import mode_of
from minitorch.train.components import nearest
from minitorch.train.config import check
from minitorch.train.locate import Path
from minitorch.train.problems import ConfigError, Problem, dotted, got, one_of
from minitorch.train.sources import Source, read
from minitorch.train.sweep_table import RangeTable, SweepTable

LARGEST_GRID = 10_000


@dataclass(frozen=True)
class Point:
    """One setting of the swept keys. Its id stands for the whole configuration but name and seed."""

    id: str
    values: Values

    def __str__(self) -> str:
        return " ".join(f"{key}={value}" for key, value in self.values.items())


@dataclass
class Plan:
    """A checked sweep."""

    name: str
    source: Source  # what is trained, without [sweep]
    table: SweepTable
    space: Space
    seeds: list[int]
    monitor: str
    goal: Literal["min", "max"]
    trust: bool = False

    def point(self, values: Values) -> Point:
        tree = self.source_of(values).values
        settled = {key: value for key, value in tree.items() if key not in ("name", "seed")}
        return Point(_digest(settled), values)

    def listed(self) -> list[Point]:
        """The points of a grid or random search, each once."""
        points = (self.point(values) for values in _listed(self.table, self.space))
        return list({point.id: point for point in points}.values())

    @property
    def count(self) -> int:
        """How many points there are, or how many an adaptive search may try."""
        return self.table.trials if self.table.search == "adaptive" and self.table.trials else len(self.listed())

    def __str__(self) -> str:
        return f"{self.table.search} search, {self.count} points, {len(self.seeds)} runs each"

    def config_of(self, point: Point, seed: int) -> dict[str, Any]:
        """The configuration of one run, as a tree of values."""
        return self.source_of(point.values).values | {"seed": seed}

    @property
    def id(self) -> str:
        """Stands for everything that an adaptive search builds on: other than that, it begins anew."""
        space = {key: repr(axis) for key, axis in self.space.items()}
        return _digest([self.source.values, space, self.seeds, self.monitor, self.goal, self.table.seed])

    def source_of(self, values: Values) -> Source:
        return _placed(self.source, values, {})


def load(file: str | File, overrides: Sequence[str] = (), trust: bool = False) -> Plan:
    """Read and check a sweep: the table, and the configurations of its points.

    Raises `ConfigError` with everything that is wrong, before anything is run or written.
    """
    source = read(file, overrides)
    source.values.setdefault("name", File(file).stem)
    if "sweep" not in source.values:
        what = "missing: a sweep has a table [sweep] that says what is tried (`minitorch train` runs one configuration)"
        raise ConfigError([Problem(source.file, "sweep", what)])
    table = _table(source)
    problems: list[Problem] = []
    space, places = _space(source, table, problems)
    if problems:
        raise ConfigError(problems)
    base = dataclasses.replace(source, values={key: v for key, v in source.values.items() if key != "sweep"})
    points = [_placed(base, values, places) for values in _looked_at(table, space)]
    _check_all(points, trust)
    monitor = _monitor(source, points, table, trust)
    first = base.values.get("seed", 0)
    seeds = [first + i for i in range(table.seeds)] if isinstance(table.seeds, int) else table.seeds
    goal = table.goal or mode_of(monitor)
    return Plan(base.values["name"], base, table, space, seeds, monitor, goal, trust)


def _table(source: Source) -> SweepTable:
    """The table alone, held against its schema and against itself."""

    class Whole(BaseModel):
        sweep: SweepTable

    alone = dataclasses.replace(source, values={"sweep": source.values["sweep"]})
    problems: list[Problem] = []
    try:
        table = Whole.model_validate_json(json.dumps(alone.values), strict=True).sweep
    except ValidationError as error:
        errors = error.errors(include_url=False)
        raise ConfigError(schema_errors.problems(errors, alone, lambda path: list(SweepTable.model_fields))) from None

    def refuse(key: str, what: str) -> None:
        problems.append(Problem(source.where(("sweep", key)), f"sweep.{key}", what))

    if table.search == "grid" and table.trials is not None:
        refuse("trials", f"a grid runs all its points {got(table.trials)}; leave it out, or set search")
    if table.search != "grid" and table.trials is None:
        refuse("trials", f"missing: how many points a {table.search} search may try")
    if table.search == "adaptive" and importlib.util.find_spec("optuna") is None:
        refuse("search", f"needs optuna: pip install 'minitorch[optuna]' {got(table.search)}")
    seeds = table.seeds
    if isinstance(seeds, int) and seeds < 1:
        refuse("seeds", f"should be at least 1 {got(seeds)}")
    if isinstance(seeds, list) and (not seeds or len(set(seeds)) < len(seeds) or min(seeds) < 0):
        refuse("seeds", f"should be different whole numbers from 0 on {got(seeds)}")
    if not table.space:
        refuse("space", "should have at least one key, as in `optimizer.lr = [1e-3, 1e-2]`")
    if problems:
        raise ConfigError(problems)
    return table


def _space(source: Source, table: SweepTable, problems: list[Problem]) -> tuple[Space, dict[str, Path]]:
    """The axes by their dotted keys, and where each one stands in the file."""
    space: dict[str, Choices | Range] = {}
    places: dict[str, Path] = {}
    for place, given in _axes(table.space, ("sweep", "space")):
        key = dotted(place[2:])
        before = len(problems)
        axis = _axis(source, place, given, problems)
        if key in ("name", "seed", "sweep", "extends"):
            what = "cannot be swept" + ("; `seeds` says which seeds every point is run with" if key == "seed" else "")
            problems.append(Problem(source.where(place), dotted(place), what))
        elif key in space:
            problems.append(Problem(source.where(place), dotted(place), "is swept twice"))
        elif table.search == "grid" and isinstance(axis, Range) and axis.step is None:
            what = f"a grid needs an array of values, or a range with a step {got(given)}"
            problems.append(Problem(source.where(place), dotted(place), what))
        if axis is not None and len(problems) == before:
            space[key], places[key] = axis, place
    count = math.prod(len(axis.steps) for axis in space.values()) if table.search == "grid" and not problems else 0
    if count > LARGEST_GRID:
        what = f'a grid of {count:,} points; at most {LARGEST_GRID:,}, or search = "random" with trials'
        problems.append(Problem(source.where(("sweep", "space")), "sweep.space", what))
    return space, places


def _axes(table: Mapping[str, Any], place: Path) -> Iterator[tuple[Path, Any]]:
    """Every axis with its place; keys may be quoted (``"optimizer.lr"``) or not."""
    for key, value in table.items():
        here = (*place, key)
        if isinstance(value, dict) and not value.keys() & RangeTable.model_fields.keys():
            yield from _axes(value, here)
        else:
            yield here, value


def _axis(source: Source, place: Path, given: Any, problems: list[Problem]) -> Choices | Range | None:
    where, key = source.where(place), dotted(place)
    if isinstance(given, list) and given:
        return Choices(tuple(given))
    if not isinstance(given, dict):
        what = f"should be an array of values or a range as {{ low = 1e-4, high = 1e-1, log = true }} {got(given)}"
        problems.append(Problem(where, key, what))
        return None
    try:
        table = RangeTable.model_validate_json(json.dumps(given), strict=True)
    except ValidationError as error:
        inside = dataclasses.replace(source, values=given, origins={(): where})
        wrong = schema_errors.problems(
            error.errors(include_url=False), inside, lambda path: list(RangeTable.model_fields)
        )
        problems += [Problem(where, f"{key}.{p.key}", p.what) for p in wrong]
        return None
    wrong_with = (
        ("low", "should be below high") if not table.low < table.high
        else ("low", "should be above 0 for log") if table.log and table.low <= 0
        else ("step", "does not go with log") if table.log and table.step is not None
        else ("step", "should be above 0") if table.step is not None and table.step <= 0
        else None
    )  # fmt: skip
    if wrong_with:
        problems.append(Problem(where, f"{key}.{wrong_with[0]}", f"{wrong_with[1]} {got(given)}"))
        return None
    return Range(table.low, table.high, table.log, table.step)


def _listed(table: SweepTable, space: Space) -> Iterator[Values]:
    return grid(space) if table.search == "grid" else drawn(space, table.trials or 0, table.seed)


def _looked_at(table: SweepTable, space: Space) -> list[Values]:
    """The points that are checked beforehand: all that are known, or else every value and end once."""
    if table.search != "adaptive":
        return list(_listed(table, space))
    first = {key: axis.ends[0] for key, axis in space.items()}
    return [first] + [first | {key: end} for key, axis in space.items() for end in axis.ends[1:]]


def _placed(source: Source, values: Values, places: Mapping[str, Path]) -> Source:
    """A configuration with the swept keys set, each with the origin of its axis."""
    point = dataclasses.replace(source, values=copy.deepcopy(source.values), origins=dict(source.origins))
    for key, value in values.items():
        origin = source.where(places.get(key, ()))
        try:
            path = _set(point.values, key.split("."), copy.deepcopy(value))
        except (TypeError, IndexError, ValueError):
            what = "is no place in this configuration: it leads through something that is no table, or past an end"
            raise ConfigError([Problem(origin, key, what)]) from None
        point.origins[path] = origin
    return point


def _set(node: Any, parts: Sequence[str], value: Any) -> Path:
    """Set what a dotted key names, in tables and arrays of tables; gives its path."""
    here: Any = parts[0] if isinstance(node, dict) else range(len(node))[int(parts[0])]
    if len(parts) > 1:
        inside = node.setdefault(here, {}) if isinstance(node, dict) else node[here]
        return (here, *_set(inside, parts[1:], value))
    if not isinstance(node, dict | list):
        raise TypeError
    node[here] = value
    return (here,)


def _check_all(points: Sequence[Source], trust: bool) -> None:
    """The schema of every point; one problem that several share is reported once."""
    problems: dict[Problem, None] = {}
    for point in points:
        try:
            check(point, trust)
        except ConfigError as error:
            problems |= dict.fromkeys(error.problems)
    if problems:
        raise ConfigError(problems)


def _monitor(source: Source, points: Sequence[Source], table: SweepTable, trust: bool) -> str:
    """The figure that points are compared by. Building a point finds what a schema cannot, here for all of them."""
    refused = None
    for point in points:
        try:
            parts = build(check(point, trust), point)
            break
        except ConfigError as error:
            refused = refused or error
    else:
        assert refused is not None
        raise refused
    chosen = table.monitor or parts.monitor
    present = ["train", "val"] if parts.data.val else ["train"]
    figures = [f"{part}_{name}" for part in present for name in ("loss", *parts.task.metric().compute())]
    if chosen not in figures:
        chosen_by_test = chosen.startswith("test_")
        what = "points chosen by the test rows are not tested by them any more" if chosen_by_test else "unknown figure"
        what = f"{what} {got(chosen)}; {one_of(figures, nearest(chosen, figures))}"
        raise ConfigError([Problem(source.where(("sweep", "monitor")), "sweep.monitor", what)])
    return chosen


def _digest(tree: Any) -> str:
    return hashlib.sha256(json.dumps(tree, sort_keys=True).encode()).hexdigest()[:10]
