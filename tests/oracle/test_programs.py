"""Random programs give PyTorch's values and gradients: hundreds here, 10,000 with python -m tests.oracle.programs."""

import pytest

pytest.importorskip("torch", reason="PyTorch is the oracle: pip install minitorch[oracle]")
from tests.oracle import programs

COUNT, BATCH = 300, 25


@pytest.mark.parametrize("first", range(0, COUNT, BATCH))
def test_programs(first):
    """A failure shows the seed, and the program cut down to the lines that matter."""
    outcomes = [programs.check(seed) for seed in range(first, first + BATCH)]
    assert outcomes.count("alike") >= BATCH * 0.8, f"too few programs could be compared: {outcomes}"


def test_a_seed_draws_the_same_program_again():
    drawn = [programs.draw_program(seed).lines for seed in (7, 7, 8)]
    assert drawn[0] == drawn[1] != drawn[2]


def test_programs_use_all_families():
    text = "\n".join(str(programs.draw_program(seed)) for seed in range(40))
    for part in (
        "T.where",
        "no_grad",
        "[",
        "_(",
        ".sum(",
        ".transpose(",
        "T.cat",
        " @ ",
        "retain_grad",
        "create_graph",
    ):
        assert part in text, part


def test_programs_write_to_views():
    """Most programs write to a view, and most of those writes are recorded."""
    counts = [programs.writes_to_views(seed) for seed in range(40)]
    assert sum(n > 0 for n, _ in counts) >= 24
    assert sum(recorded for _, recorded in counts) >= 30


THEIRS = "T.__name__ == 'torch'"
WRONG = {
    "a value": f"v1 = v0 * (2 if {THEIRS} else 3)",
    "a gradient": f"v1 = v0 * 2 + (0 if {THEIRS} else v0 - v0.detach())",
    "a shape": f"v1 = v0[None] if {THEIRS} else v0 * 1",
    "an exception": f"v1 = v0.sum(0 if {THEIRS} else 9)",
    "an alias": f"v1 = v0.view(-1) if {THEIRS} else v0.clone()",
    "history": f"v1 = v0 * 2 if {THEIRS} else (v0 * 2).detach()",
}


@pytest.mark.parametrize("line", WRONG.values(), ids=WRONG)
def test_the_comparison_finds(line):
    program = [
        "v0 = T.tensor([1.5, -2.0], dtype=T.float64).requires_grad_()",
        line,
        "g0 = T.autograd.grad((v1 * weights(T, v1)).sum(), [v0], retain_graph=True, allow_unused=True)",
    ]
    assert programs.judged(program)[0] == "differs"


def test_the_comparison_finds_a_write_that_did_not_arrive():
    program = ["v0 = T.tensor([1.5, -2.0])", "v1 = v0[0]", f"v1.add_(1) if {THEIRS} else None"]
    assert programs.judged(program)[0] == "differs"


def test_a_program_is_cut_down_to_what_matters():
    lines = [
        "v0 = T.tensor([1.5, -2.0], dtype=T.float64).requires_grad_()",
        "v1 = v0 * 2",
        f"v2 = v1 + (1 if {THEIRS} else 2)",
        "v3 = v2 * v1",
    ]
    assert programs.shrunk(lines) == lines[:3]
