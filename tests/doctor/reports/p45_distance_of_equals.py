"""A contrastive loss takes the root of a distance that is nought for the pair of a row with itself."""
import minitorch as torch
from minitorch import nn

torch.manual_seed(0)
encoder = nn.Sequential(nn.Linear(5, 6), nn.ReLU(), nn.Linear(6, 3))
opt = torch.optim.Adam(encoder.parameters(), lr=1e-2)


def contrastive(z, labels, margin=1.0):
    d2 = ((z[:, None] - z[None]) ** 2).sum(-1)
    d = torch.sqrt(d2)  #-!
    d = torch.sqrt(d2 + 1e-12)  #+
    same = (labels[:, None] == labels[None]).float()
    return (same * d2 + (1 - same) * torch.relu(margin - d) ** 2).mean()


for step in range(4):
    x, labels = torch.randn(8, 5), torch.randint(0, 2, (8,))
    opt.zero_grad()
    loss = contrastive(encoder(x), labels)
    loss.backward()  #!
    opt.step()  #!
result = encoder
