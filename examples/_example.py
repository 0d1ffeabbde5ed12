"""What the examples share: settings from a TOML file and the command line, grids of images, plots.

An example describes its settings in a class, has their values in ``configs/<its name>.toml`` and hands both to `run`.
The table ``[quick]`` of that file says what ``--quick`` makes smaller.
"""

from __future__ import annotations

import argparse
import inspect
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, TypeVar

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from minitorch.train import schema_errors
from minitorch.train.problems import ConfigError
from minitorch.train.sources import read

HERE = Path(__file__).parent


class Settings(BaseModel):
    """The settings of an example: no unknown keys, nothing converted, every number a finite one."""

    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False, frozen=True)
    seed: int = Field(ge=0, lt=2**32)


Count = Annotated[int, Field(ge=1)]
Amount = Annotated[float, Field(ge=0)]


S = TypeVar("S", bound=Settings)


def load(schema: type[S], file: Path, overrides: list[str], quick: bool = False) -> S:
    """Settings from a file; what ``key=value`` says comes before ``[quick]``, and that before the rest.

    Raises `ConfigError` with everything that is wrong.
    """
    source = read(file, overrides)
    smaller = source.values.pop("quick", {})
    for key, value in (smaller if quick else {}).items():
        if source.origins.get((key,)) != "override":
            source.values[key], source.origins[(key,)] = value, source.where(("quick", key))
    try:
        return schema.model_validate(source.values)
    except ValidationError as error:
        errors = error.errors(include_url=False)
        raise ConfigError(schema_errors.problems(errors, source, lambda path: schema.model_fields)) from None


def run(main: Callable[[Any, Path], Any], schema: type[Settings]) -> None:
    """Runs an example's ``main(settings, out)`` with what the command line says."""
    script = Path(inspect.getfile(main))
    parser = argparse.ArgumentParser(
        description=(inspect.getdoc(sys.modules[main.__module__]) or script.stem).partition("\n")[0],
        epilog="settings: " + ", ".join(schema.model_fields),
    )
    parser.add_argument("overrides", nargs="*", metavar="key=value", help="a setting to change")
    parser.add_argument("--config", type=Path, default=HERE / "configs" / f"{script.stem}.toml", metavar="FILE")
    parser.add_argument("--out", type=Path, default=HERE / "out", metavar="DIR", help="where pictures go")
    parser.add_argument("--quick", action="store_true", help="a smaller run of seconds")
    given = parser.parse_args()
    try:
        settings = load(schema, given.config, given.overrides, given.quick)
    except ConfigError as error:
        print(error, file=sys.stderr)
        sys.exit(2)
    start = time.perf_counter()
    main(settings, given.out)
    print(f"{time.perf_counter() - start:.1f} s")


def figure(columns: int = 1, rows: int = 1, size: float = 4.0) -> tuple[Any, Any]:
    """A matplotlib figure that needs no screen, and the array of its axes."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    made = Figure(figsize=(size * columns * 1.25, size * rows), layout="constrained")
    FigureCanvasAgg(made)
    return made, made.subplots(rows, columns, squeeze=False)[0]


def save(made: Any, file: Path) -> None:
    """Saves a figure and says where."""
    file.parent.mkdir(parents=True, exist_ok=True)
    made.savefig(file, dpi=120)
    print(f"picture: {file}")


def save_grid(images: np.ndarray, file: Path, columns: int = 10) -> None:
    """Saves images, (N, height, width) from 0 to 1, side by side."""
    made, (axes,) = figure()
    rows = [np.hstack([np.pad(i, 1, constant_values=0.5) for i in images[n : n + columns]])
            for n in range(0, len(images), columns)]  # fmt: skip
    axes.imshow(np.vstack(rows), cmap="gray", vmin=0, vmax=1)
    axes.axis("off")
    save(made, file)
