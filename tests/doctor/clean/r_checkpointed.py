"""Gradient checkpointing of blocks, with dropout in them, and accumulation over two."""
import minitorch as torch
from minitorch import nn
from minitorch.utils.checkpoint import checkpoint

torch.manual_seed(0)


class Deep(nn.Module):
    def __init__(self):
        super().__init__()
        self.blocks = nn.ModuleList(
            nn.Sequential(nn.Linear(6, 6), nn.LayerNorm(6), nn.GELU(), nn.Dropout(0.1)) for _ in range(3)
        )
        self.out = nn.Linear(6, 2)

    def forward(self, x):
        for block in self.blocks:
            x = x + checkpoint(block, x, use_reentrant=False)
        return self.out(x)


model = Deep()
opt = torch.optim.AdamW(model.parameters(), lr=1e-3)
for i in range(8):
    x, y = torch.randn(4, 6), torch.randint(0, 2, (4,))
    (nn.functional.cross_entropy(model(x), y) / 2).backward()
    if i % 2:
        opt.step()
        opt.zero_grad(set_to_none=True)
