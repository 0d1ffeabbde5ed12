"""With a condition on the loader's length too, and arguments in a namespace."""

from types import SimpleNamespace

import minitorch as torch
from minitorch import nn
from minitorch.utils.data import DataLoader, TensorDataset

args = SimpleNamespace(gradient_accumulation_steps=4, epochs=2, lr=1e-2, max_grad_norm=1.0)
torch.manual_seed(0)
x = torch.randn(96, 4)
loader = DataLoader(TensorDataset(x, x.sum(1, keepdim=True)), batch_size=8, shuffle=True)
net = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 1))
optimizer = torch.optim.AdamW(net.parameters(), lr=args.lr)
scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda s: 1 / (1 + s))
tr_loss = 0.0
for epoch in range(args.epochs):
    for step, batch in enumerate(loader):
        net.train()
        inputs, labels = tuple(t.to("cpu") for t in batch)
        loss = nn.functional.mse_loss(net(inputs), labels)
        if args.gradient_accumulation_steps > 1:
            loss = loss / args.gradient_accumulation_steps
        loss.backward()  #!
        tr_loss += loss.item()
        step += 1  #+
        if step % args.gradient_accumulation_steps == 0:  #!
            nn.utils.clip_grad_norm_(net.parameters(), args.max_grad_norm)
            optimizer.step()  #!
            scheduler.step()
            net.zero_grad()
    net.zero_grad()
result = net
