"""The comparison with scikit-learn's MLPClassifier: with the same data and settings the accuracy is the same."""

from benchmarks import estimators


def test_both_train_to_the_same_accuracy():
    found = list(estimators.fitted(1, {"max_iter": 3, "hidden_layer_sizes": (5,)}))
    assert [name for name, *_ in found] == list(estimators.DATA_SETS)
    for _, times, accuracies, mine, theirs in found:
        assert accuracies.low == accuracies.high == 1.0
        assert min(times.low, mine, theirs) > 0
