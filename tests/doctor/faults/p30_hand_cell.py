import minitorch as torch

W = torch.randn(6, 6, requires_grad=True)
U = torch.randn(2, 6, requires_grad=True)
V = torch.randn(6, 1, requires_grad=True)
sgd = torch.optim.SGD([W, U, V], lr=0.01)
state = torch.zeros(5, 6)
for step in range(5):
    x = torch.randn(5, 2)
    state = torch.tanh(x @ U + state @ W)  #!
    error = (state @ V - x.sum(1, keepdim=True)).square().mean()
    sgd.zero_grad()
    error.backward()
    sgd.step()
    state = state.detach()  #+
result = [W, U, V]
