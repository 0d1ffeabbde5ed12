"""NeuralNetClassifier and NeuralNetRegressor: their parts as parameters, and scikit-learn's tools around them."""

import pickle

import numpy as np
import pytest
from joblib import parallel_config
from sklearn.base import clone
from sklearn.datasets import load_digits, load_wine
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import minitorch
from minitorch import nn, optim
from minitorch.sklearn import MLP, NeuralNetClassifier, NeuralNetRegressor
from minitorch.train import Callback, EarlyStopping


@pytest.fixture(scope="module")
def wine():
    X, y = load_wine(return_X_y=True)
    return StandardScaler().fit_transform(X), np.array(["Barolo", "Grignolino", "Barbera"])[y]


class Net(nn.Module):
    def __init__(self, in_features, hidden, out_features, dropout=0.2):
        super().__init__()
        self.layers = MLP(in_features, out_features, hidden, dropout=dropout)

    def forward(self, x):
        return self.layers(x)


def test_grid_search_over_a_pipeline_with_nested_parameters(wine):
    net = NeuralNetClassifier(Net, module__hidden=4, max_epochs=8, optimizer="SGD", random_state=0)
    grid = {
        "neuralnetclassifier__module__hidden": [2, 16],
        "neuralnetclassifier__optimizer__lr": [1e-6, 0.1],
        "neuralnetclassifier__optimizer__momentum": [0.9],
    }
    search = GridSearchCV(make_pipeline(StandardScaler(), net), grid, cv=3).fit(*wine)
    assert search.best_params_["neuralnetclassifier__module__hidden"] == 16
    assert search.best_params_["neuralnetclassifier__optimizer__lr"] == 0.1
    assert search.best_score_ > 0.9
    assert net.get_params()["module__hidden"] == 4  # the searched one is a clone
    best = search.best_estimator_[-1]
    assert best.module_.layers[0].weight.shape == (16, 13)
    assert best.optimizer_.param_groups[0]["momentum"] == 0.9


def test_threads_do_not_share_random_numbers(wine):
    net = NeuralNetClassifier(Net, module__hidden=16, max_epochs=10, random_state=0)
    alone = cross_val_score(net, *wine, cv=4, scoring="neg_log_loss").tolist()
    with parallel_config(backend="threading", n_jobs=4):
        assert cross_val_score(net, *wine, cv=4, scoring="neg_log_loss").tolist() == alone


def test_parameters_are_got_set_cloned_and_shown():
    net = NeuralNetClassifier(Net, module__hidden=4, optimizer__weight_decay=0.1, lr=0.5)
    copy = clone(net).set_params(module__hidden=8, lr=0.25)
    assert net.get_params() == net.get_params(deep=False)
    assert (net.module__hidden, copy.module__hidden, copy.lr, copy.optimizer__weight_decay) == (4, 8, 0.25, 0.1)
    assert "module__hidden=8" in repr(copy)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("modul__hidden", "unexpected parameter 'modul__hidden'; did you mean 'module'"),
        ("max_epoch", "did you mean 'max_epochs'"),
    ],
)
def test_names_that_there_are_not(name, message):
    with pytest.raises(TypeError, match=message):
        NeuralNetClassifier(**{name: 1})
    with pytest.raises(ValueError, match=message.partition("; ")[2] or message):
        NeuralNetClassifier().set_params(**{name: 1})


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"module": Net, "module__hiden": 4}, "module__hiden: Net has no such argument; did you mean module__hidden"),
        ({"module": MLP(13, 3), "module__hidden": 4}, "module__hidden cannot be given: give its class"),
        ({"module": MLP(13, 2)}, r"output of shape \(1, 2\) for one row, \(1, 3\) is needed"),
        ({"module": nn.Sequential(nn.Linear(13, 1), nn.Unflatten(0, (-1, 1)))}, r"output of shape \(1, 1, 1\)"),
        ({"optimizer": "Adan"}, "optimizer: minitorch.optim has no 'Adan'; did you mean 'Adam'"),
        ({"optimizer__moment": 1}, "optimizer__moment: Adam has no such argument"),
        ({"criterion": nn.MSELoss}, "MSELoss is not for classes, use one of CrossEntropyLoss, NLLLoss"),
        ({"criterion": "BCEWithLogitsLoss"}, "BCEWithLogitsLoss is for two classes, y has 3"),
        ({"criterion__reduction": "sum"}, "criterion__reduction should be 'mean', got 'sum'"),
        ({"max_epochs": 0}, "max_epochs should be a whole number of 1 or more, got 0"),
        ({"validation_fraction": 1.5}, "validation_fraction should be None or between 0 and 1, got 1.5"),
    ],
)
def test_wrong_settings(wine, settings, message):
    with pytest.raises(ValueError, match=message):
        NeuralNetClassifier(**settings).fit(*wine)


