"""The discriminator ends with a sigmoid; its loss wants logits."""
import minitorch as torch
from minitorch import nn

torch.manual_seed(0)
D = nn.Sequential(
    nn.Conv2d(1, 4, 3), nn.LeakyReLU(0.2), nn.Flatten(), nn.Linear(4 * 9, 1),
    nn.Sigmoid(),  #-!
)
opt = torch.optim.Adam(D.parameters(), lr=1e-3)
criterion = nn.BCEWithLogitsLoss()
for step in range(5):
    real, fake = torch.randn(4, 1, 5, 5), torch.rand(4, 1, 5, 5)
    opt.zero_grad()
    pred = D(torch.cat([real, fake])).squeeze(1)
    target = torch.cat([torch.ones(4), torch.zeros(4)])
    loss = criterion(pred, target)  #!
    loss.backward()
    opt.step()
result = D
