"""The workload of loading: a pass over a data set in shuffled batches."""

from __future__ import annotations

import importlib
from typing import Any

from benchmarks import data
from benchmarks.workload import workload


@workload("DataLoader over 1437 rows, batch 32, shuffled", target=0.1, compiled=None)
def loader(torch: Any) -> Any:
    library = importlib.import_module(f"{torch.__name__}.utils.data")
    x, y = map(torch.from_numpy, data.digits())
    batches = library.DataLoader(library.TensorDataset(x, y), batch_size=32, shuffle=True)

    def step() -> Any:
        for inputs, _ in batches:
            last = inputs
        return last

    return step, []
