"""The clearing stands outside of the closure."""

import minitorch as torch
from minitorch import nn
from sklearn.datasets import load_digits

digits = load_digits()
X = torch.tensor(digits.data[:100] / 16.0, dtype=torch.float32)
y = torch.tensor(digits.target[:100])
mlp = nn.Sequential(nn.Linear(64, 12), nn.Tanh(), nn.Linear(12, 10))
lbfgs = torch.optim.LBFGS(mlp.parameters(), lr=0.3, max_iter=5, line_search_fn="strong_wolfe")
ce = nn.CrossEntropyLoss()

for epoch in range(3):
    lbfgs.zero_grad()  #-!

    def evaluate():
        lbfgs.zero_grad()  #+
        objective = ce(mlp(X), y)
        objective.backward()  #!
        return objective

    lbfgs.step(evaluate)  #!
result = mlp
