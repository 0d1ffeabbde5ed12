"""Layers are unfrozen one an epoch, from the head down; their groups are added to the optimizer."""
import minitorch as torch
from minitorch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(4, 6), nn.ReLU(), nn.Linear(6, 6), nn.ReLU(), nn.Linear(6, 2))
layers = [model[4], model[2], model[0]]
for layer in layers[1:]:
    layer.requires_grad_(False)
opt = torch.optim.Adam(layers[0].parameters(), lr=1e-2)
for epoch in range(4):
    if 0 < epoch < 3:
        layers[epoch].requires_grad_(True)
        opt.add_param_group({"params": list(layers[epoch].parameters()), "lr": 1e-2 * 0.5**epoch})
    for _ in range(3):
        opt.zero_grad()
        nn.functional.cross_entropy(model(torch.randn(8, 4)), torch.randint(0, 2, (8,))).backward()
        opt.step()
