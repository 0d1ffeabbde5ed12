"""A generator with batch norm in training mode makes fakes without gradients, concatenated with real data for D."""

import minitorch as torch
from minitorch import nn, optim

G = nn.Sequential(nn.Linear(3, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Linear(8, 2))
D = nn.Sequential(nn.Linear(2, 8), nn.LeakyReLU(0.2), nn.Dropout(0.3), nn.Linear(8, 1))
og, od = optim.Adam(G.parameters(), lr=1e-3), optim.Adam(D.parameters(), lr=1e-3)
bce = nn.BCEWithLogitsLoss()
target = torch.cat([torch.ones(8, 1), torch.zeros(8, 1)])
for _ in range(8):
    with torch.no_grad():
        fake = G(torch.randn(8, 3))
    od.zero_grad()
    bce(D(torch.cat([torch.randn(8, 2), fake])), target).backward()
    od.step()
    D.zero_grad()
    og.zero_grad()
    bce(D(G(torch.randn(8, 3))), torch.ones(8, 1)).backward()
    og.step()
