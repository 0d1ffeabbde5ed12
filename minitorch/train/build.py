"""From a checked configuration to everything a training needs: data, model, loss, optimizer, schedule, loaders.

What a schema cannot know is found here, still before anything is written: layers that do not fit each other, a
loss that does not fit the data, arguments that a constructor refuses. Sizes that the data decides are filled in.
"""

from __future__ import annotations

import contextlib
import importlib.util
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from minitorch import nn
from minitorch.core import dtypes
from minitorch.core.generator import Generator
from minitorch.core.mode import no_grad
from minitorch.core.tensor import Tensor, wrap
from minitorch.train import components, factory
from minitorch.train.callbacks import mode_of
from minitorch.train.config import Config, FactoryTable, Table, arguments, default_table
from minitorch.train.data import Data, first_rows, prepare
from minitorch.train.datasets import TASKS, Array
from minitorch.train.locate import Path
from minitorch.train.problems import ConfigError, Problem, dotted, got, one_of
from minitorch.train.randomness import seed_everything
from minitorch.train.resolved import written
from minitorch.train.sources import Source
from minitorch.train.tasks import DEFAULT_LOSS, Task, suitable, task_of
from minitorch.utils.data import DataLoader, TensorDataset

Loader = DataLoader[Any]

_INPUT = ("in_features", "in_channels", "num_features", "num_channels")  # sizes that must be those of the input


@dataclass
class Parts:
    """What is put into a `Trainer`, and the configuration with nothing left open."""

    config: Config
    resolved: dict[str, Any]
    data: Data
    task: Task
    model: nn.Module
    loss: nn.Module
    optimizer: Any
    scheduler: Any
    monitor: str
    train: Loader
    val: Loader | None
    test: Loader
    train_in_order: Loader  # for the figures at the end


def build(config: Config, source: Source) -> Parts:
    """Make everything, from the configuration's seed alone.

    Raises `ConfigError`.
    """
    return _Builder(config, source).build()


