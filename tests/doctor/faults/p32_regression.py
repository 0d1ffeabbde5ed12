import minitorch as torch

w = torch.zeros(3, requires_grad=True)
opt = torch.optim.SGD([w], lr=0.05)
A, b = torch.randn(20, 3), torch.randn(20)
for step in range(5):
    opt.zero_grad()
    residual = A @ w - b
    loss = (residual**2).mean()
    loss.backward(retain_graph=True)  #-!
    loss.backward()  #!
    opt.step()
result = w