class LogSoftmaxNet(MLP):
    def forward(self, x):
        return super().forward(x).log_softmax(1)


@pytest.mark.parametrize(
    ("classes", "settings"),
    [
        (3, {"module": LogSoftmaxNet, "criterion": nn.NLLLoss}),
        (2, {"criterion": "BCEWithLogitsLoss"}),
        (3, {"module": lambda in_features, out_features: nn.Linear(in_features, out_features)}),
        (3, {"module": lambda: nn.Sequential(nn.LazyLinear(8), nn.ReLU(), nn.LazyLinear(3))}),
        (3, {"optimizer": optim.LBFGS, "lr": None, "optimizer__line_search_fn": "strong_wolfe", "max_epochs": 2}),
        (
            3,
            {
                "scheduler": "CosineAnnealingLR",
                "scheduler__T_max": 20,
                "accumulate": 2,
                "batch_size": 30,
                "clip_norm": 1,
            },
        ),
        (3, {"criterion__label_smoothing": 0.1, "criterion__weight": minitorch.tensor([1.0, 2.0, 1.0])}),
    ],
)
def test_kinds_of_parts(wine, classes, settings):
    X, y = wine
    y = y if classes == 3 else y == "Barolo"
    net = NeuralNetClassifier(**{"max_epochs": 20, "random_state": 0, "class_weight": "balanced"} | settings)
    assert net.fit(X, y).score(X, y) > 0.95
    p = net.predict_proba(X)
    assert p.shape == (len(X), classes)
    np.testing.assert_allclose(p.sum(axis=1), 1)
    assert (net.classes_[p.argmax(axis=1)] == net.predict(X)).all()


def test_a_module_is_copied_and_inputs_may_be_images():
    X, y = load_digits(return_X_y=True)
    X = (X[:300] / 16).reshape(-1, 1, 8, 8).astype(np.float32)
    module = nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU(), nn.Flatten(), nn.Linear(144, 10))
    before = module[0].weight.array.copy()
    net = NeuralNetClassifier(module, max_epochs=10, batch_size=32, random_state=0).fit(X, y[:300])
    assert net.score(X, y[:300]) > 0.9
    assert (module[0].weight.array == before).all()
    assert net.module_[0].weight.dtype == minitorch.float32


def test_whole_numbers_go_to_an_embedding():
    X = np.arange(12).reshape(6, 2) % 5
    net = NeuralNetClassifier(
        nn.Sequential(nn.Embedding(5, 8), nn.Flatten(), nn.Linear(16, 2)), dtype="int64", max_epochs=50, random_state=0
    )
    y = X[:, 0] > 2
    assert net.fit(X, y).score(X, y) == 1.0


def test_early_stopping_on_rows_held_out(wine):
    stopping = EarlyStopping(3, "val_accuracy", restore_best=True)
    net = NeuralNetClassifier(validation_fraction=0.3, callbacks=[stopping], random_state=0).fit(*wine)
    accuracies = [figures["val_accuracy"] for figures in net.history_]
    assert net.n_iter_ == len(accuracies) < 100
    assert accuracies.index(max(accuracies)) == net.n_iter_ - 4
    assert stopping.best.value is None  # a copy has worked
    with pytest.raises(ValueError, match="no figure is called 'val_accuracy'"):
        net.set_params(validation_fraction=None).fit(*wine)


