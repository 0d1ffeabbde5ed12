"""The loss is divided for an accumulation that was never written."""
import minitorch as torch
from minitorch import nn

torch.manual_seed(0)
CONFIG = {"accum_iter": 4, "lr": 0.1, "epochs": 2}


def train(model, batches, optimizer, config):
    accum = config["accum_iter"]
    for epoch in range(config["epochs"]):
        for batch_idx, (inputs, labels) in enumerate(batches):
            preds = model(inputs)
            loss = nn.functional.cross_entropy(preds, labels)
            loss = loss / accum  #!
            loss.backward()  #!
            optimizer.step()  #-!
            optimizer.zero_grad()  #-!
            if (batch_idx + 1) % accum == 0:  #+
                optimizer.step()  #+
                optimizer.zero_grad()  #+


x = torch.randn(64, 5)
y = torch.randint(0, 3, (64,))
net = nn.Sequential(nn.Linear(5, 8), nn.ReLU(), nn.Linear(8, 3))
train(net, list(zip(x.split(8), y.split(8))), torch.optim.SGD(net.parameters(), lr=CONFIG["lr"]), CONFIG)
result = net
