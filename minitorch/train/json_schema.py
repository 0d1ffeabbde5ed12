"""The JSON Schema of every configuration, for editors: ``minitorch schema``."""

from __future__ import annotations

import types
from typing import Annotated, Any, Union

from pydantic import Field

from minitorch.train.config import KINDS, FactoryTable, ModelTable, component_table, config_model
from minitorch.train.files import EXTENDS
from minitorch.train.sweep_table import SweepTable


def json_schema() -> dict[str, Any]:
    """Every table with every name it can have, and every key's type, range, default and meaning.

    A file that extends another may leave out whatever the other says, so of its tables only ``[trainer]`` is described.
    """

    def any_of(kind: str) -> Any:
        tables = tuple(component_table(kind, name) for name in KINDS[kind].names())
        return Annotated[Union[tables], Field(discriminator="name")]  # noqa: UP007

    layers = types.GenericAlias(list, (any_of("layer"),))
    kinds = {kind: any_of(kind) for kind in ("loss", "optimizer", "scheduler")}
    listed = type("listed", (ModelTable,), {"__annotations__": {"layers": Annotated[layers, Field(min_length=1)]}})
    schema = config_model(any_of("data set"), None, **kinds, model=listed | FactoryTable).model_json_schema()
    whole = {"properties": schema.pop("properties"), "required": schema.pop("required")}
    whole["properties"] |= {"sweep": SweepTable.model_json_schema()}
    tables = {key: {"type": "object"} for key in ("data", "model", "loss", "optimizer", "scheduler")}
    extends = {"type": "string", "minLength": 1, "description": "a file that says what this one leaves out"}
    part = {"properties": whole["properties"] | tables | {EXTENDS: extends}}
    schema.pop("additionalProperties")
    header = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "minitorch configuration"}
    choice = {"if": {"required": [EXTENDS]}, "then": part, "else": whole, "unevaluatedProperties": False}
    return schema | header | {"type": "object"} | choice
