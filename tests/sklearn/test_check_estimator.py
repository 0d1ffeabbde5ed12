"""All of scikit-learn's checks of an estimator, none declared as failing."""

import pytest
from sklearn.utils.estimator_checks import parametrize_with_checks

from minitorch.sklearn import MLPClassifier, MLPRegressor, NeuralNetClassifier, NeuralNetRegressor

pytestmark = pytest.mark.filterwarnings("ignore")  # scikit-learn's checks make models that do not converge
ESTIMATORS = [
    MLPClassifier(max_iter=20, learning_rate_init=0.01),
    MLPRegressor(max_iter=20, learning_rate_init=0.01),
    NeuralNetClassifier(max_epochs=20),
    NeuralNetRegressor(max_epochs=20),
]


@parametrize_with_checks(ESTIMATORS)
def test_of_scikit_learn(estimator, check):
    check(estimator)
