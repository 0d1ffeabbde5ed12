import minitorch as torch
from minitorch import nn, optim

encoder, decoder = nn.Linear(6, 3), nn.Linear(3, 6)
optimizer = optim.Adam(list(encoder.parameters()) + list(decoder.parameters()), lr=0.01)
data = torch.randn(20, 6)
for epoch in range(5):
    code = torch.relu(encoder(data))
    code = torch.tensor(code, requires_grad=True)  #-!
    loss = nn.functional.mse_loss(decoder(code), data)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
result = [encoder, decoder]
