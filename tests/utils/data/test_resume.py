"""A DataLoader's place can be saved and resumed: the batches left, and every generator after them, are the same."""

import json

import pytest

import minitorch as torch
from minitorch.utils.data import (
    BatchSampler,
    DataLoader,
    IterableDataset,
    RandomSampler,
    Sampler,
    SubsetRandomSampler,
    TensorDataset,
    WeightedRandomSampler,
)

N = 20


class Noise(IterableDataset):
    """Draws from the global generator as it goes."""

    def __iter__(self):
        return iter([torch.default_generator.uniform(3, "float64") for _ in range(N)])


class Fickle(Sampler):
    """A sampler that draws from the global generator and knows no generator of its own."""

    def __iter__(self):
        return iter(torch.default_generator.permutation(N).tolist())

    def __len__(self):
        return N


def generator():
    return torch.Generator().manual_seed(7)


def tensors():
    return TensorDataset(torch.arange(N), torch.arange(N) * 0.5)


def shuffled_by_its_own():
    return DataLoader(tensors(), batch_size=6, shuffle=True, generator=generator())


LOADERS = {
    "in order": lambda: DataLoader(tensors(), batch_size=6),
    "shuffled": lambda: DataLoader(tensors(), batch_size=6, shuffle=True),
    "shuffled, last dropped": lambda: DataLoader(tensors(), batch_size=6, shuffle=True, drop_last=True),
    "shuffled, whole batches": lambda: DataLoader(tensors(), batch_size=5, shuffle=True),
    "shuffled by its own generator": shuffled_by_its_own,
    "shuffled samples": lambda: DataLoader(tensors(), batch_size=None, shuffle=True),
    "plain dataset": lambda: DataLoader(list(range(N)), batch_size=6, shuffle=True),
    "collate_fn": lambda: DataLoader(list(range(N)), batch_size=6, shuffle=True, collate_fn=tuple),
    "sampler's generator": lambda: DataLoader(
        tensors(), batch_size=6, sampler=RandomSampler(range(N), generator=generator())
    ),
    "with replacement": lambda: DataLoader(tensors(), batch_size=6, sampler=RandomSampler(range(N), True, 100)),
    "several permutations": lambda: DataLoader(
        tensors(), batch_size=6, sampler=RandomSampler(range(N), num_samples=50, generator=generator())
    ),
    "subset": lambda: DataLoader(tensors(), batch_size=6, sampler=SubsetRandomSampler(range(3, N))),
    "weighted": lambda: DataLoader(tensors(), batch_size=6, sampler=WeightedRandomSampler(range(N), 30)),
    "own sampler": lambda: DataLoader(tensors(), batch_size=6, sampler=Fickle(), generator=generator()),
    "batch sampler": lambda: DataLoader(
        tensors(), batch_sampler=BatchSampler(SubsetRandomSampler(range(N), generator()), 6, False)
    ),
    "stream": lambda: DataLoader(Noise(), batch_size=6, generator=generator()),
}


@pytest.fixture(autouse=True)
def seed():
    torch.manual_seed(11)


def plain(batch):
    if isinstance(batch, (list, tuple)):
        return [plain(part) for part in batch]
    return batch.tolist() if isinstance(batch, torch.Tensor) else batch


def run(loader, epochs):
    """The batches of this many epochs, with draws as a model would take them in between."""
    out = []
    for _ in range(epochs):
        out += [(plain(batch), torch.rand(1).item()) for batch in loader]
        out.append("end")
    return out


def states(loader):
    return [g.state_bytes() for g in loader._generators()]


def resumed(name, state, global_state):
    """A new loader at the saved place; it puts the global generator back itself if it draws from it."""
    torch.manual_seed(999)
    loader = LOADERS[name]()
    loader.load_state_dict(state)
    if torch.default_generator not in loader._generators():
        torch.set_rng_state(global_state)
    return loader


@pytest.mark.parametrize("name", LOADERS)
@pytest.mark.parametrize("number", [0, 1, 2, "all"])
def test_resumes_in_the_second_epoch(name, number):
    loader = LOADERS[name]()
    run(loader, 1)
    batches, state = iter(loader), None
    done = 0
    while done != number:
        batch = next(batches, None)
        if batch is None:
            break
        torch.rand(1)
        done += 1
        state = loader.state_dict() if number == "all" else None
    state, global_state = state or loader.state_dict(), torch.get_rng_state()
    if number == "all":  # saved with the last batch, before the loop has seen the end
        expected = ["end", *run(loader, 1)]
    else:
        expected = [(plain(batch), torch.rand(1).item()) for batch in batches] + ["end", *run(loader, 1)]
    after = states(loader)

    other = resumed(name, state, global_state)
    assert run(other, 2) == expected
    assert states(other) == after


@pytest.mark.parametrize("name", LOADERS)
def test_resumes_between_epochs(name):
    loader = LOADERS[name]()
    run(loader, 1)
    state, global_state = loader.state_dict(), torch.get_rng_state()
    assert state["batches"] is None
    expected = run(loader, 1)
    other = resumed(name, state, global_state)
    assert run(other, 1) == expected
    assert states(other) == states(loader)


def test_resuming_in_the_same_loader():
    loader = shuffled_by_its_own()
    batches = iter(loader)
    next(batches)
    state = loader.state_dict()
    rest = [plain(batch) for batch in batches]
    loader.load_state_dict(state)
    assert [plain(batch) for batch in loader] == rest


