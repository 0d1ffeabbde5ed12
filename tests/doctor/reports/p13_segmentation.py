"""A segmentation net whose steps were spread over four batches because memory was short; nobody divided."""
import minitorch as torch
from minitorch import nn

torch.manual_seed(0)


def dice_loss(logits, mask, eps=1.0):
    p = torch.sigmoid(logits)
    inter = (p * mask).sum((1, 2, 3))
    return 1 - ((2 * inter + eps) / (p.sum((1, 2, 3)) + mask.sum((1, 2, 3)) + eps)).mean()


class TinyUNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.down = nn.Conv2d(1, 4, 3, padding=1)
        self.up = nn.Conv2d(5, 1, 3, padding=1)

    def forward(self, x):
        h = torch.relu(self.down(x))
        return self.up(torch.cat([h, x], 1))


net = TinyUNet()
optim = torch.optim.SGD(net.parameters(), lr=0.1)
bce = nn.BCEWithLogitsLoss()
batches = [(torch.randn(2, 1, 6, 6), (torch.rand(2, 1, 6, 6) > 0.5).float()) for _ in range(8)]
accumulate = 4
for epoch in range(2):
    for k, (img, mask) in enumerate(batches):
        logits = net(img)
        loss = bce(logits, mask) + dice_loss(logits, mask)  #!
        loss = loss / accumulate  #+
        loss.backward()  #!
        if (k + 1) % accumulate == 0:
            optim.step()  #!
            optim.zero_grad()
result = net
