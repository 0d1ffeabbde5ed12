"""Configurations and overrides spoilt at random: each is valid, or an error with status 2 that names the key.

    python -m tests.train.fuzz [EXAMPLES] [--seed N]

`minitorch check` is asked, in this process: it does all that `minitorch train` does before it writes. A traceback, any
other status, an error line without a place, or a file left behind is a failure, which Hypothesis then makes small.
"""

import argparse
import collections
import contextlib
import copy
import io
import re
import sys
import tempfile
import tomllib
import warnings
from pathlib import Path

import tomli_w
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from minitorch import cli
from minitorch.train import components, datasets
from minitorch.train.resolved import toml

SHIPPED = [tomllib.loads(file.read_text()) for file in sorted(Path(__file__).parents[2].glob("configs/*.toml"))]
BASE = {"name": "base", "seed": 1, "loss": {"name": "CrossEntropyLoss"}, "trainer": {"epochs": 2, "patience": 3}}

# Sizes are small, or so large that memory for them is refused at once: nothing between, which would be had.
NUMBERS = [-1, 0, 1, 2, 3, 7, 10, 64, 10**17, 2**63, 2**70, -0.5, 0.0, 1e-3, 0.1, 0.5, 1.0, 2.5, 1e30]
NAMES = [
    *components.optimizers(), *components.schedulers(), *components.layers(), *components.losses(), *datasets.TASKS,
    *("step", "epoch", "val_accuracy", "float64", "os:system", "", "é", "Adm", "csv", "none", "base.toml", "a\nb"),
]  # fmt: skip
KEYS = [
    *("name", "lr", "layers", "p", "epochs", "batch_size", "accumulate", "momentum", "out_features", "factory"),
    *("n_samples", "noise", "kernel_size", "weight", "log", "ema", "overfit_batches", "extends", "dtype", "interval"),
    *("monitor", "betas", "step_size", "test_size", "val_size", "as_images", "stratify", "lrr", "", "é", "a.b", "a b"),
]  # fmt: skip
SCALARS = st.one_of(st.sampled_from(NUMBERS), st.sampled_from(NAMES), st.booleans(), st.text(max_size=3))
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(KEYS), inner, max_size=3)),
    max_leaves=4,
)
OVERRIDES = st.one_of(
    st.tuples(st.sampled_from(["optimizer", "trainer", "data", "model.layers.0", "loss", "scheduler"]), VALUES).map(
        lambda pair: f"{pair[0]}.name={toml(pair[1])}"
    ),
    st.tuples(st.sampled_from(["trainer", "optimizer", "data", "model.layers.1"]), st.sampled_from(KEYS), VALUES).map(
        lambda three: f"{three[0]}.{three[1]}={toml(three[2])}"
    ),
    st.text(alphabet="aelmnortz.=[]{}'\"0159-_ #", max_size=20).filter(lambda text: not text.startswith("-")),
)

_PLACELESS = re.compile(
    r"not TOML|override: should be key\.path=value|cannot read this configuration"
)  # no key to name


@st.composite
def spoilt(draw):
    """A shipped configuration with up to three changes, perhaps extending another, and up to two overrides."""
    tree = copy.deepcopy(draw(st.sampled_from(SHIPPED)))
    for _ in range(draw(st.sampled_from([0, 1, 1, 2, 3]))):
        node = tree
        while True:  # down to some table or array, then to some place in it
            inner = [v for v in (node.values() if isinstance(node, dict) else node) if isinstance(v, dict | list) and v]
            if not inner or draw(st.booleans()):
                break
            node = draw(st.sampled_from(inner))
        places = list(node) if isinstance(node, dict) else list(range(len(node)))
        what = draw(st.sampled_from(["replace", "replace", "remove", "add", "rename"]))
        if what == "add" or not places:
            if isinstance(node, dict):
                node[draw(st.sampled_from(KEYS))] = draw(VALUES)
            else:
                node.append(draw(VALUES))
        elif what == "replace":
            place = draw(st.sampled_from(places))
            gentle = isinstance(node[place], int | float) and draw(st.booleans())
            node[place] = draw(st.sampled_from(NUMBERS)) if gentle else draw(VALUES)
        elif what == "rename" and isinstance(node, dict):
            node[draw(st.sampled_from(KEYS))] = node.pop(draw(st.sampled_from(places)))
        else:
            node.pop(draw(st.sampled_from(places)))
    if draw(st.integers(0, 4)) == 0:
        tree["extends"] = draw(st.sampled_from(["base.toml", "base.toml", "missing.toml", "config.toml", "."]))
    return tree, draw(st.lists(OVERRIDES, max_size=draw(st.sampled_from([0, 1, 2]))))


def check(tree, overrides, folder):
    """Ask about one configuration; gives the status. Raises what a user must never see, and `AssertionError`."""
    file, base = folder / "config.toml", folder / "base.toml"
    file.write_bytes(tomli_w.dumps(tree).encode())
    base.write_text(tomli_w.dumps(BASE))
    out, err = io.StringIO(), io.StringIO()
    with contextlib.chdir(folder), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        status = cli.main(["check", "config.toml", *overrides])
    said = err.getvalue()
    assert status in (0, 2), (status, said)
    assert {path.name for path in folder.iterdir()} == {"config.toml", "base.toml"}
    assert (said == "") == (status == 0), said
    for line in said.splitlines():
        # where it stands, the key, and what is the matter
        assert re.match(r"(override|(config|base)\.toml(:\d+)?): [^:]*\S: ?.", line) or _PLACELESS.search(line), line
    return status


def spoil(examples, start, deadline=None):
    """Check so many; gives how often each status came."""
    counts = collections.Counter()

    @seed(start)
    @settings(
        max_examples=examples, deadline=deadline, database=None, suppress_health_check=list(HealthCheck),
        phases=[Phase.generate, Phase.shrink],
    )  # fmt: skip
    @given(spoilt())
    def run(made):
        with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            counts[check(*made, Path(folder))] += 1

    run()
    return counts


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("examples", nargs="?", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    with contextlib.suppress(ImportError):
        import resource  # a size that is had after all must not take the machine with it

        resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30))
    counts = spoil(options.examples, options.seed)
    print(f"{counts.total()} configurations: {counts[0]} valid, {counts[2]} refused with status 2, nothing else")
    sys.exit(counts.total() < options.examples)
