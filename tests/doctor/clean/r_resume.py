"""Training, saving, and going on from the checkpoint with fresh objects."""
import io

import minitorch as torch
from minitorch import nn

torch.manual_seed(0)


def build():
    model = nn.Sequential(nn.Linear(4, 6), nn.ReLU(), nn.Linear(6, 2))
    opt = torch.optim.AdamW(model.parameters(), lr=1e-2)
    sched = torch.optim.lr_scheduler.CosineAnnealingLR(opt, T_max=6)
    return model, opt, sched


def train(model, opt, sched, start, stop):
    for epoch in range(start, stop):
        model.train()
        for _ in range(2):
            opt.zero_grad()
            nn.functional.cross_entropy(model(torch.randn(6, 4)), torch.randint(0, 2, (6,))).backward()
            opt.step()
        sched.step()


first = build()
train(*first, 0, 3)
file = io.BytesIO()
torch.save({"epoch": 3, "model": first[0].state_dict(), "opt": first[1].state_dict(), "sched": first[2].state_dict()}, file)
file.seek(0)
state = torch.load(file)
model, opt, sched = build()
model.load_state_dict(state["model"])
opt.load_state_dict(state["opt"])
sched.load_state_dict(state["sched"])
train(model, opt, sched, state["epoch"], 6)