class _Builder:
    def __init__(self, config: Config, source: Source) -> None:
        self.config, self.source = config, source
        self.resolved: dict[str, Any] = config.model_dump()
        self.problems: list[Problem] = []

    def build(self) -> Parts:
        config = self.config
        data = self.data()
        loss_table = config.loss or default_table("loss", DEFAULT_LOSS[data.task])
        self.resolved["loss"] = loss_table.model_dump()
        task = task_of(data, loss_table.name)
        seed_everything(config.seed)
        self.check_logs()
        own = isinstance(config.model, FactoryTable)
        model = self.own_model(data, task) if own else self.model(data, task)
        loss = self.loss(loss_table)
        monitor = self.monitor(data, task)
        options = config.trainer
        train = self.loader(data.train, task, options.batch_size, shuffle=options.shuffle, drop_last=options.drop_last)
        self.check_last_batch(model, data)
        optimizer = self.optimizer(model)
        scheduler = self.scheduler(optimizer, -(-len(train) // options.accumulate), monitor)
        self.try_loss(model, loss, data, task)
        if self.problems:
            raise ConfigError(self.problems)
        size = options.eval_batch_size
        return Parts(
            config=config,
            resolved=written(self.resolved),
            data=data,
            task=task,
            model=model,
            loss=loss,
            optimizer=optimizer,
            scheduler=scheduler,
            monitor=monitor,
            train=train,
            val=self.loader(data.val, task, size) if data.val else None,
            test=self.loader(data.test, task, size),
            train_in_order=self.loader(data.train, task, size),
        )

    def data(self) -> Data:
        """The data set; without it nothing else can be looked at."""
        table, filled = self.config.data, self.resolved["data"]
        kind = TASKS[table.name]
        losses = suitable(kind)
        if self.config.loss and self.config.loss.name not in losses:
            what = f"does not fit {table.name}, a data set for {kind} {got(self.config.loss.name)}; {one_of(losses)}"
            self.refuse(("loss", "name"), what)
        if filled["stratify"] is None:
            filled["stratify"] = kind == "classification"
        if filled["split_seed"] is None:
            filled["split_seed"] = self.config.seed
        if "random_state" in filled and filled["random_state"] is None:
            filled["random_state"] = self.config.seed % 2**32
        own = {key: value for key, value in filled.items() if key != "name"}
        settings = {key: own.pop(key) for key in list(own) if key not in arguments(table)}
        with self.attempt(("data",)):
            data = prepare(table.name, **settings, dtype=self.config.dtype, arguments=own)
        if self.problems:
            raise ConfigError(self.problems)
        options = self.config.trainer
        if options.fast_dev_run:
            return first_rows(data, options.batch_size * options.accumulate, options.batch_size)
        if options.overfit_batches is not None:
            few = first_rows(data, options.batch_size * options.overfit_batches)
            return replace(few, val=few.train)
        return data

    def model(self, data: Data, task: Task) -> Any:
        """The layers, each given what the layers before it make of two rows of the data."""
        tables: list[Table] = list(self.config.model.layers)
        sized = [i for i, table in enumerate(tables) if "out_features" in type(table).model_fields]
        flowing = wrap(data.train[0][:2])
        layers = []
        for index, table in enumerate(tables):
            path: Path = ("model", "layers", index)
            name = self.resolved["model"]["layers"][index]["name"]
            given = arguments(table)
            for key, value in self.inferred(flowing, task, index == sized[-1] if sized else False).items():
                if key in given and given[key] is None:
                    self.resolved["model"]["layers"][index][key] = given[key] = value
                elif key in given and key in _INPUT and given[key] != value:
                    what = (
                        f"should be {value}, since rows of shape {tuple(flowing.shape[1:])} come in {got(given[key])}"
                    )
                    self.refuse((*path, key), what)
                    return None
            if "out_features" in given and given["out_features"] is None:
                self.refuse((*path, "out_features"), "missing; only the last layer's is known from the data")
                return None
            shape = tuple(flowing.shape[1:])
            with self.attempt(path, f"{name} cannot take rows of shape {shape}"):
                layer = components.layers()[name](**given)
                layer = layer.to(getattr(dtypes, self.config.dtype))
                with no_grad():
                    flowing = layer.eval()(flowing)
                if not isinstance(flowing, Tensor):
                    raise TypeError(f"it gives a {type(flowing).__name__} instead of a tensor")
                layers.append(layer.train())
            if len(layers) <= index:
                return None
        if tuple(flowing.shape) != (len(data.train[0][:2]), task.outputs):
            what = f"the last layer gives rows of shape {tuple(flowing.shape[1:])}, {data.name} needs ({task.outputs},)"
            path = ("model", "layers", len(layers) - 1)
            self.refuse((*path, "out_features") if len(layers) - 1 in sized else path, what)
            return None
        return nn.Sequential(*layers)

    def own_model(self, data: Data, task: Task) -> Any:
        """What the factory makes, tried on two rows."""
        table, rows = self.config.model, wrap(data.train[0][:2])
        path: Path = ("model", "factory")
        sizes = {"in_features": rows.shape[-1], "out_features": task.outputs}
        with self.attempt(path):
            model = factory.made(table.factory, table.arguments, sizes).to(getattr(dtypes, self.config.dtype))
            with no_grad():
                given = tuple(model.eval()(rows).shape)
            model.train()
            if given != (len(rows), task.outputs):
                raise factory.FactoryError(
                    f"gives {given} for {len(rows)} rows, should give ({len(rows)}, {task.outputs})"
                )
            return model

    def check_logs(self) -> None:
        """The packages of the places where figures are written."""
        for index, place in enumerate(self.config.trainer.log):
            package = {"csv": "csv", "tensorboard": "tensorboardX", "mlflow": "mlflow"}[place]
            if importlib.util.find_spec(package) is None:
                what = f"{package} is not installed: pip install 'minitorch[{place}]' {got(place)}"
                self.refuse(("trainer", "log", index), what)

    def inferred(self, flowing: Tensor, task: Task, last: bool) -> dict[str, Any]:
        """Sizes that a layer can be told by its input (N, C, ...), and the last one by the data."""
        shape = flowing.shape
        sizes: dict[str, Any] = {"out_features": task.outputs if last else None}
        if shape:
            sizes["in_features"] = shape[-1]
        if len(shape) > 1:
            sizes |= dict.fromkeys(("in_channels", "num_features", "num_channels"), shape[1])
            sizes["normalized_shape"] = list(shape[1:])
        return sizes

    def loss(self, table: Any) -> Any:
        dtype = self.config.dtype
        given = {k: wrap(np.array(v, dtype)) if isinstance(v, list) else v for k, v in arguments(table).items()}
        with self.attempt(("loss",)):
            return components.losses()[table.name](**given)

    def try_loss(self, model: Any, loss: Any, data: Data, task: Task) -> None:
        """Two rows through model and loss: arguments such as class weights of a wrong length show here."""
        if model is None or loss is None:
            return
        features, targets = data.train
        with self.attempt(("loss",)), no_grad():
            model.eval()
            loss(model(wrap(features[:2])), wrap(task.encode(targets[:2])))
            model.train()

    def check_last_batch(self, model: Any, data: Data) -> None:
        options, rows = self.config.trainer, len(data.train[1])
        if options.drop_last and options.batch_size > rows:
            what = f"should be at most {rows}, or no batch is full {got(options.batch_size)}"
            self.refuse(("trainer", "batch_size"), what)
        alone = rows % options.batch_size == 1 and not options.drop_last
        if model is not None and alone and any(isinstance(layer, nn.BatchNorm1d) for layer in model.modules()):
            what = f"leaves a last batch of one of {rows} rows, which BatchNorm1d cannot normalise"
            self.refuse(("trainer", "batch_size"), f"{what} {got(options.batch_size)}; or set drop_last = true")

    def optimizer(self, model: Any) -> Any:
        if model is None:
            return None
        with self.attempt(("optimizer",)):
            return components.optimizers()[self.config.optimizer.name](
                model.parameters(), **arguments(self.config.optimizer)
            )

    def scheduler(self, optimizer: Any, steps: int, monitor: str) -> Any:
        table = self.config.scheduler
        if table is None or optimizer is None:
            return None
        given = arguments(table)
        length = self.config.trainer.epochs * (steps if table.interval == "step" else 1)
        for key in components.INFERRED_SCHEDULE & given.keys():
            if given[key] is None and given.get("epochs") is None:
                given[key] = length
        if table.name == "ReduceLROnPlateau":
            if table.interval == "step":
                self.refuse(("scheduler", "interval"), 'ReduceLROnPlateau looks at an epoch\'s figures (got "step")')
            if "mode" not in table.model_fields_set:
                given["mode"] = mode_of(monitor)
        self.resolved["scheduler"] |= given
        with self.attempt(("scheduler",)):
            return components.schedulers()[table.name](optimizer, **given)

    def monitor(self, data: Data, task: Task) -> str:
        """The figure that is watched, which must be one that there will be."""
        parts = ("train", "val") if data.val else ("train",)
        figures = [f"{part}_{name}" for part in parts for name in ("loss", *task.metric().compute())]
        chosen = self.config.trainer.monitor or ("val_loss" if data.val else "train_loss")
        if chosen not in figures:
            what = f"unknown figure {got(chosen)}; {one_of(figures, components.nearest(chosen, figures))}"
            self.refuse(("trainer", "monitor"), what)
        self.resolved["trainer"]["monitor"] = chosen
        return chosen

    def loader(self, part: tuple[Array, Array], task: Task, batch_size: int, **options: Any) -> Loader:
        features, targets = part
        dataset = TensorDataset(wrap(features), wrap(task.encode(targets)))
        generator = Generator().manual_seed(self.config.seed + 1)  # a stream apart from the model's
        return DataLoader(dataset, batch_size, generator=generator, **options)

    def refuse(self, path: Path, what: str) -> None:
        self.problems.append(Problem(self.source.where(path), dotted(path), what))

    @contextlib.contextmanager
    def attempt(self, path: Path, what: str = "") -> Iterator[None]:
        """Turn what a constructor or a forward raises into a problem at the key that it speaks of, if it names one."""
        try:
            yield
        except Exception as error:
            said = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
            named = re.match(r"The '(\w+)' parameter|(\w+): ", said)
            table: Any = self.resolved
            for part in path:
                table = table[part]
            if named and (key := named[1] or named[2]) in table:
                path, said = (*path, key), said.removeprefix(f"{key}: ")
            self.refuse(path, f"{what}: {said}" if what else said)