def test_a_loaded_place_can_be_saved_again_before_it_is_used():
    loader = shuffled_by_its_own()
    batches = iter(loader)
    next(batches)
    other = shuffled_by_its_own()
    other.load_state_dict(loader.state_dict())
    third = shuffled_by_its_own()
    third.load_state_dict(other.state_dict())
    assert [plain(batch) for batch in third] == [plain(batch) for batch in batches]


def test_a_resumed_epoch_can_be_saved_and_resumed_again():
    loader = shuffled_by_its_own()
    batches = iter(loader)
    next(batches)
    other = shuffled_by_its_own()
    other.load_state_dict(loader.state_dict())
    resumed = iter(other)
    assert plain(next(resumed)) == plain(next(batches))
    third = shuffled_by_its_own()
    third.load_state_dict(other.state_dict())
    assert [plain(batch) for batch in third] == [plain(batch) for batch in batches]


def test_saving_and_resuming_fetches_nothing_and_leaves_the_generators():
    class Counted(list):
        asked = 0

        def __getitem__(self, index):
            self.asked += 1
            return super().__getitem__(index)

    data = Counted(range(N))
    loader = DataLoader(data, batch_size=6, shuffle=True)
    batches = iter(loader)
    next(batches)
    state, before = loader.state_dict(), torch.default_generator.state_bytes()
    loader.load_state_dict(state)
    iter(loader)
    assert data.asked == 6
    assert torch.default_generator.state_bytes() == before


def test_a_state_is_plain_values_and_tensors():
    loader = shuffled_by_its_own()
    next(iter(loader))
    state = loader.state_dict()
    as_json = json.dumps(
        {**state, "start": [t.tolist() for t in state["start"]], "now": [t.tolist() for t in state["now"]]}
    )
    again = json.loads(as_json)
    for key in ("start", "now"):
        again[key] = [torch.tensor(values, dtype=torch.uint8) for values in again[key]]
    other = shuffled_by_its_own()
    other.load_state_dict(again)
    assert len(list(other)) == 3


def test_states_of_other_loaders_are_refused():
    state = shuffled_by_its_own().state_dict()
    with pytest.raises(ValueError, match="the state is of a DataLoader with batch_size=6, this one has batch_size=5"):
        DataLoader(tensors(), batch_size=5, shuffle=True).load_state_dict(state)
    with pytest.raises(ValueError, match="draws from 1 generators, this one from 2"):
        DataLoader(tensors(), batch_size=6, sampler=Fickle(), generator=generator()).load_state_dict(state)
    with pytest.raises(ValueError, match="a DataLoader's state has the keys"):
        shuffled_by_its_own().load_state_dict({"batches": 3})


# --- Workers ----------------------------------------------------------------------------------------------------------

ORDERS = {
    "in order": {},
    "shuffled": {"shuffle": True},
    "shuffled by its own": {"shuffle": True, "generator": generator},
    "drawn as it goes": {"sampler": lambda: RandomSampler(range(N), True, 100, generator())},
    "kept": {"shuffle": True, "persistent_workers": True},
}


def with_workers(kind, number):
    options = {name: value() if callable(value) else value for name, value in ORDERS[kind].items()}
    if number == 0:
        options.pop("persistent_workers", None)
    else:
        options["multiprocessing_context"] = "fork"
    return DataLoader(tensors(), batch_size=6, num_workers=number, **options)


@pytest.mark.parametrize(("before", "after", "handed"), [(2, 2, 1), (2, 0, 0), (2, 0, 3), (0, 2, 2)])
@pytest.mark.parametrize("kind", ORDERS)
def test_resumes_with_another_number_of_workers(kind, before, after, handed):
    """In the second epoch: workers are ahead of the batches handed out, and so is the generator then."""
    loader = with_workers(kind, before)
    run(loader, 1)
    batches = iter(loader)
    for _ in range(handed):
        next(batches)
    state = loader.state_dict()
    assert state["batches"] == handed
    assert (state["drawn"] > handed) == (before > 0)
    global_state = torch.get_rng_state()
    rest = [(plain(batch), torch.rand(1).item()) for batch in batches]
    expected = [*rest, "end", *(run(loader, 1) if kind != "kept" else [])]

    torch.manual_seed(999)
    other = with_workers(kind, after)
    other.load_state_dict(state)
    if torch.default_generator not in other._generators():
        torch.set_rng_state(global_state)
    assert run(other, 1 if kind == "kept" else 2) == expected


def test_a_stream_of_workers_is_run_through_again():
    def build():
        return DataLoader(Noise(), batch_size=6, num_workers=2, multiprocessing_context="fork", generator=generator())

    loader = build()
    batches = iter(loader)
    for _ in range(3):
        next(batches)
    state = loader.state_dict()
    rest = [plain(batch) for batch in batches]
    other = build()
    other.load_state_dict(state)
    assert [plain(batch) for batch in other] == rest
    assert len(rest) == 5


def test_a_place_needs_an_order():
    loader = DataLoader(range(9), num_workers=1, in_order=False, multiprocessing_context="fork")
    batches = iter(loader)
    assert loader.state_dict()["batches"] == 0
    next(batches)
    with pytest.raises(RuntimeError, match="in the middle of an iteration needs in_order=True"):
        loader.state_dict()
    list(batches)
    assert loader.state_dict()["batches"] is None
