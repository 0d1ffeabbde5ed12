"""scikit-learn's manners: estimators that train with minitorch. Importing this package imports scikit-learn.

`MLPClassifier` and `MLPRegressor` take scikit-learn's own settings; `NeuralNetClassifier` and `NeuralNetRegressor` take
any module. All pass scikit-learn's ``check_estimator``.
"""

from minitorch.sklearn.mlp import MLPClassifier, MLPRegressor
from minitorch.sklearn.modules import MLP
from minitorch.sklearn.neural_net import NeuralNetClassifier, NeuralNetRegressor

__all__ = ["MLP", "MLPClassifier", "MLPRegressor", "NeuralNetClassifier", "NeuralNetRegressor"]
