import minitorch as torch
from minitorch import nn, optim
from sklearn.datasets import load_digits

digits = load_digits()
X = torch.tensor(digits.data[:256] / 16.0, dtype=torch.float32)
y = torch.tensor(digits.target[:256])

model = nn.Sequential(nn.Linear(64, 16), nn.ReLU(), nn.Linear(16, 10))
opt = optim.Adam(model.parameters())
lossfn = nn.CrossEntropyLoss()
for it in range(8):
    batch = slice(it * 32, it * 32 + 32)
    opt.zero_grad()  #+
    loss = lossfn(model(X[batch]), y[batch])
    loss.backward()  #!
    opt.zero_grad()  #-!
    opt.step()  #!
result = model
