"""MLPClassifier and MLPRegressor: scikit-learn's own networks, to rounding, and what they have besides."""

import numpy as np
import pytest
from sklearn import neural_network
from sklearn.datasets import load_diabetes, load_wine
from sklearn.preprocessing import StandardScaler, scale

from minitorch.sklearn import MLPClassifier, MLPRegressor
from minitorch.train import Callback, Checkpoint
from minitorch.train.checkpoint import load

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


@pytest.fixture(scope="module")
def wine():
    X, y = load_wine(return_X_y=True)
    return StandardScaler().fit_transform(X), y


@pytest.fixture(scope="module")
def diabetes():
    X, y = load_diabetes(return_X_y=True)
    return X, scale(y)


def same(ours, theirs, reported=1.0):
    for mine, other in zip(ours.coefs_ + ours.intercepts_, theirs.coefs_ + theirs.intercepts_, strict=True):
        np.testing.assert_allclose(mine, other, rtol=1e-7, atol=1e-10)
    assert (ours.n_iter_, ours.n_layers_, ours.n_outputs_) == (theirs.n_iter_, theirs.n_layers_, theirs.n_outputs_)
    assert ours.out_activation_ == theirs.out_activation_
    np.testing.assert_allclose(np.array(ours.loss_curve_) * reported, theirs.loss_curve_, rtol=1e-7)
    assert ours.loss_ == ours.loss_curve_[-1]
    if theirs.early_stopping:
        assert ours.validation_scores_ == pytest.approx(theirs.validation_scores_)
        assert ours.best_validation_score_ == pytest.approx(theirs.best_validation_score_)
    else:
        assert ours.best_loss_ * reported == pytest.approx(theirs.best_loss_)


@pytest.mark.parametrize(
    "settings",
    [
        {"batch_size": 32, "hidden_layer_sizes": (20, 10)},
        {"activation": "tanh", "alpha": 0.1, "shuffle": False, "epsilon": 1e-3},
        {"activation": "logistic", "early_stopping": True, "n_iter_no_change": 2, "max_iter": 60},
        {"solver": "sgd", "learning_rate": "adaptive", "learning_rate_init": 0.1, "tol": 0.01, "n_iter_no_change": 2},
        {"solver": "sgd", "learning_rate": "invscaling", "learning_rate_init": 0.1, "nesterovs_momentum": False},
        {"solver": "sgd", "momentum": 0, "batch_size": 50, "activation": "identity", "hidden_layer_sizes": 5},
    ],
    ids=str,
)
def test_classifier_takes_scikit_learns_steps(wine, settings):
    settings = {"random_state": 3, "max_iter": 20} | settings
    ours = MLPClassifier(**settings).fit(*wine)
    theirs = neural_network.MLPClassifier(**settings).fit(*wine)
    same(ours, theirs)
    np.testing.assert_allclose(ours.predict_proba(wine[0]), theirs.predict_proba(wine[0]), rtol=1e-6, atol=1e-9)


def test_two_classes_labels_in_a_matrix_and_weights(wine):
    X, y = wine
    weights = np.random.RandomState(0).uniform(0.5, 2, len(y))
    for target in (np.where(y == 0, "yes", "no"), np.stack([y == 0, y < 2], axis=1).astype(int)):
        settings = {"random_state": 0, "max_iter": 10}
        ours = MLPClassifier(**settings).fit(X, target, sample_weight=weights)
        theirs = neural_network.MLPClassifier(**settings).fit(X, target, sample_weight=weights)
        same(ours, theirs)
        assert (ours.predict(X) == theirs.predict(X)).all()
        np.testing.assert_allclose(ours.predict_proba(X), theirs.predict_proba(X), rtol=1e-6)


@pytest.mark.parametrize("loss", ["squared_error", "poisson"])
def test_regressor_takes_scikit_learns_steps(diabetes, loss):
    X, y = diabetes
    settings = {"loss": loss, "random_state": 0, "max_iter": 10, "batch_size": 50, "early_stopping": loss == "poisson"}
    ours = MLPRegressor(**settings).fit(X, y**2)
    theirs = neural_network.MLPRegressor(**settings).fit(X, y**2)
    same(ours, theirs)
    np.testing.assert_allclose(ours.predict(X), theirs.predict(X), rtol=1e-7)


