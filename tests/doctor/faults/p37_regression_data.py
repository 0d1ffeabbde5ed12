import minitorch as torch

w = torch.ones(4, requires_grad=True)
x = torch.randn(20, 4)
y = x.sum(1)
opt = torch.optim.SGD([w], lr=0.05)
for step in range(4):
    pred = x @ (w * w)
    loss = ((pred - y) ** 2).mean()
    w.data.clamp_(0, 0.9)  #-!
    opt.zero_grad()
    loss.backward()
    opt.step()
    w.data.clamp_(0, 0.9)  #+
result = w