def test_callbacks_see_the_trainer_and_weights_leave_accuracy_alone(wine):
    class Spy(Callback):
        figures = []

        def on_epoch_end(self, trainer):
            self.figures.append(trainer.figures["train_accuracy"])

    X, y = wine
    weights = np.where(y == "Barolo", 1e-9, 1.0)
    net = NeuralNetClassifier(max_epochs=30, callbacks=[Spy()], random_state=0).fit(X, y, sample_weight=weights)
    assert Spy.figures[-1] == net.history_[-1]["train_accuracy"] == pytest.approx(net.score(X, y), abs=0.02)
    assert net.score(X, y) < 0.8 < net.score(X, y, sample_weight=weights)


def test_same_seed_same_net_and_the_global_generator_is_left_alone(wine):
    state = minitorch.get_rng_state()
    nets = [
        NeuralNetClassifier(Net, module__hidden=8, max_epochs=2, random_state=seed).fit(*wine) for seed in (1, 1, 2)
    ]
    first, again, other = (net.predict_proba(wine[0]) for net in nets)
    assert (first == again).all()
    assert (first != other).any()
    assert (minitorch.get_rng_state() == state).all()


def test_partial_fit_warm_start_and_pickle_go_on(wine):
    X, y = wine
    net = NeuralNetClassifier(Net, module__hidden=8, random_state=0)
    net.partial_fit(X, y, classes=np.unique(y)).partial_fit(X, y)
    copy = pickle.loads(pickle.dumps(net))
    assert (copy.predict_proba(X) == net.predict_proba(X)).all()
    assert (copy.partial_fit(X, y).predict_proba(X) == net.partial_fit(X, y).predict_proba(X)).all()
    assert len(net.history_) == 3
    with pytest.raises(ValueError, match="classes"):
        net.partial_fit(X, np.where(y == "Barolo", "Nebbiolo", y))
    with pytest.raises(ValueError, match="not supported by partial_fit"):
        net.set_params(class_weight="balanced").partial_fit(X, y)

    warm = NeuralNetClassifier(warm_start=True, max_epochs=2, random_state=0).fit(X, y)
    module, loss = warm.module_, warm.history_[-1]["train_loss"]
    warm.fit(X, y)
    assert warm.module_ is module
    assert warm.history_[-1]["train_loss"] < loss
    assert len(warm.history_) == 4
    assert warm.set_params(warm_start=False).fit(X, y).module_ is not module


def test_regressor_of_several_targets_and_an_output_without_columns(wine):
    X, _ = wine
    Y = np.stack([X[:, 0] + X[:, 1], X[:, 2]], axis=1)
    net = NeuralNetRegressor(criterion="SmoothL1Loss", max_epochs=80, random_state=0).fit(
        X, Y, sample_weight=np.ones(len(Y))
    )
    assert net.predict(X).shape == Y.shape
    assert net.score(X, Y) > 0.9
    flat = nn.Sequential(nn.Linear(13, 1), nn.Flatten(0))
    net = NeuralNetRegressor(flat, max_epochs=100, lr=0.05, random_state=0).fit(X, Y[:, 0])
    assert net.predict(X).shape == (len(X),)
    assert net.score(X, Y[:, 0]) > 0.9


def test_a_training_that_blows_up_is_an_error(wine):
    with pytest.raises(FloatingPointError, match="the loss is"), np.errstate(all="ignore"):
        NeuralNetRegressor(optimizer="SGD", lr=1e6, random_state=0).fit(wine[0], wine[0][:, 0])


def test_feature_names(wine):
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame(wine[0]).add_prefix("x")
    net = NeuralNetClassifier(max_epochs=1).fit(frame, wine[1])
    assert net.feature_names_in_.tolist() == list(frame.columns)
    with pytest.raises(ValueError, match="feature names should match"):
        net.predict(frame.rename(columns={"x0": "y0"}))


def test_says_a_line_an_epoch(wine, capsys):
    NeuralNetClassifier(max_epochs=2, verbose=True).fit(*wine)
    first, second = capsys.readouterr().out.splitlines()
    assert first.startswith("epoch 1: train_loss ")
    assert second.startswith("epoch 2: ")
