import minitorch as torch
from minitorch import nn, optim

images, labels = torch.randn(40, 1, 6, 6), torch.randint(0, 3, (40,))
net = nn.Sequential(nn.Conv2d(1, 2, 3), nn.ReLU(), nn.Flatten(), nn.Linear(32, 3))
opt = optim.Adam(net.parameters())
history = {"train": []}
for epoch in range(4):
    for k in range(0, 40, 10):
        out = net(images[k : k + 10])
        loss = nn.functional.cross_entropy(out, labels[k : k + 10])  #!
        opt.zero_grad()
        loss.backward()
        opt.step()
        history["train"].append(loss)  #-!
        history["train"].append(loss.item())  #+
result = [float(sum(hasattr(l, "grad_fn") for l in history["train"]))]
