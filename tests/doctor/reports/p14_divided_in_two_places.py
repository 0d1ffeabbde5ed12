"""The helper divides, and the loop divides again."""
import minitorch as torch
from minitorch import nn

torch.manual_seed(0)
ACCUM = 4


def compute_loss(model, inputs, num_items=None):
    out = model(inputs["x"])
    return nn.functional.mse_loss(out, inputs["y"]) / ACCUM  #!


def training_step(model, inputs):
    model.train()
    loss = compute_loss(model, inputs)
    loss = loss / ACCUM  #-!
    loss.backward()  #!
    return loss.detach()


model = nn.Sequential(nn.Linear(3, 8), nn.ReLU(), nn.Linear(8, 1))
opt = torch.optim.SGD(model.parameters(), lr=0.2)
stream = [{"x": torch.randn(4, 3), "y": torch.randn(4, 1)} for _ in range(16)]
tr_loss = torch.zeros(())
for step, inputs in enumerate(stream):
    tr_loss += training_step(model, inputs)
    if (step + 1) % ACCUM == 0:
        opt.step()  #!
        opt.zero_grad()
result = model
