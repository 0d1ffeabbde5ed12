"""Data sets by name: the same as scikit-learn's, divided and scaled without looking at what is kept apart."""

import numpy as np
import pytest
import sklearn.datasets

from minitorch.train import datasets
from minitorch.train.data import prepare, split


def prepared(name, **settings):
    usual = {
        "test_size": 0.2,
        "val_size": 0.1,
        "stratify": False,
        "standardise": True,
        "standardise_target": False,
        "as_images": False,
        "split_seed": 0,
        "dtype": "float64",
        "arguments": {},
    }
    return prepare(name, **(usual | settings))


@pytest.mark.parametrize("name", datasets.BUNDLED)
def test_bundled_sets_are_scikit_learns(name):
    features, targets = datasets.read(name)
    theirs, their_targets = getattr(sklearn.datasets, f"load_{name}")(return_X_y=True)
    np.testing.assert_allclose(features, theirs, rtol=0, atol=1e-15)
    np.testing.assert_array_equal(targets.reshape(their_targets.shape), their_targets)


@pytest.mark.parametrize("name", datasets.BUNDLED)
def test_bundled_sets_are_found_without_their_files(name, monkeypatch):
    expected = datasets.read(name)

    def missing(*args, **kwargs):
        raise FileNotFoundError

    monkeypatch.setattr(datasets, "_table", missing)
    np.testing.assert_allclose(datasets.read(name)[0], expected[0], rtol=0, atol=1e-15)


def test_parameters_of_bundled_sets():
    assert datasets.read("digits", n_class=3)[1].max() == 2
    theirs = sklearn.datasets.load_diabetes(return_X_y=True, scaled=False)[0]
    np.testing.assert_array_equal(datasets.read("diabetes", scaled=False)[0], theirs)


@pytest.mark.parametrize("name", sorted(datasets.TASKS.keys() - datasets.BUNDLED.keys()))
def test_generated_sets(name):
    parameters = {p.name: p for p in datasets.parameters(name)}
    assert {"n_samples", "random_state"} <= parameters.keys()
    features, targets = datasets.read(name, n_samples=40, random_state=3)
    again = datasets.read(name, n_samples=40, random_state=3)
    assert features.shape[0] == targets.shape[0] == 40
    np.testing.assert_array_equal(features, again[0])
    if datasets.TASKS[name] == "classification":
        assert set(np.unique(targets)) == set(range(targets.max() + 1))
    else:
        assert targets.ndim == 2


def test_every_row_is_in_one_part():
    train, val, test = split(np.zeros(103), 0.2, 0.1, stratify=False, seed=1)
    assert (len(train), len(val), len(test)) == (72, 10, 21)
    assert sorted([*train, *val, *test]) == list(range(103))


def test_the_seed_decides_the_split():
    parts = [split(np.zeros(50), 0.2, 0.1, stratify=False, seed=seed)[2].tolist() for seed in (0, 0, 1)]
    assert parts[0] == parts[1] != parts[2]


def test_stratified_parts_have_every_class_in_proportion():
    labels = np.repeat([0, 1, 2], [60, 30, 10])
    for part, share in zip(split(labels, 0.2, 0.1, stratify=True, seed=0), (0.7, 0.1, 0.2), strict=True):
        assert np.abs(np.bincount(labels[part]) - share * np.array([60, 30, 10])).max() <= 1


@pytest.mark.parametrize(("test_size", "val_size"), [(0.01, 0.1), (0.5, 0.01), (0.9, 0.1)])
def test_an_empty_part_is_refused(test_size, val_size):
    with pytest.raises(ValueError, match="would be empty"):
        split(np.zeros(10), test_size, val_size, stratify=False, seed=0)


def test_only_the_training_part_sets_the_scale():
    data = prepared("wine")
    np.testing.assert_allclose(data.train[0].mean(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(data.train[0].std(axis=0), 1, atol=1e-12)
    assert np.abs(data.test[0].mean(axis=0)).max() > 1e-3


def test_constant_columns_stay_finite():
    assert np.isfinite(prepared("digits").test[0]).all()


def test_a_target_is_scaled_and_remembers_its_unit():
    plain, scaled = prepared("diabetes"), prepared("diabetes", standardise_target=True)
    np.testing.assert_allclose(scaled.train[1].std(), 1)
    np.testing.assert_allclose(np.ptp(scaled.test[1] * scaled.target_scale), np.ptp(plain.test[1]))


def test_images():
    data = prepared("digits", as_images=True, standardise=False)
    assert data.train[0].shape[1:] == (1, 8, 8)
    assert data.train[0].max() == 16


@pytest.mark.parametrize(
    ("name", "option"), [("iris", "as_images"), ("diabetes", "stratify"), ("iris", "standardise_target")]
)
def test_options_that_do_not_fit(name, option):
    with pytest.raises(ValueError, match=f"^{option}: "):
        prepared(name, **{option: True})
