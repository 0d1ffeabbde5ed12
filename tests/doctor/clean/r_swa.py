"""Stochastic weight averaging, its own scheduler, and batch norm statistics made anew at the end."""
import minitorch as torch
from minitorch import nn
from minitorch.optim.swa_utils import SWALR, AveragedModel, update_bn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(4, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Linear(8, 2))
opt = torch.optim.SGD(model.parameters(), lr=0.1)
swa = AveragedModel(model)
cosine = torch.optim.lr_scheduler.CosineAnnealingLR(opt, T_max=6)
swalr = SWALR(opt, swa_lr=0.05, anneal_epochs=2)
loader = [torch.randn(6, 4) for _ in range(3)]
for epoch in range(6):
    for x in loader:
        opt.zero_grad()
        nn.functional.cross_entropy(model(x), (x[:, 0] > 0).long()).backward()
        opt.step()
    if epoch > 3:
        swa.update_parameters(model)
        swalr.step()
    else:
        cosine.step()
update_bn(loader, swa)
swa.eval()
with torch.no_grad():
    swa(loader[0])
