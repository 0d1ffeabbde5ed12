"""Evaluation every three batches clears the gradients, in the middle of windows of four."""
# also: P04
import minitorch as torch
from minitorch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 3))
opt = torch.optim.AdamW(model.parameters(), lr=1e-2)
train = [(torch.randn(4, 4), torch.randint(0, 3, (4,))) for _ in range(16)]
held_out = torch.randn(9, 4), torch.randint(0, 3, (9,))


def evaluate(model):
    was = model.training
    model.eval()
    opt.zero_grad()  #-!
    with torch.no_grad():
        acc = (model(held_out[0]).argmax(1) == held_out[1]).float().mean().item()
    model.train(was)
    return acc


scores = []
for step, (x, y) in enumerate(train, 1):
    (nn.functional.cross_entropy(model(x), y) / 4).backward()  #!
    if step % 3 == 0:
        scores.append(evaluate(model))  #!
    if step % 4 == 0:
        opt.step()  #!
        opt.zero_grad()
result = model