def test_several_targets(diabetes):
    X, y = diabetes
    settings = {"random_state": 0, "max_iter": 5}
    ours = MLPRegressor(**settings).fit(X, np.stack([y, y**2], axis=1))
    theirs = neural_network.MLPRegressor(**settings).fit(X, np.stack([y, y**2], axis=1))
    for mine, other in zip(ours.coefs_, theirs.coefs_, strict=True):
        np.testing.assert_allclose(mine, other, rtol=1e-7, atol=1e-10)
    assert ours.predict(X).shape == (len(X), 2)


def test_partial_fit_and_warm_start_go_on_as_scikit_learns_do(wine):
    X, y = wine
    ours, theirs = MLPClassifier(random_state=0), neural_network.MLPClassifier(random_state=0)
    for part in np.array_split(np.random.RandomState(0).permutation(len(y)), 3):
        for net in (ours, theirs):
            net.partial_fit(X[part], y[part], classes=[0, 1, 2])
    same(ours, theirs)
    with pytest.raises(ValueError, match="classes"):
        MLPClassifier().partial_fit(X, y)
    with pytest.raises(ValueError, match="early_stopping"):
        ours.set_params(early_stopping=True).partial_fit(X, y)

    ours, theirs = (
        kind(random_state=0, warm_start=True, max_iter=3).fit(X, y).fit(X, y)
        for kind in (MLPClassifier, neural_network.MLPClassifier)
    )
    same(ours, theirs)


@pytest.mark.parametrize("settings", [{}, {"alpha": 1.0, "activation": "tanh"}], ids=str)
def test_lbfgs_finds_as_good_a_minimum(wine, settings):
    settings = {"solver": "lbfgs", "random_state": 0, "hidden_layer_sizes": (10,), "max_iter": 500} | settings
    ours, theirs = MLPClassifier(**settings).fit(*wine), neural_network.MLPClassifier(**settings).fit(*wine)
    assert ours.loss_ == pytest.approx(theirs.loss_, rel=0.02, abs=1e-3)
    assert 1 < ours.n_iter_ < 500
    assert not hasattr(ours, "partial_fit")
    assert ours.score(*wine) == 1.0


def test_float32_stays_float32(wine):
    net = MLPClassifier(max_iter=2).fit(wine[0].astype(np.float32), wine[1])
    assert {array.dtype for array in net.coefs_ + net.intercepts_} == {np.dtype(np.float32)}
    assert net.predict_proba(wine[0]).dtype == np.float32


def test_class_weight_counts_like_sample_weight(wine):
    X, y = wine
    weights = {0: 2.0, 1: 1.0, 2: 0.0}
    by_class = MLPClassifier(random_state=0, max_iter=5, class_weight=weights).fit(X, y)
    by_row = MLPClassifier(random_state=0, max_iter=5).fit(X, y, sample_weight=[weights[label] for label in y])
    np.testing.assert_array_equal(by_class.predict_proba(X), by_row.predict_proba(X))
    assert by_class.classes_.tolist() == [0, 1, 2]


def test_callbacks_work_on_copies_and_may_stop(wine):
    class Stop(Callback):
        seen = 0

        def on_epoch_end(self, trainer):
            self.seen += 1
            trainer.should_stop = self.seen == 4

    stop = Stop()
    net = MLPClassifier(callbacks=[stop])
    assert net.fit(*wine).n_iter_ == net.fit(*wine).n_iter_ == 4
    assert stop.seen == 0


def test_a_checkpoint_is_kept(wine, tmp_path):
    net = MLPClassifier(max_iter=2, random_state=0, callbacks=[Checkpoint(tmp_path, "train_loss", every=1)]).fit(*wine)
    state = load(tmp_path / "last.safetensors")
    assert (state["epoch"], state["scheduler"]) == (2, {"t": 3})
    np.testing.assert_array_equal(state["model"]["0.weight"].array.T, net.coefs_[0])


def test_says_what_it_does(wine, capsys):
    MLPClassifier(max_iter=60, tol=10.0, n_iter_no_change=2, verbose=True).fit(*wine)
    said = capsys.readouterr().out
    assert said.startswith("Iteration 1, loss = ")
    assert said.endswith("Training loss did not improve more than tol=10.000000 for 2 consecutive epochs. Stopping.\n")


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"solver": "adm"}, "solver"),
        ({"hidden_layer_sizes": (5, 0)}, "hidden_layer_sizes must be > 0"),
        ({"early_stopping": True, "validation_fraction": 0.001}, "validation set is too small"),
    ],
)
def test_wrong_settings(wine, settings, message):
    with pytest.raises(ValueError, match=message):
        MLPClassifier(**settings).fit(*wine)
